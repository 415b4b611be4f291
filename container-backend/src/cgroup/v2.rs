//! cgroup v2: one tree; a folder passes on to its children the controllers that are switched on in it.
//!
//! The child is *born* in its cgroup (CLONE_INTO_CGROUP): moving it there later would wait 5-10 ms for an RCU grace period.
//!
//! A folder that holds processes can't switch controllers on for its children ("no internal processes"); only the root
//! of the tree can. So where the launcher's own cgroup can't, its ancestors are tried, up to the root.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, open};

use super::{Cgroups, MOUNT_POINT, Membership, device_program};
use crate::failure::{At, Failure};
use crate::full_set::CPU_PERIOD_US;
use crate::spec::Limits;
use crate::step::Step;
use crate::sys;

/// Makes a folder, switches the controllers on, writes the limits, attaches the device filter.
pub fn create(
    cgroups: &mut Cgroups,
    memberships: &[Membership],
    name: &str,
    limits: &Limits,
) -> Result<(), Failure> {
    let own = memberships
        .iter()
        .find(|membership| membership.controllers.is_empty());
    let path = own.map_or("", |membership| membership.path.trim_start_matches('/'));
    let parent = parent(&Path::new(MOUNT_POINT).join(path)).at(Step::Cgroups, || {
        format!(
            "switching the controllers memory, cpu and pids on in {MOUNT_POINT}/{path} or above"
        )
    })?;
    let folder = parent.join(name);
    fs::create_dir(&folder).at(Step::Cgroups, || folder.display().to_string())?;
    cgroups.folders.push(folder.clone());
    for (file, value) in [
        ("memory.max", limits.memory_bytes.to_string()),
        ("pids.max", limits.pids.to_string()),
        (
            "cpu.max",
            format!(
                "{:.0} {CPU_PERIOD_US}",
                limits.cpus * f64::from(CPU_PERIOD_US)
            ),
        ),
    ] {
        fs::write(folder.join(file), value)
            .at(Step::Cgroups, || folder.join(file).display().to_string())?;
    }
    no_swap(&folder).at(Step::Cgroups, || {
        folder.join("memory.swap.max").display().to_string()
    })?;
    let opened = open(
        &folder,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    );
    let opened = opened.at(Step::Cgroups, || folder.display().to_string())?;
    // An unprivileged user may not load it. Then CAP_MKNOD is given up instead.
    cgroups.filters_devices =
        sys::attach_device_program(opened.as_fd(), &device_program::PROGRAM).is_ok();
    cgroups.birthplace = Some(opened);
    Ok(())
}

/// The nearest cgroup, from our own upwards, whose children can have the controllers.
fn parent(own: &Path) -> io::Result<PathBuf> {
    let mut last = None;
    for folder in own
        .ancestors()
        .take_while(|folder| folder.starts_with(MOUNT_POINT))
    {
        match fs::write(folder.join("cgroup.subtree_control"), "+memory +cpu +pids") {
            Ok(()) => return Ok(folder.to_path_buf()),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
}

/// Without it the memory limit would only push the container into swap. Kernels without swap lack the file.
fn no_swap(folder: &Path) -> io::Result<()> {
    match fs::write(folder.join("memory.swap.max"), "0") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
