//! Codex: command line, app and IDE extension.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::edit::Syntax;
use super::{Client, Places, Scope, Session, VENDOR_KEY, Variant, command_and_args};

/// Codex: `[mcp_servers.NAME]` in `config.toml`.
pub(crate) struct Codex;

impl Client for Codex {
    fn name(&self) -> &'static str {
        "codex"
    }

    fn title(&self) -> &'static str {
        "Codex"
    }

    fn syntax(&self) -> Syntax {
        Syntax::Toml
    }

    fn section(&self) -> &'static str {
        "mcp_servers"
    }

    fn project_file(&self) -> &'static str {
        ".codex/config.toml"
    }

    fn user_file(&self, places: &Places) -> PathBuf {
        places.home.join(".codex/config.toml")
    }

    fn trace(&self, places: &Places) -> PathBuf {
        places.home.join(".codex")
    }

    fn project_variable(&self, _scope: Scope) -> Option<&'static str> {
        None // it starts servers in the directory it was started in
    }

    fn variants(&self) -> &'static [Variant] {
        &[Variant::Plain, Variant::Hybrid]
    }

    fn entry(&self, command: &[String], variant: Variant) -> Value {
        let mut entry = command_and_args(command);
        entry.insert("startup_timeout_sec".to_owned(), 10.into());
        entry.insert("tool_timeout_sec".to_owned(), 60.into());
        if variant == Variant::Hybrid {
            // It passes a short list of variables on; any other has to be named.
            entry.insert("env_vars".to_owned(), json!([VENDOR_KEY]));
        }
        Value::Object(entry)
    }

    fn variable(&self, _name: &str, _session: &Session) -> Option<String> {
        None
    }

    fn next_step(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::User => "Codex: start a new session, `/mcp` shows `mrconductor`",
            Scope::Project => {
                "Codex: trust the project when asked (its file is ignored before), `/mcp` shows `mrconductor`"
            }
        }
    }

    fn verify(&self) -> &'static str {
        "`codex mcp list` shows it as enabled"
    }
}
