//! Cuts a text into pieces and phrases so that it costs least. Pairs were joined where they were met first; once it is known
//! which phrases have a name, another cut may use them more often.

use super::mine::Pairs;

/// Number of a distinct piece.
pub(super) type Piece = u32;

/// A part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// One piece as it is.
    Piece(Piece),
    /// The phrase with this number.
    Phrase(usize),
}

/// What is known of a piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    /// Tokens that it costs.
    pub(super) tokens: usize,
    /// Whether it starts with a letter, before which no name can stand.
    pub(super) is_letter: bool,
}

/// Phrases as a tree of their pieces.
pub(super) struct Phrases {
    /// By piece: the node after it at the start of a phrase, or 0. Most pieces start none.
    starts: Vec<u32>,
    /// From a node and a piece to the next node.
    edges: Pairs<u32>,
    /// By node: the phrase that ends there.
    ends: Vec<Option<usize>>,
}

/// The cheapest way to write a text from some place on.
#[derive(Debug, Clone, Copy)]
struct Best {
    tokens: usize,
    /// Phrase and its pieces, or `None` for a piece.
    phrase: Option<(usize, usize)>,
}

impl Phrases {
    /// Builds the tree of `phrases`, each a sequence of pieces.
    pub(super) fn new<'p>(phrases: impl Iterator<Item = &'p [Piece]>) -> Self {
        let mut tree = Self {
            starts: Vec::new(),
            edges: Pairs::default(),
            ends: vec![None],
        };
        let phrases = phrases.enumerate();
        for (number, phrase) in phrases.filter(|(_, phrase)| !phrase.is_empty()) {
            let mut node = 0;
            for piece in phrase {
                let ends = &mut tree.ends;
                node = *tree.edges.entry((node, *piece)).or_insert_with(|| {
                    ends.push(None);
                    u32::try_from(ends.len() - 1).unwrap_or(0)
                });
            }
            if let Some(end) = tree.ends.get_mut(node as usize) {
                *end = Some(number);
            }
            let first = phrase.first().map_or(0, |piece| *piece as usize);
            if tree.starts.len() <= first {
                tree.starts.resize(first + 1, 0);
            }
            let node = phrase
                .first()
                .and_then(|piece| tree.edges.get(&(0, *piece)));
            if let (Some(start), Some(node)) = (tree.starts.get_mut(first), node) {
                *start = *node;
            }
        }
        tree
    }

    /// Cuts `text`, without the phrase `except`; returns the steps and their tokens.
    pub(super) fn parse(
        &self,
        text: &[Piece],
        except: Option<usize>,
        fact: impl Fn(Piece) -> Fact,
    ) -> (Vec<Step>, usize) {
        let mut best: Vec<Best> = Vec::with_capacity(text.len() + 1);
        // From the end to the start, `best` grows backwards: the entry of place `at` is number `text.len() - at`.
        best.push(Best {
            tokens: 0,
            phrase: None,
        });
        for at in (0..text.len()).rev() {
            let after = best.last().map_or(0, |best| best.tokens);
            let piece = text.get(at).map_or(0, |piece| fact(*piece).tokens);
            let mut found = Best {
                tokens: piece + after,
                phrase: None,
            };
            let mut node = 0;
            for (length, piece) in text.iter().skip(at).enumerate() {
                let next = if length == 0 {
                    self.starts.get(*piece as usize).filter(|node| **node > 0)
                } else {
                    self.edges.get(&(node, *piece))
                };
                let Some(next) = next else {
                    break;
                };
                node = *next;
                let end = at + length + 1;
                let phrase = self.ends.get(node as usize).copied().flatten();
                let Some(phrase) = phrase.filter(|phrase| Some(*phrase) != except) else {
                    continue;
                };
                let Some(rest) = best.get(text.len() - end) else {
                    continue;
                };
                let is_barred = rest.phrase.is_none()
                    && text.get(end).is_some_and(|piece| fact(*piece).is_letter);
                if !is_barred && rest.tokens < found.tokens {
                    found = Best {
                        tokens: rest.tokens + 1,
                        phrase: Some((phrase, length + 1)),
                    };
                }
            }
            best.push(found);
        }
        let tokens = best.last().map_or(0, |best| best.tokens);
        let mut steps = Vec::new();
        let mut at = 0;
        while let Some(piece) = text.get(at) {
            if let Some((phrase, length)) = best.get(text.len() - at).and_then(|best| best.phrase) {
                steps.push(Step::Phrase(phrase));
                at += length;
            } else {
                steps.push(Step::Piece(*piece));
                at += 1;
            }
        }
        (steps, tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(piece: Piece) -> Fact {
        Fact {
            tokens: 1,
            is_letter: piece == 9,
        }
    }

    fn parse(text: &[Piece], phrases: &[&[Piece]]) -> (Vec<Step>, usize) {
        Phrases::new(phrases.iter().copied()).parse(text, None, fact)
    }

    #[test]
    fn of_two_ways_to_cut_the_cheaper_is_taken() {
        let (steps, tokens) = parse(&[1, 2, 3, 4, 5], &[&[1, 2], &[2, 3, 4, 5]]);
        assert_eq!(steps, [Step::Piece(1), Step::Phrase(1)]);
        assert_eq!(tokens, 2);
    }

    #[test]
    fn no_name_stands_before_a_letter_unless_a_name_does() {
        let (steps, _) = parse(&[1, 2, 9], &[&[1, 2]]);
        assert_eq!(steps, [1, 2, 9].map(Step::Piece));
        let (steps, _) = parse(&[1, 2, 9, 9], &[&[1, 2], &[9, 9]]);
        assert_eq!(steps, [Step::Phrase(0), Step::Phrase(1)]);
    }

    #[test]
    fn a_phrase_is_priced_without_itself() {
        let phrases = Phrases::new([&[1, 2, 3][..], &[1, 2]].into_iter());
        assert_eq!(phrases.parse(&[1, 2, 3], None, fact).1, 1);
        assert_eq!(phrases.parse(&[1, 2, 3], Some(0), fact).1, 2);
    }
}
