//! Opening and closing, and what isn't a transfer: openat, close, dup, fcntl, lseek, fsync, ftruncate, fallocate, ioctl.
//!
//! Read next: open(2), fcntl(2), lseek(2).

use super::path::{Node, resolve};
use super::table::Kind;
use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use crate::user::UserMemory;

/// Longest path, in bytes, with its NUL.
const MAX_PATH_BYTES: u64 = 4096;

/// Finds what the path at `address` stands for. `directory` is what a relative path starts at; no directory can be open, so
/// that can only be the working directory.
pub fn lookup(kernel: &Kernel, directory: u64, address: u64) -> Result<Node> {
    let path = kernel.user.string(address, MAX_PATH_BYTES)?;
    if !path.starts_with(b"/") && directory as i32 != libc::AT_FDCWD {
        kernel.files.get(directory)?;
        return Err(Errno(libc::ENOTDIR));
    }
    resolve(path, kernel.disk.bytes() > 0)
}

/// open(2)
pub fn open(kernel: &mut Kernel, call: &Frame) -> Result {
    let [path, flags, ..] = call.args();
    open_at(kernel, libc::AT_FDCWD as u64, path, flags as i32)
}

/// openat(2)
pub fn openat(kernel: &mut Kernel, call: &Frame) -> Result {
    let [directory, path, flags, ..] = call.args();
    open_at(kernel, directory, path, flags as i32)
}

fn open_at(kernel: &mut Kernel, directory: u64, path: u64, flags: i32) -> Result {
    let writes = flags & libc::O_ACCMODE != libc::O_RDONLY;
    let node = match lookup(kernel, directory, path) {
        // Nothing can be created.
        Err(Errno(libc::ENOENT)) if flags & libc::O_CREAT != 0 => return Err(Errno(libc::EROFS)),
        other => other?,
    };
    let exclusive = libc::O_CREAT | libc::O_EXCL;
    if flags & exclusive == exclusive {
        return Err(Errno(libc::EEXIST));
    }
    match node {
        Node::Root | Node::Data | Node::Dev if writes => Err(Errno(libc::EISDIR)),
        // Directories can't be listed.
        Node::Root | Node::Data | Node::Dev => Err(Errno(libc::EACCES)),
        Node::Disk | Node::Bus if flags & libc::O_DIRECTORY != 0 => Err(Errno(libc::ENOTDIR)),
        Node::Disk if writes && kernel.disk.is_read_only() => Err(Errno(libc::EROFS)),
        Node::Disk => {
            kernel.disk.start()?;
            // O_TRUNC has no effect: like a block device, the disk has a fixed size.
            kernel.files.open(Kind::Disk, flags)
        }
        Node::Bus if writes => Err(Errno(libc::EACCES)),
        Node::Bus => kernel.files.open(Kind::Bus, flags),
    }
}

/// close(2)
pub fn close(kernel: &mut Kernel, call: &Frame) -> Result {
    kernel.files.close(call.args()[0]).map(|()| 0)
}

/// dup(2)
pub fn dup(kernel: &mut Kernel, call: &Frame) -> Result {
    kernel.files.duplicate(call.args()[0], 0, false)
}

/// dup2(2)
pub fn dup2(kernel: &mut Kernel, call: &Frame) -> Result {
    let [from, to, ..] = call.args();
    kernel.files.duplicate_to(from, to, false)
}

/// dup3(2): as dup2, but the same number twice is an error.
pub fn dup3(kernel: &mut Kernel, call: &Frame) -> Result {
    let [from, to, flags, ..] = call.args();
    let flags = flags as i32;
    if flags & !libc::O_CLOEXEC != 0 || from as i32 == to as i32 {
        return Err(Errno(libc::EINVAL));
    }
    kernel.files.duplicate_to(from, to, flags != 0)
}

/// fcntl(2)
pub fn fcntl(kernel: &mut Kernel, call: &Frame) -> Result {
    /// What F_SETFL may change.
    const CHANGEABLE: i32 = libc::O_APPEND | libc::O_NONBLOCK | libc::O_DIRECT | libc::O_NOATIME;
    let [fd, command, argument, ..] = call.args();
    match command as i32 {
        libc::F_DUPFD => kernel.files.duplicate(fd, argument, false),
        libc::F_DUPFD_CLOEXEC => kernel.files.duplicate(fd, argument, true),
        libc::F_GETFD => Ok(u64::from(*kernel.files.close_on_exec(fd)?)),
        libc::F_SETFD => {
            *kernel.files.close_on_exec(fd)? = argument as i32 & libc::FD_CLOEXEC != 0;
            Ok(0)
        }
        libc::F_GETFL => Ok(kernel.files.get(fd)?.flags as u64),
        libc::F_SETFL => {
            let file = kernel.files.get_mut(fd)?;
            file.flags = file.flags & !CHANGEABLE | argument as i32 & CHANGEABLE;
            Ok(0)
        }
        // Locks: there is nobody else.
        libc::F_SETLK | libc::F_SETLKW => kernel.files.get(fd).map(|_| 0),
        _ => Err(Errno(libc::EINVAL)),
    }
}

/// The disk behind a descriptor, or the error for a stream.
fn require_disk(kernel: &Kernel, fd: u64, otherwise: i32) -> Result<()> {
    match kernel.files.get(fd)?.kind {
        Kind::Disk => Ok(()),
        _ => Err(Errno(otherwise)),
    }
}

/// lseek(2)
pub fn lseek(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, by, whence, ..] = call.args();
    require_disk(kernel, fd, libc::ESPIPE)?;
    let bytes = kernel.disk.bytes();
    let file = kernel.files.get_mut(fd)?;
    let by = by.cast_signed();
    let to = match whence as i32 {
        libc::SEEK_SET => Some(by),
        libc::SEEK_CUR => file.offset.cast_signed().checked_add(by),
        libc::SEEK_END => bytes.cast_signed().checked_add(by),
        // All of the disk is data.
        libc::SEEK_DATA | libc::SEEK_HOLE if !(0..bytes.cast_signed()).contains(&by) => {
            return Err(Errno(libc::ENXIO));
        }
        libc::SEEK_DATA => Some(by),
        libc::SEEK_HOLE => Some(bytes.cast_signed()),
        _ => None,
    };
    let to = to.and_then(|to| u64::try_from(to).ok());
    file.offset = to.ok_or(Errno(libc::EINVAL))?;
    Ok(file.offset)
}

/// fsync(2), fdatasync(2)
pub fn fsync(kernel: &mut Kernel, call: &Frame) -> Result {
    require_disk(kernel, call.args()[0], libc::EINVAL)?;
    kernel.disk.flush().map(|()| 0)
}

/// ftruncate(2): the size is fixed.
pub fn ftruncate(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, length, ..] = call.args();
    require_disk(kernel, fd, libc::EINVAL)?;
    if !kernel.files.get(fd)?.is_writable() || length != kernel.disk.bytes() {
        return Err(Errno(libc::EINVAL));
    }
    Ok(0)
}

/// fallocate(2): everything is allocated already, and nothing can be added.
pub fn fallocate(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, mode, offset, length, ..] = call.args();
    require_disk(kernel, fd, libc::ESPIPE)?;
    if !kernel.files.get(fd)?.is_writable() {
        return Err(Errno(libc::EBADF));
    }
    if mode as i32 & !libc::FALLOC_FL_KEEP_SIZE != 0 {
        return Err(Errno(libc::EOPNOTSUPP));
    }
    let (offset, length) = (offset.cast_signed(), length.cast_signed());
    if offset < 0 || length <= 0 {
        return Err(Errno(libc::EINVAL));
    }
    match offset.checked_add(length) {
        Some(end) if end.cast_unsigned() <= kernel.disk.bytes() => Ok(0),
        _ => Err(Errno(libc::ENOSPC)),
    }
}

/// posix_fadvise(2): advice without consequences.
pub fn fadvise64(kernel: &mut Kernel, call: &Frame) -> Result {
    require_disk(kernel, call.args()[0], libc::ESPIPE).map(|()| 0)
}

/// ioctl(2): nothing here is a terminal.
pub fn ioctl(kernel: &mut Kernel, call: &Frame) -> Result {
    kernel.files.get(call.args()[0])?;
    Err(Errno(libc::ENOTTY))
}

/// poll(2) and ppoll(2): every file is always ready. Reading a stream may wait then, as it would after any other program had
/// read what was there.
pub fn poll(kernel: &mut Kernel, call: &Frame) -> Result {
    let [array, count, ..] = call.args();
    if count > super::table::CAPACITY as u64 {
        return Err(Errno(libc::EINVAL));
    }
    let mut ready = 0;
    for index in 0..count {
        // struct pollfd: descriptor (4 bytes), asked for (2), answer (2).
        let element = UserMemory::element(array, index, 8)?;
        let [fd, events]: [u32; 2] = kernel.user.read(element)?;
        let answer = if fd.cast_signed() < 0 {
            0
        } else {
            match kernel.files.get(fd.into()) {
                Err(_) => libc::POLLNVAL,
                Ok(file) => {
                    let readable = if file.is_readable() { libc::POLLIN } else { 0 };
                    let writable = if file.is_writable() { libc::POLLOUT } else { 0 };
                    events as i16 & (readable | writable)
                }
            }
        };
        ready += u64::from(answer != 0);
        kernel.user.write(element + 6, answer as u16)?;
    }
    if ready == 0 {
        crate::time::wait_for_poll(kernel, call)?;
    }
    Ok(ready)
}

#[cfg(test)]
mod tests;
