//! The C programs: the floor, and the payload of all rivals.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use container_backend::seccomp;

use super::rounds::Rival;

/// musl's start-up is shorter than glibc's, and the floor is to be as low as it can be.
const COMPILERS: [&str; 2] = ["musl-gcc", "cc"];
/// musl comes without the kernel's headers: the system's are looked at last.
const KERNEL_HEADERS: [&str; 4] = [
    "-idirafter",
    "/usr/include",
    "-idirafter",
    "/usr/include/x86_64-linux-gnu",
];

/// `floor.c`, with the launcher's own filter.
pub fn rival(folder: &Path) -> Result<Rival> {
    fs::write(folder.join("filter.h"), filter_header()?)?;
    let floor = compile("floor.c", folder)?;
    let payload = payload(folder)?;
    Ok(Rival::new("floor", move |_| {
        let mut command = Command::new(&floor);
        command.arg(&payload);
        command
    }))
}

/// `payload.c`, compiled.
pub fn payload(folder: &Path) -> Result<PathBuf> {
    compile("payload.c", folder)
}

fn filter_header() -> Result<String> {
    let mut header = String::from("static struct sock_filter FILTER[] = {\n");
    for one in seccomp::program() {
        writeln!(
            header,
            "    {{{}, {}, {}, {}u}},",
            one.code, one.if_true, one.if_false, one.operand
        )?;
    }
    header.push_str("};\n");
    Ok(header)
}

/// Compiles it once to `folder`, statically, with the first compiler that can.
fn compile(name: &str, folder: &Path) -> Result<PathBuf> {
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/../container-backend/benches");
    let source = Path::new(sources).join(name);
    let program = folder.join(name).with_extension("");
    if program.exists() {
        return Ok(program);
    }
    let mut message = String::new();
    for compiler in COMPILERS {
        let mut command = Command::new(compiler);
        command.args(["-O2", "-static", "-s", "-I"]).arg(folder);
        command.args(KERNEL_HEADERS);
        command.arg("-o").arg(&program).arg(&source);
        match command.output() {
            Ok(output) if output.status.success() => return Ok(program),
            Ok(output) => message = String::from_utf8_lossy(&output.stderr).into_owned(),
            // musl-gcc is a nicety; without any compiler the last message says so.
            Err(error) => {
                message = format!(
                    "{compiler}: {error} (remedy: apt-get install gcc libc6-dev musl-tools)"
                )
            }
        }
    }
    bail!("{name} does not compile: {}", message.trim())
}
