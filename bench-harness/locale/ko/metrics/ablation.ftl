# 무엇을 재는가: 표와 차트에 쓰는 짧은 이름과 정의.
# 키는 samples.csv의 지표 이름에서 점을 -로 바꾼 것이다.

metric-ablation-total_ns = 생성부터 회수까지
    .definition = 이 단과 그 아래 모든 단의 부분을 갖춘 시작에서, 프로세스 생성 직전부터 런처가 회수될 때까지. 바로 아래 단과의 차이가 그 부분의 비용이다.
    .code = bench-harness/src/experiment/ablation/ladder.rs
metric-ablation-ready_ns = 준비 완료
    .definition = 워크로드가 실행되는 단에서, 프로세스 생성 직전부터 워크로드가 준비되었다고 알릴 때까지.
    .code = bench-harness/src/experiment/ablation.rs
