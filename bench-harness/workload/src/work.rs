//! What keeps a CPU busy and nothing else.
//!
//! Here and not in a subcommand, because whoever asks the service for an answer (`serve`) checks it by computing it too.

use crate::pattern::SplitMix64;

/// Steps of one chain.
const LINKS: u32 = 1024;

/// Chains in one answer of the service: some tenths of a millisecond.
const ANSWER_CHAINS: u64 = 100;

/// `chains` times 1024 steps of SplitMix64, of which each needs the result of the one before.
#[must_use]
pub fn chain(mut word: u64, chains: u64) -> u64 {
    for _ in 0..chains {
        for _ in 0..LINKS {
            word = SplitMix64::new(word).next_word();
        }
    }
    word
}

/// What the service computes for one request: the same amount of work whatever the number is.
#[must_use]
pub fn answer(number: u64) -> u64 {
    chain(number, ANSWER_CHAINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_link_needs_the_one_before_and_each_number_has_its_own_answer() {
        assert_eq!(chain(7, 0), 7);
        assert_eq!(chain(chain(7, 1), 2), chain(7, 3));
        assert_ne!(answer(1), answer(2));
    }
}
