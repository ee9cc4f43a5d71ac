//! Writes down what each call saved or cost, where answers are finished, so that no tool can forget it.

use serde_json::{Value, json};

use super::{Answer, Engines, JsonObject, TOOLS};
use crate::config::clock;
use crate::store::StoreError;
use crate::store::savings::Saving;
use crate::tokens::{Encoding, count};

/// The vocabulary of the ledger: figures of two vocabularies do not add up.
const ENCODING: Encoding = Encoding::O200k;

/// Which page of its answer a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The first, or all of it.
    First,
    /// One after the first.
    Further,
}

impl Page {
    pub(super) fn of(arguments: &JsonObject) -> Self {
        if arguments.get("cursor").is_some_and(Value::is_string) {
            Self::Further
        } else {
            Self::First
        }
    }
}

/// Writes down a call of `tool`, and at the first one what the session paid for the tool descriptions.
///
/// A ledger that cannot be written is no reason to fail the call: that is a record in the log.
pub(super) fn record(engines: &Engines, tool: &str, page: Page, answer: &Answer) {
    if let Some(saving) = saving(engines, tool, page, answer)
        && let Err(error) = write(engines, &saving)
    {
        tracing::debug!("the ledger was not written: {error}");
    }
}

/// Writes down what a client's hook saved: nobody was told of a tool for it.
pub fn record_hook(engines: &Engines, answer: &Answer) {
    let written = saving(engines, "distill", Page::First, answer).map(|saving| {
        let store = engines.store()?;
        store.record_saving(&Saving {
            tool: "hook".to_owned(),
            ..saving
        })
    });
    if let Some(Err(error)) = written {
        tracing::debug!("the ledger was not written: {error}");
    }
}

fn write(engines: &Engines, saving: &Saving) -> Result<(), StoreError> {
    let store = engines.store()?;
    if engines.is_first_saving() {
        store.record_session_cost(saving.at, &saving.project, descriptions_tokens())?;
    }
    store.record_saving(saving)
}

/// Returns the row for a call, or `None` for tools that neither save nor give back.
///
/// An answer of several pages counts once and whole, at its first page: what a model does not ask for is not claimed as saved.
fn saving(engines: &Engines, tool: &str, page: Page, answer: &Answer) -> Option<Saving> {
    let fact = |name: &str| answer.facts.get(name);
    let word = |name: &str| {
        fact(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let number = |name: &str| usize::try_from(fact(name)?.as_u64()?).ok();
    let given = count(ENCODING, &answer.text);
    let (tokens_in, tokens_out) = match tool {
        "restore" => (0, given),
        "distill" if page == Page::First && word("encoding") == ENCODING.name() => {
            (number("tokens_in")?, number("tokens_out")?.max(given))
        }
        _ => return None,
    };
    let project = engines.config.project.as_ref();
    Some(Saving {
        at: clock::unix_seconds(),
        tool: tool.to_owned(),
        kind: word("kind"),
        level: word("level"),
        project: project.map_or_else(String::new, |project| project.display().to_string()),
        tokens_in,
        tokens_out,
    })
}

/// Returns the tokens of what a model is told of our tools: names, descriptions and arguments.
pub fn descriptions_tokens() -> usize {
    let list: Vec<_> = TOOLS
        .iter()
        .map(|tool| json!({"name": tool.name(), "description": tool.description(), "inputSchema": tool.input_schema()}))
        .collect();
    count(ENCODING, &Value::from(list).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::store::savings::{Cost, Period};

    fn answer(facts: &Value) -> Answer {
        Answer {
            text: "one two three".to_owned(),
            facts: facts.as_object().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn a_session_pays_once_for_the_descriptions_and_an_answer_counts_once() {
        let engines = Engines::new(Config::default());
        let distilled = answer(
            &json!({"kind": "log", "level": "exact", "tokens_in": 100, "tokens_out": 3, "encoding": "o200k_base"}),
        );
        record(&engines, "docs_search", Page::First, &answer(&json!({})));
        assert_eq!(
            engines
                .store()
                .unwrap()
                .ledger(&Period::default())
                .unwrap()
                .sessions
                .times,
            0
        );

        record(&engines, "distill", Page::First, &distilled);
        let cursor = JsonObject::from_iter([("cursor".to_owned(), json!("9500"))]);
        assert_eq!(Page::of(&cursor), Page::Further);
        record(&engines, "distill", Page::of(&cursor), &distilled);
        record(&engines, "restore", Page::First, &answer(&json!({})));
        let ledger = engines.store().unwrap().ledger(&Period::default()).unwrap();
        assert_eq!((ledger.total.calls, ledger.total.tokens()), (1, 97));
        assert_eq!(
            ledger.restores,
            Cost {
                times: 1,
                tokens: 3
            }
        );
        assert_eq!(
            (ledger.sessions.times, ledger.sessions.tokens),
            (1, descriptions_tokens() as u64)
        );
        assert_eq!(ledger.kinds.keys().collect::<Vec<_>>(), ["log"]);
    }

    #[test]
    fn figures_of_another_vocabulary_are_left_out() {
        let engines = Engines::new(Config::default());
        let distilled = answer(
            &json!({"kind": "log", "level": "exact", "tokens_in": 100, "encoding": "cl100k_base"}),
        );
        record(&engines, "distill", Page::First, &distilled);
        assert_eq!(
            engines
                .store()
                .unwrap()
                .ledger(&Period::default())
                .unwrap()
                .total
                .calls,
            0
        );
    }
}
