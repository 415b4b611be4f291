//! How driver and device come to terms.

use super::*;

const ADDRESSES: [GuestAddress; 3] = [DESCRIPTORS, AVAILABLE, USED];

#[test]
fn the_device_says_what_it_is() {
    let mut guest = Guest::new("");
    assert_eq!(guest.get(VIRTIO_MMIO_MAGIC_VALUE), 0x7472_6976);
    assert_eq!(guest.get(VIRTIO_MMIO_VERSION), 2);
    assert_eq!(guest.get(VIRTIO_MMIO_DEVICE_ID), 2);
    assert_eq!(guest.get(VIRTIO_MMIO_QUEUE_NUM_MAX), 128);
    assert_eq!(guest.get(VIRTIO_MMIO_CONFIG), SECTORS as u32);
    assert_eq!(guest.get(VIRTIO_MMIO_STATUS), 0);
    for (page, features) in [(0, 1 << 9), (1, 1), (2, 0), (u32::MAX, 0)] {
        guest.set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, page);
        assert_eq!(guest.get(VIRTIO_MMIO_DEVICE_FEATURES), features);
    }
    // There is no second queue.
    guest.set(VIRTIO_MMIO_QUEUE_SEL, 1);
    assert_eq!(guest.get(VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
    assert_eq!(guest.get(VIRTIO_MMIO_QUEUE_READY), 0);
}

#[test]
fn features_that_were_not_offered_are_refused() {
    for (features, accepted) in [
        ([1 << 9, 1], true),
        ([0, 1], true),
        ([1 << 9, 0], false),
        ([0, 0], false),
        // RO is offered for read-only disks only; MQ and RING_PACKED never.
        ([1 << 5, 1], false),
        ([1 << 12, 1], false),
        ([0, 1 | 1 << 2], false),
        ([u32::MAX, u32::MAX], false),
    ] {
        let mut guest = Guest::new("");
        guest.agree(features);
        let agreed = guest.get(VIRTIO_MMIO_STATUS) & FEATURES_OK != 0;
        assert_eq!(agreed, accepted, "{features:x?}");
    }
}

#[test]
fn steps_out_of_order_have_no_effect() {
    let steps = [ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, NEEDS_RESET];
    for (step, early) in steps.into_iter().enumerate().skip(1) {
        let mut guest = Guest::new("");
        for done in 0..step.saturating_sub(1) {
            let status = steps[..=done].iter().sum();
            guest.set(VIRTIO_MMIO_STATUS, status);
        }
        let before = guest.get(VIRTIO_MMIO_STATUS);
        guest.set(VIRTIO_MMIO_STATUS, before | early);
        assert_eq!(guest.get(VIRTIO_MMIO_STATUS), before);
        // Two steps at once.
        guest.set(VIRTIO_MMIO_STATUS, before | early | steps[step - 1]);
        assert_eq!(guest.get(VIRTIO_MMIO_STATUS), before);
    }
    // Bits can't be taken back one by one.
    let mut guest = Guest::booted("");
    let status = guest.get(VIRTIO_MMIO_STATUS);
    guest.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE);
    assert_eq!(guest.get(VIRTIO_MMIO_STATUS), status);
}

#[test]
fn the_queue_is_set_up_between_features_and_driver_ok() {
    let mut guest = Guest::new("");
    guest.describe_queue(SIZE.into(), ADDRESSES);
    guest.set(VIRTIO_MMIO_QUEUE_READY, 1);
    assert_eq!(guest.get(VIRTIO_MMIO_QUEUE_READY), 0);
    // What was written too early isn't remembered.
    guest.agree(FEATURES);
    guest.set(VIRTIO_MMIO_QUEUE_READY, 1);
    assert_eq!(guest.get(VIRTIO_MMIO_QUEUE_READY), 0);

    // After DRIVER_OK nothing changes any more: a request still works.
    guest.boot();
    guest.describe_queue(4, [GuestAddress(0); 3]);
    let flush = virtio_bindings::virtio_blk::VIRTIO_BLK_T_FLUSH;
    assert_eq!(guest.request(flush, 0, &[]), 0);
}

#[test]
fn a_queue_has_a_power_of_two_of_entries_up_to_128() {
    for (size, accepted) in [
        (1, true),
        (128, true),
        (0, false),
        (3, false),
        (129, false),
        (256, false),
        (0x1_0000, false),
        (0x1_0008, false),
        (u32::MAX, false),
    ] {
        let mut guest = Guest::new("");
        guest.agree(FEATURES);
        guest.describe_queue(size, ADDRESSES);
        guest.set(VIRTIO_MMIO_QUEUE_READY, 1);
        assert_eq!(
            guest.get(VIRTIO_MMIO_QUEUE_READY),
            u32::from(accepted),
            "{size}"
        );
    }
}

#[test]
fn a_queue_lies_aligned_and_in_memory() {
    // Sizes with 8 entries: 16 bytes each; 6 + 2 bytes each; 6 + 8 bytes each.
    for (part, length, alignment) in [(0, 128, 16), (1, 22, 2), (2, 70, 4)] {
        let last = (RAM_BYTES - length) as u64 / alignment * alignment;
        for (address, accepted) in [
            (last, true),
            (last + alignment, false),
            (last - 1, false),
            (RAM_BYTES as u64, false),
            (1 << 32, false),
            (u64::MAX / 16 * 16, false),
        ] {
            let mut guest = Guest::new("");
            guest.agree(FEATURES);
            let mut addresses = ADDRESSES;
            addresses[part] = GuestAddress(address);
            guest.describe_queue(SIZE.into(), addresses);
            guest.set(VIRTIO_MMIO_QUEUE_READY, 1);
            let ready = guest.get(VIRTIO_MMIO_QUEUE_READY);
            assert_eq!(ready, u32::from(accepted), "{part}: {address:#x}");
        }
    }
}

#[test]
fn nothing_is_served_before_driver_ok_or_after_a_reset() {
    let mut guest = Guest::new("");
    guest.agree(FEATURES);
    guest.describe_queue(SIZE.into(), ADDRESSES);
    guest.set(VIRTIO_MMIO_QUEUE_READY, 1);
    let flush = virtio_bindings::virtio_blk::VIRTIO_BLK_T_FLUSH;
    assert_eq!(guest.request(flush, 0, &[]), 0xff);
    for silence in [VIRTIO_MMIO_STATUS, VIRTIO_MMIO_QUEUE_READY] {
        guest.boot();
        assert_eq!(guest.request(flush, 0, &[]), 0);
        guest.set(silence, 0);
        assert_eq!(guest.request(flush, 0, &[]), 0xff);
    }
    // FAILED: the driver has given up.
    guest.boot();
    guest.set(VIRTIO_MMIO_STATUS, 128 | 15);
    assert_eq!(guest.request(flush, 0, &[]), 0xff);
    // Only queue 0 is notified.
    guest.boot();
    guest.set(VIRTIO_MMIO_QUEUE_READY, 1);
    guest.write_header(flush, 0);
    guest
        .memory
        .write_obj(1u16, AVAILABLE.unchecked_add(2))
        .unwrap();
    guest.set(VIRTIO_MMIO_QUEUE_NOTIFY, 1);
    assert_eq!(guest.status(), 0xff);
    guest.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    assert_eq!(guest.status(), 0);
}

#[test]
fn an_answer_would_be_an_interrupt_until_the_driver_acknowledges_it() {
    let mut guest = Guest::booted("");
    assert_eq!(guest.get(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
    guest.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    assert_eq!(guest.get(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
    guest.request(virtio_bindings::virtio_blk::VIRTIO_BLK_T_FLUSH, 0, &[]);
    assert_eq!(guest.get(VIRTIO_MMIO_INTERRUPT_STATUS), 1);
    guest.set(VIRTIO_MMIO_INTERRUPT_ACK, 1);
    assert_eq!(guest.get(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
}

#[test]
fn registers_are_accessed_with_32_bits_and_the_configuration_with_any() {
    let mut guest = Guest::new("");
    for width in [0, 1, 2, 3, 5, 8] {
        let mut value = vec![0xff; width];
        guest.registers.read(0, &mut value);
        assert_eq!(value, vec![0; width]);
        guest.registers.write(
            &guest.memory,
            VIRTIO_MMIO_STATUS.into(),
            &vec![ACKNOWLEDGE as u8; width],
        );
        assert_eq!(guest.get(VIRTIO_MMIO_STATUS), 0);
    }
    // Between two registers there is nothing.
    assert_eq!(guest.get(VIRTIO_MMIO_MAGIC_VALUE + 2), 0);
    let capacity = SECTORS.to_le_bytes();
    for width in [1, 2, 4, 8, 16] {
        for start in [0, 1, 7, 8, 1 << 20, u64::MAX - 0x1ff] {
            let mut value = vec![0xff; width];
            guest.registers.read(0x100 + start, &mut value);
            for (index, byte) in value.into_iter().enumerate() {
                let position = start as usize + index;
                assert_eq!(byte, capacity.get(position).copied().unwrap_or(0));
            }
        }
    }
    guest.set(VIRTIO_MMIO_CONFIG, 7);
    assert_eq!(guest.get(VIRTIO_MMIO_CONFIG), SECTORS as u32);
}
