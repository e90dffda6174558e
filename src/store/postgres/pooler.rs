//! Transaction poolers, such as `PgBouncer` with `pool_mode = transaction`.
//!
//! Behind such a pooler no session state survives a transaction: settings, locks, prepared statements and notifications
//! belong to a server connection that another client gets next. Each connection that castgraph acquires from its own
//! pool is therefore in a transaction until it is released, and that transaction begins with the settings it needs.
//! It also deallocates the prepared statements of other clients, unless the pooler renames prepared statements: the
//! driver numbers its statements, and would otherwise find one that another process has prepared under the same name.
//!
//! Source: <https://www.pgbouncer.org/features.html>.

use std::{fmt::Write, time::Duration};

use sea_orm::sqlx::{
    self, AssertSqlSafe, ConnectOptions as _, Executor, Row,
    postgres::{PgConnectOptions, PgConnection, PgPoolOptions},
    raw_sql,
};
use tokio::time::timeout;

use super::connection_plan::hang_up;

/// How long to wait for a server connection, which a busy pooler may not have.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often the detection is repeated, because a busy pooler may return the same connection twice.
const ROUNDS: u32 = 3;

/// Ends the transaction of a released connection. Suppresses the warning if it has already ended.
const END: &str = "SET LOCAL client_min_messages = error; COMMIT";

/// A pooler.
#[derive(Clone, Debug, Default)]
pub(super) struct Pooler {
    /// Whether a client keeps its server connection until it disconnects, so that only settings need special handling.
    keeps_sessions: bool,
    /// Whether it renames prepared statements, and prepares them on each server connection as needed.
    renames: bool,
    /// Names and values of settings, as SQL text.
    settings: Vec<(String, String)>,
}

impl Pooler {
    /// Detects a pooler. `refused` means that the server rejected settings when connecting, which only poolers do;
    /// `known` says whether there is a transaction pooler, if that is configured.
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
        // A pooler that rejects settings counts as a transaction pooler: detection is unreliable while it is busy.
        let is_pooled = known == Some(true) || refused || share(&mut connection, &mut other).await?;
        hang_up(connection).await;
        let found =
            if is_pooled { Some(Self { renames: renames(&mut other).await?, ..Self::default() }) } else { None };
        hang_up(other).await;
        Ok(found)
    }

    /// Whether a client keeps its server connection until it disconnects.
    pub(super) fn keeps_sessions(&self) -> bool {
        self.keeps_sessions
    }

    /// Adds settings given as command-line options of the server: `-c name=value`.
    pub(super) fn set(&mut self, options: &str) {
        for (name, value) in settings(options) {
            self.set_one(&name, &value);
        }
    }

    pub(super) fn set_one(&mut self, name: &str, value: &str) {
        let value = if name == "search_path" { list(value) } else { format!("'{}'", value.replace('\'', "''")) };
        self.settings.push((name.to_owned(), value));
    }

    /// The statements to run when a connection is acquired from the pool. They read nothing, so that the isolation
    /// level can still be set, and suppress the warning about a second `BEGIN`.
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

    /// Adjusts the connection options for this pooler.
    pub(super) fn options(&self, options: PgConnectOptions) -> PgConnectOptions {
        // Statements that the driver has prepared may not exist on the next server connection.
        if self.renames || self.keeps_sessions { options } else { options.statement_cache_capacity(0) }
    }

    /// Keeps each acquired connection in a transaction until it is released. If the pooler keeps sessions, only applies
    /// the settings.
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
                // A connection whose transaction failed is closed; the pooler resets the server connection.
                Box::pin(async move { Ok(connection.execute(END).await.is_ok()) })
            })
    }
}

/// Whether two client connections share a server connection, or one client connection uses several.
async fn share(one: &mut PgConnection, other: &mut PgConnection) -> Result<bool, sqlx::Error> {
    for _ in 0..ROUNDS {
        let first = process(one).await?;
        // From now on the other client keeps its server connection.
        other.execute("BEGIN").await?;
        let shared = if process(other).await? == first {
            true
        } else {
            match timeout(PATIENCE, process(one)).await {
                Ok(again) => again? != first,
                // Only a pooler makes one connection wait for another.
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

/// Whether the server knows prepared statements by other names than the driver.
async fn renames(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    connection.execute("BEGIN").await?;
    let own =
        "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'sqlx\\_%' AND statement LIKE '%castgraph looks%'";
    let found = sqlx::query_scalar::<_, i64>(own).fetch_one(&mut *connection).await;
    let renames = match &found {
        Ok(count) => *count == 0,
        // Another client's statement has this name.
        Err(sqlx::Error::Database(reason)) if reason.code().as_deref() == Some("42P05") => false,
        Err(_) => {
            found?;
            false
        }
    };
    connection.execute(if renames { "ROLLBACK" } else { "ROLLBACK; DEALLOCATE ALL" }).await?;
    Ok(renames)
}

/// Parses the command-line options of the server: `-c name=value`, `-cname=value` or `--name=value`, in which a
/// backslash escapes the next character.
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

/// A list of identifiers, quoted for SQL.
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
