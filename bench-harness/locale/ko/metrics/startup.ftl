# 무엇을 재는가: 표와 차트에 쓰는 짧은 이름과 정의.
# 키는 samples.csv의 지표 이름에서 점을 -로 바꾼 것이다.

metric-startup-first_ns = 첫 명령
    .definition = 프로세스 생성 직전부터 워크로드 main의 첫 줄이 호스트에 도착할 때까지.
    .code = bench-harness/src/experiment/startup.rs
metric-startup-ready_ns = 준비 완료
    .definition = 프로세스 생성 직전부터 워크로드가 자체 초기화를 마치고 준비되었다고 알릴 때까지.
    .code = bench-harness/src/experiment/startup.rs
metric-startup-total_ns = 생성부터 회수까지
    .definition = 프로세스 생성 직전부터 런처가 회수(reap)될 때까지.
    .code = bench-harness/src/instance.rs
metric-startup-create_ns = 샌드박스 만들기
    .definition = 런처의 main부터 샌드박스가 만들어질 때까지. 곧 execve 직전(컨테이너) 또는 첫 KVM_RUN 직전(VM)까지.
    .code = container-backend/src/launch.rs, vm-backend/src/run.rs
metric-startup-exit_ns = 종료부터 회수까지
    .definition = 런처가 워크로드의 종료를 안 때(네이티브는 마지막 줄)부터 런처가 회수될 때까지.
    .code = bench-harness/src/experiment/startup.rs
metric-startup-teardown_ns = 회수부터 흔적 소멸까지
    .definition = 회수된 때부터 프로세스도 cgroup도 남지 않은 것을 확인할 때까지.
    .code = bench-harness/src/leftovers.rs
metric-startup-cpu_ns = CPU 시간
    .definition = 런처와 모든 자손의 사용자 시간과 시스템 시간.
    .code = bench-harness/src/instance/finished.rs
metric-startup-exits = VM exit 횟수
    .definition = 게스트의 CPU가 전체 수명 동안 VMM으로 나온 횟수. VM에만 있다.
    .code = vm-backend/src/stats.rs
metric-startup-mark = 단계가 끝난 시각
    .definition = 프로세스 생성 직전부터 그 단계가 끝날 때까지.
    .code = bench-harness/src/timeline.rs
metric-startup-phase = 단계의 길이
    .definition = 누가 남겼든 바로 앞의 표시부터 그 단계가 끝날 때까지.
    .code = bench-harness/src/timeline.rs
