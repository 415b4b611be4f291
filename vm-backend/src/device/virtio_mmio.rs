//! The registers of a device: virtio over MMIO, version 2.
//!
//! The guest sees a page of registers; since no RAM is behind that page, each access ends in the VMM, with an offset, a length
//! and, for a write, the value. This file is that page: one `match` for reads, one for writes. Which device is behind it makes no
//! difference: see [`Device`].
//!
//! The driver has to go through these steps in this order (virtio 1.2, 3.1.1); a step out of order has no effect, and the
//! driver sees that when it reads the status back:
//!
//! 1. status 0: reset; 2. ACKNOWLEDGE; 3. DRIVER; 4. choose features; 5. FEATURES_OK, refused if the choice isn't one of ours;
//! 6. set up the queues; 7. DRIVER_OK: from now on QueueNotify works.
//!
//! Registers are 32 bits wide and are accessed as such. Other accesses read zeros and write nothing. Only the configuration
//! space behind them can be accessed with any width.
//!
//! Simplified: a driver that takes back one queue gets all of them back, and the device is idle until the next reset.
//!
//! Read next: virtio 1.2, 4.2.2 (table 4.1 is the `match`), 2.1 (status); [`super::lifecycle`] for what a device does with it.

use virtio_bindings::virtio_config::{
    VIRTIO_CONFIG_S_ACKNOWLEDGE as ACKNOWLEDGE, VIRTIO_CONFIG_S_DRIVER as DRIVER,
    VIRTIO_CONFIG_S_DRIVER_OK as DRIVER_OK, VIRTIO_CONFIG_S_FAILED as FAILED,
    VIRTIO_CONFIG_S_FEATURES_OK as FEATURES_OK, VIRTIO_CONFIG_S_NEEDS_RESET as NEEDS_RESET,
    VIRTIO_F_VERSION_1,
};
use virtio_bindings::virtio_mmio::*;
use vm_memory::GuestMemoryMmap;

use super::block::Block;
use super::disk_counts::DiskCounts;
use super::lifecycle::{Activation, Device, DriverError};
use super::line::Line;
use super::queue_setup::{QueueSetup, set_high, set_low};

/// "virt".
const MAGIC: u32 = u32::from_le_bytes(*b"virt");
/// The version without the legacy interface.
const VERSION: u32 = 2;
/// Who made it.
const VENDOR_ID: u32 = u32::from_le_bytes(*b"islb");

/// The status after step 3.
const FOUND: u32 = ACKNOWLEDGE | DRIVER;
/// The status after step 5.
const AGREED: u32 = FOUND | FEATURES_OK;

/// The registers, and the device behind them.
#[derive(Debug)]
pub struct VirtioMmio<D: Device> {
    /// The device.
    device: D,
    /// How far driver and device have come: bits that the driver sets, one after the other.
    status: u32,
    /// Which 32 of the device's feature bits are read. Written by the driver.
    device_features_page: u32,
    /// Which 32 of its own feature bits the driver writes.
    driver_features_page: u32,
    /// What the driver has chosen; fixed from FEATURES_OK on.
    driver_features: u64,
    /// What the driver says about the queues; fixed from DRIVER_OK on.
    queues: QueueSetup,
    /// The interrupt, with the registers that tell why; the device has it, too. A new one with each reset.
    line: Line,
}

impl VirtioMmio<Block> {
    /// What the disk has done for the guest.
    #[must_use]
    pub fn counts(&self) -> DiskCounts {
        self.device.counts()
    }
}

impl<D: Device> VirtioMmio<D> {
    /// Registers as after a reset.
    #[must_use]
    pub fn new(device: D, line: Line) -> Self {
        Self {
            status: 0,
            device_features_page: 0,
            driver_features_page: 0,
            driver_features: 0,
            queues: QueueSetup::new(device.queue_sizes()),
            line,
            device,
        }
    }

    /// The device behind the registers.
    #[must_use]
    pub fn device(&self) -> &D {
        &self.device
    }

    /// How the driver has broken the protocol, if it has.
    #[must_use]
    pub fn driver_error(&self) -> Option<&DriverError> {
        self.line.driver_error()
    }

    /// The guest reads `data.len()` bytes at `offset`.
    pub fn read(&mut self, offset: u64, data: &mut [u8]) {
        if let Some(offset) = offset.checked_sub(u64::from(VIRTIO_MMIO_CONFIG)) {
            self.device.read_config(offset, data);
            return;
        }
        data.fill(0);
        if let Ok(data) = <&mut [u8; 4]>::try_from(data) {
            *data = self.read_register(offset as u32).to_le_bytes();
        }
    }

    /// The guest writes `data` at `offset`.
    pub fn write(&mut self, memory: &GuestMemoryMmap, offset: u64, data: &[u8]) {
        if let Some(offset) = offset.checked_sub(u64::from(VIRTIO_MMIO_CONFIG)) {
            self.device.write_config(offset, data);
            return;
        }
        if let Ok(value) = <[u8; 4]>::try_from(data) {
            self.write_register(memory, offset as u32, u32::from_le_bytes(value));
        }
    }

    fn read_register(&self, offset: u32) -> u32 {
        match offset {
            VIRTIO_MMIO_MAGIC_VALUE => MAGIC,
            VIRTIO_MMIO_VERSION => VERSION,
            VIRTIO_MMIO_DEVICE_ID => self.device.device_type(),
            VIRTIO_MMIO_VENDOR_ID => VENDOR_ID,
            VIRTIO_MMIO_DEVICE_FEATURES => match self.device_features_page {
                0 => self.device.features() as u32,
                1 => (self.device.features() >> 32) as u32,
                _ => 0,
            },
            VIRTIO_MMIO_QUEUE_NUM_MAX => u32::from(self.queues.max_size()),
            VIRTIO_MMIO_QUEUE_READY => u32::from(self.queues.is_ready()),
            VIRTIO_MMIO_INTERRUPT_STATUS => self.line.interrupt_status(),
            VIRTIO_MMIO_STATUS if self.driver_error().is_some() => self.status | NEEDS_RESET,
            VIRTIO_MMIO_STATUS => self.status,
            VIRTIO_MMIO_CONFIG_GENERATION => self.device.config_generation(),
            // Registers that are only written, and gaps.
            _ => 0,
        }
    }

    fn write_register(&mut self, memory: &GuestMemoryMmap, offset: u32, value: u32) {
        match offset {
            VIRTIO_MMIO_DEVICE_FEATURES_SEL => self.device_features_page = value,
            VIRTIO_MMIO_DRIVER_FEATURES_SEL => self.driver_features_page = value,
            VIRTIO_MMIO_DRIVER_FEATURES if self.status == FOUND => {
                self.choose_features(value);
            }
            VIRTIO_MMIO_QUEUE_SEL => self.queues.select(value),
            VIRTIO_MMIO_QUEUE_READY => self.set_ready(memory, value),
            VIRTIO_MMIO_QUEUE_NOTIFY => self.notify(value),
            VIRTIO_MMIO_INTERRUPT_ACK => self.line.acknowledge(value),
            VIRTIO_MMIO_STATUS => self.set_status(memory, value),
            // Between FEATURES_OK and DRIVER_OK.
            _ if self.status == AGREED => self.queues.describe(offset, value),
            // Registers that are only read, gaps, and writes at the wrong time.
            _ => {}
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

    fn set_ready(&mut self, memory: &GuestMemoryMmap, value: u32) {
        if value == 0 {
            // Allowed at any time: the device must not touch the queue any more.
            if self.queues.withdraw() {
                self.device.reset();
            }
        } else if value == 1 && self.status == AGREED && !self.queues.is_ready() {
            self.queues.declare_ready(memory);
        }
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
                self.device.activate(Activation {
                    memory: memory.clone(),
                    queues: self.queues.queues(memory, self.driver_features),
                    features: self.driver_features,
                    line: self.line.clone(),
                });
            }
            (_, FAILED) => {
                self.status |= FAILED;
                self.device.reset();
            }
            // A step out of order.
            _ => {}
        }
    }

    /// Only what was offered, and not without VERSION_1: there is no legacy interface.
    fn accepts_features(&self) -> bool {
        let unknown = self.driver_features & !self.device.features();
        unknown == 0 && self.driver_features >> VIRTIO_F_VERSION_1 & 1 == 1
    }

    /// The driver has put something into a queue. Nothing comes from a driver that isn't ready, or has broken the protocol.
    fn notify(&mut self, queue: u32) {
        let is_ready = self.status == AGREED | DRIVER_OK && self.driver_error().is_none();
        if let Ok(queue) = u16::try_from(queue)
            && is_ready
            && let Err(error) = self.device.notify(queue)
        {
            self.line.fail(error);
        }
    }

    fn reset(&mut self) {
        self.device.reset();
        self.status = 0;
        self.device_features_page = 0;
        self.driver_features_page = 0;
        self.driver_features = 0;
        self.queues = QueueSetup::new(self.device.queue_sizes());
        self.line = self.line.renewed();
    }
}
