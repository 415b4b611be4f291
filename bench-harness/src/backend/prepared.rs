//! A command that is ready to become one instance, with what it needs and what it may leave.
//!
//! 1. Our launchers take everything as arguments: a command is all.
//! 2. Other runtimes read files (a bundle, a machine's configuration): those lie in a folder that lives as long as the instance.
//! 3. Some leave state that only they can remove when they were killed: a command of theirs does, and it may fail, since
//!    after an orderly end there is nothing to remove.
//! 4. Some read descriptors: those lose their close-on-exec flag right before the spawn, and are closed right after it.
//! 5. A VMM of others doesn't know how its guest's program ended, and doesn't say where its guest's RAM lies.
//!
//! Dropped by `instance.rs` when the instance is gone or was stopped; outside of everything that is timed.

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Command;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use tempfile::TempDir;

use super::program::output_of;

/// What one instance is started from. Whoever holds it keeps its files.
#[derive(Debug)]
pub struct Prepared {
    /// Program and arguments; standard streams are set by `Instance::spawn`.
    pub command: Command,
    /// Files that the command reads.
    pub folder: Option<TempDir>,
    /// Descriptors that the command finds open under the numbers that they have here.
    pub inherited: Vec<OwnedFd>,
    /// The cgroup folders that it will make and can't report: nothing of them may be left either.
    pub cgroups: Vec<PathBuf>,
    /// The size of the guest's RAM, where the VMM won't report its place: it is known by its size.
    pub guest_ram_bytes: Option<u64>,
    /// The command's own exit code says nothing about the program: the line `exit CODE` does, which must come last.
    pub exit_code_is_said: bool,
    /// Run when the instance is gone, in this order; failures are expected.
    pub afterwards: Vec<Command>,
}

impl From<Command> for Prepared {
    fn from(command: Command) -> Self {
        Self {
            command,
            folder: None,
            inherited: Vec::new(),
            cgroups: Vec::new(),
            guest_ram_bytes: None,
            exit_code_is_said: false,
            afterwards: Vec::new(),
        }
    }
}

impl Prepared {
    /// The guest's RAM is the mapping of this size.
    #[must_use]
    pub(super) fn with_guest_ram(mut self, bytes: u64) -> Self {
        self.guest_ram_bytes = Some(bytes);
        self
    }

    /// The guest says its program's exit code.
    #[must_use]
    pub(super) fn saying_its_exit_code(mut self) -> Self {
        self.exit_code_is_said = true;
        self
    }

    pub(crate) fn let_inherit(&self) -> io::Result<()> {
        for descriptor in &self.inherited {
            fcntl(descriptor, FcntlArg::F_SETFD(FdFlag::empty()))?;
        }
        Ok(())
    }

    /// Runs what is to be run when the instance is gone, or was killed. Once: a second call does nothing.
    pub(crate) fn clear_up(&mut self) {
        for mut command in self.afterwards.drain(..) {
            if let Err(error) = output_of(&mut command) {
                eprintln!("isolab: starting {:?}: {error}", command.get_program());
            }
        }
    }
}

/// The command that starts another one: `wrapper … PROGRAM ARGS`, in the environment of the latter.
#[must_use]
pub fn started_by(mut wrapper: Command, command: &Command) -> Command {
    wrapper.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapper.env(name, value),
            None => wrapper.env_remove(name),
        };
    }
    wrapper
}

impl Drop for Prepared {
    fn drop(&mut self) {
        self.clear_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_outlives_the_command_that_clears_up() {
        let folder = tempfile::tempdir().unwrap();
        let seen = tempfile::tempdir().unwrap();
        let mut look = Command::new("cp");
        std::fs::write(folder.path().join("state"), "kept").unwrap();
        look.arg(folder.path().join("state")).arg(seen.path());
        let path = folder.path().to_path_buf();
        let mut prepared = Prepared::from(Command::new("true"));
        prepared.folder = Some(folder);
        prepared.afterwards.push(look);
        drop(prepared);
        assert_eq!(std::fs::read(seen.path().join("state")).unwrap(), b"kept");
        assert!(!path.exists());
    }
}
