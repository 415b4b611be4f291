//! Drivers of a console that break the protocol, or do anything at all.

use proptest::prelude::*;

use super::*;
use crate::device::DriverError;
use crate::device::chain::Malformed;
use crate::device::tests::chaos;

const QUEUES: u16 = 10;
/// Where memory ends.
const END: u64 = RAM_BYTES as u64;

/// Offers a chain that must stop the device, and returns how it was judged.
fn broken_by(queue: u16, head: u16, descriptors: &[Descriptor]) -> Malformed {
    let (mut driver, mut host) = console(false);
    // Otherwise the device has nothing to put into the queues to the driver, and doesn't look at them.
    host.stdin.take().unwrap().write_all(b"input").unwrap();
    if queue != TO_CONTROL {
        driver.offer_buffers(TO_CONTROL, CONTROL_BUFFERS);
    }
    for (index, descriptor) in descriptors.iter().enumerate() {
        driver.describe(queue, index as u16, *descriptor);
    }
    driver.offer(queue, head);
    driver.notify(queue);
    if queue.is_multiple_of(2) {
        driver.tell(STDIN as u32, PORT_READY, 1);
        driver.tell(STDIN as u32, PORT_OPEN, 1);
    }
    eventually(|| driver.needs_reset());
    assert_eq!(driver.used(queue), 0);
    driver.print(FROM_STDOUT, b"deaf\n");
    assert_eq!(driver.used(FROM_STDOUT), 0);
    let Some(&DriverError::Chain(how)) = driver.driver_error() else {
        panic!("{:?}", driver.driver_error());
    };
    driver.boot();
    assert!(!driver.needs_reset());
    driver.print(FROM_STDOUT, b"alive\n");
    assert_eq!(driver.used(FROM_STDOUT), 1);
    driver.assert_guards_hold();
    how
}

/// Queues to the driver that the device puts something into, and all queues from it.
fn queues() -> impl Iterator<Item = (u16, u16)> {
    let direction = |queue: u16| (queue, if queue.is_multiple_of(2) { WRITE } else { 0 });
    [TO_CONTROL, TO_STDIN, 1, 3, 5, 7, 9]
        .into_iter()
        .map(direction)
}

#[test]
fn a_chain_without_end_stops_the_device() {
    within_deadline(|| {
        for (queue, write) in queues() {
            let itself = Descriptor::new(DATA, 8, NEXT | write, 0);
            assert_eq!(broken_by(queue, 0, &[itself]), Malformed::Endless);
            for next in [64, 128, u16::MAX] {
                let outside = Descriptor::new(DATA, 8, NEXT | write, next);
                assert_eq!(broken_by(queue, 0, &[outside]), Malformed::Endless);
                assert_eq!(broken_by(queue, next, &[outside]), Malformed::Endless);
            }
        }
    });
}

#[test]
fn a_buffer_for_the_other_direction_stops_the_device() {
    within_deadline(|| {
        for (queue, write) in queues() {
            let wrong = Descriptor::new(DATA, 8, WRITE ^ write, 0);
            assert_eq!(broken_by(queue, 0, &[wrong]), Malformed::Direction);
            let mixed = [
                Descriptor::new(DATA, 8, NEXT, 1),
                Descriptor::new(DATA, 8, WRITE, 0),
            ];
            assert_eq!(broken_by(queue, 0, &mixed), Malformed::Direction);
        }
    });
}

#[test]
fn a_buffer_outside_of_memory_stops_the_device() {
    within_deadline(|| {
        for (queue, write) in queues() {
            for address in [END, END - 7, 1 << 32, u64::MAX, u64::MAX - 7] {
                let outside = Descriptor::new(address, 8, write, 0);
                assert_eq!(broken_by(queue, 0, &[outside]), Malformed::NoMemory);
            }
            // More than there is memory, by naming a part of it again and again.
            let half = RAM_BYTES as u32 / 2;
            let again = [
                Descriptor::new(0, half, NEXT | write, 1),
                Descriptor::new(0, half, NEXT | write, 2),
                Descriptor::new(0, 1, write, 0),
            ];
            assert_eq!(broken_by(queue, 0, &again), Malformed::NoMemory);
        }
    });
}

#[test]
fn rings_that_are_too_far_ahead_stop_the_device() {
    within_deadline(|| {
        for (queue, _) in queues().filter(|(queue, _)| queue % 2 == 1) {
            let (mut driver, _host) = console(false);
            let index = driver::table(queue).unchecked_add(0x802);
            driver.memory.write_obj(65u16, index).unwrap();
            driver.notify(queue);
            assert!(driver.needs_reset());
            assert!(matches!(driver.driver_error(), Some(DriverError::Rings(_))));
        }
    });
}

#[test]
fn empty_buffers_come_back_empty_and_lose_no_input() {
    within_deadline(|| {
        let (mut driver, mut host) = console(false);
        driver.offer_buffers(TO_CONTROL, CONTROL_BUFFERS);
        for index in 0..16 {
            driver.submit(TO_STDIN, index, &[(DATA, 0, true)]);
        }
        driver.tell(STDIN as u32, PORT_READY, 1);
        driver.tell(STDIN as u32, PORT_OPEN, 1);
        host.stdin.take().unwrap().write_all(b"input").unwrap();
        eventually(|| driver.used(TO_STDIN) == 16);
        assert_eq!(driver.used_chain(TO_STDIN, 15), (15, 0));
        driver.submit(TO_STDIN, 0, &[(STDIN_BUFFERS, 64, true)]);
        eventually(|| driver.used(TO_STDIN) == 17);
        assert_eq!(driver.used_chain(TO_STDIN, 16), (0, 5));
        assert_eq!(driver.bytes(STDIN_BUFFERS, 5), b"input");
        assert!(!driver.needs_reset());
    });
}

#[test]
fn messages_that_do_not_fit_are_cut() {
    within_deadline(|| {
        let (mut driver, _host) = console(false);
        for (index, length) in [0, 3, 8, 9].into_iter().enumerate() {
            driver.submit(TO_CONTROL, index as u16, &[(CONTROL_BUFFERS, length, true)]);
        }
        driver.tell(STDOUT as u32, PORT_READY, 1);
        driver.tell(STDOUT as u32, PORT_READY, 1);
        let lengths = [0, 1, 2, 3].map(|index| driver.used_chain(TO_CONTROL, index).1);
        assert_eq!(lengths, [0, 3, 8, 9]);
        assert!(!driver.needs_reset());
    });
}

#[test]
fn queues_and_ports_that_do_not_exist_are_passed_over() {
    within_deadline(|| {
        let (mut driver, _host) = console(false);
        driver.offer_buffers(TO_CONTROL, CONTROL_BUFFERS);
        for queue in [10, 11, 65_535, 65_536, u32::MAX] {
            driver.set(VIRTIO_MMIO_QUEUE_NOTIFY, queue);
        }
        for port in [4, 5, 1 << 16, u32::MAX] {
            for event in 0..10 {
                if event != DEVICE_READY {
                    driver.tell(port, event, 1);
                }
            }
        }
        // Garbage of any length.
        for length in [0, 1, 7, 9, 100, 0x9000] {
            driver
                .memory
                .write_slice(&[0xff; 100], GuestAddress(DATA))
                .unwrap();
            driver.submit(FROM_CONTROL, 0, &[(DATA, length, false)]);
        }
        assert_eq!((driver.told().len(), driver.needs_reset()), (0, false));
        driver.tell(0, DEVICE_READY, 1);
        assert_eq!(driver.told().len(), 4);
    });
}

/// One thing that a driver or the host does.
#[derive(Clone, Debug)]
enum Act {
    /// What any driver may do.
    Any(chaos::Act),
    /// A control message.
    Tell(u32, u16, u16),
    /// Proper buffers for a queue to the driver.
    Buffers(u16),
    /// Something to read comes on stdin.
    Input(Vec<u8>),
}

fn act() -> impl Strategy<Value = Act> {
    let message = (0..6u32, 0..9u16, 0..3u16);
    let bytes = prop::collection::vec(any::<u8>(), 1..64);
    prop_oneof![
        6 => chaos::act(QUEUES).prop_map(Act::Any),
        2 => message.prop_map(|(port, event, value)| Act::Tell(port, event, value)),
        1 => (0..QUEUES / 2).prop_map(|pair| Act::Buffers(pair * 2)),
        1 => bytes.prop_map(Act::Input),
    ]
}

fn perform(driver: &mut Driver<Console>, stdin: &mut File, act: Act) {
    match act {
        Act::Any(act) => driver.perform(act),
        Act::Tell(port, event, value) => driver.tell(port, event, value),
        Act::Buffers(queue) => driver.offer_buffers(queue, STDIN_BUFFERS),
        Act::Input(bytes) => stdin.write_all(&bytes).unwrap(),
    }
}

/// Any driver: the guards hold, the device ends, and a reset heals it.
fn any_driver(acts: Vec<Act>) {
    let (mut driver, host) = console(true);
    // Somebody reads the output, or the pipes would fill.
    let drain = |mut file: File| {
        std::thread::spawn(move || drop(std::io::copy(&mut file, &mut std::io::sink())))
    };
    let readers = [drain(host.stdout), drain(host.stderr)];
    let mut stdin = host.stdin.unwrap();
    for act in acts {
        perform(&mut driver, &mut stdin, act);
    }
    driver.boot();
    driver.print(FROM_STDOUT, b"alive\n");
    assert_eq!(driver.used(FROM_STDOUT), 1);
    assert!(!driver.needs_reset());
    driver.assert_guards_hold();
    drop(driver);
    for reader in readers {
        reader.join().unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn nothing_happens_outside_of_guest_memory(acts in prop::collection::vec(act(), 1..60)) {
        within_deadline(|| any_driver(acts));
    }
}
