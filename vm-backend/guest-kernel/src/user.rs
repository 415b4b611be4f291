//! The program's memory, as the kernel sees it.
//!
//! A system call gets addresses from the program, and the program may be wrong or hostile. So every access goes through here:
//! 1. the range is checked: it must lie in RAM, and above the kernel; otherwise the call fails with EFAULT;
//! 2. it becomes a slice that borrows [`UserMemory`], so that the compiler rules out two views of which one writes.
//!
//! `Simplified:` Linux also refuses what the program itself may not read or write (munmap, PROT_NONE, read-only pages). Here all
//! RAM is mapped for reading and writing, because some hosts don't let the kernel change page tables; the wall that protects
//! the host is the VM's.
//!
//! Read next: Linux arch/x86/include/asm/uaccess.h; [`crate::memory`] for who owns which range.

use core::mem::{MaybeUninit, size_of};
use core::ops::Range;
use core::slice;

use crate::errno::{Errno, Result};

/// Types without padding, pointers or forbidden bit patterns: what may be copied between kernel and program as bytes.
///
/// # Safety
/// Every bit pattern must be a valid value, and there must be no padding.
pub unsafe trait Plain: Copy {}

// SAFETY: integers, and arrays of them.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for u16 {}
// SAFETY: as above.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for u32 {}
// SAFETY: as above.
unsafe impl Plain for i64 {}
// SAFETY: as above.
unsafe impl Plain for u64 {}
// SAFETY: as above.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

/// The part of RAM that belongs to the program.
#[derive(Debug)]
pub struct UserMemory {
    /// First and last address + 1; empty until the kernel has booted.
    range: Range<u64>,
}

impl UserMemory {
    /// No memory.
    pub const fn none() -> Self {
        Self { range: 0..0 }
    }

    /// The program's memory.
    ///
    /// # Safety
    /// The range must be mapped, readable and writable as long as the result is used, and nothing but the result may refer to
    /// it: neither the kernel's own memory nor a second `UserMemory`.
    pub const unsafe fn new(range: Range<u64>) -> Self {
        Self { range }
    }

    /// Its first address.
    pub fn start(&self) -> u64 {
        self.range.start
    }

    fn check(&self, address: u64, length: u64) -> Result<usize> {
        let end = address.checked_add(length).ok_or(Errno(libc::EFAULT))?;
        if address < self.range.start || end > self.range.end {
            return Err(Errno(libc::EFAULT));
        }
        usize::try_from(length).map_err(|_| Errno(libc::EFAULT))
    }

    /// The program's bytes at `address`.
    pub fn bytes(&self, address: u64, length: u64) -> Result<&[u8]> {
        if length == 0 {
            return Ok(&[]);
        }
        let length = self.check(address, length)?;
        let pointer = core::ptr::with_exposed_provenance(address as usize);
        // SAFETY: the range has been checked, `new` guarantees that it is RAM of the program's, and the program stands still
        // while the kernel runs. The result borrows `self`, so nothing writes meanwhile.
        Ok(unsafe { slice::from_raw_parts(pointer, length) })
    }

    /// Room for bytes in the program's memory.
    pub fn bytes_mut(&mut self, address: u64, length: u64) -> Result<&mut [u8]> {
        if length == 0 {
            return Ok(&mut []);
        }
        let length = self.check(address, length)?;
        let pointer = core::ptr::with_exposed_provenance_mut(address as usize);
        // SAFETY: as in `bytes`; the result borrows `self` mutably, so it is the only view.
        Ok(unsafe { slice::from_raw_parts_mut(pointer, length) })
    }

    /// Copies a value out.
    pub fn read<T: Plain>(&self, address: u64) -> Result<T> {
        let bytes = self.bytes(address, size_of::<T>() as u64)?;
        let mut value = MaybeUninit::<T>::uninit();
        // SAFETY: `bytes` has exactly the size of T, and `Plain` makes every bit pattern a value.
        Ok(unsafe {
            value
                .as_mut_ptr()
                .cast::<u8>()
                .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            value.assume_init()
        })
    }

    /// Copies a value to the program.
    pub fn write<T: Plain>(&mut self, address: u64, value: T) -> Result<()> {
        // SAFETY: `Plain` has no padding, so all of the value's bytes are initialised.
        let bytes =
            unsafe { slice::from_raw_parts((&raw const value).cast::<u8>(), size_of::<T>()) };
        self.bytes_mut(address, bytes.len() as u64)?
            .copy_from_slice(bytes);
        Ok(())
    }

    /// The address of an array's element: beyond the last address there is no memory.
    pub fn element(array: u64, index: u64, bytes: u64) -> Result<u64> {
        let offset = index.checked_mul(bytes);
        let address = offset.and_then(|offset| array.checked_add(offset));
        address.ok_or(Errno(libc::EFAULT))
    }

    /// Copies within the program's memory; the ranges may overlap.
    pub fn copy(&mut self, from: u64, to: u64, length: u64) -> Result<()> {
        let source = self.bytes(from, length)?.as_ptr();
        let room = self.bytes_mut(to, length)?;
        // SAFETY: both ranges have been checked; `copy` allows them to overlap, and no reference to the source is left.
        unsafe { core::ptr::copy(source, room.as_mut_ptr(), room.len()) };
        Ok(())
    }

    /// The bytes of a NUL-terminated string, without the NUL; at most `limit` bytes.
    pub fn string(&self, address: u64, limit: u64) -> Result<&[u8]> {
        // A string near the end of RAM may be shorter than the limit; the search stops there.
        let room = self.range.end.saturating_sub(address).min(limit);
        let bytes = self.bytes(address, room.max(1))?;
        let length = bytes.iter().position(|byte| *byte == 0);
        let beyond = if room < limit {
            libc::EFAULT
        } else {
            libc::ENAMETOOLONG
        };
        Ok(&bytes[..length.ok_or(Errno(beyond))?])
    }
}

/// A `UserMemory` for tests: memory of the test, which is never freed.
#[cfg(test)]
pub fn for_test(bytes: usize) -> (UserMemory, u64) {
    let memory: &'static mut [u8] = Box::leak(vec![0u8; bytes].into_boxed_slice());
    let start = memory.as_mut_ptr().expose_provenance() as u64;
    // SAFETY: the memory is leaked: it stays, and nobody else refers to it.
    let user = unsafe { UserMemory::new(start..start + bytes as u64) };
    (user, start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_leave_the_programs_memory_are_refused() {
        let (mut user, start) = for_test(64);
        assert_eq!(user.bytes(start, 64).unwrap().len(), 64);
        for (address, length) in [
            (start - 1, 1),
            (start, 65),
            (start + 64, 1),
            (0, 1),
            (u64::MAX, 2),
            (start, u64::MAX),
        ] {
            assert_eq!(user.bytes(address, length), Err(Errno(libc::EFAULT)));
            assert!(user.bytes_mut(address, length).is_err());
        }
        assert_eq!(user.write(start + 60, 0u64), Err(Errno(libc::EFAULT)));
        // As in Linux, no bytes are anywhere.
        assert_eq!(user.bytes(0, 0).unwrap(), b"");
    }

    #[test]
    fn values_come_back_as_they_were_written() {
        let (mut user, start) = for_test(64);
        user.write(start + 3, [1u64, u64::MAX]).unwrap();
        assert_eq!(user.read::<[u64; 2]>(start + 3).unwrap(), [1, u64::MAX]);
    }

    #[test]
    fn strings_end_with_nul_or_are_errors() {
        let (mut user, start) = for_test(8);
        user.write(start, *b"abc\0defg").unwrap();
        assert_eq!(user.string(start, 100).unwrap(), b"abc");
        assert_eq!(user.string(start, 3), Err(Errno(libc::ENAMETOOLONG)));
        assert_eq!(user.string(start + 4, 100), Err(Errno(libc::EFAULT)));
        assert_eq!(user.string(start + 8, 100), Err(Errno(libc::EFAULT)));
        assert_eq!(user.string(0, 100), Err(Errno(libc::EFAULT)));
    }
}
