//! The floor: a C program of 250 lines that makes our container by the system calls that it takes, and does nothing else.
//!
//! It is the yardstick of the experiment `container-floor` and takes part in no other: nobody would run anything in it, since
//! it checks nothing, and its limits can't be chosen.
//!
//! 1. Its source is embedded, with our own filter as a header: whoever has a C compiler has the floor.
//! 2. It is compiled once, statically, to the cache folder, under a name made from its content and its compiler. musl's
//!    start-up is the shortest, so its compiler is asked first.
//!
//! Simplified: it knows cgroup v1 only.
//!
//! Read next: container-backend's `benches/floor.c`, `experiment/container_floor.rs`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use container_backend::cgroup::{memberships, v1};
use container_backend::seccomp;

use super::{Backend, Job, Missing, Prepared, ReportFds};
use crate::binaries::{Binaries, cache_folder, sha256_hex};
use crate::failure::Failure;

const SOURCE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../container-backend/benches/floor.c"
));

const COMPILERS: [&str; 2] = ["musl-gcc", "cc"];
/// musl comes without the kernel's headers: the system's are looked at last.
const OPTIONS: [&str; 7] = [
    "-O2",
    "-static",
    "-s",
    "-idirafter",
    "/usr/include",
    "-idirafter",
    "/usr/include/x86_64-linux-gnu",
];

/// The yardstick of `container-floor`.
#[derive(Debug)]
pub struct Floor;

impl Backend for Floor {
    fn id(&self) -> &'static str {
        "floor-c"
    }

    fn only_for(&self) -> Option<&'static str> {
        Some("container-floor")
    }

    fn availability(&self) -> Result<(), Missing> {
        let missing = |what: &str, remedy: &str| {
            Err(Missing {
                what: what.to_owned(),
                remedy: remedy.to_owned(),
            })
        };
        if !nix::unistd::geteuid().is_root() {
            return missing("only root makes the floor's cgroups", "sudo isolab …");
        }
        if !has_v1_trees() {
            return missing(
                "the floor knows only cgroup v1, with a tree for each controller",
                "boot with systemd.unified_cgroup_hierarchy=0",
            );
        }
        program().clone().map(drop)
    }

    fn prepare(
        &self,
        job: &Job,
        binaries: &Binaries,
        _fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        job.refuse_launcher_args(self.id())?;
        if job.disk.is_some() || job.memory_bytes.is_some() {
            let reason = "the floor has neither disks nor limits that can be chosen";
            return Err(Failure::Unsupported(reason.to_owned()));
        }
        let program = program().clone();
        let program = program.map_err(|missing| Failure::Unsupported(missing.what))?;
        let mut command = Command::new(program);
        command.arg(&binaries.workload.path).args(&job.args);
        Ok(command.into())
    }
}

/// A tree of its own for each controller that the container uses.
fn has_v1_trees() -> bool {
    let memberships = memberships().unwrap_or_default();
    v1::CONTROLLERS
        .iter()
        .all(|wanted| memberships.iter().any(|tree| tree.controllers == [*wanted]))
}

/// The compiled floor, or what is missing for it.
fn program() -> &'static Result<PathBuf, Missing> {
    static PROGRAM: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut message = "there is no C compiler".to_owned();
        for compiler in COMPILERS {
            match compiled_by(compiler) {
                Ok(program) => return Ok(program),
                Err(reason) => message = format!("floor.c: {reason}"),
            }
        }
        Err(Missing {
            what: message,
            remedy: "sudo apt-get install gcc libc6-dev musl-tools".to_owned(),
        })
    })
}

/// Our filter, as the kernel's `struct sock_filter` in C.
fn header() -> String {
    let mut header = String::from("static struct sock_filter FILTER[] = {\n");
    for one in seccomp::program() {
        // Writing to a String can't fail.
        writeln!(
            header,
            "    {{{}, {}, {}, {}u}},",
            one.code, one.if_true, one.if_false, one.operand
        )
        .ok();
    }
    header.push_str("};\n");
    header
}

fn compiled_by(compiler: &str) -> Result<PathBuf, String> {
    let header = header();
    let content = [compiler, SOURCE, &header].join("\0");
    let folder = cache_folder()
        .join("floor")
        .join(&sha256_hex(content.as_bytes())[..16]);
    let program = folder.join("floor");
    if program.is_file() {
        return Ok(program);
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let place = tempfile::tempdir_in(&folder).map_err(|error| error.to_string())?;
    compile(compiler, place.path(), &header)?;
    // Renamed when it is whole: two runs at a time don't see each other's half-written file.
    fs::rename(place.path().join("floor"), &program).map_err(|error| error.to_string())?;
    Ok(program)
}

fn compile(compiler: &str, place: &Path, header: &str) -> Result<(), String> {
    for (name, text) in [("floor.c", SOURCE), ("filter.h", header)] {
        fs::write(place.join(name), text).map_err(|error| error.to_string())?;
    }
    let output = Command::new(compiler)
        .current_dir(place)
        .args(OPTIONS)
        .args(["-o", "floor", "floor.c"])
        .output()
        .map_err(|error| format!("{compiler}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{compiler}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}
