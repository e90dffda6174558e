/// Links between people through units of work, both numbered from 0.
///
/// Walks go from a person to the units and from a unit to its people, so that a unit of `n` people takes `2n` steps and
/// not `n²`.
pub trait Links {
    /// People have numbers below this.
    fn people(&self) -> usize;

    /// Units have numbers below this.
    fn units(&self) -> usize;

    /// Whether walks may go over a person.
    fn admits(&self, person: u32) -> bool;

    /// Sorts people by their ids.
    fn sort(&self, people: &mut [u32]);

    /// Visits the units of a person, some of them perhaps more than once.
    fn units_of(&self, person: u32, visit: impl FnMut(u32));

    /// Visits the people of a unit over whom walks may go, some of them perhaps more than once.
    fn people_of(&self, unit: u32, visit: impl FnMut(u32));
}
