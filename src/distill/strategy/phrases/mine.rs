//! Finds the phrases worth naming: the most frequent pair of neighbours becomes one symbol, again and again (Larsson and
//! Moffat's Re-Pair), which gives every recurring phrase in near-linear time; of the symbols, those are kept that pay
//! for their line in the list of names.

use std::collections::BinaryHeap;

use super::parse::{Fact, Phrases, Piece, Step};
use super::pieces::pieces;
use crate::distill::map::{Map, Set};

/// Pieces of a text: more would take too long and too much memory.
const PIECES_MAX: usize = 1 << 20;

/// Pieces of a phrase: longer ones are hardly ever met again, and hard to read.
const PHRASE_PIECES_MAX: u32 = 48;

/// Occurrences of a pair that make it a symbol.
const COUNT_MIN: usize = 2;

/// Tokens that naming signs and numbers without a word has to save: each such name is one more thing to look up.
const SIGNS_GAIN_MIN: isize = 10;

/// Letters of a word.
const WORD_LETTERS_MIN: usize = 3;

/// Tokens that naming a phrase must save at least.
const LONG_GAINS: &[isize] = &[2];

/// The same where time allows to try more than one: fewer names may leave longer ones more uses.
const SHORT_GAINS: &[isize] = &[2, 1, 3, 4, 6];

/// Tokens that a name costs in the list of names beside its phrase: itself and the line's end.
const LISTING_TOKENS: isize = 2;

/// Passes that settle which symbols are kept.
const PASSES: usize = 3;

/// The same where a pass takes next to no time.
const SHORT_PASSES: usize = 8;

/// Pieces of a text from which passes take time.
const LONG_PIECES: usize = 1 << 13;

/// No neighbour.
const NONE: u32 = u32::MAX;

type Symbol = u32;
type Pair = (Symbol, Symbol);

/// A map from pairs of symbols.
pub(super) type Pairs<T> = Map<Pair, T>;

/// Returns the phrases of `text` with a name of `names` each, and `text` with the names in their place, those of `known`
/// among them, which need no listing.
pub(super) fn mine(
    text: &str,
    names: &[String],
    known: &[(String, String)],
    cost: &dyn Fn(&str) -> usize,
) -> Option<Written> {
    let mut grammar = Grammar::new(text, cost)?;
    grammar.know(known, cost);
    grammar.grow();
    let (passes, gains) = if grammar.text.len() > LONG_PIECES {
        (PASSES, LONG_GAINS)
    } else {
        (SHORT_PASSES, SHORT_GAINS)
    };
    let mut trials: Vec<Written> = gains
        .iter()
        .filter_map(|gain_min| {
            Some(grammar.write(&grammar.settle(names, *gain_min, passes)?, names))
        })
        .collect();
    // Tokens of pieces are not quite those of the whole: where there is a choice, what is written is counted once more.
    if trials.len() > 1 {
        trials.sort_by_cached_key(|(phrases, text)| {
            let listed = phrases.iter().map(|(_, phrase)| cost(phrase));
            cost(text) + listed.sum::<usize>() + phrases.len() * LISTING_TOKENS.unsigned_abs()
        });
    }
    trials.into_iter().next()
}

/// Names with their phrases, and the text with the names.
type Written = (Vec<(String, String)>, String);

/// A text as pieces and named symbols.
struct Cut {
    kept: Vec<Symbol>,
    steps: Vec<Step>,
    /// Tokens, those of the list of names included; pieces that stand in one place only are not counted.
    tokens: isize,
}

impl Cut {
    fn has_phrase(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| matches!(step, Step::Phrase(_)))
    }
}

/// A symbol: a piece of the text, or two symbols.
#[derive(Debug, Clone, Copy)]
struct Rule<'t> {
    piece: &'t str,
    parts: Option<Pair>,
    tokens: isize,
    pieces: u32,
    line_ends: u32,
    /// Whether a word is in it: a name for signs and numbers alone is read for nothing that it says.
    has_word: bool,
    /// Whether its first character is a letter.
    is_letter: bool,
    /// Whether its last character ends a line: what follows is often a letter, and no name can stand before one.
    ends_line: bool,
}

impl Rule<'_> {
    const NOTHING: Self = Self {
        piece: "",
        parts: None,
        tokens: 0,
        pieces: 0,
        line_ends: 0,
        has_word: false,
        is_letter: false,
        ends_line: false,
    };
}

/// The text as a sequence of symbols, linked so that two neighbours can become one.
struct Grammar<'t> {
    rules: Vec<Rule<'t>>,
    /// The pieces of the text.
    text: Vec<Piece>,
    /// Names that the reader knows and the pieces of their phrases: none where the text lacks one of them.
    known: Vec<(String, Vec<Piece>)>,
    symbols: Vec<Symbol>,
    next: Vec<u32>,
    before: Vec<u32>,
}

impl<'t> Grammar<'t> {
    fn new(text: &'t str, cost: &dyn Fn(&str) -> usize) -> Option<Self> {
        let mut rules: Vec<Rule<'t>> = Vec::new();
        let mut symbols = Vec::new();
        let mut known: Map<&str, Symbol> = Map::default();
        for piece in pieces(text) {
            if symbols.len() == PIECES_MAX {
                return None;
            }
            let rules_before = rules.len();
            let symbol = *known.entry(piece).or_insert_with(|| {
                rules.push(Rule {
                    piece,
                    parts: None,
                    tokens: 0,
                    pieces: 1,
                    line_ends: u32::from(piece.contains('\n')),
                    has_word: has_word(piece),
                    is_letter: piece.starts_with(char::is_alphabetic),
                    ends_line: piece.ends_with('\n'),
                });
                number(rules.len() - 1)
            });
            // What stands in one place only is part of no phrase: counting its tokens would be time lost.
            if let Some(rule) = rules.get_mut(symbol as usize)
                && rule.tokens == 0
                && (symbol as usize) < rules_before
            {
                rule.tokens = signed(cost(piece));
            }
            symbols.push(symbol);
        }
        let count = number(symbols.len());
        Some(Self {
            rules,
            text: symbols.clone(),
            known: Vec::new(),
            symbols,
            next: (1..=count)
                .map(|at| if at == count { NONE } else { at })
                .collect(),
            before: (0..count)
                .map(|at| at.checked_sub(1).unwrap_or(NONE))
                .collect(),
        })
    }

    /// Notes the phrases that the reader knows: one of them is worth its name wherever it stands.
    fn know(&mut self, known: &[(String, String)], cost: &dyn Fn(&str) -> usize) {
        if known.is_empty() {
            return;
        }
        let rules = self.rules.iter().enumerate();
        let symbols: Map<&str, Symbol> = rules
            .map(|(symbol, rule)| (rule.piece, number(symbol)))
            .collect();
        for (name, phrase) in known {
            let spelled: Option<Vec<Piece>> = pieces(phrase)
                .map(|piece| symbols.get(piece).copied())
                .collect();
            self.known.push((name.clone(), spelled.unwrap_or_default()));
        }
        for (_, phrase) in &self.known {
            for piece in phrase {
                if let Some(rule) = self.rules.get_mut(*piece as usize) {
                    rule.tokens = signed(cost(rule.piece));
                }
            }
        }
    }

    fn rule(&self, symbol: Symbol) -> &Rule<'t> {
        self.rules.get(symbol as usize).unwrap_or(&Rule::NOTHING)
    }

    fn at(&self, place: u32) -> Symbol {
        self.symbols.get(place as usize).copied().unwrap_or(NONE)
    }

    fn after(&self, place: u32) -> u32 {
        self.next.get(place as usize).copied().unwrap_or(NONE)
    }

    fn previous(&self, place: u32) -> u32 {
        self.before.get(place as usize).copied().unwrap_or(NONE)
    }

    /// The pair that starts at `place`, if it may become a symbol.
    fn pair(&self, place: u32) -> Option<Pair> {
        let (a, b) = (self.at(place), self.at(self.after(place)));
        if a == NONE || b == NONE {
            return None;
        }
        let (one, two) = (self.rule(a), self.rule(b));
        let fits = one.pieces + two.pieces <= PHRASE_PIECES_MAX
            && one.line_ends + two.line_ends <= 1
            && !two.ends_line;
        fits.then_some((a, b))
    }

    /// Makes symbols of recurring pairs, the most frequent first.
    fn grow(&mut self) {
        let mut places = Places::default();
        let mut met: Vec<(Pair, u32)> = (0..number(self.symbols.len()))
            .filter_map(|place| Some((self.pair(place)?, place)))
            .collect();
        places.note(&mut met);
        while let Some((count, pair)) = places.heap.pop() {
            let Some(mut found) = places.by_pair.remove(&pair) else {
                continue;
            };
            // Places are only noted, never struck out, when a neighbour changes: count again before use.
            found.sort_unstable();
            found.dedup();
            let mut end = 0;
            found.retain(|place| {
                let is_live = (end == 0 || *place >= end) && self.is_at(*place, pair);
                if is_live && pair.0 == pair.1 {
                    // In a run of one symbol, pairs must not overlap.
                    end = self.after(*place) + 1;
                }
                is_live
            });
            if found.len() < COUNT_MIN {
                continue;
            }
            if found.len() < count {
                places.add(pair, found);
                continue;
            }
            let symbol = self.define(pair);
            // Pairs with the new symbol stand next to these places and nowhere else.
            for place in found {
                if !self.is_at(place, pair) {
                    continue;
                }
                self.join(place, symbol);
                for start in [self.previous(place), place] {
                    met.extend(self.pair(start).map(|pair| (pair, start)));
                }
            }
            places.note(&mut met);
        }
    }

    /// Whether `pair` stands at `place`.
    fn is_at(&self, place: u32, (a, b): Pair) -> bool {
        self.at(place) == a && self.at(self.after(place)) == b
    }

    fn define(&mut self, (a, b): Pair) -> Symbol {
        let (one, two) = (self.rule(a), self.rule(b));
        let rule = Rule {
            piece: "",
            parts: Some((a, b)),
            tokens: one.tokens + two.tokens,
            pieces: one.pieces + two.pieces,
            line_ends: one.line_ends + two.line_ends,
            has_word: one.has_word || two.has_word,
            is_letter: one.is_letter,
            ends_line: two.ends_line,
        };
        self.rules.push(rule);
        number(self.rules.len() - 1)
    }

    /// Makes one `symbol` of the pair at `place`.
    fn join(&mut self, place: u32, symbol: Symbol) {
        let gone = self.after(place);
        let following = self.after(gone);
        if let Some(slot) = self.symbols.get_mut(place as usize) {
            *slot = symbol;
        }
        if let Some(slot) = self.symbols.get_mut(gone as usize) {
            *slot = NONE;
        }
        if let Some(slot) = self.next.get_mut(place as usize) {
            *slot = following;
        }
        if let Some(slot) = self.before.get_mut(following as usize) {
            *slot = place;
        }
    }

    /// Tokens saved by naming `symbol`, which stands in `uses` places and costs `tokens` in each without a name.
    fn gain(&self, symbol: Symbol, uses: isize, tokens: isize) -> isize {
        uses * (tokens - 1) - self.rule(symbol).tokens - LISTING_TOKENS
    }

    /// Finds the symbols that are worth a name of `names`, in so many passes.
    fn settle(&self, names: &[String], gain_min: isize, passes: usize) -> Option<Cut> {
        let mut banned = Set::default();
        let mut best: Option<Cut> = None;
        for _ in 0..passes {
            let kept = self.choose(names.len(), gain_min, &banned);
            let (cut, mut poor) = self.cut(kept, gain_min);
            if best.as_ref().is_none_or(|best| cut.tokens < best.tokens) {
                best = Some(cut);
            }
            if poor.is_empty() {
                break;
            }
            // Without the poorest, others are used more: half of them may turn out to be worth their name.
            poor.sort_unstable();
            poor.truncate(poor.len().div_ceil(2));
            banned.extend(poor.into_iter().map(|(_, symbol)| symbol));
        }
        best.filter(Cut::has_phrase)
    }

    /// Writes the names with their phrases, and the text with the names.
    fn write(&self, cut: &Cut, names: &[String]) -> Written {
        let named = cut.kept.iter().zip(names);
        let phrases = named.map(|(symbol, name)| (name.clone(), self.spell(*symbol)));
        let steps = cut.steps.iter().map(|step| match step {
            Step::Piece(piece) => self.rule(*piece).piece,
            Step::Phrase(number) => match number.checked_sub(self.known.len()) {
                Some(number) => names.get(number).map_or("", String::as_str),
                None => self.known.get(*number).map_or("", |(name, _)| name),
            },
        });
        (phrases.collect(), steps.collect())
    }

    /// Chooses at most `count_max` symbols to name, none of them `banned`, those with the greatest gain first.
    fn choose(&self, count_max: usize, gain_min: isize, banned: &Set<Symbol>) -> Vec<Symbol> {
        let mut kept = vec![false; self.rules.len()];
        let mut gains: Vec<(isize, Symbol)> = Vec::new();
        for _ in 0..PASSES {
            // What a symbol costs where it has no name depends on which symbols inside it have one.
            let mut costs: Vec<isize> = Vec::with_capacity(self.rules.len());
            for rule in &self.rules {
                let price = |symbol: Symbol| {
                    let is_kept = kept.get(symbol as usize).copied().unwrap_or(false);
                    let inside = costs.get(symbol as usize).copied().unwrap_or(0);
                    if is_kept { 1 } else { inside }
                };
                costs.push(rule.parts.map_or(rule.tokens, |(a, b)| price(a) + price(b)));
            }
            let mut uses = vec![0_isize; self.rules.len()];
            for symbol in self.symbols.iter().filter(|symbol| **symbol != NONE) {
                add(&mut uses, *symbol as usize, 1);
            }
            gains.clear();
            for symbol in (0..number(self.rules.len())).rev() {
                let here = uses.get(symbol as usize).copied().unwrap_or(0);
                let cost = costs.get(symbol as usize).copied().unwrap_or(0);
                let gain = self.gain(symbol, here, cost);
                let least = if self.rule(symbol).has_word {
                    gain_min
                } else {
                    SIGNS_GAIN_MIN
                };
                let is_kept = gain >= least && !banned.contains(&symbol);
                if is_kept {
                    gains.push((gain, symbol));
                } else if let Some((a, b)) = self.rule(symbol).parts {
                    add(&mut uses, a as usize, here);
                    add(&mut uses, b as usize, here);
                }
                if let Some(slot) = kept.get_mut(symbol as usize) {
                    *slot = is_kept;
                }
            }
        }
        gains.sort_unstable_by_key(|(gain, symbol)| (std::cmp::Reverse(*gain), *symbol));
        gains.truncate(count_max);
        gains.into_iter().map(|(_, symbol)| symbol).collect()
    }

    /// Cuts the text so that the symbols of `kept` save most, and finds those that do not pay for their name: what each
    /// saves, and which.
    fn cut(&self, kept: Vec<Symbol>, gain_min: isize) -> (Cut, Vec<(isize, Symbol)>) {
        let phrases: Vec<Vec<Piece>> = kept.iter().map(|symbol| self.pieces(*symbol)).collect();
        let known = self.known.iter().map(|(_, phrase)| phrase);
        let tree = Phrases::new(known.chain(&phrases).map(Vec::as_slice));
        let known = self.known.len();
        let (steps, body) = tree.parse(&self.text, None, |piece| self.fact(piece));
        let mut uses = vec![0; known + kept.len()];
        for step in &steps {
            if let Step::Phrase(number) = step {
                add(&mut uses, *number, 1);
            }
        }
        let mut tokens = signed(body);
        let mut poor = Vec::new();
        for (number, (symbol, pieces)) in kept.iter().zip(&phrases).enumerate() {
            tokens += self.rule(*symbol).tokens + LISTING_TOKENS;
            // Without its name it would be written with the names of its parts.
            let number = known + number;
            let (_, otherwise) = tree.parse(pieces, Some(number), |piece| self.fact(piece));
            let uses = uses.get(number).copied().unwrap_or(0);
            let gain = self.gain(*symbol, uses, signed(otherwise));
            if gain < gain_min {
                poor.push((gain, *symbol));
            }
        }
        let cut = Cut {
            kept,
            steps,
            tokens,
        };
        (cut, poor)
    }

    /// The pieces of `symbol`.
    fn pieces(&self, symbol: Symbol) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut stack = vec![symbol];
        while let Some(symbol) = stack.pop() {
            match self.rule(symbol).parts {
                Some((a, b)) => stack.extend([b, a]),
                None => pieces.push(symbol),
            }
        }
        pieces
    }

    /// The text of `symbol`.
    fn spell(&self, symbol: Symbol) -> String {
        let pieces = self.pieces(symbol);
        pieces.iter().map(|piece| self.rule(*piece).piece).collect()
    }

    fn fact(&self, piece: Piece) -> Fact {
        let rule = self.rule(piece);
        Fact {
            tokens: usize::try_from(rule.tokens).unwrap_or(0),
            is_letter: rule.is_letter,
        }
    }
}

/// Where pairs stand, the most frequent first.
#[derive(Default)]
struct Places {
    by_pair: Pairs<Vec<u32>>,
    heap: BinaryHeap<(usize, Pair)>,
}

impl Places {
    /// Takes the pairs among `met` that recur, and empties it.
    fn note(&mut self, met: &mut Vec<(Pair, u32)>) {
        met.sort_unstable();
        // Most pairs stand in one place only: those are not worth remembering.
        for same in met.chunk_by(|one, other| one.0 == other.0) {
            if let [(pair, _), ..] = same
                && same.len() >= COUNT_MIN
            {
                self.add(*pair, same.iter().map(|(_, place)| *place).collect());
            }
        }
        met.clear();
    }

    fn add(&mut self, pair: Pair, places: Vec<u32>) {
        self.heap.push((places.len(), pair));
        self.by_pair.insert(pair, places);
    }
}

fn add(uses: &mut [isize], number: usize, count: isize) {
    if let Some(uses) = uses.get_mut(number) {
        *uses += count;
    }
}

/// Tells whether `piece` holds a word or a part of one.
fn has_word(piece: &str) -> bool {
    let letters = piece.chars().filter(|letter| letter.is_alphabetic());
    letters.count() >= WORD_LETTERS_MIN
}

fn signed(tokens: usize) -> isize {
    isize::try_from(tokens).unwrap_or(isize::MAX)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NONE)
}
