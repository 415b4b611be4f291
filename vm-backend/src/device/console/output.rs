//! Where the guest's output goes.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard};

use super::control::{CONSOLE, STDERR, STDOUT};
use crate::lock::lock;
use crate::sys;

/// How much of what the kernel prints is kept: a panic with its call trace is about 4 KiB.
const KEPT_BYTES: usize = 8 << 10;

/// The end of what the guest's kernel has printed. Clones are the same log.
#[derive(Clone, Debug, Default)]
pub struct KernelLog(Arc<Mutex<VecDeque<u8>>>);

impl KernelLog {
    /// The last lines, from the beginning of one. The guest may have printed any bytes; those that aren't text are replaced.
    #[must_use]
    pub fn last_lines(&self) -> String {
        let kept: Vec<u8> = self.lock().iter().copied().collect();
        let text = String::from_utf8_lossy(&kept);
        match text.split_once('\n') {
            Some((_, rest)) if kept.len() == KEPT_BYTES => rest.to_owned(),
            _ => text.into_owned(),
        }
    }

    fn append(&self, bytes: &[u8]) {
        let mut kept = self.lock();
        kept.extend(bytes);
        let surplus = kept.len().saturating_sub(KEPT_BYTES);
        kept.drain(..surplus);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<u8>> {
        lock(&self.0)
    }
}

/// The host's ends of the ports that the guest writes to.
#[derive(Debug)]
pub struct Output {
    stdout: File,
    stderr: File,
    /// What the kernel prints goes to stderr, too.
    show_kernel: bool,
    log: KernelLog,
}

impl Output {
    /// Output to these streams.
    #[must_use]
    pub fn new(stdout: File, stderr: File, show_kernel: bool) -> Self {
        Self {
            stdout,
            stderr,
            show_kernel,
            log: KernelLog::default(),
        }
    }

    /// What the guest's kernel prints.
    #[must_use]
    pub fn log(&self) -> KernelLog {
        self.log.clone()
    }

    /// Writes what has come from a port; for one that isn't for output, nothing.
    pub fn write(&mut self, port: usize, bytes: &[u8]) {
        match port {
            STDOUT => write_all(&self.stdout, bytes),
            STDERR => write_all(&self.stderr, bytes),
            CONSOLE => {
                self.log.append(bytes);
                if self.show_kernel {
                    write_all(&self.stderr, bytes);
                }
            }
            _ => {}
        }
    }
}

/// Writes all bytes, or as many as somebody wants to read. A signal interrupts that only if it was the alarm, which ends the VM.
fn write_all(mut file: &File, mut bytes: &[u8]) {
    while !bytes.is_empty() && !sys::alarm_has_rung() {
        match file.write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // The descriptor may be shared with a process that has set O_NONBLOCK.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if sys::wait_writable(file.as_fd()).is_err() {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_log_is_kept_by_lines() {
        let log = KernelLog::default();
        log.append(b"first\nsec");
        log.append(b"ond\n\xff");
        assert_eq!(log.last_lines(), "first\nsecond\n\u{fffd}");
        for number in 0..1000 {
            log.append(format!("line {number:04}\n").as_bytes());
        }
        let lines = log.last_lines();
        assert!(lines.starts_with("line 0") && lines.ends_with("line 0999\n"));
        assert!(lines.len() <= KEPT_BYTES && lines.len() > KEPT_BYTES - 10);
        log.append(&[b'x'; 3 * KEPT_BYTES]);
        assert_eq!(log.last_lines().len(), KEPT_BYTES);
    }
}
