//! Metrics in the Prometheus text format.
//!
//! Source: <https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md>.

use std::{
    sync::atomic::AtomicU64,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, text},
    metrics::{
        counter::{ConstCounter, Counter},
        family::{Family, MetricConstructor},
        gauge::{ConstGauge, Gauge},
        histogram::Histogram,
        info::Info,
    },
    registry::{Registry, Unit},
};

use crate::guard::RequestStats;

/// Upper bounds of the request duration buckets, in seconds.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Upper bounds of the cost buckets.
const COSTS: [f64; 6] = [1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0];

/// The metrics of a server.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Outcome, Counter>,
    seconds: Family<Route, Histogram, Classes>,
    cost: Histogram,
    statements: Counter,
    rows: Counter,
    in_flight: Gauge,
    connections: Gauge,
    panics: Counter,
    streams: Family<Stream, Gauge>,
    events: Family<Stream, Counter>,
    closes: Family<Close, Counter>,
    operations: Family<Operation, Counter>,
}

/// How events are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(super) enum Transport {
    WebSocket,
    EventStream,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stream {
    transport: Transport,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Close {
    /// The code, or 0 if the client closed the socket or has gone.
    code: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    kind: &'static str,
}

/// The part of the server that handles a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(super) enum Asked {
    Graphql,
    /// Additional routes beside the API.
    More,
    Health,
    Page,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: Asked,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    route: Asked,
    status: u16,
    /// The code of the first error, or empty.
    code: &'static str,
}

#[derive(Clone, Debug)]
struct Classes;

impl MetricConstructor<Histogram> for Classes {
    fn new_metric(&self) -> Histogram {
        Histogram::new(SECONDS)
    }
}

impl Asked {
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/graphql" => Self::Graphql,
            "/livez" | "/readyz" | "/metrics" => Self::Health,
            "/" => Self::Page,
            path if path.starts_with("/assets/") || path.starts_with("/licenses") => Self::Page,
            _ => Self::More,
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("castgraph"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(Classes),
            cost: Histogram::new(COSTS),
            statements: Counter::default(),
            rows: Counter::default(),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            panics: Counter::default(),
            streams: Family::default(),
            events: Family::default(),
            closes: Family::default(),
            operations: Family::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let to = &mut self.registry;
        let started = Gauge::<f64, AtomicU64>::default();
        started.set(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64());
        to.register("build", "The version of castgraph", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        to.register_with_unit("start_time", "Start time of the process since the Unix epoch", Unit::Seconds, started);
        to.register("requests", "Requests, by route, status and code of the first error", self.requests.clone());
        to.register_with_unit(
            "request",
            "Time from receiving the request headers to the response",
            Unit::Seconds,
            self.seconds.clone(),
        );
        to.register("request_cost", "Estimated cost of admitted requests", self.cost.clone());
        to.register("statements", "Statements sent to the database for requests", self.statements.clone());
        to.register("rows", "Rows returned by the database for requests", self.rows.clone());
        to.register("requests_in_flight", "Requests in progress", self.in_flight.clone());
        to.register("connections", "Open client connections", self.connections.clone());
        to.register("streams", "Open WebSockets and event streams", self.streams.clone());
        to.register("events", "Responses sent over WebSockets and event streams", self.events.clone());
        to.register("socket_closes", "Closed WebSockets, by code; 0 if the client left", self.closes.clone());
        to.register("socket_operations", "Operations begun on WebSockets", self.operations.clone());
        to.register("panics", "Requests that failed because of a panic", self.panics.clone());
        self
    }

    /// Counts a request as in progress until the result is dropped.
    pub(super) fn begin(&self) -> Busy {
        Busy::new(&self.in_flight)
    }

    /// Counts a connection as open until the result is dropped.
    pub(super) fn connect(&self) -> Busy {
        Busy::new(&self.connections)
    }

    /// Counts a stream as open until the result is dropped.
    pub(super) fn open(&self, transport: Transport) -> Busy {
        Busy::new(&self.streams.get_or_create(&Stream { transport }))
    }

    /// Counts an event.
    pub(super) fn sent(&self, transport: Transport) {
        self.events.get_or_create(&Stream { transport }).inc();
    }

    /// Counts an operation on a socket.
    pub(super) fn began(&self, is_subscription: bool) {
        let kind = if is_subscription { "subscription" } else { "other" };
        self.operations.get_or_create(&Operation { kind }).inc();
    }

    /// Counts the end of a socket, with the code of the close frame that was sent.
    pub(super) fn closed(&self, code: Option<u16>) {
        self.closes.get_or_create(&Close { code: code.unwrap_or_default() }).inc();
    }

    pub(super) fn panicked(&self) {
        self.panics.inc();
    }

    pub(super) fn count(
        &self,
        route: Asked,
        status: u16,
        code: Option<&'static str>,
        took: Duration,
        tally: &RequestStats,
    ) {
        self.requests.get_or_create(&Outcome { route, status, code: code.unwrap_or_default() }).inc();
        self.seconds.get_or_create(&Route { route }).observe(took.as_secs_f64());
        if tally.document().is_some() {
            #[expect(clippy::cast_precision_loss, reason = "costs are small")]
            self.cost.observe(tally.cost() as f64);
            self.statements.inc_by(tally.statements());
            self.rows.inc_by(tally.rows());
        }
    }

    /// All metrics as text, including the backend's `numbers`.
    pub(super) fn text(&self, numbers: &[(&'static str, &'static str, u64)]) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode_registry(&mut text, &self.registry)?;
        let mut own = Registry::with_prefix("castgraph");
        for (name, help, value) in numbers {
            match name.strip_suffix("_total") {
                Some(name) => own.register(name, *help, ConstCounter::new(*value)),
                None => own.register(*name, *help, ConstGauge::new(i64::try_from(*value).unwrap_or(i64::MAX))),
            }
        }
        text::encode(&mut text, &own)?;
        Ok(text)
    }
}

/// Increments a gauge until it is dropped.
pub(super) struct Busy(Gauge);

impl Busy {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.dec();
    }
}
