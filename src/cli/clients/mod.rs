//! The clients that can start the server: one file each, and [`CLIENTS`], the registry.
//!
//! A client knows where its files are, what an entry looks like in them, how it fills in variables, and what the person
//! has to do by hand. How a file is edited is in [`edit`], how it is written in [`mod@file`].

pub(crate) mod change;
mod claude_code;
mod codex;
mod cursor;
pub(crate) mod edit;
pub(crate) mod file;
mod gemini;
mod opencode;
pub(crate) mod order;
pub(crate) mod secrets;
mod vscode;
mod zed;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use self::edit::{Spot, Syntax};
use super::Failure;
use super::trial::Launch;
use crate::config::{self, Environment};

/// The name of our entry in every client: short, since clients put it before every tool's name.
pub(crate) const ENTRY: &str = "mrconductor";

/// The variable that carries a vendor's key in the hybrid variant, for `headers` in `[upstream.vendor]`.
pub(crate) const VENDOR_KEY: &str = "VENDOR_KEY";

/// One client.
pub(crate) trait Client: Sync {
    /// Name on the command line and folder in `ide-configs/`: `[a-z-]+`.
    fn name(&self) -> &'static str;
    /// Name as its makers write it.
    fn title(&self) -> &'static str;
    /// How its files are written.
    fn syntax(&self) -> Syntax;
    /// The key that holds all servers.
    fn section(&self) -> &'static str;
    /// Its file in a project.
    fn project_file(&self) -> &'static str;
    /// Its file for all projects of the person.
    fn user_file(&self, places: &Places) -> PathBuf;
    /// A folder or file that is there once the client has run.
    fn trace(&self, places: &Places) -> PathBuf;
    /// What it writes for the project's folder in a file of this scope; `None` where it has no such variable.
    fn project_variable(&self, scope: Scope) -> Option<&'static str>;
    /// The variants it can express without a secret in the file.
    fn variants(&self) -> &'static [Variant];
    /// Its entry for a command line and a variant.
    fn entry(&self, command: &[String], variant: Variant) -> Value;
    /// What a variant needs beside the entry, at the root of the file.
    fn around(&self, _variant: Variant) -> Map<String, Value> {
        Map::new()
    }
    /// The value of the variable `name` (what stands inside `${…}`), as the client would fill it in.
    fn variable(&self, name: &str, session: &Session) -> Option<String>;
    /// What starts the server, read from an entry whose variables are filled in.
    fn launch(&self, entry: &Value, session: &Session) -> Option<Launch> {
        plain_launch(entry, "env", session)
    }
    /// What the person still has to do after a change of the file.
    fn next_step(&self, scope: Scope) -> &'static str;
    /// How the person sees that it worked, for `ide-configs/README.md`.
    fn verify(&self) -> &'static str;
}

/// Every client, in the order of `setup`.
pub(crate) const CLIENTS: &[&dyn Client] = &[
    &cursor::Cursor,
    &vscode::VsCode,
    &claude_code::ClaudeCode,
    &codex::Codex,
    &gemini::Gemini,
    &zed::Zed,
    &opencode::OpenCode,
];

/// Returns the client called `name`.
pub(crate) fn find(name: &str) -> Result<&'static dyn Client, Failure> {
    CLIENTS
        .iter()
        .copied()
        .find(|client| client.name() == name)
        .ok_or_else(|| {
            Failure::new(
                format!("no client is called `{name}`"),
                format!("use one of: {}", names().join(", ")),
            )
        })
}

/// Returns the names of all clients.
pub(crate) fn names() -> Vec<&'static str> {
    CLIENTS.iter().map(|client| client.name()).collect()
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The person's, for all projects.
    User,
    /// A project's, shared by everyone who works on it.
    Project,
}

impl Scope {
    /// Returns the word for reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Project => "project",
        }
    }
}

/// What the entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Variant {
    /// Local tools
    Plain,
    /// Local tools and a vendor's, whose key the client passes on
    Hybrid,
    /// Local tools, fenced in by the client
    Sandbox,
}

impl Variant {
    /// Returns the word on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Hybrid => "hybrid",
            Self::Sandbox => "sandbox",
        }
    }
}

/// Where programs keep the settings of the person.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The home directory.
    pub(crate) home: PathBuf,
    /// Where desktop programs keep settings: `~/.config`, `~/Library/Application Support`, `%APPDATA%`.
    pub(crate) desktop: PathBuf,
    /// Where terminal programs keep settings: `~/.config` also on macOS.
    pub(crate) terminal: PathBuf,
}

impl Places {
    /// Returns the places of the person whose environment this is.
    pub(crate) fn of(environment: &Environment) -> Result<Self, Failure> {
        let home = config::Places::of(environment).home.ok_or_else(|| {
            Failure::new(
                "no home directory is known",
                "set `HOME`, then run this again",
            )
        })?;
        let xdg = environment
            .text("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .unwrap_or_else(|| home.join(".config"));
        let roaming = environment.text("APPDATA").map(PathBuf::from);
        let roaming = roaming.unwrap_or_else(|| home.join("AppData/Roaming"));
        let (desktop, terminal) = if cfg!(windows) {
            (roaming.clone(), roaming)
        } else if cfg!(target_os = "macos") {
            (home.join("Library/Application Support"), xdg)
        } else {
            (xdg.clone(), xdg)
        };
        Ok(Self {
            home,
            desktop,
            terminal,
        })
    }
}

/// What an entry's variables stand for while it is tried.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The project that the client has open.
    pub(crate) project: PathBuf,
    /// The person's home.
    pub(crate) home: PathBuf,
}

impl Session {
    fn project(&self) -> String {
        self.project.display().to_string()
    }

    fn home(&self) -> String {
        self.home.display().to_string()
    }
}

/// Returns where our entry stands in the files of `client`.
pub(crate) fn spot(client: &dyn Client) -> Spot<'static> {
    Spot {
        section: client.section(),
        name: ENTRY,
    }
}

/// Returns the file of `client` for `scope`; `project` is the folder of a project file.
pub(crate) fn path(client: &dyn Client, scope: Scope, project: &Path, places: &Places) -> PathBuf {
    match scope {
        Scope::User => client.user_file(places),
        Scope::Project => project.join(client.project_file()),
    }
}

/// Returns the command line of an entry: `program serve …`.
pub(crate) fn command(
    client: &dyn Client,
    scope: Scope,
    program: &str,
    flags: &[String],
) -> Vec<String> {
    let mut command = vec![program.to_owned(), "serve".to_owned()];
    if let Some(variable) = client.project_variable(scope) {
        command.extend(["--project".to_owned(), variable.to_owned()]);
    }
    command.extend_from_slice(flags);
    command
}

/// Returns the whole file that `print-config` prints: the entry of a project, with the program's bare name.
pub(crate) fn document(client: &dyn Client, variant: Variant) -> String {
    let command = command(client, Scope::Project, ENTRY, &[]);
    let entry = client.entry(&command, variant);
    let mut document = Map::new();
    for (key, value) in client.around(variant) {
        document.insert(key, value);
    }
    document.insert(client.section().to_owned(), json!({ ENTRY: entry }));
    edit::render(client.syntax(), &Value::Object(document))
}

/// Returns the entry's launch as `client` would do it in `session`, from `/` with the barest environment.
pub(crate) fn launch(client: &dyn Client, entry: &Value, session: &Session) -> Option<Launch> {
    let filled = filled(entry, &|name| client.variable(name, session));
    client.launch(&filled, session)
}

/// Splits `[program, argument…]` into the two keys that most clients have.
fn command_and_args(command: &[String]) -> Map<String, Value> {
    let mut entry = Map::new();
    let (program, args) = command
        .split_first()
        .map_or(("", command), |(program, args)| (program.as_str(), args));
    entry.insert("command".to_owned(), program.into());
    entry.insert("args".to_owned(), args.into());
    entry
}

/// The same after `"type": "stdio"`.
fn stdio(command: &[String]) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("type".to_owned(), "stdio".into());
    entry.extend(command_and_args(command));
    entry
}

/// Reads `command`, `args` and the object called `environment`.
fn plain_launch(entry: &Value, environment: &str, session: &Session) -> Option<Launch> {
    let program = entry.get("command")?.as_str()?;
    let args = strings(entry.get("args"));
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    Some(with_environment(
        Launch::bare(program, &args),
        entry.get(environment),
        session,
    ))
}

fn with_environment(mut launch: Launch, environment: Option<&Value>, session: &Session) -> Launch {
    launch.set("HOME", &session.home());
    for (name, value) in environment.and_then(Value::as_object).into_iter().flatten() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        launch.set(name, &value);
    }
    launch
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Fills in `${NAME}` in every string of `value`; what `variable` does not know stays as it is.
fn filled(value: &Value, variable: &dyn Fn(&str) -> Option<String>) -> Value {
    match value {
        Value::String(text) => Value::String(filled_text(text, variable)),
        Value::Array(items) => items.iter().map(|item| filled(item, variable)).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), filled(value, variable)))
            .collect(),
        other => other.clone(),
    }
}

fn filled_text(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        result.push_str(before);
        match variable(name) {
            Some(value) => result.push_str(&value),
            None => result.extend(["${", name, "}"]),
        }
        rest = tail;
    }
    result + rest
}
