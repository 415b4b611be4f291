//! System calls on the disk's file for which there is no safe wrapper: preadv(2) and pwritev(2) with pieces of guest memory,
//! fcntl(2) for O_DIRECT, statx(2) for what that demands. The only `unsafe` of the device.
//!
//! Guest memory may change at any time, so there is never a Rust slice of it; the kernel copies, from and to addresses that
//! [`VolatileSlice`] vouches for.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use vm_memory::VolatileSlice;

/// More pieces than the kernel takes in one call aren't given to it (UIO_MAXIOV).
const MAX_PIECES: usize = libc::UIO_MAXIOV as usize;

/// Always enough for O_DIRECT, where the kernel doesn't say: a page, and the largest sectors that disks have.
const LARGEST_ALIGNMENT: u64 = 4096;

/// preadv(2) or pwritev(2).
type Call = unsafe extern "C" fn(
    libc::c_int,
    *const libc::iovec,
    libc::c_int,
    libc::off_t,
) -> libc::ssize_t;

/// Fills the pieces from `offset` on.
pub fn read_exact_at(file: &File, pieces: &[VolatileSlice<'_>], offset: u64) -> io::Result<()> {
    transfer(file, pieces, offset, libc::preadv)
}

/// Writes the pieces from `offset` on.
pub fn write_all_at(file: &File, pieces: &[VolatileSlice<'_>], offset: u64) -> io::Result<()> {
    transfer(file, pieces, offset, libc::pwritev)
}

/// Repeats the call until everything is transferred: mostly one call.
fn transfer(file: &File, pieces: &[VolatileSlice<'_>], offset: u64, call: Call) -> io::Result<()> {
    let mut position = libc::off_t::try_from(offset).map_err(io::Error::other)?;
    let mut remaining: Vec<VolatileSlice<'_>> = pieces
        .iter()
        .copied()
        .filter(|piece| !piece.is_empty())
        .collect();
    while !remaining.is_empty() {
        let count = match transfer_once(file, &remaining, position, call) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        position += count as libc::off_t;
        skip(&mut remaining, count);
    }
    Ok(())
}

/// Drops the first bytes of the pieces.
fn skip(pieces: &mut Vec<VolatileSlice<'_>>, mut bytes: usize) {
    let mut whole = 0;
    for piece in pieces.iter_mut() {
        if bytes < piece.len() {
            // In range, as has just been checked.
            if let Ok(rest) = piece.offset(bytes) {
                *piece = rest;
            }
            break;
        }
        bytes -= piece.len();
        whole += 1;
    }
    pieces.drain(..whole);
}

fn transfer_once(
    file: &File,
    pieces: &[VolatileSlice<'_>],
    position: libc::off_t,
    call: Call,
) -> io::Result<usize> {
    let guards: Vec<_> = pieces
        .iter()
        .take(MAX_PIECES)
        .map(|piece| piece.ptr_guard_mut())
        .collect();
    let vectors: Vec<libc::iovec> = guards
        .iter()
        .map(|guard| libc::iovec {
            iov_base: guard.as_ptr().cast(),
            iov_len: guard.len(),
        })
        .collect();
    // SAFETY: `call` is preadv or pwritev, which want as many valid vectors as the count says (at most 1024, so the cast is
    // exact) and access only the memory these name. That memory is mapped and writable for as long as the slices' lifetime,
    // which outlasts this call; VolatileSlice guarantees so. That others may write to it meanwhile is no concern: the kernel
    // does the copying.
    let count = unsafe {
        call(
            file.as_raw_fd(),
            vectors.as_ptr(),
            vectors.len() as libc::c_int,
            position,
        )
    };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// What O_DIRECT demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// What the address and length of each piece must be a multiple of.
    pub memory: u64,
    /// What the offset in the file must be a multiple of, and so each length.
    pub offset: u64,
}

impl Alignment {
    /// Whether a transfer can be direct.
    pub fn fits(self, offset: u64, pieces: &[VolatileSlice<'_>]) -> bool {
        let length_fits = |piece: &VolatileSlice<'_>| {
            let length = piece.len() as u64;
            length.is_multiple_of(self.offset) && length.is_multiple_of(self.memory)
        };
        let address_fits = |piece: &VolatileSlice<'_>| {
            let address = piece.ptr_guard().as_ptr().addr() as u64;
            address.is_multiple_of(self.memory)
        };
        offset.is_multiple_of(self.offset)
            && pieces
                .iter()
                .all(|piece| length_fits(piece) && address_fits(piece))
    }
}

/// Asks what O_DIRECT demands for this file. Linux says so since 6.1, and not for every file system.
pub fn alignment(file: &File) -> io::Result<Alignment> {
    // SAFETY: statx is integers, for which all zeros is a value.
    let mut answer: libc::statx = unsafe { std::mem::zeroed() };
    // Not libc's function: Rust's std refers to that one weakly, and in a static executable the linker then leaves it out,
    // with null in its place.
    // SAFETY: the path is a NUL-terminated constant (empty: the descriptor itself is meant), and `answer` lives until the
    // call returns.
    let result = unsafe {
        libc::syscall(
            libc::SYS_statx,
            file.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH,
            libc::STATX_DIOALIGN,
            &raw mut answer,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // Zeros mean that there is no direct I/O for this file, for all that O_DIRECT could be set (encryption, for one).
    let known = answer.stx_mask & libc::STATX_DIOALIGN != 0;
    if known && (answer.stx_dio_mem_align == 0 || answer.stx_dio_offset_align == 0) {
        return Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP));
    }
    let known_or_largest = |alignment: u32| match known {
        true => u64::from(alignment),
        false => LARGEST_ALIGNMENT,
    };
    Ok(Alignment {
        memory: known_or_largest(answer.stx_dio_mem_align),
        offset: known_or_largest(answer.stx_dio_offset_align),
    })
}

/// Switches O_DIRECT on or off, for a file that was opened with it.
pub fn set_direct(file: &File, direct: bool) -> io::Result<()> {
    let fd = file.as_raw_fd();
    // SAFETY: F_GETFL takes no argument and changes nothing; the descriptor is open as long as `file` is.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    if flags < 0 {
        return Err(io::Error::last_os_error());
    }
    let others = flags & !libc::O_DIRECT;
    let flags = others | if direct { libc::O_DIRECT } else { 0 };
    // SAFETY: F_SETFL takes an integer; it changes nothing that Rust relies on.
    match unsafe { libc::fcntl(fd, libc::F_SETFL, flags) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces of 3 bytes.
    fn pieces(bytes: &mut [u8]) -> Vec<VolatileSlice<'_>> {
        bytes.chunks_mut(3).map(VolatileSlice::from).collect()
    }

    #[test]
    fn many_small_pieces_are_written_and_read_in_order() {
        let file = tempfile::tempfile().unwrap();
        let mut content: Vec<u8> = (0..10_000u32).map(|number| number as u8).collect();
        let mut copy = vec![0; content.len()];
        write_all_at(&file, &pieces(&mut content), 5).unwrap();
        read_exact_at(&file, &pieces(&mut copy), 5).unwrap();
        assert_eq!(copy, content);
        assert_eq!(file.metadata().unwrap().len(), 10_005);
    }

    #[test]
    fn a_file_that_ends_too_early_is_an_error() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(10).unwrap();
        let error = read_exact_at(&file, &pieces(&mut [0; 11]), 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(read_exact_at(&file, &[], u64::MAX).is_err());
        assert!(read_exact_at(&file, &[], 0).is_ok());
    }

    #[test]
    fn skipping_ends_within_or_between_pieces() {
        for bytes in 0..=12 {
            let mut content = [0; 12];
            let mut pieces = pieces(&mut content);
            skip(&mut pieces, bytes);
            let left: usize = pieces.iter().map(VolatileSlice::len).sum();
            assert_eq!(left, 12 - bytes);
            assert!(pieces.iter().all(|piece| !piece.is_empty()));
        }
    }
}
