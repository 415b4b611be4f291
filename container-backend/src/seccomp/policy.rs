//! Which system calls a container may make: the table from which the filter is compiled.
//!
//! It is the profile that container engines use by default, for x86-64 and the 14 default capabilities: what ordinary
//! programs need is allowed, and everything else (and whatever a later kernel adds) is refused with EPERM.
//!
//! Simplified: engines widen the profile when a capability is added, and carry one for each other architecture.
//!
//! Read next: `emit.rs`, syscalls(2), seccomp(2).

/// System-call numbers below this are looked up in the table; above it nothing is allowed.
pub const TABLE_LEN: usize = 512;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// It fails with EPERM.
    Deny,
    /// It fails with ENOSYS: the caller falls back to what it did before the call existed.
    NotImplemented,
    /// It is made.
    Allow,
    /// clone(2): allowed unless its flags ask for new namespaces.
    Clone,
    /// socket(2): allowed but for two families.
    Socket,
    /// personality(2): allowed for harmless personalities.
    Personality,
}

/// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
pub const NAMESPACE_FLAGS: u32 = 0x7e02_0000;

/// AF_ALG (the kernel's cryptography: a history of escapes) and AF_VSOCK (not confined by a network namespace).
pub const DENIED_FAMILIES: [u32; 2] = [libc::AF_ALG as u32, libc::AF_VSOCK as u32];

/// PER_LINUX and PER_LINUX32, each also with UNAME26, and the query.
pub const ALLOWED_PERSONALITIES: [u32; 5] = [0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff];

/// The policy: one action for every number.
pub static TABLE: [Action; TABLE_LEN] = table();

/// The policy as a constant, for compiling it.
#[must_use]
pub const fn table() -> [Action; TABLE_LEN] {
    let mut table = [Action::Deny; TABLE_LEN];
    let mut index = 0;
    while index < ALLOWED.len() {
        table[ALLOWED[index] as usize] = Action::Allow;
        index += 1;
    }
    index = 0;
    while index < ALLOWED_UNNAMED.len() {
        table[ALLOWED_UNNAMED[index].0] = Action::Allow;
        index += 1;
    }
    table[libc::SYS_clone as usize] = Action::Clone;
    table[libc::SYS_socket as usize] = Action::Socket;
    table[libc::SYS_personality as usize] = Action::Personality;
    // A filter can't look into the structure that clone3 points to, so it can't tell a thread from a namespace.
    table[libc::SYS_clone3 as usize] = Action::NotImplemented;
    table
}

/// How many calls are let through, at least with some arguments.
#[must_use]
pub fn allowed_calls() -> usize {
    let passes = |action: &&Action| !matches!(action, Action::Deny | Action::NotImplemented);
    TABLE.iter().filter(passes).count()
}

macro_rules! allowed {
    ($($name:ident)*) => {
        /// What is allowed whatever its arguments.
        const ALLOWED: &[libc::c_long] = &[$(libc::$name),*];

        /// The same by name.
        const ALLOWED_NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

#[rustfmt::skip]
allowed! {
    SYS_accept SYS_accept4 SYS_access SYS_adjtimex SYS_alarm SYS_arch_prctl SYS_bind SYS_brk SYS_capget
    SYS_capset SYS_chdir SYS_chmod SYS_chown SYS_chroot SYS_clock_adjtime SYS_clock_getres SYS_clock_gettime
    SYS_clock_nanosleep SYS_close SYS_close_range SYS_connect SYS_copy_file_range SYS_creat SYS_dup SYS_dup2 SYS_dup3
    SYS_epoll_create SYS_epoll_create1 SYS_epoll_ctl SYS_epoll_ctl_old SYS_epoll_pwait SYS_epoll_pwait2 SYS_epoll_wait
    SYS_epoll_wait_old SYS_eventfd SYS_eventfd2 SYS_execve SYS_execveat SYS_exit SYS_exit_group SYS_faccessat
    SYS_faccessat2 SYS_fadvise64 SYS_fallocate SYS_fanotify_mark SYS_fchdir SYS_fchmod SYS_fchmodat SYS_fchmodat2
    SYS_fchown SYS_fchownat SYS_fcntl SYS_fdatasync SYS_fgetxattr SYS_flistxattr SYS_flock SYS_fork SYS_fremovexattr
    SYS_fsetxattr SYS_fstat SYS_fstatfs SYS_fsync SYS_ftruncate SYS_futex 
    SYS_futex_waitv SYS_futimesat SYS_getcpu SYS_getcwd SYS_getdents SYS_getdents64 SYS_getegid
    SYS_geteuid SYS_getgid SYS_getgroups SYS_getitimer SYS_getpeername SYS_getpgid SYS_getpgrp SYS_getpid SYS_getppid
    SYS_getpriority SYS_getrandom SYS_getresgid SYS_getresuid SYS_getrlimit SYS_get_robust_list SYS_getrusage
    SYS_getsid SYS_getsockname SYS_getsockopt SYS_get_thread_area SYS_gettid SYS_gettimeofday SYS_getuid SYS_getxattr
    SYS_inotify_add_watch SYS_inotify_init SYS_inotify_init1 SYS_inotify_rm_watch SYS_io_cancel SYS_ioctl
    SYS_io_destroy SYS_io_getevents SYS_ioprio_get SYS_ioprio_set SYS_io_setup SYS_io_submit
    SYS_kill SYS_landlock_add_rule SYS_landlock_create_ruleset SYS_landlock_restrict_self SYS_lchown SYS_lgetxattr
    SYS_link SYS_linkat SYS_listen SYS_listxattr SYS_llistxattr SYS_lremovexattr SYS_lseek SYS_lsetxattr SYS_lstat
    SYS_madvise SYS_membarrier SYS_memfd_create SYS_memfd_secret SYS_mincore SYS_mkdir SYS_mkdirat SYS_mknod
    SYS_mknodat SYS_mlock SYS_mlock2 SYS_mlockall SYS_mmap SYS_modify_ldt SYS_mprotect SYS_mq_getsetattr
    SYS_mq_notify SYS_mq_open SYS_mq_timedreceive SYS_mq_timedsend SYS_mq_unlink SYS_mremap SYS_mseal SYS_msgctl
    SYS_msgget SYS_msgrcv SYS_msgsnd SYS_msync SYS_munlock SYS_munlockall SYS_munmap SYS_name_to_handle_at
    SYS_nanosleep SYS_newfstatat SYS_open SYS_openat SYS_openat2 SYS_pause SYS_pidfd_open SYS_pidfd_send_signal
    SYS_pipe SYS_pipe2 SYS_pkey_alloc SYS_pkey_free SYS_pkey_mprotect SYS_poll SYS_ppoll SYS_prctl SYS_pread64
    SYS_preadv SYS_preadv2 SYS_prlimit64 SYS_process_mrelease SYS_process_vm_readv SYS_process_vm_writev
    SYS_pselect6 SYS_ptrace SYS_pwrite64 SYS_pwritev SYS_pwritev2 SYS_read SYS_readahead SYS_readlink SYS_readlinkat
    SYS_readv SYS_recvfrom SYS_recvmmsg SYS_recvmsg SYS_remap_file_pages SYS_removexattr SYS_rename SYS_renameat
    SYS_renameat2 SYS_restart_syscall SYS_rmdir SYS_rseq SYS_rt_sigaction SYS_rt_sigpending SYS_rt_sigprocmask
    SYS_rt_sigqueueinfo SYS_rt_sigreturn SYS_rt_sigsuspend SYS_rt_sigtimedwait SYS_rt_tgsigqueueinfo
    SYS_sched_getaffinity SYS_sched_getattr SYS_sched_getparam SYS_sched_get_priority_max
    SYS_sched_get_priority_min SYS_sched_getscheduler SYS_sched_rr_get_interval SYS_sched_setaffinity
    SYS_sched_setattr SYS_sched_setparam SYS_sched_setscheduler SYS_sched_yield SYS_seccomp SYS_select SYS_semctl
    SYS_semget SYS_semop SYS_semtimedop SYS_sendfile SYS_sendmmsg SYS_sendmsg SYS_sendto SYS_setfsgid SYS_setfsuid
    SYS_setgid SYS_setgroups SYS_setitimer SYS_setpgid SYS_setpriority SYS_setregid SYS_setresgid SYS_setresuid
    SYS_setreuid SYS_setrlimit SYS_set_robust_list SYS_setsid SYS_setsockopt SYS_set_thread_area SYS_set_tid_address
    SYS_setuid SYS_setxattr SYS_shmat SYS_shmctl SYS_shmdt SYS_shmget SYS_shutdown SYS_sigaltstack SYS_signalfd
    SYS_signalfd4 SYS_socketpair SYS_splice SYS_stat SYS_statfs SYS_statx SYS_symlink SYS_symlinkat SYS_sync
    SYS_sync_file_range SYS_syncfs SYS_sysinfo SYS_tee SYS_tgkill SYS_time SYS_timer_create SYS_timer_delete
    SYS_timer_getoverrun SYS_timer_gettime SYS_timer_settime SYS_timerfd_create SYS_timerfd_gettime
    SYS_timerfd_settime SYS_times SYS_tkill SYS_truncate SYS_umask SYS_uname SYS_unlink SYS_unlinkat SYS_utime
    SYS_utimensat SYS_utimes SYS_vfork SYS_vmsplice SYS_wait4 SYS_waitid SYS_write SYS_writev
}

/// Also allowed, and not named in the crate libc.
const ALLOWED_UNNAMED: [(usize, &str); 6] = [
    (333, "io_pgetevents"),
    (451, "cachestat"),
    (453, "map_shadow_stack"),
    (454, "futex_wake"),
    (455, "futex_wait"),
    (456, "futex_requeue"),
];

/// What is allowed whatever its arguments, by name: for runtimes that are told names.
pub fn allowed_names() -> impl Iterator<Item = &'static str> {
    let named = ALLOWED_NAMES.iter();
    let named = named.map(|name| name.trim_start_matches("SYS_"));
    named.chain(ALLOWED_UNNAMED.iter().map(|(_, name)| *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_would_break_the_walls_are_denied() {
        for number in [
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_pivot_root,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_bpf,
            libc::SYS_keyctl,
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_kexec_load,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_delete_module,
            libc::SYS_reboot,
            libc::SYS_swapon,
            libc::SYS_open_by_handle_at,
            libc::SYS_perf_event_open,
            libc::SYS_userfaultfd,
            libc::SYS_fsopen,
            libc::SYS_fsmount,
            libc::SYS_move_mount,
            libc::SYS_open_tree,
            libc::SYS_mount_setattr,
            libc::SYS_io_uring_setup,
            libc::SYS_iopl,
            libc::SYS_ioperm,
            libc::SYS_settimeofday,
            libc::SYS_clock_settime,
            libc::SYS_quotactl,
            libc::SYS_acct,
            libc::SYS_syslog,
            libc::SYS_pidfd_getfd,
            libc::SYS_kcmp,
            libc::SYS_vhangup,
            libc::SYS_lookup_dcookie,
        ] {
            assert_eq!(TABLE[number as usize], Action::Deny, "{number}");
        }
    }

    #[test]
    fn those_that_are_let_through_are_the_listed_and_the_three_that_depend_on_their_arguments() {
        let listed = ALLOWED.len() + ALLOWED_UNNAMED.len();
        assert_eq!(allowed_calls(), listed + 3);
    }

    #[test]
    fn the_namespace_flags_are_the_seven_of_the_manual() {
        let flags = [
            libc::CLONE_NEWNS,
            libc::CLONE_NEWCGROUP,
            libc::CLONE_NEWUTS,
            libc::CLONE_NEWIPC,
            libc::CLONE_NEWUSER,
            libc::CLONE_NEWPID,
            libc::CLONE_NEWNET,
        ];
        assert_eq!(
            flags.iter().fold(0, |all, &flag| all | flag as u32),
            NAMESPACE_FLAGS
        );
    }
}
