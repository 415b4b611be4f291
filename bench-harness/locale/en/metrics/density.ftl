# How many instances fit: a few words for tables and charts, and the definition.

metric-density-pss_slope_bytes = PSS per further instance
    .definition = Slope (Theil and Sen) of the PSS of all trees over the number of instances held at once. Pages that all of them share are in no slope.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-cgroup_slope_bytes = cgroup charge per further instance
    .definition = Slope of what the kernel charges the cgroup round all of them, kernel memory included.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-available_slope_bytes = Δ MemAvailable per further instance
    .definition = Slope of what the host has less. Whatever else starts or ends on the host is counted too.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-instances = held at once
    .definition = The largest number of instances that was held: the cap, or fewer if the memory budget ended before.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-smallest_bytes = smallest memory
    .definition = The least limit (container, in steps of 64 KiB) or size (VM, in steps of 2 MiB) with which an empty program still comes to its end. A plain process has no limit.
    .code = bench-harness/src/experiment/density/smallest.rs
metric-density-pss_bytes = PSS of so many instances
    .definition = PSS of the trees of as many instances as the name's end says.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-cgroup_bytes = cgroup charge of so many instances
    .definition = What the kernel charges the cgroup round as many instances as the name's end says.
    .code = bench-harness/src/experiment/density/fit.rs
metric-density-available_bytes = Δ MemAvailable of so many instances
    .definition = What the host has less with as many instances as the name's end says.
    .code = bench-harness/src/experiment/density/fit.rs
