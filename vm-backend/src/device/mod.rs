//! The devices of the VM, over virtio-mmio: a disk; and for a guest with an operating system a console, randomness and a balloon.
//!
//! Virtio devices are made for virtual machines: instead of pretending to be some chip, with dozens of register accesses (each
//! of which is an exit) per transfer, driver and device share a queue in guest memory, and one register access hands over a
//! whole request. From the guest's end inwards:
//!
//! 1. [`virtio_mmio`]: the registers, and the handshake by which driver and device agree; [`queue_setup`] is the part of them
//!    that is about queues, [`mod@line`] the interrupt in the other direction.
//! 2. [`lifecycle`]: what every device is; [`block`]: the disk: takes requests off the queue, and puts answers there.
//! 3. [`chain`]: what a driver puts into a queue; [`request`]: what that asks the disk for. Pure: guest memory in, a checked
//!    request out.
//! 4. [`disk_file`]: the host file that holds the sectors; [`disk_spec`] is what was typed for it.
//! 5. `file_io`: the system calls between guest memory and file, without a copy. The only `unsafe` here.
//!
//! The tiny guest's disk is synchronous: the guest's store to QueueNotify is an exit, the whole request is done within that exit,
//! and the answer is in the used ring when the guest runs again. No interrupts, no other thread. A guest with one vCPU and one
//! request at a time would only wait anyway, and each interrupt would cost another exit.
//!
//! A guest with an operating system has more:
//!
//! 6. [`block_thread`]: the same disk, in a thread of its own, with interrupts.
//! 7. [`console`]: another kind of device: streams of [`bytes`] in both directions, when they come and not on request.
//! 8. [`rng`]: random [`bytes`].
//! 9. [`balloon`]: takes memory from the guest, and gives it back.
//!
//! **The driver is hostile.** Everything that it writes, here and in guest memory, is copied out, then checked, then used; see
//! the tests for what it may try. If it breaks the protocol, the device stops (NEEDS_RESET) and touches nothing more.
//!
//! Simplified: production devices have many requests in flight, several queues, and registers on a PCI bus.
//!
//! Read next: virtio 1.2, sections 2 (how devices work), 4.2 (MMIO) and 5.2 (block device); `guest-kernel/src/disk` for the driver.

pub mod balloon;
pub mod block;
pub mod block_thread;
pub mod bytes;
pub mod chain;
pub mod console;
pub mod disk_counts;
pub mod disk_file;
pub mod disk_spec;
mod file_io;
pub mod lifecycle;
pub mod line;
pub mod queue_setup;
pub mod request;
pub mod rng;
pub mod virtio_mmio;

pub use balloon::{Balloon, BalloonGauge};
pub use block::Block;
pub use block_thread::BlockThread;
pub use console::Console;
pub use disk_counts::{DiskCounter, DiskCounts};
pub use disk_file::{DiskError, DiskFile};
pub use disk_spec::DiskSpec;
pub use lifecycle::{Activation, Device, DriverError};
pub use line::Line;
pub use rng::Rng;
pub use virtio_mmio::VirtioMmio;

#[cfg(test)]
mod tests;
