//! Why documentation could not be added, searched or read.

use std::path::{Path, PathBuf};

use url::Url;

use super::format;
use super::model::ModelError;
use super::reference::Reference;
use super::source::web::FetchError;
use crate::store::StoreError;

/// Why lookup could not do what was asked. Every variant says on what; [`LookupError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// A file of the index, or the source itself, could not be used.
    #[error("cannot use `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The index failed.
    #[error("the search index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// A sentence model failed that could be read.
    #[error("{0}")]
    Model(ModelError),
    /// Another process builds the index, and there is no older one to answer from.
    #[error("the search index is being built by another process")]
    Busy,
    /// There is nothing to search.
    #[error("no documentation has been added yet")]
    NoSources,
    /// A name that no source has.
    #[error("no documentation source is called `{}`", shortened(name, SHOWN))]
    UnknownSource {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The name is taken by another place.
    #[error("the name `{name}` is taken by `{location}`")]
    NameTaken {
        /// The name asked for.
        name: String,
        /// Where that source is read from.
        location: String,
    },
    /// A source of a project that lies elsewhere.
    #[error("`{}` leads out of `{}`, whose own file names it as documentation", path.display(), folder.display())]
    Outside {
        /// Where the source is read from.
        path: PathBuf,
        /// The project.
        folder: PathBuf,
    },
    /// A name that references could not be written with.
    #[error("`{}` cannot name a source", shortened(name, SHOWN))]
    BadName {
        /// The name asked for.
        name: String,
    },
    /// There is no documentation at the place.
    #[error("found no documentation in `{}`", path.display())]
    Nothing {
        /// The place.
        path: PathBuf,
    },
    /// A reference that leads nowhere.
    #[error(
        "no page or section has the reference `{}`",
        shortened(reference, SHOWN)
    )]
    UnknownReference {
        /// The reference asked for.
        reference: String,
        /// References that look like it.
        near: Vec<String>,
    },
    /// A reference that leads to several places.
    #[error("`{}` is in more than one source", shortened(reference, SHOWN))]
    Ambiguous {
        /// The reference asked for.
        reference: String,
        /// The references it could mean.
        candidates: Vec<String>,
    },
    /// A place whose files cannot be read.
    #[error("cannot read `{}`: it {why}", path.display())]
    Unreadable {
        /// The place.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// What to do.
        hint: String,
    },
    /// A site that cannot be read.
    #[error("cannot read `{url}`: {why}")]
    Site {
        /// The address.
        url: String,
        /// What is in the way.
        why: String,
        /// What to do.
        hint: String,
    },
    /// An argument outside its limits.
    #[error("{what}")]
    Argument {
        /// What is wrong with it.
        what: String,
        /// What to do.
        hint: String,
    },
}

impl LookupError {
    pub(super) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    /// Says that none of the sources `known` is called `name`.
    pub(super) fn unknown_source(name: &str, known: impl Iterator<Item = String>) -> Self {
        Self::UnknownSource {
            name: name.to_owned(),
            known: known.collect(),
        }
    }

    /// Says that `reference` leads nowhere, and which ones are `near` to it.
    pub(super) fn unknown_reference(reference: &Reference, near: Vec<String>) -> Self {
        Self::UnknownReference {
            reference: reference.to_string(),
            near,
        }
    }

    pub(super) fn site(url: &Url, why: impl Into<String>) -> Self {
        Self::Site {
            url: url.as_str().to_owned(),
            why: why.into(),
            hint: "open the address in a browser; what was read of it before stays searchable"
                .to_owned(),
        }
    }

    pub(super) fn unfetched(url: &Url, error: &FetchError) -> Self {
        let hint = match error {
            FetchError::Private {
                is_optional: false, ..
            } => {
                "give an address that every machine of the network can reach: such a one is never asked"
            }
            FetchError::Private { .. } => {
                "if it is documentation of your own network, add it with `--allow-private`, or set `allow_private = true` beside its `url` in your settings"
            }
            FetchError::Unreachable(_) | FetchError::TooSlow(_) => {
                "check the address and the network; a proxy is taken from `HTTPS_PROXY`, certificates from the system or `SSL_CERT_FILE`"
            }
            FetchError::TooLarge(_) | FetchError::Packed(_) => {
                "give the address of another page of the site"
            }
        };
        Self::Site {
            url: url.as_str().to_owned(),
            why: error.to_string(),
            hint: hint.to_owned(),
        }
    }

    /// Tells whether there was no room on the disk.
    ///
    /// The index wraps what the system says in several ways, and each gives the number: ENOSPC, EDQUOT, EFBIG, and that of Windows.
    pub(super) fn lacks_room(&self) -> bool {
        let said = self.to_string();
        let numbers = [28, 122, 27, 112];
        said.contains("disk is full")
            || numbers
                .iter()
                .any(|number| said.contains(&format!("(os error {number})")))
    }

    /// Returns what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::File { .. } | Self::Index(_) if self.lacks_room() => {
                "make room on the disk, then run `mrconductor docs refresh`; what was searchable before stays so".to_owned()
            }
            Self::Outside { .. } => {
                "if you trust the project with it, add it yourself: mrconductor docs add PATH".to_owned()
            }
            Self::File { .. } => "check that the path exists and may be read".to_owned(),
            Self::Store(error) => error.hint().to_owned(),
            Self::Index(_) => {
                "try again: a damaged index is rebuilt; if it goes on, run `mrconductor doctor`".to_owned()
            }
            Self::Model(error) => error.hint(),
            Self::Busy => "try again when `mrconductor docs add` has finished".to_owned(),
            Self::NoSources => {
                "a person adds some with `mrconductor docs add PATH`, for example `mrconductor docs add ./docs`".to_owned()
            }
            Self::UnknownSource { known, .. } if known.is_empty() => Self::NoSources.hint(),
            Self::UnknownSource { known, .. } => {
                format!("use one of {}, or leave the source out", quoted(known))
            }
            Self::NameTaken { name, .. } => {
                format!("give another one with `--name`, or remove that source first: mrconductor docs remove {name}")
            }
            Self::BadName { .. } => {
                "name it with 1 to 60 letters from a to z, digits, `-`, `_`, `.` and `@`, by `--name` or where the source is named".to_owned()
            }
            Self::Nothing { .. } => {
                let formats: Vec<&str> = format::FORMATS.iter().map(|format| format.name()).collect();
                format!(
                    "files of these formats are read: {}; hidden and ignored files are left out",
                    formats.join(", ")
                )
            }
            Self::UnknownReference { near, .. } if near.is_empty() => {
                "use a `ref` from `docs_search`".to_owned()
            }
            Self::UnknownReference { near, .. } => format!("did you mean {}?", quoted(near)),
            Self::Ambiguous { candidates, .. } => format!("use one of {}", quoted(candidates)),
            Self::Argument { hint, .. }
            | Self::Site { hint, .. }
            | Self::Unreadable { hint, .. } => hint.clone(),
        }
    }
}

/// Letters of what was asked for that an error repeats: it is no place for all of it.
const SHOWN: usize = 200;

/// Returns at most `letters` letters of `text`, with a mark where more follow.
pub(super) fn shortened(text: &str, letters: usize) -> String {
    let mut shown: String = text.chars().take(letters).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn quoted(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMES_SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.len().saturating_sub(NAMES_SHOWN);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    shown.join(", ") + &rest
}

/// References that are told as near to an unknown one.
pub(super) const NEAR_MAX: usize = 3;
/// Names that a hint lists: more would bury the advice.
const NAMES_SHOWN: usize = 12;
