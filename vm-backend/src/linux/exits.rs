//! The CPUs run, each in a thread, until one of them meets the end.
//!
//! A thread of its own for every CPU is what KVM wants: KVM_RUN blocks as long as the guest has work, or sleeps in HLT. What
//! happens that concerns the whole machine (a phase, the end) is sent to the main thread, with the moment at which it
//! happened; the main thread waits for that, and no longer than it was told to.
//!
//! A guest may ring the doorbell as often and as fast as it likes. So only a few notices wait at a time, a CPU with one more
//! waits, too; each phase counts once; and the time is looked at before each notice.
//!
//! Read next: api.rst, "KVM_RUN"; [`super::board`].

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
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

/// Notices that wait for the main thread: more than a proper guest ever has.
const MOST_NOTICES: usize = 8;

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
    notices: Receiver<(Moment, Notice)>,
    start: Arc<Barrier>,
}

/// Puts each CPU into a thread, where it waits for [`Ready::run`]. When this returns, the threads are there: they won't make
/// system calls of a thread's start any more.
///
/// # Errors
/// When there can't be a thread.
pub fn prepare(machine: &Arc<Machine>, cpus: Vec<VcpuFd>) -> Result<Ready, Error> {
    let (sender, notices) = mpsc::sync_channel(MOST_NOTICES);
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
                // The first time: it is there. The second time: go.
                start.wait();
                start.wait();
                thread.run();
            })
            .map_err(Error::process("starting a CPU's thread"))?;
    }
    start.wait();
    Ok(Ready { notices, start })
}

impl Ready {
    /// Lets the CPUs go, and waits for the end. The threads go with the process.
    pub fn run(self, timeline: &mut Timeline, timeout: Option<u32>) -> Stop {
        let deadline = timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
        timeline.mark("kernel-entry");
        self.start.wait();
        listen(&self.notices, timeline, deadline)
    }
}

/// Notes what the CPUs tell, until it is the end.
fn listen(
    notices: &Receiver<(Moment, Notice)>,
    timeline: &mut Timeline,
    deadline: Option<Instant>,
) -> Stop {
    let mut last_phase = 0;
    loop {
        let notice = match deadline.map(|deadline| deadline.checked_duration_since(Instant::now()))
        {
            Some(Some(left)) => notices.recv_timeout(left),
            Some(None) => Err(RecvTimeoutError::Timeout),
            None => notices.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match notice {
            Ok((moment, Notice::Phase(phase))) => {
                if let Some(ended) = step_before(phase).filter(|_| phase > last_phase) {
                    timeline.mark_at(moment, "guest", ended);
                    last_phase = phase;
                }
            }
            Ok((moment, Notice::End(stop))) => {
                timeline.mark_at(moment, "vmm", "workload-end");
                return stop;
            }
            Err(RecvTimeoutError::Timeout) => return out_of_time(last_phase),
            Err(RecvTimeoutError::Disconnected) => {
                let why = "all CPUs have stopped without a word".to_owned();
                return Stop::Ending(Ending::Broken(why));
            }
        }
    }
}

/// The time is up in this phase.
fn out_of_time(phase: u32) -> Stop {
    match phase {
        PHASE_EXEC => Stop::Ending(Ending::TimedOut),
        0 => Stop::NeverBooted("guest-init had not been started"),
        _ => Stop::NeverBooted("guest-init had not started the program"),
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
    sender: SyncSender<(Moment, Notice)>,
}

impl Thread {
    fn run(&mut self) {
        loop {
            let Some(notice) = self.run_to_exit() else {
                continue;
            };
            let is_end = matches!(notice, Notice::End(_));
            self.tell(notice);
            if is_end {
                return;
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek};
    use std::os::fd::AsRawFd;

    #[test]
    fn each_phase_counts_once_and_in_order() {
        let mut file = tempfile::tempfile().unwrap();
        let mut timeline = Timeline::new(Some(file.as_raw_fd())).unwrap();
        let (sender, notices) = mpsc::sync_channel(MOST_NOTICES);
        let guest = std::thread::spawn(move || {
            for _ in 0..1000 {
                for phase in [7, PHASE_INIT, PHASE_MODULES, PHASE_INIT, PHASE_EXEC, 0] {
                    sender.send((Moment::now(), Notice::Phase(phase))).unwrap();
                }
            }
            let end = Notice::End(Stop::Ending(Ending::Exited(3)));
            sender.send((Moment::now(), end)).unwrap();
        });
        let stop = listen(&notices, &mut timeline, None);
        assert_eq!(stop, Stop::Ending(Ending::Exited(3)));
        guest.join().unwrap();
        timeline.flush();
        let mut text = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        let steps: Vec<&str> = text
            .lines()
            .map(|line| line.rsplit(' ').next().unwrap())
            .collect();
        let expected = [
            "kernel-boot",
            "load-drivers",
            "find-devices",
            "workload-end",
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn a_guest_that_never_stops_ringing_is_ended_all_the_same() {
        let mut timeline = Timeline::new(None).unwrap();
        let (sender, notices) = mpsc::sync_channel(MOST_NOTICES);
        let guest = std::thread::spawn(move || {
            while sender
                .send((Moment::now(), Notice::Phase(PHASE_EXEC)))
                .is_ok()
            {}
        });
        let deadline = Instant::now() + Duration::from_millis(50);
        let stop = listen(&notices, &mut timeline, Some(deadline));
        assert_eq!(stop, Stop::Ending(Ending::TimedOut));
        drop(notices);
        guest.join().unwrap();
    }
}
