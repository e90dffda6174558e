//! The log, on the standard error output.

use std::{
    fmt::{self, Debug, Write},
    io::{IsTerminal, stderr},
};

use tracing_subscriber::{
    field::MakeExt,
    filter::{LevelFilter, Targets},
    fmt::format::debug_fn,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::LogFormat;

/// Begins to log. `RUST_LOG` chooses what is logged; `info` by default.
pub(super) fn start(format: LogFormat) {
    let default = [("sea_orm_migration", LevelFilter::WARN), ("sqlx", LevelFilter::WARN)];
    let default = Targets::new().with_default(LevelFilter::INFO).with_targets(default);
    // Not `EnvFilter`, which looks at the span of a request whenever something in it goes on.
    let targets = std::env::var("RUST_LOG").ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let log = tracing_subscriber::fmt::layer().with_writer(stderr).with_target(false);
    let registry = tracing_subscriber::registry().with(targets);
    match format {
        LogFormat::Json => registry.with(log.json().flatten_event(true).with_span_list(false)).init(),
        LogFormat::Pretty if stderr().is_terminal() => registry.with(log).init(),
        LogFormat::Pretty => {
            // As the layer writes fields, without styles: it takes as long to leave them out as to write them.
            let field = debug_fn(|writer, field, value| match field.name() {
                "message" => plain(writer, value),
                name => write!(writer, "{name}={value:?}"),
            });
            registry.with(log.with_ansi(false).fmt_fields(field.delimited(" "))).init();
        }
    }
}

/// Writes a message. What could tell a terminal to do something stands there as a number.
fn plain(writer: &mut impl Write, message: &dyn Debug) -> fmt::Result {
    format!("{message:?}").chars().try_for_each(|character| match character {
        character if character.is_control() => write!(writer, "{}", character.escape_unicode()),
        character => writer.write_char(character),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_does_not_command_terminals() {
        let mut text = String::new();
        plain(&mut text, &format_args!("Guinan\u{1b}[2J\u{9b}1m et René")).unwrap();
        assert_eq!(text, "Guinan\\u{1b}[2J\\u{9b}1m et René");
    }
}
