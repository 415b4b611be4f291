//! The peers of a run: which program it was, how it was built, and the command that an instance is started with.
//!
//! Whoever repeats a run elsewhere must know all three: the same runtime in another version, or linked dynamically, starts
//! in another time.

use std::process::Command;

use serde_json::{Map, Value, json};

use crate::backend::{Backend, Installed, ReportFds};
use crate::binaries::sha256_hex;
use crate::lab::Lab;
use crate::plan::Request;

/// By the peer's name.
pub(super) fn records(request: &Request, lab: &Lab) -> Map<String, Value> {
    let record = |(backend, installed): (&'static dyn Backend, Installed)| {
        let mut record = json!({
            "path": installed.path,
            "linkage": installed.linkage,
            "command": example(backend, lab),
        });
        if let Some(shortfall) = backend.shortfall() {
            record["shortfall"] = json!(shortfall);
        }
        (backend.id().to_owned(), record)
    };
    installed(request).map(record).collect()
}

pub(super) fn versions(request: &Request) -> impl Iterator<Item = (String, String)> {
    installed(request).map(|(backend, installed)| (backend.id().to_owned(), installed.version))
}

pub(super) fn hashes(request: &Request) -> impl Iterator<Item = (String, String)> {
    installed(request).filter_map(|(backend, installed)| {
        let content = std::fs::read(installed.path).ok()?;
        Some((backend.id().to_owned(), sha256_hex(&content)))
    })
}

fn installed(request: &Request) -> impl Iterator<Item = (&'static dyn Backend, Installed)> {
    let backends = request.backends.iter().copied();
    backends.filter_map(|backend| Some((backend, backend.installed()?)))
}

/// The command that `hello` is started with; the folder for an instance's files has another name each time.
fn example(backend: &dyn Backend, lab: &Lab) -> String {
    let nowhere = ReportFds {
        timeline: -1,
        stats: -1,
    };
    match backend.prepare(&lab.job(&["hello"]), &lab.binaries, nowhere) {
        Ok(prepared) => written_out(&prepared.command),
        Err(failure) => failure.reason(),
    }
}

/// As a shell would be given it.
fn written_out(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = |word: &std::ffi::OsStr| {
        let word = word.to_string_lossy();
        let is_plain =
            |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@%".contains(letter);
        match !word.is_empty() && word.chars().all(is_plain) {
            true => word.into_owned(),
            false => format!("'{}'", word.replace('\'', r"'\''")),
        }
    };
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_written_as_a_shell_reads_it() {
        let mut command = Command::new("/usr/bin/crun");
        command.args(["run", "--bundle", "/a b", "", "it's"]);
        assert_eq!(
            written_out(&command),
            r"/usr/bin/crun run --bundle '/a b' '' 'it'\''s'"
        );
    }
}
