//! A balloon: a device that takes memory. What the guest puts into it is the host's until it is let out again.
//!
//! A kernel can't be told that there is less memory than it has found at its start, but it can be asked not to use it. The device
//! says how many pages it wants to hold. The driver allocates as many, as any other part of the kernel would, and lists them:
//! nobody else in the guest gets them then. To let out, the driver says so, and frees them.
//!
//! 1. The host changes the *wanted* number ([`gauge`]), which is a field of the configuration space, and interrupts the driver.
//! 2. The driver inflates or deflates: each message in one of the two queues lists pages, by number ([`pages`]).
//! 3. Pages that come in go back to the host at once. If anybody looks at them later they are zeros, and cost memory again; so
//!    nothing is to be done when they go out.
//! 4. The driver writes the number that the device *holds* now into the configuration space.
//!
//! **It is an agreement, not a wall.** A guest that doesn't inflate, or uses what it has given away, gets the memory anyway: it
//! never gets more than the VM was made with, and that is the limit for a hostile one. DEFLATE_ON_OOM isn't offered: with it a
//! guest that runs short would help itself, and the agreement would be none.
//!
//! Simplified: two queues of five. Production balloons also ask for the guest's statistics, to decide how much to take, and for hints which
//! pages are free anyway. The host's huge pages are split by what is taken page by page.
//!
//! Read next: virtio 1.2, 5.5; `linux/growth.rs` for who changes the number; Linux' drivers/virtio/virtio_balloon.c.

pub mod gauge;
pub mod pages;

use virtio_bindings::virtio_config::VIRTIO_F_VERSION_1;
use virtio_bindings::virtio_ids::VIRTIO_ID_BALLOON;
use virtio_queue::{Queue, QueueT};
use vm_memory::GuestMemoryMmap;

pub use gauge::BalloonGauge;

use super::bytes;
use super::lifecycle::{Activation, Device, DriverError, read_bytes};

/// Inflating is queue 0, deflating queue 1. Linux has one message on its way.
const QUEUE_SIZES: &[u16] = &[8, 8];
const INFLATE: u16 = 0;

/// The device.
#[derive(Debug)]
pub struct Balloon {
    /// Its configuration space, which the host reads and changes too.
    gauge: BalloonGauge,
    /// From the driver's DRIVER_OK until a reset, or until the driver breaks the protocol.
    active: Option<Activation>,
}

impl Balloon {
    /// An idle device that holds nothing.
    #[must_use]
    pub fn new(gauge: BalloonGauge) -> Self {
        Self {
            gauge,
            active: None,
        }
    }
}

/// Takes what is in a queue, at most a queue full. Returns how many messages.
fn serve(memory: &GuestMemoryMmap, queue: &mut Queue, inflates: bool) -> Result<u16, DriverError> {
    let mut taken = 0;
    while taken < queue.size()
        && bytes::receive_one(memory, queue, pages::MOST_BYTES, |message| {
            let numbers = pages::numbers(message)?;
            if inflates {
                pages::take_back(memory, numbers);
            }
            Ok(())
        })?
    {
        taken += 1;
    }
    Ok(taken)
}

impl Device for Balloon {
    fn device_type(&self) -> u32 {
        VIRTIO_ID_BALLOON
    }

    fn features(&self) -> u64 {
        1 << VIRTIO_F_VERSION_1
    }

    fn queue_sizes(&self) -> &[u16] {
        QUEUE_SIZES
    }

    fn read_config(&self, offset: u64, data: &mut [u8]) {
        read_bytes(&self.gauge.config(), offset, data);
    }

    fn write_config(&mut self, offset: u64, data: &[u8]) {
        self.gauge.write_config(offset, data);
    }

    fn config_generation(&self) -> u32 {
        self.gauge.generation()
    }

    fn activate(&mut self, activation: Activation) {
        self.gauge.connect(activation.line.clone());
        self.active = Some(activation);
    }

    fn notify(&mut self, queue: u16) -> Result<(), DriverError> {
        // Moved out while in use, and not put back when the driver has broken the protocol.
        let Some(mut active) = self.active.take() else {
            return Ok(());
        };
        if let Some(Some(pages)) = active.queues.get_mut(usize::from(queue))
            && serve(&active.memory, pages, queue == INFLATE)? > 0
        {
            active.line.raise();
        }
        self.active = Some(active);
        Ok(())
    }

    /// What it held is the guest's again.
    fn reset(&mut self) {
        self.gauge.disconnect();
        self.active = None;
    }
}
