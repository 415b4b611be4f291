//! A driver that breaks the protocol, by mistake or on purpose.

use virtio_bindings::virtio_blk::*;
use virtio_bindings::virtio_ring::VRING_DESC_F_INDIRECT;

use super::*;
use crate::device::DriverError;
use crate::device::chain::Malformed;

/// Where memory ends.
const END: u64 = RAM_BYTES as u64;

/// Descriptors of a read request that is fine.
fn good() -> [Descriptor; 3] {
    [
        Descriptor::new(HEADER, 16, NEXT, 1),
        Descriptor::new(DATA, 512, NEXT | WRITE, 2),
        Descriptor::new(STATUS, 1, WRITE, 0),
    ]
}

/// Submits a chain that must stop the device, and returns how it was judged.
fn broken_by(descriptors: &[Descriptor], head: u16) -> Malformed {
    let mut guest = Guest::booted("");
    let before = guest.file();
    guest.write_header(VIRTIO_BLK_T_IN, 0);
    guest.describe(descriptors);
    guest.offer(head);
    assert!(guest.needs_reset());
    assert_eq!((guest.used(), guest.status()), (0, 0xff));
    // It is deaf until it is reset; then it works again.
    let flush = VIRTIO_BLK_T_FLUSH;
    assert_eq!(guest.request(flush, 0, &[]), 0xff);
    let Some(&DriverError::Chain(how)) = guest.registers.driver_error() else {
        panic!("{:?}", guest.registers.driver_error());
    };
    guest.boot();
    assert!(!guest.needs_reset());
    assert_eq!(guest.request(flush, 0, &[]), 0);
    assert_eq!(guest.file(), before);
    guest.assert_guards_hold();
    how
}

#[test]
fn a_chain_that_is_a_loop_stops_the_device() {
    let itself = [Descriptor::new(HEADER, 16, NEXT, 0)];
    assert_eq!(broken_by(&itself, 0), Malformed::Endless);
    let mut back = good();
    back[2] = Descriptor::new(STATUS, 1, NEXT | WRITE, 1);
    assert_eq!(broken_by(&back, 0), Malformed::Endless);
    back[2] = Descriptor::new(STATUS, 1, NEXT | WRITE, 0);
    assert_eq!(broken_by(&back, 0), Malformed::Order);
}

#[test]
fn a_descriptor_that_does_not_exist_stops_the_device() {
    for next in [SIZE, 128, u16::MAX] {
        let mut outside = good();
        outside[1] = Descriptor::new(DATA, 512, NEXT | WRITE, next);
        assert_eq!(broken_by(&outside, 0), Malformed::Endless);
        assert_eq!(broken_by(&good(), next), Malformed::Endless);
    }
}

#[test]
fn an_indirect_table_without_end_stops_the_device() {
    let indirect = VRING_DESC_F_INDIRECT as u16;
    for length in [0, 8, 16, 1 << 20, 65535 * 16] {
        // The table at address 0 is all zeros with flags 0: one empty descriptor.
        let table = [Descriptor::new(0, length, indirect, 0)];
        broken_by(&table, 0);
    }
    let mut guest = Guest::booted("");
    // A table of 4096 descriptors that are linked one to the next.
    for index in 0..4096u16 {
        let entry = Descriptor::new(DATA, 1, NEXT | WRITE, index + 1);
        let address = GuestAddress(0x2_0000 + u64::from(index) * 16);
        guest.memory.write_obj(entry, address).unwrap();
    }
    guest.describe(&[Descriptor::new(0x2_0000, 4096 * 16, indirect, 0)]);
    guest.offer(0);
    assert!(guest.needs_reset());
}

#[test]
fn the_device_reads_before_it_writes() {
    let mut swapped = good();
    swapped[0] = Descriptor::new(STATUS, 1, NEXT | WRITE, 1);
    swapped[1] = Descriptor::new(HEADER, 16, 0, 0);
    assert_eq!(broken_by(&swapped, 0), Malformed::Order);
    // A status that the device may not write.
    let read_only = [
        Descriptor::new(HEADER, 16, NEXT, 1),
        Descriptor::new(STATUS, 1, 0, 0),
    ];
    assert_eq!(broken_by(&read_only, 0), Malformed::NoStatus);
}

#[test]
fn a_header_has_16_bytes_and_a_status_one() {
    for length in [0, 1, 15] {
        let mut short = good();
        short[0] = Descriptor::new(HEADER, length, NEXT, 1);
        assert_eq!(broken_by(&short, 0), Malformed::ShortHeader);
    }
    let alone = [Descriptor::new(HEADER, 16, 0, 0)];
    assert_eq!(broken_by(&alone, 0), Malformed::NoStatus);
    let empty = [
        Descriptor::new(HEADER, 16, NEXT, 1),
        Descriptor::new(STATUS, 0, WRITE, 0),
    ];
    assert_eq!(broken_by(&empty, 0), Malformed::NoStatus);
}

#[test]
fn a_header_outside_of_memory_stops_the_device() {
    for address in [END, END - 15, 1 << 32, u64::MAX, u64::MAX - 15] {
        let mut outside = good();
        outside[0] = Descriptor::new(address, 16, NEXT, 1);
        assert_eq!(broken_by(&outside, 0), Malformed::NoMemory);
    }
}

#[test]
fn a_status_outside_of_memory_stops_the_device() {
    for address in [END, 1 << 32, u64::MAX] {
        let mut guest = Guest::booted("");
        guest.write_header(VIRTIO_BLK_T_FLUSH, 0);
        guest.submit(&[(HEADER, 16, false), (address, 1, true)]);
        assert!(guest.needs_reset());
        let error = guest.registers.driver_error().unwrap();
        assert!(matches!(error, DriverError::Status(_)));
        guest.assert_guards_hold();
    }
    // The status is the byte behind the end of the address space.
    let mut wrapping = good();
    wrapping[2] = Descriptor::new(u64::MAX, 2, WRITE, 0);
    assert_eq!(broken_by(&wrapping, 0), Malformed::NoStatus);
}

#[test]
fn data_outside_of_memory_fails_the_request() {
    let mut guest = Guest::booted("");
    let before = guest.file();
    for address in [END, END - 511, 1 << 32, u64::MAX, u64::MAX - 511] {
        for (kind, device_writes) in [(VIRTIO_BLK_T_IN, true), (VIRTIO_BLK_T_OUT, false)] {
            // Not even the part that is in memory is transferred.
            let data = [(DATA, 512, device_writes), (address, 512, device_writes)];
            assert_eq!(guest.request(kind, 1, &data), VIRTIO_BLK_S_IOERR);
            assert_eq!(guest.bytes(DATA, 512), [0; 512]);
        }
    }
    assert!(!guest.needs_reset());
    assert_eq!(guest.file(), before);
    guest.assert_guards_hold();
    // The last bytes of memory are as good as any.
    let data = [(END - 512, 512, true)];
    assert_eq!(guest.request(VIRTIO_BLK_T_IN, 1, &data), VIRTIO_BLK_S_OK);
    assert_eq!(guest.bytes(END - 512, 512), [1; 512]);
    guest.assert_guards_hold();
}

#[test]
fn pieces_that_overlap_are_not_longer_than_memory() {
    let mut guest = Guest::booted("");
    let half = (DATA, RAM_BYTES as u32 / 2, true);
    let get_id = VIRTIO_BLK_T_GET_ID;
    assert_eq!(guest.request(get_id, 0, &[half, half]), VIRTIO_BLK_S_OK);
    let more = [half, half, (DATA, 1, true)];
    assert_eq!(guest.request(get_id, 0, &more), VIRTIO_BLK_S_IOERR);
}

#[test]
fn lengths_that_overflow_stop_the_device() {
    // Together longer than 4 GiB.
    let mut long = good();
    long[1] = Descriptor::new(DATA, u32::MAX, NEXT | WRITE, 2);
    assert_eq!(broken_by(&long, 0), Malformed::Endless);
    // Just as long as is allowed, but not on the disk.
    let mut guest = Guest::booted("");
    let data = [(DATA, u32::MAX - 17, true)];
    assert_eq!(guest.request(VIRTIO_BLK_T_IN, 0, &data), VIRTIO_BLK_S_IOERR);
}

#[test]
fn more_requests_than_entries_stop_the_device() {
    for ahead in [SIZE + 1, 1000, u16::MAX] {
        let mut guest = Guest::booted("");
        guest
            .memory
            .write_obj(ahead, AVAILABLE.unchecked_add(2))
            .unwrap();
        guest.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
        assert!(guest.needs_reset());
        assert_eq!(guest.used(), 0);
        let error = guest.registers.driver_error().unwrap();
        assert!(matches!(error, DriverError::Rings(_)));
        assert_eq!(guest.get(VIRTIO_MMIO_INTERRUPT_STATUS), 2);
    }
}

#[test]
fn requests_that_make_new_requests_end() {
    let mut guest = Guest::booted("");
    // Each sector holds an available ring whose index is far ahead by as much as is allowed.
    let sectors: Vec<u8> = (0..SECTORS as u16)
        .flat_map(|sector| {
            let mut ring = [0; 512];
            ring[2..4].copy_from_slice(&(sector + SIZE).to_le_bytes());
            ring
        })
        .collect();
    fs::write(guest.disk.path(), sectors).unwrap();
    // Every request reads a sector into the ring; and all requests are the same.
    guest.write_header(VIRTIO_BLK_T_IN, 1);
    guest.describe(&[
        Descriptor::new(HEADER, 16, NEXT, 1),
        Descriptor::new(AVAILABLE.raw_value(), 512, NEXT | WRITE, 2),
        Descriptor::new(STATUS, 1, WRITE, 0),
    ]);
    guest.offer(0);
    assert_eq!(guest.registers.counts().reads, u64::from(SIZE));
    guest.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    assert!(guest.registers.counts().reads <= 2 * u64::from(SIZE));
}
