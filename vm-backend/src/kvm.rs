//! Step 1: an empty machine.
//!
//! /dev/kvm answers ioctls. Opening it costs nothing; KVM_CREATE_VM gives a descriptor that *is* the machine: when its last
//! holder closes it, however that ends, the kernel takes the machine apart. That is why a killed VMM leaves nothing behind.
//!
//! Read next: api.rst, 4.1 KVM_GET_API_VERSION, 4.2 KVM_CREATE_VM.

use std::io;

use kvm_bindings::{CpuId, KVM_API_VERSION, KVM_MAX_CPUID_ENTRIES};
use kvm_ioctls::{Kvm, VmFd};

use crate::Error;

/// Opens /dev/kvm.
///
/// # Errors
/// When it isn't there, may not be opened, or speaks another version.
pub fn open() -> Result<Kvm, Error> {
    let kvm = Kvm::new().map_err(|error| Error::OpenKvm {
        source: io::Error::from(error),
    })?;
    match kvm.get_api_version() {
        // The version of 2007, and for ever.
        version if version == KVM_API_VERSION as i32 => Ok(kvm),
        version => Err(Error::KvmVersion { version }),
    }
}

/// Makes an empty machine: no memory, no CPU, no devices.
///
/// # Errors
/// When the kernel refuses.
pub fn create_vm(kvm: &Kvm) -> Result<VmFd, Error> {
    kvm.create_vm().map_err(Error::kvm("making the VM"))
}

/// What CPUID may answer in a guest: everything that KVM can offer. The dearest ioctl of all where the host is itself a VM, for
/// each CPUID that KVM executes in it leaves that VM.
///
/// # Errors
/// When the kernel refuses.
pub fn supported_cpuid(kvm: &Kvm) -> Result<CpuId, Error> {
    kvm.get_supported_cpuid(KVM_MAX_CPUID_ENTRIES)
        .map_err(Error::kvm("asking for the CPU's features"))
}
