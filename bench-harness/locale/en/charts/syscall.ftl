chart-syscall = Price list: what does one crossing cost?
    .subtitle = { chart-rounds-less } { chart-logarithmic }
    .reading = From top to bottom the borders grow: a call into a kernel, a byte from a disk, a page, a whole exit from the VM. Where a VM is slow, it crosses the dear ones.
    .caption = Time of one operation, from outside, and how often it leaves the guest or calls the host's kernel. A null call is getppid; in the microVM it ends in the guest's own kernel; a read has no page cache there and asks the VMM. Where KVM has no support by the processor, entering the guest's kernel leads through the host: that is no exit, and costs tens of microseconds all the same.
    .prices = the price of one
    .crossings = how often one crosses: exits from the VM, calls of the host's kernel
    .null = null call
    .read = read of one byte
    .open = open and close
    .fault = page fault, 4 KiB
    .exit-port = VM exit, port
    .exit-mmio = VM exit, MMIO
    .exits = { $case }: exits
    .calls = { $case }: calls
    .follows = What follows, { $backend }: a 4 KiB buffered read = native { $native } + { $exits } exits × { $price } = { $sum }; measured: { $measured }.

axis-operation = time of one operation
axis-crossings = per operation
