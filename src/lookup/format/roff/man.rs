//! The macros of man(7), with those that groff and generators of pages add.

use super::Reader;
use super::escape::{Font, Fonts};
use super::input::{Step, arguments};

impl Reader<'_> {
    /// Does what a macro of man(7) says; tells whether `name` is one.
    pub(super) fn man(&mut self, name: &str, rest: &str) -> bool {
        let mut words = arguments(rest).into_iter();
        if matches!(name, "PP" | "P" | "LP" | "HP" | "TP" | "TQ" | "IP") {
            self.fonts = Fonts::default();
        }
        match name {
            "TH" => {
                self.page.name = words
                    .next()
                    .map(|word| self.cell(&word))
                    .unwrap_or_default();
                self.page.section = words.next().unwrap_or_default();
            }
            "SH" | "SS" => self.heading(if name == "SH" { 2 } else { 3 }, rest),
            "PP" | "P" | "LP" | "HP" => self.page.paragraph(),
            "TP" | "TQ" => self.page.begin_term(),
            "IP" => match words.next().filter(|word| !word.is_empty()) {
                Some(term) => {
                    self.page.begin_term();
                    self.write(&term);
                    self.page.end_term();
                }
                None => self.page.end_paragraph(),
            },
            "RS" if words.next().is_some() => self.page.indent(),
            "RS" => self.page.begin_list(),
            "RE" => self.page.end_indent(),
            "B" | "I" | "SM" | "SB" | "R" => {
                let font = if matches!(name, "SM" | "R") {
                    Font::Plain
                } else {
                    Font::Marked
                };
                let text = words.collect::<Vec<_>>().join(" ");
                if text.is_empty() {
                    self.next_font = Some(font);
                } else {
                    self.styled(&text, font);
                    self.page.end_line();
                }
            }
            "BR" | "RB" | "BI" | "IB" | "IR" | "RI" => {
                let font = |at: usize| match name.as_bytes().get(at % 2) {
                    Some(b'R') => Font::Plain,
                    _ => Font::Marked,
                };
                self.page.words.space();
                for (at, word) in words.enumerate() {
                    self.styled_on(&word, font(at));
                }
                self.page.end_line();
            }
            "UR" | "MT" => self.address = Some(words.next().unwrap_or_default()),
            "UE" | "ME" => {
                if let Some(address) = self.address.take().filter(|address| !address.is_empty()) {
                    self.write(&format!("<{address}>"));
                    words.for_each(|word| self.write_on(&word));
                    self.page.end_line();
                }
            }
            _ => return false,
        }
        true
    }

    /// Does what a macro says that some pages define themselves, if this one did not.
    pub(super) fn extra(&mut self, name: &str, rest: &str) -> bool {
        let words = arguments(rest);
        match name {
            "MR" => {
                let mut words = words.into_iter();
                let page = words.next().unwrap_or_default();
                let section = words.next().unwrap_or_default();
                self.write(&format!("{page}({section})"));
                words.for_each(|word| self.write_on(&word));
                self.page.end_line();
            }
            "SY" => {
                self.page.end_paragraph();
                self.words(&words);
            }
            "YS" | "Sp" => self.page.end_paragraph(),
            "OP" => {
                self.write("[");
                words.iter().enumerate().for_each(|(at, word)| {
                    if at > 0 {
                        self.page.words.space();
                    }
                    self.write_on(word);
                });
                self.write_on("]");
                self.page.end_line();
            }
            "Vb" | "CS" | "DS" => self.page.set_code(true),
            "Ve" | "CE" | "DE" => self.page.set_code(false),
            "QW" | "PQ" => {
                let quoted = words
                    .first()
                    .map_or_else(String::new, |word| format!("\"{word}\""));
                self.write(&quoted);
                words.iter().skip(1).for_each(|word| self.write_on(word));
                self.page.end_line();
            }
            _ => return false,
        }
        true
    }

    /// Writes a heading, whose words stand in the next line if not in this one.
    pub(super) fn heading(&mut self, level: u8, rest: &str) {
        let mut title = arguments(rest).join(" ");
        if title.is_empty()
            && let Some(Step::Text(text)) = self.input.next()
        {
            title = text;
        }
        self.next_font = None;
        self.fonts = Fonts::default();
        let title = self.cell(&title).replace('`', "");
        self.page.heading(level, &title);
    }
}
