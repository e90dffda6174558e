use std::time::Duration;

use clap::Args;

/// Times and sizes of connections and requests.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connections and requests")]
pub struct Settings {
    /// Seconds in which the head of a request must have come; idle connections end after the same time
    #[arg(long, env = "CASTGRAPH_HEADER_TIMEOUT", default_value_t = DEFAULT.header_timeout, value_name = "SECONDS")]
    pub header_timeout: f64,

    /// Seconds from the head of a request to its answer; what takes longer is given up
    #[arg(long, env = "CASTGRAPH_REQUEST_TIMEOUT", default_value_t = DEFAULT.request_timeout, value_name = "SECONDS")]
    pub request_timeout: f64,

    /// Seconds that open requests have when the server is asked to stop
    #[arg(long, env = "CASTGRAPH_DRAIN_TIMEOUT", default_value_t = DEFAULT.drain_timeout, value_name = "SECONDS")]
    pub drain_timeout: f64,

    /// Bytes of the body of a request
    #[arg(long, env = "CASTGRAPH_MAX_BODY", default_value_t = DEFAULT.max_body, value_name = "N")]
    pub max_body: usize,

    /// Connections that are served at once; others wait
    #[arg(long, env = "CASTGRAPH_MAX_CONNECTIONS", default_value_t = DEFAULT.max_connections, value_name = "N")]
    pub max_connections: usize,
}

const DEFAULT: Settings = Settings {
    header_timeout: 10.0,
    request_timeout: 30.0,
    drain_timeout: 30.0,
    max_body: 262_144,
    max_connections: 1_024,
};

impl Default for Settings {
    fn default() -> Self {
        DEFAULT
    }
}

impl Settings {
    pub(super) fn header_timeout(&self) -> Duration {
        seconds(self.header_timeout)
    }

    pub(super) fn request_timeout(&self) -> Duration {
        seconds(self.request_timeout)
    }

    pub(super) fn drain_timeout(&self) -> Duration {
        seconds(self.drain_timeout)
    }
}

/// What is no duration, such as a negative one, is the longest.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}
