//! What is kept safe: databases of others, one file after a stop, copies, and all or nothing.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Output, Stdio},
    time::{Duration, Instant},
};

use castgraph::store::{APPLICATION_ID, Store};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::{
    commands::{castgraph, command, first_line, import_cut, text},
    cut,
    site::{self, Set},
};

/// Every file of a folder with its bytes.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path());
    files.filter(|file| file.is_file()).map(|file| (file.clone(), fs::read(file).expect("it is read"))).collect()
}

/// The names of the files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let name = |file: PathBuf| file.file_name().expect("a name").to_string_lossy().into_owned();
    contents(folder).into_keys().map(name).collect()
}

/// An SQLite file with these statements run in it.
pub async fn sqlite_file(path: &Path, statements: &[&str]) {
    let url = format!("sqlite://{}?mode=rwc", path.display());
    let db = sea_orm::Database::connect(url).await.expect("a file");
    for statement in statements {
        db.execute_unprepared(statement).await.expect("it runs");
    }
    db.close().await.expect("it closes");
}

async fn number(store: &Store, sql: &str) -> i64 {
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let row = store.read().query_one_raw(statement).await.expect("it is read").expect("a row");
    row.try_get_by_index::<i64>(0).or_else(|_| row.try_get_by_index::<i32>(0).map(i64::from)).expect("a number")
}

fn serve(folder: &Path) -> Child {
    let mut server = command(folder);
    server.env("CASTGRAPH_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped());
    server.spawn().expect("the program runs")
}

pub fn signal(child: &Child, name: &str) {
    let sent =
        std::process::Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success(), "the process is there");
}

async fn people_in(file: &Path) -> i64 {
    let store = Store::open_existing(file.to_str().expect("a path")).await.expect("it is whole");
    let people = number(&store, "SELECT count(*) FROM person").await;
    assert_eq!(number(&store, "PRAGMA application_id").await, i64::from(APPLICATION_ID));
    store.close().await.expect("it closes");
    people
}

#[tokio::test]
async fn after_a_clean_stop_the_database_is_one_file() {
    for stop in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().expect("a folder");
        import_cut(folder.path());
        let mut server = serve(folder.path());
        assert!(first_line(&mut server).contains("listens at"));
        signal(&server, stop);
        let output = server.wait_with_output().expect("it stops");
        assert!(output.status.success(), "{}", text(&output).1);
        assert_eq!(names(folder.path()), ["castgraph.db"]);
        let elsewhere = tempfile::tempdir().expect("a folder");
        let copy = elsewhere.path().join("copy.db");
        fs::copy(folder.path().join("castgraph.db"), &copy).expect("a copy");
        assert_eq!(people_in(&copy).await, cut::rows("people"));
    }
}

#[test]
fn after_every_command_the_database_is_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = cut::copy();
    let run = |arguments: &[&str]| {
        let output = castgraph(folder.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output).1);
    };
    run(&["migrate", "up"]);
    assert_eq!(names(folder.path()), ["castgraph.db"]);
    run(&["import", data.path().to_str().expect("a path")]);
    assert_eq!(names(folder.path()), ["castgraph.db"]);
    run(&["path", "patrick-stewart", "tom-hardy"]);
    assert_eq!(names(folder.path()), ["castgraph.db"]);
    run(&["migrate", "down"]);
    assert_eq!(names(folder.path()), ["castgraph.db"]);
    run(&["migrate", "status"]);
    assert_eq!(names(folder.path()), ["castgraph.db"]);
}

#[tokio::test]
async fn a_backup_is_whole_while_the_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    import_cut(folder.path());
    let mut server = serve(folder.path());
    assert!(first_line(&mut server).contains("listens at"));
    let output = castgraph(folder.path(), &["backup", "copy.db"]);
    assert_eq!(text(&output).0, "wrote the backup copy.db\n", "{}", text(&output).1);
    assert_eq!(people_in(&folder.path().join("copy.db")).await, cut::rows("people"));
    let again = castgraph(folder.path(), &["backup", "copy.db"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(text(&again).1, "castgraph: copy.db already exists; choose a new file\n");
    signal(&server, "-TERM");
    assert!(server.wait_with_output().expect("it stops").status.success());
    assert_eq!(names(folder.path()), ["castgraph.db", "copy.db"]);
}

/// Commands that open a database, each with what it needs.
const COMMANDS: &[&[&str]] = &[
    &["serve"],
    &["import", "data"],
    &["generate", "--shows", "1"],
    &["export", "out"],
    &["path", "a", "b"],
    &["migrate", "up"],
    &["migrate", "down"],
    &["migrate", "status"],
    &["backup", "copy.db"],
];

/// Runs every command on the file and sees that none changes anything.
fn all_refuse(folder: &Path, reason: &str) {
    fs::create_dir(folder.join("data")).expect("a folder");
    cut::write(&folder.join("data"));
    let before = contents(folder);
    for arguments in COMMANDS {
        let output: Output = {
            let mut command = command(folder);
            command.args(*arguments).env("CASTGRAPH_LISTEN", "127.0.0.1:0").output().expect("the program runs")
        };
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert_eq!(text(&output).1.lines().last(), Some(reason), "{arguments:?}");
        assert!(contents(folder) == before, "{arguments:?} left the folder as it was: {:?}", names(folder));
    }
}

#[tokio::test]
async fn a_file_of_another_program_is_not_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let tables =
        ["CREATE TABLE person (id integer)", "INSERT INTO person VALUES (7)", "CREATE TABLE album (id integer)"];
    sqlite_file(&folder.path().join("castgraph.db"), &tables).await;
    let reason = "castgraph: castgraph.db belongs to another program (it has the tables album, person); choose another \
                  file with --database-url";
    all_refuse(folder.path(), reason);
}

#[tokio::test]
async fn a_file_with_another_programs_mark_or_migrations_is_not_touched() {
    let marked = tempfile::tempdir().expect("a folder");
    sqlite_file(&marked.path().join("castgraph.db"), &["PRAGMA application_id = 1196444487", "VACUUM"]).await;
    all_refuse(
        marked.path(),
        "castgraph: castgraph.db belongs to another program (it has another program's application id); choose another \
         file with --database-url",
    );
    let migrated = tempfile::tempdir().expect("a folder");
    let tables = [
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE seaql_migrations (version text, applied_at integer)",
        "INSERT INTO seaql_migrations VALUES ('m20220101_000001_cake', 1)",
        "CREATE TABLE cake (id integer)",
    ];
    sqlite_file(&migrated.path().join("castgraph.db"), &tables).await;
    all_refuse(
        migrated.path(),
        "castgraph: castgraph.db belongs to another program (it has the tables cake); choose another file with \
         --database-url",
    );
}

#[tokio::test]
async fn a_file_of_a_newer_castgraph_is_not_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(castgraph(folder.path(), &["migrate", "up"]).status.success());
    let newer = ["INSERT INTO seaql_migrations VALUES ('m20990101_000001_holodeck', 1)"];
    sqlite_file(&folder.path().join("castgraph.db"), &newer).await;
    all_refuse(
        folder.path(),
        "castgraph: castgraph.db was written by a newer castgraph (it has the migration m20990101_000001_holodeck); use \
         that version, or restore a backup from before the upgrade",
    );
}

#[tokio::test]
async fn an_older_file_is_recognised_and_marked() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("castgraph.db");
    assert!(castgraph(folder.path(), &["migrate", "up"]).status.success());
    sqlite_file(&file, &["PRAGMA application_id = 0", "PRAGMA user_version = 0"]).await;
    let output = castgraph(folder.path(), &["migrate", "up"]);
    assert_eq!(text(&output).0, "applied 0 migrations\n", "{}", text(&output).1);
    assert_eq!(people_in(&file).await, 0);
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    for site in site::both(Set::Empty).await {
        site.store.take_back(7).await.expect("seven are taken back");
        // The first of them makes this table late, when the one before it and its own first tables are there.
        site.store.write().execute_unprepared("CREATE TABLE search_gram (id integer)").await.expect("it is in the way");
        let before = schema(&site).await;
        let pending = site.store.pending().await.expect("it is known");
        assert!(site.store.migrate().await.is_err(), "{}", site.engine);
        assert_eq!(site.store.pending().await.expect("it is known"), pending, "{}", site.engine);
        assert_eq!(schema(&site).await, before, "{}", site.engine);
        site.remove().await;
    }
}

/// All tables, indices, functions and triggers of a database.
async fn schema(site: &site::Site) -> Vec<String> {
    let (backend, sql) = if site.store.is_postgres() {
        let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                   UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
                   UNION ALL SELECT tgrelid::regclass::text || tgname::text FROM pg_trigger ORDER BY 1";
        (DbBackend::Postgres, sql)
    } else {
        (DbBackend::Sqlite, "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY 1")
    };
    let rows = site.store.write().query_all_raw(Statement::from_string(backend, sql)).await.expect("it is read");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

#[tokio::test]
async fn a_schema_of_another_program_is_not_touched() {
    let Some(site) = site::postgres(Set::Empty).await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for statement in ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "CREATE TABLE album (id integer)"] {
        site.store.write().execute_unprepared(statement).await.expect("it runs");
    }
    let run = |arguments: &[&str]| {
        let mut command = command(folder.path());
        command.args(arguments).env("DATABASE_URL", &site.url).output().expect("the program runs")
    };
    for arguments in [&["migrate", "up"][..], &["serve", "--listen", "127.0.0.1:0"], &["generate", "--shows", "1"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1));
        let reason = text(&output).1;
        assert!(reason.contains("belongs to another program (it has the tables album)"), "{reason}");
        assert!(reason.contains("CREATE SCHEMA castgraph") && reason.contains("--shared-schema"), "{reason}");
    }
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    let count = async || {
        let statement = Statement::from_string(DbBackend::Postgres, tables);
        let row = site.store.write().query_one_raw(statement).await.expect("it is read").expect("a row");
        row.try_get_by_index::<i64>(0).expect("a number")
    };
    assert_eq!(count().await, 1);
    let told = run(&["migrate", "up", "--shared-schema"]);
    assert!(told.status.success(), "{}", text(&told).1);
    assert!(count().await > 20);
    let newer = "INSERT INTO seaql_migrations VALUES ('m20990101_000001_holodeck', 1)";
    site.store.write().execute_unprepared(newer).await.expect("it runs");
    assert!(text(&run(&["migrate", "up"])).1.contains("was written by a newer castgraph"));
    site.remove().await;
}

/// Numbers that look random and are the same in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: u64) -> u64 {
        // Source: xorshift64, Marsaglia 2003.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Kills a process after some microseconds, if it still runs by then, and waits for it.
fn kill_after(mut child: Child, micros: u64) {
    let moment = Instant::now() + Duration::from_micros(micros);
    while Instant::now() < moment && child.try_wait().expect("it is known").is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    // It may have ended by itself.
    let _ = child.kill();
    child.wait().expect("it ended");
}

/// How often a program is killed in all; more where somebody asks for it.
fn kills() -> u64 {
    std::env::var("CASTGRAPH_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

#[tokio::test]
async fn whatever_is_killed_is_whole_or_not_there() {
    let mut random = Seeded(0x5eed);
    let data = cut::copy();
    let data = data.path().to_str().expect("a path");
    let full = tempfile::tempdir().expect("a folder");
    import_cut(full.path());
    for turn in 0..kills() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("castgraph.db");
        let quiet = |arguments: &[&str]| {
            let mut command = command(folder.path());
            command.args(arguments).env("CASTGRAPH_LISTEN", "127.0.0.1:0").stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().expect("the program runs")
        };
        let copy = folder.path().join("copy.db");
        // A server that starts on an empty database imports the whole set.
        let all = if turn % 5 == 0 { site::rows("people") } else { cut::rows("people") };
        match turn % 5 {
            0 => kill_after(quiet(&["serve"]), random.below(4_000_000)),
            1 => kill_after(quiet(&["import", data]), random.below(1_000_000)),
            2 => kill_after(quiet(&["migrate", "up"]), random.below(400_000)),
            3 => {
                fs::copy(full.path().join("castgraph.db"), &file).expect("a copy");
                kill_after(quiet(&["backup", "copy.db"]), random.below(200_000));
                if copy.exists() {
                    assert_eq!(people_in(&copy).await, all, "turn {turn}: a backup is whole");
                }
            }
            _ => {
                import_cut(folder.path());
                let mut server = serve(folder.path());
                first_line(&mut server);
                signal(&server, "-INT");
                kill_after(server, random.below(300_000));
            }
        }
        // Whatever was left, the next start brings the database up, and its stop leaves one file.
        let output = castgraph(folder.path(), &["migrate", "up"]);
        assert!(output.status.success(), "turn {turn}: {}", text(&output).1);
        let people = people_in(&file).await;
        assert!(people == 0 || people == all, "turn {turn}: {people} people");
        let left: Vec<_> = names(folder.path()).into_iter().filter(|name| !name.starts_with("copy.db")).collect();
        assert_eq!(left, ["castgraph.db"], "turn {turn}");
    }
}

/// The shell blocks of a section of `docs/operating.md`.
fn blocks(section: &str) -> Vec<String> {
    let page = include_str!("../../docs/operating.md");
    let (_, rest) = page.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = rest.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// Runs a block as a person would, with this castgraph first on the path.
fn run_block(folder: &Path, url: Option<&str>, block: &str) {
    let binary = Path::new(env!("CARGO_BIN_EXE_castgraph")).parent().expect("its folder").display().to_string();
    let path = format!("{binary}:{}", std::env::var("PATH").unwrap_or_default());
    let mut shell = std::process::Command::new("bash");
    shell.args(["-euc", block]).current_dir(folder).env("PATH", path).env_remove("DATABASE_URL");
    if let Some(url) = url {
        shell.env("DATABASE_URL", url);
    }
    let output = shell.output().expect("bash is there");
    assert!(output.status.success(), "{block}\n{}", text(&output).1);
}

#[tokio::test]
async fn the_commands_of_backup_upgrade_and_downgrade_do_what_they_say() {
    let (backup, upgrade) = (blocks("Backup and restore"), blocks("Upgrade and downgrade"));
    let [save, restore, postgres] = backup.as_slice() else { panic!("three blocks, not {}", backup.len()) };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("castgraph.db");
    import_cut(folder.path());
    run_block(folder.path(), None, save);
    sqlite_file(&file, &["PRAGMA foreign_keys = OFF", "DELETE FROM person"]).await;
    assert_eq!(people_in(&file).await, 0);
    run_block(folder.path(), None, restore);
    assert_eq!(people_in(&file).await, cut::rows("people"));
    for block in &upgrade {
        run_block(folder.path(), None, block);
    }
    let status = text(&castgraph(folder.path(), &["migrate", "status"])).0;
    assert_eq!(status.matches("pending").count(), 1, "{status}");

    let Some(site) = site::postgres(Set::Cut).await else { return };
    let people = async || site.data("{ people { totalCount } }").await["people"]["totalCount"].clone();
    let (save, restore) = postgres.split_once('\n').expect("two commands");
    run_block(folder.path(), Some(&site.url), save);
    site.store.write().execute_unprepared("TRUNCATE person CASCADE").await.expect("it runs");
    assert_eq!(people().await, 0);
    run_block(folder.path(), Some(&site.url), restore);
    assert_eq!(people().await, cut::rows("people"));
    for block in &upgrade {
        run_block(folder.path(), Some(&site.url), block);
    }
    site.remove().await;
}
