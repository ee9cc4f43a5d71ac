//! The file of `docs sync --from`: sources as other servers of documentation name them.
//!
//! Each source is read by itself, so that one that is not as it should be keeps no other back. What we have no use for is passed
//! over, and named: it may be a slip.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::add::Asked;
use super::sync::{FILES_MAX, Wanted};
use crate::cli::Failure;
use crate::lookup::Choice;
use crate::lookup::format::text_of;

/// Bytes of a file with sources: a thousand of them take a tenth.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Kinds of sources that lie at a path.
const AT_PATHS: [&str; 4] = ["directory", "file", "archive", "git"];
/// The kind that has an address.
const AT_ADDRESS: &str = "url";
/// What is read of a source, and of its settings.
const KEYS: [&str; 7] = ["type", "name", "path", "url", "at", "settings", "enabled"];
const SETTINGS: [&str; 1] = ["max_documents"];

/// Returns the sources of `file`; their paths are relative to its folder.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<Wanted>> {
    let failed = |why: String| {
        Failure::new(
            format!("cannot read `{}`: {why}", file.display()),
            "give a JSON file such as {\"documentation_sources\": [{\"type\": \"directory\", \"path\": \"docs\", \"name\": \"handbook\"}]}",
        )
        .code(5)
    };
    let facts = fs::metadata(file).map_err(|error| failed(error.to_string()))?;
    if facts.len() > FILE_BYTES_MAX {
        return Err(failed(format!("it is larger than {} MiB", FILE_BYTES_MAX >> 20)).into());
    }
    let bytes = fs::read(file).map_err(|error| failed(error.to_string()))?;
    let listing: Value =
        serde_json::from_str(&text_of(&bytes)).map_err(|error| failed(error.to_string()))?;
    let sources = listing
        .get("documentation_sources")
        .and_then(Value::as_array);
    let sources =
        sources.ok_or_else(|| failed("it has no list `documentation_sources`".to_owned()))?;
    if sources.is_empty() {
        return Err(failed("its list `documentation_sources` is empty".to_owned()).into());
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    Ok((1..)
        .zip(sources)
        .filter(|(number, source)| is_enabled(*number, source))
        .map(|(number, source)| wanted(number, source, folder))
        .collect())
}

/// Tells whether the source that stands as the `number`th in the list is to be read; one that is not is named.
fn is_enabled(number: usize, source: &Value) -> bool {
    let is_enabled = source.get("enabled") != Some(&Value::Bool(false));
    if !is_enabled {
        eprintln!("note: {}: is not enabled", shown(number, source));
    }
    is_enabled
}

fn shown(number: usize, source: &Value) -> String {
    let named = source.get("name").and_then(Value::as_str);
    named.map_or_else(|| format!("source {number}"), str::to_owned)
}

/// Returns the source that stands as the `number`th in the list.
fn wanted(number: usize, source: &Value, folder: &Path) -> Wanted {
    let shown = shown(number, source);
    match listed(source, folder) {
        Ok(Listed {
            place,
            asked,
            unused,
        }) => {
            if !unused.is_empty() {
                eprintln!("note: {shown}: passed over: {}", unused.join(", "));
            }
            Wanted {
                place: Ok(place),
                asked,
            }
        }
        Err(failure) => Wanted {
            place: Err(failure.into()),
            asked: Asked {
                name: Some(shown),
                ..Asked::default()
            },
        },
    }
}

/// A source of the list, and the keys of it that nothing is done with.
#[derive(Debug)]
struct Listed {
    place: PathBuf,
    asked: Asked,
    unused: Vec<String>,
}

fn listed(source: &Value, folder: &Path) -> Result<Listed, Failure> {
    let nothing = Map::new();
    let source = source.as_object().ok_or_else(|| {
        Failure::new(
            "it is no object",
            "write it as {\"type\": \"directory\", \"path\": \"docs\"}",
        )
    })?;
    let settings = match source.get("settings") {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(settings)) => settings,
        Some(_) => return Err(unfit("settings", "an object")),
    };
    let kind = text(source, "type")?.unwrap_or_default();
    let place = match (text(source, "path")?, text(source, "url")?) {
        (Some(path), _) if AT_PATHS.contains(&kind) => folder.join(path),
        (_, Some(url)) if kind == AT_ADDRESS => PathBuf::from(url),
        _ if kind == AT_ADDRESS => return Err(lacking("url")),
        _ if AT_PATHS.contains(&kind) => return Err(lacking("path")),
        _ => {
            return Err(Failure::new(
                format!("`type` cannot be `{}`", kind.escape_debug()),
                format!("give one of {}, {AT_ADDRESS}", AT_PATHS.join(", ")),
            ));
        }
    };
    let unused = unknown(source, &KEYS, "").chain(unknown(settings, &SETTINGS, "settings."));
    Ok(Listed {
        place,
        asked: Asked {
            name: text(source, "name")?.map(str::to_owned),
            max_documents: count(settings, "max_documents")?,
            choice: Choice {
                at: text(source, "at")?.map(str::to_owned),
                ..Choice::default()
            },
            site: None,
        },
        unused: unused.collect(),
    })
}

fn lacking(key: &str) -> Failure {
    Failure::new(
        format!("it has no `{key}`"),
        format!("give its `{key}`, or another `type`"),
    )
}

fn unfit(key: &str, wanted: &str) -> Failure {
    Failure::new(
        format!("its `{key}` is not {wanted}"),
        format!("give {wanted}, or leave `{key}` out"),
    )
}

fn text<'a>(object: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, Failure> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(unfit(key, "a string")),
    }
}

fn count(object: &Map<String, Value>, key: &str) -> Result<Option<usize>, Failure> {
    let Some(value) = object.get(key).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
    count
        .filter(|count| (1..=FILES_MAX).contains(count))
        .map(Some)
        .ok_or_else(|| unfit(key, &format!("a whole number from 1 to {FILES_MAX}")))
}

/// Returns the keys of `object` that are none of `known`.
fn unknown<'a>(
    object: &'a Map<String, Value>,
    known: &'a [&str],
    above: &'a str,
) -> impl Iterator<Item = String> + 'a {
    let keys = object.keys();
    keys.filter(|key| !known.contains(&key.as_str()))
        .map(move |key| format!("`{above}{}`", key.escape_debug()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_source_may_not_say_is_told_with_what_it_may() {
        for (source, what, hint) in [
            (
                json!({"type": "weird"}),
                "`weird`",
                "directory, file, archive, git, url",
            ),
            (json!({"type": "file", "path": 5}), "`path`", "a string"),
            (
                json!({"type": "file", "url": "https://a.example/"}),
                "no `path`",
                "`path`",
            ),
            (json!({"type": "url", "path": "a"}), "no `url`", "`url`"),
            (
                json!({"type": "file", "path": "a", "settings": {"max_documents": "5"}}),
                "`max_documents`",
                "1 to 500000",
            ),
            (
                json!({"type": "file", "path": "a", "settings": {"max_documents": 0}}),
                "`max_documents`",
                "1 to 500000",
            ),
            (
                json!({"type": "file", "path": "a", "settings": 1}),
                "`settings`",
                "an object",
            ),
            (json!([]), "no object", "\"type\""),
        ] {
            let failure = listed(&source, Path::new("")).unwrap_err();
            let told = failure.to_string();
            assert!(told.contains(what), "{source}: {told}");
            assert!(
                failure.hint().contains(hint),
                "{source}: {}",
                failure.hint()
            );
        }
    }

    #[test]
    fn keys_without_a_use_are_named() {
        let source = json!({"type": "file", "path": "a", "extra": 1, "settings": {"max_document": 1, "max_documents": 2}});
        let listed = listed(&source, Path::new("team")).unwrap();
        assert_eq!(listed.place, Path::new("team/a"));
        assert_eq!(listed.asked.max_documents, Some(2));
        assert_eq!(listed.unused, ["`extra`", "`settings.max_document`"]);
    }

    #[test]
    fn a_list_may_begin_with_a_mark_and_what_is_not_enabled_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("docs.json");
        let list = json!({"documentation_sources": [
            {"type": "file", "path": "a", "enabled": false},
            {"type": "file", "path": "b", "enabled": true},
        ]});
        let wide = format!("\u{feff}{list}");
        let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [format!("\u{feff}{list}").into_bytes(), wide] {
            fs::write(&file, bytes).unwrap();
            let wanted = read(&file).unwrap();
            assert_eq!(wanted.len(), 1);
            assert_eq!(*wanted[0].place.as_ref().unwrap(), folder.path().join("b"));
        }
        fs::write(&file, "{\"documentation_sources\": []}").unwrap();
        let error = read(&file).err().unwrap().to_string();
        assert!(error.contains("is empty"), "{error}");
    }
}
