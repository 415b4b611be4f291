# `isolab doctor`가 하는 말. 명령은 모든 언어에서 같으므로 코드에 있다.

doctor-ok = 정상
doctor-advice = 권고
doctor-missing = 없음
doctor-remedy = 해결: { $remedy }
doctor-tier = 등급 { $tier }: { $meaning }.

doctor-t3 = 모두 실행되며 VM은 하드웨어 KVM을 쓴다
    .no-kernel = 모두 실행되며 VM은 하드웨어 KVM을 쓰지만, 일반 커널(linux-vm)은 부팅되지 않는다
doctor-t2 = 모두 실행되지만 KVM이 중첩되었거나 소프트웨어로 구현되어 VM exit 비용이 하드웨어보다 크다
    .no-kernel = 모두 실행되지만 KVM이 중첩되었거나 소프트웨어로 구현되어 VM exit 비용이 하드웨어보다 크고, 일반 커널(linux-vm)은 부팅되지 않는다
doctor-t1 = 프로세스와 컨테이너는 실행되지만 VM은 실행되지 않는다
doctor-t0 = 프로세스만 실행되며, 다른 기기에서 잰 결과의 보고서는 만들 수 있다

doctor-machine = 기기
    .lab = 실습용 기기(lab machine). { emulated-mark }
    .remedy = 시간을 재려면 실제 기기에서 실행할 것. 횟수와 크기(VM exit, 바이트, 메모리)는 여기서도 정확하다
doctor-processor = 프로세서
    .in-vm = { $count } x { $model }, { $hypervisor }의 VM
doctor-privileges = 권한
    .closed = root가 아니며 사용자 네임스페이스가 막혀 있다({ $path } 값이 { $value })
    .not-root = root가 아님: 컨테이너가 사용자 네임스페이스를 쓰며 자원 제한이 빠질 수 있다
    .remedy = 자원 제한과 cgroup 수치가 필요하면 sudo isolab …
doctor-cgroups = cgroup
    .no-proc = /proc를 읽을 수 없음
    .none = 마운트된 계층이 없음
    .with = { $mode }, favordynmods 켜짐
    .without = { $mode }, favordynmods 꺼짐: 프로세스를 옮기는 런타임은 RCU 대기로 수 ms를 더 쓴다
doctor-start = { $backend } 시작
    .works = 작동함
    .unknown = 그런 백엔드가 없음
doctor-peer = 비교 대상 { $backend }
    .works = { $installed }: 작동함
    .fails = { $installed }: { $why }
doctor-kernels = VM용 커널
    .none = 없음
doctor-kvm = KVM
    .hardware = { $flavour }, 하드웨어 지원
    .pvm = kvm_pvm: 하드웨어 지원이 없는 가상화. VM exit 한 번에 1~2 µs가 아니라 10~80 µs가 든다
    .pvm-remedy = 하드웨어의 비용을 보려면 /proc/cpuinfo에 vmx나 svm이 있는 기기에서 실행할 것
    .nested = { $flavour }, 다른 VM 안에 중첩됨: VM exit 비용이 하드웨어의 몇 배다
    .nested-remedy = 하드웨어의 비용을 보려면 베어메탈에서 실행할 것
    .not-loaded = 모듈이 적재되지 않았음
    .not-nested = 중첩 가상화를 쓸 수 없는 VM임
    .not-nested-remedy = 호스트에서 virsh edit로 <cpu mode='host-passthrough'/>를 지정하거나, 여기서 scripts/lab-machine을 쓸 것
    .switched-off = CPU에 vmx도 svm도 보이지 않음
    .switched-off-remedy = 펌웨어 설정에서 가상화(VT-x, SVM)를 켤 것
doctor-counting = 시스템 호출
    .works = 호스트의 시스템 호출을 셀 수 있다
    .fails = 호스트의 시스템 호출을 셀 수 없어 생략한다: { $reason }
doctor-frequency = CPU 주파수
    .steady = 거버너 { $governor }
    .varying = 거버너 { $governor }: 짧은 측정이 일정하지 않은 속도에서 이루어진다
