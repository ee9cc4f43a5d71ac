//! Spends the budget of an answer where it is worth most.
//!
//! Each passage can be shown at several sizes. A step opens the next passage at its least size or shows an open one at the
//! next, whichever brings most for its tokens: what a passage is worth by its score, times the share of it that is seen. The
//! first half of a passage says more than the second, so a good hit grows while weaker ones stay short.

use std::mem;

use super::error::LookupError;
use super::excerpt::Excerpts;
use super::passage::{Budget, Extent, Passage};
use super::rank::Sought;
use super::search::{Detail, Search};
use super::shelf::{Quoted, Run, Shelf, key};

/// Tokens of a passage at each size; the last is all of it.
const SIZES: [usize; 5] = [36, 80, 160, 400, usize::MAX];
/// A passage that is so little longer than a size is shown whole, in percent.
const NEARLY_PERCENT: usize = 130;
/// Tokens of the longest passage that is shown whole at its least size.
pub(super) const WHOLE_TOKENS: usize = SIZES[0] * NEARLY_PERCENT / 100;
/// Tokens of a citation and its fence, about.
const HEAD_TOKENS: usize = 45;
/// Tokens by which an excerpt may be longer than asked for: its gaps are counted roughly.
const GAPS_TOKENS: usize = 12;
/// Bytes of a token of prose, about: what an answer may have in bytes bounds its tokens too.
const TOKEN_BYTES: usize = 4;
/// What share `s` of a passage is worth: `s` to this power.
const CURVE: f32 = 0.33;
/// Passages shown before that are named in one answer.
const NAMED_MAX: usize = 10;

/// What fits.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// Best first.
    pub(super) passages: Vec<Passage>,
    /// Tokens of their blocks; of an outline, which has none, nothing.
    pub(super) tokens: usize,
    /// References of what the reader was shown before.
    pub(super) before: Vec<String>,
    /// Keys of what is shown now.
    pub(super) told: Vec<String>,
    /// How many runs were looked at, all in all.
    pub(super) end: usize,
}

/// Returns what `runs`, from `start` on, say in `budget`.
pub(super) fn fill(
    runs: &[Run],
    start: usize,
    search: &Search,
    budget: Budget,
    shelf: &mut Shelf<'_>,
    sought: &Sought,
) -> Result<Filled, LookupError> {
    let mut filling = Filling {
        left: budget,
        filled: Filled {
            end: start,
            ..Filled::default()
        },
    };
    match search.detail {
        Detail::Outline => filling.outline(runs, search.limit, shelf)?,
        Detail::Snippet => filling.snippets(runs, search.limit, shelf, sought)?,
        Detail::Full => filling.whole(runs, search.limit, shelf)?,
    }
    Ok(filling.filled)
}

/// Returns the line that names what was shown before.
pub(super) fn shown_before(reference: &str) -> String {
    format!("shown before: {reference}\n")
}

struct Filling {
    left: Budget,
    filled: Filled,
}

/// A passage that is shown, and can be shown at a larger size.
struct Open {
    shown: Passage,
    /// Tokens of the text that is shown.
    tokens: usize,
    /// What it takes of the budget as it is shown.
    cost: Budget,
    keys: Vec<String>,
    excerpts: Option<Excerpts>,
    /// Which of [`SIZES`] is shown.
    size: usize,
    worth: f32,
    /// Whether nothing more of it fits.
    is_done: bool,
    /// The key of what it says at its least size: the same question finds it again by this.
    key: Option<String>,
}

impl Open {
    fn seen(&self, tokens: usize) -> f32 {
        seen(tokens, self.shown.tokens_in_all)
    }

    /// Tokens that it would have at its next size, if it has one.
    fn next(&self) -> Option<usize> {
        let is_growing = self.shown.extent == Extent::Excerpt && !self.is_done;
        let next = SIZES.get(self.size + 1).filter(|_| is_growing)?;
        Some(reached(*next, self.shown.tokens_in_all))
    }
}

/// Tokens of a passage of `all` tokens at a size of `tokens`.
fn reached(tokens: usize, all: usize) -> usize {
    let is_nearly_all = all <= tokens.saturating_mul(NEARLY_PERCENT) / 100;
    if is_nearly_all { all } else { tokens.min(all) }
}

/// What `tokens` of `all` are worth, 0 to 1.
fn seen(tokens: usize, all: usize) -> f32 {
    (lossy(tokens) / lossy(all.max(1))).min(1.0).powf(CURVE)
}

#[expect(clippy::cast_precision_loss, reason = "tokens of one answer")]
fn lossy(count: usize) -> f32 {
    count as f32
}

impl Filling {
    fn outline(
        &mut self,
        runs: &[Run],
        limit: usize,
        shelf: &mut Shelf<'_>,
    ) -> Result<(), LookupError> {
        for run in runs.iter().skip(self.filled.end) {
            if self.filled.passages.len() >= limit {
                break;
            }
            match shelf.quoted(run)? {
                Quoted::New(mut passage, _) => {
                    passage.extent = Extent::Named;
                    passage.text.clear();
                    let Some(left) = self.left.without(&passage.row()) else {
                        break;
                    };
                    self.left = left;
                    self.filled.passages.push(*passage);
                }
                Quoted::Known(reference) => self.name(&reference.to_string()),
                Quoted::Gone => {}
            }
            self.filled.end += 1;
        }
        Ok(())
    }

    fn whole(
        &mut self,
        runs: &[Run],
        limit: usize,
        shelf: &mut Shelf<'_>,
    ) -> Result<(), LookupError> {
        for run in runs.iter().skip(self.filled.end) {
            if self.filled.passages.len() >= limit {
                break;
            }
            // A page may take half of what is left, so that the next passage has a place too.
            let room = self.left.tokens.min(self.left.bytes / TOKEN_BYTES) / 2;
            match shelf.quoted_whole(run, room)? {
                // Part of what an earlier hit brought.
                Quoted::New(_, keys) if keys.iter().any(|key| self.filled.told.contains(key)) => {}
                Quoted::New(page, keys) if self.shows(&page) => self.filled.told.extend(keys),
                // What does not fit whole may do as the section that was found.
                Quoted::New(page, _) => match shelf.quoted(run)? {
                    Quoted::New(section, keys) if self.shows(&section) => {
                        self.filled.told.extend(keys);
                    }
                    _ => {
                        if self.filled.passages.is_empty() {
                            self.cut(&page);
                        }
                        break;
                    }
                },
                Quoted::Known(reference) => self.name(&reference.to_string()),
                Quoted::Gone => {}
            }
            self.filled.end += 1;
        }
        Ok(())
    }

    fn snippets(
        &mut self,
        runs: &[Run],
        limit: usize,
        shelf: &mut Shelf<'_>,
        sought: &Sought,
    ) -> Result<(), LookupError> {
        let best = runs
            .first()
            .map_or(1.0, |run| run.best.score)
            .max(f32::MIN_POSITIVE);
        let mut open: Vec<Open> = Vec::new();
        let mut is_full = false;
        loop {
            let next = runs
                .get(self.filled.end)
                .filter(|_| !is_full && open.len() < limit);
            let opening = next.map(|run| {
                let all = run.tokens as usize;
                let tokens = reached(SIZES[0], all);
                run.best.score / best * seen(tokens, all) / lossy(tokens + HEAD_TOKENS)
            });
            let growing = open.iter().enumerate().filter_map(|(at, open)| {
                let (now, next) = (open.tokens, open.next()?);
                let more = next.saturating_sub(now).max(1);
                Some((
                    at,
                    open.worth * (open.seen(next) - open.seen(now)) / lossy(more),
                ))
            });
            let growing = growing.max_by(|one, other| one.1.total_cmp(&other.1));
            match (next, opening, growing) {
                (_, opening, Some((at, gain))) if opening.is_none_or(|opening| gain > opening) => {
                    if let Some(open) = open.get_mut(at) {
                        self.grow(open, sought);
                    }
                }
                (Some(run), ..) => {
                    let worth = run.best.score / best;
                    match self.opened(shelf.quoted(run)?, worth, shelf, sought) {
                        Opened::Shown(passage) => open.push(*passage),
                        Opened::Passed => {}
                        Opened::TooLong(passage) if open.is_empty() => {
                            self.cut(&passage);
                            return Ok(());
                        }
                        Opened::TooLong(_) => {
                            is_full = true;
                            continue;
                        }
                    }
                    self.filled.end += 1;
                }
                (None, ..) => break,
            }
        }
        for open in &mut open {
            self.stretch(open, sought);
        }
        for open in open {
            self.filled.told.extend(open.key);
            if open.shown.extent == Extent::Whole {
                self.filled.told.extend(open.keys);
            }
            self.filled.tokens += open.cost.tokens;
            self.filled.passages.push(open.shown);
        }
        Ok(())
    }

    /// Shows all of `passage` if that fits.
    fn shows(&mut self, passage: &Passage) -> bool {
        let (_, cost) = passage.cost();
        let Some(left) = self.left.minus(cost) else {
            return false;
        };
        self.left = left;
        self.filled.tokens += cost.tokens;
        self.filled.passages.push(passage.clone());
        true
    }

    /// Shows the beginning of `passage`, which is too long.
    fn cut(&mut self, passage: &Passage) {
        if let Some(cut) = passage.cut_to(self.left) {
            self.filled.tokens += cut.cost().1.tokens;
            self.filled.passages.push(cut);
        }
        self.filled.end += 1;
    }

    /// Shows `quoted` at its least size.
    fn opened(&mut self, quoted: Quoted, worth: f32, shelf: &Shelf<'_>, sought: &Sought) -> Opened {
        let (passage, keys) = match quoted {
            Quoted::New(passage, keys) => (*passage, keys),
            Quoted::Known(reference) => {
                self.name(&reference.to_string());
                return Opened::Passed;
            }
            Quoted::Gone => return Opened::Passed,
        };
        let mut open = Open {
            shown: passage,
            tokens: 0,
            cost: Budget::default(),
            keys,
            excerpts: None,
            size: 0,
            worth,
            is_done: false,
            key: None,
        };
        let all = open.shown.tokens_in_all;
        if reached(SIZES[0], all) < all {
            let excerpts = Excerpts::of(open.shown.text.clone(), sought);
            let mut sizes = SIZES
                .iter()
                .enumerate()
                .filter(|(_, size)| reached(**size, all) < all);
            let first = sizes.find_map(|(at, size)| Some((at, excerpts.within(*size, sought)?)));
            if let Some((size, text)) = first {
                let key = key(&open.shown.reference, &text);
                if shelf.is_known(&key) {
                    self.name(&open.shown.reference.to_string());
                    return Opened::Passed;
                }
                open.size = size;
                open.key = Some(key);
                open.shown.extent = Extent::Excerpt;
                open.shown.text = text;
                open.excerpts = Some(excerpts);
            }
        }
        (open.tokens, open.cost) = open.shown.cost();
        match self.left.minus(open.cost) {
            Some(left) => {
                self.left = left;
                Opened::Shown(Box::new(open))
            }
            None => Opened::TooLong(Box::new(open.shown)),
        }
    }

    /// Shows `open` at its next size, if that fits.
    fn grow(&mut self, open: &mut Open, sought: &Sought) {
        let all = open.shown.tokens_in_all;
        let (Some(next), Some(excerpts)) = (open.next(), &open.excerpts) else {
            open.is_done = true;
            return;
        };
        let larger = if next >= all {
            Some((excerpts.whole().to_owned(), Extent::Whole))
        } else {
            let text = excerpts.within(next, sought);
            text.map(|text| (text, Extent::Excerpt))
        };
        open.size += 1;
        if let Some((text, extent)) = larger {
            open.is_done = !self.show(open, text, extent);
        }
    }

    /// Shows of `open` what still fits, if that is more: no next size did.
    fn stretch(&mut self, open: &mut Open, sought: &Sought) {
        let room = self.left.tokens.saturating_sub(GAPS_TOKENS);
        let excerpts = open
            .excerpts
            .as_ref()
            .filter(|_| open.shown.extent == Extent::Excerpt && room > 0);
        let text = excerpts.and_then(|excerpts| excerpts.within(open.tokens + room, sought));
        if let Some(text) = text.filter(|text| text.len() > open.shown.text.len()) {
            self.show(open, text, Extent::Excerpt);
        }
    }

    /// Shows `text` of `open`, which is so much of it, if that fits.
    fn show(&mut self, open: &mut Open, text: String, extent: Extent) -> bool {
        let before = mem::replace(&mut open.shown.text, text);
        let extent_before = mem::replace(&mut open.shown.extent, extent);
        let (tokens, cost) = open.shown.cost();
        let Some(left) = self.left.plus(open.cost).minus(cost) else {
            (open.shown.text, open.shown.extent) = (before, extent_before);
            return false;
        };
        self.left = left;
        (open.tokens, open.cost) = (tokens, cost);
        true
    }

    /// Names what was shown before, as far as there is room.
    fn name(&mut self, reference: &str) {
        if self.filled.before.len() < NAMED_MAX
            && !self.filled.before.iter().any(|named| named == reference)
            && let Some(left) = self.left.without(&shown_before(reference))
        {
            self.left = left;
            self.filled.before.push(reference.to_owned());
        }
    }
}

/// What became of a passage that was to be shown.
enum Opened {
    /// It is shown.
    Shown(Box<Open>),
    /// There is nothing to show.
    Passed,
    /// Not even its least size fits.
    TooLong(Box<Passage>),
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::lookup::index::Index;
    use crate::lookup::search::{Found, search};
    use crate::lookup::{LookupError, library};
    use crate::store::Store;

    /// A library of `pages` pages: each has a section that speaks of anchors among much that does not, the first the most.
    fn library_of(pages: usize) -> (Store, Index) {
        let around = "The weather was fine that day and nobody thought of it. ".repeat(12);
        let texts: Vec<(String, String)> = (0..pages)
            .map(|number| {
                let more = "Anchors again. ".repeat(pages - number);
                let text = format!("# Port {number}\n\n{around}\n\nAnchor number {number} lies in the bay. {more}\n\n```sh\nanchor --drop {number}\n```\n\n{around}\n");
                (format!("{number}.md"), text)
            })
            .collect();
        library::in_memory(
            "s",
            texts
                .iter()
                .map(|(path, text)| (path.as_str(), text.as_str())),
        )
        .unwrap()
    }

    #[test]
    fn more_tokens_than_a_page_of_a_tool_has_bytes_for_do_not_end_an_answer_of_whole_pages() {
        let long = "The weather was fine that day and nobody thought of it. ".repeat(60);
        let texts: Vec<(String, String)> = (0..3)
            .map(|number| {
                let text = format!("# Port {number}\n\nThe bay.\n\n## Anchor\n\nAn anchor in the bay {number}.\n\n## More\n\n{long}{long}\n");
                (format!("{number}.md"), text)
            })
            .collect();
        let all = texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        let (store, index) = library::in_memory("s", all).unwrap();
        for tokens in [4_000, 20_000] {
            let found = search(&store, &index, &asked(Detail::Full), Budget::page(tokens)).unwrap();
            assert!(found.passages.len() > 1, "{tokens}: {}", found.text());
        }
    }

    fn asked(detail: Detail) -> Search {
        Search {
            query: "anchor in the bay".to_owned(),
            limit: 12,
            detail,
            ..Search::default()
        }
    }

    fn found(
        library: &(Store, Index),
        asked: &Search,
        tokens: usize,
    ) -> Result<Found, LookupError> {
        search(&library.0, &library.1, asked, Budget::page(tokens))
    }

    #[test]
    fn the_best_hit_grows_and_the_others_stay_short() {
        let library = library_of(8);
        let found = found(&library, &asked(Detail::Snippet), 1_200).unwrap();
        let extents: Vec<Extent> = found
            .passages
            .iter()
            .map(|passage| passage.extent)
            .collect();
        assert_eq!(extents.len(), 8);
        assert_eq!(extents[7], Extent::Excerpt);
        let lengths: Vec<usize> = found.passages.iter().map(Passage::tokens).collect();
        assert!(lengths[0] > lengths[7], "{lengths:?}");
        for passage in &found.passages {
            assert!(
                passage.text.contains("lies in the bay."),
                "{}",
                passage.text
            );
        }
    }

    #[test]
    fn what_is_left_of_the_budget_shows_more_of_what_is_there() {
        let library = library_of(1);
        let of = |tokens: usize| found(&library, &asked(Detail::Snippet), tokens).unwrap();
        let all = of(2_000).passages[0].tokens();
        for tokens in [all / 2 + 50, all] {
            let found = of(tokens);
            assert_eq!(found.passages[0].extent, Extent::Excerpt);
            // Less is left than one more sentence and a cursor take.
            assert!(found.used_tokens + 60 > tokens, "{}", found.text());
        }
    }

    #[test]
    fn no_answer_is_longer_than_its_budget_whatever_its_detail() {
        let library = library_of(12);
        for detail in [Detail::Outline, Detail::Snippet, Detail::Full] {
            for tokens in [200, 300, 500, 900, 1_500, 4_000] {
                let found = found(&library, &asked(detail), tokens).unwrap();
                let text = found.text();
                assert!(
                    Budget::page(tokens).fits(&text),
                    "{detail:?} {tokens}: {}\n{text}",
                    found.used_tokens
                );
                assert_eq!(found.used_tokens, Budget::of(&text).tokens);
                assert!(!found.passages.is_empty(), "{detail:?} {tokens}");
            }
        }
    }

    #[test]
    fn cursors_lead_over_every_passage_once() {
        let library = library_of(12);
        for detail in [Detail::Outline, Detail::Snippet, Detail::Full] {
            let mut asked = asked(detail);
            let mut seen = BTreeSet::new();
            for _ in 0..20 {
                let found = found(&library, &asked, 400).unwrap();
                for passage in &found.passages {
                    assert!(
                        seen.insert(passage.reference.to_string()),
                        "{detail:?}: {}",
                        passage.reference
                    );
                }
                asked.cursor = found.next_cursor;
                if asked.cursor.is_none() {
                    break;
                }
            }
            assert_eq!((seen.len(), asked.cursor), (12, None), "{detail:?}");
        }
    }

    #[test]
    fn a_cursor_that_leads_nowhere_says_why() {
        let library = library_of(12);
        let mut asked = asked(Detail::Snippet);
        let next = found(&library, &asked, 400).unwrap().next_cursor.unwrap();
        let (_, mark) = next.split_once('.').unwrap();
        asked.cursor = Some(format!("60.{mark}"));
        let spent = found(&library, &asked, 400).unwrap();
        assert!(spent.text().starts_with("there is nothing more"));
        assert_eq!(spent.used_tokens, Budget::of(&spent.text()).tokens);
        for (cursor, why) in [
            (format!("9999.{mark}"), "is damaged"),
            (format!("-1.{mark}"), "is damaged"),
            (next.replace('.', ""), "is damaged"),
            ("1.00000000".to_owned(), "another question"),
        ] {
            asked.cursor = Some(cursor);
            let told = found(&library, &asked, 400).unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn an_answer_that_nothing_matches_counts_its_tokens() {
        let library = library_of(1);
        let asked = Search {
            query: "zyzzyva".to_owned(),
            ..asked(Detail::Snippet)
        };
        let nothing = found(&library, &asked, 400).unwrap();
        assert!(nothing.text().starts_with("nothing matches"));
        assert_eq!(nothing.used_tokens, Budget::of(&nothing.text()).tokens);
        assert!(nothing.used_tokens > 0);
    }

    #[test]
    fn what_was_shown_is_named_and_its_room_goes_to_others() {
        let library = library_of(12);
        let mut asked = asked(Detail::Snippet);
        let first = found(&library, &asked, 500).unwrap();
        asked.known = first.told.iter().cloned().collect();
        let second = found(&library, &asked, 500).unwrap();
        let references = |found: &Found| -> Vec<String> {
            let passages = found.passages.iter();
            passages
                .map(|passage| passage.reference.to_string())
                .collect()
        };
        assert_eq!(second.before, references(&first));
        assert!(
            references(&second)
                .iter()
                .all(|shown| !second.before.contains(shown))
        );
        assert!(!second.passages.is_empty());
        // All at once: nothing is left but names.
        asked
            .known
            .extend(found(&library, &asked, 20_000).unwrap().told);
        let last = found(&library, &asked, 20_000).unwrap();
        assert!(
            last.passages.is_empty() && last.before.len() == NAMED_MAX,
            "{}",
            last.text()
        );
    }
}
