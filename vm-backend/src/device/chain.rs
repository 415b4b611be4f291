//! Chains of descriptors: how a driver hands memory over, in pieces.
//!
//! A descriptor names one piece of guest memory, says whether the device may write to it, and may name the next descriptor. The
//! driver puts the number of the first one into the available ring; when the device is done, it puts that number into the used
//! ring, with how many bytes it has written. A descriptor in the queue may also name a table of descriptors elsewhere in memory.
//!
//! 1. Walk the chain, as long as the queue at most: a loop ends there.
//! 2. Look the pieces up in guest memory. Only now are they known to exist.
//!
//! Read next: virtio 1.2, 2.7.5 to 2.7.8; [`super::request`] and [`super::bytes`] for what devices find in a chain.

use std::ops::Deref;

use virtio_queue::DescriptorChain;
use vm_memory::{
    GuestAddress, GuestMemoryBackend, GuestMemoryError, GuestMemoryMmap, GuestMemoryRegion,
    VolatileSlice,
};

/// The longest chain that is looked at; no queue has more entries.
pub const MAX_DESCRIPTORS: u16 = 128;
/// Bytes of the header of a disk's request.
pub const HEADER_BYTES: usize = 16;

/// A piece of guest memory, not yet known to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it begins.
    pub address: GuestAddress,
    /// Its length in bytes.
    pub length: usize,
}

/// A chain that the device can't understand. There is nowhere to put a status, so the driver can only be told by stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A descriptor that doesn't exist, a loop, or a chain longer than the queue.
    #[error("the chain is a loop, too long, or leaves the descriptor table")]
    Endless,
    /// A descriptor that the device reads follows one that it writes.
    #[error("what the device reads must come before what it writes")]
    Order,
    /// A descriptor that the device writes in a queue of which it only reads, or the other way round.
    #[error("the buffer is for the other direction")]
    Direction,
    /// Fewer bytes than a header has.
    #[error("the header has less than {HEADER_BYTES} bytes")]
    ShortHeader,
    /// Page numbers that are cut off, or more of them than anybody has to say at once.
    #[error("it isn't as long as a list of page numbers")]
    Length,
    /// Nothing that the device could write a status to.
    #[error("there is no room for the status")]
    NoStatus,
    /// A piece isn't in guest memory.
    #[error("a part of it lies outside of memory")]
    NoMemory,
}

/// What the device reads, and what it writes.
pub type Walked = (Vec<Segment>, Vec<Segment>);

/// Takes a chain apart.
pub fn walk<M>(chain: DescriptorChain<M>) -> Result<Walked, Malformed>
where
    M: Deref<Target = GuestMemoryMmap>,
{
    let (mut readable, mut writable) = (Vec::new(), Vec::new());
    let mut is_complete = false;
    // The iterator ends after as many descriptors as the queue has entries. An indirect table could be longer than that.
    for descriptor in chain.take(usize::from(MAX_DESCRIPTORS)) {
        let segment = Segment {
            address: descriptor.addr(),
            length: descriptor.len() as usize,
        };
        if descriptor.is_write_only() {
            writable.push(segment);
        } else if writable.is_empty() {
            readable.push(segment);
        } else {
            return Err(Malformed::Order);
        }
        is_complete = !descriptor.has_next();
    }
    // The iterator doesn't say why it ended; if the last descriptor announces another one, something was wrong with that.
    if is_complete {
        Ok((readable, writable))
    } else {
        Err(Malformed::Endless)
    }
}

/// How long the pieces are together: less than 4 GiB in one chain, which virtio-queue checks.
#[must_use]
pub fn bytes_of(segments: &[Segment]) -> u64 {
    segments.iter().map(|segment| segment.length as u64).sum()
}

/// The pieces as memory of ours: an error if any of it isn't guest RAM.
pub fn slices<'a>(
    memory: &'a GuestMemoryMmap,
    segments: &[Segment],
) -> Result<Vec<VolatileSlice<'a>>, GuestMemoryError> {
    // Pieces may overlap. More than there is memory would only keep the host busy.
    if bytes_of(segments) > memory.iter().map(GuestMemoryRegion::len).sum() {
        return Err(GuestMemoryError::GuestAddressOverflow);
    }
    segments
        .iter()
        .flat_map(|segment| GuestMemoryBackend::get_slices(memory, segment.address, segment.length))
        .collect()
}
