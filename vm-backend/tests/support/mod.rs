//! What the tests of the launcher share: programs, a start with a deadline, and what came of it.
#![allow(dead_code, reason = "each test file uses a part of it")]

// A started process with a deadline is the same thing for both launchers.
#[path = "../../../container-backend/tests/support/ended.rs"]
mod ended;
#[path = "../../../container-backend/tests/support/running.rs"]
mod running;

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

pub use ended::Ended;
pub use running::Running;

/// Whether VMs can be made here. If not, says so, or fails where ISOLAB_REQUIRE names what is missing.
pub fn has_kvm() -> bool {
    let opened = OpenOptions::new().read(true).write(true).open("/dev/kvm");
    if let Err(error) = &opened {
        skip("kvm", &format!("/dev/kvm: {error}"));
    }
    opened.is_ok()
}

/// Says that a test is skipped, and why.
pub fn skip(what: &str, reason: &str) {
    let required = std::env::var("ISOLAB_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|name| name.trim() == what);
    assert!(!is_required, "ISOLAB_REQUIRE names {what}, but: {reason}");
    println!("SKIP: {reason}");
}

/// Compiles a program of `tests/programs`. It stays in cargo's own folder for such files.
pub fn compile(compiler: &str, flags: &[&str], source: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/programs")
        .join(source);
    let stem = Path::new(source).file_stem().unwrap_or(OsStr::new(source));
    // A name of its own: test executables run at the same time.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "{}.{}.{number}",
        stem.display(),
        std::process::id()
    ));
    let status = Command::new(compiler)
        .args(flags)
        .arg("-o")
        .args([program.as_path(), &path])
        .status()
        .unwrap_or_else(|error| panic!("{compiler}: {error}"));
    assert!(status.success(), "{source} does not compile: {status}");
    program
}

/// The launcher.
pub fn launcher() -> Command {
    Command::new(env!("CARGO_BIN_EXE_vm-backend"))
}

/// `vm-backend run OPTIONS -- PROGRAM ARGUMENTS`.
pub fn vm(options: &[&str], program: &Path, arguments: &[&str]) -> Command {
    let mut command = launcher();
    command.arg("run").args(options).arg("--").arg(program);
    command.args(arguments);
    command
}

/// Runs that to its end, within the deadline.
pub fn run(options: &[&str], program: &Path, arguments: &[&str]) -> Ended {
    Running::start(&mut vm(options, program, arguments)).wait()
}
