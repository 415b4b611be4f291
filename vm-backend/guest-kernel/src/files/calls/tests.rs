use libc::{
    EBADF, EFAULT, EINVAL, ENOENT, ENOSPC, ENOTDIR, ENXIO, EOPNOTSUPP, EROFS, ESPIPE, O_CREAT,
    O_RDONLY, O_RDWR, SYS_close, SYS_dup3, SYS_fallocate, SYS_fcntl, SYS_fsync, SYS_ftruncate,
    SYS_ioctl, SYS_lseek, SYS_openat, SYS_poll,
};

use crate::test_machine::{DISK_BYTES, Machine, RAM_END, failed};

const CWD: u64 = libc::AT_FDCWD as u64;

fn open(machine: &mut Machine, directory: u64, path: &[u8], flags: i32) -> i64 {
    let path = machine.put(path);
    machine.call(SYS_openat, [directory, path, flags as u64])
}

#[test]
fn only_the_disk_can_be_opened() {
    let mut machine = Machine::new();
    for (path, flags, errno) in [
        (&b"/etc/passwd\0"[..], O_RDONLY, ENOENT),
        (b"/new\0", O_RDWR | O_CREAT, EROFS),
        (b"/\0", O_RDONLY, libc::EACCES),
        (b"/data\0", O_RDWR, libc::EISDIR),
        (b"/data/disk/\0", O_RDONLY, ENOTDIR),
        (
            b"/data/disk\0",
            O_RDWR | O_CREAT | libc::O_EXCL,
            libc::EEXIST,
        ),
        (b"\0", O_RDONLY, ENOENT),
        // In this test there is no device behind it.
        (b"/data/disk\0", O_RDWR, ENXIO),
    ] {
        assert_eq!(open(&mut machine, CWD, path, flags), failed(errno));
    }
    assert_eq!(open(&mut machine, 1, b"disk\0", 0), failed(ENOTDIR));
    assert_eq!(open(&mut machine, 9, b"disk\0", 0), failed(EBADF));
    for path in [0, RAM_END, u64::MAX] {
        assert_eq!(machine.call(SYS_openat, [CWD, path]), failed(EFAULT));
    }
}

#[test]
fn the_offset_moves_within_the_numbers_of_a_file() {
    let mut machine = Machine::new();
    let disk = machine.open_disk(O_RDWR);
    let mut seek = |by: i64, whence| machine.call(SYS_lseek, [disk, by as u64, whence as u64]);
    assert_eq!(seek(0, libc::SEEK_END), DISK_BYTES as i64);
    assert_eq!(seek(-24, libc::SEEK_CUR), DISK_BYTES as i64 - 24);
    assert_eq!(seek(i64::MAX, libc::SEEK_SET), i64::MAX);
    assert_eq!(seek(1, libc::SEEK_CUR), failed(EINVAL));
    assert_eq!(seek(i64::MAX, libc::SEEK_END), failed(EINVAL));
    assert_eq!(seek(-1, libc::SEEK_SET), failed(EINVAL));
    assert_eq!(seek(0, 99), failed(EINVAL));
    assert_eq!(seek(5, libc::SEEK_DATA), 5);
    assert_eq!(seek(5, libc::SEEK_HOLE), DISK_BYTES as i64);
    assert_eq!(seek(DISK_BYTES as i64, libc::SEEK_DATA), failed(ENXIO));
    assert_eq!(seek(i64::MIN, libc::SEEK_DATA), failed(ENXIO));
    assert_eq!(machine.call(SYS_lseek, [0, 0, 0]), failed(ESPIPE));
}

#[test]
fn the_disk_cannot_change_its_size() {
    let mut machine = Machine::new();
    let disk = machine.open_disk(O_RDWR);
    let max = i64::MAX as u64;
    for (offset, length, answer) in [
        (0, DISK_BYTES, 0),
        (0, DISK_BYTES + 1, failed(ENOSPC)),
        (max, max, failed(ENOSPC)),
        (0, 0, failed(EINVAL)),
        (u64::MAX, 1, failed(EINVAL)),
        (0, u64::MAX, failed(EINVAL)),
    ] {
        assert_eq!(
            machine.call(SYS_fallocate, [disk, 0, offset, length]),
            answer
        );
    }
    let punch = libc::FALLOC_FL_PUNCH_HOLE as u64;
    assert_eq!(
        machine.call(SYS_fallocate, [disk, punch, 0, 512]),
        failed(EOPNOTSUPP)
    );
    assert_eq!(machine.call(SYS_ftruncate, [disk, DISK_BYTES]), 0);
    assert_eq!(machine.call(SYS_ftruncate, [disk, 0]), failed(EINVAL));
    let read_only = machine.open_disk(O_RDONLY);
    assert_eq!(
        machine.call(SYS_fallocate, [read_only, 0, 0, 512]),
        failed(EBADF)
    );
    assert_eq!(
        machine.call(SYS_ftruncate, [read_only, DISK_BYTES]),
        failed(EINVAL)
    );
    assert_eq!(machine.call(SYS_fsync, [disk]), 0);
    assert_eq!(machine.call(SYS_fsync, [1]), failed(EINVAL));
}

#[test]
fn descriptors_are_duplicated_and_their_flags_remembered() {
    let mut machine = Machine::new();
    let disk = machine.open_disk(O_RDWR);
    let cloexec = libc::O_CLOEXEC as u64;
    assert_eq!(machine.call(SYS_dup3, [disk, 40, cloexec]), 40);
    let get = [40, libc::F_GETFD as u64];
    assert_eq!(machine.call(SYS_fcntl, get), 1);
    assert_eq!(machine.call(SYS_fcntl, [40, libc::F_SETFD as u64, 0]), 0);
    assert_eq!(machine.call(SYS_fcntl, get), 0);
    assert_eq!(machine.call(SYS_dup3, [disk, disk, 0]), failed(EINVAL));
    assert_eq!(machine.call(SYS_dup3, [disk, 64, 0]), failed(EBADF));
    // Only some flags can be changed.
    let all = [40, libc::F_SETFL as u64, u64::MAX];
    assert_eq!(machine.call(SYS_fcntl, all), 0);
    let flags = machine.call(SYS_fcntl, [disk, libc::F_GETFL as u64]) as i32;
    assert_eq!(flags & libc::O_ACCMODE, O_RDWR);
    assert_ne!(flags & libc::O_DIRECT, 0);
    assert_eq!(machine.call(SYS_fcntl, [40, 99]), failed(EINVAL));
    assert_eq!(machine.call(SYS_close, [40]), 0);
    assert_eq!(machine.call(SYS_close, [40]), failed(EBADF));
    assert_eq!(machine.call(SYS_ioctl, [1, 0x5401]), failed(libc::ENOTTY));
}

#[test]
fn poll_answers_for_each_descriptor() {
    let mut machine = Machine::new();
    let pollfd = |fd: i32, events: i16| u64::from(fd as u32) | (events as u64) << 32;
    let both = libc::POLLIN | libc::POLLOUT;
    let array = machine.put_numbers(&[
        pollfd(0, both),
        pollfd(1, both),
        pollfd(9, 0),
        pollfd(-1, both),
    ]);
    assert_eq!(machine.call(SYS_poll, [array, 4, 0]), 3);
    let answers: Vec<i16> = (0..4)
        .map(|index| (machine.number(array + 8 * index) >> 48) as i16)
        .collect();
    assert_eq!(answers, [libc::POLLIN, libc::POLLOUT, libc::POLLNVAL, 0]);
    assert_eq!(machine.call(SYS_poll, [array, 65, 0]), failed(EINVAL));
    for array in [u64::MAX, u64::MAX - 8, RAM_END - 8] {
        assert_eq!(machine.call(SYS_poll, [array, 2, 0]), failed(EFAULT));
    }
}
