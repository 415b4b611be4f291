//! The disk in a thread of its own. What it does with requests is tested with the synchronous one.

use proptest::prelude::*;
use virtio_bindings::virtio_blk::*;
use virtio_bindings::virtio_ring::VRING_DESC_F_INDIRECT;

use super::chaos::{self, Act};
use super::driver::{Driver, eventually, within_deadline};
use super::*;
use crate::device::chain::Malformed;
use crate::device::{BlockThread, DriverError};

/// A disk whose sectors are filled with their number, in a thread.
fn disk(options: &str) -> (Driver<BlockThread>, NamedTempFile) {
    let file = NamedTempFile::new().unwrap();
    let content: Vec<u8> = (0..SECTORS)
        .flat_map(|sector| [sector as u8; 512])
        .collect();
    fs::write(file.path(), content).unwrap();
    let device = BlockThread::start(open(&file, options)).unwrap();
    (Driver::new(device), file)
}

fn open(file: &NamedTempFile, options: &str) -> DiskFile {
    let spec = format!("{}{options}", file.path().display());
    DiskFile::open(&spec.parse().unwrap()).unwrap()
}

impl Driver<BlockThread> {
    /// Puts a request into the queue, from descriptor 0 on.
    fn start_request(&mut self, kind: u32, sector: u64, data: &[(u64, u32, bool)]) {
        let header = u128::from(kind) | u128::from(sector) << 64;
        let memory = &self.memory;
        let header = header.to_le_bytes();
        memory.write_slice(&header, GuestAddress(HEADER)).unwrap();
        memory.write_obj(0xffu8, GuestAddress(STATUS)).unwrap();
        let mut pieces = vec![(HEADER, 16, false)];
        pieces.extend(data);
        pieces.push((STATUS, 1, true));
        self.submit(0, 0, &pieces);
    }

    /// A request, to its end. Returns its status.
    fn request(&mut self, kind: u32, sector: u64, data: &[(u64, u32, bool)]) -> u32 {
        let before = self.used(0);
        self.start_request(kind, sector, data);
        eventually(|| self.used(0) != before);
        u32::from(self.bytes(STATUS, 1)[0])
    }
}

#[test]
fn requests_are_done_and_each_round_interrupts() {
    within_deadline(|| {
        for options in ["", ":direct"] {
            let (mut driver, file) = disk(options);
            let read = [(DATA, 1024, true)];
            assert_eq!(driver.request(VIRTIO_BLK_T_IN, 7, &read), VIRTIO_BLK_S_OK);
            assert_eq!(driver.bytes(DATA, 512), [7; 512]);
            assert_eq!(driver.bytes(DATA + 512, 512), [8; 512]);
            eventually(|| driver.interrupt.read().is_ok_and(|count| count == 1));
            assert_eq!(driver.get(VIRTIO_MMIO_INTERRUPT_STATUS), 1);
            driver.set(VIRTIO_MMIO_INTERRUPT_ACK, 1);
            assert_eq!(driver.get(VIRTIO_MMIO_INTERRUPT_STATUS), 0);

            let write = [(DATA, 512, false)];
            assert_eq!(driver.request(VIRTIO_BLK_T_OUT, 3, &write), VIRTIO_BLK_S_OK);
            assert_eq!(driver.request(VIRTIO_BLK_T_FLUSH, 0, &[]), VIRTIO_BLK_S_OK);
            assert_eq!(fs::read(file.path()).unwrap()[3 * 512..4 * 512], [7; 512]);
            // The driver knows that they are done, so they are counted, whatever the thread is at.
            let counts = driver.registers.device().counter().counts();
            assert_eq!((counts.reads, counts.read_bytes), (1, 1024));
            assert_eq!((counts.writes, counts.flushes), (1, 1));
        }
    });
}

#[test]
fn the_doorbell_does_what_the_register_does() {
    within_deadline(|| {
        let (mut driver, _file) = disk("");
        driver.describe(0, 0, Descriptor::new(HEADER, 16, NEXT, 1));
        driver.describe(0, 1, Descriptor::new(STATUS, 1, WRITE, 0));
        let flush = u128::from(VIRTIO_BLK_T_FLUSH).to_le_bytes();
        let memory = &driver.memory;
        memory.write_slice(&flush, GuestAddress(HEADER)).unwrap();
        driver.offer(0, 0);
        driver.registers.device().doorbell().write(1).unwrap();
        eventually(|| driver.used(0) == 1);
        // Rung without a reason, or for a queue that doesn't exist.
        driver.registers.device().doorbell().write(3).unwrap();
        driver.notify(1);
        assert_eq!(driver.request(VIRTIO_BLK_T_FLUSH, 0, &[]), 0);
        assert_eq!(driver.used(0), 2);
    });
}

#[test]
fn a_request_of_many_pieces_may_be_in_a_table() {
    within_deadline(|| {
        let (mut driver, _file) = disk("");
        let offered = [
            VIRTIO_BLK_F_SEG_MAX,
            VIRTIO_BLK_F_FLUSH,
            virtio_bindings::virtio_ring::VIRTIO_RING_F_INDIRECT_DESC,
        ];
        driver.set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
        let features = offered.iter().map(|bit| 1 << bit).sum::<u32>();
        assert_eq!(driver.get(VIRTIO_MMIO_DEVICE_FEATURES), features);
        assert_eq!(driver.get(VIRTIO_MMIO_CONFIG), SECTORS as u32);
        assert_eq!(driver.get(VIRTIO_MMIO_CONFIG + 8), 0);
        let most = driver.get(VIRTIO_MMIO_CONFIG + 12);
        assert_eq!(most, 126);
        for pieces in [most, most + 1] {
            driver.boot();
            let header = u128::from(VIRTIO_BLK_T_IN).to_le_bytes();
            let memory = &driver.memory;
            memory.write_slice(&header, GuestAddress(HEADER)).unwrap();
            // 126 pieces of data are 63 sectors; one more makes 63 and a half.
            let data = (0..u64::from(pieces)).map(|piece| (DATA + piece * 256, 256, WRITE));
            let all = [(HEADER, 16, 0)].into_iter().chain(data);
            let all = all.chain([(STATUS, 1, WRITE)]);
            for (index, (address, length, write)) in (0..).zip(all) {
                let next = if index <= pieces as u16 { NEXT } else { 0 };
                let entry = Descriptor::new(address, length, write | next, index + 1);
                let place = GuestAddress(0x3_0000 + u64::from(index) * 16);
                memory.write_obj(entry, place).unwrap();
            }
            let table = (pieces + 2) * 16;
            let indirect = VRING_DESC_F_INDIRECT as u16;
            driver.describe(0, 0, Descriptor::new(0x3_0000, table, indirect, 0));
            driver.offer(0, 0);
            driver.notify(0);
            if pieces == most {
                eventually(|| driver.used(0) == 1);
                assert_eq!(driver.used_chain(0, 0), (0, 126 * 256 + 1));
                assert_eq!(driver.bytes(DATA + 125 * 256, 256), [62; 256]);
            } else {
                eventually(|| driver.needs_reset());
                assert_eq!(driver.used(0), 0);
            }
            driver.assert_guards_hold();
        }
    });
}

#[test]
fn a_driver_that_breaks_the_protocol_is_told_by_the_thread() {
    within_deadline(|| {
        let (mut driver, _file) = disk("");
        driver.describe(0, 0, Descriptor::new(HEADER, 16, NEXT, 0));
        driver.offer(0, 0);
        driver.notify(0);
        eventually(|| driver.needs_reset());
        eventually(|| driver.interrupt.read().is_ok());
        assert_eq!(driver.get(VIRTIO_MMIO_INTERRUPT_STATUS), 2);
        let error = driver.driver_error();
        assert!(matches!(
            error,
            Some(DriverError::Chain(Malformed::Endless))
        ));
        driver.boot();
        assert!(!driver.needs_reset());
        assert_eq!(driver.request(VIRTIO_BLK_T_FLUSH, 0, &[]), 0);
    });
}

#[test]
fn after_a_reset_nothing_of_the_old_queue_is_touched() {
    within_deadline(|| {
        let (mut driver, _file) = disk("");
        for _ in 0..500 {
            driver.start_request(VIRTIO_BLK_T_IN, 1, &[(DATA, 0x4000, true)]);
            driver.set(VIRTIO_MMIO_STATUS, 0);
            // Now the memory belongs to somebody else.
            driver
                .memory
                .write_slice(&[0; 0x4000], GuestAddress(DATA))
                .unwrap();
            driver.boot();
            assert_eq!(driver.used(0), 0);
            assert_eq!(driver.bytes(DATA, 0x4000), [0; 0x4000]);
        }
        assert_eq!(driver.request(VIRTIO_BLK_T_FLUSH, 0, &[]), 0);
    });
}

#[test]
fn the_thread_ends_with_the_device_and_lets_go_of_the_file() {
    within_deadline(|| {
        for requests in 0..20 {
            let (mut driver, file) = disk("");
            for _ in 0..requests {
                driver.start_request(VIRTIO_BLK_T_IN, 1, &[(DATA, 0x4000, true)]);
            }
            drop(driver);
            // The file is locked as long as anybody has it.
            open(&file, "");
        }
    });
}

fn any_driver(acts: Vec<Act>, options: &str) {
    let (mut driver, file) = disk(options);
    let before = fs::read(file.path()).unwrap();
    for act in acts {
        driver.perform(act);
    }
    driver.boot();
    assert_eq!(driver.request(VIRTIO_BLK_T_FLUSH, 0, &[]), 0);
    driver.assert_guards_hold();
    drop(driver);
    let after = fs::read(file.path()).unwrap();
    assert_eq!(after.len(), before.len());
    if options == ":ro" {
        assert_eq!(after, before);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn nothing_happens_outside_of_guest_memory_and_disk(
        acts in prop::collection::vec(chaos::act(1), 1..60),
        options in prop::sample::select(vec!["", ":ro", ":direct"]),
    ) {
        within_deadline(move || any_driver(acts, options));
    }
}
