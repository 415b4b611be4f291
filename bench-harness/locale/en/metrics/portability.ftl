# What has to be shipped, and what can run: a few words for tables and charts, and the definition.

metric-portability-bytes = bytes to ship
    .definition = Sizes of all files that one instance needs, shared libraries included. A file with two names counts once.
    .code = bench-harness/src/artefacts.rs
metric-portability-files = files to ship
    .definition = Number of these files: programs, the workload, a kernel with its drivers, configuration, shared libraries.
    .code = bench-harness/src/artefacts.rs
metric-portability-dependencies = shared libraries
    .definition = Shared libraries and loaders that the programs among them need, and theirs. 0 for static programs.
    .code = bench-harness/src/artefacts.rs
metric-portability-cold_first_ns = first start, cold
    .definition = Spawn to first instruction, as startup.first_ns, of a fresh copy whose pages were dropped from the page cache.
    .code = bench-harness/src/cold_copy.rs
metric-portability-cold_read_bytes = read for it
    .definition = Bytes that storage delivered for that start. 0 means that it wasn't cold.
    .code = bench-harness/src/experiment/portability.rs
metric-portability-runs_other_kernel = another kernel inside
    .definition = 1 if the kernel that a program inside asks has another release than the host's, else 0.
    .code = bench-harness/src/experiment/portability.rs
metric-portability-runs_other_os = another system inside
    .definition = 1 if that kernel calls itself something other than Linux, else 0.
    .code = bench-harness/src/experiment/portability.rs
