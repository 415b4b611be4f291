//! What was typed, made unambiguous: defaults applied, paths absolute, contradictions refused.
//!
//! Everything that can be found wrong without touching the host is found here, before the first system call that would have
//! to be undone.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use rustix::process::{getegid, geteuid};

use crate::cli;
use crate::error::Error;
use crate::part::Parts;

/// A container, fully described.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The folder that becomes the root; `None` makes one from nothing.
    pub rootfs: Option<PathBuf>,
    /// Limits for the cgroup.
    pub limits: Limits,
    /// Host files and folders to show inside.
    pub binds: Vec<Bind>,
    /// Host name inside.
    pub hostname: String,
    /// Whether root inside is somebody else outside.
    pub has_user_namespace: bool,
    /// The user who started the launcher.
    pub uid: u32,
    /// His group.
    pub gid: u32,
    /// What the container is made of.
    pub parts: Parts,
    /// Absolute path of the program: on the host where the root is made from nothing, inside otherwise.
    pub program: PathBuf,
    /// Arguments after the program.
    pub arguments: Vec<OsString>,
}

/// What the container may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Memory, page cache included, in bytes.
    pub memory_bytes: u64,
    /// CPU time per time, in CPUs.
    pub cpus: f64,
    /// Processes and threads.
    pub pids: u64,
}

/// A size in bytes, as people type it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

impl FromStr for Size {
    type Err = String;

    /// `4096`, `64K`, `64M`, `64MiB`, `1G`: powers of 1024.
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let shift = match unit
            .strip_suffix("iB")
            .or(unit.strip_suffix('B'))
            .unwrap_or(unit)
        {
            "" => 0,
            "K" | "k" => 10,
            "M" => 20,
            "G" => 30,
            _ => {
                return Err(format!(
                    "{text:?} is not a size: try 64M, 64MiB, 1G or a number of bytes"
                ));
            }
        };
        let number: u64 = number
            .parse()
            .map_err(|_| format!("{text:?} is not a size: try 64M"))?;
        number
            .checked_mul(1 << shift)
            .map(Self)
            .ok_or_else(|| format!("{text:?} is more than 64 bits can count"))
    }
}

/// A host file or folder shown inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind {
    /// Path on the host.
    pub source: PathBuf,
    /// Absolute path inside.
    pub target: PathBuf,
    /// Whether it can't be written through this path.
    pub read_only: bool,
}

impl FromStr for Bind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (pair, read_only) = match text.strip_suffix(":ro") {
            Some(pair) => (pair, true),
            None => (text.strip_suffix(":rw").unwrap_or(text), false),
        };
        let (source, target) = pair
            .split_once(':')
            .ok_or_else(|| format!("{text:?} is not SRC:DST or SRC:DST:ro"))?;
        let target = PathBuf::from(target);
        let is_plain = target
            .components()
            .all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
        if source.is_empty() || !target.is_absolute() || !is_plain || target.parent().is_none() {
            return Err(format!(
                "{text:?}: DST must be an absolute path below the root, without `..`"
            ));
        }
        Ok(Self {
            source: source.into(),
            target,
            read_only,
        })
    }
}

impl fmt::Display for Bind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} to {}",
            self.source.display(),
            self.target.display()
        )
    }
}

impl Spec {
    /// Decides what the options mean on this host, for this user.
    ///
    /// # Errors
    /// When an option contradicts another, or the program can't be found.
    pub fn new(run: &cli::Run) -> Result<Self, Error> {
        let parts = run
            .without
            .iter()
            .fold(Parts::FULL, |parts, &part| parts.without(part));
        if !(run.cpus.is_finite() && run.cpus >= 0.01) {
            return Err(Error::Usage {
                message: format!("--cpus {} is not a number of at least 0.01", run.cpus),
            });
        }
        if run.pids == 0 || run.memory.0 == 0 {
            return Err(Error::Usage {
                message: "a limit of 0 leaves nothing to run with".to_owned(),
            });
        }
        let (program, arguments) = run.command.split_first().ok_or_else(|| Error::Usage {
            message: "no command".to_owned(),
        })?;
        let host_root = run.rootfs.is_none();
        Ok(Self {
            rootfs: run.rootfs.as_deref().map(existing).transpose()?,
            limits: Limits {
                memory_bytes: run.memory.0,
                cpus: run.cpus,
                pids: run.pids,
            },
            binds: run
                .binds
                .iter()
                .map(existing_bind)
                .collect::<Result<_, _>>()?,
            hostname: run.hostname.clone(),
            has_user_namespace: run.userns || !geteuid().is_root(),
            uid: geteuid().as_raw(),
            gid: getegid().as_raw(),
            parts,
            program: if host_root {
                program_on_host(Path::new(program))?
            } else {
                program_inside(Path::new(program))?
            },
            arguments: arguments.to_vec(),
        })
    }
}

fn existing(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(|source| Error::NotFound {
        what: path.display().to_string(),
        source,
    })
}

fn existing_bind(bind: &Bind) -> Result<Bind, Error> {
    Ok(Bind {
        source: existing(&bind.source)?,
        ..bind.clone()
    })
}

/// A name without a slash is looked up in PATH, as a shell does.
fn program_on_host(program: &Path) -> Result<PathBuf, Error> {
    if program.as_os_str().as_bytes().contains(&b'/') {
        return existing(program);
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file());
    existing(&found.unwrap_or_else(|| program.to_path_buf()))
}

fn program_inside(program: &Path) -> Result<PathBuf, Error> {
    if program.is_absolute() {
        return Ok(program.to_path_buf());
    }
    Err(Error::Usage {
        message: format!(
            "with --rootfs the command must be an absolute path inside, not {}",
            program.display()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_type_them() {
        for (text, bytes) in [
            ("4096", 4096),
            ("64K", 65536),
            ("64M", 64 << 20),
            ("64MiB", 64 << 20),
            ("1G", 1 << 30),
            ("1GB", 1 << 30),
        ] {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "M", "64X", "-1", "1.5G", "99999999999G", "64 M"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_bind_is_a_pair_and_may_be_read_only() {
        let bind = |target: &str, read_only| Bind {
            source: "/a".into(),
            target: target.into(),
            read_only,
        };
        assert_eq!("/a:/b".parse(), Ok(bind("/b", false)));
        assert_eq!("/a:/b/c:ro".parse(), Ok(bind("/b/c", true)));
        for text in [
            "/a",
            "/a:",
            ":/b",
            "/a:b",
            "/a:/",
            "/a:/../etc",
            "/a:/b/../../c",
        ] {
            assert!(text.parse::<Bind>().is_err(), "{text}");
        }
    }
}
