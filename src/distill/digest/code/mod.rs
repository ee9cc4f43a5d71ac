//! The outline of source code: every signature with its lines, bodies left out.
//!
//! ```text
//! #outline of 318 lines of Rust: ~a-b = lines a-b, restore h7 gives them
//! use std::fmt::Write as _; self::rank::{Item, ranked} ~18-24
//! fn fill(mut low: usize, mut high: usize) -> Option<String> ~102-121 // Returns the rendering of the most items.
//! struct Shape<'t> { parsed: Parsed<'t>, clusters: Vec<Cluster> } ~131-134
//! impl<'t> Shape<'t> ~136-224
//!   fn of(text: &'t str) -> Self ~137-144
//!   ~146-150 2 more                           what a budget left no room for
//! ```
//!
//! `parse.rs` makes a tree, `walk.rs` finds its entries (`node.rs` knows single nodes), `rank.rs` orders them, `render.rs` writes those that fit.

mod grammar;
mod node;
mod parse;
mod rank;
mod render;
mod signature;
mod walk;

pub(in crate::distill) use self::grammar::Grammar;
use self::rank::{Item, ranked};
use self::walk::{Entry, Walked};
use super::super::{Request, TRAILER_TOKENS};
use crate::tokens;

/// Without a budget, documentation and members are added up to this many percent of the text. Signatures are never left
/// out then.
const PERCENT: usize = 8;

/// Tokens: up to so many are filled in any case.
const TOKENS_MIN: usize = 200;

/// Bodies that answer a query are added up to this many percent of the text.
const PERCENT_ASKED: usize = 20;

/// Returns an outline of the text of `request` that meets its budget and is shorter than the text, or `None` if there is
/// none: a text without declarations, a text that the parser gives up on.
pub(super) fn outline(
    request: &Request<'_>,
    grammar: &Grammar,
    tokens_in: usize,
) -> Option<String> {
    let tree = parse::parse(grammar, request.text)?;
    let source = Source::new(
        request.text,
        grammar,
        walk::walk(grammar, request.text, &tree),
    );
    if !source.is_declarations() {
        return None;
    }
    let room = request
        .budget
        .unwrap_or(usize::MAX)
        .min(tokens_in)
        .checked_sub(TRAILER_TOKENS)?;
    let (items, kept) = ranked(&source, request.query);
    let count = |text: &str| tokens::count(request.encoding, text);
    let percent = if request.query.is_some() {
        PERCENT_ASKED
    } else {
        PERCENT
    };
    let target = match request.budget {
        Some(_) => room,
        None => room.min((tokens_in * percent / 100).max(TOKENS_MIN)),
    };
    let chosen = source.chosen(&items, kept, target, request.budget.is_none(), &count);
    let render = |number: usize| {
        let text = source.render(chosen.get(..number).unwrap_or(&chosen), request.handle);
        let tokens = count(&text);
        (text, tokens)
    };
    let (text, tokens) = render(chosen.len());
    if tokens <= room {
        return Some(text);
    }
    super::fill(0, chosen.len(), room, render)
}

/// A source and what was found in it.
struct Source<'s> {
    text: &'s str,
    grammar: &'s Grammar,
    walked: Walked,
    /// The signature of each entry, on one line.
    signatures: Vec<String>,
    parents: Vec<bool>,
}

impl<'s> Source<'s> {
    fn new(text: &'s str, grammar: &'s Grammar, walked: Walked) -> Self {
        let mut parents = vec![false; walked.entries.len()];
        for entry in &walked.entries {
            if let Some(parent) = entry.parent.and_then(|parent| parents.get_mut(parent)) {
                *parent = true;
            }
        }
        let mut source = Self {
            text,
            grammar,
            walked,
            signatures: Vec::new(),
            parents,
        };
        source.signatures = source
            .entries()
            .iter()
            .map(|entry| source.spell(entry))
            .collect();
        source
    }

    fn entries(&self) -> &[Entry] {
        &self.walked.entries
    }

    fn entry(&self, number: usize) -> Option<&Entry> {
        self.walked.entries.get(number)
    }

    fn signature(&self, number: usize) -> &str {
        self.signatures.get(number).map_or("", String::as_str)
    }

    fn has_children(&self, number: usize) -> bool {
        self.parents.get(number).copied().unwrap_or(false)
    }

    /// Whether the text declares something, and not only next to longer statements.
    fn is_declarations(&self) -> bool {
        let lines = |is_statements: bool| -> usize {
            self.entries()
                .iter()
                .filter(|entry| {
                    entry.depth == 0 && (entry.class == walk::Class::Statements) == is_statements
                })
                .map(|entry| entry.lines.1 + 1 - entry.lines.0)
                .sum()
        };
        lines(false) > lines(true)
    }

    /// Takes items in order of worth, as long as `target` has room for them; all that are kept if `keeps_all`.
    fn chosen(
        &self,
        items: &[Item],
        kept: usize,
        target: usize,
        keeps_all: bool,
        count: &impl Fn(&str) -> usize,
    ) -> Vec<Item> {
        let mut left = target.saturating_sub(count(&self.render(&[], "h1000")));
        let mut chosen = Vec::new();
        let mut shown = vec![false; self.entries().len()];
        for (at, item) in items.iter().enumerate() {
            let is_free = match *item {
                Item::Entry(number) => {
                    let parent = self.entry(number).and_then(|entry| entry.parent);
                    parent.is_none_or(|parent| shown.get(parent).copied().unwrap_or(false))
                }
                Item::Body(number) | Item::Members(number) | Item::Doc(number) => {
                    shown.get(number).copied().unwrap_or(false)
                }
                Item::About => self.walked.doc.is_some(),
                Item::Imports => self.walked.import_lines.is_some(),
            };
            let must = keeps_all && at < kept && matches!(item, Item::Entry(_));
            let tokens = count(&self.spelled(*item));
            if !is_free || (tokens > left && !must) {
                continue;
            }
            left = left.saturating_sub(tokens);
            if let Item::Entry(number) = *item
                && let Some(shown) = shown.get_mut(number)
            {
                *shown = true;
            }
            chosen.push(*item);
        }
        chosen
    }
}
