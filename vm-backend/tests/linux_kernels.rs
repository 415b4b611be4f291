//! Kernels come in several shapes, and bring their drivers in several: all of them boot.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

#[path = "support/linux.rs"]
mod linux;
mod support;
mod vm;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use linux::{Kernel, kernels, one_of_each};
use support::compile;

/// Where an ELF header says where its table of segments is, and how many there are; length of an entry; kind of a note.
const ELF_TABLE: usize = 32;
const ELF_COUNT: usize = 56;
const SEGMENT_BYTES: usize = 56;
const PT_NOTE: u32 = 4;

fn guest() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| compile("cc", &["-O1", "-static"], "guest.c"))
}

/// Boots it.
fn expect_boot(kernel: &Kernel, what: &str) {
    let ended = kernel.run(&[], guest(), &["cpus"]);
    assert_eq!(ended.text(), "1\n", "{} {what}: {ended:?}", kernel.name);
}

#[test]
fn a_vmlinux_without_the_note_of_pvh_is_entered_in_64_bit_mode() {
    let mut all = kernels().iter();
    let Some(kernel) = all.find(|kernel| kernel.name.ends_with("vmlinux")) else {
        return;
    };
    let mut image = fs::read(&kernel.image).unwrap();
    let table = u64::from_le_bytes(image[ELF_TABLE..][..8].try_into().unwrap()) as usize;
    let count = usize::from(image[ELF_COUNT]);
    let mut notes = 0;
    for segment in image[table..][..count * SEGMENT_BYTES].chunks_exact_mut(SEGMENT_BYTES) {
        if segment[..4] == PT_NOTE.to_le_bytes() {
            segment[..4].fill(0);
            notes += 1;
        }
    }
    assert!(
        notes > 0,
        "the kernel has the note that this test takes away"
    );
    let without = tempfile::NamedTempFile::new().unwrap();
    fs::write(without.path(), image).unwrap();
    let kernel = Kernel {
        image: without.path().to_path_buf(),
        ..kernel.clone()
    };
    expect_boot(&kernel, "without its note");
}

/// Copies a kernel's modules that virtio drivers may need, packed by this tool, with a `modules.dep` that says so.
fn pack_modules(from: &Path, to: &Path, tool: &str, extension: &str) {
    let dependencies = fs::read_to_string(from.join("modules.dep")).unwrap();
    let lines: Vec<&str> = dependencies
        .lines()
        .filter(|line| {
            line.split(':')
                .next()
                .is_some_and(|path| path.contains("virtio"))
        })
        .collect();
    for path in lines.iter().flat_map(|line| line.split([':', ' '])) {
        let target = to.join(path);
        if path.is_empty() || target.with_extension(format!("ko.{extension}")).exists() {
            continue;
        }
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(path), &target).unwrap();
        let packed = Command::new(tool).arg("-q").arg(&target).status();
        assert!(packed.expect("the tool is there").success(), "{tool}");
    }
    let packed = lines.join("\n").replace(".ko", &format!(".ko.{extension}"));
    fs::write(to.join("modules.dep"), packed + "\n").unwrap();
}

#[test]
fn drivers_may_be_compressed() {
    let mut all = one_of_each().into_iter();
    let Some(kernel) = all.find(|kernel| !kernel.has_drivers()) else {
        return;
    };
    let beside = kernel.image.with_file_name("lib").join("modules");
    let release = fs::read_dir(&beside).unwrap().next().unwrap().unwrap();
    for (tool, extension) in [("gzip", "gz"), ("xz", "xz"), ("zstd", "zst")] {
        if Command::new(tool).arg("--version").output().is_err() {
            support::skip(tool, &format!("there is no {tool}"));
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("vmlinuz");
        symlink(&kernel.image, &image).unwrap();
        let modules = folder.path().join("lib/modules").join(release.file_name());
        fs::create_dir_all(&modules).unwrap();
        pack_modules(&release.path(), &modules, tool, extension);
        expect_boot(&Kernel { image, ..kernel }, extension);
    }
}

/// Whether this KVM's CPUs make random numbers.
fn has_rdrand() -> bool {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap();
    info.split_whitespace().any(|word| word == "rdrand")
}

#[test]
fn randomness_is_there_from_the_start() {
    for kernel in one_of_each() {
        let ended = kernel.run(&[], guest(), &["random"]);
        assert_eq!(ended.code, 0, "{}: {ended:?}", kernel.name);
        let text = ended.text();
        assert!(text.starts_with("32 bytes"), "{}: {ended:?}", kernel.name);
        // Our device is there where the CPU has none, and only there.
        assert_eq!(text.contains("virtio"), !has_rdrand(), "{text}");
    }
}
