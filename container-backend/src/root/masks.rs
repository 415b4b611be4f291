//! Files of /proc and /sys that tell about the host, or change it: covered, or made read-only.
//!
//! Everything is reached from the descriptors of the mounts that were made for this container, without following a link, so
//! that nothing inside can redirect a cover to another place; and what covers a file is the host's /dev/null, taken before
//! anything of the container existed and checked to be that device (CVE-2025-31133, CVE-2025-52565, CVE-2025-52881).
//!
//! Read next: proc(5), the OCI runtime specification, config-linux.md ("Masked Paths", "Readonly Paths").

use std::cell::OnceCell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags, PROC_SUPER_MAGIC, fstat, fstatfs, major, minor, open};
use rustix::io::Errno;
use rustix::mount::MountAttrFlags;

use super::mounts;
use super::place;
use crate::failure::{At, Failure};
use crate::full_set::{FileSystem, INERT, MASKED, READ_ONLY};
use crate::step::Step;

/// The host's /dev/null, and nothing else.
pub fn host_null() -> Result<OwnedFd, Failure> {
    let null = open("/dev/null", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
        .at(Step::Masks, || "/dev/null")?;
    let stat = fstat(&null).at(Step::Masks, || "/dev/null")?;
    let is_null = FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice
        && (major(stat.st_rdev), minor(stat.st_rdev)) == (1, 3);
    if is_null {
        Ok(null)
    } else {
        Err(Errno::NODEV).at(Step::Masks, || "/dev/null is not the null device")
    }
}

/// Covers and protects; a mount that wasn't made has nothing to cover.
pub fn cover(
    proc: Option<&OwnedFd>,
    sys: Option<&OwnedFd>,
    null: BorrowedFd<'_>,
) -> Result<(), Failure> {
    let covers = Covers {
        null,
        folder: OnceCell::new(),
    };
    if let Some(proc) = proc {
        let kind = fstatfs(proc).at(Step::Masks, || "/proc")?.f_type;
        if kind != PROC_SUPER_MAGIC {
            return Err(Errno::INVAL).at(Step::Masks, || "/proc is not a proc file system");
        }
    }
    for (mount, prefix) in [(proc, "/proc/"), (sys, "/sys/")] {
        let Some(mount) = mount else { continue };
        let below = |path: &&'static str| path.strip_prefix(prefix);
        for path in READ_ONLY.iter().filter_map(below) {
            protect(mount.as_fd(), path).at(Step::Masks, || format!("{prefix}{path}"))?;
        }
        for path in MASKED.iter().filter_map(below) {
            covers
                .cover(mount.as_fd(), path)
                .at(Step::Masks, || format!("{prefix}{path}"))?;
        }
    }
    Ok(())
}

/// What is hung over files and folders.
struct Covers<'a> {
    /// The host's null device.
    null: BorrowedFd<'a>,
    /// An empty folder that nobody can write to: made for the first place that needs one, and copied for the others. It must
    /// not be made apart: letting go of a mount that hangs nowhere waits for an RCU grace period.
    folder: OnceCell<OwnedFd>,
}

impl Covers<'_> {
    fn cover(&self, mount: BorrowedFd<'_>, path: &str) -> rustix::io::Result<()> {
        let Some(place) = place::existing(mount, path)? else {
            return Ok(());
        };
        let is_folder = FileType::from_raw_mode(fstat(&place)?.st_mode) == FileType::Directory;
        let cover = match self.folder.get() {
            _ if !is_folder => mounts::copy_of_fd(self.null)?,
            Some(folder) => mounts::copy_of_fd(folder.as_fd())?,
            None => {
                let made = empty_folder()?;
                mounts::attach_to(made.as_fd(), place.as_fd())?;
                self.folder.get_or_init(|| made);
                return Ok(());
            }
        };
        mounts::attach_to(cover.as_fd(), place.as_fd())
    }
}

fn empty_folder() -> rustix::io::Result<OwnedFd> {
    let attributes = INERT.union(MountAttrFlags::MOUNT_ATTR_RDONLY);
    mounts::new(&FileSystem {
        name: "tmpfs",
        options: &[("size", "0"), ("nr_inodes", "1")],
        attributes,
    })
}

/// A read-only copy of the place is hung over it.
fn protect(mount: BorrowedFd<'_>, path: &str) -> rustix::io::Result<()> {
    let Some(place) = place::existing(mount, path)? else {
        return Ok(());
    };
    let copy = mounts::read_only_copy(place.as_fd(), "")?;
    mounts::attach_to(copy.as_fd(), place.as_fd())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_null_is_the_null_device() {
        assert!(host_null().is_ok());
    }

    #[test]
    fn a_folder_that_is_no_proc_file_system_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder: OwnedFd = std::fs::File::open(folder.path()).unwrap().into();
        let null = host_null().unwrap();
        let failure = cover(Some(&folder), None, null.as_fd()).unwrap_err();
        assert_eq!(failure.object, "/proc is not a proc file system");
    }
}
