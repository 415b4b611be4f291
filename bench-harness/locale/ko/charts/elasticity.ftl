chart-elasticity = 탄력성: 실행 중인 인스턴스가 얼마나 빨리 더 쓸 수 있는가?
    .subtitle = { chart-median-less } { chart-logarithmic }
    .reading = 각 칸의 두 묶음을 비교하라. 더 허락하는 데 걸리는 시간과 그것을 쓰는 데 걸리는 시간이다.
    .caption = 메모리: 컨테이너의 한도를 올리거나, microVM에 메모리 슬롯을 추가하거나, 우리 VMM의 일반 커널에 주지 않고 벌룬(balloon)이 쥐고 있던 메모리를 내놓게 한 뒤, 워크로드가 전에는 들어가지 않던 32 MiB를 건드린다. CPU: 할당량(컨테이너의 것, 또는 VMM을 감싼 cgroup의 것)이 워크로드를 막고 있을 때 CPU 0.1개에서 1개로 올린다. VM에 CPU를 추가하지는 않는다.
    .memory = 메모리 32 MiB 추가
    .cpu = CPU 시간: CPU 0.1개에서 1개로
