# What is measured: a few words for tables and charts, and the definition.
# The key is the metric's name in samples.csv with - for each dot.

metric-ablation-total_ns = spawn to reaped
    .definition = From just before the spawn until the launcher has been reaped, of a start that has the parts of this rung and of all below it. The difference to the rung below is what its part costs.
    .code = bench-harness/src/experiment/ablation/ladder.rs
metric-ablation-ready_ns = ready
    .definition = From just before the spawn until the workload reports ready, on rungs where it runs.
    .code = bench-harness/src/experiment/ablation.rs
