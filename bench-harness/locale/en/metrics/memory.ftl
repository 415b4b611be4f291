# What is measured: a few words for tables and charts, and the definition.
# The key is the metric's name in samples.csv with - for each dot.

metric-memory-pss_bytes = PSS of the tree
    .definition = Resident pages of the launcher and all its descendants, shared ones divided by the number of their users.
    .code = bench-harness/src/process_tree.rs
metric-memory-overhead_bytes = overhead
    .definition = Resident bytes of the tree that are not guest RAM (VM), or that are the launcher's and init's (container). 0 for native.
    .code = bench-harness/src/experiment/memory.rs
metric-memory-rss_bytes = RSS of the tree
    .definition = Resident pages of the launcher and all its descendants; shared ones count in each process.
    .code = bench-harness/src/process_tree.rs
metric-memory-cgroup_bytes = cgroup charge
    .definition = What the kernel charges a cgroup round the launcher, kernel memory included.
    .code = bench-harness/src/measuring_cgroup.rs
metric-memory-available_delta_bytes = Δ MemAvailable
    .definition = How much less MemAvailable the host has with N copies, divided by N. May drown in noise, even below 0.
    .code = bench-harness/src/experiment/memory.rs
metric-memory-guest_visible_bytes = visible inside
    .definition = The total memory that a program inside is told.
    .code = bench-harness/workload/src/command/inspect.rs
metric-memory-configured_bytes = configured
    .definition = The limit (container) or size (VM) that was asked for.
    .code = bench-harness/src/experiment/memory.rs
metric-memory-guest_ram_bytes = guest RAM touched
    .definition = Resident pages of the guest's RAM, whoever inside touched them. Only VMs have any.
    .code = bench-harness/src/process_tree.rs
metric-memory-guest_kernel_bytes = guest kernel keeps
    .definition = Configured, less what is visible inside: code of the guest's kernel, its descriptions of pages. Only VMs have any.
    .code = bench-harness/src/experiment/memory.rs
