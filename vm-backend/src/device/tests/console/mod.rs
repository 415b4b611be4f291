//! The console, by a driver that keeps to the protocol.

mod hostile;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;

use super::driver::{Driver, eventually, within_deadline};
use super::*;
use crate::device::console::control::*;
use crate::device::console::{Console, Streams};

/// Numbers of queues.
const TO_CONTROL: u16 = 2;
const FROM_CONTROL: u16 = 3;
const TO_STDIN: u16 = 4;
const FROM_STDOUT: u16 = 7;
const FROM_STDERR: u16 = 9;

/// Buffers of the queues to the driver: so many, so long, from here on.
const BUFFERS: u16 = 8;
const BUFFER_BYTES: u32 = 64;
const CONTROL_BUFFERS: u64 = 0x1_8000;
const STDIN_BUFFERS: u64 = 0x2_0000;

/// The host's side of the console.
struct Host {
    stdin: Option<File>,
    /// What the device reads, for looking what it has left.
    unread: File,
    stdout: File,
    stderr: File,
}

/// A console whose streams are pipes.
fn console(show_kernel: bool) -> (Driver<Console>, Host) {
    let pipe = || {
        let (reader, writer) = std::io::pipe().unwrap();
        let file = |end: OwnedFd| File::from(end);
        (file(reader.into()), file(writer.into()))
    };
    let (input, stdin) = pipe();
    let unread = input.try_clone().unwrap();
    let (stdout, output) = pipe();
    let (stderr, error) = pipe();
    let streams = Streams {
        input,
        output,
        error,
        show_kernel,
    };
    let host = Host {
        stdin: Some(stdin),
        unread,
        stdout,
        stderr,
    };
    (Driver::new(Console::start(streams).unwrap()), host)
}

impl Driver<Console> {
    /// Sends a control message.
    fn tell(&mut self, port: u32, event: u16, value: u16) {
        let number = u64::from(port) | u64::from(event) << 32 | u64::from(value) << 48;
        self.memory.write_obj(number, GuestAddress(DATA)).unwrap();
        self.submit(FROM_CONTROL, 0, &[(DATA, 8, false)]);
    }

    /// Offers all buffers of a queue to the driver.
    fn offer_buffers(&mut self, queue: u16, start: u64) {
        for index in 0..BUFFERS {
            let address = start + u64::from(index) * u64::from(BUFFER_BYTES);
            self.submit(queue, index, &[(address, BUFFER_BYTES, true)]);
        }
    }

    /// What the device has put into the buffers.
    fn received(&mut self, queue: u16, start: u64) -> Vec<Vec<u8>> {
        (0..self.used(queue))
            .map(|index| {
                let (head, length) = self.used_chain(queue, index);
                let address = start + u64::from(head) * u64::from(BUFFER_BYTES);
                self.bytes(address, length as usize)
            })
            .collect()
    }

    /// Messages from the device: port, event, value, name.
    fn told(&mut self) -> Vec<(u32, u16, u16, String)> {
        let messages = self.received(TO_CONTROL, CONTROL_BUFFERS);
        let take_apart = |message: Vec<u8>| {
            let number = u64::from_le_bytes(*message.first_chunk().unwrap());
            let name = String::from_utf8(message[8..].to_vec()).unwrap();
            (
                number as u32,
                (number >> 32) as u16,
                (number >> 48) as u16,
                name,
            )
        };
        messages.into_iter().map(take_apart).collect()
    }

    /// A program in the guest opens stdin.
    fn open_stdin(&mut self) {
        self.offer_buffers(TO_CONTROL, CONTROL_BUFFERS);
        self.offer_buffers(TO_STDIN, STDIN_BUFFERS);
        self.tell(STDIN as u32, PORT_READY, 1);
        self.tell(STDIN as u32, PORT_OPEN, 1);
    }

    /// Writes to a port.
    fn print(&mut self, queue: u16, bytes: &[u8]) {
        self.memory.write_slice(bytes, GuestAddress(DATA)).unwrap();
        self.submit(queue, 0, &[(DATA, bytes.len() as u32, false)]);
    }
}

#[test]
fn the_device_is_a_console_with_four_ports() {
    within_deadline(|| {
        let (mut driver, _host) = console(false);
        assert_eq!(driver.get(VIRTIO_MMIO_DEVICE_ID), 3);
        let sizes: Vec<u32> = (0..11)
            .map(|queue| {
                driver.set(VIRTIO_MMIO_QUEUE_SEL, queue);
                driver.get(VIRTIO_MMIO_QUEUE_NUM_MAX)
            })
            .collect();
        assert_eq!(sizes, [16, 64, 16, 64, 16, 64, 16, 64, 16, 64, 0]);
        assert_eq!(driver.get(VIRTIO_MMIO_CONFIG + 4), 4);
        // A field can be read by halves.
        let mut half = [0xff; 2];
        driver.registers.read(0x104, &mut half);
        assert_eq!(half, [4, 0]);
    });
}

#[test]
fn ports_are_announced_as_soon_as_there_is_room() {
    within_deadline(|| {
        let (mut driver, _host) = console(false);
        driver.tell(0, DEVICE_READY, 1);
        assert_eq!(driver.told(), []);
        driver.offer_buffers(TO_CONTROL, CONTROL_BUFFERS);
        let added = |port| (port, DEVICE_ADD, 1, String::new());
        assert_eq!(driver.told(), [0, 1, 2, 3].map(added));
        driver.tell(0, PORT_READY, 1);
        driver.tell(3, PORT_READY, 1);
        let introduced = [
            (0, CONSOLE_PORT, 1, String::new()),
            (3, PORT_OPEN, 1, String::new()),
            (3, PORT_NAME, 1, "stderr".to_owned()),
        ];
        assert_eq!(driver.told()[4..], introduced);
        assert!(driver.interrupt.read().unwrap() > 0);
        assert_eq!(driver.get(VIRTIO_MMIO_INTERRUPT_STATUS), 1);
    });
}

#[test]
fn output_goes_where_it_belongs() {
    within_deadline(|| {
        let (mut driver, mut host) = console(true);
        driver.print(1, b"[    0.000000] Linux version\n");
        driver.print(FROM_STDOUT, b"result\n");
        driver.print(FROM_STDERR, b"complaint\n");
        // Nobody can write to stdin.
        driver.print(5, b"nothing\n");
        assert_eq!(
            [1, 5, FROM_STDOUT, FROM_STDERR].map(|queue| driver.used(queue)),
            [1; 4]
        );
        let log = driver.registers.device().log();
        drop(driver);
        let read = |file: &mut File| {
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            text
        };
        let linux = "[    0.000000] Linux version\n";
        assert_eq!(read(&mut host.stdout), "result\n");
        assert_eq!(read(&mut host.stderr), format!("{linux}complaint\n"));
        assert_eq!(log.last_lines(), linux);
    });
}

#[test]
fn long_output_in_many_pieces_arrives_whole() {
    within_deadline(|| {
        let (mut driver, mut host) = console(false);
        let content: Vec<u8> = (0..0x1_8000u32)
            .map(|number| (number % 251) as u8)
            .collect();
        driver
            .memory
            .write_slice(&content, GuestAddress(DATA))
            .unwrap();
        let expected = content.clone();
        let reader = std::thread::spawn(move || {
            let mut all = Vec::new();
            host.stdout.read_to_end(&mut all).unwrap();
            assert!(all == expected);
        });
        let mut pieces = Vec::new();
        let mut position = 0;
        for length in [1, 0, 4095, 32768, 1, 32767, 0, 28672] {
            pieces.push((DATA + position, length, false));
            position += u64::from(length);
        }
        assert_eq!(position, content.len() as u64);
        driver.submit(FROM_STDOUT, 0, &pieces);
        assert_eq!(driver.used_chain(FROM_STDOUT, 0), (0, 0));
        drop(driver);
        reader.join().unwrap();
    });
}

#[test]
fn a_reader_that_has_gone_does_not_stop_the_guest() {
    within_deadline(|| {
        let (mut driver, host) = console(false);
        drop(host);
        driver.print(FROM_STDOUT, b"nobody reads this\n");
        assert_eq!(driver.used(FROM_STDOUT), 1);
        assert!(!driver.needs_reset());
    });
}

#[test]
fn input_is_delivered_and_its_end_is_told_after_it() {
    within_deadline(|| {
        let (mut driver, mut host) = console(false);
        driver.open_stdin();
        host.stdin.as_mut().unwrap().write_all(b"hello").unwrap();
        eventually(|| driver.used(TO_STDIN) == 1);
        // More than a buffer holds, and more than all of them: the rest comes when there is room again.
        let long: Vec<u8> = (0..1000u32).map(|number| number as u8).collect();
        host.stdin.take().unwrap().write_all(&long).unwrap();
        eventually(|| driver.used(TO_STDIN) == BUFFERS);
        assert_eq!(driver.told().len(), 2);
        let mut all = driver.received(TO_STDIN, STDIN_BUFFERS).concat();
        driver.offer_buffers(TO_STDIN, STDIN_BUFFERS);
        for index in BUFFERS..BUFFERS * 2 {
            let (head, length) = driver.used_chain(TO_STDIN, index);
            let address = STDIN_BUFFERS + u64::from(head * BUFFER_BYTES);
            all.extend(driver.bytes(address, length as usize));
        }
        let more = long.len() + 5 - all.len();
        driver.offer_buffers(TO_STDIN, STDIN_BUFFERS);
        eventually(|| driver.told().len() == 3);
        assert_eq!(driver.told()[2], (1, PORT_OPEN, 0, String::new()));
        assert_eq!(
            driver.used(TO_STDIN),
            BUFFERS * 2 + more.div_ceil(64) as u16
        );
        assert_eq!(all[..5], *b"hello");
        assert_eq!(all[5..], long[..long.len() - more]);
        assert!(driver.interrupt.read().unwrap() > 0);
    });
}

#[test]
fn nothing_is_read_that_nobody_in_the_guest_wants() {
    within_deadline(|| {
        let (mut driver, mut host) = console(false);
        host.stdin.take().unwrap().write_all(b"input").unwrap();
        driver.offer_buffers(TO_CONTROL, CONTROL_BUFFERS);
        driver.offer_buffers(TO_STDIN, STDIN_BUFFERS);
        driver.tell(STDIN as u32, PORT_READY, 1);
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert_eq!((driver.used(TO_STDIN), driver.told().len()), (0, 2));
        drop(driver);
        let mut left = String::new();
        host.unread.read_to_string(&mut left).unwrap();
        assert_eq!(left, "input");
    });
}

#[test]
fn a_device_that_waits_for_input_goes_at_once() {
    within_deadline(|| {
        for opens in [false, true] {
            let (mut driver, _host) = console(false);
            if opens {
                driver.open_stdin();
            }
            drop(driver);
        }
    });
}

#[test]
fn after_a_reset_everything_begins_anew_and_no_input_is_lost() {
    within_deadline(|| {
        let (mut driver, mut host) = console(false);
        driver.open_stdin();
        driver.boot();
        assert_eq!(driver.used(TO_STDIN), 0);
        host.stdin.take().unwrap().write_all(b"input").unwrap();
        driver.open_stdin();
        eventually(|| driver.told().len() == 3);
        assert_eq!(driver.received(TO_STDIN, STDIN_BUFFERS), [b"input"]);
        // The end is told to the next driver, too.
        driver.boot();
        driver.open_stdin();
        eventually(|| driver.told().len() == 3);
        assert_eq!(driver.told()[2], (1, PORT_OPEN, 0, String::new()));
        assert_eq!(driver.used(TO_STDIN), 0);
    });
}
