//! Words of a question that the documentation lacks, spelled as the documentation spells what was most likely meant.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use strsim::{jaro_winkler, osa_distance};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, TERMINATED, Term};

use super::embedding::Embedder;
use super::error::LookupError;
use super::index::words::{Words, has_places, is_plain_prose};
use super::index::{View, postings};
use super::rank::{Lacking, apart, last_part};
use crate::store::Store;

/// Terms compared with one unknown word: those that begin with its two first letters, in a few milliseconds.
const TERMS_COMPARED_MAX: usize = 20_000;
/// Letters that two words of such likeness differ in length at most.
const LENGTHS_APART_MAX: usize = 4;
/// Likeness (Jaro-Winkler, 0 to 1) from which a term may be of the word that was meant. Terms are stems, so what words the
/// documentation writes decides.
const LIKENESS_MIN: f64 = 0.88;
/// Terms, the most alike, whose words are looked at: beyond them they are other words.
const TERMS_LOOKED_AT_MAX: usize = 4;
/// Sections from which a term is no slip of whoever wrote the documentation.
const FREQUENT_SECTIONS: u32 = 3;
/// Likeness that a term loses which is not in so many.
const RARE_LOSES: f64 = 0.04;
/// Slips at most, where standing in so few sections is one: `Berlin` is not the `Bertini` of one list of thanks.
const UNLIKELY_MAX: usize = 2;
/// Pages that are read to see how a word is written in most places, and sections that they are taken from.
const PAGES_READ_MAX: usize = 2;
const SECTIONS_SEEN_MAX: usize = 64;
/// Sections with a word from which on it counts as one that the sources asked have: more would be looked through one by one.
const OF_OTHERS_MAX: u64 = 10_000;
/// Letters below which a word is like too many others.
const LETTERS_MIN: usize = 4;
/// Letters from which a name of several parts may be misspelt: of shorter ones, one letter makes another, as `IFIT1` and `IFIH1`.
const LETTERS_OF_NAMES_MIN: usize = 7;
/// Letters from which two slips leave a word what it is.
const LETTERS_FOR_TWO_SLIPS: usize = 6;
/// Unknown words of a question that are looked up.
const WORDS_MAX: usize = 4;

/// Returns the words of `text` that the documentation lacks, each with the word it was most likely meant to be, if there is one. What
/// only other sources than `sources` have is lacking, but no slip.
pub(crate) fn spelling(
    view: &View,
    store: &Store,
    text: &str,
    sources: Option<&[i64]>,
) -> Result<Vec<Lacking>, LookupError> {
    let mut lacking: Vec<Lacking> = Vec::new();
    // Frames of a stack trace have names of whoever asks.
    let (told, _) = apart(text);
    for (_, written) in Words::of(&told) {
        if lacking.len() >= WORDS_MAX {
            break;
        }
        let told = lacking.len();
        // What is asked for of a path is its last part.
        for word in [written, last_part(written)] {
            let is_told = lacking.iter().any(|told| told.asked == word);
            if is_told {
                continue;
            }
            let Some(unknown) = Unknown::of(view, word, sources)? else {
                // Where that is there, whoever asks may call the rest by a name of their own.
                lacking.truncate(told);
                break;
            };
            if word.chars().count() < LETTERS_MIN {
                continue;
            }
            let meant = if unknown.is_elsewhere || is_word(word) {
                None
            } else {
                unknown.meant(view, store)?
            };
            if let Some(name) = meant {
                lacking.truncate(told);
                lacking.push(Lacking {
                    asked: word.to_owned(),
                    meant: Some(name),
                    is_elsewhere: false,
                });
                break;
            }
            if lacking.len() == told && has_places(&unknown.stem) && !begins_name(view, word)? {
                lacking.push(Lacking {
                    asked: word.to_owned(),
                    meant: None,
                    is_elsewhere: unknown.is_elsewhere,
                });
            }
        }
    }
    Ok(lacking)
}

/// Tells whether `word` is one of the language: it is no slip for another, though the documentation lacks it.
fn is_word(word: &str) -> bool {
    Embedder::new().knows(word)
}

/// A word that the documentation lacks.
struct Unknown {
    /// Its letters, small and without marks between.
    letters: String,
    /// The marks between.
    marks: String,
    /// The same of what the index would hold it as.
    stem: String,
    /// Letters that what was meant may differ in.
    slips_max: usize,
    /// How it begins, marks and all: slips of the first letters are rare.
    first: String,
    /// Whether sources have it that are not asked.
    is_elsewhere: bool,
}

impl Unknown {
    /// Returns `word` if no section of `sources` has it, or of all.
    fn of(view: &View, word: &str, sources: Option<&[i64]>) -> Result<Option<Self>, LookupError> {
        let small = word.to_lowercase();
        let held = forms(view, word);
        let Some((stem, parts)) = held.split_first() else {
            return Ok(None);
        };
        let is_known_at_all = is_known(view, stem)?;
        if is_known_at_all && is_in_one_of(view, stem, sources)? {
            return Ok(None);
        }
        let mut slips_max = match letters(&small).chars().count() {
            count if count < LETTERS_OF_NAMES_MIN && is_put_together(word) => 0,
            count if count < LETTERS_FOR_TWO_SLIPS => 1,
            _ => 2,
        };
        // What is put together from words of the documentation may well be a word of whoever asks.
        for part in parts {
            if is_known(view, part)? {
                slips_max = slips_max.min(1);
            }
        }
        Ok(Some(Self {
            letters: letters(&small),
            marks: marks(&small),
            stem: letters(stem),
            slips_max,
            first: small.chars().take(2).collect(),
            is_elsewhere: is_known_at_all,
        }))
    }

    /// Returns the word of the documentation that was most likely meant, as most places write it.
    fn meant(&self, view: &View, store: &Store) -> Result<Option<String>, LookupError> {
        let mut best: Option<((usize, Reverse<u32>), String)> = None;
        for (term, sections) in self.like(view)? {
            // A word of every sentence says nothing, so it is not worth a guess.
            if !has_places(&term) {
                continue;
            }
            let Some(name) = written(view, store, &term)? else {
                continue;
            };
            let Some(slips) = self.slips(&name, &term) else {
                continue;
            };
            let rare = usize::from(sections < FREQUENT_SECTIONS);
            let rank = (slips + rare, Reverse(sections));
            let is_best = best.as_ref().is_none_or(|(least, _)| rank < *least);
            if rank.0 <= UNLIKELY_MAX && is_best {
                best = Some((rank, name));
            }
        }
        Ok(best.map(|(_, name)| name))
    }

    /// Letters that `name`, which the index holds as `term`, differs in; nothing if it is another word.
    fn slips(&self, name: &str, term: &str) -> Option<usize> {
        let is_plain = name.chars().all(char::is_alphabetic);
        let own = marks(name);
        let name = letters(&name.to_lowercase());
        // A number is not misspelt: `E0382` is not `E0308`.
        let digits = |text: &str| {
            text.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        };
        if digits(&name) != digits(&self.letters) {
            return None;
        }
        let slips = osa_distance(&self.letters, &name);
        // Marks are left out, not put in, and written otherwise: `app.py` is not `apply`, but `body-limit` is `bodyLimit`.
        let has_marks = self.marks.is_empty() || self.marks == own;
        if slips > 0 && !has_marks {
            return None;
        }
        if slips <= self.slips_max {
            return Some(slips);
        }
        // Other endings of the same word: `intsaller` where pages say `install`. Names have none.
        let is_alike =
            is_plain && self.slips_max > 0 && osa_distance(&self.stem, &letters(term)) <= 1;
        is_alike.then_some(self.slips_max)
    }

    /// The terms most like this word, with the sections that have each.
    fn like(&self, view: &View) -> Result<Vec<(String, u32)>, LookupError> {
        let mut sections: HashMap<String, u32> = HashMap::new();
        let mut compared = 0;
        for segment in view.searcher.segment_readers() {
            let index = segment.inverted_index(view.fields.body)?;
            let mut terms = index
                .terms()
                .range()
                .ge(&self.first)
                .into_stream()
                .map_err(tantivy::TantivyError::from)?;
            while compared < TERMS_COMPARED_MAX && terms.advance() {
                let Ok(term) = std::str::from_utf8(terms.key()) else {
                    continue;
                };
                if !term.starts_with(&self.first) {
                    break;
                }
                compared += 1;
                if self.likeness(term).is_some() {
                    *sections.entry(term.to_owned()).or_default() += terms.value().doc_freq;
                }
            }
        }
        let worth = |(term, sections): &(String, u32)| {
            let rare = f64::from(u8::from(*sections < FREQUENT_SECTIONS));
            self.likeness(term).unwrap_or_default() - rare * RARE_LOSES
        };
        let mut like: Vec<(String, u32)> = sections.into_iter().collect();
        like.sort_by(|one, other| {
            let order = worth(other).total_cmp(&worth(one));
            order.then_with(|| (other.1, &one.0).cmp(&(one.1, &other.0)))
        });
        // Alike in how they begin, others are in most letters not.
        like.retain(|(term, _)| osa_distance(&self.stem, &letters(term)) <= self.slips_max + 1);
        like.truncate(TERMS_LOOKED_AT_MAX);
        Ok(like)
    }

    /// How much `term` is like this word, if that is enough.
    fn likeness(&self, term: &str) -> Option<f64> {
        let term = letters(term);
        let of = |form: &str| {
            let is_near = term.len().abs_diff(form.len()) <= LENGTHS_APART_MAX;
            is_near.then(|| jaro_winkler(form, &term))
        };
        let most = of(&self.letters).into_iter().chain(of(&self.stem));
        most.filter(|likeness| *likeness >= LIKENESS_MIN)
            .max_by(f64::total_cmp)
    }
}

/// Tells whether `word` has a digit or a capital within: `useEffect`, `IFIT1`; no word in capitals alone, which are cried.
fn is_put_together(word: &str) -> bool {
    let inner = || word.chars().skip(1);
    let has_small = word.chars().any(char::is_lowercase);
    word.chars().any(|letter| letter.is_ascii_digit())
        || has_small && inner().any(char::is_uppercase)
}

/// Returns the letters and digits of `text`.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// Returns the marks of `text`.
fn marks(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_alphanumeric())
        .collect()
}

/// Returns `word` as the index holds it, and then its parts.
fn forms(view: &View, word: &str) -> Vec<String> {
    let mut forms = Vec::new();
    view.prose.each(word, |_, form| forms.push(form.to_owned()));
    forms
}

fn is_known(view: &View, form: &str) -> Result<bool, LookupError> {
    for field in [view.fields.body, view.fields.title, view.fields.path] {
        let term = Term::from_field_text(field, form);
        if view.searcher.doc_freq(&term)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tells whether some section of `sources` has `form`, which the index has, as far as that is seen soon.
fn is_in_one_of(view: &View, form: &str, sources: Option<&[i64]>) -> Result<bool, LookupError> {
    let Some(sources) = sources else {
        return Ok(true);
    };
    for field in [view.fields.body, view.fields.title, view.fields.path] {
        // Most words are in many sections: the list of those is not read for this.
        if view
            .searcher
            .doc_freq(&Term::from_field_text(field, form))?
            > OF_OTHERS_MAX
        {
            return Ok(true);
        }
        for (segment, columns) in view.segments() {
            let found = postings(segment, field, form, IndexRecordOption::Basic)?;
            let Some(mut postings) = found else { continue };
            let mut section = postings.doc();
            while section != TERMINATED {
                if sources.contains(&columns.source(section)) {
                    return Ok(true);
                }
                section = postings.advance();
            }
        }
    }
    Ok(false)
}

/// Tells whether a name of the documentation goes on where `word` ends: whoever asks for `G_APPLICATION` may mean all that begin so.
fn begins_name(view: &View, word: &str) -> Result<bool, LookupError> {
    let small = word.to_lowercase();
    for segment in view.searcher.segment_readers() {
        for joint in ['_', '.', ':', '-'] {
            let first = format!("{small}{joint}");
            let index = segment.inverted_index(view.fields.body)?;
            let terms = index.terms().range().ge(&first).into_stream();
            let mut terms = terms.map_err(tantivy::TantivyError::from)?;
            if terms.advance() && terms.key().starts_with(first.as_bytes()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Returns the word that the index holds as `term`, as most places write it: `install`, where that is `instal`. Words that
/// only have it as a part are others.
fn written(view: &View, store: &Store, term: &str) -> Result<Option<String>, LookupError> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for page in pages_with(view, term)? {
        let Some((_, text)) = store.page(page)? else {
            continue;
        };
        let first = term.chars().next();
        let begins = |word: &str| {
            word.chars()
                .next()
                .map(|letter| letter.to_ascii_lowercase())
        };
        let wanted = |word: &str| !is_plain_prose(word) || begins(word) == first;
        view.prose.each_wanted(&text, wanted, |word, form| {
            if form == term {
                // `celery.exceptions.Retry` is a place to write `Retry`, and so is `@Retry`.
                let last = last_part(word).trim_start_matches('@');
                *times.entry(last.to_owned()).or_default() += 1;
            }
        });
    }
    times.retain(|word, _| forms(view, word).first().is_some_and(|own| own == term));
    // Of equals the one in small letters, which comes last.
    let most = times.into_iter().max_by_key(|(_, times)| *times);
    Ok(most.map(|(word, _)| word))
}

/// Returns the first pages that have `term`.
fn pages_with(view: &View, term: &str) -> Result<Vec<i64>, LookupError> {
    let mut pages: Vec<i64> = Vec::new();
    let mut seen = 0;
    for (segment, columns) in view.segments() {
        let found = postings(segment, view.fields.body, term, IndexRecordOption::Basic)?;
        let Some(mut postings) = found else { continue };
        let mut section = postings.doc();
        while section != TERMINATED && seen < SECTIONS_SEEN_MAX && pages.len() < PAGES_READ_MAX {
            let alive = segment.alive_bitset();
            if alive.is_none_or(|alive| alive.is_alive(section)) {
                let page = columns.entry(section).page;
                pages.extend(Some(page).filter(|page| !pages.contains(page)));
                seen += 1;
            }
            section = postings.advance();
        }
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    /// What each word of `asked` is taken for in documentation that says `text`.
    fn meant(text: &str, asked: &str) -> String {
        let (store, index) = library::in_memory("s", [("a.md", text)]).unwrap();
        let view = index.view(&store).unwrap();
        let meant = spelling(&view, &store, asked, None).unwrap();
        let said = meant
            .iter()
            .filter_map(|word| Some(format!("{} {}", word.asked, word.meant.as_ref()?)));
        said.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_word_that_only_has_the_near_one_as_a_part_is_not_offered() {
        let text = "pytest-celery tests it. Celery runs tasks. Celery waits. A fixture, fixtures_ and a fixture.";
        assert_eq!(meant(text, "celry"), "celry Celery");
        assert_eq!(meant(text, "fixtre"), "fixtre fixture");
        assert_eq!(meant("pytest-celery alone.", "celry"), "");
    }

    #[test]
    fn a_word_that_is_like_none_is_told_and_words_of_every_sentence_are_not() {
        let text = "# Anchors\n\nAn anchor holds.\n";
        let (store, index) = library::in_memory("s", [("a.md", text)]).unwrap();
        let view = index.view(&store).unwrap();
        let lacking = spelling(
            &view,
            &store,
            "where does an xyzzyplugh anchor? torch.nn.Quux",
            None,
        );
        let unlike = |asked: &str| Lacking {
            asked: asked.to_owned(),
            meant: None,
            is_elsewhere: false,
        };
        assert_eq!(
            lacking.unwrap(),
            [unlike("xyzzyplugh"), unlike("torch.nn.Quux")]
        );
    }

    #[test]
    fn a_name_whose_last_part_is_there_is_not_told_as_lacking() {
        let text = "# Jobs\n\nCall `sched.add_late_job(x)`, then `q.run()`.\n";
        let (store, index) = library::in_memory("s", [("a.md", text)]).unwrap();
        let view = index.view(&store).unwrap();
        let asked = "mine.add_late_job queue.run mine.add_early_work";
        assert_eq!(
            spelling(&view, &store, asked, None).unwrap(),
            [Lacking {
                asked: "mine.add_early_work".to_owned(),
                meant: None,
                is_elsewhere: false,
            }]
        );
    }

    #[test]
    fn what_begins_names_of_the_documentation_is_not_told_as_lacking() {
        let text = "# Flags\n\n`G_APPLICATION_HANDLES_OPEN`, `std::fs::read` and ropework.\n";
        let (store, index) = library::in_memory("s", [("a.md", text)]).unwrap();
        let view = index.view(&store).unwrap();
        let lacking = spelling(&view, &store, "G_APPLICATION std::fs G_APPL ropew", None).unwrap();
        let told: Vec<&str> = lacking.iter().map(|word| word.asked.as_str()).collect();
        assert_eq!(told, ["G_APPL", "ropew"]);
    }

    #[test]
    fn what_only_other_sources_have_is_lacking_where_some_are_asked() {
        let (store, index) =
            library::in_memory("s", [("a.md", "# Spans\n\nSpans leave.\n")]).unwrap();
        let other = store.keep_source("t", "/t").unwrap();
        let page = library::page_of_text("k.md", "# Kafka\n\nHas topics.\n");
        store.keep_pages(other, &[page]).unwrap();
        let view = index.view(&store).unwrap();
        let sources = store.sources().unwrap();
        let own: Vec<i64> = sources
            .iter()
            .map(|source| source.id)
            .filter(|id| *id != other)
            .collect();
        let told = |sources: Option<&[i64]>| {
            let lacking = spelling(&view, &store, "topics of Kafka for spans", sources).unwrap();
            lacking
                .into_iter()
                .map(|word| (word.asked, word.meant, word.is_elsewhere))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(None), []);
        let lacking = ["topics", "Kafka"].map(|word| (word.to_owned(), None, true));
        assert_eq!(told(Some(&own)), lacking);
    }

    #[test]
    fn a_name_is_written_as_in_most_places() {
        let text = "Use back_populates, not back-populated. `back_populates` and `back_populates` link both. `@SoftTimeLimitExceeded` or `celery.exceptions.SoftTimeLimitExceeded`.";
        assert_eq!(meant(text, "backpopulates"), "backpopulates back_populates");
        assert_eq!(
            meant(text, "SoftTimeLimitExceded"),
            "SoftTimeLimitExceded SoftTimeLimitExceeded"
        );
    }

    #[test]
    fn a_slip_in_a_long_name_is_found_though_its_parts_are_known_also_at_the_end_of_a_path() {
        let text = "Set DOWNLOAD_DELAY to wait before a download. The delay is in sqlalchemy too: DetachedInstanceError.";
        assert_eq!(
            meant(text, "DOWNLOAD_DELAI"),
            "DOWNLOAD_DELAI DOWNLOAD_DELAY"
        );
        assert_eq!(
            meant(text, "sqlalchemy.exc.DetachedInstnceError"),
            "DetachedInstnceError DetachedInstanceError"
        );
        assert_eq!(meant(text, "my.DOWNLOAD_DELAY download_queue"), "");
        assert_eq!(
            meant(text, "downloaddelai download-delay"),
            "downloaddelai DOWNLOAD_DELAY, download-delay DOWNLOAD_DELAY"
        );
    }

    #[test]
    fn a_word_of_the_language_is_no_slip() {
        let text =
            "How they delete all about a site, and how they delete all the erasures of a site.";
        assert_eq!(meant(text, "erase abort delte"), "delte delete");
    }

    #[test]
    fn other_words_and_other_numbers_are_not_what_was_meant() {
        let text = "E0308 and the page d9d35e03-2997. A uselist is in users_table. Thanks to Bertini. Apply it, and apply it again.";
        assert_eq!(meant(text, "e0382 usestate E0309 Berlin app.py"), "");
    }

    #[test]
    fn a_short_name_of_several_parts_is_no_slip_for_another_but_may_be_written_otherwise() {
        let text = "IFIH1 is told, and CK666, and DLS is, and what is nested. It is nested, and nested in IFIH1.";
        assert_eq!(meant(text, "IFIT1 dLNs NestJS CK-666"), "CK-666 CK666");
        assert_eq!(meant("Nested is nested.", "nestd"), "nestd nested");
    }
}
