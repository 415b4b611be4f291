//! Ordinary Linux programs, compiled for Linux by ordinary compilers, run in the VM as they do on the host: the same output,
//! the same exit code, the same bytes on the disk.

mod support;
mod vm;

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use vm::compile::{C, Compiler, RUST};
use vm::{Finished, command, finish};

/// Two lines, one longer than the programs' buffers, and one without its end.
fn input() -> Vec<u8> {
    format!("one\ntwo\n{}\nwithout end", "x".repeat(300)).into_bytes()
}

/// Compiles `source` in all ways that there are, and hands each program to `test`.
fn for_each(source: &str, compilers: &[Compiler], test: impl Fn(Compiler, &Path)) {
    if !support::has_kvm() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut tested = 0;
    for compiler in compilers {
        if let Some(program) = compiler.compile(source, folder.path()) {
            test(*compiler, &program);
            tested += 1;
        }
    }
    assert!(tested > 0, "no compiler for {source}");
}

fn on_the_host(program: &Path, arguments: &[&str]) -> Finished {
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    finish(command, &input())
}

fn in_the_vm(options: &[&str], program: &Path, arguments: &[&str]) -> Finished {
    let mut command = command(options, program);
    command.args(arguments);
    finish(command, &input())
}

/// The program does the same in the VM as on the host.
fn assert_same(source: &str, compilers: &[Compiler], arguments: &[&str]) {
    for_each(source, compilers, |compiler, program| {
        let host = on_the_host(program, arguments);
        let vm = in_the_vm(&[], program, arguments);
        assert_equal(compiler, &host, &vm);
    });
}

fn assert_equal(compiler: Compiler, host: &Finished, vm: &Finished) {
    let same = host.stdout == vm.stdout && host.code == vm.code;
    assert!(
        same,
        "{compiler:?}: exit {} on the host, {} in the VM\n{}\nin the VM:\n{}\n{}",
        host.code,
        vm.code,
        host.text(),
        vm.text(),
        vm.stderr
    );
}

#[test]
fn memory_is_given_taken_and_kept() {
    assert_same("memory.c", &C, &[]);
}

#[test]
fn input_and_output_go_through() {
    assert_same("stdio.c", &C, &["a", "b c", "", "--option"]);
    // The errors' stream is one of its own.
    for_each("stdio.c", &[Compiler::Glibc], |_, program| {
        assert!(in_the_vm(&[], program, &[]).stderr.contains("to stderr\n"));
    });
}

#[test]
fn time_passes() {
    assert_same("clock.c", &C, &[]);
}

#[test]
fn a_program_starts_with_what_it_expects() {
    let long = "x".repeat(5000);
    assert_same("start.c", &C, &["one", "", "two words", &long]);
}

#[test]
fn numbers_and_registers_are_the_same() {
    assert_same("floating.c", &C, &[]);
}

#[test]
fn signals_are_remembered_ignored_or_the_end() {
    for (end, code) in [
        ("", 0),
        ("abort", 134),
        ("unblock", 143),
        ("raise", 129),
        ("kill", 137),
    ] {
        for_each("signals.c", &C, |compiler, program| {
            let host = on_the_host(program, &[end]);
            let vm = in_the_vm(&[], program, &[end]);
            assert_equal(compiler, &host, &vm);
            assert_eq!(vm.code, code);
        });
    }
}

#[test]
fn every_exit_code_is_passed_on() {
    for_each("exit_code.c", &[Compiler::Glibc], |_, program| {
        for code in 0..=255 {
            assert_eq!(in_the_vm(&[], program, &[&code.to_string()]).code, code);
        }
    });
    assert_same("exit_code.c", &C, &["-1"]);
}

#[test]
fn rusts_standard_library_works() {
    assert_same("standard_library.rs", &RUST, &["x", "y z"]);
}

/// The exit code of disk.c when the file can't be opened with O_DIRECT.
const NO_DIRECT_IO: i32 = 22;

#[test]
fn the_disk_is_a_file_with_the_same_bytes() {
    let content: Vec<u8> = (0..2 << 20u32).map(|index| (index % 253) as u8).collect();
    for mode in ["rw", "direct", "ro"] {
        for_each("disk.c", &C, |compiler, program| {
            let folder = tempfile::tempdir().unwrap();
            let [for_host, for_vm] = ["host", "vm"].map(|name| folder.path().join(name));
            for file in [&for_host, &for_vm] {
                fs::write(file, &content).unwrap();
            }
            let host = on_the_host(program, &[for_host.to_str().unwrap(), mode]);
            let disk = match mode {
                "rw" => for_vm.display().to_string(),
                other => format!("{}:{other}", for_vm.display()),
            };
            let vm = in_the_vm(&["--disk", &disk], program, &["/data/disk", mode]);
            if mode == "direct" && host.code == NO_DIRECT_IO {
                assert_eq!(vm.code, 125);
                assert!(vm.stderr.contains("has no direct I/O"), "{}", vm.stderr);
                return support::skip("direct-io", "no direct I/O for temporary files");
            }
            assert_eq!(host.code, 0, "{}", host.stderr);
            assert_equal(compiler, &host, &vm);
            assert!(fs::read(&for_host).unwrap() == fs::read(&for_vm).unwrap());
        });
    }
}

#[test]
fn a_disk_may_be_larger_than_32_bits_can_say() {
    let disk = tempfile::NamedTempFile::new().unwrap();
    // Sparse: it needs no room.
    disk.as_file().set_len(6 << 30).unwrap();
    let option = disk.path().display().to_string();
    for_each("large_disk.c", &[Compiler::Glibc], |_, program| {
        let vm = in_the_vm(&["--disk", &option], program, &[]);
        let expected =
            "stat 0 size 6442450944\npwrite 8\nlseek 5368709117\nread 8 far away\nlast 8\n";
        assert_eq!(vm.text(), expected);
        let mut written = [0; 10];
        disk.as_file()
            .read_exact_at(&mut written, (5 << 30) - 4)
            .unwrap();
        assert_eq!(&written, b"\0far away\0");
    });
}

#[test]
fn a_read_only_disk_refuses_to_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::write(&disk, [7; 4096]).unwrap();
    let option = format!("{}:ro", disk.display());
    for_each("read_only.c", &C, |_, program| {
        let vm = in_the_vm(&["--disk", &option], program, &[]);
        let expected =
            "open rw -1 EROFS 1\naccess w -1 EROFS 1\nstat 0 mode 444\nwrite -1 EBADF 1\nfsync 0\n";
        assert_eq!(vm.text(), expected);
        assert_eq!(fs::read(&disk).unwrap(), [7; 4096]);
    });
}

#[test]
fn a_program_that_drives_the_disk_itself_harms_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::write(&disk, [7; 4096]).unwrap();
    for (options, is_read_only) in [("", false), (":ro", true), (":direct", false)] {
        let option = format!("{}{options}", disk.display());
        for_each("hostile_driver.c", &[Compiler::Glibc], |_, program| {
            let vm = in_the_vm(&["--disk", &option, "--stats", "2"], program, &[]);
            if vm.stderr.contains("has no direct I/O") {
                return support::skip("direct-io", "no direct I/O for temporary files");
            }
            assert_eq!((vm.code, vm.text().as_str()), (0, "booted 300\n"));
            // Enough of it was right to get through.
            assert!(!vm.stderr.contains("disk reads 0\n"), "{}", vm.stderr);
            let after = fs::read(&disk).unwrap();
            assert_eq!(after.len(), 4096);
            assert!(!is_read_only || after == [7; 4096]);
        });
        fs::write(&disk, [7; 4096]).unwrap();
    }
}

#[test]
fn what_the_guest_kernel_is_not_is_said_and_counted() {
    for_each("unknown.c", &C, |_, program| {
        let vm = in_the_vm(&["--stats", "2"], program, &[]);
        let expected = "isolab-guest microvm x86_64\nfork -1 ENOSYS 1\nsocket -1 ENOSYS 1\n\
            socket -1 ENOSYS 1\nsocket -1 ENOSYS 1\nnumber 1000 -1 ENOSYS 1\n";
        assert_eq!(vm.text(), expected);
        for line in ["enosys 57 fork 1", "enosys 41 socket 3", "enosys 1000"] {
            assert!(vm.stderr.contains(line), "{line}: {}", vm.stderr);
        }
        // What it did have isn't among them.
        assert!(!vm.stderr.contains("enosys 63"), "{}", vm.stderr);
    });
}

#[test]
fn reading_the_clock_is_no_system_call() {
    for_each("clock.c", &C, |compiler, program| {
        let vm = in_the_vm(&["--stats", "2"], program, &[]);
        let calls = vm.stderr.lines().find_map(|line| {
            let count = line.strip_prefix("syscall 228 clock_gettime ")?;
            count.parse::<u32>().ok()
        });
        // The program reads three clocks 10,000 times each; only the clock of CPU time is a matter for the kernel.
        let calls = calls.unwrap_or_default();
        assert!((10_000..11_000).contains(&calls), "{compiler:?}: {calls}");
    });
}
