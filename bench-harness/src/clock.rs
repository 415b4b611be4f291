//! The one clock that everything is stamped with, and the calendar time that names a run.
//!
//! Launchers stamp their marks on CLOCK_MONOTONIC, and so does the harness: on one machine the clock is the same for all
//! processes, so that a mark of the launcher and the arrival of a line in the harness can be subtracted from each other.
//!
//! Read next: `clock_gettime(2)`, `timeline.rs`.

use std::time::{SystemTime, UNIX_EPOCH};

use nix::time::{ClockId, clock_gettime};

/// Nanoseconds on CLOCK_MONOTONIC.
#[must_use]
pub fn monotonic_ns() -> u64 {
    clock_ns(ClockId::CLOCK_MONOTONIC)
}

/// CPU time of the calling thread in nanoseconds: what the harness itself costs.
#[must_use]
pub fn thread_cpu_ns() -> u64 {
    clock_ns(ClockId::CLOCK_THREAD_CPUTIME_ID)
}

fn clock_ns(clock: ClockId) -> u64 {
    // Linux has had both clocks since 2.6: a failure would be a kernel that isolab can't run on at all.
    clock_gettime(clock).map_or(0, |time| {
        time.tv_sec().unsigned_abs() * 1_000_000_000 + time.tv_nsec().unsigned_abs()
    })
}

/// The UTC time of now as `2026-11-23T09-30-12`: sorts by time, and is a legal file name everywhere.
#[must_use]
pub fn utc_stamp() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs());
    stamp_of(seconds)
}

fn stamp_of(seconds_since_epoch: u64) -> String {
    let (year, month, day) = date_of(seconds_since_epoch / 86_400);
    let second = seconds_since_epoch % 86_400;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}-{:02}-{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// The Gregorian date of a day number, by counting whole years and months: it is called once per run.
fn date_of(mut days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_those_of_the_calendar() {
        assert_eq!(stamp_of(0), "1970-01-01T00-00-00");
        assert_eq!(stamp_of(951_782_399), "2000-02-28T23-59-59");
        assert_eq!(stamp_of(951_782_400), "2000-02-29T00-00-00");
        assert_eq!(stamp_of(1_795_426_212), "2026-11-23T09-30-12");
        assert_eq!(stamp_of(4_107_542_400), "2100-03-01T00-00-00");
    }

    #[test]
    fn the_monotonic_clock_moves_forward() {
        let before = monotonic_ns();
        assert!(before > 0 && monotonic_ns() >= before);
    }
}
