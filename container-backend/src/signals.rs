//! Signals sent to the launcher are meant for the command: they are passed on.
//!
//! They are blocked before the container exists and then read from a descriptor, so that none is lost or ends the launcher
//! between two steps. The init inherits the block and keeps it: what is typed at a terminal is sent to it too. A command
//! inherits its parent's, so they are unblocked in it before it executes, or it would never get one of them.
//!
//! Simplified: a terminal sends Ctrl-C to the launcher *and* to the command, so the command gets it twice.
//!
//! Read next: signalfd(2), proc_pid_task(5).

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;

const FORWARDED: [Signal; 7] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGWINCH,
];

/// Those that end a program that doesn't handle them and are meant to.
const ENDING: [Signal; 4] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
];

/// The blocked signals, and where they are read.
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// Blocks them.
    pub fn block() -> io::Result<Self> {
        let set = forwarded();
        set.thread_block()?;
        Ok(Self(SignalFd::with_flags(
            &set,
            SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK,
        )?))
    }

    /// Passes on what has arrived: to the command, which is the first child of the container's init, or is the init itself.
    ///
    /// Before the command runs there is nobody to ask: a signal that would end it ends the container.
    pub fn forward(&self, init: i32, command_is_init: bool) -> io::Result<()> {
        while let Some(info) = self.0.read_signal()? {
            let Ok(signal) = Signal::try_from(info.ssi_signo as i32) else {
                continue;
            };
            let sent = match if command_is_init {
                Some(init)
            } else {
                first_child(init)
            } {
                Some(command) => kill(Pid::from_raw(command), signal),
                None if ENDING.contains(&signal) => kill(Pid::from_raw(init), Signal::SIGKILL),
                None => Ok(()),
            };
            match sent {
                // It has just ended: there is nobody left to tell.
                Ok(()) | Err(Errno::ESRCH) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Those that are blocked here and must not be in the command.
pub fn forwarded() -> SigSet {
    FORWARDED.into_iter().collect()
}

/// Before this process becomes the command.
pub fn unblock() -> io::Result<()> {
    Ok(forwarded().thread_unblock()?)
}

fn first_child(init: i32) -> Option<i32> {
    let children = std::fs::read_to_string(format!("/proc/{init}/task/{init}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}
