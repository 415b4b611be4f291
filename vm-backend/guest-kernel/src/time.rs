//! Time: reading clocks, and waiting.
//!
//! A clock is read off the time stamp counter, without an exit. Most programs never get here: their libc finds the vDSO and
//! reads the counter without even a system call.
//!
//! Waiting is an exit: the VMM sleeps instead of the guest, so that the host can use the CPU.
//!
//! `Simplified:` no timers or signals: nothing ends a sleep early. CPU time is time since the start, less what was slept.
//!
//! Read next: clock_gettime(2), vdso(7), [`crate::clock`].

use guest_abi::host_call;

use crate::Kernel;
use crate::clock::{self, SECOND_NS};
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use crate::machine::{ask_host, boot_info, tsc};

/// What times(2) counts in, per second: AT_CLKTCK.
const CLOCK_TICKS: u64 = 100;
/// CLOCK_MONOTONIC that never comes.
const NEVER: u64 = u64::MAX;

fn monotonic_ns() -> u64 {
    clock::at(boot_info(), libc::CLOCK_MONOTONIC, tsc()).unwrap_or_default()
}

/// Nanoseconds since the VM was made.
pub fn uptime_ns() -> u64 {
    monotonic_ns().saturating_sub(boot_info().monotonic_base_ns)
}

/// Nanoseconds of CPU time that the program has used.
pub fn cpu_ns(kernel: &Kernel) -> u64 {
    uptime_ns().saturating_sub(kernel.process.slept_ns)
}

fn clock_ns(kernel: &Kernel, clock: u64) -> Result<u64> {
    match clock as i32 {
        libc::CLOCK_PROCESS_CPUTIME_ID | libc::CLOCK_THREAD_CPUTIME_ID => Ok(cpu_ns(kernel)),
        clock => clock::at(boot_info(), clock, tsc()).ok_or(Errno(libc::EINVAL)),
    }
}

/// Seconds and a rest, as timespec has them.
fn timespec(ns: u64) -> [u64; 2] {
    [ns / SECOND_NS, ns % SECOND_NS]
}

/// Reads a timespec; `None` for a null pointer.
fn read_timespec(kernel: &Kernel, address: u64) -> Result<Option<u64>> {
    if address == 0 {
        return Ok(None);
    }
    let [seconds, nanoseconds]: [u64; 2] = kernel.user.read(address)?;
    if seconds.cast_signed() < 0 || nanoseconds >= SECOND_NS {
        return Err(Errno(libc::EINVAL));
    }
    Ok(Some(
        seconds
            .saturating_mul(SECOND_NS)
            .saturating_add(nanoseconds),
    ))
}

/// clock_gettime(2)
pub fn clock_gettime(kernel: &mut Kernel, call: &Frame) -> Result {
    let [clock, address, ..] = call.args();
    let now = timespec(clock_ns(kernel, clock)?);
    kernel.user.write(address, now).map(|()| 0)
}

/// clock_getres(2)
pub fn clock_getres(kernel: &mut Kernel, call: &Frame) -> Result {
    let [clock, address, ..] = call.args();
    clock_ns(kernel, clock)?;
    if address != 0 {
        kernel.user.write(address, [0u64, 1])?;
    }
    Ok(0)
}

/// gettimeofday(2)
pub fn gettimeofday(kernel: &mut Kernel, call: &Frame) -> Result {
    let [time, zone, ..] = call.args();
    let [seconds, nanoseconds] = timespec(clock_ns(kernel, libc::CLOCK_REALTIME as u64)?);
    if time != 0 {
        kernel.user.write(time, [seconds, nanoseconds / 1000])?;
    }
    if zone != 0 {
        kernel.user.write(zone, [0u32; 2])?;
    }
    Ok(0)
}

/// time(2)
pub fn time(kernel: &mut Kernel, call: &Frame) -> Result {
    let [seconds, _] = timespec(clock_ns(kernel, libc::CLOCK_REALTIME as u64)?);
    let address = call.args()[0];
    if address != 0 {
        kernel.user.write(address, seconds)?;
    }
    Ok(seconds)
}

/// Sleeps. All time from this call on counts as slept, even if the host took the CPU away before it was told.
fn sleep_for(kernel: &mut Kernel, duration_ns: u64) -> Result<()> {
    let start = monotonic_ns();
    let deadline_ns = start.saturating_add(duration_ns);
    if monotonic_ns() < deadline_ns {
        ask_host(host_call::SLEEP_UNTIL, 0, deadline_ns, 0)?;
    }
    // The host's clock is disciplined and may be microseconds ahead; a program must not wake too early by its own clock.
    while monotonic_ns() < deadline_ns {
        core::hint::spin_loop();
    }
    kernel.process.slept_ns += monotonic_ns() - start;
    Ok(())
}

/// nanosleep(2)
pub fn nanosleep(kernel: &mut Kernel, call: &Frame) -> Result {
    let duration = read_timespec(kernel, call.args()[0])?.ok_or(Errno(libc::EFAULT))?;
    sleep_for(kernel, duration).map(|()| 0)
}

/// clock_nanosleep(2)
pub fn clock_nanosleep(kernel: &mut Kernel, call: &Frame) -> Result {
    let [clock, flags, request, ..] = call.args();
    let mut duration = read_timespec(kernel, request)?.ok_or(Errno(libc::EFAULT))?;
    let now = clock_ns(kernel, clock)?;
    if flags as i32 & libc::TIMER_ABSTIME != 0 {
        duration = duration.saturating_sub(now);
    }
    sleep_for(kernel, duration).map(|()| 0)
}

/// The end of poll(2) and ppoll(2) when no file was named: a way to sleep.
pub fn wait_for_poll(kernel: &mut Kernel, call: &Frame) -> Result<()> {
    let timeout = call.args()[2];
    let duration = if call.number() == libc::SYS_ppoll as u64 {
        read_timespec(kernel, timeout)?
    } else {
        // An int of milliseconds; negative: forever.
        u64::try_from(timeout as i32).ok().map(|ms| ms * 1_000_000)
    };
    sleep_for(kernel, duration.unwrap_or(NEVER))
}

/// The waiting half of futex(2): there is no other thread, so only the time limit ends it.
pub fn wait_on_futex(kernel: &mut Kernel, timeout: u64, absolute: bool, clock: i32) -> Result {
    let duration = match read_timespec(kernel, timeout)? {
        Some(until) if absolute => until.saturating_sub(clock_ns(kernel, clock as u64)?),
        Some(duration) => duration,
        None => NEVER,
    };
    sleep_for(kernel, duration)?;
    Err(Errno(libc::ETIMEDOUT))
}

/// getrusage(2): CPU time only.
pub fn getrusage(kernel: &mut Kernel, call: &Frame) -> Result {
    let [who, address, ..] = call.args();
    let used = match who as i32 {
        libc::RUSAGE_SELF | libc::RUSAGE_THREAD => cpu_ns(kernel),
        libc::RUSAGE_CHILDREN => 0,
        _ => return Err(Errno(libc::EINVAL)),
    };
    // User and system time, then 14 counts.
    let mut usage = [0u64; 18];
    usage[0] = used / SECOND_NS;
    usage[1] = used % SECOND_NS / 1000;
    kernel.user.write(address, usage).map(|()| 0)
}

/// times(2)
pub fn times(kernel: &mut Kernel, call: &Frame) -> Result {
    let tick_ns = SECOND_NS / CLOCK_TICKS;
    let address = call.args()[0];
    if address != 0 {
        let user = cpu_ns(kernel) / tick_ns;
        kernel.user.write(address, [user, 0, 0, 0])?;
    }
    Ok(monotonic_ns() / tick_ns)
}

#[cfg(test)]
mod tests;
