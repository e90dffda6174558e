//! Connections to PostgreSQL.

pub(super) mod parameters;
mod pooler;
mod connection_plan;

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, sqlx::postgres::PgConnectOptions};

use super::{StoreError, address::Address, options};
pub(super) use connection_plan::ConnectionPlan;

/// The pool for writes.
pub(super) async fn write(url: &str, way: &ConnectionPlan) -> Result<DatabaseConnection, DbErr> {
    Database::connect(by(way, options(url), &[])).await
}

/// The pools for reads from the database at `url` and from its replicas.
pub(super) async fn read(
    url: &str,
    way: &ConnectionPlan,
    replicas: &[String],
    longest: Option<Duration>,
) -> Result<(DatabaseConnection, Vec<DatabaseConnection>), StoreError> {
    let primary = Database::connect(reader(url, way, longest)).await?;
    let mut others = Vec::with_capacity(replicas.len());
    for replica in replicas {
        let (url, pooled) = &self::replica(replica)?;
        // A replica may be down now and come up later, so do not wait for it.
        let way = ConnectionPlan::at_once(url, *pooled, way).await.map_err(super::driver_error)?;
        let mut options = reader(url, &way, longest);
        options.connect_lazy(true).acquire_timeout(Duration::from_secs(1));
        others.push(Database::connect(options).await?);
    }
    Ok((primary, others))
}

/// The URL of a replica, and whether a pooler is known to be in front of it.
pub(super) fn replica(url: &str) -> Result<(String, Option<bool>), StoreError> {
    match Address::parse(url)? {
        Address::Postgres { url, pooled, .. } => Ok((url, pooled)),
        Address::Sqlite { .. } => Err(StoreError::new("--read-url takes postgres:// URLs only")),
    }
}

/// The address and the URL for notifications.
pub(super) fn notifier(url: &str) -> Result<(Address, String), StoreError> {
    let address = Address::parse(url)?;
    match &address {
        Address::Postgres { url, .. } => Ok((address.clone(), url.clone())),
        Address::Sqlite { .. } => Err(StoreError::new("--notify-url takes a postgres:// URL")),
    }
}

/// Connection options for the server at `url`, which no pooler is in front of.
pub(super) async fn direct(url: &str) -> Result<PgConnectOptions, StoreError> {
    let (address, url) = notifier(url)?;
    Ok(ConnectionPlan::to(&address, &url, Some(false)).await?.options().clone())
}

/// Options of a pool for reads with the time limit `longest`. JIT compilation is off: it takes longer than most
/// reads, and PostgreSQL overestimates the cost of every list of parents.
fn reader(url: &str, way: &ConnectionPlan, longest: Option<Duration>) -> ConnectOptions {
    let mut settings = vec![("jit", "off".to_owned())];
    settings.extend(longest.map(|longest| ("statement_timeout", longest.as_millis().to_string())));
    by(way, options(url), &settings)
}

/// Makes a pool connect as `way` says, with `settings` on each connection.
fn by(way: &ConnectionPlan, mut options: ConnectOptions, settings: &[(&'static str, String)]) -> ConnectOptions {
    let found = way.options().clone();
    match way.pooler.clone() {
        None => {
            let found = found.options(settings.iter().map(|(name, value)| (*name, value.clone())));
            options.map_sqlx_postgres_opts(move |_| found.clone());
        }
        Some(mut pooler) => {
            for (name, value) in settings {
                pooler.set_one(name, value);
            }
            let found = pooler.options(found);
            options.map_sqlx_postgres_opts(move |_| found.clone());
            options.map_sqlx_postgres_pool_opts(move |options| pooler.pool(options));
            // The first connection that a pool opens would stay in its transaction, because it is never released.
            options.connect_lazy(true);
        }
    }
    options
}
