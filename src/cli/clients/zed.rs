//! Zed.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::edit::Syntax;
use super::{Client, Places, Scope, Session, Variant, command_and_args};

/// Zed: `context_servers` in `settings.json`.
pub(crate) struct Zed;

impl Client for Zed {
    fn name(&self) -> &'static str {
        "zed"
    }

    fn title(&self) -> &'static str {
        "Zed"
    }

    fn syntax(&self) -> Syntax {
        Syntax::Commented
    }

    fn section(&self) -> &'static str {
        "context_servers"
    }

    fn project_file(&self) -> &'static str {
        ".zed/settings.json"
    }

    fn user_file(&self, places: &Places) -> PathBuf {
        self.trace(places).join("settings.json")
    }

    fn trace(&self, places: &Places) -> PathBuf {
        let folder = if cfg!(windows) { "Zed" } else { "zed" };
        places.terminal.join(folder)
    }

    fn project_variable(&self, _scope: Scope) -> Option<&'static str> {
        None // it has no variables at all, so no hybrid variant either: the key would have to stand in the file
    }

    fn variants(&self) -> &'static [Variant] {
        &[Variant::Plain]
    }

    fn entry(&self, command: &[String], _variant: Variant) -> Value {
        let mut entry = serde_json::Map::new();
        entry.insert("source".to_owned(), "custom".into()); // versions before 2026 need it
        entry.extend(command_and_args(command));
        entry.insert("env".to_owned(), json!({}));
        Value::Object(entry)
    }

    fn variable(&self, _name: &str, _session: &Session) -> Option<String> {
        None
    }

    fn next_step(&self, _scope: Scope) -> &'static str {
        "Zed: Agent Panel > Settings, the dot beside `mrconductor` turns green"
    }

    fn verify(&self) -> &'static str {
        "the dot beside `mrconductor` in the Agent Panel's settings is green"
    }
}
