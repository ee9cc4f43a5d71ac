//! Claude Code.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::edit::Syntax;
use super::{Client, Places, Scope, Session, VENDOR_KEY, Variant, stdio};

/// Claude Code: `mcpServers` in `.mcp.json` or `~/.claude.json`, strict JSON both.
pub(crate) struct ClaudeCode;

impl Client for ClaudeCode {
    fn name(&self) -> &'static str {
        "claude-code"
    }

    fn title(&self) -> &'static str {
        "Claude Code"
    }

    fn syntax(&self) -> Syntax {
        Syntax::Strict
    }

    fn section(&self) -> &'static str {
        "mcpServers"
    }

    fn project_file(&self) -> &'static str {
        ".mcp.json"
    }

    fn user_file(&self, places: &Places) -> PathBuf {
        places.home.join(".claude.json")
    }

    fn trace(&self, places: &Places) -> PathBuf {
        places.home.join(".claude.json")
    }

    fn project_variable(&self, scope: Scope) -> Option<&'static str> {
        // From the user's file the server gets CLAUDE_PROJECT_DIR as a variable and reads it itself.
        (scope == Scope::Project).then_some("${CLAUDE_PROJECT_DIR:-.}")
    }

    fn variants(&self) -> &'static [Variant] {
        &[Variant::Plain, Variant::Hybrid]
    }

    fn entry(&self, command: &[String], variant: Variant) -> Value {
        let mut entry = stdio(command);
        if variant == Variant::Hybrid {
            let key = format!("${{{VENDOR_KEY}:-}}");
            entry.insert("env".to_owned(), json!({ VENDOR_KEY: key }));
        }
        Value::Object(entry)
    }

    fn variable(&self, name: &str, session: &Session) -> Option<String> {
        match name.split_once(":-") {
            Some(("CLAUDE_PROJECT_DIR", _)) => Some(session.project()),
            Some((_, default)) => Some(default.to_owned()),
            None if name == "CLAUDE_PROJECT_DIR" => Some(session.project()),
            None => None,
        }
    }

    fn next_step(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::User => "Claude Code: start a new session, `/mcp` shows `mrconductor`",
            Scope::Project => {
                "Claude Code: start `claude` in the project, approve `mrconductor`, `/mcp` shows it"
            }
        }
    }

    fn verify(&self) -> &'static str {
        "`claude mcp list` says Connected"
    }
}
