//! Everyone a person is connected to, by distance.

use super::{compressed_lists::Marks, links::Links};

/// Those at each distance from a person, the person itself at 0, up to `longest` links; each level by id. Takes
/// O(people + credits).
pub fn reach(links: &impl Links, from: u32, longest: usize) -> Vec<Vec<u32>> {
    let mut levels = Vec::new();
    if !links.admits(from) {
        return levels;
    }
    let (mut seen, mut units) = (Marks::new(links.people()), Marks::new(links.units()));
    seen.add(from);
    let mut edge = vec![from];
    while !edge.is_empty() {
        let mut next = Vec::new();
        if levels.len() < longest {
            for &person in &edge {
                links.units_of(person, |unit| {
                    if units.add(unit) {
                        links.people_of(unit, |other| {
                            if seen.add(other) {
                                next.push(other);
                            }
                        });
                    }
                });
            }
        }
        links.sort(&mut next);
        levels.push(std::mem::replace(&mut edge, next));
    }
    levels
}

/// How close a person is to the others, from the number of people at each distance from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearness {
    /// Number of people reached.
    pub reached: usize,
    /// Mean distance.
    pub mean: f64,
    /// Harmonic mean of the distances: the number of people divided by the sum of the reciprocal distances.
    pub harmonic: f64,
}

/// `None` if nobody is reached.
pub fn nearness(counts: &[usize]) -> Option<Nearness> {
    let (mut reached, mut sum, mut inverse) = (0, 0.0, 0.0);
    for (&count, distance) in counts.iter().zip(1_u32..) {
        reached += count;
        #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 people")]
        let people = count as f64;
        sum += people * f64::from(distance);
        inverse += people / f64::from(distance);
    }
    #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 people")]
    let people = reached as f64;
    (reached > 0).then(|| Nearness { reached, mean: sum / people, harmonic: people / inverse })
}

#[cfg(test)]
mod tests {
    use super::nearness;

    #[test]
    fn two_at_one_and_one_at_two() {
        let found = nearness(&[2, 1]).unwrap();
        assert_eq!(found.reached, 3);
        assert!((found.mean - 4.0 / 3.0).abs() < 1e-12 && (found.harmonic - 3.0 / 2.5).abs() < 1e-12);
        assert_eq!(nearness(&[]), None);
    }
}
