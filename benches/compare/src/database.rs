//! The databases, filled by castgraph itself.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::{Result, Settings};

/// The seed of the rows.
const SEED: &str = "1";

/// Opens a PostgreSQL database.
pub async fn open(url: &str) -> Result<PgPool> {
    Ok(PgPoolOptions::new().max_connections(8).connect(url).await?)
}

/// Makes the PostgreSQL database if it is missing, and fills it if it is empty.
pub async fn prepare(settings: &Settings) -> Result<PgPool> {
    let url = &settings.database_url;
    let (server, name) = url.rsplit_once('/').ok_or("a database is postgres://…/name")?;
    let name = name.split('?').next().unwrap_or_default();
    let other = open(&format!("{server}/postgres")).await?;
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&other)
        .await?;
    if !there {
        let statement = format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""));
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&other).await?;
    }
    other.close().await;
    let db = open(url).await?;
    let tables: bool = sqlx::query_scalar("SELECT to_regclass('show') IS NOT NULL").fetch_one(&db).await?;
    let filled = tables && sqlx::query_scalar("SELECT EXISTS (SELECT FROM show)").fetch_one(&db).await?;
    if !filled {
        generate(settings, Path::new(url))?;
        sqlx::raw_sql("VACUUM ANALYZE").execute(&db).await?;
    }
    Ok(db)
}

/// Makes and fills the SQLite file if it is missing.
pub fn prepare_sqlite(settings: &Settings) -> Result<PathBuf> {
    let name = format!("castgraph-compare-{}.db", settings.shows);
    let file = settings.sqlite.clone().unwrap_or_else(|| std::env::temp_dir().join(name));
    if !file.exists() {
        generate(settings, &file)?;
    }
    Ok(file)
}

fn generate(settings: &Settings, database: &Path) -> Result<()> {
    eprintln!("filling {} with {} shows", database.display(), settings.shows);
    let mut command = Command::new(&settings.castgraph);
    command.args(["generate", "--shows", &settings.shows.to_string(), "--seed", SEED, "--database-url"]).arg(database);
    if !command.status()?.success() {
        return Err(format!("it failed: {command:?}").into());
    }
    Ok(())
}
