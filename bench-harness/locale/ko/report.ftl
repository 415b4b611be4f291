# 페이지에서 숫자를 둘러싼 문장.

report-title = isolab: { $run }
report-lead = 같은 프로그램을 한 기기에서 일반 프로세스로, 컨테이너에서, 가상 머신에서 실행하여 나란히 비교한다.
report-skip = 주장으로 건너뛰기
report-contents = 차례
report-emulated = 에뮬레이션: 시간은 대표성이 없다. KVM을 소프트웨어로 실행하는 실습용 기기(lab machine)에서 측정했다. 횟수와 크기(VM exit, 바이트, 메모리)는 정확하다.
report-nothing = 측정된 것이 없다.

report-board = 무엇에서 누가 얼마나 앞서는가
board-question = 질문
board-start = 프로그램이 준비될 때까지
board-life = 빈 프로그램의 시작부터 종료까지
board-memory = 빈 프로그램이 차지하는 호스트 메모리
board-operation = 4 KiB 임의 읽기 한 번
board-byte = 1 MiB 순차 읽기
board-cpu = 같은 정수 계산
board-call = 시스템 호출 한 번
board-density = 인스턴스 하나가 늘 때마다 드는 메모리
board-winner = 앞서는 쪽
board-ahead = { $second }보다 { $ratio } 앞섬
board-level = 대등
board-undecided = 미정(현재 앞: { $backend })
board-note = 중앙값이며, 옆의 배수는 일반 프로세스(native) 대비 비율이다. 격리하는 것들 가운데 가장 나은 쪽이 앞서는 쪽이고, 배수는 둘째와의 차이다. '대등'은 실질적 차이가 없다는 뜻이고, '미정'은 라운드가 더 있어야 알 수 있다는 뜻이다. 몇 라운드가 더 필요한지는 아래 주장 카드에 있다.

report-claims = 교과서의 주장과 이번 측정의 답
report-claims-lead = 판정은 아래 진술들로부터 하나의 규칙에 따라 정해진다. 일부는 성립하고 일부는 성립하지 않으면 '조건에 따라 다름'이다.
report-why = 이유:
report-not = 여기서 알 수 없는 것:

report-metric = 지표
report-all-metrics = 모든 지표

report-doubts = 이번 측정으로 알 수 없는 것
report-no-doubts = 특이 사항 없음: 경고가 없고 모두 측정되었다.
report-warnings = 주의해서 읽을 것
report-not-measured = 측정되지 않음
report-single-metrics = 백엔드에 없거나 이 호스트에서 읽을 수 없는 개별 지표

report-machine = 기기, 방법, 원시 데이터
origin-machine = 기기
origin-watched = 실행 중의 머신
origin-plan = 계획
origin-hashes = 실행 파일의 SHA-256
origin-versions = 버전
report-method = 방법
report-method-text = 각 라운드마다 백엔드들이 무작위 순서로 번갈아 실행되므로 기기 상태의 변화는 모두에게 똑같이 미친다. 시간은 호스트가 하나의 시계로 잰다. 중앙값과 95 % 신뢰구간을 보이며, 이상값은 버리지 않는다. 실패와 시간 초과는 결과로 기록되고 숫자로 취급되지 않는다.
report-raw = 원시 데이터

experiment-startup = 시작 시간
    .question = 시작 명령부터 실행까지, 그리고 종료부터 흔적이 사라지기까지 얼마나 걸리는가?
experiment-memory = 메모리
    .question = 인스턴스 하나는 여섯 가지 정의에서 메모리를 얼마나 차지하는가?
experiment-io = 입출력
    .question = 연산 하나의 비용과 바이트 하나의 비용은 얼마인가?
experiment-cpu = 계산
    .question = 같은 계산이 안에서는 더 오래 걸리는가?
experiment-syscall = 가격표
    .question = 경계를 한 번 넘는 비용은 얼마인가?
experiment-ablation = 단계별 분해
    .question = 격리의 각 부분은 얼마의 비용이 드는가?
experiment-density = 밀도
    .question = 인스턴스가 몇 개나 들어가는가?
experiment-scaleout = 스케일 아웃
    .question = 초당 몇 번 시작할 수 있고, 그 부하에서 각 시작은 얼마나 느려지는가?
experiment-service = 서비스
    .question = 인스턴스를 1, 2, 4…개로 늘리면 초당 몇 개의 요청을 처리하는가?
experiment-neighbour = 이웃
    .question = 옆 인스턴스의 영향을 얼마나 받는가?
experiment-elasticity = 탄력성
    .question = 실행 중인 인스턴스가 늘어난 자원을 얼마나 빨리 쓸 수 있는가?
experiment-isolation = 격리
    .question = 호스트와 인스턴스는 서로에 대해 무엇을 보는가?
experiment-portability = 이식성
    .question = 무엇을 배포해야 하고 무엇을 실행할 수 있는가?
experiment-container-floor = 컨테이너의 하한
    .question = 각 컨테이너 런타임은 꼭 필요한 시스템 호출에 무엇을 더하는가?
experiment-vmm-floor = VMM의 하한
    .question = 각 VMM은 명령어 열 몇 개짜리 가상 머신에 무엇을 더하는가?
experiment-noise = 잡음
    .question = 같은 것이 자기 자신과 얼마나 다른가?

compare-differences = 실행 사이의 차이
compare-alike = 기기, 계획, 실행 파일이 모두 같다.
compare-ratios = 같은 실행의 일반 프로세스에 대한 비율
compare-differs = 서로 다름
compare-nothing = 비교할 수 있는 공통된 값이 없다.
compare-emulated = 에뮬레이션: 시간은 대표성이 없음
explain-parts = 판정 기준:
explain-experiments = 실험: { $experiments }

brief-first = 첫 명령어
brief-total = 실행부터 회수까지
brief-memory = 메모리(PSS)
brief-operation = 4 KiB direct 읽기
brief-byte = 1 MiB direct 읽기
brief-note = 괄호 안은 네이티브 대비 비율이다.

markdown-title = isolab: { $run }, 시작 { $started }
markdown-warnings = 경고
markdown-missing = 측정되지 않음
markdown-single-metrics = 백엔드에 없거나 이 호스트에서 읽을 수 없는 개별 지표:
markdown-steps = { $what }의 모든 단계
markdown-step = 단계
markdown-ended = 끝난 시각
markdown-took = 걸린 시간
markdown-how = 읽는 법
markdown-how-median = 모든 수는 라운드별 값의 **중앙값**이고, `[a, b]`는 백분위수 부트스트랩으로 구한 95 % 신뢰구간이다. 6라운드 미만이어서 신뢰구간을 구할 수 없으면 `(a ~ b)`로 최솟값과 최댓값을 적는다.
markdown-how-ratio = **네이티브 대비**는 중앙값의 비율이며 고유한 신뢰구간을 가진다. 라운드마다 모든 백엔드를 무작위 순서로 한 번씩 재고 한 라운드의 값들을 함께 묶으므로, 기기 상태의 변화는 모두에게 똑같이 미친다.
markdown-how-verdict = **느림**, **빠름**, **많음**, **적음**: 비율의 신뢰구간 전체가 동등 범위(이 실행에서는 { $band })를 벗어나고, Mann-Whitney 검정이 우연일 가능성을 배제한다(Holm 보정, 보고서 전체 유의수준 5 %). **실질적 차이 없음**: 신뢰구간 전체가 동등 범위 안에 있다. **판단 보류**: 둘 다 아니며, 적힌 만큼 라운드를 더하면 결정될 것이다. 동등 범위는 2 %이며, 이 실행에서 같은 백엔드가 자기 자신과 그보다 더 차이 나면(`noise`) 그 값이다.
markdown-how-outliers = 이상값은 summary.json과 분포 차트에 표시되며 모든 계산에 포함된다. 실패와 시간 초과는 목록에 적을 뿐 수로 취급하지 않는다.
markdown-how-clock = 모든 시간은 호스트가 하나의 시계로 잰다. 다만 `io`의 지연 시간은 워크로드가 안에서 잰다.
markdown-how-compare = 아래의 기기, 실행 파일, 계획이 같을 때만 서로 다른 실행의 시간을 비교할 수 있다.
