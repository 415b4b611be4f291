# What a VMM itself takes: a few words for tables and charts, and the definition.

metric-vmm-floor-first_ns = first byte of the guest
    .definition = From just before the spawn of the VMM until the only byte of a guest of a dozen instructions has arrived.
    .code = bench-harness/src/experiment/vmm_floor.rs
metric-vmm-floor-total_ns = spawn to reaped
    .definition = From just before the spawn of the VMM until it has been reaped, the guest having ended at once.
    .code = bench-harness/src/experiment/vmm_floor.rs
metric-vmm-floor-overhead_bytes = VMM without guest RAM
    .definition = Resident memory of the VMM, less that of its guest, while the guest goes round in a jump.
    .code = bench-harness/src/process_tree.rs
