//! `mrconductor config`: shows the settings, where each came from, and what a settings file can say.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Failure, Global, out};
use crate::config::{Config, Origin, schema, shown_header, shown_url};

/// Shows the settings, where each came from, and their schema.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Prints every key with its value; headers of vendors are hidden
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
    },
    /// Prints the JSON Schema of a settings file, for completion in an editor
    Schema,
    /// Prints where the settings, the store and the logs are
    Path,
}

pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = global.config_with_problems();
    match args.action {
        Action::Show { origin } => {
            if global.json {
                out::write_json(&as_json(&config))?;
            } else {
                out::write(as_text(&config, origin).as_bytes())?;
            }
            // What could be read is shown even so; then the fault ends the command as it ends every other.
            if let Some(problem) = config.problems.into_iter().next() {
                return Err(Failure::from(problem).into());
            }
        }
        Action::Schema => out::write(format!("{:#}\n", schema()).as_bytes())?,
        Action::Path => {
            let places = [
                ("user file", &config.user_file),
                ("project file", &config.project_file),
                ("project", &config.project),
                ("data", &config.data_dir),
                ("logs", &config.log_dir),
            ];
            if global.json {
                let object: serde_json::Map<_, _> = places
                    .iter()
                    .map(|(name, path)| (name.replace(' ', "_"), shown_path(path.as_deref())))
                    .collect();
                out::write_json(&Value::Object(object))?;
            } else {
                let mut text = String::new();
                for (name, path) in places {
                    let path = path
                        .as_ref()
                        .map_or_else(|| "none".to_owned(), |path| path.display().to_string());
                    let _ = writeln!(text, "{name:<13} {path}");
                }
                out::write(text.as_bytes())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns every value by dotted path, as a person may see it.
fn values(config: &Config) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    flatten(json!(config.settings), "", &mut values);
    values.insert(
        "data_dir".to_owned(),
        shown_path(config.data_dir.as_deref()),
    );
    values.insert("project".to_owned(), shown_path(config.project.as_deref()));
    for (path, value) in &mut values {
        let steps: Vec<_> = path.split('.').collect();
        let shown = match (steps.as_slice(), value.as_str()) {
            (["upstream", _, "headers", ..], Some(template)) => shown_header(template),
            (["upstream", _, "url"], Some(url)) => shown_url(url).to_owned(),
            _ => continue,
        };
        *value = Value::String(shown);
    }
    values
}

fn flatten(value: Value, path: &str, values: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() {
                    name
                } else {
                    format!("{path}.{name}")
                };
                flatten(member, &path, values);
            }
        }
        leaf => {
            values.insert(path.to_owned(), leaf);
        }
    }
}

/// Returns a path as JSON can hold it, also one that is not UTF-8.
fn shown_path(path: Option<&Path>) -> Value {
    path.map(out::path).into()
}

fn as_json(config: &Config) -> Value {
    let settings: serde_json::Map<_, _> = values(config)
        .into_iter()
        .map(|(path, value)| {
            let origin = config.origin(&path);
            (path, json!({"value": value, "origin": origin.to_string()}))
        })
        .collect();
    let problems: Vec<_> = config
        .problems
        .iter()
        .map(|problem| json!({"message": problem.to_string(), "hint": problem.hint()}))
        .collect();
    json!({
        "settings": settings,
        "user_file": shown_path(config.user_file.as_deref()),
        "project_file": shown_path(config.project_file.as_deref()),
        "problems": problems,
        "notes": config.notes,
    })
}

fn as_text(config: &Config, with_origin: bool) -> String {
    let values = values(config);
    let wide = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
    let lines: Vec<_> = values
        .iter()
        .map(|(path, value)| {
            let value = match value {
                Value::Null => "none".to_owned(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (path, value, config.origin(path))
        })
        .collect();
    let path_width = wide(&mut lines.iter().map(|(path, ..)| path.len()));
    let value_width = wide(&mut lines.iter().map(|(_, value, _)| value.chars().count()));
    let mut text = String::new();
    for (path, value, origin) in &lines {
        let line = if with_origin {
            format!("{path:<path_width$}  {value:<value_width$}  {origin}")
        } else {
            format!("{path:<path_width$}  {value}")
        };
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if with_origin && lines.iter().all(|(.., origin)| *origin == Origin::Default) {
        text.push_str("\nnothing is set: every value is a default\n");
    }
    for problem in &config.problems {
        let _ = writeln!(text, "\nfault: {problem}\nhint: {}", problem.hint());
    }
    for note in &config.notes {
        let _ = writeln!(text, "\nnote: {note}");
    }
    text
}
