//! Memory that no cache holds, read in order and out of order.
//!
//! In order, the processor fetches ahead: what is measured is how many bytes per second memory delivers. In random order each
//! load has to be finished before the next address is known: what is measured is how long one takes.
//!
//! **Pages.** An address is translated before memory is read. The processor remembers some 1500 to 3000 translations (its
//! TLB); a working set of 64 MiB in pages of 4 KiB needs 16 384, so nearly every random load would search page tables as
//! well, and in a VM two sets of them. In pages of 2 MiB it needs 32, and they are all remembered. A VM's memory usually lies in
//! huge pages, a process's doesn't unless it asks. So this one asks, everywhere: it is memory that is compared, not page sizes.
//!
//! Read next: madvise(2) on MADV_HUGEPAGE; Drepper, "What Every Programmer Should Know About Memory", 2007, sections 3.3, 4.

use std::fs;
use std::io;

use workload::pattern::SplitMix64;

use crate::Failure;
use crate::sys::AlignedBuffer;

/// Words of a cache line of 64 bytes.
const LINE_WORDS: usize = 8;
const LINE_BYTES: usize = LINE_WORDS * size_of::<u64>();
/// No machine for lessons has more.
const MOST_MIB: usize = 4096;

/// The working set, in huge pages if there are any.
#[derive(Debug)]
pub struct WorkingSet(AlignedBuffer);

impl WorkingSet {
    /// Allocates it; no page is touched yet.
    pub fn new(mib: usize) -> Result<Self, Failure> {
        if !(1..=MOST_MIB).contains(&mib) {
            let rule = format!("--working-set-mib must be between 1 and {MOST_MIB}");
            return Err(Failure::Usage(rule));
        }
        Ok(Self(AlignedBuffer::new(mib << 20)))
    }

    /// Filled with words that differ.
    pub fn words(&mut self) -> &[u64] {
        let words = self.0.words();
        let mut random = SplitMix64::new(1);
        words.iter_mut().for_each(|word| *word = random.next_word());
        words
    }

    /// Each line's first word is the number of the next line, in one cycle through all of them (Sattolo's algorithm).
    pub fn chain(&mut self) -> &[u64] {
        let words = self.0.words();
        let lines = words.len() / LINE_WORDS;
        for line in 0..lines {
            words[line * LINE_WORDS] = line as u64;
        }
        let mut random = SplitMix64::new(1);
        for line in (1..lines).rev() {
            let other = random.below(line as u64) as usize;
            words.swap(line * LINE_WORDS, other * LINE_WORDS);
        }
        words
    }
}

/// Adds up so many lines, from the first on and over again.
pub fn read_through(words: &[u64], lines: u64) -> u64 {
    let mut left = usize::try_from(lines).unwrap_or(usize::MAX);
    let mut sum = 0_u64;
    while left > 0 {
        let now = left.min(words.len() / LINE_WORDS);
        // Without order among the additions the compiler may do several at once.
        let part = words[..now * LINE_WORDS].iter();
        sum = part.fold(sum, |sum, word| sum.wrapping_add(*word));
        left -= now;
    }
    sum
}

/// Follows the chain from the first line; returns where it has got to.
pub fn follow(words: &[u64], loads: u64) -> u64 {
    let mut line = 0;
    for _ in 0..loads {
        line = words[line as usize * LINE_WORDS];
    }
    line
}

/// Bytes of this process that lie in huge pages.
pub fn huge_page_bytes() -> io::Result<u64> {
    let table = fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = table
        .lines()
        .find_map(|line| line.strip_prefix("AnonHugePages:")?.strip_suffix("kB"));
    let kilobytes = line.and_then(|number| number.trim().parse::<u64>().ok());
    let missing = || io::Error::other("smaps_rollup has no AnonHugePages");
    kilobytes.map(|number| number << 10).ok_or_else(missing)
}

const _: () = assert!(LINE_BYTES == 64);
