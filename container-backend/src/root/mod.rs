//! A root folder of its own: made beside the old one, filled, entered, and the old one let go.
//!
//! Every place inside is reached through a descriptor and openat2, never by walking a path: a root file system that was
//! brought along may hold symbolic links that point anywhere, and a mount through one of them would land on the host
//! (CVE-2021-30465).
//!
//! 1. Make the mount table private: nothing that happens here is propagated to the host.
//! 2. Make the new root: an empty tmpfs, or a copy of the mount of the folder that was given. Hang it up on /tmp.
//! 3. Mount /proc (it shows the pid namespace of whoever mounts it), /sys, /dev.
//! 4. Show the program's file and the files that were asked for.
//! 5. Cover what is dangerous.
//! 6. pivot_root, and detach the old root. Unlike chroot this leaves nothing to climb back to.
//!
//! Mounts are made with the newer interface (fsopen, fsmount, move_mount), which takes descriptors; it is as fast as mount(2).
//!
//! Read next: `place.rs`, mount_namespaces(7), pivot_root(2), fsopen(2).

mod dev;
mod masks;
mod mounts;
mod place;

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{CWD, FileType, fstat};
use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_change, unmount};
use rustix::process::{chdir, fchdir, pivot_root};

use crate::failure::{At, Failure};
use crate::full_set::{FOLDERS, ROOT};
use crate::part::Part;
use crate::spec::{Bind, Spec};
use crate::step::Step;
use crate::timeline::Timeline;
use place::Kind;

/// Every host has this folder; in our own mount table it may be covered for a moment.
const HANGER: &str = "/tmp";

/// Makes the new root and enters it.
pub fn enter(spec: &Spec, timeline: &mut Timeline) -> Result<(), Failure> {
    // 1.
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).at(Step::Root, || "making mounts private")?;
    // The host's own /dev/null, taken before anything from inside can stand in for it.
    let null = masks::host_null()?;
    // What will be shown inside is taken hold of now, while the host's paths mean what they say.
    let sources = sources(spec)?;
    // 2.
    let root = make(spec)?;
    timeline.mark(Step::Root.name());
    // 3.
    let proc = mount_part(
        spec,
        timeline,
        &root,
        Part::Proc,
        Step::Proc,
        "proc",
        mounts::proc,
    )?;
    let sys = mount_part(
        spec,
        timeline,
        &root,
        Part::Sys,
        Step::Sys,
        "sys",
        mounts::sys,
    )?;
    if spec.parts.has(Part::Dev) {
        dev::make(spec, &root)?;
        timeline.mark(Step::Dev.name());
    }
    // 4.
    for (bind, source, step) in sources {
        place::attach_at(
            source.as_fd(),
            root.as_fd(),
            &bind.target,
            kind(&source).at(step, || bind.to_string())?,
        )
        .at(step, || bind.to_string())?;
    }
    timeline.mark(Step::Binds.name());
    // 5.
    if spec.parts.has(Part::Masks) {
        masks::cover(proc.as_ref(), sys.as_ref(), null.as_fd())?;
        timeline.mark(Step::Masks.name());
    }
    // 6. Both arguments are the new root: the old one ends up stacked below it at the same place.
    fchdir(&root).at(Step::Pivot, || "new root")?;
    pivot_root(".", ".").at(Step::Pivot, || "pivot_root")?;
    unmount(".", UnmountFlags::DETACH).at(Step::Pivot, || "detaching the old root")?;
    // The working folder must be inside as well: it would be a way back (CVE-2024-21626).
    chdir("/").at(Step::Pivot, || "/")?;
    timeline.mark(Step::Pivot.name());
    Ok(())
}

fn make(spec: &Spec) -> Result<OwnedFd, Failure> {
    let (root, name) = match &spec.rootfs {
        Some(folder) => (mounts::copy_of(folder, false), folder.display().to_string()),
        None => (mounts::new(&ROOT), "tmpfs".to_owned()),
    };
    let root = root.at(Step::Root, || name)?;
    mounts::attach(root.as_fd(), CWD, HANGER).at(Step::Root, || HANGER)?;
    if spec.rootfs.is_none() {
        for folder in FOLDERS {
            place::make_folder(root.as_fd(), folder).at(Step::Root, || folder)?;
        }
    }
    Ok(root)
}

/// Mounts a file system of the kernel's at a folder of the root, unless the part was left out.
fn mount_part(
    spec: &Spec,
    timeline: &mut Timeline,
    root: &OwnedFd,
    part: Part,
    step: Step,
    folder: &str,
    mount: impl Fn() -> rustix::io::Result<OwnedFd>,
) -> Result<Option<OwnedFd>, Failure> {
    if !spec.parts.has(part) {
        return Ok(None);
    }
    let mounted = mount().at(step, || format!("/{folder}"))?;
    place::attach_at(mounted.as_fd(), root.as_fd(), folder.as_ref(), Kind::Folder)
        .at(step, || format!("/{folder}"))?;
    timeline.mark(step.name());
    Ok(Some(mounted))
}

/// Detached copies of the mounts of all files that will be shown inside, with what to do with them.
fn sources(spec: &Spec) -> Result<Vec<(Bind, OwnedFd, Step)>, Failure> {
    let program = Bind {
        source: spec.program.clone(),
        target: spec.program.clone(),
        read_only: true,
    };
    let program = spec.rootfs.is_none().then_some((program, Step::Program));
    let binds = spec.binds.iter().map(|bind| (bind.clone(), Step::Binds));
    let hold = |(bind, step): (Bind, Step)| {
        let source = mounts::copy_of(&bind.source, bind.read_only).at(step, || bind.to_string())?;
        Ok((bind, source, step))
    };
    program.into_iter().chain(binds).map(hold).collect()
}

fn kind(source: &OwnedFd) -> rustix::io::Result<Kind> {
    let is_folder = FileType::from_raw_mode(fstat(source)?.st_mode) == FileType::Directory;
    Ok(if is_folder { Kind::Folder } else { Kind::File })
}
