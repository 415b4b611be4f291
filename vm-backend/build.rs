//! Builds the guest kernel and hands its ELF file to `src/kernel_image.rs` for embedding.
//!
//! It is a workspace of its own (no_std, no main, a linker script), so a nested cargo builds it, in a target folder of its
//! own: the outer cargo holds the lock of the outer one. Always optimized: the VMM copies it into every VM.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "x86_64-unknown-linux-gnu";

fn main() {
    let package =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for watched in [
        "build.rs",
        "guest-abi/Cargo.toml",
        "guest-abi/src",
        "guest-kernel/.cargo",
        "guest-kernel/Cargo.lock",
        "guest-kernel/Cargo.toml",
        "guest-kernel/build.rs",
        "guest-kernel/link.ld",
        "guest-kernel/src",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }

    let target_dir = target_root(&out).join("guest-kernel");
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
    cargo
        // From its own folder: `.cargo/config.toml` there has the compiler's flags.
        .current_dir(package.join("guest-kernel"))
        .args(["build", "--release", "--bins", "--target", TARGET])
        .arg("--target-dir")
        .arg(&target_dir);
    for (name, _) in env::vars_os() {
        if is_of_the_outer_build(&name.to_string_lossy()) {
            cargo.env_remove(name);
        }
    }
    let status = cargo.status().expect("cargo can be started");
    assert!(
        status.success(),
        "building the guest kernel failed: {status}"
    );

    let built = target_dir.join(TARGET).join("release").join("guest-kernel");
    std::fs::copy(&built, out.join("guest-kernel"))
        .unwrap_or_else(|error| panic!("copying {} failed: {error}", built.display()));
}

/// What the outer cargo (or clippy, or a coverage tool) set for its own build, and what would break the nested one.
fn is_of_the_outer_build(name: &str) -> bool {
    const KEPT: [&str; 4] = [
        "CARGO_HOME",
        "CARGO_MAKEFLAGS",
        "CARGO_NET_OFFLINE",
        "CARGO_HTTP_CAINFO",
    ];
    const FOREIGN: [&str; 5] = [
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_WRAPPER",
        "RUSTC",
        "RUSTDOC",
        "RUSTFLAGS",
    ];
    (name.starts_with("CARGO_") && !KEPT.contains(&name)) || FOREIGN.contains(&name)
}

/// The outer build's target folder: the nearest one above OUT_DIR that cargo has marked as such.
fn target_root(out: &Path) -> &Path {
    out.ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists())
        .unwrap_or(out)
}
