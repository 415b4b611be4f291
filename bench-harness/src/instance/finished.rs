//! What is known of an instance that has come to its end: its stamps, its lines, and what its tree used.

use nix::sys::resource::Usage;
use nix::sys::time::TimeValLike;
use workload::protocol::Line as Protocol;

use super::output::Line;
use crate::timeline::Timeline;
use crate::vm_stats::VmStats;

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
    /// When the first byte of its output had arrived.
    pub first_byte_ns: Option<u64>,
    /// The launcher's; `None` if a signal ended it.
    pub exit_code: Option<i32>,
    /// Of what the workload computed; 0 if it failed.
    pub checksum: u64,
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

#[cfg(test)]
impl Finished {
    /// A life of which only the lines are known, one per microsecond.
    pub(crate) fn that_said(lines: &[&str]) -> Self {
        let line = |(at_ns, text): (u64, &&str)| Line {
            at_ns,
            text: (*text).to_owned(),
        };
        Self {
            spawned_ns: 0,
            reaped_ns: 0,
            gone_ns: 0,
            used: Consumption::default(),
            lines: (0..).step_by(1000).zip(lines).map(line).collect(),
            timeline: Timeline::default(),
            stats: None,
            first_byte_ns: None,
            exit_code: Some(0),
            checksum: 0,
        }
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

impl Consumption {
    /// The difference of two readings of the children's usage, which grows only when a child is reaped.
    pub(super) fn between(before: &Usage, after: &Usage) -> Self {
        let cpu_us = |usage: &Usage| {
            usage.user_time().num_microseconds() + usage.system_time().num_microseconds()
        };
        // getrusage counts in units of 512 bytes whatever the device.
        let bytes = |from: i64, to: i64| (to - from).max(0).unsigned_abs() * 512;
        Self {
            cpu_ns: (cpu_us(after) - cpu_us(before)).max(0).unsigned_abs() * 1000,
            read_bytes: bytes(before.block_reads(), after.block_reads()),
            write_bytes: bytes(before.block_writes(), after.block_writes()),
        }
    }
}
