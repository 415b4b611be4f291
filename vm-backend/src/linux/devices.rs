//! The virtio devices of one machine, each connected with KVM:
//!
//! - its interrupt line: an eventfd that KVM turns into the interrupt (KVM_IRQFD), without the VMM running;
//! - the disk's doorbell: an eventfd into which KVM turns a write to QueueNotify (KVM_IOEVENTFD), without the VMM's CPU thread
//!   running: the disk's own thread wakes up.
//!
//! Read next: [`crate::device`]; api.rst, 4.75 KVM_IRQFD, 4.59 KVM_IOEVENTFD.

use kvm_ioctls::{IoEventAddress, VmFd};
use virtio_bindings::virtio_mmio::VIRTIO_MMIO_QUEUE_NOTIFY;
use vmm_sys_util::eventfd::EventFd;

use super::board::Registers;
use super::layout::{device_interrupt, device_page};
use crate::Error;
use crate::device::console::output::KernelLog;
use crate::device::console::{Console, Streams};
use crate::device::rng::Rng;
use crate::device::{Balloon, BalloonGauge, BlockThread, DiskCounter};
use crate::device::{Device, DiskFile, Line, VirtioMmio};

/// The disk's only queue.
const DISK_QUEUE: u32 = 0;

/// Devices so far, in the order of their pages.
#[derive(Debug)]
pub struct Devices<'a> {
    vm: &'a VmFd,
    all: Vec<Box<dyn Registers>>,
}

impl<'a> Devices<'a> {
    /// None yet.
    #[must_use]
    pub fn new(vm: &'a VmFd) -> Self {
        Self {
            vm,
            all: Vec::new(),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.all.len() as u32
    }

    /// All of them.
    #[must_use]
    pub fn finish(self) -> Vec<Box<dyn Registers>> {
        self.all
    }

    /// Adds the console, connected to this process' standard streams; gives what the kernel will have said.
    ///
    /// # Errors
    /// When a stream is closed, or a thread or eventfd is refused.
    pub fn add_console(&mut self) -> Result<KernelLog, Error> {
        let console = Streams::standard(false)
            .and_then(Console::start)
            .map_err(Error::process("making the console device"))?;
        let log = console.log();
        self.add(console)?;
        Ok(log)
    }

    /// Adds the disk; gives its counters.
    ///
    /// # Errors
    /// When a thread or eventfd is refused.
    pub fn add_disk(&mut self, file: DiskFile) -> Result<DiskCounter, Error> {
        let disk =
            BlockThread::start(file).map_err(Error::process("starting the disk's thread"))?;
        let counter = disk.counter();
        let notify = device_page(self.count()).0 + u64::from(VIRTIO_MMIO_QUEUE_NOTIFY);
        self.vm
            .register_ioevent(disk.doorbell(), &IoEventAddress::Mmio(notify), DISK_QUEUE)
            .map_err(Error::kvm("connecting the disk's doorbell"))?;
        self.add(disk)?;
        Ok(counter)
    }

    /// Adds a source of random numbers.
    ///
    /// # Errors
    /// When /dev/urandom or an eventfd is refused.
    pub fn add_rng(&mut self) -> Result<(), Error> {
        let rng = Rng::new().map_err(Error::process("making the source of random numbers"))?;
        self.add(rng)
    }

    /// Adds a balloon.
    ///
    /// # Errors
    /// When an eventfd is refused.
    pub fn add_balloon(&mut self, gauge: &BalloonGauge) -> Result<(), Error> {
        self.add(Balloon::new(gauge.clone()))
    }

    fn add<D: Device + 'static>(&mut self, device: D) -> Result<(), Error> {
        let event = EventFd::new(libc::EFD_NONBLOCK | libc::EFD_CLOEXEC)
            .map_err(Error::process("making an eventfd"))?;
        self.vm
            .register_irqfd(&event, device_interrupt(self.count()))
            .map_err(Error::kvm("connecting a device's interrupt"))?;
        self.all
            .push(Box::new(VirtioMmio::new(device, Line::new(event))));
        Ok(())
    }
}
