# What is measured: a few words for tables and charts, and the definition.
# The key is the metric's name in samples.csv with - for each dot.

metric-cpu-elapsed_ns = time of the work
    .definition = From the workload's ready to its done, on the host's clock. The same work in every backend, as its checksum shows.
    .code = bench-harness/src/experiment/cpu.rs
metric-cpu-unit_ns = time of one unit
    .definition = That time divided by the units of work: a link of a chain of integer operations, a point of a floating-point orbit, a line of 64 bytes read in order, a load that waits for the one before.
    .code = bench-harness/workload/src/command/cpu.rs
metric-cpu-bandwidth_bytes_per_s = memory read
    .definition = Bytes per second, read in order from a working set that no second-level cache holds.
    .code = bench-harness/workload/src/command/cpu/memory.rs
metric-cpu-flags = processor flags
    .definition = How many features the processor shows to a program inside (CPUID). The note of the row names those that a plain process sees and this one doesn't.
    .code = bench-harness/workload/src/cpu_flags.rs
metric-cpu-working_set_bytes = working set
    .definition = The memory that memory-bandwidth and memory-latency go through, in huge pages in every backend; where not, a warning says so.
    .code = bench-harness/workload/src/command/cpu/memory.rs
