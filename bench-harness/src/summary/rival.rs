//! How ours stand beside the best of their kind: the peer with the best median of the same metric in the same case.
//!
//! 1. A container is compared with containers, a VMM with VMMs.
//! 2. Only peers that do the same count: one that leaves something out isn't better for it ([`backend::Backend::shortfall`]).
//! 3. No verdict: which of two programs is better is no claim of isolab's. The ratio and its interval stand for themselves.
//!
//! Read next: `series.rs`.

use serde::{Deserialize, Serialize};

use super::order;
use crate::backend;
use crate::stats::bootstrap::Interval;
use crate::stats::verdict::Direction;

/// The median of one of ours divided by that of the best peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BesidePeer {
    /// The best peer.
    pub peer: String,
    /// The ratio of the medians.
    pub ratio: f64,
    /// Its 95 % interval.
    #[serde(flatten)]
    pub interval: Option<Interval>,
}

/// What a backend's name says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Ours { is_vm: bool },
    Peer { is_vm: bool },
    Neither,
}

/// Whether the peer is one that ours may be compared with.
pub(super) fn are_rivals(ours: &str, peer: &str) -> bool {
    match (side(ours), side(peer)) {
        (Side::Ours { is_vm: ours }, Side::Peer { is_vm: peer }) => ours == peer,
        _ => false,
    }
}

/// Whether a backend is made by others.
#[must_use]
pub fn is_peer(id: &str) -> bool {
    match backend::by_id(id) {
        Some(known) => known.is_peer(),
        // Named by the user: the OCI runtime of `--oci-runtime`, or a kernel of his in our VMM.
        None => !order::is_ours(id),
    }
}

fn side(id: &str) -> Side {
    match backend::by_id(id) {
        Some(known) if id == order::REFERENCE || known.is_hidden() => Side::Neither,
        Some(known) if known.only_for().is_some() || known.shortfall().is_some() => Side::Neither,
        Some(known) if known.is_peer() => Side::Peer {
            is_vm: known.is_vm(),
        },
        Some(known) => Side::Ours {
            is_vm: known.is_vm(),
        },
        None if order::is_ours(id) => Side::Ours { is_vm: true },
        None => Side::Peer { is_vm: false },
    }
}

/// The better of two medians.
pub(super) fn is_better(direction: Direction, one: f64, other: f64) -> bool {
    match direction {
        Direction::HigherIsBetter => one > other,
        Direction::LowerIsBetter | Direction::Neutral => one < other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_compared_with_containers_that_do_the_same() {
        assert!(are_rivals("container", "crun"));
        assert!(are_rivals("container", "crun-static"));
        assert!(!are_rivals("container", "bubblewrap"));
        assert!(!are_rivals("container", "microvm"));
        assert!(!are_rivals("microvm", "crun"));
        assert!(!are_rivals("native", "crun"));
        assert!(!are_rivals("floor-c", "crun"));
        assert!(!are_rivals("crun", "runc"));
    }

    #[test]
    fn the_runtime_that_the_user_names_is_a_peer_and_his_kernel_is_not() {
        assert!(is_peer("crun") && is_peer("crun-static"));
        assert!(!is_peer("linux-vm") && !is_peer("container") && !is_peer("fake"));
    }
}
