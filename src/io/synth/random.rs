//! Pseudo-random numbers: xoshiro256++ (Blackman and Vigna 2019), seeded by SplitMix64 from a seed and a block.

/// One stream of numbers.
#[derive(Clone, Debug)]
pub struct Random([u64; 4]);

impl Random {
    /// The stream of block `block` under `seed`.
    pub fn new(seed: u64, block: u64) -> Self {
        let mut state = split_mix(seed).wrapping_add(split_mix(!block));
        Random(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            split_mix(state)
        }))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number from 0 to `bound` − 1 (0 if `bound` is 0). Unevenness is below `bound` · 2⁻⁶⁴.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// True `per_million` times out of a million.
    pub fn chance(&mut self, per_million: u32) -> bool {
        self.below(1_000_000) < u64::from(per_million)
    }
}

fn split_mix(state: u64) -> u64 {
    let mut mixed = state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // The first numbers of xoshiro256++ from the state 1, 2, 3, 4, as its reference implementation gives them.
        let mut random = Random([1, 2, 3, 4]);
        let first: [u64; 4] = std::array::from_fn(|_| random.next_u64());
        assert_eq!(
            first,
            [
                41_943_041,
                58_720_359,
                3_588_806_011_781_223,
                3_591_011_842_654_386
            ]
        );
    }

    #[test]
    fn blocks_and_seeds_give_different_streams() {
        let firsts: std::collections::HashSet<u64> = (0..50)
            .flat_map(|seed| (0..50).map(move |block| Random::new(seed, block).next_u64()))
            .collect();
        assert_eq!(firsts.len(), 2500);
    }

    #[test]
    fn chances_come_out_about_as_often_as_said() {
        let mut random = Random::new(1, 0);
        let hits = (0..100_000).filter(|_| random.chance(30_000)).count();
        assert!((2700..3300).contains(&hits), "{hits}");
        assert!(
            (0..1000).all(|_| !random.chance(0) && random.chance(1_000_000) && random.below(7) < 7)
        );
    }
}
