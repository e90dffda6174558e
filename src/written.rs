//! Answers whose JSON is written already.
//!
//! The library's answers are trees. One that was given before is kept as the text that was sent; it travels as
//! [`Value::Binary`] where the tree would be, which no field of a schema gives.

use async_graphql::{Response, Value};
use axum::body::Bytes;

/// Data of a request: its sender takes an answer that is written already.
#[derive(Clone, Copy, Debug)]
pub struct Welcome;

/// The answer without errors that `body` is the JSON of.
pub fn answer(body: Bytes) -> Response {
    Response::new(Value::Binary(body))
}

/// The JSON of an answer.
///
/// # Errors
///
/// If a value has no JSON form.
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
