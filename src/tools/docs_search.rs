//! `docs_search`: a question → passages of the documentation.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Number;

use super::shown::{Shows, to_reader};
use super::{Answer, Engines, JsonObject, Tool, ToolError, parse, schema_of};
use crate::lookup::document::Kind;
use crate::lookup::{self, Budget, Detail, Found, LookupError, Search};

/// Tokens of an answer, least and most: fewer say nothing, more are cut by clients.
const TOKENS: (usize, usize) = (200, 20_000);
/// Passages of an answer, least and most.
const PASSAGES: (usize, usize) = (1, 60);
/// Passages of an outline where neither the call nor a smaller number in the settings says otherwise: a line each.
const OUTLINED: usize = 20;

/// The tool.
pub(super) struct DocsSearch;

// The names say it all: a description would be paid for in every conversation.
#[derive(Debug, Deserialize, JsonSchema)]
struct Input {
    query: String,
    source: Option<String>,
    /// Default: the lock file's
    version: Option<String>,
    kind: Option<KindName>,
    detail: Option<DetailName>,
    #[schemars(with = "Option<usize>")]
    max_tokens: Option<Number>,
    #[schemars(with = "Option<usize>")]
    limit: Option<Number>,
    cursor: Option<String>,
    session: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum KindName {
    Guide,
    Api,
    Changelog,
    Meta,
    Operation,
    Data,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Guide => Self::Guide,
            KindName::Api => Self::Api,
            KindName::Changelog => Self::Changelog,
            KindName::Meta => Self::Meta,
            KindName::Operation => Self::Operation,
            KindName::Data => Self::Data,
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum DetailName {
    Outline,
    Snippet,
    Full,
}

impl From<DetailName> for Detail {
    fn from(name: DetailName) -> Self {
        match name {
            DetailName::Outline => Self::Outline,
            DetailName::Snippet => Self::Snippet,
            DetailName::Full => Self::Full,
        }
    }
}

impl Tool for DocsSearch {
    fn name(&self) -> &'static str {
        "docs_search"
    }

    fn description(&self) -> &'static str {
        "Finds passages of the local documentation for a question, identifier or error code, with citations. Read on with docs_read."
    }

    fn input_schema(&self) -> JsonObject {
        schema_of::<Input>()
    }

    fn call(&self, engines: &Engines, arguments: JsonObject) -> Result<Answer, ToolError> {
        let found = found(engines, asked(engines, arguments)?)?;
        Ok(Answer {
            text: found.text(),
            facts: facts(&found),
        })
    }
}

/// Searches, and returns what was found in its parts, each with the reasons why it is there.
pub(super) fn explained(engines: &Engines, arguments: JsonObject) -> Result<Found, ToolError> {
    let mut asked = asked(engines, arguments)?;
    asked.search.reasons = true;
    found(engines, asked)
}

/// What is searched for, how long the answer may be, and who reads it.
struct Asked {
    search: Search,
    budget: Budget,
    session: Option<String>,
}

fn found(engines: &Engines, asked: Asked) -> Result<Found, ToolError> {
    let Asked {
        search,
        budget,
        session,
    } = asked;
    let store = store(engines)?;
    to_reader(engines, session.as_deref(), |known| {
        let search = Search {
            known,
            ..search.clone()
        };
        lookup::search(store, &engines.index, &search, budget).map_err(failed)
    })
}

fn asked(engines: &Engines, arguments: JsonObject) -> Result<Asked, ToolError> {
    let input: Input = parse(arguments)?;
    let settings = &engines.config.settings.docs;
    let tokens = settings.max_tokens.min(settings.search_tokens);
    let tokens = within("max_tokens", input.max_tokens, TOKENS, tokens)?;
    let detail = input.detail.map(Detail::from).unwrap_or_default();
    let limit = match detail {
        Detail::Outline => settings.limit.max(OUTLINED),
        Detail::Snippet | Detail::Full => settings.limit,
    };
    let search = Search {
        query: input.query,
        source: input.source,
        version: input.version,
        kind: input.kind.map(Kind::from),
        detail,
        limit: within("limit", input.limit, PASSAGES, limit)?,
        cursor: input.cursor,
        pinned: engines.pinned(),
        ..Search::default()
    };
    Ok(Asked {
        search,
        budget: engines.page(tokens),
        session: input.session,
    })
}

impl Shows for Found {
    fn told(&self) -> &[String] {
        &self.told
    }

    fn tokens(&self) -> usize {
        self.used_tokens
    }
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
    if !found.before.is_empty() {
        facts.insert("shown_before".to_owned(), found.before.clone().into());
    }
    if !found.same.is_empty() {
        facts.insert("same_text".to_owned(), found.same.clone().into());
    }
    facts.insert("used_tokens".to_owned(), found.used_tokens.into());
    facts.insert("next_cursor".to_owned(), found.next_cursor.clone().into());
    facts
}

/// Returns `value`, or `default` if there is none; it must be within the limits (least, most).
pub(super) fn within(
    name: &str,
    value: Option<Number>,
    (least, most): (usize, usize),
    default: usize,
) -> Result<usize, ToolError> {
    let value = value.unwrap_or_else(|| default.into());
    let fits = value.as_u64().and_then(|value| usize::try_from(value).ok());
    if let Some(value) = fits.filter(|value| (least..=most).contains(value)) {
        return Ok(value);
    }
    Err(ToolError::new(
        format!("`{name}` cannot be {value}"),
        format!("give {least} to {most}, or leave it out for {default}"),
    ))
}

pub(super) fn store(engines: &Engines) -> Result<&crate::store::Store, ToolError> {
    engines.library().map_err(|error| failed(error.into()))
}

#[expect(clippy::needless_pass_by_value, reason = "maps errors")]
pub(super) fn failed(error: LookupError) -> ToolError {
    ToolError::new(error.to_string(), error.hint())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_outside_its_limits_is_told_them_also_below_zero() {
        let limit = |value: i64| within("limit", Some(value.into()), PASSAGES, 8);
        assert_eq!(limit(60).ok(), Some(60));
        for wrong in [-1, 0, 61, i64::MIN] {
            let error = limit(wrong).unwrap_err();
            assert_eq!(error.what, format!("`limit` cannot be {wrong}"));
            assert_eq!(error.hint, "give 1 to 60, or leave it out for 8");
        }
    }
}
