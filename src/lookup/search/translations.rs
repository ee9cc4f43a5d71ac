//! Pages that are translations of each other, as their paths tell: `user.de.html` and `user.en.html`, `ja/guide/` and `guide/`.
//! They say the same, so an answer has those of one language: that of the question, English if that cannot be told.

use std::collections::{HashMap, HashSet};

use super::LookupError;
use crate::lookup::index::View;
use crate::lookup::rank::Hit;
use crate::store::Store;

/// What documentation is translated from and, mostly, read in.
const ENGLISH: &str = "en";
/// Languages that a path can say its page is in.
const CODES: &[&str] = &[
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl",
    "sr", "sv", "th", "tr", "uk", "vi", "zh",
];
/// Those that stand for nothing else in paths, as `id`, `cs` and `es` do: of others, another page has to say that it is English.
const PLAIN: &[&str] = &["de", "fr", "ja", "ko", "pt", "ru", "tr", "uk", "zh"];

/// Words that say in which language a question is, by language.
const WORDS: &[(&str, &str)] = &[
    (
        ENGLISH,
        "a an and are by can do does for from get how i in into is it my not of on or set the this to use what when where which \
         why with",
    ),
    (
        "de",
        "auf das dem den der die ein eine einen für ich im ist kann man mit nicht oder setzen und von was welche wie wird wo zu",
    ),
    (
        "es",
        "como cómo con cuál de del el en es la las los no para por puedo qué se un una y",
    ),
    (
        "fr",
        "au avec ce comment dans de des du en est et faire je la le les on pas pour quel quelle sur un une",
    ),
    (
        "it",
        "che come con cosa da del della di e gli i il in la le nel non per posso quale si un una è",
    ),
    (
        "pt",
        "a as com como da de do e em na no não o os para por posso qual que se um uma é",
    ),
    (
        "pl",
        "czy co dla do i jak jaka jest na nie od po się są to w z za",
    ),
    ("cs", "a co do jak je jsou k mezi na ne nebo pro s se v z"),
    (
        "nl",
        "de een en het hoe ik in is kan met naar niet of op van voor wat",
    ),
];
/// Words of a language that a question has at least, for it to be in that.
const WORDS_MIN: usize = 2;

/// Leaves those of `hits` out that say in another language what a page among them says in that of `question`.
pub(super) fn in_one_language(
    store: &Store,
    view: &View,
    question: &str,
    hits: &mut Vec<Hit>,
) -> Result<(), LookupError> {
    // Most documentation is in one language, and the index knows by its paths.
    if !view.has_in_paths(PLAIN)? && !view.has_in_paths(&[ENGLISH])? {
        return Ok(());
    }
    let mut ranked: Vec<i64> = Vec::new();
    let mut seen: HashSet<i64> = HashSet::new();
    ranked.extend(
        hits.iter()
            .map(|hit| hit.page)
            .filter(|page| seen.insert(*page)),
    );
    let places = store.places_of_pages(&ranked)?.into_iter();
    let places: HashMap<i64, Place> = places
        .map(|(page, source, path)| (page, Place::of(source, &path)))
        .collect();
    if places.values().all(|place| place.language.is_none()) {
        return Ok(());
    }
    let mut groups: HashMap<(i64, &str), Vec<i64>> = HashMap::new();
    for page in ranked {
        if let Some(place) = places.get(&page) {
            groups
                .entry((place.source, &place.rest))
                .or_default()
                .push(page);
        }
    }
    let asked = languages_of(question);
    let mut others: HashSet<i64> = HashSet::new();
    for pages in groups.into_values() {
        let said: Vec<(i64, Option<&'static str>)> = pages
            .into_iter()
            .filter_map(|page| Some((page, places.get(&page)?.language)))
            .collect();
        others.extend(left_out(&said, &asked));
    }
    hits.retain(|hit| !others.contains(&hit.page));
    Ok(())
}

/// Returns which of some pages that are the same but for their language, best first, are left out.
fn left_out(pages: &[(i64, Option<&'static str>)], asked: &[&str]) -> Vec<i64> {
    let languages = || pages.iter().map(|(_, language)| *language);
    let is_said = languages().any(|language| language == Some(ENGLISH));
    let is_plain =
        |language: Option<&str>| language.is_none_or(|language| PLAIN.contains(&language));
    if !is_said && !languages().all(is_plain) {
        return Vec::new();
    }
    // What says no language beside translations is what they are of.
    let read = |language: Option<&'static str>| language.unwrap_or(ENGLISH);
    let find = |wanted: &dyn Fn(&str) -> bool| languages().map(read).find(|it| wanted(it));
    let kept = find(&|language| asked.contains(&language))
        .or_else(|| find(&|language| language == ENGLISH))
        .or_else(|| find(&|_| true));
    let others = pages
        .iter()
        .filter(|(_, language)| kept.is_some_and(|kept| read(*language) != kept));
    others.map(|(page, _)| *page).collect()
}

/// Where a page is.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    source: i64,
    /// The language that its path says it is in.
    language: Option<&'static str>,
    /// Its path without that.
    rest: String,
}

impl Place {
    fn of(source: i64, path: &str) -> Self {
        let mut language = None;
        let mut rest: Vec<String> = Vec::new();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let is_file = parts.peek().is_none();
            let found = if language.is_some() {
                None
            } else if is_file {
                in_name(part)
            } else {
                code(part).map(|code| (code, String::new()))
            };
            match found {
                Some((code, without)) => {
                    language = Some(code);
                    rest.extend(Some(without).filter(|without| !without.is_empty()));
                }
                None => rest.push(part.to_owned()),
            }
        }
        Self {
            source,
            language,
            rest: rest.join("/"),
        }
    }
}

/// Returns the language that the name of a file ends with, before what it is, and the name without: `user.de.html`, `user_de.md`.
fn in_name(name: &str) -> Option<(&'static str, String)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let ends = stem.rmatch_indices(['.', '_', '-']);
    ends.take(2).find_map(|(at, _)| {
        let (title, end) = (stem.get(..at)?, stem.get(at + 1..)?);
        let code = code(end).filter(|_| !title.is_empty())?;
        Some((code, format!("{title}.{extension}")))
    })
}

/// Returns the language that `part` of a path is: `de`, `pt-BR`, `zh_Hans`.
fn code(part: &str) -> Option<&'static str> {
    let lower = part.to_ascii_lowercase();
    let mut parts = lower.splitn(2, ['-', '_']);
    let language = parts.next()?;
    let is_region = |region: &str| {
        matches!(region.len(), 2 | 4) && region.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let known = CODES.iter().find(|code| **code == language).copied();
    known.filter(|_| parts.next().is_none_or(is_region))
}

/// Returns the languages that `question` may be in; none if that cannot be told.
fn languages_of(question: &str) -> Vec<&'static str> {
    let has = |first: char, last: char| {
        question
            .chars()
            .any(|letter| (first..=last).contains(&letter))
    };
    for (first, last, languages) in [
        ('\u{3040}', '\u{30ff}', &["ja"] as &[&str]),
        ('\u{ac00}', '\u{d7a3}', &["ko"]),
        ('\u{4e00}', '\u{9fff}', &["zh", "ja"]),
        ('\u{0400}', '\u{04ff}', &["ru", "uk", "sr", "bg"]),
        ('\u{0370}', '\u{03ff}', &["el"]),
        ('\u{0590}', '\u{05ff}', &["he"]),
        ('\u{0600}', '\u{06ff}', &["ar", "fa"]),
        ('\u{0e00}', '\u{0e7f}', &["th"]),
    ] {
        if has(first, last) {
            return languages.to_vec();
        }
    }
    let lower = question.to_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .collect();
    let counted = WORDS.iter().map(|(language, known)| {
        let is_known = |word: &&&str| known.split_whitespace().any(|known| known == **word);
        (words.iter().filter(is_known).count(), *language)
    });
    let counted: Vec<(usize, &str)> = counted.collect();
    let most = counted
        .iter()
        .map(|(count, _)| *count)
        .max()
        .unwrap_or_default();
    let english = counted.iter().find(|(_, language)| *language == ENGLISH);
    if most < WORDS_MIN || english.is_some_and(|(count, _)| *count == most) {
        return Vec::new();
    }
    let those = counted.into_iter().filter(|(count, _)| *count == most);
    those.map(|(_, language)| language).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{asked, found};
    use super::super::{Detail, Found};
    use super::*;
    use crate::lookup::library;

    fn place(path: &str) -> (Option<&'static str>, String) {
        let place = Place::of(1, path);
        (place.language, place.rest)
    }

    #[test]
    fn a_path_says_the_language_in_a_folder_or_at_the_end_of_a_name() {
        for (path, language, rest) in [
            ("html/user.ja.html", Some("ja"), "html/user.html"),
            ("docs/pt-BR/guide/a.md", Some("pt"), "docs/guide/a.md"),
            ("README_zh_CN.md", Some("zh"), "README.md"),
            ("README-de.md", Some("de"), "README.md"),
            ("user.html", None, "user.html"),
            ("de.md", None, "de.md"),
            ("golang/api.md", None, "golang/api.md"),
            ("de-tools/x-long.md", None, "de-tools/x-long.md"),
        ] {
            assert_eq!(place(path), (language, rest.to_owned()), "{path}");
        }
    }

    #[test]
    fn a_question_is_in_the_language_of_its_words() {
        for (question, languages) in [
            ("how do I set the default value of it", &[] as &[&str]),
            ("sasl_mechanism", &[]),
            ("wie wird der Standardwert gesetzt", &["de"]),
            ("quelle est la valeur par défaut de sasl", &["fr"]),
            ("jak jest ustawiona wartość na serwerze", &["pl"]),
            ("既定値は何ですか", &["ja"]),
            ("значение по умолчанию", &["ru", "uk", "sr", "bg"]),
        ] {
            assert_eq!(languages_of(question), languages, "{question}");
        }
    }

    fn paths(pages: &[(&str, &str)], question: &str) -> Vec<String> {
        let library = library::in_memory("s", pages.iter().copied()).unwrap();
        let Found { passages, .. } =
            found(&library, &asked(question, Detail::Outline), 2000).unwrap();
        let mut paths: Vec<String> = passages.into_iter().map(|passage| passage.path).collect();
        paths.sort();
        paths
    }

    #[test]
    fn of_translations_those_in_the_language_of_the_question_answer() {
        let pages = [
            (
                "user.en.md",
                "# Winch\n\nThe `drum_brake` holds the rope.\n",
            ),
            ("user.de.md", "# Winde\n\nDie `drum_brake` hält das Seil.\n"),
            ("user.cs.md", "# Naviják\n\n`drum_brake` drží lano.\n"),
            ("other.de.md", "# Anders\n\nAuch hier: `drum_brake`.\n"),
        ];
        assert_eq!(
            paths(&pages, "what is the drum_brake"),
            ["other.de.md", "user.en.md"]
        );
        assert_eq!(paths(&pages, "drum_brake"), ["other.de.md", "user.en.md"]);
        assert_eq!(
            paths(&pages, "was ist die drum_brake"),
            ["other.de.md", "user.de.md"]
        );
    }

    #[test]
    fn pages_whose_paths_only_look_so_all_answer() {
        let pages = [
            (
                "sdk/cs/winch.md",
                "# Winch in C#\n\nThe `drum_brake` holds.\n",
            ),
            (
                "sdk/pl/winch.md",
                "# Winch in Perl\n\nThe `drum_brake` holds.\n",
            ),
            (
                "users/id/get.md",
                "# One user\n\nThe `drum_brake` of one.\n",
            ),
            ("users/get.md", "# Users\n\nThe `drum_brake` of all.\n"),
        ];
        assert_eq!(paths(&pages, "drum_brake").len(), 4);
        let pages = [
            ("fr/winch.md", "# Treuil\n\nLe `drum_brake` tient.\n"),
            ("winch.md", "# Winch\n\nThe `drum_brake` holds.\n"),
        ];
        assert_eq!(paths(&pages, "drum_brake"), ["winch.md"]);
        let pages = [
            ("en/winch.md", "# Winch\n\nThe `drum_brake` holds.\n"),
            ("winch.md", "# Winches\n\nA `drum_brake` for each.\n"),
        ];
        assert_eq!(paths(&pages, "drum_brake"), ["en/winch.md", "winch.md"]);
    }
}
