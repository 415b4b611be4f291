//! Linux' disk is a file of the host: what the guest writes is in it, or refused.

#[path = "support/linux.rs"]
mod linux;
mod support;
mod vm;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use linux::{kernels, one_of_each};
use support::compile;

const SECTOR: usize = 512;

fn guest() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| compile("cc", &["-O1", "-static"], "guest.c"))
}

/// The value of a line of `--stats`.
fn count(stats: &str, key: &str) -> Option<u64> {
    let mut lines = stats.lines();
    lines.find_map(|line| line.strip_prefix(key)?.trim().parse().ok())
}

#[test]
fn what_the_guest_writes_is_on_the_disk_and_flushed() {
    for kernel in kernels() {
        let disk = tempfile::NamedTempFile::new().unwrap();
        disk.as_file().set_len(1 << 20).unwrap();
        let option = disk.path().to_str().unwrap();
        let options = ["--disk", option, "--stats", "2"];
        let ended = kernel.run(&options, guest(), &["write"]);
        assert_eq!(ended.code, 0, "{}: {ended:?}", kernel.name);
        let flushes = count(&ended.stderr, "disk flushes ");
        assert!(flushes.is_some_and(|flushes| flushes > 0), "{ended:?}");
        let contents = fs::read(disk.path()).unwrap();
        for (number, sector) in contents.chunks(SECTOR).enumerate() {
            let written = [0, 1, 7, 8, 100, 2047].contains(&number);
            let expected = if written { (number + 1) as u8 } else { 0 };
            assert!(
                sector.iter().all(|byte| *byte == expected),
                "{}: sector {number}",
                kernel.name
            );
        }
    }
}

/// What guest.c leaves on a disk of 1 MiB after `write-direct`.
fn direct_pattern() -> Vec<u8> {
    let mut expected = vec![0; 1 << 20];
    let (mut at, mut bytes) = (0, SECTOR);
    while at + bytes <= expected.len() {
        expected[at..at + bytes].fill((at / SECTOR % 251) as u8);
        at += bytes;
        bytes = if bytes < 65536 { bytes * 2 } else { SECTOR };
    }
    expected
}

#[test]
fn direct_transfers_of_any_size_are_on_the_disk() {
    for kernel in kernels() {
        for suffix in ["", ":direct"] {
            let disk = tempfile::NamedTempFile::new().unwrap();
            disk.as_file().set_len(1 << 20).unwrap();
            let option = format!("{}{suffix}", disk.path().display());
            let options = ["--disk", &option, "--stats", "2"];
            let ended = kernel.run(&options, guest(), &["write-direct"]);
            if ended.stderr.contains("has no direct I/O") {
                support::skip("direct-io", "no direct I/O for temporary files");
                continue;
            }
            assert_eq!(ended.code, 0, "{} {suffix}: {ended:?}", kernel.name);
            let contents = fs::read(disk.path()).unwrap();
            assert!(contents == direct_pattern(), "{} {suffix}", kernel.name);
            let flushes = count(&ended.stderr, "disk flushes ");
            assert!(
                flushes.is_some_and(|flushes| flushes > 0),
                "{} {suffix}: {ended:?}",
                kernel.name
            );
        }
    }
}

#[test]
fn a_read_only_disk_stays_as_it_is() {
    for kernel in one_of_each() {
        let disk = tempfile::NamedTempFile::new().unwrap();
        fs::write(disk.path(), [65; 4096]).unwrap();
        let option = format!("{}:ro", disk.path().display());
        let options = ["--disk", &option, "--stats", "2"];
        let ended = kernel.run(&options, guest(), &["write-read-only"]);
        assert_eq!(ended.code, 0, "{}: {ended:?}", kernel.name);
        assert_eq!(ended.text(), "written: 0\nread: 1, 65\n", "{ended:?}");
        assert_eq!(count(&ended.stderr, "disk write-bytes "), Some(0));
        assert_eq!(fs::read(disk.path()).unwrap(), [65; 4096]);
    }
}
