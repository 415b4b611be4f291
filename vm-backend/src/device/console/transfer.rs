//! Bytes between the console's queues and the host's streams.
//!
//! Everything here is done under the lock of the device, by the vCPU that notifies or by the thread that has read input.

use std::io;

use virtio_queue::{Queue, QueueT};
use vm_memory::GuestMemoryMmap;

use super::control::{Control, Purpose, STDIN};
use super::output::Output;
use crate::device::bytes;
use crate::device::lifecycle::{Activation, DriverError};
use crate::device::line::Line;

/// What changes while the device lives.
#[derive(Debug)]
pub struct Transfer {
    /// What it works with, from the driver's DRIVER_OK until a reset, or until the driver breaks the protocol.
    active: Option<Active>,
    /// What the two sides have told each other since then.
    control: Control,
    /// Where output goes.
    output: Output,
    /// What has been read and not delivered. A reset doesn't lose it.
    input: Vec<u8>,
    /// Nothing more can be read.
    input_has_ended: bool,
    /// What the thread that reads does.
    pub reader: Reader,
}

/// The state of the thread that reads input.
#[derive(Debug, Default)]
pub struct Reader {
    /// It waits for input. Else it has to be woken when some is wanted.
    pub is_watching: bool,
    /// It is in read(2). Written by the thread.
    pub is_reading: bool,
    /// It must touch nothing more, and end. Written by the device, once.
    pub must_end: bool,
}

/// What a working device has been given.
#[derive(Debug)]
struct Active {
    /// Guest RAM.
    memory: GuestMemoryMmap,
    /// By number; None: not set up by the driver.
    queues: Vec<Option<Queue>>,
    /// How the driver learns of news.
    line: Line,
}

impl Active {
    fn queue(&mut self, purpose: Purpose) -> Option<(&GuestMemoryMmap, &mut Queue)> {
        let queue = self.queues.get_mut(purpose.queue())?.as_mut()?;
        Some((&self.memory, queue))
    }
}

impl Transfer {
    /// Idle.
    pub fn new(output: Output) -> Self {
        Self {
            active: None,
            control: Control::default(),
            output,
            input: Vec::new(),
            input_has_ended: false,
            reader: Reader::default(),
        }
    }

    /// See `Device::activate`.
    pub fn activate(&mut self, activation: Activation) {
        self.active = Some(Active {
            memory: activation.memory,
            queues: activation.queues,
            line: activation.line,
        });
    }

    /// See `Device::reset`.
    pub fn reset(&mut self) {
        self.active = None;
        self.control = Control::default();
    }

    /// The driver has put something into a queue.
    pub fn notify(&mut self, queue: u16) -> Result<(), DriverError> {
        self.work(|transfer, active| match Purpose::of(queue) {
            purpose @ Purpose::FromPort(port) => {
                let Some((memory, queue)) = active.queue(purpose) else {
                    return Ok(false);
                };
                let taken = bytes::receive(memory, queue, |part| transfer.output.write(port, part));
                Ok(taken? > 0)
            }
            Purpose::FromControl => {
                let taken = transfer.receive_control(active)?;
                // An answer may have been waiting for it, and input for the port that is open now.
                Ok(transfer.deliver(active)? || taken)
            }
            Purpose::ToControl | Purpose::ToPort(STDIN) => transfer.deliver(active),
            // Nothing is ever sent there.
            Purpose::ToPort(_) => Ok(false),
        })
    }

    /// Whether it is time to read: somebody waits, there is room, and nothing that was read before is left.
    pub fn wants_input(&mut self) -> bool {
        let is_wanted = self.control.is_input_wanted();
        let is_empty = self.input.is_empty() && !self.input_has_ended;
        let room = self
            .active
            .as_mut()
            .and_then(|active| active.queue(Purpose::ToPort(STDIN)))
            .is_some_and(|(memory, queue)| bytes::has_chain(memory, queue));
        is_wanted && is_empty && room
    }

    /// The thread has read this much: nothing, at the end.
    pub fn take_input(&mut self, read: io::Result<&[u8]>) {
        match read {
            Ok([]) => self.input_has_ended = true,
            Ok(input) => self.input.extend_from_slice(input),
            Err(error) if is_temporary(&error) => return,
            Err(_) => self.input_has_ended = true,
        }
        let line = self.active.as_ref().map(|active| active.line.clone());
        if let Err(error) = self.work(Self::deliver)
            && let Some(line) = line
        {
            line.fail(error);
        }
    }

    /// Does something that may put chains into used rings, and tells the driver if it did.
    fn work(
        &mut self,
        work: impl FnOnce(&mut Self, &mut Active) -> Result<bool, DriverError>,
    ) -> Result<(), DriverError> {
        // Moved out while in use, and not put back when the driver has broken the protocol.
        if let Some(mut active) = self.active.take() {
            if work(self, &mut active)? {
                active.line.raise();
            }
            self.active = Some(active);
        }
        Ok(())
    }

    fn receive_control(&mut self, active: &mut Active) -> Result<bool, DriverError> {
        let Some((memory, queue)) = active.queue(Purpose::FromControl) else {
            return Ok(false);
        };
        let taken = bytes::receive(memory, queue, |message| self.control.receive(message))?;
        Ok(taken > 0)
    }

    /// Sends what there is to send, as far as the driver has offered room.
    fn deliver(&mut self, active: &mut Active) -> Result<bool, DriverError> {
        let sent = self.deliver_input(active)?;
        // The end is told when all input has gone before.
        if self.input_has_ended && self.input.is_empty() {
            self.control.close_input();
        }
        Ok(self.deliver_control(active)? || sent)
    }

    fn deliver_input(&mut self, active: &mut Active) -> Result<bool, DriverError> {
        let mut sent = false;
        if let Some((memory, queue)) = active.queue(Purpose::ToPort(STDIN)) {
            // A driver can offer empty chains for ever; not for longer than this.
            for _ in 0..queue.size() {
                if self.input.is_empty() || !self.control.is_input_wanted() {
                    break;
                }
                let Some(count) = bytes::send(memory, queue, &self.input)? else {
                    break;
                };
                self.input.drain(..count);
                sent = true;
            }
        }
        Ok(sent)
    }

    fn deliver_control(&mut self, active: &mut Active) -> Result<bool, DriverError> {
        let mut sent = false;
        if let Some((memory, queue)) = active.queue(Purpose::ToControl) {
            while let Some(message) = self.control.next() {
                // One that is too long for its chain is cut: the driver has been told how long they are.
                if bytes::send(memory, queue, message)?.is_none() {
                    break;
                }
                self.control.told();
                sent = true;
            }
        }
        Ok(sent)
    }
}

/// Trying again may help.
fn is_temporary(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
    )
}
