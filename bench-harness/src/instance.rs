//! One launcher process that becomes one isolated instance: spawned, watched, stopped, reaped.
//!
//! The process is the boundary between isolab and every backend, ours or foreign, so one concrete struct serves them all.
//!
//! 1. Note the clock and the CPU time of children so far; spawn the launcher in a process group of its own.
//! 2. Wait in `poll` for its output, its end (a pidfd), Ctrl-C, or the deadline. The harness sleeps while the workload
//!    works: it samples nothing and wakes only for what it has to stamp.
//! 3. Stamp every line of its standard output when it arrives. Lines that start with `#` are filler and not kept.
//! 4. Reap it: the kernel then hands over the CPU time and storage traffic of the whole tree (`getrusage`).
//! 5. Look until nothing is left of it (`leftovers.rs`), and stamp that too.
//!
//! An instance that is dropped before its end is killed with its group and reaped.
//!
//! Simplified: the CPU time of processes that nobody waited for (orphans that the host's init reaps) is not counted.
//!
//! Read next: `channel.rs`, `pidfd_open(2)`, `getrusage(2)`.

use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::signal::{Signal, killpg};
use nix::sys::time::TimeValLike;
use nix::unistd::Pid;
use rustix::process::{PidfdFlags, pidfd_open};
use workload::protocol::Line as Protocol;

use crate::channel::{Channel, make_nonblocking, read_available};
use crate::clock::monotonic_ns;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::leftovers;
use crate::timeline::Timeline;
use crate::vm_stats::VmStats;

/// Error output kept per instance; the rest is read and dropped, so that its writer never blocks.
const STDERR_LIMIT: usize = 64 * 1024;

/// What an instance is started from: a built command and its reporting pipes.
#[derive(Debug)]
pub struct Launch {
    /// Program and arguments; standard streams are set by [`Instance::spawn`].
    pub command: Command,
    /// Where the launcher reports its steps.
    pub timeline: Channel,
    /// Where a VMM reports its counters.
    pub stats: Channel,
    /// Counted from the spawn.
    pub timeout: Duration,
}

/// One line of the workload and when the harness saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// CLOCK_MONOTONIC, nanoseconds.
    pub at_ns: u64,
    /// Without the newline.
    pub text: String,
}

/// What the tree of one instance used, from its spawn to its reaping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consumption {
    /// User and system time in nanoseconds.
    pub cpu_ns: u64,
    /// Bytes that storage had to deliver for it.
    pub read_bytes: u64,
    /// Bytes that it caused to be written to storage (for buffered writes: page cache made dirty).
    pub write_bytes: u64,
}

/// A running instance.
#[derive(Debug)]
pub struct Instance<'a> {
    child: Child,
    /// Readable once the launcher has ended.
    pidfd: OwnedFd,
    stdin: Option<ChildStdin>,
    /// `None` after end-of-file, as is `stderr`.
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// The unfinished last line of stdout.
    partial: Vec<u8>,
    errors: Vec<u8>,
    lines: Vec<Line>,
    timeline: Channel,
    stats: Channel,
    interrupt: &'a Interrupt,
    spawned_ns: u64,
    deadline_ns: u64,
    before: Usage,
    reaped: bool,
}

/// An instance that has come to its end.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Just before the launcher was spawned.
    pub spawned_ns: u64,
    /// Just after it was reaped.
    pub reaped_ns: u64,
    /// When nothing of it was left, as far as the harness can see.
    pub gone_ns: u64,
    /// What its tree used.
    pub used: Consumption,
    /// The workload's lines.
    pub lines: Vec<Line>,
    /// The launcher's steps.
    pub timeline: Timeline,
    /// The VMM's counters.
    pub stats: Option<VmStats>,
    /// Of what the workload computed.
    pub checksum: u64,
}

impl Line {
    /// True for the protocol's line `word`, whatever follows it.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.text.split(' ').next() == Some(word)
    }
}

impl Finished {
    /// When the workload said `word`.
    #[must_use]
    pub fn said_ns(&self, word: &str) -> Option<u64> {
        let line = self.lines.iter().find(|line| line.is(word))?;
        Some(line.at_ns)
    }

    /// How long it was from `ready` to `done`, as seen from outside.
    #[must_use]
    pub fn work_ns(&self) -> Option<u64> {
        let (ready, done) = self.said_ns("ready").zip(self.said_ns("done"))?;
        Some(done.saturating_sub(ready))
    }

    /// A number that the workload measured.
    #[must_use]
    pub fn metric(&self, wanted: &str) -> Option<f64> {
        self.lines
            .iter()
            .find_map(|line| match Protocol::parse(&line.text) {
                Ok(Protocol::Metric { name, value, .. }) if name == wanted => Some(value),
                _ => None,
            })
    }

    /// Something that the workload found.
    #[must_use]
    pub fn fact(&self, wanted: &str) -> Option<&str> {
        self.lines
            .iter()
            .find_map(|line| match Protocol::parse(&line.text) {
                Ok(Protocol::Fact { key, value }) if key == wanted => Some(value),
                _ => None,
            })
    }
}

impl<'a> Instance<'a> {
    /// Starts the launcher.
    ///
    /// # Errors
    /// When the launcher can't be executed or descriptors run out.
    pub fn spawn(launch: Launch, interrupt: &'a Interrupt) -> Result<Self, Failure> {
        let Launch {
            mut command,
            mut timeline,
            mut stats,
            timeout,
        } = launch;
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        timeline.let_inherit()?;
        stats.let_inherit()?;

        let before = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let spawned_ns = monotonic_ns();
        let mut child = command.spawn().map_err(|error| {
            Failure::Failed(format!("starting {:?}: {error}", command.get_program()))
        })?;
        timeline.close_writer();
        stats.close_writer();

        let pidfd = watch(&child);
        let mut instance = Self {
            pidfd: match pidfd {
                Ok(fd) => fd,
                Err(error) => {
                    child.kill()?;
                    child.wait()?;
                    return Err(error);
                }
            },
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            child,
            partial: Vec::new(),
            errors: Vec::new(),
            lines: Vec::new(),
            timeline,
            stats,
            interrupt,
            spawned_ns,
            deadline_ns: spawned_ns
                .saturating_add(u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX)),
            before,
            reaped: false,
        };
        if let Some(stdout) = &instance.stdout {
            make_nonblocking(stdout)?;
        }
        if let Some(stderr) = &instance.stderr {
            make_nonblocking(stderr)?;
        }
        instance.take_output()?;
        Ok(instance)
    }

    /// The launcher's process id.
    #[must_use]
    pub fn id(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Waits until the workload has said a line that is `word` or begins with it, and returns the line.
    ///
    /// # Errors
    /// When the instance ends or times out before, or the user interrupts.
    pub fn wait_for(&mut self, word: &str) -> Result<Line, Failure> {
        let mut seen = 0;
        loop {
            let found = self.lines[seen..].iter().find(|line| line.is(word));
            if let Some(line) = found {
                return Ok(line.clone());
            }
            seen = self.lines.len();
            if self.wait_for_event()? == Event::Ended {
                self.take_output()?;
                if self.lines.len() == seen {
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
    pub fn finish(mut self) -> Result<Finished, Failure> {
        self.release();
        while self.wait_for_event()? != Event::Ended {}
        let status = self.reap()?;
        let reaped_ns = monotonic_ns();
        let after = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        self.take_output()?;

        let timeline = self.timeline_so_far()?;
        let gone_ns = leftovers::wait_until_gone(self.id(), &timeline).map_err(Failure::Failed)?;
        let stats = VmStats::parse(&self.stats.text_so_far()?).map_err(Failure::Failed)?;
        let checksum = self.lines.iter().rev().find_map(checksum_of);
        let (true, Some(checksum)) = (status.success(), checksum) else {
            return Err(self.failure_with(status));
        };
        Ok(Finished {
            spawned_ns: self.spawned_ns,
            reaped_ns,
            gone_ns,
            used: consumption(&self.before, &after),
            lines: std::mem::take(&mut self.lines),
            timeline,
            stats,
            checksum,
        })
    }

    /// Sleeps until there is output, the launcher has ended, the deadline is over, or the user interrupts.
    fn wait_for_event(&mut self) -> Result<Event, Failure> {
        let left_ns = self.deadline_ns.saturating_sub(monotonic_ns());
        if left_ns == 0 {
            let seconds = (self.deadline_ns - self.spawned_ns) as f64 / 1e9;
            self.kill();
            return Err(Failure::TimedOut(format!(
                "stopped after {seconds} s; last line: {:?}",
                self.lines.last().map_or("none", |line| line.text.as_str())
            )));
        }
        // Rounded up: a wait of 0 ms would be a busy loop for the last fraction.
        let wait = PollTimeout::try_from(left_ns.div_ceil(1_000_000)).unwrap_or(PollTimeout::MAX);
        let mut fds = vec![
            PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.interrupt.as_fd(), PollFlags::POLLIN),
        ];
        fds.extend(
            self.stdout
                .iter()
                .map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)),
        );
        fds.extend(
            self.stderr
                .iter()
                .map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)),
        );
        match poll(&mut fds, wait) {
            Err(nix::Error::EINTR) => return Ok(Event::Output),
            other => other?,
        };
        let [ended, interrupted] = [0, 1].map(|index: usize| fds[index].any() == Some(true));
        if interrupted {
            self.kill();
            return Err(Failure::Interrupted);
        }
        self.take_output()?;
        Ok(if ended { Event::Ended } else { Event::Output })
    }

    fn take_output(&mut self) -> Result<(), Failure> {
        if let Some(stdout) = &mut self.stdout {
            let open = read_available(stdout, &mut self.partial)?;
            // One stamp for all that came at once: the harness can't know more.
            let at_ns = monotonic_ns();
            take_lines(&mut self.partial, at_ns, &mut self.lines);
            if !open {
                self.stdout = None;
            }
        }
        if let Some(stderr) = &mut self.stderr {
            let open = read_available(&mut stderr.by_ref(), &mut self.errors)?;
            self.errors.truncate(STDERR_LIMIT);
            if !open {
                self.stderr = None;
            }
        }
        Ok(())
    }

    fn reap(&mut self) -> Result<ExitStatus, Failure> {
        let status = self.child.wait()?;
        self.reaped = true;
        Ok(status)
    }

    fn kill(&mut self) {
        if !self.reaped {
            // ESRCH: everything in the group has ended by itself, which is what is wanted.
            killpg(Pid::from_raw(self.id()), Signal::SIGKILL).ok();
        }
    }

    fn failure_of_end(&mut self) -> Failure {
        match self.reap() {
            Ok(status) => self.failure_with(status),
            Err(failure) => failure,
        }
    }

    /// The clearest words there are for why it went wrong: the workload's own, else the launcher's.
    fn failure_with(&self, status: ExitStatus) -> Failure {
        let said = self
            .lines
            .iter()
            .find(|line| line.text.starts_with("error:"))
            .map(|line| line.text.clone());
        let errors = String::from_utf8_lossy(&self.errors);
        let told: Vec<&str> = errors
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let reason = said.unwrap_or_else(|| told.join("; "));
        let end = match (status.code(), status.signal()) {
            (Some(0), _) => "ended without `done`".to_owned(),
            (Some(code), _) => format!("exit code {code}"),
            (None, Some(signal)) => format!("killed by signal {signal}"),
            (None, None) => "ended for an unknown reason".to_owned(),
        };
        Failure::Failed(if reason.is_empty() {
            end
        } else {
            format!("{end}: {reason}")
        })
    }
}

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        if !self.reaped {
            self.kill();
            // A failure means that someone else reaped it: then there is nothing to wait for.
            self.child.wait().ok();
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Output,
    Ended,
}

fn watch(child: &Child) -> Result<OwnedFd, Failure> {
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed())
        .ok_or_else(|| Failure::Failed("the launcher has no process id".to_owned()))?;
    pidfd_open(pid, PidfdFlags::empty())
        .map_err(|error| Failure::Failed(format!("pidfd_open of the launcher: {error}")))
}

/// Moves all complete lines out of `partial`.
fn take_lines(partial: &mut Vec<u8>, at_ns: u64, lines: &mut Vec<Line>) {
    let Some(end) = partial.iter().rposition(|byte| *byte == b'\n') else {
        return;
    };
    let complete = partial[..end].split(|byte| *byte == b'\n');
    lines.extend(
        complete
            .filter(|line| line.first() != Some(&b'#'))
            .map(|line| Line {
                at_ns,
                text: String::from_utf8_lossy(line).into_owned(),
            }),
    );
    partial.drain(..=end);
}

fn checksum_of(line: &Line) -> Option<u64> {
    match Protocol::parse(&line.text) {
        Ok(Protocol::Done { checksum }) => Some(checksum),
        _ => None,
    }
}

/// The difference of two readings of the children's usage: it grows only when a child is reaped.
fn consumption(before: &Usage, after: &Usage) -> Consumption {
    let cpu_us = |usage: &Usage| {
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds()
    };
    // getrusage counts in units of 512 bytes whatever the device.
    let bytes = |from: i64, to: i64| (to - from).max(0).unsigned_abs() * 512;
    Consumption {
        cpu_ns: (cpu_us(after) - cpu_us(before)).max(0).unsigned_abs() * 1000,
        read_bytes: bytes(before.block_reads(), after.block_reads()),
        write_bytes: bytes(before.block_writes(), after.block_writes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(script: &str, timeout_ms: u64) -> Launch {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Launch {
            command,
            timeline: Channel::open().unwrap(),
            stats: Channel::open().unwrap(),
            timeout: Duration::from_millis(timeout_ms),
        }
    }

    fn run(script: &str) -> Result<Finished, Failure> {
        let interrupt = Interrupt::never().unwrap();
        Instance::spawn(launch(script, 5000), &interrupt)?.finish()
    }

    #[test]
    fn lines_are_stamped_in_order_and_filler_is_not_kept() {
        let finished = run("echo main; echo '# filler'; sleep 0.02; echo ready; echo done checksum=00000000000000ff").unwrap();
        let texts: Vec<&str> = finished
            .lines
            .iter()
            .map(|line| line.text.as_str())
            .collect();
        assert_eq!(texts, ["main", "ready", "done checksum=00000000000000ff"]);
        assert!(finished.lines[1].at_ns - finished.lines[0].at_ns >= 15_000_000);
        assert!(finished.spawned_ns < finished.lines[0].at_ns);
        assert!(
            finished.lines[2].at_ns <= finished.reaped_ns && finished.reaped_ns <= finished.gone_ns
        );
        assert_eq!(finished.checksum, 0xff);
        assert!(finished.used.cpu_ns > 0);
    }

    #[test]
    fn a_failure_is_told_in_the_workloads_own_words() {
        let failure = run("echo main; echo 'error: no such kernel'; exit 3").unwrap_err();
        assert_eq!(
            failure,
            Failure::Failed("exit code 3: error: no such kernel".to_owned())
        );
    }

    #[test]
    fn a_launchers_message_on_standard_error_is_the_reason() {
        let failure =
            run("echo 'vm-backend: open: denied' >&2; echo 'help: join kvm' >&2; exit 125")
                .unwrap_err();
        assert_eq!(
            failure.reason(),
            "exit code 125: vm-backend: open: denied; help: join kvm"
        );
    }

    #[test]
    fn success_without_a_checksum_is_a_failure() {
        assert!(
            run("echo main")
                .unwrap_err()
                .reason()
                .contains("without `done`")
        );
        assert!(run("echo done checksum=12").is_err());
        assert!(run("echo done checksum=0123456789abcdef; exit 1").is_err());
    }

    #[test]
    fn too_long_is_a_timeout_and_the_whole_group_is_killed() {
        let interrupt = Interrupt::never().unwrap();
        let instance =
            Instance::spawn(launch("echo main; sleep 60 & wait", 100), &interrupt).unwrap();
        let group = instance.id();
        assert!(matches!(instance.finish(), Err(Failure::TimedOut(_))));
        // The sleep is not our child: its new parent may need a moment to reap it.
        leftovers::wait_until_gone(group, &Timeline::default()).unwrap();
    }

    #[test]
    fn an_instance_holds_until_it_is_released() {
        let interrupt = Interrupt::never().unwrap();
        let script = "echo main; echo ready; read x; echo done checksum=0000000000000000";
        let mut instance = Instance::spawn(launch(script, 5000), &interrupt).unwrap();
        let ready = instance.wait_for("ready").unwrap();
        assert_eq!(ready.text, "ready");
        instance.finish().unwrap();
    }

    #[test]
    fn a_dropped_instance_leaves_no_process() {
        let interrupt = Interrupt::never().unwrap();
        let mut instance =
            Instance::spawn(launch("echo main; sleep 60", 5000), &interrupt).unwrap();
        instance.wait_for("main").unwrap();
        let group = instance.id();
        drop(instance);
        leftovers::wait_until_gone(group, &Timeline::default()).unwrap();
    }

    #[test]
    fn much_error_output_does_not_block_the_writer() {
        assert!(run("head -c 300000 /dev/zero >&2; echo done checksum=0000000000000000").is_ok());
    }
}
