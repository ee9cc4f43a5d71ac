//! Manual pages as their authors write them: roff, with the macros of man(7) or mdoc(7).
//!
//! [`input`] gives the lines as a formatter sees them, [`escape`] the letters of each, [`man`] and [`mdoc`] know what the macros
//! mean, and [`page`] writes it down: filled paragraphs, `term` and `: description` for what is listed so, code in fences.

mod character;
mod escape;
mod expression;
mod input;
mod man;
mod mdoc;
mod page;
mod request;
mod table;

use self::escape::{Font, Fonts, Words};
use self::input::{Input, Step};
use self::page::Page;
use super::{Format, Pages, Unread, why_binary};
use crate::lookup::clean;

/// Bytes of the largest page: the longest that are written, of all that a compiler or `FFmpeg` can be told, have two million.
const PAGE_BYTES_MAX: u64 = 8 << 20;
/// Letters of what stands behind the number of a section: `3ssl`, `3ncurses`.
const SECTION_LETTERS_MAX: usize = 10;

/// `.1` and its sisters.
pub(super) struct Roff;

impl Format for Roff {
    fn name(&self) -> &'static str {
        "manual pages"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[
            "1", "2", "3", "4", "5", "6", "7", "8", "9", "n", "man", "mdoc",
        ]
    }

    /// Sections have parts: `3ssl`.
    fn claims(&self, extension: &str) -> bool {
        let part = extension.strip_prefix(|letter: char| letter.is_ascii_digit());
        let is_part = |part: &str| {
            part.starts_with(|letter: char| letter.is_ascii_lowercase())
                && part.len() <= SECTION_LETTERS_MAX
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        self.extensions().contains(&extension) || part.is_some_and(is_part)
    }

    /// Tells by the first line that is no comment, or by a comment: names that end with a number are of anything.
    fn recognizes(&self, head: &str) -> bool {
        let mut lines = head.lines().filter(|line| !line.trim().is_empty());
        let Some(first) = lines.next() else {
            return false;
        };
        let is_comment = |line: &str| {
            [".\\\"", "'\\\"", ".\\#", "\\\""]
                .iter()
                .any(|mark| line.starts_with(mark))
        };
        let is_title = |line: &str| {
            let name = input::request(line).map(|(name, _)| name);
            name.is_some_and(|name| ["TH", "Dd", "Dt", "so"].contains(&name))
        };
        let is_request = |line: &str| {
            let name = input::request(line).map(|(name, _)| name);
            name.is_some_and(|name| name.len() <= 3 && name.starts_with(char::is_alphabetic))
        };
        is_comment(first) || is_title(first) || is_request(first) && lines.any(is_title)
    }

    fn bytes_max(&self) -> u64 {
        PAGE_BYTES_MAX
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        if bytes.contains(&0) {
            return Err(Unread::Broken(why_binary(bytes).to_owned()));
        }
        let text = clean::visible(&String::from_utf8_lossy(bytes));
        if is_alias(&text) {
            // What it stands for is a page of its own, and names it.
            return Err(Unread::Foreign);
        }
        let mut reader = Reader::of(&text);
        reader.read();
        let skipped = reader.input.is_beyond().then(|| {
            "asks for more strings and macros than a page may, and is read without the others"
                .to_owned()
        });
        Ok(Pages {
            skipped: skipped.into_iter().collect(),
            ..reader.page.finish().into()
        })
    }
}

/// Tells whether a page only says which other one is to be read: `.so man3/printf.3`.
fn is_alias(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| {
        let name = input::request(line).map(|(name, _)| name);
        !line.trim().is_empty() && name != Some("")
    });
    let first = lines.next().and_then(input::request);
    first.is_some_and(|(name, _)| name == "so") && lines.next().is_none()
}

/// A page being read.
struct Reader<'a> {
    input: Input<'a>,
    page: Page,
    fonts: Fonts,
    /// The font of the next line of text, where a macro without words says so.
    next_font: Option<Font>,
    mdoc: mdoc::State,
    /// The address that the words before its end lead to.
    address: Option<String>,
}

impl<'a> Reader<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            input: Input::of(text),
            page: Page::default(),
            fonts: Fonts::default(),
            next_font: None,
            mdoc: mdoc::State::default(),
            address: None,
        }
    }

    fn read(&mut self) {
        while let Some(step) = self.input.next() {
            self.page.at(self.input.number());
            match step {
                Step::Text(text) => self.text(&text),
                Step::Request(name, rest) => self.obey(&name, &rest),
            }
        }
    }

    fn obey(&mut self, name: &str, rest: &str) {
        let is_known = if self.mdoc.is_mdoc(name) {
            self.mdoc(name, rest)
        } else {
            self.man(name, rest)
        };
        if is_known
            || self.request(name, rest)
            || self.input.call(name, rest)
            || self.extra(name, rest)
        {
            return;
        }
        // What nobody knows may still say something.
        if !request::is_silent(name) {
            self.words(&input::arguments(rest));
        }
    }

    /// Shows a line of text.
    fn text(&mut self, text: &str) {
        if text.trim().is_empty() {
            self.page.end_paragraph();
            return;
        }
        if text.starts_with(' ') && !self.page.is_code {
            self.page.break_line();
        }
        if let Some(font) = self.next_font.take() {
            self.styled(text, font);
        } else {
            self.write(text);
        }
        self.page.end_line();
    }

    /// Shows words between spaces, as a line.
    fn words(&mut self, words: &[String]) {
        for word in words {
            self.write(word);
        }
        self.page.end_line();
    }

    /// Writes text behind a space.
    fn write(&mut self, text: &str) {
        self.page.words.space();
        self.write_on(text);
    }

    /// Writes text right behind what stands there.
    fn write_on(&mut self, text: &str) {
        let words = &mut self.page.words;
        words.write(text, &mut self.fonts, &self.input.translated);
    }

    /// Writes text behind a space in a font of its own.
    fn styled(&mut self, text: &str, font: Font) {
        self.page.words.space();
        self.styled_on(text, font);
    }

    fn styled_on(&mut self, text: &str, font: Font) {
        let mut fonts = Fonts::default();
        fonts.set(font);
        let words = &mut self.page.words;
        words.write(text, &mut fonts, &self.input.translated);
        self.fonts = Fonts::default();
    }

    /// Returns what a part of a table shows.
    fn cell(&mut self, text: &str) -> String {
        let mut words = Words::verbatim();
        words.write(text, &mut Fonts::default(), &self.input.translated);
        words.take()
    }
}

#[cfg(test)]
mod tests;
