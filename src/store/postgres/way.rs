//! Finds out how a server wants to be connected to: with TLS or without, by itself or through a pooler.

use std::{io, time::Duration};

use sea_orm::sqlx::{
    self, ConnectOptions as _, Connection,
    postgres::{PgConnectOptions, PgConnection, PgSslMode},
};
use tokio::time::{Instant, sleep, timeout};

use super::{Problem, parameters::without_settings, pooler::Pooler};
use crate::store::address::Address;

/// How long a server may take to come up, or to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait before a server that is coming up is asked again.
const AGAIN: Duration = Duration::from_millis(250);

/// How long a replica may take to answer.
const SHORT: Duration = Duration::from_secs(1);

/// How a server is connected to.
#[derive(Clone, Debug)]
pub(in crate::store) struct Way {
    pub(super) options: PgConnectOptions,
    pub(super) pooler: Option<Pooler>,
}

impl Way {
    /// Looks for a way to the server at `address`, whose URL is `url`. One that is just starting is waited for.
    pub(in crate::store) async fn to(address: &Address, url: &str, pooled: Option<bool>) -> Result<Self, Problem> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Self::look(url, pooled).await {
                Err(reason) if is_starting(&reason) && Instant::now() + AGAIN < deadline => sleep(AGAIN).await,
                found => return found.map_err(|reason| Problem::connecting(address, &reason)),
            }
        }
    }

    async fn look(url: &str, pooled: Option<bool>) -> Result<Self, sqlx::Error> {
        let (full, bare) = both(url)?;
        // Readers will ask for this setting, and poolers refuse it.
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

    /// The way to a replica, which may not be there yet and is not waited for: then it is as the way to the primary.
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

    /// Whether a pooler hands out a server connection for each transaction.
    pub(in crate::store) fn is_pooled(&self) -> bool {
        self.pooler.as_ref().is_some_and(|pooler| !pooler.keeps_sessions())
    }

    /// Options of a connection that one session has for itself, if there is no pooler.
    pub(in crate::store) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// A pooler does not take the settings that the URL has; each transaction makes them.
    fn with_settings_of(mut self, options: &PgConnectOptions) -> Self {
        if let Some(pooler) = &mut self.pooler {
            pooler.set(options.get_options().unwrap_or_default());
        }
        self
    }
}

/// What connections are opened with: all that the URL says, and the same without settings.
fn both(url: &str) -> Result<(PgConnectOptions, PgConnectOptions), sqlx::Error> {
    Ok((plain(url.parse()?), plain(without_settings(url).parse()?)))
}

fn plain(options: PgConnectOptions) -> PgConnectOptions {
    // Rows come in binary, where the number of digits means nothing; poolers refuse to set it.
    let options = options.application_name("castgraph").extra_float_digits(None).disable_statement_logging();
    let is_socket = options.get_socket().is_some() || options.get_host().starts_with('/');
    // PostgreSQL has no TLS over a socket of the machine, and its own tools do not ask for it there.
    let options = if is_socket { options.ssl_mode(PgSslMode::Disable) } else { options };
    // An IPv6 address of a URL is in brackets, which are no part of the name in a certificate.
    match options.get_host().strip_prefix('[').and_then(|host| host.strip_suffix(']')).map(str::to_owned) {
        Some(host) => options.host(&host),
        None => options,
    }
}

/// Connects once, since the pool would say of any failure only that it timed out. Also says in which mode of TLS that
/// went: where the URL leaves it open, what does not go in one way is tried in the other, as PostgreSQL's tools do.
async fn reach(options: &PgConnectOptions) -> Result<(PgSslMode, PgConnection), sqlx::Error> {
    let mode = options.get_ssl_mode();
    let first = match connect(options).await {
        Ok(connection) => return Ok((mode, connection)),
        Err(reason) => reason,
    };
    let other = match (mode, &first) {
        (PgSslMode::Prefer, sqlx::Error::Tls(_)) => PgSslMode::Disable,
        // What goes wrong in the handshake comes as what was read.
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

/// Whether a server answers like one that is coming up.
fn is_starting(reason: &sqlx::Error) -> bool {
    match reason {
        sqlx::Error::Io(reason) => reason.kind() == io::ErrorKind::ConnectionRefused,
        reason => code(reason).as_deref() == Some("57P03"),
    }
}

/// Whether the server lets nobody in by this way.
fn is_refused(reason: &sqlx::Error) -> bool {
    code(reason).as_deref() == Some("28000")
}

/// Whether a pooler refuses a setting. The words of `PgBouncer`, which others have taken over.
fn is_of_pooler(reason: &sqlx::Error) -> bool {
    let words = "unsupported startup parameter";
    reason.as_database_error().is_some_and(|reason| reason.message().contains(words))
}

fn code(reason: &sqlx::Error) -> Option<String> {
    reason.as_database_error()?.code().map(std::borrow::Cow::into_owned)
}

/// Ends a connection that was only made to look; what it says to that does not matter.
pub(super) async fn hang_up(connection: PgConnection) {
    let _ = connection.close().await;
}
