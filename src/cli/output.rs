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

/// The system's words for what it could not do.
pub(super) fn words(reason: &io::Error) -> String {
    match reason.kind() {
        ErrorKind::NotFound => "there is no such file; check the path".to_owned(),
        ErrorKind::PermissionDenied => "permission denied; check its owner and mode".to_owned(),
        ErrorKind::IsADirectory => "it is a folder; give the path of a file".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => reason.to_string(),
    }
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
