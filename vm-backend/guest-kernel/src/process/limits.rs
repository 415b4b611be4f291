//! What the process may use: limits, CPUs, memory.
//!
//! `Simplified:` limits can be read, and "set" only to what they are.
//!
//! Read next: getrlimit(2), sysinfo(2), sched_getaffinity(2).

use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use crate::files::table;
use crate::machine::{boot_info, end_of_ram};
use crate::time::uptime_ns;

/// How many resources have a limit.
const RESOURCES: u32 = 16;

/// Soft and hard limit.
fn limits(resource: u64) -> Result<[u64; 2]> {
    let info = boot_info();
    let limit = match resource as u32 {
        libc::RLIMIT_STACK => info.stack_top - info.stack_bottom,
        libc::RLIMIT_NOFILE => table::CAPACITY as u64,
        libc::RLIMIT_NPROC => 1,
        libc::RLIMIT_CORE | libc::RLIMIT_MEMLOCK => 0,
        0..RESOURCES => libc::RLIM_INFINITY,
        _ => return Err(Errno(libc::EINVAL)),
    };
    Ok([limit; 2])
}

/// getrlimit(2)
pub fn getrlimit(kernel: &mut Kernel, call: &Frame) -> Result {
    let [resource, address, ..] = call.args();
    kernel.user.write(address, limits(resource)?).map(|()| 0)
}

/// prlimit64(2)
pub fn prlimit64(kernel: &mut Kernel, call: &Frame) -> Result {
    let [process, resource, new, old, ..] = call.args();
    if process as u32 != 0 && u64::from(process as u32) != super::PID {
        return Err(Errno(libc::ESRCH));
    }
    let limits = limits(resource)?;
    if new != 0 && kernel.user.read::<[u64; 2]>(new)? != limits {
        return Err(Errno(libc::EPERM));
    }
    if old != 0 {
        kernel.user.write(old, limits)?;
    }
    Ok(0)
}

/// sched_getaffinity(2): one CPU.
pub fn sched_getaffinity(kernel: &mut Kernel, call: &Frame) -> Result {
    let [_, size, address, ..] = call.args();
    if size < 8 || size % 8 != 0 {
        return Err(Errno(libc::EINVAL));
    }
    kernel.user.write(address, 1u64)?;
    Ok(8)
}

/// getcpu(2): CPU 0 of node 0.
pub fn getcpu(kernel: &mut Kernel, call: &Frame) -> Result {
    for address in call.args()[..2].iter().filter(|address| **address != 0) {
        kernel.user.write(*address, 0u32)?;
    }
    Ok(0)
}

/// sysinfo(2)
pub fn sysinfo(kernel: &mut Kernel, call: &Frame) -> Result {
    // Uptime, three loads, total and free RAM, shared, buffers, total and free swap, processes, total and free high memory,
    // and the unit of all that in bytes.
    let mut info = [0u64; 14];
    info[0] = uptime_ns() / crate::clock::SECOND_NS;
    info[4] = end_of_ram();
    info[5] = kernel.memory.free_bytes();
    info[10] = 1;
    info[13] = 1;
    kernel.user.write(call.args()[0], info).map(|()| 0)
}

const _: () = assert!(size_of::<[u64; 14]>() == size_of::<libc::sysinfo>());
