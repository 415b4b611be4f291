//! A dialogue with a workload that serves: bytes to its standard input, and bytes from its standard output.
//!
//! It begins after the line `ready` and ends before the line `done`: in between nothing is looked at as a line.

use std::io::Write;

use super::Instance;
use crate::failure::Failure;

impl Instance<'_> {
    /// From now on what it says is kept as it comes.
    pub fn begin_dialogue(&mut self) {
        self.output.is_dialogue = true;
    }

    /// From now on it speaks in lines again, beginning with what nobody has taken.
    pub fn end_dialogue(&mut self) {
        self.output.end_dialogue();
    }

    /// Writes to its standard input. Whoever writes more than a pipe holds (64 KiB) waits until it reads.
    ///
    /// # Errors
    /// When it doesn't read any more.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let closed = || Failure::Failed("its standard input is closed".to_owned());
        let stdin = self.stdin.as_mut().ok_or_else(closed)?;
        let unread = |error| Failure::Failed(format!("it reads no more requests: {error}"));
        stdin.write_all(bytes).map_err(unread)
    }

    /// What has arrived and was not taken yet.
    #[must_use]
    pub fn heard(&self) -> &[u8] {
        &self.output.partial
    }

    /// Takes the first `count` bytes away.
    pub fn take_heard(&mut self, count: usize) {
        let count = count.min(self.output.partial.len());
        self.output.partial.drain(..count);
    }

    /// Why it has ended, when it should not have.
    pub fn reason_of_end(&mut self) -> Failure {
        self.end_dialogue();
        match self.output.take() {
            Ok(()) => self.failure_of_end(),
            Err(failure) => failure,
        }
    }
}
