# VMM 자체의 비용: 표와 차트에 쓰는 짧은 이름과 정의.

metric-vmm-floor-first_ns = 게스트의 첫 바이트
    .definition = VMM을 띄우기 직전부터 명령어 열두 개 남짓한 게스트의 유일한 바이트가 도착할 때까지.
    .code = bench-harness/src/experiment/vmm_floor.rs
metric-vmm-floor-total_ns = 시작에서 회수까지
    .definition = VMM을 띄우기 직전부터, 게스트가 곧바로 끝난 뒤 VMM이 회수될 때까지.
    .code = bench-harness/src/experiment/vmm_floor.rs
metric-vmm-floor-overhead_bytes = 게스트 RAM을 뺀 VMM 메모리
    .definition = 게스트가 제자리 점프를 도는 동안 VMM의 상주 메모리에서 게스트의 몫을 뺀 값.
    .code = bench-harness/src/process_tree.rs
