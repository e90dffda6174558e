use async_graphql::Enum;

/// Sort direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(name = "OrderDirection")]
pub enum Direction {
    /// Low to high, earliest to latest, A to Z.
    #[default]
    Asc,
    /// High to low, latest to earliest, Z to A.
    Desc,
}
