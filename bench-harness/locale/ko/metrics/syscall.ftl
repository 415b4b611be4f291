# 무엇을 재는가: 표와 차트에 쓰는 짧은 이름과 정의.
# 키는 samples.csv의 지표 이름에서 점을 -로 바꾼 것이다.

metric-syscall-call_ns = 호출 한 번의 시간
    .definition = 워크로드의 ready부터 done까지를 호스트의 시계로 재어 그 사이의 연산 수로 나눈 값. null은 getppid, read는 디스크 파일의 1바이트 읽기, open은 그 파일의 open과 close이다.
    .code = bench-harness/src/experiment/syscall.rs
metric-syscall-fault_ns = 페이지 폴트 한 번의 시간
    .definition = 4 KiB 페이지를 처음 건드리는 시간을 같은 방법으로 잰 값. 이때 우리 VM의 메모리는 작은 페이지로 둔다.
    .code = bench-harness/src/experiment/syscall.rs
metric-syscall-exit_ns = VM exit 한 번의 시간
    .definition = 아무것도 응답하지 않는 접근을 같은 방법으로 잰 값. 게스트에서 VMM으로 나갔다가 돌아온다. VM에만 있다.
    .code = bench-harness/workload/src/command/call.rs
metric-syscall-exits_per_op = 연산당 VM exit 횟수
    .definition = 연산 257번의 VM exit에서 한 번의 것을 빼고 256으로 나눈 값. VM에만 있다.
    .code = vm-backend/src/stats.rs
metric-syscall-host_calls_per_op = 연산당 호스트 시스템 호출 횟수
    .definition = 런처와 모든 자손이 호스트에 한 시스템 호출로, 연산 257번의 것에서 한 번의 것을 빼고 256으로 나눈 값. 커널의 tracepoint로 세며 root 권한이 필요하다.
    .code = bench-harness/src/host_calls.rs
