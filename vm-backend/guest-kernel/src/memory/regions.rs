//! Which ranges of addresses are mapped: a sorted table, without overlaps, neighbours merged.
//!
//! `Simplified:` Linux keeps a tree, because a process may have 65530 mappings; and each has protections and perhaps a file.
//!
//! Read next: [`super::address_space`], which decides where a mapping goes.

use core::ops::Range;

use crate::errno::{Errno, Result};

/// The most mappings that aren't neighbours. A table in memory that never moves: the kernel itself allocates nothing.
const CAPACITY: usize = 1024;

/// The mapped ranges.
#[derive(Debug)]
pub struct Regions {
    /// Start and end of each, ascending; the first `count` are valid.
    table: [(u64, u64); CAPACITY],
    /// How many there are.
    count: usize,
}

impl Regions {
    /// Nothing is mapped.
    pub const fn before_boot() -> Self {
        Self {
            table: [(0, 0); CAPACITY],
            count: 0,
        }
    }

    fn all(&self) -> &[(u64, u64)] {
        &self.table[..self.count]
    }

    /// Index of the first region that ends above `address`.
    fn first_above(&self, address: u64) -> usize {
        self.all().partition_point(|region| region.1 <= address)
    }

    /// Whether any of the range is mapped.
    pub fn overlaps(&self, range: &Range<u64>) -> bool {
        self.all()
            .get(self.first_above(range.start))
            .is_some_and(|region| region.0 < range.end)
    }

    /// Whether all of the range is mapped. Neighbours are merged, so it lies in one region.
    pub fn contains(&self, range: &Range<u64>) -> bool {
        self.all()
            .get(self.first_above(range.start))
            .is_some_and(|region| region.0 <= range.start && range.end <= region.1)
    }

    /// The lowest mapped address at or above `address`.
    pub fn next_mapped(&self, address: u64) -> Option<u64> {
        let region = self.all().get(self.first_above(address))?;
        Some(region.0.max(address))
    }

    /// The highest free range of `length` bytes within `window`.
    pub fn highest_gap(&self, length: u64, window: Range<u64>) -> Option<u64> {
        let mut ceiling = window.end;
        let fits = |floor: u64, ceiling: u64| {
            let start = ceiling.checked_sub(length)?;
            (start >= floor && start >= window.start).then_some(start)
        };
        for region in self.all().iter().rev() {
            if let Some(start) = fits(region.1, ceiling) {
                return Some(start);
            }
            ceiling = ceiling.min(region.0);
        }
        fits(window.start, ceiling)
    }

    /// Bytes mapped in total.
    pub fn mapped_bytes(&self) -> u64 {
        self.all().iter().map(|region| region.1 - region.0).sum()
    }

    /// Maps a range, and merges it with what it overlaps or touches.
    ///
    /// # Errors
    /// ENOMEM when the table is full: nothing has changed.
    pub fn insert(&mut self, range: Range<u64>) -> Result<()> {
        // The regions from `first` up to `last` become one with the new range.
        let first = self.all().partition_point(|region| region.1 < range.start);
        let last = self.all().partition_point(|region| region.0 <= range.end);
        let merged = match self.all().get(first..last) {
            Some([low, .., high]) => (low.0.min(range.start), high.1.max(range.end)),
            Some([only]) => (only.0.min(range.start), only.1.max(range.end)),
            _ => (range.start, range.end),
        };
        self.replace(first, last, &[merged])
    }

    /// Unmaps a range, whatever of it is mapped. A hole in the middle of a region makes two of it.
    ///
    /// # Errors
    /// ENOMEM when the table is full: nothing has changed.
    pub fn remove(&mut self, range: Range<u64>) -> Result<()> {
        let first = self.first_above(range.start);
        let last = self.all().partition_point(|region| region.0 < range.end);
        let Some(affected @ [low, ..]) = self.all().get(first..last) else {
            return Ok(());
        };
        let high = affected[affected.len() - 1];
        let before = (low.0, range.start);
        let after = (range.end, high.1);
        match (before.0 < before.1, after.0 < after.1) {
            (true, true) => self.replace(first, last, &[before, after]),
            (true, false) => self.replace(first, last, &[before]),
            (false, true) => self.replace(first, last, &[after]),
            (false, false) => self.replace(first, last, &[]),
        }
    }

    /// Replaces the entries `first..last` by `new`.
    fn replace(&mut self, first: usize, last: usize, new: &[(u64, u64)]) -> Result<()> {
        let count = self.count - (last - first) + new.len();
        if count > CAPACITY {
            return Err(Errno(libc::ENOMEM));
        }
        self.table.copy_within(last..self.count, first + new.len());
        self.table[first..first + new.len()].copy_from_slice(new);
        self.count = count;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_merge_and_holes_split() {
        let mut regions = Regions::before_boot();
        regions.insert(10..20).unwrap();
        regions.insert(30..40).unwrap();
        assert_eq!(regions.all(), [(10, 20), (30, 40)]);
        regions.insert(20..30).unwrap();
        assert_eq!(regions.all(), [(10, 40)]);
        regions.remove(15..16).unwrap();
        assert_eq!(regions.all(), [(10, 15), (16, 40)]);
        assert!(regions.contains(&(16..40)) && !regions.contains(&(14..17)));
        assert!(regions.overlaps(&(0..11)) && !regions.overlaps(&(15..16)));
        regions.remove(0..100).unwrap();
        assert_eq!(regions.all(), []);
    }

    #[test]
    fn the_highest_gap_is_taken_first() {
        let mut regions = Regions::before_boot();
        assert_eq!(regions.highest_gap(10, 0..100), Some(90));
        regions.insert(80..95).unwrap();
        assert_eq!(regions.highest_gap(5, 0..100), Some(95));
        assert_eq!(regions.highest_gap(10, 0..100), Some(70));
        assert_eq!(regions.highest_gap(81, 0..100), None);
        assert_eq!(regions.highest_gap(80, 1..100), None);
        assert_eq!(regions.highest_gap(1000, 0..100), None);
        // Regions outside of the window don't matter.
        assert_eq!(regions.highest_gap(10, 0..50), Some(40));
        assert_eq!(regions.highest_gap(10, 95..105), Some(95));
    }

    #[test]
    fn a_full_table_refuses_and_stays_as_it_was() {
        let mut regions = Regions::before_boot();
        for index in 0..CAPACITY as u64 {
            regions.insert(index * 4..index * 4 + 3).unwrap();
        }
        let bytes = regions.mapped_bytes();
        assert!(regions.insert(1_000_000..1_000_001).is_err());
        assert!(regions.remove(1..2).is_err());
        assert_eq!(regions.mapped_bytes(), bytes);
        regions.remove(0..4).unwrap();
        regions.insert(1_000_000..1_000_001).unwrap();
    }

    /// Compares with the simplest model, a flag for each address, over a long random sequence.
    #[test]
    fn the_table_agrees_with_a_flag_for_each_address() {
        let (mut regions, mut model) = (Regions::before_boot(), [false; 200]);
        let mut state = 1u64;
        let mut random = |limit: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % limit
        };
        for _ in 0..20_000 {
            let start = random(190);
            let range = start..start + 1 + random(10);
            let insert = random(2) == 0;
            if insert {
                regions.insert(range.clone()).unwrap();
            } else {
                regions.remove(range.clone()).unwrap();
            }
            model[range.start as usize..range.end as usize].fill(insert);
            let probe = random(190);
            let probe = probe..probe + 1 + random(10);
            let flags = &model[probe.start as usize..probe.end as usize];
            assert_eq!(regions.contains(&probe), flags.iter().all(|flag| *flag));
            assert_eq!(regions.overlaps(&probe), flags.iter().any(|flag| *flag));
            let length = 1 + random(20);
            let gap = (0..=200 - length)
                .rev()
                .find(|at| !model[*at as usize..(at + length) as usize].contains(&true));
            assert_eq!(regions.highest_gap(length, 0..200), gap);
        }
    }
}
