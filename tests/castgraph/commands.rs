//! The program as a user runs it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use castgraph::graphql;
use clap::CommandFactory;
use sea_orm::ConnectionTrait;

use crate::{
    cut,
    import::change,
    site::{self, Set},
};

pub fn castgraph(folder: &Path, arguments: &[&str]) -> Output {
    command(folder).args(arguments).output().expect("the program runs")
}

pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castgraph"));
    command.current_dir(folder).env_remove("DATABASE_URL").env_remove("CASTGRAPH_LISTEN").env_remove("RUST_LOG");
    command
}

pub fn text(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Imports the cut into the database in a folder. A server that starts on an empty database imports the whole set, which
/// takes longer.
pub fn import_cut(folder: &Path) {
    let data = cut::copy();
    let output = castgraph(folder, &["import", "--quiet", data.path().to_str().expect("a path")]);
    assert!(output.status.success(), "{}", text(&output).1);
}

#[test]
fn schema_prints_the_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = castgraph(folder.path(), &["schema"]);
    assert!(output.status.success());
    assert_eq!(text(&output).0, graphql::sdl());
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0, "it makes no file");
}

#[test]
fn migrations_go_up_and_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let output = castgraph(folder.path(), arguments);
        assert!(output.status.success(), "{}", text(&output).1);
        text(&output).0
    };
    let pending = run(&["migrate", "status"]);
    assert_eq!(pending.matches("pending").count(), pending.lines().count());
    let all = pending.lines().count();
    assert_eq!(run(&["migrate", "up"]), format!("applied {all} migrations\n"));
    assert_eq!(run(&["migrate", "up"]), "applied 0 migrations\n");
    assert_eq!(run(&["migrate", "status"]).matches("applied").count(), all);
    assert_eq!(run(&["migrate", "down"]), "reverted 1 migration\n");
    assert_eq!(run(&["migrate", "down", "--steps", "99"]), format!("reverted {} migrations\n", all - 1));
    assert_eq!(run(&["migrate", "up"]), format!("applied {all} migrations\n"), "nothing was left behind");
}

#[test]
fn a_folder_is_imported_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = cut::copy();
    let import = || castgraph(folder.path(), &["import", data.path().to_str().expect("a path")]);
    let first = import();
    assert!(first.status.success(), "{}", text(&first).1);
    assert!(text(&first).0.contains("shows                     27"), "{}", text(&first).0);

    change(data.path(), "people.csv", "1962-07-07", "1962-17-07");
    let second = import();
    assert!(!second.status.success());
    assert!(text(&second).1.contains("people.csv:4: born"), "{}", text(&second).1);
}

#[test]
fn what_is_not_understood_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, reason) in [
        (&["--listen", "here"][..], "invalid value 'here' for '--listen"),
        (&["sevre"], "serve"),
        (&["import"], "<FOLDER>"),
        (&["import", "nowhere"], "nowhere"),
        (&["--database-url", "/no/such/folder/castgraph.db"], "the folder /no/such/folder does not exist"),
        (&["--max-dept", "3"], "--max-depth"),
        (&["--request-timeout=-1"], "seconds from 0"),
        (&["--cors-origins", "example.org"], "https://example.org"),
        (&["--trusted-documents", "nowhere.json"], "nowhere.json"),
        (&["--otlp-endpoint", "127.0.0.1:4318"], "http://"),
    ] {
        let output = castgraph(folder.path(), arguments);
        assert!(!output.status.success());
        assert!(text(&output).1.contains(reason), "{arguments:?}: {}", text(&output).1);
    }
}

#[test]
fn settings_are_told_and_slips_in_their_names_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut told = command(folder.path());
    told.args(["config", "--max-depth", "7"])
        .env("CASTGRAPH_MAX_BODY", "1000")
        .env("DATABASE_URL", "postgres://a:b@c/d");
    let (told, _) = text(&told.output().expect("the program runs"));
    let line = |name: &str| told.lines().find(|line| line.starts_with(name)).expect("the setting").to_owned();
    assert!(line("--max-depth ").contains('7') && line("--max-depth ").ends_with("command line"), "{told}");
    assert!(line("--max-body").contains("1000") && line("--max-body").ends_with("environment (CASTGRAPH_MAX_BODY)"));
    assert!(line("--listen").ends_with("default (CASTGRAPH_LISTEN)"), "{told}");
    assert!(line("--database-url").contains("postgres://a:***@c/d"), "{told}");

    let slip = command(folder.path()).env("CASTGRAPH_MAX_DEPHT", "3").output().expect("the program runs");
    assert!(!slip.status.success() && text(&slip).1.contains("did you mean CASTGRAPH_MAX_DEPTH?"), "{}", text(&slip).1);
}

#[test]
fn a_stranger_starts_it_and_asks() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = command(folder.path())
        .args(["serve", "--log-format", "json"])
        .env("CASTGRAPH_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let address = address_in(&first_line(&mut server));
    let body = r#"{"query":"query People { people { totalCount } }","operationName":"People"}"#;
    let mut connection = TcpStream::connect(&address).expect("a connection");
    write!(
        connection,
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("the request is sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    let calendar = get(&address, "/schedule.ics?from=2022-03-03&to=2022-05-05&territory=US&show=star-trek-picard");
    assert!(calendar.contains("content-type: text/calendar") && calendar.ends_with("END:VCALENDAR\r\n"), "{calendar}");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 10, "ten Thursdays: {calendar}");
    for wrong in ["from=never", "territory=Nowhere", "when=now"] {
        let answer = get(&address, &format!("/schedule.ics?{wrong}"));
        assert!(answer.starts_with("HTTP/1.1 400"), "{wrong}: {answer}");
    }
    let nowhere = get(&address, "/schedule.ics?show=nowhere");
    assert!(nowhere.starts_with("HTTP/1.1 404") && nowhere.contains("no Show has the slug"), "{nowhere}");
    let stop = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().expect("kill is there");
    assert!(stop.success());
    let output = server.wait_with_output().expect("the server stops");
    assert!(output.status.success(), "a stop that was asked for is no failure");
    let (_, log) = text(&output);
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON"));
    let request = lines.into_iter().find(|line| line["message"] == "request").expect("the request is logged");
    assert_eq!((&request["operation"], &request["status"]), (&"People".into(), &200.into()), "{request}");
    assert_eq!((&request["statements"], &request["cost"]), (&1.into(), &2.into()), "{request}");
    assert_eq!(request["document"].as_str().map(str::len), Some(16), "{request}");
    assert!(request["ms"].is_number() && request["rows"].is_number() && request["id"].is_string(), "{request}");
    let due = format!(r#"{{"data":{{"people":{{"totalCount":{}}}}}}}"#, site::rows("people"));
    assert!(answer.ends_with(&due), "{answer}");
    assert!(folder.path().join("castgraph.db").exists());
}

/// The line in which a server that has started tells where it answers.
pub fn first_line(server: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().expect("output")).read_line(&mut line).expect("a line");
    line
}

/// The address and port in that line.
pub fn address_in(line: &str) -> String {
    line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("the address").to_owned()
}

fn get(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).expect("a connection");
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it is sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    answer
}

#[tokio::test]
async fn several_that_start_together_make_one_database() {
    let Some(site) = site::postgres(Set::Empty).await else { return };
    for statement in ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"] {
        site.store.write().execute_unprepared(statement).await.expect("the database is emptied");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let servers: Vec<_> = (0..3)
        .map(|_| {
            let mut server = command(folder.path());
            server.env("CASTGRAPH_LISTEN", "127.0.0.1:0").env("DATABASE_URL", &site.url).stdout(Stdio::piped());
            server.stderr(Stdio::piped()).spawn().expect("the program runs")
        })
        .collect();
    for mut server in servers {
        let line = first_line(&mut server);
        server.kill().expect("the server stops");
        let output = server.wait_with_output().expect("the server stops");
        assert!(line.contains("castgraph listens"), "{}", text(&output).1);
    }
    assert_eq!(site.data("{ people { totalCount } }").await["people"]["totalCount"], site::rows("people"));
    site.remove().await;
}

#[tokio::test]
async fn an_old_postgresql_is_changed_only_by_who_is_told_to() {
    let Some(site) = site::postgres(Set::Cut).await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let serve = |migrate: &str| {
        let mut server = command(folder.path());
        server
            .args(["serve", "--migrate", migrate])
            .env("CASTGRAPH_LISTEN", "127.0.0.1:0")
            .env("DATABASE_URL", &site.url);
        server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs")
    };
    let refused = |migrate: &str| {
        let output = serve(migrate).wait_with_output().expect("it ends");
        assert!(!output.status.success());
        assert!(text(&output).1.contains("needs 1 migration;") && text(&output).1.contains("castgraph migrate up"));
    };
    let down = command(folder.path()).args(["migrate", "down"]).env("DATABASE_URL", &site.url).output();
    assert!(down.expect("the program runs").status.success());
    refused("auto");
    refused("off");
    let mut server = serve("on");
    let line = first_line(&mut server);
    assert!(line.contains("castgraph listens"), "{line}");
    server.kill().expect("it stops");
    server.wait().expect("it stops");
    site.remove().await;
}

#[test]
fn path_prints_the_chain_or_tells_who_may_be_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    import_cut(folder.path());
    let found = castgraph(folder.path(), &["path", "WHOOPI goldberg", "tom-hardy"]);
    let chain = "Whoopi Goldberg → Tom Hardy: 1 link\n\
                 1. Whoopi Goldberg (Guinan) and Tom Hardy (Shinzon) in Star Trek Nemesis\n";
    assert_eq!(text(&found), (chain.to_owned(), String::new()));
    assert_eq!(text(&castgraph(folder.path(), &["path", "whopi", "hardy"])).0, chain);
    let played = castgraph(folder.path(), &["path", "Data", "jean-luc-picard"]);
    assert!(text(&played).0.starts_with("Brent Spiner → Patrick Stewart: 1 link\n"), "{}", text(&played).0);
    assert!(text(&played).1.contains("\"Data\": Data, played by Brent Spiner"), "{}", text(&played).1);
    let json = castgraph(folder.path(), &["path", "--json", "whoopi-goldberg", "tom-hardy"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["length"], 1);
    assert_eq!(json["steps"][0]["show"]["slug"], "star-trek-nemesis");
    for (name, told) in [
        ("michael", "\n  michael-dorn (person Michael Dorn)"),
        ("picard", "\n  jean-luc-picard (character Jean-Luc Picard)"),
        ("Nobody Of This Name", "no person or character is called \"Nobody Of This Name\""),
    ] {
        let refused = castgraph(folder.path(), &["path", name, "tom-hardy"]);
        assert!(!refused.status.success());
        assert!(text(&refused).1.contains(told), "{}", text(&refused).1);
    }
}

#[test]
fn help_fits_a_screen_and_the_description_of_commands_is_sound() {
    castgraph::cli::Cli::command().debug_assert();
    let folder = tempfile::tempdir().expect("a folder");
    let short = text(&castgraph(folder.path(), &["-h"])).0;
    assert!(short.lines().count() <= 24, "{} lines: {short}", short.lines().count());
    assert!(short.lines().all(|line| line.chars().count() <= 80), "{short}");
    for command in ["serve", "import", "new", "generate", "export", "backup", "path", "config", "migrate", "health"] {
        let short = text(&castgraph(folder.path(), &[command, "-h"])).0;
        assert!(short.contains("Usage: ") && short.lines().count() <= 24, "{command}: {short}");
    }
    let all = text(&castgraph(folder.path(), &["--help"])).0;
    assert!(all.contains("--max-depth") && all.contains("CASTGRAPH_MAX_DEPTH"), "{all}");
}

#[test]
fn completions_and_manual_pages_can_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = castgraph(folder.path(), &["completions", shell]);
        assert!(script.status.success() && text(&script).0.contains("database-url"), "{shell}");
    }
    let script = text(&castgraph(folder.path(), &["completions", "bash"])).0;
    fs::write(folder.path().join("completions"), script).expect("it is written");
    let complete = "source completions; COMP_WORDS=(castgraph imp); COMP_CWORD=1; _castgraph castgraph imp castgraph; \
                    echo \"${COMPREPLY[@]}\"";
    let found = Command::new("bash").args(["-c", complete]).current_dir(folder.path()).output().expect("bash");
    assert_eq!(text(&found).0.trim(), "import", "{}", text(&found).1);
    assert!(castgraph(folder.path(), &["man", "pages"]).status.success());
    let page = fs::read_to_string(folder.path().join("pages/castgraph.1")).expect("the page");
    assert!(page.contains(".TH castgraph 1") && folder.path().join("pages/castgraph-import.1").exists());
}

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = env!("CARGO_BIN_EXE_castgraph");
    for arguments in ["schema", "config", "config --example", "completions bash", "migrate status", "--help"] {
        let line = format!("set -o pipefail; {binary} {arguments} | head -1 >/dev/null");
        let output = Command::new("bash").args(["-c", &line]).current_dir(folder.path()).output().expect("bash");
        assert_eq!((output.status.code(), text(&output).1), (Some(0), String::new()), "{arguments}");
    }
}

#[test]
fn a_settings_file_stands_behind_flags_and_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = "max-depth = 7\nmax_body = 1000\ncors-origins = [\"https://a.example\"]\nlisten = \":0\"\n";
    fs::write(folder.path().join("c.toml"), file).expect("it is written");
    let mut told = command(folder.path());
    told.args(["config", "--config", "c.toml", "--max-body", "5"]).env("CASTGRAPH_MAX_DEPTH", "9");
    let told = text(&told.output().expect("the program runs")).0;
    let line = |name: &str| told.lines().find(|line| line.starts_with(name)).expect("the setting").to_owned();
    assert!(line("--max-body ").contains(" 5 ") && line("--max-body ").ends_with("command line"), "{told}");
    assert!(line("--max-depth ").contains(" 9 "), "{told}");
    assert!(line("--cors-origins").contains("https://a.example") && line("--cors-origins").ends_with("file c.toml"));
    let check = |text_of_file: &str| {
        fs::write(folder.path().join("c.toml"), text_of_file).expect("it is written");
        let output = castgraph(folder.path(), &["config", "--check", "--config", "c.toml"]);
        (output.status.code(), text(&output).0 + &text(&output).1)
    };
    assert_eq!(check("max-depth = 7\n"), (Some(0), "the settings are valid\n".to_owned()));
    let (code, reason) = check("max-dept = 7\ncors-origins = \"example\"\n");
    assert_eq!(code, Some(1));
    assert!(reason.contains("c.toml:1: max-dept is not a setting; did you mean max-depth?"), "{reason}");
    assert!(reason.contains("c.toml:2: cors-origins: invalid value 'example'"), "{reason}");
    let (code, reason) = check("database-url = \"mysql://a@b/c\"\ntrusted-documents = [\"no.json\"]\n");
    assert_eq!(code, Some(1));
    assert!(reason.contains("mysql://") && reason.contains("no.json"), "{reason}");
    let example = text(&castgraph(folder.path(), &["config", "--example"])).0;
    assert_eq!(check(&example).0, Some(0));
}
