//! Builds what runs inside VMs, and hands the ELF files to `src/` for embedding: the guest kernel (`kernel_image.rs`), and the
//! first process of Linux guests (`linux/userland.rs`).
//!
//! Nested cargos build them, in target folders of their own: the outer cargo holds the lock of the outer one. The guest kernel is
//! a workspace of its own (no_std, no main, a linker script); guest-init must be static, and its flags must not reach build
//! scripts and macros, hence the explicit `--target`.

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
        "guest-init/Cargo.toml",
        "guest-init/src",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }

    // Optimized in every build: the VMM copies them into every VM.
    let kernel = Nested {
        folder: package.join("guest-kernel"), // With `.cargo/config.toml`, which has the compiler's flags.
        name: "guest-kernel",
        profile: "release",
        rust_flags: None,
    };
    kernel.build(&out);
    let init = Nested {
        folder: package,
        name: "guest-init",
        profile: "launcher",
        rust_flags: Some(
            "-C target-feature=+crt-static -C relocation-model=static -C strip=symbols",
        ),
    };
    init.build(&out);
}

/// A build of one executable for the guest.
struct Nested {
    folder: PathBuf,
    name: &'static str,
    profile: &'static str,
    rust_flags: Option<&'static str>,
}

impl Nested {
    /// Builds it in a target folder of its own, and copies it to `out`.
    fn build(&self, out: &Path) {
        let target_dir = target_root(out).join(self.name);
        let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
        cargo
            .current_dir(&self.folder)
            .args([
                "build",
                "--package",
                self.name,
                "--bins",
                "--target",
                TARGET,
            ])
            .args(["--profile", self.profile])
            .arg("--target-dir")
            .arg(&target_dir);
        for (name, _) in env::vars_os() {
            if is_of_the_outer_build(&name.to_string_lossy()) {
                cargo.env_remove(name);
            }
        }
        if let Some(flags) = self.rust_flags {
            cargo.env("RUSTFLAGS", flags);
        }
        let status = cargo.status().expect("cargo can be started");
        assert!(status.success(), "building {} failed: {status}", self.name);

        let built = target_dir.join(TARGET).join(self.profile).join(self.name);
        std::fs::copy(&built, out.join(self.name))
            .unwrap_or_else(|error| panic!("copying {} failed: {error}", built.display()));
    }
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
