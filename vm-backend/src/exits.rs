//! Step 10: run, answer, run.
//!
//! KVM_RUN doesn't return until the guest does something that only the VMM can answer. With this guest these are few:
//!
//! | exit | what the guest did | answer |
//! |---|---|---|
//! | port 0x600 | host call | [`crate::host_call`] |
//! | port 0x604 | a fault stub has written its report | the end |
//! | port 0x80 | wants to know what an exit costs | nothing |
//! | MMIO at 0xd000_0000 | touched a register of the disk | [`crate::device`] |
//! | a signal for the VMM | nothing | look at the alarm |
//! | anything else | something that this machine doesn't have | the end, with a report |
//!
//! Each round trip costs 1-2 µs where the hardware helps, and up to 80 µs where it doesn't.
//!
//! Read next: api.rst, KVM_RUN and `struct kvm_run`.

use kvm_ioctls::{VcpuExit, VcpuFd};
use vm_memory::GuestMemoryMmap;

use guest_abi::{PAGE_SIZE, PORT_FAULT, PORT_HOST_CALL, PORT_NOTHING, VIRTIO_MMIO_ADDR};

use crate::device::{Block, VirtioMmio};
use crate::fault::{self, Fault};
use crate::host_call;
use crate::program::Program;
use crate::stats::{ExitCounts, Reason};
use crate::sys;
use crate::timeline::Timeline;

/// How a guest's life ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was never to run: `--until`.
    Stopped,
    /// The program called exit.
    Exited(u8),
    /// The program ended itself by a signal (abort).
    Killed(u8),
    /// The program, or the guest kernel, did what a CPU refuses.
    Fault(Fault),
    /// It ran longer than it was allowed to.
    TimedOut,
    /// It had the time that it was allowed to have, and no program ever ran: says how far it came.
    NeverBooted(String),
    /// The machine can't go on.
    Broken(String),
}

/// As timeout(1).
const TIMED_OUT: u8 = 124;
/// The machine failed, not the program.
const BROKEN: u8 = 125;
/// A shell's exit code of a program that a signal ended, less the signal.
const SIGNALLED: u8 = 128;

impl Ending {
    /// What the launcher's exit code says about it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Stopped => 0,
            Self::Exited(code) => *code,
            Self::Killed(signal) => SIGNALLED | signal,
            Self::Fault(fault) => SIGNALLED | fault.signal(),
            Self::TimedOut | Self::NeverBooted(_) => TIMED_OUT,
            Self::Broken(_) => BROKEN,
        }
    }

    /// What the user wants to know about it.
    #[must_use]
    pub fn report(&self) -> Option<String> {
        match self {
            Self::Stopped | Self::Exited(_) | Self::Killed(_) => None,
            Self::Fault(fault) => Some(fault.to_string()),
            Self::TimedOut => {
                Some("the guest was still running at the end of --timeout".to_owned())
            }
            Self::NeverBooted(why) | Self::Broken(why) => Some(why.clone()),
        }
    }
}

/// A machine that can run.
#[derive(Debug)]
pub struct Machine<'a> {
    /// Its CPU.
    pub vcpu: VcpuFd,
    /// Its RAM.
    pub memory: &'a GuestMemoryMmap,
    /// Its disk.
    pub disk: Option<VirtioMmio<Block>>,
    /// What runs in it, for reports.
    pub program: &'a Program,
    /// Exits so far.
    pub counts: ExitCounts,
}

impl Machine<'_> {
    /// Runs the guest to its end.
    pub fn run(&mut self, timeline: &mut Timeline) -> Ending {
        let mut is_first = true;
        loop {
            let ending = self.run_to_exit();
            if is_first {
                timeline.mark("first-exit");
                is_first = false;
            }
            if let Some(ending) = ending {
                return ending;
            }
            if sys::alarm_has_rung() {
                return Ending::TimedOut;
            }
        }
    }

    /// Runs the guest to its next exit, and answers that.
    fn run_to_exit(&mut self) -> Option<Ending> {
        let exit = match self.vcpu.run() {
            Ok(exit) => exit,
            Err(error) if matches!(error.errno(), libc::EINTR | libc::EAGAIN) => {
                self.counts.count(Reason::Interrupted);
                return None;
            }
            Err(error) => {
                self.counts.count(Reason::Other);
                return Some(Ending::Broken(format!(
                    "the virtual CPU can't run: {error}"
                )));
            }
        };
        match exit {
            VcpuExit::IoOut(PORT_HOST_CALL, _) => {
                self.counts.count(Reason::HostCall);
                host_call::serve(self.memory)
            }
            VcpuExit::IoOut(PORT_FAULT, _) => {
                self.counts.count(Reason::Fault);
                fault::read(self.memory, self.program).map(Ending::Fault)
            }
            VcpuExit::IoOut(PORT_NOTHING, _) => {
                self.counts.count(Reason::EmptyPort);
                None
            }
            VcpuExit::MmioRead(address, data) => {
                self.counts.count(Reason::MmioRead);
                match (&mut self.disk, register(address)) {
                    (Some(disk), Some(offset)) => disk.read(offset, data),
                    // Nothing answers, as on an empty bus.
                    _ => data.fill(0),
                }
                None
            }
            VcpuExit::MmioWrite(address, data) => {
                self.counts.count(Reason::MmioWrite);
                if let (Some(disk), Some(offset)) = (&mut self.disk, register(address)) {
                    disk.write(self.memory, offset, data);
                }
                None
            }
            other => {
                let what = describe(&other);
                self.counts.count(Reason::Other);
                Some(Ending::Broken(self.broken(what)))
            }
        }
    }

    /// A report on an exit that nothing can answer.
    fn broken(&self, what: String) -> String {
        match self.vcpu.get_regs() {
            Ok(regs) => format!("{what}, at rip {:#x}, rsp {:#x}", regs.rip, regs.rsp),
            Err(_) => what,
        }
    }
}

/// The offset of a register in the disk's page.
fn register(address: u64) -> Option<u64> {
    address
        .checked_sub(VIRTIO_MMIO_ADDR)
        .filter(|offset| *offset < PAGE_SIZE)
}

/// What an exit means that nothing can answer.
pub(crate) fn describe(exit: &VcpuExit<'_>) -> String {
    match exit {
        VcpuExit::IoOut(port, _) | VcpuExit::IoIn(port, _) => {
            format!("the guest used port {port:#x}, which this machine doesn't have")
        }
        VcpuExit::Hlt => "the guest halted the CPU, and nothing could wake it".to_owned(),
        VcpuExit::Shutdown => {
            "the guest met an exception while it handled one (triple fault)".to_owned()
        }
        VcpuExit::FailEntry(reason, _) => {
            format!("the CPU refused the guest's state (reason {reason:#x})")
        }
        VcpuExit::InternalError => {
            "KVM can't emulate an instruction of the guest (KVM_EXIT_INTERNAL_ERROR)".to_owned()
        }
        other => format!("the guest stopped for a reason that this VMM doesn't know: {other:?}"),
    }
}
