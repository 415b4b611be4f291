//! From ticks of the time stamp counter to nanoseconds.
//!
//! The VMM says which time belonged to which tick, and how many ticks a millisecond has; the rest is arithmetic, in the kernel
//! and in the vDSO alike (both compile this file).
//!
//! Read next: Linux Documentation/timers/timekeeping.rst; [`guest_abi::BootInfo`].

use guest_abi::BootInfo;

/// Nanoseconds of a second.
pub const SECOND_NS: u64 = 1_000_000_000;
/// Nanoseconds of a millisecond.
const MILLISECOND_NS: u64 = 1_000_000;

/// Nanoseconds since the moment that the VMM wrote down.
fn since_base(info: &BootInfo, ticks: u64) -> u64 {
    // The counters of two CPUs may differ a little: never let time start before its base.
    let ticks = ticks.saturating_sub(info.tsc_base);
    // Whole milliseconds and the rest apart: exact, and nothing overflows.
    let milliseconds = ticks.checked_div(info.tsc_khz).unwrap_or(0);
    let rest = ticks.checked_rem(info.tsc_khz).unwrap_or(0);
    let rest_ns = (rest * MILLISECOND_NS)
        .checked_div(info.tsc_khz)
        .unwrap_or(0);
    milliseconds * MILLISECOND_NS + rest_ns
}

/// Nanoseconds that a clock shows at a tick, `None` for the clocks that aren't read off the counter.
pub fn at(info: &BootInfo, clock: i32, ticks: u64) -> Option<u64> {
    let base = match clock {
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE | libc::CLOCK_TAI => {
            info.realtime_base_ns
        }
        libc::CLOCK_MONOTONIC
        | libc::CLOCK_MONOTONIC_RAW
        | libc::CLOCK_MONOTONIC_COARSE
        | libc::CLOCK_BOOTTIME => info.monotonic_base_ns,
        _ => return None,
    };
    Some(base.wrapping_add(since_base(info, ticks)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(tsc_khz: u64) -> BootInfo {
        BootInfo {
            magic: guest_abi::BOOT_MAGIC,
            ram_bytes: 0,
            heap_start: 0,
            stack_bottom: 0,
            stack_top: 0,
            tsc_khz,
            tsc_base: 1000,
            monotonic_base_ns: 5 * SECOND_NS,
            realtime_base_ns: 7 * SECOND_NS,
            disk_bytes: 0,
            disk_flags: 0,
            random_seed: [0; 32],
            program_name: [0; 256],
        }
    }

    #[test]
    fn a_clock_shows_its_base_plus_the_ticks() {
        let info = info(2_000_000);
        let monotonic = |ticks| at(&info, libc::CLOCK_MONOTONIC, ticks);
        assert_eq!(monotonic(1000), Some(5 * SECOND_NS));
        assert_eq!(monotonic(1002), Some(5 * SECOND_NS + 1));
        assert_eq!(monotonic(1000 + 2_000_000_000), Some(6 * SECOND_NS));
        assert_eq!(at(&info, libc::CLOCK_REALTIME, 1000), Some(7 * SECOND_NS));
        assert_eq!(at(&info, libc::CLOCK_PROCESS_CPUTIME_ID, 1000), None);
        // A tick before the base.
        assert_eq!(monotonic(0), Some(5 * SECOND_NS));
    }

    #[test]
    fn a_year_does_not_lose_a_nanosecond() {
        let year = 31_536_000u64;
        let info = info(2_999_987);
        let ticks = 1000 + year * 2_999_987_000;
        assert_eq!(
            at(&info, libc::CLOCK_MONOTONIC, ticks),
            Some((5 + year) * SECOND_NS)
        );
    }

    #[test]
    fn no_frequency_is_no_crash() {
        assert_eq!(
            at(&info(0), libc::CLOCK_MONOTONIC, 99_999),
            Some(5 * SECOND_NS)
        );
    }
}
