//! PDF: the letters of each page where they stand, put together again to headings, paragraphs, tables and code.
//!
//! `file` finds the objects and `crypt` decrypts what needs no password, `pages` finds the pages and bookmarks, `content`
//! the letters of a page and `marks` what is drawn beside them, `row` and `columns` the lines in their order, `running` takes heads and
//! feet away, `defined` tells heads of definitions, and `flow`
//! writes what is left. No crate is asked but for ciphers: what reads a file that anybody may have made must be bounded in
//! bytes and work from its first step, and that is short to write.

mod built_in;
mod cmap;
mod columns;
mod content;
mod crypt;
mod defined;
mod file;
mod filter;
mod flow;
mod font;
mod heads;
mod letters;
mod marks;
mod object;
mod pages;
mod row;
mod running;
#[cfg(test)]
mod tests;

use self::content::{Fonts, Glyph, Shown, shown};
use self::crypt::Locked;
use self::file::{Closed, File};
use self::filter::Packed;
use self::flow::Measure;
use self::object::{Dict, Object};
use self::pages::{PAGES_MAX, PageTree, bookmarks, text};
use self::row::{Row, rows};
use super::sheet::one_line;
use super::{Format, Pages, Unread};

/// `.pdf`.
pub(super) struct Pdf;

/// Bytes at the beginning within which a file says that it is a PDF: what mail and web servers put before it.
const HEAD_BYTES_MAX: usize = 1024;
/// Letters of one file: 16 MiB of text, as much as of any other format.
const LETTERS_MAX: usize = 16 << 20;

impl Format for Pdf {
    fn name(&self) -> &'static str {
        "PDF"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pdf"]
    }

    fn is_text(&self) -> bool {
        false
    }

    fn counts(&self) -> &'static str {
        "pages"
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        let broken = |why: &str| Unread::Broken(why.to_owned());
        let head = bytes.get(..HEAD_BYTES_MAX).unwrap_or(bytes);
        if file::position(head, b"%PDF-").is_none() {
            return Err(broken("is no PDF"));
        }
        let file = File::open(bytes).map_err(|why| match why {
            Closed::Encrypted(Locked::Password) => {
                broken("opens with a password only: save a copy of it that needs none")
            }
            Closed::Encrypted(Locked::Unknown(how)) => Unread::Broken(format!(
                "is encrypted in a way that is not read (`{how}`): save a copy of it that is not"
            )),
            Closed::Broken => broken("is damaged: there is no document in it"),
        })?;
        let tree = PageTree::read(&file);
        if tree.pages.is_empty() {
            return Err(broken("is damaged: there are no pages in it"));
        }
        let mut notes = Notes::default();
        let mut sheets = letters_of(&file, &tree, &mut notes);
        if sheets.iter().all(|sheet| sheet.upright.is_empty()) {
            return Err(broken(notes.why_empty()));
        }
        let measure = Measure::of(sheets.iter().flat_map(|sheet| &sheet.upright));
        running::take_away(&mut sheets, measure.body_size);
        let sheets: Vec<Vec<Row>> = sheets.into_iter().map(PageRows::in_order).collect();
        let bookmarks = bookmarks(&file, &tree);
        let title = Some(title(&file)).filter(|title| !title.is_empty());
        let title = title.or_else(|| heads::cover(sheets.first()?, &bookmarks, &measure));
        let title = title.unwrap_or_default();
        let document = flow::write(&sheets, &bookmarks, &measure, &title);
        Ok(Pages {
            skipped: notes.told(&tree),
            ..document.into()
        })
    }
}

/// The rows of a page, from the top down.
#[derive(Debug, Default)]
struct PageRows {
    upright: Vec<Row>,
    /// Where the page ends below and above.
    edges: (f64, f64),
    /// What is turned against most of the page: legends at the side of a picture.
    aside: Vec<Row>,
}

impl PageRows {
    fn of(shown: &Shown) -> Self {
        let [_, bottom, _, top] = shown.bounds;
        let glyphs = &shown.glyphs;
        let of_turn = |turn: u8| glyphs.iter().filter(move |glyph| glyph.turn == turn);
        let main = (0..4)
            .rev()
            .max_by_key(|turn| of_turn(*turn).count())
            .unwrap_or(0);
        let in_rows = |turn: u8| rows(&of_turn(turn).copied().collect::<Vec<Glyph>>());
        Self {
            upright: in_rows(main),
            edges: (bottom, top),
            aside: (0..4)
                .filter(|turn| *turn != main)
                .flat_map(in_rows)
                .collect(),
        }
    }

    /// Returns its rows as they are read.
    fn in_order(self) -> Vec<Row> {
        let mut rows = columns::in_order(&self.upright);
        let first_aside = rows.len();
        rows.extend(self.aside);
        if let Some(row) = rows.get_mut(first_aside) {
            row.is_first = true;
        }
        rows
    }
}

/// Returns the rows of each page.
fn letters_of(file: &File<'_>, tree: &PageTree, notes: &mut Notes) -> Vec<PageRows> {
    let mut fonts = Fonts::default();
    let mut left = LETTERS_MAX;
    let mut sheets = Vec::with_capacity(tree.pages.len());
    for (at, page) in tree.pages.iter().enumerate() {
        let dict = page.dict(file);
        let shown = shown(
            file,
            &mut fonts,
            &dict,
            bounds(file, &dict),
            file.number(&dict, "Rotate").unwrap_or(0.0),
        );
        let number = at + 1;
        let is_over =
            shown.cut == Some(Packed::Bomb) || file.is_spent() || shown.glyphs.len() > left;
        if is_over {
            notes.cut.push(number);
        } else if shown.cut.is_some() {
            notes.damaged.push(number);
        }
        if shown.glyphs.is_empty() && shown.has_picture {
            notes.pictures.push(number);
        }
        if shown.unknown * 5 > shown.glyphs.len() && shown.unknown > 20 {
            notes.unknown.push(number);
        }
        if shown.glyphs.len() > left {
            notes.cut.extend(number + 1..=tree.pages.len());
            break;
        }
        left -= shown.glyphs.len();
        sheets.push(PageRows::of(&shown));
    }
    sheets
}

/// Returns the part of a page that is seen: left, bottom, right and top.
fn bounds(file: &File<'_>, page: &Dict) -> [f64; 4] {
    let boxed = ["CropBox", "MediaBox"]
        .iter()
        .find_map(|key| match *file.numbers(page, key) {
            [x, y, other_x, other_y] => Some([
                x.min(other_x),
                y.min(other_y),
                x.max(other_x),
                y.max(other_y),
            ]),
            _ => None,
        });
    boxed.unwrap_or([0.0, 0.0, 612.0, 792.0])
}

/// Returns the title that a file gives itself, if it is none that a program made of a file's name.
fn title(file: &File<'_>) -> String {
    let info = file.dict(file.trailer(), "Info").unwrap_or_default();
    let given = match file.get(&info, "Title") {
        Some(Object::Text(bytes)) => one_line(&text(&bytes)),
        _ => String::new(),
    };
    let title = given.strip_prefix("Microsoft Word - ").unwrap_or(&given);
    let lower = title.to_lowercase();
    let is_file = title
        .rsplit_once('.')
        .is_some_and(|(_, ending)| (2..=5).contains(&ending.len()) && !ending.contains(' '));
    if is_file
        || lower.starts_with("untitled")
        || matches!(lower.as_str(), "about:blank" | "(anonymous)" | "anonymous")
        || !title.chars().any(char::is_alphabetic)
    {
        return String::new();
    }
    title.to_owned()
}

/// Pages, from 1, that were not read as they are.
#[derive(Debug, Default)]
struct Notes {
    cut: Vec<usize>,
    damaged: Vec<usize>,
    pictures: Vec<usize>,
    unknown: Vec<usize>,
}

impl Notes {
    fn why_empty(&self) -> &'static str {
        if !self.pictures.is_empty() {
            "has pictures of pages, but no text: recognize its text first (OCR)"
        } else if !self.unknown.is_empty() {
            "has fonts that do not say which letters they draw: save it again, or recognize its text (OCR)"
        } else if !self.cut.is_empty() {
            "unpacks to more than is read of one file"
        } else {
            "has no text"
        }
    }

    fn told(&self, tree: &PageTree) -> Vec<String> {
        let mut told = Vec::new();
        let mut tell = |pages: &[usize], one: &str, several: &str| match pages {
            [] => {}
            [page] => told.push(format!("page {page} {one}")),
            [first, ..] => told.push(format!(
                "{} pages {several}, the first is page {first}",
                pages.len()
            )),
        };
        tell(
            &self.cut,
            "unpacks to more than is read",
            "unpack to more than is read",
        );
        tell(&self.damaged, "is damaged", "are damaged");
        tell(
            &self.pictures,
            "is a picture without text",
            "are pictures without text",
        );
        tell(
            &self.unknown,
            "has a font that does not say which letters it draws",
            "have fonts that do not say which letters they draw",
        );
        if tree.pages.len() >= PAGES_MAX {
            told.push(format!("more than {PAGES_MAX} pages: the rest is left out"));
        }
        told
    }
}
