//! The ways to make a static program: two C libraries and Rust, at a fixed address and anywhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::skip;

/// A way to make a static program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// C and glibc, linked to a fixed address.
    Glibc,
    /// C and glibc, position independent.
    GlibcPie,
    /// C and musl.
    Musl,
    /// Rust, linked to a fixed address.
    Rust,
    /// Rust, position independent.
    RustPie,
}

/// The ways for C.
pub const C: [Compiler; 3] = [Compiler::Glibc, Compiler::GlibcPie, Compiler::Musl];
/// The ways for Rust.
pub const RUST: [Compiler; 2] = [Compiler::Rust, Compiler::RustPie];

impl Compiler {
    fn command(self) -> Command {
        let (program, arguments): (&str, &[&str]) = match self {
            Self::Glibc => ("cc", &["-O2", "-static", "-no-pie"]),
            Self::GlibcPie => ("cc", &["-O2", "-static-pie", "-fPIE"]),
            Self::Musl => ("musl-gcc", &["-O2", "-static"]),
            Self::Rust => ("rustc", &["-Crelocation-model=static"]),
            Self::RustPie => ("rustc", &["-Crelocation-model=pie"]),
        };
        let mut command = Command::new(program);
        command.args(arguments);
        if program == "rustc" {
            command.args([
                "--edition=2024",
                "-Copt-level=1",
                "-Ctarget-feature=+crt-static",
                "--target=x86_64-unknown-linux-gnu",
            ]);
        }
        command
    }

    /// Compiles a file of `tests/programs`. `None`, and a word about it, if this compiler isn't there.
    ///
    /// # Panics
    /// When it refuses the program.
    pub fn compile(self, source: &str, folder: &Path) -> Option<PathBuf> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/programs")
            .join(source);
        let program = folder.join(format!("{self:?}"));
        let mut command = self.command();
        command.arg(source).arg("-o").arg(&program);
        if C.contains(&self) {
            command.arg("-lm");
        }
        let output = match command.output() {
            Ok(output) => output,
            Err(error) => {
                let name = command.get_program().to_string_lossy().into_owned();
                skip(&name, &format!("no program by {name}: {error}"));
                return None;
            }
        };
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {messages}");
        Some(program)
    }
}
