# What is measured: a few words for tables and charts, and the definition.
# The key is the metric's name in samples.csv with - for each dot.

metric-startup-first_ns = first instruction
    .definition = From just before the spawn until the first line of the workload's main arrives at the host.
    .code = bench-harness/src/experiment/startup.rs
metric-startup-ready_ns = ready
    .definition = From just before the spawn until the workload reports ready, after its own initialisation.
    .code = bench-harness/src/experiment/startup.rs
metric-startup-total_ns = spawn to reaped
    .definition = From just before the spawn until the launcher has been reaped.
    .code = bench-harness/src/instance.rs
metric-startup-create_ns = making the sandbox
    .definition = From the launcher's main until the sandbox exists: just before execve (container) or the first KVM_RUN (VM).
    .code = container-backend/src/launch.rs, vm-backend/src/run.rs
metric-startup-exit_ns = end to reaped
    .definition = From when the launcher has learned that the workload has ended (native: its last line) until the launcher has been reaped.
    .code = bench-harness/src/experiment/startup.rs
metric-startup-teardown_ns = reaped to nothing left
    .definition = From reaped until the harness has found nothing left: no process, no cgroup.
    .code = bench-harness/src/leftovers.rs
metric-startup-cpu_ns = CPU time
    .definition = User and system time of the launcher and all its descendants.
    .code = bench-harness/src/instance/finished.rs
metric-startup-exits = VM exits
    .definition = How often the guest's CPU was left for the VMM in its whole life. Only VMs have any.
    .code = vm-backend/src/stats.rs
metric-startup-mark = a step's end
    .definition = From just before the spawn until the step has ended.
    .code = bench-harness/src/timeline.rs
metric-startup-phase = a step's duration
    .definition = From the mark before it, whoever made that, until the step has ended.
    .code = bench-harness/src/timeline.rs
