//! Step 8: one CPU, ready to run the program's first instruction.
//!
//! A vCPU is a descriptor again; its registers are set by ioctls. A real CPU starts in 16-bit mode and takes an operating
//! system's boot code to get further. KVM accepts any state, so this one starts where boot code would end:
//!
//! - long mode, paging on, all tables in place ([`crate::paging`], [`crate::descriptors`]);
//! - **ring 3**, instruction pointer at the program's entry, stack pointer at the initial stack;
//! - MSRs: `syscall` jumps to the guest kernel (LSTAR) and clears the flags that it mustn't inherit (FMASK);
//! - CPUID answers what KVM supports, so the program uses the real CPU's instructions; XCR0 allows AVX and the like;
//! - the time stamp counter is the host's, so the guest tells the time without an exit.
//!
//! Simplified: no local APIC, no interrupts, no second CPU.
//!
//! Read next: Intel SDM volume 3, 10.8.5 (long mode), 5.8.8 (SYSCALL); api.rst, KVM_SET_SREGS, KVM_SET_CPUID2.

use kvm_bindings::{CpuId, Msrs, kvm_fpu, kvm_msr_entry, kvm_regs, kvm_segment, kvm_xcr, kvm_xcrs};
use kvm_ioctls::{Kvm, VcpuFd, VmFd};
use vm_memory::GuestAddress;

use guest_abi::{KERNEL_CS, TSS_SELECTOR, USER_CS, USER_SS};

use crate::descriptors::{GDT_LIMIT, IDT_LIMIT, TSS_LIMIT};
use crate::layout::{GDT, IDT, PML4, TSS};
use crate::{Error, kvm, sys};

/// Control registers; Intel SDM volume 3, 2.5.
mod control {
    /// CR0: protected mode, monitor coprocessor, x87 is there, numeric errors, write protection, paging.
    pub const CR0: u64 = 1 | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 16 | 1 << 31;
    /// CR4: PAE, SSE, SSE exceptions, FSGSBASE.
    pub const CR4: u64 = 1 << 5 | 1 << 9 | 1 << 10 | 1 << 16;
    /// CR4: XSAVE and XCR0.
    pub const CR4_OSXSAVE: u64 = 1 << 18;
    /// EFER: syscall, long mode enabled and active.
    pub const EFER: u64 = 1 | 1 << 8 | 1 << 10;
}

/// Model-specific registers of `syscall`; Intel SDM volume 4, table 2-2.
mod msr {
    pub const STAR: u32 = 0xc000_0081;
    pub const LSTAR: u32 = 0xc000_0082;
    pub const FMASK: u32 = 0xc000_0084;
    /// Time stamp counter.
    pub const TSC: u32 = 0x10;
}

/// Flags that `syscall` clears: trap, interrupt, direction, nested task, alignment check.
const SYSCALL_CLEARS: u64 = 1 << 8 | 1 << 9 | 1 << 10 | 1 << 14 | 1 << 18;
/// Interrupts on, as every Linux program sees it; bit 1 is always set.
const RFLAGS: u64 = 1 << 9 | 1 << 1;
/// State components that programs may use: x87, SSE, AVX, AVX-512. Not AMX, which Linux programs must ask for.
const STATE_COMPONENTS: u64 = 0b1110_0111;

/// CPUID leaf 1, ecx: xsave, xrstor, xgetbv.
const ECX_XSAVE: u32 = 1 << 26;
/// CPUID leaf 7, ebx: rdfsbase, wrfsbase and the same for GS.
const EBX_FSGSBASE: u32 = 1;
/// The same in AT_HWCAP2, where Linux tells its programs that they may use them.
pub const HWCAP2_FSGSBASE: u64 = 1 << 1;

/// Where the CPU starts, and where it goes on `syscall`.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// The program's first instruction.
    pub entry: GuestAddress,
    /// The initial stack.
    pub stack: GuestAddress,
    /// The guest kernel.
    pub syscall_entry: GuestAddress,
}

/// What CPUID will answer in the guest.
#[derive(Debug)]
pub struct Features {
    answers: CpuId,
}

impl Features {
    /// Everything that KVM can offer.
    ///
    /// The guest kernel needs FSGSBASE, and programs want XSAVE, without which there is no AVX. A KVM without hardware support
    /// may offer neither, and yet has both, for it runs the guest like a process of the host: so each is added if the host's
    /// processes have it.
    ///
    /// # Errors
    /// When KVM refuses, or the CPU lacks FSGSBASE.
    pub fn supported(kvm: &Kvm) -> Result<Self, Error> {
        let mut answers = kvm::supported_cpuid(kvm)?;
        let leaves = answers.as_mut_slice();
        for leaf in leaves.iter_mut().filter(|leaf| leaf.function == 1) {
            if leaf.ecx & ECX_XSAVE == 0 && sys::uses_xsave() {
                leaf.ecx |= ECX_XSAVE;
            }
        }
        let leaf_7 = leaves
            .iter_mut()
            .find(|leaf| leaf.function == 7 && leaf.index == 0);
        match leaf_7 {
            Some(leaf) if leaf.ebx & EBX_FSGSBASE != 0 || sys::hwcap2() & HWCAP2_FSGSBASE != 0 => {
                leaf.ebx |= EBX_FSGSBASE;
                Ok(Self { answers })
            }
            _ => Err(Error::Cpu {
                feature: "FSGSBASE",
            }),
        }
    }

    fn leaf(&self, function: u32, index: u32) -> Option<&kvm_bindings::kvm_cpuid_entry2> {
        let mut leaves = self.answers.as_slice().iter();
        leaves.find(|leaf| leaf.function == function && leaf.index == index)
    }

    /// AT_HWCAP: leaf 1, edx.
    #[must_use]
    pub fn hwcap(&self) -> u32 {
        self.leaf(1, 0).map_or(0, |leaf| leaf.edx)
    }

    /// What XCR0 may be; `None` without XSAVE.
    fn state_components(&self) -> Option<u64> {
        self.leaf(1, 0).filter(|leaf| leaf.ecx & ECX_XSAVE != 0)?;
        let leaf = self.leaf(0xd, 0)?;
        let offered = u64::from(leaf.edx) << 32 | u64::from(leaf.eax);
        Some(offered & STATE_COMPONENTS)
    }
}

/// Makes the CPU. It has no state yet that could run anything.
///
/// # Errors
/// When KVM refuses.
pub fn create(vm: &VmFd) -> Result<VcpuFd, Error> {
    vm.create_vcpu(0)
        .map_err(Error::kvm("making the virtual CPU"))
}

/// Lets CPUID answer so.
///
/// # Errors
/// When KVM refuses.
pub fn set_features(vcpu: &VcpuFd, features: &Features) -> Result<(), Error> {
    vcpu.set_cpuid2(&features.answers)
        .map_err(Error::kvm("setting the CPU's features"))
}

/// Lets guest and host count the same ticks; gives their number per millisecond.
///
/// # Errors
/// When KVM refuses.
pub fn share_clock(vcpu: &VcpuFd) -> Result<u32, Error> {
    if sys::set_tsc_offset(vcpu, 0).is_err() {
        // Before Linux 5.16: write what the counter is to be, as near as that gets.
        let tsc = crate::clock::TickPair::now(0).tsc;
        set_msrs(vcpu, &[(msr::TSC, tsc)])?;
    }
    vcpu.get_tsc_khz().map_err(Error::kvm(
        "asking for the frequency of the time stamp counter",
    ))
}

/// Sets all registers.
///
/// # Errors
/// When KVM refuses.
pub fn set_registers(vcpu: &VcpuFd, features: &Features, start: Start) -> Result<(), Error> {
    let refused = || Error::kvm("setting the CPU's registers");
    let mut sregs = vcpu.get_sregs().map_err(refused())?;
    let components = features.state_components();
    (sregs.cr0, sregs.cr3, sregs.cr4) = (control::CR0, PML4.0, control::CR4);
    if components.is_some() {
        sregs.cr4 |= control::CR4_OSXSAVE;
    }
    sregs.efer = control::EFER;
    (sregs.gdt.base, sregs.gdt.limit) = (GDT.0, GDT_LIMIT);
    (sregs.idt.base, sregs.idt.limit) = (IDT.0, IDT_LIMIT);
    sregs.cs = segment(USER_CS, CODE);
    for data in [
        &mut sregs.ss,
        &mut sregs.ds,
        &mut sregs.es,
        &mut sregs.fs,
        &mut sregs.gs,
    ] {
        *data = segment(USER_SS, DATA);
    }
    sregs.tr = kvm_segment {
        base: TSS.0,
        limit: TSS_LIMIT,
        selector: TSS_SELECTOR,
        type_: BUSY_TSS,
        present: 1,
        ..Default::default()
    };
    vcpu.set_sregs(&sregs).map_err(refused())?;

    if let Some(value) = components {
        let mut xcrs = kvm_xcrs {
            nr_xcrs: 1,
            ..Default::default()
        };
        xcrs.xcrs[0] = kvm_xcr {
            xcr: 0,
            value,
            ..Default::default()
        };
        vcpu.set_xcrs(&xcrs).map_err(refused())?;
    }
    vcpu.set_fpu(&first_fpu()).map_err(refused())?;
    // STAR: `syscall` loads the code segment from bits 32-47, and the stack segment 8 above it.
    set_msrs(
        vcpu,
        &[
            (msr::STAR, u64::from(KERNEL_CS) << 32),
            (msr::LSTAR, start.syscall_entry.0),
            (msr::FMASK, SYSCALL_CLEARS),
        ],
    )?;
    let regs = kvm_regs {
        rip: start.entry.0,
        rsp: start.stack.0,
        rflags: RFLAGS,
        ..Default::default()
    };
    vcpu.set_regs(&regs).map_err(refused())
}

/// Rounding and exceptions as the ABI wants them at a program's start, and as a kernel expects them, too.
#[must_use]
pub fn first_fpu() -> kvm_fpu {
    kvm_fpu {
        fcw: 0x37f,
        mxcsr: 0x1f80,
        ..Default::default()
    }
}

/// Segment types: code that can be read, data that can be written, both accessed; a TSS in use.
const CODE: u8 = 11;
const DATA: u8 = 3;
const BUSY_TSS: u8 = 11;

/// A flat segment with the privilege level of its selector.
fn segment(selector: u16, type_: u8) -> kvm_segment {
    kvm_segment {
        limit: u32::MAX,
        selector,
        type_,
        present: 1,
        dpl: (selector & 3) as u8,
        db: u8::from(type_ == DATA),
        s: 1,
        l: u8::from(type_ == CODE),
        g: 1,
        ..Default::default()
    }
}

fn set_msrs(vcpu: &VcpuFd, values: &[(u32, u64)]) -> Result<(), Error> {
    let refused = || Error::kvm("setting the CPU's model-specific registers");
    let entries: Vec<kvm_msr_entry> = values
        .iter()
        .map(|(index, data)| kvm_msr_entry {
            index: *index,
            data: *data,
            ..Default::default()
        })
        .collect();
    let invalid = || refused()(kvm_ioctls::Error::new(libc::EINVAL));
    let msrs = Msrs::from_entries(&entries).map_err(|_| invalid())?;
    match vcpu.set_msrs(&msrs).map_err(refused())? {
        count if count == entries.len() => Ok(()),
        _ => Err(invalid()),
    }
}
