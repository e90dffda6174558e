//! Responses that are already serialized as JSON.
//!
//! async-graphql's responses are trees, but the cache stores them as JSON text. A cached response carries its text as
//! [`Value::Binary`] in place of the tree; no field of a schema returns that variant.

use async_graphql::{Response, Value};
use axum::body::Bytes;

/// Request data: the caller accepts a response that is already serialized.
#[derive(Clone, Copy, Debug)]
pub struct Welcome;

/// Wraps `body`, the JSON of a response without errors.
pub fn answer(body: Bytes) -> Response {
    Response::new(Value::Binary(body))
}

/// Serializes a response as JSON.
///
/// # Errors
///
/// Fails if a value cannot be represented in JSON.
pub fn body(answer: &Response) -> serde_json::Result<Bytes> {
    let Value::Binary(body) = &answer.data else { return Ok(serde_json::to_vec(answer)?.into()) };
    let Some(open) = body.strip_suffix(b"}").filter(|_| !answer.extensions.is_empty()) else { return Ok(body.clone()) };
    let mut told = open.to_vec();
    told.extend_from_slice(br#","extensions":"#);
    serde_json::to_writer(&mut told, &answer.extensions)?;
    told.push(b'}');
    Ok(told.into())
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    #[test]
    fn what_is_written_reads_as_the_tree_does() {
        for tree in
            [Response::new(value!({ "a": [1, "}"] })), Response::new(value!({ "a": 1 })).extension("b", value!(2))]
        {
            let mut written = answer(body(&Response::new(tree.data.clone())).unwrap());
            written.extensions.clone_from(&tree.extensions);
            let read = |answer| serde_json::from_slice::<serde_json::Value>(&body(answer).unwrap()).unwrap();
            assert_eq!(read(&written), read(&tree));
        }
    }
}
