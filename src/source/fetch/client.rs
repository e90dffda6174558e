use std::{
    io::Read,
    sync::Arc,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, NaiveDate, Utc};
use reqwest::{
    StatusCode, Url,
    blocking::Response,
    header::{ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use serde_json::Value;

use super::{Clock, Service, cache::Cache};
use crate::source::{SourceError, record::Authority};

/// Largest answer, in bytes.
const LARGEST: u64 = 64 << 20;

/// How often a request is tried.
const TRIES: u32 = 6;

/// Redirects that are followed for one request.
const REDIRECTS: usize = 5;

/// The longest wait that a service may ask for.
const PATIENCE: Duration = Duration::from_mins(10);

const TIMEOUT: Duration = Duration::from_secs(30);

/// Asks one service, politely.
pub struct Client<'c> {
    http: reqwest::blocking::Client,
    service: Service,
    cache: Cache,
    clock: &'c dyn Clock,
    last: Option<SystemTime>,
    interval: Duration,
}

/// What came of a try.
enum Outcome {
    Body(Option<String>, String),
    Unchanged,
    Absent,
    Moved(String),
    /// To be tried again after a time, and why.
    Later(Option<Duration>, String),
}

impl<'c> Client<'c> {
    /// A client of a service.
    pub fn new(service: Service, clock: &'c dyn Clock) -> Result<Self, SourceError> {
        Self::with_timeout(service, clock, TIMEOUT)
    }

    /// A client that waits so long for an answer.
    pub fn with_timeout(service: Service, clock: &'c dyn Clock, timeout: Duration) -> Result<Self, SourceError> {
        // TVmaze allows 20 requests in 10 seconds, TMDB about 40 a second; Wikidata asks for one at a time.
        let interval = match service.authority {
            Authority::Tvmaze => Duration::from_millis(500),
            Authority::Tmdb => Duration::from_millis(50),
            _ => Duration::from_millis(200),
        };
        let failed = |error: &dyn std::fmt::Display| SourceError::Service(format!("cannot prepare requests: {error}"));
        let http = reqwest::blocking::Client::builder()
            .user_agent(concat!("castgraph/", env!("CARGO_PKG_VERSION"), " (", env!("CARGO_PKG_REPOSITORY"), ")"))
            .redirect(Policy::none())
            .timeout(timeout)
            .connect_timeout(timeout)
            .pool_max_idle_per_host(1)
            .http1_only()
            .tls_backend_preconfigured(tls().map_err(|error| failed(&error))?)
            .build()
            .map_err(|error| failed(&error))?;
        let cache = Cache::new(service.cache.clone());
        Ok(Self { http, service, cache, clock, last: None, interval })
    }

    pub(super) fn authority(&self) -> Authority {
        self.service.authority
    }

    pub(super) fn today(&self) -> NaiveDate {
        DateTime::<Utc>::from(self.clock.now()).date_naive()
    }

    pub(super) fn begin(&mut self, run: &str) -> Result<(), SourceError> {
        self.cache.begin(&format!("{} {run}", self.service.base), self.clock.now())
    }

    pub(super) fn end(&mut self) -> Result<(), SourceError> {
        self.cache.end()
    }

    /// The answer at a path, or none if the service says that there is none.
    pub(super) fn get(&mut self, path: &str) -> Result<Option<Value>, SourceError> {
        let address = format!("{}{path}", self.service.base.trim_end_matches('/'));
        let cached = self.cache.get(&address);
        if let Some((cached, true)) = &cached {
            return Ok(cached.body.as_deref().and_then(|body| serde_json::from_str(body).ok()));
        }
        let cached = cached.map(|(cached, _)| cached).filter(|cached| cached.body.is_some());
        let etag = cached.as_ref().and_then(|cached| cached.etag.clone());
        let (etag, body) = match self.ask(&address, etag.as_deref())? {
            Outcome::Body(etag, body) => (etag, Some(body)),
            Outcome::Unchanged => (etag, cached.and_then(|cached| cached.body)),
            _ => (None, None),
        };
        let value = body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        self.cache.put(&address, etag, body, self.clock.now())?;
        Ok(value)
    }

    /// Asks until there is an answer, following redirects within the service.
    fn ask(&mut self, address: &str, etag: Option<&str>) -> Result<Outcome, SourceError> {
        let mut at = address.to_owned();
        let (mut tries, mut moves) = (0, 0);
        loop {
            match self.once(&at, etag)? {
                Outcome::Moved(to) => {
                    moves += 1;
                    if moves > REDIRECTS {
                        return Err(SourceError::Service(format!("{address} redirects more than {REDIRECTS} times")));
                    }
                    at = to;
                }
                Outcome::Later(wait, why) => {
                    tries += 1;
                    let wait = wait.unwrap_or_else(|| Duration::from_secs(1 << tries.min(5)));
                    if tries >= TRIES {
                        return Err(SourceError::Service(format!(
                            "{at}: {why}, after {TRIES} tries; run the command again later, it goes on where it stopped"
                        )));
                    }
                    if wait > PATIENCE {
                        let minutes = wait.as_secs().div_ceil(60);
                        return Err(SourceError::Service(format!(
                            "{at}: {why}; the service asks to wait {minutes} minutes: run the command again then, it goes on where it stopped"
                        )));
                    }
                    tracing::warn!(address = at, seconds = wait.as_secs_f64(), "{why}; waiting");
                    self.clock.wait(wait);
                }
                done => return Ok(done),
            }
        }
    }

    fn once(&mut self, at: &str, etag: Option<&str>) -> Result<Outcome, SourceError> {
        self.pace();
        let mut url = Url::parse(at).map_err(|error| SourceError::Request(format!("{at:?} is no address: {error}")))?;
        let mut request = match self.service.key.as_deref() {
            // Long tokens go into a header; short keys only into the address, which is never shown.
            Some(key) if key.contains('.') => self.http.get(url.clone()).bearer_auth(key),
            Some(key) => {
                url.query_pairs_mut().append_pair("api_key", key);
                self.http.get(url.clone())
            }
            None => self.http.get(url.clone()),
        };
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        match request.send() {
            Ok(response) => self.outcome(at, response),
            Err(error) => Ok(Outcome::Later(None, failure(error))),
        }
    }

    fn outcome(&self, at: &str, response: Response) -> Result<Outcome, SourceError> {
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status();
        Ok(match status {
            StatusCode::NOT_MODIFIED => Outcome::Unchanged,
            StatusCode::NOT_FOUND | StatusCode::GONE => Outcome::Absent,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                let wait = header(RETRY_AFTER).and_then(|text| self.retry_after(&text));
                Outcome::Later(wait, format!("the service answers {status}"))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let hint = if self.service.authority == Authority::Tmdb { "; check the key" } else { "" };
                return Err(SourceError::Service(format!("{at}: the service answers {status}{hint}")));
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Outcome::Later(None, format!("the service answers {status}"))
            }
            status if status.is_redirection() => Outcome::Moved(self.moved(at, header(LOCATION))?),
            StatusCode::OK => {
                let etag = header(ETAG);
                match body(response)? {
                    Ok(body) => Outcome::Body(etag, body),
                    Err(why) => Outcome::Later(None, why),
                }
            }
            status => return Err(SourceError::Service(format!("{at}: the service answers {status}"))),
        })
    }

    /// Where a redirect leads: only to the same host, which alone may see the key.
    fn moved(&self, at: &str, location: Option<String>) -> Result<String, SourceError> {
        let from = Url::parse(at).ok();
        let to = from.as_ref().zip(location).and_then(|(from, to)| from.join(&to).ok());
        let mut to = to.ok_or_else(|| SourceError::Service(format!("{at} redirects, but does not say where")))?;
        let same = from.is_some_and(|from| {
            let upgraded = from.scheme() == "http" && to.scheme() == "https";
            from.host() == to.host() && (upgraded || (from.scheme() == to.scheme() && from.port() == to.port()))
        });
        if !same {
            let host = to.host_str().unwrap_or_default();
            return Err(SourceError::Service(format!(
                "{at} redirects to another host, {host}; castgraph does not follow"
            )));
        }
        // A service may repeat the key in the address.
        if self.service.key.is_some() {
            let rest: Vec<_> = to
                .query_pairs()
                .filter(|(name, _)| name != "api_key")
                .map(|(a, b)| (a.into_owned(), b.into_owned()))
                .collect();
            to.set_query(None);
            if !rest.is_empty() {
                to.query_pairs_mut().extend_pairs(rest);
            }
        }
        Ok(to.to_string())
    }

    /// How long a service asks to wait: seconds, or a date.
    fn retry_after(&self, text: &str) -> Option<Duration> {
        if let Ok(seconds) = text.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date = DateTime::parse_from_rfc2822(text.trim()).ok()?;
        Some(SystemTime::from(date).duration_since(self.clock.now()).unwrap_or(Duration::ZERO))
    }

    /// Waits until the next request is allowed.
    fn pace(&mut self) {
        let now = self.clock.now();
        let since = self.last.and_then(|last| now.duration_since(last).ok());
        if let Some(wait) = since.and_then(|since| self.interval.checked_sub(since)).filter(|wait| !wait.is_zero()) {
            self.clock.wait(wait);
        }
        self.last = Some(self.clock.now());
    }
}

/// The body: JSON, whole and not too large. The inner error is worth another try.
fn body(response: Response) -> Result<Result<String, String>, SourceError> {
    let address = response.url().host_str().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    let read = response.take(LARGEST + 1).read_to_end(&mut bytes);
    if read.is_err() {
        return Ok(Err("the answer ends early".to_owned()));
    }
    if bytes.len() as u64 > LARGEST {
        return Err(SourceError::Service(format!("an answer of {address} is larger than {} MiB", LARGEST >> 20)));
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(Ok(text)),
        Err(_) => Ok(Err("the answer is not whole, or not JSON".to_owned())),
    }
}

/// What went wrong, without the address, which may have the key.
fn failure(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "the service does not answer in time".to_owned();
    }
    if error.is_connect() {
        return "cannot connect to the service".to_owned();
    }
    error.without_url().to_string()
}

/// Encrypted connections, as those to PostgreSQL have them: by ring, with Mozilla's certificates.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
