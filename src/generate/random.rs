/// The pseudorandom number generator `SplitMix64`.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014;
/// <https://prng.di.unimi.it/splitmix64.c>.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The generator for a seed and a stream number. Different streams are independent of each other.
    pub(super) fn of(seed: u64, place: u64) -> Self {
        let mut own = Self(seed);
        let start = own.next() ^ place.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        Self(Self(start).next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f64 {
        // A float represents 53 bits exactly.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let numerator = (self.next() >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }

    /// A number in `0..end`, or 0 if `end` is 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        // The high half of the product is uniform, as far as 64 bits allow.
        let wide = u128::from(self.next()) * u128::from(end);
        u32::try_from(wide >> 64).unwrap_or_default()
    }

    /// A number in `least..=most`.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number in `0..end` with a power-law distribution: small numbers are far more frequent.
    pub(super) fn ranked(&mut self, end: u32) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a unit times `end` is below `end`"
        )]
        let rank = (f64::from(end) * self.unit().powf(1.8)) as u32;
        rank.min(end.saturating_sub(1))
    }

    /// A number in `1..=most` with a long tail: most often 1, and rarely a large number.
    pub(super) fn long_tailed(&mut self, most: u32) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 1 and `most`")]
        let number = (self.unit() + 0.03).powf(-0.9).round().clamp(1.0, f64::from(most)) as u32;
        number
    }

    pub(super) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> Option<&'a T> {
        let end = u32::try_from(from.len()).unwrap_or(u32::MAX);
        from.get(self.below(end) as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_published_generator() {
        // The first numbers for the seed 1234567 in other implementations.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn keeps_within_bounds_and_reaches_them() {
        let mut random = Random::of(1, 2);
        let mut seen = [0_u32; 5];
        for _ in 0..5_000 {
            seen[random.below(5) as usize] += 1;
            assert!((3..=4).contains(&random.between(3, 4)));
            assert!(random.ranked(7) < 7);
            assert!((0.0..1.0).contains(&random.unit()));
        }
        assert!(seen.iter().all(|count| (850..1_150).contains(count)), "{seen:?}");
        assert_eq!(random.below(0), 0);
        let small = (0..1_000).filter(|_| random.ranked(1_000) < 100).count();
        assert!(small > 230, "{small} of 1000 among the first tenth");
    }
}
