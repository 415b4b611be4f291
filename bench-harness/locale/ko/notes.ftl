# 측정값에 붙는 메모. samples.csv에는 언제나 영어로 기록되고, 보고서를 쓸 때 같은 키의 문장으로 바뀐다.

# 다른 메모를 감싸는 메모.
note-remedy = { $what } (해결: { $remedy })
note-given-up = { $reason } ({ $after } { $count }회 후 포기)
note-after-failures = 연속 실패
note-after-timeouts = 시간 초과
note-the-like = { $text } (비슷한 경우가 { $rounds }라운드에 있음)
note-copies = 복사본 { $copies }개: { $reason }, 또는 --memory-copies를 줄일 것

# 인스턴스의 종료.
note-end-code = 종료 코드 { $code }
note-end-signal = 시그널 { $signal }로 강제 종료됨
note-end-silent = `done`을 출력하지 않고 종료됨
note-end-unknown = 알 수 없는 이유로 종료됨
note-stopped = { $seconds }초 후 강제로 중단함, 마지막 줄: { $last }
note-complained = { $what }, 오류 출력: { $complaint }
note-ended-early = 중단하기 전에 종료됨: { $reason }
note-ran-workload = 실행하지 말아야 할 워크로드를 실행함
note-starting = { $program }의 시작 실패: { $error }
note-pidfd = 런처의 pidfd_open: { $error }
note-stdin-closed = 표준 입력이 닫혀 있음
note-no-more-requests = 더 이상 요청을 읽지 않음: { $error }
note-said-too-much = 출력이 하네스가 보관하는 한도를 넘음 (해결: --output-limit)
note-left-behind = 종료 후 남은 것: { $left }
note-left-processes = 프로세스 그룹 { $group }의 프로세스
note-never-said = 워크로드가 `{ $word }`를 출력하지 않음
note-never-ready-done = 워크로드가 `ready`와 `done`을 모두 출력하지는 않음
note-not-reported = 워크로드가 { $metric } 값을 보고하지 않음
note-reported-no = 워크로드가 { $metric } 값을 보고하지 않음
note-no-cpu-flags = 워크로드가 cpu_flags를 보고하지 않음
note-vmm-silent = VMM이 { $request }에 응답하지 않음: { $error }
note-vmm-answered = { $request }에 대한 VMM의 응답: { $told }
note-bad-timeline = 런처의 타임라인에 형식이 잘못된 줄이 있음: { $line }
note-bad-statistics = VMM의 통계에 형식이 잘못된 줄이 있음: { $line }

# 백엔드에 필요한 것.
note-not-installed = { $name } 미설치
note-no-program = { $path }: 여기서 실행할 수 있는 프로그램이 아님
note-no-kvm = /dev/kvm을 열 수 없음: { $error }
note-join-kvm = sudo usermod -aG kvm "$USER" 실행 후 다시 로그인할 것
note-load-kvm = sudo modprobe kvm_intel || sudo modprobe kvm_amd. VM 안이라면 호스트에서 중첩 가상화를 켤 것
note-no-kernel = 부팅할 커널이 없음
note-no-kernel-in = 부팅할 커널이 없음: { $places }
note-no-folder = { $path } 없음
note-kernel-wanted = --kernel에는 읽을 수 있는 bzImage나 vmlinux를 지정할 것
note-no-boot = 이 KVM은 일반 커널을 부팅하지 못함: { $reason }
note-no-word = { $seconds }초 동안 게스트의 응답이 없음
note-boot-elsewhere = scripts/lab-machine -- isolab …, 또는 vmx나 svm이 있는 호스트. 여기서 다시 시도하려면: rm { $file }
note-same-kernel = { $backend }가 이 KVM에서 같은 커널을 부팅하지 못했음
note-emulated-processor = 프로세서가 에뮬레이션되므로 시간에 대표성이 없음
note-no-namespaces = 커널에 { $namespace } 네임스페이스가 없음
note-namespaces-wanted = CONFIG_NAMESPACES로 빌드된 커널을 쓸 것(배포판의 커널은 모두 그렇다)
note-root-for-cgroups = { $backend }로 cgroup을 만들 수 있는 것은 root뿐임
note-youki-unfiltered = 이 youki는 시스템 호출 필터 지원 없이 빌드되었음
note-oci-wanted = --oci-runtime에는 OCI 런타임의 NAME=PATH를 지정할 것
note-bundle = 번들 쓰기: { $error }
note-engine-silent = { $engine }의 엔진이 응답하지 않음: { $reason }
note-engine-no-word = 아무 출력도 없음
note-podman-info = 무엇이 문제인지는 podman info가 알려 줌
note-firecracker-wanted = 릴리스의 firecracker와 jailer를 PATH에 둘 것: https://github.com/firecracker-microvm/firecracker/releases
note-hypervisor-wanted = 릴리스의 cloud-hypervisor를 PATH에 둘 것: https://github.com/cloud-hypervisor/cloud-hypervisor/releases
note-jailer-root = jailer에는 root 권한이 필요함
note-jail-link = { $file }을 jail 안에 링크할 수 없음({ $error }): { $folder }와 같은 파일 시스템에 있어야 함
note-firecracker-direct = Firecracker는 호스트의 페이지 캐시를 거쳐서만 디스크에 접근함
note-floor-root = 하한 프로그램의 cgroup을 만들 수 있는 것은 root뿐임
note-floor-v1 = 하한 프로그램은 컨트롤러마다 트리가 따로 있는 cgroup v1만 지원함
note-boot-v1 = systemd.unified_cgroup_hierarchy=0으로 부팅할 것
note-floor-bare = 하한 프로그램에는 디스크도, 정할 수 있는 제한도 없음
note-no-compiler = C 컴파일러가 없음
note-no-strace = strace 미설치
note-strace-empty = strace가 프로그램의 시작을 보지 못함
note-counting-entry = 호스트의 시스템 호출을 셀 수 없음: { $path }: { $error }
note-counting-perf = 호스트의 시스템 호출을 셀 수 없음: perf_event_open: { $error }
note-counting-mount = sudo mount -t tracefs tracefs /sys/kernel/tracing 실행 후 root로 실행할 것
note-counting-root = root로 실행하거나 sudo sysctl kernel.perf_event_paranoid=-1
note-test-double = 테스트 대역의 핑계
note-test-double-other = 다른 백엔드를 지정할 것

# 백엔드가 하지 않는 것.
note-lacks-cgroups = cgroup, 열린 파일 수 제한, /sys가 없음: 컨테이너들보다 하는 일이 적음
note-lacks-accounting = 메모리와 CPU 시간이 엔진 클라이언트의 것임: 컨테이너는 그 자식 프로세스가 아님
note-lacks-filter = 시스템 호출 필터 없음(QEMU는 요청할 때만 씀)
note-lacks-processor = 에뮬레이션된 프로세서이므로 시간에 대표성이 없음

# cgroup과 제한.
note-no-controller = 컨트롤러 { $controller }가 있는 cgroup 계층이 마운트되어 있지 않음
note-no-hierarchy = cgroup 계층 { $mode } 없음
note-controller-off = 루트 아래의 cgroup에서 컨트롤러 { $controller }가 켜져 있지 않음 (echo +{ $again } > { $root }/cgroup.subtree_control)
note-no-own-controller = 컨트롤러 { $controller }의 cgroup이 없음
note-no-disk = { $path }: 실제 디스크 위에 있지 않음
note-no-disk-number = { $number }: 디스크 번호가 아님
note-around-vmm = VMM을 둘러싼 cgroup: { $error }
note-cgroups-unknown = isolab은 { $backend }의 cgroup을 알지 못함
note-hybrid-view = { $tree } 없이 보이는 호스트 만들기: { $what }: { $error }
note-mounts-private = 마운트를 private로 바꾸기
note-budget = 메모리 예산 { $mib } MiB에 { $wanted } MiB의 여유가 없음 (해결: --memory-budget)
note-budget-one = 메모리 예산 { $mib } MiB에 인스턴스 하나가 들어갈 여유도 없음 (해결: --memory-budget)
note-at-once = 한 번에 { $mib } MiB가 필요하여 한도 { $most } MiB를 넘음 (해결: --ablation-memory)
note-in-flight = 동시에 진행할 수 있는 것은 { $most }개까지임 (해결: --scaleout-parallel)
note-no-own-limit = 일반 프로세스에는 고유한 제한이 없음
note-no-own-limits = 일반 프로세스에는 고유한 제한이 없음
note-no-raised-limit = 일반 프로세스에는 올릴 수 있는 고유한 제한이 없음
note-unlimited = { $step }바이트로도 실행됨: 제한이 작동하지 않음
note-root-may-look = 프로세스가 다른 사용자 네임스페이스에 속함: root만 볼 수 있음

# 메모리와 밀도.
note-not-told = 안의 프로그램에는 알려지지 않음
note-no-ram-place = VMM이 게스트 RAM의 위치를 보고하지 않음
note-no-ram-mapping = 게스트 RAM과 크기가 같은 매핑이 없음
note-less-than-touched = 복사본들이 건드린 것보다 적음: 그사이 다른 프로그램이 메모리를 반환했거나 값이 잡음에 묻힘
note-given-back = 호스트의 메모리가 전보다 많음: 그사이 다른 프로그램이 메모리를 반환함
note-slope = 기울기를 구하려면 인스턴스 수가 두 가지여야 함 (해결: --memory-budget, --density-instances)

# 시작, 프로세서, 입출력, 시스템 호출.
note-no-launcher = 런처도, 만들 샌드박스도 없음
note-no-vm = VM이 아님
note-no-vmm = 고유한 VMM이 없음
note-vmm-end = VMM이 정상적으로 종료되지 않음
note-no-byte = 게스트의 바이트가 도착하지 않음
note-huge-pages = { $mib } MiB 중 { $huge } MiB만 대형 페이지(huge page)에 있음: 이 시간에는 주소 변환이 들어 있음
note-missing-flags = 안에서 보이지 않음: { $what }
note-no-io-file = 입출력용 파일이 없음
note-bad-metric = 형식이 잘못된 지표: { $line }
note-cached = direct인데 { $mib } MiB 중 { $reached } MiB만 호스트의 저장 장치에 닿음: 무언가가 캐시했음
note-uncached = buffered인데 { $mib } MiB가 저장 장치에서 옴: 호스트가 파일을 메모리에 두지 않았음
note-fewer-bytes = 디스크에 요청된 { $op } 바이트가 워크로드가 주장하는 것보다 적음
note-not-let = 게스트의 커널이 프로그램에 허용하지 않음: { $reason }
note-lab-ports = 실습용 기기의 프로세서는 VM의 프로그램에 모든 포트를 금지함

# 여러 개의 시작, 서비스.
note-nothing-started = 시작된 것이 없음
note-nothing-asked = 요청한 것이 없음
note-harness-busy = 하네스 자신이 시작과 회수에 CPU의 { $percent } %를 씀: 처리율의 일부는 하네스의 것임
note-balancer-busy = 부하 분산기 자신이 CPU의 { $percent } %를 씀: 처리율의 일부는 분산기의 것임
note-service-cpu = 프로세스의 CPU 시간: { $error }
note-service-count = 서비스의 인스턴스 { $index }가 센 응답이 실제로 준 응답과 다름
note-service-wrong = 서비스의 인스턴스 { $index }: { $what }: { $told }
note-service-unasked = 요청하지 않은 응답을 보냄
note-service-no-http = HTTP가 아닌 응답을 보냄
note-service-answer = 틀린 응답을 보냄

# 이웃.
note-clock-inside = 안의 시계는 { $inside } ms, 호스트의 시계는 { $least }~{ $most } ms를 셈
note-neighbours-slow = 이웃들이 CPU { $expected }개 중 { $cpus }개를 받음: 다른 프로그램이 호스트를 쓰고 있었음
note-neighbour-failed = 이웃이 실패함: { $reason }
note-neighbour-differs = 이웃의 계산 결과가 달라짐
note-offender-stayed = 문제를 일으킨 인스턴스만 끝난 것이 아님: { $reason }
note-offender-free = 문제를 일으킨 인스턴스를 막은 것이 없음
note-host-bears = { $what ->
    [memory] 일반 프로세스에는 이를 가둘 메모리 제한이 없음: 호스트가 감당해야 함
   *[other] 일반 프로세스에는 이를 가둘 프로세스 수 제한이 없음: 호스트가 감당해야 함
}
note-no-offence = { $limit }개까지 시작할 수 있는 곳에서 프로세스 { $count }개는 위반이 아님 (해결: --offender-processes)
note-no-panic = isolab은 { $backend } 안의 커널을 패닉시키는 방법을 알지 못함
note-host-panic = { $backend }에는 고유한 커널이 없음: 패닉할 커널은 호스트의 커널임

# 탄력성.
note-no-cpu-added = 실행 중인 VM에는 CPU를 더할 수 없음: CPU가 하나인 microVM에도, 이 VMM 안의 일반 커널에도
note-no-balloon = 여기서 { $backend }에는 balloon도 virtio-mem도 없음: 커널에 메모리를 더 줄 수 없음
note-no-balloon-driver = 게스트 커널에 벌룬(balloon) 드라이버가 없음
note-left-unsaid = 워크로드가 얼마나 남았는지 말하지 않음: { $line }
note-nothing-grew = 이미 그만큼의 메모리가 있었음: 늘어난 것이 없음
note-not-throttled = { $count }번 멈추는 동안 CPU를 막은 것이 한 번도 할당량(quota)이 아니었음
note-never-still = 여기서는 CPU의 10분의 1이 제한이 되지 않음: 워크로드가 멈춘 적이 없음
note-quota-stayed = 올린 할당량(quota)이 효과가 없음: { $whole } ms 중 { $kept } ms 동안 워크로드의 CPU 사용을 막음
note-no-throttling = 커널이 할당량(quota)의 작용을 세지 않음(cpu.stat)

# 격리와 이식성.
note-no-release = 프로그램에 커널의 릴리스가 알려지지 않음
note-no-boot-id = 호스트에 부팅 ID가 없음(/proc/sys/kernel/random/boot_id)
note-no-fact = 프로그램이 { $fact } 값을 출력하지 않음
note-no-mask = { $told }: 마스크가 아님
note-no-number = { $told }: 숫자가 아님
note-cannot-ask = 안의 프로그램은 물어볼 수 없음: { $reason }
note-no-workload = 워크로드를 실행하는 프로세스가 없음
note-no-call-list = 커널이 시스템 호출 목록을 보여 주지 않음(/proc/kallsyms)
note-filter-unknown = seccomp 필터가 있으나 그 내용을 여기서는 알 수 없음
note-filter-unsaid = seccomp 필터가 있는지 /proc에 나와 있지 않음
note-not-cold = 저장 장치에서 읽은 것이 없음: 복사본이 아직 페이지 캐시에 있었음(메모리 위의 파일 시스템인가?)
note-no-system = 프로그램이 무엇 위에서 실행되는지 출력하지 않음
note-inside = 안: { $inside }
note-inside-same = 안: { $inside }, 다른 고유한 커널이 없기 때문
