//! One launcher process that becomes one isolated instance: spawned, watched, stopped, reaped.
//!
//! The process is the boundary between isolab and every backend, ours or foreign, so one concrete struct serves them all.
//!
//! 1. Note the clock; spawn the launcher in a process group of its own.
//! 2. Wait in `poll` for its output, its end (a pidfd), Ctrl-C, or the deadline (`waiting.rs`). The harness sleeps while the
//!    workload works: it samples nothing and wakes only for what it has to stamp (less than 0.02 % of a CPU, as
//!    `tests/contract/price.rs` measures).
//! 3. Stamp every line of its standard output when it arrives (`output.rs`; whoever waits for one: `listening.rs`). Lines that start
//!    with `#` are filler and not kept. A service is asked in between, in bytes (`dialogue.rs`).
//! 4. Reap it (`reaper.rs`): the kernel then hands over the CPU time and storage traffic of the whole tree.
//! 5. Look until nothing is left of it (`leftovers.rs`), and stamp that too.
//!
//! An instance that is dropped before its end (timeout, Ctrl-C) is asked to end, then killed with its group, and reaped.
//!
//! Simplified: the CPU time of processes that nobody waited for (orphans that the host's init reaps) is not counted.
//!
//! Read next: `fleet.rs` (many at once), `channel.rs`, `pidfd_open(2)`, `getrusage(2)`.

mod dialogue;
mod failing;
mod finished;
mod listening;
mod output;
mod reaper;
mod waiting;

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{ChildStdin, ExitStatus, Stdio};
use std::time::Duration;

pub use self::finished::{Consumption, Finished};
pub use self::output::Line;
use self::output::Output;
use self::reaper::{Reaped, Reaper};
pub use self::waiting::wait_for_any;
use crate::backend::Prepared;
use crate::channel::Channel;
use crate::clock::monotonic_ns;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::leftovers;
use crate::timeline::Timeline;
use crate::vm_stats::VmStats;

/// The part of an instance's time that its launcher may take to end after the workload's last line.
const END_PATIENCE_PART: u64 = 6;

/// How many times 10 ms a launcher may be behind its workload with its report.
const REPORT_PATIENCE: u32 = 50;

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
    /// What it may say on its standard output.
    pub output_bytes: u64,
}

/// A running instance.
#[derive(Debug)]
pub struct Instance<'a> {
    launcher: Reaper,
    /// Closed to let a workload go on that waits for its input.
    stdin: Option<ChildStdin>,
    output: Output,
    /// How many of its lines somebody has asked for, one by one.
    heard: usize,
    timeline: Channel,
    stats: Channel,
    interrupt: &'a Interrupt,
    spawned_ns: u64,
    deadline_ns: u64,
    /// The workload has said `done`, and the deadline has been brought forward.
    is_ending: bool,
    /// True when it was seen that nothing is left, or what was left has been removed.
    is_settled: bool,
    /// The launcher's files; the last to go.
    prepared: Prepared,
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
            output_bytes,
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
        let output = Output::of(&mut reaper.child, output_bytes)?;
        Ok(Self {
            stdin: reaper.child.stdin.take(),
            output,
            heard: 0,
            launcher: reaper,
            timeline,
            stats,
            interrupt,
            spawned_ns,
            deadline_ns: spawned_ns
                .saturating_add(u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX)),
            is_ending: false,
            is_settled: false,
            prepared,
        })
    }

    /// The launcher's process id.
    #[must_use]
    pub fn id(&self) -> i32 {
        self.launcher.child.id().cast_signed()
    }

    /// The size of the guest's RAM, where the VMM doesn't report its place.
    #[must_use]
    pub fn guest_ram_bytes(&self) -> Option<u64> {
        self.prepared.guest_ram_bytes
    }

    /// Ends an instance that would go on for ever, and looks that nothing is left of it.
    ///
    /// # Errors
    /// When it had ended before, or left something behind.
    pub fn stop(mut self) -> Result<Finished, Failure> {
        if self.launcher.has_ended()? {
            self.output.take()?;
            let reason = self.failure_of_end().reason();
            return Err(Failure::Failed(format!(
                "it ended before it was stopped: {reason}"
            )));
        }
        self.ask_to_end();
        self.end().map(|(finished, _)| finished)
    }

    /// What the launcher has reported up to now, and what its backend knows of one that reports nothing.
    ///
    /// # Errors
    /// When the report is malformed.
    pub fn timeline_so_far(&mut self) -> Result<Timeline, Failure> {
        let reported = self.timeline.text_so_far()?;
        let mut timeline = Timeline::parse(&reported).map_err(Failure::Failed)?;
        let known = self.prepared.cgroups.iter();
        let known = known.map(|folder| ("cgroup".to_owned(), folder.display().to_string()));
        timeline.facts.extend(known);
        Ok(timeline)
    }

    /// The cgroups that the launcher has made; none if it makes none.
    ///
    /// The launcher and its workload run side by side: on a busy machine the one may tell a moment after the other is ready.
    ///
    /// # Errors
    /// When the report is malformed.
    pub fn cgroups(&mut self) -> Result<Vec<PathBuf>, Failure> {
        for _ in 0..REPORT_PATIENCE {
            let cgroups = self.timeline_so_far()?.cgroups();
            if !cgroups.is_empty() {
                return Ok(cgroups);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Vec::new())
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

    /// Waits for the end of a launcher that was told to run nothing: it has succeeded if its exit code is 0.
    ///
    /// # Errors
    /// When it failed, timed out, was interrupted, or left something behind.
    pub fn finish_without_a_word(self) -> Result<Finished, Failure> {
        match self.close()? {
            (finished, status, _) if status.success() && finished.lines.is_empty() => Ok(finished),
            (_, _, Some(failure)) => Err(failure),
            (_, _, None) => Err(Failure::Failed("it ran the workload".to_owned())),
        }
    }

    /// The same for those who want to see a failed life too: what is known of it, and why it failed.
    ///
    /// # Errors
    /// When it timed out, was interrupted, left something behind, or its report is malformed.
    pub fn end(self) -> Result<(Finished, Option<Failure>), Failure> {
        let (finished, _, failure) = self.close()?;
        Ok((finished, failure))
    }

    /// Waits, reaps, and collects what was reported.
    fn close(mut self) -> Result<(Finished, ExitStatus, Option<Failure>), Failure> {
        self.release();
        while self.launcher.reaped.is_none() && !self.has_ended_after_wait()? {}
        let reaped = self.reap()?;

        let timeline = self.timeline_so_far()?;
        let gone = leftovers::wait_until_gone(self.id(), &timeline);
        self.is_settled = true;
        let gone_ns = gone.map_err(|left| {
            self.prepared.clear_up();
            leftovers::clear(self.id(), &timeline);
            Failure::Failed(left)
        })?;
        let stats = VmStats::parse(&self.stats.text_so_far()?).map_err(Failure::Failed)?;
        let status = reaped.status;
        let succeeded = status.success()
            && (!self.prepared.exit_code_is_said || self.output.said_exit_code() == Some(0));
        let checksum = self.output.checksum().filter(|_| succeeded);
        let failure = checksum.is_none().then(|| self.failure_with(status));
        let finished = Finished {
            spawned_ns: self.spawned_ns,
            reaped_ns: reaped.at_ns,
            gone_ns,
            used: reaped.used,
            lines: std::mem::take(&mut self.output.lines),
            timeline,
            stats,
            first_byte_ns: self.output.first_byte_ns,
            exit_code: status.code(),
            checksum: checksum.unwrap_or_default(),
        };
        Ok((finished, status, failure))
    }

    /// Reaps a launcher that has ended, without looking yet at what it did and left: for whoever has others to watch meanwhile.
    ///
    /// # Errors
    /// When it can't be waited for, or its last words not be read.
    pub fn reap_now(&mut self) -> Result<(), Failure> {
        self.reap().map(drop)
    }

    /// Asks the launcher to end, and doesn't wait until it has.
    pub fn ask_to_end(&self) {
        // ESRCH can't be, as it is not reaped; and who drops the instance hears of anything else.
        self.launcher.ask_to_end().ok();
    }

    fn reap(&mut self) -> Result<Reaped, Failure> {
        let reaped = self.launcher.reap()?;
        self.stdin = None;
        self.output.take()?;
        Ok(reaped)
    }

    /// Sleeps until there is output, the launcher has ended, the deadline is over, or the user interrupts.
    fn has_ended_after_wait(&mut self) -> Result<bool, Failure> {
        Ok(!wait_for_any(std::slice::from_mut(self))?.is_empty())
    }

    /// A launcher whose workload has said its last line is near its end: if it hangs now, not all of the time is waited for.
    fn expect_end_after_done(&mut self) {
        let is_done = self.output.lines.last().is_some_and(|line| line.is("done"));
        if is_done && !self.is_ending {
            self.is_ending = true;
            let whole_ns = self.deadline_ns - self.spawned_ns;
            let patience_ns = whole_ns / END_PATIENCE_PART;
            self.deadline_ns = self.deadline_ns.min(monotonic_ns() + patience_ns);
        }
    }
}

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        if self.is_settled {
            return;
        }
        // Both have said what went wrong, and there is nobody to return it to.
        self.launcher.stop().ok();
        self.prepared.clear_up();
        if let Ok(timeline) = self.timeline_so_far() {
            leftovers::clear(self.id(), &timeline);
        }
    }
}

#[cfg(test)]
mod tests;
