chart-scaleout = Scale-out: how many starts per second?
    .subtitle = { chart-median-neutral } { chart-logarithmic }
    .reading = More in flight than there are CPUs add no rate, only latency: each start waits for the others.
    .caption = So many starts are in flight at any time; whenever one has been reaped the next is spawned. The rate is starts by time, from the first spawn to the last reaping; latencies are percentiles over one burst. A rate that stops growing below the number of CPUs waits for something that all starts share, such as a lock in the kernel.
    .rate = Starts per second (more is better)
    .usual = Spawn to ready, the median of a burst (less is better)
    .slow = Spawn to ready, the p99 of a burst (less is better)
    .in-flight = in flight: { $count }
