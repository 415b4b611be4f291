//! The programs of others: where they are, which they are, and how to get them.
//!
//! 1. A name is looked for in PATH, and in the folders for administrators' programs, which an ordinary user's PATH lacks.
//! 2. It is asked for its version once per process; some take 30 ms to answer. One that never does counts as not running here.
//! 3. Its file tells whether it is linked statically. That decides what each start has to load: the same runtime, built
//!    statically, may start three times faster.
//!
//! Read next: `elf(5)`, `backend/oci.rs`.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

use super::{Installed, Missing};

/// Where administrators' programs lie.
const ADMINISTRATORS: &str = "/usr/local/sbin:/usr/sbin:/sbin";
/// How long a question may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// As much of a file as its ELF header and program headers take.
const HEADERS_BYTES: u64 = 4096;

/// A program that may be installed here.
#[derive(Debug)]
pub struct Program {
    place: Place,
    /// How to install it.
    remedy: &'static str,
    found: OnceLock<Option<Installed>>,
}

#[derive(Debug)]
enum Place {
    /// To be looked for.
    Named(&'static str),
    /// Given by the user.
    At(PathBuf),
}

impl Program {
    /// A program that is looked for by its name.
    #[must_use]
    pub const fn named(name: &'static str, remedy: &'static str) -> Self {
        Self {
            place: Place::Named(name),
            remedy,
            found: OnceLock::new(),
        }
    }

    /// A program whose path the user gave.
    #[must_use]
    pub const fn at(path: PathBuf, remedy: &'static str) -> Self {
        Self {
            place: Place::At(path),
            remedy,
            found: OnceLock::new(),
        }
    }

    /// What is installed.
    #[must_use]
    pub fn installed(&self) -> Option<Installed> {
        self.found.get_or_init(|| self.look()).clone()
    }

    /// Its path.
    ///
    /// # Errors
    /// What is missing, when it isn't installed.
    pub fn path(&self) -> Result<PathBuf, Missing> {
        let installed = self.installed();
        installed.map(|found| found.path).ok_or_else(|| Missing {
            what: match self.file() {
                Ok(path) => format!("{} is not a program that runs here", path.display()),
                Err(name) => format!("{name} is not installed"),
            },
            remedy: self.remedy.to_owned(),
        })
    }

    /// Where it is, or the name by which there is none.
    fn file(&self) -> Result<PathBuf, &'static str> {
        match &self.place {
            Place::Named(name) => find(name).ok_or(name),
            Place::At(path) => Ok(path.clone()),
        }
    }

    fn look(&self) -> Option<Installed> {
        let path = self.file().ok()?;
        Some(Installed {
            version: version(&path)?,
            linkage: linkage(&path).ok()?,
            path,
        })
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let administrators = OsString::from(ADMINISTRATORS);
    let mut places = std::env::split_paths(&path)
        .chain(std::env::split_paths(&administrators))
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name));
    places.find(|path| path.is_file())
}

/// The first line that it answers to `--version`. A file that can't answer can't be run either.
fn version(program: &Path) -> Option<String> {
    let output = output_of(Command::new(program).arg("--version")).ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map(str::to_owned)
}

/// Runs a program of others beside all measuring. One that hangs is killed, with whatever it has started.
pub(super) fn output_of(command: &mut Command) -> io::Result<Output> {
    output_within(PATIENCE, command)
}

fn output_within(patience: Duration, command: &mut Command) -> io::Result<Output> {
    let streams = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let child = streams.stderr(Stdio::piped()).process_group(0).spawn()?;
    let (pid, began) = (Pid::from_raw(child.id().cast_signed()), Instant::now());
    // It is only looked at: until it is reaped no other process group has its number.
    let look = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    while waitid(Id::Pid(pid), look)? == WaitStatus::StillAlive && began.elapsed() < patience {
        std::thread::sleep(Duration::from_millis(1));
    }
    // Whoever can't be reached any more has ended.
    killpg(pid, Signal::SIGKILL).ok();
    child.wait_with_output()
}

/// `static` or `dynamic` for an ELF file, `script` for one that another program reads.
fn linkage(program: &Path) -> io::Result<&'static str> {
    let mut start = Vec::new();
    File::open(program)?
        .take(HEADERS_BYTES)
        .read_to_end(&mut start)?;
    Ok(match start.get(..4) {
        Some(b"\x7fELF") if names_interpreter(&start) => "dynamic",
        Some(b"\x7fELF") => "static",
        _ => "script",
    })
}

/// Whether a 64-bit ELF file has a program header of type PT_INTERP: the dynamic linker, which loads the libraries.
fn names_interpreter(file: &[u8]) -> bool {
    const PT_INTERP: u8 = 3;
    let bytes = |at: usize, count: usize| -> usize {
        let field = file.get(at..at + count).unwrap_or_default();
        let value = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        field.iter().rev().fold(0, value)
    };
    let (table, entry_bytes, count) = (bytes(32, 8), bytes(54, 2), bytes(56, 2));
    (0..count).any(|index| file.get(table + index * entry_bytes) == Some(&PT_INTERP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_killed_and_says_what_it_said() {
        let mut hangs = Command::new("sh");
        hangs.args(["-c", "echo said; sleep 600 & sleep 600"]);
        let began = Instant::now();
        let output = output_within(Duration::from_millis(200), &mut hangs).unwrap();
        assert_eq!(output.stdout, b"said\n");
        assert!(!output.status.success());
        assert!(began.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_program_that_is_not_there_is_missing_with_the_way_to_get_it() {
        let program = Program::named("no-such-runtime", "apt-get install no-such-runtime");
        assert_eq!(program.installed(), None);
        let missing = program.path().unwrap_err();
        assert_eq!(missing.what, "no-such-runtime is not installed");
        assert_eq!(missing.remedy, "apt-get install no-such-runtime");
    }

    #[test]
    fn a_given_path_that_cannot_be_executed_is_named() {
        let missing = Program::at("/etc/passwd".into(), "name another").path();
        assert_eq!(
            missing.unwrap_err().what,
            "/etc/passwd is not a program that runs here"
        );
    }

    #[test]
    fn a_script_answers_for_itself() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("runtime");
        std::fs::write(&script, "#!/bin/sh\necho\necho 'runtime 1.2'\n").unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let installed = Program::at(script, "").installed().unwrap();
        assert_eq!(
            (installed.version.as_str(), installed.linkage),
            ("runtime 1.2", "script")
        );
    }

    #[test]
    fn our_own_launcher_is_static_and_the_shell_is_not() {
        let binaries = crate::binaries::Binaries::unpack().unwrap();
        assert_eq!(linkage(&binaries.container_backend.path).unwrap(), "static");
        assert_eq!(linkage(Path::new("/bin/sh")).unwrap(), "dynamic");
    }
}
