//! `docs_read`: a reference → that page or section.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Number;

use super::docs_search::{failed, store, within};
use super::shown::{Shows, to_reader};
use super::{Answer, Engines, JsonObject, Tool, ToolError, parse, schema_of};
use crate::lookup::{self, Given, READ_TOKENS_MAX, Read};

/// Tokens of an answer, least and most.
const TOKENS: (usize, usize) = (200, READ_TOKENS_MAX);

/// The tool.
pub(super) struct DocsRead;

#[derive(Debug, Deserialize, JsonSchema)]
struct Input {
    #[serde(rename = "ref")]
    reference: String,
    section: Option<String>,
    /// e.g. 120-180
    lines: Option<String>,
    #[schemars(with = "Option<usize>")]
    max_tokens: Option<Number>,
    session: Option<String>,
}

impl Tool for DocsRead {
    fn name(&self) -> &'static str {
        "docs_read"
    }

    fn description(&self) -> &'static str {
        "Reads a page or section by a docs_search ref; an outline where it does not fit."
    }

    fn input_schema(&self) -> JsonObject {
        schema_of::<Input>()
    }

    fn call(&self, engines: &Engines, arguments: JsonObject) -> Result<Answer, ToolError> {
        let input: Input = parse(arguments)?;
        let tokens = within(
            "max_tokens",
            input.max_tokens,
            TOKENS,
            engines.config.settings.docs.max_tokens,
        )?;
        let read = Read {
            reference: input.reference,
            section: input.section,
            lines: input.lines,
            pinned: engines.pinned(),
            ..Read::default()
        };
        let store = store(engines)?;
        let given = to_reader(engines, input.session.as_deref(), |known| {
            let read = Read {
                known,
                ..read.clone()
            };
            lookup::read(store, &read, engines.page(tokens)).map_err(failed)
        })?;
        Ok(Answer {
            facts: facts(&given),
            text: given.text,
        })
    }
}

impl Shows for Given {
    fn told(&self) -> &[String] {
        &self.told
    }

    fn tokens(&self) -> usize {
        self.used_tokens
    }
}

fn facts(given: &Given) -> JsonObject {
    let mut facts = JsonObject::new();
    facts.insert("ref".to_owned(), given.reference.to_string().into());
    facts.insert(
        "lines".to_owned(),
        vec![given.lines.0, given.lines.1].into(),
    );
    facts.insert("used_tokens".to_owned(), given.used_tokens.into());
    facts.insert("whole".to_owned(), given.whole.into());
    facts
}
