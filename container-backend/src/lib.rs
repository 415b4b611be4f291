//! How a container is made.
//!
//! There is no such thing as a container in the Linux kernel. There are namespaces (what a process sees), cgroups (what it may
//! use), capabilities and system-call filters (what it may do), and a root folder of its own. A container is a process to
//! which all of these were applied in the right order. This crate applies them; every number comes back in the code.
//!
//! In the launcher, outside ([`launch`]):
//!
//! 1. Block the signals that are to be passed on, and make the pipe by which the inside reports errors.
//! 2. Make the cgroups and write the limits ([`cgroup`]).
//! 3. clone3: a child in new pid, mount, net, ipc and uts namespaces (and a user namespace when not root).
//!
//! In the child, which is PID 1 inside (`init.rs`):
//!
//! 4. Tie its life to the launcher's: if that is killed, all of the container dies.
//! 5. Enter the cgroups, *then* unshare the cgroup namespace, so that the view starts at its own cgroup.
//! 6. Set the host name, bring the loopback interface up.
//! 7. Make a new root: mounts, devices, the program, the host's files that were asked for; cover what is dangerous
//!    (`root/mod.rs`).
//! 8. pivot_root into it, and let go of the old root. From here the host's files can't be named any more.
//! 9. Limit open files, drop capabilities, forbid new privileges, load the system-call filter. This comes last, because each
//!    of the steps above needs what is given up here.
//! 10. Start the command as PID 2, and reap whatever ends, until the command does.
//!
//! In the launcher again:
//!
//! 11. Wait; pass signals on. When PID 1 ends, the kernel kills what is left of its namespace.
//! 12. Remove the cgroups.
//!
//! # What it costs
//!
//! The order isn't only a matter of safety: writing a pid to `cgroup.procs` waits for an RCU grace period (5-10 ms on an
//! idle kernel), while a process that writes `0` to `tasks`, or is born in its cgroup, doesn't. The net namespace
//! costs as much as all others together. A filter's shape decides whether it loads in 0.07 or 1.0 ms.
//!
//! isolab's experiment `container-floor` compares with `benches/floor.c`, a minimal C program that makes the same container, and
//! with the runtimes of others. Once a launcher makes only the system calls that it needs, the rest is not where one looks
//! for it. On a virtual machine with 2 CPUs (Linux 6.18; CPUID traps and takes 8 us), CPU time of a whole life, means of 400
//! interleaved starts with a payload of a dozen instructions:
//!
//! | who | CPU ms | page faults |
//! |---|---|---|
//! | the floor, linked with musl | 1.44 | 22 |
//! | the same source, linked with glibc | 2.03 | 53 |
//! | this launcher, `--without init` | 2.03 | |
//! | this launcher | 2.20 | 66 |
//! | this launcher at a fixed address, without relocations | 2.16 | 61 |
//!
//! - **The C library's start is a quarter of everything**: glibc asks CPUID 68 times before `main`, whatever the program does,
//!   and each of these traps in a virtual machine. On bare metal they are next to nothing. Without its init this launcher costs
//!   what the floor costs when it is linked with the same library: nothing else is left to save in it.
//! - An init beside the command is a process more, and two changes of process: 0.17 ms. It reaps orphans; the other runtimes
//!   run the command as PID 1 and leave that to it.
//! - A fixed address would save 2 %. The launcher keeps its random one.
//!
//! What was in the way before, measured one by one in the same manner (195 to 600 rounds; the first table was taken before the last of them):
//!
//! | what | ms |
//! |---|---|
//! | preparations of Rust's `main` (now `start::prepare`) | 0.06 |
//! | reading the options with clap instead of by hand: 62 us against 15, and 25 page faults | 0.1 |
//! | starting the command with posix_spawn instead of vfork and execve: 122 system calls | 0.05 |
//! | covering folders with copies of a mount that hangs nowhere: letting go of it waits for a grace period | 0.08 |
//! | capabilities as hash sets of names and seven calls to read and set them, instead of bits and two calls | 0.06 |
//!
//! What was thought of and left: making the cgroups while the child already mounts (its first pages would be charged to the
//! launcher); letting the init share the launcher's memory (no page tables to copy, but one wall less between inside and
//! outside); a mount namespace that never had the host's mounts in it (kernels after 6.18 begin to offer it).
//!
//! On a busy machine single steps seem to take 3-5 ms now and then: detaching the old root above all, entering the cgroups,
//! anything. That isn't the step but a slice of the scheduler's: whoever waits, be it microseconds (detaching waits for a grace
//! period, 0.07 ms when idle), finds another process in its place. So each change of process counts, and few of them are
//! worth more than few system calls: under a load of 6 on 2 CPUs the container without an init took 0.9 to 1.14 times as long
//! as the floor, and with it 1.2 to 1.3 times (four runs of 300 to 1200 rounds).
//!
//! [`full_set`] says, as data, what a container consists of: the modules above make it, and isolab asks other runtimes for it.
//!
//! `rg Simplified:` lists what production runtimes do in addition.

mod capabilities;
pub mod cgroup;
pub mod cli;
mod command;
pub mod error;
mod executable;
mod failure;
pub mod full_set;
mod init;
pub mod launch;
mod network;
pub mod part;
pub mod probe;
mod root;
pub mod seccomp;
mod signals;
pub mod spec;
pub mod start;
pub mod step;
mod sys;
mod timeline;

pub use error::Error;
pub use probe::{Missing, probe};
