//! The one host file that is behind every backend's disk: made once per run, removed at its end.
//!
//! 1. A folder of its own is made where the user wants the I/O to happen (by default in the run's results folder: /tmp is
//!    memory on many hosts).
//! 2. The file is filled with the workload's pattern, so that every read can be verified, and brought to storage.
//! 3. Dropping it removes both, after Ctrl-C too; and if the harness is killed, `remover.rs` does.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use workload::pattern;

use crate::remover::Remover;

/// Of the pattern that fills the file; the workload is told the same one.
pub const SEED: u64 = 1;

const BLOCK_BYTES: usize = 1 << 20;

/// The file and the folder made for it.
#[derive(Debug)]
pub struct IoFile {
    folder: PathBuf,
    path: PathBuf,
    _remover: Remover,
}

impl IoFile {
    /// Makes the file below `parent`.
    ///
    /// # Errors
    /// When there is no room or no right to write.
    pub fn create(parent: &Path, size_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        // Absolute: a container's bind mount is made from another folder.
        let parent = parent.canonicalize()?;
        let folder = parent.join(format!("isolab-io-{}", std::process::id()));
        // Before the folder: from the first moment on there is somebody who removes it.
        let remover = Remover::of_folder(&folder)?;
        fs::create_dir(&folder)?;
        let file = Self {
            path: folder.join("disk"),
            _remover: remover,
            folder,
        };
        fill(&file.path, size_bytes)?;
        Ok(file)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for IoFile {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.folder);
        if let Err(error) = removed.or_else(accept_absence) {
            eprintln!(
                "isolab: could not remove {}: {error}",
                self.folder.display()
            );
        }
    }
}

fn accept_absence(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound {
        Ok(())
    } else {
        Err(error)
    }
}

/// Makes a file of the pattern.
///
/// # Errors
/// When it exists, or there is no room.
pub(crate) fn fill(path: &Path, size_bytes: u64) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    let mut block = vec![0; BLOCK_BYTES];
    pattern::fill(SEED, 0, &mut block);
    for offset in (0..size_bytes).step_by(BLOCK_BYTES) {
        pattern::stamp(SEED, offset, &mut block);
        let length = (size_bytes - offset).min(BLOCK_BYTES as u64);
        file.write_all(&block[..length as usize])?;
    }
    file.sync_all()
}

/// Brings everything that was written to storage.
///
/// # Errors
/// When storage fails.
pub fn settle(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_its_size_and_goes_with_its_folder() {
        let parent = tempfile::tempdir().unwrap();
        let file = IoFile::create(parent.path(), 1 << 20).unwrap();
        assert_eq!(fs::metadata(file.path()).unwrap().len(), 1 << 20);
        drop(file);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
