//! Backups of a database that is in use.

use std::{
    fs::{self, File},
    path::Path,
};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Store, StoreError, address::Address};
use crate::folder::folder_of;

impl Store {
    /// Copies a consistent snapshot of an SQLite database to a new file, while others read and write the database. The
    /// copy has the name of `target` plus `.part` until it is complete.
    ///
    /// # Errors
    ///
    /// If `target` exists or cannot be written, or the database is PostgreSQL, which has its own backup tools.
    pub async fn back_up(&self, target: &Path) -> Result<(), StoreError> {
        let Address::Sqlite { path, .. } = &self.address else {
            return Err(StoreError::new(
                "castgraph backup copies SQLite files; for PostgreSQL run pg_dump --format=custom --file=FILE with the \
                 same URL, and restore it with pg_restore",
            ));
        };
        let shown = target.display();
        let failed =
            |reason: &dyn std::fmt::Display| StoreError::new(format!("cannot write the backup {shown}: {reason}"));
        if target.exists() {
            return Err(StoreError::new(format!("{shown} already exists; choose a new file")));
        }
        let mut part = target.as_os_str().to_owned();
        part.push(".part");
        let part = Path::new(&part);
        let Some(name) = part.to_str() else {
            return Err(failed(&"its name is not UTF-8"));
        };
        let folder = folder_of(target);
        if !folder.is_dir() {
            return Err(failed(&format!("the folder {} does not exist; create it", folder.display())));
        }
        // Left behind by a backup that was killed.
        if part.exists() {
            fs::remove_file(part).map_err(|reason| failed(&reason))?;
        }
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [name.into()]);
        let copied = self.read().execute_raw(copy).await.map(drop).map_err(|reason| StoreError::from(&reason));
        let kept = copied.and_then(|()| {
            File::open(part).and_then(|file| file.sync_all()).map_err(|reason| failed(&reason))?;
            // Unlike a rename, a hard link never replaces a file that was created in the meantime.
            fs::hard_link(part, target).map_err(|reason| failed(&reason))
        });
        let removed = fs::remove_file(part);
        kept?;
        removed.map_err(|reason| failed(&reason))?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|reason| failed(&reason))?;
        tracing::debug!(from = %path.display(), to = %shown, "backup");
        Ok(())
    }
}
