//! What every device is: the life that the registers lead it through.
//!
//! 1. Idle, until the driver has set up its queues.
//! 2. [`Device::activate`]: it gets guest memory, the queues, the features that the driver has chosen, and its interrupt line.
//! 3. [`Device::notify`]: the driver has put something into a queue.
//! 4. [`Device::reset`]: idle again. The driver may have given the queues' memory to somebody else, so when this has returned,
//!    nothing of the device touches guest memory any more: no thread of it either.
//!
//! Read next: [`super::virtio_mmio`], which calls these; [`super::block`], the plainest device.

use std::fmt::Debug;

use virtio_queue::Queue;
use vm_memory::GuestMemoryMmap;

use super::chain::Malformed;
use super::line::Line;

/// A virtio device behind its registers.
pub trait Device: Debug + Send {
    /// Its type, as virtio 1.2 numbers them in section 5.
    fn device_type(&self) -> u32;

    /// The feature bits that it offers.
    fn features(&self) -> u64;

    /// How many queues it has, and how many entries each has at most: powers of two.
    fn queue_sizes(&self) -> &[u16];

    /// The guest reads the configuration space. What lies beyond its end is zeros: see [`read_bytes`].
    fn read_config(&self, offset: u64, data: &mut [u8]);

    /// The guest writes to the configuration space. Few devices have a field there that can be written.
    fn write_config(&mut self, _offset: u64, _data: &[u8]) {}

    /// A number that changes whenever the device changes its configuration. Few devices ever do.
    fn config_generation(&self) -> u32 {
        0
    }

    /// The driver is ready, and has chosen these of the features.
    fn activate(&mut self, activation: Activation);

    /// The driver has put something into this queue, or only says so: any number may come, at any time.
    ///
    /// # Errors
    /// When the driver has broken the protocol. The device is not notified again until a reset.
    fn notify(&mut self, queue: u16) -> Result<(), DriverError>;

    /// The driver takes everything back.
    fn reset(&mut self);
}

/// What a device works with from the driver's DRIVER_OK until a reset.
#[derive(Debug)]
pub struct Activation {
    /// Guest RAM.
    pub memory: GuestMemoryMmap,
    /// As many as [`Device::queue_sizes`] says; None where the driver hasn't set one up. Their addresses have been checked.
    pub queues: Vec<Option<Queue>>,
    /// What the driver has chosen of the features that were offered.
    pub features: u64,
    /// How to tell the driver that there is something in a used ring.
    pub line: Line,
}

/// How a driver has broken the protocol. The device stops; only a reset gets it going again.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// More requests are said to be available than fit the queue, or the rings aren't in memory.
    #[error("the rings of the queue are unusable: {0}")]
    Rings(virtio_queue::Error),
    /// A chain isn't a request.
    #[error("a chain of descriptors isn't a request: {0}")]
    Chain(#[from] Malformed),
    /// The status byte isn't in guest memory.
    #[error("the status lies outside of memory: {0}")]
    Status(vm_memory::GuestMemoryError),
}

/// Reads `data.len()` bytes of a configuration space, and zeros behind its end.
pub fn read_bytes(config: &[u8], offset: u64, data: &mut [u8]) {
    for (index, byte) in data.iter_mut().enumerate() {
        let position = usize::try_from(offset)
            .ok()
            .and_then(|offset| offset.checked_add(index));
        *byte = position
            .and_then(|position| config.get(position))
            .copied()
            .unwrap_or(0);
    }
}
