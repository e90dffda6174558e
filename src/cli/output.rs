//! The output of commands.

use std::{
    error::Error,
    fmt::Display,
    io::{self, ErrorKind, Write, stderr, stdout},
};

/// Prints to the standard output. Ignores a closed pipe, as when piping into `head`.
pub(super) fn print(text: impl Display) -> io::Result<()> {
    let mut out = stdout().lock();
    let printed = out.write_all(text.to_string().as_bytes()).and_then(|()| out.flush());
    printed.or_else(|reason| if reason.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(reason) })
}

/// Prints to the standard error, and ignores failures.
pub(super) fn notice(text: impl Display) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// A message for an error while reading or writing a file.
pub(super) fn words(reason: &io::Error) -> String {
    match reason.kind() {
        ErrorKind::NotFound => "no such file; check the path".to_owned(),
        ErrorKind::PermissionDenied => "permission denied; check its owner and mode".to_owned(),
        ErrorKind::IsADirectory => "it is a folder; use the path of a file".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => reason.to_string(),
    }
}

/// Whether `reason` is a closed output pipe.
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
