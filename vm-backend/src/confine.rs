//! Step 9: give up what won't be needed.
//!
//! A guest that found a hole in the VMM would be this process. So before it runs, the process gives up every system call
//! that serving a guest doesn't take: afterwards it can't open a file, start a program, or make a connection. A call
//! outside of the list kills the VM.
//!
//! KVM's ioctls are limited to those that a running machine needs. Memory can still be mapped, for buffers and the report of
//! the end, but none that can be executed: whoever got in can't bring code along.
//!
//! Simplified: one list for all threads, where production VMMs have one for each kind; they also put themselves into a
//! namespace and a chroot (Firecracker's jailer).
//!
//! Read next: [`filter`]; seccomp(2).

pub mod filter;

use crate::Error;
use crate::sys;
use filter::RULED;

/// KVM_RUN, and KVM_GET_REGS for reports; kvm.h.
const KVM_IOCTLS: [u32; 2] = [0xae80, 0x8090_ae81];

/// Calls that serve the guest, and those of Rust's runtime until the process has ended.
const CALLS: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_fdatasync,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    // Memory of our own: buffers, the report of the end. Mapping is among the rules below.
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    // Symbols of a fault report are read from the program's open file.
    libc::SYS_pread64,
    libc::SYS_fstat,
    libc::SYS_statx,
    // O_DIRECT on and off. Rust looks whether a descriptor is still open before it closes it, in debug builds.
    libc::SYS_fcntl,
    libc::SYS_close,
    libc::SYS_futex,
    libc::SYS_sigaltstack,
    libc::SYS_exit_group,
];

/// What threads need in addition. They have all started when the filter is loaded: none can be added.
const THREADS: &[libc::c_long] = &[
    // Waiting for each other, and for the host's streams.
    libc::SYS_sched_yield,
    libc::SYS_poll,
    // The C library's memory: as many parts as there are CPUs, and a part back to the kernel.
    libc::SYS_sched_getaffinity,
    libc::SYS_madvise,
    // Their end.
    libc::SYS_rt_sigprocmask,
    libc::SYS_exit,
];

/// KVM_SET_GSI_ROUTING; kvm.h.
const KVM_SET_GSI_ROUTING: u32 = 0x4008_ae6a;

/// KVM_SET_USER_MEMORY_REGION; kvm.h.
const KVM_SET_USER_MEMORY_REGION: u32 = 0x4020_ae46;

/// Loads the filter. There is no way back.
///
/// # Errors
/// When the kernel has no seccomp: the VM is not run without.
pub fn confine() -> Result<(), Error> {
    load(CALLS, &KVM_IOCTLS, false)
}

/// The same for a VM whose memory may grow: its second thread may add a slot.
///
/// # Errors
/// When the kernel has no seccomp: the VM is not run without.
pub fn confine_with_control() -> Result<(), Error> {
    confine_threads(KVM_SET_USER_MEMORY_REGION)
}

/// The same for a VM with several threads, all of them at once: they may also change interrupt routes.
///
/// # Errors
/// When the kernel has no seccomp: the VM is not run without.
pub fn confine_all_threads() -> Result<(), Error> {
    confine_threads(KVM_SET_GSI_ROUTING)
}

fn confine_threads(further_ioctl: u32) -> Result<(), Error> {
    let ioctls = [&KVM_IOCTLS[..], &[further_ioctl]].concat();
    let calls = [CALLS, THREADS].concat();
    load(&calls, &ioctls, true)
}

/// How many calls are let through, at least with some arguments.
#[must_use]
pub fn allowed_calls(has_threads: bool) -> usize {
    let threads = if has_threads { THREADS.len() } else { 0 };
    CALLS.len() + threads + RULED.len()
}

/// Where there are threads, for all of them: one that is left out would be the way around it.
fn load(calls: &[libc::c_long], ioctls: &[u32], all_threads: bool) -> Result<(), Error> {
    sys::load_filter(&filter::program(calls, ioctls), all_threads)
        .map_err(Error::process("giving up system calls (seccomp)"))
}

#[cfg(test)]
mod tests;
