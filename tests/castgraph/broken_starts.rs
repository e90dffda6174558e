//! Starts that fail: each with what it says, its exit code, and nothing left behind.
//!
//! `broken_starts.txt` beside this file has for each case what castgraph says, to the letter;
//! `UPDATE_STARTS=1 cargo test broken_starts` writes it anew, to be read as a user would.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    cut,
    import::change,
    safety::sqlite_file,
    sold::server::{Authority, Server},
};

/// What is started: arguments, then the environment.
struct Case {
    title: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const fn case(title: &'static str, arguments: &'static [&'static str]) -> Case {
    Case { title, arguments, environment: &[] }
}

const fn with(title: &'static str, name: &'static [(&'static str, &'static str)]) -> Case {
    Case { title, arguments: &[], environment: name }
}

/// Files, settings, arguments: what needs no PostgreSQL.
const ALONE: &[Case] = &[
    case("the folder of the file is missing", &["--database-url", "nowhere/castgraph.db"]),
    case("a part of the path is a file", &["--database-url", "notes.txt/castgraph.db"]),
    case("the file is a folder", &["--database-url", "folder"]),
    case("the file is no SQLite database", &["--database-url", "notes.txt"]),
    case("the file is damaged", &["--database-url", "damaged.db"]),
    case("the file is another program's", &["--database-url", "foreign.db"]),
    case("the file has another program's mark", &["--database-url", "marked.db"]),
    case("the file is of a newer castgraph", &["--database-url", "newer.db"]),
    case("a database in memory", &["--database-url", "sqlite::memory:"]),
    case("a URL of SQLite without a file", &["--database-url", "sqlite://"]),
    case("a blank for the database", &["--database-url", " "]),
    case("another database's URL", &["--database-url", "mysql://root@localhost/casts"]),
    case("one more", &["--database-url", "mssql://localhost/casts"]),
    case("a web page's URL", &["--database-url", "http://localhost:5432/casts"]),
    case("a slip in the scheme", &["--database-url", "postgress://localhost/casts"]),
    case("a replica of an SQLite file", &["--read-url", "postgres://localhost/casts"]),
    case("notifications of an SQLite file", &["--notify-url", "postgres://localhost/casts"]),
    with("the environment names the database", &[("DATABASE_URL", "nowhere/castgraph.db")]),
    case("export of what is not there", &["export", "--database-url", "nothing.db", "out"]),
    case("export onto a file that is there", &["export", "--database-url", "good.db", "notes.txt"]),
    case("backup of what is not there", &["backup", "--database-url", "nothing.db", "copy.db"]),
    case("backup onto a file that is there", &["backup", "--database-url", "good.db", "notes.txt"]),
    case("a path in what is not there", &["path", "--database-url", "nothing.db", "a", "b"]),
    case("a path from nobody", &["path", "--database-url", "good.db", "Nobody At All", "Patrick Stewart"]),
    case("import from nowhere", &["import", "nowhere"]),
    case("import of a file", &["import", "notes.txt"]),
    case("import of an empty folder", &["import", "folder"]),
    case("import of a folder with a fault", &["import", "faulty"]),
    case("generate into a database that has shows", &["generate", "--database-url", "good.db", "--shows", "1"]),
    case("generate no shows", &["generate", "--shows", "0"]),
    case("migrate no steps down", &["migrate", "down", "--steps", "0"]),
    case("no address to listen at", &["--listen", "here"]),
    case("a port that is none", &["--listen", "127.0.0.1:99999"]),
    case("a port in use", &["--listen", "127.0.0.1:BUSY"]),
    case("a port in use for metrics", &["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:BUSY"]),
    case("an address of another machine", &["--listen", "192.0.2.1:8080"]),
    case("a flag that there is not", &["--max-dept", "3"]),
    case("a command that there is not", &["sevre"]),
    case("a number that is none", &["--max-depth", "many"]),
    case("time that runs backwards", &["--request-timeout=-1"]),
    case("a word that is no choice", &["--migrate", "maybe"]),
    case("an origin without a scheme", &["--cors-origins", "example.org"]),
    case("a proxy that is no network", &["--trusted-proxies", "proxy"]),
    case("a collector without a scheme", &["--otlp-endpoint", "127.0.0.1:4318"]),
    case("a manifest that is not there", &["--trusted-documents", "nowhere.json"]),
    case("a manifest that is not JSON", &["--trusted-documents", "notes.txt"]),
    case("a manifest of nothing known", &["--trusted-documents", "manifest.json"]),
    with("a variable that is no setting", &[("CASTGRAPH_MAX_DEPHT", "3")]),
    with("a variable with a bad value", &[("CASTGRAPH_MAX_DEPTH", "deep")]),
];

/// What needs a PostgreSQL: `PG` is its host and port, `PORT` the latter.
const WITH_POSTGRES: &[Case] = &[
    case("nobody listens", &["--database-url", "postgres://keeper@127.0.0.1:CLOSED/casts"]),
    case("a host without an address", &["--database-url", "postgres://keeper@no-such-host.invalid/casts"]),
    case("something else listens", &["--database-url", "postgres://keeper@127.0.0.1:BUSY/casts?sslmode=disable"]),
    case("a socket that is not there", &["--database-url", "postgres://keeper@/casts?host=/nowhere"]),
    case("a database that is not there", &["--database-url", "postgres://keeper@PG/missing"]),
    case("a role that is not there", &["--database-url", "postgres://stranger@PG/casts"]),
    case("a wrong password", &["--database-url", "postgres://locked:guess@PG/casts"]),
    case("no password", &["--database-url", "postgres://locked@PG/casts"]),
    case("a password that is not encoded", &["--database-url", "postgres://locked:a/b@PG/casts"]),
    case("a role that may not come in", &["--database-url", "postgres://banned@PG/casts"]),
    case("a role that may not make tables", &["--database-url", "postgres://guest@PG/casts"]),
    case("a schema that is not there", &["--database-url", "postgres://keeper@PG/casts?options=-csearch_path%3Dnone"]),
    case("a schema of another program", &["--database-url", "postgres://keeper@PG/strange"]),
    case("another program's migrations", &["--database-url", "postgres://keeper@PG/migrated"]),
    case("a database of a newer castgraph", &["--database-url", "postgres://keeper@PG/newer"]),
    case("a database that may only be read", &["--database-url", "postgres://keeper@PG/reading"]),
    case("a database that takes no more connections", &["--database-url", "postgres://keeper@PG/crowded"]),
    case("export from an empty database", &["export", "--database-url", "postgres://keeper@PG/casts", "out"]),
    case("backup of PostgreSQL", &["backup", "--database-url", "postgres://keeper@PG/casts", "copy.db"]),
    case("TLS where there is none", &["--database-url", "postgres://plain@PG/casts?sslmode=require"]),
    case("TLS is needed", &["--database-url", "postgres://coded@PG/casts?sslmode=disable"]),
    case("a certificate nobody trusts", &["--database-url", "postgres://coded@PG/casts?sslmode=verify-full"]),
    case(
        "a certificate of another host",
        &["--database-url", "postgres://coded@PG/casts?sslmode=verify-full&sslrootcert=ca.crt"],
    ),
    case("a client certificate is needed", &["--database-url", "postgres://holder@PG/casts?sslmode=require"]),
    case(
        "a certificate without its key",
        &["--database-url", "postgres://coded@PG/casts?sslmode=require&sslcert=ca.crt"],
    ),
    case(
        "a root certificate that is not there",
        &["--database-url", "postgres://coded@PG/casts?sslrootcert=nowhere.pem"],
    ),
    case(
        "a root certificate that is none",
        &["--database-url", "postgres://coded@PG/casts?sslmode=verify-ca&sslrootcert=notes.txt"],
    ),
    case("a mode of TLS that there is not", &["--database-url", "postgres://coded@PG/casts?sslmode=full"]),
    case("a slip in a parameter", &["--database-url", "postgres://coded@PG/casts?sslmod=require"]),
    case("a port that is no number", &["--database-url", "postgres://keeper@127.0.0.1:port/casts"]),
    case("an SQLite file as a replica", &["--database-url", "postgres://keeper@PG/casts", "--read-url", "good.db"]),
    case(
        "an SQLite file for notifications",
        &["--database-url", "postgres://keeper@PG/casts", "--notify-url", "good.db"],
    ),
    case("import from nowhere into PostgreSQL", &["import", "--database-url", "postgres://keeper@PG/casts", "nowhere"]),
    case(
        "an old schema that may not be changed",
        &["--database-url", "postgres://keeper@PG/casts", "--migrate", "off"],
    ),
];

/// Roles and databases of the server; `hostssl` and `password` are of its `pg_hba.conf`.
const ACCESS: &str = "hostssl all coded 127.0.0.1/32 trust\nhostssl all holder 127.0.0.1/32 cert\n\
    hostnossl all plain 127.0.0.1/32 trust\nhost all locked 127.0.0.1/32 scram-sha-256\nhost all banned 127.0.0.1/32 reject\n\
    host all keeper,guest,stranger 127.0.0.1/32 trust";

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(contents(&entry));
            found.insert(entry, Vec::new());
        } else {
            let bytes = fs::read(&entry).expect("the file");
            found.insert(entry, bytes);
        }
    }
    found
}

async fn furnish(folder: &Path) {
    fs::create_dir(folder.join("folder")).expect("a folder");
    fs::write(folder.join("notes.txt"), "These are notes, and no database.\n").expect("notes");
    fs::write(folder.join("manifest.json"), "{\"documents\": 7}\n").expect("a manifest");
    let mut damaged = b"SQLite format 3\0".to_vec();
    damaged.extend([7; 8000]);
    fs::write(folder.join("damaged.db"), damaged).expect("a damaged file");
    sqlite_file(&folder.join("foreign.db"), &["CREATE TABLE person (name TEXT)", "CREATE TABLE pet (name TEXT)"]).await;
    sqlite_file(&folder.join("marked.db"), &["PRAGMA application_id = 7", "CREATE TABLE t (a)"]).await;
    let good = folder.join("good.db");
    let faulty = folder.join("faulty");
    fs::create_dir(&faulty).expect("a folder");
    cut::write(&faulty);
    run(folder, &["import", "--database-url", "good.db", "faulty"]);
    change(&faulty, "people.csv", "1962-07-07", "1962-17-07");
    fs::copy(good, folder.join("newer.db")).expect("a copy");
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_later', 0)";
    sqlite_file(&folder.join("newer.db"), &[later, "PRAGMA user_version = 999"]).await;
}

fn run(folder: &Path, arguments: &[&str]) {
    let output = program(folder).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castgraph"));
    command.current_dir(folder).env_clear().env("CASTGRAPH_LISTEN", "127.0.0.1:0").env("RUST_LOG", "off");
    command.stdin(Stdio::null());
    command
}

/// Starts all, and writes down what they say, with `places` in it by their names.
async fn start(cases: &[Case], folder: &Path, places: &[(&str, String)], state: impl AsyncFn() -> String) -> String {
    let (files, database) = (contents(folder), state().await);
    let mut told = String::new();
    for Case { title, arguments, environment } in cases {
        let filled = |text: &str| places.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
        let mut command = program(folder);
        command.args(arguments.iter().map(|argument| filled(argument)));
        command.envs(environment.iter().map(|(name, value)| (name, filled(value))));
        let output = command.output().expect("it runs");
        let mut said = String::from_utf8(output.stderr).expect("UTF-8");
        for (name, value) in places {
            said = said.replace(value, name);
        }
        let code = output.status.code().unwrap_or_else(|| panic!("{title}: a signal ended it"));
        let set: String = environment.iter().map(|(name, value)| format!("{name}={value} ")).collect();
        writeln!(told, "# {title}\n$ {set}castgraph {}\n{said}exit code {code}\n", arguments.join(" ")).expect("text");
        assert!(code == 1 || code == 2, "{title}: {code} {said}");
        assert!(output.stdout.is_empty(), "{title}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(contents(folder) == files, "{title} leaves something behind");
        assert_eq!(state().await, database, "{title} leaves something behind");
    }
    told
}

/// Compares with the part of the file that begins with this heading and ends with the next.
fn compare(heading: &str, told: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/castgraph/broken_starts.txt");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut parts: BTreeMap<String, String> = text
        .split("== ")
        .filter_map(|part| part.split_once(" ==\n\n"))
        .map(|(heading, part)| (heading.to_owned(), part.to_owned()))
        .collect();
    let known = parts.insert(heading.to_owned(), told.to_owned()).unwrap_or_default();
    if std::env::var_os("UPDATE_STARTS").is_some() {
        let all: String = parts.iter().map(|(heading, part)| format!("== {heading} ==\n\n{part}")).collect();
        return fs::write(path, all).expect("it is written");
    }
    for (known, told) in known.split("\n\n").zip(told.split("\n\n")) {
        assert_eq!(told, known, "UPDATE_STARTS=1 cargo test broken_starts");
    }
    assert_eq!(told, known);
}

#[tokio::test]
async fn without_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    furnish(folder.path()).await;
    let busy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = busy.local_addr().expect("an address").port().to_string();
    let told = start(ALONE, folder.path(), &[("BUSY", port)], async || String::new()).await;
    compare("ALONE", &told);
}

#[tokio::test]
async fn with_a_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    furnish(folder.path()).await;
    let configuration =
        "ssl = on\nssl_cert_file = 'localhost.crt'\nssl_key_file = 'localhost.key'\nssl_ca_file = 'ca.crt'";
    let Some(server) = Server::start(configuration, ACCESS) else { return };
    let keys = tempfile::tempdir().expect("a folder");
    let Some(authority) = Authority::make(keys.path(), "ca") else { return };
    let (certificate, key) = authority.sign("localhost", "DNS:localhost");
    for (name, path) in [("localhost.crt", &certificate), ("localhost.key", &key), ("ca.crt", &authority.certificate())]
    {
        server.file(&format!("data/{name}"), &fs::read_to_string(path).expect("the file"));
    }
    fs::copy(authority.certificate(), folder.path().join("ca.crt")).expect("a copy");
    let server = server.launch();
    let roles = ["keeper", "locked", "banned", "guest", "plain", "coded", "holder"];
    for role in roles {
        server.execute("postgres", &format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'")).await;
    }
    for name in ["casts", "strange", "migrated", "newer", "reading", "crowded"] {
        server.execute("postgres", &format!("CREATE DATABASE {name} OWNER keeper")).await;
    }
    server.execute("strange", "CREATE TABLE person (name text); CREATE TABLE pet (name text)").await;
    server.execute("migrated", "CREATE TABLE seaql_migrations (version text, applied_at bigint); INSERT INTO seaql_migrations VALUES ('m20200101_000001_theirs', 0); GRANT SELECT ON seaql_migrations TO keeper").await;
    let url = |name: &str| format!("postgres://keeper@127.0.0.1:{}/{name}", server.port);
    run(folder.path(), &["migrate", "--database-url", &url("newer"), "up"]);
    server
        .execute("newer", "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_later', 0)")
        .await;
    server
        .execute(
            "postgres",
            "ALTER DATABASE reading SET default_transaction_read_only = on; ALTER DATABASE crowded CONNECTION LIMIT 0",
        )
        .await;

    // Something that listens and hangs up.
    let busy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let stranger = busy.local_addr().expect("an address").port().to_string();
    std::thread::spawn(move || {
        for connection in busy.incoming().flatten() {
            let mut connection = connection;
            let _ = connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port().to_string();
    let places = [
        ("PG", format!("127.0.0.1:{}", server.port)),
        ("PORT", server.port.to_string()),
        ("BUSY", stranger),
        ("CLOSED", closed),
    ];
    let server = &server;
    let state = async || {
        let mut found = String::new();
        for name in ["casts", "strange", "migrated", "newer", "reading"] {
            let objects = "SELECT coalesce(string_agg(relname, ',' ORDER BY relname), '') FROM pg_class WHERE relnamespace = 'public'::regnamespace";
            write!(found, "{name}: {}; ", server.value(name, objects).await).expect("text");
        }
        found
    };
    let told = start(WITH_POSTGRES, folder.path(), &places, state).await;
    compare("WITH POSTGRESQL", &told);
}

#[test]
fn there_are_enough_of_them() {
    assert!(ALONE.len() + WITH_POSTGRES.len() >= 40);
}
