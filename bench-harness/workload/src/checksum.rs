//! The checksum by which runs in different backends prove that they computed the same.
//!
//! FNV-1a (Fowler, Noll, Vo) with 64-bit words in place of bytes: one multiplication per word. It detects mistakes, not
//! attackers.
//!
//! Read next: the FNV specification, RFC 9923.

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// A running checksum over 64-bit words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum(u64);

impl Default for Checksum {
    fn default() -> Self {
        Self(OFFSET_BASIS)
    }
}

impl Checksum {
    /// Adds one word.
    pub fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(PRIME);
    }

    /// Adds bytes, eight at a time as little-endian words; a shorter rest is filled with zeros.
    pub fn add_bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }

    /// The checksum of everything added so far.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_byte_word_gives_the_published_fnv1a_value() {
        let mut checksum = Checksum::default();
        checksum.add(u64::from(b'a'));
        assert_eq!(checksum.value(), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn order_and_every_byte_matter() {
        let sum = |bytes: &[u8]| {
            let mut checksum = Checksum::default();
            checksum.add_bytes(bytes);
            checksum.value()
        };
        assert_ne!(sum(b"abcdefghABCDEFGH"), sum(b"ABCDEFGHabcdefgh"));
        assert_ne!(sum(b"abcdefghi"), sum(b"abcdefghj"));
    }
}
