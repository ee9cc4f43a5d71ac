//! Words of a question that name the documentation it is about: `postgres` says where to look, and nothing of what is asked there.

use std::collections::HashMap;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, TERMINATED};

use super::fields::lossy;
use super::question::{Question, Role, Term};
use super::rarity::Rarity;
use crate::lookup::error::LookupError;
use crate::lookup::index::{View, postings};

/// Documentation that a question may name, all its editions together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Documentation {
    /// Its name in small letters, with `-` between its words, without a version.
    pub(crate) name: String,
    /// Numbers of its sources.
    pub(crate) sources: Vec<i64>,
}

/// Letters from which on a name may have others behind it, and how many: `postgres` is `postgresql`, `sqlite3` is `sqlite`.
const LETTERS_MIN: usize = 4;
const LETTERS_BEHIND_MAX: usize = 2;
/// Share of the sections of a source that a short form of its name must stand in: `rg` says `ripgrep` where it is called so.
const SHORT_OWN_MIN: f32 = 0.05;
/// Letters of a short form at least, and how many times as many the name has.
const SHORT_LETTERS_MIN: usize = 2;
const SHORTER_TIMES: usize = 2;
/// Times that a name stands in what it names more often than elsewhere; of a source called `guide` the name says nothing.
const OWN_MIN: f32 = 3.0;
/// Sections of a segment that are looked at for that, about, spread evenly.
const SAMPLED: u32 = 4_096;

/// The sources that a question names, each time with what it is worth to be of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct About(Vec<(Vec<i64>, f32)>);

impl About {
    /// Returns the sources that `terms` name.
    pub(super) fn of(
        view: &View,
        question: &Question<'_>,
        terms: &[Term],
    ) -> Result<Self, LookupError> {
        let mut named = Vec::new();
        for term in terms {
            if let Role::About(number) = term.role
                && let Some(documentation) = question.documentations.get(number)
            {
                let worth = Rarity(view).of(&term.stem)?;
                named.push((documentation.sources.clone(), worth));
            }
        }
        Ok(Self(named))
    }

    /// Returns what it is worth to be of `source`.
    pub(super) fn worth(&self, source: i64) -> f32 {
        let named = self.0.iter();
        let named = named.filter(|(sources, _)| sources.contains(&source));
        named.map(|(_, worth)| *worth).fold(0.0, f32::max)
    }

    /// Returns the most that it is worth to be of any source.
    pub(super) fn most(&self) -> f32 {
        let worths = self.0.iter().map(|(_, worth)| *worth);
        worths.fold(0.0, f32::max)
    }
}

/// Gives the words of `terms` that name documentation their role, unless nothing else is asked.
pub(super) fn mark(
    view: &View,
    question: &Question<'_>,
    terms: &mut Vec<Term>,
) -> Result<(), LookupError> {
    // Where there is but one, its name is a word like others.
    if question.documentations.len() < 2 {
        return Ok(());
    }
    let mut named: HashMap<usize, (usize, f32)> = HashMap::new();
    for (number, documentation) in question.documentations.iter().enumerate() {
        let Some(said) = said(documentation, terms) else {
            continue;
        };
        for term in said {
            let spread = Spread::of(view, &term.stem, &documentation.sources)?;
            let is_called_so =
                spread.own >= SHORT_OWN_MIN || !is_short_form(&term.form, &documentation.name);
            if spread.own >= OWN_MIN * spread.others && is_called_so {
                let share = share_within(view, term, spread.own)?;
                named.entry(term.word).or_insert((number, share));
            }
        }
    }
    let is_asked = |term: &Term| term.role == Role::Word && !named.contains_key(&term.word);
    if named.is_empty() || !terms.iter().any(is_asked) {
        return Ok(());
    }
    terms.retain_mut(|term| {
        let Some((number, share)) = named.get(&term.word) else {
            return true;
        };
        let is_whole = term.role == Role::Word;
        term.role = Role::About(*number);
        term.name = None;
        term.share *= share;
        is_whole
    });
    Ok(())
}

/// Returns the words that name `documentation`; nothing if not all of its name is said.
fn said<'t>(documentation: &Documentation, terms: &'t [Term]) -> Option<Vec<&'t Term>> {
    let whole = || terms.iter().filter(|term| term.role == Role::Word);
    let name = documentation.name.as_str();
    let is_name = |term: &&Term| is_same(&term.form, name) || is_short_form(&term.form, name);
    if let Some(term) = whole().find(is_name) {
        return Some(vec![term]);
    }
    let words = documentation.name.split('-');
    words
        .map(|word| whole().find(|term| is_same(&term.form, word)))
        .collect()
}

/// Tells whether `word` is `name`, but for a few letters at the end of one of them.
fn is_same(word: &str, name: &str) -> bool {
    let (short, long) = if word.len() < name.len() {
        (word, name)
    } else {
        (name, word)
    };
    short == long
        || short.len() >= LETTERS_MIN
            && long.len() - short.len() <= LETTERS_BEHIND_MAX
            && long.starts_with(short)
}

/// Tells whether `word` may be short for `name`: some of its letters in their order, the first among them, and not just how it
/// begins, which is another word as a rule.
fn is_short_form(word: &str, name: &str) -> bool {
    let is_short = word.len() >= SHORT_LETTERS_MIN && name.len() >= SHORTER_TIMES * word.len();
    let begins_alike = word.chars().next() == name.chars().next();
    let mut letters = name.chars();
    let mut in_order = || word.chars().all(|letter| letters.any(|own| own == letter));
    is_short && begins_alike && !name.starts_with(word) && in_order()
}

/// Returns what finding `term` is worth in a source of whose sections it is in the share `own`, against what it is worth in all.
fn share_within(view: &View, term: &Term, own: f32) -> Result<f32, LookupError> {
    if own <= 0.0 {
        return Ok(1.0);
    }
    let everywhere = Rarity(view).of(&term.stem)?;
    let within = (1.0 + (1.0 - own).max(0.0) / own).ln();
    Ok((within / everywhere.max(f32::MIN_POSITIVE)).min(1.0))
}

/// How many of the sections of a source have a word, and of all others, 0 to 1.
struct Spread {
    own: f32,
    others: f32,
}

impl Spread {
    /// Counts the sections that have `stem`, of `sources` and of others.
    fn of(view: &View, stem: &str, sources: &[i64]) -> Result<Self, LookupError> {
        let (mut having, mut all) = ([0.0; 2], [0.0; 2]);
        for (reader, columns) in view.segments() {
            let step = (reader.max_doc() / SAMPLED).max(1);
            let is_own = |section| sources.contains(&columns.source(section));
            let sampled = (0..reader.max_doc()).step_by(step as usize);
            let share = shares(sampled.map(is_own));
            add(&mut all, share, lossy(reader.max_doc()));
            let found = postings(reader, view.fields.body, stem, IndexRecordOption::Basic)?;
            let Some(mut postings) = found else { continue };
            let count = lossy(postings.doc_freq());
            let mut section = postings.doc();
            let sampled = std::iter::from_fn(|| {
                let at = section;
                section = postings.seek(at.saturating_add(step).min(TERMINATED));
                (at != TERMINATED).then_some(at)
            });
            add(&mut having, shares(sampled.map(is_own)), count);
        }
        let [own, others] = having;
        let [all_own, all_others] = all;
        Ok(Self {
            own: own / all_own.max(1.0),
            others: others / all_others.max(1.0),
        })
    }
}

/// Returns the share of what is own.
fn shares(own: impl Iterator<Item = bool>) -> f32 {
    let (mut is, mut all) = (0.0_f32, 0.0_f32);
    for is_own in own {
        is += f32::from(u8::from(is_own));
        all += 1.0;
    }
    is / all.max(1.0)
}

/// Adds `count` to both of `counts`: `share` of it to the first.
fn add(counts: &mut [f32; 2], share: f32, count: f32) {
    let [own, others] = counts;
    *own += share * count;
    *others += (1.0 - share) * count;
}

#[cfg(test)]
mod tests {
    use super::super::rank;
    use super::*;
    use crate::lookup::index::Index;
    use crate::lookup::library;
    use crate::store::Store;

    /// A store of sources, each with a name and pages.
    fn store(sources: &[(&str, &[(&str, &str)])]) -> (Store, Vec<Documentation>) {
        let store = Store::in_memory().unwrap();
        let mut all = Vec::new();
        for (name, pages) in sources {
            let source = store.keep_source(name, "/s").unwrap();
            for (path, text) in *pages {
                let page = library::page_of_text(path, text);
                store.keep_pages(source, &[page]).unwrap();
            }
            all.push(Documentation {
                name: (*name).to_owned(),
                sources: vec![source],
            });
        }
        (store, all)
    }

    const HARBOUR: (&str, &[(&str, &str)]) = (
        "harbour",
        &[
            (
                "applications.md",
                "# Harbour server applications\n\nThe harbour has applications for its server.\n",
            ),
            (
                "settings.md",
                "# Settings\n\nThe default port of the server is 4711.\n",
            ),
            ("guide.md", "# Guide\n\nThe harbour is a guide.\n"),
        ],
    );
    const LIGHTHOUSE: (&str, &[(&str, &str)]) = (
        "lighthouse",
        &[
            (
                "settings.md",
                "# Settings\n\nThe default port of the server is 80.\n",
            ),
            ("guide.md", "# Guide\n\nA lighthouse, a guide.\n"),
        ],
    );

    /// The roles of the whole words of `text`, and the first answer.
    fn asked(sources: &[(&str, &[(&str, &str)])], text: &str) -> (String, String) {
        let (store, documentations) = store(sources);
        let index = Index::in_memory();
        let view = index.view(&store).unwrap();
        let question = Question {
            text,
            documentations: &documentations,
            ..Question::default()
        };
        let terms = super::super::question::terms(&view, &question).unwrap();
        let about = terms.iter().filter_map(|term| match term.role {
            Role::About(number) => Some(documentations[number].name.as_str()),
            _ => None,
        });
        let about = about.collect::<Vec<_>>().join(" ");
        let best = rank(&view, &question).unwrap().hits[0].page;
        let page = store.page(best).unwrap().unwrap().0;
        let of = documentations
            .iter()
            .find(|known| known.sources.contains(&page.source));
        (about, format!("{}:{}", of.unwrap().name, page.path))
    }

    #[test]
    fn the_name_of_documentation_says_where_to_look_and_not_what_for() {
        let (about, best) = asked(&[HARBOUR, LIGHTHOUSE], "default port of the Harbour server");
        assert_eq!(best, "harbour:settings.md");
        assert_eq!(about, "harbour");
    }

    #[test]
    fn who_names_two_is_told_of_both_and_who_asks_for_nothing_else_of_the_name() {
        let both = [HARBOUR, LIGHTHOUSE];
        let (about, _) = asked(&both, "port in harbour, and in lighthouse");
        assert_eq!(about, "harbour lighthouse");
        assert_eq!(asked(&both, "what is a lighthouse?").0, "");
    }

    #[test]
    fn a_name_that_stands_everywhere_or_has_no_other_beside_it_is_a_word() {
        let guide = ("guide", LIGHTHOUSE.1);
        assert_eq!(asked(&[HARBOUR, guide], "port in the guide").0, "");
        assert_eq!(asked(&[HARBOUR], "port of the harbour server").0, "");
    }

    #[test]
    fn a_name_may_lack_letters_at_its_end() {
        for (word, name) in [
            ("postgresql", "postgres"),
            ("sqlite", "sqlite3"),
            ("go", "go"),
        ] {
            assert!(is_same(word, name), "{word} {name}");
        }
        for (word, name) in [("post", "postgres"), ("golang", "go"), ("good", "go")] {
            assert!(!is_same(word, name), "{word} {name}");
        }
    }

    #[test]
    fn a_short_form_has_letters_of_the_name_in_their_order() {
        for (word, name) in [("rg", "ripgrep"), ("pg", "postgres"), ("ts", "typescript")] {
            assert!(is_short_form(word, name), "{word} {name}");
        }
        for (word, name) in [
            ("post", "postgres"),
            ("gr", "ripgrep"),
            ("rx", "ripgrep"),
            ("p", "postgres"),
            ("go", "go"),
            ("psgrs", "postgres"),
        ] {
            assert!(!is_short_form(word, name), "{word} {name}");
        }
    }

    #[test]
    fn documentation_is_named_by_what_it_calls_itself_for_short() {
        let called = |short: &str| {
            let texts = [
                format!("# Settings\n\nThe default port of {short} is 4711.\n"),
                format!("# Guide\n\nStart {short} with `{short} run`.\n"),
            ];
            let [settings, guide] = &texts;
            let harbour: (&str, &[(&str, &str)]) =
                ("harbour", &[("settings.md", settings), ("guide.md", guide)]);
            asked(&[harbour, LIGHTHOUSE], "default port hb")
        };
        let (about, best) = called("hb");
        assert_eq!(
            (about.as_str(), best.as_str()),
            ("harbour", "harbour:settings.md")
        );
        assert_eq!(called("ha").0, "");
    }
}
