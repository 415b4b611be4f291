//! Mounts as descriptors: made detached, and hung up when they are ready.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::CWD;
use rustix::io::Result;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags, fsconfig_create,
    fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen, move_mount, open_tree,
};

use crate::full_set::{FileSystem, PROC, SYS};
use crate::sys;

/// Mounts a file system, detached.
pub fn new(file_system: &FileSystem) -> Result<OwnedFd> {
    let context = fsopen(file_system.name, FsOpenFlags::FSOPEN_CLOEXEC)?;
    for (key, value) in file_system.options {
        if value.is_empty() {
            fsconfig_set_flag(context.as_fd(), *key)?;
        } else {
            fsconfig_set_string(context.as_fd(), *key, *value)?;
        }
    }
    fsconfig_create(context.as_fd())?;
    fsmount(
        context.as_fd(),
        FsMountFlags::FSMOUNT_CLOEXEC,
        file_system.attributes,
    )
}

/// The processes of this pid namespace.
pub fn proc() -> Result<OwnedFd> {
    match new(&PROC) {
        // A user namespace may mount it only together with a pid namespace of its own (`--without pid`).
        Err(rustix::io::Errno::PERM) => read_only_copy(CWD, "/proc"),
        mounted => mounted,
    }
}

/// The kernel's objects, as this network namespace sees them.
pub fn sys() -> Result<OwnedFd> {
    match new(&SYS) {
        // A user namespace may mount it only together with a network namespace of its own (`--without net`).
        Err(rustix::io::Errno::PERM) => read_only_copy(CWD, "/sys"),
        mounted => mounted,
    }
}

/// A detached copy of the mount that `path` lies on, from `path` downwards. Device nodes and set-user-id programs in it
/// don't work.
pub fn copy_of(path: &Path, read_only: bool) -> Result<OwnedFd> {
    let copy = open_tree(
        CWD,
        path,
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC,
    )?;
    let mut attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    if read_only {
        attributes |= MountAttrFlags::MOUNT_ATTR_RDONLY;
    }
    set_attributes(&copy, attributes, false)?;
    Ok(copy)
}

/// A detached, read-only copy of everything mounted at and below a place.
pub fn read_only_copy(folder: impl AsFd, path: &str) -> Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE;
    let flags = if path.is_empty() {
        flags | OpenTreeFlags::AT_EMPTY_PATH
    } else {
        flags
    };
    let copy = open_tree(folder, path, flags)?;
    set_attributes(&copy, MountAttrFlags::MOUNT_ATTR_RDONLY, true)?;
    Ok(copy)
}

/// A detached copy of the mount of what a descriptor refers to.
pub fn copy_of_fd(file: BorrowedFd<'_>) -> Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_EMPTY_PATH;
    open_tree(file, "", flags)
}

/// Hangs a detached mount up at a path.
pub fn attach(mount: BorrowedFd<'_>, folder: BorrowedFd<'_>, path: &str) -> Result<()> {
    move_mount(
        mount,
        "",
        folder,
        path,
        MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH,
    )
}

/// Hangs a detached mount up at what a descriptor refers to.
pub fn attach_to(mount: BorrowedFd<'_>, place: BorrowedFd<'_>) -> Result<()> {
    let empty = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    move_mount(mount, "", place, "", empty)
}

fn set_attributes(mount: &OwnedFd, attributes: MountAttrFlags, recursive: bool) -> Result<()> {
    sys::set_mount_attributes(mount.as_fd(), attributes.bits().into(), recursive).map_err(|error| {
        rustix::io::Errno::from_io_error(&error).unwrap_or(rustix::io::Errno::INVAL)
    })
}
