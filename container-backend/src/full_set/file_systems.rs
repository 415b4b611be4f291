//! What is mounted where, and what of it is covered or made read-only.
//!
//! The masks are those of container engines: each hides something that has told about the host, or led out of a container.
//!
//! Read next: `root/mod.rs`, mount_namespaces(7), proc(5), config-linux.md ("Masked Paths", "Readonly Paths").

use rustix::mount::MountAttrFlags;

/// A file system to be mounted.
#[derive(Clone, Copy, Debug)]
pub struct FileSystem<'a> {
    /// Its type.
    pub name: &'a str,
    /// Its own options; an empty value stands for a flag.
    pub options: &'a [(&'a str, &'a str)],
    /// The mount's options.
    pub attributes: MountAttrFlags,
}

impl FileSystem<'_> {
    /// All options in the words of mount(8), as the configuration of other runtimes has them.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let flags = [
            (MountAttrFlags::MOUNT_ATTR_RDONLY, "ro"),
            (MountAttrFlags::MOUNT_ATTR_NOSUID, "nosuid"),
            (MountAttrFlags::MOUNT_ATTR_NODEV, "nodev"),
            (MountAttrFlags::MOUNT_ATTR_NOEXEC, "noexec"),
            (MountAttrFlags::MOUNT_ATTR_STRICTATIME, "strictatime"),
        ];
        let set = flags
            .into_iter()
            .filter(|(flag, _)| self.attributes.contains(*flag));
        let options = self.options.iter().map(|(key, value)| match *value {
            "" => (*key).to_owned(),
            value => format!("{key}={value}"),
        });
        set.map(|(_, word)| word.to_owned())
            .chain(options)
            .collect()
    }
}

/// nosuid, nodev and noexec: a file system that holds neither programs nor devices.
pub const INERT: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NOSUID
    .union(MountAttrFlags::MOUNT_ATTR_NODEV)
    .union(MountAttrFlags::MOUNT_ATTR_NOEXEC);

const NO_PROGRAMS: MountAttrFlags =
    MountAttrFlags::MOUNT_ATTR_NOSUID.union(MountAttrFlags::MOUNT_ATTR_NOEXEC);

/// The root, where none is brought along.
pub const ROOT: FileSystem<'_> = FileSystem {
    name: "tmpfs",
    options: &[("mode", "755"), ("size", "64m")],
    attributes: MountAttrFlags::MOUNT_ATTR_NOSUID.union(MountAttrFlags::MOUNT_ATTR_NODEV),
};

/// Folders of such a root.
pub const FOLDERS: [&str; 3] = ["tmp", "data", "etc"];

/// The processes of the pid namespace.
pub const PROC: FileSystem<'_> = FileSystem {
    name: "proc",
    options: &[],
    attributes: INERT,
};

/// The kernel's objects, read-only: most of its files change the host.
pub const SYS: FileSystem<'_> = FileSystem {
    name: "sysfs",
    options: &[],
    attributes: INERT.union(MountAttrFlags::MOUNT_ATTR_RDONLY),
};

/// The folder for devices.
pub const DEV: FileSystem<'_> = FileSystem {
    name: "tmpfs",
    options: &[("mode", "755"), ("size", "64k")],
    attributes: NO_PROGRAMS.union(MountAttrFlags::MOUNT_ATTR_STRICTATIME),
};

/// What is mounted in it: by the name of its folder.
pub const IN_DEV: [(&str, FileSystem<'_>); 3] = [
    (
        "pts",
        FileSystem {
            name: "devpts",
            // Group 5 is `tty`.
            options: &[
                ("newinstance", ""),
                ("ptmxmode", "0666"),
                ("mode", "0620"),
                ("gid", "5"),
            ],
            attributes: NO_PROGRAMS,
        },
    ),
    (
        "shm",
        FileSystem {
            name: "tmpfs",
            options: &[("mode", "1777"), ("size", "64m")],
            attributes: INERT,
        },
    ),
    (
        "mqueue",
        FileSystem {
            name: "mqueue",
            options: &[],
            attributes: INERT,
        },
    ),
];

/// What tells about the host, or is a way to its memory: covered, where the kernel has it.
pub const MASKED: [&str; 12] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
];

/// What changes the host.
pub const READ_ONLY: [&str; 5] = [
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_written_as_people_write_them() {
        assert_eq!(
            SYS.words(),
            ["ro", "nosuid", "nodev", "noexec"].map(str::to_owned)
        );
        assert_eq!(
            IN_DEV[0].1.words().join(","),
            "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"
        );
    }

    #[test]
    fn what_is_covered_lies_in_proc_or_sys() {
        for path in MASKED.iter().chain(&READ_ONLY) {
            assert!(
                path.starts_with("/proc/") || path.starts_with("/sys/"),
                "{path}"
            );
        }
    }
}
