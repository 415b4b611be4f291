# 무엇을 쟀는가: 표와 그림에 쓰는 짧은 이름과 정의.
# 키는 samples.csv의 지표 이름에서 점을 -로 바꾼 것이다.

metric-container-floor-total_ns = 생성부터 회수까지
    .definition = startup.total_ns와 같다. 런처를 생성하기 직전부터 런처가 회수(reap)될 때까지.
    .code = bench-harness/src/experiment/container_floor.rs
metric-container-floor-cpu_ns = CPU 시간
    .definition = startup.cpu_ns와 같다. 런처와 모든 자손 프로세스의 사용자 시간과 시스템 시간.
    .code = bench-harness/src/experiment/container_floor.rs
