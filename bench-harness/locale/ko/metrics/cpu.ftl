# 무엇을 재는가: 표와 차트에 쓰는 짧은 이름과 정의.
# 키는 samples.csv의 지표 이름에서 점을 -로 바꾼 것이다.

metric-cpu-elapsed_ns = 작업 시간
    .definition = 워크로드가 ready를 알린 때부터 done을 알릴 때까지를 호스트의 시계로 잰 시간. 모든 백엔드가 같은 작업을 하며 체크섬이 이를 보인다.
    .code = bench-harness/src/experiment/cpu.rs
metric-cpu-unit_ns = 작업 단위 하나의 시간
    .definition = 작업 시간을 작업 단위의 수로 나눈 값. 단위는 정수 연산 사슬의 고리 하나, 부동소수점 궤도의 점 하나, 차례로 읽은 64바이트 캐시 라인 하나, 앞의 것을 기다리는 로드 하나이다.
    .code = bench-harness/workload/src/command/cpu.rs
metric-cpu-bandwidth_bytes_per_s = 메모리 읽기
    .definition = 2차 캐시에 들어가지 않는 작업 집합을 차례로 읽은 초당 바이트 수.
    .code = bench-harness/workload/src/command/cpu/memory.rs
metric-cpu-flags = 프로세서 플래그
    .definition = 안의 프로그램에 프로세서가 보여 주는 기능의 수(CPUID). 일반 프로세스에는 보이지만 여기서는 보이지 않는 기능의 이름을 행의 note에 적는다.
    .code = bench-harness/workload/src/cpu_flags.rs
metric-cpu-working_set_bytes = 작업 집합
    .definition = memory-bandwidth와 memory-latency가 훑는 메모리. 모든 백엔드에서 huge page에 두며, 그렇지 못하면 경고한다.
    .code = bench-harness/workload/src/command/cpu/memory.rs
