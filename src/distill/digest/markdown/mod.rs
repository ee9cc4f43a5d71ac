//! The digest of Markdown: its headings, and of its blocks those that tell most or answer a question, each whole.
//!
//! ```text
//! #digest of 318 lines of Markdown: ~a-b = lines a-b are left out, restore h7 gives them
//! # Store ~2-9                             a heading; the lines below it are left out
//! Keeps what was read.                     the first sentence of them
//! ## Files
//! ~12-14
//! Each file has a lock:                    from here on as in the original
//!
//!     lock(file)
//! ## Limits ~20-41
//! ```
//!
//! `blocks.rs` reads the page, `rank.rs` orders what can be shown, `render.rs` writes what fits.

mod blocks;
mod rank;
mod render;

use self::blocks::Page;
use self::rank::ranked;
use super::super::{Request, TRAILER_TOKENS};
use super::fill;
use crate::tokens;

/// Without a budget, a page is cut to one part in so many.
const PART: usize = 7;

/// The same where a question says what is wanted.
const PART_ASKED: usize = 6;

/// Tokens: without a budget, no digest is made smaller than this.
const TOKENS_MIN: usize = 240;

/// Tokens: what answers a question has room in so many, however long the page is.
const TOKENS_ASKED: usize = 2_000;

/// Returns the digest, or `None` if there is none that fits.
pub(super) fn digest(request: &Request<'_>, tokens_in: usize) -> Option<String> {
    let page = Page::new(request.text);
    let room = request
        .budget
        .unwrap_or(usize::MAX)
        .min(tokens_in)
        .checked_sub(TRAILER_TOKENS)?;
    let target = match (request.budget, request.query) {
        (Some(_), _) => room,
        (None, None) => room.min((tokens_in / PART).max(TOKENS_MIN)),
        (None, Some(_)) => room.min((tokens_in / PART_ASKED).clamp(TOKENS_MIN, TOKENS_ASKED)),
    };
    let count = |text: &str| tokens::count(request.encoding, text);
    let items = ranked(
        &page,
        request.query,
        request.budget.is_none(),
        target,
        &count,
    );
    let render = |number: usize| {
        let shown = items.get(..number).unwrap_or(&items);
        let text = render::render(&page, shown, request.handle);
        let tokens = count(&text);
        (text, tokens)
    };
    fill(0, items.len(), target, render)
}
