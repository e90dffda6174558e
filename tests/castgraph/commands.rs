//! The program as a user runs it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Command, Output, Stdio},
};

use castgraph::graphql;

fn castgraph(folder: &Path, arguments: &[&str]) -> Output {
    command(folder).args(arguments).output().expect("the program runs")
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castgraph"));
    command.current_dir(folder).env_remove("DATABASE_URL").env_remove("CASTGRAPH_LISTEN").env_remove("RUST_LOG");
    command
}

fn text(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
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
    assert_eq!(pending.matches("Pending").count(), pending.lines().count());
    let all = pending.lines().count();
    assert_eq!(run(&["migrate", "up"]), format!("{all} migrations applied\n"));
    assert_eq!(run(&["migrate", "up"]), "0 migrations applied\n");
    assert_eq!(run(&["migrate", "status"]).matches("Applied").count(), all);
    assert_eq!(run(&["migrate", "down"]), "1 migration taken back\n");
    assert_eq!(run(&["migrate", "down", "--steps", "99"]), format!("{} migrations taken back\n", all - 1));
    assert_eq!(run(&["migrate", "up"]), format!("{all} migrations applied\n"), "nothing was left behind");
}

#[test]
fn a_folder_is_imported_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let first = castgraph(folder.path(), &["import", data.to_str().expect("a path")]);
    assert!(first.status.success(), "{}", text(&first).1);
    assert!(text(&first).0.contains("27 shows"), "{}", text(&first).0);

    let broken = folder.path().join("broken");
    fs::create_dir(&broken).expect("a folder");
    for file in fs::read_dir(&data).expect("the data").map(|file| file.expect("a file").path()) {
        fs::copy(&file, broken.join(file.file_name().expect("a name"))).expect("a copy");
    }
    let people = fs::read_to_string(broken.join("people.csv")).expect("people");
    fs::write(broken.join("people.csv"), people.replace("1962-07-07", "1962-17-07")).expect("a change");
    let second = castgraph(folder.path(), &["import", "broken"]);
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
        (&["--database-url", "/no/such/folder/castgraph.db"], "cannot open the database"),
    ] {
        let output = castgraph(folder.path(), arguments);
        assert!(!output.status.success());
        assert!(text(&output).1.contains(reason), "{arguments:?}: {}", text(&output).1);
    }
}

#[test]
fn a_stranger_starts_it_and_asks() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = command(folder.path())
        .env("CASTGRAPH_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("output")).read_line(&mut line).expect("a line");
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("the address").to_owned();
    let body = r#"{"query":"{ people { totalCount } }"}"#;
    let mut connection = TcpStream::connect(&address).expect("a connection");
    write!(
        connection,
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("the request is sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    server.kill().expect("the server stops");
    server.wait().expect("the server stops");
    assert!(answer.ends_with(r#"{"data":{"people":{"totalCount":325}}}"#), "{answer}");
    assert!(folder.path().join("castgraph.db").exists());
}
