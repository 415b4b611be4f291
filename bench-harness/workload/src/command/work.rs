//! What keeps a CPU busy and nothing else, shared by the subcommands that do.

use workload::pattern::SplitMix64;

/// Steps of one chain.
const LINKS: u32 = 1024;

/// `chains` times 1024 steps of SplitMix64, of which each needs the result of the one before.
pub fn chain(mut word: u64, chains: u64) -> u64 {
    for _ in 0..chains {
        for _ in 0..LINKS {
            word = SplitMix64::new(word).next_word();
        }
    }
    word
}
