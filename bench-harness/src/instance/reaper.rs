//! A launcher's process, from its spawn to its reaping: whatever fails in between, it is stopped and reaped.
//!
//! The CPU time of a tree is what the harness's counters of reaped children (`getrusage`, RUSAGE_CHILDREN) grow by when its
//! launcher is reaped. They grow at no other moment, so they are read right before and right after that, and not at the
//! spawn: that way it doesn't matter how many other instances are alive.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ExitStatus};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use rustix::process::{PidfdFlags, pidfd_open};

use super::finished::Consumption;
use crate::clock::monotonic_ns;
use crate::failure::Failure;

/// How long a launcher that was asked to end may take its sandbox apart.
const STOP_PATIENCE_MS: u16 = 1000;

/// The launcher's process: stopped with everything that it started, and reaped, when dropped.
#[derive(Debug)]
pub(super) struct Reaper {
    pub(super) child: Child,
    /// Readable once the launcher has ended.
    pub(super) pidfd: OwnedFd,
    /// Set when it has been waited for.
    pub(super) reaped: Option<Reaped>,
}

/// How a launcher ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reaped {
    pub(super) status: ExitStatus,
    /// CLOCK_MONOTONIC, just after it was waited for.
    pub(super) at_ns: u64,
    /// What it and everything that it waited for used.
    pub(super) used: Consumption,
}

impl Reaper {
    pub(super) fn of(mut child: Child) -> Result<Self, Failure> {
        match pidfd_open(
            rustix::process::Pid::from_child(&child),
            PidfdFlags::empty(),
        ) {
            Ok(pidfd) => Ok(Self {
                child,
                pidfd,
                reaped: None,
            }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(Failure::Failed(format!(
                    "pidfd_open of the launcher: {error}"
                )))
            }
        }
    }

    /// Whether there is an end to be waited for.
    pub(super) fn has_ended(&self) -> io::Result<bool> {
        let mut end = [PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN)];
        Ok(poll(&mut end, PollTimeout::ZERO)? > 0)
    }

    /// Waits for the end, if that has not been done yet.
    pub(super) fn reap(&mut self) -> io::Result<Reaped> {
        if let Some(reaped) = self.reaped {
            return Ok(reaped);
        }
        let before = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let status = self.child.wait()?;
        let at_ns = monotonic_ns();
        let after = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let used = Consumption::between(&before, &after);
        let reaped = Reaped {
            status,
            at_ns,
            used,
        };
        self.reaped = Some(reaped);
        Ok(reaped)
    }

    /// Asks the launcher to end, and waits for nothing.
    pub(super) fn ask_to_end(&self) -> io::Result<()> {
        if self.reaped.is_none() {
            kill(self.id(), Signal::SIGTERM)?;
        }
        Ok(())
    }

    /// A launcher that is asked to end takes its sandbox apart; one that is killed can't.
    pub(super) fn stop(&mut self) -> io::Result<()> {
        if self.reaped.is_some() {
            return Ok(());
        }
        self.ask_to_end()?;
        let mut end = [PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN)];
        if poll(&mut end, STOP_PATIENCE_MS)? == 0 {
            killpg(self.id(), Signal::SIGKILL)?;
        }
        self.reap().map(drop)
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!(
                "isolab: could not stop process {}: {error}",
                self.child.id()
            );
        }
    }
}
