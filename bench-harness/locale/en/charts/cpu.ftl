chart-cpu = Computing: does the same work take longer inside?
    .subtitle = { chart-rounds-less }
    .reading = Bars of one length are the result: a processor runs a guest's instructions itself. What is longer is memory that a VM's processor has to translate twice.
    .caption = Time of one unit of work, from outside: a link of integer operations, a point of a floating-point orbit, a cache line read in order, a load that waits for the one before. Memory lies in huge pages in every backend. The last panel counts what the processor says that it can do; the note of cpu.flags in samples.csv names what is missing.
    .compute = computing
    .memory = memory: { $size } in huge pages
    .latency = memory, in random order
    .flags = flags that the processor shows inside
    .flags-label = flags (CPUID)
    .int = integer
    .float = floating point
    .memory-bandwidth = one line in order
    .memory-latency = one load out of order

axis-unit = time of one unit
axis-flags = flags
