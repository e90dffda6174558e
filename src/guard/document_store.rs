//! Persisted queries and trusted documents, which clients send by hash or id instead of as text.
//!
//! *Automatic persisted queries* are registered by clients, with the protocol of the Apollo and urql clients: a request
//! carries the SHA-256 of its document in `extensions.persistedQuery`, first without the document and, if the server
//! does not have it, again with the document.
//!
//! *Trusted documents* are loaded from manifests that front-end tools write at build time, in two formats:
//!
//! * Relay and GraphQL Code Generator: an object that maps ids to documents;
//! * Apollo: `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", …}]}`.
//!
//! Sources: <https://www.apollographql.com/docs/apollo-server/performance/apq>,
//! <https://www.apollographql.com/docs/graphos/platform/security/persisted-queries>,
//! <https://relay.dev/docs/guides/persisted-queries/>.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::Path,
    sync::Arc,
};

use async_graphql::ServerError;
use quick_cache::{Weighter, sync::Cache};
use serde_json::Value;

use super::{Untrusted, hash, settings::Access};
use crate::code::Code;

/// Documents by id.
#[derive(Debug)]
pub(super) struct DocumentStore {
    /// Documents registered by clients; `None` if persisted queries are disabled.
    left: Option<Cache<String, Arc<str>, Bytes>>,
    /// `None` if there is no manifest.
    trusted: Option<Trusted>,
}

#[derive(Debug)]
struct Trusted {
    by_id: HashMap<String, Arc<str>>,
    hashes: HashSet<String>,
    others: Untrusted,
}

/// How a request refers to its document.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name<'r> {
    /// The hash of a persisted query.
    Hash(&'r str),
    /// The id of a trusted document.
    Id(&'r str),
}

impl Name<'_> {
    /// The id in the form used as a key. Clients may prefix a SHA-256 with `sha256:` and write it in upper case.
    fn id(self) -> String {
        let (Self::Hash(id) | Self::Id(id)) = self;
        plain_id(id)
    }
}

/// An id, without the prefix `sha256:` and in lower case if it is a SHA-256.
fn plain_id(id: &str) -> String {
    let bare = id.strip_prefix("sha256:").unwrap_or(id);
    let is_hash = bare.len() == 64 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { bare.to_ascii_lowercase() } else { id.to_owned() }
}

/// Checks that the manifests are readable.
///
/// # Errors
///
/// Fails if a file is unreadable or not a manifest; the message contains the file and the reason.
pub fn check(settings: &Access) -> Result<(), String> {
    DocumentStore::open(settings).map(drop)
}

impl DocumentStore {
    /// Reads the manifests.
    ///
    /// # Errors
    ///
    /// Fails if a file is unreadable or not a manifest; the message contains the file and the reason.
    pub(super) fn open(settings: &Access) -> Result<Self, String> {
        let kept = settings.persisted_queries;
        let left = (kept > 0).then(|| Cache::with_weighter(1_000, kept, Bytes));
        if settings.trusted_documents.is_empty() {
            return Ok(Self { left, trusted: None });
        }
        let mut by_id = HashMap::new();
        for file in &settings.trusted_documents {
            let told = |reason: String| format!("{} is not a manifest of trusted documents: {reason}", file.display());
            for (id, text) in read(file).map_err(told)? {
                if by_id.insert(id.clone(), Arc::clone(&text)).is_some_and(|other| other != text) {
                    return Err(told(format!("the id {id:?} already belongs to another document")));
                }
            }
        }
        let hashes = by_id.values().map(|text| hash(text)).collect();
        Ok(Self { left, trusted: Some(Trusted { by_id, hashes, others: settings.untrusted_documents }) })
    }

    /// The ids and texts of all trusted documents.
    pub(super) fn trusted(&self) -> impl Iterator<Item = (&str, &str)> {
        self.trusted.iter().flat_map(|trusted| trusted.by_id.iter().map(|(id, text)| (id.as_str(), &**text)))
    }

    /// The text of the document with this name.
    pub(super) fn find(&self, name: Name<'_>) -> Result<Arc<str>, ServerError> {
        let id = &name.id();
        if let Some(text) = self.trusted_text(id) {
            return Ok(Arc::clone(text));
        }
        match (&self.left, name) {
            // Clients match these messages.
            (None, Name::Hash(_)) if self.trusted.is_none() => {
                Err(Code::PersistedQueryNotSupported.error("PersistedQueryNotSupported"))
            }
            (None, _) => Err(Code::PersistedQueryNotFound.error("PersistedQueryNotFound")),
            (Some(left), _) => left.get(id).ok_or_else(|| Code::PersistedQueryNotFound.error("PersistedQueryNotFound")),
        }
    }

    /// Checks that `name` is the hash or the id of a document.
    pub(super) fn check(&self, name: Name<'_>, text: &str) -> Result<(), ServerError> {
        let (Name::Hash(id) | Name::Id(id)) = name;
        let is_trusted =
            || self.trusted.as_ref().and_then(|trusted| trusted.by_id.get(id)).is_some_and(|own| **own == *text);
        if id.eq_ignore_ascii_case(&hash(text)) || is_trusted() {
            return Ok(());
        }
        let message = "the hash does not match the document; send its SHA-256 in hexadecimal";
        Err(Code::PersistedQueryHashMismatch.error(message))
    }

    fn trusted_text(&self, id: &str) -> Option<&Arc<str>> {
        self.trusted.as_ref()?.by_id.get(id)
    }

    /// Stores an accepted document under its hash.
    pub(super) fn keep(&self, hash: &str, text: &str) {
        if let Some(left) = &self.left
            && left.get(hash).is_none()
        {
            left.insert(hash.to_owned(), Arc::from(text));
        }
    }

    /// Checks that a document is trusted, if there are manifests.
    pub(super) fn admit(&self, text: &str) -> Result<(), ServerError> {
        let Some(trusted) = &self.trusted else { return Ok(()) };
        let hash = hash(text);
        if trusted.hashes.contains(&hash) {
            return Ok(());
        }
        match trusted.others {
            Untrusted::Refuse => {
                let message = "the document is not in a manifest; this server runs only trusted documents";
                Err(Code::UntrustedDocument.error(message))
            }
            Untrusted::Log => {
                tracing::warn!(document = hash, "running an untrusted document");
                Ok(())
            }
        }
    }
}

fn read(file: &Path) -> Result<HashMap<String, Arc<str>>, String> {
    let text = fs::read_to_string(file).map_err(|reason| match reason.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
        kind => kind.to_string(),
    })?;
    let manifest: Value = serde_json::from_str(&text)
        .map_err(|reason| format!("it is not JSON (line {}, column {})", reason.line(), reason.column()))?;
    let Value::Object(entries) = manifest else { return Err("it is not a JSON object".to_owned()) };
    if let Some(format) = entries.get("format") {
        return apollo(format, &entries);
    }
    let document = |(id, text): (&String, &Value)| match text.as_str() {
        Some(text) => Ok((plain_id(id), Arc::from(text))),
        None => Err(format!("the entry {id:?} is not a string")),
    };
    entries.iter().map(document).collect()
}

fn apollo(format: &Value, manifest: &serde_json::Map<String, Value>) -> Result<HashMap<String, Arc<str>>, String> {
    let version = manifest.get("version").and_then(Value::as_u64);
    if format != "apollo-persisted-query-manifest" || version != Some(1) {
        return Err("the only supported Apollo format is \"apollo-persisted-query-manifest\", version 1".to_owned());
    }
    let operations = manifest.get("operations").and_then(Value::as_array).ok_or("it has no array `operations`")?;
    let document = |(at, operation): (usize, &Value)| {
        let part = |name| operation.get(name).and_then(Value::as_str);
        match (part("id"), part("body")) {
            (Some(id), Some(body)) => Ok((plain_id(id), Arc::from(body))),
            _ => Err(format!("operation {at} lacks `id` or `body`")),
        }
    };
    operations.iter().enumerate().map(document).collect()
}

/// Weighs a document by the size of its text and hash, in bytes.
#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<String, Arc<str>> for Bytes {
    fn weight(&self, hash: &String, text: &Arc<str>) -> u64 {
        (hash.len() + text.len()) as u64
    }
}
