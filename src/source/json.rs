//! JSON whose shape is not trusted: each access says what it expects, and a value of another type becomes a remark with
//! file and place.

use std::{cell::RefCell, fmt};

use entity::PartialDate;
use serde_json::Value;

use super::{date::date, record::Remarks};

/// Where remarks about one file go.
#[derive(Clone, Copy)]
pub(super) struct Report<'a> {
    file: &'a str,
    remarks: &'a RefCell<Remarks>,
}

/// A value in a JSON document, with its place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    value: &'a Value,
    path: String,
    report: Report<'a>,
}

impl<'a> Report<'a> {
    pub(super) fn new(file: &'a str, remarks: &'a RefCell<Remarks>) -> Self {
        Self { file, remarks }
    }

    /// The whole document.
    pub(super) fn root(self, value: &'a Value) -> Node<'a> {
        Node { value, path: String::new(), report: self }
    }
}

impl<'a> Node<'a> {
    /// The name of the file.
    pub(super) fn file(&self) -> &'a str {
        self.report.file
    }

    /// Whether it is the whole document.
    pub(super) fn is_root(&self) -> bool {
        self.path.is_empty()
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// Records that this value is skipped.
    pub(super) fn skip(&self, reason: impl fmt::Display) {
        self.report.remarks.borrow_mut().skip(self.report.file, &self.path, reason);
    }

    /// Counts a word that is not known.
    pub(super) fn unknown(&self, what: &'static str, word: &str) {
        self.report.remarks.borrow_mut().unknown(what, word);
    }

    /// Counts a fact that has no place.
    pub(super) fn unused(&self, what: &'static str, word: &str) {
        self.report.remarks.borrow_mut().unused(what, word);
    }

    /// Counts a remark about how something was read.
    pub(super) fn note(&self, text: impl fmt::Display) {
        self.report.remarks.borrow_mut().note(text);
    }

    /// Whether there is a field, even if it is null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    /// A field that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<Node<'a>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(self.step(value, name))
    }

    /// A field that is an object.
    pub(super) fn object(&self, name: &str) -> Option<Node<'a>> {
        let node = self.get(name)?;
        // PHP writes empty objects as empty lists.
        if node.value.as_array().is_some_and(Vec::is_empty) {
            return None;
        }
        node.expect(node.value.is_object(), "an object")
    }

    /// The items of a field that is a list.
    pub(super) fn items(&self, name: &str) -> Vec<Node<'a>> {
        self.get(name).map(|node| node.list()).unwrap_or_default()
    }

    /// The items of this list.
    pub(super) fn list(&self) -> Vec<Node<'a>> {
        let Value::Array(items) = self.value else {
            self.expect(false, "a list");
            return Vec::new();
        };
        items.iter().enumerate().map(|(place, item)| self.step(item, place)).collect()
    }

    /// The fields of this object.
    pub(super) fn fields(&self) -> Vec<(&'a str, Node<'a>)> {
        let fields = self.value.as_object().into_iter().flatten();
        fields.map(|(name, value)| (name.as_str(), self.step(value, name))).collect()
    }

    /// A text that is not empty, without white space around it.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_text()
    }

    /// This value, if it is a text that is not empty.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        let Some(text) = self.value.as_str() else {
            self.expect(false, "text");
            return None;
        };
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    /// A text that must be there.
    pub(super) fn required_text(&self, name: &str) -> Option<&'a str> {
        let text = self.text(name);
        if text.is_none() && self.get(name).is_none_or(|node| node.value.is_string()) {
            self.skip(format_args!("skipped: it has no {name}"));
        }
        text
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        let node = self.get(name)?;
        let number = match node.value {
            Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.and_then(|number| u32::try_from(number).ok());
        if number.is_none() {
            node.expect(false, "a whole number, 0 or greater");
        }
        number
    }

    /// The record's own id, which must be there and positive.
    pub(super) fn id(&self) -> Option<u32> {
        let id = self.number("id").filter(|id| *id > 0);
        if id.is_none() && self.get("id").is_none_or(|node| node.value.as_u64() == Some(0)) {
            self.skip("skipped: it has no id");
        }
        id
    }

    /// True or false; false if it is absent.
    pub(super) fn flag(&self, name: &str) -> bool {
        match self.get(name).map(|node| (node.value.as_bool(), node)) {
            None => false,
            Some((Some(flag), _)) => flag,
            Some((None, node)) => {
                let one = node.value.as_u64() == Some(1);
                node.expect(one || node.value.as_u64() == Some(0), "true or false");
                one
            }
        }
    }

    /// A date.
    pub(super) fn date(&self, name: &str) -> Option<PartialDate> {
        let text = self.text(name)?;
        date(text).unwrap_or_else(|_| {
            let place = self.get(name).map(|node| node.path).unwrap_or_default();
            self.report.remarks.borrow_mut().skip(self.report.file, place, format_args!("{text:?} is not a date"));
            None
        })
    }

    fn step(&self, value: &'a Value, step: impl fmt::Display) -> Node<'a> {
        Node { value, path: format!("{}/{step}", self.path), report: self.report }
    }

    /// This node if it is as expected; otherwise a remark.
    fn expect(&self, right: bool, wanted: &str) -> Option<Node<'a>> {
        if right {
            return Some(self.clone());
        }
        self.skip(format_args!("ignored {}; expected {wanted}", described(self.value)));
        None
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number is whole and in the range")]
fn whole(number: f64) -> Option<u64> {
    (number.fract() == 0.0 && (0.0..1e15).contains(&number)).then_some(number as u64)
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {:?}", text.chars().take(60).collect::<String>()),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wrong_types_become_remarks_with_their_place() {
        let remarks = RefCell::default();
        let value = json!({
            "id": "0216", "name": 5, "airdate": "soon", "_embedded": {"cast": [{"person": []}, {"person": "x"}], "crew": {}},
            "season": -1, "runtime": 60.0, "self": "yes", "empty": " ", "zero": 0
        });
        let node = Report::new("a.json", &remarks).root(&value);
        assert_eq!(node.id(), Some(216));
        assert_eq!(node.text("name"), None);
        assert_eq!(node.required_text("name"), None);
        assert_eq!(node.required_text("empty"), None);
        assert_eq!(node.date("airdate"), None);
        assert_eq!(node.number("season"), None);
        assert_eq!(node.number("runtime"), Some(60));
        assert!(!node.flag("self"));
        let embedded = node.object("_embedded").expect("an object");
        let people: Vec<bool> = embedded.items("cast").iter().map(|item| item.object("person").is_some()).collect();
        assert_eq!(people, [false, false]);
        assert!(embedded.items("crew").is_empty());
        let lines = remarks.borrow().lines();
        assert_eq!(
            lines,
            [
                "a.json:/name: ignored the number 5; expected text",
                "a.json:/name: ignored the number 5; expected text",
                "a.json: skipped: it has no empty",
                "a.json:/airdate: \"soon\" is not a date",
                "a.json:/season: ignored the number -1; expected a whole number, 0 or greater",
                "a.json:/self: ignored the text \"yes\"; expected true or false",
                "a.json:/_embedded/cast/1/person: ignored the text \"x\"; expected an object",
                "a.json:/_embedded/crew: ignored an object; expected a list",
            ]
        );
    }
}
