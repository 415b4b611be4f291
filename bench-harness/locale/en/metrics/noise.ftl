# The same backend twice: a few words for tables and charts, and the definition.

metric-noise-a_ns = one of two equals
    .definition = Spawn to reaped of one of two instances of the same backend, started one after the other. Which of the two it is is drawn in each round.
    .code = bench-harness/src/experiment/noise.rs
metric-noise-b_ns = the other one
    .definition = Spawn to reaped of the other instance. What differs between the two is noise.
    .code = bench-harness/src/experiment/noise.rs
