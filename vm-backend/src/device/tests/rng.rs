//! The source of randomness.

use proptest::prelude::*;

use super::chaos::{self, Act};
use super::driver::{Driver, within_deadline};
use super::*;
use crate::device::chain::Malformed;
use crate::device::{DriverError, Rng};

fn rng() -> Driver<Rng> {
    Driver::new(Rng::new().unwrap())
}

#[test]
fn buffers_are_filled_with_different_numbers() {
    let mut driver = rng();
    assert_eq!(driver.get(VIRTIO_MMIO_DEVICE_ID), 4);
    assert_eq!(driver.get(VIRTIO_MMIO_CONFIG), 0);
    driver.submit(0, 0, &[(DATA, 32, true)]);
    driver.submit(0, 0, &[(DATA + 32, 16, true), (DATA + 48, 16, true)]);
    assert_eq!(driver.used_chain(0, 0), (0, 32));
    assert_eq!(driver.used_chain(0, 1), (0, 32));
    assert_ne!(driver.bytes(DATA, 32), [0; 32]);
    assert_ne!(driver.bytes(DATA, 32), driver.bytes(DATA + 32, 32));
    assert_eq!(driver.interrupt.read().unwrap(), 2);
    assert_eq!(driver.get(VIRTIO_MMIO_INTERRUPT_STATUS), 1);
}

#[test]
fn a_large_buffer_gets_a_part_and_an_empty_one_nothing() {
    let mut driver = rng();
    driver.submit(0, 0, &[(DATA, 4096, true)]);
    driver.submit(0, 0, &[(DATA, 0, true)]);
    assert_eq!(driver.used_chain(0, 0), (0, 64));
    assert_eq!(driver.bytes(DATA + 64, 4032), [0; 4032]);
    assert_eq!(driver.used_chain(0, 1), (0, 0));
}

#[test]
fn a_driver_that_breaks_the_protocol_is_told() {
    let end = RAM_BYTES as u64;
    let itself = Descriptor::new(DATA, 32, NEXT | WRITE, 0);
    for (descriptor, judgement) in [
        (Descriptor::new(DATA, 32, 0, 0), Malformed::Direction),
        (Descriptor::new(end - 31, 32, WRITE, 0), Malformed::NoMemory),
        (
            Descriptor::new(DATA, u32::MAX, WRITE, 0),
            Malformed::NoMemory,
        ),
        (itself, Malformed::Endless),
    ] {
        let mut driver = rng();
        driver.describe(0, 0, descriptor);
        driver.offer(0, 0);
        driver.notify(0);
        assert!(driver.needs_reset());
        let Some(&DriverError::Chain(how)) = driver.driver_error() else {
            panic!("{:?}", driver.driver_error());
        };
        assert_eq!((how, driver.used(0)), (judgement, 0));
        driver.boot();
        driver.submit(0, 0, &[(DATA, 32, true)]);
        assert_eq!(driver.used(0), 1);
        driver.assert_guards_hold();
    }
}

fn any_driver(acts: Vec<Act>) {
    let mut driver = rng();
    for act in acts {
        driver.perform(act);
    }
    driver.boot();
    driver.submit(0, 0, &[(DATA, 32, true)]);
    assert_eq!((driver.used(0), driver.needs_reset()), (1, false));
    driver.assert_guards_hold();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn nothing_happens_outside_of_guest_memory(
        acts in prop::collection::vec(chaos::act(1), 1..60)
    ) {
        within_deadline(|| any_driver(acts));
    }
}
