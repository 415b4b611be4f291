chart-cpu = 계산: 같은 작업이 안에서는 더 오래 걸리는가?
    .subtitle = { chart-rounds-less }
    .reading = 막대의 길이가 같다는 것이 결과다. 게스트의 명령은 프로세서가 직접 실행한다. 더 길다면 VM에서 주소를 두 번 변환해야 하는 메모리 접근이다.
    .caption = 작업 단위 하나의 시간을 밖에서 쟀다. 단위는 정수 연산 사슬의 고리 하나, 부동소수점 궤도의 점 하나, 차례로 읽은 캐시 라인 하나, 앞의 것을 기다리는 로드 하나이다. 메모리는 모든 백엔드에서 huge page에 있다. 마지막 칸은 프로세서가 할 수 있다고 알리는 기능의 수이며, 빠진 기능의 이름은 samples.csv의 cpu.flags 행 note에 있다.
    .compute = 계산
    .memory = 메모리: huge page에 있는 { $size }
    .latency = 메모리, 임의 순서
    .flags = 안에서 보이는 프로세서 플래그
    .flags-label = 플래그(CPUID)
    .int = 정수
    .float = 부동소수점
    .memory-bandwidth = 차례로 읽은 라인 하나
    .memory-latency = 임의 순서의 로드 하나

axis-unit = 작업 단위 하나의 시간
axis-flags = 플래그
