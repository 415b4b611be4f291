# What was published, beside this run.

history-title = Your machine against history
history-lead = What others have published, as ratios only: their machines were other machines.
history-what = what
history-published = published
history-here = here
history-picture = published □, here ●
history-container-io = 4 KiB random reads per second, container to native
history-vm-io = 4 KiB random reads per second, VM to native
history-boot = start of a VM, to the promised 125 ms
history-memory = memory of the VMM beside the guest's, to the promised 5 MiB
history-note = Logarithmic; the dotted line is 1. In 2014 many requests were queued at once, here each waits for the one before; Firecracker's promise ends at the guest's init, isolab's start when the program is ready.
