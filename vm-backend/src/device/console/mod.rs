//! The console: how a guest with an operating system reads and writes what the program's standard streams are.
//!
//! A virtio console has *ports*: pairs of queues that carry bytes. Ours has four, and so the program's output isn't mixed with the
//! kernel's:
//!
//! | port | name in the guest | on the host |
//! |---|---|---|
//! | 0 | /dev/hvc0, where the kernel prints | the last lines are kept; stderr, when asked for |
//! | 1 | `stdin` | stdin |
//! | 2 | `stdout` | stdout |
//! | 3 | `stderr` | stderr |
//!
//! Input and output don't share a port: when the host's input ends, the device closes the port, and the guest reads the end of the
//! file; but Linux lets nobody write to a port that the host has closed.
//!
//! 1. [`control`]: which ports there are, and whether they are open: messages on two queues of their own. Pure.
//! 2. `transfer`: bytes between queues and streams. Pure, but for the writing.
//! 3. `input`: the thread that reads stdin, when the guest wants input and not before.
//! 4. [`output`]: where the guest's output goes.
//! 5. This file: the device's life.
//!
//! Output is written to the host within the exit that the notification is, since Linux' driver would wait for it in a loop
//! otherwise, with its CPU busy.
//!
//! Simplified: no window size, no emergency write; when the host's reader of the output is gone, output is thrown away.
//!
//! Read next: virtio 1.2, 5.3 (with VIRTIO_CONSOLE_F_MULTIPORT); Linux' drivers/char/virtio_console.c.

pub mod control;
mod input;
pub mod output;
mod transfer;

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, Barrier, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use virtio_bindings::virtio_config::VIRTIO_F_VERSION_1;
use virtio_bindings::virtio_ids::VIRTIO_ID_CONSOLE;
use vmm_sys_util::eventfd::EventFd;

use super::lifecycle::{Activation, Device, DriverError, read_bytes};
use control::PORTS;
use output::{KernelLog, Output};
use transfer::Transfer;

use crate::lock::lock;

/// The feature bit of more than one port.
const F_MULTIPORT: u32 = 1;

/// Entries of a queue from device to driver. Linux puts a page into each of them, so a small number saves memory.
const TO_DRIVER: u16 = 16;
/// Entries of a queue from driver to device.
const FROM_DRIVER: u16 = 64;
/// Two for each port, and two for control.
const QUEUE_SIZES: [u16; 2 * (PORTS.len() + 1)] = {
    let mut sizes = [TO_DRIVER; 2 * (PORTS.len() + 1)];
    let mut number = 1;
    while number < sizes.len() {
        sizes[number] = FROM_DRIVER;
        number += 2;
    }
    sizes
};

/// The host's ends of the ports.
#[derive(Debug)]
pub struct Streams {
    /// What the guest reads as stdin.
    pub input: File,
    /// Where the guest's stdout goes.
    pub output: File,
    /// Where the guest's stderr goes.
    pub error: File,
    /// What the guest's kernel prints goes to `error`, too.
    pub show_kernel: bool,
}

impl Streams {
    /// The standard streams of this process.
    ///
    /// # Errors
    /// When one of them isn't open.
    pub fn standard(show_kernel: bool) -> io::Result<Self> {
        Ok(Self {
            input: io::stdin().as_fd().try_clone_to_owned()?.into(),
            output: io::stdout().as_fd().try_clone_to_owned()?.into(),
            error: io::stderr().as_fd().try_clone_to_owned()?.into(),
            show_kernel,
        })
    }
}

/// The device.
#[derive(Debug)]
pub struct Console {
    /// What the notifications and the thread work on.
    shared: Arc<Shared>,
    /// What the guest's kernel has printed.
    log: KernelLog,
    /// Reads stdin. None: it has been told to end.
    reader: Option<JoinHandle<()>>,
}

/// What the device's methods and its thread share.
#[derive(Debug)]
struct Shared {
    /// Everything that changes. Held while bytes are copied, never while the thread waits or reads.
    transfer: Mutex<Transfer>,
    /// Written to when the thread should look at it.
    wake: EventFd,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Transfer> {
        lock(&self.transfer)
    }

    fn wake(&self) {
        // Fails only if 2^64 - 1 wakings are pending.
        self.wake.write(1).unwrap_or_default();
    }
}

impl Console {
    /// An idle device. When this returns, its thread is there and waits: it won't make system calls of a thread's start any more.
    ///
    /// # Errors
    /// When the kernel refuses an eventfd or a thread.
    pub fn start(streams: Streams) -> io::Result<Self> {
        let output = Output::new(streams.output, streams.error, streams.show_kernel);
        let log = output.log();
        let shared = Arc::new(Shared {
            transfer: Mutex::new(Transfer::new(output)),
            wake: EventFd::new(libc::EFD_NONBLOCK | libc::EFD_CLOEXEC)?,
        });
        let is_there = Arc::new(Barrier::new(2));
        let reader = {
            let (shared, is_there) = (Arc::clone(&shared), Arc::clone(&is_there));
            thread::Builder::new()
                .name("console-input".to_owned())
                .spawn(move || {
                    is_there.wait();
                    input::run(&shared, &streams.input);
                })?
        };
        is_there.wait();
        Ok(Self {
            shared,
            log,
            reader: Some(reader),
        })
    }

    /// What the guest's kernel has printed: still there when the device is gone.
    #[must_use]
    pub fn log(&self) -> KernelLog {
        self.log.clone()
    }
}

impl Device for Console {
    fn device_type(&self) -> u32 {
        VIRTIO_ID_CONSOLE
    }

    fn features(&self) -> u64 {
        1 << VIRTIO_F_VERSION_1 | 1 << F_MULTIPORT
    }

    fn queue_sizes(&self) -> &[u16] {
        &QUEUE_SIZES
    }

    /// No columns, no rows, the number of ports.
    fn read_config(&self, offset: u64, data: &mut [u8]) {
        let config = [0, PORTS.len() as u32];
        let config = config.map(u32::to_le_bytes);
        read_bytes(config.as_flattened(), offset, data);
    }

    fn activate(&mut self, activation: Activation) {
        self.shared.lock().activate(activation);
    }

    fn notify(&mut self, queue: u16) -> Result<(), DriverError> {
        let mut transfer = self.shared.lock();
        transfer.notify(queue)?;
        if transfer.wants_input() && !transfer.reader.is_watching {
            self.shared.wake();
        }
        Ok(())
    }

    fn reset(&mut self) {
        self.shared.lock().reset();
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let is_reading = {
            let mut transfer = self.shared.lock();
            transfer.reset();
            transfer.reader.must_end = true;
            transfer.reader.is_reading
        };
        self.shared.wake();
        // It may be stuck in read(2), if somebody else has taken the bytes that were there: then it is left to the end of the
        // process. It has no access to guest memory any more.
        if let Some(reader) = self.reader.take().filter(|_| !is_reading) {
            // A thread that has panicked has ended, too.
            drop(reader.join());
        }
    }
}
