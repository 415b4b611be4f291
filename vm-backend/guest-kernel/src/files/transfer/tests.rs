use guest_abi::KERNEL_ADDR;
use libc::{
    EBADF, EFAULT, EINVAL, ENOSPC, ESPIPE, O_RDONLY, O_RDWR, O_WRONLY, SYS_pread64, SYS_preadv,
    SYS_pwrite64, SYS_read, SYS_readv, SYS_write, SYS_writev,
};

use crate::machine::take_output;
use crate::test_machine::{DISK_BYTES, Machine, PLACE, RAM_END, failed};

#[test]
fn a_write_leaves_the_guest_at_once_and_an_array_of_small_ones_too() {
    let mut machine = Machine::new();
    let text = machine.put(b"hello");
    assert_eq!(machine.call(SYS_write, [1, text, 5]), 5);
    assert_eq!(machine.call(SYS_write, [2, text, 0]), 0);
    assert_eq!(take_output(), [b"hello"]);
    let array = PLACE + 64;
    let pieces = [text, 2, 0, 0, text + 2, 3];
    for (index, number) in pieces.into_iter().enumerate() {
        machine
            .kernel
            .user
            .write(array + 8 * index as u64, number)
            .unwrap();
    }
    assert_eq!(machine.call(SYS_writev, [1, array, 3]), 5);
    assert_eq!(take_output(), [b"hello"]);
    assert_eq!(machine.call(SYS_writev, [1, array, 0]), 0);
}

#[test]
fn buffers_outside_of_the_programs_memory_are_refused() {
    let mut machine = Machine::new();
    for (address, length) in [
        (0, 1),
        (KERNEL_ADDR, 8),
        (RAM_END, 1),
        (RAM_END - 1, 2),
        (u64::MAX, 1),
        (PLACE, i64::MAX as u64),
    ] {
        for (number, fd) in [(SYS_write, 1), (SYS_read, 0)] {
            assert_eq!(
                machine.call(number, [fd, address, length]),
                failed(EFAULT),
                "{address:#x} {length:#x}"
            );
        }
    }
    assert_eq!(take_output(), Vec::<Vec<u8>>::new());
}

#[test]
fn hostile_arrays_are_refused() {
    let mut machine = Machine::new();
    for (array, count, errno) in [
        (PLACE, 1025, EINVAL),
        (PLACE, u64::MAX, EINVAL),
        (0, 1, EFAULT),
        (u64::MAX, 1, EFAULT),
        (u64::MAX - 15, 2, EFAULT),
        (RAM_END - 16, 2, EFAULT),
    ] {
        assert_eq!(machine.call(SYS_readv, [0, array, count]), failed(errno));
    }
    let negative = machine.put_numbers(&[PLACE, u64::MAX]);
    assert_eq!(machine.call(SYS_writev, [1, negative, 1]), failed(EINVAL));
    // What comes before the bad piece is written.
    let array = machine.put_numbers(&[PLACE, 16, 0, 1]);
    assert_eq!(machine.call(SYS_writev, [1, array, 2]), 16);
}

#[test]
fn each_file_allows_only_what_it_was_opened_for() {
    let mut machine = Machine::new();
    let (reads, writes) = (machine.open_disk(O_RDONLY), machine.open_disk(O_WRONLY));
    for (number, fd) in [
        (SYS_write, reads),
        (SYS_read, writes),
        (SYS_write, 0),
        (SYS_read, 1),
        (SYS_read, 9),
        (SYS_write, u64::MAX),
    ] {
        assert_eq!(machine.call(number, [fd, PLACE, 8]), failed(EBADF));
    }
    assert_eq!(machine.call(SYS_pread64, [0, PLACE, 8, 0]), failed(ESPIPE));
    assert_eq!(machine.call(SYS_pwrite64, [1, PLACE, 8, 0]), failed(ESPIPE));
    assert_eq!(machine.call(SYS_preadv, [0, PLACE, 0, 0]), failed(ESPIPE));
}

#[test]
fn the_disk_ends_where_it_ends() {
    let mut machine = Machine::new();
    let disk = machine.open_disk(O_RDWR);
    for offset in [DISK_BYTES, DISK_BYTES + 1, i64::MAX as u64] {
        assert_eq!(machine.call(SYS_pread64, [disk, PLACE, 8, offset]), 0);
        assert_eq!(
            machine.call(SYS_pwrite64, [disk, PLACE, 8, offset]),
            failed(ENOSPC)
        );
        assert_eq!(machine.call(SYS_pwrite64, [disk, PLACE, 0, offset]), 0);
    }
    for offset in [u64::MAX, 1 << 63] {
        assert_eq!(
            machine.call(SYS_pread64, [disk, PLACE, 8, offset]),
            failed(EINVAL)
        );
    }
    let direct = machine.open_disk(O_RDWR | libc::O_DIRECT);
    for (address, length, offset) in [(PLACE + 1, 512, 0), (PLACE, 511, 0), (PLACE, 512, 1)] {
        assert_eq!(
            machine.call(SYS_pread64, [direct, address, length, offset]),
            failed(EINVAL)
        );
    }
}

#[test]
#[should_panic(expected = "signal 6")]
fn abort_ends_the_program() {
    let mut machine = Machine::new();
    machine.call(libc::SYS_tgkill, [1, 1, libc::SIGABRT as u64]);
}

#[test]
#[should_panic(expected = "exit 3")]
fn only_the_low_byte_of_an_exit_code_counts() {
    let mut machine = Machine::new();
    machine.call(libc::SYS_exit_group, [0x103]);
}
