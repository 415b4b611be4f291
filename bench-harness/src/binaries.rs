//! The static executables inside `isolab`, and how they reach the disk.
//!
//! One copied `isolab` file is enough to set up a classroom: the workload and the two launchers are embedded in it
//! (`build.rs` made them) and unpacked on first use to a cache folder named by their content, so that two versions of
//! isolab on one machine never run each other's files.
//!
//! 1. The SHA-256 of every embedded file is taken; together they name the folder.
//! 2. A file that is already there is used only if its content has the expected hash.
//! 3. Otherwise it is written beside its place and renamed: an interrupted or parallel unpacking is never executed.

use std::fmt::Write as _;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use nix::unistd::geteuid;
use sha2::{Digest, Sha256};

const WORKLOAD: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/workload"));
const CONTAINER_BACKEND: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/container-backend"));
const VM_BACKEND: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vm-backend"));

/// One unpacked executable.
#[derive(Clone, Debug)]
pub struct Binary {
    /// Absolute path of the executable file.
    pub path: PathBuf,
    /// SHA-256 of its content, 64 hexadecimal digits.
    pub sha256: String,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// The executables that isolab launches, on disk and ready to run.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// The one program that runs in every backend.
    pub workload: Binary,
    /// The launcher that makes a container.
    pub container_backend: Binary,
    /// The launcher that makes a microVM.
    pub vm_backend: Binary,
}

impl Binaries {
    /// Unpacks what is not unpacked yet.
    ///
    /// # Errors
    /// When the cache folder can't be made or written, or belongs to another user.
    pub fn unpack() -> Result<Self> {
        let base = cache_folder();
        let hashes = [WORKLOAD, CONTAINER_BACKEND, VM_BACKEND].map(sha256_hex);
        let folder = base.join(&sha256_hex(hashes.concat().as_bytes())[..16]);
        make_private_folder(&folder).with_context(|| {
            format!(
                "making the cache folder {} (set XDG_CACHE_HOME to choose another)",
                folder.display()
            )
        })?;

        let [workload, container_backend, vm_backend] = hashes;
        Ok(Self {
            workload: place(&folder, "workload", WORKLOAD, workload)?,
            container_backend: place(
                &folder,
                "container-backend",
                CONTAINER_BACKEND,
                container_backend,
            )?,
            vm_backend: place(&folder, "vm-backend", VM_BACKEND, vm_backend)?,
        })
    }
}

/// `$XDG_CACHE_HOME/isolab`, `~/.cache/isolab`, or a folder of this user's in the folder for temporary files.
#[must_use]
pub fn cache_folder() -> PathBuf {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .map_or_else(
            || std::env::temp_dir().join(format!("isolab-{}", geteuid())),
            |cache| cache.join("isolab"),
        )
}

/// Makes `folder`, and refuses one that another user could change: what lies in it is executed, often as root.
fn make_private_folder(folder: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(folder)?;
    let metadata = std::fs::symlink_metadata(folder)?;
    ensure!(metadata.is_dir(), "it is not a folder");
    ensure!(
        metadata.uid() == geteuid().as_raw(),
        "it belongs to user {}",
        metadata.uid()
    );
    ensure!(
        metadata.mode() & 0o022 == 0,
        "other users may write to it (mode {:o})",
        metadata.mode() & 0o7777
    );
    Ok(())
}

fn place(folder: &Path, name: &str, content: &[u8], sha256: String) -> Result<Binary> {
    let path = folder.join(name);
    let intact = std::fs::read(&path).is_ok_and(|found| found == content);
    if !intact {
        write_executable(folder, &path, name, content)
            .with_context(|| format!("unpacking {}", path.display()))?;
    }
    Ok(Binary {
        path,
        sha256,
        size_bytes: content.len() as u64,
    })
}

fn write_executable(folder: &Path, path: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    // Of this thread: tests unpack in several at once.
    let unfinished = folder.join(format!(".{name}-{}", nix::unistd::gettid()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o755)
        .open(&unfinished)?;
    io::Write::write_all(&mut file, content)?;
    // Closed before the rename: executing a file that is open for writing fails with ETXTBSY.
    drop(file);
    std::fs::rename(&unfinished, path)
}

pub(crate) fn sha256_hex(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            // Writing to a String can't fail.
            write!(hex, "{byte:02x}").ok();
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_abc_is_the_published_one() {
        let published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), published);
    }

    #[test]
    fn a_damaged_file_is_replaced_and_an_intact_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place_it = || place(folder.path(), "program", b"content", String::new()).unwrap();
        std::fs::write(folder.path().join("program"), b"damaged").unwrap();
        let binary = place_it();
        assert_eq!(std::fs::read(&binary.path).unwrap(), b"content");
        let inode = std::fs::metadata(&binary.path).unwrap().ino();
        assert_eq!(std::fs::metadata(place_it().path).unwrap().ino(), inode);
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let error = make_private_folder(folder.path()).unwrap_err();
        assert!(
            error.to_string().contains("other users may write"),
            "{error}"
        );
    }

    #[test]
    fn the_embedded_programs_are_static_elf_files() {
        for program in [WORKLOAD, CONTAINER_BACKEND, VM_BACKEND] {
            assert_eq!(&program[..4], b"\x7fELF");
            // No program header of type PT_INTERP (3): nothing else is needed to run it.
            let headers = u16::from_le_bytes([program[56], program[57]]);
            let table = u64::from_le_bytes(program[32..40].try_into().unwrap()) as usize;
            let interpreter = (0..headers as usize).any(|index| program[table + index * 56] == 3);
            assert!(!interpreter, "an embedded program needs a dynamic linker");
        }
    }
}
