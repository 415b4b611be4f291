# 무엇을 재는가: 표와 차트에 쓰는 짧은 이름과 정의.
# 키는 samples.csv의 지표 이름에서 점을 -로 바꾼 것이다.

metric-memory-pss_bytes = 프로세스 트리의 PSS
    .definition = 런처와 모든 자손의 상주 페이지. 공유 페이지는 사용자 수로 나눈다.
    .code = bench-harness/src/process_tree.rs
metric-memory-overhead_bytes = 오버헤드
    .definition = 프로세스 트리의 상주 바이트 중 게스트 RAM이 아닌 것(VM), 또는 런처와 init의 것(컨테이너). 네이티브는 0.
    .code = bench-harness/src/experiment/memory.rs
metric-memory-rss_bytes = 프로세스 트리의 RSS
    .definition = 런처와 모든 자손의 상주 페이지. 공유 페이지는 프로세스마다 센다.
    .code = bench-harness/src/process_tree.rs
metric-memory-cgroup_bytes = cgroup 청구량
    .definition = 런처를 감싼 cgroup에 커널이 청구하는 양. 커널 메모리를 포함한다.
    .code = bench-harness/src/measuring_cgroup.rs
metric-memory-available_delta_bytes = MemAvailable 감소량
    .definition = 사본 N개가 있을 때 줄어든 호스트의 MemAvailable을 N으로 나눈 값. 잡음에 묻히거나 0보다 작을 수 있다.
    .code = bench-harness/src/experiment/memory.rs
metric-memory-guest_visible_bytes = 안에서 보이는 메모리
    .definition = 안의 프로그램에게 알려지는 전체 메모리.
    .code = bench-harness/workload/src/command/inspect.rs
metric-memory-configured_bytes = 설정값
    .definition = 요청한 한도(컨테이너) 또는 크기(VM).
    .code = bench-harness/src/experiment/memory.rs
metric-memory-guest_ram_bytes = 사용된 게스트 RAM
    .definition = 안에서 누가 건드렸든 게스트 RAM의 상주 페이지. VM에만 있다.
    .code = bench-harness/src/process_tree.rs
metric-memory-guest_kernel_bytes = 게스트 커널의 몫
    .definition = 설정값에서 안에서 보이는 메모리를 뺀 값. 게스트 커널의 코드와 페이지 관리 정보이다. VM에만 있다.
    .code = bench-harness/src/experiment/memory.rs
