//! `castgraph health` against servers that answer, are about to stop, dawdle, or are no servers.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    process::{Command, Output},
    thread,
};

use crate::commands::text;

fn health(arguments: &[&str], listen: Option<SocketAddr>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castgraph"));
    command.arg("health").args(arguments).env_remove("CASTGRAPH_LISTEN");
    if let Some(listen) = listen {
        command.env("CASTGRAPH_LISTEN", listen.to_string());
    }
    command.output().expect("the program runs")
}

/// A server that takes one connection, answers with this once it has the head of the request, and returns that head.
fn server(answer: &'static str) -> (SocketAddr, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("an address");
    let address = listener.local_addr().expect("an address");
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let (mut head, mut part) = (Vec::new(), [0; 512]);
        while !head.ends_with(b"\r\n\r\n") {
            let count = stream.read(&mut part).expect("a request");
            assert!(count > 0, "the request ends with an empty line");
            head.extend_from_slice(&part[..count]);
        }
        stream.write_all(answer.as_bytes()).expect("it is sent");
        String::from_utf8(head).expect("text")
    });
    (address, asked)
}

#[test]
fn a_ready_server_is_healthy() {
    let (address, asked) = server("HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\ncastgraph is ready\n");
    let output = health(&[], Some(address));
    assert_eq!(text(&output), ("castgraph is ready\n".to_owned(), String::new()));
    assert!(output.status.success());
    let head = asked.join().expect("a request");
    assert!(
        head.starts_with("GET /readyz HTTP/1.1\r\n") && head.contains(&format!("\r\nHost: {address}\r\n")),
        "{head}"
    );
}

#[test]
fn the_url_chooses_what_is_asked() {
    let (address, asked) = server("HTTP/1.1 200 OK\r\n\r\ncastgraph is running\n");
    assert!(health(&[&format!("http://{address}/livez")], None).status.success());
    assert!(asked.join().expect("a request").starts_with("GET /livez HTTP/1.1\r\n"));
}

#[test]
fn what_is_not_ready_fails_with_the_reason() {
    let (address, _) = server("HTTP/1.1 503 Service Unavailable\r\n\r\nthe database does not respond\n");
    let output = health(&[], Some(address));
    let expected = format!("castgraph: http://{address}/readyz responded with 503: the database does not respond\n");
    assert_eq!((output.status.code(), text(&output).1), (Some(1), expected));

    let (address, _) = server("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    let output = health(&[], Some(address));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).1.contains("is not HTTP"), "{}", text(&output).1);

    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address");
    let output = health(&[], Some(nobody));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).1.contains("connection refused"), "{}", text(&output).1);

    let output = health(&["https://127.0.0.1:8080/"], None);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).1.contains("must begin with http://"), "{}", text(&output).1);
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    // The system takes the connection; nobody reads it.
    let listener = TcpListener::bind("127.0.0.1:0").expect("an address");
    let output = health(&["--timeout", "0.2"], listener.local_addr().ok());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).1.contains("no response within 0.2 s"), "{}", text(&output).1);
}
