//! Databases that are filled once per process and copied for each test. With nextest, where each test is a process, there
//! are none.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tokio::sync::OnceCell;

use super::{Set, database_url, open};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

fn is_shared() -> bool {
    std::env::var_os("NEXTEST").is_none()
}

/// The name of a template.
fn name(set: Set) -> &'static str {
    match set {
        Set::Empty => "empty",
        Set::Cut => "cut",
        Set::Whole => "whole",
    }
}

/// An SQLite database to copy.
pub async fn sqlite(set: Set) -> Option<&'static Path> {
    static FILES: [OnceCell<PathBuf>; 3] = [const { OnceCell::const_new() }; 3];
    if !is_shared() {
        return None;
    }
    let fill = async || {
        let file = Path::new(FOLDER).join(format!("{}.db", name(set)));
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", file.display()));
        }
        let site = open("SQLite", file.to_str().expect("a path in UTF-8").to_owned(), set).await;
        site.store.close().await.expect("the connections close");
        file
    };
    Some(FILES[set as usize].get_or_init(fill).await)
}

/// A PostgreSQL database to copy. It stays on the server until the next run replaces it.
pub async fn postgres(server: &DatabaseConnection, set: Set) -> Option<&'static str> {
    static NAMES: [OnceCell<String>; 3] = [const { OnceCell::const_new() }; 3];
    if !is_shared() {
        return None;
    }
    let fill = async || {
        // Another checkout may run its tests on the same server at the same time.
        let mut hasher = DefaultHasher::new();
        FOLDER.hash(&mut hasher);
        let name = format!("castgraph_test_{}_{:016x}", name(set), hasher.finish());
        for statement in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
            server.execute_unprepared(&statement).await.expect("the test server lets us make databases");
        }
        let site = open("PostgreSQL", database_url(&name), set).await;
        site.store.close().await.expect("the connections close");
        name
    };
    Some(NAMES[set as usize].get_or_init(fill).await)
}
