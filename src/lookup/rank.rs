//! From a question to ranked sections.
//!
//! A question is data: its words become terms one by one, and nothing in it can be a query language. Every word is
//! looked for in every field ([`WEIGHTS`]); adjacent words earn more where they stand together; then a section gains from
//! the other good sections of its page, and loses where its page is of a kind that rarely answers.

use std::collections::HashMap;

use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Term};

use super::document::Kind;
use super::error::LookupError;
use super::index::words::{Words, is_name};
use super::index::{Fields, View};
use super::rarity::Rarity;

/// What is looked for, and where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Question<'a> {
    /// The words.
    pub(crate) text: &'a str,
    /// Number of the only source to search.
    pub(crate) source: Option<i64>,
    /// The only kind of page to search.
    pub(crate) kind: Option<Kind>,
}

/// A section that answers, and how well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hit {
    pub(crate) page: i64,
    pub(crate) ordinal: usize,
    pub(crate) score: f32,
}

/// Weights of the fields for a word, as in BM25F. A title stands in the body as well, so 1 is already a preference.
struct Weights {
    title: f32,
    headings: f32,
    path: f32,
    body: f32,
    code: f32,
    symbol: f32,
}

const WEIGHTS: Weights = Weights {
    title: 1.0,
    headings: 0.2,
    path: 0.7,
    body: 1.0,
    code: 0.5,
    symbol: 0.5,
};

/// Weight of a part of a word (`use` of `useEffect`) against the whole word.
const PART: f32 = 0.4;
/// Weight of a word that most questions share (`how`, `the`) against one that says something.
const COMMON: f32 = 0.1;
/// Weight of two adjacent words that stand together, in the body and in titles.
const TOGETHER: f32 = 0.1;
/// Words that may stand between two that count as together.
const SLOP: u32 = 1;
/// Share of the two next best sections of a page that its sections gain.
const COHERENCE: f32 = 0.2;
/// What is left of the score of each further section of one page.
const REPEAT: f32 = 0.7;
/// Sections taken from the index before pages are weighed: enough for the coherence of twenty pages.
const CANDIDATES: usize = 200;
/// Words of a question that are looked for: further ones only cost time.
const WORDS_MAX: usize = 48;

/// Weight of a page by its kind.
fn prior(kind: u64) -> f32 {
    match kind {
        kind if kind == Kind::Changelog as u64 => 0.6,
        kind if kind == Kind::Meta as u64 => 0.5,
        // Members of data bear the words of every operation that uses it.
        kind if kind == Kind::Data as u64 => 0.6,
        _ => 1.0,
    }
}

/// English words that say nothing about the subject of a question.
const COMMON_WORDS: &[&str] = &[
    "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "did", "do", "does", "doing", "for", "from", "get", "had", "has", "have",
    "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "our",
    "should", "so", "some", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "to", "us", "use", "used", "using", "was", "we", "were", "what", "when",
    "where", "which", "while", "who", "why", "will", "with", "would", "you", "your",
];

/// Returns the sections that answer `question`, best first, at most [`CANDIDATES`].
pub(crate) fn rank(view: &View, question: &Question<'_>) -> Result<Vec<Hit>, LookupError> {
    let Some(query) = query(view, question) else {
        return Ok(Vec::new());
    };
    let collector = TopDocs::with_limit(CANDIDATES).order_by_score();
    let found = view
        .searcher
        .search_with_statistics_provider(&query, &collector, &Rarity(view))?;
    let mut hits = Vec::with_capacity(found.len());
    for (score, address) in found {
        let columns = view
            .searcher
            .segment_reader(address.segment_ord)
            .fast_fields();
        let of = |name: &str| -> Result<u64, LookupError> {
            Ok(columns.u64(name)?.first(address.doc_id).unwrap_or_default())
        };
        hits.push(Hit {
            page: i64::try_from(of("page")?).unwrap_or_default(),
            ordinal: usize::try_from(of("ordinal")?).unwrap_or_default(),
            score: score * prior(of("kind")?),
        });
    }
    Ok(weighed(hits))
}

/// Weighs sections by the pages they are in.
fn weighed(mut hits: Vec<Hit>) -> Vec<Hit> {
    let by_score = |one: &Hit, other: &Hit| {
        other
            .score
            .total_cmp(&one.score)
            .then(one.page.cmp(&other.page))
            .then(one.ordinal.cmp(&other.ordinal))
    };
    hits.sort_by(by_score);
    let mut pages: HashMap<i64, Vec<f32>> = HashMap::new();
    for hit in &hits {
        pages.entry(hit.page).or_default().push(hit.score);
    }
    let mut seen: HashMap<i64, i32> = HashMap::new();
    for hit in &mut hits {
        let scores = pages.get(&hit.page).map(Vec::as_slice).unwrap_or_default();
        let others: f32 = scores.iter().skip(1).take(2).sum();
        let before = seen.entry(hit.page).or_default();
        hit.score = (hit.score + COHERENCE * others) * REPEAT.powi(*before);
        *before += 1;
    }
    hits.sort_by(by_score);
    hits
}

type Clauses = Vec<(Occur, Box<dyn Query>)>;

fn query(view: &View, question: &Question<'_>) -> Option<BooleanQuery> {
    let fields = view.fields;
    let words = words(view, question.text);
    if words.is_empty() {
        return None;
    }
    let mut clauses: Clauses = Vec::new();
    for word in &words {
        word_clauses(fields, word, &mut clauses);
    }
    for pair in words.windows(2) {
        if let [one, other] = pair
            && one.weight.min(other.weight) >= 1.0
        {
            for (field, weight) in [
                (fields.body, TOGETHER),
                (fields.title, TOGETHER * WEIGHTS.title),
            ] {
                let terms = vec![
                    (0, Term::from_field_text(field, &one.stem)),
                    (1, Term::from_field_text(field, &other.stem)),
                ];
                let phrase = PhraseQuery::new_with_offset_and_slop(terms, SLOP);
                push(&mut clauses, Box::new(phrase), weight);
            }
        }
    }
    let mut all: Clauses = vec![(Occur::Must, Box::new(BooleanQuery::new(clauses)))];
    if let Some(source) = question.source {
        all.push((
            Occur::Must,
            filter(fields.source, u64::try_from(source).unwrap_or_default()),
        ));
    }
    if let Some(kind) = question.kind {
        let kinds: Clauses = kind
            .with_parts()
            .iter()
            .map(|kind| (Occur::Should, filter(fields.kind, *kind as u64)))
            .collect();
        all.push((Occur::Must, Box::new(BooleanQuery::new(kinds))));
    }
    Some(BooleanQuery::new(all))
}

/// A filter: it decides which sections count and adds nothing to their score.
fn filter(field: Field, value: u64) -> Box<dyn Query> {
    let term = TermQuery::new(Term::from_field_u64(field, value), IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(term), 0.0))
}

/// A word of a question.
struct Word {
    /// As written, in lower case.
    name: String,
    /// As the prose fields hold it.
    stem: String,
    /// Its parts, as the prose fields hold them.
    parts: Vec<String>,
    is_name: bool,
    weight: f32,
}

fn words(view: &View, text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let Ok(mut analyzer) = view.searcher.index().tokenizer_for_field(view.fields.body) else {
        return words;
    };
    for (_, written) in Words::of(text) {
        if words.len() >= WORDS_MAX {
            break;
        }
        let mut forms: Vec<String> = Vec::new();
        let mut stream = analyzer.token_stream(written);
        while let Some(token) = stream.next() {
            forms.push(token.text.clone());
        }
        let name = written.to_lowercase();
        if forms.is_empty() || words.iter().any(|known| known.name == name) {
            continue;
        }
        let stem = forms.remove(0);
        let common = COMMON_WORDS.contains(&name.as_str());
        words.push(Word {
            is_name: is_name(written),
            weight: if common { COMMON } else { 1.0 },
            name,
            stem,
            parts: forms,
        });
    }
    if words.iter().all(|word| word.weight < 1.0) {
        for word in &mut words {
            word.weight = 1.0;
        }
    }
    words
}

fn push(clauses: &mut Clauses, query: Box<dyn Query>, weight: Score) {
    clauses.push((Occur::Should, Box::new(BoostQuery::new(query, weight))));
}

fn word_clauses(fields: Fields, word: &Word, clauses: &mut Clauses) {
    let mut term = |field: Field, text: &str, weight: f32| {
        let query = TermQuery::new(
            Term::from_field_text(field, text),
            IndexRecordOption::WithFreqs,
        );
        push(clauses, Box::new(query), weight * word.weight);
    };
    let prose = [
        (fields.title, WEIGHTS.title),
        (fields.headings, WEIGHTS.headings),
        (fields.path, WEIGHTS.path),
        (fields.body, WEIGHTS.body),
    ];
    for (field, weight) in prose {
        term(field, &word.stem, weight);
        for part in &word.parts {
            term(field, part, weight * PART);
        }
    }
    if word.is_name {
        // Only a word that looks like a name asks for what is defined: `take` in a sentence is not `Series.take`.
        term(fields.symbol, &word.stem, WEIGHTS.symbol);
        term(fields.code, &word.name, WEIGHTS.code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    fn paths(pages: &[(&str, String)], question: &str) -> Vec<String> {
        let all = pages.iter().map(|(path, text)| (*path, text.as_str()));
        let (store, index) = library::in_memory("s", all).unwrap();
        let question = Question {
            text: question,
            ..Question::default()
        };
        let hits = rank(&index.view(&store).unwrap(), &question).unwrap();
        hits.iter()
            .map(|hit| store.page(hit.page).unwrap().unwrap().0.path)
            .collect()
    }

    #[test]
    fn a_word_of_every_page_decides_nothing_by_standing_in_one_title() {
        const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        let mut pages: Vec<(&str, String)> = NAMES
            .iter()
            .map(|name| {
                let text =
                    format!("# Page\n\nHere you take the {name}-rope and pull, then rest.\n");
                (*name, text)
            })
            .collect();
        pages.push((
            "one",
            "# Take\n\nHow to take a rope, and pull.\n".to_owned(),
        ));
        pages.push((
            "two",
            "# Page\n\nHere you take the quokka by the rope and pull, then rest.\n".to_owned(),
        ));
        assert_eq!(
            paths(&pages, "take quokka").first().map(String::as_str),
            Some("two")
        );
    }
}
