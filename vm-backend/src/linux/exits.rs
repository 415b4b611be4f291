//! The CPUs run, each in a thread, until one of them meets the end.
//!
//! A thread of its own for every CPU is what KVM wants: KVM_RUN blocks as long as the guest has work, or sleeps in HLT. What
//! happens that concerns the whole machine (a phase, the end) is sent to the main thread, with the moment at which it
//! happened; the main thread waits for that, and no longer than it was told to.
//!
//! Read next: api.rst, "KVM_RUN"; [`super::board`].

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use guest_abi::doorbell::{PHASE_EXEC, PHASE_INIT, PHASE_MODULES};
use kvm_ioctls::{VcpuExit, VcpuFd, VmFd};
use vm_memory::GuestMemoryMmap;

use super::board::{Board, Event};
use crate::Error;
use crate::clock::Moment;
use crate::exits::{Ending, describe};
use crate::stats::{ExitCounts, Reason};
use crate::timeline::Timeline;

/// What all CPUs share.
#[derive(Debug)]
pub struct Machine {
    /// Devices, interrupt controller, ports.
    pub board: Board,
    /// For interrupt routes.
    pub vm: VmFd,
    /// RAM.
    pub memory: GuestMemoryMmap,
    /// Exits so far, of all CPUs.
    pub counts: ExitCounts,
}

/// What a CPU tells the main thread.
#[derive(Debug)]
enum Notice {
    /// The guest has run.
    FirstExit,
    /// guest-init has reached a phase.
    Phase(u32),
    /// The machine has stopped.
    End(Stop),
}

/// Why the machine has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// As with any guest.
    Ending(Ending),
    /// The kernel has reset the machine: it panicked.
    Reset,
    /// guest-init couldn't run the program.
    InitFailed,
    /// The time was up before the program could run; says what was reached.
    NeverBooted(&'static str),
}

/// CPUs in their threads, at the starting line.
#[derive(Debug)]
pub struct Ready {
    notices: mpsc::Receiver<(Moment, Notice)>,
    start: Arc<Barrier>,
}

/// Puts each CPU into a thread, where it waits for [`Ready::run`].
///
/// # Errors
/// When there can't be a thread.
pub fn prepare(machine: &Arc<Machine>, cpus: Vec<VcpuFd>) -> Result<Ready, Error> {
    let (sender, notices) = mpsc::channel();
    let start = Arc::new(Barrier::new(cpus.len() + 1));
    for (number, cpu) in cpus.into_iter().enumerate() {
        let mut thread = Thread {
            machine: Arc::clone(machine),
            cpu,
            sender: sender.clone(),
        };
        let start = Arc::clone(&start);
        std::thread::Builder::new()
            .name(format!("cpu {number}"))
            .spawn(move || {
                start.wait();
                thread.run(number == 0);
            })
            .map_err(Error::process("starting a CPU's thread"))?;
    }
    Ok(Ready { notices, start })
}

impl Ready {
    /// Lets the CPUs go, and waits for the end. The threads go with the process.
    pub fn run(self, timeline: &mut Timeline, timeout: Option<u32>) -> Stop {
        let deadline = timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
        self.start.wait();
        let mut booting = Some("guest-init had not been started");
        loop {
            let notice = match deadline {
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    self.notices.recv_timeout(left)
                }
                None => self
                    .notices
                    .recv()
                    .map_err(|_| RecvTimeoutError::Disconnected),
            };
            match notice {
                Ok((moment, Notice::FirstExit)) => timeline.mark_at(moment, "vmm", "first-exit"),
                Ok((moment, Notice::Phase(phase))) => {
                    booting =
                        (phase != PHASE_EXEC).then_some("guest-init had not started the program");
                    if let Some(ended) = step_before(phase) {
                        timeline.mark_at(moment, "guest", ended);
                    }
                }
                Ok((moment, Notice::End(stop))) => {
                    timeline.mark_at(moment, "vmm", "workload-end");
                    return stop;
                }
                Err(RecvTimeoutError::Timeout) => {
                    return booting.map_or(Stop::Ending(Ending::TimedOut), Stop::NeverBooted);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let why = "all CPUs have stopped without a word".to_owned();
                    return Stop::Ending(Ending::Broken(why));
                }
            }
        }
    }
}

/// The step that has ended when a phase begins.
fn step_before(phase: u32) -> Option<&'static str> {
    match phase {
        PHASE_INIT => Some("kernel-boot"),
        PHASE_MODULES => Some("load-drivers"),
        PHASE_EXEC => Some("find-devices"),
        _ => None,
    }
}

/// One CPU.
#[derive(Debug)]
struct Thread {
    machine: Arc<Machine>,
    cpu: VcpuFd,
    sender: Sender<(Moment, Notice)>,
}

impl Thread {
    fn run(&mut self, mut is_first: bool) {
        loop {
            let notice = self.run_to_exit();
            if is_first {
                is_first = false;
                self.tell(Notice::FirstExit);
            }
            if let Some(notice) = notice {
                let is_end = matches!(notice, Notice::End(_));
                self.tell(notice);
                if is_end {
                    return;
                }
            }
        }
    }

    /// The main thread may have gone on to the end already.
    fn tell(&self, notice: Notice) {
        self.sender
            .send((Moment::now(), notice))
            .unwrap_or_default();
    }

    /// Runs the guest to its next exit, and answers that.
    fn run_to_exit(&mut self) -> Option<Notice> {
        let machine = &self.machine;
        let broken = |why: String| Some(Notice::End(Stop::Ending(Ending::Broken(why))));
        let exit = match self.cpu.run() {
            Ok(exit) => exit,
            Err(error) if matches!(error.errno(), libc::EINTR | libc::EAGAIN) => {
                machine.counts.count(Reason::Interrupted);
                return None;
            }
            Err(error) => {
                machine.counts.count(Reason::Other);
                return broken(format!("a virtual CPU can't run: {error}"));
            }
        };
        match exit {
            VcpuExit::MmioRead(address, data) => {
                machine
                    .counts
                    .count(machine.board.read_memory(address, data));
                None
            }
            VcpuExit::MmioWrite(address, data) => {
                let written =
                    machine
                        .board
                        .write_memory(&machine.vm, &machine.memory, address, data);
                match written {
                    Ok(reason) => {
                        machine.counts.count(reason);
                        None
                    }
                    Err(error) => {
                        broken(format!("KVM refuses the guest's interrupt routes: {error}"))
                    }
                }
            }
            VcpuExit::IoIn(port, data) => {
                machine.counts.count(machine.board.read_port(port, data));
                None
            }
            VcpuExit::IoOut(port, data) => {
                let (reason, event) = machine.board.write_port(port, data);
                machine.counts.count(reason);
                event.map(notice_of)
            }
            VcpuExit::Shutdown => {
                machine.counts.count(Reason::Other);
                Some(Notice::End(Stop::Reset))
            }
            other => {
                let what = describe(&other);
                machine.counts.count(Reason::Other);
                let at = self.cpu.get_regs().map_or(0, |regs| regs.rip);
                broken(format!("{what}, at rip {at:#x}"))
            }
        }
    }
}

fn notice_of(event: Event) -> Notice {
    match event {
        Event::Phase(phase) => Notice::Phase(phase),
        Event::Exited(code) => Notice::End(Stop::Ending(Ending::Exited(code))),
        Event::Killed(signal) => Notice::End(Stop::Ending(Ending::Killed(signal))),
        Event::InitFailed => Notice::End(Stop::InitFailed),
        Event::Reset => Notice::End(Stop::Reset),
    }
}
