//! The host's clocks, and how the guest's counter relates to them.
//!
//! The guest reads the time stamp counter without an exit. With a TSC offset of 0 (see [`crate::vcpu`]) guest and host count the
//! same ticks, so one pair of (tick, time) and the frequency give the guest the host's clocks.

use std::arch::x86_64::_rdtsc;

use crate::sys;

/// A point on CLOCK_MONOTONIC of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    ns: u64,
}

impl Moment {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        Self {
            ns: sys::clock_ns(libc::CLOCK_MONOTONIC),
        }
    }

    /// Nanoseconds on CLOCK_MONOTONIC.
    #[must_use]
    pub fn ns(self) -> u64 {
        self.ns
    }
}

/// Which tick was at which time.
#[derive(Clone, Copy, Debug)]
pub struct TickPair {
    /// The time stamp counter.
    pub tsc: u64,
    /// CLOCK_MONOTONIC, in nanoseconds.
    pub monotonic_ns: u64,
    /// CLOCK_REALTIME, in nanoseconds.
    pub realtime_ns: u64,
    /// Ticks per millisecond.
    pub tsc_khz: u64,
}

impl TickPair {
    /// Reads counter and clocks, one right after the other.
    #[must_use]
    pub fn now(tsc_khz: u32) -> Self {
        let realtime_ns = sys::clock_ns(libc::CLOCK_REALTIME);
        let monotonic_ns = sys::clock_ns(libc::CLOCK_MONOTONIC);
        Self {
            tsc: tick(),
            monotonic_ns,
            realtime_ns,
            tsc_khz: u64::from(tsc_khz),
        }
    }

    /// When this tick was; `None` before the pair was taken (a guest can write any number) or without a frequency.
    #[must_use]
    pub fn moment_of(&self, tsc: u64) -> Option<Moment> {
        let ticks = u128::from(tsc.checked_sub(self.tsc)?);
        let ns = (ticks * 1_000_000).checked_div(u128::from(self.tsc_khz))?;
        let ns = self.monotonic_ns.checked_add(u64::try_from(ns).ok()?)?;
        Some(Moment { ns })
    }
}

/// The time stamp counter.
fn tick() -> u64 {
    // SAFETY: every x86-64 CPU has the instruction, and Linux lets every process use it.
    unsafe { _rdtsc() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_has_its_moment() {
        let pair = TickPair {
            tsc: 1_000,
            monotonic_ns: 50,
            realtime_ns: 0,
            tsc_khz: 2_000_000,
        };
        assert_eq!(pair.moment_of(3_000), Some(Moment { ns: 1_050 }));
        assert_eq!(pair.moment_of(999), None);
        assert_eq!(
            pair.moment_of(u64::MAX).map(Moment::ns),
            Some(50 + (u64::MAX - 1_000) / 2)
        );
        assert_eq!(TickPair { tsc_khz: 0, ..pair }.moment_of(3_000), None);
    }
}
