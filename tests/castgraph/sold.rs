//! PostgreSQL as it is sold: over TLS, through a pooler, over a socket, with odd passwords, in a schema alone, in
//! databases that sort in other ways.

pub mod server;

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    commands::{address_in, first_line},
    cut,
};
use server::{Authority, Pooler, Server};

/// The program with a database, and nothing else of the environment that it could take settings from.
fn command(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castgraph"));
    command.env_clear().env("DATABASE_URL", url).stdin(Stdio::null());
    command
}

/// Runs `castgraph migrate status`, which connects and changes nothing: nothing, or what it says to a failure.
fn refusal(url: &str) -> Option<String> {
    refusal_with(url, &[])
}

/// As [`refusal`], with these variables in the environment.
fn refusal_with(url: &str, variables: &[(&str, &str)]) -> Option<String> {
    let output =
        command(url).envs(variables.iter().copied()).args(["migrate", "status"]).output().expect("the program runs");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).trim_end().to_owned())
}

fn run(url: &str, arguments: &[&str]) -> Output {
    let output = command(url).args(arguments).output().expect("the program runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Imports the cut. A server that starts on an empty database imports the whole set, which takes longer.
pub fn import_cut(url: &str) {
    run(url, &["import", "--quiet", cut::copy().path().to_str().expect("a path")]);
}

/// A castgraph that serves until the test ends.
struct Castgraph {
    process: Child,
    address: String,
}

impl Castgraph {
    fn serve(url: &str, arguments: &[&str]) -> Self {
        let mut process = command(url)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        Self { address: address_in(&first_line(&mut process)), process }
    }

    fn exchange(&self, head: &str, body: &str) -> String {
        let mut connection = TcpStream::connect(&self.address).expect("a connection");
        let length = body.len();
        write!(connection, "{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
            .expect("it is sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("an answer");
        answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
    }

    /// The bytes of the answer to a query.
    fn answer(&self, query: &str) -> String {
        self.exchange("POST /graphql", &json!({ "query": query }).to_string())
    }

    fn title(&self) -> String {
        let answer: Value = serde_json::from_str(&self.answer(TITLE)).expect("JSON");
        answer["data"]["show"]["title"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// A number in the metrics.
    fn number(&self, name: &str) -> u64 {
        let metrics = self.exchange("GET /metrics", "");
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name} in {metrics}"))
    }

    /// Waits until answers come from memory.
    fn keeps(&self) {
        let before = self.number("castgraph_answers_again_total");
        while self.number("castgraph_answers_again_total") == before {
            self.title();
            sleep(Duration::from_millis(5));
        }
    }

    /// Stops it as a supervisor does.
    fn stop(mut self) {
        let told = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
        assert!(self.process.wait().expect("it ends").success());
    }
}

impl Drop for Castgraph {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const TITLE: &str = r#"{ show(by: {slug: "star-trek-picard"}) { title } }"#;

/// Questions whose answers depend on how texts sort and compare, and on every kind of statement.
const QUESTIONS: [&str; 9] = [
    "{ shows(first: 50, orderBy: {field: TITLE, direction: ASC}) { totalCount edges { cursor node { title } } } }",
    "{ people(first: 100, orderBy: {field: NAME, direction: DESC}) { edges { cursor node { name slug born } } } }",
    "{ characters(first: 100) { nodes { name performers { nodes { person { name } } } } } }",
    r#"{ people(filter: {name: {startsWith: "re"}}) { totalCount nodes { name } } }"#,
    r#"{ people(filter: {name: {contains: "RENÉ"}}) { totalCount nodes { name } } }"#,
    r#"{ search(query: "picrad", first: 20) { edges { cursor node { kind matched } } } }"#,
    r#"{ episodes(filter: {airedOn: {from: "2022", to: "2023"}}) { totalCount nodes { slug title } } }"#,
    r#"{ show(by: {slug: "star-trek-picard"}) { returns(first: 20) { nodes { character { name } yearsAway } }
        seasons { nodes { cast(first: 30) { nodes { person { name } character { name } } } } } } }"#,
    r#"{ path(from: {slug: "whoopi-goldberg"}, to: {slug: "leonard-nimoy"}) { length people { name } } }"#,
];

fn answers(castgraph: &Castgraph) -> Vec<String> {
    let answers: Vec<String> = QUESTIONS.iter().map(|question| castgraph.answer(question)).collect();
    for (question, answer) in QUESTIONS.iter().zip(&answers) {
        assert!(answer.starts_with(r#"{"data":{"#) && !answer.contains("errors"), "{question}: {answer}");
    }
    answers
}

async fn rename(server: &Server, database: &str, title: &str) {
    server.execute(database, &format!("UPDATE show SET title = '{title}' WHERE slug = 'star-trek-picard'")).await;
}

/// Changes the title a few times; every answer that is asked for after `patience` has the newest.
async fn follows(server: &Server, castgraph: &Castgraph, database: &str) {
    for title in ["One", "Two", "Three"] {
        rename(server, database, title).await;
        while castgraph.title() != title {
            sleep(Duration::from_millis(1));
        }
    }
}

const WITH_TLS: &str = "hostssl all keeper 127.0.0.1/32 trust\n\
    hostssl all holder 127.0.0.1/32 cert\n\
    hostnossl all plain 127.0.0.1/32 trust";

#[tokio::test]
async fn certificates_are_looked_at_as_sslmode_says() {
    let Some(server) = Server::start(
        "ssl = on\nssl_cert_file = 'localhost.crt'\nssl_key_file = 'localhost.key'\nssl_ca_file = 'right.crt'",
        WITH_TLS,
    ) else {
        return;
    };
    let keys = tempfile::tempdir().expect("a folder");
    let (Some(right), Some(wrong)) = (Authority::make(keys.path(), "right"), Authority::make(keys.path(), "wrong"))
    else {
        return;
    };
    let host = right.sign("localhost", "DNS:localhost");
    let holder = right.sign("holder", "DNS:holder");
    for file in [&host.0, &host.1, &right.certificate()] {
        let name = Path::new(file).file_name().and_then(|name| name.to_str()).expect("a name");
        server.file(&format!("data/{name}"), &std::fs::read_to_string(file).expect("the file"));
    }
    let server = server.launch();
    server.execute("postgres", "CREATE ROLE keeper LOGIN; CREATE ROLE holder LOGIN; CREATE ROLE plain LOGIN; CREATE DATABASE keeper OWNER keeper").await;
    let port = server.port;
    let url = |user: &str, host: &str, rest: &str| format!("postgres://{user}@{host}:{port}/keeper?{rest}");
    let (ca, other) =
        (format!("&sslrootcert={}", right.certificate()), format!("&sslrootcert={}", wrong.certificate()));
    let own = format!("&sslcert={}&sslkey={}", holder.0, holder.1);

    for fine in [
        url("keeper", "127.0.0.1", ""),
        url("keeper", "127.0.0.1", "sslmode=allow"),
        url("keeper", "127.0.0.1", "sslmode=prefer"),
        url("keeper", "127.0.0.1", "sslmode=require"),
        url("keeper", "127.0.0.1", &format!("sslmode=require{ca}")),
        url("keeper", "127.0.0.1", &format!("sslmode=verify-ca{ca}")),
        url("keeper", "localhost", &format!("sslmode=verify-full{ca}")),
        url("holder", "localhost", &format!("sslmode=verify-full{ca}{own}")),
        url("plain", "127.0.0.1", "sslmode=disable"),
        url("plain", "127.0.0.1", "sslmode=allow"),
        url("plain", "127.0.0.1", "sslmode=prefer"),
    ] {
        assert_eq!(refusal(&fine), None, "{fine}");
    }
    let untrusted = "certificate is not signed by a trusted authority";
    for (bad, reason) in [
        (url("keeper", "127.0.0.1", "sslmode=disable"), "requires TLS"),
        (url("keeper", "127.0.0.1", "sslmode=verify-ca"), untrusted),
        (url("keeper", "127.0.0.1", &format!("sslmode=verify-ca{other}")), untrusted),
        (url("keeper", "127.0.0.1", &format!("sslmode=require{other}")), untrusted),
        (url("keeper", "localhost", "sslrootcert=system"), untrusted),
        (url("keeper", "127.0.0.1", &format!("sslmode=verify-full{ca}")), "is not valid for 127.0.0.1"),
        (url("holder", "localhost", &format!("sslmode=verify-full{ca}")), "client certificate"),
        (url("plain", "127.0.0.1", "sslmode=require"), "rejects the role"),
    ] {
        let said = refusal(&bad).unwrap_or_else(|| panic!("{bad} is let in"));
        assert!(said.starts_with("castgraph: ") && said.contains(reason), "{bad}: {said}");
    }

    let plain = url("keeper", "localhost", "");
    assert!(refusal_with(&plain, &[("PGSSLMODE", "disable")]).is_some_and(|said| said.contains("requires TLS")));
    let full = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", &right.certificate())];
    assert_eq!(refusal_with(&plain, &full), None);
    let other = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", &wrong.certificate())];
    assert!(refusal_with(&plain, &other).is_some_and(|said| said.contains(untrusted)));

    // Every connection of a server is one over TLS, that which listens too.
    let full = url("keeper", "localhost", &format!("sslmode=verify-full{ca}"));
    import_cut(&full);
    let castgraph = Castgraph::serve(&full, &[]);
    castgraph.keeps();
    follows(&server, &castgraph, "keeper").await;
    let connections = "SELECT count(*) FILTER (WHERE NOT ssl) || ' of ' || (count(*) > 2) || ' ' || count(*) FILTER (WHERE query LIKE 'LISTEN%')
        FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'keeper'";
    assert_eq!(server.value("postgres", connections).await, "0 of true 1");
    castgraph.stop();
}

#[tokio::test]
async fn a_server_without_tls_is_used_unless_tls_is_wanted() {
    let Some(server) = Server::start("", "host all all 127.0.0.1/32 trust") else { return };
    let server = server.launch();
    let url = |mode: &str| format!("postgres://postgres@127.0.0.1:{}/postgres{mode}", server.port);
    for mode in ["", "?sslmode=disable", "?sslmode=allow", "?sslmode=prefer"] {
        assert_eq!(refusal(&url(mode)), None, "{mode}");
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        let said = refusal(&url(&format!("?sslmode={mode}"))).unwrap_or_default();
        assert!(said.contains("the server does not offer TLS"), "{said}");
    }
}

#[tokio::test]
async fn through_a_transaction_pooler_answers_are_right_and_never_old() {
    let Some(server) = Server::start("", "host all all 127.0.0.1/32 trust") else { return };
    let server = server.launch();
    server.execute("postgres", "CREATE DATABASE casts").await;
    // Few connections, so that castgraphs meet each other's on the server.
    let Some(pooler) = Pooler::start(&server, "default_pool_size = 3") else { return };
    let url = |port: u16| format!("postgres://postgres@127.0.0.1:{port}/casts");
    let (through, direct) = (url(pooler.port), url(server.port));
    import_cut(&through);
    let one = Castgraph::serve(&through, &[]);
    let other = Castgraph::serve(&through, &[]);
    let notified = Castgraph::serve(&through, &["--notify-url", &direct]);
    let alone = Castgraph::serve(&direct, &[]);
    let expected = answers(&alone);
    std::thread::scope(|scope| {
        for castgraph in [&one, &other, &notified, &one, &other] {
            scope.spawn(|| {
                for _ in 0..3 {
                    assert_eq!(answers(castgraph), expected);
                }
            });
        }
    });
    notified.keeps();
    // No transaction stays open while nobody asks.
    let open = "SELECT count(*)::text FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";
    while server.value("casts", open).await != "0" {
        sleep(Duration::from_millis(5));
    }
    for title in ["One", "Two", "Three"] {
        rename(&server, "casts", title).await;
        // It cannot hear of changes, so it keeps nothing, and what it says is never old.
        assert_eq!([one.title(), other.title()], [title, title]);
        while notified.title() != title {
            sleep(Duration::from_millis(1));
        }
    }
    assert_eq!(one.number("castgraph_cache_entries"), 0);
    assert_eq!(one.number("castgraph_answers_again_total"), 0);
    for castgraph in [one, other, notified, alone] {
        castgraph.stop();
    }

    let folder = tempfile::tempdir().expect("a folder");
    let (from, again) = (folder.path().join("from"), folder.path().join("again"));
    run(&through, &["export", from.to_str().expect("a path")]);
    run(&through, &["import", "--remove-leftovers", from.to_str().expect("a path")]);
    run(&direct, &["export", again.to_str().expect("a path")]);
    for file in std::fs::read_dir(&from).expect("the export") {
        let file = file.expect("a file");
        // An export says the cursor at which it was taken.
        let lines = |path: &Path| {
            let text = std::fs::read_to_string(path).expect("the file");
            text.lines().filter(|line| !line.starts_with("  \"cursor\": ")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert!(lines(&file.path()) == lines(&again.join(file.file_name())), "{:?}", file.file_name());
    }
    run(&through, &["migrate", "down", "--steps", "99"]);
    run(&through, &["generate", "--shows", "20"]);
    assert_eq!(server.value("casts", "SELECT count(*)::text FROM show").await, "20");
}

/// Settings of the URL hold through a pooler that refuses to take them when connecting, and one that ignores them.
#[tokio::test]
async fn settings_of_the_url_hold_through_a_pooler() {
    let Some(server) = Server::start("", "host all all 127.0.0.1/32 trust") else { return };
    let server = server.launch();
    server.execute("postgres", "CREATE ROLE keeper LOGIN; CREATE DATABASE casts").await;
    server.execute("casts", "CREATE SCHEMA mine AUTHORIZATION keeper; REVOKE ALL ON SCHEMA public FROM PUBLIC").await;
    for configuration in ["", "ignore_startup_parameters = options\nserver_round_robin = 1"] {
        let Some(pooler) = Pooler::start(&server, configuration) else { return };
        let url = format!("postgres://keeper@127.0.0.1:{}/casts?options=-csearch_path%3Dmine", pooler.port);
        // The server creates its tables and imports the whole set through the pooler.
        let castgraph = Castgraph::serve(&url, &[]);
        assert_eq!(castgraph.title(), "Star Trek: Picard");
        castgraph.stop();
        let tables = "SELECT string_agg(DISTINCT schemaname, ',') FROM pg_tables WHERE tableowner = 'keeper'";
        assert_eq!(server.value("casts", tables).await, "mine", "{configuration}");
        run(&url, &["migrate", "down", "--steps", "99"]);
    }
}

/// A pooler that keeps sessions apart refuses settings too, but lets notifications through.
#[tokio::test]
async fn through_a_session_pooler_answers_are_kept() {
    let Some(server) = Server::start("", "host all all 127.0.0.1/32 trust") else { return };
    let server = server.launch();
    let Some(pooler) = Pooler::start(&server, "pool_mode = session\ndefault_pool_size = 50") else { return };
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres?pgbouncer=false", pooler.port);
    import_cut(&url);
    let castgraph = Castgraph::serve(&url, &[]);
    castgraph.keeps();
    follows(&server, &castgraph, "postgres").await;
    castgraph.stop();
}

#[tokio::test]
async fn a_notify_url_of_another_database_is_found_out() {
    let Some(server) = Server::start("", "host all all 127.0.0.1/32 trust") else { return };
    let server = server.launch();
    server.execute("postgres", "CREATE DATABASE casts").await;
    let url = |name: &str| format!("postgres://postgres@127.0.0.1:{}/{name}", server.port);
    import_cut(&url("casts"));
    let mut process = command(&url("casts"))
        .args(["serve", "--listen", "127.0.0.1:0", "--notify-url", &url("postgres")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let log = std::io::BufReader::new(process.stderr.take().expect("the log"));
    let told = std::io::BufRead::lines(log).map_while(Result::ok).find(|line| line.contains("cache disabled"));
    process.kill().expect("it ends");
    process.wait().expect("it ends");
    assert!(told.as_ref().is_some_and(|line| line.contains("no notifications arrive")), "{told:?}");
}

#[tokio::test]
async fn over_a_socket_in_both_forms() {
    let Some(server) = Server::start("", "") else { return };
    let server = server.launch();
    let (socket, port) = (server.path().to_str().expect("a path"), server.port);
    let encoded = socket.replace('/', "%2F");
    for url in [
        format!("postgres://postgres@/postgres?host={socket}&port={port}"),
        format!("postgres:///postgres?host={encoded}&port={port}&user=postgres"),
        format!("postgres://postgres:p%40+ss@:{port}/postgres?host={socket}"),
        format!("postgresql://postgres@{encoded}:{port}/postgres"),
        // There is no TLS to want over a socket.
        format!("postgres://postgres@{encoded}:{port}/postgres?sslmode=require"),
    ] {
        assert_eq!(refusal(&url), None, "{url}");
    }
    let (place, nowhere) = ([("PGHOST", socket), ("PGPORT", &port.to_string())], [("PGHOST", "/nowhere")]);
    let rest = [("PGUSER", "postgres"), ("PGDATABASE", "postgres")];
    assert_eq!(refusal_with("postgres://", &[place, rest].concat()), None);
    assert!(refusal_with("postgres://", &nowhere).is_some_and(|said| said.contains("no such socket")));
    let url = format!("postgres://postgres@{encoded}:{port}/postgres");
    import_cut(&url);
    let castgraph = Castgraph::serve(&url, &[]);
    castgraph.keeps();
    follows(&server, &castgraph, "postgres").await;
    castgraph.stop();
}

#[tokio::test]
async fn passwords_may_hold_anything() {
    let Some(server) = Server::start("", "host all all 127.0.0.1/32 scram-sha-256") else { return };
    let server = server.launch();
    server.execute("postgres", "CREATE ROLE keeper LOGIN; CREATE DATABASE casts OWNER keeper").await;
    for password in ["p@ss", "a:b", "a/b", "what?", "a#b", "50%", "%41", "a b", "a+b", "a&b=c", "é'\"\\", "[x]"] {
        server.execute("postgres", &format!("ALTER ROLE keeper PASSWORD '{}'", password.replace('\'', "''"))).await;
        let encoded: String = password.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let url = format!("postgres://keeper:{encoded}@127.0.0.1:{}/casts", server.port);
        assert_eq!(refusal(&url), None, "{password}");
        let wrong = format!("postgres://keeper:{encoded}x@127.0.0.1:{}/casts", server.port);
        let said = refusal(&wrong).unwrap_or_default();
        assert!(
            said.contains("rejects the password") && !said.contains(password) && !said.contains(&encoded),
            "{said}"
        );
    }
    for password in ["p@ss", "a/b", "what?", "a#b"] {
        let said =
            refusal(&format!("postgres://keeper:{password}@127.0.0.1:{}/casts", server.port)).unwrap_or_default();
        assert!(said.contains("percent-encode it") && !said.contains(password), "{said}");
    }
}

#[tokio::test]
async fn a_role_that_owns_only_a_schema_can_do_everything() {
    let Some(server) = Server::start("", "host all all 127.0.0.1/32 trust") else { return };
    let server = server.launch();
    server.execute("postgres", "CREATE ROLE keeper LOGIN; CREATE ROLE told LOGIN; CREATE DATABASE casts; ALTER ROLE told SET search_path = theirs").await;
    server.execute("casts", "CREATE SCHEMA mine AUTHORIZATION keeper; CREATE SCHEMA theirs AUTHORIZATION told; REVOKE ALL ON SCHEMA public FROM PUBLIC").await;
    server.execute("casts", "CREATE TABLE public.person (name text)").await;
    let url = |user: &str, rest: &str| format!("postgres://{user}@127.0.0.1:{}/casts{rest}", server.port);
    let mut found = Vec::new();
    for (user, schema, rest) in [("keeper", "mine", "?options=-csearch_path%3Dmine"), ("told", "theirs", "")] {
        import_cut(&url(user, rest));
        let castgraph = Castgraph::serve(&url(user, rest), &[]);
        found.push(answers(&castgraph));
        castgraph.keeps();
        for title in ["One", "Two"] {
            let sql = format!(
                "SET search_path = {schema}; UPDATE show SET title = '{title}' WHERE slug = 'star-trek-picard'"
            );
            server.execute("casts", &sql).await;
            while castgraph.title() != title {
                sleep(Duration::from_millis(1));
            }
        }
        castgraph.stop();
        let places = format!(
            "SELECT string_agg(DISTINCT nspname, ',') FROM (
                SELECT relnamespace AS n FROM pg_class WHERE relowner = '{user}'::regrole AND relnamespace <> 'pg_toast'::regnamespace
                UNION SELECT pronamespace FROM pg_proc WHERE proowner = '{user}'::regrole) AS own
             JOIN pg_namespace ON oid = n"
        );
        assert_eq!(server.value("casts", &places).await, schema);
        run(&url(user, rest), &["migrate", "down", "--steps", "99"]);
        run(&url(user, rest), &["generate", "--shows", "10"]);
    }
    assert_eq!(found[0], found[1]);
    let said = refusal(&url("keeper", "")).unwrap_or_default();
    assert!(said.contains("search_path"), "{said}");
}

#[tokio::test]
async fn databases_that_sort_in_other_ways_give_the_same_bytes() {
    let Some(server) = Server::start("", "host all all 127.0.0.1/32 trust") else { return };
    let server = server.launch();
    let mut found = Vec::new();
    for (name, how) in [
        ("plain", "LC_COLLATE 'C' LC_CTYPE 'C'"),
        ("unicode", "LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"),
        ("german", "LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'"),
        ("root", "LOCALE_PROVIDER icu ICU_LOCALE 'und-u-ks-level1'"),
    ] {
        server.execute("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {how}")).await;
        let url = format!("postgres://postgres@127.0.0.1:{}/{name}", server.port);
        import_cut(&url);
        let castgraph = Castgraph::serve(&url, &[]);
        found.push(answers(&castgraph));
        castgraph.stop();
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("castgraph.db");
    let file = file.to_str().expect("a path");
    import_cut(file);
    let sqlite = Castgraph::serve(file, &[]);
    found.push(answers(&sqlite));
    for (place, other) in found.iter().enumerate() {
        assert_eq!(other, &found[0], "database {place}");
    }
}
