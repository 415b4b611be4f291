//! What root may do inside: the capabilities of the full set, and no others.
//!
//! 1. The bounding set is the most that any program started from here can ever get.
//! 2. Effective and permitted are what this process has now; inheritable and ambient, which survive execve, are empty.
//!
//! Read next: capabilities(7).

use rustix::io::{Errno, Result};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, remove_capability_from_bounding_set,
    set_capabilities,
};

use crate::full_set::CAPABILITIES;

/// Gives up everything else. Where no device filter is in force (`may_make_nodes` is false), CAP_MKNOD goes too: with it and
/// without the filter, a node for the host's disk is one system call away.
pub fn reduce(may_make_nodes: bool) -> Result<()> {
    let kept = match may_make_nodes {
        true => CAPABILITIES,
        false => CAPABILITIES.difference(CapabilitySet::MKNOD),
    };
    // By number: a later kernel may have more than have names here, and they go as well.
    for number in 0..u64::BITS {
        let one = CapabilitySet::from_bits_retain(1 << number);
        if kept.contains(one) {
            continue;
        }
        match remove_capability_from_bounding_set(one) {
            // The kernel has no such capability, and none after it.
            Err(Errno::INVAL) => break,
            result => result?,
        }
    }
    let kept = kept.intersection(capabilities(None)?.permitted);
    // Ambient is a subset of inheritable and permitted: it empties itself with them.
    let sets = CapabilitySets {
        effective: kept,
        permitted: kept,
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, sets)
}
