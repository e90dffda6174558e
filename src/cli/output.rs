//! What commands print.

use std::{
    error::Error,
    fmt::Display,
    io::{self, ErrorKind, Write, stderr, stdout},
};

/// Prints a text to the standard output. A reader that has seen enough, such as `head`, is no failure.
pub(super) fn print(text: impl Display) -> io::Result<()> {
    let mut out = stdout().lock();
    let printed = out.write_all(text.to_string().as_bytes()).and_then(|()| out.flush());
    printed.or_else(|reason| if reason.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(reason) })
}

/// Prints a text to the standard error output, if somebody reads it.
pub(super) fn notice(text: impl Display) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// Whether `reason` is that the reader of the output went away.
pub(super) fn is_closed(reason: &(dyn Error + 'static)) -> bool {
    let mut reason = Some(reason);
    while let Some(error) = reason {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) {
            return true;
        }
        reason = error.source();
    }
    false
}
