//! A source of randomness: virtio-rng, the simplest of all devices.
//!
//! A kernel that has just started has nothing that couldn't be guessed, and programs that ask for random numbers (getrandom(2)) may
//! have to wait until it has. The host has plenty: the driver offers empty buffers, the device fills them.
//!
//! The host's source is opened when the device is made: afterwards the VMM can't open files any more.
//!
//! Read next: virtio 1.2, 5.4; random(4); [`super::bytes`].

use std::fs::File;
use std::io::{self, Read};

use virtio_bindings::virtio_config::VIRTIO_F_VERSION_1;
use virtio_bindings::virtio_ids::VIRTIO_ID_RNG;
use virtio_queue::{Queue, QueueT};

use super::bytes;
use super::lifecycle::{Activation, Device, DriverError};

/// Entries of the queue. Linux uses one.
const QUEUE_SIZE: u16 = 8;
/// How much a buffer is filled at most: what Linux asks for at once.
const PART_BYTES: usize = 64;

/// The device.
#[derive(Debug)]
pub struct Rng {
    /// Never ends, never waits.
    source: File,
    /// From the driver's DRIVER_OK until a reset, or until the driver breaks the protocol.
    active: Option<(Activation, Queue)>,
}

impl Rng {
    /// An idle device.
    ///
    /// # Errors
    /// When the host has no /dev/urandom.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            source: File::open("/dev/urandom")?,
            active: None,
        })
    }

    /// Fills what is offered, at most a queue full. Returns how many buffers.
    fn fill(&mut self, activation: &Activation, queue: &mut Queue) -> Result<u16, DriverError> {
        let mut random = [0; PART_BYTES];
        let mut filled = 0;
        while filled < queue.size() && bytes::has_chain(&activation.memory, queue) {
            // Without randomness no answer: better no number than one that can be guessed.
            if self.source.read_exact(&mut random).is_err() {
                break;
            }
            bytes::send(&activation.memory, queue, &random)?;
            filled += 1;
        }
        Ok(filled)
    }
}

impl Device for Rng {
    fn device_type(&self) -> u32 {
        VIRTIO_ID_RNG
    }

    fn features(&self) -> u64 {
        1 << VIRTIO_F_VERSION_1
    }

    fn queue_sizes(&self) -> &[u16] {
        &[QUEUE_SIZE]
    }

    /// It has none.
    fn read_config(&self, _offset: u64, data: &mut [u8]) {
        data.fill(0);
    }

    fn activate(&mut self, mut activation: Activation) {
        let queue = activation.queues.pop().flatten();
        self.active = queue.map(|queue| (activation, queue));
    }

    fn notify(&mut self, queue: u16) -> Result<(), DriverError> {
        // Moved out while in use, and not put back when the driver has broken the protocol.
        if queue == 0
            && let Some((activation, mut queue)) = self.active.take()
        {
            if self.fill(&activation, &mut queue)? > 0 {
                activation.line.raise();
            }
            self.active = Some((activation, queue));
        }
        Ok(())
    }

    fn reset(&mut self) {
        self.active = None;
    }
}
