//! opencode.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::edit::Syntax;
use super::{
    Client, Launch, Places, Scope, Session, VENDOR_KEY, Variant, strings, with_environment,
};

/// opencode: `mcp` in `opencode.json`, program and arguments in one list.
pub(crate) struct OpenCode;

impl Client for OpenCode {
    fn name(&self) -> &'static str {
        "opencode"
    }

    fn title(&self) -> &'static str {
        "opencode"
    }

    fn syntax(&self) -> Syntax {
        Syntax::Commented
    }

    fn section(&self) -> &'static str {
        "mcp"
    }

    fn project_file(&self) -> &'static str {
        "opencode.json"
    }

    fn user_file(&self, places: &Places) -> PathBuf {
        let folder = self.trace(places);
        // It reads both; whoever has the one with comments keeps it.
        let commented = folder.join("opencode.jsonc");
        if commented.exists() {
            commented
        } else {
            folder.join("opencode.json")
        }
    }

    fn trace(&self, places: &Places) -> PathBuf {
        places.terminal.join("opencode")
    }

    fn project_variable(&self, _scope: Scope) -> Option<&'static str> {
        None // it starts servers in the directory it was started in
    }

    fn variants(&self) -> &'static [Variant] {
        &[Variant::Plain, Variant::Hybrid]
    }

    fn entry(&self, command: &[String], variant: Variant) -> Value {
        let mut entry = Map::new();
        entry.insert("type".to_owned(), "local".into());
        entry.insert("command".to_owned(), command.into());
        if variant == Variant::Hybrid {
            let key = format!("{{env:{VENDOR_KEY}}}");
            entry.insert("environment".to_owned(), json!({ VENDOR_KEY: key }));
        }
        entry.insert("enabled".to_owned(), true.into());
        Value::Object(entry)
    }

    fn around(&self, _variant: Variant) -> Map<String, Value> {
        let mut around = Map::new();
        let schema = "https://opencode.ai/config.json";
        around.insert("$schema".to_owned(), schema.into());
        around
    }

    fn variable(&self, _name: &str, _session: &Session) -> Option<String> {
        None // its variables are written `{env:NAME}`
    }

    fn launch(&self, entry: &Value, session: &Session) -> Option<Launch> {
        let command = strings(entry.get("command"));
        let (program, args) = command.split_first()?;
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        Some(with_environment(
            Launch::bare(program, &args),
            entry.get("environment"),
            session,
        ))
    }

    fn next_step(&self, _scope: Scope) -> &'static str {
        "opencode: start a new session"
    }

    fn verify(&self) -> &'static str {
        "`opencode mcp list` says connected"
    }
}
