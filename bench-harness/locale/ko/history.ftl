# 발표된 값과 이번 측정.

history-title = 역대 결과와 내 기기
history-lead = 다른 이들이 발표한 값을 비율로만 나란히 둔다. 서로 다른 기기이기 때문이다.
history-what = 항목
history-published = 발표된 값
history-here = 이번 측정
history-picture = 발표 □, 이번 측정 ●
history-container-io = 초당 4 KiB 임의 읽기, 네이티브 대비 컨테이너
history-vm-io = 초당 4 KiB 임의 읽기, 네이티브 대비 VM
history-boot = VM의 시작, 약속된 125 ms 대비
history-memory = 게스트 메모리를 뺀 VMM의 메모리, 약속된 5 MiB 대비
history-note = 로그 눈금이며 점선이 1이다. 2014년의 측정은 여러 요청을 한꺼번에 큐에 넣었지만 여기서는 앞 요청을 기다린다. Firecracker의 약속은 게스트의 init까지, isolab의 시작은 프로그램이 준비될 때까지다.
