//! Which ports a console has, and the messages about them.
//!
//! Port 0 has queues 0 and 1, control has 2 and 3, port 1 has 4 and 5, and so on: first the one to the driver, then the one from it.
//! A message is `port (4) event (2) value (2)`, and for a name the name. The conversation is:
//!
//! | driver | device |
//! |---|---|
//! | DEVICE_READY 1 | DEVICE_ADD for each port |
//! | PORT_READY 1 | CONSOLE_PORT 1 for the console; for the others PORT_OPEN 1, then PORT_NAME |
//! | PORT_OPEN 1 or 0: a program has opened or closed the port | |
//! | | PORT_OPEN 0: no more input |
//!
//! The name comes last: whoever finds a port by its name in /sys/class/virtio-ports finds it open. Reading from a port that isn't
//! open yet would look like the end of the file.
//!
//! Read next: virtio 1.2, 5.3.6.2.

use std::collections::VecDeque;

/// The ports by number: their names. The console has none.
pub const PORTS: [Option<&str>; 4] = [None, Some("stdin"), Some("stdout"), Some("stderr")];
/// Where the kernel prints.
pub const CONSOLE: usize = 0;
/// Where the guest reads.
pub const STDIN: usize = 1;
/// Where the program's results go.
pub const STDOUT: usize = 2;
/// Where its messages go.
pub const STDERR: usize = 3;

/// The driver has set up the device.
pub const DEVICE_READY: u16 = 0;
/// There is a port.
pub const DEVICE_ADD: u16 = 1;
/// The driver has set up a port.
pub const PORT_READY: u16 = 3;
/// The port is a console.
pub const CONSOLE_PORT: u16 = 4;
/// Somebody on the sender's side has opened (1) or closed (0) the port.
pub const PORT_OPEN: u16 = 6;
/// The port's name follows.
pub const PORT_NAME: u16 = 7;

/// Messages that wait for a driver that takes none. A proper one never lets more than a dozen wait; beyond this they are dropped.
const MOST_MESSAGES: usize = 64;

/// What a queue is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Bytes to a port's reader in the guest.
    ToPort(usize),
    /// Bytes from a port's writer in the guest.
    FromPort(usize),
    /// Control messages to the driver.
    ToControl,
    /// Control messages from the driver.
    FromControl,
}

impl Purpose {
    /// What the queue with this number is for.
    #[must_use]
    pub fn of(queue: u16) -> Self {
        let (pair, is_from_driver) = (usize::from(queue / 2), queue % 2 == 1);
        match (pair, is_from_driver) {
            (0, false) => Self::ToPort(0),
            (0, true) => Self::FromPort(0),
            (1, false) => Self::ToControl,
            (1, true) => Self::FromControl,
            (_, false) => Self::ToPort(pair - 1),
            (_, true) => Self::FromPort(pair - 1),
        }
    }

    /// The number of the queue.
    #[must_use]
    pub fn queue(self) -> usize {
        match self {
            Self::ToControl => 2,
            Self::FromControl => 3,
            Self::ToPort(0) => 0,
            Self::FromPort(0) => 1,
            Self::ToPort(port) => 2 * (port + 1),
            Self::FromPort(port) => 2 * (port + 1) + 1,
        }
    }
}

/// What the two sides have told each other.
#[derive(Debug, Default)]
pub struct Control {
    /// Ports that a program in the guest has opened.
    opened_by_guest: [bool; PORTS.len()],
    /// Whether the driver believes that there may be more input.
    input_is_open: bool,
    /// What the driver hasn't been told yet, for want of buffers.
    messages: VecDeque<Vec<u8>>,
}

impl Control {
    /// Takes a message from the driver. What makes no sense has no effect.
    pub fn receive(&mut self, message: &[u8]) {
        let Some(message) = message.first_chunk::<8>() else {
            return;
        };
        let number = u64::from_le_bytes(*message);
        let (port, event, value) = (number as u32, (number >> 32) as u16, (number >> 48) as u16);
        let port = usize::try_from(port).unwrap_or(usize::MAX);
        match (event, value) {
            (DEVICE_READY, 1) => {
                for port in 0..PORTS.len() {
                    self.tell(port, DEVICE_ADD, 1, "");
                }
            }
            (PORT_READY, 1) => self.introduce(port),
            (PORT_OPEN, _) => {
                if let Some(is_open) = self.opened_by_guest.get_mut(port) {
                    *is_open = value == 1;
                }
            }
            _ => {}
        }
    }

    /// Whether a program in the guest waits for input, or will.
    #[must_use]
    pub fn is_input_wanted(&self) -> bool {
        self.opened_by_guest[STDIN] && self.input_is_open
    }

    /// There is no more input.
    pub fn close_input(&mut self) {
        if self.input_is_open {
            self.input_is_open = false;
            self.tell(STDIN, PORT_OPEN, 0, "");
        }
    }

    /// The next message for the driver.
    #[must_use]
    pub fn next(&self) -> Option<&[u8]> {
        self.messages.front().map(Vec::as_slice)
    }

    /// It has got that one.
    pub fn told(&mut self) {
        self.messages.pop_front();
    }

    /// Tells the driver what a port is.
    fn introduce(&mut self, port: usize) {
        match PORTS.get(port) {
            Some(None) => self.tell(port, CONSOLE_PORT, 1, ""),
            Some(Some(name)) => {
                self.input_is_open |= port == STDIN;
                self.tell(port, PORT_OPEN, 1, "");
                self.tell(port, PORT_NAME, 1, name);
            }
            None => {}
        }
    }

    fn tell(&mut self, port: usize, event: u16, value: u16, name: &str) {
        if self.messages.len() < MOST_MESSAGES {
            let header = port as u64 | u64::from(event) << 32 | u64::from(value) << 48;
            let message = [&header.to_le_bytes(), name.as_bytes()].concat();
            self.messages.push_back(message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(port: u32, event: u16, value: u16) -> [u8; 8] {
        let number = u64::from(port) | u64::from(event) << 32 | u64::from(value) << 48;
        number.to_le_bytes()
    }

    fn told(control: &mut Control) -> Vec<Vec<u8>> {
        let all = control.messages.iter().cloned().collect();
        control.messages.clear();
        all
    }

    #[test]
    fn a_queue_number_and_its_purpose_belong_together() {
        for queue in 0..2 * (PORTS.len() as u16 + 1) {
            assert_eq!(Purpose::of(queue).queue(), usize::from(queue));
        }
        assert_eq!(Purpose::of(3), Purpose::FromControl);
        assert_eq!(Purpose::of(4), Purpose::ToPort(STDIN));
        assert_eq!(Purpose::of(7), Purpose::FromPort(STDOUT));
    }

    #[test]
    fn ports_are_announced_and_then_introduced() {
        let mut control = Control::default();
        control.receive(&message(0, DEVICE_READY, 1));
        let announced: Vec<_> = (0..4).map(|port| message(port, DEVICE_ADD, 1)).collect();
        assert_eq!(told(&mut control), announced);
        control.receive(&message(0, PORT_READY, 1));
        assert_eq!(told(&mut control), [message(0, CONSOLE_PORT, 1)]);
        control.receive(&message(2, PORT_READY, 1));
        let mut name = message(2, PORT_NAME, 1).to_vec();
        name.extend(b"stdout");
        assert_eq!(
            told(&mut control),
            [message(2, PORT_OPEN, 1).to_vec(), name]
        );
    }

    #[test]
    fn input_is_wanted_while_both_sides_have_it_open() {
        let mut control = Control::default();
        control.receive(&message(1, PORT_OPEN, 1));
        assert!(!control.is_input_wanted());
        control.receive(&message(1, PORT_READY, 1));
        assert!(control.is_input_wanted());
        control.receive(&message(1, PORT_OPEN, 0));
        assert!(!control.is_input_wanted());
        control.receive(&message(1, PORT_OPEN, 1));
        told(&mut control);
        control.close_input();
        control.close_input();
        assert!(!control.is_input_wanted());
        assert_eq!(told(&mut control), [message(1, PORT_OPEN, 0)]);
    }

    #[test]
    fn nonsense_has_no_effect() {
        let mut control = Control::default();
        for length in 0..8 {
            control.receive(&message(0, DEVICE_READY, 1)[..length]);
        }
        for port in [4, 5, 1 << 31, u32::MAX] {
            for event in 1..10 {
                control.receive(&message(port, event, 1));
            }
        }
        for event in [DEVICE_ADD, 2, CONSOLE_PORT, 5, PORT_NAME, 8, u16::MAX] {
            control.receive(&message(1, event, 1));
        }
        control.receive(&message(0, DEVICE_READY, 0));
        control.receive(&message(0, PORT_READY, 2));
        assert!(control.next().is_none() && !control.is_input_wanted());
    }

    #[test]
    fn a_driver_that_only_asks_makes_no_endless_list() {
        let mut control = Control::default();
        for _ in 0..1000 {
            control.receive(&message(1, PORT_READY, 1));
        }
        assert_eq!(told(&mut control).len(), MOST_MESSAGES);
    }
}
