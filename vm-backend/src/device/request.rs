//! What a chain of descriptors asks the disk to do.
//!
//! A request is a string of bytes that the device reads, then one that it writes:
//!
//! ```text
//! device reads:   type (4)  reserved (4)  sector (8)  [data to be written]
//! device writes:  [data that was read]  status (1)
//! ```
//!
//! How the driver cuts these into descriptors is its business (virtio 1.2, 2.7.4): usually header, data and status have one
//! each, but a device must not rely on that.
//!
//! 1. Walk the chain: which pieces the device reads, which it writes.
//! 2. Split off the header and the status byte; the rest is data.
//! 3. Copy the header out of guest memory and interpret the copy.
//!
//! Read next: virtio 1.2, 5.2.6; [`super::block`].

use std::ops::Deref;

use virtio_bindings::virtio_blk::{
    VIRTIO_BLK_T_FLUSH, VIRTIO_BLK_T_GET_ID, VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT,
};
use virtio_queue::DescriptorChain;
use vm_memory::{Address, Bytes, GuestAddress, GuestMemoryMmap};

use super::chain::{self, HEADER_BYTES, Malformed, Segment};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Read sectors into the data.
    Read {
        /// The first one.
        sector: u64,
    },
    /// Write the data to sectors.
    Write {
        /// The first one.
        sector: u64,
    },
    /// Make everything written so far durable.
    Flush,
    /// Write the disk's name into the data.
    GetId,
    /// Something that this device doesn't know.
    Unsupported {
        /// The request's type.
        kind: u32,
    },
}

/// A well-formed request. Whether its data lies in guest memory and its sectors on the disk remains to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is to be done.
    pub operation: Operation,
    /// What to write, for a write; else where to put what is read.
    pub data: Vec<Segment>,
    /// Where the status byte goes.
    pub status: GuestAddress,
}

impl Request {
    /// Takes a chain apart.
    pub fn parse<M>(memory: &GuestMemoryMmap, chain: DescriptorChain<M>) -> Result<Self, Malformed>
    where
        M: Deref<Target = GuestMemoryMmap>,
    {
        // 1.
        let (mut readable, mut writable) = chain::walk(chain)?;
        // 2.
        let header = take_header(&mut readable)?;
        let status = take_status(&mut writable)?;
        // 3.
        let operation = interpret(read_header(memory, &header)?);
        let data = match operation {
            Operation::Write { .. } => readable,
            _ => writable,
        };
        Ok(Self {
            operation,
            data,
            status,
        })
    }

    /// Bytes of data.
    #[must_use]
    pub fn data_bytes(&self) -> u64 {
        chain::bytes_of(&self.data)
    }
}

/// Splits off the first 16 bytes, which may be in several pieces.
fn take_header(readable: &mut Vec<Segment>) -> Result<Vec<Segment>, Malformed> {
    let mut header = Vec::new();
    let mut missing = HEADER_BYTES;
    while missing > 0 {
        let first = readable.first_mut().ok_or(Malformed::ShortHeader)?;
        let length = first.length.min(missing);
        if length > 0 {
            header.push(Segment { length, ..*first });
        }
        missing -= length;
        if length == first.length {
            readable.remove(0);
        } else {
            first.length -= length;
            // Beyond the end of the address space there is no memory: the check of the data finds that.
            first.address = GuestAddress(first.address.raw_value().saturating_add(length as u64));
        }
    }
    Ok(header)
}

/// Splits off the last byte.
fn take_status(writable: &mut Vec<Segment>) -> Result<GuestAddress, Malformed> {
    while let Some(last) = writable.last_mut() {
        if let Some(rest) = last.length.checked_sub(1) {
            last.length = rest;
            return last
                .address
                .checked_add(rest as u64)
                .ok_or(Malformed::NoStatus);
        }
        // A piece without bytes.
        writable.pop();
    }
    Err(Malformed::NoStatus)
}

/// Copies the header out.
fn read_header(
    memory: &GuestMemoryMmap,
    pieces: &[Segment],
) -> Result<[u8; HEADER_BYTES], Malformed> {
    let mut header = [0; HEADER_BYTES];
    let mut room = &mut header[..];
    for piece in pieces {
        let (part, rest) = room.split_at_mut(piece.length.min(room.len()));
        memory
            .read_slice(part, piece.address)
            .map_err(|_| Malformed::NoMemory)?;
        room = rest;
    }
    Ok(header)
}

fn interpret(header: [u8; HEADER_BYTES]) -> Operation {
    let number = u128::from_le_bytes(header);
    let sector = (number >> 64) as u64;
    match number as u32 {
        VIRTIO_BLK_T_IN => Operation::Read { sector },
        VIRTIO_BLK_T_OUT => Operation::Write { sector },
        VIRTIO_BLK_T_FLUSH => Operation::Flush,
        VIRTIO_BLK_T_GET_ID => Operation::GetId,
        kind => Operation::Unsupported { kind },
    }
}
