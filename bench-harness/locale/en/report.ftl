# What stands round the numbers on the page.

report-title = isolab: { $run }
report-lead = The same program as a plain process, in a container and in virtual machines, side by side on one machine.
report-skip = To the claims
report-contents = Contents
report-emulated = Emulated: times are not representative. This is the lab machine, whose KVM runs in software. Counts (exits, bytes, memory) are exact.
report-nothing = Nothing was measured.

report-board = Who wins at what, by how much
board-question = question
board-start = Until the program is ready
board-life = From the start to the end of an empty program
board-memory = Memory of the host for an empty program
board-operation = One 4 KiB random read
board-byte = 1 MiB sequential reads
board-cpu = The same integer computation
board-call = One system call
board-density = Memory for each further instance
board-winner = wins
board-ahead = { $ratio } ahead of { $second }
board-level = level
board-undecided = undecided (in front: { $backend })
board-note = Medians; beside them the ratio to the plain process (native). The winner is the best of those that isolate, and the factor says by how much it beats the second; level: no practical difference; undecided: more rounds would tell. The claims below say how many.

report-claims = What textbooks say, and what this run says
report-claims-lead = Each verdict follows from the statements below it by one rule: if some hold and some fail, it depends.
report-why = Why:
report-not = What this does not show:

report-metric = metric
report-all-metrics = All metrics

report-doubts = What this run cannot tell you
report-no-doubts = Nothing stands out: no warning, and everything was measured.
report-warnings = Read with care
report-not-measured = Not measured
report-single-metrics = Single metrics that a backend can't have or this host can't read

report-machine = Machine, method, raw data
origin-machine = Machine
origin-watched = The machine during the run
origin-plan = Plan
origin-hashes = SHA-256 of the binaries
origin-versions = Versions
report-method = Method
report-method-text = Backends run in turns within each round, in random order, so that a drift of the machine hits all of them. Times are taken by the host on one clock. Medians with 95 % intervals; outliers are kept; failures and timeouts are outcomes and never numbers.
report-raw = Raw data

experiment-startup = Startup
    .question = How long from "start it" to "it runs", and from its end to nothing left?
experiment-memory = Memory
    .question = What does one instance occupy, under six definitions of memory?
experiment-io = I/O
    .question = What does an operation cost, and what does a byte?
experiment-cpu = Computing
    .question = Does the same computation take longer inside?
experiment-syscall = Price list
    .question = What does one crossing of each border cost?
experiment-ablation = Ablation
    .question = What does each single part of the isolation cost?
experiment-density = Density
    .question = How many instances fit?
experiment-scaleout = Scale-out
    .question = How many starts per second, and how slow is each under that load?
experiment-service = Service
    .question = How many requests per second, spread over 1, 2, 4 … instances?
experiment-neighbour = Neighbours
    .question = What does an instance notice of the one beside it?
experiment-elasticity = Elasticity
    .question = How soon can a running instance use more?
experiment-isolation = Isolation
    .question = What do host and instance see of each other?
experiment-portability = Portability
    .question = What has to be shipped, and what can run?
experiment-container-floor = Container floor
    .question = What does each container runtime add to the system calls that it can't do without?
experiment-vmm-floor = VMM floor
    .question = What does each VMM add to a virtual machine of a dozen instructions?
experiment-noise = Noise
    .question = How much does the same differ from itself?

compare-differences = What differs between the runs
compare-alike = Machine, plan and binaries are the same.
compare-ratios = Ratios to the plain process of the same run
compare-differs = differs
compare-nothing = The runs have nothing in common that could be compared.
compare-emulated = emulated: times are not representative
explain-parts = What decides it:
explain-experiments = Experiments: { $experiments }

brief-first = first instruction
brief-total = spawn to reaped
brief-memory = memory (PSS)
brief-operation = 4 KiB direct read
brief-byte = 1 MiB direct read
brief-note = In brackets: the ratio to native.

markdown-title = isolab: { $run }, started { $started }
markdown-warnings = Warnings
markdown-missing = Not measured
markdown-single-metrics = Single metrics that a backend can't have or this host can't read:
markdown-steps = Every step of { $what }
markdown-step = step
markdown-ended = ended at
markdown-took = took
markdown-how = How to read this
markdown-how-median = Every number is a **median** over the rounds; `[a, b]` is its 95 % interval (percentile bootstrap). `(a to b)` is the smallest and largest value where fewer than 6 rounds give no interval.
markdown-how-ratio = **To native** is the ratio of the medians, with an interval of its own that keeps the values of one round together: all backends are measured once per round, in random order, so that a drift of the machine meets all of them.
markdown-how-verdict = **slower**, **faster**, **more**, **less**: the whole interval of the ratio lies beyond the band of equality, here { $band }, and the Mann-Whitney test excludes chance, at 5 % for this report as a whole (Holm). **no practical difference**: the interval lies wholly within the band. **inconclusive**: neither; about that many more rounds would settle it. The band is 2 %, or as much as a backend differs from itself in this run (`noise`), if that is more.
markdown-how-outliers = Outliers are labelled in summary.json and the distribution chart, and are part of every number. Failures and timeouts are listed and are no numbers.
markdown-how-clock = All times are taken by the host on one clock, except the latencies of `io`, which the workload takes inside.
markdown-how-compare = Times of different runs can be compared only if machine, binaries and plan below are the same.
