//! Cursor.

use std::path::{MAIN_SEPARATOR_STR, PathBuf};

use serde_json::{Value, json};

use super::edit::Syntax;
use super::{Client, Places, Scope, Session, VENDOR_KEY, Variant, stdio};

/// Cursor: `mcpServers` in `.cursor/mcp.json`.
pub(crate) struct Cursor;

impl Client for Cursor {
    fn name(&self) -> &'static str {
        "cursor"
    }

    fn title(&self) -> &'static str {
        "Cursor"
    }

    fn syntax(&self) -> Syntax {
        Syntax::Commented
    }

    fn section(&self) -> &'static str {
        "mcpServers"
    }

    fn project_file(&self) -> &'static str {
        ".cursor/mcp.json"
    }

    fn user_file(&self, places: &Places) -> PathBuf {
        places.home.join(".cursor/mcp.json")
    }

    fn trace(&self, places: &Places) -> PathBuf {
        places.home.join(".cursor")
    }

    fn project_variable(&self, _scope: Scope) -> Option<&'static str> {
        Some("${workspaceFolder}")
    }

    fn variants(&self) -> &'static [Variant] {
        &[Variant::Plain, Variant::Hybrid]
    }

    fn entry(&self, command: &[String], variant: Variant) -> Value {
        let mut entry = stdio(command);
        if variant == Variant::Hybrid {
            let key = format!("${{env:{VENDOR_KEY}}}");
            entry.insert("env".to_owned(), json!({ VENDOR_KEY: key }));
        }
        Value::Object(entry)
    }

    fn variable(&self, name: &str, session: &Session) -> Option<String> {
        match name {
            "workspaceFolder" => Some(session.project()),
            "workspaceFolderBasename" => session
                .project
                .file_name()
                .map(|name| name.to_string_lossy().into_owned()),
            "userHome" => Some(session.home()),
            "pathSeparator" | "/" => Some(MAIN_SEPARATOR_STR.to_owned()),
            // A desktop program has few variables: none, while we try.
            _ => name.strip_prefix("env:").map(|_| String::new()),
        }
    }

    fn next_step(&self, _scope: Scope) -> &'static str {
        "Cursor: Settings > MCP, switch `mrconductor` on (restart Cursor if it is not listed)"
    }

    fn verify(&self) -> &'static str {
        "Settings > MCP shows `mrconductor` with its tools; Output > MCP Logs has the rest"
    }
}
