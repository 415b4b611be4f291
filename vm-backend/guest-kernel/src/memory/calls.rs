//! brk, mmap, munmap, mremap, mprotect, madvise.
//!
//! Each checks its arguments as Linux does, asks [`AddressSpace`] for a place, and zeroes what was used before.
//!
//! Read next: mmap(2), mremap(2), madvise(2).

use core::ops::Range;

use guest_abi::{EMPTY_BUS_ADDR, PAGE_SIZE};

use super::address_space::{AddressSpace, Stale, whole_pages};
use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use crate::files::table::Kind;
use crate::files::transfer::read_fully;
use crate::user::UserMemory;

fn zero(user: &mut UserMemory, stale: &Stale) -> Result<()> {
    for range in stale.iter().filter(|range| !range.is_empty()) {
        user.bytes_mut(range.start, range.end - range.start)?
            .fill(0);
    }
    Ok(())
}

/// Moves the end of the heap. Not an errno but the old end says that it can't be done.
pub fn brk(kernel: &mut Kernel, call: &Frame) -> Result {
    if let Some(stale) = kernel.memory.set_brk(call.args()[0]) {
        zero(&mut kernel.user, &stale)?;
    }
    Ok(kernel.memory.brk())
}

/// Maps memory; or a copy of a part of the disk.
pub fn mmap(kernel: &mut Kernel, call: &Frame) -> Result {
    let [address, length, _, flags, fd, offset] = call.args();
    let flags = flags as i32;
    let anonymous = flags & libc::MAP_ANONYMOUS != 0;
    let kind = flags & libc::MAP_TYPE;
    if !matches!(
        kind,
        libc::MAP_PRIVATE | libc::MAP_SHARED | libc::MAP_SHARED_VALIDATE
    ) || !offset.is_multiple_of(PAGE_SIZE)
    {
        return Err(Errno(libc::EINVAL));
    }
    if !anonymous {
        if kernel.files.get(fd)?.kind == Kind::Bus {
            return bus(offset, length);
        }
        // Writes to shared memory would have to find their way to the disk.
        if kind != libc::MAP_PRIVATE {
            return Err(Errno(libc::ENODEV));
        }
    }
    let (start, stale) = if flags & libc::MAP_FIXED_NOREPLACE == libc::MAP_FIXED_NOREPLACE {
        if kernel.memory.is_occupied(address, length)? {
            return Err(Errno(libc::EEXIST));
        }
        kernel.memory.map_fixed(address, length)?
    } else if flags & libc::MAP_FIXED != 0 {
        kernel.memory.map_fixed(address, length)?
    } else {
        map_anywhere(kernel, address, length)?
    };
    zero(&mut kernel.user, &stale)?;
    if !anonymous && let Err(error) = read_fully(kernel, fd, offset, start, length) {
        kernel.memory.unmap(start, length)?;
        return Err(error);
    }
    Ok(start)
}

/// A page of the bus is mapped already, like everything: where it is. Only the one without a device is shown: what a program
/// writes to a device's registers would confuse the driver.
fn bus(offset: u64, length: u64) -> Result {
    match (offset, length) {
        (EMPTY_BUS_ADDR, 1..=PAGE_SIZE) => Ok(EMPTY_BUS_ADDR),
        _ => Err(Errno(libc::EPERM)),
    }
}

/// Maps where there is room. Only when there is none left does the kernel look whether the VMM has added memory.
fn map_anywhere(kernel: &mut Kernel, hint: u64, length: u64) -> Result<(u64, Stale)> {
    match kernel.memory.map(hint, length) {
        Err(Errno(libc::ENOMEM)) if kernel.take_over_added_memory() => {
            kernel.memory.map(hint, length)
        }
        other => other,
    }
}

/// Gives memory back.
pub fn munmap(kernel: &mut Kernel, call: &Frame) -> Result {
    let [start, length, ..] = call.args();
    kernel.memory.unmap(start, length).map(|()| 0)
}

/// Makes a mapping larger or smaller, and moves it if it must and may.
pub fn mremap(kernel: &mut Kernel, call: &Frame) -> Result {
    let [start, old_length, new_length, flags, ..] = call.args();
    let flags = flags as i32;
    if flags & !libc::MREMAP_MAYMOVE != 0 || !start.is_multiple_of(PAGE_SIZE) {
        return Err(Errno(libc::EINVAL));
    }
    let (old_length, new_length) = (whole_pages(old_length)?, whole_pages(new_length)?);
    let old = start..start.checked_add(old_length).ok_or(Errno(libc::EINVAL))?;
    if !kernel.memory.is_mapping(&old) {
        return Err(Errno(libc::EFAULT));
    }
    if new_length <= old_length {
        if new_length < old_length {
            kernel
                .memory
                .unmap(start + new_length, old_length - new_length)?;
        }
        return Ok(start);
    }
    if let Some(stale) = kernel.memory.grow_in_place(&old, new_length) {
        zero(&mut kernel.user, &stale)?;
        return Ok(start);
    }
    if flags & libc::MREMAP_MAYMOVE == 0 {
        return Err(Errno(libc::ENOMEM));
    }
    // Downwards is where the free memory mostly is. Only what is added is touched for the first time; elsewhere all would be.
    if let Some(new) = kernel.memory.grow_down(&old, new_length) {
        kernel.user.copy(old.start, new, old_length)?;
        zero(&mut kernel.user, &[new + old_length..old.end, 0..0])?;
        return Ok(new);
    }
    let (new, stale) = map_anywhere(kernel, 0, new_length)?;
    move_mapping(&mut kernel.user, &mut kernel.memory, &old, new, &stale)?;
    Ok(new)
}

fn move_mapping(
    user: &mut UserMemory,
    memory: &mut AddressSpace,
    old: &Range<u64>,
    new: u64,
    stale: &Stale,
) -> Result<()> {
    zero(user, stale)?;
    user.copy(old.start, new, old.end - old.start)?;
    memory.unmap(old.start, old.end - old.start)
}

/// Protections are checked for sense, and not enforced.
pub fn mprotect(kernel: &mut Kernel, call: &Frame) -> Result {
    let [start, length, ..] = call.args();
    if !start.is_multiple_of(PAGE_SIZE) {
        return Err(Errno(libc::EINVAL));
    }
    kernel.memory.check_used(start, length).map(|_| 0)
}

/// Advice: only the one that changes what the program sees is followed.
pub fn madvise(kernel: &mut Kernel, call: &Frame) -> Result {
    let [start, length, advice, ..] = call.args();
    if !start.is_multiple_of(PAGE_SIZE) {
        return Err(Errno(libc::EINVAL));
    }
    let range = kernel.memory.check_used(start, length)?;
    match advice as i32 {
        // The memory reads as zeros afterwards.
        libc::MADV_DONTNEED => zero(&mut kernel.user, &[range, 0..0]).map(|()| 0),
        libc::MADV_NORMAL..=libc::MADV_WILLNEED
        | libc::MADV_FREE
        | libc::MADV_DONTFORK..=libc::MADV_DOFORK
        | libc::MADV_MERGEABLE..=libc::MADV_DODUMP => Ok(0),
        _ => Err(Errno(libc::EINVAL)),
    }
}

#[cfg(test)]
mod tests;
