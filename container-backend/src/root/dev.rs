//! /dev: the devices that can do no harm, pseudo-terminals of its own, shared memory of its own.
//!
//! It is filled while it is still detached, so that nobody sees it half made.
//!
//! Read next: null(4), pts(4), the OCI runtime specification, config-linux.md ("Default Devices").

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags, makedev, mkdirat, mknodat, open, symlinkat};

use super::mounts;
use super::place::{self, Kind};
use crate::failure::{At, Failure};
use crate::full_set::{DEV, DEVICE_LINKS, DEVICES, FileSystem, IN_DEV};
use crate::part::Part;
use crate::spec::Spec;
use crate::step::Step;

/// Makes it and hangs it up in the new root.
pub fn make(spec: &Spec, root: &OwnedFd) -> Result<(), Failure> {
    let dev = mounts::new(&DEV).at(Step::Dev, || "tmpfs")?;
    if !spec.has_user_namespace {
        make_nodes(&dev)?;
    }
    for (name, target) in DEVICE_LINKS {
        symlinkat(target, &dev, name).at(Step::Dev, || name)?;
    }
    for (folder, _) in IN_DEV {
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
    // It belongs to an ipc namespace: a user namespace may mount it only together with one of its own (`--without ipc`).
    let has_queues = spec.parts.has(Part::Ipc) || !spec.has_user_namespace;
    for (folder, full) in IN_DEV {
        if folder == "mqueue" && !has_queues {
            continue;
        }
        // A user who maps only himself has no group `tty`.
        let options = full.options.iter().copied();
        let options: Vec<_> = options
            .filter(|(key, _)| !spec.has_user_namespace || *key != "gid")
            .collect();
        let file_system = FileSystem {
            options: &options,
            ..full
        };
        let mounted = mounts::new(&file_system).at(Step::Dev, || folder)?;
        mounts::attach(mounted.as_fd(), dev.as_fd(), folder).at(Step::Dev, || folder)?;
    }
    Ok(())
}
