//! What a driver of any device may do, as long as it is anything at all.

use proptest::prelude::*;

use super::driver::Driver;
use super::*;
use crate::device::Device;

/// One thing that it does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Resets the device and sets it up properly.
    Boot,
    /// Stores a value to a register.
    Set(u32, u32),
    /// Writes into memory.
    Memory(u64, Vec<u8>),
    /// Writes a descriptor of a queue.
    Describe(u16, u16, Descriptor),
    /// Makes a chain available and notifies.
    Offer(u16, u16),
}

/// Anything, for a device with so many queues.
pub fn act(queues: u16) -> impl Strategy<Value = Act> {
    let end = RAM_BYTES as u64;
    let queue = 0..queues;
    let index = prop_oneof![8 => 0..8u16, 1 => any::<u16>()];
    let address = prop_oneof![
        4 => prop::sample::select(vec![HEADER, STATUS, DATA, end - 512, end]),
        4 => 0..end + 64,
        1 => any::<u64>(),
    ];
    let length = prop_oneof![
        4 => prop::sample::select(vec![0, 1, 16, 512, 4096, end as u32, u32::MAX]),
        2 => 0..256u32,
    ];
    let descriptor = (address.clone(), length, 0..8u16, index.clone())
        .prop_map(|(address, length, flags, next)| Descriptor::new(address, length, flags, next));
    let bytes = prop::collection::vec(any::<u8>(), 1..64);
    let value = prop_oneof![4 => 0..16u32, 1 => any::<u32>()];
    prop_oneof![
        1 => Just(Act::Boot),
        2 => (0..0x42u32, value).prop_map(|(register, value)| Act::Set(register * 4, value)),
        2 => (address, bytes).prop_map(|(address, bytes)| Act::Memory(address, bytes)),
        6 => (queue.clone(), 0..8u16, descriptor)
            .prop_map(|(queue, index, descriptor)| Act::Describe(queue, index, descriptor)),
        6 => (queue, index).prop_map(|(queue, head)| Act::Offer(queue, head)),
    ]
}

impl<D: Device> Driver<D> {
    pub fn perform(&mut self, act: Act) {
        match act {
            Act::Boot => self.boot(),
            Act::Set(register, value) => self.set(register, value),
            // Outside of memory a guest can't write anyway.
            Act::Memory(address, bytes) => drop(self.memory.write(&bytes, GuestAddress(address))),
            Act::Describe(queue, index, descriptor) => self.describe(queue, index, descriptor),
            Act::Offer(queue, head) => {
                self.offer(queue, head);
                self.notify(queue);
            }
        }
    }
}
