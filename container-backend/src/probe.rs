//! What this host lacks for containers, found without changing anything on it.

use std::fs;
use std::path::Path;

use rustix::process::geteuid;

use crate::cgroup::{self, MOUNT_POINT, Version, v1};

/// Something that is missing, and what mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What.
    pub what: String,
    /// The command or the setting.
    pub remedy: String,
    /// Whether no container can be made at all without it.
    pub is_fatal: bool,
}

impl Missing {
    fn new(what: impl Into<String>, remedy: impl Into<String>, is_fatal: bool) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
            is_fatal,
        }
    }
}

/// What this host has for containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Where the controllers are.
    pub cgroups: Option<Version>,
    /// Whether a v2 tree without controllers is there as well.
    pub is_hybrid: bool,
    /// What is missing.
    pub missing: Vec<Missing>,
}

/// Looks.
#[must_use]
pub fn probe() -> Probe {
    let memberships = cgroup::memberships().unwrap_or_default();
    let cgroups = (!memberships.is_empty()).then(|| cgroup::version(&memberships));
    let mut missing = Vec::new();
    for (file, name) in [
        ("pid", "pid"),
        ("mnt", "mount"),
        ("net", "net"),
        ("ipc", "ipc"),
        ("uts", "uts"),
        ("cgroup", "cgroup"),
    ] {
        if !Path::new("/proc/self/ns").join(file).exists() {
            missing.push(Missing::new(
                format!("{name} namespaces"),
                "use a kernel built with CONFIG_NAMESPACES and all of its parts",
                true,
            ));
        }
    }
    if !geteuid().is_root() {
        missing.push(Missing::new(
            "root: limits, device nodes and a net namespace's owner",
            "run with sudo",
            false,
        ));
        missing.extend(missing_user_namespaces());
    }
    if !Path::new("/proc/sys/kernel/seccomp/actions_avail").exists() {
        missing.push(Missing::new(
            "seccomp filters",
            "use a kernel built with CONFIG_SECCOMP_FILTER",
            true,
        ));
    }
    missing.extend(missing_controllers(cgroups));
    let is_hybrid =
        cgroups == Some(Version::V1) && memberships.iter().any(|tree| tree.controllers.is_empty());
    Probe {
        cgroups,
        is_hybrid,
        missing,
    }
}

fn missing_user_namespaces() -> Option<Missing> {
    let settings = [
        (
            "/proc/sys/user/max_user_namespaces",
            "0",
            "sudo sysctl -w user.max_user_namespaces=15000",
        ),
        (
            "/proc/sys/kernel/unprivileged_userns_clone",
            "0",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ];
    let forbids = |&&(file, forbidding, _): &&(&str, &str, &str)| {
        fs::read_to_string(file).is_ok_and(|value| value.trim() == forbidding)
    };
    let (_, _, remedy) = settings.iter().find(forbids)?;
    Some(Missing::new(
        "user namespaces for ordinary users",
        *remedy,
        true,
    ))
}

fn missing_controllers(cgroups: Option<Version>) -> Vec<Missing> {
    let has = |controller: &str| match cgroups {
        Some(Version::V1) => Path::new(MOUNT_POINT).join(controller).is_dir(),
        Some(Version::V2) => fs::read_to_string(Path::new(MOUNT_POINT).join("cgroup.controllers"))
            .is_ok_and(|list| list.split_whitespace().any(|name| name == controller)),
        None => false,
    };
    let remedy = "mount the cgroup file system (systemd does), or use --without cgroup";
    let limiting = &v1::CONTROLLERS[..3];
    let lacking = limiting.iter().filter(|controller| !has(controller));
    lacking
        .map(|controller| {
            Missing::new(format!("the cgroup controller {controller}"), remedy, false)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_twice_sees_the_same_and_changes_nothing() {
        assert_eq!(probe(), probe());
    }
}
