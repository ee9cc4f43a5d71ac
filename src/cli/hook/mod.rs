//! `mrconductor hook`: a client asks before it shows a tool's output to the model; what packs well is replaced.
//!
//! Exact level unless asked otherwise, and only content that nobody edits from memory: logs, JSON, tables, build output,
//! traces. Whatever goes wrong, the client is told nothing and shows the output as it was.

mod claude_code;
mod cursor;

use std::io;
use std::process::ExitCode;

use serde_json::Value;

use super::distill::word;
use super::{Global, out};
use crate::distill::{Kind, Level};
use crate::tools::distill::{Options, Source, distill, options};
use crate::tools::input::{INPUT_BYTES_MAX, read_bounded};
use crate::tools::page::Delivery;
use crate::tools::{Engines, JsonObject, record_hook};

/// Bytes below which an output is left alone: what could be saved is less than the line that says what was done.
const TEXT_BYTES_MIN: usize = 1_000;

/// Kinds that are left alone: a model that reads code or a document may edit it next, and has to know its spelling.
const KEPT_KINDS: &[Kind] = &[Kind::Code, Kind::Markdown, Kind::Text];

/// Replaces the output of a client's tools by fewer tokens, as a hook of the client; off unless you set it up.
///
/// Reads one event from stdin and prints the client's answer. A fault of any kind leaves the output as it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "Claude Code, in .claude/settings.json:
  {\"hooks\": {\"PostToolUse\": [{\"matcher\": \"Bash|mcp__.*\",
    \"hooks\": [{\"type\": \"command\", \"command\": \"mrconductor hook\", \"timeout\": 10}]}],
   \"PreCompact\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"mrconductor hook\", \"timeout\": 10}]}]}}

Cursor, in .cursor/hooks.json (it replaces the output of MCP tools only):
  {\"version\": 1, \"hooks\": {\"postToolUse\": [{\"command\": \"mrconductor hook\", \"timeout\": 10}]}}

Any shell, keeping the exit code of the command:
  (set -o pipefail; cargo test 2>&1 | mrconductor distill -)")]
pub(crate) struct Args {
    /// How much may be left out: exact, aliased, digest or auto
    #[arg(long, default_value = "exact", value_parser = word::<Level>)]
    level: Level,
}

/// A client whose hooks may replace what a tool gave back.
trait Client {
    /// Returns the tool's output where `event` is this client's and the output may be replaced.
    fn output(&self, event: &JsonObject) -> Option<Value>;
    /// Returns the client's way to say that `output` is to be shown instead.
    fn replacement(&self, output: Value) -> Value;
    /// Whether `event` says that the model's memory of the conversation is cut short.
    fn is_forgetting(&self, event: &JsonObject) -> bool;
}

/// Every client, in the order in which they are asked.
const CLIENTS: &[&dyn Client] = &[&claude_code::ClaudeCode, &cursor::Cursor];

/// What a client reads that is to change nothing.
const NOTHING: &str = "{}\n";

/// Answers the event on stdin.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let answer = answer(args, global).unwrap_or_else(|| NOTHING.to_owned());
    out::write(answer.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn answer(args: &Args, global: &Global) -> Option<String> {
    let bytes = read_bounded(io::stdin().lock()).ok()?;
    if bytes.len() > INPUT_BYTES_MAX {
        return None;
    }
    let event: JsonObject = serde_json::from_slice(&bytes).ok()?;
    if CLIENTS.iter().any(|client| client.is_forgetting(&event)) {
        let engines = Engines::new(global.config_with_problems());
        // Whoever forgets what it was told has to be told again.
        engines.store().ok()?.begin_epochs().ok()?;
        return None;
    }
    let (client, mut output) = CLIENTS
        .iter()
        .find_map(|client| Some((client, client.output(&event)?)))?;
    let engines = Engines::new(global.config_with_problems());
    let mut changed = false;
    for text in texts(&mut output) {
        if let Some(shorter) = shorter(&engines, args.level, text) {
            *text = shorter;
            changed = true;
        }
    }
    changed.then(|| format!("{}\n", client.replacement(output)))
}

/// Returns the texts of a tool's output, in the shapes that shells and MCP tools give it.
fn texts(output: &mut Value) -> Vec<&mut String> {
    let part = match output {
        Value::Object(object) => {
            let member = ["stdout", "content"]
                .into_iter()
                .find(|member| object.contains_key(*member));
            member.and_then(|member| object.get_mut(member))
        }
        other => Some(other),
    };
    match part {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(blocks)) => blocks.iter_mut().filter_map(block).collect(),
        _ => Vec::new(),
    }
}

fn block(block: &mut Value) -> Option<&mut String> {
    match block.get_mut("text")? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Returns `text` in fewer tokens, where that may be and pays; the saving is written down.
fn shorter(engines: &Engines, level: Level, text: &str) -> Option<String> {
    // Looked at before the original is kept: the store is no place for what is shown as it is.
    if text.len() < TEXT_BYTES_MIN || KEPT_KINDS.contains(&Kind::of(text)) {
        return None;
    }
    // Handles of a store in memory end with this process: then the model would be promised what nobody keeps.
    if engines.store().ok()?.notice().is_some() {
        return None;
    }
    let options = Options {
        level,
        ..options(engines, None).ok()?
    };
    let source = Source::Bytes(text.as_bytes().to_vec());
    let answer = distill(engines, source, &options, Delivery::Whole).ok()?;
    let is_shorter =
        answer.facts.get("tokens_out")?.as_u64()? < answer.facts.get("tokens_in")?.as_u64()?;
    if !is_shorter {
        return None;
    }
    record_hook(engines, &answer);
    Some(answer.text)
}

/// Tells whether the tool called `name` is one of ours: what it gives back has been through this.
fn is_ours(name: &str) -> bool {
    crate::tools::find(name).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(mut output: Value) -> Vec<String> {
        texts(&mut output)
            .into_iter()
            .map(|text| text.clone())
            .collect()
    }

    #[test]
    fn the_texts_of_every_shape_are_found_and_nothing_else() {
        assert_eq!(found(json!("a")), ["a"]);
        assert_eq!(
            found(json!({"stdout": "a", "stderr": "b", "content": "c"})),
            ["a"]
        );
        let blocks =
            json!([{"type": "text", "text": "a"}, {"type": "image", "data": "b"}, 7, {"text": 7}]);
        assert_eq!(found(blocks.clone()), ["a"]);
        assert_eq!(found(json!({"content": blocks})), ["a"]);
        for other in [
            json!(null),
            json!(7),
            json!({}),
            json!({"stdout": 7}),
            json!({"file": {"content": "a"}}),
        ] {
            assert_eq!(found(other), Vec::<String>::new());
        }
    }
}
