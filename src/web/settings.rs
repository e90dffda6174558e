use std::{net::SocketAddr, str::FromStr, time::Duration};

use axum::http::HeaderValue;
use clap::Args;
use ipnet::IpNet;

/// Times and sizes of connections and requests.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connections and requests")]
pub struct Settings {
    /// Seconds in which the head of a request must have come; idle connections end after the same time
    #[arg(long, env = "CASTGRAPH_HEADER_TIMEOUT", default_value_t = DEFAULT.header_timeout, value_name = "SECONDS", value_parser = seconds)]
    pub header_timeout: f64,

    /// Seconds from the head of a request to its answer; what takes longer is given up, on PostgreSQL in the database too
    #[arg(long, env = "CASTGRAPH_REQUEST_TIMEOUT", default_value_t = DEFAULT.request_timeout, value_name = "SECONDS", value_parser = seconds)]
    pub request_timeout: f64,

    /// Seconds between SIGTERM, when /readyz turns to 503, and the end of taking connections
    #[arg(long, env = "CASTGRAPH_STOP_DELAY", default_value_t = DEFAULT.stop_delay, value_name = "SECONDS", value_parser = seconds)]
    pub stop_delay: f64,

    /// Seconds that open requests then have
    #[arg(long, env = "CASTGRAPH_DRAIN_TIMEOUT", default_value_t = DEFAULT.drain_timeout, value_name = "SECONDS", value_parser = seconds)]
    pub drain_timeout: f64,

    /// Bytes of the body of a request
    #[arg(long, env = "CASTGRAPH_MAX_BODY", default_value_t = DEFAULT.max_body, value_name = "N")]
    pub max_body: usize,

    /// Connections that are served at once; others wait
    #[arg(long, env = "CASTGRAPH_MAX_CONNECTIONS", default_value_t = DEFAULT.max_connections, value_name = "N")]
    pub max_connections: usize,

    /// Requests that are answered at once; others get 503 and are told to try again
    #[arg(long, env = "CASTGRAPH_MAX_REQUESTS", default_value_t = DEFAULT.max_requests, value_name = "N")]
    pub max_requests: usize,

    /// Requests that may come as a list in one body; 0 refuses lists
    #[arg(long, env = "CASTGRAPH_MAX_BATCH", default_value_t = DEFAULT.max_batch, value_name = "N")]
    pub max_batch: usize,

    /// Seconds for which caches may keep an answer to a GET; 0 lets them ask each time whether it has changed
    #[arg(long, env = "CASTGRAPH_CACHE_MAX_AGE", default_value_t = DEFAULT.cache_max_age, value_name = "SECONDS")]
    pub cache_max_age: u32,

    /// Origins whose pages may ask, such as <https://example.org>, or * for all
    #[arg(long, env = "CASTGRAPH_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN,…")]
    pub cors_origins: Vec<Cors>,

    /// Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8
    #[arg(long, env = "CASTGRAPH_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORK,…")]
    pub trusted_proxies: Vec<IpNet>,

    /// A separate address for /metrics and health; without it they are at the address of all
    #[arg(long, env = "CASTGRAPH_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,
}

/// Whose pages may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cors {
    /// Those of all origins.
    All,
    /// Those of one origin.
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
                text.parse().map(Self::Origin).map_err(|_| format!("{text:?} has characters that no origin has"))
            }
            _ => Err("an origin is a scheme, a host and perhaps a port, such as https://example.org".to_owned()),
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

    /// The longest that a request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs_f64(self.request_timeout)
    }

    pub(super) fn drain_timeout(&self) -> Duration {
        Duration::from_secs_f64(self.drain_timeout)
    }

    /// How long requests are still taken when the server is about to stop.
    pub fn stop_delay(&self) -> Duration {
        Duration::from_secs_f64(self.stop_delay)
    }
}

/// Reads seconds, up to a day.
pub fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("give seconds from 0 to 86400, such as 2.5".to_owned()),
    }
}
