//! Writing to stdout: data for whoever reads the pipe.

use std::io::{self, Write as _};
use std::path::Path;

use serde_json::Value;

/// Writes `bytes` to stdout. A reader that has seen enough and closed the pipe is no error.
pub(super) fn write(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("cannot write to stdout"))
        }
        _ => Ok(()),
    }
}

/// Writes one JSON object on one line.
pub(super) fn write_json(value: &Value) -> anyhow::Result<()> {
    write(format!("{value}\n").as_bytes())
}

/// Returns `path` as JSON can hold it: what is not UTF-8 in it has a mark in its place.
pub(super) fn path(path: &Path) -> String {
    path.display().to_string()
}

/// Writes one line of text, given as to [`format!`], to stdout.
macro_rules! say {
    () => {
        $crate::cli::out::write(b"\n")
    };
    ($($text:tt)*) => {
        $crate::cli::out::write_line(format_args!($($text)*))
    };
}
pub(super) use say;

/// Writes `text` and the end of its line to stdout; what [`say!`] stands for.
pub(super) fn write_line(text: std::fmt::Arguments<'_>) -> anyhow::Result<()> {
    write(format!("{text}\n").as_bytes())
}
