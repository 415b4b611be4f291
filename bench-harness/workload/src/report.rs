//! Saying lines: one write for each, or for a burst of them.
//!
//! In a VM every write is an exit to the VMM, so lines that belong to the same moment leave together.

use std::fmt::Write as _;

use workload::protocol::Line;

use crate::{Failure, sys};

/// Lines that are said in one write.
#[derive(Debug, Default)]
pub struct Burst(String);

impl Burst {
    /// Adds a line.
    pub fn add(&mut self, line: &Line<'_>) {
        // Writing to a String can't fail.
        writeln!(self.0, "{line}").ok();
    }

    /// Adds a number.
    pub fn metric(&mut self, name: &str, unit: &str, value: f64) {
        self.add(&Line::Metric { name, unit, value });
    }

    /// Says all lines.
    ///
    /// # Errors
    /// When standard output is closed or full.
    pub fn say(self) -> Result<(), Failure> {
        write_out(self.0.as_bytes())
    }
}

/// Says one line.
///
/// # Errors
/// When standard output is closed or full.
pub fn say(line: &Line<'_>) -> Result<(), Failure> {
    let mut burst = Burst::default();
    burst.add(line);
    burst.say()
}

/// Writes bytes to standard output.
///
/// # Errors
/// When standard output is closed or full.
pub fn write_out(mut bytes: &[u8]) -> Result<(), Failure> {
    while !bytes.is_empty() {
        let written = sys::write_stdout(bytes)
            .map_err(|error| Failure::Failed(format!("writing to standard output: {error}")))?;
        bytes = &bytes[written..];
    }
    Ok(())
}
