//! Against what was recorded, and what needs no Firecracker.

use std::fs;
use std::path::Path;

use super::jail::{bring, jailer_arguments, link};
use super::*;

#[test]
fn the_configuration_is_the_one_that_was_recorded() {
    let disk = Disk {
        file: "/results/io-file".into(),
        direct: false,
    };
    let boot = Boot {
        kernel: "/cache/vmlinux".into(),
        initramfs: Some("/proc/self/fd/5".into()),
        command_line: "quiet console=ttyS0".to_owned(),
        disk: Some(&disk),
        memory_bytes: 128 << 20,
    };
    let recorded = json!({
        "boot-source": {
            "kernel_image_path": "/cache/vmlinux",
            "initrd_path": "/proc/self/fd/5",
            "boot_args": "quiet console=ttyS0",
        },
        "drives": [{
            "drive_id": "disk",
            "path_on_host": "/results/io-file",
            "is_root_device": false,
            "is_read_only": false,
            "cache_type": "Writeback",
        }],
        "machine-config": {"vcpu_count": 1, "mem_size_mib": 128},
    });
    assert_eq!(boot.configuration(), recorded);
}

#[test]
fn a_floor_guest_has_neither_initramfs_nor_disk() {
    let boot = Boot {
        kernel: "/proc/self/fd/4".into(),
        initramfs: None,
        command_line: String::new(),
        disk: None,
        memory_bytes: FLOOR_MEMORY_BYTES,
    };
    let configuration = boot.configuration();
    assert!(configuration["boot-source"].get("initrd_path").is_none());
    assert_eq!(configuration["drives"], json!([]));
}

#[test]
fn the_jailers_command_line_is_the_one_that_was_recorded() {
    let arguments = jailer_arguments(
        Path::new("/usr/bin/firecracker"),
        Path::new("/tmp/isolab-jail-Ab1"),
        "isolabjailAb1",
    );
    assert_eq!(
        arguments.join(" "),
        "--id isolabjailAb1 --exec-file /usr/bin/firecracker --uid 65534 --gid 65534 \
         --chroot-base-dir /tmp/isolab-jail-Ab1 -- --no-api --config-file configuration.json"
    );
}

#[test]
fn what_is_brought_into_a_jail_has_a_path_there() {
    if !nix::unistd::geteuid().is_root() {
        crate::require::skip("root", "giving files to another user needs root");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    fs::write(&file, "contents").unwrap();
    let inside = bring(root.path(), &file, "kernel").unwrap();
    assert_eq!(inside, Path::new("/kernel"));
    assert_eq!(fs::read(root.path().join("kernel")).unwrap(), b"contents");
    let linked = link(root.path(), &file, "disk").unwrap();
    assert_eq!(linked, Path::new("/disk"));
}
