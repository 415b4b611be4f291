chart-vmm-floor = VMM floor: what does each VMM add to a dozen instructions?
    .subtitle = { chart-median-less } { chart-logarithmic }
    .reading = All VMMs but microvm boot the same kernel of a dozen instructions: what differs between the rungs is the VMM alone.
    .caption = 128 MiB, one CPU, no disk, no network, no initramfs. The kernel says one byte on the serial port and ends. linux-vm-small is our VMM on the path on which it boots Linux; microvm is the same VMM starting a program of the same length, which no other VMM can do.
    .first = From the spawn to the guest's first byte
    .total = From the spawn to the VMM reaped
    .memory = Memory of the VMM without the guest's
