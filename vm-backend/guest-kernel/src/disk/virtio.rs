//! The disk's driver: virtio-blk over MMIO.
//!
//! Setting the device up, in the order of virtio 1.2, 3.1.1:
//! 1. look whether it is a block device at all; reset it;
//! 2. ACKNOWLEDGE and DRIVER: found, and can be driven;
//! 3. choose features: only the current version of virtio, and FLUSH if offered;
//! 4. FEATURES_OK, and see whether the device agrees;
//! 5. tell it where the queue is;
//! 6. DRIVER_OK.
//!
//! A request is three buffers: a header (what, where), the data, and a byte for the status. One store to QueueNotify hands
//! it over. The device does the work within that store's exit, so when the store is over the request is done: **one exit per
//! request**, and neither interrupts nor waiting.
//!
//! `Simplified:` drivers of real kernels can't rely on that; they sleep until an interrupt says that the used ring has grown.
//!
//! Read next: virtio 1.2, 4.2.2 (registers) and 5.2.6 (block requests); vm-backend's `device/` for the other end.

use core::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use super::pieces::{SECTOR_BYTES, Sectors};
use super::queue::{Buffer, Queue, SIZE};
use crate::errno::{Errno, Result};
use crate::machine::{read_register, write_register};

/// The registers that this driver uses; virtio 1.2, 4.2.2.
mod register {
    pub const MAGIC: u32 = 0x000;
    pub const VERSION: u32 = 0x004;
    pub const DEVICE: u32 = 0x008;
    pub const DEVICE_FEATURES: u32 = 0x010;
    pub const DEVICE_FEATURES_PAGE: u32 = 0x014;
    pub const DRIVER_FEATURES: u32 = 0x020;
    pub const DRIVER_FEATURES_PAGE: u32 = 0x024;
    pub const QUEUE: u32 = 0x030;
    pub const QUEUE_SIZE: u32 = 0x038;
    pub const QUEUE_READY: u32 = 0x044;
    pub const QUEUE_NOTIFY: u32 = 0x050;
    pub const STATUS: u32 = 0x070;
    /// Low and high half of the addresses of descriptors, available and used ring.
    pub const QUEUE_ADDRESSES: [u32; 3] = [0x080, 0x090, 0x0a0];
}

/// Bits of the status register.
mod status {
    pub const ACKNOWLEDGE: u32 = 1;
    pub const DRIVER: u32 = 2;
    pub const DRIVER_OK: u32 = 4;
    pub const FEATURES_OK: u32 = 8;
}

/// "virt".
const MAGIC: u32 = u32::from_le_bytes(*b"virt");
/// The version without the legacy interface.
const VERSION: u32 = 2;
/// Device type: block device.
const BLOCK_DEVICE: u32 = 2;
/// Feature 9: the device knows flush requests.
const FEATURE_FLUSH: u32 = 1 << 9;
/// Feature 32, on the second page of features: virtio 1.
const FEATURE_VERSION_1: u32 = 1;

/// Request types.
const READ: u32 = 0;
const WRITE: u32 = 1;
const FLUSH: u32 = 4;
/// Status of a request: done.
const DONE: u8 = 0;
/// Not yet written by the device.
const PENDING: u8 = 0xff;

/// The longest transfer of one request, in bytes: what fits a descriptor's length.
const MAX_TRANSFER_BYTES: usize = 1 << 30;

/// First of the buffers: what to do, and where.
#[repr(C)]
struct Header {
    kind: AtomicU32,
    reserved: AtomicU32,
    sector: AtomicU64,
}

const _: () = assert!(size_of::<Header>() == 16);

static QUEUE: Queue = Queue::idle();
static HEADER: Header = Header {
    kind: AtomicU32::new(0),
    reserved: AtomicU32::new(0),
    sector: AtomicU64::new(0),
};
static STATUS: AtomicU8 = AtomicU8::new(0);

/// The driver.
#[derive(Debug)]
pub struct Driver {
    /// The device is set up.
    ready: bool,
    /// The device knows flush requests.
    flushes: bool,
}

impl Driver {
    /// The device hasn't been touched.
    pub const fn before_boot() -> Self {
        Self {
            ready: false,
            flushes: false,
        }
    }

    /// Sets the device up, the first time. Some twenty exits: a program that doesn't use the disk doesn't pay for them.
    pub fn start(&mut self) -> Result<()> {
        if self.ready {
            return Ok(());
        }
        // 1.
        if read_register(register::MAGIC) != MAGIC
            || read_register(register::VERSION) != VERSION
            || read_register(register::DEVICE) != BLOCK_DEVICE
        {
            return Err(Errno(libc::ENXIO));
        }
        write_register(register::STATUS, 0);
        // 2.
        let found = status::ACKNOWLEDGE | status::DRIVER;
        write_register(register::STATUS, status::ACKNOWLEDGE);
        write_register(register::STATUS, found);
        // 3.
        write_register(register::DEVICE_FEATURES_PAGE, 0);
        let features = read_register(register::DEVICE_FEATURES) & FEATURE_FLUSH;
        for (page, features) in [features, FEATURE_VERSION_1].into_iter().enumerate() {
            write_register(register::DRIVER_FEATURES_PAGE, page as u32);
            write_register(register::DRIVER_FEATURES, features);
        }
        // 4.
        write_register(register::STATUS, found | status::FEATURES_OK);
        if read_register(register::STATUS) & status::FEATURES_OK == 0 {
            return Err(Errno(libc::ENXIO));
        }
        // 5.
        write_register(register::QUEUE, 0);
        write_register(register::QUEUE_SIZE, SIZE as u32);
        for (register, address) in register::QUEUE_ADDRESSES.into_iter().zip(QUEUE.addresses()) {
            write_register(register, address as u32);
            write_register(register + 4, (address >> 32) as u32);
        }
        write_register(register::QUEUE_READY, 1);
        if read_register(register::QUEUE_READY) != 1 {
            return Err(Errno(libc::ENXIO));
        }
        // 6.
        write_register(
            register::STATUS,
            found | status::FEATURES_OK | status::DRIVER_OK,
        );
        (self.ready, self.flushes) = (true, features != 0);
        Ok(())
    }

    /// Carries out one request: one exit.
    fn request(&self, kind: u32, sector: u64, data: Option<Buffer>) -> Result<()> {
        HEADER.kind.store(kind, Ordering::Relaxed);
        HEADER.sector.store(sector, Ordering::Relaxed);
        STATUS.store(PENDING, Ordering::Relaxed);
        let header = Buffer {
            address: (&raw const HEADER).expose_provenance() as u64,
            length: size_of::<Header>() as u32,
            device_writes: false,
        };
        let status = Buffer {
            address: (&raw const STATUS).expose_provenance() as u64,
            length: 1,
            device_writes: true,
        };
        match data {
            Some(data) => QUEUE.submit(&[header, data, status]),
            None => QUEUE.submit(&[header, status]),
        }
        write_register(register::QUEUE_NOTIFY, 0);
        // The device is done, or it has stopped for good.
        if QUEUE.is_idle() && STATUS.load(Ordering::Acquire) == DONE {
            Ok(())
        } else {
            Err(Errno(libc::EIO))
        }
    }

    /// Makes everything written so far durable.
    pub fn flush(&self) -> Result<()> {
        if self.flushes {
            self.request(FLUSH, 0, None)
        } else {
            Ok(())
        }
    }
}

impl Sectors for Driver {
    fn read(&mut self, mut sector: u64, buffer: &mut [u8]) -> Result<()> {
        for part in buffer.chunks_mut(MAX_TRANSFER_BYTES) {
            let data = Buffer {
                address: part.as_mut_ptr().expose_provenance() as u64,
                length: part.len() as u32,
                device_writes: true,
            };
            self.request(READ, sector, Some(data))?;
            sector += (part.len() / SECTOR_BYTES) as u64;
        }
        Ok(())
    }

    fn write(&mut self, mut sector: u64, buffer: &[u8]) -> Result<()> {
        for part in buffer.chunks(MAX_TRANSFER_BYTES) {
            let data = Buffer {
                address: part.as_ptr().expose_provenance() as u64,
                length: part.len() as u32,
                device_writes: false,
            };
            self.request(WRITE, sector, Some(data))?;
            sector += (part.len() / SECTOR_BYTES) as u64;
        }
        Ok(())
    }
}
