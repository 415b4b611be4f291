//! What a file is: fstat, newfstatat, statx, access, readlink, getcwd.
//!
//! Streams look like pipes, so that libc buffers its output in large blocks instead of lines: each block is an exit.
//!
//! Read next: stat(2), statx(2), inode(7).

use guest_abi::BootInfo;

use super::calls::lookup;
use super::path::Node;
use super::table::Kind;
use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use crate::machine::boot_info;
use crate::user::Plain;

// SAFETY: integers only; the fields fill the struct without gaps, as the assertion on its size shows.
unsafe impl Plain for libc::stat {}
const _: () = assert!(size_of::<libc::stat>() == 144);

// SAFETY: integers only; the structs in it name their padding.
unsafe impl Plain for libc::statx {}
const _: () = assert!(size_of::<libc::statx>() == 256);

/// Bytes that a program should transfer at once.
const BLOCK_BYTES: u32 = 4096;

/// What all forms of stat report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Status {
    inode: u64,
    mode: u32,
    links: u32,
    bytes: u64,
}

fn status_of_node(kernel: &Kernel, node: Node) -> Status {
    let read_only = kernel.disk.is_read_only();
    match node {
        Node::Root => Status {
            inode: 1,
            mode: libc::S_IFDIR | 0o555,
            links: 4,
            bytes: 0,
        },
        Node::Data => Status {
            inode: 2,
            mode: libc::S_IFDIR | 0o555,
            links: 2,
            bytes: 0,
        },
        Node::Disk => Status {
            inode: 3,
            mode: libc::S_IFREG | if read_only { 0o444 } else { 0o644 },
            links: 1,
            bytes: kernel.disk.bytes(),
        },
        Node::Dev => Status {
            inode: 4,
            mode: libc::S_IFDIR | 0o555,
            links: 2,
            bytes: 0,
        },
        Node::Bus => Status {
            inode: 5,
            mode: libc::S_IFCHR | 0o400,
            links: 1,
            bytes: 0,
        },
    }
}

fn status_of_descriptor(kernel: &Kernel, fd: u64) -> Result<Status> {
    let stream = |inode| Status {
        inode,
        mode: libc::S_IFIFO | 0o600,
        links: 1,
        bytes: 0,
    };
    match kernel.files.get(fd)?.kind {
        Kind::Disk => Ok(status_of_node(kernel, Node::Disk)),
        Kind::Bus => Ok(status_of_node(kernel, Node::Bus)),
        Kind::Output(host_fd) => Ok(stream(10 + u64::from(host_fd))),
        Kind::Input | Kind::Free => Ok(stream(10)),
    }
}

/// The file that a path or, with AT_EMPTY_PATH, a descriptor names.
fn status_at(kernel: &Kernel, directory: u64, path: u64, flags: u64) -> Result<Status> {
    if flags as i32 & libc::AT_EMPTY_PATH != 0
        && (path == 0 || kernel.user.string(path, 2).is_ok_and(<[u8]>::is_empty))
    {
        if directory as i32 == libc::AT_FDCWD {
            return Ok(status_of_node(kernel, Node::Root));
        }
        return status_of_descriptor(kernel, directory);
    }
    Ok(status_of_node(kernel, lookup(kernel, directory, path)?))
}

/// All times of all files: when the VM was made.
fn seconds(info: &BootInfo) -> (u64, u64) {
    (
        info.realtime_base_ns / 1_000_000_000,
        info.realtime_base_ns % 1_000_000_000,
    )
}

fn write_stat(kernel: &mut Kernel, address: u64, status: Status) -> Result {
    let (seconds, nanoseconds) = seconds(boot_info());
    let (seconds, nanoseconds) = (seconds.cast_signed(), nanoseconds.cast_signed());
    // Bytes first, fields then: the reserved fields have no names to set them by.
    kernel
        .user
        .bytes_mut(address, size_of::<libc::stat>() as u64)?
        .fill(0);
    let mut stat: libc::stat = kernel.user.read(address)?;
    stat.st_dev = 1;
    stat.st_ino = status.inode;
    stat.st_nlink = status.links.into();
    stat.st_mode = status.mode;
    stat.st_size = status.bytes.cast_signed();
    stat.st_blksize = BLOCK_BYTES.into();
    stat.st_blocks = (status.bytes / 512).cast_signed();
    (stat.st_atime, stat.st_atime_nsec) = (seconds, nanoseconds);
    (stat.st_mtime, stat.st_mtime_nsec) = (seconds, nanoseconds);
    (stat.st_ctime, stat.st_ctime_nsec) = (seconds, nanoseconds);
    kernel.user.write(address, stat)?;
    Ok(0)
}

/// fstat(2)
pub fn fstat(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, address, ..] = call.args();
    let status = status_of_descriptor(kernel, fd)?;
    write_stat(kernel, address, status)
}

/// stat(2) and lstat(2): there are no symbolic links.
pub fn stat(kernel: &mut Kernel, call: &Frame) -> Result {
    let [path, address, ..] = call.args();
    let status = status_at(kernel, libc::AT_FDCWD as u64, path, 0)?;
    write_stat(kernel, address, status)
}

/// newfstatat(2)
pub fn newfstatat(kernel: &mut Kernel, call: &Frame) -> Result {
    let [directory, path, address, flags, ..] = call.args();
    let status = status_at(kernel, directory, path, flags)?;
    write_stat(kernel, address, status)
}

/// statx(2)
pub fn statx(kernel: &mut Kernel, call: &Frame) -> Result {
    let [directory, path, flags, _, address, _] = call.args();
    let status = status_at(kernel, directory, path, flags)?;
    let (seconds, nanoseconds) = seconds(boot_info());
    kernel
        .user
        .bytes_mut(address, size_of::<libc::statx>() as u64)?
        .fill(0);
    let mut statx: libc::statx = kernel.user.read(address)?;
    statx.stx_mask = libc::STATX_BASIC_STATS;
    statx.stx_blksize = BLOCK_BYTES;
    statx.stx_nlink = status.links;
    statx.stx_mode = status.mode as u16;
    statx.stx_ino = status.inode;
    statx.stx_size = status.bytes;
    statx.stx_blocks = status.bytes / 512;
    statx.stx_dev_minor = 1;
    for time in [
        &mut statx.stx_atime,
        &mut statx.stx_ctime,
        &mut statx.stx_mtime,
    ] {
        time.tv_sec = seconds.cast_signed();
        time.tv_nsec = nanoseconds as u32;
    }
    kernel.user.write(address, statx)?;
    Ok(0)
}

fn access_at(kernel: &Kernel, directory: u64, path: u64, mode: i32) -> Result {
    let node = lookup(kernel, directory, path)?;
    let directory = !matches!(node, Node::Disk | Node::Bus);
    if mode & libc::W_OK != 0 && (directory || kernel.disk.is_read_only()) {
        return Err(Errno(libc::EROFS));
    }
    if mode & libc::X_OK != 0 && !directory {
        return Err(Errno(libc::EACCES));
    }
    Ok(0)
}

/// access(2)
pub fn access(kernel: &mut Kernel, call: &Frame) -> Result {
    let [path, mode, ..] = call.args();
    access_at(kernel, libc::AT_FDCWD as u64, path, mode as i32)
}

/// faccessat(2) and faccessat2(2)
pub fn faccessat(kernel: &mut Kernel, call: &Frame) -> Result {
    let [directory, path, mode, ..] = call.args();
    access_at(kernel, directory, path, mode as i32)
}

fn read_link(kernel: &mut Kernel, directory: u64, path: u64, room: u64, size: u64) -> Result {
    if size as i32 <= 0 {
        return Err(Errno(libc::EINVAL));
    }
    if kernel.user.string(path, 4096)? != b"/proc/self/exe" {
        // Whatever else exists isn't a symbolic link.
        lookup(kernel, directory, path)?;
        return Err(Errno(libc::EINVAL));
    }
    let name = boot_info().program_name;
    let length = name
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(name.len());
    let length = length.min(size as usize);
    kernel
        .user
        .bytes_mut(room, length as u64)?
        .copy_from_slice(&name[..length]);
    Ok(length as u64)
}

/// readlink(2)
pub fn readlink(kernel: &mut Kernel, call: &Frame) -> Result {
    let [path, room, size, ..] = call.args();
    read_link(kernel, libc::AT_FDCWD as u64, path, room, size)
}

/// readlinkat(2)
pub fn readlinkat(kernel: &mut Kernel, call: &Frame) -> Result {
    let [directory, path, room, size, ..] = call.args();
    read_link(kernel, directory, path, room, size)
}

/// getcwd(2): always the root.
pub fn getcwd(kernel: &mut Kernel, call: &Frame) -> Result {
    let [room, size, ..] = call.args();
    if size < 2 {
        return Err(Errno(libc::ERANGE));
    }
    kernel.user.write(room, *b"/\0")?;
    Ok(2)
}

#[cfg(test)]
mod tests;
