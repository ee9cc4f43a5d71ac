//! `docs sync`: reads in every source that a settings file names, so that a team has the same documentation.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::json;

use super::add::{Asked, read_in};
use crate::cli::Failure;
use crate::cli::out;
use crate::lookup::Choice;
use crate::tools::Engines;

/// Bytes of a file with sources: a thousand of them take a tenth.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// A file as other servers of documentation read it. What we have no use for is passed over.
#[derive(Debug, Deserialize)]
struct Listing {
    documentation_sources: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(rename = "type")]
    kind: ListedKind,
    name: Option<String>,
    path: Option<PathBuf>,
    url: Option<String>,
    at: Option<String>,
    #[serde(default)]
    settings: ListedSettings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ListedKind {
    Directory,
    File,
    Archive,
    Git,
    Url,
}

#[derive(Debug, Default, Deserialize)]
struct ListedSettings {
    max_documents: Option<usize>,
}

/// A source to be read in.
struct Wanted {
    name: Option<String>,
    place: Result<PathBuf, Failure>,
    max_documents: Option<usize>,
    at: Option<String>,
}

/// Reads in the sources of the settings and of the file `from`. One that fails does not keep the others back.
pub(super) fn sync(engines: &Engines, from: Option<&Path>, json: bool) -> anyhow::Result<ExitCode> {
    let mut wanted: Vec<Wanted> = engines.config.documentation.iter().map(named).collect();
    if let Some(file) = from {
        wanted.extend(listed(file)?);
    }
    if wanted.is_empty() {
        return Err(Failure::new(
            "the settings name no documentation",
            "write `[docs.sources.NAME]` with a `path` into your settings file, or give `--from FILE`",
        )
        .into());
    }
    let mut reports = Vec::new();
    let mut failures = Vec::new();
    for Wanted {
        name,
        place,
        max_documents,
        at,
    } in wanted
    {
        let read = place.map_err(anyhow::Error::from).and_then(|path| {
            let asked = Asked {
                name: name.clone(),
                max_documents,
                choice: Choice {
                    at,
                    ..Choice::default()
                },
                ..Asked::default()
            };
            read_in(engines, &path, asked)
        });
        match read {
            Ok(report) => reports.push(report),
            Err(error) => {
                let name = name.unwrap_or_else(|| "a source".to_owned());
                eprintln!("{name}: {error:#}");
                failures.push(json!({"name": name, "why": error.to_string()}));
            }
        }
    }
    let is_whole = failures.is_empty();
    if json {
        out::write_json(&json!({"sources": reports, "failures": failures}))?;
    }
    Ok(if is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(5)
    })
}

fn named(source: &crate::config::NamedSource) -> Wanted {
    let name = &source.name;
    let place = source.path.clone().ok_or_else(|| {
        Failure::new(
            format!("`docs.sources.{name}` has no path"),
            format!("set `docs.sources.{name}.path` in your settings file"),
        )
    });
    Wanted {
        name: Some(name.clone()),
        place,
        max_documents: Some(source.max_documents),
        at: source.at.clone(),
    }
}

/// Returns the sources of `file`; their paths are relative to its folder.
fn listed(file: &Path) -> anyhow::Result<Vec<Wanted>> {
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
    let text = fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let listing: Listing =
        serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let wanted = |listed: Listed| Wanted {
        place: place(&listed, folder),
        name: listed.name,
        max_documents: listed.settings.max_documents,
        at: listed.at,
    };
    Ok(listing
        .documentation_sources
        .into_iter()
        .map(wanted)
        .collect())
}

fn place(listed: &Listed, folder: &Path) -> Result<PathBuf, Failure> {
    match (listed.kind, &listed.path, &listed.url) {
        (
            ListedKind::Directory | ListedKind::File | ListedKind::Archive | ListedKind::Git,
            Some(path),
            _,
        ) => Ok(folder.join(path)),
        (ListedKind::Url, _, Some(url)) => Ok(PathBuf::from(url)),
        (kind, _, _) => {
            let key = if kind == ListedKind::Url {
                "url"
            } else {
                "path"
            };
            Err(Failure::new(
                format!("it has no `{key}`"),
                format!("give its `{key}`, or another `type`"),
            ))
        }
    }
}
