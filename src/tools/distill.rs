//! `distill`: text, a file of the project or an original → fewer tokens.

use std::fmt::Write as _;

use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::input::{self, INPUT_BYTES_MAX};
use super::page::{self, Delivery};
use super::session::{Memory, Read, Session, TELLING_TRIES};
use super::{Answer, Engines, JsonObject, Tool, ToolError, parse, schema_of};
use crate::distill::{self, Distilled, Intent, Legend, Level, Request};
use crate::tokens::{self, Encoding};

/// See the module.
#[derive(Debug)]
pub struct DistillTool;

#[derive(Debug, Deserialize, JsonSchema)]
struct Arguments {
    text: Option<String>,
    /// Project file
    path: Option<String>,
    /// e.g. h7
    handle: Option<String>,
    // Said above by the tool, level by level.
    level: Option<Level>,
    /// edit: keep all spelling
    intent: Option<Intent>,
    /// What a digest should keep
    query: Option<String>,
    /// HTML only
    links: Option<bool>,
    /// Most tokens
    budget: Option<usize>,
    cursor: Option<String>,
    /// From handshake
    session: Option<String>,
}

impl Tool for DistillTool {
    fn name(&self) -> &'static str {
        "distill"
    }

    fn description(&self) -> &'static str {
        "Shortens logs, JSON, HTML, build output and other text; the original stays behind a handle. Give text, path \
         or handle. exact loses nothing; digest keeps warnings, errors and counts, names every gap; auto picks by budget."
    }

    fn input_schema(&self) -> JsonObject {
        schema_of::<Arguments>()
    }

    fn call(&self, engines: &Engines, arguments: JsonObject) -> Result<Answer, ToolError> {
        let arguments: Arguments = parse(arguments)?;
        // Beside another place, an empty text is none.
        let is_elsewhere = arguments.path.is_some() || arguments.handle.is_some();
        let text = arguments
            .text
            .filter(|text| !text.is_empty() || !is_elsewhere);
        let source = match (text, arguments.path, arguments.handle) {
            (Some(text), None, None) => Source::Bytes(text.into_bytes()),
            (None, Some(path), None) => Source::File {
                bytes: input::project_file(engines, &path)?,
                path,
            },
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
            links: arguments.links.unwrap_or_default(),
            budget: arguments.budget,
            ..options(engines, arguments.session.as_deref())?
        };
        let from = page::cursor(arguments.cursor.as_deref())?;
        let page = Delivery::Page(from, engines.config.settings.page);
        distill(engines, source, &options, page)
    }
}

/// What is distilled.
#[derive(Debug)]
pub enum Source {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The bytes of a file.
    File {
        /// Its path, as it was given.
        path: String,
        /// What it holds.
        bytes: Vec<u8>,
    },
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
    /// Whether a digest of a page says where its links lead.
    pub links: bool,
    /// Most tokens to return.
    pub budget: Option<usize>,
    /// The vocabulary tokens are counted in.
    pub encoding: Encoding,
    /// The session whose reader asks.
    pub session: Option<Session>,
    /// Files whose text is spelled as it is, whatever the intent.
    pub protected: GlobSet,
}

/// Returns the options of a call that names `session`, or none, and nothing else.
///
/// # Errors
/// If there is no such session, or the settings protect files by what is no glob.
pub fn options(engines: &Engines, session: Option<&str>) -> Result<Options, ToolError> {
    let session = session
        .map(|handle| Session::known(engines, handle))
        .transpose()?;
    let encoding = session.as_ref().map(|session| session.encoding);
    Ok(Options {
        level: Level::default(),
        intent: Intent::default(),
        query: None,
        links: false,
        budget: None,
        encoding: encoding.unwrap_or_else(|| engines.config.settings.distill.encoding.into()),
        session,
        protected: protected(&engines.config.settings.distill.protected)?,
    })
}

fn protected(globs: &[String]) -> Result<GlobSet, ToolError> {
    let mut set = GlobSetBuilder::new();
    let broken = |error: globset::Error| {
        ToolError::new(
            format!("the setting `distill.protected` is broken: {error}"),
            "a glob is a path with `*`, `**`, `?` or `[a-z]` in it: `**/prompts/*.md`",
        )
    };
    for glob in globs {
        set.add(Glob::new(glob).map_err(broken)?);
    }
    set.build().map_err(broken)
}

/// An original and what it is known by.
struct Original {
    handle: String,
    bytes: Vec<u8>,
    path: Option<String>,
}

/// Keeps the original, distills it and says what was done.
pub fn distill(
    engines: &Engines,
    source: Source,
    options: &Options,
    delivery: Delivery,
) -> Result<Answer, ToolError> {
    let original = keep(engines, source)?;
    // A further page is of a text that explained itself.
    if let Some(session) = options
        .session
        .as_ref()
        .filter(|_| delivery.is_from_start())
    {
        for _ in 0..TELLING_TRIES {
            let memory = match Memory::of(engines, session) {
                Ok(Some(memory)) if may_name_identifiers(options.level) => {
                    memory.with_identifiers()
                }
                Ok(Some(memory)) => Ok(memory),
                Ok(None) | Err(_) => break,
            };
            let Ok(memory) = memory else { break };
            match remembered(engines, &original, options, &memory, delivery) {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                // What cannot be written down must not be relied on; any other fault shows again below.
                Err(_) => break,
            }
        }
    }
    let (result, broken) = made(&original, options, None)?;
    answer(&result, options, &original.handle, broken, delivery)
}

/// Whether texts at `level` may have names for their long identifiers.
fn may_name_identifiers(level: Level) -> bool {
    matches!(level, Level::Auto | Level::Aliased)
}

fn keep(engines: &Engines, source: Source) -> Result<Original, ToolError> {
    let keep = |bytes: &[u8]| {
        if bytes.len() > INPUT_BYTES_MAX {
            return Err(input::too_large(bytes.len() as u64));
        }
        let number = engines.store()?.keep_original(bytes)?;
        Ok(format!("h{number}"))
    };
    let (handle, bytes, path) = match source {
        Source::Handle(handle) => {
            let bytes = input::original(engines, &handle)?;
            let path = engines.reads.path_of(&handle);
            (handle, bytes, path)
        }
        Source::Bytes(bytes) => (keep(&bytes)?, bytes, None),
        Source::File { path, bytes } => {
            let handle = keep(&bytes)?;
            engines.reads.remember(&handle, &path);
            (handle, bytes, Some(path))
        }
    };
    Ok(Original {
        handle,
        bytes,
        path,
    })
}

/// Distills `original` for a reader who knows `legend`; the number is that of the places that are no UTF-8.
fn made(
    original: &Original,
    options: &Options,
    legend: Option<&Legend>,
) -> Result<(Distilled, usize), ToolError> {
    let Original {
        handle,
        bytes,
        path,
    } = original;
    let (text, broken) = input::readable(bytes, handle, options.level)?;
    let is_protected = match path {
        Some(path) => options.protected.is_match(path),
        None => false,
    };
    let request = Request {
        text: &text,
        path: path.as_deref(),
        level: options.level,
        intent: if is_protected {
            Intent::Edit
        } else {
            options.intent
        },
        query: options.query.as_deref(),
        links: options.links,
        budget: options.budget,
        encoding: options.encoding,
        handle,
        legend,
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
    Ok((result, broken))
}

/// Answers a reader whose `memory` is known, or returns `None` if it learned something else meanwhile.
///
/// What refers to earlier texts fits on one page: a reader who is not shown all of it would miss what later texts rely on.
fn remembered(
    engines: &Engines,
    original: &Original,
    options: &Options,
    memory: &Memory<'_>,
    delivery: Delivery,
) -> Result<Option<Answer>, ToolError> {
    let handle = &original.handle;
    let path = original.path.as_deref();
    let read = path.map(|path| Read::new(path, options, handle));
    let last = read.as_ref().and_then(|read| memory.last(read));
    if last.is_some_and(|last| last.handle == *handle) {
        let answer = unchanged(original, options);
        let tokens = tokens::count(options.encoding, &answer.text);
        return Ok(memory.note(read, None, tokens)?.then_some(answer));
    }
    let (result, broken) = made(original, options, Some(&memory.legend))?;
    let shown = |result: &Distilled| answer(result, options, handle, broken, delivery);
    let change = match last {
        Some(last) => changed(engines, original, options, &result, &last.handle)?,
        None => None,
    };
    let change = change.map(|change| shown(&change)).transpose()?;
    let (answer, told) = if let Some(change) = change.filter(Answer::is_whole) {
        (change, None)
    } else {
        let told = result.told(&memory.legend);
        let referring = shown(&result)?;
        if told.is_some() && !referring.is_whole() {
            (shown(&made(original, options, None)?.0)?, None)
        } else {
            (referring, told)
        }
    };
    let tokens = tokens::count(options.encoding, &answer.text);
    Ok(memory.note(read, told, tokens)?.then_some(answer))
}

/// Returns what turned the original behind `before` into this one, if that is shorter than `result`.
fn changed(
    engines: &Engines,
    original: &Original,
    options: &Options,
    result: &Distilled,
    before: &str,
) -> Result<Option<Distilled>, ToolError> {
    let old = input::original(engines, before)?;
    let texts = (str::from_utf8(&old), str::from_utf8(&original.bytes));
    let (Ok(old), Ok(new)) = texts else {
        return Ok(None);
    };
    Ok(result.changed(options.encoding, (old, before), new))
}

/// Says that the reader has the text already.
fn unchanged(original: &Original, options: &Options) -> Answer {
    let Original { handle, bytes, .. } = original;
    let old = String::from_utf8_lossy(bytes);
    let text = format!("{handle} is unchanged; again: restore {handle}\n");
    let facts = json!({
        "level": Level::Exact.name(),
        "kind": distill::Kind::of(&old).name(),
        "tokens_in": tokens::count(options.encoding, &old),
        "tokens_out": tokens::count(options.encoding, &text),
        "encoding": options.encoding.name(),
        "handle": handle,
        "codecs": ["unchanged"],
    });
    let facts = facts.as_object().cloned().unwrap_or_default();
    Answer { text, facts }
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
        if options.links {
            text.push_str(" links=true");
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
