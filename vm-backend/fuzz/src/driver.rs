//! A driver that does anything at all, with any device.

use arbitrary::Arbitrary;
use virtio_bindings::virtio_config::{
    VIRTIO_CONFIG_S_ACKNOWLEDGE as ACKNOWLEDGE, VIRTIO_CONFIG_S_DRIVER as DRIVER,
    VIRTIO_CONFIG_S_DRIVER_OK as DRIVER_OK, VIRTIO_CONFIG_S_FEATURES_OK as FEATURES_OK,
};
use virtio_bindings::virtio_mmio::*;
use vm_backend::device::{Device, Line, VirtioMmio};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

/// Guest RAM.
pub const RAM_BYTES: usize = 128 << 10;
/// Where the parts of a queue lie in its page, and where queues end.
const AVAILABLE: u64 = 0x800;
const USED: u64 = 0xa00;
/// Where a proper driver puts the header and the status of a request.
const HEADER: u64 = 0x1_0000;
const STATUS: u64 = 0x1_0100;

/// An address, mostly in memory or a little behind it.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Address {
    /// In steps of 4 bytes.
    Near(u16),
    /// So far before the end.
    End(u8),
    /// Anywhere.
    Any(u64),
}

impl Address {
    fn get(self) -> u64 {
        match self {
            Self::Near(words) => u64::from(words) * 4,
            Self::End(bytes) => RAM_BYTES as u64 - u64::from(bytes),
            Self::Any(address) => address,
        }
    }
}

/// One thing that it does.
#[derive(Arbitrary, Debug)]
pub enum Act {
    /// Resets the device and sets it up properly, with these of the features.
    Boot(u64),
    /// Stores a value to a register.
    Set(u8, u32),
    /// Stores anything anywhere in the page.
    Store(u16, [u8; 8], u8),
    /// Loads from anywhere in the page.
    Load(u16, u8),
    /// Writes into memory.
    Memory(Address, Vec<u8>),
    /// Writes a descriptor of a queue: queue, index, address, length, flags, next.
    Describe(u8, u8, Address, u32, u16, u8),
    /// Writes what may be a request's header.
    Header(u8, u64),
    /// Makes a chain available and notifies.
    Offer(u8, u16),
    /// Offers a chain of three pieces as the disk's driver does, with so many bytes of data at this address, written by the device.
    Request(Address, u16, bool),
    /// Offers a piece with this message.
    Message(u8, [u8; 8]),
}

/// The guest: memory, and a device's registers.
pub struct Driver<'a, D: Device> {
    /// The device.
    pub registers: VirtioMmio<D>,
    memory: &'a GuestMemoryMmap,
}

impl<'a, D: Device> Driver<'a, D> {
    /// With memory that is all zeros.
    pub fn new(device: D, memory: &'a GuestMemoryMmap) -> Self {
        let driver = Self {
            registers: VirtioMmio::new(device, Line::none()),
            memory,
        };
        driver.put(0, &[0; RAM_BYTES]);
        driver
    }

    /// Outside of memory a guest can't write.
    fn put(&self, address: u64, bytes: &[u8]) {
        self.memory
            .write(bytes, GuestAddress(address))
            .unwrap_or_default();
    }

    fn get16(&self, address: u64) -> u16 {
        self.memory
            .read_obj(GuestAddress(address))
            .unwrap_or_default()
    }

    fn set(&mut self, register: u32, value: u32) {
        self.registers
            .write(self.memory, register.into(), &value.to_le_bytes());
    }

    /// Reads a register.
    pub fn get(&mut self, register: u32) -> u32 {
        let mut value = [0xff; 4];
        self.registers.read(register.into(), &mut value);
        u32::from_le_bytes(value)
    }

    /// Resets the device and sets it up; a device always takes what it has offered itself.
    pub fn boot(&mut self, features: u64) {
        self.set(VIRTIO_MMIO_STATUS, 0);
        self.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE);
        self.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER);
        let features = features | 1 << 32;
        for page in 0..2 {
            self.set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, page);
            let offered = self.get(VIRTIO_MMIO_DEVICE_FEATURES);
            self.set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, page);
            let chosen = (features >> (32 * page)) as u32 & offered;
            self.set(VIRTIO_MMIO_DRIVER_FEATURES, chosen);
        }
        let agreed = ACKNOWLEDGE | DRIVER | FEATURES_OK;
        self.set(VIRTIO_MMIO_STATUS, agreed);
        for queue in 0.. {
            self.set(VIRTIO_MMIO_QUEUE_SEL, queue);
            let size = self.get(VIRTIO_MMIO_QUEUE_NUM_MAX);
            if size == 0 {
                break;
            }
            let table = table(queue as u8);
            self.put(table, &[0; 0x1000]);
            self.set(VIRTIO_MMIO_QUEUE_NUM, size);
            self.set(VIRTIO_MMIO_QUEUE_DESC_LOW, table as u32);
            self.set(VIRTIO_MMIO_QUEUE_AVAIL_LOW, (table + AVAILABLE) as u32);
            self.set(VIRTIO_MMIO_QUEUE_USED_LOW, (table + USED) as u32);
            self.set(VIRTIO_MMIO_QUEUE_READY, 1);
        }
        self.set(VIRTIO_MMIO_STATUS, agreed | DRIVER_OK);
        assert_eq!(self.get(VIRTIO_MMIO_STATUS), agreed | DRIVER_OK);
    }

    fn describe(&self, queue: u8, index: u8, descriptor: (u64, u32, u16, u16)) {
        let (address, length, flags, next) = descriptor;
        let number = u128::from(address)
            | u128::from(length) << 64
            | u128::from(flags) << 96
            | u128::from(next) << 112;
        let at = table(queue) + u64::from(index) * 16;
        self.put(at, &number.to_le_bytes());
    }

    fn offer(&mut self, queue: u8, head: u16) {
        self.set(VIRTIO_MMIO_QUEUE_SEL, queue.into());
        let size = self.get(VIRTIO_MMIO_QUEUE_NUM_MAX).max(1) as u16;
        let available = table(queue) + AVAILABLE;
        let index = self.get16(available + 2);
        let slot = available + 4 + u64::from(index % size) * 2;
        self.put(slot, &head.to_le_bytes());
        self.put(available + 2, &index.wrapping_add(1).to_le_bytes());
        self.set(VIRTIO_MMIO_QUEUE_NOTIFY, queue.into());
    }

    /// A request of the disk, in the usual three pieces. Returns its status.
    pub fn request(&mut self, data: u64, bytes: u32, device_writes: bool) -> u8 {
        let (next, write) = (1, 2);
        let direction = if device_writes { write } else { 0 };
        self.put(STATUS, &[0xff]);
        self.describe(0, 0, (HEADER, 16, next, 1));
        self.describe(0, 1, (data, bytes, next | direction, 2));
        self.describe(0, 2, (STATUS, 1, write, 0));
        self.offer(0, 0);
        self.memory.read_obj(GuestAddress(STATUS)).unwrap_or(0xff)
    }

    /// Writes a request's header.
    pub fn header(&self, kind: u8, sector: u64) {
        let header = u128::from(kind) | u128::from(sector) << 64;
        self.put(HEADER, &header.to_le_bytes());
    }

    /// Does it.
    pub fn perform(&mut self, act: Act) {
        match act {
            Act::Boot(features) => self.boot(features),
            Act::Set(register, value) => self.set(u32::from(register) * 4, value),
            Act::Store(offset, bytes, length) => {
                let bytes = &bytes[..usize::from(length % 9)];
                let offset = u64::from(offset) % 0x1000;
                self.registers.write(self.memory, offset, bytes);
            }
            Act::Load(offset, length) => {
                let bytes = &mut [0; 8][..usize::from(length % 9)];
                self.registers.read(u64::from(offset) % 0x1000, bytes);
            }
            Act::Memory(address, bytes) => self.put(address.get(), &bytes),
            Act::Describe(queue, index, address, length, flags, next) => {
                let descriptor = (address.get(), length, flags, next.into());
                self.describe(queue % 16, index % 128, descriptor);
            }
            Act::Header(kind, sector) => self.header(kind, sector),
            Act::Offer(queue, head) => self.offer(queue % 16, head),
            Act::Request(data, bytes, device_writes) => {
                self.request(data.get(), bytes.into(), device_writes);
            }
            Act::Message(queue, message) => {
                self.put(HEADER, &message);
                self.describe(queue % 16, 0, (HEADER, 8, 0, 0));
                self.offer(queue % 16, 0);
            }
        }
    }
}

/// Where a queue's descriptors lie. Each queue has a page.
fn table(queue: u8) -> u64 {
    0x1000 * u64::from(queue)
}
