//! How PostgreSQL is connected to.

use std::{io, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr,
    sqlx::{self, ConnectOptions as _, Connection, postgres::PgConnectOptions},
};
use tokio::time::{Instant, sleep, timeout};

use super::{Problem, address::Address, options};

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait before a server that is coming up is asked again.
const AGAIN: Duration = Duration::from_millis(250);

/// Connects once, since the pool would say of any failure only that it timed out. A server that is just starting is
/// waited for.
pub(super) async fn probe(address: &Address, options: &PgConnectOptions) -> Result<(), Problem> {
    let options = options.clone().application_name("castgraph").disable_statement_logging();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let connected = timeout(PATIENCE, options.connect()).await;
        let reason = match connected {
            Ok(Ok(connection)) => {
                return connection.close().await.map_err(|reason| Problem::connecting(address, &reason));
            }
            Ok(Err(reason)) => reason,
            Err(_) => sqlx::Error::Io(io::ErrorKind::TimedOut.into()),
        };
        if !is_starting(&reason) || Instant::now() + AGAIN > deadline {
            return Err(Problem::connecting(address, &reason));
        }
        sleep(AGAIN).await;
    }
}

/// Whether a server answers like one that is coming up.
fn is_starting(reason: &sqlx::Error) -> bool {
    match reason {
        sqlx::Error::Io(reason) => reason.kind() == io::ErrorKind::ConnectionRefused,
        sqlx::Error::Database(reason) => reason.code().as_deref() == Some("57P03"),
        _ => false,
    }
}

/// Connections for changes.
pub(super) async fn write(url: &str) -> Result<DatabaseConnection, DbErr> {
    Database::connect(options(url)).await
}

/// Connections for reads of the database at `url`, and of its replicas.
pub(super) async fn read(
    url: &str,
    replicas: &[String],
    longest: Option<Duration>,
) -> Result<(DatabaseConnection, Vec<DatabaseConnection>), DbErr> {
    let primary = Database::connect(reader(url, longest)).await?;
    let mut others = Vec::with_capacity(replicas.len());
    for url in replicas {
        let mut options = reader(url, longest);
        // One that is not there now may come, and is not waited for.
        options.connect_lazy(true).acquire_timeout(Duration::from_secs(1));
        others.push(Database::connect(options).await?);
    }
    Ok((primary, others))
}

/// How PostgreSQL is read, which gives up what takes longer than `longest`. It does not compile plans: that takes longer
/// than most of the reads, the more so since it takes each list of parents for a long one.
fn reader(url: &str, longest: Option<Duration>) -> ConnectOptions {
    let mut options = options(url);
    options.map_sqlx_postgres_opts(|options| options.options([("jit", "off")]));
    if let Some(longest) = longest {
        options.statement_timeout(longest);
    }
    options
}
