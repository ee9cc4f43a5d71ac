//! How near each candidate is to the question by a person's own sentence model, and the sections that only it brings.
//!
//! Like [`super::nearness`], which has the built-in table; where there is a model, both count.

use super::candidates::Found;
use super::evidence::Evidence;
use super::nearness::{brought, examples, filter};
use super::question::Question;
use crate::lookup::index::{Modelled, View};
use crate::lookup::model::Direction;

/// Sections that the model brings.
const BY_MODEL: usize = 100;
/// Cosine below which a section is not brought by the model alone.
const COSINE_MIN: f32 = 0.3;

/// A question as a model understands it.
pub(super) struct Meaning<'v> {
    modelled: &'v Modelled,
    wanted: Direction,
}

impl<'v> Meaning<'v> {
    /// Lets the model of `view` read `question`; nothing if there is none.
    pub(super) fn of(view: &'v View, question: &Question<'_>) -> Option<Self> {
        let modelled = view.modelled.as_ref()?;
        let directions = modelled.model()?.embed(&[&question.meaning()]).ok()?;
        let wanted = directions.into_iter().next()?;
        Some(Self { modelled, wanted })
    }

    /// Adds the nearest of all sections to the candidates.
    pub(super) fn bring(&self, question: &Question<'_>, evidence: &mut Evidence) {
        let filter = filter(question);
        let nearest = self
            .modelled
            .meanings
            .nearest(&self.wanted, BY_MODEL, filter.as_deref());
        evidence.is_modelled = true;
        evidence.model_floor = nearest.last().map_or(0.0, |last| last.cosine);
        for near in nearest.iter().filter(|near| near.cosine >= COSINE_MIN) {
            if !evidence.has(near.page.id, near.ordinal) {
                let new = brought(&near.page, near.ordinal, near.part, near.tokens);
                evidence.candidates.push(new);
            }
        }
    }

    /// Fills in the nearness of all candidates.
    pub(super) fn measure(&self, found: &[Found], evidence: &mut Evidence) {
        let candidates = &mut evidence.candidates;
        let directions: Vec<Option<Direction>> = candidates
            .iter()
            .map(|candidate| {
                let meanings = &self.modelled.meanings;
                meanings.direction(candidate.page, candidate.ordinal)
            })
            .collect();
        let cosine = |wanted: &Direction, direction: Option<&Direction>| {
            direction.map_or(0.0, |direction| wanted.cosine_to(direction))
        };
        for (candidate, direction) in candidates.iter_mut().zip(&directions) {
            candidate.meant.question = cosine(&self.wanted, direction.as_ref());
        }
        let (share, best) = examples(found, candidates, |candidate| candidate.meant.question);
        let best: Vec<(f32, Direction)> = best
            .into_iter()
            .filter_map(|at| Some((share, directions.get(at)?.clone()?)))
            .collect();
        let middle = self.wanted.towards(&best);
        for (candidate, direction) in candidates.iter_mut().zip(&directions) {
            candidate.meant.examples = cosine(&middle, direction.as_ref());
        }
    }
}
