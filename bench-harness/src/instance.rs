//! One launcher process that becomes one isolated instance: spawned, watched, stopped, reaped.
//!
//! The process is the boundary between isolab and every backend, ours or foreign, so one concrete struct serves them all.
//!
//! 1. Note the clock and the CPU time of children so far; spawn the launcher in a process group of its own.
//! 2. Wait in `poll` for its output, its end (a pidfd), Ctrl-C, or the deadline. The harness sleeps while the workload
//!    works: it samples nothing and wakes only for what it has to stamp (less than 0.02 % of a CPU, as
//!    `tests/contract/price.rs` measures).
//! 3. Stamp every line of its standard output when it arrives. Lines that start with `#` are filler and not kept.
//! 4. Reap it: the kernel then hands over the CPU time and storage traffic of the whole tree (`getrusage`).
//! 5. Look until nothing is left of it (`leftovers.rs`), and stamp that too.
//!
//! An instance that is dropped before its end (timeout, Ctrl-C) is asked to end, then killed with its group, and reaped.
//!
//! Simplified: the CPU time of processes that nobody waited for (orphans that the host's init reaps) is not counted.
//!
//! Read next: `channel.rs`, `pidfd_open(2)`, `getrusage(2)`.

mod finished;
mod output;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use rustix::process::{PidfdFlags, pidfd_open};

pub use self::finished::{Consumption, Finished};
pub use self::output::Line;
use self::output::Output;
use crate::backend::Prepared;
use crate::channel::Channel;
use crate::clock::monotonic_ns;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::leftovers;
use crate::timeline::Timeline;
use crate::vm_stats::VmStats;

/// How long a launcher that was asked to end may take its sandbox apart.
const STOP_PATIENCE_MS: u16 = 1000;

/// What an instance is started from: a command, its files, and its reporting pipes.
#[derive(Debug)]
pub struct Launch {
    /// What is executed.
    pub prepared: Prepared,
    /// Where the launcher reports its steps.
    pub timeline: Channel,
    /// Where a VMM reports its counters.
    pub stats: Channel,
    /// Counted from the spawn.
    pub timeout: Duration,
}

/// A running instance.
#[derive(Debug)]
pub struct Instance<'a> {
    launcher: Reaper,
    /// Closed to let a workload go on that waits for its input.
    stdin: Option<ChildStdin>,
    output: Output,
    timeline: Channel,
    stats: Channel,
    interrupt: &'a Interrupt,
    spawned_ns: u64,
    deadline_ns: u64,
    /// Of all children reaped before.
    before: Usage,
    /// The launcher's files; the last to go.
    _prepared: Prepared,
}

impl<'a> Instance<'a> {
    /// Starts the launcher.
    ///
    /// # Errors
    /// When the launcher can't be executed or descriptors run out.
    pub fn spawn(launch: Launch, interrupt: &'a Interrupt) -> Result<Self, Failure> {
        let Launch {
            mut prepared,
            mut timeline,
            mut stats,
            timeout,
        } = launch;
        prepared
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        timeline.let_inherit()?;
        stats.let_inherit()?;
        prepared.let_inherit()?;

        let before = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let spawned_ns = monotonic_ns();
        let child = prepared.command.spawn().map_err(|error| {
            let program = prepared.command.get_program();
            Failure::Failed(format!("starting {program:?}: {error}"))
        })?;
        timeline.close_writer();
        stats.close_writer();
        prepared.inherited.clear();

        // From here on dropping the instance kills and reaps the launcher, whatever fails.
        let mut reaper = Reaper::of(child)?;
        let output = Output::of(&mut reaper.child)?;
        Ok(Self {
            stdin: reaper.child.stdin.take(),
            output,
            launcher: reaper,
            timeline,
            stats,
            interrupt,
            spawned_ns,
            deadline_ns: spawned_ns
                .saturating_add(u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX)),
            before,
            _prepared: prepared,
        })
    }

    /// The launcher's process id.
    #[must_use]
    pub fn id(&self) -> i32 {
        self.launcher.child.id().cast_signed()
    }

    /// Waits until the workload has said a line that is `word` or begins with it, and returns the line.
    ///
    /// # Errors
    /// When the instance ends or times out before, or the user interrupts.
    pub fn wait_for(&mut self, word: &str) -> Result<Line, Failure> {
        let mut seen = 0;
        loop {
            let found = self.output.lines[seen..].iter().find(|line| line.is(word));
            if let Some(line) = found {
                return Ok(line.clone());
            }
            seen = self.output.lines.len();
            if self.wait_for_event()? == Event::Ended {
                self.output.take()?;
                if self.output.lines.len() == seen {
                    return Err(self.failure_of_end());
                }
            }
        }
    }

    /// Lets a workload go on that waits for its input (`hold`).
    pub fn release(&mut self) {
        self.stdin = None;
    }

    /// What the launcher has reported up to now.
    ///
    /// # Errors
    /// When the report is malformed.
    pub fn timeline_so_far(&mut self) -> Result<Timeline, Failure> {
        Timeline::parse(&self.timeline.text_so_far()?).map_err(Failure::Failed)
    }

    /// Waits for the end, reaps, checks that the workload succeeded and that nothing is left.
    ///
    /// # Errors
    /// When the workload failed, timed out, was interrupted, or left something behind.
    pub fn finish(self) -> Result<Finished, Failure> {
        match self.end()? {
            (finished, None) => Ok(finished),
            (_, Some(failure)) => Err(failure),
        }
    }

    /// The same for those who want to see a failed life too: what is known of it, and why it failed.
    ///
    /// # Errors
    /// When it timed out, was interrupted, left something behind, or its report is malformed.
    pub fn end(mut self) -> Result<(Finished, Option<Failure>), Failure> {
        self.release();
        while self.wait_for_event()? != Event::Ended {}
        let status = self.launcher.reap()?;
        let reaped_ns = monotonic_ns();
        let after = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        self.output.take()?;

        let timeline = self.timeline_so_far()?;
        let gone = leftovers::wait_until_gone(self.id(), &timeline);
        let gone_ns = gone.map_err(|left| {
            leftovers::clear(self.id(), &timeline);
            Failure::Failed(left)
        })?;
        let stats = VmStats::parse(&self.stats.text_so_far()?).map_err(Failure::Failed)?;
        let checksum = self.output.checksum().filter(|_| status.success());
        let failure = checksum.is_none().then(|| self.failure_with(status));
        let finished = Finished {
            spawned_ns: self.spawned_ns,
            reaped_ns,
            gone_ns,
            used: Consumption::between(&self.before, &after),
            lines: std::mem::take(&mut self.output.lines),
            timeline,
            stats,
            checksum: checksum.unwrap_or_default(),
        };
        Ok((finished, failure))
    }

    /// Sleeps until there is output, the launcher has ended, the deadline is over, or the user interrupts.
    fn wait_for_event(&mut self) -> Result<Event, Failure> {
        let left_ns = self.deadline_ns.saturating_sub(monotonic_ns());
        if left_ns == 0 {
            let seconds = (self.deadline_ns - self.spawned_ns) as f64 / 1e9;
            return Err(Failure::TimedOut(format!(
                "stopped after {seconds} s; last line: {:?}",
                self.output
                    .lines
                    .last()
                    .map_or("none", |line| line.text.as_str())
            )));
        }
        // Rounded up: a wait of 0 ms would be a busy loop for the last fraction.
        let wait = PollTimeout::try_from(left_ns.div_ceil(1_000_000)).unwrap_or(PollTimeout::MAX);
        let mut fds = vec![
            PollFd::new(self.launcher.pidfd.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.interrupt.as_fd(), PollFlags::POLLIN),
        ];
        fds.extend(self.output.poll_fds());
        match poll(&mut fds, wait) {
            Err(nix::Error::EINTR) => return Ok(Event::Output),
            other => other?,
        };
        let [ended, interrupted] = [0, 1].map(|index: usize| fds[index].any() == Some(true));
        if interrupted {
            return Err(Failure::Interrupted);
        }
        self.output.take()?;
        Ok(if ended { Event::Ended } else { Event::Output })
    }

    fn failure_of_end(&mut self) -> Failure {
        match self.launcher.reap() {
            Ok(status) => self.failure_with(status),
            Err(error) => error.into(),
        }
    }

    fn failure_with(&self, status: ExitStatus) -> Failure {
        let end = match (status.code(), status.signal()) {
            (Some(0), _) => "ended without `done`".to_owned(),
            (Some(code), _) => format!("exit code {code}"),
            (None, Some(signal)) => format!("killed by signal {signal}"),
            (None, None) => "ended for an unknown reason".to_owned(),
        };
        let complaint = self.output.complaint();
        Failure::Failed(if complaint.is_empty() {
            end
        } else {
            format!("{end}: {complaint}")
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Output,
    Ended,
}

/// The launcher's process: stopped with everything that it started, and reaped, when dropped.
#[derive(Debug)]
struct Reaper {
    child: Child,
    /// Readable once the launcher has ended.
    pidfd: OwnedFd,
    reaped: bool,
}

impl Reaper {
    fn of(mut child: Child) -> Result<Self, Failure> {
        match pidfd_open(
            rustix::process::Pid::from_child(&child),
            PidfdFlags::empty(),
        ) {
            Ok(pidfd) => Ok(Self {
                child,
                pidfd,
                reaped: false,
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

    fn reap(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.reaped = true;
        Ok(status)
    }

    /// A launcher that is asked to end takes its sandbox apart; one that is killed can't.
    fn stop(&mut self) -> io::Result<()> {
        if self.reaped {
            return Ok(());
        }
        let launcher = Pid::from_raw(self.child.id().cast_signed());
        kill(launcher, Signal::SIGTERM)?;
        let mut end = [PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN)];
        if poll(&mut end, STOP_PATIENCE_MS)? == 0 {
            killpg(launcher, Signal::SIGKILL)?;
        }
        self.reap().map(drop)
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

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        if self.launcher.reaped {
            return;
        }
        // Both have said what went wrong, and there is nobody to return it to.
        self.launcher.stop().ok();
        if let Ok(timeline) = self.timeline_so_far() {
            leftovers::clear(self.id(), &timeline);
        }
    }
}

#[cfg(test)]
mod tests;
