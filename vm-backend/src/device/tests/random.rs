//! Drivers that do anything at all.

use proptest::prelude::*;

use super::*;

/// One thing that a driver does.
#[derive(Clone, Debug)]
enum Act {
    /// Sets the device up properly: otherwise hardly any sequence would get that far.
    Boot,
    /// Stores a value to a register.
    Set(u32, u32),
    /// Any store.
    Store(u64, Vec<u8>),
    /// Any load.
    Load(u64, usize),
    /// Writes into memory.
    Memory(u64, Vec<u8>),
    /// Writes a descriptor.
    Describe(u16, u64, u32, u16, u16),
    /// Writes a header.
    Header(u32, u64),
    /// Makes a chain available and notifies.
    Offer(u16),
}

/// Addresses where something is, or where memory ends.
fn address() -> impl Strategy<Value = u64> {
    let near = prop::sample::select(vec![
        0,
        DESCRIPTORS.0,
        AVAILABLE.0,
        USED.0,
        HEADER,
        STATUS,
        DATA,
        RAM_BYTES as u64 - 512,
        RAM_BYTES as u64,
        1 << 32,
        u64::MAX,
    ]);
    prop_oneof![
        4 => near.clone(),
        2 => (near, 0..2048u64).prop_map(|(address, offset)| address.wrapping_sub(offset)),
        1 => any::<u64>(),
    ]
}

fn length() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => prop::sample::select(vec![0, 1, 16, 20, 512, 513, 1024, 32768, u32::MAX]),
        1 => any::<u32>(),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let value = prop_oneof![
        4 => 0..16u32,
        2 => prop::sample::select(vec![128, 255, 256, 0x1000, 0x2000, 0x3000, u32::MAX]),
        1 => any::<u32>(),
    ];
    let index = prop_oneof![8 => 0..SIZE, 1 => any::<u16>()];
    let flags = prop_oneof![8 => 0..4u16, 1 => any::<u16>()];
    let kind = prop_oneof![8 => 0..9u32, 1 => any::<u32>()];
    let sector = prop_oneof![8 => 0..SECTORS + 2, 1 => any::<u64>()];
    prop_oneof![
        2 => Just(Act::Boot),
        4 => (0..0x42u32, value).prop_map(|(register, value)| Act::Set(register * 4, value)),
        1 => (any::<u64>(), prop::collection::vec(any::<u8>(), 0..10))
            .prop_map(|(offset, data)| Act::Store(offset, data)),
        1 => (0..0x200u64, 0..10usize).prop_map(|(offset, length)| Act::Load(offset, length)),
        2 => (address(), prop::collection::vec(any::<u8>(), 1..64))
            .prop_map(|(address, data)| Act::Memory(address, data)),
        8 => (index.clone(), address(), length(), flags, index.clone()).prop_map(
            |(index, address, length, flags, next)| {
                Act::Describe(index % SIZE, address, length, flags, next)
            }
        ),
        4 => (kind, sector).prop_map(|(kind, sector)| Act::Header(kind, sector)),
        8 => index.prop_map(Act::Offer),
    ]
}

fn perform(guest: &mut Guest, act: Act) {
    match act {
        Act::Boot => {
            guest.set(VIRTIO_MMIO_STATUS, 0);
            guest.boot();
        }
        Act::Set(register, value) => guest.set(register, value),
        Act::Store(offset, data) => guest.registers.write(&guest.memory, offset, &data),
        Act::Load(offset, length) => guest.registers.read(offset, &mut vec![0; length]),
        // Outside of memory a guest can't write anyway.
        Act::Memory(address, data) => drop(guest.memory.write(&data, GuestAddress(address))),
        Act::Describe(index, address, length, flags, next) => {
            let descriptor = Descriptor::new(address, length, flags, next);
            let table = DescriptorTable::new(&guest.memory, DESCRIPTORS, SIZE);
            table.store(index, RawDescriptor::from(descriptor)).unwrap();
        }
        Act::Header(kind, sector) => guest.write_header(kind, sector),
        Act::Offer(head) => guest.offer(head),
    }
}

fn served(guest: &Guest) -> u64 {
    let counts = guest.registers.counts();
    counts.reads + counts.writes + counts.flushes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn nothing_happens_outside_of_guest_memory_and_disk(
        acts in prop::collection::vec(act(), 1..60),
        options in prop::sample::select([writable_ways(), vec![":ro"]].concat()),
    ) {
        let mut guest = Guest::booted(options);
        let before = guest.file();
        for act in acts {
            let served_before = served(&guest);
            perform(&mut guest, act);
            // Bounded work for one store.
            prop_assert!(served(&guest) - served_before <= 128);
        }
        guest.assert_guards_hold();
        let after = guest.file();
        prop_assert_eq!(after.len(), before.len());
        if options == ":ro" {
            prop_assert_eq!(after, before);
        }
        // Whatever has happened: a reset heals it.
        guest.boot();
        let flush = virtio_bindings::virtio_blk::VIRTIO_BLK_T_FLUSH;
        prop_assert_eq!(guest.request(flush, 0, &[]), 0);
    }
}
