//! The balloon: pages that are given back, and drivers that list anything.

use proptest::prelude::*;

use super::chaos::{self, Act};
use super::driver::{Driver, within_deadline};
use super::*;
use crate::device::chain::Malformed;
use crate::device::{Balloon, BalloonGauge, DriverError};

const INFLATE: u16 = 0;
const DEFLATE: u16 = 1;
const PAGE: u64 = 4096;
/// A page in the middle of RAM that is nothing else.
const FIRST: u32 = 20;
/// The first one behind RAM.
const END: u32 = (RAM_BYTES as u64 / PAGE) as u32;
/// The configuration space: pages that are wanted, pages that are held.
const WANTED: u32 = VIRTIO_MMIO_CONFIG;
const HELD: u32 = VIRTIO_MMIO_CONFIG + 4;

fn balloon() -> (Driver<Balloon>, BalloonGauge) {
    let gauge = BalloonGauge::new(8);
    (Driver::new(Balloon::new(gauge.clone())), gauge)
}

impl Driver<Balloon> {
    fn fill(&self, page: u32) {
        let start = GuestAddress(u64::from(page) * PAGE);
        self.memory.write_slice(&[7; PAGE as usize], start).unwrap();
    }

    fn is_empty(&self, page: u32) -> bool {
        let bytes = self.bytes(u64::from(page) * PAGE, PAGE as usize);
        let is = |value| bytes.iter().all(|byte| *byte == value);
        assert!(is(0) || is(7), "a page goes as a whole or not at all");
        is(0)
    }

    /// Puts a message of page numbers into a queue.
    fn list(&mut self, queue: u16, numbers: &[u32]) {
        let bytes: Vec<u8> = numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        self.memory.write_slice(&bytes, GuestAddress(DATA)).unwrap();
        self.submit(queue, 0, &[(DATA, bytes.len() as u32, false)]);
    }
}

#[test]
fn listed_pages_go_back_to_the_host_and_no_others() {
    let (mut driver, _) = balloon();
    assert_eq!(driver.get(VIRTIO_MMIO_DEVICE_ID), 5);
    (FIRST..FIRST + 6).for_each(|page| driver.fill(page));
    driver.list(INFLATE, &[FIRST + 4, FIRST + 1, FIRST + 2]);
    let empty = (FIRST..FIRST + 6).map(|page| driver.is_empty(page));
    assert_eq!(
        empty.collect::<Vec<_>>(),
        [false, true, true, false, true, false]
    );
    assert_eq!(
        (driver.used(INFLATE), driver.used_chain(INFLATE, 0)),
        (1, (0, 0))
    );
    assert_eq!(driver.get(VIRTIO_MMIO_INTERRUPT_STATUS), 1);
    assert_eq!(driver.interrupt.read().unwrap(), 1);
    driver.assert_guards_hold();
}

#[test]
fn what_is_let_out_is_the_guest_s_own_affair() {
    let (mut driver, _) = balloon();
    driver.fill(FIRST);
    driver.list(DEFLATE, &[FIRST, END, u32::MAX]);
    assert!(!driver.is_empty(FIRST));
    assert_eq!((driver.used(DEFLATE), driver.used(INFLATE)), (1, 0));
    assert!(!driver.needs_reset());
}

#[test]
fn a_message_may_lie_in_pieces_that_cut_a_number() {
    let (mut driver, _) = balloon();
    (FIRST..FIRST + 2).for_each(|page| driver.fill(page));
    let [a, b] = [FIRST, FIRST + 1].map(u32::to_le_bytes);
    driver
        .memory
        .write_slice(&[a, b].concat(), GuestAddress(DATA))
        .unwrap();
    let pieces = [(DATA, 3, false), (DATA + 3, 0, false), (DATA + 3, 5, false)];
    driver.submit(INFLATE, 0, &pieces);
    assert!(driver.is_empty(FIRST) && driver.is_empty(FIRST + 1));
}

#[test]
fn page_numbers_beyond_memory_are_passed_over() {
    let (mut driver, _) = balloon();
    driver.fill(FIRST);
    driver.fill(END - 1);
    driver.list(INFLATE, &[END, FIRST, u32::MAX, END - 1, 1 << 20, FIRST]);
    assert!(driver.is_empty(FIRST) && driver.is_empty(END - 1));
    assert_eq!((driver.used(INFLATE), driver.needs_reset()), (1, false));
    driver.assert_guards_hold();
}

#[test]
fn a_page_may_be_one_that_the_queue_itself_lies_in() {
    let (mut driver, _) = balloon();
    driver.list(INFLATE, &(0..END).collect::<Vec<u32>>());
    assert_eq!(driver.used(INFLATE), 1);
    driver.boot();
    driver.list(INFLATE, &[FIRST]);
    assert_eq!((driver.used(INFLATE), driver.needs_reset()), (1, false));
    driver.assert_guards_hold();
}

#[test]
fn a_driver_that_breaks_the_protocol_is_told() {
    let end = RAM_BYTES as u64;
    for queue in [INFLATE, DEFLATE] {
        for (descriptor, judgement) in [
            (Descriptor::new(DATA, 4, WRITE, 0), Malformed::Direction),
            (Descriptor::new(end - 3, 4, 0, 0), Malformed::NoMemory),
            (Descriptor::new(u64::MAX, 4, 0, 0), Malformed::NoMemory),
            (Descriptor::new(DATA, 7, 0, 0), Malformed::Length),
            (Descriptor::new(DATA, 4100, 0, 0), Malformed::Length),
            (Descriptor::new(DATA, u32::MAX, 0, 0), Malformed::Length),
            (Descriptor::new(DATA, 4, NEXT, 0), Malformed::Endless),
            (Descriptor::new(DATA, 4, NEXT, 99), Malformed::Endless),
        ] {
            let (mut driver, _) = balloon();
            driver.fill(FIRST);
            driver.memory.write_obj(FIRST, GuestAddress(DATA)).unwrap();
            driver.describe(queue, 0, descriptor);
            driver.offer(queue, 0);
            driver.notify(queue);
            assert!(driver.needs_reset());
            let Some(&DriverError::Chain(how)) = driver.driver_error() else {
                panic!("{:?}", driver.driver_error());
            };
            assert_eq!((how, driver.used(queue)), (judgement, 0));
            assert!(
                !driver.is_empty(FIRST),
                "nothing of a wrong message is done"
            );
            driver.boot();
            driver.list(INFLATE, &[FIRST]);
            assert!(driver.is_empty(FIRST), "a reset heals everything");
            driver.assert_guards_hold();
        }
    }
}

#[test]
fn a_changed_wish_is_announced_and_what_the_driver_says_is_known() {
    let (mut driver, gauge) = balloon();
    assert_eq!((driver.get(WANTED), driver.get(HELD)), (8, 0));
    driver.set(HELD, 8);
    driver.set(WANTED, 99);
    assert_eq!((driver.get(WANTED), driver.get(HELD)), (8, 8));
    assert_eq!(gauge.missing_pages(), 0);
    assert_eq!(driver.get(VIRTIO_MMIO_CONFIG_GENERATION), 0);
    assert!(driver.interrupt.read().is_err());
    gauge.want(3);
    assert_eq!(driver.interrupt.read().unwrap(), 1);
    assert_eq!(driver.get(VIRTIO_MMIO_INTERRUPT_STATUS), 2);
    assert_eq!(driver.get(VIRTIO_MMIO_CONFIG_GENERATION), 1);
    assert_eq!(driver.get(WANTED), 3);
}

#[test]
fn after_a_reset_it_holds_nothing_and_announces_nothing() {
    let (mut driver, gauge) = balloon();
    driver.set(HELD, 8);
    driver.set(VIRTIO_MMIO_STATUS, 0);
    assert_eq!(gauge.missing_pages(), 8);
    gauge.want(5);
    assert!(driver.interrupt.read().is_err());
    assert_eq!(driver.get(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
    driver.boot();
    assert_eq!(driver.get(WANTED), 5);
}

fn any_driver(acts: Vec<Act>) {
    let (mut driver, _) = balloon();
    for act in acts {
        driver.perform(act);
    }
    driver.boot();
    driver.fill(FIRST);
    driver.list(INFLATE, &[FIRST]);
    assert_eq!((driver.used(INFLATE), driver.needs_reset()), (1, false));
    assert!(driver.is_empty(FIRST));
    driver.assert_guards_hold();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn nothing_happens_outside_of_guest_memory(
        acts in prop::collection::vec(chaos::act(2), 1..60)
    ) {
        within_deadline(|| any_driver(acts));
    }
}
