//! Opens the database: an SQLite file, or PostgreSQL.

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

/// A database, with its schema as it was found.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
}

/// Most connections that readers hold at once.
const READERS: u32 = 8;

impl Store {
    /// Opens the database at `address`: a `postgres://` or `sqlite://` URL or the path of an SQLite file, which is
    /// made if it does not exist.
    pub async fn open(address: &str) -> Result<Self, DbErr> {
        if is_postgres(address) {
            let db = Database::connect(options(address)).await?;
            return Ok(Self { write: db.clone(), read: db });
        }
        let url = sqlite_url(address);
        let mut writer = options(&url);
        // SQLite has one writer at a time; a pool of one makes others wait in line instead of failing.
        writer.max_connections(1).map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "NORMAL")
                .busy_timeout(Duration::from_secs(5))
        });
        let write = Database::connect(writer).await?;
        let mut reader = options(&url);
        reader.max_connections(READERS).map_sqlx_sqlite_opts(|sqlite| {
            sqlite.read_only(true).pragma("mmap_size", "2147483648").busy_timeout(Duration::from_secs(5))
        });
        Ok(Self { write, read: Database::connect(reader).await? })
    }

    /// The connection for changes.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// The connection for reads.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Brings the schema up to date, and says how many migrations that took.
    pub async fn migrate(&self) -> Result<usize, DbErr> {
        let pending = Migrator::get_pending_migrations(&self.write).await?.len();
        Migrator::up(&self.write, None).await?;
        Ok(pending)
    }

    /// Closes all connections.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }
}

/// Whether `address` is one of PostgreSQL.
pub fn is_postgres(address: &str) -> bool {
    address.starts_with("postgres://") || address.starts_with("postgresql://")
}

fn sqlite_url(address: &str) -> String {
    if address.starts_with("sqlite:") { address.to_owned() } else { format!("sqlite://{address}") }
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(READERS)
        .acquire_timeout(Duration::from_secs(5))
        .sqlx_logging(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .set_application_name("castgraph");
    options
}
