# The claims that textbooks make, what decides each, and why.
# A claim cN has: claims-cN (the statement), .not (what its card does not show), claims-cN-part-* (the statements that
# decide it), claims-cN-why-* (reasons, each shown only if the data show it).

verdict-supported = supported
    .short = { verdict-supported }
verdict-contradicted = contradicted
    .short = { verdict-contradicted }
verdict-depends = it depends
    .short = { verdict-depends }
verdict-inconclusive = inconclusive: about { $rounds } more rounds
    .short = inconclusive
verdict-not-testable = not testable here
    .short = not tested

truth-holds = holds
truth-fails = fails
truth-unclear = unclear: about { $rounds } more rounds
truth-untested = not measured

claims-c1 = A container shares the host's kernel; a virtual machine has its own.
    .not = Whether either can be broken out of. A shared kernel is a larger target, but this run attacks nothing.
claims-c1-part-container = A program in a container finds the host's kernel: same release, same boot.
claims-c1-part-vm = A program in a VM finds another kernel.
claims-c1-why-calls = From inside the container { $calls } system calls of the host's kernel can be reached. In { $vm } the program's calls end in a kernel of its own; what reaches the host are { $exits } exits for one hello.

claims-c2 = A container starts faster than a virtual machine, because it shares the host's kernel.
    .not = The start of a program that is already on the machine. Fetching images and the work of an orchestrator come on top, for both.
claims-c2-part-with-os = A container is ready sooner than a VM that boots an operating system of its own.
claims-c2-part-without-os = A container is ready sooner than a VM that has no operating system to boot.
claims-c2-why-boot = In { $vm }, { $share } of the time ({ $boot }) is the boot of the second operating system. Making the virtual machine is not what takes long.
claims-c2-why-no-os = { $vm } boots no operating system, and takes { $ratio } the time of the container: what makes other VMs slow to start is what boots inside.

claims-c3 = A container's I/O is as good as native, because it shares the host's kernel; a virtual machine's is not.
    .not = One request at a time on one disk. Deep queues, several disks and networks behave differently.
claims-c3-part-container-operation = In a container a 4 KiB random read takes no longer than natively.
claims-c3-part-container-byte = In a container a 1 MiB sequential read moves as many bytes per second as natively.
claims-c3-part-vm-operation = In a VM a 4 KiB random read takes longer than natively.
claims-c3-part-vm-byte = In a VM a 1 MiB sequential read moves fewer bytes per second than natively.
claims-c3-why-exits = Each request of { $vm } leaves the guest { $exits } times. That costs the same for a small request as for a large one: a 4 KiB read takes { $operation } as long as natively, a 1 MiB read { $byte }.

claims-c4 = Containers are lighter in memory, because each virtual machine pays for a whole operating system.
    .not = A program that touches almost nothing. The larger the program's own memory, the smaller the difference in proportion.
claims-c4-part-with-os = A container takes less memory of the host than a VM with an operating system of its own.
claims-c4-part-without-os = A container takes less memory of the host than a VM without one.
claims-c4-part-further-with-os = Each further container takes less than each further VM with an operating system of its own.
claims-c4-part-further-without-os = Each further container takes less than each further VM without one.
claims-c4-part-least-with-os = A container gets by with a smaller limit than a VM with an operating system of its own.
claims-c4-part-least-without-os = A container gets by with a smaller limit than a VM without one.
claims-c4-why-guest = { $share } of what { $vm } takes ({ $guest }) is memory of its guest; the rest is the virtual machine monitor.

claims-c5 = A container is an isolated process: the host sees it, while inside it believes to be alone.
    .not = What else of the host shows inside, such as its load, its memory and its clock.
claims-c5-part-seen = The host sees a container's program as a process of its own.
claims-c5-part-alone = Inside a container a program sees no process but its own and its init.
claims-c5-part-hidden = The host does not see a VM's program: it sees the virtual machine monitor.
claims-c5-why-namespace = The same kernel keeps both lists: inside the container it shows { $inside } processes, to a plain process { $outside }. A namespace is a view, not a wall of its own.

claims-c6 = Containers and virtual machines do not disturb their neighbours.
    .not = One offender and one victim. On a real host there are many, and which of them hurts depends on the caches they share.
claims-c6-part-container-free = Without limits, a container works as fast beside a busy container as alone.
claims-c6-part-container-limited = With limits, a container works as fast beside a busy container as alone.
claims-c6-part-container-contained = A container that crashes or takes too much harms only itself.
claims-c6-part-vm-free = Without limits, a VM works as fast beside a busy VM as alone.
claims-c6-part-vm-limited = With limits, a VM works as fast beside a busy VM as alone.
claims-c6-part-vm-contained = A VM that crashes or takes too much harms only itself.
claims-c6-why-limits = The same neighbour disturbs without a limit and not with one: what protects is the limit, not the kind of isolation.
claims-c6-why-hardware = Containers and VMs are both disturbed: they share the processor, its caches and the disk, and isolation divides none of these.
claims-c6-why-unlimited-resource = Containers and VMs are disturbed even with limits: the memory bus and the caches have none that could be set here.

claims-c7 = A virtual machine can run another operating system than the host; a container cannot.
    .not = Other processor architectures, which neither can run without emulation.
claims-c7-part-vm-kernel = A VM runs a kernel of another release than the host's.
claims-c7-part-vm-os = A VM runs a system that is not Linux at all.
claims-c7-part-container-kernel = A container cannot run a kernel of another release.
claims-c7-part-container-os = A container cannot run a system that is not Linux.
claims-c7-why-kernel = A VM brings its kernel along, so what runs in it is decided inside. A container's program calls the host's kernel, and there is only that one.

claims-c8 = Containers are more portable: an image is smaller and needs less.
    .not = One static program. An image with a distribution's libraries is hundreds of times larger, and so is a VM's disk.
claims-c8-part-bytes = A container ships fewer bytes than a VM.
claims-c8-part-files = A container ships fewer files than a VM.
claims-c8-part-dependencies = A container needs fewer shared libraries of the machine that it comes to than a VM.
claims-c8-part-cold-with-os = From a cold copy a container starts sooner than a VM that boots an operating system of its own.
claims-c8-part-cold-without-os = From a cold copy a container starts sooner than a VM that has none.
claims-c8-why-kernel = { $vm } ships { $more } more than the container: a virtual machine monitor, and the kernel that the container borrows from the host.

claims-c9 = A virtual machine is given hardware on request and can be grown; a container can be grown at will.
    .not = Shrinking, and growth beyond one machine.
claims-c9-part-container-memory = A running container can be given more memory.
claims-c9-part-container-cpu = A running container can be given more CPU time.
claims-c9-part-vm-memory = A running VM can be given more memory.
claims-c9-part-vm-cpu = A running VM can be given more CPU time.
claims-c9-why-limit = A container's size is only a limit in the kernel that it runs on: raised, it can be used after { $time }. A VM's size is hardware that its guest must be told of.
claims-c9-why-both = Both can be grown. A container's new memory is a limit that was raised, and in use after { $container }; that of { $vm } is hardware that its guest must be told of, and in use after { $time }.

claims-c10 = Containers scale out easily; scaled-out instances must share work.
    .not = One machine, and a service that keeps nothing and is reached through pipes. A network, and what scaled-out instances must share (data, sessions, caches), are the harder part of scaling.
claims-c10-part-with-os = More containers than VMs with an operating system of their own start per second, many at a time.
claims-c10-part-without-os = More containers than VMs without one start per second, many at a time.
claims-c10-part-parallel = Started many at a time, more containers start per second than one after another.
claims-c10-part-service = Spread over as many containers as there are processors, a small web service answers requests about in proportion: at least three quarters of their number times as many as one container.
claims-c10-part-shared = The work is shared: each of these containers answers at least half of its fair share of the requests.
claims-c10-part-service-with-os = These containers answer more requests per second than as many VMs with an operating system of their own.
claims-c10-part-service-without-os = They answer more requests per second than as many VMs without one.
claims-c10-why-waiting = One at a time, a container is ready after { $one }; with { $count } at a time each needs { $many }, because they wait for the same processors and the same locks in the kernel.
claims-c10-why-exits = To take a request and to answer it, a { $vm } leaves its guest { $exits } times: with one instance each request takes { $time } longer than in a container.

claims-c11 = Virtual machines suit monoliths and legacy or risky work, containers suit microservices and continuous integration.
    .not = Staff, tools and habits, which often decide more than any number here.
claims-c11-part-ci-with-os = Many short jobs (CI): a container's whole life is shorter than that of a VM that boots an operating system.
claims-c11-part-ci-without-os = Many short jobs (CI): a container's whole life is shorter than that of a VM without one.
claims-c11-part-microservices-with-os = Many small instances (microservices): a container takes less memory than a VM with an operating system.
claims-c11-part-microservices-without-os = Many small instances (microservices): a container takes less memory than a VM without one.
claims-c11-part-monolith = One large program (a monolith): in a VM it computes as fast as natively.
claims-c11-part-legacy = Legacy work: a VM runs a kernel of another release.
claims-c11-part-risky = Risky work: from a VM fewer of the host's system calls can be reached than from a container.
claims-c11-why-decision-short-jobs = What tells them apart most here is the start, by { $margin }: it matters to whoever starts often.
claims-c11-why-decision-many-small = What tells them apart most here is the memory of an empty instance, by { $margin }: it matters to whoever runs many.
claims-c11-why-decision-requests = What tells them apart most here is a request to a small web service, by { $margin }: it matters to whoever answers many of them.
claims-c11-why-decision-small-io = What tells them apart most here is a small request to the disk, by { $margin }: it matters to whoever makes many of them.
claims-c11-why-decision-streams = What tells them apart most here is sequential I/O, by { $margin }.
claims-c11-why-decision-computing = What tells them apart most here is computing, by { $margin }.
claims-c11-why-decision-bursts = What tells them apart most here is how many start per second, by { $margin }.

decision-title = Who wins at what on this machine
decision-pattern = kind of work
decision-winner = wins here
decision-break-even = no longer matters
decision-level = level
decision-margin = { $winner }, by up to { $margin }
decision-short-jobs = Short jobs, functions, CI: start and end of an instance
decision-many-small = Many small services: memory of one instance
decision-requests = Web services: one small request
decision-small-io = Databases: one small random read
decision-streams = Streaming, backups: sequential reads
decision-computing = Computing: one unit of work
decision-bursts = Sudden load: starts per second, many at a time
decision-even-life = if an instance lives longer than { $life }: below { $starts } starts per hour
decision-even-memory = if the program itself needs more than { $memory }
decision-even-operations = below { $operations } per instance
decision-even-rate = below { $rate } per instance
decision-even-never = always matters: it is a share of the whole
decision-note = "No longer matters" is where the difference between the container and the lightest VM is less than 2 % of the whole.

card-lacks = This run has no { $experiments }. To test it here:
card-lacks-command = isolab run --experiments { $experiments }
ratio-axis = Ratio of the medians with its 95 % interval, logarithmic; in the grey band nothing differs. An empty dot is not decided.
