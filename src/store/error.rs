//! Errors of the database as messages for the person at the terminal: what failed, and what to do about it.

use std::io;

use sea_orm::{DbErr, RuntimeErr, error::ConnAcquireErr, sqlx, sqlx::postgres::PgConnectOptions};
use thiserror::Error;

use super::address::Address;

/// Why a command cannot use a database. The text is for the person at the terminal.
#[derive(Clone, Debug, Error)]
#[error("{0}")]
pub struct StoreError(String);

impl StoreError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Explains an error while connecting to the database at `address`.
    pub(super) fn connecting(address: &Address, reason: &sqlx::Error) -> Self {
        match address {
            Address::Sqlite { .. } => Self(format!("cannot open {address}: {}", cause(reason))),
            Address::Postgres { options, .. } => Self(postgres(address, options, reason)),
        }
    }
}

/// Explains an error while opening the database at `address`.
pub(super) fn opening(address: &Address, reason: &DbErr) -> StoreError {
    match driver(reason) {
        Some(reason) => StoreError::connecting(address, reason),
        None => StoreError::from(reason),
    }
}

/// Explains an error without knowing the address.
impl From<&DbErr> for StoreError {
    fn from(reason: &DbErr) -> Self {
        match driver(reason) {
            Some(reason) => Self(format!("the database failed: {}", cause(reason))),
            None => match reason {
                DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => {
                    Self("the database did not respond in time; check that it is running, then try again".to_owned())
                }
                DbErr::Custom(text) | DbErr::Migration(text) => Self(text.clone()),
                other => Self(format!("the database failed: {other}")),
            },
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(reason: DbErr) -> Self {
        Self::from(&reason)
    }
}

/// The error of the driver inside `reason`.
fn driver(reason: &DbErr) -> Option<&sqlx::Error> {
    match reason {
        DbErr::Conn(RuntimeErr::SqlxError(reason))
        | DbErr::Exec(RuntimeErr::SqlxError(reason))
        | DbErr::Query(RuntimeErr::SqlxError(reason)) => Some(reason),
        _ => None,
    }
}

/// What happened and what to do, as far as the error alone shows it.
fn cause(reason: &sqlx::Error) -> String {
    match reason {
        sqlx::Error::Database(reason) => {
            let code = reason.code().unwrap_or_default();
            // SQLite's codes are numbers with the primary code in the low byte; PostgreSQL's have five characters.
            // Sources: https://www.sqlite.org/rescode.html, https://www.postgresql.org/docs/current/errcodes-appendix.html
            let primary = code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff);
            match (primary, &*code) {
                (Some(5 | 6), _) => "another program is writing to it; wait for that to finish, then try again".into(),
                (Some(8), _) => "it is read-only; check the permissions of the file and of its folder".into(),
                (Some(10), "6410") => {
                    "SQLite has no writable folder for temporary files; make /tmp writable, or set SQLITE_TMPDIR".into()
                }
                (Some(10), _) => "the disk reported an error; check it before you continue".into(),
                (Some(11), _) => "the file is damaged; restore a backup".into(),
                (Some(13), _) => "the disk is full; free some space, then try again".into(),
                (Some(14), _) => "it cannot be opened; check the permissions of the file and of its folder".into(),
                (Some(26), _) => "it is not an SQLite database; choose another file with --database-url".into(),
                (_, "42501") => format!("permission denied ({}); grant it, or use another role", reason.message()),
                (_, "53100") => "the server's disk is full; free some space, then try again".into(),
                (_, "25006") => "it is read-only; set --database-url to the primary, and --read-url to replicas".into(),
                (_, "57P01" | "57P02") => "the server was shut down; start it, then try again".into(),
                _ => format!("{} (code {code})", reason.message()),
            }
        }
        sqlx::Error::Io(reason) => format!("the connection was lost ({}); try again", io_words(reason)),
        sqlx::Error::PoolTimedOut => "it did not respond in time; check that it is running, then try again".to_owned(),
        sqlx::Error::PoolClosed => "castgraph is stopping".to_owned(),
        other => other.to_string(),
    }
}

fn postgres(address: &Address, options: &PgConnectOptions, reason: &sqlx::Error) -> String {
    let (user, database) = (options.get_username(), options.get_database().unwrap_or(options.get_username()));
    let failed = format!("cannot connect to {address}");
    match reason {
        sqlx::Error::Io(reason) => match reason.kind() {
            io::ErrorKind::ConnectionRefused => {
                format!("{failed}: connection refused; check that the server is running, and check host and port")
            }
            io::ErrorKind::TimedOut => {
                format!("{failed}: no response within 5 seconds; check host, port and firewall")
            }
            io::ErrorKind::NotFound if options.get_socket().is_some() || options.get_host().starts_with('/') => {
                format!("{failed}: no such socket; check the folder and the port")
            }
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
                format!("{failed}: the server closed the connection; check that it is a PostgreSQL server")
            }
            // The driver reports errors of the TLS handshake as invalid data.
            io::ErrorKind::InvalidData => format!("{failed}: {}", tls(options, &reason.to_string())),
            _ if reason.to_string().contains("failed to lookup address") => {
                format!("{failed}: the host name does not resolve; check its spelling")
            }
            _ => format!("{failed}: {}", io_words(reason)),
        },
        sqlx::Error::Tls(reason) => format!("{failed}: {}", tls(options, &reason.to_string())),
        sqlx::Error::Protocol(_) => {
            format!("{failed}: the server does not speak the PostgreSQL protocol; check host and port")
        }
        sqlx::Error::Database(reason) => match reason.code().as_deref() {
            Some("3D000") => {
                let place = match options.get_socket() {
                    Some(socket) => socket.display().to_string(),
                    None => options.get_host().to_owned(),
                };
                format!(
                    "{address} has no database {database:?}; create it: createdb -h {place} -p {} -U {user} {database}",
                    options.get_port()
                )
            }
            Some("28P01") => format!("{address} rejects the password of {user:?}; check user and password in the URL"),
            Some("28000") if reason.message().contains("no encryption") || reason.message().contains("SSL off") => {
                format!("{address} requires TLS for {user:?}; add sslmode=require, or better verify-full, to the URL")
            }
            Some("28000") if reason.message().contains("certificate") => {
                format!("{address} requires a client certificate for {user:?}; add sslcert and sslkey to the URL")
            }
            Some("28000") if reason.message().contains("does not exist") => {
                format!("{address} has no role {user:?}; check the user in the URL, or create the role")
            }
            Some("28000") => {
                format!("{address} rejects the role {user:?} ({}); check its pg_hba.conf", reason.message())
            }
            Some("42501") => {
                format!("{address} denies {user:?} access to the database {database:?}; grant CONNECT on it")
            }
            Some("53300") => {
                format!("{address} has no free connections; raise its max_connections, or use a pooler")
            }
            Some("57P03") => format!("{address} is starting up or shutting down; try again in a moment"),
            _ => format!("{address} rejected the connection: {}", reason.message()),
        },
        other => format!("{failed}: {}", cause(other)),
    }
}

fn tls(options: &PgConnectOptions, reason: &str) -> String {
    let host = options.get_host();
    if reason.contains("does not support TLS") {
        return "the server does not offer TLS; enable it there, or use sslmode=disable on a trusted network"
            .to_owned();
    }
    if reason.contains("UnknownIssuer") || reason.contains("CaUsedAsEndEntity") || reason.contains("BadSignature") {
        return "the server's certificate is not signed by a trusted authority; set sslrootcert to its root \
                certificate"
            .to_owned();
    }
    if reason.contains("NotValidForName") || reason.contains("not valid for name") {
        return format!("the server's certificate is not valid for {host}; use its host name, or sslmode=verify-ca");
    }
    if reason.contains("Expired") {
        return "the server's certificate has expired; renew it".to_owned();
    }
    if reason.contains("CertificateRequired") || reason.contains("certificate required") {
        return "the server requires a client certificate; add sslcert and sslkey to the URL".to_owned();
    }
    format!("TLS failed: {reason}")
}

/// The message of the operating system, without the error number.
fn io_words(reason: &io::Error) -> String {
    let text = reason.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
