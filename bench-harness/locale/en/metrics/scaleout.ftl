# Starts under load: a few words for tables and charts, and the definition.

metric-scaleout-starts_per_s = starts per second
    .definition = Number of starts by the time from the first spawn to the last reaping, with so many in flight.
    .code = bench-harness/src/fleet.rs
metric-scaleout-ready_p50_ns = ready p50
    .definition = Spawn to ready of each start, as in startup; the median over one burst.
    .code = bench-harness/src/experiment/scaleout.rs
metric-scaleout-ready_p90_ns = ready p90
    .definition = The same; 90 % of the starts of one burst were no slower.
    .code = bench-harness/src/experiment/scaleout.rs
metric-scaleout-ready_p99_ns = ready p99
    .definition = The same; 99 % of the starts of one burst were no slower.
    .code = bench-harness/src/experiment/scaleout.rs
metric-scaleout-total_p50_ns = spawn to reaped p50
    .definition = Spawn to reaped of each start; the median over one burst.
    .code = bench-harness/src/experiment/scaleout.rs
metric-scaleout-harness_cpu_ratio = the harness's share of a CPU
    .definition = CPU time of the harness itself by the time of the burst. Near 1 the harness is what limits the rate.
    .code = bench-harness/src/fleet.rs
