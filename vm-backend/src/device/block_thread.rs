//! The disk of a guest with an operating system: the same device, in a thread of its own.
//!
//! Such a guest has something else to do while the disk works, and an interrupt to tell it when that is done. So no CPU of it waits
//! in the VMM:
//!
//! 1. The driver's store to QueueNotify becomes a count in an eventfd, the *doorbell*. When KVM has been told so
//!    (KVM_IOEVENTFD), this never leaves the kernel: the guest runs on after a microsecond.
//! 2. The thread, which waits for the doorbell, does what is in the queue: [`Block`] as it is.
//! 3. It raises the line, and waits again.
//!
//! Each round ends after a queue full of requests. Nothing is forgotten by that: the device never asks the driver not to ring, so
//! whatever comes during a round rings the doorbell again.
//!
//! The thread starts with the device, before the VMM gives up its system calls, and ends with it. A reset needs no end of the
//! thread: it takes the queue away between two rounds.
//!
//! Simplified: one request after the other, where io_uring would have many in flight; an interrupt for each round, where EVENT_IDX
//! would let driver and device agree on fewer.
//!
//! Read next: api.rst, KVM_IOEVENTFD; [`super::block`], [`mod@super::line`].

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::{self, JoinHandle};

use vmm_sys_util::eventfd::EventFd;

use super::block::Block;
use super::disk_counts::DiskCounter;
use super::disk_file::DiskFile;
use super::lifecycle::{Activation, Device, DriverError};
use super::line::Line;
use crate::lock::lock;

/// The device.
#[derive(Debug)]
pub struct BlockThread {
    /// What its methods and the thread work on.
    shared: Arc<Shared>,
    /// The thread. None: it has been told to end.
    worker: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    /// Held during a round.
    state: Mutex<State>,
    /// Triggered by the driver's notifications, and once more for the end.
    doorbell: EventFd,
    /// The thread must touch nothing more, and end. Set once.
    must_end: AtomicBool,
    /// The device's: who looks needn't wait for the end of a round.
    counts: DiskCounter,
}

#[derive(Debug)]
struct State {
    block: Block,
    /// For telling the driver that it has broken the protocol. Since the last DRIVER_OK.
    line: Line,
}

impl BlockThread {
    /// An idle device. When this returns, its thread is there and waits: it won't make system calls of a thread's start any more.
    ///
    /// # Errors
    /// When the kernel refuses an eventfd or a thread.
    pub fn start(disk: DiskFile) -> io::Result<Self> {
        let block = Block::with_segments(disk);
        let shared = Arc::new(Shared {
            counts: block.counter(),
            state: Mutex::new(State {
                block,
                line: Line::none(),
            }),
            doorbell: EventFd::new(libc::EFD_CLOEXEC)?,
            must_end: AtomicBool::new(false),
        });
        let is_there = Arc::new(Barrier::new(2));
        let worker = {
            let (shared, is_there) = (Arc::clone(&shared), Arc::clone(&is_there));
            thread::Builder::new()
                .name("disk".to_owned())
                .spawn(move || {
                    is_there.wait();
                    shared.work();
                })?
        };
        is_there.wait();
        Ok(Self {
            shared,
            worker: Some(worker),
        })
    }

    /// What KVM is to trigger when the driver writes to QueueNotify. Where it isn't told to, [`Device::notify`] does the same.
    #[must_use]
    pub fn doorbell(&self) -> &EventFd {
        &self.shared.doorbell
    }

    /// What the disk has done for the guest: can still be asked when the device is gone.
    #[must_use]
    pub fn counter(&self) -> DiskCounter {
        self.shared.counts.clone()
    }
}

impl Shared {
    /// The thread.
    fn work(&self) {
        // 1.
        while self.is_rung() {
            // 2., 3.
            let mut state = lock(&self.state);
            if let Err(error) = state.block.notify(0) {
                state.line.fail(error);
            }
        }
    }

    /// Waits for the doorbell. Returns whether there may be work.
    fn is_rung(&self) -> bool {
        loop {
            match self.doorbell.read() {
                _ if self.must_end.load(Ordering::Acquire) => return false,
                Ok(_) => return true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
    }

    fn ring(&self) {
        // Fails only if the descriptor isn't an eventfd.
        self.doorbell.write(1).unwrap_or_default();
    }
}

impl Device for BlockThread {
    fn device_type(&self) -> u32 {
        lock(&self.shared.state).block.device_type()
    }

    fn features(&self) -> u64 {
        lock(&self.shared.state).block.features()
    }

    fn queue_sizes(&self) -> &[u16] {
        Block::QUEUE_SIZES
    }

    fn read_config(&self, offset: u64, data: &mut [u8]) {
        lock(&self.shared.state).block.read_config(offset, data);
    }

    fn activate(&mut self, activation: Activation) {
        let mut state = lock(&self.shared.state);
        state.line = activation.line.clone();
        state.block.activate(activation);
    }

    fn notify(&mut self, queue: u16) -> Result<(), DriverError> {
        if queue == 0 {
            self.shared.ring();
        }
        Ok(())
    }

    /// Waits for the end of a round.
    fn reset(&mut self) {
        lock(&self.shared.state).block.reset();
    }
}

impl Drop for BlockThread {
    fn drop(&mut self) {
        self.shared.must_end.store(true, Ordering::Release);
        self.shared.ring();
        if let Some(worker) = self.worker.take() {
            // A thread that has panicked has ended, too.
            drop(worker.join());
        }
    }
}
