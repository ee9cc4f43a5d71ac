//! From evidence to an order: words, meaning, then the pages that sections are in.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::Hit;
use super::evidence::{Candidate, Evidence, Fact};
use super::fields::{
    BODY, FIELDS, HEADINGS, PATH, SYMBOL, SYMBOL_SPELLINGS, TITLE, TITLE_FORMS, lossy,
};
use super::nearness::Nearness;
use super::question::Role;
use super::requested;
use super::weights::Weights;
use crate::lookup::document::Kind;

/// What it counts against defining a name to define its last part where the page is about the rest of it, to define that part
/// anywhere, and to be about the rest and speak of the part.
const OWN_MEMBER: f32 = 0.9;
const A_MEMBER: f32 = 0.6;
const TOLD_MEMBER: f32 = 0.8;

/// Headings of a page that speak for each of its sections, beside the best.
const OTHERS: usize = 2;

/// What it counts to be called what is asked, word for word: a title with one more word has nearly all the same evidence.
const WHOLE: f32 = 1.1;

/// Returns the candidates of `evidence` in the order that `weights` give them, best first.
pub(crate) fn weigh(evidence: &Evidence, weights: &Weights) -> Vec<Hit> {
    let words: Vec<f32> = evidence
        .candidates
        .iter()
        .map(|candidate| words(evidence, candidate, weights))
        .collect();
    let scales = Scales::new(evidence, &words, weights);
    let mut hits = Vec::with_capacity(words.len());
    for (number, (candidate, words)) in evidence.candidates.iter().zip(&words).enumerate() {
        let defines = defines(evidence, candidate);
        let fused = scales.words(*words)
            + scales.source(evidence, candidate, weights)
            + scales.near(candidate, weights)
            + scales.meant(candidate, weights)
            + weights.exact * exact(evidence, candidate, weights)
            + weights.defines * defines
            + weights.action * action(evidence, candidate);
        hits.push((number, candidate, fused * prior(candidate.kind, defines)));
    }
    by_page(hits, weights)
}

/// What makes the scores of words, of the table's vectors and of a sentence model comparable, and how much each counts: its
/// share, all three together 1.
pub(super) struct Scales {
    words: (Scale, f32),
    near: (Scale, f32),
    meant: (Scale, f32),
}

impl Scales {
    /// `words` has what the words of each candidate are worth.
    pub(super) fn new(evidence: &Evidence, words: &[f32], weights: &Weights) -> Self {
        let by_words = || words.iter().copied().filter(|score| *score > 0.0);
        // A list that was cut begins at its last score: those beyond have as good as nothing.
        let floor = if evidence.is_cut {
            by_words().fold(f32::INFINITY, f32::min)
        } else {
            0.0
        };
        let most = |of: fn(&Candidate, &Weights) -> f32| {
            let all = evidence.candidates.iter();
            all.map(|candidate| of(candidate, weights))
                .fold(0.0, f32::max)
        };
        let share = if evidence.is_identifier {
            0.0
        } else {
            let known = 1.0 - weights.known * (1.0 - evidence.known);
            let unmet = weights.unmet * (1.0 - evidence.met);
            let operations = weights.operations * operations(evidence);
            let focus = (weights.long / asked(evidence)).min(1.0);
            ((weights.vector + unmet + operations) * known * focus).min(1.0)
        };
        // Beside a model the table has less to say.
        let (share, of_model) = match (evidence.is_modelled, evidence.is_identifier) {
            (true, false) => (share * weights.beside, weights.model),
            _ => (share, 0.0),
        };
        Self {
            words: (
                Scale::new(floor, by_words().fold(0.0, f32::max)),
                (1.0 - share - of_model).max(0.0),
            ),
            near: (Scale::new(evidence.cosine_floor, most(near)), share),
            meant: (Scale::new(evidence.model_floor, most(meant)), of_model),
        }
    }

    /// Returns the part of a score that words are, which are worth `words`.
    pub(super) fn words(&self, words: f32) -> f32 {
        self.words.1 * self.words.0.of(words)
    }

    /// Returns the part of a score that it is to be of documentation that the question names, as much as a word is that stands
    /// in the text.
    pub(super) fn source(
        &self,
        evidence: &Evidence,
        candidate: &Candidate,
        weights: &Weights,
    ) -> f32 {
        let worth = weights.source * evidence.about.worth(candidate.source);
        self.words.1 * self.words.0.step(worth)
    }

    /// Returns the part of a score that the vectors of the table are.
    pub(super) fn near(&self, candidate: &Candidate, weights: &Weights) -> f32 {
        self.near.1 * self.near.0.of(near(candidate, weights))
    }

    /// Returns the part of a score that the vectors of a sentence model are.
    pub(super) fn meant(&self, candidate: &Candidate, weights: &Weights) -> f32 {
        self.meant.1 * self.meant.0.of(meant(candidate, weights))
    }
}

/// Returns how many words of the question say something.
fn asked(evidence: &Evidence) -> f32 {
    let words = evidence.terms.iter().filter(|term| term.role == Role::Word);
    lossy(words.count())
}

/// Returns which share of the candidates are operations, 0 to 1.
fn operations(evidence: &Evidence) -> f32 {
    let all = &evidence.candidates;
    let kind = Kind::Operation as u64;
    let count = all
        .iter()
        .filter(|candidate| candidate.kind == kind)
        .count();
    lossy(count) / lossy(all.len().max(1))
}

fn near(candidate: &Candidate, weights: &Weights) -> f32 {
    mixed(candidate.near, weights.examples)
}

fn meant(candidate: &Candidate, weights: &Weights) -> f32 {
    mixed(candidate.meant, weights.model_examples)
}

/// Nearness to the question, of which `examples` is nearness to the best candidates.
fn mixed(near: Nearness, examples: f32) -> f32 {
    near.question + examples * (near.examples - near.question)
}

/// Scores between a floor and the best as 0 to 1.
struct Scale {
    floor: f32,
    width: f32,
}

impl Scale {
    fn new(floor: f32, most: f32) -> Self {
        let floor = floor.min(most);
        Self {
            floor,
            width: most - floor,
        }
    }

    /// Returns how much `more` raises a score.
    fn step(&self, more: f32) -> f32 {
        if self.width > 0.0 {
            more / self.width
        } else {
            0.0
        }
    }

    fn of(&self, score: f32) -> f32 {
        if self.width > 0.0 {
            ((score - self.floor) / self.width).max(0.0)
        } else {
            f32::from(u8::from(score > 0.0 && score >= self.floor))
        }
    }
}

/// What the words of the question are worth that a candidate has, field by field, and those that stand together.
pub(super) fn words(evidence: &Evidence, candidate: &Candidate, weights: &Weights) -> f32 {
    let fields = fields(weights);
    let in_fields = evidence
        .terms
        .iter()
        .zip(&candidate.counts)
        .map(|(term, counts)| {
            let counts = fields
                .iter()
                .zip(counts)
                .map(|(field, count)| field * count);
            worth(term, weights) * counts.sum::<f32>()
        });
    weights.together * candidate.together + in_fields.sum::<f32>()
}

/// What a word counts in each field, in the order of their places.
pub(super) fn fields(weights: &Weights) -> [f32; FIELDS] {
    let Weights {
        title,
        headings,
        path,
        code,
        symbol,
        ..
    } = *weights;
    // As words are written decides elsewhere: in the title for `exact`, among what is defined for `defines`.
    [1.0, title, headings, path, code, symbol, 0.0, 0.0]
}

/// What a term of the question counts, wherever it stands.
pub(super) fn worth(term: &Fact, weights: &Weights) -> f32 {
    let weight = match term.role {
        Role::Word => 1.0,
        Role::Member => weights.member,
        Role::Owner | Role::Part => weights.part,
        Role::Common => weights.common,
        Role::About(_) => weights.about,
    };
    weight * term.rarity * term.emphasis
}

/// Returns how nearly the title of a candidate is the question, 0 to 1; more if it is, word for word.
pub(super) fn exact(evidence: &Evidence, candidate: &Candidate, weights: &Weights) -> f32 {
    let (mut all, mut in_title, mut count) = (0.0, 0.0, 0u32);
    let mut common = 0;
    for (term, counts) in evidence.terms.iter().zip(&candidate.counts) {
        if term.role == Role::Common && has(counts, TITLE_FORMS) {
            common += 1;
        }
        if term.role != Role::Word {
            continue;
        }
        all += term.rarity;
        if has(counts, TITLE) {
            let likeness = if has(counts, TITLE_FORMS) {
                1.0
            } else {
                weights.inflected
            };
            in_title += likeness * term.rarity;
            count += 1;
        }
    }
    if all <= 0.0 {
        return 0.0;
    }
    if in_title >= all && count + common >= candidate.title_terms {
        return WHOLE;
    }
    let title = lossy(candidate.title_terms.max(count).max(1));
    in_title / all * lossy(count) / title
}

/// Returns how much of the question are names that the candidate defines as they are written, 0 to 1.
pub(super) fn defines(evidence: &Evidence, candidate: &Candidate) -> f32 {
    let terms = || evidence.terms.iter().zip(&candidate.counts);
    // Few questions have any.
    let ends: Vec<_> = terms()
        .filter(|(term, _)| matches!(term.role, Role::Member | Role::Owner))
        .collect();
    let (mut all, mut defined) = (0.0, 0.0);
    for (term, counts) in terms().filter(|(term, _)| term.role == Role::Word) {
        let own = || ends.iter().filter(|(end, _)| end.word == term.word);
        let of_ends: f32 = own().map(|(end, _)| end.rarity).sum();
        // In documentation of few pages what is nowhere is far rarer than the rarest of what is there.
        let rarity = if of_ends > 0.0 {
            term.rarity.min(of_ends)
        } else {
            term.rarity
        };
        all += rarity;
        defined += if has(counts, SYMBOL_SPELLINGS) {
            rarity
        } else {
            defines_member(own().copied()).min(rarity)
        };
    }
    if all > 0.0 { defined / all } else { 0.0 }
}

fn has(counts: &[f32; FIELDS], field: usize) -> bool {
    counts.get(field).is_some_and(|count| *count > 0.0)
}

/// Returns what it is worth that a candidate defines the member of a name, or is about its owner: `terms` are those two.
fn defines_member<'c>(terms: impl Iterator<Item = (&'c Fact, &'c [f32; FIELDS])>) -> f32 {
    let (mut member, mut owner) = (None, None);
    for (term, counts) in terms {
        match term.role {
            Role::Member => member = Some((term.rarity, counts)),
            Role::Owner => owner = Some((term.rarity, counts)),
            _ => {}
        }
    }
    let Some((rarity, counts)) = member else {
        return 0.0;
    };
    let owned = |fields: &[usize]| {
        let (owner, counts) = owner?;
        let is_there = fields.iter().any(|field| has(counts, *field));
        is_there.then_some(owner + rarity)
    };
    if has(counts, SYMBOL_SPELLINGS) {
        let owned = owned(&[TITLE, HEADINGS, PATH, SYMBOL]);
        owned.map_or(A_MEMBER * rarity, |both| OWN_MEMBER * both)
    } else if has(counts, BODY) {
        let owned = owned(&[TITLE_FORMS, SYMBOL_SPELLINGS]);
        owned.map_or(0.0, |both| TOLD_MEMBER * both)
    } else {
        0.0
    }
}

/// Returns whether a candidate does what is to be done, −1 to 1; 0 where one of both says nothing of it.
pub(super) fn action(evidence: &Evidence, candidate: &Candidate) -> f32 {
    match (candidate.action, evidence.action) {
        (Some(done), Some(wanted)) => done.answers(wanted),
        _ => 0.0,
    }
}

/// Weight of a page by its kind; `defines` is how much of the question its section defines, 0 to 1.
pub(super) fn prior(kind: u64, defines: f32) -> f32 {
    match kind {
        kind if kind == Kind::Changelog as u64 => 0.6,
        kind if kind == Kind::Meta as u64 => 0.5,
        // Members of data bear the words of every operation that uses it; but who asks for data by its name wants it.
        kind if kind == Kind::Data as u64 => 0.6 + 0.4 * defines,
        _ => 1.0,
    }
}

/// What is known of a page while its sections are weighed.
#[derive(Debug, Default)]
struct OfPage {
    /// Its best headings, each with the best score under it: a text that goes on under its heading says nothing new of the page.
    headings: [(usize, f32); 1 + OTHERS],
    /// How many of them are known.
    known: usize,
    /// How many of its sections were weighed.
    weighed: i32,
}

impl OfPage {
    /// Adds a section under `heading`; the best come first.
    fn add(&mut self, heading: usize, score: f32) {
        let mut known = self.headings.iter().take(self.known);
        if !known.any(|(known, _)| *known == heading)
            && let Some(next) = self.headings.get_mut(self.known)
        {
            *next = (heading, score);
            self.known += 1;
        }
    }
}

/// Weighs sections by the pages they are in: other good headings of the page speak for each, and a page does not repeat itself.
fn by_page(mut scored: Vec<(usize, &Candidate, f32)>, weights: &Weights) -> Vec<Hit> {
    scored.sort_unstable_by(|(_, one, one_score), (_, other, other_score)| {
        let by_score = other_score.total_cmp(one_score);
        by_score.then((one.page, one.ordinal).cmp(&(other.page, other.ordinal)))
    });
    let mut pages: HashMap<i64, OfPage, RandomState> =
        HashMap::with_capacity_and_hasher(scored.len(), RandomState::default());
    for (_, candidate, score) in &scored {
        let of_page = pages.entry(candidate.page).or_default();
        of_page.add(heading_of(candidate), *score);
    }
    let mut hits: Vec<Hit> = Vec::with_capacity(scored.len());
    for (number, candidate, score) in scored {
        let of_page = pages.entry(candidate.page).or_default();
        let others: f32 = of_page
            .headings
            .iter()
            .skip(1)
            .map(|(_, score)| score)
            .sum();
        let repeat = if candidate.is_requested {
            requested::REPEAT
        } else {
            weights.repeat
        };
        let (gain, kept) = (weights.coherence * others, repeat.powi(of_page.weighed));
        of_page.weighed += 1;
        hits.push(Hit {
            page: candidate.page,
            ordinal: candidate.ordinal,
            tokens: candidate.tokens,
            score: (score + gain) * kept,
            candidate: number,
            gain,
            kept,
        });
    }
    hits.sort_unstable_by(|one, other| {
        let by_score = other.score.total_cmp(&one.score);
        by_score.then((one.page, one.ordinal).cmp(&(other.page, other.ordinal)))
    });
    hits
}

/// Ordinal of the section that begins under the same heading.
fn heading_of(candidate: &Candidate) -> usize {
    candidate
        .ordinal
        .saturating_sub(candidate.part.saturating_sub(1))
}
