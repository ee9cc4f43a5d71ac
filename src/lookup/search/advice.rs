//! What is said beside the passages: why they may not answer, and what else to ask.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Search, others};
use crate::lookup::editions::{Chosen, Editions};
use crate::lookup::error::{LookupError, shortened};
use crate::lookup::index::View;
use crate::lookup::rank::{Lacking, Question, Ranking, rank};
use crate::store::Store;

/// Letters of a question that nothing matches: it is told so that it is known again.
const SHOWN: usize = 80;
/// Other sources that are named: a library may have a hundred.
const NAMED: usize = 5;

/// A question and where it is put to.
pub(super) struct Asked<'a> {
    pub(super) search: &'a Search,
    pub(super) question: Question<'a>,
    pub(super) editions: &'a Editions,
    pub(super) chosen: &'a Chosen,
}

impl Asked<'_> {
    /// Names the arguments that keep something out, as an agent would leave them away: what says least of what is asked first.
    fn limits(&self) -> Vec<&'static str> {
        let search = self.search;
        let limits = [
            ("`kind`", search.kind.is_some()),
            ("`version`", search.version.is_some()),
            ("`source`", search.source.is_some()),
        ];
        limits
            .into_iter()
            .filter(|(_, is_given)| *is_given)
            .map(|(name, _)| name)
            .collect()
    }
}

/// How well a question is answered.
pub(super) enum Outcome {
    Answers,
    /// By what may be something else, for this reason.
    Doubtful(String),
    Nothing,
}

impl Outcome {
    /// Tells how well the sections found answer a question of which the documentation lacks the words `lacking`.
    pub(super) fn of(ranking: &Ranking, lacking: &[Lacking]) -> Self {
        if ranking.hits.is_empty() {
            return Self::Nothing;
        }
        doubt(ranking, lacking).map_or(Self::Answers, Self::Doubtful)
    }

    /// Returns why the passages may not answer.
    pub(super) fn doubt(self) -> Option<String> {
        match self {
            Self::Doubtful(doubt) => Some(doubt),
            Self::Answers | Self::Nothing => None,
        }
    }
}

/// Says of which words the sections found lack some, if they may not answer for that.
fn doubt(ranking: &Ranking, lacking: &[Lacking]) -> Option<String> {
    let unmet: Vec<&str> = ranking
        .unmet()
        .into_iter()
        .map(|word| asked_for(word, lacking))
        .collect();
    let reason = match (unmet.as_slice(), nowhere(lacking)) {
        ([], _) => return None,
        (_, Some(nowhere)) => nowhere,
        ([word], None) => format!("no section found has `{word}`"),
        (_, None) => format!("no section found has all of: {}", quoted(&unmet)),
    };
    Some(format!("{reason} (what follows may not answer)"))
}

/// Returns how the question writes `word`, for which something else may have been looked for.
fn asked_for<'w>(word: &'w str, lacking: &'w [Lacking]) -> &'w str {
    let slip = lacking
        .iter()
        .find(|slip| slip.meant.as_deref() == Some(word));
    slip.map_or(word, |slip| &slip.asked)
}

/// Says which of the words `lacking` nothing was looked for in place of.
fn nowhere(lacking: &[Lacking]) -> Option<String> {
    let said = |place: &str, is_elsewhere: bool| {
        let words = lacking
            .iter()
            .filter(|word| word.meant.is_none() && word.is_elsewhere == is_elsewhere);
        let words: Vec<&str> = words.map(|word| word.asked.as_str()).collect();
        (!words.is_empty()).then(|| format!("{place}: {}", quoted(&words)))
    };
    let nowhere = said("nowhere in the documentation", false);
    let all = nowhere
        .into_iter()
        .chain(said("only in other sources or versions", true));
    Some(all.collect::<Vec<_>>().join("; ")).filter(|said| !said.is_empty())
}

fn quoted(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// Says what was not found, and what to ask instead; nothing if all words were found.
pub(super) fn advice(
    view: &View,
    store: &Store,
    asked: &Asked<'_>,
    outcome: &Outcome,
) -> Result<Option<String>, LookupError> {
    let Asked {
        search, question, ..
    } = asked;
    let mut said: Vec<String> = view.notice.iter().cloned().collect();
    if let (Some([]), Some(version)) = (question.sources, &search.version) {
        said.push(without_version(asked, version));
        return Ok(Some(said.join("\n")));
    }
    if matches!(outcome, Outcome::Nothing) {
        said.push(format!(
            "nothing matches `{}`",
            shortened(question.text, SHOWN)
        ));
    }
    for Lacking { asked, meant, .. } in question.lacking {
        said.extend(meant.as_ref().map(|meant| {
            format!("`{asked}` is nowhere in the documentation; also searched for `{meant}`")
        }));
    }
    // Of an answer one must know what it does not speak of.
    let is_answered = matches!(outcome, Outcome::Answers);
    said.extend(nowhere(question.lacking).filter(|_| is_answered));
    let named = others::named(asked.editions, asked.chosen, search, question.text);
    said.extend(named);
    if !is_answered && (asked.chosen.is_by_version || !asked.limits().is_empty()) {
        said.extend(elsewhere(view, store, asked)?);
    }
    Ok((!said.is_empty()).then(|| said.join("\n")))
}

/// Says that nothing has `version`, and what has which.
fn without_version(asked: &Asked<'_>, version: &str) -> String {
    let source = asked.search.source.as_deref();
    let listed = asked.editions.listed(source);
    match source {
        _ if !listed.is_empty() => {
            format!("no documentation has version `{version}`; there are {listed}")
        }
        Some(source) => format!("the version of `{source}` is not known: leave `version` out"),
        None => "the version of no documentation is known: leave `version` out".to_owned(),
    }
}

/// Says which sources have passages without one of the limits that keep something out, or else without all of them.
fn elsewhere(view: &View, store: &Store, asked: &Asked<'_>) -> Result<Option<String>, LookupError> {
    let Asked {
        search, question, ..
    } = asked;
    let source_of = |page: i64| {
        let source = store.source_of_page(page)?;
        // Where nothing but sources were chosen, these were searched.
        let is_other = |source: &i64| {
            let chosen = question.sources.filter(|_| question.kind.is_none());
            chosen.is_none_or(|chosen| !chosen.contains(source))
        };
        let source = source.filter(is_other);
        Ok(source.and_then(|source| asked.editions.name(source).map(str::to_owned)))
    };
    let limits = asked.limits();
    let single: &[&str] = if limits.len() > 1 { &limits } else { &[] };
    let left_out = single.iter().map(std::slice::from_ref).chain([&*limits]);
    for left_out in left_out.filter(|left_out| !left_out.is_empty()) {
        let kept = |name: &str| !left_out.contains(&name);
        let source = search.source.as_deref().filter(|_| kept("`source`"));
        let version = search.version.as_deref().filter(|_| kept("`version`"));
        let chosen = asked.editions.choose(source, version, &search.pinned)?;
        let question = Question {
            sources: chosen.sources.as_deref(),
            kind: question.kind.filter(|_| kept("`kind`")),
            ..question.clone()
        };
        let found = found_in(view, &question, &source_of)?;
        if !found.is_empty() {
            let (left_out, found) = (left_out.join(" and "), counted(&found));
            return Ok(Some(format!(
                "without {left_out} there are passages in {found}"
            )));
        }
    }
    // Without limits, what is searched is the version of the project, or the newest.
    let question = Question {
        sources: None,
        kind: None,
        ..question.clone()
    };
    let found = found_in(view, &question, &source_of)?;
    Ok((!found.is_empty()).then(|| {
        let found = counted(&found);
        format!("another version has passages: {found}; name it as `source`")
    }))
}

/// Returns the sources that answer `question`, with the sections found in each, most first; none if what is found may not answer.
fn found_in(
    view: &View,
    question: &Question<'_>,
    source_of: &dyn Fn(i64) -> Result<Option<String>, LookupError>,
) -> Result<Vec<(String, usize)>, LookupError> {
    let ranking = rank(view, question)?;
    if !ranking.unmet().is_empty() {
        return Ok(Vec::new());
    }
    let mut found = BTreeMap::new();
    for hit in ranking.hits {
        if let Some(source) = source_of(hit.page)? {
            *found.entry(source).or_default() += 1;
        }
    }
    let mut found: Vec<(String, usize)> = found.into_iter().collect();
    found.sort_by_key(|(_, count)| Reverse(*count));
    Ok(found)
}

/// Names the sources with most of what was found, and says how many others have some.
fn counted(found: &[(String, usize)]) -> String {
    let named = found.iter().take(NAMED);
    let named: Vec<String> = named
        .map(|(source, count)| format!("`{source}` ({count})"))
        .collect();
    let others = match found.len().saturating_sub(NAMED) {
        0 => String::new(),
        1 => " and one other source".to_owned(),
        more => format!(" and {more} other sources"),
    };
    named.join(", ") + &others
}

#[cfg(test)]
mod tests {
    use super::counted;
    use crate::lookup::library;
    use crate::lookup::search::tests::{asked, found};
    use crate::lookup::search::{Detail, Search};

    #[test]
    fn what_is_said_of_a_model_and_of_a_version_stands_on_lines_of_its_own() {
        let (store, index) = library::in_memory("s", [("a.md", "# Bells\n\nRing.\n")]).unwrap();
        let library = (store, index.with_model(Some("/nowhere".into())));
        let asked = Search {
            version: Some("9".to_owned()),
            ..asked("bells", Detail::Snippet)
        };
        let text = found(&library, &asked, 500).unwrap().text();
        let last = text.lines().last();
        assert_eq!(
            last,
            Some("the version of no documentation is known: leave `version` out"),
            "{text}"
        );
    }

    #[test]
    fn of_many_sources_those_with_most_are_named_and_the_others_counted() {
        let found = |count: usize| {
            let found = (0..count).map(|at| (format!("s{at}"), 9 - at));
            counted(&found.collect::<Vec<_>>())
        };
        let five = "`s0` (9), `s1` (8), `s2` (7), `s3` (6), `s4` (5)";
        assert_eq!(found(2), "`s0` (9), `s1` (8)");
        assert_eq!(found(6), format!("{five} and one other source"));
        assert_eq!(found(8), format!("{five} and 3 other sources"));
    }
}
