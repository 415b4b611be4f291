//! A mock driver for a device with any number of queues.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use vmm_sys_util::eventfd::EventFd;

use super::*;
use crate::device::{Device, DriverError};

/// Nothing here takes a second; a machine may be busy.
const DEADLINE: Duration = Duration::from_secs(60);

/// Where the parts of a queue lie in its page.
const AVAILABLE_OFFSET: u64 = 0x800;
const USED_OFFSET: u64 = 0xa00;

/// Runs a test that could hang.
pub fn within_deadline(test: impl FnOnce() + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    let runner = thread::spawn(move || {
        test();
        done.send(()).unwrap();
    });
    match is_done.recv_timeout(DEADLINE) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("still not done after {DEADLINE:?}"),
        // A failed assertion is repeated here.
        _ => runner.join().unwrap(),
    }
}

/// Looks again and again until it is so.
pub fn eventually(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        thread::sleep(Duration::from_millis(1));
    }
}

/// A guest without a CPU: memory, the device, and its interrupt.
pub struct Driver<D: Device> {
    pub registers: VirtioMmio<D>,
    pub memory: GuestMemoryMmap,
    /// Counts interrupts.
    pub interrupt: EventFd,
    /// The host memory of which `memory` is the middle. Declared after it: unmapped later.
    surroundings: MmapRegion,
}

impl<D: Device> Driver<D> {
    /// A driver that has set up all queues and accepted everything that was offered.
    pub fn new(device: D) -> Self {
        let (memory, surroundings) = guarded_memory();
        let interrupt = EventFd::new(libc::EFD_NONBLOCK).unwrap();
        let line = Line::new(interrupt.try_clone().unwrap());
        let mut driver = Self {
            registers: VirtioMmio::new(device, line),
            memory,
            interrupt,
            surroundings,
        };
        driver.boot();
        driver
    }

    pub fn set(&mut self, register: u32, value: u32) {
        self.registers
            .write(&self.memory, register.into(), &value.to_le_bytes());
    }

    pub fn get(&mut self, register: u32) -> u32 {
        let mut value = [0xff; 4];
        self.registers.read(register.into(), &mut value);
        u32::from_le_bytes(value)
    }

    /// Resets the device and sets it up.
    pub fn boot(&mut self) {
        let mut status = 0;
        self.set(VIRTIO_MMIO_STATUS, 0);
        for step in [ACKNOWLEDGE, DRIVER] {
            status |= step;
            self.set(VIRTIO_MMIO_STATUS, status);
        }
        for page in 0..2 {
            self.set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, page);
            let features = self.get(VIRTIO_MMIO_DEVICE_FEATURES);
            self.set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, page);
            self.set(VIRTIO_MMIO_DRIVER_FEATURES, features);
        }
        self.set(VIRTIO_MMIO_STATUS, status | FEATURES_OK);
        for queue in 0.. {
            self.set(VIRTIO_MMIO_QUEUE_SEL, queue.into());
            let size = self.get(VIRTIO_MMIO_QUEUE_NUM_MAX);
            if size == 0 {
                break;
            }
            self.set_up(queue, size as u16);
        }
        let all = status | FEATURES_OK | DRIVER_OK;
        self.set(VIRTIO_MMIO_STATUS, all);
        assert_eq!(self.get(VIRTIO_MMIO_STATUS), all);
    }

    /// Describes the selected queue.
    pub fn set_up(&mut self, queue: u16, size: u16) {
        let GuestAddress(table) = table(queue);
        let zeros = [0; 0x1000];
        self.memory
            .write_slice(&zeros, GuestAddress(table))
            .unwrap();
        self.set(VIRTIO_MMIO_QUEUE_NUM, size.into());
        self.set(VIRTIO_MMIO_QUEUE_DESC_LOW, table as u32);
        let available = table + AVAILABLE_OFFSET;
        self.set(VIRTIO_MMIO_QUEUE_AVAIL_LOW, available as u32);
        self.set(VIRTIO_MMIO_QUEUE_USED_LOW, (table + USED_OFFSET) as u32);
        self.set(VIRTIO_MMIO_QUEUE_READY, 1);
        assert_eq!(self.get(VIRTIO_MMIO_QUEUE_READY), 1);
    }

    fn size(&mut self, queue: u16) -> u16 {
        self.set(VIRTIO_MMIO_QUEUE_SEL, queue.into());
        self.get(VIRTIO_MMIO_QUEUE_NUM_MAX) as u16
    }

    /// Writes a descriptor as it is.
    pub fn describe(&self, queue: u16, index: u16, descriptor: Descriptor) {
        let address = table(queue).unchecked_add(u64::from(index) * 16);
        self.memory.write_obj(descriptor, address).unwrap();
    }

    /// Makes a chain available, without a notification.
    pub fn offer(&mut self, queue: u16, head: u16) {
        let size = self.size(queue);
        let available = table(queue).unchecked_add(AVAILABLE_OFFSET);
        let index: u16 = self.memory.read_obj(available.unchecked_add(2)).unwrap();
        let slot = 4 + u64::from(index % size) * 2;
        let memory = &self.memory;
        memory
            .write_obj(head, available.unchecked_add(slot))
            .unwrap();
        let next = index.wrapping_add(1);
        memory.write_obj(next, available.unchecked_add(2)).unwrap();
    }

    /// Offers a chain of pieces (address, length, whether the device writes it) in the descriptors from `head` on, and notifies.
    pub fn submit(&mut self, queue: u16, head: u16, pieces: &[(u64, u32, bool)]) {
        let last = pieces.len() - 1;
        for (index, &(address, length, device_writes)) in pieces.iter().enumerate() {
            let number = head + index as u16;
            let next = if index < last { NEXT } else { 0 };
            let write = if device_writes { WRITE } else { 0 };
            let descriptor = Descriptor::new(address, length, next | write, number + 1);
            self.describe(queue, number, descriptor);
        }
        self.offer(queue, head);
        self.notify(queue);
    }

    pub fn notify(&mut self, queue: u16) {
        self.set(VIRTIO_MMIO_QUEUE_NOTIFY, queue.into());
    }

    /// Index of the used ring: how many chains have come back, modulo 65536.
    pub fn used(&self, queue: u16) -> u16 {
        let used = table(queue).unchecked_add(USED_OFFSET);
        self.memory.read_obj(used.unchecked_add(2)).unwrap()
    }

    /// The chain that came back as number `index`: its head, and how many bytes the device has written.
    pub fn used_chain(&mut self, queue: u16, index: u16) -> (u32, u32) {
        let slot = 4 + u64::from(index % self.size(queue)) * 8;
        let address = table(queue).unchecked_add(USED_OFFSET + slot);
        let [head, length]: [u32; 2] = self.memory.read_obj(address).unwrap();
        (head, length)
    }

    pub fn bytes(&self, address: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let memory = &self.memory;
        memory
            .read_slice(&mut bytes, GuestAddress(address))
            .unwrap();
        bytes
    }

    pub fn needs_reset(&mut self) -> bool {
        self.get(VIRTIO_MMIO_STATUS) & NEEDS_RESET != 0
    }

    pub fn driver_error(&self) -> Option<&DriverError> {
        self.registers.driver_error()
    }

    /// Nothing around the guest's memory has changed.
    pub fn assert_guards_hold(&self) {
        assert_guards_hold(&self.surroundings);
    }
}

/// Where a queue's descriptors lie. Each queue has a page.
pub fn table(queue: u16) -> GuestAddress {
    GuestAddress(0x1000 * (u64::from(queue) + 1))
}
