# Words that charts share. The texts of one chart are in charts/EXPERIMENT.ftl:
# chart-NAME (its title), .subtitle (what is drawn), .reading (one sentence: what to look at), .caption (how it was measured, what is
# not seen at once), and whatever words stand inside the picture.

chart-median-less = Median; whiskers: 95 % interval of the median. Less is better.
chart-median-more = Median; whiskers: 95 % interval of the median. More is better.
chart-rounds-less = Median over the rounds; whiskers: 95 % interval of the median. Less is better.
chart-rounds-more = Median over the rounds; whiskers: 95 % interval of the median. More is better.
chart-median-neutral = Median; whiskers: 95 % interval of the median.
chart-logarithmic = Logarithmic.

axis-logarithmic = logarithmic
axis-time = time
axis-since-spawn = time since the spawn
axis-throughput = throughput
axis-latency = latency
axis-memory = memory
axis-rate = starts per second
axis-requests = requests per second
axis-exits = exits
axis-exits-per-operation = exits per operation

chart-note-band = Grey stripe: what counts as equal to native, 2 % or as much as a backend differs from itself here.
chart-note-ranges = Whiskers without end marks: smallest and largest of fewer than 6 rounds, which is no interval.
chart-note-points = Rings: the single values, where there are at most ten; one at the right end may lie beyond it.
chart-note-without-data = Without data: { $backends } (REPORT.md says why).
chart-note-emulated = { $backends }: emulated processor; its times are not representative.
chart-left-out = Left out: this run has no { $experiment } data for it.
