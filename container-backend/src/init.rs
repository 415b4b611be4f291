//! Inside: PID 1, from its first instruction to the start of the command, and then until its end.
//!
//! The sequence is one function ([`build`]); the order is explained at each step. Whatever fails is written to the pipe, and
//! the init ends: with it, all that was made disappears, because namespaces and mounts live only as long as a process uses
//! them.
//!
//! PID 1 has two duties that ordinary programs don't expect: it reaps processes whose parent has ended, and the kernel drops
//! signals for which it has no handler. So the command isn't PID 1 but its child (unless `--without init`).
//!
//! Read next: pid_namespaces(7), `root/mod.rs`.

use std::io;
use std::os::fd::AsFd;

use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{Resource, setrlimit};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    DumpableBehavior, Pid, Signal, WaitOptions, set_dumpable_behavior,
    set_parent_process_death_signal,
};
use rustix::thread::set_no_new_privs;

use crate::command::Prepared;
use crate::failure::{At, Failure};
use crate::full_set::OPEN_FILES;
use crate::launch::Inherited;
use crate::part::Part;
use crate::spec::Spec;
use crate::step::Step;
use crate::{capabilities, cgroup, executable, network, root, seccomp, sys};

/// The exit code of an init that could not start the command; the reason is in the pipe.
const NOT_STARTED: u8 = 125;

/// Makes the container around this process, runs the command, and ends as it ends.
pub fn live(spec: &Spec, mut inherited: Inherited) -> ! {
    inherited.timeline.become_init();
    let code = match build(spec, &mut inherited).and_then(|()| execute(spec, &mut inherited)) {
        Ok(code) => code,
        Err(failure) => {
            inherited.timeline.flush();
            failure.send(&inherited.report);
            NOT_STARTED
        }
    };
    sys::exit_now(code)
}

/// Steps 4 to 9.
fn build(spec: &Spec, inherited: &mut Inherited) -> Result<(), Failure> {
    let parts = spec.parts;
    let timeline = &mut inherited.timeline;
    timeline.mark("born");

    // 4. First of all: from here on the launcher can be killed at any time.
    tie_to_launcher(inherited.report.as_fd())?;
    if spec.has_user_namespace {
        // Before any mount: without it we are nobody in the new namespace.
        map_user(spec).at(Step::UserMap, || "/proc/self/uid_map")?;
        timeline.mark(Step::UserMap.name());
    }
    hide_from_the_command()?;
    // 5. The order matters: the namespace's view starts where the process is at the moment of unsharing.
    cgroup::v1::enter(&inherited.cgroups.entrances).at(Step::JoinCgroups, || "tasks")?;
    timeline.mark(Step::JoinCgroups.name());
    if parts.has(Part::CgroupNs) {
        unshare(CloneFlags::CLONE_NEWCGROUP)
            .map_err(io::Error::from)
            .at(Step::CgroupNamespace, || "unshare")?;
        timeline.mark(Step::CgroupNamespace.name());
    }
    // 6. Both need a namespace of our own; the host's stay untouched.
    if parts.has(Part::Uts) {
        nix::unistd::sethostname(&spec.hostname)
            .map_err(io::Error::from)
            .at(Step::Hostname, || &spec.hostname)?;
        timeline.mark(Step::Hostname.name());
    }
    if parts.has(Part::Net) {
        network::bring_loopback_up().at(Step::Loopback, || "lo")?;
        timeline.mark(Step::Loopback.name());
    }
    // 7 and 8.
    if parts.has(Part::Mount) {
        root::enter(spec, timeline)?;
    }
    // 9. Now the walls: nothing after this needs a privilege.
    if parts.has(Part::Rlimits) {
        setrlimit(Resource::RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES)
            .map_err(io::Error::from)
            .at(Step::Rlimits, || "open files")?;
        timeline.mark(Step::Rlimits.name());
    }
    if parts.has(Part::Seccomp) && !parts.has(Part::NoNewPrivs) {
        // Without no_new_privs, loading a filter takes CAP_SYS_ADMIN, which is about to go. The filter allows what follows.
        load_filter()?;
    }
    if parts.has(Part::Capabilities) {
        capabilities::reduce(inherited.cgroups.filters_devices)
            .at(Step::Capabilities, || "capability sets")?;
        timeline.mark(Step::Capabilities.name());
    }
    if parts.has(Part::NoNewPrivs) {
        set_no_new_privs(true).at(Step::NoNewPrivs, || "prctl")?;
        timeline.mark(Step::NoNewPrivs.name());
        if parts.has(Part::Seccomp) {
            load_filter()?;
        }
    }
    timeline.mark(Step::Seccomp.name());
    Ok(())
}

/// Asks the kernel to kill this process, and with it all of its pid namespace, when the launcher ends.
fn tie_to_launcher(report: impl AsFd) -> Result<(), Failure> {
    set_parent_process_death_signal(Some(Signal::KILL))
        .at(Step::Lifeline, || "parent-death signal")?;
    // If it ended before that, no signal will come. Then nobody reads the pipe: a process in a new pid namespace can't
    // tell by its parent's number, which is 0 in any case.
    let mut pipe = [PollFd::new(&report, PollFlags::empty())];
    poll(
        &mut pipe,
        Some(&rustix::time::Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        }),
    )
    .at(Step::Lifeline, || "poll")?;
    if pipe[0].revents().contains(PollFlags::ERR) {
        sys::exit_now(NOT_STARTED);
    }
    Ok(())
}

/// Nobody inside may look at this process.
fn hide_from_the_command() -> Result<(), Failure> {
    // The command runs as the same user. Not dumpable means that it can't look into this process: neither at its memory nor,
    // through /proc/1/exe, at the launcher's file on the host (CVE-2019-5736), nor at descriptors of the host's.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).at(Step::Lifeline, || "PR_SET_DUMPABLE")
}

/// Makes root inside the user who started the launcher. A user may map himself, once groups can't be used to get around
/// permissions (user_namespaces(7)).
fn map_user(spec: &Spec) -> io::Result<()> {
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("0 {} 1", spec.uid))?;
    std::fs::write("/proc/self/gid_map", format!("0 {} 1", spec.gid))
}

fn load_filter() -> Result<(), Failure> {
    sys::load_filter(seccomp::program()).at(Step::Seccomp, || "seccomp")
}

/// Step 10.
fn execute(spec: &Spec, inherited: &mut Inherited) -> Result<u8, Failure> {
    let name = || spec.program.display().to_string();
    executable::check(&spec.program).at(Step::Execute, name)?;
    let command = Prepared::new(spec).at(Step::Execute, name)?;
    inherited.timeline.mark("sandbox-ready");
    inherited.timeline.flush();
    // Whatever the launcher was given, and what it opened, ends here (CVE-2024-21626); the pipe ends at the command's
    // execve. While the command runs, this process holds nothing of the host's.
    sys::close_others_from(3, inherited.report.as_fd()).at(Step::Execute, || "close_range")?;
    if !spec.parts.has(Part::Init) {
        match command.exec().at(Step::Execute, name)? {}
    }
    let pid = command.spawn().at(Step::Execute, name)?;
    reap(pid)
}

/// Reaps every process that ends, until the command does.
fn reap(command: i32) -> Result<u8, Failure> {
    let command = Pid::from_raw(command);
    loop {
        let (pid, status) = match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some(ended)) => ended,
            Ok(None) | Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error).at(Step::Wait, || "wait"),
        };
        if Some(pid) == command {
            let signal = || status.terminating_signal().map(|signal| 128 + signal);
            let code = status.exit_status().or_else(signal);
            return Ok(code
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(u8::MAX));
        }
    }
}
