//! Which lines are headings: those that the outline of the file names, else those that are larger or bolder than the text.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::flow::{Line, Measure, broken, join, mark};
use super::pages::Bookmark;
use super::row::Row;

/// Rows of one heading.
const ROWS_MAX: usize = 4;
/// Lines compared with bookmarks: forty for each of 50,000. What is beyond is no heading.
const COMPARED_MAX: usize = 2_000_000;
/// Bytes of the longest heading.
const BYTES_MAX: usize = 160;
/// Words of the longest heading that is only bold.
const BOLD_WORDS_MAX: usize = 14;
/// How much larger than the text a heading is that is not bold.
const LARGER: f64 = 1.12;
/// Share of all letters that headings of one look have at most, in percent: what is more is text.
const SHARE_MAX: usize = 15;
/// Pages for each line of an outline up to which it is taken for all headings that there are.
const OUTLINE_PAGES_MAX: usize = 4;

/// How much larger than the text the title on the cover of a book is.
const TITLE_LARGER: f64 = 1.4;
/// Letters that a row of it has at least: a capital that a text begins with has one.
const TITLE_LETTERS_MIN: usize = 3;

/// A heading.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    pub(super) level: u8,
    pub(super) title: String,
    /// Rows that it takes; 0 if only the outline says it.
    pub(super) rows: usize,
}

/// Headings by the line that they begin at.
pub(super) type Heads = BTreeMap<usize, Vec<Head>>;

/// Finds the headings among `lines`; `whole` are the words that some of them break at a hyphen, as others write them.
pub(super) fn find(
    lines: &[Line<'_>],
    bookmarks: &[Bookmark],
    pages: usize,
    measure: &Measure,
    whole: &HashSet<String>,
) -> Heads {
    let mut heads = of_outline(lines, bookmarks, whole);
    if bookmarks.len() * OUTLINE_PAGES_MAX >= pages {
        return heads;
    }
    // Where the outline names chapters only, what looks like a heading is one below them.
    let above = bookmarks
        .iter()
        .map(|bookmark| bookmark.level)
        .max()
        .unwrap_or(0);
    let taken: Vec<(usize, usize)> = heads
        .iter()
        .flat_map(|(at, heads)| heads.iter().map(move |head| (*at, at + head.rows)))
        .collect();
    for (at, head) in of_looks(lines, measure, whole) {
        let end = at + head.rows;
        if taken
            .iter()
            .all(|(first, last)| end <= *first || at >= *last)
        {
            let level = (head.level + above).min(6);
            heads.entry(at).or_default().push(Head { level, ..head });
        }
    }
    heads
}

/// Returns what stands largest on the first page, where the outline of the file leads to chapters but not to that.
pub(super) fn cover(rows: &[Row], bookmarks: &[Bookmark], measure: &Measure) -> Option<String> {
    let is_title = |row: &&Row| {
        let letters = row.cells.iter().flat_map(|cell| cell.text.chars());
        letters.filter(|letter| letter.is_alphabetic()).count() >= TITLE_LETTERS_MIN
    };
    let largest = rows.iter().filter(is_title);
    let largest = largest.map(Row::size).fold(0.0, f64::max);
    if bookmarks.is_empty() || largest < measure.body_size * TITLE_LARGER {
        return None;
    }
    let is_of_it = |row: &&Row| row.size() >= largest * 0.97;
    let first = rows.iter().skip_while(|row| !is_of_it(row));
    let texts: Vec<String> = first
        .take_while(is_of_it)
        .take(ROWS_MAX)
        .map(Row::text)
        .collect();
    let title = texts.join(" ");
    let said = key(&title);
    let is_named = bookmarks
        .iter()
        .take_while(|bookmark| bookmark.page == 0)
        .any(|bookmark| said.ends_with(&key(&bookmark.title)));
    (title.len() <= BYTES_MAX && !is_named).then_some(title)
}

/// Finds the lines that bookmarks name; one that names none stands before the line that it leads to.
fn of_outline(lines: &[Line<'_>], bookmarks: &[Bookmark], whole: &HashSet<String>) -> Heads {
    let mut first_of: HashMap<usize, usize> = HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        first_of.entry(line.page).or_insert(at);
    }
    let keys: Vec<String> = lines.iter().map(|line| key(&line.row.text())).collect();
    let mut compared = 0;
    let mut heads = Heads::new();
    // Several of one page follow one another.
    let mut after: HashMap<usize, usize> = HashMap::new();
    for bookmark in bookmarks {
        if compared > COMPARED_MAX {
            break;
        }
        // A page without text has its heading before the next one.
        let start = (bookmark.page..bookmark.page.saturating_add(3))
            .find_map(|page| first_of.get(&page).copied());
        let Some(start) = start else { continue };
        let of_page = |at: &usize| {
            lines
                .get(*at)
                .is_some_and(|line| line.page == bookmark.page)
        };
        let from = after.get(&bookmark.page).copied().unwrap_or(start);
        let wanted = key(&bookmark.title);
        let found = (from..lines.len()).take_while(of_page).find_map(|at| {
            compared += 1;
            Some((at, rows_of(&keys, at, &wanted)?))
        });
        let (at, rows) = found.unwrap_or_else(|| {
            let is_at = |at: &usize| {
                lines
                    .get(*at)
                    .zip(bookmark.y)
                    .is_some_and(|(line, y)| line.row.y <= y)
            };
            let at = (from..lines.len()).take_while(of_page).find(is_at);
            (at.unwrap_or(from.min(lines.len().saturating_sub(1))), 0)
        });
        after.insert(bookmark.page, at + rows);
        let title = if rows == 0 {
            bookmark.title.clone()
        } else {
            title_of(lines, (at, rows), whole)
        };
        heads.entry(at).or_default().push(Head {
            level: bookmark.level,
            title,
            rows,
        });
    }
    heads
}

/// Tells how many rows from `at` say the title `wanted`, perhaps with its number before it.
fn rows_of(keys: &[String], at: usize, wanted: &str) -> Option<usize> {
    let mut said = String::new();
    for rows in 1..=ROWS_MAX {
        said.push_str(keys.get(at + rows - 1)?);
        // A row without letters, as the end of a block of code is, begins no heading.
        if said.is_empty() {
            return None;
        }
        if said.len() > wanted.len() + BYTES_MAX {
            return None;
        }
        let longer = said.len().checked_sub(wanted.len());
        let numbered = |extra: usize| {
            let number = said.get(..extra).unwrap_or_default();
            said.ends_with(wanted)
                && (number.bytes().all(|byte| byte.is_ascii_digit()) || is_numbering(number))
        };
        if said == wanted && !wanted.is_empty()
            || !wanted.is_empty() && longer.is_some_and(|extra| extra <= 14 && numbered(extra))
        {
            return Some(rows);
        }
        // The outline may number what the page does not.
        let shorter = wanted.len().checked_sub(said.len());
        let digits = |extra: usize| {
            wanted
                .get(..extra)
                .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if wanted.ends_with(&said) && said.len() > 3 && shorter.is_some_and(digits) {
            return Some(rows);
        }
        if !wanted.starts_with(&said) && longer.is_some() {
            return None;
        }
    }
    None
}

/// Tells whether `text` is what stands before the title of a chapter: `chapter12`, `appendixa`.
fn is_numbering(text: &str) -> bool {
    ["chapter", "appendix", "part", "section"]
        .iter()
        .any(|word| text.strip_prefix(word).is_some_and(|rest| rest.len() <= 4))
        || text.len() == 1
}

/// Returns the letters and digits of `text`.
fn key(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Returns what `rows` lines from `at` say.
fn title_of(lines: &[Line<'_>], (at, rows): (usize, usize), whole: &HashSet<String>) -> String {
    let mut texts = lines.iter().skip(at).take(rows).map(|line| line.row.text());
    let mut title = texts.next().unwrap_or_default();
    for text in texts {
        join(whole, &mut title, &text);
    }
    title
}

/// How a heading looks: its size in half points, and whether it is bold. Larger is higher.
type Look = (i64, bool);

fn look(line: &Line<'_>) -> Look {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of floats saturates"
    )]
    ((line.row.size() * 2.0).round() as i64, line.row.is_bold())
}

/// Finds the lines that look like headings.
fn of_looks(lines: &[Line<'_>], measure: &Measure, whole: &HashSet<String>) -> Vec<(usize, Head)> {
    let mut letters: HashMap<Look, usize> = HashMap::new();
    let mut all = 0;
    for line in lines {
        *letters.entry(look(line)).or_default() += line.row.letters();
        all += line.row.letters();
    }
    let may_be = |at: usize| {
        let line = lines.get(at)?;
        let is_rare = letters
            .get(&look(line))
            .is_some_and(|letters| letters * 100 <= all * SHARE_MAX || all < 2_000);
        (is_rare && stands_out(lines, at, measure)).then_some(line)
    };
    let mut found: Vec<(usize, usize, Look)> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some(line) = may_be(at) else {
            at += 1;
            continue;
        };
        let look_of_first = look(line);
        let mut rows = 1;
        // A heading of several rows.
        while rows < ROWS_MAX
            && let Some(next) = lines.get(at + rows)
            && look(next) == look_of_first
            && !next.row.is_first
            && !next
                .row
                .text()
                .starts_with(|letter: char| letter.is_ascii_digit())
            && measure.gap(lines, at + rows).is_some_and(|gap| gap < 1.3)
        {
            rows += 1;
        }
        // What goes on looking so is a paragraph of that look.
        let goes_on = lines.get(at + rows).is_some_and(|next| {
            look(next) == look_of_first
                && measure.gap(lines, at + rows).is_some_and(|gap| gap < 1.3)
        });
        if !goes_on && title_of(lines, (at, rows), whole).len() <= BYTES_MAX {
            found.push((at, rows, look_of_first));
        }
        at += rows;
    }
    let mut looks: Vec<Look> = found.iter().map(|(.., look)| *look).collect();
    looks.sort_unstable();
    looks.dedup();
    looks.reverse();
    let level = |look: Look| {
        let rank = looks.iter().position(|known| *known == look).unwrap_or(0);
        u8::try_from(rank + 1).unwrap_or(6).min(6)
    };
    found
        .into_iter()
        .map(|(at, rows, look)| {
            (
                at,
                Head {
                    level: level(look),
                    title: title_of(lines, (at, rows), whole),
                    rows,
                },
            )
        })
        .collect()
}

/// Tells whether a line is set apart from the text as headings are.
fn stands_out(lines: &[Line<'_>], at: usize, measure: &Measure) -> bool {
    let Some(line) = lines.get(at) else {
        return false;
    };
    let row = line.row;
    let text = row.text();
    let text = text.trim();
    let is_words = text.chars().filter(|letter| letter.is_alphabetic()).count() >= 2
        && text.len() <= BYTES_MAX;
    let is_larger = row.size() >= measure.body_size * LARGER;
    // The next row of a title may go on with a word of this one.
    let goes_on = || {
        let next = lines.get(at + 1).filter(|next| look(next) == look(line));
        let next = next.map(|next| next.row.text()).unwrap_or_default();
        let word = broken(text, next.trim());
        is_larger && word.is_some_and(|(_, ended)| ended.starts_with(char::is_lowercase))
    };
    let is_title = !text.ends_with(['.', ',', ';', ':'])
        && !text.starts_with(char::is_lowercase)
        && (!text.ends_with('-') || goes_on());
    if !is_words || !is_title || row.is_mono() && !measure.is_mono {
        return false;
    }
    let bullet = mark(text).is_some_and(|(mark, _)| !mark.chars().any(char::is_alphanumeric));
    let is_apart = measure.gap(lines, at).is_none_or(|gap| gap > 1.15);
    let is_bold = row.is_bold() && row.size() >= measure.body_size * 0.97 && row.cells.len() == 1;
    let few_words = text.split_whitespace().count() <= BOLD_WORDS_MAX;
    (is_larger || is_bold && is_apart && few_words) && !bullet
}
