//! Signals: what the process wants done is recorded; what it sends itself by default ends it.
//!
//! 1. rt_sigaction(2) and rt_sigprocmask(2) remember, and give back what they were told before.
//! 2. kill(2), tkill(2), tgkill(2) reach nobody but the process itself. A signal that is ignored does nothing; one
//!    whose default is to end the process does so, and the VMM learns which.
//! 3. A signal that is blocked waits until it is unblocked.
//!
//! `Simplified:` handlers are never called: sending a signal with a handler fails with ENOSYS, and exceptions of the CPU end
//! the VM with a report.
//!
//! Read next: signal(7), sigaction(2).

use guest_abi::host_call;

use super::{PID, Process};
use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use crate::machine::end;

/// How many signals there are.
pub const SIGNALS: usize = 64;
/// Bytes of a set of signals.
const SET_BYTES: u64 = 8;

/// What a signal does: handler, flags, restorer, mask; as the kernel's struct sigaction has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action([u64; 4]);

impl Action {
    /// The default of each signal.
    pub const DEFAULT: Self = Self([0; 4]);

    fn handler(self) -> usize {
        self.0[0] as usize
    }
}

fn index(signal: u64) -> Result<usize> {
    match signal as u32 as usize {
        number @ 1..=SIGNALS => Ok(number - 1),
        _ => Err(Errno(libc::EINVAL)),
    }
}

/// rt_sigaction(2)
pub fn rt_sigaction(kernel: &mut Kernel, call: &Frame) -> Result {
    let [signal, new, old, set_bytes, ..] = call.args();
    let index = index(signal)?;
    if set_bytes != SET_BYTES {
        return Err(Errno(libc::EINVAL));
    }
    let previous = kernel.process.actions[index];
    if new != 0 {
        if matches!(signal as i32, libc::SIGKILL | libc::SIGSTOP) {
            return Err(Errno(libc::EINVAL));
        }
        kernel.process.actions[index] = Action(kernel.user.read(new)?);
    }
    if old != 0 {
        kernel.user.write(old, previous.0)?;
    }
    Ok(0)
}

/// rt_sigprocmask(2)
pub fn rt_sigprocmask(kernel: &mut Kernel, call: &Frame) -> Result {
    let [how, new, old, set_bytes, ..] = call.args();
    if set_bytes != SET_BYTES {
        return Err(Errno(libc::EINVAL));
    }
    let previous = kernel.process.blocked;
    if new != 0 {
        let set: u64 = kernel.user.read(new)?;
        let unblockable = 1u64 << (libc::SIGKILL - 1) | 1 << (libc::SIGSTOP - 1);
        let blocked = match how as i32 {
            libc::SIG_BLOCK => previous | set,
            libc::SIG_UNBLOCK => previous & !set,
            libc::SIG_SETMASK => set,
            _ => return Err(Errno(libc::EINVAL)),
        };
        kernel.process.blocked = blocked & !unblockable;
    }
    if old != 0 {
        kernel.user.write(old, previous)?;
    }
    deliver_unblocked(&mut kernel.process)
}

/// sigaltstack(2)
pub fn sigaltstack(kernel: &mut Kernel, call: &Frame) -> Result {
    let [new, old, ..] = call.args();
    let mut previous = kernel.process.signal_stack;
    if previous == [0; 3] {
        previous[1] = libc::SS_DISABLE as u64;
    }
    if new != 0 {
        kernel.process.signal_stack = kernel.user.read(new)?;
    }
    if old != 0 {
        kernel.user.write(old, previous)?;
    }
    Ok(0)
}

/// What happens to a signal that the process sends itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Nothing,
    Waits,
    Ends,
    Handler,
}

fn effect(process: &Process, signal: i32) -> Result<Effect> {
    let index = index(signal as u64)?;
    let action = process.actions[index];
    let ignored_by_default = matches!(
        signal,
        libc::SIGCHLD | libc::SIGCONT | libc::SIGURG | libc::SIGWINCH
    );
    Ok(match action.handler() {
        _ if process.blocked & 1 << index != 0 => Effect::Waits,
        libc::SIG_IGN => Effect::Nothing,
        libc::SIG_DFL if ignored_by_default => Effect::Nothing,
        libc::SIG_DFL => Effect::Ends,
        _ => Effect::Handler,
    })
}

/// Sends the process a signal.
pub fn raise(process: &mut Process, signal: i32) -> Result {
    match effect(process, signal)? {
        Effect::Nothing => Ok(0),
        Effect::Waits => {
            process.waiting |= 1 << index(signal as u64)?;
            Ok(0)
        }
        Effect::Ends => end(host_call::KILLED, signal as u64),
        Effect::Handler => Err(Errno(libc::ENOSYS)),
    }
}

/// Signals that have waited and aren't blocked any more arrive now.
fn deliver_unblocked(process: &mut Process) -> Result {
    let arrived = process.waiting & !process.blocked;
    process.waiting &= process.blocked;
    for signal in (1..=SIGNALS as i32).filter(|signal| arrived & 1 << (signal - 1) != 0) {
        raise(process, signal)?;
    }
    Ok(0)
}

fn send(kernel: &mut Kernel, to: u64, signal: u64) -> Result {
    // 0 and -1 mean the group and everybody, which is the process itself.
    if !matches!(to as i32, 0 | -1) && to as i32 as u64 != PID {
        return Err(Errno(libc::ESRCH));
    }
    match signal as i32 {
        // Signal 0 only asks whether there is such a process.
        0 => Ok(0),
        signal => raise(&mut kernel.process, signal),
    }
}

/// kill(2), tkill(2)
pub fn kill(kernel: &mut Kernel, call: &Frame) -> Result {
    let [to, signal, ..] = call.args();
    send(kernel, to, signal)
}

/// tgkill(2)
pub fn tgkill(kernel: &mut Kernel, call: &Frame) -> Result {
    let [_, to, signal, ..] = call.args();
    send(kernel, to, signal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_ends_the_process_unless_it_is_ignored_blocked_or_handled() {
        let mut process = Process::before_boot();
        assert_eq!(effect(&process, libc::SIGABRT), Ok(Effect::Ends));
        assert_eq!(effect(&process, libc::SIGCHLD), Ok(Effect::Nothing));
        process.actions[libc::SIGABRT as usize - 1] = Action([0x40_0000, 0, 0, 0]);
        assert_eq!(effect(&process, libc::SIGABRT), Ok(Effect::Handler));
        process.actions[libc::SIGPIPE as usize - 1] = Action([libc::SIG_IGN as u64, 0, 0, 0]);
        assert_eq!(effect(&process, libc::SIGPIPE), Ok(Effect::Nothing));
        process.blocked = 1 << (libc::SIGTERM - 1);
        assert_eq!(effect(&process, libc::SIGTERM), Ok(Effect::Waits));
        for signal in [0, 65, -1] {
            assert_eq!(effect(&process, signal), Err(Errno(libc::EINVAL)));
        }
    }

    #[test]
    fn a_blocked_signal_waits_until_it_is_unblocked() {
        let mut process = Process::before_boot();
        process.blocked = 1 << (libc::SIGUSR1 - 1);
        process.actions[libc::SIGUSR1 as usize - 1] = Action([0x40_0000, 0, 0, 0]);
        assert_eq!(raise(&mut process, libc::SIGUSR1), Ok(0));
        assert_eq!(deliver_unblocked(&mut process), Ok(0));
        process.blocked = 0;
        // It has a handler, which is what this kernel doesn't do.
        assert_eq!(deliver_unblocked(&mut process), Err(Errno(libc::ENOSYS)));
        assert_eq!(deliver_unblocked(&mut process), Ok(0));
        // One that is ignored by now is forgotten.
        process.blocked = 1 << 63;
        assert_eq!(raise(&mut process, 64), Ok(0));
        process.actions[63] = Action([libc::SIG_IGN as u64, 0, 0, 0]);
        process.blocked = 0;
        assert_eq!(deliver_unblocked(&mut process), Ok(0));
    }
}
