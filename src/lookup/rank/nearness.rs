//! How near each candidate is to the question by its vector, and the sections that only their vectors bring.

use super::candidates::Found;
use super::evidence::{Candidate, Evidence, Fact};
use super::fields::lossy;
use super::question::{Question, Role, Term};
use crate::lookup::action::Action;
use crate::lookup::best::Best;
use crate::lookup::embedding::{Embedder, Embedding};
use crate::lookup::index::View;
use crate::lookup::index::vectors::{NearSection, Page, Vectors};

/// Sections that their vectors bring.
const BY_VECTOR: usize = 100;
/// Cosine below which a section is not brought by its vector alone. The nearest section to a question that nothing answers
/// is below it more often than not, to one that something answers one time in twenty (`bench lookup --strangers`).
const COSINE_MIN: f32 = 0.45;
/// Candidates, best at first sight, whose direction stands for what the question meant.
const EXAMPLES: usize = 5;
/// Share of nearness in what is seen at first sight; the rest is of words.
const FIRST_SIGHT: f32 = 0.35;
/// What they count against the question itself, all together.
const EXAMPLES_WEIGHT: f32 = 0.6;

/// Cosines of a section.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Nearness {
    /// To the question.
    pub(super) question: f32,
    /// To the question and the best candidates.
    pub(super) examples: f32,
}

/// The sections nearest to a question by their vectors: found without a word of it, so at the same time.
pub(super) struct Nearest<'v> {
    vectors: &'v Vectors,
    wanted: Embedding,
    sections: Vec<NearSection>,
}

impl<'v> Nearest<'v> {
    /// Looks at every section of `view`; nothing if there are no vectors.
    pub(super) fn of(view: &'v View, question: &Question<'_>) -> Option<Self> {
        let vectors = view.vectors.as_ref()?;
        let wanted = Embedder::new().embed(&[&question.meaning()]);
        let sections = vectors.nearest(&wanted, BY_VECTOR, filter(question).as_deref());
        Some(Self {
            vectors,
            wanted,
            sections,
        })
    }
}

/// Fills in the nearness of the candidates and adds the nearest of all sections.
pub(super) fn measure(
    nearest: &Nearest<'_>,
    terms: &[Term],
    found: &[Found],
    evidence: &mut Evidence,
) {
    let Nearest {
        vectors,
        wanted,
        sections,
    } = nearest;
    let mut embedder = Embedder::new();
    evidence.known = known(&mut embedder, terms, &evidence.terms);
    let candidates = &mut evidence.candidates;
    let mut directions: Vec<Option<Embedding>> = candidates
        .iter()
        .map(|candidate| vectors.of(candidate.page, candidate.ordinal))
        .collect();
    for (candidate, cosine) in candidates.iter_mut().zip(wanted.cosines(&directions)) {
        candidate.near.question = cosine;
    }
    evidence.cosine_floor = sections.last().map_or(0.0, |last| last.cosine);
    let known = candidates.len();
    for near in sections.iter().filter(|near| near.cosine >= COSINE_MIN) {
        let ordinal = near.ordinal as usize;
        let is_known = candidates
            .iter()
            .take(known)
            .any(|candidate| candidate.page == near.page.id && candidate.ordinal == ordinal);
        if !is_known {
            let new = brought(&near.page, near.ordinal, near.row.part, near.row.tokens);
            candidates.push(Candidate {
                near: Nearness {
                    question: near.cosine,
                    examples: 0.0,
                },
                ..new
            });
            directions.push(Some(near.row.embedding));
        }
    }
    let (share, best) = examples(found, candidates, |candidate| candidate.near.question);
    let best: Vec<(f32, Embedding)> = best
        .into_iter()
        .filter_map(|at| Some((share, (*directions.get(at)?)?)))
        .collect();
    let middle = wanted.towards(&best);
    for (candidate, cosine) in candidates.iter_mut().zip(middle.cosines(&directions)) {
        candidate.near.examples = cosine;
    }
}

/// Tells whether a page counts.
type Filter<'q> = Box<dyn Fn(&Page) -> bool + 'q>;

/// Returns what a page must be to count; nothing if every page does.
pub(super) fn filter<'q>(question: &'q Question<'_>) -> Option<Filter<'q>> {
    let is_filtered = question.sources.is_some() || question.kind.is_some();
    is_filtered.then(|| -> Filter<'q> {
        Box::new(|page| question.admits(page.source, u64::from(page.kind)))
    })
}

/// A candidate that words did not find.
pub(super) fn brought(page: &Page, ordinal: u32, part: u16, tokens: u16) -> Candidate {
    Candidate {
        page: page.id,
        source: page.source,
        ordinal: ordinal as usize,
        part: usize::from(part),
        tokens: u32::from(tokens),
        kind: u64::from(page.kind),
        action: Action::numbered(u64::from(page.action)),
        ..Candidate::default()
    }
}

/// Returns the places of the candidates that look best at first sight, by words and by `nearness`, and the weight of each.
pub(super) fn examples(
    found: &[Found],
    candidates: &[Candidate],
    nearness: fn(&Candidate) -> f32,
) -> (f32, Vec<usize>) {
    let best_by_words = found.first().map_or(1.0, |first| first.score);
    let nearest = candidates.iter().map(nearness);
    let nearest = nearest.fold(f32::MIN_POSITIVE, f32::max);
    let scores = found.iter().map(|found| found.score / best_by_words);
    let mut best = Best::new(EXAMPLES);
    for (at, (candidate, score)) in candidates
        .iter()
        .zip(scores.chain(std::iter::repeat(0.0)))
        .enumerate()
    {
        let near = nearness(candidate) / nearest;
        best.offer(score + FIRST_SIGHT * (near - score), at);
    }
    let best: Vec<usize> = best.sorted().map(|(_, at)| at).collect();
    (EXAMPLES_WEIGHT / lossy(best.len().max(1)), best)
}

/// Returns which share of what is asked the vocabulary has words of its own for: a word put together from pieces means little.
fn known(embedder: &mut Embedder, terms: &[Term], facts: &[Fact]) -> f32 {
    let (mut all, mut known) = (0.0, 0.0);
    for (term, fact) in terms.iter().zip(facts) {
        if term.role == Role::Word {
            all += fact.rarity;
            if embedder.knows(&term.written) {
                known += fact.rarity;
            }
        }
    }
    if all > 0.0 { known / all } else { 1.0 }
}
