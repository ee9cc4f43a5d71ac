//! `docs_search`: a question → passages of the documentation.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Answer, Engines, JsonObject, Tool, ToolError, parse, schema_of};
use crate::lookup::document::Kind;
use crate::lookup::{self, Budget, Found, LookupError, Search};

/// Tokens of an answer, least and most: fewer say nothing, more are cut by clients.
const TOKENS: (usize, usize) = (200, 20_000);
/// Passages of an answer, least and most.
const PASSAGES: (usize, usize) = (1, 20);

/// The tool.
pub(super) struct DocsSearch;

// The names say it all: a description would be paid for in every conversation.
#[derive(Debug, Deserialize, JsonSchema)]
struct Input {
    query: String,
    source: Option<String>,
    kind: Option<KindName>,
    max_tokens: Option<usize>,
    limit: Option<usize>,
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum KindName {
    Guide,
    Api,
    Changelog,
    Meta,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Guide => Self::Guide,
            KindName::Api => Self::Api,
            KindName::Changelog => Self::Changelog,
            KindName::Meta => Self::Meta,
        }
    }
}

impl Tool for DocsSearch {
    fn name(&self) -> &'static str {
        "docs_search"
    }

    fn description(&self) -> &'static str {
        "Finds passages of the local documentation for a question, an identifier or an error code, with citations. Read on with \
         docs_read."
    }

    fn input_schema(&self) -> JsonObject {
        schema_of::<Input>()
    }

    fn call(&self, engines: &Engines, arguments: JsonObject) -> Result<Answer, ToolError> {
        let (search, budget) = asked(engines, arguments)?;
        let found = found(engines, &search, budget)?;
        Ok(Answer {
            text: found.text(),
            facts: facts(&found),
        })
    }
}

/// Searches, and returns what was found in its parts, each with the reasons why it is there.
pub(super) fn explained(engines: &Engines, arguments: JsonObject) -> Result<Found, ToolError> {
    let (search, budget) = asked(engines, arguments)?;
    let search = Search {
        reasons: true,
        ..search
    };
    found(engines, &search, budget)
}

fn found(engines: &Engines, search: &Search, budget: Budget) -> Result<Found, ToolError> {
    lookup::search(store(engines)?, &engines.index, search, budget).map_err(failed)
}

fn asked(engines: &Engines, arguments: JsonObject) -> Result<(Search, Budget), ToolError> {
    let input: Input = parse(arguments)?;
    let settings = &engines.config.settings.docs;
    let tokens = within("max_tokens", input.max_tokens, TOKENS, settings.max_tokens)?;
    let search = Search {
        query: input.query,
        source: input.source,
        kind: input.kind.map(Kind::from),
        limit: within("limit", input.limit, PASSAGES, settings.limit)?,
        cursor: input.cursor,
        reasons: false,
    };
    Ok((search, Budget::page(tokens)))
}

/// Returns what was found for programs: `_meta` without the texts.
fn facts(found: &Found) -> JsonObject {
    let mut facts = JsonObject::new();
    let references: Vec<String> = found
        .passages
        .iter()
        .map(|passage| passage.reference.to_string())
        .collect();
    facts.insert("refs".to_owned(), references.into());
    facts.insert("used_tokens".to_owned(), found.used_tokens.into());
    facts.insert("next_cursor".to_owned(), found.next_cursor.clone().into());
    facts
}

/// Returns `value`, or `default` if there is none; it must be within the limits (least, most).
pub(super) fn within(
    name: &str,
    value: Option<usize>,
    (least, most): (usize, usize),
    default: usize,
) -> Result<usize, ToolError> {
    let value = value.unwrap_or(default);
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(ToolError::new(
        format!("`{name}` cannot be {value}"),
        format!("give {least} to {most}, or leave it out for {default}"),
    ))
}

pub(super) fn store(engines: &Engines) -> Result<&crate::store::Store, ToolError> {
    engines.store().map_err(|error| failed(error.into()))
}

#[expect(clippy::needless_pass_by_value, reason = "maps errors")]
pub(super) fn failed(error: LookupError) -> ToolError {
    ToolError::new(error.to_string(), error.hint())
}
