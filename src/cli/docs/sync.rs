//! `docs sync`: reads in every source that a settings file names, so that a team has the same documentation.
//!
//! A project's own file may name sources too. It may be a stranger's, so what it names lies in the project or is a public site,
//! and no link leads out of it, now and at every later reading.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::add::{Asked, read_in};
use super::{site, sources_file};
use crate::cli::Failure;
use crate::cli::failure::hint_of;
use crate::cli::out;
use crate::config::{DocsSource, NamedSource, PROJECT_FILE, Scope};
use crate::lookup::{Choice, Reach, Site};
use crate::tools::Engines;

/// Files of a source that settings do not limit: those of the largest there can be.
pub(super) const FILES_MAX: usize = 500_000;

/// A source to be read in.
pub(super) struct Wanted {
    pub(super) place: anyhow::Result<PathBuf>,
    pub(super) asked: Asked,
}

/// Reads in the sources of the settings and of the file `from`. One that fails does not keep the others back.
pub(super) fn sync(engines: &Engines, from: Option<&Path>, json: bool) -> anyhow::Result<ExitCode> {
    let documentation = &engines.config.documentation;
    for source in documentation {
        if let Some(project) = &source.project {
            let file = project.join(PROJECT_FILE);
            eprintln!("{}: named by {}", source.name, file.display());
        }
    }
    let mut wanted: Vec<Wanted> = documentation.iter().map(named).collect();
    if let Some(file) = from {
        wanted.extend(sources_file::read(file)?);
    }
    if wanted.is_empty() {
        return Err(Failure::new(
            "the settings name no documentation",
            "write `[docs.sources.NAME]` with a `path` or a `url` into your settings file, or give `--from FILE`",
        )
        .into());
    }
    let mut reports = Vec::new();
    let mut failures = Vec::new();
    for Wanted { place, asked } in wanted {
        let name = asked.name.clone();
        let read = place.and_then(|place| read_in(engines, &place, asked));
        match read {
            Ok(report) => reports.push(report),
            Err(error) => {
                let name = name.unwrap_or_else(|| "a source".to_owned());
                let hint = hint_of(&error);
                eprintln!("{name}: {error:#}\nhint: {hint}");
                failures.push(json!({"name": name, "why": error.to_string(), "hint": hint}));
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

fn named(source: &NamedSource) -> Wanted {
    let NamedSource { name, settings, .. } = source;
    let choice = Choice {
        at: settings.at.clone(),
        include: settings.include.clone(),
        exclude: settings.exclude.clone(),
        // Not there any more: then nothing is in it.
        inside: source.project.as_ref().map(|project| {
            project
                .canonicalize()
                .unwrap_or_else(|_| project.to_owned())
        }),
    };
    let site = site_of(settings);
    Wanted {
        place: place_of(source, &choice, &site),
        asked: Asked {
            name: Some(name.clone()),
            // Settings that name no limit take an earlier one away; a site has one of its own.
            max_documents: settings
                .max_documents
                .or(settings.url.is_none().then_some(FILES_MAX)),
            site: Some(site::of_choice(site, &choice)),
            choice,
        },
    }
}

/// Returns the path or the address that the settings give `source`, if what else they say fits it.
fn place_of(source: &NamedSource, choice: &Choice, site: &Site) -> anyhow::Result<PathBuf> {
    let name = &source.name;
    let key = format!("docs.sources.{name}");
    let place = match (&source.path, &source.settings.url) {
        (Some(path), None) => path.clone(),
        (None, Some(url)) => PathBuf::from(url),
        (None, None) => {
            return Err(Failure::new(
                format!("`{key}` has no path and no url"),
                format!("set `{key}.path` or `{key}.url` in your settings file"),
            )
            .into());
        }
        (Some(_), Some(_)) => {
            return Err(Failure::new(
                format!("`{key}` has a path and a url"),
                "take one of them out, or give each a name of its own",
            )
            .into());
        }
    };
    site::refuse_for_files(site, &place)?;
    site::refuse_revision(choice, &place)?;
    Ok(place)
}

fn site_of(settings: &DocsSource) -> Site {
    Site {
        reach: match settings.scope {
            Scope::Page => Reach::Page,
            Scope::Path => Reach::Path,
            Scope::Host => Reach::Host,
        },
        depth: settings.depth,
        delay_ms: settings.delay_ms,
        allow_private: settings.allow_private,
        ..Site::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_say_nothing_of_a_site_leave_it_as_the_command_line_does() {
        assert_eq!(site_of(&DocsSource::default()), Site::default());
    }
}
