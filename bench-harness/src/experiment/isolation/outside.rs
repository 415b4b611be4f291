//! What the host sees of an instance that stands still.

use std::fs;
use std::io;

use crate::backend::Backend;
use crate::binaries::{Binary, sha256_hex};
use crate::failure::Failure;
use crate::host::calls;
use crate::instance::Instance;
use crate::lab::Lab;
use crate::process_tree::descendants;

/// One look from the host.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outside {
    /// Whether one of the instance's processes runs the workload's file.
    pub(super) sees_workload: Result<bool, Failure>,
    /// How many of the host's system calls the payload can reach.
    pub(super) reachable: Result<f64, Failure>,
    /// The same for the launcher, which in a VM is the VMM.
    pub(super) of_launcher: Result<f64, Failure>,
}

/// Holds one instance and looks at its processes.
pub(super) fn look(backend: &dyn Backend, lab: &Lab) -> Result<Outside, Failure> {
    let mut held = lab.start(backend, &lab.job(&["hold", "--mib", "0"]))?;
    held.wait_for("ready")?;
    let seen = process_of_workload(&held, &lab.binaries.workload).map_err(forbidden);
    let outside = Outside {
        sees_workload: seen.clone().map(|process| process.is_some()),
        reachable: seen.and_then(|process| reachable(process, backend)),
        of_launcher: open_to(held.id(), backend),
    };
    held.finish()?;
    Ok(outside)
}

/// The process of the tree whose program is the workload, compared by content: under which name and in which mount
/// namespace it was started doesn't matter.
fn process_of_workload(held: &Instance<'_>, workload: &Binary) -> io::Result<Option<i32>> {
    for pid in descendants(held.id())? {
        let program = format!("/proc/{pid}/exe");
        let same_size = fs::metadata(&program)?.len() == workload.size_bytes;
        if same_size && sha256_hex(&fs::read(&program)?) == workload.sha256 {
            return Ok(Some(pid));
        }
    }
    Ok(None)
}

/// Without a process of the host that runs the payload, nothing of it ever executes a system call of the host.
fn reachable(process: Option<i32>, backend: &dyn Backend) -> Result<f64, Failure> {
    match process {
        Some(pid) => open_to(pid, backend),
        None if backend.is_vm() => Ok(0.0),
        None => Err(Failure::Unsupported(
            "none of its processes runs the workload".to_owned(),
        )),
    }
}

/// All that this kernel has, or those that the filter lets through.
fn open_to(pid: i32, backend: &dyn Backend) -> Result<f64, Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let unknown = |reason: &str| Failure::Unsupported(reason.to_owned());
    let count = match seccomp_mode(&status) {
        Some(0) => calls::implemented()
            .ok_or_else(|| unknown("the kernel doesn't list its calls (/proc/kallsyms)"))?,
        Some(2) => backend
            .filtered_calls()
            .ok_or_else(|| unknown("it has a seccomp filter, whose content is not known here"))?,
        _ => return Err(unknown("/proc doesn't say whether it has a seccomp filter")),
    };
    Ok(count as f64)
}

/// 0: none; 2: a filter (proc_pid_status(5)).
fn seccomp_mode(status: &str) -> Option<u32> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("Seccomp:"))?;
    line.trim().parse().ok()
}

fn forbidden(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Failure::Unsupported(
            "its processes belong to another user namespace: only root may look".to_owned(),
        ),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_of_seccomp_is_read_and_not_the_number_of_its_filters() {
        let status = "Name:\tx\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        assert_eq!(seccomp_mode(status), Some(2));
        assert_eq!(seccomp_mode("Name:\tx\n"), None);
    }

    #[test]
    fn a_plain_process_is_seen_and_has_all_calls() {
        let lab =
            Lab::for_single_instances(crate::parameters::Parameters::usual_timeout()).unwrap();
        let native = crate::backend::by_id("native").unwrap();
        let outside = look(native, &lab).unwrap();
        assert_eq!(outside.sees_workload, Ok(true));
        assert_eq!(outside.reachable, outside.of_launcher);
    }
}
