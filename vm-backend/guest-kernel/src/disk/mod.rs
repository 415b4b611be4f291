//! The disk as a file of fixed size.
//!
//! 1. [`pieces`]: bytes to sectors; pure.
//! 2. [`queue`]: the memory that driver and device share.
//! 3. `virtio`: the driver.
//!
//! What happens at its end is what happens with a block device: reading past it finds nothing, writing past it finds no space.

pub mod pieces;
pub mod queue;
mod virtio;

use guest_abi::{BootInfo, disk_flags};

use crate::errno::{Errno, Result};
use pieces::SECTOR_BYTES;
use virtio::Driver;

/// The one disk.
#[derive(Debug)]
pub struct Disk {
    driver: Driver,
    /// Size in bytes; 0 when there is none.
    bytes: u64,
    /// Writes are refused.
    read_only: bool,
    /// The host transfers only to and from aligned addresses.
    aligned_buffers: bool,
}

/// Whether a multiple of the sector size.
fn is_aligned(number: u64) -> bool {
    number.is_multiple_of(SECTOR_BYTES as u64)
}

impl Disk {
    /// Before boot: no disk.
    pub const fn before_boot() -> Self {
        Self {
            driver: Driver::before_boot(),
            bytes: 0,
            read_only: false,
            aligned_buffers: false,
        }
    }

    /// Takes over what the VMM says about the disk.
    pub fn boot(&mut self, info: &BootInfo) {
        self.bytes = info.disk_bytes;
        self.read_only = info.disk_flags & disk_flags::READ_ONLY != 0;
        self.aligned_buffers = info.disk_flags & disk_flags::DIRECT != 0;
    }

    /// Size in bytes; 0 when there is none.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether writes are refused.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Sets the device up, if that hasn't happened: when the file is opened, so that no read or write pays for it.
    pub fn start(&mut self) -> Result<()> {
        self.driver.start()
    }

    /// How many of `length` bytes from `offset` on can be transferred. `direct`: the file was opened with O_DIRECT, which
    /// demands aligned transfers.
    fn room(&self, offset: u64, address: u64, length: usize, direct: bool) -> Result<usize> {
        if i64::try_from(offset).is_err() {
            return Err(Errno(libc::EINVAL));
        }
        if direct && !(is_aligned(offset) && is_aligned(address) && is_aligned(length as u64)) {
            return Err(Errno(libc::EINVAL));
        }
        let room = self.bytes.saturating_sub(offset).min(length as u64);
        Ok(room as usize)
    }

    /// Whether the device can transfer the whole sectors of a request directly: where the offset is a multiple of the sector
    /// size, so must the address be.
    fn can_reach(&self, offset: u64, address: u64) -> bool {
        !self.aligned_buffers || is_aligned(address.wrapping_sub(offset))
    }

    /// Reads, and returns how many bytes: fewer than asked for at the end.
    pub fn read(
        &mut self,
        bounce: &mut [u8],
        offset: u64,
        buffer: &mut [u8],
        direct: bool,
    ) -> Result {
        let address = buffer.as_ptr().addr() as u64;
        let room = self.room(offset, address, buffer.len(), direct)?;
        let usable = self.can_reach(offset, address);
        pieces::read(
            &mut self.driver,
            bounce,
            usable,
            offset,
            &mut buffer[..room],
        )?;
        Ok(room as u64)
    }

    /// Writes, and returns how many bytes: fewer than asked for at the end.
    pub fn write(&mut self, bounce: &mut [u8], offset: u64, buffer: &[u8], direct: bool) -> Result {
        if buffer.is_empty() {
            return Ok(0);
        }
        let address = buffer.as_ptr().addr() as u64;
        let room = self.room(offset, address, buffer.len(), direct)?;
        if room == 0 {
            return Err(Errno(libc::ENOSPC));
        }
        let usable = self.can_reach(offset, address);
        pieces::write(&mut self.driver, bounce, usable, offset, &buffer[..room])?;
        Ok(room as u64)
    }

    /// Makes everything written so far durable.
    pub fn flush(&self) -> Result<()> {
        if self.read_only {
            return Ok(());
        }
        self.driver.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_end_with_the_disk_and_direct_ones_are_aligned() {
        let mut disk = Disk::before_boot();
        disk.bytes = 4096;
        assert_eq!(disk.room(4000, 1, 200, false), Ok(96));
        assert_eq!(disk.room(9000, 1, 200, false), Ok(0));
        assert_eq!(disk.room(u64::MAX, 0, 512, false), Err(Errno(libc::EINVAL)));
        assert_eq!(disk.room(512, 1024, 512, true), Ok(512));
        for (offset, address, length) in [(1, 1024, 512), (512, 1025, 512), (512, 1024, 511)] {
            assert_eq!(
                disk.room(offset, address, length, true),
                Err(Errno(libc::EINVAL))
            );
        }
        assert_eq!(
            disk.write(&mut [0; 512], 4096, b"x", false),
            Err(Errno(libc::ENOSPC))
        );
        assert_eq!(disk.read(&mut [0; 512], 4096, &mut [0], false), Ok(0));
    }
}
