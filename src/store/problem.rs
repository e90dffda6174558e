//! What can go wrong with a database, in castgraph's own words: what was tried, on what, and what to do.

use std::io;

use sea_orm::{DbErr, RuntimeErr, error::ConnAcquireErr, sqlx, sqlx::postgres::PgConnectOptions};
use thiserror::Error;

use super::address::Address;

/// Why a command cannot use a database. The text is for the person at the terminal.
#[derive(Clone, Debug, Error)]
#[error("{0}")]
pub struct Problem(String);

impl Problem {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What `reason` means for a connection to the database at `address`.
    pub(super) fn connecting(address: &Address, reason: &sqlx::Error) -> Self {
        match address {
            Address::Sqlite { .. } => Self(format!("cannot open {address}: {}", cause(reason))),
            Address::Postgres { options, .. } => Self(postgres(address, options, reason)),
        }
    }
}

/// What `reason` means when the database at `address` is opened.
pub(super) fn opening(address: &Address, reason: &DbErr) -> Problem {
    match driver(reason) {
        Some(reason) => Problem::connecting(address, reason),
        None => Problem::from(reason),
    }
}

/// What `reason` means wherever it comes from.
impl From<&DbErr> for Problem {
    fn from(reason: &DbErr) -> Self {
        match driver(reason) {
            Some(reason) => Self(format!("the database failed: {}", cause(reason))),
            None => match reason {
                DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => {
                    Self("the database did not answer in time; check that it runs, then try again".to_owned())
                }
                DbErr::Custom(text) | DbErr::Migration(text) => Self(text.clone()),
                other => Self(format!("the database failed: {other}")),
            },
        }
    }
}

impl From<DbErr> for Problem {
    fn from(reason: DbErr) -> Self {
        Self::from(&reason)
    }
}

/// The error of the driver in `reason`.
fn driver(reason: &DbErr) -> Option<&sqlx::Error> {
    match reason {
        DbErr::Conn(RuntimeErr::SqlxError(reason))
        | DbErr::Exec(RuntimeErr::SqlxError(reason))
        | DbErr::Query(RuntimeErr::SqlxError(reason)) => Some(reason),
        _ => None,
    }
}

/// What happened and what to do, where the address says no more.
fn cause(reason: &sqlx::Error) -> String {
    match reason {
        sqlx::Error::Database(reason) => {
            let code = reason.code().unwrap_or_default();
            // SQLite's codes are numbers with the primary code in the low byte; PostgreSQL's have five characters.
            // Sources: https://www.sqlite.org/rescode.html, https://www.postgresql.org/docs/current/errcodes-appendix.html
            let primary = code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff);
            match (primary, &*code) {
                (Some(5 | 6), _) => {
                    "another program is writing to it; wait until that has ended, then try again".into()
                }
                (Some(8), _) => "it is read-only; check the permissions of the file and of its folder".into(),
                (Some(10), "6410") => {
                    "SQLite finds no writable folder for temporary files; make /tmp writable, or set SQLITE_TMPDIR"
                        .into()
                }
                (Some(10), _) => "the disk reported an error; check it before you go on".into(),
                (Some(11), _) => "the file is damaged; restore a backup".into(),
                (Some(13), _) => "the disk is full; make room, then try again".into(),
                (Some(14), _) => {
                    "it cannot be opened; check that the file and its folder may be read and written".into()
                }
                (Some(26), _) => "it is not an SQLite database; choose another file with --database-url".into(),
                (_, "42501") => format!("permission denied ({}); grant it, or use another role", reason.message()),
                (_, "53100") => "the server's disk is full; make room, then try again".into(),
                (_, "25006") => "it is read-only; give --database-url the primary, and replicas to --read-url".into(),
                (_, "57P01" | "57P02") => "the server was shut down; start it, then try again".into(),
                _ => format!("{} (code {code})", reason.message()),
            }
        }
        sqlx::Error::Io(reason) => format!("the connection was lost ({}); try again", io_words(reason)),
        sqlx::Error::PoolTimedOut => "it did not answer in time; check that it runs, then try again".to_owned(),
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
                format!("{failed}: connection refused; check that the server runs, and host and port")
            }
            io::ErrorKind::TimedOut => {
                format!("{failed}: no answer within 5 seconds; check host, port and firewall")
            }
            io::ErrorKind::NotFound if options.get_socket().is_some() || options.get_host().starts_with('/') => {
                format!("{failed}: there is no such socket; check the folder and the port")
            }
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
                format!("{failed}: it closed the connection; check that a PostgreSQL server listens there")
            }
            // What goes wrong in the handshake of TLS comes as what was read.
            io::ErrorKind::InvalidData => format!("{failed}: {}", tls(options, &reason.to_string())),
            _ if reason.to_string().contains("failed to lookup address") => {
                format!("{failed}: the host name does not resolve; check its spelling")
            }
            _ => format!("{failed}: {}", io_words(reason)),
        },
        sqlx::Error::Tls(reason) => format!("{failed}: {}", tls(options, &reason.to_string())),
        sqlx::Error::Protocol(_) => format!("{failed}: what listens there does not speak PostgreSQL's protocol"),
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
                format!("{address} does not let {user:?} in ({}); check its pg_hba.conf", reason.message())
            }
            Some("42501") => {
                format!("{address} does not let {user:?} use the database {database:?}; grant CONNECT on it")
            }
            Some("53300") => {
                format!("{address} has no connection left; raise its max_connections, or use a pooler")
            }
            Some("57P03") => format!("{address} is starting up or shutting down; try again in a moment"),
            _ => format!("{address} refuses the connection: {}", reason.message()),
        },
        other => format!("{failed}: {}", cause(other)),
    }
}

fn tls(options: &PgConnectOptions, reason: &str) -> String {
    let host = options.get_host();
    if reason.contains("does not support TLS") {
        return "the server does not offer TLS; switch it on there, or use sslmode=disable on a trusted network"
            .to_owned();
    }
    if reason.contains("UnknownIssuer") || reason.contains("CaUsedAsEndEntity") || reason.contains("BadSignature") {
        return "the server's certificate is not signed by a trusted authority; name its root certificate with \
                sslrootcert=FILE"
            .to_owned();
    }
    if reason.contains("NotValidForName") || reason.contains("not valid for name") {
        return format!("the server's certificate is not for {host}; use the host name in it, or sslmode=verify-ca");
    }
    if reason.contains("Expired") {
        return "the server's certificate has expired; renew it".to_owned();
    }
    if reason.contains("CertificateRequired") || reason.contains("certificate required") {
        return "the server requires a client certificate; add sslcert and sslkey to the URL".to_owned();
    }
    format!("TLS failed: {reason}")
}

/// The system's words for an error, without its number.
fn io_words(reason: &io::Error) -> String {
    let text = reason.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
