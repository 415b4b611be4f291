//! The I/O APIC: which device interrupt goes to which CPU, as which vector.
//!
//! KVM's irqchip is *split*: the local APICs, one per CPU and busy all the time, are KVM's; the I/O APIC, touched at boot and
//! when a driver starts, is ours. (With all of it in KVM, the end of a short-lived VM waits for milliseconds in the kernel.)
//!
//! It has 8 pins and a table of 64-bit entries, reached through two registers: select, then read or write. Each entry that
//! isn't masked becomes a *route* in KVM: when the device's eventfd is written, KVM sends this message to a local APIC. So an
//! interrupt needs neither this code nor an exit.
//!
//! Simplified: edge-triggered interrupts only; a level-triggered one would need KVM_EXIT_IOAPIC_EOI. One that comes while its pin
//! is masked is lost, as on a real one.
//!
//! Read next: Intel 82093AA datasheet; api.rst, KVM_CAP_SPLIT_IRQCHIP, KVM_SET_GSI_ROUTING.

use kvm_bindings::{KVM_IRQ_ROUTING_MSI, KvmIrqRouting, kvm_irq_routing_entry};
use kvm_ioctls::VmFd;

use super::layout::IOAPIC_PINS;

/// Offsets of the two registers in the page.
const SELECT: u64 = 0;
const WINDOW: u64 = 0x10;
/// What can be selected: identity, version, and from here on two words per pin.
const ID: u32 = 0;
const VERSION: u32 = 1;
const TABLE: u32 = 0x10;
/// Version 0x11, and the number of the last pin.
const VERSION_VALUE: u32 = 0x11 | (IOAPIC_PINS - 1) << 16;
/// Bits of an entry.
const LOGICAL: u64 = 1 << 11;
const MASKED: u64 = 1 << 16;
/// Delivery status and remote IRR: read-only.
const READ_ONLY: u64 = 1 << 12 | 1 << 14;
/// Where messages to local APICs are written.
const MESSAGES: u32 = 0xfee0_0000;

/// The registers.
#[derive(Clone, Debug)]
pub struct IoApic {
    /// What the window shows.
    select: u32,
    /// Bits 24-27: written by the kernel, and given back.
    id: u32,
    /// The table, as written by the kernel.
    entries: [u64; IOAPIC_PINS as usize],
}

impl Default for IoApic {
    /// As after a reset: every pin is masked.
    fn default() -> Self {
        Self {
            select: 0,
            id: 0,
            entries: [MASKED; IOAPIC_PINS as usize],
        }
    }
}

impl IoApic {
    /// The guest reads at `offset` of the page.
    #[must_use]
    pub fn read(&self, offset: u64) -> u32 {
        match (offset, self.select) {
            (SELECT, _) => self.select,
            (WINDOW, ID) => self.id,
            (WINDOW, VERSION) => VERSION_VALUE,
            (WINDOW, select) => self
                .pin(select)
                .map_or(0, |(pin, shift)| (self.entries[pin] >> shift) as u32),
            _ => 0,
        }
    }

    /// The guest writes at `offset` of the page; whether routes have changed.
    pub fn write(&mut self, offset: u64, value: u32) -> bool {
        match (offset, self.select) {
            (SELECT, _) => self.select = value & 0xff,
            (WINDOW, ID) => self.id = value & 0x0f00_0000,
            (WINDOW, select) => {
                if let Some((pin, shift)) = self.pin(select) {
                    let kept = self.entries[pin] & !(0xffff_ffff << shift);
                    self.entries[pin] = (kept | u64::from(value) << shift) & !READ_ONLY;
                    return true;
                }
            }
            _ => {}
        }
        false
    }

    /// The pin and the half of its entry that a selection means.
    fn pin(&self, select: u32) -> Option<(usize, u32)> {
        let word = select.checked_sub(TABLE)?;
        let pin = usize::try_from(word / 2).ok()?;
        (pin < self.entries.len()).then_some((pin, word % 2 * 32))
    }

    /// The message of each pin that isn't masked.
    fn routes(&self) -> Vec<kvm_irq_routing_entry> {
        let open = self.entries.iter().enumerate();
        open.filter(|(_, entry)| *entry & MASKED == 0)
            .map(|(pin, entry)| {
                let destination = (entry >> 56) as u32;
                let logical = if entry & LOGICAL != 0 { 1 << 2 } else { 0 };
                let mut route = kvm_irq_routing_entry {
                    gsi: pin as u32,
                    type_: KVM_IRQ_ROUTING_MSI,
                    ..Default::default()
                };
                route.u.msi.address_lo = MESSAGES | destination << 12 | logical;
                // Vector and delivery mode.
                route.u.msi.data = (entry & 0x7ff) as u32;
                route
            })
            .collect()
    }

    /// Tells KVM.
    ///
    /// # Errors
    /// When KVM refuses.
    pub fn apply(&self, vm: &VmFd) -> Result<(), kvm_ioctls::Error> {
        let routing = KvmIrqRouting::from_entries(&self.routes())
            .map_err(|_| kvm_ioctls::Error::new(libc::EINVAL))?;
        vm.set_gsi_routing(&routing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ioapic: &mut IoApic, select: u32, value: u32) -> bool {
        ioapic.write(SELECT, select);
        ioapic.write(WINDOW, value)
    }

    fn get(ioapic: &mut IoApic, select: u32) -> u32 {
        ioapic.write(SELECT, select);
        ioapic.read(WINDOW)
    }

    #[test]
    fn a_pin_that_is_opened_becomes_a_message() {
        let mut ioapic = IoApic::default();
        assert!(ioapic.routes().is_empty());
        assert!(set(&mut ioapic, TABLE + 2 * 5 + 1, 3 << 24));
        assert!(set(&mut ioapic, TABLE + 2 * 5, 0x31 | 1 << 12));
        let [route] = ioapic.routes()[..] else {
            panic!()
        };
        assert_eq!(route.gsi, 5);
        // SAFETY: `routes` makes MSI entries only.
        let message = unsafe { route.u.msi };
        assert_eq!((message.address_lo, message.data), (0xfee0_3000, 0x31));
        assert_eq!(
            get(&mut ioapic, TABLE + 2 * 5),
            0x31,
            "the status bit is read-only"
        );
        set(&mut ioapic, TABLE + 2 * 5, 0x31 | 1 << 16);
        assert!(ioapic.routes().is_empty());
    }

    #[test]
    fn it_says_how_many_pins_it_has() {
        let mut ioapic = IoApic::default();
        assert_eq!(get(&mut ioapic, VERSION) >> 16, IOAPIC_PINS - 1);
    }

    #[test]
    fn what_is_not_there_reads_as_zero_and_takes_no_writes() {
        let mut ioapic = IoApic::default();
        for select in [2, 0xf, TABLE + 2 * IOAPIC_PINS, 0xff, u32::MAX] {
            assert!(!set(&mut ioapic, select, u32::MAX) || select == u32::MAX);
        }
        assert_eq!(get(&mut ioapic, 0xff), 0);
        for offset in [4, 0x20, 0xfff, u64::MAX] {
            assert!(!ioapic.write(offset, 1));
            assert_eq!(ioapic.read(offset), 0);
        }
    }
}
