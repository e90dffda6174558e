//! Accounts and their keys: who may change the data.
//!
//! A key is 32 random bytes, shown once when it is created. The database has only its SHA-256, so a stolen database opens
//! nothing; a slow hash would add nothing, because a random key cannot be guessed.

use entity::{
    access_key,
    account::{self, Role},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set, TransactionTrait,
};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::{error::shown, store::at_once};

/// The beginning of every key, by which scanners for leaked secrets can find it.
pub const PREFIX: &str = "castgraph_";

/// Why an account or a key cannot be made or used.
#[derive(Debug, Error)]
pub enum Problem {
    /// The input is wrong. The message says what to do.
    #[error("{0}")]
    Input(String),
    /// There is no such account or key.
    #[error("{0}")]
    Unknown(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Why a key opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No account has this key.
    Unknown,
    /// It has expired.
    Expired,
    /// It was revoked.
    Revoked,
}

impl Refused {
    /// What to tell the client.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unknown => "the key in the header Authorization is unknown; send `Authorization: Bearer KEY`",
            Self::Expired => "the key in the header Authorization has expired; ask an admin for a new one",
            Self::Revoked => "the key in the header Authorization was revoked; ask an admin for a new one",
        }
    }
}

/// The account of a request.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The account.
    pub account: account::Model,
    /// The key that it was opened with.
    pub key: i32,
    /// When the key was last used before, in UTC, to the minute.
    pub used_at: Option<String>,
}

impl Viewer {
    /// Whether the key is known to have been used in the minute of `at`.
    pub fn was_used_at(&self, at: &str) -> bool {
        self.used_at.as_deref().and_then(|used| used.get(..16)).is_some_and(|used| at.starts_with(used))
    }
}

/// The account of the operator, who works at the command line and has all rights. It is in no table.
pub fn operator() -> account::Model {
    account::Model { id: 0, name: "operator".to_owned(), role: Role::Admin, created_at: String::new() }
}

/// The name of a role in messages.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Editor => "editor",
        Role::Reviewer => "reviewer",
        Role::Admin => "admin",
    }
}

/// Creates an account.
///
/// # Errors
///
/// If the name is not allowed or taken, or the database fails.
pub async fn create(db: &DatabaseConnection, name: &str, role: Role, at: &str) -> Result<account::Model, Problem> {
    let is_name = !name.is_empty()
        && name.len() <= 64
        && name.chars().all(|letter| letter.is_alphanumeric() || ['-', '_', '.'].contains(&letter));
    if !is_name || name == "operator" {
        let reason = "is not a name for an account; use up to 64 letters, digits, hyphens, dots and underscores";
        return Err(Problem::Input(format!("{} {reason}", shown(name))));
    }
    if account::Entity::find().filter(account::Column::Name.eq(name)).one(db).await?.is_some() {
        return Err(Problem::Input(format!("there is already an account {}", shown(name))));
    }
    let row = account::ActiveModel {
        name: Set(name.to_owned()),
        role: Set(role),
        created_at: Set(at.to_owned()),
        ..Default::default()
    };
    Ok(row.insert(db).await?)
}

/// The account with this name.
///
/// # Errors
///
/// If there is none, or the database fails.
pub async fn named(db: &impl ConnectionTrait, name: &str) -> Result<account::Model, Problem> {
    let found = account::Entity::find().filter(account::Column::Name.eq(name)).one(db).await?;
    found.ok_or_else(|| {
        let hint = "castgraph account list lists them";
        Problem::Unknown(format!("there is no account {}; {hint}", shown(name)))
    })
}

/// All accounts, by name.
///
/// # Errors
///
/// If the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<account::Model>, DbErr> {
    account::Entity::find().order_by_asc(account::Column::Name).all(db).await
}

/// Changes the role of an account.
///
/// # Errors
///
/// If it is the last admin and would not be one any more, or the database fails.
pub async fn set_role(db: &DatabaseConnection, name: &str, role: Role) -> Result<account::Model, Problem> {
    let tx = db.begin_with_options(at_once()).await?;
    let account = named(&tx, name).await?;
    if account.role == Role::Admin && role != Role::Admin {
        // The lock keeps two admins from demoting each other at the same time.
        let admins = account::Entity::find().filter(account::Column::Role.eq(Role::Admin));
        let admins = admins.order_by_asc(account::Column::Id).lock_exclusive().all(&tx).await?;
        if admins.iter().all(|admin| admin.id == account.id) {
            let message = format!("{} is the last admin; make another account an admin first", shown(name));
            return Err(Problem::Input(message));
        }
    }
    let mut row = account.into_active_model();
    row.role = Set(role);
    let account = row.update(&tx).await?;
    tx.commit().await?;
    Ok(account)
}

/// Creates a key of an account. Returns the key itself, which is stored nowhere, and its row.
///
/// # Errors
///
/// If the time of expiry is not one, or has passed, or the database fails.
pub async fn create_key(
    db: &DatabaseConnection,
    account: &account::Model,
    label: &str,
    expires_at: Option<&str>,
    at: &str,
) -> Result<(String, access_key::Model), Problem> {
    let expires_at = expires_at.map(|text| moment(text, at)).transpose()?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|reason| Problem::Input(format!("no random numbers: {reason}")))?;
    let key = format!("{PREFIX}{}", hex::encode(bytes));
    let row = access_key::ActiveModel {
        account_id: Set(account.id),
        label: Set(label.to_owned()),
        hash: Set(hash(&key)),
        created_at: Set(at.to_owned()),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
        used_at: Set(None),
        ..Default::default()
    };
    Ok((key, row.insert(db).await?))
}

/// A moment in the future, in UTC: `2027-01-31`, or `2027-01-31T12:00:00Z`.
fn moment(text: &str, now: &str) -> Result<String, Problem> {
    let day = text.get(..10).and_then(|day| day.parse::<entity::PartialDate>().ok().filter(|_| day.len() == 10));
    let time = text.get(10..).unwrap_or_default();
    let is_time = time.is_empty()
        || chrono::NaiveTime::parse_from_str(time, "T%H:%M:%SZ").is_ok() && time.len() == "T12:00:00Z".len();
    if day.is_none() || !is_time {
        let reason = "is no moment; write it in UTC, as 2027-01-31 or 2027-01-31T12:00:00Z";
        return Err(Problem::Input(format!("{} {reason}", shown(text))));
    }
    let moment = if time.is_empty() { format!("{text}T00:00:00Z") } else { text.to_owned() };
    if moment.as_str() <= now {
        return Err(Problem::Input(format!("{moment} has passed; a key must expire later than now")));
    }
    Ok(moment)
}

/// The keys of an account, or of all, newest first.
///
/// # Errors
///
/// If the database fails.
pub async fn keys(db: &impl ConnectionTrait, account: Option<i32>) -> Result<Vec<access_key::Model>, DbErr> {
    let mut keys = access_key::Entity::find();
    if let Some(account) = account {
        keys = keys.filter(access_key::Column::AccountId.eq(account));
    }
    keys.order_by_desc(access_key::Column::Id).all(db).await
}

/// Revokes a key, from now on and for ever.
///
/// # Errors
///
/// If there is none, or the database fails.
pub async fn revoke(db: &DatabaseConnection, key: i32, at: &str) -> Result<access_key::Model, Problem> {
    let Some(row) = access_key::Entity::find_by_id(key).one(db).await? else {
        return Err(Problem::Unknown(format!("there is no key {key}; castgraph key list lists them")));
    };
    if row.revoked_at.is_some() {
        return Ok(row);
    }
    let mut row = row.into_active_model();
    row.revoked_at = Set(Some(at.to_owned()));
    Ok(row.update(db).await?)
}

/// The account that a key opens.
///
/// # Errors
///
/// If the database fails. The inner error says why the key opens nothing.
pub async fn open(db: &impl ConnectionTrait, key: &str, at: &str) -> Result<Result<Viewer, Refused>, DbErr> {
    let of = access_key::Entity::find().filter(access_key::Column::Hash.eq(hash(key)));
    let Some((row, Some(account))) = of.find_also_related(account::Entity).one(db).await? else {
        return Ok(Err(Refused::Unknown));
    };
    if row.revoked_at.is_some() {
        return Ok(Err(Refused::Revoked));
    }
    if row.expires_at.is_some_and(|end| end.as_str() <= at) {
        return Ok(Err(Refused::Expired));
    }
    Ok(Ok(Viewer { account, key: row.id, used_at: row.used_at }))
}

/// Notes that a key was used, at most once a minute, so that reading with a key does not become writing.
///
/// # Errors
///
/// If the database fails.
pub async fn note_use(db: &DatabaseConnection, key: i32, at: &str) -> Result<(), DbErr> {
    // To the minute: `2026-11-28T10:15:00Z`.
    let minute = format!("{}:00Z", at.get(..16).unwrap_or(at));
    access_key::Entity::update_many()
        .col_expr(access_key::Column::UsedAt, sea_orm::sea_query::Expr::value(minute.clone()))
        .filter(access_key::Column::Id.eq(key))
        .filter(
            sea_orm::Condition::any()
                .add(access_key::Column::UsedAt.is_null())
                .add(access_key::Column::UsedAt.lt(minute)),
        )
        .exec(db)
        .await
        .map(drop)
}

fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key))
}

/// The present moment in UTC: `2026-11-28T10:00:00Z`.
pub fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    in_utc(since.as_secs())
}

/// A moment in seconds since 1970, in UTC.
pub(crate) fn in_utc(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or_default();
    chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
