# What is measured: a few words for tables and charts, and the definition.
# The key is the metric's name in samples.csv with - for each dot.

metric-syscall-call_ns = time of one call
    .definition = From the workload's ready to its done on the host's clock, divided by the operations between: null is getppid, read one byte of the disk's file, open its open and close.
    .code = bench-harness/src/experiment/syscall.rs
metric-syscall-fault_ns = time of one fault
    .definition = The same for the first touch of a page of 4 KiB. The memory of our VMs is in small pages for this.
    .code = bench-harness/src/experiment/syscall.rs
metric-syscall-exit_ns = time of one exit
    .definition = The same for an access that nothing answers: from the guest to the VMM and back. Only VMs have any.
    .code = bench-harness/workload/src/command/call.rs
metric-syscall-exits_per_op = VM exits per op
    .definition = VM exits of 257 operations less those of one, divided by 256. Only VMs have any.
    .code = vm-backend/src/stats.rs
metric-syscall-host_calls_per_op = host calls per op
    .definition = System calls of the host by the launcher and all its descendants, of 257 operations less those of one, divided by 256. Counted by a tracepoint in the kernel; takes root.
    .code = bench-harness/src/host_calls.rs
