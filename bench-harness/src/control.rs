//! A socket by which the harness asks a VMM for something while its guest runs: `vm-backend run --control FD`.
//!
//! A request is a line, and so is its answer, which repeats the request and ends with `ok` or with `error:` and a reason.
//! One end is inherited by the launcher, as the pipes of `channel.rs` are; the harness keeps the other.
//!
//! Read next: vm-backend's `control.rs`.

use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::failure::Failure;

/// The harness's end, and the launcher's until it is started.
#[derive(Debug)]
pub struct Control {
    ours: BufReader<UnixStream>,
    launchers: OwnedFd,
}

impl Control {
    /// Makes the socket; whoever asks waits for an answer so long.
    ///
    /// # Errors
    /// When the process has too many open files.
    pub fn open(patience: Duration) -> io::Result<Self> {
        let (ours, launchers) = UnixStream::pair()?;
        ours.set_read_timeout(Some(patience))?;
        Ok(Self {
            ours: BufReader::new(ours),
            launchers: launchers.into(),
        })
    }

    /// The number under which the launcher will find its end.
    #[must_use]
    pub fn launcher_fd(&self) -> RawFd {
        self.launchers.as_raw_fd()
    }

    /// Both ends: the one to ask with, and the one to be inherited.
    #[must_use]
    pub fn split(self) -> (Asker, OwnedFd) {
        (Asker(self.ours), self.launchers)
    }
}

/// The harness's end.
#[derive(Debug)]
pub struct Asker(BufReader<UnixStream>);

impl Asker {
    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// When it is not `ok`, or doesn't come.
    pub fn ask(&mut self, request: &str) -> Result<(), Failure> {
        writeln!(self.0.get_mut(), "{request}")?;
        let mut answer = String::new();
        self.0.read_line(&mut answer).map_err(|error| {
            Failure::Failed(format!("the VMM didn't answer {request:?}: {error}"))
        })?;
        match answer.trim_end().strip_prefix(request).map(str::trim) {
            Some("ok") => Ok(()),
            _ => Err(Failure::Failed(format!(
                "the VMM answered {request:?} with {answer:?}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(answer: &'static str) -> Result<(), Failure> {
        let control = Control::open(Duration::from_secs(5)).unwrap();
        let (mut asker, launchers) = control.split();
        let vmm = std::thread::spawn(move || {
            let mut socket = UnixStream::from(launchers);
            let mut request = String::new();
            BufReader::new(&socket).read_line(&mut request).unwrap();
            assert_eq!(request, "memory 7\n");
            socket.write_all(answer.as_bytes()).unwrap();
        });
        let result = asker.ask("memory 7");
        vmm.join().unwrap();
        result
    }

    #[test]
    fn only_ok_is_a_success() {
        assert_eq!(answered("memory 7 ok\n"), Ok(()));
        for answer in ["memory 7 error: too much\n", "memory 8 ok\n", ""] {
            let failure = answered(answer).unwrap_err();
            assert!(failure.reason().contains("memory 7"), "{failure}");
        }
    }
}
