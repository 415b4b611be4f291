# The claims that textbooks make, what decides each, and why.
# A claim cN has: claims-cN (the statement), .not (what its card does not show), claims-cN-part-* (the statements that
# decide it), claims-cN-why-* (reasons, each shown only if the data show it).

verdict-supported = supported
verdict-contradicted = contradicted
verdict-depends = it depends
verdict-inconclusive = inconclusive: about { $rounds } more rounds
verdict-not-testable = not testable here

truth-holds = holds
truth-fails = fails
truth-unclear = unclear: about { $rounds } more rounds
truth-untested = not measured

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
claims-c4-why-guest = { $share } of what { $vm } takes ({ $guest }) is memory of its guest; the rest is the virtual machine monitor.
