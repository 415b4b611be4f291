//! A fresh copy of the programs that nobody has read yet: as after they were shipped and the machine was started.
//!
//! 1. The programs are copied to a folder beside their usual place, so on the same storage.
//! 2. The copies are written to storage, and their pages then dropped from the page cache (`POSIX_FADV_DONTNEED`). That
//!    concerns these files only: nobody else on the machine notices.
//! 3. What can't be copied, because others name its path (a kernel, a foreign runtime), has its pages dropped where it lies;
//!    the kernel keeps pages that another process has mapped, as those of the C library.
//!
//! The folder is removed when the copy is dropped, also if the harness was killed (`remover.rs`).
//!
//! Read next: posix_fadvise(2), `experiment/portability.rs`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};

use crate::binaries::{Binaries, Binary};
use crate::remover::Remover;

/// Binaries that lie cold, as long as this value lives.
#[derive(Debug)]
pub struct ColdCopy {
    binaries: Binaries,
    _remover: Remover,
}

impl ColdCopy {
    /// Copies the binaries and drops the copies' pages.
    ///
    /// # Errors
    /// When there is no room or no right to write.
    pub fn of(binaries: &Binaries) -> io::Result<Self> {
        let beside = binaries.workload.path.parent().unwrap_or(Path::new("/"));
        let name = format!(
            "cold-{}-{:x}",
            std::process::id(),
            crate::clock::monotonic_ns()
        );
        let folder = beside.join(name);
        // Before the folder: from the first moment on there is somebody who removes it.
        let remover = Remover::of_folder(&folder)?;
        fs::create_dir(&folder)?;
        let binaries = Binaries {
            workload: copy(&binaries.workload, &folder)?,
            container_backend: copy(&binaries.container_backend, &folder)?,
            vm_backend: copy(&binaries.vm_backend, &folder)?,
        };
        Ok(Self {
            binaries,
            _remover: remover,
        })
    }

    /// The copies.
    #[must_use]
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }
}

fn copy(binary: &Binary, folder: &Path) -> io::Result<Binary> {
    let name = binary.path.file_name().unwrap_or_default();
    let path: PathBuf = folder.join(name);
    fs::copy(&binary.path, &path)?;
    cool(&path)?;
    Ok(Binary {
        path,
        ..binary.clone()
    })
}

/// Drops the pages of a file from the page cache. Dirty ones would stay: they are written first.
///
/// # Errors
/// When it can't be opened.
pub fn cool(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    file.sync_all()?;
    posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_have_the_same_content_and_go_with_their_value() {
        let binaries = Binaries::unpack().unwrap();
        let copied = ColdCopy::of(&binaries).unwrap();
        let path = copied.binaries().workload.path.clone();
        assert_ne!(path, binaries.workload.path);
        assert_eq!(
            fs::read(&path).unwrap(),
            fs::read(&binaries.workload.path).unwrap()
        );
        drop(copied);
        assert!(!path.exists() && binaries.workload.path.exists());
    }
}
