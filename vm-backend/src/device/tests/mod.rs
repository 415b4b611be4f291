//! A mock driver: it does what the guest kernel's driver does, or anything else.

mod balloon;
mod block_thread;
mod chaos;
mod console;
mod driver;
mod handshake;
mod malformed;
mod many_queues;
mod random;
mod requests;
mod rng;

use std::fs;

use tempfile::NamedTempFile;
use virtio_bindings::virtio_config::{
    VIRTIO_CONFIG_S_ACKNOWLEDGE as ACKNOWLEDGE, VIRTIO_CONFIG_S_DRIVER as DRIVER,
    VIRTIO_CONFIG_S_DRIVER_OK as DRIVER_OK, VIRTIO_CONFIG_S_FEATURES_OK as FEATURES_OK,
    VIRTIO_CONFIG_S_NEEDS_RESET as NEEDS_RESET,
};
use virtio_bindings::virtio_mmio::*;
use virtio_bindings::virtio_ring::{VRING_DESC_F_NEXT, VRING_DESC_F_WRITE};
use virtio_queue::desc::RawDescriptor;
use virtio_queue::desc::split::Descriptor;
use virtio_queue::mock::{AvailRing, DescriptorTable, UsedRing};
use vm_memory::mmap::MmapRegionBuilder;
use vm_memory::{
    Address, Bytes, GuestAddress, GuestMemoryMmap, GuestRegionMmap, MmapRegion, VolatileMemory,
};

use super::{Block, DiskError, DiskFile, DiskSpec, Line, VirtioMmio};

/// Guest RAM.
const RAM_BYTES: usize = 256 << 10;
/// Host memory before and behind the guest's, which must never change.
const GUARD_BYTES: usize = 64 << 10;
/// What is in there.
const GUARD: u8 = 0xa5;
/// Sectors of the disk.
const SECTORS: u64 = 64;

/// Entries of the queue.
const SIZE: u16 = 8;
const DESCRIPTORS: GuestAddress = GuestAddress(0x1000);
const AVAILABLE: GuestAddress = GuestAddress(0x2000);
const USED: GuestAddress = GuestAddress(0x3000);
/// Where the mock driver puts headers, status bytes and data.
const HEADER: u64 = 0x4000;
const STATUS: u64 = 0x5000;
const DATA: u64 = 0x1_0000;

const NEXT: u16 = VRING_DESC_F_NEXT as u16;
const WRITE: u16 = VRING_DESC_F_WRITE as u16;
/// FLUSH, and VERSION_1 on the second page.
const FEATURES: [u32; 2] = [1 << 9, 1];

/// A guest without a CPU: memory, the device, and what the driver remembers.
struct Guest {
    memory: GuestMemoryMmap,
    /// The host memory of which `memory` is the middle. Declared after it: unmapped later.
    surroundings: MmapRegion,
    registers: VirtioMmio<Block>,
    disk: NamedTempFile,
}

impl Guest {
    /// A guest whose disk has sectors filled with their number, and the options `:ro` or `:direct` or none.
    fn new(options: &str) -> Self {
        let disk = NamedTempFile::new().unwrap();
        let content: Vec<u8> = (0..SECTORS)
            .flat_map(|sector| [sector as u8; 512])
            .collect();
        fs::write(disk.path(), content).unwrap();
        let spec: DiskSpec = format!("{}{options}", disk.path().display())
            .parse()
            .unwrap();
        let (memory, surroundings) = guarded_memory();
        Self {
            memory,
            surroundings,
            registers: VirtioMmio::new(Block::new(DiskFile::open(&spec).unwrap()), Line::none()),
            disk,
        }
    }

    /// A guest whose driver has set the device up.
    fn booted(options: &str) -> Self {
        let mut guest = Self::new(options);
        guest.boot();
        guest
    }

    fn set(&mut self, register: u32, value: u32) {
        self.registers
            .write(&self.memory, register.into(), &value.to_le_bytes());
    }

    fn get(&mut self, register: u32) -> u32 {
        let mut value = [0xff; 4];
        self.registers.read(register.into(), &mut value);
        u32::from_le_bytes(value)
    }

    fn boot(&mut self) {
        self.agree(FEATURES);
        self.describe_queue(SIZE.into(), [DESCRIPTORS, AVAILABLE, USED]);
        self.set(VIRTIO_MMIO_QUEUE_READY, 1);
        assert_eq!(self.get(VIRTIO_MMIO_QUEUE_READY), 1);
        let all = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
        self.set(VIRTIO_MMIO_STATUS, all);
        assert_eq!(self.get(VIRTIO_MMIO_STATUS), all);
        AvailRing::new(&self.memory, AVAILABLE, SIZE);
        UsedRing::new(&self.memory, USED, SIZE);
    }

    /// Steps 1 to 5.
    fn agree(&mut self, features: [u32; 2]) {
        self.set(VIRTIO_MMIO_STATUS, 0);
        self.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE);
        self.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER);
        for (page, features) in (0..).zip(features) {
            self.set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, page);
            self.set(VIRTIO_MMIO_DRIVER_FEATURES, features);
        }
        self.set(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    }

    fn describe_queue(&mut self, size: u32, addresses: [GuestAddress; 3]) {
        self.set(VIRTIO_MMIO_QUEUE_SEL, 0);
        self.set(VIRTIO_MMIO_QUEUE_NUM, size);
        let registers = [
            VIRTIO_MMIO_QUEUE_DESC_LOW,
            VIRTIO_MMIO_QUEUE_AVAIL_LOW,
            VIRTIO_MMIO_QUEUE_USED_LOW,
        ];
        for (register, GuestAddress(address)) in registers.into_iter().zip(addresses) {
            self.set(register, address as u32);
            self.set(register + 4, (address >> 32) as u32);
        }
    }

    /// Writes descriptors into the table from 0 on, as they are.
    fn describe(&self, descriptors: &[Descriptor]) {
        let table = DescriptorTable::new(&self.memory, DESCRIPTORS, SIZE);
        for (index, descriptor) in (0..).zip(descriptors) {
            table
                .store(index, RawDescriptor::from(*descriptor))
                .unwrap();
        }
    }

    /// Makes the chain that begins with `head` available, and notifies the device.
    fn offer(&mut self, head: u16) {
        let index: u16 = self.memory.read_obj(AVAILABLE.unchecked_add(2)).unwrap();
        let slot = 4 + u64::from(index % SIZE) * 2;
        self.memory
            .write_obj(head, AVAILABLE.unchecked_add(slot))
            .unwrap();
        self.memory
            .write_obj(index.wrapping_add(1), AVAILABLE.unchecked_add(2))
            .unwrap();
        self.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    }

    /// Offers a chain of pieces: address, length, whether the device writes it.
    fn submit(&mut self, pieces: &[(u64, u32, bool)]) {
        let last = pieces.len() - 1;
        let descriptors: Vec<Descriptor> = (0..)
            .zip(pieces)
            .map(|(index, &(address, length, device_writes))| {
                let next = if usize::from(index) < last { NEXT } else { 0 };
                let write = if device_writes { WRITE } else { 0 };
                Descriptor::new(address, length, next | write, index + 1)
            })
            .collect();
        self.describe(&descriptors);
        self.offer(0);
    }

    fn write_header(&self, kind: u32, sector: u64) {
        let header = u128::from(kind) | u128::from(sector) << 64;
        self.memory
            .write_slice(&header.to_le_bytes(), GuestAddress(HEADER))
            .unwrap();
        self.memory.write_obj(0xffu8, GuestAddress(STATUS)).unwrap();
    }

    /// A request in the usual three pieces. Returns its status.
    fn request(&mut self, kind: u32, sector: u64, data: &[(u64, u32, bool)]) -> u32 {
        self.write_header(kind, sector);
        let mut pieces = vec![(HEADER, 16, false)];
        pieces.extend(data);
        pieces.push((STATUS, 1, true));
        self.submit(&pieces);
        self.status()
    }

    /// The status byte.
    fn status(&self) -> u32 {
        self.memory
            .read_obj::<u8>(GuestAddress(STATUS))
            .unwrap()
            .into()
    }

    /// Index of the used ring: how many requests have been answered, modulo 65536.
    fn used(&self) -> u16 {
        self.memory.read_obj(USED.unchecked_add(2)).unwrap()
    }

    /// How many bytes the device says that it has written for the newest answer.
    fn used_bytes(&self) -> u32 {
        let slot = 4 + u64::from(self.used().wrapping_sub(1) % SIZE) * 8;
        self.memory.read_obj(USED.unchecked_add(slot + 4)).unwrap()
    }

    fn needs_reset(&mut self) -> bool {
        self.get(VIRTIO_MMIO_STATUS) & NEEDS_RESET != 0
    }

    fn bytes(&self, address: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.memory
            .read_slice(&mut bytes, GuestAddress(address))
            .unwrap();
        bytes
    }

    fn file(&self) -> Vec<u8> {
        fs::read(self.disk.path()).unwrap()
    }

    /// Nothing around the guest's memory has changed.
    fn assert_guards_hold(&self) {
        assert_guards_hold(&self.surroundings);
    }
}

/// Nothing around the middle of this mapping has changed.
fn assert_guards_hold(surroundings: &MmapRegion) {
    for start in [0, GUARD_BYTES + RAM_BYTES] {
        let mut guard = [0; GUARD_BYTES];
        let slice = surroundings.get_slice(start, GUARD_BYTES).unwrap();
        slice.copy_to(&mut guard);
        assert_eq!(guard, [GUARD; GUARD_BYTES]);
    }
}

/// The options under which a disk can be written here: `:direct` only where the file system of temporary files knows it.
fn writable_ways() -> Vec<&'static str> {
    let disk = NamedTempFile::new().unwrap();
    disk.as_file().set_len(512).unwrap();
    let spec = format!("{}:direct", disk.path().display());
    match DiskFile::open(&spec.parse().unwrap()) {
        Err(DiskError::Direct { source, .. }) => {
            println!("SKIP: no direct I/O for temporary files: {source}");
            vec![""]
        }
        other => {
            other.unwrap();
            vec!["", ":direct"]
        }
    }
}

/// Guest memory in the middle of a larger mapping.
fn guarded_memory() -> (GuestMemoryMmap, MmapRegion) {
    let surroundings: MmapRegion = MmapRegion::new(RAM_BYTES + 2 * GUARD_BYTES).unwrap();
    for start in [0, GUARD_BYTES + RAM_BYTES] {
        let guard = surroundings.get_slice(start, GUARD_BYTES).unwrap();
        guard.copy_from(&[GUARD; GUARD_BYTES]);
    }
    let start = surroundings.as_ptr().wrapping_add(GUARD_BYTES);
    // SAFETY: the memory is a part of `surroundings`, which lives longer: it is in the same struct, declared later. The region
    // doesn't unmap what it hasn't mapped itself.
    let builder = unsafe { MmapRegionBuilder::new(RAM_BYTES).with_raw_mmap_pointer(start) };
    let region = builder
        .with_mmap_prot(libc::PROT_READ | libc::PROT_WRITE)
        .with_mmap_flags(libc::MAP_ANONYMOUS | libc::MAP_PRIVATE | libc::MAP_NORESERVE)
        .build()
        .unwrap();
    let region = GuestRegionMmap::new(region, GuestAddress(0)).unwrap();
    let memory = GuestMemoryMmap::from_regions(vec![region]).unwrap();
    (memory, surroundings)
}
