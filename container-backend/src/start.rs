//! What a program must see to before anything else. Rust's own start does it too, and more: it looks for the stack's
//! limits in /proc/self/maps and prepares a handler and a stack for overflows, 0.06 ms in all.
//!
//! 1. Descriptors 0 to 2 must be open. If one is closed, the next file that is opened becomes the command's standard input or
//!    output: here that would be a cgroup of the host's.
//! 2. Writing to a pipe that nobody reads must be an error and not a signal: whoever reads the timeline may have gone, and
//!    that is no reason to end the container.
//!
//! Read next: standards(7), the module `sys::pal::unix` of Rust's library.

use std::os::fd::{AsRawFd, IntoRawFd};

use rustix::fs::{Mode, OFlags, open};

use crate::Error;
use crate::failure::At;
use crate::step::Step;
use crate::sys;

/// Ends the program without what a return from `main` would run: nothing that is open here needs to be put in order. What was
/// printed has been written, line by line.
pub fn end(code: u8) -> ! {
    sys::exit_now(code)
}

/// Both.
///
/// # Errors
/// When /dev/null can't be opened.
pub fn prepare() -> Result<(), Error> {
    loop {
        // The lowest number that is free.
        let null =
            open("/dev/null", OFlags::RDWR, Mode::empty()).at(Step::Signals, || "/dev/null")?;
        if null.as_raw_fd() > 2 {
            break;
        }
        // It stays open for as long as this program runs, and for the command.
        let _kept = null.into_raw_fd();
    }
    sys::set_broken_pipes(sys::BrokenPipes::AreErrors).at(Step::Signals, || "SIGPIPE")?;
    Ok(())
}
