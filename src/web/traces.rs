//! Exports one OpenTelemetry span per GraphQL request to a collector, with OTLP over HTTP.
//!
//! Attribute names: <https://opentelemetry.io/docs/specs/semconv/>.

use std::time::{Duration, SystemTime};

use axum::http::HeaderMap;
use opentelemetry::{
    Context, KeyValue,
    propagation::{Extractor, TextMapPropagator},
    trace::{Span, SpanKind, Status, Tracer, TracerProvider},
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{SdkTracer, SdkTracerProvider},
};

use super::request_context::RequestRecord;

/// Sends spans in batches from a background thread.
#[derive(Clone, Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    propagator: TraceContextPropagator,
}

impl Traces {
    /// Sends spans to `endpoint`, such as `http://127.0.0.1:4318/v1/traces`. The collector need not be running yet.
    ///
    /// # Errors
    ///
    /// Returns the reason if `endpoint` is not an `http://` URL.
    pub fn to(endpoint: &str) -> Result<Self, String> {
        if !endpoint.starts_with("http://") {
            return Err(format!(
                "{endpoint:?} is not the http:// address of a collector, such as http://127.0.0.1:4318/v1/traces"
            ));
        }
        // The client of the exporter needs a provider even for plain HTTP. One that is already installed is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder().with_http().with_endpoint(endpoint);
        let exporter = exporter.build().map_err(|reason| reason.to_string())?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name("castgraph").with_attribute(version).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        let tracer = provider.tracer("castgraph");
        Ok(Self { provider, tracer, propagator: TraceContextPropagator::new() })
    }

    /// The parent span from the request headers.
    pub(super) fn parent(&self, headers: &HeaderMap) -> Context {
        self.propagator.extract(&Headers(headers))
    }

    /// Records a span for a finished request.
    pub(super) fn tell(&self, parent: &Context, id: &str, status: u16, took: Duration, record: &RequestRecord) {
        let end = SystemTime::now();
        let tally = &record.tally;
        let count = |name, count: u64| KeyValue::new(name, i64::try_from(count).unwrap_or(i64::MAX));
        let mut attributes = vec![
            KeyValue::new("http.route", "/graphql"),
            KeyValue::new("http.response.status_code", i64::from(status)),
            KeyValue::new("castgraph.request.id", id.to_owned()),
            count("castgraph.cost", tally.cost()),
            count("castgraph.statements", tally.statements()),
            count("castgraph.rows", tally.rows()),
        ];
        let text = |name, text: Option<&str>| text.map(|text| KeyValue::new(name, text.to_owned()));
        attributes.extend(text("graphql.operation.name", record.operation.get().map(String::as_str)));
        attributes.extend(text("graphql.document.hash", tally.document()));
        attributes.extend(text("error.type", record.code.get().map(|code| code.text())));
        let builder = self.tracer.span_builder("graphql").with_kind(SpanKind::Server).with_attributes(attributes);
        let begun = end.checked_sub(took).unwrap_or(end);
        let mut span = builder.with_start_time(begun).start_with_context(&self.tracer, parent);
        if status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(end);
    }

    /// Sends the remaining spans, waiting a few seconds at most for the collector.
    pub fn finish(&self) {
        if let Err(reason) = self.provider.shutdown() {
            tracing::warn!(%reason, "failed to send some traces");
        }
    }
}

struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}
