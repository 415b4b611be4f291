//! CPUs that boot a kernel.
//!
//! The first one starts at the kernel's entry, in the state that the way in demands:
//! - 64-bit: long mode, the first 4 GiB identity-mapped, flat segments, interrupts off, rsi = boot parameters;
//! - PVH: 32-bit protected mode without paging, flat segments, ebx = start info.
//!
//! The kernel replaces all tables at once, so these are the smallest that do. Any other CPU waits, in KVM, until the kernel
//! sends it INIT and SIPI messages.
//!
//! Unlike with the tiny guest, CPUID must tell each CPU its number, and the local APIC needs a timer: TSC deadline, which
//! takes no calibration against a timer chip that isn't there.
//!
//! Read next: Documentation/arch/x86/boot.rst; Intel SDM volume 3, 10.4 (starting CPUs).

use guest_abi::PAGE_SIZE;
use kvm_bindings::{
    CpuId, KVM_CAP_TSC_DEADLINE_TIMER, Msrs, kvm_msr_entry, kvm_regs, kvm_segment, kvm_sregs,
};
use kvm_ioctls::{Cap, Kvm, VcpuFd, VmFd};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use super::kernel::Entry;
use super::layout::{BOOT_PARAMETERS, GDT, PAGE_DIRECTORIES, PAGE_DIRECTORY_COUNT, PDPT, PML4};
use crate::{Error, kvm, vcpu};

/// Selectors that boot.rst demands.
const CODE_SELECTOR: u16 = 0x10;
const DATA_SELECTOR: u16 = 0x18;
/// CR0: protected mode, extension type, paging.
const CR0_PE: u64 = 1;
const CR0_ET: u64 = 1 << 4;
const CR0_PG: u64 = 1 << 31;
const CR4_PAE: u64 = 1 << 5;
/// EFER: long mode enabled and active.
const EFER_LONG: u64 = 1 << 8 | 1 << 10;
/// A page table's entry: present, writable; in a directory: 2 MiB.
const ENTRY: u64 = 1 | 1 << 1;
const LARGE: u64 = 1 << 7;
/// IA32_MISC_ENABLE, bit 0: fast strings.
const MSR_MISC_ENABLE: (u32, u64) = (0x1a0, 1);
/// IA32_MTRR_DEF_TYPE: enabled, all memory is write-back.
const MSR_MTRR_DEFAULT: (u32, u64) = (0x2ff, 1 << 11 | 6);
/// CPUID leaf 1, ecx: the local APIC's timer can wait for a tick.
const ECX_TSC_DEADLINE: u32 = 1 << 24;

/// And: this is a virtual machine, so that the kernel looks for KVM's own leaves, with its clock.
const ECX_HYPERVISOR: u32 = 1 << 31;

/// What CPUID answers on any of the CPUs.
#[derive(Debug)]
pub struct Features {
    answers: CpuId,
}

impl Features {
    /// Everything that KVM can offer.
    ///
    /// # Errors
    /// When KVM refuses.
    pub fn supported(kvm: &Kvm) -> Result<Self, Error> {
        let mut answers = kvm::supported_cpuid(kvm)?;
        let has_deadline = kvm.check_extension_raw(u64::from(KVM_CAP_TSC_DEADLINE_TIMER)) > 0;
        for leaf in answers.as_mut_slice() {
            if leaf.function == 1 {
                leaf.ecx |= ECX_HYPERVISOR | if has_deadline { ECX_TSC_DEADLINE } else { 0 };
            }
        }
        Ok(Self { answers })
    }

    /// Whether there is RDRAND: leaf 1, ecx bit 30.
    #[must_use]
    pub fn has_random_numbers(&self) -> bool {
        let mut leaves = self.answers.as_slice().iter();
        leaves.any(|leaf| leaf.function == 1 && leaf.ecx & 1 << 30 != 0)
    }

    /// With a CPU's own number in the leaves that have it: 1 (ebx), 0xb and 0x1f (edx).
    fn of_cpu(&self, number: u8, cpus: u8) -> CpuId {
        let mut answers = self.answers.clone();
        for leaf in answers.as_mut_slice() {
            match leaf.function {
                1 => {
                    leaf.ebx =
                        leaf.ebx & 0xff | 1 << 8 | u32::from(cpus) << 16 | u32::from(number) << 24;
                }
                0xb | 0x1f => leaf.edx = u32::from(number),
                _ => {}
            }
        }
        answers
    }
}

/// Makes a CPU that is not running anything.
///
/// # Errors
/// When KVM refuses.
pub fn create(vm: &VmFd, features: &Features, number: u8, cpus: u8) -> Result<VcpuFd, Error> {
    let cpu = vm
        .create_vcpu(u64::from(number))
        .map_err(Error::kvm("making a virtual CPU"))?;
    cpu.set_cpuid2(&features.of_cpu(number, cpus))
        .map_err(Error::kvm("setting the CPU's features"))?;
    Ok(cpu)
}

/// Lets a CPU start at the kernel's entry.
///
/// # Errors
/// When KVM refuses.
pub fn set_entry(cpu: &VcpuFd, memory: &GuestMemoryMmap, entry: Entry) -> Result<(), Error> {
    let refused = || Error::kvm("setting the CPU's registers");
    write_gdt(memory, entry)?;
    let mut sregs = cpu.get_sregs().map_err(refused())?;
    let regs = match entry {
        Entry::Linux64(at) => {
            write_page_tables(memory)?;
            set_segments(&mut sregs, true);
            (sregs.cr0, sregs.cr3, sregs.cr4) = (CR0_PE | CR0_ET | CR0_PG, PML4.0, CR4_PAE);
            sregs.efer = EFER_LONG;
            kvm_regs {
                rip: at.0,
                rsi: BOOT_PARAMETERS.0,
                ..Default::default()
            }
        }
        Entry::Pvh(at) => {
            set_segments(&mut sregs, false);
            (sregs.cr0, sregs.cr4) = (CR0_PE | CR0_ET, 0);
            kvm_regs {
                rip: at.0,
                rbx: BOOT_PARAMETERS.0,
                ..Default::default()
            }
        }
    };
    cpu.set_sregs(&sregs).map_err(refused())?;
    // Bit 1 of the flags is always set; interrupts are off.
    cpu.set_regs(&kvm_regs { rflags: 2, ..regs })
        .map_err(refused())?;
    cpu.set_fpu(&vcpu::first_fpu()).map_err(refused())?;
    let msrs = [MSR_MISC_ENABLE, MSR_MTRR_DEFAULT].map(|(index, data)| kvm_msr_entry {
        index,
        data,
        ..Default::default()
    });
    let msrs =
        Msrs::from_entries(&msrs).map_err(|_| refused()(kvm_ioctls::Error::new(libc::EINVAL)))?;
    // Hints of firmware: a KVM that doesn't know one of them (AMD has no MISC_ENABLE) goes without.
    cpu.set_msrs(&msrs).map(drop).map_err(refused())
}

fn segment(selector: u16, type_: u8, long: bool) -> kvm_segment {
    kvm_segment {
        limit: u32::MAX,
        selector,
        type_,
        present: 1,
        db: u8::from(!long),
        s: 1,
        l: u8::from(long),
        g: 1,
        ..Default::default()
    }
}

fn set_segments(sregs: &mut kvm_sregs, long: bool) {
    const CODE: u8 = 11;
    const DATA: u8 = 3;
    const BUSY_TSS: u8 = 11;
    sregs.cs = segment(CODE_SELECTOR, CODE, long);
    for data in [
        &mut sregs.ds,
        &mut sregs.es,
        &mut sregs.fs,
        &mut sregs.gs,
        &mut sregs.ss,
    ] {
        *data = segment(DATA_SELECTOR, DATA, false);
    }
    sregs.tr = kvm_segment {
        limit: 0x67,
        type_: BUSY_TSS,
        present: 1,
        ..Default::default()
    };
    (sregs.gdt.base, sregs.gdt.limit) = (GDT.0, 4 * 8 - 1);
    sregs.idt.limit = 0;
}

/// Descriptors for the two selectors, should the kernel load them again before it has its own.
fn write_gdt(memory: &GuestMemoryMmap, entry: Entry) -> Result<(), Error> {
    let code: u64 = match entry {
        Entry::Linux64(_) => 0x00af_9b00_0000_ffff,
        Entry::Pvh(_) => 0x00cf_9b00_0000_ffff,
    };
    let gdt: Vec<u8> = [0, 0, code, 0x00cf_9300_0000_ffff]
        .into_iter()
        .flat_map(u64::to_le_bytes)
        .collect();
    memory
        .write_slice(&gdt, GDT)
        .map_err(Error::memory("the first segments"))
}

/// 4 GiB in pages of 2 MiB.
fn write_page_tables(memory: &GuestMemoryMmap) -> Result<(), Error> {
    let put = |entries: Vec<u64>, at: GuestAddress| {
        let bytes: Vec<u8> = entries.into_iter().flat_map(u64::to_le_bytes).collect();
        memory
            .write_slice(&bytes, at)
            .map_err(Error::memory("the first page tables"))
    };
    put(vec![PDPT.0 | ENTRY], PML4)?;
    let directory = |gib: u64| PAGE_DIRECTORIES.0 + gib * PAGE_SIZE;
    put(
        (0..PAGE_DIRECTORY_COUNT)
            .map(|gib| directory(gib) | ENTRY)
            .collect(),
        PDPT,
    )?;
    let pages = (0..PAGE_DIRECTORY_COUNT * 512).map(|page| page << 21 | ENTRY | LARGE);
    put(pages.collect(), PAGE_DIRECTORIES)
}

/// Whether this KVM has what a booting kernel needs of it.
///
/// # Errors
/// Names what is missing.
pub fn check(kvm: &Kvm) -> Result<(), Error> {
    if kvm.check_extension(Cap::SplitIrqchip) {
        Ok(())
    } else {
        Err(Error::Cpu {
            feature: "split irqchip",
        })
    }
}
