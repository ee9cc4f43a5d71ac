//! Puts everything a digest of Markdown could show in the order of its worth.

use std::collections::HashSet;

use super::super::relevance::{self, Fields};
use super::blocks::{Form, Page};
use super::render;

/// How much the words of a heading count in each block below it, compared with the words of the block.
const HEADING_WEIGHT: f64 = 1.0;

/// The same for the headings further out.
const PARENT_WEIGHT: f64 = 0.4;

/// How much a block gains from its section, its lead and its neighbours, when they answer as well as the best.
const SECTION_PART: f64 = 0.35;
const LEAD_PART: f64 = 0.4;
const NEIGHBOUR_PART: f64 = 0.15;

/// Blocks that answer less well than this part of the best are not shown where nobody gave a budget.
const ANSWER_PART: f64 = 0.25;

/// Of the room, as one part in so many, what headings that lead to no block may have beside an answer.
const HEADINGS_PART: usize = 4;

/// Tokens of code that always comes along with the sentence above it; and of a large room one part in so many.
const FOLLOW_TOKENS: usize = 80;
const FOLLOW_PART: usize = 6;

/// Blocks that lead to another: more are no introduction.
const LEADS_MAX: usize = 3;

/// Tokens: no block fits into fewer.
const TOKENS_MIN: usize = 8;

/// Something a digest can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// The heading of a section, by number from 0.
    Heading(usize),
    /// Its first sentence.
    Intro(usize),
    /// All lines of a block.
    Block(usize),
}

/// Items in order of worth, taken as long as `room` tokens last.
struct Choice<'c> {
    page: &'c Page<'c>,
    count: &'c dyn Fn(&str) -> usize,
    left: usize,
    /// Tokens of code that comes along with the sentence above it.
    follow: usize,
    items: Vec<Item>,
    known: HashSet<Item>,
}

/// Returns what to show of `page` in about `room` tokens, in the order of worth.
pub(super) fn ranked(
    page: &Page<'_>,
    query: Option<&str>,
    is_selective: bool,
    room: usize,
    count: &dyn Fn(&str) -> usize,
) -> Vec<Item> {
    let mut choice = Choice {
        page,
        count,
        left: room.saturating_sub(count(&render::render(page, &[], "h1000"))),
        follow: (room / FOLLOW_PART).max(FOLLOW_TOKENS),
        items: Vec::new(),
        known: HashSet::new(),
    };
    let answers = answers(page, query.unwrap_or_default(), is_selective);
    if answers.is_empty() {
        choice.outline(usize::MAX, true);
        choice.beginnings();
        return choice.items;
    }
    // What is near the answer tells where in the page it stands: some headings are worth more than the last block.
    let headings = choice.left / HEADINGS_PART;
    choice.left -= headings;
    for block in answers {
        if choice.left < TOKENS_MIN {
            break;
        }
        choice.take_block(block);
    }
    let rest = choice.left;
    choice.left += headings;
    choice.outline(headings + rest, false);
    choice.items
}

impl Choice<'_> {
    fn take(&mut self, item: Item) -> bool {
        if self.known.contains(&item) {
            return true;
        }
        let cost = (self.count)(&render::spelled(self.page, item));
        if cost > self.left {
            return false;
        }
        self.left -= cost;
        self.known.insert(item);
        self.items.push(item);
        true
    }

    /// Takes a block with the headings above it and what it is of no use without.
    fn take_block(&mut self, number: usize) {
        let Some(block) = self.page.blocks.get(number) else {
            return;
        };
        let mut with = vec![Item::Block(number)];
        let mut lead = block.lead;
        while let Some(at) = lead.filter(|_| with.len() <= LEADS_MAX) {
            with.push(Item::Block(at));
            lead = self.page.blocks.get(at).and_then(|block| block.lead);
        }
        let mut section = Some(block.section);
        while let Some(at) = section {
            if at > 0 {
                with.push(Item::Heading(at));
            }
            section = self
                .page
                .sections
                .get(at)
                .and_then(|section| section.parent);
        }
        with.retain(|item| !self.known.contains(item));
        let cost: usize = with
            .iter()
            .map(|item| (self.count)(&render::spelled(self.page, *item)))
            .sum();
        if cost > self.left {
            return;
        }
        for item in with.into_iter().rev() {
            self.take(item);
        }
        // What ends with a colon says the rest in the block below.
        let next = self.page.blocks.get(number + 1);
        if let Some(next) = next.filter(|next| next.lead == Some(number) && next.form == Form::Code)
        {
            let text = self.page.text(&next.lines);
            if (self.count)(&text) <= self.follow {
                self.take(Item::Block(number + 1));
            }
        }
    }

    /// Takes headings, the outermost first, within `room` tokens; behind the first its sentence if that says what the
    /// page is `about`.
    fn outline(&mut self, room: usize, mut about: bool) {
        let floor = self.left.saturating_sub(room);
        let mut order: Vec<(usize, usize)> = self
            .page
            .sections
            .iter()
            .enumerate()
            .filter(|(_, section)| section.level > 0)
            .map(|(number, section)| (section.level, number))
            .collect();
        order.sort_unstable();
        for (_, number) in order {
            if self.left <= floor || !self.take(Item::Heading(number)) {
                break;
            }
            // What the page is about is worth more than its last heading.
            if about {
                self.take(Item::Intro(number));
                about = false;
            }
        }
    }

    fn tells(&self, block: usize) -> bool {
        let block = self.page.blocks.get(block);
        block.is_some_and(|block| block.form != Form::Aside)
    }

    /// Takes the first sentence of each section, then first, second and further blocks of each.
    fn beginnings(&mut self) {
        let mut order: Vec<(usize, usize)> = self
            .page
            .sections
            .iter()
            .enumerate()
            .filter(|(number, _)| *number == 0 || self.known.contains(&Item::Heading(*number)))
            .map(|(number, section)| (section.level, number))
            .collect();
        order.sort_unstable();
        for (_, number) in &order {
            self.take(Item::Intro(*number));
        }
        let turns = self
            .page
            .sections
            .iter()
            .map(|section| section.blocks.len());
        for turn in 0..turns.max().unwrap_or(0) {
            for (_, number) in &order {
                let section = self.page.sections.get(*number);
                let block = section.and_then(|section| section.blocks.clone().nth(turn));
                if let Some(block) =
                    block.filter(|block| self.left >= TOKENS_MIN && self.tells(*block))
                {
                    self.take_block(block);
                }
            }
        }
    }
}

/// Returns the blocks that answer `query`, the best first.
fn answers(page: &Page<'_>, query: &str, is_selective: bool) -> Vec<usize> {
    let texts: Vec<String> = page
        .blocks
        .iter()
        .map(|block| page.text(&block.lines))
        .collect();
    let title = |section: usize| {
        page.sections
            .get(section)
            .map_or("", |section| section.title.as_str())
    };
    let headings = |section: usize| -> Fields<'_> {
        let mut fields = vec![(title(section), HEADING_WEIGHT)];
        let parent = |section: usize| {
            page.sections
                .get(section)
                .and_then(|section| section.parent)
        };
        let mut outer = parent(section);
        while let Some(at) = outer {
            fields.push((title(at), PARENT_WEIGHT));
            outer = parent(at);
        }
        fields
    };
    let of_blocks: Vec<Fields<'_>> = page
        .blocks
        .iter()
        .zip(&texts)
        .map(|(block, text)| {
            let mut fields = headings(block.section);
            fields.push((text, 1.0));
            fields
        })
        .collect();
    let of_sections: Vec<Fields<'_>> = page
        .sections
        .iter()
        .enumerate()
        .map(|(number, section)| {
            let mut fields = headings(number);
            let texts = texts.get(section.blocks.clone()).unwrap_or_default();
            fields.extend(texts.iter().map(|text| (text.as_str(), 1.0)));
            fields
        })
        .collect();
    let own = shares(&relevance::scores(query, &of_blocks));
    let sections = shares(&relevance::scores(query, &of_sections));
    let share =
        |of: &[f64], at: Option<usize>| at.and_then(|at| of.get(at)).copied().unwrap_or(0.0);
    let mut order: Vec<(f64, usize)> = page
        .blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| !matches!(block.form, Form::Head | Form::Aside))
        .map(|(number, block)| {
            let is_near = |at: &usize| {
                let other = page.blocks.get(*at);
                other.is_some_and(|other| other.section == block.section)
            };
            let before = share(&own, number.checked_sub(1).filter(is_near));
            let after = share(&own, Some(number + 1).filter(is_near));
            let score = share(&own, Some(number))
                + SECTION_PART * share(&sections, Some(block.section))
                + LEAD_PART * share(&own, block.lead)
                + NEIGHBOUR_PART * before.max(after);
            (score, number)
        })
        .collect();
    order.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let best = order.first().map_or(0.0, |(score, _)| *score);
    let least = if is_selective {
        best * ANSWER_PART
    } else {
        0.0
    };
    order.retain(|(score, _)| *score > 0.0 && *score >= least);
    order.into_iter().map(|(_, number)| number).collect()
}

/// Each score as a part of the best.
fn shares(scores: &[f64]) -> Vec<f64> {
    let best = scores.iter().copied().fold(0.0, f64::max);
    let part = |score: &f64| if best > 0.0 { score / best } else { 0.0 };
    scores.iter().map(part).collect()
}
