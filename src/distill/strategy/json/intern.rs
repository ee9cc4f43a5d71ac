//! Equal values get equal numbers, so that columns compare integers instead of texts.

use super::tree::{Document, Kind, NodeId};
use crate::distill::map::Map;

/// The number of each value of a document; two values have the same one exactly if they are spelled alike.
#[derive(Debug)]
pub(super) struct Interned(Vec<usize>);

impl Interned {
    /// Numbers every value of a parsed document, whose members come before their container.
    pub(super) fn of(document: &Document) -> Self {
        let mut scalars: Map<(Kind, &str), usize> = Map::default();
        let mut containers: Map<Vec<usize>, usize> = Map::default();
        let mut numbers: Vec<usize> = Vec::with_capacity(document.len());
        for id in 0..document.len() {
            let node = document.node(id);
            let number = match node.kind {
                Kind::Bare | Kind::Text => *scalars
                    .entry((node.kind, document.lexeme(id)))
                    .or_insert(id),
                Kind::Array | Kind::Object => {
                    // One line or several is part of the spelling: equal numbers may be written by one shared value.
                    let mut spelling = vec![usize::from(node.inline)];
                    for edge in document.edges(id) {
                        if node.kind == Kind::Object {
                            let key = (Kind::Text, document.str(edge.key));
                            // A key that occurs as no value gets a number that no value has.
                            let fresh = document.len() + scalars.len();
                            spelling.push(*scalars.entry(key).or_insert(fresh));
                        }
                        spelling.push(numbers.get(edge.node).copied().unwrap_or(usize::MAX));
                    }
                    spelling.push(usize::MAX - usize::from(node.kind == Kind::Array));
                    *containers.entry(spelling).or_insert(id)
                }
            };
            numbers.push(number);
        }
        Self(numbers)
    }

    /// Returns how many values have each number.
    pub(super) fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.0.len()];
        for number in &self.0 {
            if let Some(count) = counts.get_mut(*number) {
                *count += 1;
            }
        }
        counts
    }

    /// Returns the number of a value.
    pub(super) fn number(&self, id: NodeId) -> usize {
        self.0.get(id).copied().unwrap_or(usize::MAX)
    }
}
