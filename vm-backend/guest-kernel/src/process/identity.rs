//! Who the process is: ids, names, and the system's name, which isn't Linux.
//!
//! Read next: uname(2), credentials(7).

use guest_abi::PORT_NOTHING;

use super::PID;
use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};

/// Length of each string of uname(2), with its NUL.
const NAME_BYTES: usize = 65;

/// System, node, release, version, machine, domain. The release is a number that libcs accept as "recent enough".
const NAMES: [&[u8]; 6] = [
    b"isolab-guest",
    b"microvm",
    b"6.0.0-isolab",
    b"tiny guest kernel of isolab: not Linux",
    b"x86_64",
    b"(none)",
];

/// getpid(2), gettid(2), getpgrp(2), getsid(2), set_tid_address(2)
pub fn process_id(_: &mut Kernel, _: &Frame) -> Result {
    Ok(PID)
}

/// getppid(2), getuid(2), getgid(2), geteuid(2), getegid(2), getgroups(2), sched_yield(2), …: nobody above, root, nothing to do.
pub fn zero(_: &mut Kernel, _: &Frame) -> Result {
    Ok(0)
}

/// uname(2)
pub fn uname(kernel: &mut Kernel, call: &Frame) -> Result {
    let mut names = [[0u8; NAME_BYTES]; NAMES.len()];
    for (field, name) in names.iter_mut().zip(NAMES) {
        field[..name.len()].copy_from_slice(name);
    }
    kernel.user.write(call.args()[0], names).map(|()| 0)
}

/// getresuid(2), getresgid(2): root three times.
pub fn getres(kernel: &mut Kernel, call: &Frame) -> Result {
    for address in &call.args()[..3] {
        kernel.user.write(*address, 0u32)?;
    }
    Ok(0)
}

/// umask(2)
pub fn umask(kernel: &mut Kernel, call: &Frame) -> Result {
    let old = kernel.process.umask;
    kernel.process.umask = call.args()[0] as u32 & 0o777;
    Ok(old.into())
}

/// ioperm(2): the port with nothing behind it may be used. It may anyhow; programs of Linux have to ask.
pub fn ioperm(_: &mut Kernel, call: &Frame) -> Result {
    let [from, count, ..] = call.args();
    match (from, count) {
        (from, 1) if from == u64::from(PORT_NOTHING) => Ok(0),
        _ => Err(Errno(libc::EPERM)),
    }
}

/// prctl(2): the thread's name.
pub fn prctl(kernel: &mut Kernel, call: &Frame) -> Result {
    let [operation, address, ..] = call.args();
    match operation as i32 {
        libc::PR_SET_NAME => {
            let mut name = [0; 16];
            // Longer names are cut.
            let given = match kernel.user.string(address, 15) {
                Err(Errno(libc::ENAMETOOLONG)) => kernel.user.bytes(address, 15),
                other => other,
            }?;
            name[..given.len()].copy_from_slice(given);
            kernel.process.name = name;
            Ok(0)
        }
        libc::PR_GET_NAME => kernel.user.write(address, kernel.process.name).map(|()| 0),
        libc::PR_GET_DUMPABLE => Ok(0),
        _ => Err(Errno(libc::EINVAL)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_does_not_claim_to_be_linux_and_its_names_fit() {
        assert_ne!(NAMES[0], b"Linux");
        assert!(NAMES.iter().all(|name| name.len() < NAME_BYTES));
    }
}
