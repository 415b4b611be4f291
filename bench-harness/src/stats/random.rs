//! SplitMix64, written out here: the same samples and seed give the same `summary.json` in every version of every crate.

/// Steele, Lea and Flood's SplitMix64 (2014): small, fast, and good enough to draw indices.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// A generator whose sequence depends on the seed only.
    pub fn new(seed: u64) -> Self {
        SplitMix64(seed)
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Two indices below `bound`, from the halves of one number. The bias of scaling 32 bits is below 1e-6 for any number
    /// of rounds one could wait for.
    pub(super) fn two_below(&mut self, bound: usize) -> [usize; 2] {
        let bits = self.next_u64();
        [bits >> 32, bits & 0xffff_ffff].map(|half| ((half * bound as u64) >> 32) as usize)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Uniform in (0, 1].
    pub fn uniform(random: &mut SplitMix64) -> f64 {
        ((random.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller.
    pub fn normal(random: &mut SplitMix64) -> f64 {
        let radius = (-2.0 * uniform(random).ln()).sqrt();
        radius * (std::f64::consts::TAU * uniform(random)).cos()
    }

    /// Skewed to the right, as start-up times are; its median is 1.
    pub fn lognormal(random: &mut SplitMix64) -> f64 {
        (0.8 * normal(random)).exp()
    }

    /// Two modes, 60 % of the values near 10 and 40 % near 20, as with a cache that sometimes misses. The median is where
    /// the first mode has 5/6 of its values below.
    pub fn bimodal(random: &mut SplitMix64) -> f64 {
        let centre = if uniform(random) < 0.6 { 10.0 } else { 20.0 };
        centre + normal(random)
    }
    pub const BIMODAL_MEDIAN: f64 = 10.0 + 0.967_421_6;

    #[test]
    fn the_generator_gives_the_published_sequence() {
        // First outputs of the reference splitmix64.c for seed 1234567.
        let mut random = SplitMix64::new(1_234_567);
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn drawn_indices_are_below_the_bound_and_reach_both_ends() {
        let mut random = SplitMix64::new(1);
        let drawn: Vec<usize> = (0..200).flat_map(|_| random.two_below(7)).collect();
        assert_eq!(drawn.iter().min(), Some(&0));
        assert_eq!(drawn.iter().max(), Some(&6));
    }
}
