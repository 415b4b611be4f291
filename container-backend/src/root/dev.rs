//! /dev: the devices that can do no harm, pseudo-terminals of its own, shared memory of its own.
//!
//! It is filled while it is still detached, so that nobody sees it half made.
//!
//! Read next: null(4), pts(4), the OCI runtime specification, config-linux.md ("Default Devices").

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags, makedev, mkdirat, mknodat, open, symlinkat};
use rustix::mount::MountAttrFlags;

use super::mounts::{self, FileSystem, INERT};
use super::place::{self, Kind};
use crate::failure::{At, Failure};
use crate::part::Part;
use crate::spec::Spec;
use crate::step::Step;

/// Name and minor number; the major number is 1 but for tty.
const DEVICES: [(&str, u32, u32); 6] = [
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
];

const LINKS: [(&str, &str); 5] = [
    ("ptmx", "pts/ptmx"),
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
];

/// Makes it and hangs it up in the new root.
pub fn make(spec: &Spec, root: &OwnedFd) -> Result<(), Failure> {
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NOEXEC
        | MountAttrFlags::MOUNT_ATTR_STRICTATIME;
    let dev = FileSystem {
        name: "tmpfs",
        options: &[("mode", "755"), ("size", "64k")],
        attributes,
    };
    let dev = dev.mount().at(Step::Dev, || "tmpfs")?;
    if !spec.has_user_namespace {
        make_nodes(&dev)?;
    }
    for (name, target) in LINKS {
        symlinkat(target, &dev, name).at(Step::Dev, || name)?;
    }
    for folder in ["pts", "shm", "mqueue"] {
        mkdirat(&dev, folder, Mode::from_raw_mode(0o755)).at(Step::Dev, || folder)?;
    }
    place::attach_at(dev.as_fd(), root.as_fd(), "dev".as_ref(), Kind::Folder)
        .at(Step::Dev, || "/dev")?;
    if spec.has_user_namespace {
        show_nodes(dev.as_fd())?;
    }
    mount_inside(spec, &dev)
}

fn make_nodes(dev: &OwnedFd) -> Result<(), Failure> {
    let umask = rustix::process::umask(Mode::empty());
    let made = DEVICES.iter().try_for_each(|&(name, major, minor)| {
        mknodat(
            dev,
            name,
            FileType::CharacterDevice,
            Mode::from_raw_mode(0o666),
            makedev(major, minor),
        )
        .at(Step::Dev, || name)
    });
    rustix::process::umask(umask);
    made
}

/// In a user namespace nodes can't be made: the host's are shown.
fn show_nodes(dev: BorrowedFd<'_>) -> Result<(), Failure> {
    for (name, ..) in DEVICES {
        let source = open(
            format!("/dev/{name}"),
            OFlags::PATH | OFlags::CLOEXEC,
            Mode::empty(),
        );
        let copy = source
            .and_then(|source| mounts::copy_of_fd(source.as_fd()))
            .at(Step::Dev, || name)?;
        place::attach_at(copy.as_fd(), dev, name.as_ref(), Kind::File).at(Step::Dev, || name)?;
    }
    Ok(())
}

fn mount_inside(spec: &Spec, dev: &OwnedFd) -> Result<(), Failure> {
    let no_exec = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    // Group 5 is `tty`. A user who maps only himself has no such group.
    let pts: &[(&str, &str)] = if spec.has_user_namespace {
        &[("newinstance", ""), ("ptmxmode", "0666"), ("mode", "0620")]
    } else {
        &[
            ("newinstance", ""),
            ("ptmxmode", "0666"),
            ("mode", "0620"),
            ("gid", "5"),
        ]
    };
    let file_systems = [
        (
            "pts",
            FileSystem {
                name: "devpts",
                options: pts,
                attributes: no_exec,
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
    // It belongs to an ipc namespace: a user namespace may mount it only together with one of its own (`--without ipc`).
    let has_queues = spec.parts.has(Part::Ipc) || !spec.has_user_namespace;
    for (folder, file_system) in file_systems
        .into_iter()
        .filter(|(folder, _)| has_queues || *folder != "mqueue")
    {
        let mounted = file_system.mount().at(Step::Dev, || folder)?;
        mounts::attach(mounted.as_fd(), dev.as_fd(), folder).at(Step::Dev, || folder)?;
    }
    Ok(())
}
