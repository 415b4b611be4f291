# 밸런서 뒤의 작은 웹 서비스: 표와 차트에 쓰는 짧은 이름과 정의.

metric-service-requests_per_s = 초당 요청 수
    .definition = 인스턴스마다 요청을 하나씩 진행할 때, 요청 수를 첫 요청을 보낸 때부터 마지막 응답을 읽을 때까지의 시간으로 나눈 값. 바이트는 파이프로 오가며 네트워크는 들어 있지 않다.
    .code = bench-harness/src/experiment/service/balancer.rs
metric-service-latency_p50_ns = 지연 시간 p50
    .definition = 요청을 보낸 때부터 밸런서가 응답을 볼 때까지의 시간. 시행 한 번에서의 중앙값.
    .code = bench-harness/src/experiment/service/ledger.rs
metric-service-latency_p99_ns = 지연 시간 p99
    .definition = 위와 같다. 시행 한 번의 요청 중 99 %가 이보다 느리지 않았다.
    .code = bench-harness/src/experiment/service/ledger.rs
metric-service-host_cpu_ns_per_request = 요청당 호스트 CPU
    .definition = 모든 인스턴스의 모든 프로세스(VMM과 게스트 포함)가 쓴 CPU 시간을 요청 수로 나눈 값. 밸런서 자신의 시간은 들어 있지 않다.
    .code = bench-harness/src/cpu_time.rs
metric-service-exits_per_request = 요청당 VM exit
    .definition = 요청을 받지 않은 인스턴스의 수명보다 더 일어난 VM exit를 요청 수로 나눈 값. 인스턴스 하나일 때.
    .code = bench-harness/src/experiment/service.rs
metric-service-least_share_ratio = 가장 적게 맡은 몫
    .definition = 요청을 가장 적게 처리한 인스턴스의 요청 수를, 모두가 똑같이 나눠 맡았을 때의 요청 수로 나눈 값. 1이면 일을 고르게 나눈 것이다.
    .code = bench-harness/src/experiment/service/ledger.rs
metric-service-harness_cpu_ratio = 밸런서의 CPU 점유율
    .definition = 측정이 걸린 시간에 대한 밸런서(측정 프로그램 자신)의 CPU 시간. 1에 가까우면 밸런서가 초당 요청 수를 제한한 것이다.
    .code = bench-harness/src/experiment/service/balancer.rs
metric-service-cpus = 서비스가 쓸 수 있는 CPU
    .definition = 인스턴스와 밸런서가 쓸 수 있는 CPU 수. 인스턴스가 이보다 많으면 서로를 기다린다.
    .code = bench-harness/src/experiment/service.rs
