//! Every single latency is kept, and percentiles are exact: nearest rank, no interpolation, no histogram.

use alloc::vec::Vec;

/// Latencies of one kind of operation.
#[derive(Debug)]
pub struct Latencies {
    /// Nanoseconds; 32 bits reach to 4.29 s, where they saturate.
    samples_ns: Vec<u32>,
    /// Of the unsaturated values.
    sum_ns: u64,
}

/// What is reported of them, in nanoseconds.
#[derive(Debug, PartialEq)]
pub struct Summary {
    /// The shortest.
    pub min_ns: u32,
    /// Half of all take at most this long.
    pub p50_ns: u32,
    /// 99 % of all take at most this long.
    pub p99_ns: u32,
    /// The longest.
    pub max_ns: u32,
    /// Rounded to whole nanoseconds.
    pub mean_ns: f64,
}

impl Latencies {
    /// The room is reserved now, so that no reallocation falls between two measurements; its pages are touched as they fill,
    /// outside the timed part of an operation.
    #[must_use]
    pub fn with_room_for(operations: u64) -> Self {
        Self {
            samples_ns: Vec::with_capacity(operations as usize),
            sum_ns: 0,
        }
    }

    /// Adds one.
    pub fn add(&mut self, latency_ns: u64) {
        self.samples_ns
            .push(u32::try_from(latency_ns).unwrap_or(u32::MAX));
        self.sum_ns += latency_ns;
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.samples_ns.len() as u64
    }

    /// The time that all of them took together.
    #[must_use]
    pub fn sum_ns(&self) -> u64 {
        self.sum_ns
    }

    /// Sorts them and reads the percentiles off. All zeros when there are none.
    pub fn summary(&mut self) -> Summary {
        self.samples_ns.sort_unstable();
        let count = self.samples_ns.len();
        // Nearest rank: the smallest sample that at least this share of all samples doesn't exceed.
        let percentile = |percent: usize| {
            let rank = (count * percent).div_ceil(100).max(1);
            self.samples_ns.get(rank - 1).copied().unwrap_or(0)
        };
        Summary {
            min_ns: percentile(0),
            p50_ns: percentile(50),
            p99_ns: percentile(99),
            max_ns: percentile(100),
            mean_ns: (self.sum_ns as f64 / count.max(1) as f64 + 0.5) as u64 as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_at_the_nearest_rank() {
        let mut latencies = Latencies::with_room_for(200);
        (1..=200).rev().for_each(|ns| latencies.add(ns));
        let expected = Summary {
            min_ns: 1,
            p50_ns: 100,
            p99_ns: 198,
            max_ns: 200,
            mean_ns: 101.0,
        };
        assert_eq!(latencies.summary(), expected);
        assert_eq!(latencies.sum_ns(), 20_100);
    }

    #[test]
    fn one_sample_is_every_percentile_and_none_is_zero() {
        let mut latencies = Latencies::with_room_for(1);
        assert_eq!(latencies.summary().p99_ns, 0);
        latencies.add(7_000_000_000);
        let summary = latencies.summary();
        assert_eq!(
            (summary.min_ns, summary.max_ns, summary.mean_ns),
            (u32::MAX, u32::MAX, 7e9)
        );
    }
}
