//! System calls for which no crate has a safe wrapper. The only module with `unsafe`.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::sys::signal::SigSet;

use crate::seccomp::emit::Instruction;

/// Of clone3; libc's constant has too small a type.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

fn check(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Where clone3 returns: it is called once and returns twice.
#[derive(Debug)]
pub enum Cloned {
    /// In the parent.
    Parent {
        /// The child's PID, as the parent sees it.
        pid: i32,
        /// Becomes readable when the child has ended.
        pidfd: OwnedFd,
    },
    /// In the child.
    Child,
}

/// clone3(2) without CLONE_VM: like fork, the child gets a copy of everything; `into_cgroup` is a cgroup v2 folder.
pub fn clone3(namespaces: u64, into_cgroup: Option<BorrowedFd<'_>>) -> io::Result<Cloned> {
    let mut pidfd: RawFd = -1;
    // SAFETY: clone_args is integers, for which all zeros is a value.
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = namespaces | libc::CLONE_PIDFD as u64;
    args.pidfd = (&raw mut pidfd) as u64;
    args.exit_signal = libc::SIGCHLD as u64;
    if let Some(folder) = into_cgroup {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = folder.as_raw_fd() as u64;
    }
    // SAFETY: `args` and `pidfd` live until the call returns. The launcher has one thread only, so that no lock of the C
    // library can be held by another one in the copy. The C library's idea of the thread id is stale in the child; only
    // raise() and abort() use it, and the child calls neither.
    let pid = check(unsafe {
        libc::syscall(
            libc::SYS_clone3,
            &raw mut args,
            size_of::<libc::clone_args>(),
        )
    })?;
    if pid == 0 {
        return Ok(Cloned::Child);
    }
    // SAFETY: the kernel has just made this descriptor for us (CLONE_PIDFD); nobody else owns it.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    Ok(Cloned::Parent {
        pid: pid as i32,
        pidfd,
    })
}

/// Sets attributes of the mount, or detached mount tree, that `mount` refers to (mount_setattr(2)).
pub fn set_mount_attributes(
    mount: BorrowedFd<'_>,
    attributes: u64,
    recursive: bool,
) -> io::Result<()> {
    let change = libc::mount_attr {
        attr_set: attributes,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path is a NUL-terminated constant, and `change` lives until the call returns.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags,
            &raw const change,
            size_of::<libc::mount_attr>(),
        )
    };
    check(result).map(drop)
}

/// Sets IFF_UP on the network interface `lo` (netdevice(7)); `socket` is any socket of the network namespace.
pub fn bring_loopback_up(socket: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: ifreq is integers and a union of such, for which all zeros is a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    // SAFETY: SIOCSIFFLAGS reads an ifreq, which lives until the call returns.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) }.into())
        .map(drop)
}

/// Loads a system-call filter for this process and all it starts (seccomp(2)).
pub fn load_filter(program: &[Instruction]) -> io::Result<()> {
    #[repr(C)]
    struct Prog {
        len: u16,
        filter: *const Instruction,
    }
    let len = u16::try_from(program.len()).map_err(io::Error::other)?;
    let prog = Prog {
        len,
        filter: program.as_ptr(),
    };
    // SAFETY: `prog` has the layout of sock_fprog and `Instruction` that of sock_filter; both live until the call returns.
    // The kernel copies and checks the program.
    let result = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            0,
            &raw const prog,
        )
    };
    check(result).map(drop)
}

/// Closes every descriptor from `first` on but `kept`.
pub fn close_others_from(first: RawFd, kept: BorrowedFd<'_>) -> io::Result<()> {
    let kept = kept.as_fd().as_raw_fd();
    let close = |from: RawFd, to: u32| {
        if from as u32 > to {
            return Ok(());
        }
        // SAFETY: called by the container's init, which uses no other descriptor afterwards and ends without running
        // destructors: nothing will be closed twice or used after this.
        check(unsafe { libc::syscall(libc::SYS_close_range, from, to, 0) }).map(drop)
    };
    close(first, (kept - 1) as u32)?;
    close(kept + 1, u32::MAX)
}

/// Takes a descriptor that the parent process has left open for this one.
pub fn adopt_fd(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: F_SETFD takes an integer; on a number that isn't open it fails with EBADF.
    check(unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) }.into())?;
    // SAFETY: it is open, and the command line says that it is meant for us; this is called once for each number.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Loads a cgroup v2 device program and attaches it to the cgroup (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE).
pub fn attach_device_program(cgroup: BorrowedFd<'_>, program: &[u64]) -> io::Result<()> {
    const PROG_LOAD: libc::c_int = 5;
    const PROG_ATTACH: libc::c_int = 8;
    const PROG_TYPE_CGROUP_DEVICE: u32 = 15;
    const ATTACH_TYPE_CGROUP_DEVICE: u32 = 6;
    #[repr(C)]
    struct Load {
        prog_type: u32,
        insn_cnt: u32,
        insns: u64,
        license: u64,
        rest: [u64; 4],
    }
    #[repr(C)]
    struct Attach {
        target_fd: u32,
        attach_bpf_fd: u32,
        attach_type: u32,
        attach_flags: u32,
    }
    let load = Load {
        prog_type: PROG_TYPE_CGROUP_DEVICE,
        insn_cnt: program.len() as u32,
        insns: program.as_ptr() as u64,
        license: c"MIT".as_ptr() as u64,
        rest: [0; 4],
    };
    // SAFETY: `load` has the layout of the first fields of bpf_attr; it, the program and the licence live until the call
    // returns. The kernel copies and verifies the program.
    let fd = check(unsafe {
        libc::syscall(libc::SYS_bpf, PROG_LOAD, &raw const load, size_of::<Load>())
    })?;
    // SAFETY: the kernel has just made this descriptor for us.
    let loaded = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
    let attach = Attach {
        target_fd: cgroup.as_raw_fd() as u32,
        attach_bpf_fd: loaded.as_raw_fd() as u32,
        attach_type: ATTACH_TYPE_CGROUP_DEVICE,
        attach_flags: 0,
    };
    // SAFETY: `attach` has the layout of the attach fields of bpf_attr and lives until the call returns.
    check(unsafe {
        libc::syscall(
            libc::SYS_bpf,
            PROG_ATTACH,
            &raw const attach,
            size_of::<Attach>(),
        )
    })
    .map(drop)
}

/// What happens to a process that writes to a pipe that nobody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenPipes {
    /// The write fails.
    AreErrors,
    /// A signal ends it: what every program expects at its start.
    AreDeadly,
}

/// Chooses that for this process.
pub fn set_broken_pipes(broken_pipes: BrokenPipes) -> io::Result<()> {
    let action = match broken_pipes {
        BrokenPipes::AreErrors => libc::SIG_IGN,
        BrokenPipes::AreDeadly => libc::SIG_DFL,
    };
    // SAFETY: neither action installs a handler that could run at a bad moment.
    if unsafe { libc::signal(libc::SIGPIPE, action) } == libc::SIG_ERR {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// What the child of [`spawn`] reads, and where it writes.
struct Plan {
    program: *const libc::c_char,
    arguments: *const *const libc::c_char,
    environment: *const *const libc::c_char,
    unblocked: *const libc::sigset_t,
    /// Why execve failed; 0 if it didn't.
    errno: libc::c_int,
}

/// Starts a program as vfork and execve do: the child shares this process's memory, which waits until the child executes
/// the program. In it `unblocked` are unblocked and SIGPIPE has its default action.
pub fn spawn(
    program: &CStr,
    arguments: &[CString],
    environment: &[CString],
    unblocked: &SigSet,
) -> io::Result<i32> {
    let list = |strings: &[CString]| -> Vec<*const libc::c_char> {
        let pointers = strings.iter().map(|string| string.as_ptr());
        pointers.chain([std::ptr::null()]).collect()
    };
    let (arguments, environment) = (list(arguments), list(environment));
    let mut plan = Plan {
        program: program.as_ptr(),
        arguments: arguments.as_ptr(),
        environment: environment.as_ptr(),
        unblocked: unblocked.as_ref(),
        errno: 0,
    };
    // Of its own, so that it can't write over the frames to which this process returns.
    let mut stack = MaybeUninit::<ChildStack>::uninit();
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: the stack grows down from its end, which is aligned as ChildStack is. The kernel suspends this thread, the
    // only one, until the child has executed the program or ended, so the stack, the plan and what it points to outlive
    // the child's use of them, and nobody uses them at the same time.
    let pid = check(
        unsafe {
            libc::clone(
                execute_plan,
                stack.as_mut_ptr().add(1).cast(),
                flags,
                (&raw mut plan).cast(),
            )
        }
        .into(),
    )?;
    // SAFETY: `plan` is alive and initialized. It is read as the child may have left it, which the compiler can't see.
    let errno = unsafe { (&raw const plan.errno).read_volatile() };
    if errno == 0 {
        return Ok(pid as i32);
    }
    // SAFETY: a null pointer asks for no status.
    unsafe { libc::waitpid(pid as i32, std::ptr::null_mut(), 0) };
    Err(io::Error::from_raw_os_error(errno))
}

/// Room for three system calls.
#[repr(C, align(16))]
struct ChildStack([u8; 16 << 10]);

extern "C" fn execute_plan(plan: *mut libc::c_void) -> libc::c_int {
    let plan: *mut Plan = plan.cast();
    // SAFETY: `spawn` passes a plan that it owns and doesn't touch now. The calls are async-signal-safe. The table of signal
    // actions is a copy (no CLONE_SIGHAND), so the parent's stays as it is.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        libc::sigprocmask(libc::SIG_UNBLOCK, (*plan).unblocked, std::ptr::null_mut());
        libc::execve((*plan).program, (*plan).arguments, (*plan).environment);
        (*plan).errno = *libc::__errno_location();
        libc::_exit(127)
    }
}

/// Ends this process at once, without running destructors or flushing buffers (the init's are copies of the launcher's).
pub fn exit_now(code: u8) -> ! {
    // SAFETY: _exit has no preconditions.
    unsafe { libc::_exit(code.into()) }
}
