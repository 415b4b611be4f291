//! A launcher that is running, and will not run for ever.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::Ended;

/// Longer than anything here takes, on any machine.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A started process whose output goes to files: a pipe would stay open as long as any descendant has it, and whoever
/// reads it to its end would wait for that.
#[derive(Debug)]
pub struct Running {
    child: Child,
    out: File,
    err: File,
    began: Instant,
    line: String,
}

impl Running {
    /// Starts it, with nothing to read.
    pub fn start(command: &mut Command) -> Self {
        let out = tempfile::tempfile().expect("a temporary file can be made");
        let err = tempfile::tempfile().expect("a temporary file can be made");
        let copy = |file: &File| file.try_clone().expect("a descriptor can be copied");
        command
            .stdin(Stdio::null())
            .stdout(copy(&out))
            .stderr(copy(&err));
        let child = command.spawn();
        let line = format!("{command:?}");
        Self {
            child: child.unwrap_or_else(|error| panic!("{line}: {error}")),
            out,
            err,
            began: Instant::now(),
            line,
        }
    }

    /// The launcher's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends the launcher a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the launcher can be signalled");
    }

    /// Whether the payload has written anything.
    pub fn has_written(&self) -> bool {
        !self.output().0.is_empty()
    }

    /// Waits until the payload has written a text.
    pub fn wait_for_output(&mut self, text: &str) {
        while !self.output().0.contains(text) {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                panic!(
                    "{} ended ({status}) before {text:?}: {:?}",
                    self.line,
                    self.output()
                );
            }
            self.check_deadline();
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits for its end. After the deadline it is killed, and the test fails with its output.
    pub fn wait(mut self) -> Ended {
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break status;
            }
            self.check_deadline();
            std::thread::sleep(Duration::from_micros(200));
        };
        let (out, err) = self.output();
        Ended {
            code: status.code(),
            signal: status.signal(),
            out,
            err,
            line: self.line.clone(),
        }
    }

    fn check_deadline(&mut self) {
        if self.began.elapsed() > DEADLINE {
            self.child.kill().expect("the launcher can be killed");
            self.child.wait().expect("the launcher can be waited for");
            panic!(
                "{} is still running after {DEADLINE:?}: {:?}",
                self.line,
                self.output()
            );
        }
    }

    /// Both streams so far, the first 64 KiB of each.
    fn output(&self) -> (String, String) {
        // Not from the descriptor's position: that is shared with the writer.
        let read = |file: &File| {
            let mut bytes = [0; 1 << 16];
            let length = file.read_at(&mut bytes, 0).expect("a file can be read");
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        };
        (read(&self.out), read(&self.err))
    }
}

impl Drop for Running {
    /// A test that fails leaves nothing running.
    fn drop(&mut self) {
        // Both fail if it has ended, which is what is wanted.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
