# The notes of rows as samples.csv has them, which is English in every language. `language/notes.rs` finds a note here by its
# text, so each stands word by word as the code makes it (a test compares them), with a variable for each value. A variable whose name
# is not listed there holds one word.

# How a run writes a note round another one.
note-remedy = { $what } (remedy: { $remedy })
note-given-up = { $reason } (given up after { $count } { $after })
note-after-failures = failures in a row
note-after-timeouts = timeouts
note-the-like = { $text } (the like in { $rounds } rounds)
note-copies = { $copies } copies: { $reason }, or fewer --memory-copies

# How an instance ended.
note-end-code = exit code { $code }
note-end-signal = killed by signal { $signal }
note-end-silent = ended without `done`
note-end-unknown = ended for an unknown reason
note-stopped = stopped after { $seconds } s; last line: { $last }
note-complained = { $what }; it complained: { $complaint }
note-ended-early = it ended before it was stopped: { $reason }
note-ran-workload = it ran the workload
note-starting = starting { $program }: { $error }
note-pidfd = pidfd_open of the launcher: { $error }
note-stdin-closed = its standard input is closed
note-no-more-requests = it reads no more requests: { $error }
note-said-too-much = it said more than the harness keeps (remedy: --output-limit)
note-left-behind = left behind: { $left }
note-left-processes = processes of group { $group }
note-never-said = the workload never said `{ $word }`
note-never-ready-done = the workload never said both `ready` and `done`
note-not-reported = the workload didn't report { $metric }
note-reported-no = the workload reported no { $metric }
note-no-cpu-flags = the workload reported no cpu_flags
note-vmm-silent = the VMM didn't answer { $request }: { $error }
note-vmm-answered = the VMM answered { $request } with { $told }
note-bad-timeline = the launcher's timeline has a malformed line: { $line }
note-bad-statistics = the VMM's statistics have a malformed line: { $line }

# What a backend needs.
note-not-installed = { $name } is not installed
note-no-program = { $path } is not a program that runs here
note-no-kvm = /dev/kvm can't be opened: { $error }
note-join-kvm = sudo usermod -aG kvm "$USER", then log in again
note-load-kvm = sudo modprobe kvm_intel || sudo modprobe kvm_amd; inside a VM, switch nested virtualization on in its host
note-no-kernel = there is no kernel to boot
note-no-kernel-in = there is no kernel to boot: { $places }
note-no-folder = there is no { $path }
note-kernel-wanted = --kernel wants a bzImage or a vmlinux that you may read
note-no-boot = this KVM can't boot a stock kernel: { $reason }
note-no-word = no word from the guest in { $seconds } s
note-boot-elsewhere = scripts/lab-machine -- isolab …, or a host with vmx or svm; to try again here: rm { $file }
note-same-kernel = { $backend } could not boot the same kernel on this KVM
note-emulated-processor = its processor is emulated: its times are not representative
note-no-namespaces = the kernel has no { $namespace } namespaces
note-namespaces-wanted = run a kernel built with CONFIG_NAMESPACES, as every distribution's is
note-root-for-cgroups = only root makes cgroups with { $backend }
note-youki-unfiltered = this youki was built without support for system-call filters
note-oci-wanted = --oci-runtime wants NAME=PATH of an OCI runtime
note-bundle = writing the bundle: { $error }
note-engine-silent = { $engine }'s engine doesn't answer: { $reason }
note-engine-no-word = without a word
note-podman-info = podman info says what is in its way
note-firecracker-wanted = put firecracker and jailer of a release into PATH: https://github.com/firecracker-microvm/firecracker/releases
note-hypervisor-wanted = put cloud-hypervisor of a release into PATH: https://github.com/cloud-hypervisor/cloud-hypervisor/releases
note-jailer-root = the jailer needs root
note-jail-link = { $file } can't be linked into the jail ({ $error }): it must lie in the file system of { $folder }
note-firecracker-direct = Firecracker reaches its disk through the host's page cache only
note-floor-root = only root makes the floor's cgroups
note-floor-v1 = the floor knows only cgroup v1, with a tree for each controller
note-boot-v1 = boot with systemd.unified_cgroup_hierarchy=0
note-floor-bare = the floor has neither disks nor limits that can be chosen
note-no-compiler = there is no C compiler
note-no-strace = strace isn't installed
note-strace-empty = strace saw no program start
note-counting-entry = system calls of the host can't be counted: { $path }: { $error }
note-counting-perf = system calls of the host can't be counted: perf_event_open: { $error }
note-counting-mount = sudo mount -t tracefs tracefs /sys/kernel/tracing, and run as root
note-counting-root = run as root, or sudo sysctl kernel.perf_event_paranoid=-1
note-test-double = a test double's excuse
note-test-double-other = name another backend

# What a backend leaves out.
note-lacks-cgroups = no cgroups, no limit of open files, no /sys: it does less than the containers do
note-lacks-accounting = memory and CPU time are those of the engine's client: the container is no child of it
note-lacks-filter = no filter for system calls, which QEMU has only when asked for
note-lacks-processor = emulated: an emulated processor; its times are not representative

# cgroups and limits.
note-no-controller = no cgroup hierarchy with the controller { $controller } is mounted
note-no-hierarchy = no cgroup hierarchy { $mode }
note-controller-off = the controller { $controller } is not enabled for cgroups below the root (echo +{ $again } > { $root }/cgroup.subtree_control)
note-no-own-controller = it has no cgroup with the controller { $controller }
note-no-disk = { $path } lies on no disk of its own
note-no-disk-number = { $number } is no disk's number
note-around-vmm = a cgroup round the VMM: { $error }
note-cgroups-unknown = isolab doesn't know the cgroups of { $backend }
note-hybrid-view = a view of the host without { $tree }: { $what }: { $error }
note-mounts-private = making mounts private
note-budget = the memory budget of { $mib } MiB has no room for { $wanted } MiB (remedy: --memory-budget)
note-budget-one = the memory budget of { $mib } MiB has no room for one instance (remedy: --memory-budget)
note-at-once = it would take { $mib } MiB at once, more than { $most } MiB (remedy: --ablation-memory)
note-in-flight = no more than { $most } may be in flight (remedy: --scaleout-parallel)
note-no-own-limit = a plain process has no limit of its own
note-no-own-limits = a plain process has no limits of its own
note-no-raised-limit = a plain process has no limit of its own that could be raised
note-unlimited = it also runs with { $step } bytes: nothing limits it
note-root-may-look = its processes belong to another user namespace: only root may look

# Memory and density.
note-not-told = a program inside isn't told
note-no-ram-place = the VMM didn't report where the guest's RAM lies
note-no-ram-mapping = none of its mappings is as long as the guest's RAM
note-less-than-touched = less than what the copies touched: others gave memory back meanwhile, or it drowns in noise
note-given-back = the host has more memory than before: others gave some back meanwhile
note-slope = a slope takes two numbers of instances (remedy: --memory-budget, --density-instances)

# Start-up, processor, I/O, system calls.
note-no-launcher = there is no launcher and no sandbox to create
note-no-vm = it is no VM
note-no-vmm = it has no VMM of its own
note-vmm-end = the VMM did not end as it should
note-no-byte = the guest's byte never came
note-huge-pages = of { $mib } MiB only { $huge } lie in huge pages: address translation is part of this time
note-missing-flags = missing inside: { $what }
note-no-io-file = the lab has no file for I/O
note-bad-metric = a malformed metric: { $line }
note-cached = direct, but of { $mib } MiB only { $reached } reached the host's storage: something cached them
note-uncached = buffered, but { $mib } MiB came from storage: the host didn't keep the file in memory
note-fewer-bytes = the disk was asked to { $op } fewer bytes than the workload claims
note-not-let = the guest's kernel doesn't let programs: { $reason }
note-lab-ports = the lab machine's processor forbids programs of VMs all ports

# Starting many, services.
note-nothing-started = nothing was started
note-nothing-asked = nothing was asked
note-harness-busy = the harness itself took { $percent } % of a CPU to start and reap: the rate is partly its own
note-balancer-busy = the balancer itself took { $percent } % of a CPU: the rate is partly its own
note-service-cpu = the CPU time of its processes: { $error }
note-service-count = instance { $index } of the service counts other answers than it gave
note-service-wrong = instance { $index } of the service { $what }: { $told }
note-service-unasked = said something unasked
note-service-no-http = said what isn't HTTP
note-service-answer = answered wrongly

# Neighbours.
note-clock-inside = the clock inside counted { $inside } ms, the host's between { $least } and { $most }
note-neighbours-slow = the neighbours got { $cpus } of { $expected } CPUs: others kept the host busy
note-neighbour-failed = its neighbour failed: { $reason }
note-neighbour-differs = its neighbour computed something else
note-offender-stayed = the offender did not just end: { $reason }
note-offender-free = nothing stopped the offender
note-host-bears = a plain process has no limit of { $what } that could contain it: the host would have to bear it
note-no-offence = { $count } processes are no offence where { $limit } may be started (remedy: --offender-processes)
note-no-panic = isolab knows no way to make the kernel in { $backend } panic
note-host-panic = { $backend } has no kernel of its own: the one that would panic is the host's

# Elasticity.
note-no-cpu-added = no CPU can be added to a VM that runs: neither to the microVM, which has one, nor to a stock kernel in this VMM
note-no-balloon = { $backend } has neither a balloon nor virtio-mem here: its kernel can't be given more memory
note-no-balloon-driver = the guest's kernel has no driver of a balloon
note-left-unsaid = the workload doesn't say what is left: { $line }
note-nothing-grew = it had that much memory before: nothing had to grow
note-not-throttled = in { $count } silences it was never the quota that kept it from the CPU
note-never-still = a tenth of a CPU is no limit here: the workload never stood still
note-quota-stayed = the raised quota had no effect: it kept the workload from the CPU for { $kept } of { $whole } ms
note-no-throttling = the kernel doesn't count what a quota does (cpu.stat)

# Isolation and portability.
note-no-release = the program wasn't told its kernel's release
note-no-boot-id = the host has no boot id (/proc/sys/kernel/random/boot_id)
note-no-fact = the program didn't say its { $fact }
note-no-mask = { $told } is no mask
note-no-number = { $told } is no number
note-cannot-ask = a program inside can't ask: { $reason }
note-no-workload = none of its processes runs the workload
note-no-call-list = the kernel doesn't list its calls (/proc/kallsyms)
note-filter-unknown = it has a seccomp filter, whose content is not known here
note-filter-unsaid = /proc doesn't say whether it has a seccomp filter
note-not-cold = storage delivered nothing: the copy was still in the page cache (a file system in memory?)
note-no-system = the program didn't say what it runs on
note-inside = inside: { $inside }
note-inside-same = inside: { $inside }, for want of a kernel of its own that differs
