use async_graphql::{
    Context, Enum, ID, InputValueError, InputValueResult, Object, OneofObject, Scalar, ScalarType, Value,
};
use entity::{subject::Kind, territory};

use super::{
    executor::ObjectList,
    get,
    row::{Fields, Row, by, first, global_id},
    source_fields::SourceFields,
};
use crate::{
    error::{Error, shown},
    import::is_country,
    load::{Condition, Many, Window},
    relation::{availability::PARTS, root::TERRITORIES},
};

pub type Territory = Row<territory::Entity>;

/// A country, or a group of countries.
#[Object(name = "Territory")]
impl Fields<territory::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<territory::Entity>(self.0.id)
    }

    /// Stable, URL-safe identifier, such as `world-ex-us-ca`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether it is one country or a group.
    async fn territory_kind(&self) -> TerritoryKind {
        self.0.kind.into()
    }

    /// Whether it is one country or a group.
    #[graphql(deprecation = "Use `territoryKind`, which no other type has with another meaning.")]
    async fn kind(&self) -> TerritoryKind {
        self.0.kind.into()
    }

    /// Country code (ISO 3166-1 alpha-2); null for a group.
    #[graphql(name = "countryCode")]
    async fn country_code(&self) -> Option<&str> {
        self.0.iso_3166.as_deref()
    }

    /// Whether a group covers every country except those in `excludes`.
    async fn everywhere(&self) -> bool {
        self.0.everywhere != 0
    }

    /// Countries that a group explicitly includes, by name. It may cover others that are not recorded.
    async fn includes(&self, ctx: &Context<'_>) -> Result<ObjectList<Territory>, Error> {
        parts(ctx, self.0.id, 0).await
    }

    /// Countries that a group excludes, by name.
    async fn excludes(&self, ctx: &Context<'_>) -> Result<ObjectList<Territory>, Error> {
        parts(ctx, self.0.id, 1).await
    }

    /// Further notes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Territory, self.0.id)
    }
}

async fn parts(ctx: &Context<'_>, territory: i32, excluded: i32) -> Result<ObjectList<Territory>, Error> {
    let parts = get(ctx, Many::new(&PARTS, [territory], Window::all(PARTS.order))).await?.unwrap_or_default();
    let parts = parts.iter().filter(|part| part.row.excluded == excluded);
    Ok(parts.map(|part| Row::new(part.row.country.clone())).collect())
}

/// Identifies one territory. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum TerritoryBy {
    /// Slug, such as `world-ex-us-ca`.
    Slug(String),
    /// Country code of a country.
    CountryCode(CountryCode),
    /// Global id.
    Id(ID),
}

by!(TerritoryBy, territory, CountryCode(code) => format!("the country code {}", code.0), |ctx| {
    first(ctx, &TERRITORIES, [], vec![Condition::new("t.iso_3166 = ?", [code.0.into()])])
});

/// Whether a territory is one country or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "territory::Kind")]
pub enum TerritoryKind {
    /// One country.
    Country,
    /// A group of countries.
    Group,
}

#[derive(Clone, Debug)]
pub struct CountryCode(pub(super) String);

/// Country code of two capital letters, such as `CA` (ISO 3166-1 alpha-2).
#[Scalar(name = "CountryCode", specified_by_url = "https://www.iso.org/iso-3166-country-codes.html")]
impl ScalarType for CountryCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else { return Err(InputValueError::expected_type(value)) };
        if is_country(&text) {
            return Ok(Self(text));
        }
        let reason =
            format!("{} is not a country code; use the two capital letters of ISO 3166-1, such as GB", shown(&text));
        Err(InputValueError::custom(reason))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}
