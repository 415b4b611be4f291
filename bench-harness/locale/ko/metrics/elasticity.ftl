# 실행 중인 인스턴스가 얼마나 빨리 더 쓸 수 있는가.

metric-elasticity-grow_ns = 요청부터 사용까지
    .definition = 메모리나 CPU 시간을 더 달라는 요청 직전부터, 워크로드가 새로 얻은 것을 썼음을 호스트가 볼 때까지.
    .code = bench-harness/src/experiment/elasticity.rs
metric-elasticity-request_ns = 요청부터 처리까지
    .definition = 요청 직전부터 처리가 끝날 때까지: 제한값이 기록되거나 VMM이 응답할 때까지.
    .code = bench-harness/src/experiment/elasticity.rs
metric-elasticity-add_cpu_ns = CPU 추가
    .definition = 실행 중인 VM에 CPU를 추가하기. 여기의 어느 백엔드도 할 수 없으며, cpu 사례에서는 할당량을 올린다.
    .code = bench-harness/src/experiment/elasticity.rs
