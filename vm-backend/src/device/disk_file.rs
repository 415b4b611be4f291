//! The host file that holds the disk's sectors.
//!
//! 1. Check that it can be a disk: a regular file or a block device, of whole sectors.
//! 2. Lock it: two VMs that write to one disk destroy its contents. Any number may read.
//! 3. If the host's page cache is to be bypassed (O_DIRECT), find out what that demands.
//!
//! **O_DIRECT** moves bytes between the device and guest memory without a copy in the host's page cache, which is what a
//! fair comparison of disks needs. In return, memory addresses and file offsets must be aligned as the file system says
//! (statx). For a transfer that isn't, the flag is taken away for the moment: the page cache then is its bounce buffer, and
//! the kernel keeps both ways coherent.
//!
//! Simplified: no image formats (qcow2), no growing, no discarding, no io_uring.
//!
//! Read next: open(2) on O_DIRECT, statx(2), flock(2), `file_io.rs`.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::PathBuf;

use vm_memory::VolatileSlice;

use super::block::SECTOR_BYTES;
use super::disk_spec::DiskSpec;
use super::file_io::{self, Alignment};

/// Why a file can't be the disk.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// It can't be opened.
    #[error("opening the disk {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is a folder, a pipe, a terminal.
    #[error("the disk {} is neither a regular file nor a block device", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
    },
    /// It has no bytes, or half a sector at its end.
    #[error("the disk {} has {bytes} bytes, which isn't a multiple of {SECTOR_BYTES} above 0", path.display())]
    Size {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// Its file system doesn't know O_DIRECT.
    #[error("the file system of the disk {} has no direct I/O", path.display())]
    Direct {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// Another VM writes to it, or reads it while this one wants to write.
    #[error("the disk {} is in use by another VM", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
}

impl DiskError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Open { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "make one first: truncate --size=64M FILE"
            }
            Self::Open { source, .. } if is_read_only(source) => {
                "give it read-only (FILE:ro), or grant the right to write"
            }
            Self::Open { .. } => "check the path and the rights on it",
            Self::Kind { .. } => "a disk is a file of any content: truncate --size=64M FILE",
            Self::Size { .. } => "give it whole sectors: truncate --size=%512 FILE",
            Self::Direct { .. } => "leave :direct away, or put the disk on ext4, xfs or btrfs",
            Self::InUse { .. } => "end the other VM, or give the disk read-only (FILE:ro) to both",
        }
    }
}

/// The file can be read but not written.
fn is_read_only(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// The open file.
#[derive(Debug)]
pub struct DiskFile {
    /// Opened, checked and locked.
    file: File,
    /// Its size when it was opened: what the guest is told. A file that shrinks afterwards makes errors.
    bytes: u64,
    /// The guest can't write.
    read_only: bool,
    /// With O_DIRECT: what a transfer must be a multiple of.
    direct: Option<Alignment>,
}

impl DiskFile {
    /// Opens a disk.
    pub fn open(spec: &DiskSpec) -> Result<Self, DiskError> {
        let path = || spec.path.clone();
        let failed = |source| DiskError::Open {
            path: path(),
            source,
        };
        let no_direct = |source| DiskError::Direct {
            path: path(),
            source,
        };
        // 1. The kind before opening, which would wait forever on a pipe.
        let kind = fs::metadata(&spec.path).map_err(failed)?.file_type();
        if !(kind.is_file() || kind.is_block_device()) {
            return Err(DiskError::Kind { path: path() });
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(!spec.read_only)
            .custom_flags(if spec.direct { libc::O_DIRECT } else { 0 })
            .open(&spec.path)
            .map_err(|source| match source.kind() {
                io::ErrorKind::InvalidInput if spec.direct => no_direct(source),
                _ => failed(source),
            })?;
        // The size of a block device isn't in its metadata.
        let bytes = file.seek(SeekFrom::End(0)).map_err(failed)?;
        if bytes == 0 || !bytes.is_multiple_of(SECTOR_BYTES) {
            let path = path();
            return Err(DiskError::Size { path, bytes });
        }
        // 2.
        let locked = if spec.read_only {
            file.try_lock_shared()
        } else {
            file.try_lock()
        };
        locked.map_err(|error| match error {
            TryLockError::WouldBlock => DiskError::InUse { path: path() },
            TryLockError::Error(source) => failed(source),
        })?;
        // 3.
        let direct = spec.direct.then(|| file_io::alignment(&file)).transpose();
        let direct = direct.map_err(no_direct)?;
        Ok(Self {
            file,
            bytes,
            read_only: spec.read_only,
            direct,
        })
    }

    /// Size in bytes, a multiple of the sector size.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether writes are refused.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Where a transfer of `bytes` from `sector` on begins in the file: an error unless it is whole sectors on the disk.
    pub fn offset_of(&self, sector: u64, bytes: u64) -> io::Result<u64> {
        let offset = sector.checked_mul(SECTOR_BYTES);
        let end = offset.and_then(|offset| offset.checked_add(bytes));
        let fits = end.is_some_and(|end| end <= self.bytes) && bytes.is_multiple_of(SECTOR_BYTES);
        offset
            .filter(|_| fits)
            .ok_or(io::ErrorKind::InvalidInput.into())
    }

    /// Fills the pieces of guest memory from `offset` on.
    pub fn read(&self, offset: u64, pieces: &[VolatileSlice<'_>]) -> io::Result<()> {
        self.unless_unaligned(offset, pieces, || {
            file_io::read_exact_at(&self.file, pieces, offset)
        })
    }

    /// Writes the pieces of guest memory from `offset` on.
    pub fn write(&self, offset: u64, pieces: &[VolatileSlice<'_>]) -> io::Result<()> {
        if self.read_only {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        self.unless_unaligned(offset, pieces, || {
            file_io::write_all_at(&self.file, pieces, offset)
        })
    }

    /// Makes everything written so far durable: fdatasync(2).
    pub fn flush(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Does a transfer; without O_DIRECT if that can't do it.
    fn unless_unaligned(
        &self,
        offset: u64,
        pieces: &[VolatileSlice<'_>],
        transfer: impl Fn() -> io::Result<()>,
    ) -> io::Result<()> {
        match self.direct {
            Some(alignment) if !alignment.fits(offset, pieces) => {
                file_io::set_direct(&self.file, false)?;
                let result = transfer();
                file_io::set_direct(&self.file, true)?;
                result
            }
            _ => transfer(),
        }
    }
}
