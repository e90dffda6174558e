//! `castgraph health`: checks whether a running server is ready, for container images without another HTTP client.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, TcpStream, ToSocketAddrs},
    time::{Duration, Instant},
};

use clap::Args;

use super::{Outcome, output};
use crate::web;

/// The path of the readiness check.
const READY: &str = "/readyz";

/// Maximum bytes to read from a response, which is one sentence.
const LONGEST: usize = 16 << 10;

/// The arguments of `castgraph health`.
#[derive(Args, Debug)]
pub(super) struct Ask {
    /// The server's `--listen`; used if no URL is given
    #[arg(long, env = "CASTGRAPH_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: String,
    /// Settings file of the server, in TOML
    #[arg(long, env = "CASTGRAPH_CONFIG", value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// Time limit for the whole check, in seconds
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS", value_parser = web::seconds)]
    timeout: f64,
    /// URL to check, such as <http://127.0.0.1:9090/livez>; the default path is /readyz
    url: Option<String>,
}

/// Fails unless the server responds with 200.
pub(super) fn health(ask: &Ask) -> Outcome {
    let target = match &ask.url {
        Some(url) => Target::of_url(url)?,
        None => Target::of_listen(&ask.listen)?,
    };
    let deadline = Instant::now() + Duration::from_secs_f64(ask.timeout);
    let answer = target.get(deadline).map_err(|reason| {
        let reason = match reason.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!("no response within {} s", ask.timeout),
            io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
            _ => reason.to_string(),
        };
        format!("cannot reach {target}: {reason}; check that castgraph is running, and check --listen or the URL")
    })?;
    let (status, sentence) = status_and_sentence(&answer)
        .ok_or_else(|| format!("the response of {target} is not HTTP; check --listen or the URL"))?;
    if status != 200 {
        return Err(format!("{target} responded with {status}: {sentence}").into());
    }
    output::print(format_args!("{sentence}\n"))?;
    Ok(())
}

/// The URL to check.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    host: String,
    port: u16,
    path: String,
}

impl Target {
    fn of_url(url: &str) -> Result<Self, String> {
        let wrong = |rule| format!("invalid URL {url:?}: {rule}, such as http://127.0.0.1:8080/readyz");
        let rest = url.strip_prefix("http://").ok_or_else(|| wrong("the URL must begin with http://"))?;
        if rest.contains(|character: char| character.is_whitespace() || character.is_control()) {
            return Err(wrong("the URL must not contain spaces"));
        }
        let (authority, path) = rest.find(['/', '?']).and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
        let path = match path {
            "" | "/" => READY.to_owned(),
            query if query.starts_with('?') => format!("/{query}"),
            path => path.to_owned(),
        };
        let (host, port) = host_and_port(authority, Some(80))
            .ok_or_else(|| wrong("the URL must have a host and, if not 80, a port"))?;
        Ok(Self { host, port, path })
    }

    /// The URL of a server on this machine with this `--listen`. All addresses (0.0.0.0) become the loopback address.
    fn of_listen(listen: &str) -> Result<Self, String> {
        let address =
            if listen.bytes().all(|byte| byte.is_ascii_digit()) { format!(":{listen}") } else { listen.into() };
        let (host, port) = host_and_port(&address, None)
            .ok_or_else(|| format!("--listen {listen:?} is not an address; write it like 8080 or 127.0.0.1:8080"))?;
        let host = match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) if address.is_unspecified() => "127.0.0.1".to_owned(),
            Ok(IpAddr::V6(address)) if address.is_unspecified() => "::1".to_owned(),
            _ => host,
        };
        Ok(Self { host, port, path: READY.to_owned() })
    }

    /// Sends one request and returns the response, headers and body.
    fn get(&self, deadline: Instant) -> io::Result<Vec<u8>> {
        let mut stream = self.connect(deadline)?;
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: castgraph-health\r\nConnection: close\r\n\r\n",
            self.path,
            self.authority()
        );
        stream.set_write_timeout(Some(left(deadline)?))?;
        stream.write_all(request.as_bytes())?;
        let (mut answer, mut part) = (Vec::new(), [0; 1024]);
        while answer.len() < LONGEST {
            stream.set_read_timeout(Some(left(deadline)?))?;
            match stream.read(&mut part)? {
                0 => break,
                count => answer.extend(part.iter().take(count)),
            }
        }
        Ok(answer)
    }

    /// Tries each address of the host, because `localhost` can have two.
    fn connect(&self, deadline: Instant) -> io::Result<TcpStream> {
        let mut failed = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, left(deadline)?) {
                Ok(stream) => return Ok(stream),
                Err(reason) => failed = reason,
            }
        }
        Err(failed)
    }

    fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(text, "http://{}{}", self.authority(), self.path)
    }
}

/// Splits `host:port`. An IPv6 address needs brackets; without a default port, no host means the loopback address.
fn host_and_port(text: &str, default: Option<u16>) -> Option<(String, u16)> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
        _ => (text, default?),
    };
    let host = match host.strip_prefix('[') {
        Some(host) => host.strip_suffix(']')?,
        None if host.contains([':', ']', '@']) => return None,
        None => host,
    };
    let host = if host.is_empty() { default.is_none().then_some("127.0.0.1")? } else { host };
    (port > 0).then(|| (host.to_owned(), port))
}

/// The time until `deadline`, or an error after it, because a socket does not accept a timeout of zero.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// The status and the first line of the body, without control characters.
fn status_and_sentence(answer: &[u8]) -> Option<(u16, String)> {
    let answer = String::from_utf8_lossy(answer);
    let status = answer.strip_prefix("HTTP/1.")?.split_once(' ')?.1.get(..3)?.parse().ok()?;
    let body = answer.split_once("\r\n\r\n")?.1;
    Some((
        status,
        body.lines().next().unwrap_or_default().chars().filter(|character| !character.is_control()).collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(target: Result<Target, String>) -> String {
        target.map_or_else(|reason| reason, |target| target.to_string())
    }

    #[test]
    fn every_form_of_an_address_leads_to_this_machine() {
        let cases = [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/readyz"),
            ("0.0.0.0:81", "http://127.0.0.1:81/readyz"),
            ("[::]:8080", "http://[::1]:8080/readyz"),
            ("8080", "http://127.0.0.1:8080/readyz"),
            (":8080", "http://127.0.0.1:8080/readyz"),
            ("localhost:8080", "http://localhost:8080/readyz"),
            ("10.1.2.3:9", "http://10.1.2.3:9/readyz"),
        ];
        for (listen, expected) in cases {
            assert_eq!(shown(Target::of_listen(listen)), expected);
        }
        for wrong in
            ["", "localhost", "::1", "::1:8080", "127.0.0.1:0", "127.0.0.1:70000", "http://a:80", "tcp://1.2.3.4:80"]
        {
            assert!(shown(Target::of_listen(wrong)).contains("is not an address"), "{wrong}");
        }
    }

    #[test]
    fn a_url_names_host_port_and_path() {
        let cases = [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/readyz"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/readyz"),
            ("http://db.example.org/livez", "http://db.example.org:80/livez"),
            ("http://[::1]:9090/livez", "http://[::1]:9090/livez"),
            ("http://[::1]/livez", "http://[::1]:80/livez"),
            ("http://a:1?b=c:2", "http://a:1/?b=c:2"),
        ];
        for (url, expected) in cases {
            assert_eq!(shown(Target::of_url(url)), expected);
        }
        for wrong in [
            "https://a/",
            "a:80",
            "http://",
            "http://:80/",
            "http://a:b/",
            "http://u:p@a:80/",
            "http://a/ b",
            "http://a/\r\nX: y",
        ] {
            assert!(shown(Target::of_url(wrong)).starts_with("invalid URL"), "{wrong}");
        }
    }

    #[test]
    fn an_answer_has_a_status_and_a_sentence() {
        let read = |text: &str| status_and_sentence(text.as_bytes());
        assert_eq!(read("HTTP/1.1 200 OK\r\nA: b\r\n\r\nready\n"), Some((200, "ready".to_owned())));
        assert_eq!(read("HTTP/1.1 503 Nope\r\n\r\n"), Some((503, String::new())));
        assert_eq!(read("HTTP/1.0 500 x\r\n\r\n\u{1b}[2Jno"), Some((500, "[2Jno".to_owned())));
        for wrong in ["", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 \r\n\r\n", "HTTP/1.1 200 OK\r\n"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
