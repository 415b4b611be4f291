# 부하가 있을 때의 시작: 표와 차트에 쓰는 짧은 이름과 정의.

metric-scaleout-starts_per_s = 초당 시작 횟수
    .definition = 지정한 수만큼 동시에 진행할 때, 시작 횟수를 첫 실행부터 마지막 회수까지의 시간으로 나눈 값.
    .code = bench-harness/src/fleet.rs
metric-scaleout-ready_p50_ns = 준비 완료 p50
    .definition = startup과 같이 각 시작의 실행부터 준비 완료까지의 시간. 한 묶음에서의 중앙값.
    .code = bench-harness/src/experiment/scaleout.rs
metric-scaleout-ready_p90_ns = 준비 완료 p90
    .definition = 위와 같다. 한 묶음의 시작 중 90 %가 이보다 느리지 않았다.
    .code = bench-harness/src/experiment/scaleout.rs
metric-scaleout-ready_p99_ns = 준비 완료 p99
    .definition = 위와 같다. 한 묶음의 시작 중 99 %가 이보다 느리지 않았다.
    .code = bench-harness/src/experiment/scaleout.rs
metric-scaleout-total_p50_ns = 실행에서 회수까지 p50
    .definition = 각 시작의 실행부터 회수까지의 시간. 한 묶음에서의 중앙값.
    .code = bench-harness/src/experiment/scaleout.rs
metric-scaleout-harness_cpu_ratio = 측정 프로그램의 CPU 점유율
    .definition = 묶음이 걸린 시간에 대한 측정 프로그램 자신의 CPU 시간. 1에 가까우면 측정 프로그램이 초당 횟수를 제한한 것이다.
    .code = bench-harness/src/fleet.rs
