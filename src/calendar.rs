//! Writes all-day events as iCalendar, for calendar apps on phones and desktops.
//!
//! Format: RFC 5545. Lines end with CRLF and are folded at 75 octets; text values are escaped. The output depends only
//! on the events, so the same events always produce the same bytes.

use std::fmt::Write;

use chrono::NaiveDate;

/// An all-day event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// A globally unique and permanent identifier.
    pub uid: String,
    /// The date.
    pub day: NaiveDate,
    /// The title of the event.
    pub summary: String,
    /// Further details.
    pub description: Option<String>,
}

/// Writes a calendar called `name` with these events.
pub fn calendar(name: &str, events: &[Event]) -> String {
    let mut text = String::new();
    for (name, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//castgraph//castgraph//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", &escape(name)),
    ] {
        line(&mut text, name, value);
    }
    for event in events {
        write_event(&mut text, event);
    }
    line(&mut text, "END", "VCALENDAR");
    text
}

fn write_event(text: &mut String, event: &Event) {
    let day = event.day.format("%Y%m%d").to_string();
    line(text, "BEGIN", "VEVENT");
    line(text, "UID", &escape(&event.uid));
    // The publication time is unknown; the event's date is a stable substitute.
    line(text, "DTSTAMP", &format!("{day}T000000Z"));
    line(text, "DTSTART;VALUE=DATE", &day);
    line(text, "SUMMARY", &escape(&event.summary));
    if let Some(description) = &event.description {
        line(text, "DESCRIPTION", &escape(description));
    }
    line(text, "TRANSP", "TRANSPARENT");
    line(text, "END", "VEVENT");
}

/// Maximum octets in a line, without its line ending.
const WIDTH: usize = 75;

/// Writes a line, folded between characters; continuation lines start with a space.
fn line(text: &mut String, name: &str, value: &str) {
    let mut width = 0;
    for letter in name.chars().chain([':']).chain(value.chars()) {
        if width + letter.len_utf8() > WIDTH {
            text.push_str("\r\n ");
            width = 1;
        }
        // Writing to a string does not fail.
        let _ = text.write_char(letter);
        width += letter.len_utf8();
    }
    text.push_str("\r\n");
}

/// Escapes special characters and removes other control characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(summary: &str) -> Event {
        let day = NaiveDate::from_ymd_opt(2022, 3, 3).unwrap();
        Event { uid: "pic-s02e01@castgraph".to_owned(), day, summary: summary.to_owned(), description: None }
    }

    #[test]
    fn a_calendar_has_its_events_as_whole_days() {
        let description = Some("On Paramount+".to_owned());
        let text = calendar("Picard", &[Event { description, ..event("The Star Gazer") }]);
        assert_eq!(
            text,
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//castgraph//castgraph//EN\r\nCALSCALE:GREGORIAN\r\n\
             METHOD:PUBLISH\r\nX-WR-CALNAME:Picard\r\n\
             BEGIN:VEVENT\r\nUID:pic-s02e01@castgraph\r\nDTSTAMP:20220303T000000Z\r\n\
             DTSTART;VALUE=DATE:20220303\r\nSUMMARY:The Star Gazer\r\nDESCRIPTION:On Paramount+\r\n\
             TRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
    }

    #[test]
    fn texts_are_escaped() {
        let text = calendar("a", &[event("Et in Arcadia Ego, Part 1; \\ two\r\nlines\u{7}")]);
        assert!(text.contains("SUMMARY:Et in Arcadia Ego\\, Part 1\\; \\\\ two\\nlines\r\n"), "{text}");
    }

    #[test]
    fn long_lines_are_folded_between_characters_and_unfold_again() {
        for letter in ["x", "é", "漢", "🖖", ","] {
            let summary = letter.repeat(200);
            let text = calendar("a", &[event(&summary)]);
            assert!(text.split("\r\n").all(|line| line.len() <= 75), "{letter}");
            assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
            let unfolded = text.replace("\r\n ", "");
            let expected = format!("SUMMARY:{}\r\n", escape(&summary));
            assert!(unfolded.contains(&expected), "{letter}");
        }
        let text = calendar("a", &[event(&"x".repeat(67))]);
        assert!(text.contains(&format!("SUMMARY:{}\r\n", "x".repeat(67))), "75 octets need no folding");
    }

    #[test]
    fn a_calendar_without_events_is_one() {
        assert!(calendar("a", &[]).ends_with("X-WR-CALNAME:a\r\nEND:VCALENDAR\r\n"));
    }
}
