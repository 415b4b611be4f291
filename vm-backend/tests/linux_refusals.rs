//! What can't be booted is refused before there is a VM: one line that names it, one that helps, exit code 125.

mod support;

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use support::{Ended, compile, run};

#[track_caller]
fn refused(ended: Ended, words: &[&str]) {
    let ended = ended.expect_code(125);
    for word in words.iter().chain(&["vm-backend: ", "help: "]) {
        assert!(ended.err.contains(word), "no {word:?} in {ended:#?}");
    }
    assert_eq!(ended.err.lines().count(), 2, "{ended:#?}");
}

fn boot(kernel: &Path, options: &[&str]) -> Ended {
    let kernel = kernel.to_str().expect("paths of tests are text");
    let all = [&["--guest", "linux", "--kernel", kernel][..], options].concat();
    run(&all, &program(), &["exit", "7"])
}

fn program() -> std::path::PathBuf {
    compile("cc", &["-O1", "-static"], "endings.c")
}

/// What looks like a bzImage: a header, one sector of 16-bit code, and 4 KiB of nothing.
fn bz_image() -> Vec<u8> {
    let mut image = vec![0; 1024 + 4096];
    let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
    put(0x1f1, &[1]);
    put(0x1f4, &(4096u32 / 16).to_le_bytes());
    put(0x202, b"HdrS");
    put(0x206, &0x020fu16.to_le_bytes());
    put(0x20e, &0x100u16.to_le_bytes());
    put(0x211, &[1]);
    put(0x214, &0x10_0000u32.to_le_bytes());
    put(0x236, &1u16.to_le_bytes());
    put(0x258, &0x100_0000u64.to_le_bytes());
    put(0x260, &0x20_0000u32.to_le_bytes());
    put(0x300, b"6.1.0-test (builder) #1\0");
    image
}

#[test]
fn kernels_that_are_none_or_only_parts() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, contents: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, contents).unwrap();
        path
    };
    let whole = bz_image();
    let mut old = whole.clone();
    old[0x236] = 0;
    let mut low = whole.clone();
    low[0x214..0x218].copy_from_slice(&0x1000u32.to_le_bytes());
    let program = fs::read(program()).unwrap();
    for (path, words) in [
        (folder.path().join("none"), &["none", "No such file"][..]),
        (folder.path().to_path_buf(), &["neither a bzImage nor"]),
        (file("text", b"#!/bin/sh\n"), &["text", "neither a bzImage"]),
        (file("empty", b""), &["neither a bzImage"]),
        (file("part", &whole[..2000]), &["cut short: 2000 of 5120"]),
        (file("head", &whole[..0x210]), &["neither a bzImage nor"]),
        (file("old", &old), &["no 64-bit entry"]),
        (file("low", &low), &["can't be loaded"]),
        (file("elf", &program[..program.len() / 2]), &["cut short"]),
    ] {
        refused(boot(&path, &[]), words);
    }
}

#[test]
fn no_kernel_at_all() {
    refused(run(&["--guest", "linux"], &program(), &[]), &["--kernel"]);
}

#[test]
fn memory_that_kernel_and_initramfs_do_not_fit_into() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("kernel");
    fs::write(&kernel, bz_image()).unwrap();
    refused(
        boot(&kernel, &["--memory", "20M"]),
        &["20 MiB of memory are too little", "--memory"],
    );
    let extra = folder.path().join("extra");
    fs::create_dir(&extra).unwrap();
    // Holes: nothing is read before there is room.
    let large = File::create(extra.join("large")).unwrap();
    large.set_len(200 << 20).unwrap();
    let options = ["--initrd-extra", extra.to_str().unwrap()];
    let needed = ["128 MiB of memory are too little: 4", "--memory 4"];
    refused(boot(&kernel, &options), &needed);
}

#[test]
fn modules_that_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("vmlinuz");
    fs::write(&kernel, bz_image()).unwrap();
    let modules = folder.path().join("lib/modules");
    fs::create_dir_all(modules.join("6.1.0-other")).unwrap();
    refused(boot(&kernel, &[]), &["6.1.0-test", "No such file"]);
    let own = modules.join("6.1.0-test");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("modules.dep"), "kernel/virtio_blk.ko.xz:\n").unwrap();
    refused(boot(&kernel, &[]), &["virtio_blk.ko.xz", "No such file"]);
}

#[test]
fn a_module_that_unpacks_to_more_than_any_module() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("vmlinuz");
    fs::write(&kernel, bz_image()).unwrap();
    let own = folder.path().join("lib/modules/6.1.0-test");
    fs::create_dir_all(&own).unwrap();
    for (tool, extension) in [("gzip", "gz"), ("xz", "xz"), ("zstd", "zst")] {
        let module = own.join("virtio_blk.ko");
        let plain = File::create(&module).unwrap();
        plain.set_len((64 << 20) + 1).unwrap();
        match Command::new(tool).args(["-1", "-q"]).arg(&module).status() {
            Ok(status) => assert!(status.success(), "{tool}"),
            Err(_) => {
                println!("SKIP: there is no {tool}");
                continue;
            }
        }
        let packed = format!("virtio_blk.ko.{extension}");
        fs::write(own.join("modules.dep"), format!("{packed}:\n")).unwrap();
        refused(boot(&kernel, &[]), &[&packed, "longer than 64 MiB"]);
    }
}

#[test]
fn an_initramfs_folder_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("vmlinuz");
    fs::write(&kernel, bz_image()).unwrap();
    let options = ["--initrd-extra", "/no/such/folder"];
    refused(boot(&kernel, &options), &["/no/such/folder"]);
}

#[test]
fn a_command_line_that_is_too_long() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("vmlinuz");
    fs::write(&kernel, bz_image()).unwrap();
    let words = "x".repeat(2048);
    let options = ["--cmdline-extra", &words];
    refused(boot(&kernel, &options), &["--cmdline-extra", "2048"]);
}
