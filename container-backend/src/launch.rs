//! Outside: what the launcher does. The numbers are those of the crate's documentation.
//!
//! The launcher has one thread, makes the child, and then only waits: every hand-off between two processes costs a
//! scheduler's slice on a busy machine, so there are two in all, the start of the child and its end.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{WaitId, WaitIdOptions, waitid};

use crate::cgroup::Cgroups;
use crate::cli;
use crate::error::Error;
use crate::failure::{self, At, Failure};
use crate::full_set::NAMESPACES;
use crate::init;
use crate::part::Part;
use crate::signals::Signals;
use crate::spec::Spec;
use crate::step::Step;
use crate::sys::{self, Cloned};
use crate::timeline::{Moment, Timeline};

/// When the launcher's `main` began.
#[derive(Clone, Copy, Debug)]
pub struct Began(Moment);

impl Began {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        Self(Moment::now())
    }
}

/// What the child needs of the launcher.
#[derive(Debug)]
pub struct Inherited {
    /// For step 5.
    pub cgroups: Cgroups,
    /// The end of the pipe to which a failure is written.
    pub report: OwnedFd,
    /// The child's own part is added to it.
    pub timeline: Timeline,
}

/// Runs a command in a container, and returns its exit code: 128 + signal if one ended it.
///
/// # Errors
/// When the container can't be made. Nothing of it is left then.
pub fn run(options: &cli::Run, began: Began) -> Result<u8, Error> {
    let mut timeline = Timeline::new(options.timeline)
        .at(Step::Signals, || "--timeline: not an open descriptor")?;
    timeline.mark_at(began.0, "start");
    if options.die_with_parent {
        set_pdeathsig(Signal::SIGKILL)
            .map_err(io::Error::from)
            .at(Step::Lifeline, || "parent-death signal")?;
    }
    let spec = Spec::new(options)?;
    timeline.mark("parsed");

    // 1. Signals and the pipe.
    let signals = Signals::block().at(Step::Signals, || "signal mask")?;
    let (reports, report) = failure::pipe().at(Step::ReportPipe, || "pipe")?;
    // 2. The cgroups.
    let cgroups = make_cgroups(&spec)?;
    timeline.mark(Step::Cgroups.name());
    // 3. The child.
    let cloned = sys::clone3(
        namespaces(&spec),
        cgroups.birthplace.as_ref().map(AsFd::as_fd),
    );
    let (pid, pidfd) = match cloned {
        Ok(Cloned::Child) => {
            // So that the launcher has the only end to read from, and its end can be seen at ours.
            drop(reports);
            init::live(
                &spec,
                Inherited {
                    cgroups,
                    report,
                    timeline,
                },
            )
        }
        Ok(Cloned::Parent { pid, pidfd }) => (pid, pidfd),
        Err(source) => {
            cgroups.remove()?;
            return Err(Error::Outside {
                step: Step::Clone,
                object: "clone3".to_owned(),
                source,
            });
        }
    };
    timeline.mark(Step::Clone.name());
    timeline.fact("init-pid", pid);
    for folder in &cgroups.folders {
        timeline.fact("cgroup", folder.display());
    }
    timeline.flush();
    cgroups.sweep_siblings();

    // 11. Its end.
    let code = wait(pid, &pidfd, &signals, !spec.parts.has(Part::Init));
    timeline.mark("workload-end");
    // 12. The cgroups, even if waiting has failed.
    cgroups.remove()?;
    timeline.mark("gone");
    timeline.flush();
    match Failure::receive(&reports) {
        Some(error) => Err(error),
        None => Ok(code?),
    }
}

fn make_cgroups(spec: &Spec) -> Result<Cgroups, Error> {
    if !spec.parts.has(Part::Cgroup) {
        return Ok(Cgroups::default());
    }
    match Cgroups::create(&spec.limits) {
        Ok(cgroups) => Ok(cgroups),
        // An ordinary user may make cgroups only where an administrator has delegated some. Said, never silent.
        Err(failure) if spec.has_user_namespace => {
            let Failure { object, source, .. } = failure;
            eprintln!(
                "container-backend: warning: no memory, CPU, process and device limits: {object}: {source}"
            );
            Ok(Cgroups::default())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The namespaces in which the child is born. The cgroup namespace is unshared later, inside its cgroup.
fn namespaces(spec: &Spec) -> u64 {
    let chosen = NAMESPACES
        .into_iter()
        .filter(|(part, _)| *part != Part::CgroupNs && spec.parts.has(*part))
        .fold(0, |all, (_, flag)| all | flag);
    let user = if spec.has_user_namespace {
        libc::CLONE_NEWUSER
    } else {
        0
    };
    (chosen | user) as u64
}

/// Waits for the child's end and passes signals on meanwhile.
fn wait(
    pid: i32,
    pidfd: &OwnedFd,
    signals: &Signals,
    command_is_init: bool,
) -> Result<u8, Failure> {
    loop {
        let mut ready = [
            PollFd::new(pidfd, PollFlags::IN),
            PollFd::new(signals, PollFlags::IN),
        ];
        match poll(&mut ready, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error).at(Step::Wait, || "poll"),
        }
        let (ended, signalled) = (
            !ready[0].revents().is_empty(),
            !ready[1].revents().is_empty(),
        );
        if signalled {
            signals
                .forward(pid, command_is_init)
                .at(Step::Wait, || "passing a signal on")?;
        }
        if ended {
            let status = waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED)
                .at(Step::Wait, || "waitid")?;
            let code = status.and_then(|status| {
                let signal = || status.terminating_signal().map(|signal| 128 + signal);
                status.exit_status().or_else(signal)
            });
            return Ok(code
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(u8::MAX));
        }
    }
}
