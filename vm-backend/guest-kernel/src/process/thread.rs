//! What libc asks for its one thread: thread pointer, robust list, futex, barriers.
//!
//! Read next: arch_prctl(2), futex(2), set_robust_list(2).

use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use crate::machine::segment_base;
use crate::time::wait_on_futex;

/// Addresses from here on can't be a base: the CPU would raise an exception in the kernel.
const NON_CANONICAL: u64 = 1 << 47;

/// arch_prctl(2): the bases of FS and GS. libc could set them itself on today's CPUs, but doesn't know whether it may.
pub fn arch_prctl(kernel: &mut Kernel, call: &Frame) -> Result {
    const ARCH_SET_GS: i32 = 0x1001;
    const ARCH_SET_FS: i32 = 0x1002;
    const ARCH_GET_FS: i32 = 0x1003;
    const ARCH_GET_GS: i32 = 0x1004;
    let [operation, value, ..] = call.args();
    match operation as i32 {
        ARCH_SET_FS | ARCH_SET_GS if value >= NON_CANONICAL => return Err(Errno(libc::EPERM)),
        ARCH_SET_FS => segment_base::set_fs(value),
        ARCH_SET_GS => segment_base::set_gs(value),
        ARCH_GET_FS => kernel.user.write(value, segment_base::fs())?,
        ARCH_GET_GS => kernel.user.write(value, segment_base::gs())?,
        _ => return Err(Errno(libc::EINVAL)),
    }
    Ok(0)
}

/// futex(2): with one thread nobody wakes and nobody is woken.
pub fn futex(kernel: &mut Kernel, call: &Frame) -> Result {
    let [address, operation, expected, timeout, ..] = call.args();
    let operation = operation as i32;
    let clock = if operation & libc::FUTEX_CLOCK_REALTIME != 0 {
        libc::CLOCK_REALTIME
    } else {
        libc::CLOCK_MONOTONIC
    };
    match operation & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME) {
        command @ (libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET) => {
            if kernel.user.read::<u32>(address)? != expected as u32 {
                return Err(Errno(libc::EAGAIN));
            }
            let absolute = command == libc::FUTEX_WAIT_BITSET;
            wait_on_futex(kernel, timeout, absolute, clock)
        }
        libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET => kernel.user.bytes(address, 4).map(|_| 0),
        _ => Err(Errno(libc::ENOSYS)),
    }
}

/// membarrier(2): the query says that no command is needed.
pub fn membarrier(_: &mut Kernel, call: &Frame) -> Result {
    match call.args()[0] as i32 {
        0 => Ok(0),
        _ => Err(Errno(libc::EINVAL)),
    }
}
