chart-syscall = 가격표: 경계를 한 번 넘는 비용은?
    .subtitle = { chart-rounds-less } { chart-logarithmic }
    .reading = 아래로 갈수록 큰 경계다. 커널 호출, 디스크의 1바이트, 페이지 하나, VM에서 완전히 나오는 exit의 순이다. VM이 느린 곳에서는 비싼 경계를 넘고 있다.
    .caption = 연산 하나의 시간을 밖에서 재고, 게스트를 나오거나 호스트의 커널을 부르는 횟수를 센다. null 호출은 getppid이며, microVM에서는 게스트 자신의 커널에서 끝난다. read는 게스트에 페이지 캐시가 없어 VMM에 요청한다. 프로세서의 지원이 없는 KVM에서는 게스트 커널로 들어가는 길도 호스트를 거치므로, exit가 아닌데도 수십 µs가 든다.
    .prices = 한 번의 가격
    .crossings = 경계를 넘는 횟수: VM에서 나오는 exit, 호스트 커널의 호출
    .null = null 호출
    .read = 1바이트 읽기
    .open = open과 close
    .fault = 페이지 폴트, 4 KiB
    .exit-port = VM exit, 포트
    .exit-mmio = VM exit, MMIO
    .exits = { $case }: exit
    .calls = { $case }: 호출
    .follows = 여기서 따라 나오는 것, { $backend }: 4 KiB buffered 읽기 = 네이티브 { $native } + exit { $exits }회 × { $price } = { $sum }, 측정값은 { $measured }.

axis-operation = 연산 하나의 시간
axis-crossings = 연산당
