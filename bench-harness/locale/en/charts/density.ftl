chart-density = Density: what does each further instance take?
    .subtitle = { chart-median-less }
    .reading = The distance between the first two groups is the kernel's own memory, which no process maps: look at more than PSS.
    .caption = Slopes over the number of instances of an empty program held at once. What the first one pays alone and all others share (the pages of launcher and workload) is in none of them. The cgroup is charged for the kernel's memory too; Δ MemAvailable is all that the host has less, its noise included. Below: the least limit of a container or size of a VM with which an empty program still ends well.
    .further = Each further instance of an empty program
    .host = What the host has less for each, noise of the host included
    .smallest = The least memory with which it still runs
    .limit = limit or size
