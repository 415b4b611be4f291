//! Which cgroup hierarchies are mounted where, and where in them this process is.
//!
//! v1 has one hierarchy per controller, v2 one for all; a hybrid host mounts both, with the controllers in v1.
//!
//! Read next: `cgroups(7)`, `proc_pid_mountinfo(5)`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A hierarchy: all controllers of v2, or one of v1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode<'a> {
    /// The v1 hierarchy of this controller.
    V1(&'a str),
    /// The unified hierarchy.
    V2,
}

/// The cgroup mounts of this mount namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mounts {
    /// Mount options (which name the controllers) and mount point.
    v1: Vec<(String, PathBuf)>,
    v2: Option<PathBuf>,
    favordynmods: bool,
}

impl Mounts {
    fn parse(mountinfo: &str) -> Self {
        let mut mounts = Self::default();
        for line in mountinfo.lines() {
            let Some((left, right)) = line.split_once(" - ") else {
                continue;
            };
            let (Some(point), mut right) = (left.split(' ').nth(4), right.split(' ')) else {
                continue;
            };
            let (kind, options) = (right.next(), right.nth(1).unwrap_or_default());
            match kind {
                Some("cgroup") => mounts.v1.push((options.to_owned(), point.into())),
                Some("cgroup2") => mounts.v2 = mounts.v2.or_else(|| Some(point.into())),
                _ => continue,
            }
            mounts.favordynmods |= options.split(',').any(|option| option == "favordynmods");
        }
        mounts
    }

    /// Where the v1 hierarchy of `controller` is mounted.
    #[must_use]
    pub fn v1(&self, controller: &str) -> Option<&Path> {
        let has = |options: &str| options.split(',').any(|option| option == controller);
        let (_, point) = self.v1.iter().find(|(options, _)| has(options))?;
        Some(point)
    }

    /// Where the unified hierarchy is mounted.
    #[must_use]
    pub fn v2(&self) -> Option<&Path> {
        self.v2.as_deref()
    }

    /// Where any hierarchy is mounted.
    pub fn points(&self) -> impl Iterator<Item = &Path> {
        let v1 = self.v1.iter().map(|(_, point)| point.as_path());
        v1.chain(self.v2())
    }

    /// `v1`, `v2`, `hybrid` or `none`.
    #[must_use]
    pub fn mode(&self) -> &'static str {
        let controllers_in_v1 = self.v1("memory").is_some() || self.v1("pids").is_some();
        match (controllers_in_v1, self.v2.is_some()) {
            (true, true) => "hybrid",
            (true, false) => "v1",
            (false, true) => "v2",
            (false, false) => "none",
        }
    }

    /// Whether a hierarchy is mounted with `favordynmods`: moving a process then costs no RCU wait of milliseconds.
    #[must_use]
    pub fn favordynmods(&self) -> bool {
        self.favordynmods
    }
}

/// Reads the mounts.
///
/// # Errors
/// When /proc is not there.
pub fn mounts() -> io::Result<Mounts> {
    // This thread's: `/proc/self` would show the first thread's, whose namespace may be another (`cgroup_view.rs`).
    let table = fs::read_to_string("/proc/thread-self/mountinfo")?;
    Ok(Mounts::parse(&table))
}

/// This process's path in a hierarchy, from the hierarchy's root.
///
/// # Errors
/// When /proc can't be read or the hierarchy doesn't exist.
pub fn own_path(mode: Mode<'_>) -> io::Result<String> {
    path_in(&fs::read_to_string("/proc/self/cgroup")?, mode).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("no cgroup hierarchy {mode:?}"),
        )
    })
}

/// Where this process may make cgroups with a controller (by its name in v1).
///
/// # Errors
/// When no hierarchy has it, or none passes it on.
pub fn place_for(controller: &str) -> io::Result<PathBuf> {
    let unsupported = |text: String| io::Error::new(io::ErrorKind::Unsupported, text);
    let mounts = mounts()?;
    if let Some(mount) = mounts.v1(controller) {
        // Inside a container the path in /proc may lie outside what is mounted: then the mount's root is our place.
        let below = mount.join(own_path(Mode::V1(controller))?.trim_start_matches('/'));
        return Ok(if below.is_dir() {
            below
        } else {
            mount.to_path_buf()
        });
    }
    let in_v2 = if controller == "blkio" {
        "io"
    } else {
        controller
    };
    let root = mounts.v2().ok_or_else(|| {
        unsupported(format!(
            "no cgroup hierarchy with the controller {controller} is mounted"
        ))
    })?;
    let enabled = fs::read_to_string(root.join("cgroup.subtree_control"))?;
    if !enabled.split_whitespace().any(|one| one == in_v2) {
        return Err(unsupported(format!(
            "the controller {in_v2} is not enabled for cgroups below the root (echo +{in_v2} > {}/cgroup.subtree_control)",
            root.display()
        )));
    }
    Ok(root.to_path_buf())
}

fn path_in(cgroups: &str, mode: Mode<'_>) -> Option<String> {
    cgroups.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (number, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        let matches = match mode {
            Mode::V1(wanted) => controllers
                .split(',')
                .any(|controller| controller == wanted),
            Mode::V2 => number == "0",
        };
        matches.then(|| path.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hybrid_hosts_mounts_are_told_apart() {
        let mounts = Mounts::parse(
            "30 23 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct\n\
             31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory,favordynmods\n\
             32 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
        );
        assert_eq!(mounts.mode(), "hybrid");
        assert_eq!(
            mounts.v1("cpuacct"),
            Some(Path::new("/sys/fs/cgroup/cpu,cpuacct"))
        );
        assert_eq!(mounts.v2(), Some(Path::new("/sys/fs/cgroup/unified")));
        assert!(mounts.favordynmods());
        assert_eq!(mounts.v1("pids"), None);
    }

    #[test]
    fn the_own_path_is_that_of_the_right_hierarchy() {
        let text = "9:cpu,cpuacct:/a\n4:memory:/b:c\n0::/d\n";
        assert_eq!(path_in(text, Mode::V1("cpuacct")).as_deref(), Some("/a"));
        assert_eq!(path_in(text, Mode::V1("memory")).as_deref(), Some("/b:c"));
        assert_eq!(path_in(text, Mode::V2).as_deref(), Some("/d"));
        assert_eq!(path_in(text, Mode::V1("pids")), None);
    }
}
