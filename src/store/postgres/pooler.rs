//! Poolers that hand out a server connection for each transaction, such as `PgBouncer` in its mode `transaction`.
//!
//! Through one of them nothing of a session lasts from one transaction to the next: settings, locks, prepared
//! statements and notifications are of a server connection that somebody else has next. So each connection that castgraph
//! takes from its own pool is in a transaction from the beginning to the end, which makes the settings that it needs.
//! Prepared statements of others are thrown away at the beginning, unless the pooler keeps them apart by names of its
//! own: the driver counts its names, and would otherwise meet a statement that another castgraph has named the same.
//!
//! Source: <https://www.pgbouncer.org/features.html>.

use std::{fmt::Write, time::Duration};

use sea_orm::sqlx::{
    self, AssertSqlSafe, ConnectOptions as _, Executor, Row,
    postgres::{PgConnectOptions, PgConnection, PgPoolOptions},
    raw_sql,
};
use tokio::time::timeout;

use super::way::hang_up;

/// How long to wait for a server connection that a busy pooler may not have.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it is looked, since a pooler that is busy may give the same connection twice.
const ROUNDS: u32 = 3;

/// Ends the transaction of a connection that is given back. Where it has ended already, the server would warn.
const END: &str = "SET LOCAL client_min_messages = error; COMMIT";

/// A pooler.
#[derive(Clone, Debug, Default)]
pub(super) struct Pooler {
    /// Whether a client has a server connection for itself until it goes, so that only settings need another way.
    keeps_sessions: bool,
    /// Whether it gives prepared statements names of its own, by which it finds them on each server connection.
    renames: bool,
    /// Names and values of settings, as SQL has them.
    settings: Vec<(String, String)>,
}

impl Pooler {
    /// Looks whether one is between. `refused` says that settings were not taken when connecting, which only poolers do;
    /// `known` that there is one that hands out connections for each transaction, or none such.
    pub(super) async fn find(
        mut connection: PgConnection,
        options: &PgConnectOptions,
        known: Option<bool>,
        refused: bool,
    ) -> Result<Option<Self>, sqlx::Error> {
        if known == Some(false) {
            hang_up(connection).await;
            return Ok(refused.then(|| Self { keeps_sessions: true, ..Self::default() }));
        }
        let mut other = options.connect().await?;
        // One that refuses settings is taken for one that hands out connections: it is hard to tell when it is busy.
        let is_pooled = known == Some(true) || refused || share(&mut connection, &mut other).await?;
        hang_up(connection).await;
        let found =
            if is_pooled { Some(Self { renames: renames(&mut other).await?, ..Self::default() }) } else { None };
        hang_up(other).await;
        Ok(found)
    }

    /// Whether a client has a server connection for itself until it goes.
    pub(super) fn keeps_sessions(&self) -> bool {
        self.keeps_sessions
    }

    /// Makes the settings that are given as options of a server's command line: `-c name=value`.
    pub(super) fn set(&mut self, options: &str) {
        for (name, value) in settings(options) {
            self.set_one(&name, &value);
        }
    }

    pub(super) fn set_one(&mut self, name: &str, value: &str) {
        let value = if name == "search_path" { list(value) } else { format!("'{}'", value.replace('\'', "''")) };
        self.settings.push((name.to_owned(), value));
    }

    /// What a connection begins with when it comes from the pool. It reads nothing, so that the level of isolation can
    /// still be chosen, and the server says nothing when the transaction is begun once more.
    fn begin(&self) -> String {
        let set = |word: &str| -> String {
            self.settings.iter().fold(String::new(), |mut text, (name, value)| {
                // Writing to a string does not fail.
                let _ = write!(text, "{word} {name} = {value}; ");
                text
            })
        };
        if self.keeps_sessions {
            return set("SET");
        }
        let alone = if self.renames { "" } else { "BEGIN; DEALLOCATE ALL; UNLISTEN *; COMMIT; " };
        format!("{alone}BEGIN; SET LOCAL client_min_messages = error; {}", set("SET LOCAL"))
    }

    /// Connections as the driver has to open them.
    pub(super) fn options(&self, options: PgConnectOptions) -> PgConnectOptions {
        // What the driver believes to be prepared is not.
        if self.renames || self.keeps_sessions { options } else { options.statement_cache_capacity(0) }
    }

    /// Lets each connection that is taken from a pool be in a transaction until it is given back, unless the pooler keeps
    /// sessions.
    pub(super) fn pool(&self, options: PgPoolOptions) -> PgPoolOptions {
        let (first, again) = (self.begin(), self.begin());
        let options = options.after_connect(move |connection, _| {
            let begin = AssertSqlSafe(first.clone());
            Box::pin(async move { connection.execute(begin).await.map(drop) })
        });
        if self.keeps_sessions {
            return options;
        }
        options
            .before_acquire(move |connection, _| {
                let begin = AssertSqlSafe(again.clone());
                Box::pin(async move { connection.execute(begin).await.map(|_| true) })
            })
            .after_release(|connection, _| {
                // A connection whose transaction has failed is closed, and the pooler takes care of the server's.
                Box::pin(async move { Ok(connection.execute(END).await.is_ok()) })
            })
    }
}

/// Whether two connections come to the same connection of the server, or one comes to several.
async fn share(one: &mut PgConnection, other: &mut PgConnection) -> Result<bool, sqlx::Error> {
    for _ in 0..ROUNDS {
        let first = process(one).await?;
        // From now on the other keeps what it has.
        other.execute("BEGIN").await?;
        let shared = if process(other).await? == first {
            true
        } else {
            match timeout(PATIENCE, process(one)).await {
                Ok(again) => again? != first,
                // Only a pooler lets a connection wait for another.
                Err(_) => true,
            }
        };
        other.execute("ROLLBACK").await?;
        if shared {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn process(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?.try_get(0)
}

/// Whether the name that the server knows a prepared statement by is another than the driver's.
async fn renames(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    connection.execute("BEGIN").await?;
    let own =
        "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'sqlx\\_%' AND statement LIKE '%castgraph looks%'";
    let found = sqlx::query_scalar::<_, i64>(own).fetch_one(&mut *connection).await;
    let renames = match &found {
        Ok(count) => *count == 0,
        // Somebody else's of this name is there.
        Err(sqlx::Error::Database(reason)) if reason.code().as_deref() == Some("42P05") => false,
        Err(_) => {
            found?;
            false
        }
    };
    connection.execute(if renames { "ROLLBACK" } else { "ROLLBACK; DEALLOCATE ALL" }).await?;
    Ok(renames)
}

/// Names and values in options of a server's command line: `-c name=value`, `-cname=value` or `--name=value`, in which a
/// backslash takes the meaning from the next character.
fn settings(options: &str) -> Vec<(String, String)> {
    let mut words = vec![String::new()];
    let mut characters = options.chars();
    while let Some(character) = characters.next() {
        match (character, words.last_mut()) {
            ('\\', Some(word)) => word.extend(characters.next()),
            (character, Some(word)) if !character.is_whitespace() => word.push(character),
            _ => words.push(String::new()),
        }
    }
    let pair = |word: &str| {
        let word = word.strip_prefix("--").or_else(|| word.strip_prefix("-c")).unwrap_or(word);
        let (name, value) = word.split_once('=')?;
        let name = name.replace('-', "_");
        let is_name = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.".contains(letter));
        is_name.then(|| (name, value.to_owned()))
    };
    words.iter().filter_map(|word| pair(word)).collect()
}

/// A list of names as SQL has it.
fn list(value: &str) -> String {
    let name = |name: &str| {
        let name = name.trim();
        if name.starts_with('"') {
            name.to_owned()
        } else {
            format!("\"{}\"", name.to_lowercase().replace('"', "\"\""))
        }
    };
    value.split(',').map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_command_line_become_settings_of_a_transaction() {
        let set = |options: &str| {
            let mut pooler = Pooler::default();
            pooler.set(options);
            pooler.begin().split_once("= error; ").unwrap().1.to_owned()
        };
        assert_eq!(set(""), "");
        assert_eq!(set("-csearch_path=mine"), "SET LOCAL search_path = \"mine\"; ");
        assert_eq!(set("-c search_path=Mine,\\ public"), "SET LOCAL search_path = \"mine\", \"public\"; ");
        assert_eq!(set("--search-path=\"Mine\""), "SET LOCAL search_path = \"Mine\"; ");
        assert_eq!(set("-c geqo=off -c a.b=it's"), "SET LOCAL geqo = 'off'; SET LOCAL a.b = 'it''s'; ");
        assert_eq!(set("-c evil;drop=1 -E"), "");
    }
}
