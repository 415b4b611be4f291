//! System calls for which no crate has a safe wrapper. Together with [`crate::clock`]'s one instruction the only `unsafe`.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, Ordering};

use guest_abi::{BootInfo, Counters, FaultReport, Growth, HostCall, LARGE_PAGE_SIZE, PAGE_SIZE};
use kvm_bindings::{
    KVM_VCPU_TSC_CTRL, KVM_VCPU_TSC_OFFSET, KVMIO, kvm_device_attr, kvm_userspace_memory_region,
};
use kvm_ioctls::{VcpuFd, VmFd};
use vm_memory::mmap::{MmapRegion, MmapRegionError};
use vm_memory::{ByteValued, VolatileSlice};
use vmm_sys_util::eventfd::EventFd;
use vmm_sys_util::ioctl::ioctl_with_ref;
use vmm_sys_util::ioctl_iow_nr;

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// A mapping of anonymous memory, aligned to 2 MiB; goes with this value.
#[derive(Debug)]
pub struct Reservation {
    start: NonNull<u8>,
    bytes: usize,
}

impl Reservation {
    /// Maps `bytes`, a multiple of 2 MiB.
    pub fn new(bytes: usize) -> io::Result<Self> {
        let alignment = LARGE_PAGE_SIZE as usize;
        if bytes == 0 || !bytes.is_multiple_of(alignment) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // mmap aligns to pages only: take 2 MiB more, and give back what is before and after the aligned part.
        let all = bytes + alignment;
        // SAFETY: a new mapping at an address of the kernel's choice touches nobody's memory.
        let mapped = unsafe {
            libc::mmap(
                ptr::null_mut(),
                all,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if mapped == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let mapped = mapped.cast::<u8>();
        let before = mapped.align_offset(alignment);
        // SAFETY: `before` is at most the 2 MiB that were mapped in excess.
        let start = unsafe { mapped.add(before) };
        let trim = |from: *mut u8, length: usize| {
            if length > 0 {
                // SAFETY: a part of the mapping above that nobody refers to.
                unsafe { libc::munmap(from.cast(), length) };
            }
        };
        trim(mapped, before);
        trim(start.wrapping_add(bytes), alignment - before);
        NonNull::new(start)
            .map(|start| Self { start, bytes })
            .ok_or_else(|| io::ErrorKind::InvalidInput.into())
    }

    pub fn address(&self) -> u64 {
        self.start.as_ptr() as u64
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn part(&self, range: &Range<usize>) -> io::Result<*mut libc::c_void> {
        let page = PAGE_SIZE as usize;
        let inside = range.start < range.end && range.end <= self.bytes;
        if inside && range.start.is_multiple_of(page) && range.end.is_multiple_of(page) {
            // SAFETY: inside the mapping.
            Ok(unsafe { self.start.as_ptr().add(range.start) }.cast())
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }

    /// madvise(2) with MADV_HUGEPAGE.
    pub fn advise_huge_pages(&self, range: Range<usize>) -> io::Result<()> {
        let start = self.part(&range)?;
        // SAFETY: a part of our own mapping; the advice changes no contents.
        check(unsafe { libc::madvise(start, range.len(), libc::MADV_HUGEPAGE) })
    }

    /// madvise(2) with MADV_NOHUGEPAGE. A kernel without huge pages doesn't know it, and needs no advice.
    pub fn forbid_huge_pages(&self) -> io::Result<()> {
        let start = self.part(&(0..self.bytes))?;
        // SAFETY: our own mapping; the advice changes no contents.
        match check(unsafe { libc::madvise(start, self.bytes, libc::MADV_NOHUGEPAGE) }) {
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => Ok(()),
            result => result,
        }
    }

    /// madvise(2) with MADV_POPULATE_WRITE: as if every page had been written to.
    pub fn populate(&self) -> io::Result<()> {
        let start = self.part(&(0..self.bytes))?;
        // SAFETY: our own mapping; its contents stay as they are.
        check(unsafe { libc::madvise(start, self.bytes, libc::MADV_POPULATE_WRITE) })
    }

    /// Replaces whole pages by a private mapping of a file. A page is looked up when it is touched first: a start touches a few dozen
    /// of hundreds, and mapping all of them ahead (MADV_POPULATE_READ) took longer than it saved.
    pub fn map_file(&self, file: &File, offset: u64, range: Range<usize>) -> io::Result<()> {
        let start = self.part(&range)?;
        let offset = libc::off_t::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput)?;
        // SAFETY: replaces a part of our own mapping. Rust refers to that memory only through vm-memory's volatile
        // accesses, for which contents may change at any time.
        let mapped = unsafe {
            libc::mmap(
                start,
                range.len(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_FIXED,
                file.as_raw_fd(),
                offset,
            )
        };
        if mapped == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }
}

/// madvise(2) with MADV_DONTNEED: the host takes whole pages of guest memory back; whoever looks at them next finds zeros.
pub fn discard(pages: &VolatileSlice<'_>) -> io::Result<()> {
    let start = pages.ptr_guard_mut();
    let page = PAGE_SIZE as usize;
    if !(start.as_ptr() as usize).is_multiple_of(page) || !pages.len().is_multiple_of(page) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: exactly the memory that the slice vouches for while it is borrowed, whole pages of it. That they are zeros
    // afterwards is a change of contents, which volatile accesses expect at any time.
    check(unsafe { libc::madvise(start.as_ptr().cast(), pages.len(), libc::MADV_DONTNEED) })
}

// SAFETY: it gives away addresses, never references; what lies there is reached through vm-memory's volatile accesses.
unsafe impl Send for Reservation {}
// SAFETY: as above; nothing of the value itself changes.
unsafe impl Sync for Reservation {}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: our own mapping; `Ram` lets go of its view of it first.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
    }
}

/// The reservation as vm-memory sees it: not owned.
pub fn region_of(host: &Reservation) -> Result<MmapRegion, MmapRegionError> {
    // SAFETY: the mapping is that large and stays until the `Reservation` goes, which `Ram` keeps for longer than this.
    unsafe {
        MmapRegion::build_raw(
            host.start.as_ptr(),
            host.bytes,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
        )
    }
}

/// KVM_SET_USER_MEMORY_REGION.
pub fn set_memory_slot(
    vm: &VmFd,
    slot: kvm_userspace_memory_region,
) -> Result<(), kvm_ioctls::Error> {
    // SAFETY: the guest may change that memory from now on. It is `Ram`'s, which Rust refers to only through volatile
    // accesses, and which outlives the vCPU's last run.
    unsafe { vm.set_user_memory_region(slot) }
}

ioctl_iow_nr!(KVM_SET_DEVICE_ATTR, KVMIO, 0xe1, kvm_device_attr);

/// Makes the guest's time stamp counter equal to the host's (api.rst, vcpu device, KVM_VCPU_TSC_OFFSET; Linux 5.16).
pub fn set_tsc_offset(vcpu: &VcpuFd, offset: u64) -> io::Result<()> {
    let attribute = kvm_device_attr {
        flags: 0,
        group: KVM_VCPU_TSC_CTRL,
        attr: u64::from(KVM_VCPU_TSC_OFFSET),
        addr: (&raw const offset) as u64,
    };
    // SAFETY: `attribute`, and `offset` to which it points, live until the call returns.
    check(unsafe { ioctl_with_ref(vcpu, KVM_SET_DEVICE_ATTR(), &attribute) })
}

/// A clock of the host in nanoseconds.
pub fn clock_ns(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` lives until the call returns. The clocks asked for always exist, so it can't fail.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// Sleeps until CLOCK_MONOTONIC shows `deadline_ns`. An error is a signal that came first.
pub fn sleep_until(deadline_ns: u64) -> io::Result<()> {
    let time = libc::timespec {
        tv_sec: (deadline_ns / 1_000_000_000) as libc::time_t,
        tv_nsec: (deadline_ns % 1_000_000_000) as libc::c_long,
    };
    // SAFETY: `time` lives until the call returns, and nothing is written back for an absolute time.
    let error = unsafe {
        libc::clock_nanosleep(
            libc::CLOCK_MONOTONIC,
            libc::TIMER_ABSTIME,
            &raw const time,
            ptr::null_mut(),
        )
    };
    match error {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Waits until there is something to read, or the event has been triggered. Returns whether there is something to read.
pub fn wait_readable(input: Option<BorrowedFd<'_>>, event: &EventFd) -> io::Result<bool> {
    // poll passes over negative descriptors.
    let input = input.map_or(-1, |input| input.as_raw_fd());
    let ready = poll([(input, libc::POLLIN), (event.as_raw_fd(), libc::POLLIN)])?;
    Ok(ready[0])
}

/// Waits until something can be written.
pub fn wait_writable(output: BorrowedFd<'_>) -> io::Result<()> {
    poll([(output.as_raw_fd(), libc::POLLOUT)]).map(drop)
}

/// poll(2) without a time limit: which of the descriptors are ready, or have an error to tell. None, if a signal came.
fn poll<const N: usize>(wanted: [(RawFd, libc::c_short); N]) -> io::Result<[bool; N]> {
    let mut descriptors = wanted.map(|(fd, events)| libc::pollfd {
        fd,
        events,
        revents: 0,
    });
    // SAFETY: `descriptors` has N entries, and lives until the call returns.
    let result = check(unsafe { libc::poll(descriptors.as_mut_ptr(), N as libc::nfds_t, -1) });
    match result {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok([false; N]),
        result => result.map(|()| descriptors.map(|descriptor| descriptor.revents != 0)),
    }
}

/// AT_HWCAP2: what the host's kernel lets its programs use.
pub fn hwcap2() -> u64 {
    // SAFETY: takes and gives only numbers.
    unsafe { libc::getauxval(libc::AT_HWCAP2) }
}

/// Whether the host's kernel lets its programs use XSAVE: CPUID leaf 1, ecx, bit 27.
#[allow(unused_unsafe, reason = "newer compilers know that it is safe")]
pub fn uses_xsave() -> bool {
    // SAFETY: every CPU of x86-64 has CPUID.
    unsafe { std::arch::x86_64::__cpuid(1) }.ecx & 1 << 27 != 0
}

/// Loads a filter for the system calls of this thread, or of all threads at once.
pub fn load_filter(program: &[libc::sock_filter], all_threads: bool) -> io::Result<()> {
    let program = libc::sock_fprog {
        len: program.len() as u16,
        filter: program.as_ptr().cast_mut(),
    };
    // Without this only root may load a filter: nothing that is executed later gets more rights.
    // SAFETY: takes only numbers.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })?;
    let flags = match all_threads {
        true => libc::SECCOMP_FILTER_FLAG_TSYNC,
        false => 0,
    };
    // SAFETY: the kernel copies the program, which lives until the call returns, and writes nothing to it.
    let result = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            flags,
            &raw const program,
        )
    };
    match result {
        0 => Ok(()),
        -1 => Err(io::Error::last_os_error()),
        thread => Err(io::Error::other(format!(
            "thread {thread} has a filter of its own"
        ))),
    }
}

/// Asks the kernel to kill this process when its parent ends.
pub fn die_with_parent() -> io::Result<()> {
    // SAFETY: takes and gives only numbers.
    check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) })
}

/// A descriptor of our own for one that was named on the command line: two options may name the same one, or stderr.
pub fn duplicate_fd(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: takes and gives only numbers; fails if the descriptor isn't open.
    let duplicate = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) };
    check(duplicate)?;
    // SAFETY: the kernel has just made it for us; nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(duplicate) })
}

/// Set by the signal of the timer.
static ALARM: AtomicBool = AtomicBool::new(false);

extern "C" fn note_alarm(_: libc::c_int) {
    ALARM.store(true, Ordering::Relaxed);
}

/// Whether the alarm has rung.
pub fn alarm_has_rung() -> bool {
    ALARM.load(Ordering::Relaxed)
}

/// Lets SIGALRM interrupt this process after `seconds`, and then again and again: a signal that arrives between the look
/// at [`alarm_has_rung`] and the blocking system call would otherwise be lost.
pub fn set_alarm(seconds: u32) -> io::Result<()> {
    const AGAIN_US: libc::suseconds_t = 10_000;
    // SAFETY: sigaction is integers and a mask, for which all zeros are a value; without SA_RESTART calls are interrupted.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    let handler: extern "C" fn(libc::c_int) = note_alarm;
    action.sa_sigaction = handler as usize;
    // SAFETY: `action` lives until the call returns; the handler only stores to an atomic.
    check(unsafe { libc::sigaction(libc::SIGALRM, &raw const action, ptr::null_mut()) })?;
    let timer = libc::itimerval {
        it_value: libc::timeval {
            tv_sec: libc::time_t::from(seconds),
            tv_usec: 0,
        },
        it_interval: libc::timeval {
            tv_sec: 0,
            tv_usec: AGAIN_US,
        },
    };
    // SAFETY: `timer` lives until the call returns.
    check(unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut()) })
}

/// Keeps SIGALRM from this thread: another one shall have it.
pub fn block_alarm() -> io::Result<()> {
    // SAFETY: a signal set is integers, for which all zeros is a value; it lives until the calls return. A thread may change its
    // own mask at any time.
    unsafe {
        let mut alarm: libc::sigset_t = std::mem::zeroed();
        libc::sigaddset(&raw mut alarm, libc::SIGALRM);
        match libc::pthread_sigmask(libc::SIG_BLOCK, &raw const alarm, ptr::null_mut()) {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }
}

/// A structure of `guest-abi`, as bytes in guest memory.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Shared<T>(pub T);

// SAFETY: integers and arrays of integers without padding, which the assertions below add up: every bit pattern is a value.
unsafe impl ByteValued for Shared<BootInfo> {}
// SAFETY: as above.
unsafe impl ByteValued for Shared<Counters> {}
// SAFETY: as above.
unsafe impl ByteValued for Shared<FaultReport> {}
// SAFETY: as above.
unsafe impl ByteValued for Shared<HostCall> {}
// SAFETY: as above.
unsafe impl ByteValued for Shared<Growth> {}

const _: () = assert!(size_of::<BootInfo>() == 11 * 8 + 32 + 256);
const _: () = assert!(size_of::<Counters>() == (2 * guest_abi::COUNTED_SYSCALLS + 3) * 8);
const _: () = assert!(size_of::<FaultReport>() == 7 * 8);
const _: () = assert!(size_of::<HostCall>() == 2 * 4 + 3 * 8);
const _: () = assert!(size_of::<Growth>() == 8);
