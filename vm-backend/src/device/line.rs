//! How a device calls its driver: the interrupt line.
//!
//! A virtio interrupt says *that* something happened, and the register InterruptStatus says what: a queue was used, or the
//! configuration has changed, the device's being broken included. So raising the line is two steps, in this order:
//!
//! 1. Set the bit in InterruptStatus: the driver's handler reads it, and writes it back to InterruptACK.
//! 2. Write to an eventfd. KVM has been told that this descriptor means an interrupt (KVM_IRQFD), and delivers it to the guest,
//!    without a detour through the VMM and while the guest runs.
//!
//! A line may be raised from any thread. The registers read and acknowledge what is set here.
//!
//! The tiny guest has no interrupt controller: its line sets the bits, and that is all.
//!
//! Read next: api.rst, KVM_IRQFD; eventfd(2); virtio 1.2, 4.2.3.4.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use virtio_bindings::virtio_mmio::{VIRTIO_MMIO_INT_CONFIG, VIRTIO_MMIO_INT_VRING};
use vmm_sys_util::eventfd::EventFd;

use super::lifecycle::DriverError;

/// The line from one device to its driver. Clones are the same line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Makes KVM interrupt the guest. None: the guest has no interrupts.
    event: Option<Arc<EventFd>>,
    /// What registers and device share.
    state: Arc<State>,
}

/// From one reset to the next.
#[derive(Debug, Default)]
struct State {
    /// InterruptStatus: the device sets bits, the driver clears them.
    interrupt_status: AtomicU32,
    /// Why the device needs a reset. Set once, by the device.
    driver_error: OnceLock<DriverError>,
}

impl Line {
    /// A line that interrupts the guest by way of this eventfd.
    #[must_use]
    pub fn new(event: EventFd) -> Self {
        Self {
            event: Some(Arc::new(event)),
            state: Arc::default(),
        }
    }

    /// A line to a guest without interrupts. Its driver looks into the used ring instead.
    #[must_use]
    pub fn none() -> Self {
        Self {
            event: None,
            state: Arc::default(),
        }
    }

    /// Something has been put into a used ring.
    pub fn raise(&self) {
        self.interrupt(VIRTIO_MMIO_INT_VRING);
    }

    /// The configuration space has changed.
    pub fn announce(&self) {
        self.interrupt(VIRTIO_MMIO_INT_CONFIG);
    }

    /// The driver has broken the protocol: NEEDS_RESET, and an interrupt so that it looks.
    pub fn fail(&self, error: DriverError) {
        // Only the first error counts.
        drop(self.state.driver_error.set(error));
        self.interrupt(VIRTIO_MMIO_INT_CONFIG);
    }

    /// How the driver has broken the protocol, if it has.
    pub(super) fn driver_error(&self) -> Option<&DriverError> {
        self.state.driver_error.get()
    }

    /// The bits that haven't been acknowledged.
    pub(super) fn interrupt_status(&self) -> u32 {
        self.state.interrupt_status.load(Ordering::Acquire)
    }

    /// The driver has seen these bits.
    pub(super) fn acknowledge(&self, bits: u32) {
        self.state
            .interrupt_status
            .fetch_and(!bits, Ordering::AcqRel);
    }

    /// The same line after a reset. A clone from before can't set anything in it.
    pub(super) fn renewed(&self) -> Self {
        Self {
            event: self.event.clone(),
            state: Arc::default(),
        }
    }

    fn interrupt(&self, bit: u32) {
        self.state.interrupt_status.fetch_or(bit, Ordering::AcqRel);
        if let Some(event) = &self.event {
            // Fails only if 2^64 - 1 interrupts are pending: one more wouldn't be noticed.
            event.write(1).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::chain::Malformed;

    #[test]
    fn raising_sets_the_bit_and_signals_kvm() {
        let event = EventFd::new(libc::EFD_NONBLOCK).unwrap();
        let line = Line::new(event.try_clone().unwrap());
        line.clone().raise();
        line.raise();
        assert_eq!((line.interrupt_status(), event.read().unwrap()), (1, 2));
        line.acknowledge(2);
        assert_eq!(line.interrupt_status(), 1);
        line.acknowledge(1);
        assert_eq!(line.interrupt_status(), 0);
        assert!(event.read().is_err());
    }

    #[test]
    fn after_a_reset_old_clones_change_nothing() {
        let line = Line::none();
        let renewed = line.renewed();
        line.raise();
        line.fail(Malformed::Order.into());
        line.fail(Malformed::Endless.into());
        assert_eq!(line.interrupt_status(), 3);
        let first = Some(&DriverError::Chain(Malformed::Order));
        assert_eq!(format!("{:?}", line.driver_error()), format!("{:?}", first));
        assert_eq!(renewed.interrupt_status(), 0);
        assert!(renewed.driver_error().is_none());
    }
}
