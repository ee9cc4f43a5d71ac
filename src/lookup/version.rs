//! Versions: read out of the names that tags and releases have, compared, and asked for as `1.2`, `^1` or `latest`.

use std::cmp::Ordering;

use super::error::LookupError;

/// Numbers of a version that are read: the longest in use have four.
const NUMBERS_MAX: usize = 8;

/// What marks a version that comes before the release with its numbers.
const BEFORE_RELEASE: &[&str] = &["a", "alpha", "b", "beta", "c", "rc", "pre", "dev", "next"];
/// What may follow the numbers of a release.
const OF_RELEASE: &[&str] = &["final", "ga", "lts", "post", "release", "stable"];

/// What stands between the numbers of a version and what follows them.
const SEPARATORS: [char; 4] = ['-', '.', '_', ' '];

/// A version, as far as it can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    numbers: Vec<u64>,
    is_release: bool,
    /// What tells versions apart that have the same numbers.
    rest: String,
}

impl Version {
    /// Reads `v2.1`, `release-2.1`, `rel_2_0_36`, `18.0.0-rc.1` or `3.12`; nothing for `main`, or the name of a commit.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let start = text.find(|letter: char| letter.is_ascii_digit())?;
        let (before, numbered) = text.split_at(start);
        let is_plain = |letter: char| letter.is_ascii_alphabetic() || "-_/.@ ".contains(letter);
        if !before.chars().all(is_plain) {
            return None;
        }
        Self::numbered(numbered).or_else(|| {
            // The digits were of a name: `log4j-2.17.1`. One number behind a name can be anything.
            let (_, end) = text.rsplit_once(['-', '@', '/', ' '])?;
            let end = end.strip_prefix('v').unwrap_or(end);
            Self::numbered(end).filter(|version| version.numbers.len() > 1)
        })
    }

    /// Reads what a package unpacks to behind its name and a `-`: two numbers with a point at least, for `python-3`, `es-2015` and
    /// `utf-8` are names, and nothing behind them that is no part of a version, for `python-3.12-docs` may be one of several.
    pub(super) fn of_package(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (first, _) = text.split_once('.')?;
        let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
        let is_one = !first.is_empty() && first.chars().all(|letter| letter.is_ascii_digit());
        let is_one = is_one && (rest.is_empty() || rest.starts_with('+') || marked(rest).is_some());
        Self::numbered(text).filter(|version| is_one && version.numbers.len() > 1)
    }

    /// Reads what begins with the numbers of a version, all joined in the same way.
    fn numbered(text: &str) -> Option<Self> {
        let mut numbers = Vec::new();
        let mut rest = text;
        let mut joint = None;
        loop {
            let end = rest
                .find(|letter: char| !letter.is_ascii_digit())
                .unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            numbers.push(number.parse().ok()?);
            rest = after;
            let mark = after.chars().next();
            // Tags of projects that came from CVS, where a tag has no point: `REL_17_2`.
            let is_joint = matches!(mark, Some('.' | '_')) && joint.is_none_or(|_| joint == mark);
            let next = after.get(1..).filter(|_| is_joint).unwrap_or_default();
            if numbers.len() == NUMBERS_MAX
                || !next.starts_with(|letter: char| letter.is_ascii_digit())
            {
                break;
            }
            joint = mark;
            rest = next;
        }
        let is_release = is_release(rest)?;
        Some(Self {
            numbers,
            is_release,
            rest: rest.trim_start_matches(SEPARATORS).to_lowercase(),
        })
    }

    /// Whether it is a release, and nothing that comes before one.
    pub(super) fn is_release(&self) -> bool {
        self.is_release
    }

    /// Whether both are of the same major version.
    pub(super) fn is_of_major(&self, other: &Self) -> bool {
        self.numbers.first() == other.numbers.first()
    }

    /// Whether the numbers of one are the first of the other: documentation of `4.2` is that of `4.2.7`.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.is_release == other.is_release && self.agrees(other)
    }

    /// Whether the numbers of one are the first of the other, be it a release or not.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let mut both = self.numbers.iter().zip(&other.numbers);
        both.all(|(one, other)| one == other)
    }
}

/// Whether a version that goes on with `rest` after its numbers is a release; nothing if that is no version.
fn is_release(rest: &str) -> Option<bool> {
    let rest = rest.to_lowercase();
    let Some(first) = rest.chars().next() else {
        return Some(true);
    };
    // What follows a plus says how it was built.
    if first == '+' {
        return Some(true);
    }
    // A mark of its own: `1.2-jre`. Letters that follow at once are the name of a commit.
    marked(&rest).or((first == '-').then_some(true))
}

/// Whether a version with the mark `rest` behind its numbers is a release; nothing if no version is marked so everywhere.
fn marked(rest: &str) -> Option<bool> {
    let rest = rest.to_lowercase();
    let word = rest.trim_start_matches(SEPARATORS);
    let end = word
        .find(|letter: char| !letter.is_ascii_alphabetic())
        .unwrap_or(word.len());
    let (word, after) = word.split_at(end);
    let is_counted = after
        .chars()
        .all(|letter| letter.is_ascii_digit() || "-._+".contains(letter));
    if BEFORE_RELEASE.contains(&word) && is_counted {
        Some(false)
    } else if OF_RELEASE.contains(&word) && is_counted || word == "x" && after.is_empty() {
        Some(true)
    } else {
        None
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let padded = |version: &Self| {
            let numbers = version.numbers.iter().copied();
            numbers
                .chain(std::iter::repeat(0))
                .take(length)
                .collect::<Vec<u64>>()
        };
        padded(self)
            .cmp(&padded(other))
            .then(self.is_release.cmp(&other.is_release))
            .then_with(|| self.rest.cmp(&other.rest))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Which versions are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// The newest.
    Latest,
    /// From this one on, as long as so many of its numbers stay the same.
    Range(Version, usize),
    /// The one of this name, which has no numbers: a branch.
    Named(String),
}

impl Wish {
    /// Reads `latest`, `1.2`, `1.x`, `^1.2`, `~1.2` or the name of a branch.
    ///
    /// # Errors
    /// [`LookupError::Argument`] if it is none of them.
    pub(super) fn parse(text: &str) -> Result<Self, LookupError> {
        let wanted = text.trim().to_lowercase();
        if wanted == "latest" {
            return Ok(Self::Latest);
        }
        let numbers = wanted.trim_start_matches(['^', '~', '=']).trim();
        let any = numbers
            .find(['x', '*'])
            .filter(|at| *at == 0 || numbers.get(..*at).is_some_and(|head| head.ends_with('.')));
        if any == Some(0) {
            return Ok(Self::Latest);
        }
        let numbers = any.and_then(|at| numbers.get(..at)).unwrap_or(numbers);
        let range = Version::parse(numbers.trim_end_matches('.'));
        match range {
            Some(from) => {
                let all = from.numbers.len();
                let same = match wanted.chars().next() {
                    Some('^') => {
                        let leading = from.numbers.iter().take_while(|number| **number == 0);
                        (leading.count() + 1).min(all)
                    }
                    Some('~') => all.min(2),
                    _ => all,
                };
                Ok(Self::Range(from, same))
            }
            None if !wanted.is_empty() && wanted == numbers && !wanted.starts_with(['<', '>']) => {
                Ok(Self::Named(wanted))
            }
            None => Err(LookupError::Argument {
                what: format!("`{}` is no version", text.trim()),
                hint: "give it as `1.2`, `^1` or `latest`, or leave it out".to_owned(),
            }),
        }
    }

    /// Whether a version is among those asked for; of `latest`, any may be.
    pub(super) fn admits(&self, text: &str, version: Option<&Version>) -> bool {
        match (self, version) {
            (Self::Latest, _) => true,
            (Self::Named(name), _) => text.trim().to_lowercase() == *name,
            (Self::Range(from, same), Some(version)) => {
                let kept = from.numbers.iter().take(*same);
                let is_same = kept.eq(version.numbers.iter().take(*same));
                // `1.2` asks for every 1.2, and for what comes before its release if that is said.
                is_same && (*same == from.numbers.len() && from.is_release || version >= from)
            }
            (Self::Range(..), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn names_of_tags_and_releases_are_versions_and_names_of_branches_and_commits_are_not() {
        for text in [
            "1",
            "v2.1",
            "release-2.1",
            "react-v18.2.0",
            "18.0.0-rc.1",
            "3.13b2",
            "4.2.x",
            "1.0+build5",
            "31.1-jre",
            "1.0.post1",
            "rel_2_0_36",
            "REL_17_2",
            "REL_17_BETA1",
            "1_2_3",
            "boost-1.84.0",
            "@scope/pkg@1.2.3",
            "log4j-2.17.1",
        ] {
            assert!(Version::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "main",
            "3f2c1ab",
            "-",
            "v",
            "٣",
            "99999999999999999999999",
            "HEAD",
            "d9d35e03-2997",
            "1_main",
            "1é",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_however_a_tag_joins_them() {
        for (text, plain) in [
            ("rel_2_0_36", "2.0.36"),
            ("REL_17_2", "17.2"),
            ("rel_2_0_0b1", "2.0.0b1"),
            ("log4j-2.17.1", "2.17.1"),
            ("pkg@1.2.3", "1.2.3"),
        ] {
            assert_eq!(version(text), version(plain), "{text}");
        }
    }

    #[test]
    fn versions_are_in_the_order_of_their_numbers_and_a_release_comes_after_its_candidates() {
        let order = ["0.9", "1.0a1", "1.0-rc.1", "v1.0", "1.2", "1.10", "2"];
        for pair in order.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert!(
            version("4.2").is_like(&version("4.2.7")) && version("18.2.0").is_like(&version("18"))
        );
        assert!(
            !version("4.2").is_like(&version("4.1")) && !version("4.2").is_like(&version("4.2rc1"))
        );
    }

    #[test]
    fn a_wish_admits_what_it_says() {
        let admitted = |wish: &str| {
            let wish = Wish::parse(wish).unwrap();
            let all = [
                "0.3.1", "0.4", "1.1", "1.2.0", "1.2.5", "1.3", "2.0", "main",
            ];
            let admitted = all
                .into_iter()
                .filter(|text| wish.admits(text, Version::parse(text).as_ref()));
            admitted.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(admitted("1.2"), "1.2.0 1.2.5");
        assert_eq!(admitted("v1.2.x"), "1.2.0 1.2.5");
        assert_eq!(admitted("1"), "1.1 1.2.0 1.2.5 1.3");
        assert_eq!(admitted("^1.2"), "1.2.0 1.2.5 1.3");
        assert_eq!(admitted("^0.3"), "0.3.1");
        assert_eq!(admitted("~1.2.1"), "1.2.5");
        assert_eq!(admitted("Main"), "main");
        assert_eq!(admitted("9"), "");
        assert_eq!(Wish::parse("latest").ok(), Some(Wish::Latest));
        for wrong in ["", "^", ">=1", "^main"] {
            assert!(Wish::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_package_unpacks_to_at_least_two_numbers_and_nothing_of_its_own_behind_them() {
        for text in [
            "9.3.2",
            "v9.3",
            "5.4.0rc1",
            "1.0.0-rc.1",
            "1.0.post1",
            "4.2.x",
            "2.1+cpu",
            "2024.7.4",
        ] {
            assert!(Version::of_package(text).is_some(), "{text}");
        }
        for text in [
            "",
            "3",
            "8",
            "2015",
            "v2",
            ".5",
            "1.",
            "1.x",
            "3.12-docs-html",
            "31.1-jre",
            "1_2",
            "2-1.0",
        ] {
            assert_eq!(Version::of_package(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[ -~é0-9.^~x*]{0,30}") {
            let version = Version::parse(&text);
            drop(Version::of_package(&text));
            if let Ok(wish) = Wish::parse(&text) {
                let _ = wish.admits(&text, version.as_ref());
            }
        }
    }
}
