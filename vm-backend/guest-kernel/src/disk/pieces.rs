//! Bytes to sectors: which requests serve a read or write of any offset and length.
//!
//! A disk transfers whole sectors. What is aligned goes directly between the disk and the program's buffer; the rest goes
//! through a bounce buffer of the kernel:
//! - a read transfers the sectors that contain the bytes, and copies out what was asked for;
//! - a write first reads the sectors that it covers only in part (read-modify-write).
//!
//! `Simplified:` there is no page cache, so every unaligned or small transfer costs requests.
//!
//! Read next: `virtio.rs`.

use crate::errno::Result;

/// What virtio-blk counts in, in bytes.
pub const SECTOR_BYTES: usize = 512;

/// A device with sectors.
pub trait Sectors {
    /// Fills the buffer, whole sectors, from `sector` on.
    fn read(&mut self, sector: u64, buffer: &mut [u8]) -> Result<()>;
    /// Writes the buffer, whole sectors, from `sector` on.
    fn write(&mut self, sector: u64, buffer: &[u8]) -> Result<()>;
}

/// How the next bytes of a transfer go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// This many bytes directly.
    Direct { bytes: usize },
    /// Through the bounce buffer, the first `skip` bytes of which aren't wanted.
    Bounced { skip: usize, bytes: usize },
}

/// Decides about the next bytes of a transfer. `usable`: the device can reach the program's buffer where it is.
fn next_piece(offset: u64, remaining: usize, usable: bool, bounce_bytes: usize) -> Piece {
    let skip = (offset % SECTOR_BYTES as u64) as usize;
    let whole = remaining / SECTOR_BYTES * SECTOR_BYTES;
    if skip == 0 && usable && whole > 0 && (whole == remaining || remaining > bounce_bytes) {
        return Piece::Direct { bytes: whole };
    }
    let room = bounce_bytes - skip;
    let bytes = if usable && remaining > room {
        // Only up to where the large aligned part begins.
        SECTOR_BYTES - skip
    } else {
        remaining.min(room)
    };
    Piece::Bounced { skip, bytes }
}

/// The bytes of the whole sectors that contain a bounced piece.
fn span(skip: usize, bytes: usize) -> usize {
    (skip + bytes).next_multiple_of(SECTOR_BYTES)
}

/// Reads bytes from `offset` on.
pub fn read(
    device: &mut impl Sectors,
    bounce: &mut [u8],
    usable: bool,
    mut offset: u64,
    mut buffer: &mut [u8],
) -> Result<()> {
    while !buffer.is_empty() {
        let sector = offset / SECTOR_BYTES as u64;
        let bytes = match next_piece(offset, buffer.len(), usable, bounce.len()) {
            Piece::Direct { bytes } => {
                device.read(sector, &mut buffer[..bytes])?;
                bytes
            }
            Piece::Bounced { skip, bytes } => {
                device.read(sector, &mut bounce[..span(skip, bytes)])?;
                buffer[..bytes].copy_from_slice(&bounce[skip..skip + bytes]);
                bytes
            }
        };
        offset += bytes as u64;
        buffer = &mut buffer[bytes..];
    }
    Ok(())
}

/// Writes bytes from `offset` on.
pub fn write(
    device: &mut impl Sectors,
    bounce: &mut [u8],
    usable: bool,
    mut offset: u64,
    mut buffer: &[u8],
) -> Result<()> {
    while !buffer.is_empty() {
        let sector = offset / SECTOR_BYTES as u64;
        let bytes = match next_piece(offset, buffer.len(), usable, bounce.len()) {
            Piece::Direct { bytes } => {
                device.write(sector, &buffer[..bytes])?;
                bytes
            }
            Piece::Bounced { skip, bytes } => {
                let span = span(skip, bytes);
                let bounce = &mut bounce[..span];
                read_edges(device, sector, bounce, skip, bytes)?;
                bounce[skip..skip + bytes].copy_from_slice(&buffer[..bytes]);
                device.write(sector, bounce)?;
                bytes
            }
        };
        offset += bytes as u64;
        buffer = &buffer[bytes..];
    }
    Ok(())
}

/// Reads the first and the last sector of a bounced write, as far as it covers them only in part.
fn read_edges(
    device: &mut impl Sectors,
    sector: u64,
    bounce: &mut [u8],
    skip: usize,
    bytes: usize,
) -> Result<()> {
    let (first, last) = (skip > 0, skip + bytes < bounce.len());
    let sectors = bounce.len() / SECTOR_BYTES;
    if first && last && sectors <= 2 {
        // One request reads both.
        return device.read(sector, bounce);
    }
    if first || (last && sectors == 1) {
        device.read(sector, &mut bounce[..SECTOR_BYTES])?;
    }
    if last && sectors > 1 {
        let at = (sectors - 1) * SECTOR_BYTES;
        device.read(sector + sectors as u64 - 1, &mut bounce[at..])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errno::Errno;

    /// A disk in memory that counts requests.
    struct Memory(Vec<u8>, usize);

    impl Sectors for Memory {
        fn read(&mut self, sector: u64, buffer: &mut [u8]) -> Result<()> {
            assert!(!buffer.is_empty() && buffer.len().is_multiple_of(SECTOR_BYTES));
            self.1 += 1;
            let start = sector as usize * SECTOR_BYTES;
            let source = self.0.get(start..start + buffer.len());
            buffer.copy_from_slice(source.ok_or(Errno(libc::EIO))?);
            Ok(())
        }
        fn write(&mut self, sector: u64, buffer: &[u8]) -> Result<()> {
            assert!(!buffer.is_empty() && buffer.len().is_multiple_of(SECTOR_BYTES));
            self.1 += 1;
            let start = sector as usize * SECTOR_BYTES;
            let room = self.0.get_mut(start..start + buffer.len());
            room.ok_or(Errno(libc::EIO))?.copy_from_slice(buffer);
            Ok(())
        }
    }

    const DISK: usize = 64 * SECTOR_BYTES;
    const BOUNCE: usize = 4 * SECTOR_BYTES;

    fn requests(write_it: bool, offset: u64, bytes: usize) -> usize {
        let mut disk = Memory(vec![0; DISK], 0);
        let mut buffer = vec![7; bytes];
        if write_it {
            write(&mut disk, &mut [0; BOUNCE], true, offset, &buffer).unwrap();
        } else {
            read(&mut disk, &mut [0; BOUNCE], true, offset, &mut buffer).unwrap();
        }
        disk.1
    }

    #[test]
    fn an_aligned_transfer_is_one_request_however_long() {
        for bytes in [512, 1024, 4096, DISK] {
            assert_eq!(
                (requests(false, 0, bytes), requests(true, 0, bytes)),
                (1, 1)
            );
        }
    }

    #[test]
    fn a_small_unaligned_read_is_one_request_and_a_write_at_most_three() {
        assert_eq!(requests(false, 1, 100), 1);
        assert_eq!(requests(false, 500, 100), 1);
        assert_eq!(requests(true, 1, 100), 2);
        assert_eq!(requests(true, 500, 100), 2);
        assert_eq!(requests(true, 500, 1100), 3);
        // Only the last sector is covered in part.
        assert_eq!(requests(true, 512, 600), 2);
        // Unaligned head, a large direct part, unaligned tail.
        assert_eq!(requests(false, 100, 10_000), 3);
        assert_eq!(requests(true, 100, 10_000), 5);
    }

    #[test]
    fn any_sequence_of_transfers_leaves_what_a_plain_array_would() {
        let mut model: Vec<u8> = (0..DISK).map(|index| index as u8).collect();
        let mut disk = Memory(model.clone(), 0);
        let mut state = 1u64;
        let mut random = |limit: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % limit
        };
        for round in 0..5000 {
            let offset = random(DISK);
            let bytes = random(if round % 2 == 0 { 1200 } else { DISK }).min(DISK - offset);
            let usable = random(3) > 0;
            let bounce = &mut [round as u8; BOUNCE];
            if random(2) == 0 {
                let content: Vec<u8> = (0..bytes).map(|_| random(256) as u8).collect();
                write(&mut disk, bounce, usable, offset as u64, &content).unwrap();
                model[offset..offset + bytes].copy_from_slice(&content);
            } else {
                let mut content = vec![0; bytes];
                read(&mut disk, bounce, usable, offset as u64, &mut content).unwrap();
                assert_eq!(content, &model[offset..offset + bytes]);
            }
        }
        assert_eq!(disk.0, model);
    }
}
