//! The block device: what happens from the first request to the last.
//!
//! It is idle until the driver has set up the queue, works whenever it is notified, and is idle again after a reset or when the
//! driver has broken the protocol. When a notification returns, everything that was in the queue is done.
//!
//! For each chain in the available ring:
//!
//! 1. [`Request::parse`]: copy out and check.
//! 2. Do it: sectors between file and guest memory, without a copy in between.
//! 3. Write the status byte into guest memory.
//! 4. Put the chain into the used ring. Last: from now on the driver may use the buffers for something else.
//!
//! Read next: [`super::request`], [`super::disk_file`]; virtio 1.2, 2.7 (split virtqueues).

use std::io;

use virtio_bindings::virtio_blk::{
    VIRTIO_BLK_F_FLUSH, VIRTIO_BLK_F_RO, VIRTIO_BLK_F_SEG_MAX, VIRTIO_BLK_ID_BYTES,
    VIRTIO_BLK_S_IOERR, VIRTIO_BLK_S_OK, VIRTIO_BLK_S_UNSUPP,
};
use virtio_bindings::virtio_config::VIRTIO_F_VERSION_1;
use virtio_bindings::virtio_ids::VIRTIO_ID_BLOCK;
use virtio_bindings::virtio_ring::VIRTIO_RING_F_INDIRECT_DESC;
use virtio_queue::{Queue, QueueOwnedT, QueueT};
use vm_memory::{Bytes, GuestMemoryMmap, VolatileSlice};

use super::chain::{self, MAX_DESCRIPTORS};
use super::disk_counts::{DiskCounter, DiskCounts};
use super::disk_file::DiskFile;
use super::lifecycle::{Activation, Device, DriverError, read_bytes};
use super::line::Line;
use super::request::{Operation, Request};

/// What virtio-blk counts in, in bytes.
pub const SECTOR_BYTES: u64 = 512;
/// Entries that the queue has at most, as many as the longest chain.
const QUEUE_SIZE: u16 = MAX_DESCRIPTORS;
/// How many pieces the data of a request may have: header and status take one each.
const MAX_SEGMENTS: u32 = MAX_DESCRIPTORS as u32 - 2;
/// What the disk is called.
const NAME: &[u8] = b"isolab-disk";

const _: () = assert!(NAME.len() <= VIRTIO_BLK_ID_BYTES as usize);

/// How a request ended: its status, and how many bytes of data the device has written into guest memory.
type Answer = (u32, u32);

/// The device.
#[derive(Debug)]
pub struct Block {
    /// The sectors.
    disk: DiskFile,
    /// Drivers are told how many pieces a request may have, and may put them into a table outside of the queue.
    tells_segments: bool,
    /// What it works with, from the driver's DRIVER_OK until a reset, or until the driver breaks the protocol.
    active: Option<Active>,
    /// Each write is made durable at once. A driver that can't ask for it, since it didn't choose FLUSH, relies on that.
    write_through: bool,
    /// What has been done since the VM was made; a reset doesn't change it.
    counts: DiskCounter,
}

/// What a working device has been given.
#[derive(Debug)]
struct Active {
    /// Guest RAM.
    memory: GuestMemoryMmap,
    /// Where requests come from.
    queue: Queue,
    /// How the driver learns that they are done.
    line: Line,
}

impl Block {
    /// It has one queue.
    pub const QUEUE_SIZES: &[u16] = &[QUEUE_SIZE];

    /// An idle device.
    #[must_use]
    pub fn new(disk: DiskFile) -> Self {
        Self {
            disk,
            tells_segments: false,
            active: None,
            write_through: false,
            counts: DiskCounter::default(),
        }
    }

    /// An idle device for a driver with large requests, which it would cut into single pages if it wasn't told that there is no
    /// need: SEG_MAX. They would fill the queue, so each may be a table elsewhere in memory: INDIRECT_DESC.
    #[must_use]
    pub fn with_segments(disk: DiskFile) -> Self {
        Self {
            tells_segments: true,
            ..Self::new(disk)
        }
    }

    /// What has been done.
    #[must_use]
    pub fn counts(&self) -> DiskCounts {
        self.counts.counts()
    }

    /// The same, to be looked at from elsewhere.
    #[must_use]
    pub fn counter(&self) -> DiskCounter {
        self.counts.clone()
    }

    /// Does everything that is available. Returns how many requests that were.
    fn process(&mut self, memory: &GuestMemoryMmap, queue: &mut Queue) -> Result<u16, DriverError> {
        let mut done = 0;
        // Never more than a full queue: a request could read sectors into the available ring itself, and so make new ones.
        while done < queue.size() {
            let next = queue.iter(memory).map_err(DriverError::Rings)?.next();
            let Some(chain) = next else {
                break;
            };
            let head = chain.head_index();
            // 1.
            let request = Request::parse(memory, chain)?;
            // 2.
            let (status, bytes) = self.serve(memory, &request);
            // 3.
            memory
                .write_obj(status as u8, request.status)
                .map_err(DriverError::Status)?;
            // 4. The status counts as written, too.
            queue
                .add_used(memory, head, bytes.saturating_add(1))
                .map_err(DriverError::Rings)?;
            done += 1;
        }
        Ok(done)
    }

    /// Does one request. What fails now is the request's own affair and told by its status.
    fn serve(&mut self, memory: &GuestMemoryMmap, request: &Request) -> Answer {
        let bytes = request.data_bytes();
        let Ok(data) = chain::slices(memory, &request.data) else {
            return (VIRTIO_BLK_S_IOERR, 0);
        };
        let result = match request.operation {
            Operation::Read { sector } => self.read(sector, bytes, &data),
            Operation::Write { sector } => self.write(sector, bytes, &data),
            Operation::Flush => self.flush(),
            Operation::GetId => return (VIRTIO_BLK_S_OK, write_name(&data)),
            Operation::Unsupported { .. } => return (VIRTIO_BLK_S_UNSUPP, 0),
        };
        match (result, request.operation) {
            // A chain is shorter than 4 GiB.
            (Ok(()), Operation::Read { .. }) => (VIRTIO_BLK_S_OK, bytes as u32),
            (Ok(()), _) => (VIRTIO_BLK_S_OK, 0),
            (Err(_), _) => (VIRTIO_BLK_S_IOERR, 0),
        }
    }

    fn read(&mut self, sector: u64, bytes: u64, data: &[VolatileSlice<'_>]) -> io::Result<()> {
        let offset = self.disk.offset_of(sector, bytes)?;
        self.disk.read(offset, data)?;
        self.counts.add(|counts| {
            counts.reads += 1;
            counts.read_bytes += bytes;
        });
        Ok(())
    }

    fn write(&mut self, sector: u64, bytes: u64, data: &[VolatileSlice<'_>]) -> io::Result<()> {
        let offset = self.disk.offset_of(sector, bytes)?;
        self.disk.write(offset, data)?;
        if self.write_through {
            self.disk.flush()?;
        }
        self.counts.add(|counts| {
            counts.writes += 1;
            counts.write_bytes += bytes;
        });
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.disk.flush()?;
        self.counts.add(|counts| counts.flushes += 1);
        Ok(())
    }
}

impl Device for Block {
    fn device_type(&self) -> u32 {
        VIRTIO_ID_BLOCK
    }

    fn features(&self) -> u64 {
        let read_only = u64::from(self.disk.is_read_only()) << VIRTIO_BLK_F_RO;
        let segments = 1 << VIRTIO_BLK_F_SEG_MAX | 1 << VIRTIO_RING_F_INDIRECT_DESC;
        let segments = if self.tells_segments { segments } else { 0 };
        1 << VIRTIO_F_VERSION_1 | 1 << VIRTIO_BLK_F_FLUSH | read_only | segments
    }

    fn queue_sizes(&self) -> &[u16] {
        Self::QUEUE_SIZES
    }

    /// The capacity in sectors, the largest length of a piece (not limited, not offered), the largest number of pieces. All that
    /// could follow belongs to features that are never offered.
    fn read_config(&self, offset: u64, data: &mut [u8]) {
        let capacity = u128::from(self.disk.bytes() / SECTOR_BYTES);
        let segments = if self.tells_segments { MAX_SEGMENTS } else { 0 };
        let config = capacity | u128::from(segments) << 96;
        read_bytes(&config.to_le_bytes(), offset, data);
    }

    fn activate(&mut self, mut activation: Activation) {
        self.write_through = activation.features >> VIRTIO_BLK_F_FLUSH & 1 == 0;
        let queue = activation.queues.pop().flatten();
        self.active = queue.map(|queue| Active {
            memory: activation.memory,
            queue,
            line: activation.line,
        });
    }

    fn notify(&mut self, queue: u16) -> Result<(), DriverError> {
        // Moved out while in use, and not put back when the driver has broken the protocol.
        if queue == 0
            && let Some(mut active) = self.active.take()
        {
            if self.process(&active.memory, &mut active.queue)? > 0 {
                active.line.raise();
            }
            self.active = Some(active);
        }
        Ok(())
    }

    fn reset(&mut self) {
        self.active = None;
    }
}

/// Writes the disk's name, padded with zeros, as far as there is room. Returns how many bytes.
fn write_name(data: &[VolatileSlice<'_>]) -> u32 {
    let mut name = [0; VIRTIO_BLK_ID_BYTES as usize];
    name[..NAME.len()].copy_from_slice(NAME);
    let mut rest = &name[..];
    for slice in data {
        let (part, after) = rest.split_at(slice.len().min(rest.len()));
        slice.copy_from(part);
        rest = after;
    }
    VIRTIO_BLK_ID_BYTES - rest.len() as u32
}
