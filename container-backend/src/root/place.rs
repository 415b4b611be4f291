//! Places inside the new root, reached step by step from its descriptor.
//!
//! RESOLVE_IN_ROOT makes the kernel treat the new root as `/`: a symbolic link, absolute or full of `..`, can't lead out.
//! Folders and files that are missing are made on the way.
//!
//! Read next: openat2(2).

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path};

use rustix::fs::{Mode, OFlags, ResolveFlags, mkdirat, openat, openat2};
use rustix::io::{Errno, Result};

use super::mounts;

/// What a mount needs to be hung up at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something with entries.
    Folder,
    /// Anything else.
    File,
}

/// Hangs a detached mount up at a path inside.
pub fn attach_at(
    mount: BorrowedFd<'_>,
    root: BorrowedFd<'_>,
    path: &Path,
    kind: Kind,
) -> Result<()> {
    let place = make(root, path, kind)?;
    mounts::attach_to(mount, place.as_fd())
}

/// Makes one folder directly below the root.
pub fn make_folder(root: BorrowedFd<'_>, name: &str) -> Result<()> {
    made(mkdirat(root, name, Mode::from_raw_mode(0o755)))
}

/// Opens a place, making what is missing.
fn make(root: BorrowedFd<'_>, path: &Path, kind: Kind) -> Result<OwnedFd> {
    let names: Vec<&Path> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(Path::new(name)),
            _ => None,
        })
        .collect();
    let (last, folders) = names.split_last().ok_or(Errno::INVAL)?;
    let mut walked = std::path::PathBuf::new();
    let mut opened = None;
    for name in folders {
        let here = opened.as_ref().map_or(root, OwnedFd::as_fd);
        made(mkdirat(here, *name, Mode::from_raw_mode(0o755)))?;
        walked.push(name);
        // From the root again: a link among the names is followed, but never out.
        opened = Some(open_inside(root, &walked, OFlags::DIRECTORY)?);
    }
    let here = opened.as_ref().map_or(root, OwnedFd::as_fd);
    match kind {
        Kind::Folder => made(mkdirat(here, *last, Mode::from_raw_mode(0o755)))?,
        Kind::File => {
            let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
            made(openat(here, *last, flags, Mode::from_raw_mode(0o644)).map(drop))?;
        }
    }
    walked.push(last);
    open_inside(root, &walked, OFlags::empty())
}

fn open_inside(root: BorrowedFd<'_>, path: &Path, more: OFlags) -> Result<OwnedFd> {
    openat2(
        root,
        path,
        OFlags::PATH | OFlags::CLOEXEC | more,
        Mode::empty(),
        ResolveFlags::IN_ROOT,
    )
}

/// Opens something that is already there, without following any link. `None` when it isn't there.
pub fn existing(folder: BorrowedFd<'_>, path: &str) -> Result<Option<OwnedFd>> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match openat2(
        folder,
        path,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
        resolve,
    ) {
        Ok(opened) => Ok(Some(opened)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error),
    }
}

fn made(result: Result<()>) -> Result<()> {
    match result {
        Err(Errno::EXIST) => Ok(()),
        other => other,
    }
}
