//! Global ids of the API: the name of a type and a primary key, in Base64.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// The global id of the row `number` of the type `name`.
pub fn print(name: &str, number: i32) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{name}:{number}"))
}

/// Splits a global id into type name and primary key.
pub fn parse(id: &str) -> Option<(String, i32)> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    let (name, number) = text.split_once(':')?;
    let local: i32 = number.parse().ok()?;
    // Only the canonical form is valid: not "+12" or "012".
    (local.to_string() == number).then(|| (name.to_owned(), local))
}
