//! Limits: how much memory, CPU time, processes and which devices the container may use.
//!
//! A cgroup is a folder; a process enters it by writing to a file, a limit is a number written to another. There are two
//! versions of the tree, and hosts that have both:
//!
//! - v1: a tree for each controller, under `/sys/fs/cgroup/<controller>` ([`v1`]).
//! - v2: one tree, where controllers are switched on folder by folder ([`v2`]).
//! - hybrid: the controllers in v1 trees, and a v2 tree without any. It is treated as v1.
//!
//! The new cgroups lie below the launcher's own, so that whoever limits the launcher limits the container as well.
//!
//! 1. Read `/proc/self/cgroup`: which trees there are and where in each we are.
//! 2. Make a folder in each and write the limits.
//! 3. The child enters: by writing `0` to `tasks` (v1), or by being born there (v2: CLONE_INTO_CGROUP).
//! 4. Remove the folders when it has ended. [`sweep`] removes those whose launcher was killed before it could: each start
//!    does that for the folders beside its own, while it waits for the command.
//!
//! Simplified: a host where systemd runs expects runtimes to ask it for a scope; here the folder is made directly.
//!
//! Read next: cgroups(7), `v1.rs`, the kernel's Documentation/admin-guide/cgroup-v2.rst.

mod device_program;
mod remove;
pub mod v1;
pub mod v2;

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use crate::Error;
use crate::failure::{At, Failure};
use crate::spec::Limits;
use crate::step::Step;

pub use remove::sweep;

/// Where the trees are mounted, by convention of every distribution.
pub const MOUNT_POINT: &str = "/sys/fs/cgroup";

/// The cgroups of one container.
#[derive(Debug, Default)]
pub struct Cgroups {
    /// Their folders.
    pub folders: Vec<PathBuf>,
    /// v1: the `tasks` files, through which the child enters.
    pub entrances: Vec<OwnedFd>,
    /// v2: the folder in which the child is born.
    pub birthplace: Option<OwnedFd>,
    /// Whether a device filter is in force.
    pub filters_devices: bool,
}

/// Which kind of tree holds the controllers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// A tree for each controller (hybrid hosts included).
    V1,
    /// One tree for all.
    V2,
}

/// One line of `/proc/self/cgroup`: `hierarchy:controllers:path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The controllers of the tree; empty for the v2 tree.
    pub controllers: Vec<String>,
    /// Where in the tree this process is.
    pub path: String,
}

impl Cgroups {
    /// Makes the cgroups and writes the limits. What was made before a failure is removed again.
    ///
    /// # Errors
    /// When a folder or a limit is refused.
    pub fn create(limits: &Limits) -> Result<Self, Failure> {
        let memberships = memberships().at(Step::Cgroups, || "/proc/self/cgroup")?;
        let name = remove::new_name();
        let mut cgroups = Self::default();
        let made = match version(&memberships) {
            Version::V1 => v1::create(&mut cgroups, &memberships, &name, limits),
            Version::V2 => v2::create(&mut cgroups, &memberships, &name, limits),
        };
        match made {
            Ok(()) => Ok(cgroups),
            Err(failure) => {
                // The first failure is the one to report.
                remove::remove(&cgroups.folders).ok();
                Err(failure)
            }
        }
    }

    /// Removes them, once the container's last process has ended.
    ///
    /// # Errors
    /// When one is still in use after a second.
    pub fn remove(self) -> Result<(), Error> {
        remove::remove(&self.folders)
            .at(Step::Cgroups, || format!("removing {:?}", self.folders))
            .map_err(Error::from)
    }

    /// Removes the cgroups of killed launchers that lie beside these.
    pub fn sweep_siblings(&self) {
        // Trees in which we are at the same place are as a rule swept together: one look for each place (0.01 ms).
        let mut places = Vec::new();
        let is_new = |folder: &&PathBuf| {
            let place = folder
                .strip_prefix(MOUNT_POINT)
                .unwrap_or(folder)
                .components();
            let place = place.skip(1).collect::<PathBuf>();
            let is_new = !places.contains(&place);
            places.push(place);
            is_new
        };
        let mut parents = self
            .folders
            .iter()
            .filter(is_new)
            .filter_map(|folder| folder.parent());
        if parents.any(remove::has_stale) {
            remove::sweep_empty();
        }
    }
}

/// Reads where this process is in each tree.
///
/// # Errors
/// When /proc isn't mounted.
pub fn memberships() -> io::Result<Vec<Membership>> {
    Ok(parse(&fs::read_to_string("/proc/self/cgroup")?))
}

fn parse(table: &str) -> Vec<Membership> {
    let parse_line = |line: &str| {
        let mut fields = line.splitn(3, ':').skip(1);
        let controllers = fields
            .next()?
            .split(',')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        Some(Membership {
            controllers,
            path: fields.next()?.to_owned(),
        })
    };
    table.lines().filter_map(parse_line).collect()
}

/// Decides which trees to use: the v1 ones as soon as one of them has the memory controller.
#[must_use]
pub fn version(memberships: &[Membership]) -> Version {
    let has_memory =
        |membership: &Membership| membership.controllers.iter().any(|name| name == "memory");
    if memberships.iter().any(has_memory) {
        Version::V1
    } else {
        Version::V2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Vec<Membership> {
        parse(text)
    }

    #[test]
    fn the_three_kinds_of_hosts_are_told_apart() {
        let v1 = table("4:memory:/a\n1:cpu,cpuacct:/\n");
        let hybrid = table("9:name=systemd:/\n4:memory:/a\n0::/\n");
        let v2 = table("0::/user.slice/session-1.scope\n");
        assert_eq!(
            [version(&v1), version(&hybrid), version(&v2)],
            [Version::V1, Version::V1, Version::V2]
        );
        assert_eq!(v1[1].controllers, ["cpu", "cpuacct"]);
        assert_eq!(v2[0].path, "/user.slice/session-1.scope");
        assert!(v2[0].controllers.is_empty());
    }

    #[test]
    fn a_path_with_a_colon_is_read_whole() {
        assert_eq!(table("0::/a:b\n")[0].path, "/a:b");
    }
}
