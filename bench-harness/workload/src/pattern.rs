//! The content of the file on which I/O is measured: it depends on nothing but a seed and the position in the file.
//!
//! Whoever knows the seed can check any sector, whoever wrote it: the host verifies what a guest has written, and a
//! reader notices a sector that came from the wrong place, or not at all.
//!
//! 1. The body of every 4 KiB sector is the same sequence of random words, made from the seed: it doesn't compress.
//! 2. The first and the last word of a sector are made from the seed and the sector's number: a torn or misplaced sector
//!    is seen, and moving a prepared buffer to another place costs two words per sector, not a new buffer.
//!
//! Simplified: storage that deduplicates would recognize the bodies; [`verify`] looks at the two words, not the body.
//!
//! Read next: `command/io.rs`; Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.

/// Bytes in a sector; blocks and offsets are multiples of it.
pub const SECTOR_BYTES: usize = 4096;

const WORD_BYTES: usize = 8;
const LAST_WORD: usize = SECTOR_BYTES - WORD_BYTES;

/// SplitMix64: a full-period generator of which every output is a hash of the state.
#[derive(Clone, Copy, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// Starts a sequence.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    #[must_use]
    pub fn next_word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which must not be 0 (Lemire's multiplication; its bias is below `bound` / 2^64).
    #[must_use]
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_word()) * u128::from(bound)) >> 64) as u64
    }
}

/// A sector that doesn't hold what was written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Where the sector lies in the file, in bytes.
    pub offset: u64,
}

impl core::fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            formatter,
            "the sector at byte {} does not hold the pattern",
            self.offset
        )
    }
}

/// Makes `block` the content of the file at `offset`. Both sizes are multiples of [`SECTOR_BYTES`].
pub fn fill(seed: u64, offset: u64, block: &mut [u8]) {
    for sector in block.chunks_exact_mut(SECTOR_BYTES) {
        let mut random = SplitMix64::new(seed);
        for word in sector.chunks_exact_mut(WORD_BYTES) {
            word.copy_from_slice(&random.next_word().to_le_bytes());
        }
    }
    stamp(seed, offset, block);
}

/// Moves a block that [`fill`] has made for some offset to `offset`.
pub fn stamp(seed: u64, offset: u64, block: &mut [u8]) {
    for (sector, at) in block
        .chunks_exact_mut(SECTOR_BYTES)
        .zip(sector_offsets(offset))
    {
        let mark = mark(seed, at);
        sector[..WORD_BYTES].copy_from_slice(&mark);
        sector[LAST_WORD..].copy_from_slice(&mark);
    }
}

/// Checks the marks of all sectors of a block read from `offset`.
///
/// # Errors
/// The first sector that holds something else.
pub fn verify(seed: u64, offset: u64, block: &[u8]) -> Result<(), Mismatch> {
    for (sector, at) in block.chunks_exact(SECTOR_BYTES).zip(sector_offsets(offset)) {
        let mark = mark(seed, at);
        if sector[..WORD_BYTES] != mark || sector[LAST_WORD..] != mark {
            return Err(Mismatch { offset: at });
        }
    }
    Ok(())
}

fn sector_offsets(offset: u64) -> impl Iterator<Item = u64> {
    (offset..).step_by(SECTOR_BYTES)
}

fn mark(seed: u64, offset: u64) -> [u8; WORD_BYTES] {
    SplitMix64::new(seed ^ (offset / SECTOR_BYTES as u64).rotate_left(32))
        .next_word()
        .to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn splitmix64_gives_the_published_sequence() {
        // The first outputs for seed 1234567, as Vigna's reference implementation prints them.
        let mut random = SplitMix64::new(1_234_567);
        assert_eq!(random.next_word(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_word(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_below_a_bound_reach_both_ends() {
        let mut random = SplitMix64::new(1);
        let mut seen = [0; 5];
        for _ in 0..1000 {
            seen[random.below(5) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| count > 150), "{seen:?}");
    }

    #[test]
    fn a_filled_block_verifies_and_a_misplaced_one_does_not() {
        let mut block = vec![0; 4 * SECTOR_BYTES];
        fill(7, 8192, &mut block);
        assert_eq!(verify(7, 8192, &block), Ok(()));
        assert_eq!(verify(7, 0, &block), Err(Mismatch { offset: 0 }));
        assert_eq!(verify(8, 8192, &block), Err(Mismatch { offset: 8192 }));
    }

    #[test]
    fn a_torn_sector_is_found_at_its_offset() {
        let mut block = vec![0; 2 * SECTOR_BYTES];
        fill(7, 0, &mut block);
        block[2 * SECTOR_BYTES - 1] ^= 1;
        assert_eq!(verify(7, 0, &block), Err(Mismatch { offset: 4096 }));
    }

    #[test]
    fn stamping_equals_filling_anew() {
        let (mut moved, mut fresh) = (vec![0; 2 * SECTOR_BYTES], vec![0; 2 * SECTOR_BYTES]);
        fill(3, 0, &mut moved);
        stamp(3, 1 << 40, &mut moved);
        fill(3, 1 << 40, &mut fresh);
        assert_eq!(moved, fresh);
    }
}
