//! The digest of a page: its article as Markdown, or what there is to read where it has none.
//!
//! ```text
//! #digest of html, 2310 lines: the article of “Title” (lines 812-930) as Markdown; …
//! ## A heading
//!
//! A paragraph.
//!
//! ~h7:850-871                                  left out for the budget: restore h7, lines 850-871
//!
//! - an item
//! ```
//!
//! [`tree`] reads the elements, [`block`] makes Markdown of them, [`article`] tells what the page is about from what
//! stands beside it. All three take time in proportion to the text.

mod article;
mod block;
mod tree;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use self::article::Article;
use self::block::{Block, Kind};
use self::tree::Tree;
use super::super::{Request, TRAILER_TOKENS};
use super::{clip, fill};
use crate::tokens;

/// Bytes of a page: eight times the largest that people read, and read in half a second.
const BYTES_MAX: usize = 8 << 20;

/// Tokens of an article that are shown whole without a budget: few are longer.
const ARTICLE_TOKENS: usize = 4_000;

/// The part of the text, as one in so many, that a digest without a budget has if that is more.
const PART: usize = 7;

/// Bytes of a block that are shown, mildest first: the next is taken where no block fits.
const BLOCK_BYTES: [usize; 3] = [usize::MAX, 1_000, 200];

/// Bytes of the title in the header.
const TITLE_BYTES: usize = 160;

/// Of the elements, as one in so many, that HTML has to know: a feed or a drawing is no page, a page may hold drawings.
const KNOWN_PART: usize = 4;

/// Blocks outside the article that mention what is looked for.
const MATCHES_MAX: usize = 8;

/// Returns the digest, or `None` if the text is no page that could be read.
pub(super) fn digest(request: &Request<'_>, tokens_in: usize) -> Option<String> {
    if request.text.len() > BYTES_MAX {
        return None;
    }
    let tree = Tree::of(request.text)?;
    if tree.known * KNOWN_PART < tree.elements() {
        return None;
    }
    let article = Article::of(&tree, request.links);
    let sheet = Sheet::of(request, &tree, &article);
    let room = match request.budget {
        Some(budget) => budget.min(tokens_in).saturating_sub(TRAILER_TOKENS),
        None => ARTICLE_TOKENS.max(tokens_in / PART),
    };
    BLOCK_BYTES.into_iter().find_map(|block_bytes| {
        let render = |count: usize| {
            let text = sheet.render(count, block_bytes);
            let tokens = tokens::count(request.encoding, &text);
            (text, tokens)
        };
        let (_, least) = render(1);
        let fits = least <= room && !sheet.order.is_empty();
        fits.then(|| fill(1, sheet.order.len(), room, render))?
    })
}

/// What can be shown of a page.
struct Sheet<'s> {
    request: &'s Request<'s>,
    header: String,
    blocks: &'s [Block],
    /// Blocks that are shown where there is room, in order.
    wanted: BTreeSet<usize>,
    /// The same, those that tell most first.
    order: Vec<usize>,
}

impl<'s> Sheet<'s> {
    fn of(request: &'s Request<'s>, tree: &Tree, article: &'s Article) -> Self {
        let blocks = article.blocks.as_slice();
        let mut wanted: BTreeSet<usize> = article.kept.iter().copied().collect();
        let asked = asked(request.query, blocks);
        wanted.extend(asked.iter().take(MATCHES_MAX));
        let block = |number: &usize| blocks.get(*number);
        let is_heading = |number: &usize| {
            block(number).is_some_and(|block| matches!(block.kind, Kind::Heading(_)))
        };
        let opening = wanted.iter().find(|number| !is_heading(number)).copied();
        let headings = wanted.iter().copied().filter(is_heading);
        // What a page is about stands in its first paragraph, the rest in its headings; then it is read from the top.
        let mut order: Vec<usize> = Vec::new();
        let mut known = BTreeSet::new();
        let every = asked.into_iter().filter(|number| wanted.contains(number));
        let every = every
            .chain(opening)
            .chain(headings)
            .chain(wanted.iter().copied());
        order.extend(every.filter(|number| known.insert(*number)));
        let lines =
            |number: Option<&usize>| number.and_then(block).map_or((1, 1), |block| block.lines);
        let (first, last) = (lines(wanted.first()).0, lines(wanted.last()).1);
        let title = tree.title.split_whitespace().collect::<Vec<_>>().join(" ");
        let what = match (article.is_one, title.is_empty()) {
            (true, true) => "the article".to_owned(),
            (true, false) => format!("the article of “{}”", clip(&title, TITLE_BYTES)),
            (false, true) => "a page without an article".to_owned(),
            (false, false) => format!(
                "a page without an article, “{}”,",
                clip(&title, TITLE_BYTES)
            ),
        };
        let place = if first == last {
            format!("line {first}")
        } else {
            format!("lines {first}-{last}")
        };
        let handle = request.handle;
        let header = format!(
            "#digest of html, {}: {what} ({place}) as Markdown; restore {handle} gives the rest (lines or grep)\n",
            match request.text.lines().count() {
                1 => "1 line".to_owned(),
                lines => format!("{lines} lines"),
            }
        );
        Self {
            request,
            header,
            blocks,
            wanted,
            order,
        }
    }

    /// Writes the first `count` blocks of the order.
    fn render(&self, count: usize, block_bytes: usize) -> String {
        let shown: BTreeSet<usize> = self.order.iter().take(count).copied().collect();
        let mut out = self.header.clone();
        let mut gap: Option<(usize, usize)> = None;
        let mut was_item = false;
        for number in &self.wanted {
            let Some(block) = self.blocks.get(*number) else {
                continue;
            };
            let (first, last) = block.lines;
            if !shown.contains(number) {
                gap = Some((gap.map_or(first, |(first, _)| first), last));
                continue;
            }
            let is_item = block.kind == Kind::Item && gap.is_none();
            self.write_gap(gap.take(), &mut out);
            // Items of a list stand close together.
            if !(was_item && is_item) && out.len() > self.header.len() {
                out.push('\n');
            }
            was_item = block.kind == Kind::Item;
            let text = clip(&block.text, block_bytes);
            out.push_str(text);
            if text.len() < block.text.len() {
                // Writing to a string cannot fail.
                _ = write!(out, "… ~{}:{first}", self.request.handle);
            }
            out.push('\n');
        }
        self.write_gap(gap, &mut out);
        out
    }

    fn write_gap(&self, gap: Option<(usize, usize)>, out: &mut String) {
        let Some((first, last)) = gap else {
            return;
        };
        super::gap(first - 1, last, self.request.handle, "", out);
    }
}

/// The blocks that speak of the query, those with most of its words first.
fn asked(query: Option<&str>, blocks: &[Block]) -> Vec<usize> {
    let query = query.unwrap_or_default().to_lowercase();
    let words: BTreeSet<&str> = query.split_whitespace().collect();
    let mut found: Vec<(usize, usize)> = blocks
        .iter()
        .enumerate()
        .map(|(number, block)| {
            let text = block.text.to_lowercase();
            let has = words.iter().filter(|word| text.contains(**word)).count();
            (has, number)
        })
        .filter(|(has, _)| *has > 0)
        .collect();
    found.sort_by_key(|(has, number)| (std::cmp::Reverse(*has), *number));
    found.into_iter().map(|(_, number)| number).collect()
}

#[cfg(test)]
mod tests;
