//! What a reader expects in a hole before reading it: the value it had in the line before, or that value some steps
//! further; its own, or that of a group of holes, in whatever templates, whose values follow from each other: a host, the
//! number of a block, a counter that runs through all lines.
//!
//! Which holes belong together is not guessed from their names or places but counted: a hole is linked to the one whose
//! last value foretold its own most often.

use super::cluster::{Cluster, HOLE};
use super::split::{Kind, Parsed, WordId};
use super::template;
use crate::distill::map::Map;

/// Holes further right than this share no memory by their place: only the head of a line (host, process, thread) is common
/// to lines of several shapes.
const SHARED_PLACE_MAX: usize = 24;

/// Columns with one and the same last value that are looked at for a link.
const EQUALS_MAX: usize = 12;

/// Values written last that are looked at for a counter that runs through several columns.
const RECENT_MAX: usize = 6;

/// The largest step of a counter that runs through several columns.
const SHARED_STEP_MAX: i64 = 9;

/// Different steps that are counted for one column: a counter has few, and what has many is none.
const STEPS_MAX: usize = 6;

/// Digits of a number that can be stepped: what fits 64 bits.
const DIGITS_MAX: usize = 18;

/// Times that a step must have been right: twice is an accident.
const STEP_HITS_MIN: usize = 3;

/// A step must be right in one case of so many.
const STEP_PART: usize = 6;

/// How often the choice of groups is looked at again, as every hole that leaves one changes it for the others.
const PASSES: usize = 3;

/// What a hole remembers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// The group that it shares its last value with; on its own if `None`.
    pub(super) group: Option<usize>,
    /// What is added to the last number in the last value.
    pub(super) step: i64,
}

impl Memory {
    /// The label of a hole, what stands between its marks.
    pub(super) fn label(self) -> String {
        let group = self.group.map_or(String::new(), |group| group.to_string());
        match self.step {
            0 => group,
            step => format!("{group}{step:+}"),
        }
    }

    /// Reads a label.
    pub(super) fn parse(label: &str) -> Option<Self> {
        let (group, step) = match label.find(['+', '-']) {
            Some(at) => (label.get(..at)?, label.get(at..)?.parse().ok()?),
            None => (label, 0),
        };
        let group = match group {
            "" => None,
            group => Some(group.parse().ok()?),
        };
        Some(Self { group, step })
    }

    /// What is expected after `last`.
    pub(super) fn expected(self, last: &str) -> Option<String> {
        if self.step == 0 {
            return Some(last.to_owned());
        }
        let number = Number::of(last)?;
        let next = number.value.checked_add(self.step)?;
        let width = number.width;
        // A minus sign would not be read back as part of the number.
        (next >= 0).then(|| format!("{}{next:0width$}{}", number.before, number.after))
    }
}

/// The last number in a value, and what stands around it.
struct Number<'v> {
    before: &'v str,
    value: i64,
    /// Digits it is filled up to.
    width: usize,
    after: &'v str,
}

impl<'v> Number<'v> {
    fn of(value: &'v str) -> Option<Self> {
        let end = value.rfind(|letter: char| letter.is_ascii_digit())? + 1;
        let head = value.get(..end)?;
        let start = head
            .rfind(|letter: char| !letter.is_ascii_digit())
            .map_or(0, |at| {
                at + head
                    .get(at..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(1, char::len_utf8)
            });
        let digits = head.get(start..)?;
        if digits.len() > DIGITS_MAX {
            return None;
        }
        Some(Self {
            before: value.get(..start)?,
            value: digits.parse().ok()?,
            width: if digits.starts_with('0') {
                digits.len()
            } else {
                0
            },
            after: value.get(end..)?,
        })
    }

    /// A hash of what stands around the number.
    fn around(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a
        for byte in self.before.bytes().chain([0]).chain(self.after.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash
    }
}

/// The memories of the holes of each cluster, by cluster and place.
pub(super) fn memories(parsed: &Parsed<'_>, clusters: &[&Cluster]) -> Vec<Vec<Memory>> {
    let mut columns = Columns::new(parsed, clusters);
    columns.link();
    for _ in 0..PASSES {
        if !columns.settle() {
            break;
        }
    }
    columns.name();
    clusters
        .iter()
        .zip(&columns.starts)
        .map(|(cluster, start)| {
            (0..cluster.shape.len())
                .map(|place| {
                    columns
                        .all
                        .get(start + place)
                        .map_or(Memory::default(), |column| column.memory)
                })
                .collect()
        })
        .collect()
}

/// One hole of one template, or a place that is none.
#[derive(Debug, Clone, Default)]
struct Column {
    memory: Memory,
    /// Times its own memory was right.
    own: usize,
    /// Its own step.
    own_step: i64,
    /// Its place in its template.
    place: usize,
    /// Times that the last value in the same place of whatever template was right.
    placed: usize,
    /// About how many tokens all its values start and end with, which a hole alone has in its template.
    cut: usize,
}

/// Every place of every template, and the values of the holes in the order of the text.
struct Columns<'p, 't> {
    parsed: &'p Parsed<'t>,
    /// Number of the first place of each cluster.
    starts: Vec<usize>,
    all: Vec<Column>,
    values: Vec<(usize, WordId)>,
    /// By word: a hash of what stands around its last number, and the number. An accident costs a wrong guess.
    numbers: Vec<Option<(u64, i64)>>,
    /// By word: whether it is one hexadecimal number.
    hexadecimals: Vec<bool>,
}

impl<'p, 't> Columns<'p, 't> {
    fn new(parsed: &'p Parsed<'t>, clusters: &[&Cluster]) -> Self {
        let mut starts = Vec::new();
        let mut places = 0;
        let mut owner = vec![None; parsed.lines().len()];
        let mut is_varying = Vec::new();
        for (at, cluster) in clusters.iter().enumerate() {
            starts.push(places);
            places += cluster.shape.len();
            let tokens = |line: &usize| {
                let line = parsed.lines().get(*line);
                line.map_or(&[][..], |line| parsed.tokens(line))
            };
            let first = cluster.lines.first().map_or(&[][..], tokens);
            let mut varying: Vec<bool> = vec![false; cluster.shape.len()];
            for line in &cluster.lines {
                if let Some(owner) = owner.get_mut(*line) {
                    *owner = Some(at);
                }
                for ((varies, one), other) in varying.iter_mut().zip(first).zip(tokens(line)) {
                    *varies |= one != other;
                }
            }
            is_varying.extend(
                varying
                    .iter()
                    .zip(&cluster.shape)
                    .map(|(varies, id)| *varies && *id == HOLE),
            );
        }
        let mut values = Vec::new();
        for (line, owner) in parsed.lines().iter().zip(owner) {
            let Some((start, cluster)) =
                owner.and_then(|at: usize| Some((*starts.get(at)?, clusters.get(at)?)))
            else {
                continue;
            };
            let tokens = parsed.tokens(line).iter().take(cluster.shape.len());
            for (place, id) in tokens.enumerate() {
                if is_varying.get(start + place) == Some(&true) {
                    values.push((start + place, *id));
                }
            }
        }
        let mut all = vec![Column::default(); places];
        for (cluster, start) in clusters.iter().zip(&starts) {
            for place in 0..cluster.shape.len() {
                if let Some(column) = all.get_mut(start + place) {
                    column.place = place;
                }
                if is_varying.get(start + place) == Some(&true)
                    && let Some(column) = all.get_mut(start + place)
                {
                    let (start, end) = template::ends(parsed, cluster, place);
                    column.cut = template::length(start) + template::length(end);
                }
            }
        }
        Self {
            parsed,
            starts,
            all,
            values,
            numbers: parsed
                .words()
                .map(|(word, kind)| {
                    let number = Some(word).filter(|_| kind == Kind::Varying);
                    Number::of(number?).map(|number| (number.around(), number.value))
                })
                .collect(),
            hexadecimals: parsed
                .words()
                .map(|(word, kind)| kind == Kind::Varying && template::is_hexadecimal(word))
                .collect(),
        }
    }

    /// The step from value `last` to value `next`, if they are the same but for their last numbers.
    fn step(&self, last: WordId, next: WordId) -> Option<i64> {
        if last == next {
            return Some(0);
        }
        let number = |id: WordId| self.numbers.get(id as usize).copied().flatten();
        let ((around, from), (other, to)) = (number(last)?, number(next)?);
        (around == other).then(|| to - from)
    }

    /// Counts how often each column foretells each other, and makes a group of those that belong together.
    fn link(&mut self) {
        let values = std::mem::take(&mut self.values);
        let mut last: Vec<Option<WordId>> = vec![None; self.all.len()];
        let mut equal: Map<WordId, Vec<usize>> = Map::default();
        let mut recent: Vec<(usize, WordId)> = Vec::new();
        let mut votes: Map<(usize, usize), usize> = Map::default();
        let mut steps: Vec<Steps> = vec![Steps::default(); self.all.len()];
        let mut placed = [HOLE; SHARED_PLACE_MAX];
        for &(column, id) in &values {
            let before = last.get_mut(column).and_then(|last| last.replace(id));
            if let Some(column) = self.all.get_mut(column)
                && let Some(placed) = placed.get_mut(column.place)
            {
                column.placed += usize::from(*placed == id);
                *placed = id;
            }
            if let Some(before) = before
                && let Some(step) = self.step(before, id)
                && let Some(steps) = steps.get_mut(column)
            {
                steps.count(step);
            }
            let others = equal.entry(id).or_default();
            for other in others.iter().filter(|other| **other != column) {
                *votes.entry((column, *other)).or_default() += 1;
            }
            let nearest = self.nearest(before, id, &recent);
            for &(other, value) in &recent {
                let is_step = || {
                    let step = self.step(value, id);
                    step.is_some_and(|step| (1..=SHARED_STEP_MAX).contains(&step))
                };
                if other != column && (nearest == Some(other) || is_step()) {
                    *votes.entry((column, other)).or_default() += 1;
                }
            }
            if before != Some(id) {
                if others.len() < EQUALS_MAX {
                    others.push(column);
                }
                if let Some(others) = before.and_then(|before| equal.get_mut(&before)) {
                    others.retain(|other| *other != column);
                }
            }
            recent.push((column, id));
            if recent.len() > RECENT_MAX {
                recent.remove(0);
            }
        }
        self.values = values;
        for (column, steps) in self.all.iter_mut().zip(&steps) {
            (column.own_step, column.own) = steps.best();
        }
        let mut best: Map<usize, (usize, usize)> = Map::default();
        for ((column, other), count) in votes {
            // Of equals the first, so that the same text always gives the same groups.
            let best = best.entry(column).or_insert((count, other));
            if count > best.0 || count == best.0 && other < best.1 {
                *best = (count, other);
            }
        }
        // After the columns, one more for each place that holes of several templates may share.
        let mut roots: Vec<usize> = (0..self.all.len() + SHARED_PLACE_MAX).collect();
        for (at, column) in self.all.iter().enumerate() {
            let best = best.get(&at).copied().unwrap_or_default();
            let placed = (column.placed, self.all.len() + column.place);
            let best = if placed.0 > best.0 { placed } else { best };
            if best.0 > column.own {
                let (one, two) = (root(&roots, at), root(&roots, best.1));
                if let Some(slot) = roots.get_mut(one.max(two)) {
                    *slot = one.min(two);
                }
            }
        }
        let mut sizes = vec![0_usize; self.all.len()];
        for column in 0..self.all.len() {
            if let Some(size) = sizes.get_mut(root(&roots, column)) {
                *size += 1;
            }
        }
        for (at, column) in self.all.iter_mut().enumerate() {
            let root = root(&roots, at);
            column.memory = Memory {
                group: sizes
                    .get(root)
                    .is_some_and(|size| *size > 1)
                    .then_some(root),
                step: column.own_step,
            };
        }
    }

    /// The column whose last value shares most digits with the address `id`, and more than `before`, its own, does: the
    /// end of a range lies near its start, and the next range near that.
    fn nearest(
        &self,
        before: Option<WordId>,
        id: WordId,
        recent: &[(usize, WordId)],
    ) -> Option<usize> {
        let is_hexadecimal = |id: WordId| self.hexadecimals.get(id as usize) == Some(&true);
        if !is_hexadecimal(id) {
            return None;
        }
        let same =
            |other: WordId| template::same_digits(self.parsed.word(other), self.parsed.word(id));
        let own = before
            .filter(|before| is_hexadecimal(*before))
            .map_or(0, same);
        let others = recent.iter().filter(|(_, other)| is_hexadecimal(*other));
        let best = others.max_by_key(|(_, other)| same(*other))?;
        (same(best.1) > own).then_some(best.0)
    }

    /// Lets every column leave its group that costs less alone; returns whether one did.
    fn settle(&mut self) -> bool {
        let values = std::mem::take(&mut self.values);
        let mut last: Map<usize, WordId> = Map::default();
        let mut steps: Vec<Steps> = vec![Steps::default(); self.all.len()];
        for &(column, id) in &values {
            if let Some(group) = self.group(column)
                && let Some(before) = last.insert(group, id)
                && let Some(step) = self.step(before, id)
                && let Some(steps) = steps.get_mut(column)
            {
                steps.count(step);
            }
        }
        for (column, steps) in self.all.iter_mut().zip(&steps) {
            if column.memory.group.is_some() {
                column.memory.step = steps.best().0;
            }
        }
        // Both ways are priced over the same values: what was expected costs nothing, the rest its segments.
        last.clear();
        let mut own_last: Vec<Option<WordId>> = vec![None; self.all.len()];
        let mut prices = vec![(0, 0); self.all.len()];
        for &(at, id) in &values {
            let Some(group) = self.group(at) else {
                continue;
            };
            let Some(column) = self.all.get(at).cloned() else {
                continue;
            };
            let before = last.insert(group, id);
            let own_before = own_last.get_mut(at).and_then(|last| last.replace(id));
            let in_group = self.price(before, id, column.memory.step);
            let alone = self.price(own_before, id, column.own_step);
            if let Some(prices) = prices.get_mut(at) {
                prices.0 += in_group;
                prices.1 += alone.saturating_sub(if alone > column.cut + 1 {
                    column.cut
                } else {
                    0
                });
            }
        }
        self.values = values;
        let mut left = false;
        for (column, (in_group, alone)) in self.all.iter_mut().zip(prices) {
            if column.memory.group.is_some() && in_group > alone {
                left = true;
                column.memory = Memory {
                    group: None,
                    step: column.own_step,
                };
            }
        }
        left
    }

    fn group(&self, column: usize) -> Option<usize> {
        self.all.get(column)?.memory.group
    }

    /// About how many tokens `id` costs after `last` where `step` is expected.
    fn price(&self, last: Option<WordId>, id: WordId, step: i64) -> usize {
        let Some(last) = last else {
            return template::length(self.parsed.word(id));
        };
        let is_expected = if step == 0 {
            last == id
        } else {
            self.step(last, id) == Some(step)
        };
        if is_expected {
            return 0;
        }
        let memory = Memory::default();
        let (sign, tail) =
            template::spell(self.parsed.word(id), Some(self.parsed.word(last)), memory);
        sign.len() + template::length(tail)
    }

    /// Numbers the groups that are left from 1; a group of one is none.
    fn name(&mut self) {
        let mut members: Map<usize, usize> = Map::default();
        for group in self.all.iter().filter_map(|column| column.memory.group) {
            *members.entry(group).or_default() += 1;
        }
        let mut names: Map<usize, usize> = Map::default();
        for column in &mut self.all {
            let Some(group) = column.memory.group else {
                continue;
            };
            if members.get(&group).is_some_and(|members| *members > 1) {
                let next = names.len() + 1;
                column.memory.group = Some(*names.entry(group).or_insert(next));
            } else {
                column.memory = Memory {
                    group: None,
                    step: column.own_step,
                };
            }
        }
    }
}

/// The first column of the group of `column`.
fn root(roots: &[usize], mut column: usize) -> usize {
    while let Some(up) = roots.get(column).filter(|up| **up != column) {
        column = *up;
    }
    column
}

/// How often each step was taken, and all of them together.
#[derive(Debug, Clone, Default)]
struct Steps(Vec<(i64, usize)>, usize);

impl Steps {
    fn count(&mut self, step: i64) {
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| *known == step) {
            *count += 1;
        } else if self.0.len() < STEPS_MAX || step == 0 {
            self.0.push((step, 1));
        }
        self.1 += 1;
    }

    /// The step to expect and how often it was right: none, unless another was taken clearly more often.
    fn best(&self) -> (i64, usize) {
        let same = self
            .0
            .iter()
            .find(|(step, _)| *step == 0)
            .map_or(0, |(_, count)| *count);
        let best = self
            .0
            .iter()
            .max_by_key(|(step, count)| (*count, -step.abs(), *step));
        match best {
            Some(&(step, count))
                if count > same && count >= STEP_HITS_MIN && count * STEP_PART >= self.1 =>
            {
                (step, count)
            }
            _ => (0, same),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_expected_one_step_on() {
        for (label, last, expected) in [
            ("", "e7", Some("e7")),
            ("+1", "e7", Some("e8")),
            ("2+1", "a9/b", Some("a10/b")),
            ("+2", "10:09:58Z", Some("10:09:60Z")),
            ("-1", "007", Some("006")),
            ("-1", "0", None),
            ("+1", "none", None),
            ("+1", "é9é", Some("é10é")),
            ("+9", "9999999999999999999", None),
        ] {
            let memory = Memory::parse(label).unwrap();
            assert_eq!(memory.label(), label);
            assert_eq!(memory.expected(last).as_deref(), expected, "{label} {last}");
        }
        assert_eq!(Memory::parse("x"), None);
        assert_eq!(Memory::parse("1+"), None);
    }
}
