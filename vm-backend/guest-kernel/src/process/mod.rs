//! The one process: who it is, what it may use, how it ends.
//!
//! It has process id 1, belongs to root, and has one thread.
//!
//! Read next: [`identity`], [`limits`], [`signals`], [`thread`].

pub mod identity;
pub mod limits;
pub mod signals;
pub mod thread;

use guest_abi::host_call;

use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::Result;
use crate::machine::end;
use signals::SIGNALS;

/// The process id, which is also the thread's.
pub const PID: u64 = 1;

/// What the kernel remembers about the process.
#[derive(Debug)]
pub struct Process {
    /// What each signal does; index is the signal's number less 1.
    actions: [signals::Action; SIGNALS],
    /// Which signals are blocked: bit 0 is signal 1.
    blocked: u64,
    /// Which blocked signals have been sent, likewise.
    waiting: u64,
    /// The signals' stack, as sigaltstack(2) has set it: address, flags, size. All zeros: none was set.
    signal_stack: [u64; 3],
    /// The name that prctl(PR_SET_NAME) has given.
    name: [u8; 16],
    /// The file mode mask.
    umask: u32,
    /// Nanoseconds spent waiting.
    pub slept_ns: u64,
}

impl Process {
    /// A process that has done nothing yet.
    pub const fn before_boot() -> Self {
        Self {
            actions: [signals::Action::DEFAULT; SIGNALS],
            blocked: 0,
            waiting: 0,
            signal_stack: [0; 3],
            name: [0; 16],
            umask: 0,
            slept_ns: 0,
        }
    }

    /// Takes over the program's name.
    pub fn boot(&mut self, program_name: &[u8]) {
        let base = program_name.rsplit(|byte| *byte == b'/').next();
        let base = base.unwrap_or_default().split(|byte| *byte == 0).next();
        let base = base.unwrap_or_default();
        // The last byte stays NUL.
        let length = base.len().min(self.name.len() - 1);
        self.name[..length].copy_from_slice(&base[..length]);
        self.umask = 0o022;
    }
}

/// exit(2) and exit_group(2): with one thread they are the same.
pub fn exit(_: &mut Kernel, call: &Frame) -> Result {
    end(host_call::EXIT, call.args()[0] & 0xff)
}
