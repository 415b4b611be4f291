//! cgroup v1: a tree for each controller, and a folder of ours in each.
//!
//! The child enters by writing `0` ("myself") to `tasks`. Writing its pid to `cgroup.procs` means the same for a process with
//! one thread, but takes a lock that waits for an RCU grace period: 5-10 ms on an idle kernel, against 0.01.
//!
//! `cpuset` isn't used: making a cgroup there takes as long as three of the others, and there is no limit for it to hold.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, open, openat};

use super::{Cgroups, MOUNT_POINT, Membership};
use crate::failure::{At, Failure};
use crate::full_set::{CPU_PERIOD_US, DEVICE_RULES};
use crate::spec::Limits;
use crate::step::Step;

/// The controllers that are used where the host has them. The last three hold no limit: they account, and freeze.
pub const CONTROLLERS: [&str; 7] = [
    "memory", "cpu", "pids", "devices", "cpuacct", "blkio", "freezer",
];

/// Makes a folder in every tree.
pub fn create(
    cgroups: &mut Cgroups,
    memberships: &[Membership],
    name: &str,
    limits: &Limits,
) -> Result<(), Failure> {
    for membership in memberships {
        let wanted = |controller: &&String| CONTROLLERS.contains(&controller.as_str());
        let Some(first) = membership.controllers.iter().find(wanted) else {
            continue;
        };
        let folder = tree(membership, first)
            .join(membership.path.trim_start_matches('/'))
            .join(name);
        fs::create_dir(&folder).at(Step::Cgroups, || folder.display().to_string())?;
        cgroups.folders.push(folder.clone());
        let opened = open(&folder, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
            .at(Step::Cgroups, || folder.display().to_string())?;
        for controller in &membership.controllers {
            limit(&opened, controller, limits).at(Step::Cgroups, || {
                format!("{controller} limit in {}", folder.display())
            })?;
            cgroups.filters_devices |= controller == "devices";
        }
        let entrance = openat(
            &opened,
            "tasks",
            OFlags::WRONLY | OFlags::CLOEXEC,
            Mode::empty(),
        );
        cgroups
            .entrances
            .push(entrance.at(Step::Cgroups, || folder.join("tasks").display().to_string())?);
    }
    Ok(())
}

/// Where a tree is mounted: named after all its controllers, or after one of them.
fn tree(membership: &Membership, controller: &str) -> PathBuf {
    let all = Path::new(MOUNT_POINT).join(membership.controllers.join(","));
    if membership.controllers.len() == 1 || all.exists() {
        all
    } else {
        Path::new(MOUNT_POINT).join(controller)
    }
}

fn limit(folder: &OwnedFd, controller: &str, limits: &Limits) -> io::Result<()> {
    match controller {
        "memory" => {
            let bytes = limits.memory_bytes.to_string();
            write(folder, "memory.limit_in_bytes", &[&bytes])?;
            // Without it the limit would only push the container into swap. Kernels without swap accounting lack the file.
            match write(folder, "memory.memsw.limit_in_bytes", &[&bytes]) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                other => other,
            }
        }
        "cpu" => write(
            folder,
            "cpu.cfs_quota_us",
            &[&format!("{:.0}", limits.cpus * f64::from(CPU_PERIOD_US))],
        ),
        "pids" => write(folder, "pids.max", &[&limits.pids.to_string()]),
        "devices" => {
            let allowed = DEVICE_RULES.map(|rule| rule.to_string());
            write(folder, "devices.deny", &["a"])?;
            write(
                folder,
                "devices.allow",
                &allowed.each_ref().map(String::as_str),
            )
        }
        _ => Ok(()),
    }
}

/// Each value is one write: that is how the kernel tells them apart.
fn write(folder: &OwnedFd, file: &str, values: &[&str]) -> io::Result<()> {
    let file = openat(
        folder,
        file,
        OFlags::WRONLY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    for value in values {
        rustix::io::write(&file, value.as_bytes())?;
    }
    Ok(())
}

/// Enters the cgroups whose `tasks` files these are. Called by the child, which has one thread.
pub fn enter(entrances: &[OwnedFd]) -> io::Result<()> {
    for entrance in entrances {
        rustix::io::write(entrance.as_fd(), b"0")?;
    }
    Ok(())
}
