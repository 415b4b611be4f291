//! Removing cgroups: ours when the container has ended, and those of launchers that were killed before they could.
//!
//! A killed launcher takes its container along (the init's parent-death signal), but nobody is left to remove the folders:
//! the kernel's own mechanism, v1's release agent, is one setting for the whole host and not ours to change. So a folder's
//! name holds the launcher's pid, and every later start removes the folders of launchers that are gone. It removes empty
//! ones only, so that a mistake about a pid (another pid namespace's launcher, say) does no harm, and it doesn't wait.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::time::{ClockId, clock_gettime};

use super::{MOUNT_POINT, memberships};
use crate::Error;
use crate::failure::At;
use crate::step::Step;

const PREFIX: &str = "isolab-";
/// How long a cgroup may stay busy: processes that were killed need time to end.
const PATIENCE: Duration = Duration::from_secs(1);

/// `isolab-<pid>-<number>`: unique on this host for as long as it is up.
pub fn new_name() -> String {
    let now = clock_gettime(ClockId::Monotonic);
    format!(
        "{PREFIX}{}-{:x}{:08x}",
        std::process::id(),
        now.tv_sec,
        now.tv_nsec
    )
}

/// Removes folders of cgroups. What still runs in one is killed: that can only be a process that has left the
/// container's pid namespace behind, because there was none (`--without pid`).
pub fn remove(folders: &[PathBuf]) -> io::Result<()> {
    folders.iter().try_for_each(|folder| remove_one(folder))
}

fn remove_one(folder: &Path) -> io::Result<()> {
    let began = Instant::now();
    loop {
        match fs::remove_dir(folder) {
            Err(error)
                if error.kind() == io::ErrorKind::ResourceBusy && began.elapsed() < PATIENCE =>
            {
                kill_members(folder)?;
                sleep(Duration::from_millis(1));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            done => return done,
        }
    }
}

fn kill_members(folder: &Path) -> io::Result<()> {
    for line in fs::read_to_string(folder.join("cgroup.procs"))?.lines() {
        // 0 stands for a process of another pid namespace, and for kill(2) it would mean ourselves.
        if let Some(pid) = line.parse().ok().filter(|&pid| pid > 0) {
            // It may have ended meanwhile.
            kill(Pid::from_raw(pid), Signal::SIGKILL).ok();
        }
    }
    Ok(())
}

/// Whether a folder holds cgroups of launchers that are gone. One tree isn't enough: a launcher whose place differs from ours
/// in some trees only has swept the others.
pub fn has_stale(parent: &Path) -> bool {
    stale(parent).is_ok_and(|found| !found.is_empty())
}

/// Removes the cgroups of killed launchers from the places where a launcher started here and now would make its own, and
/// kills what still runs in them.
///
/// # Errors
/// When one can't be removed: the first such, after all others were tried.
pub fn sweep() -> Result<(), Error> {
    let mut outcome = Ok(());
    for folder in all_stale()? {
        let removed =
            remove_one(&folder).at(Step::Cgroups, || format!("removing {}", folder.display()));
        outcome = outcome.and(removed);
    }
    Ok(outcome?)
}

/// Removes those that are empty. They are somebody else's left-over: the container that is running doesn't fail for them.
pub fn sweep_empty() {
    for folder in all_stale().unwrap_or_default() {
        fs::remove_dir(folder).ok();
    }
}

fn all_stale() -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let memberships = memberships().at(Step::Cgroups, || "/proc/self/cgroup")?;
    for membership in memberships {
        let tree = if membership.controllers.is_empty() {
            String::new()
        } else {
            membership.controllers.join(",")
        };
        let own = Path::new(MOUNT_POINT)
            .join(tree)
            .join(membership.path.trim_start_matches('/'));
        // On v2 the folders may lie in any ancestor (`v2.rs`).
        for parent in own
            .ancestors()
            .take_while(|folder| *folder != Path::new(MOUNT_POINT).parent().unwrap_or(folder))
        {
            found.extend(stale(parent).unwrap_or_default());
        }
    }
    Ok(found)
}

fn stale(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent)? {
        let name = entry?.file_name();
        let launcher = name.to_str().and_then(|name| {
            name.strip_prefix(PREFIX)?
                .split('-')
                .next()?
                .parse::<u32>()
                .ok()
        });
        if launcher.is_some_and(has_ended) {
            found.push(parent.join(name));
        }
    }
    Ok(found)
}

/// Whether a process has ended, also if its parent hasn't asked for its status yet, as an orphan's new parent may not for a while:
/// such a one has a folder in /proc, but no program any more (proc_pid_exe(5)).
fn has_ended(pid: u32) -> bool {
    let program = fs::read_link(format!("/proc/{pid}/exe"));
    program.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_launchers_that_are_gone_are_stale() {
        let parent = tempfile::tempdir().unwrap();
        let gone = format!("{PREFIX}4194305-1");
        for name in [&gone, &new_name(), "isolab-x-1", "other-4194305-1"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        assert_eq!(stale(parent.path()).unwrap(), [parent.path().join(gone)]);
        assert!(has_stale(parent.path()));
    }

    #[test]
    fn a_process_that_only_waits_to_be_reaped_has_ended() {
        assert!(!has_ended(std::process::id()));
        let mut child = std::process::Command::new("/bin/true").spawn().unwrap();
        // It stays a zombie until it is waited for below.
        let ended = (0..200).any(|_| {
            sleep(Duration::from_millis(10));
            has_ended(child.id())
        });
        assert!(ended);
        assert!(Path::new("/proc").join(child.id().to_string()).exists());
        child.wait().unwrap();
        assert!(has_ended(child.id()));
    }

    #[test]
    fn names_are_unique() {
        assert_ne!(new_name(), new_name());
    }
}
