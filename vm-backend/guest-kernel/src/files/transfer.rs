//! Reading and writing: read, write, pread64, pwrite64 and their vectored forms.
//!
//! 1. All eight become the same thing: a list of buffers, and perhaps an offset (`Request`).
//! 2. Streams go to the VMM: one exit per call.
//! 3. The disk gets one request per buffer, if that is aligned.
//!
//! `Simplified:` a vectored read of a stream fills only the first buffer, as if no more had come.
//!
//! Read next: readv(2), `gather.rs`, [`crate::disk`].

use guest_abi::host_call;

use super::gather::gather;
use super::table::Kind;
use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use crate::machine::ask_host;
use crate::process::signals;
use crate::user::UserMemory;

/// The most that one call transfers, in bytes: as Linux, 2 GiB less one page.
const MAX_TRANSFER_BYTES: u64 = 0x7fff_f000;
/// The most buffers of one call.
const MAX_BUFFERS: u64 = 1024;

/// The buffers of a call.
#[derive(Clone, Copy, Debug)]
enum Buffers {
    /// Address and length of the only one.
    One(u64, u64),
    /// Address and length of the program's array of buffers.
    Array(u64, u64),
}

impl Buffers {
    fn array(address: u64, count: u64) -> Result<Self> {
        if count > MAX_BUFFERS {
            return Err(Errno(libc::EINVAL));
        }
        Ok(Self::Array(address, count))
    }

    fn count(self) -> u64 {
        match self {
            Self::One(..) => 1,
            Self::Array(_, count) => count,
        }
    }

    /// Address and length of a buffer.
    fn get(self, user: &UserMemory, index: u64) -> Result<(u64, u64)> {
        let (address, length) = match self {
            Self::One(address, length) => (address, length),
            Self::Array(array, _) => {
                let [address, length] = user.read(UserMemory::element(array, index, 16)?)?;
                (address, length)
            }
        };
        if i64::try_from(length).is_err() {
            return Err(Errno(libc::EINVAL));
        }
        Ok((address, length.min(MAX_TRANSFER_BYTES)))
    }
}

/// Direction of a transfer, seen from the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Read,
    Write,
}

/// One of the eight calls.
#[derive(Clone, Copy, Debug)]
struct Request {
    fd: u64,
    direction: Direction,
    buffers: Buffers,
    /// Where in the file; `None`: where the last transfer has ended.
    offset: Option<u64>,
}

/// read(2)
pub fn read(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, address, length, ..] = call.args();
    transfer(
        kernel,
        fd,
        Direction::Read,
        Buffers::One(address, length),
        None,
    )
}

/// write(2)
pub fn write(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, address, length, ..] = call.args();
    transfer(
        kernel,
        fd,
        Direction::Write,
        Buffers::One(address, length),
        None,
    )
}

/// pread64(2)
pub fn pread64(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, address, length, offset, ..] = call.args();
    transfer(
        kernel,
        fd,
        Direction::Read,
        Buffers::One(address, length),
        Some(offset),
    )
}

/// pwrite64(2)
pub fn pwrite64(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, address, length, offset, ..] = call.args();
    transfer(
        kernel,
        fd,
        Direction::Write,
        Buffers::One(address, length),
        Some(offset),
    )
}

/// readv(2)
pub fn readv(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, array, count, ..] = call.args();
    transfer(
        kernel,
        fd,
        Direction::Read,
        Buffers::array(array, count)?,
        None,
    )
}

/// writev(2)
pub fn writev(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, array, count, ..] = call.args();
    transfer(
        kernel,
        fd,
        Direction::Write,
        Buffers::array(array, count)?,
        None,
    )
}

/// preadv(2): the offset comes in two halves, of which the second is for 32-bit machines.
pub fn preadv(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, array, count, offset, ..] = call.args();
    transfer(
        kernel,
        fd,
        Direction::Read,
        Buffers::array(array, count)?,
        Some(offset),
    )
}

/// pwritev(2)
pub fn pwritev(kernel: &mut Kernel, call: &Frame) -> Result {
    let [fd, array, count, offset, ..] = call.args();
    transfer(
        kernel,
        fd,
        Direction::Write,
        Buffers::array(array, count)?,
        Some(offset),
    )
}

/// Reads a part of a file completely, for mmap; what lies past the end stays as it is.
pub fn read_fully(kernel: &mut Kernel, fd: u64, offset: u64, address: u64, length: u64) -> Result {
    transfer(
        kernel,
        fd,
        Direction::Read,
        Buffers::One(address, length),
        Some(offset),
    )
}

fn transfer(
    kernel: &mut Kernel,
    fd: u64,
    direction: Direction,
    buffers: Buffers,
    offset: Option<u64>,
) -> Result {
    let request = Request {
        fd,
        direction,
        buffers,
        offset,
    };
    let file = kernel.files.get(fd)?;
    let allowed = match direction {
        Direction::Read => file.is_readable(),
        Direction::Write => file.is_writable(),
    };
    if !allowed {
        return Err(Errno(libc::EBADF));
    }
    match file.kind {
        Kind::Disk => disk(kernel, request),
        Kind::Input | Kind::Output(_) if offset.is_some() => Err(Errno(libc::ESPIPE)),
        Kind::Input => input(kernel, buffers),
        Kind::Output(host_fd) => output(kernel, host_fd, buffers),
        // Linux's /dev/mem has only RAM to read, and none that it would show.
        Kind::Bus => Err(Errno(libc::EPERM)),
        Kind::Free => Err(Errno(libc::EBADF)),
    }
}

/// Reads the host's stdin into the first buffer that isn't empty.
fn input(kernel: &mut Kernel, buffers: Buffers) -> Result {
    for index in 0..buffers.count() {
        let (address, length) = buffers.get(&kernel.user, index)?;
        // Checked here, though the VMM checks too: it would accept the kernel's memory.
        if !kernel.user.bytes_mut(address, length)?.is_empty() {
            return ask_host(host_call::READ, 0, address, length);
        }
    }
    Ok(0)
}

/// Writes to the host's stdout or stderr.
fn output(kernel: &mut Kernel, host_fd: u8, buffers: Buffers) -> Result {
    let user = &kernel.user;
    let pieces = (0..buffers.count()).map(|index| {
        let (address, length) = buffers.get(user, index)?;
        user.bytes(address, length)
    });
    let to_host = |bytes: &[u8]| {
        let address = bytes.as_ptr().expose_provenance() as u64;
        ask_host(
            host_call::WRITE,
            host_fd.into(),
            address,
            bytes.len() as u64,
        )
    };
    let answer = match buffers {
        // The usual case needs no copy, however small it is.
        Buffers::One(address, length) => {
            match user.bytes(address, length.min(MAX_TRANSFER_BYTES))? {
                [] => Ok(0),
                bytes => to_host(bytes),
            }
        }
        Buffers::Array(..) => gather(pieces, kernel.scratch.bytes(), to_host),
    };
    if answer == Err(Errno(libc::EPIPE)) {
        // Nobody reads any more. Programs that don't handle this end here.
        signals::raise(&mut kernel.process, libc::SIGPIPE)?;
    }
    answer
}

/// Reads or writes the disk, buffer by buffer, until one is transferred only in part.
fn disk(kernel: &mut Kernel, request: Request) -> Result {
    let file = kernel.files.get(request.fd)?;
    let appends = request.direction == Direction::Write && file.flags & libc::O_APPEND != 0;
    let start = match request.offset {
        _ if appends => kernel.disk.bytes(),
        Some(offset) => offset,
        None => file.offset,
    };
    let flags = file.flags;
    let mut done = 0;
    for index in 0..request.buffers.count() {
        let length = request.buffers.get(&kernel.user, index)?.1;
        match disk_buffer(kernel, request, index, start + done, flags) {
            Ok(count) => {
                done += count;
                if count < length {
                    break;
                }
            }
            Err(_) if done > 0 => break,
            Err(error) => return Err(error),
        }
    }
    // O_DSYNC is one of the two bits of O_SYNC.
    if request.direction == Direction::Write && flags & libc::O_DSYNC != 0 {
        kernel.disk.flush()?;
    }
    if request.offset.is_none() {
        kernel.files.get_mut(request.fd)?.offset = start + done;
    }
    Ok(done)
}

fn disk_buffer(
    kernel: &mut Kernel,
    request: Request,
    index: u64,
    offset: u64,
    flags: i32,
) -> Result {
    let (address, length) = request.buffers.get(&kernel.user, index)?;
    let direct = flags & libc::O_DIRECT != 0;
    let bounce = kernel.scratch.bytes();
    match request.direction {
        Direction::Read => {
            let buffer = kernel.user.bytes_mut(address, length)?;
            kernel.disk.read(bounce, offset, buffer, direct)
        }
        Direction::Write => {
            let buffer = kernel.user.bytes(address, length)?;
            kernel.disk.write(bounce, offset, buffer, direct)
        }
    }
}

#[cfg(test)]
mod tests;
