//! When each step ended, for whoever measures: collected in memory, written in few writes.
//!
//! ```text
//! mark <CLOCK_MONOTONIC ns> <vmm|guest> <step>
//! fact <key> <value>
//! ```
//!
//! Without `--timeline` nothing is collected and no clock is read.

use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::RawFd;

use crate::clock::Moment;
use crate::sys;

/// The collected lines.
#[derive(Debug)]
pub struct Timeline {
    out: Option<File>,
    lines: String,
}

impl Timeline {
    /// For the descriptor that `--timeline` says.
    ///
    /// # Errors
    /// When it isn't open.
    pub fn new(fd: Option<RawFd>) -> io::Result<Self> {
        Ok(Self {
            out: fd.map(sys::duplicate_fd).transpose()?.map(File::from),
            lines: String::new(),
        })
    }

    /// Notes that a step of the VMM has just ended.
    pub fn mark(&mut self, step: &str) {
        if self.out.is_some() {
            self.mark_at(Moment::now(), "vmm", step);
        }
    }

    /// Notes that a step ended at some moment.
    pub fn mark_at(&mut self, moment: Moment, actor: &str, step: &str) {
        if self.out.is_some() {
            self.write(format_args!("mark {} {actor} {step}\n", moment.ns()));
        }
    }

    /// Notes something that the harness can't know otherwise.
    pub fn fact(&mut self, key: &str, value: impl fmt::Display) {
        if self.out.is_some() {
            self.write(format_args!("fact {key} {value}\n"));
        }
    }

    fn write(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a String can't fail.
        self.lines.write_fmt(line).unwrap_or_default();
    }

    /// Writes what was collected. Whoever measures may have gone: that must not stop the VM.
    pub fn flush(&mut self) {
        if let Some(out) = &mut self.out {
            out.write_all(self.lines.as_bytes()).unwrap_or_default();
            self.lines.clear();
        }
    }
}
