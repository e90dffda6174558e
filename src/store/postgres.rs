//! How PostgreSQL is connected to.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use super::options;

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
