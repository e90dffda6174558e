//! Answers in a form in which servers with different schemas can be compared.

use serde_json::Value;

/// The values at the leaves of an answer, sorted, without nulls and ids. What they are called and how deep they lie
/// differs between servers, and so do ids; the names, titles and numbers do not.
pub fn values(answer: &Value) -> Vec<String> {
    let mut values = Vec::new();
    collect(answer, &mut values);
    values.sort_unstable();
    values
}

fn collect(value: &Value, values: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| collect(item, values)),
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| *name != "id").for_each(|(_, item)| collect(item, values));
        }
        Value::String(text) => values.push(text.clone()),
        other => values.push(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_agree_and_values_count() {
        let nested = json!({"data": {"people": [{"name": "Ada", "credits": {"totalCount": 3}, "character": null}]}});
        let flat = json!([{"id": 7, "credits": 3, "name": "Ada"}]);
        assert_eq!(values(&nested), values(&flat));
        assert_ne!(values(&json!([{"name": "Ada"}])), values(&json!([{"name": "Ada"}, {"name": "Ada"}])));
    }
}
