//! Reads GraphQL requests out of bodies and addresses.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/#sec-Request>; a document may be named by `documentId`
//! (<https://github.com/graphql/graphql-over-http/pull/264>), or by `id` or `doc_id` as older Relay networks do.

use std::collections::HashMap;

use async_graphql::{Request, Value, Variables};
use serde_json::{Map, Value as Json};

use crate::guard::DocumentId;

/// Levels of values within values of variables and extensions.
const NESTING: usize = 32;

/// What a body holds.
pub(super) enum Asked {
    One(Box<Request>),
    Many(Vec<Request>),
}

/// Reads a body. A list of at most `max_batch` requests is taken.
pub(super) fn from_body(body: &[u8], max_batch: usize) -> Result<Asked, String> {
    // Some clients on Windows begin with a byte order mark.
    match serde_json::from_slice(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)) {
        Ok(Json::Object(parameters)) => from_json(parameters).map(|request| Asked::One(Box::new(request))),
        Ok(Json::Array(_)) if max_batch == 0 => {
            Err("the body is a list; send one request at a time, or let the server be started with --max-batch"
                .to_owned())
        }
        Ok(Json::Array(list)) if list.len() > max_batch => Err(format!(
            "the body is a list of {} requests; at most {max_batch} may come at once (--max-batch)",
            list.len()
        )),
        Ok(Json::Array(list)) if list.is_empty() => {
            Err("the body is an empty list; give at least one request".to_owned())
        }
        Ok(Json::Array(list)) => {
            let one = |(at, item)| match item {
                Json::Object(parameters) => from_json(parameters).map_err(|reason| format!("request {at}: {reason}")),
                _ => Err(format!("request {at} is no JSON object; give one with `query`")),
            };
            list.into_iter().enumerate().map(one).collect::<Result<_, _>>().map(Asked::Many)
        }
        Ok(_) => Err("the body is no JSON object; give one with `query`".to_owned()),
        Err(reason) => Err(format!("the body is no JSON: line {}, column {}", reason.line(), reason.column())),
    }
}

/// Reads the parameters of an address, in which `variables` and `extensions` are JSON texts.
pub(super) fn from_parameters(parameters: HashMap<String, String>) -> Result<Request, String> {
    let value = |(name, text): (String, String)| {
        let value = match name.as_str() {
            "variables" | "extensions" if !text.is_empty() => {
                serde_json::from_str(&text).map_err(|_| format!("the parameter `{name}` is no JSON"))?
            }
            _ if text.is_empty() => Json::Null,
            _ => Json::String(text),
        };
        Ok((name, value))
    };
    from_json(parameters.into_iter().map(value).collect::<Result<_, String>>()?)
}

/// Reads the parameters of a request. Those that GraphQL over HTTP does not know are left alone.
fn from_json(mut parameters: Map<String, Json>) -> Result<Request, String> {
    let mut take = |name: &str| parameters.remove(name).unwrap_or_default();
    let mut request = match take("query") {
        Json::String(query) => Request::new(query),
        Json::Null => Request::new(""),
        _ => return Err("`query` is no string; it must be the text of a document".to_owned()),
    };
    request.operation_name = match take("operationName") {
        Json::String(name) => Some(name),
        Json::Null => None,
        _ => return Err("`operationName` is no string".to_owned()),
    };
    request.variables = match take("variables") {
        object @ Json::Object(_) if depth(&object) > NESTING => {
            return Err(format!("`variables` has more than {NESTING} levels of values within values"));
        }
        object @ Json::Object(_) => Variables::from_json(object),
        Json::Null => Variables::default(),
        _ => return Err("`variables` is no JSON object".to_owned()),
    };
    request.extensions.0 = match take("extensions") {
        object @ Json::Object(_) if depth(&object) > NESTING => {
            return Err(format!("`extensions` has more than {NESTING} levels of values within values"));
        }
        Json::Object(extensions) => extensions_of(extensions)?,
        Json::Null => HashMap::new(),
        _ => return Err("`extensions` is no JSON object".to_owned()),
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
        return Err("`query` is missing; it must be the text of a document".to_owned());
    }
    Ok(request)
}

fn extensions_of(extensions: Map<String, Json>) -> Result<HashMap<String, Value>, String> {
    let value = |(name, value)| match Value::from_json(value) {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(format!("`extensions.{name}` cannot be read")),
    };
    extensions.into_iter().map(value).collect()
}

/// Levels of a value, which `serde_json` has read and so has limited to 128.
fn depth(value: &Json) -> usize {
    let below = match value {
        Json::Array(items) => items.iter().map(depth).max(),
        Json::Object(fields) => fields.values().map(depth).max(),
        _ => return 0,
    };
    below.unwrap_or_default() + 1
}
