//! The registers of the disk: virtio over MMIO, version 2.
//!
//! The guest sees a page of registers; since no RAM is behind that page, each access ends in the VMM, with an offset, a length
//! and, for a write, the value. This file is that page: one `match` for reads, one for writes.
//!
//! The driver has to go through these steps in this order (virtio 1.2, 3.1.1); a step out of order has no effect, and the
//! driver sees that when it reads the status back:
//!
//! 1. status 0: reset; 2. ACKNOWLEDGE; 3. DRIVER; 4. choose features; 5. FEATURES_OK, refused if the choice isn't one of ours;
//! 6. set up the queue; 7. DRIVER_OK: from now on QueueNotify works.
//!
//! Registers are 32 bits wide and are accessed as such. Other accesses read zeros and write nothing. Only the configuration
//! space behind them can be read with any width.
//!
//! Read next: virtio 1.2, 4.2.2 (table 4.1 is the `match`), 2.1 (status); [`super::block`] for what a notification does.

use virtio_bindings::virtio_config::{
    VIRTIO_CONFIG_S_ACKNOWLEDGE as ACKNOWLEDGE, VIRTIO_CONFIG_S_DRIVER as DRIVER,
    VIRTIO_CONFIG_S_DRIVER_OK as DRIVER_OK, VIRTIO_CONFIG_S_FAILED as FAILED,
    VIRTIO_CONFIG_S_FEATURES_OK as FEATURES_OK, VIRTIO_CONFIG_S_NEEDS_RESET as NEEDS_RESET,
    VIRTIO_F_VERSION_1,
};
use virtio_bindings::virtio_mmio::*;
use virtio_queue::{Queue, QueueState, QueueT};
use vm_memory::GuestMemoryMmap;

use super::block::{Block, DiskCounts, DriverError, QUEUE_SIZE};

/// "virt".
const MAGIC: u32 = u32::from_le_bytes(*b"virt");
/// The version without the legacy interface.
const VERSION: u32 = 2;
/// Device type 2: block device.
const DEVICE_ID: u32 = 2;
/// Who made it.
const VENDOR_ID: u32 = u32::from_le_bytes(*b"islb");

/// The status after step 3.
const FOUND: u32 = ACKNOWLEDGE | DRIVER;
/// The status after step 5.
const AGREED: u32 = FOUND | FEATURES_OK;

/// The registers, and the device behind them.
#[derive(Debug)]
pub struct VirtioMmio {
    /// The device.
    block: Block,
    /// How far driver and device have come. The driver sets bits one after the other, the device only NEEDS_RESET.
    status: u32,
    /// Which 32 of the device's feature bits are read. Written by the driver.
    device_features_page: u32,
    /// Which 32 of its own feature bits the driver writes.
    driver_features_page: u32,
    /// What the driver has chosen; fixed from FEATURES_OK on.
    driver_features: u64,
    /// Which queue is meant. Only number 0 exists.
    queue_select: u32,
    /// What the driver says about the queue: anything. Checked as a whole when it writes QueueReady, fixed from DRIVER_OK on.
    queue: QueueState,
    /// Why an interrupt would have been sent. The driver clears bits through InterruptACK.
    interrupt_status: u32,
    /// Why the device needs a reset.
    driver_error: Option<DriverError>,
}

impl VirtioMmio {
    /// Registers as after a reset.
    #[must_use]
    pub fn new(block: Block) -> Self {
        Self {
            block,
            status: 0,
            device_features_page: 0,
            driver_features_page: 0,
            driver_features: 0,
            queue_select: 0,
            queue: empty_queue(),
            interrupt_status: 0,
            driver_error: None,
        }
    }

    /// What the disk has done for the guest.
    #[must_use]
    pub fn counts(&self) -> DiskCounts {
        self.block.counts()
    }

    /// How the driver has broken the protocol, if it has.
    #[must_use]
    pub fn driver_error(&self) -> Option<&DriverError> {
        self.driver_error.as_ref()
    }

    /// The guest reads `data.len()` bytes at `offset`.
    pub fn read(&mut self, offset: u64, data: &mut [u8]) {
        if offset >= u64::from(VIRTIO_MMIO_CONFIG) {
            self.read_config(offset - u64::from(VIRTIO_MMIO_CONFIG), data);
            return;
        }
        data.fill(0);
        if let Ok(data) = <&mut [u8; 4]>::try_from(data) {
            *data = self.read_register(offset as u32).to_le_bytes();
        }
    }

    /// The guest writes `data` at `offset`. When this returns, everything that it asked for is done.
    pub fn write(&mut self, memory: &GuestMemoryMmap, offset: u64, data: &[u8]) {
        // No field of the configuration space can be written.
        if let Ok(value) = <[u8; 4]>::try_from(data)
            && offset < u64::from(VIRTIO_MMIO_CONFIG)
        {
            self.write_register(memory, offset as u32, u32::from_le_bytes(value));
        }
    }

    fn read_register(&self, offset: u32) -> u32 {
        let queue_exists = self.queue_select == 0;
        match offset {
            VIRTIO_MMIO_MAGIC_VALUE => MAGIC,
            VIRTIO_MMIO_VERSION => VERSION,
            VIRTIO_MMIO_DEVICE_ID => DEVICE_ID,
            VIRTIO_MMIO_VENDOR_ID => VENDOR_ID,
            VIRTIO_MMIO_DEVICE_FEATURES => match self.device_features_page {
                0 => self.block.features() as u32,
                1 => (self.block.features() >> 32) as u32,
                _ => 0,
            },
            VIRTIO_MMIO_QUEUE_NUM_MAX if queue_exists => u32::from(QUEUE_SIZE),
            VIRTIO_MMIO_QUEUE_READY if queue_exists => u32::from(self.queue.ready),
            VIRTIO_MMIO_INTERRUPT_STATUS => self.interrupt_status,
            VIRTIO_MMIO_STATUS => self.status,
            // The configuration never changes.
            VIRTIO_MMIO_CONFIG_GENERATION => 0,
            // Registers that are only written, and gaps.
            _ => 0,
        }
    }

    fn write_register(&mut self, memory: &GuestMemoryMmap, offset: u32, value: u32) {
        let set_up_queue = self.queue_select == 0 && self.may_set_up_queue();
        match offset {
            VIRTIO_MMIO_DEVICE_FEATURES_SEL => self.device_features_page = value,
            VIRTIO_MMIO_DRIVER_FEATURES_SEL => self.driver_features_page = value,
            VIRTIO_MMIO_DRIVER_FEATURES if self.status == FOUND => {
                self.choose_features(value);
            }
            VIRTIO_MMIO_QUEUE_SEL => self.queue_select = value,
            VIRTIO_MMIO_QUEUE_NUM if set_up_queue => {
                // A size that doesn't fit is as wrong as 0.
                self.queue.size = u16::try_from(value).unwrap_or(0);
            }
            VIRTIO_MMIO_QUEUE_DESC_LOW if set_up_queue => {
                set_low(&mut self.queue.desc_table, value)
            }
            VIRTIO_MMIO_QUEUE_DESC_HIGH if set_up_queue => {
                set_high(&mut self.queue.desc_table, value);
            }
            VIRTIO_MMIO_QUEUE_AVAIL_LOW if set_up_queue => {
                set_low(&mut self.queue.avail_ring, value);
            }
            VIRTIO_MMIO_QUEUE_AVAIL_HIGH if set_up_queue => {
                set_high(&mut self.queue.avail_ring, value);
            }
            VIRTIO_MMIO_QUEUE_USED_LOW if set_up_queue => set_low(&mut self.queue.used_ring, value),
            VIRTIO_MMIO_QUEUE_USED_HIGH if set_up_queue => {
                set_high(&mut self.queue.used_ring, value);
            }
            VIRTIO_MMIO_QUEUE_READY if self.queue_select == 0 => self.set_ready(memory, value),
            VIRTIO_MMIO_QUEUE_NOTIFY if value == 0 => self.notify(memory),
            VIRTIO_MMIO_INTERRUPT_ACK => self.interrupt_status &= !value,
            VIRTIO_MMIO_STATUS => self.set_status(memory, value),
            // Registers that are only read, gaps, and writes at the wrong time.
            _ => {}
        }
    }

    /// The capacity, then zeros.
    fn read_config(&self, offset: u64, data: &mut [u8]) {
        let config = self.block.config();
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

    fn choose_features(&mut self, value: u32) {
        match self.driver_features_page {
            0 => set_low(&mut self.driver_features, value),
            1 => set_high(&mut self.driver_features, value),
            // There are no features beyond the first 64.
            _ => {}
        }
    }

    /// Between FEATURES_OK and DRIVER_OK, and before it is declared ready.
    fn may_set_up_queue(&self) -> bool {
        self.status == AGREED && !self.queue.ready
    }

    fn set_ready(&mut self, memory: &GuestMemoryMmap, value: u32) {
        if value == 0 {
            // Allowed at any time: the device must not touch the queue any more.
            self.queue.ready = false;
            self.block.reset();
        } else if value == 1 && self.may_set_up_queue() {
            self.queue.ready = self.checked_queue(memory).is_some();
        }
    }

    /// The queue that the driver has described, if the sizes are allowed, the addresses aligned and all of it in memory.
    fn checked_queue(&self, memory: &GuestMemoryMmap) -> Option<Queue> {
        let state = QueueState {
            ready: true,
            ..self.queue
        };
        Queue::try_from(state)
            .ok()
            .filter(|queue| queue.is_valid(memory))
    }

    fn set_status(&mut self, memory: &GuestMemoryMmap, value: u32) {
        if value == 0 {
            self.reset();
            return;
        }
        // Bits that are set stay set until a reset; the device's own one is none of the driver's business.
        let new = value & !self.status & !NEEDS_RESET;
        match (self.status, new) {
            (0, ACKNOWLEDGE) | (ACKNOWLEDGE, DRIVER) => self.status |= new,
            (FOUND, FEATURES_OK) if self.accepts_features() => self.status |= new,
            (AGREED, DRIVER_OK) => {
                self.status |= new;
                self.activate(memory);
            }
            (_, FAILED) => {
                self.status |= FAILED;
                self.block.reset();
            }
            // A step out of order.
            _ => {}
        }
    }

    fn activate(&mut self, memory: &GuestMemoryMmap) {
        if self.queue.ready
            && let Some(queue) = self.checked_queue(memory)
        {
            self.block.activate(queue, self.driver_features);
        }
    }

    /// Only what was offered, and not without VERSION_1: there is no legacy interface.
    fn accepts_features(&self) -> bool {
        let unknown = self.driver_features & !self.block.features();
        unknown == 0 && self.driver_features >> VIRTIO_F_VERSION_1 & 1 == 1
    }

    fn notify(&mut self, memory: &GuestMemoryMmap) {
        match self.block.process_queue(memory) {
            Ok(0) => {}
            Ok(_) => self.interrupt_status |= VIRTIO_MMIO_INT_VRING,
            Err(error) => {
                self.status |= NEEDS_RESET;
                self.interrupt_status |= VIRTIO_MMIO_INT_CONFIG;
                self.driver_error = Some(error);
            }
        }
    }

    fn reset(&mut self) {
        self.block.reset();
        self.status = 0;
        self.device_features_page = 0;
        self.driver_features_page = 0;
        self.driver_features = 0;
        self.queue_select = 0;
        self.queue = empty_queue();
        self.interrupt_status = 0;
        self.driver_error = None;
    }
}

/// A queue about which the driver has said nothing.
fn empty_queue() -> QueueState {
    QueueState {
        max_size: QUEUE_SIZE,
        ..QueueState::default()
    }
}

fn set_low(number: &mut u64, half: u32) {
    *number = *number >> 32 << 32 | u64::from(half);
}

fn set_high(number: &mut u64, half: u32) {
    *number = u64::from(half) << 32 | u64::from(*number as u32);
}
