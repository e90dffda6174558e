//! Parses GraphQL requests from bodies and URLs.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/#sec-Request>. A request may refer to its document by
//! `documentId` (<https://github.com/graphql/graphql-over-http/pull/264>), or by `id` or `doc_id`, as older Relay
//! network layers do.

use std::collections::HashMap;

use async_graphql::{Request, Value, Variables};
use serde_json::{Map, Value as Json};

use crate::guard::DocumentId;

/// Maximum nesting depth of variables and extensions.
const NESTING: usize = 32;

/// The contents of a body.
pub(super) enum Asked {
    One(Box<Request>),
    Many(Vec<Request>),
}

/// Parses a body: one request, or a batch of at most `max_batch`.
pub(super) fn from_body(body: &[u8], max_batch: usize) -> Result<Asked, String> {
    // Some Windows clients send a byte order mark.
    match serde_json::from_slice(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)) {
        Ok(Json::Object(parameters)) => from_json(parameters).map(|request| Asked::One(Box::new(request))),
        Ok(Json::Array(_)) if max_batch == 0 => {
            Err("batches are disabled; send one request at a time (the operator can enable them with --max-batch)"
                .to_owned())
        }
        Ok(Json::Array(list)) if list.len() > max_batch => Err(format!(
            "the batch has {} requests; the limit is {max_batch} (the operator can raise it with --max-batch)",
            list.len()
        )),
        Ok(Json::Array(list)) if list.is_empty() => Err("the batch is empty; send at least one request".to_owned()),
        Ok(Json::Array(list)) => {
            let one = |(at, item)| match item {
                Json::Object(parameters) => from_json(parameters).map_err(|reason| format!("request {at}: {reason}")),
                _ => Err(format!("request {at} is not a JSON object; send an object with `query`")),
            };
            list.into_iter().enumerate().map(one).collect::<Result<_, _>>().map(Asked::Many)
        }
        Ok(_) => Err("the body is not a JSON object; send an object with `query`".to_owned()),
        Err(reason) => Err(format!("the body is not valid JSON (line {}, column {})", reason.line(), reason.column())),
    }
}

/// Parses the query parameters of a URL, in which `variables` and `extensions` are JSON.
pub(super) fn from_parameters(parameters: HashMap<String, String>) -> Result<Request, String> {
    let value = |(name, text): (String, String)| {
        let value = match name.as_str() {
            "variables" | "extensions" if !text.is_empty() => {
                serde_json::from_str(&text).map_err(|_| format!("the parameter `{name}` is not valid JSON"))?
            }
            _ if text.is_empty() => Json::Null,
            _ => Json::String(text),
        };
        Ok((name, value))
    };
    from_json(parameters.into_iter().map(value).collect::<Result<_, String>>()?)
}

/// Parses the parameters of a request. Unknown parameters are ignored.
pub(super) fn from_json(mut parameters: Map<String, Json>) -> Result<Request, String> {
    let mut take = |name: &str| parameters.remove(name).unwrap_or_default();
    let mut request = match take("query") {
        Json::String(query) => Request::new(query),
        Json::Null => Request::new(""),
        _ => return Err("`query` is not a string; it must be a GraphQL document".to_owned()),
    };
    request.operation_name = match take("operationName") {
        Json::String(name) => Some(name),
        Json::Null => None,
        _ => return Err("`operationName` is not a string".to_owned()),
    };
    request.variables = match take("variables") {
        object @ Json::Object(_) if depth(&object) > NESTING => {
            return Err(format!("`variables` is nested more than {NESTING} levels deep"));
        }
        object @ Json::Object(_) => Variables::from_json(object),
        Json::Null => Variables::default(),
        _ => return Err("`variables` is not a JSON object".to_owned()),
    };
    request.extensions.0 = match take("extensions") {
        object @ Json::Object(_) if depth(&object) > NESTING => {
            return Err(format!("`extensions` is nested more than {NESTING} levels deep"));
        }
        Json::Object(extensions) => extensions_of(extensions)?,
        Json::Null => HashMap::new(),
        _ => return Err("`extensions` is not a JSON object".to_owned()),
    };
    for name in ["documentId", "id", "doc_id"] {
        match take(name) {
            Json::String(id) if request.query.is_empty() => request = request.data(DocumentId(id)),
            _ => {}
        }
    }
    let named = request.extensions.0.contains_key("persistedQuery")
        || request.data.contains_key(&std::any::TypeId::of::<DocumentId>());
    if request.query.is_empty() && !named {
        return Err("`query` is missing; it must be a GraphQL document".to_owned());
    }
    Ok(request)
}

fn extensions_of(extensions: Map<String, Json>) -> Result<HashMap<String, Value>, String> {
    let value = |(name, value)| match Value::from_json(value) {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(format!("`extensions.{name}` is not a valid value")),
    };
    extensions.into_iter().map(value).collect()
}

/// The nesting depth of a value. Recursion is safe, since `serde_json` limits the depth to 128.
fn depth(value: &Json) -> usize {
    let below = match value {
        Json::Array(items) => items.iter().map(depth).max(),
        Json::Object(fields) => fields.values().map(depth).max(),
        _ => return 0,
    };
    below.unwrap_or_default() + 1
}
