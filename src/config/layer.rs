//! One layer of settings: what a file or the environment says, each value checked against its key and with its place.

use std::io::{ErrorKind, Read as _};
use std::path::{Component, Path};

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::env::{Environment, PREFIX, VARIABLES};
use super::error::ConfigError;
use super::key::{Key, Kind, keys};
use super::origin::{Line, Origin};

/// Bytes: a settings file written by a person has thousands; more is another kind of file.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// One value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    pub(super) path: Vec<String>,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// Whose file is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner<'a> {
    /// The person's.
    User,
    /// A project's; the person's own file is named in refusals.
    Project { user_file: Option<&'a Path> },
}

/// Reads a settings file. A missing file says nothing; what is wrong is left out and goes to `problems`.
pub(super) fn of_file(
    file: &Path,
    owner: Owner<'_>,
    problems: &mut Vec<ConfigError>,
) -> Vec<Setting> {
    let project = matches!(owner, Owner::Project { .. });
    let text = match read(file) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Vec::new();
        }
        Err(error) => {
            problems.push(ConfigError::Unreadable {
                file: file.to_owned(),
                why: error.to_string(),
                project,
            });
            return Vec::new();
        }
    };
    let line = |offset: usize| Line::at(file.to_owned(), &text, offset);
    let parsed = DeTable::parse(&text).and_then(|spans| Ok((spans, toml::from_str(&text)?)));
    let (spans, values): (_, Table) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            problems.push(ConfigError::Syntax {
                line: line(error.span().map_or(0, |span| span.start)),
                message: error.message().to_owned(),
                project,
            });
            return Vec::new();
        }
    };
    let mut walk = Walk {
        owner,
        line: &line,
        settings: Vec::new(),
        problems,
    };
    walk.table(&mut Vec::new(), spans.get_ref(), &values);
    walk.settings
}

fn read(file: &Path) -> std::io::Result<String> {
    // Opening a pipe or a device would wait for ever.
    if !std::fs::metadata(file)?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    let mut text = String::new();
    std::fs::File::open(file)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}

struct Walk<'a> {
    owner: Owner<'a>,
    line: &'a dyn Fn(usize) -> Line,
    settings: Vec<Setting>,
    problems: &'a mut Vec<ConfigError>,
}

impl Walk<'_> {
    /// Takes one table. The nesting is bounded by the depth of the keys: what is deeper is unknown.
    fn table(&mut self, path: &mut Vec<String>, spans: &DeTable<'_>, values: &Table) {
        for (name, span) in spans {
            let Some(value) = values.get(name.get_ref().as_ref()) else {
                continue;
            };
            let line = (self.line)(name.span().start);
            let origin = match self.owner {
                Owner::User => Origin::UserFile(line),
                Owner::Project { .. } => Origin::ProjectFile(line),
            };
            path.push(name.get_ref().to_string());
            self.value(path, span.get_ref(), value, origin);
            path.pop();
        }
    }

    fn value(&mut self, path: &mut Vec<String>, span: &DeValue<'_>, value: &Value, origin: Origin) {
        let key = keys().iter().find(|key| key.matches(path));
        match (key, span, value) {
            (Some(key), ..) => self.leaf(key, path, value, origin),
            (None, DeValue::Table(spans), Value::Table(values))
                if keys().iter().any(|key| key.begins_with(path)) =>
            {
                self.table(path, spans, values);
            }
            (None, ..) if keys().iter().any(|key| key.begins_with(path)) => {
                self.problems.push(ConfigError::WrongValue {
                    origin,
                    key: path.join("."),
                    takes: "a table of keys".to_owned(),
                    found: format!("a value of type {}", value.type_str()),
                });
            }
            _ => self.problems.push(unknown(path, origin)),
        }
    }

    fn leaf(&mut self, key: &Key, path: &[String], value: &Value, origin: Origin) {
        if let Owner::Project { user_file } = self.owner
            && !key.project
        {
            self.problems.push(ConfigError::NotForProjects {
                origin,
                key: path.join("."),
                user_file: user_file.map(Path::to_owned),
            });
            return;
        }
        match check(key, path, value, &origin) {
            Ok(()) => self.settings.push(Setting {
                path: path.to_vec(),
                value: value.clone(),
                origin,
            }),
            Err(problem) => self.problems.push(problem),
        }
    }
}

/// Reads the variables of ours that stand for keys. Names that are close to one of ours are noted: the others may be
/// anything, for example keys that headers name.
pub(super) fn of_environment(
    environment: &Environment,
    problems: &mut Vec<ConfigError>,
    notes: &mut Vec<String>,
) -> Vec<Setting> {
    let mut settings = Vec::new();
    for (name, text) in environment.ours() {
        if VARIABLES.iter().any(|variable| variable.name == name) {
            continue;
        }
        let mut path: Vec<String> = name
            .trim_start_matches(PREFIX)
            .split("__")
            .map(str::to_lowercase)
            .collect();
        // `_` in the name of a header stands for `-`, which no shell allows in a variable.
        if let [upstream, _, headers, header] = path.as_mut_slice()
            && upstream == "upstream"
            && headers == "headers"
        {
            *header = header.replace('_', "-");
        }
        let origin = Origin::Variable(name.to_owned());
        let Some(key) = keys().iter().find(|key| key.matches(&path)) else {
            let known = VARIABLES
                .iter()
                .map(|variable| variable.name.to_owned())
                .chain(keys().iter().map(Key::variable));
            if let Some(near) = nearest(name, known) {
                notes.push(format!(
                    "variable {name} is not known; did you mean {near}?"
                ));
            }
            continue;
        };
        let wrong = |found: String| ConfigError::WrongValue {
            origin: origin.clone(),
            key: path.join("."),
            takes: key.kind.to_string(),
            found,
        };
        let Some(text) = text else {
            problems.push(wrong("bytes that are not Unicode".to_owned()));
            continue;
        };
        let checked = match parse(&key.kind, text) {
            Some(value) => check(key, &path, &value, &origin).map(|()| value),
            None => Err(wrong(format!("`{text}`"))),
        };
        match checked {
            Ok(value) => settings.push(Setting {
                path,
                value,
                origin,
            }),
            Err(problem) => problems.push(problem),
        }
    }
    settings
}

/// Reads the text of a variable as `kind`.
fn parse(kind: &Kind, text: &str) -> Option<Value> {
    Some(match kind {
        Kind::Text | Kind::Choice(_) => Value::String(text.to_owned()),
        Kind::Integer { .. } => Value::Integer(text.trim().parse().ok()?),
        Kind::Switch => Value::Boolean(match text.trim() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => return None,
        }),
        Kind::Texts => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::String(item.to_owned()))
                .collect(),
        ),
    })
}

/// Checks that `key` takes `value`, and that the names chosen in `path` can be used.
fn check(key: &Key, path: &[String], value: &Value, origin: &Origin) -> Result<(), ConfigError> {
    let fits = match (&key.kind, value) {
        (Kind::Text, Value::String(_)) | (Kind::Switch, Value::Boolean(_)) => true,
        (Kind::Choice(words), Value::String(word)) => words.contains(word),
        (Kind::Integer { min, max }, Value::Integer(number)) => (min..=max).contains(&number),
        (Kind::Texts, Value::Array(items)) => items.iter().all(Value::is_str),
        _ => false,
    };
    let wrong = |takes: String, found: String| ConfigError::WrongValue {
        origin: origin.clone(),
        key: path.join("."),
        takes,
        found,
    };
    if !fits {
        // A text may be a secret: its type is said, not its value.
        let found = match value {
            Value::String(text) if matches!(key.kind, Kind::Choice(_)) => format!("`{text}`"),
            Value::Integer(number) => format!("`{number}`"),
            other => format!("a value of type {}", other.type_str()),
        };
        return Err(wrong(key.kind.to_string(), found));
    }
    match (path, value) {
        ([upstream, name, ..], _) if upstream == "upstream" && !is_vendor_name(name) => {
            Err(ConfigError::WrongValue {
                origin: origin.clone(),
                key: "upstream".to_owned(),
                takes: "names of 1 to 20 small letters, digits, `-` and single `_`, beginning with a letter".to_owned(),
                found: format!("`{name}`"),
            })
        }
        ([_, _, headers, header], Value::String(text)) if headers == "headers" => {
            if !is_header_name(header) {
                Err(wrong("names of HTTP headers".to_owned(), format!("`{header}`")))
            } else if text.chars().any(char::is_control) {
                Err(wrong("one line of text".to_owned(), "control characters".to_owned()))
            } else {
                Ok(())
            }
        }
        ([_, _, url], Value::String(text)) if url == "url" && !is_web_address(text) => Err(wrong(
            "an address `https://HOST/PATH` without a user name or password (a key goes into `headers`)".to_owned(),
            "what stands there".to_owned(),
        )),
        ([docs, sources, _, url], Value::String(text))
            if (docs.as_str(), sources.as_str(), url.as_str()) == ("docs", "sources", "url")
                && !is_web_address(text) =>
        {
            Err(wrong("an address `https://HOST/PATH` without a user name or password".to_owned(), "what stands there".to_owned()))
        }
        ([docs, sources, _, path], Value::String(text))
            if (docs.as_str(), sources.as_str(), path.as_str()) == ("docs", "sources", "path")
                && matches!(origin, Origin::ProjectFile(_)) =>
        {
            if is_below(text) {
                Ok(())
            } else {
                Err(wrong("a path below the project, such as `docs`".to_owned(), format!("`{text}`")))
            }
        }
        ([docs, sources, _, path], Value::String(text))
            if (docs.as_str(), sources.as_str(), path.as_str()) == ("docs", "sources", "path")
                && !Path::new(text).is_absolute()
                && !text.starts_with("~/") =>
        {
            Err(wrong("an absolute path, or one that starts with `~/`".to_owned(), format!("`{text}`")))
        }
        ([lookup, model_dir], Value::String(text))
            if (lookup.as_str(), model_dir.as_str()) == ("lookup", "model_dir")
                && !Path::new(text).is_absolute()
                && !text.starts_with("~/") =>
        {
            Err(wrong("an absolute path, or one that starts with `~/`".to_owned(), format!("`{text}`")))
        }
        ([data_dir], Value::String(text))
            if data_dir == "data_dir"
                && matches!(origin, Origin::UserFile(_))
                && !Path::new(text).is_absolute()
                && !text.starts_with("~/") =>
        {
            Err(wrong("an absolute path, or one that starts with `~/`".to_owned(), format!("`{text}`")))
        }
        _ => Ok(()),
    }
}

fn is_vendor_name(name: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    (1..=20).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(word)
        && !name.contains("__")
        && !name.ends_with('_')
}

/// RFC 9110 §5.6.2, token.
fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Tells whether `path` leads from a folder to it or to what is in it.
fn is_below(path: &str) -> bool {
    let is_step = |step| matches!(step, Component::Normal(_) | Component::CurDir);
    !path.is_empty() && !path.starts_with('~') && Path::new(path).components().all(is_step)
}

fn is_web_address(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
    else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !authority.is_empty()
        && !authority.contains('@')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn unknown(path: &[String], origin: Origin) -> ConfigError {
    let key = path.join(".");
    let known = keys().iter().map(|known| {
        // The chosen names are the person's own: only the words of ours can be misspelt.
        let steps: Vec<_> = known
            .path
            .split('.')
            .enumerate()
            .map(|(at, step)| match path.get(at) {
                Some(own) if step == "*" => own.clone(),
                _ => step.to_owned(),
            })
            .collect();
        steps.get(..path.len()).unwrap_or(&steps).join(".")
    });
    ConfigError::UnknownKey {
        near: nearest(&key, known),
        key,
        origin,
    }
}

/// Returns the known word that `word` was probably meant to be: the closest within a third of its length.
fn nearest(word: &str, known: impl Iterator<Item = String>) -> Option<String> {
    known
        .map(|candidate| (strsim::osa_distance(word, &candidate), candidate))
        .filter(|(distance, _)| (1..=word.len() / 3).contains(distance))
        .min()
        .map(|(_, candidate)| candidate)
}
