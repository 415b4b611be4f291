# `isolab list`가 하는 말: 백엔드와 실험마다 한 줄, 그리고 없는 것.

list-backends = 백엔드
list-peers = 비교 대상: 다른 이들이 만든 런타임과 VMM. 설치된 것은 `--backends all`로 함께 실행된다
list-experiments = 실험
list-here = 설치됨: { $installed }
list-not-here = 사용 불가: { $reason }

list-backend-native = 일반 프로세스: 다른 모든 것의 비교 기준이 되는 하한
list-backend-container = 자체 컨테이너: 네임스페이스, cgroup, pivot_root, capability, seccomp. 커널 하나를 공유한다
list-backend-microvm = 자체 VMM(KVM)과 자체 소형 게스트 커널: 두 번째 운영체제를 부팅하지 않는 가상화
list-backend-linux-vm-small = 자체 VMM이 직접 구성한 작은 리눅스 커널을 부팅한다
list-backend-linux-vm-cloud = 자체 VMM이 배포판의 클라우드용 커널을 부팅한다: 가상화에 더해 두 번째 운영체제
list-backend-crun = Podman이 컨테이너를 시작할 때 쓰는 C로 작성된 OCI 런타임
list-backend-runc = Docker와 Kubernetes가 컨테이너를 시작할 때 쓰는 Go로 작성된 OCI 런타임
list-backend-youki = Rust로 작성된 OCI 런타임
list-backend-bubblewrap = Flatpak이 쓰는 샌드박스. cgroup이 없으므로 제한도 없다
list-backend-docker = 데몬이 있는 컨테이너 엔진: 컨테이너를 만드는 데 관리가 더하는 비용
list-backend-podman = 데몬이 없는 컨테이너 엔진: 컨테이너를 만드는 데 관리가 더하는 비용
list-backend-qemu-microvm = QEMU의 microvm 머신(KVM). linux-vm의 커널과 initramfs를 부팅한다
list-backend-qemu-tcg = 프로세서를 에뮬레이션하는 같은 머신: KVM이 필요 없으며, 시간에는 대표성이 없다
list-backend-firecracker = API 없이 쓰는 Firecracker. linux-vm의 커널과 initramfs를 부팅한다
list-backend-firecracker-jailer = 실제 운영에서처럼 jailer로 시작하는 Firecracker
list-backend-cloud-hypervisor = Cloud Hypervisor. linux-vm-cloud의 커널과, PCI 드라이버를 더한 initramfs를 부팅한다

list-experiment-startup = 시작 명령부터 첫 명령어, 준비, 종료, 흔적이 사라질 때까지, 그리고 그 사이의 모든 단계
list-experiment-memory = 0, 8, 64 MiB를 건드린 인스턴스가 차지하는 메모리의 여섯 가지 정의
list-experiment-io = 호스트 파일 하나에 대한 4 KiB 임의, 128 KiB와 1 MiB 순차 입출력(direct와 buffered)
list-experiment-cpu = 정수와 부동소수점 계산, 메모리 대역폭과 지연 시간, 안에서 보이는 프로세서의 플래그
list-experiment-syscall = 시스템 호출, 1바이트 읽기, open, 페이지 폴트, VM exit 한 번의 가격
list-experiment-ablation = 단계별 분해: 컨테이너는 부분마다, VM은 단계마다 무엇이 더해지는가
list-experiment-container-floor = 같은 컨테이너를 만드는 최소한의 C 프로그램보다 컨테이너 런타임이 더 쓰는 시간
list-experiment-density = 인스턴스 1, 2, 4 ...개를 동시에 유지할 때 하나가 늘 때마다 드는 메모리, 그리고 충분한 최소 메모리
list-experiment-scaleout = 1, 2, 4 ...개를 동시에 시작할 때의 초당 시작 횟수와, 그때 각 시작에 걸리는 시간
list-experiment-service = 부하 분산기 뒤의 인스턴스 1, 2, 4 ...개로 나눈 작은 웹 서비스의 초당 요청 수
list-experiment-neighbour = 제한이 있을 때와 없을 때, 바쁜 이웃 옆에서 작업 단위의 지연 시간. 비정상 종료하거나 자원을 너무 많이 쓰는 이웃
list-experiment-noise = A/A: 같은 백엔드를 나란히 두 번 시작한다. 여기서 나타나는 차이보다 세밀한 판정은 없다
list-experiment-elasticity = 실행 중인 인스턴스의 메모리나 CPU 제한을 올린 뒤 워크로드가 늘어난 만큼을 다 쓸 때까지
list-experiment-isolation = 호스트와 인스턴스가 서로에 대해 보는 것과 쓰는 시스템 호출: 점수가 아닌 사실
list-experiment-portability = 배포할 파일과 바이트, 캐시되지 않은 복사본에서의 첫 시작, 안에서 실행되는 다른 커널이나 운영체제
list-experiment-vmm-floor = 모든 VMM에서 명령어 열 몇 개짜리 게스트: 첫 바이트까지와 회수까지의 시간, VMM의 메모리
