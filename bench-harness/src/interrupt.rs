//! Ctrl-C as something that can be waited for.
//!
//! A signal handler may do almost nothing, so it only writes a byte to a socket. Every wait of the harness watches that
//! socket beside what it waits for. The byte is never read: once asked to stop, everything that looks sees it.
//!
//! Launchers run in process groups of their own, so the terminal's Ctrl-C reaches the harness alone, and the harness
//! decides in which order things end.
//!
//! Read next: `signal-safety(7)`, `instance.rs`.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::{SIGINT, SIGTERM};

/// Whether the user asked to stop. Cheap to ask, and usable in `poll`.
#[derive(Debug)]
pub struct Interrupt {
    /// Becomes readable with the first signal and stays so.
    asked: UnixStream,
    /// Kept open where no handler owns it: a closed peer would make `asked` readable.
    _silent: Option<UnixStream>,
}

impl Interrupt {
    /// From now on SIGINT and SIGTERM no longer end this process but are seen here.
    ///
    /// # Errors
    /// When the kernel refuses a socket pair or the handlers.
    pub fn on_signals() -> io::Result<Self> {
        let (asked, handler) = UnixStream::pair()?;
        signal_hook::low_level::pipe::register(SIGINT, handler.try_clone()?)?;
        signal_hook::low_level::pipe::register(SIGTERM, handler)?;
        Ok(Self {
            asked,
            _silent: None,
        })
    }

    /// An interrupt that never happens: for benches and tests.
    ///
    /// # Errors
    /// When the kernel refuses a socket pair.
    pub fn never() -> io::Result<Self> {
        let (asked, silent) = UnixStream::pair()?;
        Ok(Self {
            asked,
            _silent: Some(silent),
        })
    }

    /// True from the first signal on.
    #[must_use]
    pub fn requested(&self) -> bool {
        let mut fds = [PollFd::new(self.asked.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
    }
}

impl AsFd for Interrupt {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.asked.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupt_that_never_happens_does_not_happen() {
        assert!(!Interrupt::never().unwrap().requested());
    }
}
