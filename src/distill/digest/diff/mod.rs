//! The digest of differences: every file with its counts, every hunk with its place, and changed lines without those
//! around them.
//!
//! ```text
//! #digest of 940 lines of diff, 3 files +60 -21: …
//! commit 0123456789ab lock each file ~1-13      the subject of a commit
//! src/store.rs +12 -3 ~14-61                    a file; its lines in the diff
//! @@ 123 fn open(path: &Path) -> Store          from line 123 of the new file on
//! -    let file = open(path)?;
//! +    let file = lock(open(path)?)?;
//! @@ 131
//! ~49-61 +9 -1                                  changed lines that are left out
//! Cargo.lock +40 -17 ~62-180
//! ```

mod read;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;

use self::read::{Hunk, Part, Piece, parts};
use super::super::{Request, TRAILER_TOKENS};
use super::relevance::{self, Fields};
use super::{clip, fill};
use crate::tokens;

/// Without a budget, a difference is cut to one part in so many.
const PART: usize = 5;

/// Tokens: without a budget, no digest is made smaller than this.
const TOKENS_MIN: usize = 300;

/// Bytes of a line that are shown: longer ones are data.
const LINE_BYTES: usize = 400;

/// Bytes of what stands behind the place of a hunk.
const FUNCTION_BYTES: usize = 100;

/// How much the name of a file and of a function count for the changes in it.
const PLACE_WEIGHT: f64 = 0.5;

/// Something a digest can show, by number: of the part, of the hunk in it, of the piece in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Item {
    Part(usize),
    Hunk(usize, usize),
    Piece(usize, usize, usize),
}

/// Returns the digest, or `None` if the text is no difference.
pub(super) fn digest(request: &Request<'_>, tokens_in: usize) -> Option<String> {
    let lines: Vec<&str> = request.text.lines().collect();
    let parts = parts(&lines);
    parts.iter().find(|part| matches!(part, Part::File(_)))?;
    let room = request
        .budget
        .unwrap_or(usize::MAX)
        .min(tokens_in)
        .checked_sub(TRAILER_TOKENS)?;
    let target = match request.budget {
        Some(_) => room,
        None => room.min((tokens_in / PART).max(TOKENS_MIN)),
    };
    let count = |text: &str| tokens::count(request.encoding, text);
    let diff = Diff { lines, parts };
    let order = diff.ranked(request.query.unwrap_or_default());
    let mut left = target.saturating_sub(count(&diff.render(&[], "h1000")));
    let mut chosen = Vec::new();
    let mut known = HashSet::new();
    for item in order {
        if left == 0 {
            break;
        }
        // A line of a hunk is of no use without its file.
        let with = match item {
            Item::Part(_) => vec![item],
            Item::Hunk(part, _) => vec![Item::Part(part), item],
            Item::Piece(part, hunk, _) => vec![Item::Part(part), Item::Hunk(part, hunk), item],
        };
        let with: Vec<Item> = with
            .into_iter()
            .filter(|item| !known.contains(item))
            .collect();
        let cost: usize = with.iter().map(|item| count(&diff.spelled(*item))).sum();
        if cost <= left {
            left -= cost;
            known.extend(with.iter().copied());
            chosen.extend(with);
        }
    }
    let render = |number: usize| {
        let text = diff.render(chosen.get(..number).unwrap_or(&chosen), request.handle);
        let tokens = count(&text);
        (text, tokens)
    };
    fill(0, chosen.len(), target, render)
}

struct Diff<'t> {
    lines: Vec<&'t str>,
    parts: Vec<Part>,
}

impl Diff<'_> {
    /// Files and messages first, then hunks, then the first lines of each change, then further ones.
    fn ranked(&self, query: &str) -> Vec<Item> {
        let mut places = Vec::new();
        let mut changes = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            match part {
                Part::Message { pieces, .. } => {
                    places.push((false, 0, Item::Part(number)));
                    for (at, piece) in pieces.iter().enumerate() {
                        changes.push((false, piece.turn, Item::Piece(number, 0, at)));
                    }
                }
                Part::File(file) => {
                    places.push((false, 0, Item::Part(number)));
                    let is_written = is_written(&file.name);
                    for (hunk, inner) in file.hunks.iter().enumerate() {
                        places.push((is_written, 1, Item::Hunk(number, hunk)));
                        for (at, piece) in inner.pieces.iter().enumerate() {
                            let item = Item::Piece(number, hunk, at);
                            changes.push((is_written || piece.is_blank, piece.turn, item));
                        }
                    }
                }
            }
        }
        changes.sort_unstable();
        let changed: Vec<Item> = changes.iter().map(|(_, _, item)| *item).collect();
        let asked = self.asked(&changed, query);
        // What a program wrote comes last, its places too: the line of its file counts it.
        let mut all: Vec<(bool, usize, Item)> = places;
        let later = changes
            .iter()
            .map(|(is_written, turn, item)| (*is_written, 2 + turn, *item));
        all.extend(later);
        all.sort_unstable();
        let all = all.into_iter().map(|(_, _, item)| item);
        asked.into_iter().chain(all).collect()
    }

    /// Those of `items` that speak of `query`, best first.
    fn asked(&self, items: &[Item], query: &str) -> Vec<Item> {
        if query.is_empty() {
            return Vec::new();
        }
        let texts: Vec<(String, String)> = items
            .iter()
            .map(|item| {
                let place = match *item {
                    Item::Piece(part, hunk, _) | Item::Hunk(part, hunk) => {
                        self.spelled(Item::Part(part)) + &self.spelled(Item::Hunk(part, hunk))
                    }
                    Item::Part(_) => String::new(),
                };
                (self.spelled(*item), place)
            })
            .collect();
        let fields: Vec<Fields<'_>> = texts
            .iter()
            .map(|(own, place)| vec![(own.as_str(), 1.0), (place.as_str(), PLACE_WEIGHT)])
            .collect();
        let scores = relevance::scores(query, &fields);
        let mut order: Vec<(f64, Item)> = scores.into_iter().zip(items.iter().copied()).collect();
        order.retain(|(score, _)| *score > 0.0);
        order.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        order.into_iter().map(|(_, item)| item).collect()
    }

    fn spelled(&self, item: Item) -> String {
        let mut out = String::new();
        match item {
            Item::Part(part) => match self.parts.get(part) {
                Some(Part::Message { title, lines, .. }) => {
                    let _ = writeln!(out, "{title} ~{}-{}", lines.start + 1, lines.end);
                }
                Some(Part::File(file)) => {
                    let (added, removed) = file.sum();
                    let _ = write!(out, "{}{}", file.name, file.notes);
                    if added + removed > 0 {
                        let _ = write!(out, " +{added} -{removed}");
                    }
                    let _ = writeln!(out, " ~{}-{}", file.lines.start + 1, file.lines.end);
                }
                None => {}
            },
            Item::Hunk(part, hunk) => {
                if let Some(hunk) = self.hunk(part, hunk) {
                    let function = clip(&hunk.function, FUNCTION_BYTES);
                    let _ = writeln!(out, "@@ {}{function}", hunk.at);
                }
            }
            Item::Piece(part, hunk, piece) => {
                if let Some(piece) = self.piece(part, hunk, piece) {
                    for line in self.lines.get(piece.lines.clone()).unwrap_or_default() {
                        let clipped = clip(line, LINE_BYTES);
                        out.push_str(clipped);
                        out.push_str(if clipped.len() < line.len() {
                            "…\n"
                        } else {
                            "\n"
                        });
                    }
                }
            }
        }
        out
    }

    fn hunk(&self, part: usize, hunk: usize) -> Option<&Hunk> {
        match self.parts.get(part)? {
            Part::File(file) => file.hunks.get(hunk),
            Part::Message { .. } => None,
        }
    }

    fn piece(&self, part: usize, hunk: usize, piece: usize) -> Option<&Piece> {
        match self.parts.get(part)? {
            Part::File(file) => file.hunks.get(hunk)?.pieces.get(piece),
            Part::Message { pieces, .. } => pieces.get(piece),
        }
    }

    fn render(&self, items: &[Item], handle: &str) -> String {
        let shown: HashSet<Item> = items.iter().copied().collect();
        let files = self.parts.iter().filter_map(|part| match part {
            Part::File(file) => Some(file.sum()),
            Part::Message { .. } => None,
        });
        let (count, added, removed) = files.fold((0, 0, 0), |(count, added, removed), sum| {
            (count + 1, added + sum.0, removed + sum.1)
        });
        let mut out = format!(
            "#digest of {} lines of diff, {count} files +{added} -{removed}: changed lines without context; @@ n = line n of the new file; ~a-b = lines a-b of the diff, restore {handle} gives them\n",
            self.lines.len()
        );
        let mut hidden = 0;
        for (number, part) in self.parts.iter().enumerate() {
            if !shown.contains(&Item::Part(number)) {
                hidden += usize::from(matches!(part, Part::File(_)));
                continue;
            }
            more(&mut hidden, &mut out);
            out.push_str(&self.spelled(Item::Part(number)));
            match part {
                Part::Message { pieces, .. } => {
                    for at in 0..pieces.len() {
                        let item = Item::Piece(number, 0, at);
                        if shown.contains(&item) {
                            out.push_str(&self.spelled(item));
                        }
                    }
                }
                Part::File(file) => {
                    for hunk in 0..file.hunks.len() {
                        if shown.contains(&Item::Hunk(number, hunk)) {
                            self.render_hunk(number, hunk, &shown, &mut out);
                        }
                    }
                }
            }
        }
        more(&mut hidden, &mut out);
        out
    }

    fn render_hunk(&self, part: usize, number: usize, shown: &HashSet<Item>, out: &mut String) {
        let Some(hunk) = self.hunk(part, number) else {
            return;
        };
        out.push_str(&self.spelled(Item::Hunk(part, number)));
        let mut gap = Gap::default();
        let mut place = Some(hunk.at);
        for (at, piece) in hunk.pieces.iter().enumerate() {
            if !shown.contains(&Item::Piece(part, number, at)) {
                gap.add(piece);
                place = None;
                continue;
            }
            gap.write(out);
            if let Some(line) = piece.at.filter(|line| place != Some(*line)) {
                let _ = writeln!(out, "@@ {line}");
            }
            place = None;
            out.push_str(&self.spelled(Item::Piece(part, number, at)));
        }
        gap.write(out);
    }
}

/// Changes that are left out.
#[derive(Default)]
struct Gap {
    lines: Option<Range<usize>>,
    added: usize,
    removed: usize,
    is_blank: bool,
}

impl Gap {
    fn add(&mut self, piece: &Piece) {
        self.is_blank = piece.is_blank && (self.is_blank || self.lines.is_none());
        let start = self
            .lines
            .as_ref()
            .map_or(piece.lines.start, |lines| lines.start);
        self.lines = Some(start..piece.lines.end);
        self.added += piece.added;
        self.removed += piece.removed;
    }

    fn write(&mut self, out: &mut String) {
        let Some(lines) = self.lines.take() else {
            return;
        };
        let _ = match lines.len() {
            1 => write!(out, "~{}", lines.end),
            _ => write!(out, "~{}-{}", lines.start + 1, lines.end),
        };
        if self.added + self.removed > 0 {
            let _ = write!(out, " +{} -{}", self.added, self.removed);
        }
        out.push_str(if self.is_blank {
            " spaces only\n"
        } else {
            "\n"
        });
        *self = Self::default();
    }
}

/// Counts files that are left out.
fn more(hidden: &mut usize, out: &mut String) {
    if *hidden > 0 {
        let _ = writeln!(out, "… {hidden} more files");
        *hidden = 0;
    }
}

/// Whether a program wrote the file: lock files, bundles, what is vendored.
fn is_written(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".lock",
        "-lock.json",
        "-lock.yaml",
        "go.sum",
        ".min.js",
        ".min.css",
        ".map",
        ".snap",
        ".svg",
        ".pb.go",
        "_pb2.py",
        ".g.dart",
        ".csv",
    ];
    const FOLDERS: &[&str] = &["vendor/", "node_modules/", "dist/", "third_party/"];
    ENDINGS.iter().any(|end| name.ends_with(end))
        || FOLDERS.iter().any(|folder| name.contains(folder))
        || name.contains("generated")
}
