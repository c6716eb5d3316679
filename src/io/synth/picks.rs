//! Picks with given weights in constant time: the alias method (Walker 1977, built as by Vose 1991), on integers.

use super::Random;

/// A weighted choice among 0, 1, …
#[derive(Clone, Debug)]
pub struct Picks {
    /// For each place: below the threshold the place itself, else its alias.
    places: Vec<(u64, u32)>,
    total: u64,
}

impl Picks {
    /// A choice among as many things as there are `weights`, at least one of them above zero.
    pub fn new(weights: &[u64]) -> Self {
        let total: u64 = weights.iter().sum();
        assert!(total > 0, "something can be picked");
        let count = weights.len() as u64;
        let share = |weight: u64| u128::from(weight) * u128::from(count);
        let mut rests: Vec<u128> = weights.iter().map(|&weight| share(weight)).collect();
        let even = u128::from(total);
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..weights.len())
            .rev()
            .partition(|&place| rests[place] < even);
        let mut places: Vec<(u64, u32)> = (0..weights.len() as u32)
            .map(|place| (total, place))
            .collect();
        while let (Some(&low), Some(&high)) = (small.last(), large.last()) {
            small.pop();
            places[low] = (rests[low] as u64, high as u32);
            rests[high] -= even - rests[low];
            if rests[high] < even {
                large.pop();
                small.push(high);
            }
        }
        Picks { places, total }
    }

    /// Picks one.
    pub fn pick(&self, random: &mut Random) -> usize {
        let place = random.below(self.places.len() as u64) as usize;
        let (threshold, alias) = self.places[place];
        match random.below(self.total) < threshold {
            true => place,
            false => alias as usize,
        }
    }
}

/// Weights that fall as Zipf's law says: the n-th of `count` things is picked 1/n as often as the first.
pub fn zipf(count: usize) -> Vec<u64> {
    const FIRST: u64 = 1 << 32;
    (1..=count as u64)
        .map(|rank| (FIRST / rank).max(1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_picked_as_often_as_they_weigh() {
        let weights = [5, 0, 1, 3, 1, 90];
        let picks = Picks::new(&weights);
        let mut random = Random::new(7, 0);
        let mut counts = [0u64; 6];
        (0..100_000).for_each(|_| counts[picks.pick(&mut random)] += 1);
        assert_eq!(counts[1], 0);
        for (count, weight) in counts.iter().zip(weights) {
            assert!(count.abs_diff(weight * 1000) <= 300, "{counts:?}");
        }
    }

    #[test]
    fn the_table_holds_exactly_the_weights() {
        for weights in [
            zipf(200),
            vec![1],
            vec![0, 0, 3],
            vec![7; 10],
            vec![u64::from(u32::MAX), 1],
        ] {
            let picks = Picks::new(&weights);
            let mut mass = vec![0u128; weights.len()];
            for (place, &(threshold, alias)) in picks.places.iter().enumerate() {
                mass[place] += u128::from(threshold);
                mass[alias as usize] += u128::from(picks.total - threshold);
            }
            let expected: Vec<u128> = weights
                .iter()
                .map(|&weight| u128::from(weight) * weights.len() as u128)
                .collect();
            assert_eq!(mass, expected);
        }
    }
}
