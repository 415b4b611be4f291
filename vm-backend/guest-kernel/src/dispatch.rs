//! From the number of a system call to the function that does it.
//!
//! A kernel keeps a table of functions, indexed by number. `CALLS` lists them; the compiler makes the table. A number without
//! an entry fails with ENOSYS and is counted, so that `--stats` shows what a program would have needed.
//!
//! Read next: Linux arch/x86/entry/syscalls/syscall_64.tbl; syscall(2) on which register holds what.

use guest_abi::COUNTED_SYSCALLS;
use libc::c_long;

use crate::Kernel;
use crate::errno::{Errno, Result};
use crate::files::{calls as files, status, transfer};
use crate::memory::calls as memory;
use crate::process::{self, identity, limits, signals, thread};
use crate::{random, time};

/// The program's registers, as the assembly at the entry pushes them.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Frame {
    /// rdi, rsi, rdx, r10, r8, r9.
    arguments: [u64; 6],
    /// rax.
    number: u64,
}

impl Frame {
    /// A call as a program would make it.
    #[cfg(test)]
    pub fn new(number: u64, arguments: [u64; 6]) -> Self {
        Self { arguments, number }
    }

    /// The arguments.
    pub fn args(&self) -> [u64; 6] {
        self.arguments
    }

    /// The number of the call.
    pub fn number(&self) -> u64 {
        self.number
    }
}

type Handler = fn(&mut Kernel, &Frame) -> Result;

/// All system calls that there are.
const CALLS: &[(c_long, Handler)] = &[
    // Reading and writing.
    (libc::SYS_read, transfer::read),
    (libc::SYS_write, transfer::write),
    (libc::SYS_pread64, transfer::pread64),
    (libc::SYS_pwrite64, transfer::pwrite64),
    (libc::SYS_readv, transfer::readv),
    (libc::SYS_writev, transfer::writev),
    (libc::SYS_preadv, transfer::preadv),
    (libc::SYS_pwritev, transfer::pwritev),
    // Files.
    (libc::SYS_open, files::open),
    (libc::SYS_openat, files::openat),
    (libc::SYS_close, files::close),
    (libc::SYS_dup, files::dup),
    (libc::SYS_dup2, files::dup2),
    (libc::SYS_dup3, files::dup3),
    (libc::SYS_fcntl, files::fcntl),
    (libc::SYS_lseek, files::lseek),
    (libc::SYS_fsync, files::fsync),
    (libc::SYS_fdatasync, files::fsync),
    (libc::SYS_ftruncate, files::ftruncate),
    (libc::SYS_fallocate, files::fallocate),
    (libc::SYS_fadvise64, files::fadvise64),
    (libc::SYS_ioctl, files::ioctl),
    (libc::SYS_poll, files::poll),
    (libc::SYS_ppoll, files::poll),
    (libc::SYS_fstat, status::fstat),
    (libc::SYS_stat, status::stat),
    (libc::SYS_lstat, status::stat),
    (libc::SYS_newfstatat, status::newfstatat),
    (libc::SYS_statx, status::statx),
    (libc::SYS_access, status::access),
    (libc::SYS_faccessat, status::faccessat),
    (libc::SYS_faccessat2, status::faccessat),
    (libc::SYS_readlink, status::readlink),
    (libc::SYS_readlinkat, status::readlinkat),
    (libc::SYS_getcwd, status::getcwd),
    // Memory.
    (libc::SYS_brk, memory::brk),
    (libc::SYS_mmap, memory::mmap),
    (libc::SYS_munmap, memory::munmap),
    (libc::SYS_mremap, memory::mremap),
    (libc::SYS_mprotect, memory::mprotect),
    (libc::SYS_madvise, memory::madvise),
    // Time.
    (libc::SYS_clock_gettime, time::clock_gettime),
    (libc::SYS_clock_getres, time::clock_getres),
    (libc::SYS_clock_nanosleep, time::clock_nanosleep),
    (libc::SYS_nanosleep, time::nanosleep),
    (libc::SYS_gettimeofday, time::gettimeofday),
    (libc::SYS_time, time::time),
    (libc::SYS_times, time::times),
    (libc::SYS_getrusage, time::getrusage),
    // The process.
    (libc::SYS_exit, process::exit),
    (libc::SYS_exit_group, process::exit),
    (libc::SYS_getpid, identity::process_id),
    (libc::SYS_gettid, identity::process_id),
    (libc::SYS_getpgrp, identity::process_id),
    (libc::SYS_set_tid_address, identity::process_id),
    (libc::SYS_getppid, identity::zero),
    (libc::SYS_getuid, identity::zero),
    (libc::SYS_getgid, identity::zero),
    (libc::SYS_geteuid, identity::zero),
    (libc::SYS_getegid, identity::zero),
    (libc::SYS_getgroups, identity::zero),
    (libc::SYS_getresuid, identity::getres),
    (libc::SYS_getresgid, identity::getres),
    (libc::SYS_umask, identity::umask),
    (libc::SYS_uname, identity::uname),
    (libc::SYS_prctl, identity::prctl),
    (libc::SYS_ioperm, identity::ioperm),
    (libc::SYS_getrlimit, limits::getrlimit),
    (libc::SYS_prlimit64, limits::prlimit64),
    (libc::SYS_sched_getaffinity, limits::sched_getaffinity),
    (libc::SYS_getcpu, limits::getcpu),
    (libc::SYS_sysinfo, limits::sysinfo),
    (libc::SYS_sched_yield, identity::zero),
    // Threads and signals.
    (libc::SYS_arch_prctl, thread::arch_prctl),
    (libc::SYS_futex, thread::futex),
    (libc::SYS_membarrier, thread::membarrier),
    (libc::SYS_set_robust_list, identity::zero),
    (libc::SYS_rt_sigaction, signals::rt_sigaction),
    (libc::SYS_rt_sigprocmask, signals::rt_sigprocmask),
    (libc::SYS_sigaltstack, signals::sigaltstack),
    (libc::SYS_kill, signals::kill),
    (libc::SYS_tkill, signals::kill),
    (libc::SYS_tgkill, signals::tgkill),
    (libc::SYS_getrandom, random::getrandom),
];

/// The list as a table.
static TABLE: [Option<Handler>; COUNTED_SYSCALLS] = {
    let mut table = [None; COUNTED_SYSCALLS];
    let mut index = 0;
    while index < CALLS.len() {
        let (number, handler) = CALLS[index];
        assert!(table[number as usize].is_none(), "listed twice");
        table[number as usize] = Some(handler);
        index += 1;
    }
    table
};

/// Does what the program asks for.
pub fn call(kernel: &mut Kernel, frame: &Frame) -> Result {
    let index = usize::try_from(frame.number).unwrap_or(usize::MAX);
    match TABLE.get(index).copied().flatten() {
        Some(handler) => handler(kernel, frame),
        None => Err(Errno(libc::ENOSYS)),
    }
}

#[cfg(test)]
mod tests;
