//! Detects how to connect to a server: with or without TLS, directly or through a pooler.

use std::{io, time::Duration};

use sea_orm::sqlx::{
    self, ConnectOptions as _, Connection,
    postgres::{PgConnectOptions, PgConnection, PgSslMode},
};
use tokio::time::{Instant, sleep, timeout};

use super::{StoreError, parameters::without_settings, pooler::Pooler};
use crate::store::address::Address;

/// The time limit for a server to start, and for one connection attempt.
const PATIENCE: Duration = Duration::from_secs(5);

/// The delay before the next attempt while a server is starting.
const AGAIN: Duration = Duration::from_millis(250);

/// The time limit for a replica.
const SHORT: Duration = Duration::from_secs(1);

/// How to connect to a server.
#[derive(Clone, Debug)]
pub(in crate::store) struct ConnectionPlan {
    pub(super) options: PgConnectOptions,
    pub(super) pooler: Option<Pooler>,
}

impl ConnectionPlan {
    /// Detects how to connect to the server at `address`, whose URL is `url`. Waits for a server that is starting.
    pub(in crate::store) async fn to(address: &Address, url: &str, pooled: Option<bool>) -> Result<Self, StoreError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Self::look(url, pooled).await {
                Err(reason) if is_starting(&reason) && Instant::now() + AGAIN < deadline => sleep(AGAIN).await,
                found => return found.map_err(|reason| StoreError::connecting(address, &reason)),
            }
        }
    }

    async fn look(url: &str, pooled: Option<bool>) -> Result<Self, sqlx::Error> {
        let (full, bare) = both(url)?;
        // The pools for reads use this setting, which poolers reject.
        let asking = full.clone().options([("jit", "off")]);
        let way = match reach(&asking).await {
            Ok((mode, connection)) => {
                let found = Pooler::find(connection, &bare.clone().ssl_mode(mode), pooled, false).await?;
                let options = if found.is_some() { bare } else { full.clone() };
                Self { options: options.ssl_mode(mode), pooler: found }
            }
            Err(reason) if is_of_pooler(&reason) => {
                let (mode, connection) = reach(&bare).await?;
                let options = bare.ssl_mode(mode);
                Self { pooler: Pooler::find(connection, &options, pooled, true).await?, options }
            }
            Err(reason) => return Err(reason),
        };
        Ok(way.with_settings_of(&full))
    }

    /// Detects how to connect to a replica. If it does not respond, assumes the same as for the primary.
    pub(super) async fn at_once(url: &str, pooled: Option<bool>, primary: &Self) -> Result<Self, sqlx::Error> {
        match timeout(SHORT, Self::look(url, pooled)).await {
            Ok(Ok(way)) => Ok(way),
            _ => Self::like(primary, url),
        }
    }

    fn like(other: &Self, url: &str) -> Result<Self, sqlx::Error> {
        let (full, bare) = both(url)?;
        let options = if other.pooler.is_some() { bare } else { full.clone() };
        Ok(Self { options, pooler: other.pooler.clone() }.with_settings_of(&full))
    }

    /// Whether a transaction pooler is in front of the server.
    pub(in crate::store) fn is_pooled(&self) -> bool {
        self.pooler.as_ref().is_some_and(|pooler| !pooler.keeps_sessions())
    }

    /// Options for a direct connection, if there is no pooler.
    pub(in crate::store) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// A pooler rejects the settings in the URL; it makes them in each transaction instead.
    fn with_settings_of(mut self, options: &PgConnectOptions) -> Self {
        if let Some(pooler) = &mut self.pooler {
            pooler.set(options.get_options().unwrap_or_default());
        }
        self
    }
}

/// The connection options of a URL, with and without its settings.
fn both(url: &str) -> Result<(PgConnectOptions, PgConnectOptions), sqlx::Error> {
    Ok((plain(url.parse()?), plain(without_settings(url).parse()?)))
}

fn plain(options: PgConnectOptions) -> PgConnectOptions {
    // The setting has no effect on the binary format, and poolers reject it.
    let options = options.application_name("castgraph").extra_float_digits(None).disable_statement_logging();
    let is_socket = options.get_socket().is_some() || options.get_host().starts_with('/');
    // PostgreSQL does not support TLS over Unix sockets, and its own tools do not request it there.
    let options = if is_socket { options.ssl_mode(PgSslMode::Disable) } else { options };
    // A URL has brackets around an IPv6 address; they are not part of the name in a certificate.
    match options.get_host().strip_prefix('[').and_then(|host| host.strip_suffix(']')).map(str::to_owned) {
        Some(host) => options.host(&host),
        None => options,
    }
}

/// Connects once without a pool, because a pool reports every failure as a timeout. Also returns the TLS mode that
/// worked: with `prefer` and `allow` it retries with or without TLS, as PostgreSQL's own tools do.
async fn reach(options: &PgConnectOptions) -> Result<(PgSslMode, PgConnection), sqlx::Error> {
    let mode = options.get_ssl_mode();
    let first = match connect(options).await {
        Ok(connection) => return Ok((mode, connection)),
        Err(reason) => reason,
    };
    let other = match (mode, &first) {
        (PgSslMode::Prefer, sqlx::Error::Tls(_)) => PgSslMode::Disable,
        // The driver reports errors of the TLS handshake as invalid data.
        (PgSslMode::Prefer, sqlx::Error::Io(reason)) if reason.kind() == io::ErrorKind::InvalidData => {
            PgSslMode::Disable
        }
        (PgSslMode::Prefer, reason) if is_refused(reason) => PgSslMode::Disable,
        (PgSslMode::Allow, reason) if is_refused(reason) => PgSslMode::Require,
        _ => return Err(first),
    };
    match connect(&options.clone().ssl_mode(other)).await {
        Ok(connection) => Ok((other, connection)),
        Err(_) => Err(first),
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    timeout(PATIENCE, options.connect()).await.unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

/// Whether the error is typical of a server that is starting.
fn is_starting(reason: &sqlx::Error) -> bool {
    match reason {
        sqlx::Error::Io(reason) => reason.kind() == io::ErrorKind::ConnectionRefused,
        reason => code(reason).as_deref() == Some("57P03"),
    }
}

/// Whether the server rejects the authorization, as with a missing or an unwanted TLS connection.
fn is_refused(reason: &sqlx::Error) -> bool {
    code(reason).as_deref() == Some("28000")
}

/// Whether a pooler rejects a setting. This is the message of `PgBouncer`, which other poolers have adopted.
fn is_of_pooler(reason: &sqlx::Error) -> bool {
    let words = "unsupported startup parameter";
    reason.as_database_error().is_some_and(|reason| reason.message().contains(words))
}

fn code(reason: &sqlx::Error) -> Option<String> {
    reason.as_database_error()?.code().map(std::borrow::Cow::into_owned)
}

/// Closes a connection that was only used for detection, and ignores errors.
pub(super) async fn hang_up(connection: PgConnection) {
    let _ = connection.close().await;
}
