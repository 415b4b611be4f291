# 교과서의 주장, 그것을 판정하는 진술, 그리고 이유.
# 키의 구조는 en/claims.ftl과 같다.

verdict-supported = 지지됨
verdict-contradicted = 반박됨
verdict-depends = 조건에 따라 다름
verdict-inconclusive = 판단 보류: 약 { $rounds }회 더 측정 필요
verdict-not-testable = 이 환경에서는 검증 불가

truth-holds = 성립
truth-fails = 불성립
truth-unclear = 불확실: 약 { $rounds }회 더 측정 필요
truth-untested = 측정되지 않음

claims-c2 = 컨테이너는 호스트 커널을 공유하므로 가상 머신보다 빨리 시작된다.
    .not = 이미 기기에 있는 프로그램의 시작만 본다. 이미지 내려받기와 오케스트레이터의 작업은 양쪽 모두에 추가된다.
claims-c2-part-with-os = 컨테이너는 자체 운영체제를 부팅하는 VM보다 빨리 준비된다.
claims-c2-part-without-os = 컨테이너는 부팅할 운영체제가 없는 VM보다 빨리 준비된다.
claims-c2-why-boot = { $vm }에서는 시간의 { $share }({ $boot })가 두 번째 운영체제의 부팅이다. 가상 머신을 만드는 일이 오래 걸리는 것이 아니다.
claims-c2-why-no-os = { $vm }은 운영체제를 부팅하지 않으며 컨테이너의 { $ratio } 시간이 걸린다. 다른 VM의 시작이 느린 것은 그 안에서 부팅되는 것 때문이다.

claims-c3 = 컨테이너의 I/O는 호스트 커널을 공유하므로 네이티브와 같지만, 가상 머신의 I/O는 그렇지 않다.
    .not = 디스크 하나에 한 번에 한 요청만 본다. 깊은 큐, 여러 디스크, 네트워크에서는 다르게 나타난다.
claims-c3-part-container-operation = 컨테이너에서 4 KiB 임의 읽기는 네이티브보다 오래 걸리지 않는다.
claims-c3-part-container-byte = 컨테이너에서 1 MiB 순차 읽기의 초당 바이트 수는 네이티브와 같다.
claims-c3-part-vm-operation = VM에서 4 KiB 임의 읽기는 네이티브보다 오래 걸린다.
claims-c3-part-vm-byte = VM에서 1 MiB 순차 읽기의 초당 바이트 수는 네이티브보다 적다.
claims-c3-why-exits = { $vm }의 요청 하나마다 게스트를 { $exits }회 벗어난다(VM exit). 그 비용은 작은 요청이든 큰 요청이든 같다. 4 KiB 읽기는 네이티브의 { $operation } 시간이 걸리고, 1 MiB 읽기는 { $byte } 시간이 걸린다.

claims-c4 = 가상 머신은 저마다 운영체제 전체의 비용을 치르므로 컨테이너가 메모리를 덜 쓴다.
    .not = 거의 아무 메모리도 건드리지 않는 프로그램을 본다. 프로그램 자체의 메모리가 클수록 비율로 본 차이는 작아진다.
claims-c4-part-with-os = 컨테이너는 자체 운영체제를 가진 VM보다 호스트 메모리를 덜 차지한다.
claims-c4-part-without-os = 컨테이너는 운영체제가 없는 VM보다 호스트 메모리를 덜 차지한다.
claims-c4-why-guest = { $vm }이 차지하는 메모리의 { $share }({ $guest })는 게스트의 것이고, 나머지는 가상 머신 모니터(VMM)의 것이다.
