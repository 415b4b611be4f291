//! Queues that carry bytes and nothing else, in one direction: those of a console, of a source of randomness, and of a balloon.
//!
//! - From driver to device: each chain is a message. [`receive`] takes all of them; [`receive_one`] takes one, of a limited length.
//! - From device to driver: the driver offers empty chains in advance. [`send`] fills the next one, as far as the bytes or the
//!   room in it go.
//!
//! Read next: [`super::chain`]; virtio 1.2, 5.3.6 and 5.4.6.

use virtio_queue::{Queue, QueueOwnedT, QueueT};
use vm_memory::{GuestMemoryMmap, VolatileSlice};

use super::chain::{self, Malformed, Segment, Walked};
use super::lifecycle::DriverError;

/// How much is copied out of guest memory at once.
const PART_BYTES: usize = 32 << 10;

/// Takes the messages that the driver has put into the queue, at most a queue full of them, and gives their bytes to `take`: a
/// short one as a whole, a long one in parts. Returns how many messages there were.
///
/// # Errors
/// When the driver has broken the protocol.
pub fn receive(
    memory: &GuestMemoryMmap,
    queue: &mut Queue,
    mut take: impl FnMut(&[u8]),
) -> Result<u16, DriverError> {
    let mut part = Vec::new();
    let mut taken = 0;
    while taken < queue.size() {
        let Some((head, (readable, writable))) = next_chain(memory, queue)? else {
            break;
        };
        for slice in look_up(memory, &readable, &writable)? {
            let mut position = 0;
            while position < slice.len() {
                let room = PART_BYTES - part.len();
                let rest = slice.offset(position).map_err(|_| Malformed::NoMemory)?;
                let start = part.len();
                part.resize(start + rest.len().min(room), 0);
                position += rest.copy_to(&mut part[start..]);
                if part.len() == PART_BYTES {
                    take(&part);
                    part.clear();
                }
            }
        }
        if !part.is_empty() {
            take(&part);
            part.clear();
        }
        put_back(memory, queue, head, 0)?;
        taken += 1;
    }
    Ok(taken)
}

/// Takes the next message that the driver has put into the queue, gives all of it to `take`, and hands it back. Returns whether
/// there was one.
///
/// # Errors
/// When the driver has broken the protocol: a message of more than `most_bytes` is an offence, too.
pub fn receive_one(
    memory: &GuestMemoryMmap,
    queue: &mut Queue,
    most_bytes: usize,
    take: impl FnOnce(&[u8]) -> Result<(), Malformed>,
) -> Result<bool, DriverError> {
    let Some((head, (readable, writable))) = next_chain(memory, queue)? else {
        return Ok(false);
    };
    if chain::bytes_of(&readable) > most_bytes as u64 {
        return Err(Malformed::Length.into());
    }
    let mut message = Vec::new();
    for slice in look_up(memory, &readable, &writable)? {
        let start = message.len();
        message.resize(start + slice.len(), 0);
        slice.copy_to(&mut message[start..]);
    }
    take(&message)?;
    put_back(memory, queue, head, 0)?;
    Ok(true)
}

/// Copies bytes into the next chain that the driver has offered, and hands it back. Returns how many found room there: 0 if the
/// driver has offered an empty one. None: there is no chain.
///
/// # Errors
/// When the driver has broken the protocol.
pub fn send(
    memory: &GuestMemoryMmap,
    queue: &mut Queue,
    bytes: &[u8],
) -> Result<Option<usize>, DriverError> {
    let Some((head, (readable, writable))) = next_chain(memory, queue)? else {
        return Ok(None);
    };
    let mut rest = bytes;
    for slice in look_up(memory, &writable, &readable)? {
        let (part, after) = rest.split_at(slice.len().min(rest.len()));
        slice.copy_from(part);
        rest = after;
    }
    let sent = bytes.len() - rest.len();
    // No chain is longer than 4 GiB.
    put_back(memory, queue, head, sent as u32)?;
    Ok(Some(sent))
}

/// Whether the driver has put anything into the queue that hasn't been taken.
pub fn has_chain(memory: &GuestMemoryMmap, queue: &Queue) -> bool {
    let index = queue.avail_idx(memory, std::sync::atomic::Ordering::Acquire);
    index.is_ok_and(|index| index.0 != queue.next_avail())
}

fn next_chain(
    memory: &GuestMemoryMmap,
    queue: &mut Queue,
) -> Result<Option<(u16, Walked)>, DriverError> {
    let next = queue.iter(memory).map_err(DriverError::Rings)?.next();
    let Some(chain) = next else {
        return Ok(None);
    };
    let head = chain.head_index();
    Ok(Some((head, chain::walk(chain)?)))
}

/// The pieces in the queue's direction, if there are none in the other one.
fn look_up<'a>(
    memory: &'a GuestMemoryMmap,
    segments: &[Segment],
    others: &[Segment],
) -> Result<Vec<VolatileSlice<'a>>, Malformed> {
    if !others.is_empty() {
        return Err(Malformed::Direction);
    }
    chain::slices(memory, segments).map_err(|_| Malformed::NoMemory)
}

fn put_back(
    memory: &GuestMemoryMmap,
    queue: &mut Queue,
    head: u16,
    written: u32,
) -> Result<(), DriverError> {
    queue
        .add_used(memory, head, written)
        .map_err(DriverError::Rings)
}
