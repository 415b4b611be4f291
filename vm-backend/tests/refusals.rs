//! What can't be run is refused before there is a VM: one line that names it, one that helps, exit code 125.

mod support;

use std::os::unix::process::CommandExt;
use std::path::Path;

use support::{Ended, Running, compile, has_kvm, launcher, run, skip, vm};

const FAILED: i32 = 125;

#[track_caller]
fn refused(ended: Ended, words: &[&str]) {
    let ended = ended.expect_code(FAILED);
    for word in words.iter().chain(&["vm-backend: ", "help: "]) {
        assert!(ended.err.contains(word), "no {word:?} in {ended:#?}");
    }
    assert_eq!(ended.err.lines().count(), 2, "{ended:#?}");
}

fn hello() -> std::path::PathBuf {
    compile("cc", &["-O1", "-static"], "endings.c")
}

#[test]
fn files_that_are_no_static_programs() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    std::fs::write(&script, "#!/bin/sh\n").unwrap();
    let whole = std::fs::read(hello()).unwrap();
    let part = folder.path().join("part");
    std::fs::write(&part, &whole[..whole.len() / 4]).unwrap();
    let dynamic = compile("cc", &["-O1"], "endings.c");
    let object = compile("cc", &["-c"], "endings.c");
    for (path, words) in [
        (
            Path::new("/no/such/file"),
            &["/no/such/file", "No such file"][..],
        ),
        (&script, &["script", "not an ELF file"]),
        (folder.path(), &["not an ELF file"]),
        (&part, &["damaged", "cut short"]),
        (&dynamic, &["dynamically linked", "-static"]),
        (&object, &["not an executable"]),
    ] {
        refused(run(&[], path, &[]), words);
    }
}

#[test]
fn memory_that_is_too_little_or_too_much() {
    if !has_kvm() {
        return;
    }
    let program = hello();
    refused(
        run(&["--memory", "1M"], &program, &[]),
        &["too little", "--memory"],
    );
    refused(run(&["--memory", "64G"], &program, &[]), &["too much"]);
    // It is linked to 4 MiB, and 4 more are stack and guard: what is said to be enough, is enough.
    refused(
        run(&["--memory", "8M"], &program, &[]),
        &["10 MiB are needed"],
    );
    run(&["--memory", "10M"], &program, &["exit", "7"]).expect_code(7);
}

#[test]
fn disks_that_are_missing_or_have_half_a_sector() {
    let program = hello();
    let disk = tempfile::NamedTempFile::new().unwrap();
    disk.as_file().set_len(1000).unwrap();
    refused(
        run(&["--disk", "/no/such/disk"], &program, &[]),
        &["/no/such/disk", "No such file"],
    );
    let path = disk.path().to_str().unwrap();
    refused(run(&["--disk", path], &program, &[]), &[path, "512"]);
    refused(run(&["--disk", "/dev"], &program, &[]), &["/dev"]);
}

#[test]
fn descriptors_that_are_not_open() {
    let program = hello();
    refused(
        run(&["--timeline", "77"], &program, &[]),
        &["77", "--timeline"],
    );
    refused(run(&["--stats", "77"], &program, &[]), &["77", "--stats"]);
}

#[test]
fn options_that_make_no_sense() {
    for arguments in [
        &[][..],
        &["run"],
        &["run", "--memory", "lots", "--", "/x"],
        &["stop"],
        &["run", "--timeout", "0", "--", "/x"],
        &["run", "--serial", "--", "/x"],
    ] {
        refused(
            Running::start(launcher().args(arguments)).wait(),
            &["--help"],
        );
    }
    let help = Running::start(launcher().arg("--help"))
        .wait()
        .expect_code(0);
    assert!(help.out.starts_with("Runs a program"), "{help:#?}");
}

#[test]
fn a_kvm_that_may_not_be_used() {
    if !rustix::process::geteuid().is_root() {
        skip("root", "not root: can't become a user without KVM");
        return;
    }
    // A copy that everybody may run: the build's folder may be root's own.
    let folder = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempdir_in("/tmp")
        .unwrap();
    let (program, vmm) = (
        folder.path().join("program"),
        folder.path().join("vm-backend"),
    );
    std::fs::copy(hello(), &program).unwrap();
    std::fs::copy(launcher().get_program(), &vmm).unwrap();
    let mut command = std::process::Command::new(vmm);
    command
        .args(["run", "--"])
        .arg(&program)
        .uid(65534)
        .gid(65534);
    match std::fs::metadata("/dev/kvm") {
        // Debian gives it to everybody who sits at the machine; then there is nothing to refuse.
        Ok(kvm) if std::os::unix::fs::PermissionsExt::mode(&kvm.permissions()) & 6 != 6 => {
            refused(
                Running::start(&mut command).wait(),
                &["/dev/kvm", "Permission denied", "usermod -aG kvm"],
            );
        }
        Ok(_) => println!("SKIP: /dev/kvm is open to everybody"),
        Err(_) => refused(
            Running::start(&mut command).wait(),
            &["/dev/kvm", "modprobe"],
        ),
    }
}

#[test]
fn stdout_that_is_closed_is_the_program_s_affair() {
    if !has_kvm() {
        return;
    }
    let mut command = vm(&["--timeout", "10"], &hello(), &["exit", "7"]);
    // SAFETY: close is async-signal-safe.
    unsafe {
        command.pre_exec(|| {
            libc::close(1);
            Ok(())
        });
    }
    Running::start(&mut command).wait().expect_code(7);
}
