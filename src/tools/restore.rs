//! `restore`: a handle → the original, or a part of it.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::input::original;
use super::page::{self, Delivery};
use super::session::{Memory, Session};
use super::{Answer, Engines, JsonObject, Tool, ToolError, parse, schema_of};
use crate::distill::part::{self, PartError};

/// See the module.
#[derive(Debug)]
pub struct RestoreTool;

#[derive(Debug, Deserialize, JsonSchema)]
struct Arguments {
    handle: String,
    /// e.g. 120-180
    lines: Option<String>,
    grep: Option<String>,
    /// Number in the digest
    template: Option<usize>,
    #[schemars(description = "JSON path, e.g. items[0].name")]
    path: Option<String>,
    cursor: Option<String>,
}

impl Tool for RestoreTool {
    fn name(&self) -> &'static str {
        "restore"
    }

    fn description(&self) -> &'static str {
        "Returns the exact original behind a handle of distill, or a part: lines, grep matches, lines of a digest's template, a JSON \
         path. Handles never expire."
    }

    fn input_schema(&self) -> JsonObject {
        schema_of::<Arguments>()
    }

    fn call(&self, engines: &Engines, arguments: JsonObject) -> Result<Answer, ToolError> {
        let arguments: Arguments = parse(arguments)?;
        let part = Part::of(
            arguments.lines,
            arguments.grep,
            arguments.template,
            arguments.path,
        )?;
        let from = page::cursor(arguments.cursor.as_deref())?;
        let bytes = restore(engines, &arguments.handle, &part)?;
        let text = String::from_utf8(bytes).map_err(|_| {
            ToolError::new(
                format!("the original `{}` is not UTF-8 text", arguments.handle),
                format!(
                    "a person can write its bytes to a file: `mrconductor restore {} > FILE`",
                    arguments.handle
                ),
            )
        })?;
        let page = page::page(&text, Delivery::Page(from, engines.config.settings.page))
            .ok_or_else(|| {
                ToolError::new("the cursor is past the end", "start again without `cursor`")
            })?;
        let mut facts = JsonObject::new();
        facts.insert("handle".to_owned(), json!(arguments.handle));
        facts.insert("bytes".to_owned(), json!(text.len()));
        let mut shown = page.text.to_owned();
        if let Some(next) = page.next {
            facts.insert("next_cursor".to_owned(), json!(next.to_string()));
            let _ = writeln!(
                shown,
                "\n[{next} of {} bytes; more: the same call with cursor={next}]",
                text.len()
            );
        }
        Ok(Answer { text: shown, facts })
    }
}

/// What of the original is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Every byte.
    All,
    /// Lines such as `120-180`.
    Lines(String),
    /// Lines that match.
    Grep(String),
    /// Lines of this template of the digest.
    Template(usize),
    /// The value at this place of a JSON document.
    Path(String),
}

impl Part {
    /// Makes a part of what was asked for; at most one thing may be.
    pub fn of(
        lines: Option<String>,
        grep: Option<String>,
        template: Option<usize>,
        path: Option<String>,
    ) -> Result<Self, ToolError> {
        let mut parts = [
            lines.map(Self::Lines),
            grep.map(Self::Grep),
            template.map(Self::Template),
            path.map(Self::Path),
        ]
        .into_iter()
        .flatten();
        let part = parts.next().unwrap_or(Self::All);
        match parts.next() {
            None => Ok(part),
            Some(_) => Err(ToolError::new(
                "more than one part was asked for",
                "give at most one of `lines`, `grep`, `template` and `path`",
            )),
        }
    }
}

/// Returns what the reader of `session` was told, for one who has lost sight of it.
fn legend(engines: &Engines, session: &Session) -> Result<Vec<u8>, ToolError> {
    let memory = Memory::of(engines, session)?
        .map(Memory::with_identifiers)
        .transpose()?;
    let listing = memory.map_or_else(String::new, |memory| memory.legend.listing());
    if listing.is_empty() {
        return Err(ToolError::new(
            format!("session `{}` was told no names", session.handle),
            "texts without a tag such as `s1` explain themselves",
        ));
    }
    Ok(listing.into_bytes())
}

/// Returns the bytes of `part` of the original behind `handle`, or the names that the session called so was told.
pub fn restore(engines: &Engines, handle: &str, part: &Part) -> Result<Vec<u8>, ToolError> {
    // Originals are called `h…`: for them nothing has to be looked up.
    if *part == Part::All
        && handle.starts_with('s')
        && let Some(session) = Session::find(engines, handle)?
    {
        return legend(engines, &session);
    }
    let bytes = original(engines, handle)?;
    if *part == Part::All {
        return Ok(bytes);
    }
    // Parts are found in the text that distill showed.
    let text = String::from_utf8_lossy(&bytes);
    let found = match part {
        Part::All => return Ok(bytes),
        Part::Lines(range) => part::lines(&text, range),
        Part::Grep(pattern) => part::grep(&text, pattern),
        Part::Path(path) => part::json(&text, path).map(str::to_owned),
        Part::Template(number) => {
            return part::template(&text, *number)
                .map(String::into_bytes)
                .ok_or_else(|| {
                    ToolError::new(
                        format!("the digest of `{handle}` has no template {number}"),
                        "take the number from the start of a line of the digest",
                    )
                });
        }
    };
    found.map(String::into_bytes).map_err(|error| {
        let hint = match &error {
            PartError::Range(_) | PartError::PastEnd { .. } => {
                "lines count from 1: `7`, `120-180`, `120-`"
            }
            PartError::Pattern { .. } | PartError::NoMatch(_) => {
                "try a shorter literal; matching minds case, `(?i)` at the start does not"
            }
            PartError::NotJson(_) => "use `lines` or `grep` for text that is no JSON document",
            PartError::NoPlace { .. } => "give a path such as `items[0].name` or `/items/0/name`",
        };
        ToolError::new(format!("{error} in `{handle}`"), hint)
    })
}
