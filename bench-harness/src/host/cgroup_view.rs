//! A hybrid host has v1 trees with the controllers and a v2 tree without any beside them. crun refuses to work there ("drop
//! all controllers from cgroupv2"), so it must see a host without the v2 tree.
//!
//! 1. The harness itself takes a mount namespace of its own, and unmounts the v2 tree in it. The host's mounts stay.
//! 2. Everything that it starts from then on sees the host so, peers and ours alike: neither has to start a wrapper that
//!    would be timed with it, and none runs on another host than the others.
//! 3. It is done once, before the first instance, and only if such a peer takes part; run.json says so.
//!
//! A namespace belongs to a thread: in a test with several threads only the one that asked sees the change.
//!
//! Read next: `cgroup.rs`, mount_namespaces(7), unshare(2).

use std::cell::Cell;

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};

use super::cgroup::mounts;
use crate::failure::Failure;

thread_local! {
    static LEFT: Cell<bool> = const { Cell::new(false) };
}

/// Takes the v2 tree of a hybrid host out of this thread's view. Elsewhere there is nothing to do.
///
/// # Errors
/// When the view can't be changed: that takes root.
pub fn without_v2_tree() -> Result<(), Failure> {
    let mounts = mounts()?;
    let Some(tree) = mounts.v2().filter(|_| mounts.mode() == "hybrid") else {
        return Ok(());
    };
    let failed = |what: &str, error: nix::Error| {
        Failure::Failed(format!(
            "a view of the host without {}: {what}: {error}",
            tree.display()
        ))
    };
    unshare(CloneFlags::CLONE_NEWNS).map_err(|error| failed("unshare", error))?;
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(None::<&str>, "/", None::<&str>, private, None::<&str>)
        .map_err(|error| failed("making mounts private", error))?;
    umount2(tree, MntFlags::MNT_DETACH).map_err(|error| failed("umount", error))?;
    LEFT.set(true);
    Ok(())
}

/// Whether that was done.
#[must_use]
pub fn is_without_v2_tree() -> bool {
    LEFT.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thread_that_asks_sees_no_v2_tree_and_the_others_do() {
        if mounts().unwrap().mode() != "hybrid" {
            return crate::require::skip("hybrid", "this host's cgroups are not hybrid");
        }
        if !nix::unistd::geteuid().is_root() {
            return crate::require::skip("root", "unshare takes root");
        }
        let seen = std::thread::spawn(|| {
            without_v2_tree().unwrap();
            (mounts().unwrap().mode(), is_without_v2_tree())
        });
        assert_eq!(seen.join().unwrap(), ("v1", true));
        assert_eq!(mounts().unwrap().mode(), "hybrid");
    }
}
