//! A documentation of DevDocs as its application keeps it: `db.json` has the pages by path, `index.json` what they define.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::members::cleaned;
use super::{Content, Found, Holding, Listing, LookupError, Shape, Take};
use crate::lookup::format::{Beside, Name};

/// The pages: a map of paths to HTML.
const PAGES: &str = "db.json";
/// The names.
const INDEX: &str = "index.json";
/// What it is called and of which version.
const FACTS: &str = "meta.json";
/// Bytes of each: the largest documentation has a third of it.
const FILE_BYTES_MAX: u64 = 512 << 20;
/// What a path lacks to be that of a file.
const ENDING: &str = ".html";

/// Documentations of DevDocs, known by their two files.
pub(super) struct DevDocs;

#[derive(Deserialize)]
struct Index {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    path: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Facts {
    release: Option<String>,
    version: Option<String>,
}

impl Shape for DevDocs {
    fn marks(&self) -> &'static [&'static str] {
        &[PAGES, INDEX]
    }

    fn fits(&self, files: &mut dyn Holding) -> bool {
        index(files).is_ok()
    }

    fn over(
        &self,
        mut files: Box<dyn Holding>,
        _: Listing,
    ) -> Result<(Box<dyn Holding>, Listing), LookupError> {
        let mut listing = Listing::default();
        let names = match index(files.as_mut()) {
            Ok(names) => names,
            Err(why) => {
                listing.failures.push((INDEX.to_owned(), why));
                HashMap::new()
            }
        };
        let pages = files.file(PAGES, FILE_BYTES_MAX).and_then(|bytes| {
            serde_json::from_slice::<BTreeMap<String, String>>(&bytes)
                .map_err(|error| error.to_string())
        });
        let pages = match pages {
            Ok(pages) => pages.into_iter().collect(),
            Err(why) => {
                // What was read before may still be there when it is whole again.
                listing
                    .failures
                    .push((String::new(), format!("{PAGES}: {why}")));
                Vec::new()
            }
        };
        let facts = files.file(FACTS, FILE_BYTES_MAX).ok();
        let facts: Facts = facts
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let version = facts.release.or(facts.version);
        let devdocs = Pages {
            version: version.filter(|version| !version.is_empty()),
            html: pages,
            names,
        };
        for (place, (path, html)) in devdocs.html.iter().enumerate() {
            let cleaned = match cleaned(path) {
                Ok(cleaned) => cleaned,
                Err(why) => {
                    listing.fail(path.clone(), why);
                    continue;
                }
            };
            let found = Found {
                path: format!("{cleaned}{ENDING}"),
                place,
                bytes: html.len() as u64,
                modified: None,
                alone: false,
            };
            if !listing.add(found) {
                break;
            }
        }
        Ok((Box::new(devdocs), listing))
    }
}

/// Returns the names by their page.
fn index(files: &mut dyn Holding) -> Result<HashMap<String, Vec<Name>>, String> {
    let bytes = files.file(INDEX, FILE_BYTES_MAX)?;
    let index: Index = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    let mut names: HashMap<String, Vec<Name>> = HashMap::new();
    for entry in index.entries {
        let (page, fragment) = entry.path.split_once('#').unwrap_or((&entry.path, ""));
        names.entry(page.to_owned()).or_default().push(Name {
            fragment: fragment.to_owned(),
            name: entry.name,
        });
    }
    Ok(names)
}

struct Pages {
    version: Option<String>,
    /// Path and HTML.
    html: Vec<(String, String)>,
    names: HashMap<String, Vec<Name>>,
}

impl Holding for Pages {
    fn version(&self) -> Option<String> {
        self.version.clone()
    }

    fn list(&mut self) -> Result<Listing, LookupError> {
        Ok(Listing::default())
    }

    fn file(&mut self, _: &str, _: u64) -> Result<Vec<u8>, String> {
        Err("is missing".to_owned())
    }

    fn found(&mut self, _: &str) -> Option<Found> {
        None
    }

    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String> {
        for found in wanted {
            let Some((path, html)) = self.html.get_mut(found.place) else {
                continue;
            };
            let content = Content {
                bytes: std::mem::take(html).into_bytes(),
                beside: Beside {
                    names: self.names.remove(path).unwrap_or_default(),
                    ..Beside::default()
                },
            };
            if !take(found, Ok(content)) {
                break;
            }
        }
        Ok(())
    }
}
