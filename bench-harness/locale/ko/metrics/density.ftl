# 인스턴스가 얼마나 들어가는가: 표와 차트에 쓰는 짧은 이름과 정의.

metric-density-pss_slope_bytes = 인스턴스 하나가 더할 때의 PSS
    .definition = 동시에 유지한 인스턴스 수에 대한 전체 프로세스 트리 PSS의 기울기(Theil–Sen). 모두가 공유하는 페이지는 기울기에 들어가지 않는다.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-cgroup_slope_bytes = 인스턴스 하나가 더할 때의 cgroup 청구량
    .definition = 인스턴스 전체를 감싼 cgroup에 커널이 청구하는 양의 기울기. 커널 메모리를 포함한다.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-available_slope_bytes = 인스턴스 하나가 더할 때의 MemAvailable 감소량
    .definition = 줄어든 호스트 MemAvailable의 기울기. 그동안 호스트에서 시작하거나 끝난 다른 것도 함께 계산된다.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-instances = 동시에 유지한 수
    .definition = 동시에 유지한 인스턴스의 최대 개수. 상한값이며, 메모리 예산이 먼저 끝나면 그보다 적다.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-smallest_bytes = 최소 메모리
    .definition = 빈 프로그램이 끝까지 실행되는 가장 작은 한도(컨테이너, 64 KiB 단위) 또는 크기(VM, 2 MiB 단위). 일반 프로세스에는 한도가 없다.
    .code = bench-harness/src/experiment/density/smallest.rs
metric-density-pss_bytes = 그만큼의 인스턴스의 PSS
    .definition = 이름 끝의 숫자만큼의 인스턴스가 가진 프로세스 트리의 PSS.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-cgroup_bytes = 그만큼의 인스턴스의 cgroup 청구량
    .definition = 이름 끝의 숫자만큼의 인스턴스를 감싼 cgroup에 커널이 청구하는 양.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-available_bytes = 그만큼의 인스턴스에 따른 MemAvailable 감소량
    .definition = 이름 끝의 숫자만큼의 인스턴스가 있을 때 줄어든 호스트의 MemAvailable.
    .code = bench-harness/src/experiment/density/fit.rs
