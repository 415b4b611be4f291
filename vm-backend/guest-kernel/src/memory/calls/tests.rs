use guest_abi::{EMPTY_BUS_ADDR, KERNEL_ADDR, PAGE_SIZE, PROGRAM_ADDR};
use libc::{
    EEXIST, EFAULT, EINVAL, ENODEV, ENOMEM, MADV_DONTNEED, MAP_ANONYMOUS, MAP_FIXED,
    MAP_FIXED_NOREPLACE, MAP_PRIVATE, MAP_SHARED, MREMAP_MAYMOVE, SYS_brk, SYS_madvise, SYS_mmap,
    SYS_mprotect, SYS_mremap, SYS_munmap,
};

use crate::test_machine::{HEAP, MOST_RAM_END, Machine, RAM_END, STACK, failed};

const ANONYMOUS: i32 = MAP_PRIVATE | MAP_ANONYMOUS;

fn map(machine: &mut Machine, address: u64, length: u64, flags: i32) -> i64 {
    machine.call(SYS_mmap, [address, length, 3, flags as u64, u64::MAX, 0])
}

/// Maps, fills with ones, and returns the address.
fn filled(machine: &mut Machine, length: u64) -> u64 {
    let start = map(machine, 0, length, ANONYMOUS) as u64;
    fill(machine, start, length);
    start
}

fn fill(machine: &mut Machine, start: u64, length: u64) {
    machine
        .kernel
        .user
        .bytes_mut(start, length)
        .unwrap()
        .fill(0xff);
}

fn is_all(machine: &Machine, start: u64, length: u64, value: u8) -> bool {
    let bytes = machine.kernel.user.bytes(start, length).unwrap();
    bytes.iter().all(|byte| *byte == value)
}

#[test]
fn of_the_bus_only_the_page_without_a_device_is_shown() {
    let mut machine = Machine::new();
    let path = machine.put(b"/dev/mem\0");
    let fd = machine.call(libc::SYS_openat, [libc::AT_FDCWD as u64, path, 0]) as u64;
    let mut map = |offset, length| {
        let arguments = [0, length, 1, MAP_SHARED as u64, fd, offset];
        machine.call(SYS_mmap, arguments)
    };
    assert_eq!(map(EMPTY_BUS_ADDR, PAGE_SIZE), EMPTY_BUS_ADDR as i64);
    for (offset, length) in [
        (guest_abi::VIRTIO_MMIO_ADDR, PAGE_SIZE),
        (EMPTY_BUS_ADDR, 2 * PAGE_SIZE),
        (EMPTY_BUS_ADDR - PAGE_SIZE, 2 * PAGE_SIZE),
        (0, PAGE_SIZE),
    ] {
        assert_eq!(map(offset, length), failed(libc::EPERM), "{offset:#x}");
    }
    assert_eq!(
        machine.call(libc::SYS_read, [fd, HEAP, 1]),
        failed(libc::EPERM)
    );
}

#[test]
fn the_heap_moves_and_reads_as_zeros() {
    let mut machine = Machine::new();
    assert_eq!(machine.call(SYS_brk, [0]), HEAP as i64);
    let end = HEAP + 0x1_0000;
    assert_eq!(machine.call(SYS_brk, [end]), end as i64);
    fill(&mut machine, HEAP, 0x1_0000);
    assert_eq!(machine.call(SYS_brk, [HEAP]), HEAP as i64);
    assert_eq!(machine.call(SYS_brk, [end]), end as i64);
    // The rest of the page in which the heap begins was never given back.
    let page = HEAP.next_multiple_of(PAGE_SIZE);
    assert!(is_all(&machine, page, end - page, 0));
}

#[test]
fn a_break_that_cannot_be_stays_where_it_is() {
    let mut machine = Machine::new();
    for to in [1, HEAP - 1, STACK + 1, RAM_END, 1 << 47, u64::MAX] {
        assert_eq!(machine.call(SYS_brk, [to]), HEAP as i64, "{to:#x}");
    }
    assert_eq!(machine.call(SYS_brk, [STACK]), STACK as i64);
}

#[test]
fn new_mappings_read_as_zeros_even_where_memory_was_used() {
    let mut machine = Machine::new();
    let first = filled(&mut machine, 0x4000);
    assert_eq!(machine.call(SYS_munmap, [first, 0x4000]), 0);
    let again = map(&mut machine, 0, 0x4000, ANONYMOUS) as u64;
    assert_eq!(again, first);
    assert!(is_all(&machine, again, 0x4000, 0));
    // Over an existing one.
    fill(&mut machine, again, 0x4000);
    assert_eq!(
        map(&mut machine, again, 0x1000, ANONYMOUS | MAP_FIXED),
        again as i64
    );
    assert!(is_all(&machine, again, 0x1000, 0));
    assert!(is_all(&machine, again + 0x1000, 0x3000, 0xff));
}

#[test]
fn mmap_refuses_what_makes_no_sense() {
    let mut machine = Machine::new();
    for (address, length, flags, errno) in [
        (0, 0, ANONYMOUS, EINVAL),
        (0, 4096, MAP_ANONYMOUS, EINVAL),
        (0, u64::MAX, ANONYMOUS, ENOMEM),
        (0, u64::MAX - 4095, ANONYMOUS, ENOMEM),
        (0, RAM_END, ANONYMOUS, ENOMEM),
        (u64::MAX - 4095, 8192, ANONYMOUS | MAP_FIXED, ENOMEM),
        (KERNEL_ADDR, 4096, ANONYMOUS | MAP_FIXED, ENOMEM),
        (RAM_END, 4096, ANONYMOUS | MAP_FIXED, ENOMEM),
        (STACK + 1, 4096, ANONYMOUS | MAP_FIXED, EINVAL),
        (PROGRAM_ADDR, 4096, ANONYMOUS | MAP_FIXED_NOREPLACE, EEXIST),
        (0, 4096, MAP_PRIVATE, libc::EBADF),
    ] {
        let answer = map(&mut machine, address, length, flags);
        assert_eq!(answer, failed(errno), "{address:#x} {length:#x} {flags:#x}");
    }
    let arguments = [0, 4096, 3, ANONYMOUS as u64, u64::MAX, 1];
    assert_eq!(machine.call(SYS_mmap, arguments), failed(EINVAL));
    let disk = machine.open_disk(libc::O_RDWR);
    let arguments = [0, 4096, 3, MAP_SHARED as u64, disk, 0];
    assert_eq!(machine.call(SYS_mmap, arguments), failed(ENODEV));
    // What can't be read isn't mapped either: stdin has no offsets.
    let arguments = [0, 4096, 3, MAP_PRIVATE as u64, 0, 0];
    assert_eq!(machine.call(SYS_mmap, arguments), failed(libc::ESPIPE));
    let whole = STACK - HEAP.next_multiple_of(PAGE_SIZE);
    assert!(map(&mut machine, 0, whole, ANONYMOUS) > 0);
    assert_eq!(map(&mut machine, 0, 1, ANONYMOUS), failed(ENOMEM));
}

#[test]
fn munmap_takes_any_aligned_range() {
    let mut machine = Machine::new();
    let start = filled(&mut machine, 0x3000);
    assert_eq!(machine.call(SYS_munmap, [start + 0x1000, 1]), 0);
    assert_eq!(machine.call(SYS_munmap, [start, 0x3000]), 0);
    for (address, length) in [(start + 1, 1), (start, 0), (start, u64::MAX)] {
        assert_eq!(machine.call(SYS_munmap, [address, length]), failed(EINVAL));
    }
    // The program and its stack aren't mappings: taking them away changes nothing.
    assert_eq!(machine.call(SYS_munmap, [PROGRAM_ADDR, RAM_END]), 0);
    assert_eq!(machine.call(SYS_brk, [0]), HEAP as i64);
}

#[test]
fn mremap_keeps_the_content() {
    let mut machine = Machine::new();
    let moves = MREMAP_MAYMOVE as u64;
    let start = filled(&mut machine, 0x2000);
    // Its neighbour is in the way: only moving helps.
    let above = filled(&mut machine, 0x1000);
    assert_eq!(above, start - 0x1000);
    let arguments = [above, 0x1000, 0x4000];
    assert_eq!(machine.call(SYS_mremap, arguments), failed(ENOMEM));
    let below = filled(&mut machine, 0x1000);
    assert_eq!(below, above - 0x1000);
    let moved = machine.call(SYS_mremap, [above, 0x1000, 0x4000, moves]) as u64;
    assert_eq!(moved, below - 0x4000);
    assert!(is_all(&machine, moved, 0x1000, 0xff));
    assert!(is_all(&machine, moved + 0x1000, 0x3000, 0));
    // Where it was there is room now, for the first one to shrink and for another to go.
    assert_eq!(
        machine.call(SYS_mremap, [start, 0x2000, 0x1000]),
        start as i64
    );
    assert!(is_all(&machine, start, 0x1000, 0xff));
    assert_eq!(
        machine.call(SYS_mremap, [start, 0x1000, 0x2000]),
        start as i64
    );
    assert!(is_all(&machine, start + 0x1000, 0x1000, 0));
}

#[test]
fn mremap_makes_room_below_when_there_is_none_for_a_second_copy() {
    let mut machine = Machine::new();
    let moves = MREMAP_MAYMOVE as u64;
    // Two thirds of all memory: it can't be there twice.
    let length = (STACK - HEAP) * 2 / 3 / PAGE_SIZE * PAGE_SIZE;
    let start = filled(&mut machine, length);
    let more = length + 3 * PAGE_SIZE;
    let moved = machine.call(SYS_mremap, [start, length, more, moves]) as u64;
    assert_eq!(moved, start - 3 * PAGE_SIZE);
    assert!(is_all(&machine, moved, length, 0xff));
    assert!(is_all(&machine, moved + length, 3 * PAGE_SIZE, 0));
    // Down to the heap, and no further.
    let whole = STACK - HEAP.next_multiple_of(PAGE_SIZE);
    let answer = machine.call(SYS_mremap, [moved, more, whole + 1, moves]);
    assert_eq!(answer, failed(ENOMEM));
    let moved = machine.call(SYS_mremap, [moved, more, whole, moves]) as u64;
    assert_eq!(moved, HEAP.next_multiple_of(PAGE_SIZE));
    assert!(is_all(&machine, moved, length, 0xff));
    assert!(is_all(&machine, moved + length, whole - length, 0));
}

#[test]
fn mremap_refuses_what_is_not_a_mapping() {
    let mut machine = Machine::new();
    let start = filled(&mut machine, 0x1000);
    for (old, old_length, new_length, flags, errno) in [
        (start + 1, 0x1000, 0x2000, 1, EINVAL),
        (start, 0, 0x2000, 1, EINVAL),
        (start, 0x1000, 0, 1, EINVAL),
        (start, 0x1000, 0x2000, 2, EINVAL),
        (start, 0x1000, u64::MAX, 1, ENOMEM),
        (start, 0x1000, 1 << 40, 1, ENOMEM),
        (start, 0x2_0000, 0x4_0000, 1, EFAULT),
        (start, u64::MAX - 0x1fff, 0x1000, 1, EINVAL),
        (PROGRAM_ADDR, 0x1000, 0x2000, 1, EFAULT),
        (KERNEL_ADDR, 0x1000, 0x2000, 1, EFAULT),
        (RAM_END, 0x1000, 0x2000, 1, EFAULT),
    ] {
        let answer = machine.call(SYS_mremap, [old, old_length, new_length, flags]);
        assert_eq!(
            answer,
            failed(errno),
            "{old:#x} {old_length:#x} {new_length:#x}"
        );
    }
    assert!(is_all(&machine, start, 0x1000, 0xff));
}

#[test]
fn advice_is_taken_only_where_it_changes_what_is_read() {
    let mut machine = Machine::new();
    let start = filled(&mut machine, 0x3000);
    let dont_need = MADV_DONTNEED as u64;
    let willneed = libc::MADV_WILLNEED as u64;
    assert_eq!(machine.call(SYS_madvise, [start, 0x3000, willneed]), 0);
    assert!(is_all(&machine, start, 0x3000, 0xff));
    assert_eq!(machine.call(SYS_madvise, [start, 0x1001, dont_need]), 0);
    assert!(is_all(&machine, start, 0x2000, 0));
    assert!(is_all(&machine, start + 0x2000, 0x1000, 0xff));
    for (address, length, advice, errno) in [
        (start + 1, 0x1000, dont_need, EINVAL),
        (start, 0x1000, 99, EINVAL),
        (start - 0x1000, 0x1000, dont_need, ENOMEM),
        (KERNEL_ADDR, 0x1000, dont_need, ENOMEM),
        (RAM_END, 0x1000, dont_need, ENOMEM),
        (start, u64::MAX, dont_need, ENOMEM),
    ] {
        let answer = machine.call(SYS_madvise, [address, length, advice]);
        assert_eq!(answer, failed(errno), "{address:#x} {length:#x}");
    }
}

#[test]
fn protections_are_checked_for_sense() {
    let mut machine = Machine::new();
    let start = filled(&mut machine, 0x1000);
    assert_eq!(machine.call(SYS_mprotect, [start, 0x1000, 1]), 0);
    assert_eq!(machine.call(SYS_mprotect, [PROGRAM_ADDR, 0x1000, 1]), 0);
    assert_eq!(machine.call(SYS_mprotect, [start + 1, 0]), failed(EINVAL));
    assert_eq!(
        machine.call(SYS_mprotect, [start - 0x1000, 0x1000, 1]),
        failed(ENOMEM)
    );
}

#[test]
fn memory_that_was_added_is_found_when_there_is_none_left() {
    let mut machine = Machine::new();
    let most = machine.kernel.memory.free_bytes() / PAGE_SIZE * PAGE_SIZE;
    assert!(map(&mut machine, 0, most - PAGE_SIZE, ANONYMOUS) > 0);
    let length = 1 << 20;
    assert_eq!(
        map(&mut machine, 0, length, ANONYMOUS),
        failed(ENOMEM),
        "there is none left"
    );
    machine.add_memory(MOST_RAM_END);
    let start = filled(&mut machine, length);
    assert_eq!(start, RAM_END);
    // The system calls accept it, and total and free memory show it.
    let total = machine.put_numbers(&[0; 14]);
    machine.call(libc::SYS_sysinfo, [total]);
    assert_eq!(machine.number(total + 4 * 8), MOST_RAM_END);
    // Used twice, it reads as zeros twice.
    assert_eq!(machine.call(SYS_munmap, [start, length]), 0);
    let again = map(&mut machine, 0, length, ANONYMOUS) as u64;
    assert!(again >= RAM_END && is_all(&machine, again, length, 0));
    assert_eq!(
        map(&mut machine, 0, 64 << 20, ANONYMOUS),
        failed(ENOMEM),
        "more than was added"
    );
}
