//! What an instance prints: lines stamped when they arrive, and error output for the case that it fails.
//!
//! Simplified: all lines that arrive in one read get one stamp, because the harness can't know more. The workload writes
//! each line that matters with a system call of its own.

use std::os::fd::AsFd;
use std::process::{Child, ChildStderr, ChildStdout};

use nix::poll::{PollFd, PollFlags};
use vm_backend::linux::export::EXIT_LINE;
use workload::protocol::Line as Protocol;

use crate::channel::{make_nonblocking, read_available};
use crate::clock::monotonic_ns;
use crate::failure::Failure;

/// Error output kept per instance; the rest is read and dropped, so that its writer never blocks.
const STDERR_LIMIT: usize = 64 * 1024;

/// Taken in one go: more than a pipe holds, so that nothing is left behind by one that has ended, and not all that somebody
/// says who never stops.
const AT_ONCE: usize = 1 << 20;

/// So many lines of an error output are told from its beginning, and from its end.
const TOLD_LINES: usize = 8;

/// One line of the workload and when the harness saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// CLOCK_MONOTONIC, nanoseconds.
    pub at_ns: u64,
    /// Without the newline.
    pub text: String,
}

/// The reading ends of an instance's standard output and error.
#[derive(Debug)]
pub(super) struct Output {
    /// `None` after end-of-file, as is `stderr`.
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// The unfinished last line of stdout; in a dialogue everything that nobody has taken yet.
    pub(super) partial: Vec<u8>,
    /// What arrives are no lines for now.
    pub(super) is_dialogue: bool,
    /// What may still be kept of its standard output: what is said must not fill the host's memory.
    left_bytes: u64,
    errors: Vec<u8>,
    /// The finished lines, without filler.
    pub(super) lines: Vec<Line>,
    /// When the first byte of stdout had arrived.
    pub(super) first_byte_ns: Option<u64>,
}

impl Line {
    /// True for the protocol's line `word`, whatever follows it.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.text.split(' ').next() == Some(word)
    }

    /// What it takes of the harness's memory.
    fn kept_bytes(&self) -> u64 {
        (size_of::<Self>() + self.text.len()) as u64
    }
}

impl Output {
    /// Takes over the pipes of a child that was just spawned.
    pub(super) fn of(child: &mut Child, most_bytes: u64) -> Result<Self, Failure> {
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        if let Some(pipe) = &stdout {
            make_nonblocking(pipe)?;
        }
        if let Some(pipe) = &stderr {
            make_nonblocking(pipe)?;
        }
        Ok(Self {
            stdout,
            stderr,
            partial: Vec::new(),
            is_dialogue: false,
            left_bytes: most_bytes,
            errors: Vec::new(),
            lines: Vec::new(),
            first_byte_ns: None,
        })
    }

    /// What to wait for.
    pub(super) fn poll_fds(&self) -> impl Iterator<Item = PollFd<'_>> {
        let stdout = self.stdout.iter().map(AsFd::as_fd);
        let both = stdout.chain(self.stderr.iter().map(AsFd::as_fd));
        both.map(|pipe| PollFd::new(pipe, PollFlags::POLLIN))
    }

    /// Takes what has arrived.
    pub(super) fn take(&mut self) -> Result<(), Failure> {
        if let Some(stdout) = &mut self.stdout {
            let open = read_available(stdout, &mut self.partial, AT_ONCE)?;
            let at_ns = monotonic_ns();
            if !self.partial.is_empty() {
                self.first_byte_ns.get_or_insert(at_ns);
            }
            if !self.is_dialogue {
                let before = self.lines.len();
                take_lines(&mut self.partial, at_ns, &mut self.lines);
                let kept = self.lines[before..].iter().map(Line::kept_bytes);
                self.left_bytes = self.left_bytes.saturating_sub(kept.sum());
            }
            if !open {
                self.stdout = None;
            }
            if self.partial.len() as u64 >= self.left_bytes {
                return Err(Failure::Failed(
                    "it said more than the harness keeps (remedy: --output-limit)".to_owned(),
                ));
            }
        }
        if let Some(stderr) = &mut self.stderr {
            let open = read_available(stderr, &mut self.errors, AT_ONCE)?;
            self.errors.truncate(STDERR_LIMIT);
            if !open {
                self.stderr = None;
            }
        }
        Ok(())
    }

    /// What was heard and not taken in a dialogue are lines.
    pub(super) fn end_dialogue(&mut self) {
        self.is_dialogue = false;
        take_lines(&mut self.partial, monotonic_ns(), &mut self.lines);
    }

    /// The checksum of the line `done`.
    pub(super) fn checksum(&self) -> Option<u64> {
        let backwards = self.lines.iter().rev();
        backwards
            .map(|line| Protocol::parse(&line.text))
            .find_map(|line| match line {
                Ok(Protocol::Done { checksum }) => Some(checksum),
                _ => None,
            })
    }

    /// The exit code that a guest's first process said, where the VMM can't pass it on (`exit CODE`).
    pub(super) fn said_exit_code(&self) -> Option<i32> {
        let line = self.lines.iter().rev().find(|line| line.is(EXIT_LINE))?;
        line.text.split(' ').nth(1)?.parse().ok()
    }

    /// The clearest words there are for why it went wrong: the workload's own, else the launcher's. Empty if there are none.
    pub(super) fn complaint(&self) -> String {
        if let Some(said) = self.lines.iter().find(|line| line.is("error:")) {
            return said.text.clone();
        }
        let errors = String::from_utf8_lossy(&self.errors);
        let told = errors.lines().map(str::trim);
        let told: Vec<&str> = told.filter(|line| !line.is_empty()).collect();
        match told.len().checked_sub(2 * TOLD_LINES) {
            // The reason stands at the beginning or at the end; between them lies a stack, or the same again and again.
            Some(1..) => {
                let (first, last) = (&told[..TOLD_LINES], &told[told.len() - TOLD_LINES..]);
                format!("{}; …; {}", first.join("; "), last.join("; "))
            }
            _ => told.join("; "),
        }
    }
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
