//! What was typed.
//!
//! Read by hand: a parser that builds a description of the options first, as clap does, touches some 25 pages of memory at
//! each start, and each of them is a page fault here and a copy in the child.

use std::ffi::OsString;
use std::fmt::Display;
use std::os::fd::RawFd;
use std::path::PathBuf;
use std::str::FromStr;

use lexopt::{Arg, Parser};

use crate::error::Error;
use crate::full_set::{HOSTNAME, LIMITS};
use crate::part::Part;
use crate::spec::{Bind, Size};

/// The text of `--help`.
pub const HELP: &str = "\
Runs a command in a container made from Linux namespaces, cgroups, capabilities and seccomp.

Usage: container-backend run [OPTIONS] -- CMD [ARG]...
       container-backend sweep      remove cgroups of containers whose launcher was killed

Options of run:
      --rootfs DIR           folder that becomes the container's root (default: an empty one with the command's file in it)
      --memory SIZE          memory limit (default: 64M)
      --cpus N               CPU limit, in CPUs (default: 1)
      --pids N               limit of processes and threads (default: 64)
      --bind SRC:DST[:ro]    file or folder of the host to show inside, writable unless :ro; can be repeated
      --hostname NAME        host name inside (default: container)
      --userns               use a user namespace even as root (without root it is always used)
      --without PART[,PART]  parts to leave out: pid, mount, net, ipc, uts, cgroup-ns, cgroup, proc, sys, dev, masks, rlimits,
                             capabilities, no-new-privs, seccomp, init
      --die-with-parent      end with SIGKILL when the process that started this one ends
      --timeline FD          descriptor to which the finished steps are written

  -h, --help                 print this
  -V, --version              print the version
";

/// What to do.
#[derive(Debug)]
pub enum Action {
    /// Run a command in a new container.
    Run(Run),
    /// Remove cgroups of containers whose launcher was killed.
    Sweep,
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// How to run it; the fields are the options.
#[derive(Debug)]
pub struct Run {
    /// Folder that becomes the container's root; `None` makes an empty one with the command's file in it.
    pub rootfs: Option<PathBuf>,
    /// Memory limit.
    pub memory: Size,
    /// CPU limit, in CPUs.
    pub cpus: f64,
    /// Limit of processes and threads.
    pub pids: u64,
    /// Files and folders of the host to show inside.
    pub binds: Vec<Bind>,
    /// Host name inside.
    pub hostname: String,
    /// Use a user namespace even as root.
    pub userns: bool,
    /// Parts to leave out.
    pub without: Vec<Part>,
    /// End with SIGKILL when the process that started this one ends.
    pub die_with_parent: bool,
    /// Descriptor to which the finished steps are written.
    pub timeline: Option<RawFd>,
    /// The command and its arguments.
    pub command: Vec<OsString>,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            rootfs: None,
            memory: Size(LIMITS.memory_bytes),
            cpus: LIMITS.cpus,
            pids: LIMITS.pids,
            binds: Vec::new(),
            hostname: HOSTNAME.to_owned(),
            userns: false,
            without: Vec::new(),
            die_with_parent: false,
            timeline: None,
            command: Vec::new(),
        }
    }
}

impl From<lexopt::Error> for Error {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage {
            message: error.to_string(),
        }
    }
}

/// Reads the arguments after the program's name.
///
/// # Errors
/// When an option is unknown, lacks its value, or has one that can't be read.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Action, Error> {
    let mut parser = Parser::from_args(arguments);
    match parser.next()? {
        Some(Arg::Value(action)) if action == "run" => parse_run(&mut parser),
        Some(Arg::Value(action)) if action == "sweep" => match parser.next()? {
            None => Ok(Action::Sweep),
            Some(more) => Err(more.unexpected().into()),
        },
        Some(Arg::Short('h') | Arg::Long("help")) => Ok(Action::Help),
        Some(Arg::Short('V') | Arg::Long("version")) => Ok(Action::Version),
        Some(other) => Err(other.unexpected().into()),
        None => Err(Error::Usage {
            message: "neither `run` nor `sweep`".to_owned(),
        }),
    }
}

fn parse_run(parser: &mut Parser) -> Result<Action, Error> {
    let mut run = Run::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("rootfs") => run.rootfs = Some(parser.value()?.into()),
            Arg::Long("memory") => run.memory = value("--memory", parser)?,
            Arg::Long("cpus") => run.cpus = value("--cpus", parser)?,
            Arg::Long("pids") => run.pids = value("--pids", parser)?,
            Arg::Long("bind") => run.binds.push(value("--bind", parser)?),
            Arg::Long("hostname") => run.hostname = value("--hostname", parser)?,
            Arg::Long("userns") => run.userns = true,
            Arg::Long("without") => {
                let names: String = value("--without", parser)?;
                for name in names.split(',') {
                    run.without.push(read("--without", name)?);
                }
            }
            Arg::Long("die-with-parent") => run.die_with_parent = true,
            Arg::Long("timeline") => run.timeline = Some(value("--timeline", parser)?),
            Arg::Short('h') | Arg::Long("help") => return Ok(Action::Help),
            // Its own options are the command's affair.
            Arg::Value(program) => {
                run.command = std::iter::once(program).chain(parser.raw_args()?).collect()
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Action::Run(run))
}

fn value<T: FromStr<Err: Display>>(option: &str, parser: &mut Parser) -> Result<T, Error> {
    let text = parser.value()?;
    let text = text.to_str().ok_or_else(|| Error::Usage {
        message: format!("{option} {}: not UTF-8", text.display()),
    })?;
    read(option, text)
}

fn read<T: FromStr<Err: Display>>(option: &str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|error| Error::Usage {
        message: format!("{option} {text}: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Action, Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[track_caller]
    fn run(line: &str) -> Run {
        match parsed(line) {
            Ok(Action::Run(run)) => run,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn every_option_is_read() {
        let run = run(
            "run --rootfs /r --memory=1G --cpus 0.5 --pids 7 --bind /a:/b --bind /c:/d:ro --hostname h \
             --userns --without net,init --without pid --die-with-parent --timeline 9 -- cmd -x --memory 3",
        );
        assert_eq!(run.rootfs, Some("/r".into()));
        assert_eq!((run.memory, run.cpus, run.pids), (Size(1 << 30), 0.5, 7));
        assert_eq!(
            run.binds
                .iter()
                .map(|bind| bind.read_only)
                .collect::<Vec<_>>(),
            [false, true]
        );
        assert_eq!(run.hostname, "h");
        assert_eq!(run.without, [Part::Net, Part::Init, Part::Pid]);
        assert!(run.userns && run.die_with_parent);
        assert_eq!(run.timeline, Some(9));
        assert_eq!(run.command, ["cmd", "-x", "--memory", "3"]);
    }

    #[test]
    fn the_commands_own_options_and_dashes_are_left_alone() {
        assert_eq!(run("run -- a -- -h").command, ["a", "--", "-h"]);
        assert_eq!(run("run a --userns").command, ["a", "--userns"]);
    }

    #[test]
    fn the_help_names_every_part() {
        for (_, name) in crate::part::ALL {
            assert!(HELP.contains(name), "{name}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (line, message) in [
            ("", "neither"),
            ("start", "\"start\""),
            ("run --rootfs", "'--rootfs'"),
            ("run --nonsense -- a", "'--nonsense'"),
            ("run --pids many -- a", "--pids many"),
            ("run --without networks -- a", "the parts are"),
            ("run --userns=yes -- a", "'--userns'"),
            ("sweep now", "\"now\""),
        ] {
            let error = parsed(line).unwrap_err().to_string();
            assert!(error.contains(message), "{line}: {error}");
        }
        assert!(matches!(parsed("run --help"), Ok(Action::Help)));
    }
}
