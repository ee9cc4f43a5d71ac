//! The words of a question, to be found in a text: which sentences of a section speak of what is asked.

use super::question::{Role, terms};
use super::rarity::Rarity;
use crate::lookup::error::LookupError;
use crate::lookup::index::{Prose, View};

/// Words that are told apart: one bit each.
const WORDS_MAX: usize = 64;
/// What a part of a word is worth, of what the word is: `effect` of `useEffect`.
const PART: f32 = 0.3;

/// The words that are looked for, with what each is worth.
pub(crate) struct Sought {
    prose: Prose,
    /// So few that looking at each takes less than a table would.
    stems: Vec<String>,
    worth: Vec<f32>,
}

/// Words of a question that were found in a text: a bit for each.
pub(crate) type Words = u64;

impl Sought {
    /// Reads the words of `question`.
    pub(crate) fn of(view: &View, question: &str) -> Result<Self, LookupError> {
        let rarity = Rarity(view);
        let (mut stems, mut worth) = (Vec::new(), Vec::new());
        for term in terms(view, question) {
            let share = match term.role {
                Role::Word => 1.0,
                Role::Part => PART,
                Role::Common => continue,
            };
            if worth.len() >= WORDS_MAX || stems.contains(&term.stem) {
                continue;
            }
            let found = tantivy::Term::from_field_text(view.fields.body, &term.stem);
            worth.push(share * rarity.of(&found)?);
            stems.push(term.stem);
        }
        Ok(Self {
            prose: view.prose.clone(),
            stems,
            worth,
        })
    }

    /// Returns which of the words `text` has.
    pub(crate) fn found_in(&self, text: &str) -> Words {
        let mut found = 0;
        self.prose.each(text, |_, form| {
            if let Some(place) = self.stems.iter().position(|stem| stem == form) {
                found |= 1 << place;
            }
        });
        found
    }

    /// Returns what `words` are worth together.
    pub(crate) fn worth(&self, words: Words) -> f32 {
        let (mut left, mut sum) = (words, 0.0);
        while left != 0 {
            let place = usize::try_from(left.trailing_zeros()).unwrap_or_default();
            sum += self.worth.get(place).copied().unwrap_or_default();
            left &= left - 1;
        }
        sum
    }
}
