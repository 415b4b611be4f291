//! The queue: three small tables in memory that driver and device share.
//!
//! ```text
//! descriptors   where a buffer is, how long, who writes it, and which one follows
//! available     driver → device: heads of chains to be processed; `index` counts them
//! used          device → driver: heads that are done; `index` counts them
//! ```
//!
//! The indices only ever go up (and wrap); an entry's place is index modulo size. Whoever publishes fills the entry first and
//! the index last, with release order; whoever looks reads the index first, with acquire order. Atomics express exactly that.
//!
//! `Simplified:` one request at a time, always in descriptors 0-2. Real drivers keep many requests in flight.
//!
//! Read next: virtio 1.2, 2.7 (split virtqueues).

use core::sync::atomic::{AtomicU16, AtomicU32, AtomicU64, Ordering};

/// Entries: the next power of two above the three that a request needs.
pub const SIZE: usize = 4;

/// Another descriptor follows.
const NEXT: u16 = 1;
/// The device writes this buffer.
const WRITE: u16 = 2;

/// A buffer.
#[repr(C)]
struct Descriptor {
    address: AtomicU64,
    length: AtomicU32,
    flags: AtomicU16,
    next: AtomicU16,
}

impl Descriptor {
    const fn empty() -> Self {
        Self {
            address: AtomicU64::new(0),
            length: AtomicU32::new(0),
            flags: AtomicU16::new(0),
            next: AtomicU16::new(0),
        }
    }
}

/// Driver → device.
#[repr(C)]
struct Available {
    flags: AtomicU16,
    index: AtomicU16,
    ring: [AtomicU16; SIZE],
}

/// Device → driver.
#[repr(C, align(4))]
struct Used {
    flags: AtomicU16,
    index: AtomicU16,
    ring: [[AtomicU32; 2]; SIZE],
}

/// The whole queue, aligned as the descriptors must be.
#[repr(C, align(16))]
pub struct Queue {
    descriptors: [Descriptor; SIZE],
    available: Available,
    used: Used,
}

/// A buffer of a request.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// Guest address; guest-virtual and guest-physical addresses are the same.
    pub address: u64,
    /// Length in bytes.
    pub length: u32,
    /// The device writes it; otherwise it reads it.
    pub device_writes: bool,
}

impl Queue {
    /// Nothing is in flight.
    pub const fn idle() -> Self {
        Self {
            descriptors: [const { Descriptor::empty() }; SIZE],
            available: Available {
                flags: AtomicU16::new(0),
                index: AtomicU16::new(0),
                ring: [const { AtomicU16::new(0) }; SIZE],
            },
            used: Used {
                flags: AtomicU16::new(0),
                index: AtomicU16::new(0),
                ring: [const { [AtomicU32::new(0), AtomicU32::new(0)] }; SIZE],
            },
        }
    }

    /// Addresses of descriptors, available and used ring.
    pub fn addresses(&'static self) -> [u64; 3] {
        [
            (&raw const self.descriptors).expose_provenance() as u64,
            (&raw const self.available).expose_provenance() as u64,
            (&raw const self.used).expose_provenance() as u64,
        ]
    }

    /// Makes a request available: a chain of buffers, at most [`SIZE`], from descriptor 0 on.
    pub fn submit(&self, buffers: &[Buffer]) {
        for (index, (buffer, descriptor)) in buffers.iter().zip(&self.descriptors).enumerate() {
            let next = index + 1 < buffers.len();
            let flags = if next { NEXT } else { 0 } | if buffer.device_writes { WRITE } else { 0 };
            descriptor.address.store(buffer.address, Ordering::Relaxed);
            descriptor.length.store(buffer.length, Ordering::Relaxed);
            descriptor.flags.store(flags, Ordering::Relaxed);
            descriptor.next.store(index as u16 + 1, Ordering::Relaxed);
        }
        let index = self.available.index.load(Ordering::Relaxed);
        self.available.ring[usize::from(index) % SIZE].store(0, Ordering::Relaxed);
        self.available
            .index
            .store(index.wrapping_add(1), Ordering::Release);
    }

    /// Whether everything that was submitted is done.
    pub fn is_idle(&self) -> bool {
        self.used.index.load(Ordering::Acquire) == self.available.index.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use core::mem::offset_of;

    use super::*;

    #[test]
    fn the_tables_have_the_shape_of_the_specification() {
        assert_eq!(size_of::<Descriptor>(), 16);
        assert_eq!(offset_of!(Available, ring), 4);
        assert_eq!(offset_of!(Used, ring), 4);
        assert_eq!(size_of::<[AtomicU32; 2]>(), 8);
        assert_eq!(offset_of!(Queue, available) % 2, 0);
        assert_eq!(offset_of!(Queue, used) % 4, 0);
    }

    #[test]
    fn a_request_is_a_chain_and_idle_again_when_the_device_says_so() {
        let queue = Queue::idle();
        assert!(queue.is_idle());
        let buffer = |address, device_writes| Buffer {
            address,
            length: 512,
            device_writes,
        };
        for round in 1..=70_000u32 {
            queue.submit(&[buffer(1, false), buffer(2, true), buffer(3, true)]);
            assert!(!queue.is_idle());
            queue.used.index.store(round as u16, Ordering::Release);
            assert!(queue.is_idle());
        }
        let flags = |index: usize| queue.descriptors[index].flags.load(Ordering::Relaxed);
        assert_eq!([flags(0), flags(1), flags(2)], [NEXT, NEXT | WRITE, WRITE]);
    }
}
