//! Sources that hold the same documentation in several versions, and which of them a question is put to.
//!
//! `react@18` and `react@19` are editions of `react`. Who asks for no version gets the one that the project uses, else the
//! newest; a source whose version is not known is never left out for another.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::error::LookupError;
use super::rank::Documentation;
use super::version::{Version, Wish};
use crate::store::Store;

/// Versions of what a project uses, by the name of what it is, as [`pinned_name`] writes it.
pub type Pinned = Arc<BTreeMap<String, String>>;

/// Editions that a hint lists.
const LISTED: usize = 8;

/// Returns the name by which what a project uses is looked up: capitals and separators do not matter.
pub fn pinned_name(name: &str) -> String {
    let plain = |letter: char| {
        if matches!(letter, '_' | '.' | '/' | ' ') {
            '-'
        } else {
            letter.to_ascii_lowercase()
        }
    };
    name.trim_start_matches('@').chars().map(plain).collect()
}

/// A source as an edition of its documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edition {
    id: i64,
    name: String,
    /// What it is an edition of.
    documentation: String,
    /// Its version, as it was written.
    text: Option<String>,
    version: Option<Version>,
    /// Whether its pages were fetched from a site.
    is_fetched: bool,
}

impl Edition {
    fn new(id: i64, name: String, known: Option<String>) -> Self {
        // A branch or `HEAD` says less than the name.
        let is_version = |known: &String| Version::parse(known).is_some();
        let (documentation, text) = match name.rsplit_once('@') {
            Some((documentation, version)) if !documentation.is_empty() => {
                let known = known.filter(is_version);
                (documentation, known.or_else(|| Some(version.to_owned())))
            }
            _ => match (
                known.as_ref().filter(|known| is_version(known)),
                unpacked(&name),
            ) {
                (None, Some((documentation, version))) => (documentation, Some(version.to_owned())),
                _ => (without_version(&name, known.as_deref()), known),
            },
        };
        let version = text.as_deref().and_then(Version::parse);
        Self {
            id,
            documentation: pinned_name(documentation),
            name,
            text,
            version,
            is_fetched: false,
        }
    }
}

/// Divides `name` where a package unpacks to its name and its version: `pino-9.3.2`, `celery-5.4.0rc1`, `pkg-1.0.0-rc.1`.
fn unpacked(name: &str) -> Option<(&str, &str)> {
    let mut parts = name.match_indices('-').filter_map(|(at, _)| {
        let (documentation, version) = (name.get(..at)?, name.get(at + 1..)?);
        Version::of_package(version).map(|_| (documentation, version))
    });
    parts.find(|(documentation, _)| !documentation.is_empty())
}

/// Returns `name` without the version at its end, which must be the one that is known: `django-4.2` of 4.2.7 is `django`,
/// `oauth-2` is called so.
fn without_version<'n>(name: &'n str, known: Option<&str>) -> &'n str {
    let known = known.and_then(Version::parse);
    let at = name.rfind(['-', '_', '~']);
    let (Some(known), Some((documentation, end))) =
        (known, at.and_then(|at| name.split_at_checked(at)))
    else {
        return name;
    };
    let end = Version::parse(end.trim_start_matches(['-', '_', '~']));
    if !documentation.is_empty() && end.is_some_and(|end| end.is_like(&known)) {
        documentation
    } else {
        name
    }
}

/// Returns what the sources of `store` are editions of.
pub(crate) fn documentations(store: &Store) -> Result<Vec<Documentation>, LookupError> {
    Ok(Editions::of(store)?.documentations())
}

/// All sources as editions.
pub(super) struct Editions(Vec<Edition>);

/// Where a question is put to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Numbers of the sources; nothing if it is put to all.
    pub(super) sources: Option<Vec<i64>>,
    /// Whether sources were left out for their version.
    pub(super) is_by_version: bool,
}

impl Editions {
    pub(super) fn of(store: &Store) -> Result<Self, LookupError> {
        let mut versions: HashMap<i64, String> = store.source_versions()?.into_iter().collect();
        let fetched = store.fetched_sources()?;
        let editions = store.sources()?.into_iter().map(|source| {
            let version = versions.remove(&source.id);
            Edition {
                is_fetched: fetched.contains(&source.id),
                ..Edition::new(source.id, source.name, version)
            }
        });
        Ok(Self(editions.collect()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns what the sources are editions of.
    pub(super) fn documentations(&self) -> Vec<Documentation> {
        let all = by_documentation(&self.0).into_iter();
        all.map(|(name, editions)| Documentation {
            name: name.to_owned(),
            sources: editions.iter().map(|edition| edition.id).collect(),
        })
        .collect()
    }

    fn numbered(&self, id: i64) -> Option<&Edition> {
        self.0.iter().find(|edition| edition.id == id)
    }

    /// Returns the source that is called just so, in any case.
    fn exactly(&self, name: &str) -> Option<&Edition> {
        let wanted = name.trim().to_lowercase();
        let mut editions = self.0.iter();
        editions.find(|edition| edition.name.to_lowercase() == wanted)
    }

    /// Returns the name of the source numbered `id`.
    pub(super) fn name(&self, id: i64) -> Option<&str> {
        Some(&self.numbered(id)?.name)
    }

    /// Tells whether pages of the source numbered `id` were fetched from a site.
    pub(super) fn is_fetched(&self, id: i64) -> bool {
        self.numbered(id).is_some_and(|edition| edition.is_fetched)
    }

    /// Returns the version of the source numbered `id`, where it is known.
    pub(super) fn version(&self, id: i64) -> Option<&str> {
        self.numbered(id)?.text.as_deref()
    }

    /// Returns the number and the name of each source whose version is known, with what it is an edition of and that version.
    pub(super) fn versions(&self) -> impl Iterator<Item = (i64, &str, &str, &Version)> {
        self.0.iter().filter_map(|edition| {
            let version = edition.version.as_ref()?;
            Some((edition.id, &*edition.name, &*edition.documentation, version))
        })
    }

    /// Returns the version of the source numbered `id`, as a citation says it.
    pub(super) fn cited(&self, id: i64, pinned: &Pinned) -> Option<String> {
        let edition = self.numbered(id)?;
        let text = edition.text.as_deref()?;
        let other = pinned.get(&edition.documentation).filter(|used| {
            let used = Version::parse(used);
            match (&used, &edition.version) {
                (Some(used), Some(version)) => !version.is_like(used),
                _ => false,
            }
        });
        Some(match other {
            Some(used) => format!("{text} (project: {used})"),
            None => text.to_owned(),
        })
    }

    /// Chooses the sources of a question that names `source` and `version`, or not, for a project that has `pinned`.
    ///
    /// # Errors
    /// If there is no such source, or that is no version.
    pub(super) fn choose(
        &self,
        source: Option<&str>,
        version: Option<&str>,
        pinned: &Pinned,
    ) -> Result<Chosen, LookupError> {
        let wish = version.map(Wish::parse).transpose()?;
        let among = match source {
            Some(name) => self.called(name, wish.is_some())?,
            None => self.0.iter().collect(),
        };
        let mut kept: Vec<i64> = Vec::new();
        for (documentation, editions) in by_documentation(among.iter().copied()) {
            let used = pinned.get(documentation).map(String::as_str);
            let best = match &wish {
                Some(wish) => asked_for(&editions, wish),
                None => used_or_newest(&editions, used.and_then(Version::parse).as_ref()),
            };
            let is_kept = |edition: &&&Edition| match &wish {
                Some(Wish::Latest) | None => {
                    edition.version.is_none()
                        || Some(&edition.version) == best.map(|best| &best.version)
                }
                Some(_) => best.is_some_and(|best| edition.text == best.text),
            };
            kept.extend(editions.iter().filter(is_kept).map(|edition| edition.id));
        }
        Ok(Chosen {
            is_by_version: kept.len() < among.len(),
            sources: (kept.len() < self.0.len()).then_some(kept),
        })
    }

    /// Returns the source called `name`, or all editions of the documentation that is. A name that says a version means that
    /// one, unless another is asked for.
    fn called(&self, name: &str, with_others: bool) -> Result<Vec<&Edition>, LookupError> {
        let documentation = match self.exactly(name) {
            Some(exact) if !with_others && exact.documentation != pinned_name(&exact.name) => {
                return Ok(vec![exact]);
            }
            Some(exact) => exact.documentation.clone(),
            None => pinned_name(&name.trim().to_lowercase()),
        };
        let all = self
            .0
            .iter()
            .filter(|edition| edition.documentation == documentation);
        let all: Vec<&Edition> = all.collect();
        if all.is_empty() {
            let known = self.0.iter().map(|edition| edition.name.clone());
            return Err(LookupError::unknown_source(name, known));
        }
        Ok(all)
    }

    /// Returns the numbers of the sources that a reference may mean by `name`: a source, else the editions that a question to the
    /// documentation called so is put to, where `react@18` says which.
    pub(super) fn meant(&self, name: &str, pinned: &Pinned) -> Result<Vec<i64>, LookupError> {
        if let Some(exact) = self.exactly(name) {
            return Ok(vec![exact.id]);
        }
        let wanted = name.trim().to_lowercase();
        let put_to = |source: &str, version: Option<&str>| {
            let chosen = self.choose(Some(source), version, pinned)?.sources;
            Ok(chosen.unwrap_or_else(|| self.0.iter().map(|edition| edition.id).collect()))
        };
        put_to(&wanted, None).or_else(|unknown| {
            let versioned = wanted.rsplit_once('@');
            let those = versioned.and_then(|(name, version)| put_to(name, Some(version)).ok());
            those.filter(|those| !those.is_empty()).ok_or(unknown)
        })
    }

    /// Lists the versions there are of the documentation called `source`, or of all.
    pub(super) fn listed(&self, source: Option<&str>) -> String {
        let among = match source.map(|name| self.called(name, true)) {
            Some(Ok(among)) => among,
            _ => self.0.iter().collect(),
        };
        let with_version = among.iter().filter_map(|edition| {
            let text = edition.text.as_deref()?;
            Some(format!("`{}` {text}", edition.name))
        });
        with_version.take(LISTED).collect::<Vec<_>>().join(", ")
    }
}

/// Returns `editions` by what they are editions of.
fn by_documentation<'e>(
    editions: impl IntoIterator<Item = &'e Edition>,
) -> BTreeMap<&'e str, Vec<&'e Edition>> {
    let mut all: BTreeMap<&str, Vec<&Edition>> = BTreeMap::new();
    for edition in editions {
        all.entry(&edition.documentation).or_default().push(edition);
    }
    all
}

/// The newest edition that `wish` admits: a release before what comes before one.
fn asked_for<'e>(editions: &[&'e Edition], wish: &Wish) -> Option<&'e Edition> {
    let admitted = editions.iter().copied().filter(|edition| {
        let text = edition.text.as_deref();
        text.is_some_and(|text| wish.admits(text, edition.version.as_ref()))
    });
    newest(admitted)
}

/// The edition for a project that uses `used`: of that version, else of the nearest before it with the same major number,
/// else of the next after it with that number, else the newest.
fn used_or_newest<'e>(editions: &[&'e Edition], used: Option<&Version>) -> Option<&'e Edition> {
    let all = || editions.iter().copied();
    let of_project = used.and_then(|used| {
        let that = |fits: &dyn Fn(&Version) -> bool| {
            let those = all().filter(|edition| edition.version.as_ref().is_some_and(fits));
            those.collect::<Vec<&Edition>>()
        };
        let same = that(&|version| version.is_like(used));
        let before = that(&|version| version.is_of_major(used) && version <= used);
        let after = that(&|version| version.is_of_major(used) && version > used);
        newest(same.into_iter())
            .or_else(|| newest(before.into_iter()))
            .or_else(|| {
                after
                    .into_iter()
                    .min_by(|one, other| one.version.cmp(&other.version))
            })
    });
    of_project.or_else(|| newest(all()))
}

fn newest<'e>(editions: impl Iterator<Item = &'e Edition>) -> Option<&'e Edition> {
    editions.max_by(|one, other| {
        let rank = |edition: &Edition| {
            let version = edition.version.clone();
            (version.as_ref().map(Version::is_release), version)
        };
        rank(one).cmp(&rank(other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editions(sources: &[(&str, Option<&str>)]) -> Editions {
        let numbered = (1..).zip(sources);
        let all = numbered.map(|(id, (name, version))| {
            Edition::new(id, (*name).to_owned(), version.map(str::to_owned))
        });
        Editions(all.collect())
    }

    fn chosen(
        editions: &Editions,
        source: Option<&str>,
        version: Option<&str>,
        used: &[(&str, &str)],
    ) -> String {
        let pinned = used
            .iter()
            .map(|(name, version)| ((*name).to_owned(), (*version).to_owned()));
        let chosen = editions
            .choose(source, version, &Arc::new(pinned.collect()))
            .unwrap();
        let Some(sources) = chosen.sources else {
            return "all".to_owned();
        };
        let names = sources.iter().filter_map(|id| editions.name(*id));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn without_a_version_the_one_of_the_project_is_searched_else_the_newest() {
        let all = editions(&[
            ("react@17", Some("v17.0.2")),
            ("react@18", Some("v18.2.0")),
            ("react@19", Some("v19.0.0")),
            ("handbook", None),
            ("django-4.2", Some("4.2.7")),
            ("django-5.0", Some("5.0")),
        ]);
        let of = |used| chosen(&all, None, None, used);
        assert_eq!(of(&[]), "django-5.0 handbook react@19");
        assert_eq!(
            of(&[("react", "18.2.0")]).split(' ').next_back(),
            Some("react@18")
        );
        assert_eq!(
            of(&[("react", "18.9.9"), ("django", "4.2.3")]),
            "django-4.2 handbook react@18"
        );
        assert_eq!(of(&[("react", "16.1.0")]), "django-5.0 handbook react@19");
        assert_eq!(
            chosen(&all, Some("React"), None, &[("react", "17.0.2")]),
            "react@17"
        );
        assert_eq!(
            chosen(&all, Some("react@18"), None, &[("react", "17.0.2")]),
            "react@18"
        );
        assert_eq!(
            chosen(&editions(&[("a", None), ("b", Some("1"))]), None, None, &[]),
            "all"
        );
    }

    #[test]
    fn a_version_that_is_asked_for_is_the_only_one_searched() {
        let all = editions(&[
            ("react@18.1", Some("18.1")),
            ("react@18.2", Some("18.2")),
            ("react@19", Some("19.0-rc.1")),
            ("handbook", None),
        ]);
        let of = |source, version| chosen(&all, source, Some(version), &[("react", "18.1")]);
        assert_eq!(of(None, "18"), "react@18.2");
        assert_eq!(of(Some("react@18.2"), "18.1"), "react@18.1");
        assert_eq!(of(Some("react"), "latest"), "react@18.2");
        assert_eq!(of(None, "latest"), "handbook react@18.2");
        assert_eq!(of(None, "17"), "");
        assert_eq!(
            all.listed(Some("react")),
            "`react@18.1` 18.1, `react@18.2` 18.2, `react@19` 19.0-rc.1"
        );
    }

    #[test]
    fn tags_with_underscores_are_editions_and_no_branch_hides_the_version_in_a_name() {
        let all = editions(&[
            ("sqlalchemy@1.4", Some("rel_1_4_54")),
            ("sqlalchemy@2.0", Some("rel_2_0_36")),
            ("vue@2.7", Some("HEAD")),
            ("vue@3.4", Some("main")),
        ]);
        assert_eq!(chosen(&all, None, None, &[]), "sqlalchemy@2.0 vue@3.4");
        assert_eq!(
            chosen(&all, Some("sqlalchemy"), Some("1.4"), &[]),
            "sqlalchemy@1.4"
        );
        assert_eq!(
            chosen(
                &all,
                None,
                None,
                &[("sqlalchemy", "1.4.50"), ("vue", "2.7.1")]
            ),
            "sqlalchemy@1.4 vue@2.7"
        );
        assert_eq!(
            (all.version(2), all.version(3)),
            (Some("rel_2_0_36"), Some("2.7"))
        );
    }

    #[test]
    fn a_citation_says_where_the_project_has_another_version() {
        let all = editions(&[("react@18", Some("v18.2.0")), ("handbook", None)]);
        let pinned = |used: &str| Pinned::new([("react".to_owned(), used.to_owned())].into());
        assert_eq!(all.cited(1, &pinned("18.2.0")).as_deref(), Some("v18.2.0"));
        assert_eq!(
            all.cited(1, &pinned("19.1.0")).as_deref(),
            Some("v18.2.0 (project: 19.1.0)")
        );
        assert_eq!(all.cited(2, &pinned("18.2.0")), None);
    }

    #[test]
    fn what_a_package_unpacks_to_is_an_edition() {
        let all = editions(&[
            ("pino-7.11.0", None),
            ("pino-9.3.2", None),
            ("celery-5.4.0rc1", Some("main")),
            ("pkg-1.0.0-beta.2", None),
            ("django-4.2", Some("4.2.7")),
        ]);
        let documentations: Vec<String> = all
            .documentations()
            .into_iter()
            .map(|one| one.name)
            .collect();
        assert_eq!(documentations, ["celery", "django", "pino", "pkg"]);
        let versions: Vec<_> = (1..=5).filter_map(|id| all.version(id)).collect();
        assert_eq!(
            versions,
            ["7.11.0", "9.3.2", "5.4.0rc1", "1.0.0-beta.2", "4.2.7"]
        );
        assert_eq!(
            chosen(&all, Some("pino"), None, &[("pino", "7.10.0")]),
            "pino-7.11.0"
        );
        assert_eq!(chosen(&all, Some("pino"), None, &[]), "pino-9.3.2");
        assert_eq!(chosen(&all, Some("pino"), Some("7"), &[]), "pino-7.11.0");
        assert_eq!(chosen(&all, Some("pino-7.11.0"), None, &[]), "pino-7.11.0");
    }

    #[test]
    fn a_number_that_is_no_version_belongs_to_the_name() {
        let all = editions(&[
            ("oauth-1", None),
            ("oauth-2", None),
            ("http-2", Some("7.1")),
            ("http-1.1", Some("7.2")),
            ("python-3", None),
            ("es-2015", None),
            ("utf-8", None),
            ("python-3.12-docs-html", None),
            ("python-3.12-pdf", None),
        ]);
        assert_eq!(chosen(&all, None, None, &[]), "all");
        assert_eq!(chosen(&all, Some("oauth-1"), None, &[]), "oauth-1");
    }
}
