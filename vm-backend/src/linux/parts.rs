//! What a machine has beside memory: interrupt controllers, devices, CPUs. Made in this order:
//!
//! 1. The interrupt controllers come before the CPUs: their local APICs are part of them.
//! 2. The devices: a console (a bare kernel has none), a disk if there is one, and an entropy source only where a kernel would wait for
//!    entropy, a balloon only where memory may grow.
//!    The ACPI tables say where they are, so those are written when all are known.
//! 3. The CPUs, which KVM runs.
//!
//! Read next: [`super::devices`], [`super::acpi`], [`super::cpu`].

use kvm_ioctls::{Kvm, VcpuFd, VmFd};
use vm_memory::GuestMemoryMmap;

use super::board::Registers;
use super::devices::Devices;
use super::{acpi, cpu};
use crate::device::console::output::KernelLog;
use crate::device::{BalloonGauge, DiskCounter, DiskFile};
use crate::irqchip::{self, Irqchip};
use crate::timeline::Timeline;
use crate::{Error, cli};

/// The parts.
#[derive(Debug)]
pub struct Parts {
    /// In the order of their pages.
    pub devices: Vec<Box<dyn Registers>>,
    /// In the order of their numbers; none has run.
    pub cpus: Vec<VcpuFd>,
    /// What the kernel will have said, if there is a console for that.
    pub kernel_log: Option<KernelLog>,
    /// What the disk will have done.
    pub disk: Option<DiskCounter>,
}

/// Adds them to a machine, and writes into its memory what describes them.
///
/// # Errors
/// When KVM refuses, or the host lacks descriptors.
pub fn assemble(
    kvm: &Kvm,
    vm: &VmFd,
    memory: &GuestMemoryMmap,
    disk: Option<DiskFile>,
    balloon: Option<&BalloonGauge>,
    options: &cli::Run,
    timeline: &mut Timeline,
) -> Result<Parts, Error> {
    // 1.
    irqchip::create(vm, Irqchip::Split)?;
    let features = cpu::Features::supported(kvm)?;
    timeline.mark("supported-cpuid");
    // 2.
    let mut devices = Devices::new(vm);
    let console = (!options.bare).then(|| devices.add_console());
    let kernel_log = console.transpose()?;
    let disk = disk.map(|file| devices.add_disk(file)).transpose()?;
    if !features.has_random_numbers() && !options.bare {
        devices.add_rng()?;
    }
    if let Some(gauge) = balloon {
        devices.add_balloon(gauge)?;
    }
    let cpu_count = options.cpus.unwrap_or(1);
    acpi::write(memory, cpu_count, devices.count())?;
    let devices = devices.finish();
    timeline.mark("devices");

    // 3.
    let numbers = 0..cpu_count;
    let cpus = numbers.map(|number| cpu::create(vm, &features, number, cpu_count));
    let cpus = cpus.collect::<Result<_, _>>()?;
    timeline.mark("create-vcpu");
    Ok(Parts {
        devices,
        cpus,
        kernel_log,
        disk,
    })
}
