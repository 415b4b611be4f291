//! What an instance says, line by line, and what it is told.

use std::io::Write;
use std::time::Duration;

use super::{Instance, Line, waiting};
use crate::clock::monotonic_ns;
use crate::failure::Failure;

impl Instance<'_> {
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
            if self.has_ended_after_wait()? {
                self.output.take()?;
                if self.output.lines.len() == seen {
                    return Err(self.failure_of_end());
                }
            }
        }
    }

    /// The next line that nobody has asked for yet; `None` if none comes in that time.
    ///
    /// # Errors
    /// When the instance ends or its deadline is over before, or the user interrupts.
    pub fn next_line(&mut self, patience: Duration) -> Result<Option<Line>, Failure> {
        let until_ns =
            monotonic_ns().saturating_add(u64::try_from(patience.as_nanos()).unwrap_or(u64::MAX));
        loop {
            if let Some(line) = self.output.lines.get(self.heard) {
                self.heard += 1;
                return Ok(Some(line.clone()));
            }
            if monotonic_ns() >= until_ns {
                return Ok(None);
            }
            let ended = waiting::wait_for_any_until(std::slice::from_mut(self), until_ns)?;
            if !ended.is_empty() {
                self.output.take()?;
                if self.output.lines.len() == self.heard {
                    return Err(self.failure_of_end());
                }
            }
        }
    }

    /// Waits for the next line that nobody has asked for yet, which must be `word` or begin with it.
    ///
    /// # Errors
    /// As [`Instance::next_line`], or when the workload says something else.
    pub fn wait_for_new(&mut self, word: &str) -> Result<Line, Failure> {
        loop {
            match self.next_line(Duration::MAX)? {
                Some(line) if line.is(word) => return Ok(line),
                Some(line) if line.is("error:") => return Err(Failure::Failed(line.text)),
                _ => {}
            }
        }
    }

    /// Writes a line to the workload's standard input: whatever it waits for has come.
    ///
    /// # Errors
    /// When it doesn't read any more.
    pub fn tell(&mut self) -> Result<(), Failure> {
        match &mut self.stdin {
            Some(stdin) => Ok(stdin.write_all(b"\n")?),
            None => Err(Failure::Failed("its standard input is closed".to_owned())),
        }
    }

    /// Lets a workload go on that waits for its input (`hold`): by a byte and by the end. Some VMMs pass on only the one, some
    /// only the other.
    pub fn release(&mut self) {
        if let Some(mut stdin) = self.stdin.take() {
            // Whoever has ended doesn't read.
            stdin.write_all(b"\n").ok();
        }
    }

    /// Waits until the first byte has arrived, whatever it is, and returns when that was.
    ///
    /// # Errors
    /// When the instance ends or times out before, or the user interrupts.
    pub fn wait_for_byte(&mut self) -> Result<u64, Failure> {
        loop {
            if let Some(at_ns) = self.output.first_byte_ns {
                return Ok(at_ns);
            }
            if self.has_ended_after_wait()? {
                self.output.take()?;
                if self.output.first_byte_ns.is_none() {
                    return Err(self.failure_of_end());
                }
            }
        }
    }
}
