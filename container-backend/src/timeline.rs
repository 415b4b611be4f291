//! When each step ended, for whoever measures: collected in memory and written in few writes.
//!
//! ```text
//! mark <CLOCK_MONOTONIC ns> <launcher|init> <step>
//! fact <key> <value>
//! ```
//!
//! The launcher and the init each write their own part. Without `--timeline` nothing is collected and no clock is read.

use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::RawFd;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::sys;

/// A point in time of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Moment(Duration);

impl Moment {
    /// CLOCK_MONOTONIC.
    pub fn now() -> Self {
        let now = clock_gettime(ClockId::Monotonic);
        Self(Duration::new(
            now.tv_sec.unsigned_abs(),
            now.tv_nsec.unsigned_abs() as u32,
        ))
    }
}

/// The collected lines.
#[derive(Debug)]
pub struct Timeline {
    out: Option<File>,
    actor: &'static str,
    lines: String,
}

impl Timeline {
    /// For the launcher; `fd` is what `--timeline` says.
    pub fn new(fd: Option<RawFd>) -> io::Result<Self> {
        let out = fd.map(sys::adopt_fd).transpose()?.map(File::from);
        Ok(Self {
            out,
            actor: "launcher",
            lines: String::new(),
        })
    }

    /// In the copy that the init has of the launcher's memory: what the launcher has collected is the launcher's to write.
    pub fn become_init(&mut self) {
        self.actor = "init";
        self.lines.clear();
    }

    /// Notes that a step has just ended.
    pub fn mark(&mut self, step: &str) {
        if self.out.is_some() {
            self.mark_at(Moment::now(), step);
        }
    }

    /// Notes that a step ended at some moment.
    pub fn mark_at(&mut self, moment: Moment, step: &str) {
        if self.out.is_some() {
            // Writing to a String can't fail.
            writeln!(
                self.lines,
                "mark {} {} {step}",
                moment.0.as_nanos(),
                self.actor
            )
            .ok();
        }
    }

    /// Notes something that the harness can't know otherwise.
    pub fn fact(&mut self, key: &str, value: impl fmt::Display) {
        if self.out.is_some() {
            writeln!(self.lines, "fact {key} {value}").ok();
        }
    }

    /// Writes what was collected. Whoever measures may have gone: that must not stop the container.
    pub fn flush(&mut self) {
        if let Some(out) = &mut self.out {
            out.write_all(self.lines.as_bytes()).ok();
            self.lines.clear();
        }
    }
}
