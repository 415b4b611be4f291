//! "Nothing left behind": what is looked at after an instance was reaped.
//!
//! 1. Its process group is empty.
//! 2. The processes that the launcher named (a container's init and payload, which may have left the group) are gone.
//! 3. The cgroups that it made are gone.
//!
//! A VM's memory and a container's namespaces live as long as a process holds them: they are gone with the processes.
//!
//! Simplified: what the kernel frees later on its own (a network namespace's cleanup, dying memory cgroups) has no name
//! that could be looked up, and is not waited for.

use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::clock::monotonic_ns;
use crate::timeline::Timeline;

/// Longer than any orderly end takes.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns when (CLOCK_MONOTONIC, ns) nothing was left of the instance whose launcher was `launcher`.
///
/// # Errors
/// Names what was still there after two seconds.
pub fn wait_until_gone(launcher: i32, timeline: &Timeline) -> Result<u64, String> {
    wait_until_gone_for(PATIENCE, launcher, timeline)
}

fn wait_until_gone_for(
    patience: Duration,
    launcher: i32,
    timeline: &Timeline,
) -> Result<u64, String> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(20);
    loop {
        let left = first_leftover(launcher, timeline);
        let now_ns = monotonic_ns();
        match left {
            None => return Ok(now_ns),
            Some(left) if start.elapsed() > patience => return Err(format!("left behind: {left}")),
            Some(_) => std::thread::sleep(pause),
        }
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

fn first_leftover(launcher: i32, timeline: &Timeline) -> Option<String> {
    // Signal 0 reaches no one: it only asks whether there is anyone to reach.
    if killpg(Pid::from_raw(launcher), None).is_ok() && has_living_member(launcher) {
        return Some(format!("processes of group {launcher}"));
    }
    let process = timeline
        .process_ids()
        .into_iter()
        .find(|pid| Path::new("/proc").join(pid.to_string()).exists());
    if let Some(pid) = process {
        return Some(format!("process {pid}"));
    }
    let cgroup = timeline.cgroups().into_iter().find(|path| path.exists());
    cgroup.map(|path| format!("cgroup {}", path.display()))
}

/// Whether anyone in a process group still runs. What has ended and waits for the host's init to take note of it has a number
/// and nothing else, and some inits look only once in a second.
fn has_living_member(group: i32) -> bool {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut stats =
        entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    stats.any(|stat| lives_in(&stat, group))
}

/// After the name, which stands in parentheses: state, parent, process group (proc_pid_stat(5)).
fn lives_in(stat: &str, group: i32) -> bool {
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let mut words = after_name.split(' ');
    let has_ended = words.next().is_none_or(|state| matches!(state, "Z" | "X"));
    !has_ended && words.nth(1).and_then(|word| word.parse().ok()) == Some(group)
}

/// Removes what a killed launcher could not: the rest of its process group, and the cgroups that it named.
pub fn clear(launcher: i32, timeline: &Timeline) {
    if wait_until_gone_for(Duration::from_millis(100), launcher, timeline).is_ok() {
        return;
    }
    // ESRCH: the group is empty, which is what is wanted.
    killpg(Pid::from_raw(launcher), Signal::SIGKILL).ok();
    for cgroup in timeline.cgroups() {
        // EBUSY while its last process is still being taken apart.
        let removed = (0..200).any(|_| {
            let gone = std::fs::remove_dir(&cgroup).is_ok() || !cgroup.exists();
            if !gone {
                std::thread::sleep(Duration::from_millis(5));
            }
            gone
        });
        if !removed {
            eprintln!("isolab: could not remove the cgroup {}", cgroup.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_only_waits_to_be_reaped_is_not_left_behind() {
        assert!(lives_in("7 (a) b) S 1 42 42 0", 42));
        assert!(!lives_in("7 (a) b) Z 1 42 42 0", 42));
        assert!(!lives_in("7 (a) b) S 42 7 42 0", 42));
        assert!(!lives_in("", 42));
    }

    #[test]
    fn a_named_cgroup_that_stays_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let mut timeline = Timeline::default();
        let path = folder.path().display().to_string();
        timeline.facts.push(("cgroup".to_owned(), path.clone()));
        // No process has this id: the kernel's limit is 2^22.
        assert_eq!(
            first_leftover(i32::MAX, &timeline),
            Some(format!("cgroup {path}"))
        );
        folder.close().unwrap();
        assert_eq!(first_leftover(i32::MAX, &timeline), None);
    }
}
