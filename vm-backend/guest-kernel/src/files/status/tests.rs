use libc::{
    AT_EMPTY_PATH, EBADF, EFAULT, EINVAL, ENOENT, ERANGE, EROFS, SYS_access, SYS_fstat, SYS_getcwd,
    SYS_newfstatat, SYS_readlink, SYS_stat, SYS_statx,
};

use crate::test_machine::{DISK_BYTES, Machine, PLACE, RAM_END, failed};

/// Where answers go.
const ROOM: u64 = PLACE + 0x1000;
const CWD: u64 = libc::AT_FDCWD as u64;

fn stat_at(machine: &Machine) -> libc::stat {
    machine.kernel.user.read(ROOM).unwrap()
}

#[test]
fn the_disk_is_a_regular_file_and_the_streams_are_pipes() {
    let mut machine = Machine::new();
    let path = machine.put(b"/data/disk\0");
    assert_eq!(machine.call(SYS_stat, [path, ROOM]), 0);
    let disk = stat_at(&machine);
    assert_eq!(disk.st_mode, libc::S_IFREG | 0o644);
    assert_eq!(disk.st_size, DISK_BYTES as i64);
    let fd = machine.open_disk(libc::O_RDONLY);
    assert_eq!(machine.call(SYS_fstat, [fd, ROOM]), 0);
    assert_eq!(stat_at(&machine).st_ino, disk.st_ino);
    for fd in 0..3 {
        assert_eq!(machine.call(SYS_fstat, [fd, ROOM]), 0);
        assert_eq!(stat_at(&machine).st_mode & libc::S_IFMT, libc::S_IFIFO);
    }
    assert_eq!(machine.call(SYS_fstat, [9, ROOM]), failed(EBADF));
    assert_eq!(machine.call(SYS_fstat, [1, RAM_END - 8]), failed(EFAULT));
}

#[test]
fn a_descriptor_can_be_asked_for_by_an_empty_path() {
    let mut machine = Machine::new();
    let empty = machine.put(b"\0");
    let by_descriptor = AT_EMPTY_PATH as u64;
    assert_eq!(
        machine.call(SYS_newfstatat, [0, empty, ROOM, by_descriptor]),
        0
    );
    assert_eq!(
        machine.call(SYS_newfstatat, [CWD, empty, ROOM, 0]),
        failed(ENOENT)
    );
    assert_eq!(
        machine.call(SYS_statx, [0, empty, by_descriptor, 0xfff, ROOM]),
        0
    );
    let statx: libc::statx = machine.kernel.user.read(ROOM).unwrap();
    assert_eq!(u32::from(statx.stx_mode) & libc::S_IFMT, libc::S_IFIFO);
}

#[test]
fn only_the_program_has_a_link() {
    let mut machine = Machine::new();
    let path = machine.put(b"/proc/self/exe\0");
    assert_eq!(machine.call(SYS_readlink, [path, ROOM, 100]), 9);
    assert_eq!(machine.kernel.user.bytes(ROOM, 9).unwrap(), b"/bin/test");
    assert_eq!(machine.call(SYS_readlink, [path, ROOM, 4]), 4);
    assert_eq!(machine.call(SYS_readlink, [path, ROOM, 0]), failed(EINVAL));
    assert_eq!(
        machine.call(SYS_readlink, [path, u64::MAX - 3, 100]),
        failed(EFAULT)
    );
    let path = machine.put(b"/data\0");
    assert_eq!(
        machine.call(SYS_readlink, [path, ROOM, 100]),
        failed(EINVAL)
    );
}

#[test]
fn rights_and_the_working_directory_are_known() {
    let mut machine = Machine::new();
    let path = machine.put(b"/data/disk\0");
    let (write, execute) = (libc::W_OK as u64, libc::X_OK as u64);
    assert_eq!(machine.call(SYS_access, [path, write]), 0);
    assert_eq!(
        machine.call(SYS_access, [path, execute]),
        failed(libc::EACCES)
    );
    let path = machine.put(b"/data\0");
    assert_eq!(machine.call(SYS_access, [path, write]), failed(EROFS));
    assert_eq!(machine.call(SYS_getcwd, [ROOM, 2]), 2);
    assert_eq!(machine.kernel.user.bytes(ROOM, 2).unwrap(), b"/\0");
    assert_eq!(machine.call(SYS_getcwd, [ROOM, 1]), failed(ERANGE));
}
