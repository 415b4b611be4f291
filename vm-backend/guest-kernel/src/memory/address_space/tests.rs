use super::*;

const HEAP: u64 = PROGRAM_ADDR + 0x10_0800;
const STACK: u64 = 0x1f0_0000;

fn space() -> AddressSpace {
    let mut space = AddressSpace::before_boot();
    let info = BootInfo {
        magic: guest_abi::BOOT_MAGIC,
        ram_bytes: 0x200_0000,
        heap_start: HEAP,
        stack_bottom: STACK,
        stack_top: 0x200_0000,
        tsc_khz: 1,
        tsc_base: 0,
        monotonic_base_ns: 0,
        realtime_base_ns: 0,
        disk_bytes: 0,
        disk_flags: 0,
        random_seed: [0; 32],
        program_name: [0; 256],
    };
    space.boot(&info);
    space
}

fn is_fresh(stale: &Stale) -> bool {
    stale.iter().all(|range| range.is_empty())
}

#[test]
fn memory_used_for_the_first_time_is_not_zeroed() {
    let mut space = space();
    let (first, stale) = space.map(0, 5000).unwrap();
    assert_eq!(first, STACK - 2 * PAGE_SIZE);
    assert!(is_fresh(&stale));
    assert!(is_fresh(&space.set_brk(HEAP + 100_000).unwrap()));
}

#[test]
fn memory_used_before_is_zeroed_and_no_other() {
    let mut space = space();
    let (start, _) = space.map(0, 8 * PAGE_SIZE).unwrap();
    space.unmap(start, 8 * PAGE_SIZE).unwrap();
    let (again, stale) = space.map(0, 10 * PAGE_SIZE).unwrap();
    assert_eq!(again, start - 2 * PAGE_SIZE);
    assert!(stale[0].is_empty());
    assert_eq!(stale[1], start..STACK);
}

#[test]
fn a_heap_that_shrinks_and_grows_again_is_zeroed() {
    let mut space = space();
    space.set_brk(HEAP + 0x10000).unwrap();
    assert!(is_fresh(&space.set_brk(HEAP).unwrap()));
    let stale = space.set_brk(HEAP + 0x20000).unwrap();
    let page = page_up(HEAP).unwrap();
    assert_eq!(stale[0], page..page + 0x10000);
    assert!(stale[1].is_empty());
}

#[test]
fn the_heap_stops_below_the_lowest_mapping() {
    let mut space = space();
    let (start, _) = space.map(0, 0x100_0000).unwrap();
    assert!(space.set_brk(start + 1).is_none());
    assert_eq!(space.brk(), HEAP);
    assert!(space.set_brk(start).is_some());
    assert_eq!(space.map(0, PAGE_SIZE), Err(Errno(libc::ENOMEM)));
    assert!(space.set_brk(HEAP - 1).is_none());
    assert!(space.set_brk(u64::MAX).is_none());
}

#[test]
fn a_hint_is_followed_when_it_is_free() {
    let mut space = space();
    let hint = HEAP / PAGE_SIZE * PAGE_SIZE + 0x40_0000;
    assert_eq!(space.map(hint + 5, PAGE_SIZE).unwrap().0, hint);
    assert_ne!(space.map(hint, PAGE_SIZE).unwrap().0, hint);
    // A mapping that isn't at the edge spoils the watermark: what lies above counts as used, to be safe.
    assert!(!is_fresh(
        &space.map(hint + PAGE_SIZE, PAGE_SIZE).unwrap().1
    ));
}

#[test]
fn impossible_lengths_and_places_are_refused() {
    let mut space = space();
    assert_eq!(space.map(0, 0), Err(Errno(libc::EINVAL)));
    assert_eq!(space.map(0, u64::MAX), Err(Errno(libc::ENOMEM)));
    assert_eq!(space.map(0, 0x4000_0000), Err(Errno(libc::ENOMEM)));
    assert_eq!(
        space.map_fixed(PROGRAM_ADDR + 1, 1),
        Err(Errno(libc::EINVAL))
    );
    assert_eq!(
        space.map_fixed(guest_abi::KERNEL_ADDR, 1),
        Err(Errno(libc::ENOMEM))
    );
    assert_eq!(space.map_fixed(0x200_0000, 1), Err(Errno(libc::ENOMEM)));
    assert_eq!(space.unmap(u64::MAX - 4095, 1), Err(Errno(libc::EINVAL)));
    assert_eq!(space.unmap(STACK - 4096, 0), Err(Errno(libc::EINVAL)));
    // Nothing is mapped there: not an error, as in Linux.
    assert_eq!(space.unmap(STACK - 4096, 4096), Ok(()));
}

#[test]
fn a_fixed_mapping_over_old_data_is_zeroed() {
    let mut space = space();
    let (_, stale) = space.map_fixed(PROGRAM_ADDR, PAGE_SIZE).unwrap();
    assert_eq!(stale[0], PROGRAM_ADDR..PROGRAM_ADDR + PAGE_SIZE);
    let (_, stale) = space.map_fixed(STACK, PAGE_SIZE).unwrap();
    assert_eq!(stale[1], STACK..STACK + PAGE_SIZE);
}

#[test]
fn a_mapping_grows_in_place_only_into_free_memory() {
    let mut space = space();
    let (upper, _) = space.map(0, PAGE_SIZE).unwrap();
    let (lower, _) = space.map(0, PAGE_SIZE).unwrap();
    let old = lower..lower + PAGE_SIZE;
    assert!(space.grow_in_place(&old, 2 * PAGE_SIZE).is_none());
    space.unmap(upper, PAGE_SIZE).unwrap();
    let stale = space.grow_in_place(&old, 2 * PAGE_SIZE).unwrap();
    assert_eq!(stale[1], upper..upper + PAGE_SIZE);
    assert!(space.is_mapping(&(lower..upper + PAGE_SIZE)));
    assert!(space.grow_in_place(&old, u64::MAX).is_none());
}

#[test]
fn what_is_used_is_known() {
    let mut space = space();
    let (start, _) = space.map(0, PAGE_SIZE).unwrap();
    assert!(space.check_used(start, PAGE_SIZE).is_ok());
    assert!(space.check_used(PROGRAM_ADDR, PAGE_SIZE).is_ok());
    assert!(space.check_used(STACK, PAGE_SIZE).is_ok());
    assert!(space.check_used(start - PAGE_SIZE, PAGE_SIZE).is_err());
    assert_eq!(space.is_occupied(start - PAGE_SIZE, PAGE_SIZE), Ok(false));
    assert_eq!(
        space.is_occupied(start - PAGE_SIZE, PAGE_SIZE + 1),
        Ok(true)
    );
}

const END: u64 = 0x200_0000;

/// A space whose own part is full, with added memory up to `end`.
fn grown(end: u64) -> AddressSpace {
    let mut space = space();
    let free = STACK - page_up(HEAP).unwrap();
    space.map(0, free).unwrap();
    assert!(space.map(0, PAGE_SIZE).is_err());
    space.add(end);
    space
}

#[test]
fn added_memory_is_used_from_its_bottom_and_only_what_was_used_is_zeroed() {
    let mut space = grown(END + 0x10_0000);
    let (first, stale) = space.map(0, 0x8000).unwrap();
    assert_eq!(first, END);
    assert!(is_fresh(&stale));
    let (second, stale) = space.map(0, 0x8000).unwrap();
    assert_eq!(second, END + 0x8000);
    assert!(is_fresh(&stale));
    space.unmap(first, 0x8000).unwrap();
    space.unmap(second, 0x8000).unwrap();
    // Too long for what is untouched: of the rest only what was used is zeroed.
    let (third, stale) = space.map(0, 0x10_0000).unwrap();
    assert_eq!(third, END);
    assert_eq!(stale[1], END..END + 0x1_0000);
    assert!(stale[0].is_empty());
}

#[test]
fn memory_can_be_added_again_and_none_of_it_is_zeroed() {
    let mut space = grown(END + 0x1_0000);
    space.map(0, 0x1_0000).unwrap();
    assert!(space.map(0, PAGE_SIZE).is_err());
    space.add(END + 0x3_0000);
    let (start, stale) = space.map(0, 0x2_0000).unwrap();
    assert_eq!(start, END + 0x1_0000);
    assert!(is_fresh(&stale));
    // What ends further down is no news.
    space.add(END);
    assert_eq!(space.end(), END + 0x3_0000);
}

#[test]
fn the_stack_between_the_two_parts_stays_the_stack() {
    let mut space = grown(END + 0x10_0000);
    let (start, _) = space.map(0, 0x8000).unwrap();
    let mapping = start..start + 0x8000;
    assert!(space.grow_in_place(&mapping, 0x9000).is_some());
    assert!(
        space.grow_down(&mapping, 0x9000).is_none(),
        "into the stack"
    );
    assert!(space.check_used(STACK, 0x1000).is_ok());
    assert!(space.check_used(start + 0x2_0000, 0x1000).is_err(), "free");
    assert!(space.is_occupied(STACK, 0x1000).unwrap());
    assert!(!space.is_occupied(start + 0x2_0000, 0x1000).unwrap());
    assert!(space.map_fixed(END + 0xf_f000, 0x2000).is_err(), "too far");
}
