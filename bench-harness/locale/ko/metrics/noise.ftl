# 같은 백엔드 두 번(A/A): 표와 차트에 쓰는 짧은 이름과 정의.

metric-noise-a_ns = 같은 둘 중 하나
    .definition = 같은 백엔드의 인스턴스 둘을 연달아 시작했을 때, 둘 중 하나의 생성부터 회수까지. 어느 쪽인지는 라운드마다 추첨한다.
    .code = bench-harness/src/experiment/noise.rs
metric-noise-b_ns = 같은 둘 중 다른 하나
    .definition = 나머지 인스턴스의 생성부터 회수까지. 둘 사이의 차이는 잡음이다.
    .code = bench-harness/src/experiment/noise.rs
