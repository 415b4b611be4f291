//! Interrupt controllers, for whoever wants to know what they cost: the tiny guest needs none.
//!
//! | `--irqchip` | in the kernel | in the VMM |
//! |---|---|---|
//! | `none` | nothing: no interrupt can reach the CPU | nothing |
//! | `split` | a local APIC in each CPU | the I/O APIC, as [`crate::linux`] has it |
//! | `full` | local APICs, an I/O APIC, and the two PICs of 1981 | nothing |
//!
//! They must be there before the first CPU is, and after the memory: with an irqchip present KVM waits for an RCU grace
//! period when memory is plugged in, which takes milliseconds.
//!
//! Read next: api.rst, KVM_CREATE_IRQCHIP, KVM_CAP_SPLIT_IRQCHIP.

use std::str::FromStr;

use kvm_bindings::{KVM_CAP_SPLIT_IRQCHIP, kvm_enable_cap};
use kvm_ioctls::VmFd;

use crate::Error;
use crate::linux::layout::{IOAPIC_PINS, KVM_IDENTITY_MAP, KVM_TSS};

/// Where the interrupt controllers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Irqchip {
    /// There are none.
    #[default]
    None,
    /// Local APICs in KVM, the rest elsewhere.
    Split,
    /// All in KVM.
    Full,
}

impl FromStr for Irqchip {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            "split" => Ok(Self::Split),
            "full" => Ok(Self::Full),
            _ => Err("an irqchip is none, split or full"),
        }
    }
}

/// Makes them.
///
/// # Errors
/// When KVM refuses.
pub fn create(vm: &VmFd, kind: Irqchip) -> Result<(), Error> {
    if kind == Irqchip::None {
        return Ok(());
    }
    // Where KVM may keep what Intel's first CPUs with virtualization need for 16-bit code.
    vm.set_identity_map_address(KVM_IDENTITY_MAP)
        .and_then(|()| vm.set_tss_address(KVM_TSS))
        .map_err(Error::kvm("setting KVM's own pages aside"))?;
    let made = match kind {
        Irqchip::Full => vm.create_irq_chip(),
        _ => {
            let mut capability = kvm_enable_cap {
                cap: KVM_CAP_SPLIT_IRQCHIP,
                ..Default::default()
            };
            capability.args[0] = IOAPIC_PINS.into();
            vm.enable_cap(&capability)
        }
    };
    made.map_err(Error::kvm("making the interrupt controllers"))
}
