//! The thread that reads stdin for the guest.
//!
//! Whatever it takes from the host's stdin is lost for whoever reads there next, so it takes nothing before somebody in the guest
//! wants it:
//!
//! 1. Look whether input is wanted; wait (poll(2)) for input if so, and for being woken in any case.
//! 2. Look again: the guest may have changed its mind. Read, with the lock released.
//! 3. Deliver.
//!
//! Read next: poll(2); [`super::transfer`].

use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;

use super::Shared;
use crate::sys;

/// How much is read at once. It is also what Linux offers as one buffer.
const PART_BYTES: usize = 4096;

/// Runs until the device goes.
pub fn run(shared: &Shared, mut stdin: &File) {
    let mut buffer = [0; PART_BYTES];
    loop {
        // 1.
        let is_watching = {
            let mut transfer = shared.lock();
            if transfer.reader.must_end {
                return;
            }
            transfer.reader.is_watching = transfer.wants_input();
            transfer.reader.is_watching
        };
        let watched = is_watching.then_some(stdin.as_fd());
        let Ok(has_input) = sys::wait_readable(watched, &shared.wake) else {
            return;
        };
        if !has_input {
            // An error says that it was a signal, and the counter is 0.
            shared.wake.read().unwrap_or_default();
            continue;
        }
        // 2.
        {
            let mut transfer = shared.lock();
            transfer.reader.is_reading = transfer.wants_input() && !transfer.reader.must_end;
            if !transfer.reader.is_reading {
                continue;
            }
        }
        let result = stdin.read(&mut buffer);
        // 3.
        let mut transfer = shared.lock();
        transfer.reader.is_reading = false;
        if !transfer.reader.must_end {
            transfer.take_input(result.map(|count| &buffer[..count]));
        }
    }
}
