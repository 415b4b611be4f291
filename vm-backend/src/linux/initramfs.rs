//! The initramfs: the first, and here the only, file system of the guest.
//!
//! A kernel unpacks it into memory and starts `/init` from it. The format is cpio's "newc": for each file a header of 110
//! characters, all numbers in hexadecimal, then name and contents, each padded to 4 bytes. It is made in memory at each
//! start, so that the workload is the very file that was named.
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

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;

/// Kinds of files, as in stat(2).
const FOLDER: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
const CHARACTER_DEVICE: u32 = 0o020_000;
/// The name that ends an archive.
const TRAILER: &str = "TRAILER!!!";

/// An archive that is being written.
#[derive(Debug, Default)]
pub struct Initramfs {
    bytes: Vec<u8>,
    /// Files so far: their inode numbers.
    count: u32,
}

impl Initramfs {
    /// Adds an empty folder. Those above it must be there already.
    pub fn folder(&mut self, name: &str) {
        self.entry(name, FOLDER | 0o755, &[], (0, 0));
    }

    /// Adds a file.
    pub fn file(&mut self, name: &str, mode: u32, contents: &[u8]) {
        self.entry(name, REGULAR | mode, contents, (0, 0));
    }

    /// Adds a symbolic link.
    pub fn link(&mut self, name: &str, target: &str) {
        self.entry(name, LINK | 0o777, target.as_bytes(), (0, 0));
    }

    /// Adds a character device.
    pub fn device(&mut self, name: &str, major: u32, minor: u32) {
        self.entry(name, CHARACTER_DEVICE | 0o600, &[], (major, minor));
    }

    /// Adds what a folder of the host holds, below `/`. Devices and sockets are left out.
    ///
    /// # Errors
    /// When something can't be read.
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
                self.entry(&name, FOLDER | mode, &[], (0, 0));
                self.copy_of(&entry.path(), &format!("{name}/"))?;
            } else if kind.is_symlink() {
                let target = fs::read_link(entry.path())?;
                self.entry(&name, LINK | mode, target.as_os_str().as_bytes(), (0, 0));
            } else if kind.is_file() {
                self.file(&name, mode, &fs::read(entry.path())?);
            } else if kind.is_char_device() {
                let device = metadata.rdev();
                self.device(&name, libc::major(device), libc::minor(device));
            }
        }
        Ok(())
    }

    fn entry(&mut self, name: &str, mode: u32, contents: &[u8], device: (u32, u32)) {
        self.count += 1;
        self.put(self.count, name, mode, contents, device);
    }

    fn put(&mut self, inode: u32, name: &str, mode: u32, contents: &[u8], device: (u32, u32)) {
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
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08x}").bytes());
        }
        self.bytes.extend(name.bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(contents);
        self.pad();
    }

    fn pad(&mut self) {
        let length = self.bytes.len().next_multiple_of(4);
        self.bytes.resize(length, 0);
    }

    /// The finished archive.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.put(0, TRAILER, 0, &[], (0, 0));
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn another_cpio_reads_it() {
        let mut archive = Initramfs::default();
        archive.folder("modules");
        archive.file("init", 0o755, b"#!/bin/sh\n");
        archive.link("data", "dev/vda");
        let archive = archive.finish();
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
        io::Write::write_all(&mut cpio.stdin.take().unwrap(), &archive).unwrap();
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
    fn headers_are_110_characters_and_everything_is_padded() {
        let mut archive = Initramfs::default();
        archive.file("a", 0o644, b"xyz");
        let bytes = archive.finish();
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
        fs::write(folder.path().join("etc/hosts"), "x").unwrap();
        let mut archive = Initramfs::default();
        archive.copy_of(folder.path(), "").unwrap();
        let text = String::from_utf8_lossy(&archive.finish()).into_owned();
        assert!(text.contains("etc/hosts\0"), "{text}");
    }
}
