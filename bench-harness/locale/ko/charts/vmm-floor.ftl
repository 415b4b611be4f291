chart-vmm-floor = VMM 바닥값: 명령어 열두 개에 VMM마다 무엇을 더하는가?
    .subtitle = { chart-median-less } { chart-logarithmic }
    .reading = microvm을 뺀 모든 VMM이 명령어 열두 개 남짓한 같은 커널을 부팅한다. 단 사이의 차이는 오로지 VMM의 몫이다.
    .caption = 128 MiB, CPU 하나, 디스크와 네트워크와 initramfs 없음. 커널은 직렬 포트로 한 바이트를 내보내고 끝난다. linux-vm-small은 Linux를 부팅하는 경로를 그대로 쓰는 우리 VMM이고, microvm은 같은 VMM이 같은 길이의 프로그램을 바로 시작하는 경우로 다른 VMM에는 없는 방식이다.
    .first = 시작부터 게스트의 첫 바이트까지
    .total = 시작부터 VMM이 회수될 때까지
    .memory = 게스트의 몫을 뺀 VMM의 메모리
