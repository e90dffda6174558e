use async_graphql::Enum;

/// Which end of an order comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(name = "OrderDirection")]
pub enum Direction {
    /// From low to high, from early to late, from A to Z.
    #[default]
    Asc,
    /// From high to low, from late to early, from Z to A.
    Desc,
}
