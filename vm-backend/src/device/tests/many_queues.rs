//! The registers of a device with many queues: the console, of which only some are used.

use super::driver::{Driver, table, within_deadline};
use super::*;
use crate::device::console::{Console, Streams};

/// Where stdout and stderr of the guest go.
const STDOUT: u16 = 7;
const STDERR: u16 = 9;

fn console() -> Driver<Console> {
    let null = || fs::File::options().read(true).write(true).open("/dev/null");
    let streams = Streams {
        input: null().unwrap(),
        output: null().unwrap(),
        error: null().unwrap(),
        show_kernel: false,
    };
    Driver::new(Console::start(streams).unwrap())
}

impl Driver<Console> {
    /// Whether the device takes a message.
    fn is_served(&mut self, queue: u16) -> bool {
        let before = self.used(queue);
        self.submit(queue, 0, &[(DATA, 8, false)]);
        self.used(queue) != before
    }

    fn is_ready(&mut self, queue: u16) -> bool {
        self.set(VIRTIO_MMIO_QUEUE_SEL, queue.into());
        self.get(VIRTIO_MMIO_QUEUE_READY) == 1
    }

    /// Steps up to FEATURES_OK.
    fn agree(&mut self) {
        self.set(VIRTIO_MMIO_STATUS, 0);
        self.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE);
        self.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER);
        self.set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
        self.set(VIRTIO_MMIO_DRIVER_FEATURES, 1);
        self.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    }
}

#[test]
fn a_queue_that_is_not_set_up_is_passed_over() {
    within_deadline(|| {
        let mut driver = console();
        driver.agree();
        driver.set(VIRTIO_MMIO_QUEUE_SEL, STDERR.into());
        driver.set_up(STDERR, 64);
        let all = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
        driver.set(VIRTIO_MMIO_STATUS, all);
        for queue in 0..10 {
            assert_eq!(driver.is_ready(queue), queue == STDERR);
            assert_eq!(driver.is_served(queue), queue == STDERR);
        }
        assert!(!driver.needs_reset());
    });
}

#[test]
fn each_queue_keeps_what_was_said_about_it() {
    within_deadline(|| {
        let mut driver = console();
        driver.agree();
        for queue in [STDOUT, STDERR] {
            driver.set(VIRTIO_MMIO_QUEUE_SEL, queue.into());
            driver.set_up(queue, 64);
        }
        // No queue has these numbers.
        for queue in [10, 11, 1 << 16 | u32::from(STDOUT), u32::MAX] {
            driver.set(VIRTIO_MMIO_QUEUE_SEL, queue);
            assert_eq!(driver.get(VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
            driver.set(VIRTIO_MMIO_QUEUE_DESC_LOW, 0);
            driver.set(VIRTIO_MMIO_QUEUE_READY, 1);
            assert_eq!(driver.get(VIRTIO_MMIO_QUEUE_READY), 0);
            driver.set(VIRTIO_MMIO_QUEUE_READY, 0);
        }
        let all = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
        driver.set(VIRTIO_MMIO_STATUS, all);
        assert!(driver.is_served(STDOUT) && driver.is_served(STDERR));
        assert_eq!(driver.used_chain(STDOUT, 0), (0, 0));
    });
}

#[test]
fn a_queue_that_is_taken_back_is_not_touched() {
    within_deadline(|| {
        let mut driver = console();
        assert!(driver.is_served(STDOUT));
        driver.set(VIRTIO_MMIO_QUEUE_SEL, STDOUT.into());
        driver.set(VIRTIO_MMIO_QUEUE_READY, 0);
        assert!(!driver.is_ready(STDOUT));
        let before = driver.bytes(table(STDOUT).0, 0xe00);
        driver.notify(STDOUT);
        assert_eq!(driver.bytes(table(STDOUT).0, 0xe00), before);
        assert!(!driver.is_served(STDOUT));
        driver.boot();
        assert!(driver.is_served(STDOUT));
    });
}
