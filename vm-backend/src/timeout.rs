//! `--timeout`: the end of a guest that doesn't end.
//!
//! The guest may loop without any exit, so the VMM would never look at a clock. A timer's signal interrupts KVM_RUN, or
//! whatever system call the VMM waits in.

use crate::Error;
use crate::sys;

/// Sets the alarm, if there is one to be set.
///
/// # Errors
/// When the kernel refuses.
pub fn start(seconds: Option<u32>) -> Result<(), Error> {
    let Some(seconds) = seconds else {
        return Ok(());
    };
    sys::set_alarm(seconds).map_err(Error::process("setting the alarm of --timeout"))
}
