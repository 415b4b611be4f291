chart-container-floor = Container floor: what does each runtime add?
    .subtitle = Median from the spawn to the reaping; whiskers: 95 % interval of the median. Less is better.
    .reading = The darkest part is the runtime's own work: all of these make the same container.
    .caption = A ladder: the program alone, as a plain process; the container itself, as the minimal C program `floor-c` takes it to make the namespaces, mounts, cgroups, capabilities and filter; and what a runtime takes longer than that for loading its program, reading a configuration, compiling a filter, handing over between processes and keeping state on disk.
    .panel = the same program in the same container
    .program = the program alone, as in native
    .container = the container itself, as in floor-c
    .runtime = added by the runtime
