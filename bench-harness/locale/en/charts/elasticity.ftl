chart-elasticity = Elasticity: how soon can a running instance use more?
    .subtitle = { chart-median-less } { chart-logarithmic }
    .reading = Compare the two groups of a panel: what it takes to allow more, and what it takes to use it.
    .caption = Memory: a container's limit is raised, a slot is added to a microVM, or a balloon lets out what it kept from a stock kernel in our VMM; then the workload touches 32 MiB that did not fit before. CPU: the quota (of the container, or of a cgroup round the VMM) is raised from a tenth of a CPU to one while it keeps the workload from the CPU; no CPU is added to a VM.
    .memory = 32 MiB more memory
    .cpu = CPU time: from a tenth of a CPU to one
