//! Shows of each passage as much as it is worth.
//!
//! Each passage can be shown at several sizes. A step opens the next passage at its least size or shows an open one at the
//! next, whichever brings most for its tokens: what a passage is worth by its score, times the share of it that is seen. The
//! first half of a passage says more than the second, so a good hit grows while weaker ones stay short.

use std::mem;

use super::Filling;
use super::same::Text;
use crate::lookup::error::LookupError;
use crate::lookup::excerpt::Excerpts;
use crate::lookup::passage::{Budget, Extent, Passage};
use crate::lookup::rank::{Sought, lossy};
use crate::lookup::shelf::{Quoted, Run, Shelf, key};

/// Tokens of a passage at each size; the last is all of it.
const SIZES: [usize; 5] = [36, 80, 160, 400, usize::MAX];
/// A passage that is so little longer than a size is shown whole, in percent.
const NEARLY_PERCENT: usize = 130;
/// Tokens of the longest passage that is shown whole at its least size.
pub(in crate::lookup) const WHOLE_TOKENS: usize = SIZES[0] * NEARLY_PERCENT / 100;
/// Tokens of a citation, its fence and what parts passages, about. Counted as fewer, every further passage seems cheap, and the line that
/// answers is left out of those that are there.
const HEAD_TOKENS: usize = 45;
/// Tokens of a section with those below its heading that are quoted with it: a method with its parameters, the head of an operation
/// with what it takes.
const BELOW_TOKENS: usize = 600;
/// Tokens of a section at most that what is below it is quoted with: a longer one says something by itself, and would have to be shown in
/// part for it.
const ABOVE_TOKENS_MAX: u32 = 240;
/// Score of a hit, against that of the best, that is quoted with what is below it.
const BELOW_SHARE_MIN: f32 = 0.5;
/// Tokens by which an excerpt may be longer than asked for: its gaps are counted roughly.
const GAPS_TOKENS: usize = 12;
/// Tokens of a passage that is cut because nothing in it is short enough, with its citation and the note.
const CUT_TOKENS: usize = 160;
/// What share `s` of a passage is worth where no more passages are wanted than [`USUAL`]: `s` to this power.
const CURVE: f32 = 0.5;
/// A passage is worth its score, against that of the best, to this power: scores lie close together, and the passage that answers is
/// most often the first.
const PREFERENCE: f32 = 1.5;
/// Passages of an answer by the settings as they come.
const USUAL: f32 = 12.0;
/// How fast that power falls with the passages that are wanted beyond these, 0 to 1: who wants many wants to see something of each.
const WIDER: f32 = 0.6;

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
    /// All of it, where it is cut because no part of it is short enough.
    uncut: Option<Passage>,
}

impl Open {
    /// Opens `passage` at its least size, of which something can be shown.
    fn least(passage: Passage, keys: Vec<String>, worth: f32, sought: &Sought) -> Self {
        let mut open = Self {
            keys,
            ..Self::whole(passage, worth)
        };
        let all = open.shown.tokens_in_all;
        if reached(SIZES[0], all) == all {
            return open;
        }
        let excerpts = Excerpts::of(open.shown.text.clone(), &open.shown.definitions, sought);
        let mut sizes = SIZES
            .iter()
            .enumerate()
            .filter(|(_, size)| reached(**size, all) < all);
        let first = sizes.find_map(|(at, size)| Some((at, excerpts.within(*size, sought)?)));
        if let Some((size, text)) = first {
            open.size = size;
            open.key = Some(key(&open.shown.reference, &text));
            open.shown.extent = Extent::Excerpt;
            open.shown.text = text;
            open.excerpts = Some(excerpts);
        }
        open
    }

    /// Opens `shown` as it is.
    fn whole(shown: Passage, worth: f32) -> Self {
        Self {
            shown,
            tokens: 0,
            cost: Budget::default(),
            keys: Vec::new(),
            excerpts: None,
            size: 0,
            worth,
            is_done: false,
            key: None,
            uncut: None,
        }
    }

    /// Takes the keys of what is shown of it.
    fn told(&mut self) -> impl Iterator<Item = String> + use<> {
        let is_whole = self.shown.extent == Extent::Whole;
        let keys = mem::take(&mut self.keys).into_iter();
        let of_all = keys.filter(move |_| is_whole);
        self.key.take().into_iter().chain(of_all)
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

/// What `tokens` of `all` are worth where at most `limit` passages are wanted, 0 to 1.
fn seen(tokens: usize, all: usize, limit: usize) -> f32 {
    let curve = CURVE * (USUAL / lossy(limit).max(USUAL)).powf(WIDER);
    (lossy(tokens) / lossy(all.max(1))).min(1.0).powf(curve)
}

/// Returns which passage of at most `limit` gains most for its tokens at its next size, and how much for each.
fn most_to_gain(open: &[Open], limit: usize) -> Option<(usize, f32)> {
    let gains = open.iter().enumerate().filter_map(|(at, open)| {
        let (now, next) = (open.tokens, open.next()?);
        let seen = |tokens| seen(tokens, open.shown.tokens_in_all, limit);
        let more = next.saturating_sub(now).max(1);
        Some((at, open.worth * (seen(next) - seen(now)) / lossy(more)))
    });
    gains.max_by(|one, other| one.1.total_cmp(&other.1))
}

/// Returns what a passage is worth whose score is this `share` of the best.
fn worth(share: f32) -> f32 {
    share.powf(PREFERENCE)
}

/// Returns `run`, whose score is this `share` of the best, with the sections behind it that belong to it: those below its heading that are not quoted,
/// if it is a good hit and short, and the next one where it only says what its page is called and that one is not among `runs`.
fn reaching(
    run: Run,
    share: f32,
    (runs, quoted): (&[Run], &[Run]),
    shelf: &mut Shelf<'_>,
) -> Result<Run, LookupError> {
    if share >= BELOW_SHARE_MIN && run.tokens <= ABOVE_TOKENS_MAX {
        let behind = quoted
            .iter()
            .filter(|other| other.page == run.page && other.first > run.last);
        let end = behind.map(|other| other.first).min();
        let with_below = shelf.with_below(run, end.unwrap_or(usize::MAX), BELOW_TOKENS)?;
        if with_below.last > run.last {
            return Ok(with_below);
        }
    }
    let next = Run {
        first: run.last + 1,
        last: run.last + 1,
        ..run
    };
    let goes_on = shelf.goes_on(&run)? && !runs.iter().any(|other| other.has(&next));
    Ok(Run {
        last: if goes_on { next.last } else { run.last },
        ..run
    })
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

impl Filling {
    /// Shows as many of `runs` as are asked for, each at the size that is worth its tokens.
    pub(super) fn snippets(
        &mut self,
        runs: &[Run],
        shelf: &mut Shelf<'_>,
    ) -> Result<(), LookupError> {
        let (limit, sought) = (shelf.search.limit, shelf.sought);
        let best = runs.first().map_or(1.0, |run| run.best.score);
        let best = best.max(f32::MIN_POSITIVE);
        let mut open: Vec<Open> = Vec::new();
        let mut is_full = false;
        let mut quoted: Vec<Run> = Vec::new();
        loop {
            let next = runs
                .get(self.filled.end)
                .filter(|_| !is_full && open.len() < limit);
            let opening = next.map(|run| {
                let all = run.tokens as usize;
                let tokens = reached(SIZES[0], all);
                worth(run.best.score / best) * seen(tokens, all, limit)
                    / lossy(tokens + HEAD_TOKENS)
            });
            match (next, opening, most_to_gain(&open, limit)) {
                (_, opening, Some((at, gain))) if opening.is_none_or(|opening| gain > opening) => {
                    if let Some(open) = open.get_mut(at) {
                        self.grow(open, sought);
                    }
                }
                (Some(run), ..) => {
                    let share = run.best.score / best;
                    if quoted.iter().any(|quoted| quoted.has(run)) {
                        self.filled.end += 1;
                        continue;
                    }
                    let run = reaching(*run, share, (runs, &quoted), shelf)?;
                    let worth = worth(share);
                    quoted.push(run);
                    match self.opened(shelf.quoted(&run)?, worth, shelf) {
                        Opened::Shown(passage) => open.push(*passage),
                        Opened::Passed => {}
                        Opened::TooLong(passage) => {
                            match self.opened_cut(*passage, worth, &open) {
                                Some(cut) => open.push(cut),
                                // What fits no answer keeps the next from none.
                                None if open.is_empty() => {}
                                None => {
                                    is_full = true;
                                    continue;
                                }
                            }
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
        for mut open in open {
            self.filled.told.extend(open.told());
            self.filled.tokens += open.cost.tokens;
            self.filled.passages.push(open.shown);
        }
        Ok(())
    }

    /// Shows `quoted` at its least size.
    fn opened(&mut self, quoted: Quoted, worth: f32, shelf: &Shelf<'_>) -> Opened {
        let (passage, keys) = match quoted {
            Quoted::New(passage, keys) => (*passage, keys),
            Quoted::Known(reference) => {
                self.name(&reference.to_string());
                return Opened::Passed;
            }
            Quoted::Gone => return Opened::Passed,
        };
        let text = Text::of(&passage);
        let mut open = Open::least(passage, keys, worth, shelf.sought);
        if open.key.as_ref().is_some_and(|key| shelf.is_known(key)) {
            self.name(&open.shown.reference.to_string());
            return Opened::Passed;
        }
        if self.said.has(&text) {
            self.name_same(&open.shown.reference.to_string());
            // The reader was shown it elsewhere, and is not shown it when the same is asked again.
            self.filled.told.extend(open.told());
            return Opened::Passed;
        }
        (open.tokens, open.cost) = open.shown.cost();
        match self.left.minus(open.cost) {
            Some(left) => {
                self.left = left;
                self.said.add(text);
                Opened::Shown(Box::new(open))
            }
            None => Opened::TooLong(Box::new(open.shown)),
        }
    }

    /// Shows the beginning of `passage`, of which no part is short enough: of the first half of what is left, of one behind
    /// `others` less, so that a long table or block of code leaves them room.
    fn opened_cut(&mut self, passage: Passage, worth: f32, others: &[Open]) -> Option<Open> {
        let left = self.left.tokens;
        let tokens = if others.is_empty() {
            CUT_TOKENS.max(left / 2).min(left)
        } else {
            Some(CUT_TOKENS).filter(|tokens| *tokens <= left)?
        };
        let shown = passage.cut_to(Budget {
            tokens,
            ..self.left
        })?;
        let (tokens, cost) = shown.cost();
        self.left = self.left.minus(cost)?;
        Some(Open {
            tokens,
            cost,
            is_done: true,
            uncut: Some(passage),
            ..Open::whole(shown, worth)
        })
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
        if let Some(uncut) = &open.uncut {
            let longer = uncut.cut_to(self.left.plus(open.cost));
            if let Some(longer) = longer.filter(|longer| longer.text.len() > open.shown.text.len())
            {
                self.show(open, longer.text, longer.extent);
            }
            return;
        }
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
}
