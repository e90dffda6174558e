use async_graphql::{Context, Enum, ID, Object, OneofObject};
use entity::{claim, subject};
use sea_orm::ActiveEnum;

use super::{
    date::{Date, DateSpan, date, span},
    filter::Conditions,
    get,
    node::{self, Node},
    record_fields::RecordFields,
    row::{Fields, Row, by, global_id, one, optional_row},
    source::Source,
    topic::Topic,
};
use crate::{
    error::{Error, shown},
    load::{Condition, List, Many, One, Window},
    nearest::nearest,
    relation::source::{TOPICS, Word},
};

pub type Claim = Row<claim::Entity>;

/// A statement made by a source, and whether it proved true. False statements are stored only as claims, never as
/// facts.
#[Object(name = "Claim")]
impl Fields<claim::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<claim::Entity>(self.0.id)
    }

    /// Stable, URL-safe identifier, such as `b27`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Topic.
    async fn topic(&self) -> Topic {
        Topic::of(&self.0.about)
    }

    /// Topic in the data set's own word, such as `premiere_date`.
    async fn about(&self) -> &str {
        &self.0.about
    }

    /// The statement.
    async fn statement(&self) -> &str {
        &self.0.statement
    }

    /// Source of the statement.
    async fn source(&self, ctx: &Context<'_>) -> Result<Source, Error> {
        one(ctx, self.0.source_id).await
    }

    /// Date of the statement; null if unknown. Dates are never guessed.
    async fn claimed_on(&self) -> Option<Date> {
        date(self.0.claimed_on.as_ref())
    }

    /// Days that `claimedOn` can mean.
    async fn claimed_on_span(&self) -> Option<DateSpan> {
        span(self.0.claimed_on.as_ref())
    }

    /// Outcome, as known today.
    async fn outcome(&self) -> ClaimStatus {
        self.0.status.into()
    }

    /// Outcome, as known today.
    #[graphql(deprecation = "Use `outcome`, which no other type has with another meaning.")]
    async fn status(&self) -> ClaimStatus {
        self.0.status.into()
    }

    /// The claim that replaced this one, if any.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Option<Result<Claim, Error>> {
        optional_row(ctx, self.0.superseded_by_id).await
    }

    /// What the claim is about; null for a link between two shows or characters, which has no global id.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<Node, Error>> {
        subject_of(ctx, self.0.subject_id).await
    }

    /// Its version and its history.
    #[graphql(flatten)]
    async fn recorded(&self) -> RecordFields {
        RecordFields::of(23, self.0.id)
    }

    /// Further notes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// The object that a `subject` row refers to.
pub(super) async fn subject_of(ctx: &Context<'_>, subject: i32) -> Option<Result<Node, Error>> {
    match get(ctx, One::<subject::Entity>::id(subject)).await {
        Ok(Some(subject)) => node::of(ctx, subject.kind, subject.row_id).await,
        Ok(None) => Some(Err(Error::internal(format!("subject {subject} does not exist")))),
        Err(error) => Some(Err(error)),
    }
}

/// Checks that a word occurs in the data, so that a misspelt one is an error instead of an empty list.
pub(super) async fn check_word(ctx: &Context<'_>, list: &'static List<Word>, word: Option<&str>) -> Result<(), Error> {
    let Some(word) = word else { return Ok(()) };
    let known = get(ctx, Many::new(list, [], Window::all(list.order))).await?.unwrap_or_default();
    let names = || known.iter().map(|entry| entry.row.name.as_str());
    if names().any(|name| name == word) {
        return Ok(());
    }
    let hint = match nearest(word, names()) {
        Some((distance, near)) if distance <= word.chars().count() / 3 + 1 => format!("; did you mean {near:?}?"),
        _ => String::new(),
    };
    Err(Error::NotFound(format!("`word`: {} does not occur in the data{hint}", shown(word))))
}

pub(super) async fn conditions(
    ctx: &Context<'_>,
    (about, word): (Option<Topic>, Option<String>),
    status: Option<ClaimStatus>,
    as_of: Option<Date>,
) -> Result<Vec<Condition>, Error> {
    check_word(ctx, &TOPICS, word.as_deref()).await?;
    let mut conditions = Conditions::default();
    conditions.equal("t.about = ?", word);
    conditions.equal("t.status = ?", status.map(|status| claim::Status::from(status).to_value()));
    conditions.until("coalesce(t.claimed_on, '9999-99-99') <= ?", as_of.as_ref());
    let topic = about.map(|topic| topic.condition("t.about = ?", "NOT t.about ?"));
    Ok(conditions.into_vec().into_iter().chain(topic).collect())
}

/// Outcome of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "claim::Status")]
pub enum ClaimStatus {
    /// It proved true.
    Confirmed,
    /// It was true or likely when made, but things turned out differently.
    Superseded,
    /// Another source contradicts it.
    Contradicted,
    /// No other source confirms it.
    Unverified,
    /// It is false.
    False,
    /// It is an opinion.
    Opinion,
}

/// Identifies one claim. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum ClaimBy {
    /// Slug, such as `b27`.
    Slug(String),
    /// Global id.
    Id(ID),
}

by!(ClaimBy, claim);
