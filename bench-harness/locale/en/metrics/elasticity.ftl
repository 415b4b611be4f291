# How soon a running instance can use more.

metric-elasticity-grow_ns = asked for to used
    .definition = From just before the request for more memory or CPU time until the host sees that the workload has used what is new.
    .code = bench-harness/src/experiment/elasticity.rs
metric-elasticity-request_ns = asked for to carried out
    .definition = From just before the request until it was carried out: the limit is written, or the VMM has answered.
    .code = bench-harness/src/experiment/elasticity.rs
metric-elasticity-add_cpu_ns = adding a CPU
    .definition = Adding a CPU to a running VM. No backend here can; the case cpu raises a quota.
    .code = bench-harness/src/experiment/elasticity.rs
