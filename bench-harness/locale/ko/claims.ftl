# 교과서의 주장, 그것을 판정하는 진술, 그리고 이유.
# 키의 구조는 en/claims.ftl과 같다.

verdict-supported = 지지됨
    .short = { verdict-supported }
verdict-contradicted = 반박됨
    .short = { verdict-contradicted }
verdict-depends = 조건에 따라 다름
    .short = 조건부
verdict-inconclusive = 판단 보류: 약 { $rounds }회 더 측정 필요
    .short = 판단 보류
verdict-not-testable = 이 환경에서는 검증 불가
    .short = 검증 안 됨

truth-holds = 성립
truth-fails = 불성립
truth-unclear = 불확실: 약 { $rounds }회 더 측정 필요
truth-untested = 측정되지 않음

claims-c1 = 컨테이너는 호스트의 커널을 공유하고, 가상 머신은 자체 커널을 가진다.
    .not = 어느 쪽을 뚫고 나올 수 있는지는 알 수 없다. 공유 커널은 공격 표면이 더 넓지만, 이 측정은 아무것도 공격하지 않는다.
claims-c1-part-container = 컨테이너 안의 프로그램이 보는 커널은 호스트의 커널이다. 릴리스도 부팅 ID도 같다.
claims-c1-part-vm = VM 안의 프로그램이 보는 커널은 호스트의 커널이 아니다.
claims-c1-why-calls = 컨테이너 안에서는 호스트 커널의 시스템 호출 { $calls }개에 닿을 수 있다. { $vm }에서는 프로그램의 시스템 호출이 자체 커널에서 끝나고, 호스트에 닿는 것은 hello 한 번에 { $exits }회의 VM exit뿐이다.

claims-c2 = 컨테이너는 호스트 커널을 공유하므로 가상 머신보다 빨리 시작된다.
    .not = 이미 기기에 있는 프로그램의 시작만 본다. 이미지 내려받기와 오케스트레이터의 작업은 양쪽 모두에 추가된다.
claims-c2-part-with-os = 컨테이너는 자체 운영체제를 부팅하는 VM보다 빨리 준비된다.
claims-c2-part-without-os = 컨테이너는 부팅할 운영체제가 없는 VM보다 빨리 준비된다.
claims-c2-why-boot = { $vm }에서는 시간의 { $share }({ $boot })가 두 번째 운영체제의 부팅이다. 가상 머신을 만드는 일이 오래 걸리는 것이 아니다.
claims-c2-why-no-os = { $vm }은 운영체제를 부팅하지 않으며, 준비되기까지 컨테이너의 { $ratio } 시간이 걸린다. 다른 VM의 시작이 느린 것은 그 안에서 부팅되는 것 때문이다.

claims-c3 = 컨테이너의 I/O는 호스트 커널을 공유하므로 네이티브와 같지만, 가상 머신의 I/O는 그렇지 않다.
    .not = 디스크 하나에 한 번에 한 요청만 본다. 깊은 큐, 여러 디스크, 네트워크에서는 다르게 나타난다.
claims-c3-part-container-operation = 컨테이너에서 4 KiB 임의 읽기는 네이티브보다 오래 걸리지 않는다.
claims-c3-part-container-byte = 컨테이너에서 1 MiB 순차 읽기의 초당 바이트 수는 네이티브와 같다.
claims-c3-part-vm-operation = VM에서 4 KiB 임의 읽기는 네이티브보다 오래 걸린다.
claims-c3-part-vm-byte = VM에서 1 MiB 순차 읽기의 초당 바이트 수는 네이티브보다 적다.
claims-c3-why-exits = { $vm }은 요청 하나마다 게스트를 { $exits }회 벗어난다(VM exit). 그 비용은 작은 요청이든 큰 요청이든 같다. 그래서 4 KiB 읽기는 네이티브의 { $operation }, 1 MiB 읽기는 { $byte }의 시간이 걸린다.

claims-c4 = 가상 머신은 저마다 운영체제 전체의 비용을 치르므로 컨테이너가 메모리를 덜 쓴다.
    .not = 메모리를 거의 건드리지 않는 프로그램을 본다. 프로그램 자체의 메모리가 클수록 비율로 본 차이는 작아진다.
claims-c4-part-with-os = 컨테이너는 자체 운영체제를 가진 VM보다 호스트 메모리를 덜 차지한다.
claims-c4-part-without-os = 컨테이너는 운영체제가 없는 VM보다 호스트 메모리를 덜 차지한다.
claims-c4-part-further-with-os = 하나를 더 띄울 때 컨테이너는 자체 운영체제를 가진 VM보다 메모리를 덜 더한다.
claims-c4-part-further-without-os = 하나를 더 띄울 때 컨테이너는 운영체제가 없는 VM보다 메모리를 덜 더한다.
claims-c4-part-least-with-os = 컨테이너는 자체 운영체제를 가진 VM보다 더 작은 메모리 한도에서 실행된다.
claims-c4-part-least-without-os = 컨테이너는 운영체제가 없는 VM보다 더 작은 메모리 한도에서 실행된다.
claims-c4-why-guest = { $vm }이 차지하는 메모리의 { $share }({ $guest })는 게스트의 것이고, 나머지는 가상 머신 모니터(VMM)의 것이다.

claims-c5 = 컨테이너는 격리된 프로세스다. 호스트에서는 보이지만, 안에서는 자기뿐이라고 믿는다.
    .not = 부하, 메모리, 시계처럼 호스트의 다른 정보가 안에서 얼마나 드러나는지는 보지 않는다.
claims-c5-part-seen = 호스트는 컨테이너의 프로그램을 자신의 프로세스로 본다.
claims-c5-part-alone = 컨테이너 안의 프로그램은 자신과 자신의 init 말고는 아무 프로세스도 보지 못한다.
claims-c5-part-hidden = 호스트는 VM의 프로그램을 보지 못하고 가상 머신 모니터(VMM)만 본다.
claims-c5-why-namespace = 두 목록은 모두 같은 커널이 관리한다. 컨테이너 안에는 프로세스 { $inside }개를, 일반 프로세스에는 { $outside }개를 보여 준다. 네임스페이스는 별도의 벽이 아니라 시야다.

claims-c6 = 컨테이너와 가상 머신은 이웃을 방해하지 않는다.
    .not = 방해하는 쪽과 방해받는 쪽이 하나씩인 경우만 본다. 실제 호스트에는 여럿이 있고, 무엇이 해로운지는 함께 쓰는 캐시에 따라 다르다.
claims-c6-part-container-free = 제한이 없어도 컨테이너는 바쁜 컨테이너 옆에서 혼자일 때만큼 빠르다.
claims-c6-part-container-limited = 제한을 두면 컨테이너는 바쁜 컨테이너 옆에서도 혼자일 때만큼 빠르다.
claims-c6-part-container-contained = 비정상 종료하거나 자원을 지나치게 쓰는 컨테이너는 자신만 해친다.
claims-c6-part-vm-free = 제한이 없어도 VM은 바쁜 VM 옆에서 혼자일 때만큼 빠르다.
claims-c6-part-vm-limited = 제한을 두면 VM은 바쁜 VM 옆에서도 혼자일 때만큼 빠르다.
claims-c6-part-vm-contained = 비정상 종료하거나 자원을 지나치게 쓰는 VM은 자신만 해친다.
claims-c6-why-limits = 같은 이웃이 제한이 없으면 방해하고 제한이 있으면 방해하지 않는다. 보호하는 것은 격리의 종류가 아니라 자원 제한이다.
claims-c6-why-hardware = 컨테이너도 VM도 방해를 받는다. 프로세서와 캐시와 디스크는 함께 쓰며, 격리는 이것들을 나누어 주지 않는다.
claims-c6-why-unlimited-resource = 제한을 두어도 컨테이너와 VM 모두 방해를 받는다. 메모리 버스와 캐시에는 여기서 걸 수 있는 제한이 없다.

claims-c7 = 가상 머신은 호스트와 다른 운영체제를 실행할 수 있지만 컨테이너는 그럴 수 없다.
    .not = 다른 프로세서 아키텍처는 보지 않는다. 에뮬레이션 없이는 어느 쪽도 실행할 수 없다.
claims-c7-part-vm-kernel = VM은 호스트와 릴리스가 다른 커널을 실행한다.
claims-c7-part-vm-os = VM은 Linux가 아닌 시스템도 실행한다.
claims-c7-part-container-kernel = 컨테이너는 릴리스가 다른 커널을 실행할 수 없다.
claims-c7-part-container-os = 컨테이너는 Linux가 아닌 시스템을 실행할 수 없다.
claims-c7-why-kernel = VM은 커널을 가지고 오므로 무엇이 실행될지는 안에서 정해진다. 컨테이너의 프로그램은 호스트의 커널을 호출하며, 커널은 그것 하나뿐이다.

claims-c8 = 컨테이너는 이식성이 더 좋다. 이미지가 더 작고 필요한 것이 더 적다.
    .not = 정적 링크된 프로그램 하나만 본다. 배포판의 라이브러리를 담은 이미지는 수백 배 크며, VM의 디스크도 마찬가지다.
claims-c8-part-bytes = 컨테이너는 VM보다 적은 바이트를 배포한다.
claims-c8-part-files = 컨테이너는 VM보다 적은 파일을 배포한다.
claims-c8-part-dependencies = 컨테이너는 옮겨 간 기기에 VM보다 적은 공유 라이브러리를 요구한다.
claims-c8-part-cold-with-os = 캐시에 없는 사본에서 시작할 때 컨테이너는 자체 운영체제를 부팅하는 VM보다 빨리 시작된다.
claims-c8-part-cold-without-os = 캐시에 없는 사본에서 시작할 때 컨테이너는 운영체제가 없는 VM보다 빨리 시작된다.
claims-c8-why-kernel = { $vm }은 컨테이너보다 { $more }를 더 배포한다. 가상 머신 모니터(VMM)와, 컨테이너라면 호스트에서 빌려 쓰는 커널이다.

claims-c9 = 가상 머신은 요청에 따라 하드웨어를 할당받고 늘릴 수 있으며, 컨테이너는 마음대로 늘릴 수 있다.
    .not = 줄이는 것과, 기기 한 대를 넘어서는 확장은 보지 않는다.
claims-c9-part-container-memory = 실행 중인 컨테이너에 메모리를 더 줄 수 있다.
claims-c9-part-container-cpu = 실행 중인 컨테이너에 CPU 시간을 더 줄 수 있다.
claims-c9-part-vm-memory = 실행 중인 VM에 메모리를 더 줄 수 있다.
claims-c9-part-vm-cpu = 실행 중인 VM에 CPU 시간을 더 줄 수 있다.
claims-c9-why-limit = 컨테이너의 크기는 그것이 실행되는 커널에 적힌 한도일 뿐이어서, 올리면 { $time } 만에 쓸 수 있다. VM의 크기는 하드웨어이므로 게스트에 알려 주어야 한다.
claims-c9-why-both = 둘 다 늘릴 수 있다. 컨테이너의 새 메모리는 올려 준 한도여서 { $container } 뒤에 쓰였고, { $vm }의 새 메모리는 게스트에 알려 주어야 하는 하드웨어여서 { $time } 뒤에 쓰였다.

claims-c10 = 컨테이너는 쉽게 스케일 아웃된다. 늘어난 인스턴스들은 일을 나눠 맡아야 한다.
    .not = 기기 한 대에서, 아무것도 저장하지 않고 파이프로 연결된 서비스만 본다. 네트워크와, 늘어난 인스턴스들이 함께 써야 하는 것(데이터, 세션, 캐시)이 더 어려운 문제다.
claims-c10-part-with-os = 여럿을 동시에 시작할 때 컨테이너는 자체 운영체제를 가진 VM보다 초당 더 많이 시작된다.
claims-c10-part-without-os = 여럿을 동시에 시작할 때 컨테이너는 운영체제가 없는 VM보다 초당 더 많이 시작된다.
claims-c10-part-parallel = 컨테이너는 하나씩 시작할 때보다 여럿을 동시에 시작할 때 초당 더 많이 시작된다.
claims-c10-part-service = 작은 웹 서비스를 프로세서 수만큼의 컨테이너에 나누면, 초당 요청 수가 하나일 때의 그 배수에 비해 4분의 3 이상이 된다.
claims-c10-part-shared = 일을 나눠 맡는다. 이 컨테이너들은 저마다 공평한 몫의 절반 이상을 처리한다.
claims-c10-part-service-with-os = 이 컨테이너들은 자체 운영체제를 가진 같은 수의 VM보다 초당 더 많은 요청을 처리한다.
claims-c10-part-service-without-os = 이 컨테이너들은 운영체제가 없는 같은 수의 VM보다 초당 더 많은 요청을 처리한다.
claims-c10-why-waiting = 하나씩 시작하면 컨테이너는 { $one } 만에 준비되지만, { $count }개를 동시에 시작하면 저마다 { $many }이 걸린다. 같은 프로세서와 커널의 같은 락을 기다리기 때문이다.
claims-c10-why-exits = 요청을 받고 응답하느라 { $vm } 게스트는 { $exits }번 빠져나온다. 인스턴스가 하나일 때 요청마다 컨테이너보다 { $time } 더 걸린다.

claims-c11 = 가상 머신은 모놀리식 애플리케이션과 레거시이거나 위험한 작업에, 컨테이너는 마이크로서비스와 지속적 통합(CI)에 알맞다.
    .not = 인력, 도구, 관행은 보지 않는다. 이것들이 여기의 어떤 숫자보다 크게 작용하는 일이 많다.
claims-c11-part-ci-with-os = 짧은 작업이 많을 때(CI): 컨테이너의 수명 전체는 운영체제를 부팅하는 VM보다 짧다.
claims-c11-part-ci-without-os = 짧은 작업이 많을 때(CI): 컨테이너의 수명 전체는 운영체제가 없는 VM보다 짧다.
claims-c11-part-microservices-with-os = 작은 인스턴스가 많을 때(마이크로서비스): 컨테이너는 운영체제를 가진 VM보다 메모리를 덜 차지한다.
claims-c11-part-microservices-without-os = 작은 인스턴스가 많을 때(마이크로서비스): 컨테이너는 운영체제가 없는 VM보다 메모리를 덜 차지한다.
claims-c11-part-monolith = 큰 프로그램 하나(모놀리식): VM에서도 네이티브만큼 빨리 계산한다.
claims-c11-part-legacy = 레거시 작업: VM은 릴리스가 다른 커널을 실행한다.
claims-c11-part-risky = 위험한 작업: VM에서 닿을 수 있는 호스트의 시스템 호출은 컨테이너에서보다 적다.
claims-c11-why-decision-short-jobs = 여기서 둘을 가장 크게 가르는 것은 시작이다({ $margin }). 자주 시작하는 쪽에 중요하다.
claims-c11-why-decision-many-small = 여기서 둘을 가장 크게 가르는 것은 빈 인스턴스의 메모리다({ $margin }). 여럿을 실행하는 쪽에 중요하다.
claims-c11-why-decision-requests = 여기서 둘을 가장 크게 가르는 것은 작은 웹 서비스에 보내는 요청이다({ $margin }). 요청이 많은 쪽에 중요하다.
claims-c11-why-decision-small-io = 여기서 둘을 가장 크게 가르는 것은 디스크에 보내는 작은 요청이다({ $margin }). 그런 요청이 많은 쪽에 중요하다.
claims-c11-why-decision-streams = 여기서 둘을 가장 크게 가르는 것은 순차 I/O다({ $margin }).
claims-c11-why-decision-computing = 여기서 둘을 가장 크게 가르는 것은 계산이다({ $margin }).
claims-c11-why-decision-bursts = 여기서 둘을 가장 크게 가르는 것은 초당 시작 횟수다({ $margin }).

decision-title = 이 기기에서는 무엇에 누가 앞서는가
decision-pattern = 작업의 종류
decision-winner = 여기서 앞서는 쪽
decision-break-even = 차이가 무의미해지는 지점
decision-level = 대등
decision-margin = { $winner }, 최대 { $margin }
decision-short-jobs = 짧은 작업, 함수, CI: 인스턴스의 시작과 종료
decision-many-small = 작은 서비스 여러 개: 인스턴스 하나의 메모리
decision-requests = 웹 서비스: 작은 요청 한 번
decision-small-io = 데이터베이스: 작은 임의 읽기 한 번
decision-streams = 스트리밍, 백업: 순차 읽기
decision-computing = 계산: 작업 한 단위
decision-bursts = 갑작스러운 부하: 여럿을 동시에 시작할 때의 초당 시작 횟수
decision-even-life = 인스턴스의 수명이 { $life }보다 길 때(시간당 시작 { $starts }회 미만)
decision-even-memory = 프로그램 자체가 { $memory }보다 많이 쓸 때
decision-even-operations = 인스턴스당 { $operations } 미만일 때
decision-even-rate = 인스턴스당 { $rate } 미만일 때
decision-even-never = 늘 의미가 있음: 전체에 대한 비율이다
decision-note = '차이가 무의미해지는 지점'은 컨테이너와 가장 가벼운 VM의 차이가 전체의 2 %보다 작아지는 곳이다.

card-lacks = 이번 측정에 없는 실험: { $experiments }. 여기서 검증하려면:
card-lacks-command = isolab run --experiments { $experiments }
ratio-axis = 중앙값의 비율과 95 % 신뢰구간(로그 눈금). 회색 띠 안은 차이가 없다는 뜻이고, 빈 점은 결정되지 않았다는 뜻이다.
