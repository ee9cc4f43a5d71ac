//! Gemini CLI.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::edit::Syntax;
use super::{Client, Places, Scope, Session, VENDOR_KEY, Variant, command_and_args};

/// Gemini CLI: `mcpServers` in `.gemini/settings.json`.
pub(crate) struct Gemini;

impl Client for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn title(&self) -> &'static str {
        "Gemini CLI"
    }

    fn syntax(&self) -> Syntax {
        Syntax::Commented
    }

    fn section(&self) -> &'static str {
        "mcpServers"
    }

    fn project_file(&self) -> &'static str {
        ".gemini/settings.json"
    }

    fn user_file(&self, places: &Places) -> PathBuf {
        places.home.join(".gemini/settings.json")
    }

    fn trace(&self, places: &Places) -> PathBuf {
        places.home.join(".gemini")
    }

    fn project_variable(&self, _scope: Scope) -> Option<&'static str> {
        None // it starts servers in the directory it was started in
    }

    fn variants(&self) -> &'static [Variant] {
        &[Variant::Plain, Variant::Hybrid]
    }

    fn entry(&self, command: &[String], variant: Variant) -> Value {
        let mut entry = command_and_args(command);
        if variant == Variant::Hybrid {
            // It drops variables that look secret, but passes on what the entry names.
            let key = format!("${{{VENDOR_KEY}}}");
            entry.insert("env".to_owned(), json!({ VENDOR_KEY: key }));
        }
        entry.insert("timeout".to_owned(), 60_000.into());
        entry.insert("trust".to_owned(), false.into());
        Value::Object(entry)
    }

    fn variable(&self, _name: &str, _session: &Session) -> Option<String> {
        Some(String::new()) // an unset variable becomes an empty one
    }

    fn next_step(&self, _scope: Scope) -> &'static str {
        "Gemini CLI: trust the folder when asked (servers are off before), `/mcp` shows `mrconductor`"
    }

    fn verify(&self) -> &'static str {
        "`gemini mcp list` says Connected"
    }
}
