//! The initramfs: the first, and here the only, file system of the guest.
//!
//! A kernel unpacks it into memory and starts `/init` from it. The format is cpio's "newc": for each file a header of 110
//! characters, all numbers in hexadecimal, then name and contents, each padded to 4 bytes. It is made at each start, in
//! guest memory, so that the workload is the very file that was named, and nothing is copied twice.
//!
//! ```text
//! /init               guest-init
//! /program            the workload
//! /arguments          its arguments, each ended by a NUL
//! /modules/NN-NAME    kernel modules, in the order in which they must be loaded
//! /dev/console        what the kernel opens as init's first three descriptors
//! ```
//!
//! Read next: Documentation/driver-api/early-userspace/buffer-format.rst; cpio(5).

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use vm_memory::{Bytes, GuestAddress, GuestMemoryError, GuestMemoryMmap};

/// Kinds of files, as in stat(2).
const FOLDER: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
const CHARACTER_DEVICE: u32 = 0o020_000;
/// The name that ends an archive.
const TRAILER: &str = "TRAILER!!!";
/// Names and contents begin at multiples of this.
const ALIGNMENT: u64 = 4;

/// What is in a file.
#[derive(Debug)]
pub enum Contents<'a> {
    /// These bytes.
    Bytes(Cow<'a, [u8]>),
    /// What a file of the host begins with: so many bytes.
    HostFile(PathBuf, u64),
}

impl Contents<'_> {
    /// All of a file of the host.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(path: PathBuf) -> io::Result<Self> {
        let bytes = fs::metadata(&path)?.len();
        Ok(Self::HostFile(path, bytes))
    }

    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::HostFile(_, bytes) => *bytes,
        }
    }
}

/// A header with a name, and what follows it.
#[derive(Debug)]
struct Entry<'a> {
    header: Vec<u8>,
    contents: Contents<'a>,
}

/// An archive that is planned: it is written only once, where the guest finds it.
#[derive(Debug, Default)]
pub struct Initramfs<'a> {
    entries: Vec<Entry<'a>>,
}

impl<'a> Initramfs<'a> {
    /// Adds an empty folder. Those above it must be there already.
    pub fn folder(&mut self, name: &str) {
        self.entry(name, FOLDER | 0o755, empty(), (0, 0));
    }

    /// Adds a file.
    pub fn file(&mut self, name: &str, mode: u32, contents: Contents<'a>) {
        self.entry(name, REGULAR | mode, contents, (0, 0));
    }

    /// Adds a file with these bytes.
    pub fn text(&mut self, name: &str, mode: u32, bytes: impl Into<Cow<'a, [u8]>>) {
        self.file(name, mode, Contents::Bytes(bytes.into()));
    }

    /// Adds a symbolic link.
    pub fn link(&mut self, name: &str, target: &[u8]) {
        let target = Contents::Bytes(target.to_vec().into());
        self.entry(name, LINK | 0o777, target, (0, 0));
    }

    /// Adds a character device.
    pub fn device(&mut self, name: &str, major: u32, minor: u32) {
        self.entry(name, CHARACTER_DEVICE | 0o600, empty(), (major, minor));
    }

    /// Adds what a folder of the host holds, below `/`. Disks and sockets are left out.
    ///
    /// # Errors
    /// When something can't be looked at.
    pub fn copy_of(&mut self, folder: &Path, below: &str) -> io::Result<()> {
        let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let name = format!("{below}{}", name.to_string_lossy());
            let metadata = entry.metadata()?;
            let kind = metadata.file_type();
            let mode = metadata.permissions().mode() & 0o7777;
            if kind.is_dir() {
                self.entry(&name, FOLDER | mode, empty(), (0, 0));
                self.copy_of(&entry.path(), &format!("{name}/"))?;
            } else if kind.is_symlink() {
                let target = fs::read_link(entry.path())?;
                self.link(&name, target.as_os_str().as_bytes());
            } else if kind.is_file() {
                self.file(&name, mode, Contents::of(entry.path())?);
            } else if kind.is_char_device() {
                let device = metadata.rdev();
                self.device(&name, libc::major(device), libc::minor(device));
            }
        }
        Ok(())
    }

    /// Adds the end.
    #[must_use]
    pub fn finish(mut self) -> Self {
        self.entry(TRAILER, 0, empty(), (0, 0));
        self
    }

    /// Its length.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let entries = self.entries.iter();
        entries
            .map(|entry| {
                (entry.header.len() as u64).saturating_add(
                    entry
                        .contents
                        .len()
                        .checked_next_multiple_of(ALIGNMENT)
                        .unwrap_or(u64::MAX),
                )
            })
            .fold(0, u64::saturating_add)
    }

    /// Writes it into guest memory, files straight from where they are. Padding is not written: that memory is zero.
    ///
    /// # Errors
    /// When a file can't be read, or has become shorter.
    pub fn write(&self, memory: &GuestMemoryMmap, at: GuestAddress) -> io::Result<()> {
        let outside = |error: GuestMemoryError| io::Error::other(error);
        let mut at = at.0;
        for Entry { header, contents } in &self.entries {
            memory
                .write_slice(header, GuestAddress(at))
                .map_err(outside)?;
            at += header.len() as u64;
            match contents {
                Contents::Bytes(bytes) => {
                    memory
                        .write_slice(bytes, GuestAddress(at))
                        .map_err(outside)?;
                }
                Contents::HostFile(path, bytes) => {
                    copy(memory, at, path, *bytes).map_err(|error| {
                        io::Error::new(error.kind(), format!("{}: {error}", path.display()))
                    })?
                }
            }
            at += contents.len().next_multiple_of(ALIGNMENT);
        }
        Ok(())
    }

    /// Writes the same bytes into a file.
    ///
    /// # Errors
    /// When a file can't be read, has become shorter, or can't be written.
    pub fn write_to(&self, to: &mut impl Write) -> io::Result<()> {
        for Entry { header, contents } in &self.entries {
            to.write_all(header)?;
            match contents {
                Contents::Bytes(bytes) => to.write_all(bytes)?,
                Contents::HostFile(path, bytes) => {
                    let copied = io::copy(&mut File::open(path)?.take(*bytes), to)?;
                    if copied < *bytes {
                        let what = format!("{}: it has become shorter", path.display());
                        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
                    }
                }
            }
            let padding = contents.len().next_multiple_of(ALIGNMENT) - contents.len();
            to.write_all(&[0; ALIGNMENT as usize][..padding as usize])?;
        }
        Ok(())
    }

    fn entry(&mut self, name: &str, mode: u32, contents: Contents<'a>, device: (u32, u32)) {
        let inode = self.entries.len() as u32 + 1;
        let (uid, gid, links, time, check) = (0, 0, 1, 0, 0);
        let fields = [
            inode,
            mode,
            uid,
            gid,
            links,
            time,
            contents.len() as u32,
            0,
            0,
            device.0,
            device.1,
            name.len() as u32 + 1,
            check,
        ];
        let mut header = b"070701".to_vec();
        for field in fields {
            header.extend(format!("{field:08x}").bytes());
        }
        header.extend(name.bytes());
        header.push(0);
        header.resize(header.len().next_multiple_of(ALIGNMENT as usize), 0);
        self.entries.push(Entry { header, contents });
    }
}

fn empty() -> Contents<'static> {
    Contents::Bytes(Cow::Borrowed(&[]))
}

fn copy(memory: &GuestMemoryMmap, at: u64, path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = File::open(path)?;
    let length = usize::try_from(bytes).map_err(io::Error::other)?;
    memory
        .read_exact_volatile_from(GuestAddress(at), &mut file, length)
        .map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    use crate::ram::Ram;

    const AT: GuestAddress = GuestAddress(0x10_0000);

    fn written(archive: Initramfs<'_>) -> Vec<u8> {
        let ram = Ram::new(16 << 20).unwrap();
        let archive = archive.finish();
        archive.write(ram.memory(), AT).unwrap();
        let mut bytes = vec![0; archive.bytes() as usize];
        ram.memory().read_slice(&mut bytes, AT).unwrap();
        bytes
    }

    #[test]
    fn another_cpio_reads_it() {
        let mut archive = Initramfs::default();
        archive.folder("modules");
        archive.text("init", 0o755, b"#!/bin/sh\n");
        archive.link("data", b"dev/vda");
        let archive = written(archive);
        let folder = tempfile::tempdir().unwrap();
        let cpio = Command::new("cpio")
            .args(["-id", "--quiet"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .spawn();
        let Ok(mut cpio) = cpio else {
            println!("SKIP: there is no cpio");
            return;
        };
        Write::write_all(&mut cpio.stdin.take().unwrap(), &archive).unwrap();
        assert!(cpio.wait().unwrap().success());
        assert_eq!(
            fs::read(folder.path().join("init")).unwrap(),
            b"#!/bin/sh\n"
        );
        assert_eq!(
            fs::read_link(folder.path().join("data")).unwrap(),
            Path::new("dev/vda")
        );
        assert!(folder.path().join("modules").is_dir());
    }

    #[test]
    fn a_file_gets_the_bytes_that_guest_memory_gets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seven");
        fs::write(&path, "7 bytes").unwrap();
        let plan = || {
            let mut archive = Initramfs::default();
            archive.text("a", 0o644, b"xyz");
            archive.file("seven", 0o644, Contents::of(path.clone()).unwrap());
            archive
        };
        let mut bytes = Vec::new();
        plan().finish().write_to(&mut bytes).unwrap();
        assert_eq!(bytes, written(plan()));
        let cut = plan().finish();
        fs::write(&path, "7").unwrap();
        assert!(cut.write_to(&mut bytes).is_err());
    }

    #[test]
    fn headers_are_110_characters_and_everything_is_padded() {
        let mut archive = Initramfs::default();
        archive.text("a", 0o644, b"xyz");
        let bytes = written(archive);
        assert_eq!(&bytes[..6], b"070701");
        assert_eq!(&bytes[110..112], b"a\0");
        assert_eq!(&bytes[112..116], b"xyz\0");
        assert_eq!(&bytes[116..122], b"070701");
        assert_eq!(bytes.len() % 4, 0);
    }

    #[test]
    fn a_folder_of_the_host_is_copied_with_its_modes() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("etc")).unwrap();
        fs::write(folder.path().join("etc/hosts"), "contents").unwrap();
        let mut archive = Initramfs::default();
        archive.copy_of(folder.path(), "").unwrap();
        let text = String::from_utf8_lossy(&written(archive)).into_owned();
        assert!(text.contains("etc/hosts\0"), "{text}");
        assert!(text.contains("contents"), "{text}");
    }

    #[test]
    fn a_file_that_has_become_shorter_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "contents").unwrap();
        let mut archive = Initramfs::default();
        archive.file("file", 0o644, Contents::of(path.clone()).unwrap());
        fs::write(&path, "con").unwrap();
        let ram = Ram::new(16 << 20).unwrap();
        let error = archive.write(ram.memory(), AT).unwrap_err();
        assert!(error.to_string().contains("file"), "{error}");
    }
}
