//! Step 9: give up what won't be needed.
//!
//! A guest that found a hole in the VMM would be this process. So before it runs, the process gives up every system call
//! that serving a guest doesn't take: afterwards it can't open a file, start a program, or make a connection. A call
//! outside of the list kills the VM.
//!
//! KVM's ioctls are limited to the three that a running machine needs: running it, and two registers reads for reports.
//!
//! Simplified: production VMMs also put themselves into a namespace and a chroot (Firecracker's jailer).
//!
//! Read next: seccomp(2); the crate `seccompiler`, which makes the filter at each start: some 20 calls, a short chain.

use std::io;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

use crate::Error;

/// KVM_RUN, KVM_GET_REGS and KVM_GET_SREGS; kvm.h.
const KVM_IOCTLS: [u64; 3] = [0xae80, 0x8090_ae81, 0x8138_ae83];

/// Calls that serve the guest, and those of Rust's runtime until the process has ended.
const CALLS: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_fdatasync,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    // Memory of our own: buffers, the report of the end.
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    // Symbols of a fault report are read from the program's open file.
    // Rust looks whether a descriptor is still open before it closes it, in debug builds.
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_close,
    libc::SYS_futex,
    libc::SYS_sigaltstack,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Loads the filter. There is no way back.
///
/// # Errors
/// When the kernel has no seccomp: the VM is not run without.
pub fn confine() -> Result<(), Error> {
    let failed = |source| Error::Process {
        doing: "giving up system calls (seccomp)",
        source,
    };
    let program = filter().map_err(|error| failed(io::Error::other(error)))?;
    seccompiler::apply_filter(&program).map_err(|error| failed(io::Error::other(error)))
}

fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let run = KVM_IOCTLS
        .iter()
        .map(|command| {
            let is_it =
                SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, *command)?;
            SeccompRule::new(vec![is_it])
        })
        .collect::<Result<Vec<_>, _>>()?;
    let rules = CALLS
        .iter()
        .map(|call| (*call, Vec::new()))
        .chain([(libc::SYS_ioctl, run)])
        .collect();
    SeccompFilter::new(
        rules,
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        TargetArch::x86_64,
    )?
    .try_into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_can_be_made() {
        assert!(!filter().unwrap().is_empty());
    }
}
