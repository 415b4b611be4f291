//! The host's system calls that one instance makes, counted by strace.
//!
//! 1. The launcher is started by strace, which follows everything that it starts. It notes one line for each call, with its
//!    arguments as bare numbers: nothing is looked up, so lines are short and the same everywhere.
//! 2. All lines together are what it takes to isolate, run and end a program.
//! 3. The calls after the last program was executed, by the process that executed it, are the payload's own. In a VM there
//!    is no such process: there the VMM is the last that was executed.
//!
//! strace stops a process at each call, so nothing is timed here.
//!
//! Read next: strace(1), `experiment/isolation.rs`.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use tempfile::NamedTempFile;

use crate::backend::{Backend, Job, Missing, started_by};
use crate::failure::Failure;
use crate::lab::Lab;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemCalls {
    /// By the launcher and everything that it started.
    pub all: u64,
    /// By the process that executed a program last, after that.
    pub after_last_exec: u64,
}

/// Where strace is.
///
/// # Errors
/// How to get it.
pub fn strace() -> Result<PathBuf, Missing> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&folders).map(|folder| folder.join("strace"));
    candidates.find(|path| path.is_file()).ok_or(Missing {
        what: "strace isn't installed".to_owned(),
        remedy: "sudo apt-get install strace".to_owned(),
    })
}

/// Runs one instance to its end and counts.
///
/// # Errors
/// `Unsupported` without strace; otherwise when the instance fails.
pub fn count(lab: &Lab, backend: &dyn Backend, job: &Job) -> Result<SystemCalls, Failure> {
    let strace = strace().map_err(|missing| {
        Failure::Unsupported(format!("{} (remedy: {})", missing.what, missing.remedy))
    })?;
    let lines = NamedTempFile::new()?;
    let traced = |command: &Command| {
        let mut wrapper = Command::new(&strace);
        wrapper
            .args(["-f", "-qq", "-e", "signal=none", "-e", "raw=all", "-o"])
            .arg(lines.path());
        started_by(wrapper, command)
    };
    lab.start_wrapped(backend, job, &traced)?.finish()?;
    let text = std::fs::read(lines.path())?;
    parse(&String::from_utf8_lossy(&text)).map_err(Failure::from)
}

fn parse(text: &str) -> io::Result<SystemCalls> {
    let mut all = 0;
    let mut since_exec: BTreeMap<&str, u64> = BTreeMap::new();
    let mut last_exec = None;
    for line in text.lines() {
        let Some((process, call)) = line.split_once(' ') else {
            continue;
        };
        // The second half of a call that was interrupted by another process's begins with `<`.
        let name = match call.trim_start().split_once('(') {
            Some((name, _)) if is_name(name) => name,
            _ => continue,
        };
        all += 1;
        if name.starts_with("execve") {
            since_exec.insert(process, 0);
            last_exec = Some(process);
        } else {
            *since_exec.entry(process).or_default() += 1;
        }
    }
    let last_exec = last_exec.ok_or_else(|| io::Error::other("strace saw no program start"))?;
    Ok(SystemCalls {
        all,
        after_last_exec: since_exec[last_exec],
    })
}

fn is_name(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_another_process_interrupts_counts_once_and_the_payloads_own_are_told_apart() {
        let text = "\
10    execve(0x7ffd, 0x7ffe, 0x7fff) = 0
10    clone3(0x7ffd, 0x58 <unfinished ...>
11    close(0x3) = 0
10    <... clone3 resumed>) = 0xb
11    execveat(0x4, 0x7ffd, 0x7ffe, 0, 0x1000) = 0
10    waitid(0x1, 0xb <unfinished ...>
11    write(0x1, 0x7ffd, 0x5) = 0x5
11    exit_group(0) = ?
10    <... waitid resumed>) = 0
10    exit_group(0) = ?
";
        let counted = parse(text).unwrap();
        assert_eq!(
            counted,
            SystemCalls {
                all: 8,
                after_last_exec: 2
            }
        );
        assert!(parse("").is_err());
    }

    #[test]
    fn a_plain_process_makes_all_calls_itself_but_the_one_that_starts_it() {
        if let Err(missing) = strace() {
            return crate::require::skip("strace", &missing.what);
        }
        let lab =
            Lab::for_single_instances(crate::parameters::Parameters::usual_timeout()).unwrap();
        let native = crate::backend::by_id("native").unwrap();
        let counted = count(&lab, native, &lab.job(&["hello"])).unwrap();
        assert_eq!(counted.all, counted.after_last_exec + 1);
        assert!((5..200).contains(&counted.all), "{counted:?}");
    }
}
