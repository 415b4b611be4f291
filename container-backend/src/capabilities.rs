//! What root may do inside: the capabilities of the full set, and no others.
//!
//! 1. The bounding set is the most that any program started from here can ever get.
//! 2. Effective and permitted are what this process has now; inheritable and ambient, which survive execve, are empty.
//!
//! Read next: capabilities(7).

use caps::errors::CapsError;
use caps::{CapSet, Capability, CapsHashSet};

use crate::full_set::CAPABILITIES;

/// Gives up everything else. Where no device filter is in force (`may_make_nodes` is false), CAP_MKNOD goes too: with it and
/// without the filter, a node for the host's disk is one system call away.
pub fn reduce(may_make_nodes: bool) -> Result<(), CapsError> {
    let kept: CapsHashSet = CAPABILITIES
        .into_iter()
        .filter(|&capability| may_make_nodes || capability != Capability::CAP_MKNOD)
        .collect();
    for capability in caps::all() {
        // The kernel may know fewer than the crate does: what doesn't exist needn't be dropped, and can't be.
        if !kept.contains(&capability)
            && let Err(error) = caps::drop(None, CapSet::Bounding, capability)
            && caps::has_cap(None, CapSet::Bounding, capability).unwrap_or(false)
        {
            return Err(error);
        }
    }
    // Ambient is a subset of inheritable and permitted: it empties itself with them.
    caps::clear(None, CapSet::Inheritable)?;
    let held = caps::read(None, CapSet::Permitted)?;
    let kept: CapsHashSet = kept.intersection(&held).copied().collect();
    caps::set(None, CapSet::Effective, &kept)?;
    caps::set(None, CapSet::Permitted, &kept)
}
