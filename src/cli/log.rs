//! The log, on the standard error.

use std::{
    fmt::{self, Debug},
    io::{IsTerminal, stderr},
};

use tracing_subscriber::{
    field::MakeExt,
    filter::{LevelFilter, Targets},
    fmt::{
        FormatFields,
        format::{Writer, debug_fn},
    },
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::LogFormat;

/// Starts logging. `RUST_LOG` sets the log level, which is `info` by default.
pub(super) fn start(format: LogFormat) {
    let default = [("sea_orm_migration", LevelFilter::WARN), ("sqlx", LevelFilter::WARN)];
    let default = Targets::new().with_default(LevelFilter::INFO).with_targets(default);
    // Not `EnvFilter`, which does work for the span of a request at every event in it.
    let targets = std::env::var("RUST_LOG").ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let log = tracing_subscriber::fmt::layer().with_writer(stderr).with_target(false);
    let registry = tracing_subscriber::registry().with(targets);
    match format {
        LogFormat::Json => registry.with(log.json().flatten_event(true).with_span_list(false)).init(),
        LogFormat::Pretty if stderr().is_terminal() => registry.with(log).init(),
        LogFormat::Pretty => registry.with(log.with_ansi(false).fmt_fields(plain_fields())).init(),
    }
}

/// Writes messages and fields as the layer does without a terminal, but skips its styling code, which takes half of the
/// time of a line. Does not write the sources of an error that is logged as a value; castgraph logs errors as text.
fn plain_fields() -> impl for<'w> FormatFields<'w> + Send + Sync + 'static {
    let field = debug_fn(|writer: &mut Writer<'_>, field, value| match field.name() {
        "message" => harmless(writer, value),
        name => write!(writer, "{}={value:?}", name.trim_start_matches("r#")),
    });
    field.delimited(" ")
}

/// Writes a message with control characters escaped, so that it cannot send commands to a terminal.
fn harmless(writer: &mut Writer<'_>, message: &dyn Debug) -> fmt::Result {
    format!("{message:?}").chars().try_for_each(|character| match character {
        '\n' | '\t' => writer.write_char(character),
        _ if character.is_control() => write!(writer, "{}", character.escape_unicode()),
        _ => writer.write_char(character),
    })
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::fmt::format::DefaultFields;

    use super::*;

    /// A writer to memory.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The output of the log while `log` runs, without timestamps.
    fn lines<F>(fields: F, log: impl FnOnce()) -> String
    where
        F: for<'w> FormatFields<'w> + Send + Sync + 'static,
    {
        let paper = Paper::default();
        let writer = paper.clone();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).without_time().with_target(false);
        let layer = layer.fmt_fields(fields).with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn lines_are_those_of_the_layer() {
        let log = || {
            let _span = tracing::error_span!("request", id = "a-1").entered();
            let (code, text) = (None::<u32>, "René\n");
            tracing::info!(method = %"POST", status = 200_u16, code, text, r#type = 7, ms = 1.5, "request");
            tracing::warn!(reason = ?"no", "two\nlines of {}", "Guinan");
        };
        let ours = lines(plain_fields(), log);
        assert_eq!(ours, lines(DefaultFields::new(), log));
        assert!(ours.contains(r#"request method=POST status=200 text="René\n" type=7 ms=1.5"#), "{ours}");
    }

    #[test]
    fn a_message_does_not_command_terminals() {
        let ours = lines(plain_fields(), || tracing::info!("Guinan\u{1b}[2J\u{9b}1m et René"));
        assert!(ours.contains(r"Guinan\u{1b}[2J\u{9b}1m et René"), "{ours}");
    }
}
