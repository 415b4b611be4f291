//! Builds what isolab launches, statically linked, and hands it to `src/binaries.rs` for embedding.
//!
//! 1. A nested cargo builds the workload and the two launchers with the profile `launcher`. `+crt-static` must not leak
//!    to proc macros, so the target is named: with an explicit `--target` cargo applies RUSTFLAGS to the target only.
//! 2. The nested builds have target folders of their own: the outer cargo holds the lock of its own one.
//! 3. The finished files are copied to OUT_DIR, from where `include_bytes!` takes them.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The launchers stay position independent: a hostile guest or container should not know where their code lies.
const LAUNCHER_FLAGS: &str = "-C target-feature=+crt-static";
/// The workload is linked to a fixed address: no relocation pass at start, so fewer pages to touch (each costs up to
/// 30 us in a VM), and its file pages can be mapped as they are.
const WORKLOAD_FLAGS: &str = "-C target-feature=+crt-static -C relocation-model=static";

fn main() {
    let harness =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let workspace = harness
        .parent()
        .expect("bench-harness lies in the workspace")
        .to_path_buf();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));

    for watched in [
        "Cargo.toml",
        "Cargo.lock",
        "bench-harness/workload/Cargo.toml",
        "bench-harness/workload/src",
        "container-backend/Cargo.toml",
        "container-backend/build.rs",
        "container-backend/src",
        "vm-backend/Cargo.toml",
        "vm-backend/build.rs",
        "vm-backend/src",
        "vm-backend/guest-abi",
        "vm-backend/guest-kernel",
    ] {
        // A watched path that doesn't exist would make cargo run this script at every build.
        if workspace.join(watched).exists() {
            println!(
                "cargo::rerun-if-changed={}",
                workspace.join(watched).display()
            );
        }
    }
    println!("cargo::rerun-if-changed=build.rs");

    build(&workspace, &out, "workload", &["workload"], WORKLOAD_FLAGS);
    build(
        &workspace,
        &out,
        "launchers",
        &["container-backend", "vm-backend"],
        LAUNCHER_FLAGS,
    );
}

/// Builds `packages` in the target folder `<target>/<folder>` and copies the executables of the same names to `out`.
fn build(workspace: &Path, out: &Path, folder: &str, packages: &[&str], flags: &str) {
    let target_dir = target_root(out).join(folder);
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
    cargo
        .current_dir(workspace)
        .args([
            "build",
            "--profile",
            "launcher",
            "--target",
            TARGET,
            "--bins",
        ])
        .arg("--target-dir")
        .arg(&target_dir);
    for package in packages {
        cargo.args(["--package", package]);
    }
    for name in inherited_cargo_settings() {
        cargo.env_remove(name);
    }
    cargo.env("RUSTFLAGS", flags);
    let status = cargo.status().expect("cargo can be started");
    assert!(
        status.success(),
        "the static build of {packages:?} failed: {status}"
    );

    for package in packages {
        let built = target_dir.join(TARGET).join("launcher").join(package);
        std::fs::copy(&built, out.join(package))
            .unwrap_or_else(|error| panic!("copying {} failed: {error}", built.display()));
    }
}

/// What the outer cargo (or clippy, or llvm-cov) set for its own build, and what would change or break the nested one.
fn inherited_cargo_settings() -> Vec<OsString> {
    const KEPT: [&str; 4] = [
        "CARGO_HOME",
        "CARGO_MAKEFLAGS",
        "CARGO_NET_OFFLINE",
        "CARGO_HTTP_CAINFO",
    ];
    env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| {
            let name = name.to_string_lossy();
            let foreign = name.starts_with("CARGO_") && !KEPT.contains(&name.as_ref());
            foreign
                || matches!(
                    name.as_ref(),
                    "RUSTC_WORKSPACE_WRAPPER" | "RUSTC_WRAPPER" | "RUSTC" | "RUSTDOC" | "RUSTFLAGS"
                )
        })
        .collect()
}

/// The outer build's target folder: the nearest one above OUT_DIR that cargo has marked as such.
fn target_root(out: &Path) -> &Path {
    out.ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists())
        .unwrap_or(out)
}
