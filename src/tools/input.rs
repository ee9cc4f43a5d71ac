//! What tools read: originals of the store, files of the project, bytes within a limit.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Engines, ToolError};
use crate::distill::Level;

/// Bytes of an input: more does not fit a model's window at any level, and every engine works in memory.
pub const INPUT_BYTES_MAX: usize = 64 << 20;

/// One byte in so many may be broken before a text counts as binary.
const BROKEN_BYTE_PART: usize = 50;

/// Returns the bytes behind `handle`.
pub(super) fn original(engines: &Engines, handle: &str) -> Result<Vec<u8>, ToolError> {
    let unknown = || {
        ToolError::new(
            format!("there is no original `{handle}`"),
            "take the handle from the last line of a `distill` result, for example `h7`; each data directory has its own",
        )
    };
    let number = handle
        .strip_prefix('h')
        .and_then(|number| number.parse().ok())
        .ok_or_else(unknown)?;
    engines.store()?.original(number)?.ok_or_else(unknown)
}

pub(super) fn too_large(bytes: u64) -> ToolError {
    ToolError::new(
        format!("the input has {bytes} bytes, over the limit of {INPUT_BYTES_MAX}"),
        "distill a part of it, for example `tail -n 100000 FILE | mrconductor distill -`",
    )
}

/// Reads a file of the project; nothing outside of it, by whatever spelling.
pub(super) fn project_file(engines: &Engines, path: &str) -> Result<Vec<u8>, ToolError> {
    let Some(project) = &engines.config.project else {
        return Err(ToolError::new(
            format!("cannot read `{path}`: no project is known"),
            "give `text`, or start the server with `--project DIR`",
        ));
    };
    let refused = |error: std::io::Error| {
        ToolError::new(
            format!("cannot read `{path}` in `{}`: {error}", project.display()),
            "give the path of an existing file, relative to the project",
        )
    };
    let root = project.canonicalize().map_err(refused)?;
    let file: PathBuf = root.join(path).canonicalize().map_err(refused)?;
    if !file.starts_with(&root) {
        return Err(ToolError::new(
            format!("`{path}` is outside of the project `{}`", project.display()),
            "give a path inside the project, or the text itself",
        ));
    }
    read_file(&file)
}

/// Reads any file, up to the limit.
pub fn read_file(path: &Path) -> Result<Vec<u8>, ToolError> {
    let failed = |error: std::io::Error| {
        ToolError::new(
            format!("cannot read `{}`: {error}", path.display()),
            "check the path and its permissions",
        )
    };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(ToolError::new(
            format!("`{}` is a directory", path.display()),
            "give the path of a file",
        ));
    }
    if metadata.len() > INPUT_BYTES_MAX as u64 {
        return Err(too_large(metadata.len()));
    }
    read_bounded(file).map_err(failed)
}

/// Reads `input` up to one byte more than the limit, so that a longer one is noticed and no memory is spent on it.
pub fn read_bounded(input: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input
        .take(INPUT_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of `bytes` with U+FFFD for what is not UTF-8, and the number of such places.
pub(super) fn readable(
    bytes: &[u8],
    handle: &str,
    level: Level,
) -> Result<(String, usize), ToolError> {
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(ToolError::new(
            format!("the input is binary: byte {at} is NUL"),
            format!(
                "convert it to UTF-8 text first; `mrconductor restore {handle}` gives the bytes back"
            ),
        ));
    }
    let broken = bytes
        .utf8_chunks()
        .filter(|chunk| !chunk.invalid().is_empty())
        .count();
    let first = bytes
        .utf8_chunks()
        .next()
        .map_or(0, |chunk| chunk.valid().len());
    if broken * BROKEN_BYTE_PART > bytes.len() || (broken > 0 && level == Level::Exact) {
        return Err(ToolError::new(
            format!(
                "the input is not UTF-8: byte {first} is 0x{:02x}",
                bytes.get(first).copied().unwrap_or(0)
            ),
            format!(
                "level `auto` shows such bytes as U+FFFD where they are few; `mrconductor restore {handle}` gives the bytes back"
            ),
        ));
    }
    Ok((String::from_utf8_lossy(bytes).into_owned(), broken))
}
