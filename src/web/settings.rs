use std::{
    net::{SocketAddr, ToSocketAddrs},
    str::FromStr,
    time::Duration,
};

use axum::http::HeaderValue;
use clap::Args;
use ipnet::IpNet;

/// Timeouts and limits of connections and requests.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connections and requests")]
pub struct Settings {
    /// Time limit for receiving request headers, in seconds; also the idle timeout of a connection
    #[arg(long, env = "CASTGRAPH_HEADER_TIMEOUT", default_value_t = DEFAULT.header_timeout, value_name = "SECONDS", value_parser = seconds)]
    pub header_timeout: f64,

    /// Time limit for answering a request, in seconds; PostgreSQL cancels its statements too
    #[arg(long, env = "CASTGRAPH_REQUEST_TIMEOUT", default_value_t = DEFAULT.request_timeout, value_name = "SECONDS", value_parser = seconds)]
    pub request_timeout: f64,

    /// How long to keep accepting connections after SIGTERM, while /readyz returns 503, in seconds
    #[arg(long, env = "CASTGRAPH_STOP_DELAY", default_value_t = DEFAULT.stop_delay, value_name = "SECONDS", value_parser = seconds)]
    pub stop_delay: f64,

    /// Time limit for open requests to finish after that, in seconds
    #[arg(long, env = "CASTGRAPH_DRAIN_TIMEOUT", default_value_t = DEFAULT.drain_timeout, value_name = "SECONDS", value_parser = seconds)]
    pub drain_timeout: f64,

    /// Maximum size of a request body, in bytes
    #[arg(long, env = "CASTGRAPH_MAX_BODY", default_value_t = DEFAULT.max_body, value_name = "N")]
    pub max_body: usize,

    /// Maximum open connections, besides sockets and event streams; further ones wait
    #[arg(long, env = "CASTGRAPH_MAX_CONNECTIONS", default_value_t = DEFAULT.max_connections, value_name = "N")]
    pub max_connections: usize,

    /// Maximum concurrent requests; further ones get 503 with Retry-After
    #[arg(long, env = "CASTGRAPH_MAX_REQUESTS", default_value_t = DEFAULT.max_requests, value_name = "N")]
    pub max_requests: usize,

    /// Maximum requests in a batch; 0 rejects batches
    #[arg(long, env = "CASTGRAPH_MAX_BATCH", default_value_t = DEFAULT.max_batch, value_name = "N")]
    pub max_batch: usize,

    /// Cache-Control max-age of responses to GET, in seconds; 0 makes caches revalidate
    #[arg(long, env = "CASTGRAPH_CACHE_MAX_AGE", default_value_t = DEFAULT.cache_max_age, value_name = "SECONDS")]
    pub cache_max_age: u32,

    /// Origins whose pages may call the API, such as <https://example.org>; * allows all
    #[arg(long, env = "CASTGRAPH_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN,…")]
    pub cors_origins: Vec<Cors>,

    /// Networks of proxies whose X-Forwarded-For is trusted, such as 10.0.0.0/8
    #[arg(long, env = "CASTGRAPH_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORK,…")]
    pub trusted_proxies: Vec<IpNet>,

    /// Require a key for reading too; changes always require one
    #[arg(long, env = "CASTGRAPH_REQUIRE_KEY")]
    pub require_key: bool,

    /// Maximum open sockets and event streams; further ones get 503 with Retry-After
    #[arg(long, env = "CASTGRAPH_MAX_STREAMS", default_value_t = DEFAULT.max_streams, value_name = "N")]
    pub max_streams: usize,

    /// Maximum open sockets and event streams of one client
    #[arg(long, env = "CASTGRAPH_MAX_CLIENT_STREAMS", default_value_t = DEFAULT.max_client_streams, value_name = "N")]
    pub max_client_streams: usize,

    /// Maximum operations on one WebSocket at the same time
    #[arg(long, env = "CASTGRAPH_MAX_SOCKET_OPERATIONS", default_value_t = DEFAULT.max_socket_operations, value_name = "N")]
    pub max_socket_operations: usize,

    /// Maximum size of a WebSocket message from a client, in bytes
    #[arg(long, env = "CASTGRAPH_MAX_MESSAGE", default_value_t = DEFAULT.max_message, value_name = "N")]
    pub max_message: usize,

    /// Time limit for `connection_init` on a new WebSocket, in seconds
    #[arg(long, env = "CASTGRAPH_INIT_TIMEOUT", default_value_t = DEFAULT.init_timeout, value_name = "SECONDS", value_parser = seconds)]
    pub init_timeout: f64,

    /// Idle time of a WebSocket or event stream before a ping, in seconds; a WebSocket whose client sends nothing for
    /// twice this time is closed
    #[arg(long, env = "CASTGRAPH_PING_INTERVAL", default_value_t = DEFAULT.ping_interval, value_name = "SECONDS", value_parser = seconds)]
    pub ping_interval: f64,

    /// Time limit for sending a WebSocket message to a client, in seconds; slower clients are disconnected
    #[arg(long, env = "CASTGRAPH_SEND_TIMEOUT", default_value_t = DEFAULT.send_timeout, value_name = "SECONDS", value_parser = seconds)]
    pub send_timeout: f64,

    /// Separate address for /metrics and health checks, instead of the address of the API
    #[arg(long, env = "CASTGRAPH_METRICS_LISTEN", value_name = "[ADDRESS:]PORT", value_parser = listen)]
    pub metrics_listen: Option<SocketAddr>,
}

/// Origins whose pages may call the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cors {
    /// All origins.
    All,
    /// One origin.
    Origin(HeaderValue),
}

impl FromStr for Cors {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::All);
        }
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains('/') => {
                text.parse().map(Self::Origin).map_err(|_| format!("{text:?} contains invalid characters"))
            }
            _ => Err("an origin is a scheme, a host and an optional port, such as https://example.org".to_owned()),
        }
    }
}

const DEFAULT: Settings = Settings {
    header_timeout: 10.0,
    request_timeout: 30.0,
    stop_delay: 1.0,
    drain_timeout: 30.0,
    max_body: 262_144,
    max_connections: 1_024,
    max_requests: 256,
    max_batch: 0,
    cache_max_age: 0,
    cors_origins: Vec::new(),
    trusted_proxies: Vec::new(),
    require_key: false,
    max_streams: 5_000,
    max_client_streams: 100,
    max_socket_operations: 50,
    max_message: 262_144,
    init_timeout: 3.0,
    ping_interval: 30.0,
    send_timeout: 10.0,
    metrics_listen: None,
};

impl Default for Settings {
    fn default() -> Self {
        DEFAULT
    }
}

impl Settings {
    pub(super) fn header_timeout(&self) -> Duration {
        Duration::from_secs_f64(self.header_timeout)
    }

    /// The time limit for a request.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs_f64(self.request_timeout)
    }

    /// The ping interval, which is also that of looking at keys again. At least 10 ms, since zero would keep a core busy.
    pub(super) fn ping_interval(&self) -> Duration {
        Duration::from_secs_f64(self.ping_interval.max(0.01))
    }

    pub(super) fn drain_timeout(&self) -> Duration {
        Duration::from_secs_f64(self.drain_timeout)
    }

    /// How long to accept connections after SIGTERM.
    pub fn stop_delay(&self) -> Duration {
        Duration::from_secs_f64(self.stop_delay)
    }
}

/// Parses an address to listen on. `8080` and `:8080` mean a port of 127.0.0.1; the host may be a name, such as in
/// `localhost:8080`.
pub fn listen(text: &str) -> Result<SocketAddr, String> {
    const FORMS: &str = "write it like 8080, localhost:8080, 0.0.0.0:8080 or [::1]:8080";
    let port = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port) = port.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err(format!("it has no port; {FORMS}"));
    };
    if port.parse::<u16>().is_err() {
        return Err(format!("{port:?} is not a port from 0 to 65535; {FORMS}"));
    }
    if host.contains([':', '/', ' ']) {
        return Err(format!("{host:?} is not an address; {FORMS}"));
    }
    let found: Vec<SocketAddr> = text.to_socket_addrs().map(Iterator::collect).unwrap_or_default();
    let found = found.iter().find(|address| address.is_ipv4()).or(found.first());
    found.copied().ok_or_else(|| format!("the host name {host:?} does not resolve; {FORMS}"))
}

/// Parses a number of seconds, up to a day.
pub fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("must be a number of seconds from 0 to 86400, such as 2.5".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_to_listen_at_may_be_short() {
        for (text, address) in [
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
            ("0", "127.0.0.1:0"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:8080", "[::1]:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(listen(text).map(|found| found.to_string()), Ok(address.to_owned()), "{text}");
        }
        for (text, reason) in [
            ("here", "it has no port"),
            ("localhost", "it has no port"),
            ("70000", "it has no port"),
            ("localhost:http", "is not a port"),
            ("::1:8080", "is not an address"),
            ("http://localhost:8080", "is not an address"),
            ("no such host:1", "is not an address"),
            ("", "it has no port"),
        ] {
            assert!(listen(text).is_err_and(|found| found.contains(reason)), "{text}");
        }
    }
}
