//! The guest kernel's unit tests. It is a workspace of its own (no_std, a linker script), so `cargo test` doesn't find them.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// What the outer cargo set for its own build, and what would change or break the nested one.
fn inherited_cargo_settings() -> impl Iterator<Item = OsString> {
    const KEPT: [&str; 3] = ["CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_HTTP_CAINFO"];
    env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        let foreign = name.starts_with("CARGO_") && !KEPT.contains(&name.as_ref());
        let compiler = name.starts_with("RUSTC") || name.starts_with("RUSTDOC");
        foreign || compiler || name == "RUSTFLAGS"
    })
}

#[test]
fn the_unit_tests_of_the_guest_kernel_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("guest-kernel");
    // A target folder of its own: the outer cargo may hold the lock of the other one.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest-kernel");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(folder)
        .args(["test", "--locked", "--target-dir"])
        .arg(target);
    for name in inherited_cargo_settings() {
        cargo.env_remove(name);
    }
    let output = cargo.output().expect("cargo can be started");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{stdout}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // A run without tests would pass as well.
    assert!(stdout.contains("test result: ok."), "{stdout}");
    assert!(!stdout.contains("test result: ok. 0 passed"), "{stdout}");
}
