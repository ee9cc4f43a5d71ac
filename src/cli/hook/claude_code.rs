//! Claude Code: `PostToolUse`, whose answer may hold an `updatedToolOutput` of the tool's own shape.

use serde_json::{Value, json};

use super::{Client, is_ours};
use crate::tools::JsonObject;

/// Claude Code.
pub(super) struct ClaudeCode;

/// Members of a shell's output that name a file with the whole of it: the client would show that instead.
const SAVED_ELSEWHERE: &[&str] = &["persistedOutputPath", "persistedOutputSize"];

impl Client for ClaudeCode {
    fn output(&self, event: &JsonObject) -> Option<Value> {
        if event.get("hook_event_name")?.as_str()? != "PostToolUse" {
            return None;
        }
        let tool = event.get("tool_name")?.as_str()?;
        let is_foreign = tool
            .strip_prefix("mcp__")
            .and_then(|rest| rest.rsplit("__").next())
            .is_some_and(|name| !is_ours(name));
        if tool != "Bash" && !is_foreign {
            return None;
        }
        let mut output = event.get("tool_response")?.clone();
        if let Some(object) = output.as_object_mut() {
            for member in SAVED_ELSEWHERE {
                object.shift_remove(*member);
            }
        }
        Some(output)
    }

    fn replacement(&self, output: Value) -> Value {
        json!({"hookSpecificOutput": {"hookEventName": "PostToolUse", "updatedToolOutput": output}})
    }

    fn is_forgetting(&self, event: &JsonObject) -> bool {
        let word = |name: &str| event.get(name).and_then(Value::as_str);
        match word("hook_event_name") {
            Some("PreCompact") => true,
            Some("SessionStart") => matches!(word("source"), Some("compact" | "clear")),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(event: &Value) -> Option<Value> {
        ClaudeCode.output(event.as_object()?)
    }

    #[test]
    fn shells_and_foreign_tools_are_heard_and_files_are_not() {
        let event = |name: &str, tool: &str| json!({"hook_event_name": name, "tool_name": tool, "tool_response": "x"});
        assert_eq!(output(&event("PostToolUse", "Bash")), Some(json!("x")));
        assert_eq!(
            output(&event("PostToolUse", "mcp__github__list_issues")),
            Some(json!("x"))
        );
        for (name, tool) in [
            ("PostToolUse", "Read"),
            ("PostToolUse", "Edit"),
            ("PostToolUse", "mcp__mrconductor__distill"),
            ("PreToolUse", "Bash"),
            ("postToolUse", "MCP:query"),
        ] {
            assert_eq!(output(&event(name, tool)), None, "{name} {tool}");
        }
        assert_eq!(output(&json!({"hook_event_name": 7})), None);
    }

    #[test]
    fn a_compaction_is_told_from_other_events() {
        let event = |name: &str, source: &str| json!({"hook_event_name": name, "source": source});
        for (name, source, expected) in [
            ("PreCompact", "", true),
            ("SessionStart", "compact", true),
            ("SessionStart", "clear", true),
            ("SessionStart", "startup", false),
            ("SessionStart", "resume", false),
            ("PostToolUse", "compact", false),
        ] {
            let event = event(name, source);
            let is_forgetting = event
                .as_object()
                .map(|event| ClaudeCode.is_forgetting(event));
            assert_eq!(is_forgetting, Some(expected), "{event}");
        }
    }

    #[test]
    fn an_output_keeps_its_shape_but_for_the_copy_elsewhere() {
        let event = json!({"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_response":
            {"stdout": "x", "stderr": "", "interrupted": false, "persistedOutputPath": "/tmp/x", "persistedOutputSize": 9}});
        assert_eq!(
            output(&event),
            Some(json!({"stdout": "x", "stderr": "", "interrupted": false}))
        );
    }
}
