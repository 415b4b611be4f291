# What is measured: a few words for tables and charts, and the definition.
# The key is the metric's name in samples.csv with - for each dot.

metric-container-floor-total_ns = spawn to reaped
    .definition = As startup.total_ns: from just before the spawn until the launcher has been reaped.
    .code = bench-harness/src/experiment/container_floor.rs
metric-container-floor-cpu_ns = CPU time
    .definition = As startup.cpu_ns: user and system time of the launcher and all its descendants.
    .code = bench-harness/src/experiment/container_floor.rs
