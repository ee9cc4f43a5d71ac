//! Cursor: `postToolUse`, whose answer may replace the output of MCP tools and of no others.

use serde_json::{Value, json};

use super::{Client, is_ours};
use crate::tools::JsonObject;

/// Cursor.
pub(super) struct Cursor;

impl Client for Cursor {
    fn output(&self, event: &JsonObject) -> Option<Value> {
        if event.get("hook_event_name")?.as_str()? != "postToolUse" {
            return None;
        }
        let tool = event.get("tool_name")?.as_str()?.strip_prefix("MCP:")?;
        if is_ours(tool.rsplit(':').next()?) {
            return None;
        }
        // The output is JSON inside a string; a text alone would have no place in the answer, which is an object.
        let output: JsonObject = serde_json::from_str(event.get("tool_output")?.as_str()?).ok()?;
        let has_failed = output.get("isError").and_then(Value::as_bool) == Some(true);
        (!has_failed).then_some(Value::Object(output))
    }

    fn replacement(&self, output: Value) -> Value {
        json!({"updated_mcp_tool_output": output})
    }

    fn is_forgetting(&self, event: &JsonObject) -> bool {
        event.get("hook_event_name").and_then(Value::as_str) == Some("preCompact")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(tool: &str, output: &str) -> Option<Value> {
        let event =
            json!({"hook_event_name": "postToolUse", "tool_name": tool, "tool_output": output});
        Cursor.output(event.as_object()?)
    }

    #[test]
    fn only_foreign_mcp_tools_that_succeeded_are_heard() {
        let good = r#"{"content":[{"type":"text","text":"x"}]}"#;
        assert!(output("MCP:query", good).is_some());
        assert!(output("MCP:server:query", good).is_some());
        for (tool, text) in [
            ("Shell", good),
            ("MCP:distill", good),
            ("MCP:mrconductor:restore", good),
            ("MCP:query", r#"{"isError":true,"content":[]}"#),
            ("MCP:query", r#""text""#),
            ("MCP:query", "{not json"),
        ] {
            assert_eq!(output(tool, text), None, "{tool} {text}");
        }
    }
}
