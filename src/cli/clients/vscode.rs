//! Visual Studio Code.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::edit::Syntax;
use super::{Client, Places, Scope, Session, VENDOR_KEY, Variant, stdio};

/// The id of the input that asks for the vendor's key.
const KEY_INPUT: &str = "mrconductor-vendor-key";

/// VS Code: `servers`, `inputs` and `sandbox` in `.vscode/mcp.json`.
pub(crate) struct VsCode;

impl Client for VsCode {
    fn name(&self) -> &'static str {
        "vscode"
    }

    fn title(&self) -> &'static str {
        "VS Code"
    }

    fn syntax(&self) -> Syntax {
        Syntax::Commented
    }

    fn section(&self) -> &'static str {
        "servers"
    }

    fn project_file(&self) -> &'static str {
        ".vscode/mcp.json"
    }

    fn user_file(&self, places: &Places) -> PathBuf {
        places.desktop.join("Code/User/mcp.json")
    }

    fn trace(&self, places: &Places) -> PathBuf {
        places.desktop.join("Code")
    }

    fn project_variable(&self, scope: Scope) -> Option<&'static str> {
        // In the user's file the variable fails where no folder is open; the server then starts in the folder anyway.
        (scope == Scope::Project).then_some("${workspaceFolder}")
    }

    fn variants(&self) -> &'static [Variant] {
        &[Variant::Plain, Variant::Hybrid, Variant::Sandbox]
    }

    fn entry(&self, command: &[String], variant: Variant) -> Value {
        let mut entry = stdio(command);
        match variant {
            Variant::Plain => {}
            Variant::Hybrid => {
                let key = format!("${{input:{KEY_INPUT}}}");
                entry.insert("env".to_owned(), json!({ VENDOR_KEY: key }));
            }
            Variant::Sandbox => drop(entry.insert("sandboxEnabled".to_owned(), true.into())),
        }
        Value::Object(entry)
    }

    fn around(&self, variant: Variant) -> Map<String, Value> {
        let mut around = Map::new();
        match variant {
            Variant::Plain => {}
            Variant::Hybrid => {
                let input = json!({
                    "type": "promptString",
                    "id": KEY_INPUT,
                    "description": "Vendor key for proxied tools",
                    "password": true,
                });
                around.insert("inputs".to_owned(), json!([input]));
            }
            Variant::Sandbox => {
                let sandbox = json!({
                    "filesystem": {
                        "allowWrite": ["${userHome}/.local/share/mrconductor", "${userHome}/.local/state/mrconductor"],
                        "denyRead": ["${userHome}/.ssh"],
                    },
                    "network": {"allowedDomains": []},
                });
                around.insert("sandbox".to_owned(), sandbox);
            }
        }
        around
    }

    fn variable(&self, name: &str, session: &Session) -> Option<String> {
        match name {
            "workspaceFolder" => Some(session.project()),
            "userHome" => Some(session.home()),
            // Nobody types an input and a desktop program has few variables: both are empty while we try.
            _ if name.starts_with("env:") || name.starts_with("input:") => Some(String::new()),
            _ => None,
        }
    }

    fn next_step(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::User => {
                "VS Code: run `MCP: List Servers`, choose `mrconductor`, Start Server (after an upgrade: `MCP: Reset Cached Tools`)"
            }
            Scope::Project => {
                "VS Code: open .vscode/mcp.json and click Start above `mrconductor` (after an upgrade: `MCP: Reset Cached Tools`)"
            }
        }
    }

    fn verify(&self) -> &'static str {
        "`MCP: List Servers` says Running; its Show Output says how many tools were discovered"
    }
}
