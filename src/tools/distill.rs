//! `distill`: text, a file of the project or an original → fewer tokens.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::page::{self, Delivery};
use super::{Answer, Engines, JsonObject, Tool, ToolError, parse, schema_of};
use crate::distill::{self, Distilled, Intent, Level, Request};
use crate::store::StoreError;
use crate::tokens::{self, Encoding};

/// Bytes of an input: more does not fit a model's window at any level, and every engine works in memory.
pub const INPUT_BYTES_MAX: usize = 64 << 20;

/// One byte in so many may be broken before a text counts as binary.
const BROKEN_BYTE_PART: usize = 50;

/// See the module.
#[derive(Debug)]
pub struct DistillTool;

#[derive(Debug, Deserialize, JsonSchema)]
struct Arguments {
    text: Option<String>,
    /// File of the project
    path: Option<String>,
    /// Kept original, e.g. h7
    handle: Option<String>,
    level: Option<Level>,
    /// edit: keep all spelling
    intent: Option<Intent>,
    /// What a digest should keep
    query: Option<String>,
    /// Most tokens to return
    budget: Option<usize>,
    /// Next page
    cursor: Option<String>,
}

impl Tool for DistillTool {
    fn name(&self) -> &'static str {
        "distill"
    }

    fn description(&self) -> &'static str {
        "Shortens logs, JSON, build output and other text to fewer tokens; the original stays behind a handle. Give text, path \
         or handle. exact loses nothing; digest keeps warnings, errors and counts, names every gap; auto picks by budget."
    }

    fn input_schema(&self) -> JsonObject {
        schema_of::<Arguments>()
    }

    fn call(&self, engines: &Engines, arguments: JsonObject) -> Result<Answer, ToolError> {
        let arguments: Arguments = parse(arguments)?;
        let source = match (arguments.text, arguments.path, arguments.handle) {
            (Some(text), None, None) => Source::Bytes(text.into_bytes()),
            (None, Some(path), None) => Source::Bytes(project_file(engines, &path)?),
            (None, None, Some(handle)) => Source::Handle(handle),
            _ => {
                return Err(ToolError::new(
                    "nothing to distill, or more than one thing",
                    "give exactly one of `text`, `path` and `handle`",
                ));
            }
        };
        let options = Options {
            level: arguments.level.unwrap_or_default(),
            intent: arguments.intent.unwrap_or_default(),
            query: arguments.query,
            budget: arguments.budget,
            encoding: Encoding::O200k,
        };
        let from = page::cursor(arguments.cursor.as_deref())?;
        distill(engines, source, &options, Delivery::Page(from))
    }
}

/// What is distilled.
#[derive(Debug)]
pub enum Source {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The original behind this handle.
    Handle(String),
}

/// How it is distilled.
#[derive(Debug, Clone)]
pub struct Options {
    /// How much may be left out.
    pub level: Level,
    /// What the text is for.
    pub intent: Intent,
    /// What a digest should keep.
    pub query: Option<String>,
    /// Most tokens to return.
    pub budget: Option<usize>,
    /// The vocabulary tokens are counted in.
    pub encoding: Encoding,
}

/// Keeps the original, distills it and says what was done.
pub fn distill(
    engines: &Engines,
    source: Source,
    options: &Options,
    delivery: Delivery,
) -> Result<Answer, ToolError> {
    let (handle, bytes) = match source {
        Source::Handle(handle) => {
            let bytes = original(engines, &handle)?;
            (handle, bytes)
        }
        Source::Bytes(bytes) => {
            if bytes.len() > INPUT_BYTES_MAX {
                return Err(too_large(bytes.len() as u64));
            }
            let number = engines
                .store()
                .and_then(|store| store.keep_original(&bytes));
            (
                format!("h{}", number.map_err(|error| store_failed(&error))?),
                bytes,
            )
        }
    };
    let (text, broken) = readable(&bytes, &handle, options.level)?;
    let request = Request {
        text: &text,
        level: options.level,
        intent: options.intent,
        query: options.query.as_deref(),
        budget: options.budget,
        encoding: options.encoding,
        handle: &handle,
    };
    let mut result = distill::distill(&request).map_err(|error| {
        ToolError::new(
            error.to_string(),
            "raise `budget`, or use level `auto`, which shortens as far as it must",
        )
    })?;
    if broken > 0 && result.level == Level::Exact {
        // The bytes that are no UTF-8 live in the store only.
        result.level = Level::Aliased;
    }
    answer(&result, options, &handle, broken, delivery)
}

/// The text of `bytes` with U+FFFD for what is not UTF-8, and the number of such places.
fn readable(bytes: &[u8], handle: &str, level: Level) -> Result<(String, usize), ToolError> {
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

fn answer(
    result: &Distilled,
    options: &Options,
    handle: &str,
    broken: usize,
    delivery: Delivery,
) -> Result<Answer, ToolError> {
    let encoding = options.encoding;
    let mut facts = JsonObject::new();
    facts.insert("level".to_owned(), json!(result.level.name()));
    facts.insert("kind".to_owned(), json!(result.kind.name()));
    facts.insert("tokens_in".to_owned(), json!(result.tokens_in));
    facts.insert("tokens_out".to_owned(), json!(result.tokens_in));
    facts.insert("encoding".to_owned(), json!(encoding.name()));
    facts.insert("handle".to_owned(), json!(handle));
    facts.insert("codecs".to_owned(), json!(result.codecs));
    if result.faults > 0 {
        facts.insert("faults".to_owned(), json!(result.faults));
    }
    if broken > 0 {
        facts.insert("not_utf8".to_owned(), json!(broken));
    }
    let whole = if result.is_untouched() {
        result.text.clone()
    } else {
        let mut whole = result.text.clone();
        end_line(&mut whole);
        let before = facts_line(result, encoding, handle, result.tokens_out);
        let tokens_out = tokens::count(encoding, &(whole.clone() + &before));
        whole += &facts_line(result, encoding, handle, tokens_out);
        facts.insert("tokens_out".to_owned(), json!(tokens_out));
        whole
    };
    let page = page::page(&whole, delivery).ok_or_else(|| {
        ToolError::new("the cursor is past the end", "start again without `cursor`")
    })?;
    let mut text = page.text.to_owned();
    if let Some(next) = page.next {
        facts.insert("next_cursor".to_owned(), json!(next.to_string()));
        end_line(&mut text);
        let level = options.level.name();
        let _ = write!(
            text,
            "[{} of {} bytes; more: distill handle={handle} level={level} cursor={next}",
            next,
            whole.len()
        );
        if let Some(budget) = options.budget {
            let _ = write!(text, " budget={budget}");
        }
        if let Some(query) = &options.query {
            let _ = write!(text, " query={query}");
        }
        text.push_str("]\n");
    }
    Ok(Answer { text, facts })
}

/// The facts in words.
fn facts_line(result: &Distilled, encoding: Encoding, handle: &str, tokens_out: usize) -> String {
    let encoding = encoding.name().split('_').next().unwrap_or_default();
    format!(
        "[{} {}: {} -> {tokens_out} {encoding} tokens; original: restore {handle}]\n",
        result.level.name(),
        result.kind.name(),
        result.tokens_in,
    )
}

fn end_line(text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
}

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
    engines
        .store()
        .and_then(|store| store.original(number))
        .map_err(|error| store_failed(&error))?
        .ok_or_else(unknown)
}

fn store_failed(error: &StoreError) -> ToolError {
    ToolError::new(error.to_string(), "run `mrconductor doctor`")
}

fn too_large(bytes: u64) -> ToolError {
    ToolError::new(
        format!("the input has {bytes} bytes, over the limit of {INPUT_BYTES_MAX}"),
        "distill a part of it, for example `tail -n 100000 FILE | mrconductor distill -`",
    )
}

/// Reads a file of the project; nothing outside of it, by whatever spelling.
fn project_file(engines: &Engines, path: &str) -> Result<Vec<u8>, ToolError> {
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
