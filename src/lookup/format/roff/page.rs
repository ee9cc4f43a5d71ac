//! The page that is written: paragraphs filled to one line each, terms with what is said of them, items, code.

use super::escape::Words;
use crate::lookup::clean::one_line;
use crate::lookup::document::{BlockKind, Document, Kind, slug};
use crate::lookup::format::sheet::Sheet;
use crate::lookup::passage::fence_around;

/// Bytes from which a paragraph goes on in another line: longer lines are cut.
const PARAGRAPH_BYTES_MAX: usize = 8_000;
/// Lists in lists that are indented; what is deeper is written like the deepest of them.
const DEPTH_MAX: usize = 16;
/// Names that a page says it is about: of the C library, a page has forty.
const NAMES_MAX: usize = 200;
/// Letters of the longest mark of an item: `(iv)`.
const MARK_LETTERS_MAX: usize = 5;
/// Bytes of the longest term that only its place tells.
const TERM_BYTES_MAX: usize = 160;
/// What stands before a description, and before an item.
const SAID: &str = ": ";
const ITEM: &str = "- ";
/// Between the names of a page and what they are.
const DASHES: [&str; 4] = [" - ", " – ", " — ", " − "];

/// What goes on with a term or an item.
#[derive(Debug)]
struct Item {
    mark: String,
    /// Whether its mark was not written yet.
    is_due: bool,
}

/// A line that was read, with the line of the file.
type Placed = (String, u32);

/// A page being written.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Page {
    sheet: Sheet,
    /// What is written and not yet in the page.
    pub(super) words: Words,
    /// Line of the file being read, and of the first of the words.
    line: u32,
    first: u32,
    /// Whether the paragraph has a line already.
    is_begun: bool,
    items: Vec<Item>,
    /// How many of them what comes next stands in.
    base: usize,
    /// What that and they were before each indentation.
    indented: Vec<(usize, usize)>,
    /// Whether the last line is a term, or an item, of so many.
    after_term: Option<usize>,
    after_item: Option<usize>,
    /// Lines of code that are not yet in the page.
    code: Vec<Placed>,
    /// Whether lines are code as they stand.
    pub(super) is_code: bool,
    /// Whether the words are to be a term.
    is_term: bool,
    /// Whether this tells how something is called: in lines, not sentences.
    pub(super) is_synopsis: bool,
    /// Name and section that the page gives at its head.
    pub(super) name: String,
    pub(super) section: String,
    /// The first heading, and what stands below it, until the next.
    about: Option<(Placed, Vec<Placed>)>,
    is_titled: bool,
    title: String,
}

impl Page {
    /// Goes on with line `line` of the file.
    pub(super) fn at(&mut self, line: u32) {
        self.line = line;
        if self.words.is_empty() {
            self.first = line;
        }
    }

    /// Ends what one line of the file gave to be shown.
    pub(super) fn end_line(&mut self) {
        if self.words.is_joined && self.words.len() <= PARAGRAPH_BYTES_MAX {
            return;
        }
        if self.is_term {
            if !self.words.is_empty() {
                self.end_term();
            }
        } else if self.is_code {
            self.code_line();
        } else if self.words.len() > PARAGRAPH_BYTES_MAX {
            self.break_line();
        }
    }

    fn code_line(&mut self) {
        let text = self.words.take();
        self.code.push((text.trim_end().to_owned(), self.line));
    }

    /// Ends the line that is written.
    pub(super) fn break_line(&mut self) {
        if self.is_term {
            // It goes on below.
            return;
        }
        if self.is_code {
            if !self.words.is_empty() {
                self.code_line();
            }
            return;
        }
        if self.words.is_empty() {
            self.words.take();
            self.verbatim();
            return;
        }
        let text = one_line(&self.words.take());
        self.verbatim();
        let is_sentence = text.ends_with(['.', ':']) && !text.ends_with("...");
        let is_call = self.is_synopsis && self.items.is_empty() && !is_sentence;
        if is_call && self.is_told() {
            self.code.push((text, self.first));
        } else {
            self.end_code();
            self.write_line(&text);
        }
    }

    /// Ends the paragraph that is written.
    pub(super) fn end_paragraph(&mut self) {
        self.break_line();
        if self.is_code || !self.code.is_empty() {
            self.code.push((String::new(), self.line));
        }
        self.is_begun = false;
    }

    /// Begins a paragraph that belongs to no term.
    pub(super) fn paragraph(&mut self) {
        if self.is_term {
            self.end_term();
        }
        self.end_paragraph();
        self.leave_items();
    }

    fn leave_items(&mut self) {
        if self.items.len() > self.base {
            self.end_code();
            self.items.truncate(self.base);
        }
    }

    /// Indents what follows, below the words that are written if these are a term: so generators of pages write it.
    pub(super) fn indent(&mut self) {
        let restored = (self.items.len(), self.base);
        let text = self.words.len();
        let is_term = !self.is_begun && !self.is_synopsis && !self.is_code && self.is_told();
        if is_term && (1..=TERM_BYTES_MAX).contains(&text) && !self.words.is_empty() {
            let words = one_line(&self.words.take());
            let is_sentence = words.ends_with(['.', ':', ';', ',']) && !words.ends_with("...");
            if is_sentence {
                self.end_code();
                self.write_line(&words);
            } else {
                self.put_term(&words);
            }
        }
        self.end_paragraph();
        self.indented.push(restored);
        self.base = self.items.len();
    }

    /// Begins a list within what comes before.
    pub(super) fn begin_list(&mut self) {
        self.end_paragraph();
        self.indented.push((self.items.len(), self.base));
        self.base = self.items.len();
    }

    pub(super) fn end_indent(&mut self) {
        self.end_paragraph();
        if let Some((items, base)) = self.indented.pop() {
            if self.items.len() > items {
                self.end_code();
                self.items.truncate(items);
            }
            self.base = base;
        }
    }

    /// Begins a term: the words to the end of a line are it.
    pub(super) fn begin_term(&mut self) {
        self.paragraph();
        self.is_term = true;
        self.verbatim();
    }

    /// Ends a term that is written; what comes next is said of it.
    pub(super) fn end_term(&mut self) {
        self.is_term = false;
        let is_marked = self.words.is_marked;
        let words = one_line(&self.words.take());
        self.verbatim();
        self.first = self.line;
        if words.is_empty() {
            return;
        }
        if let Some(mark) = mark_of(&words) {
            self.begin_item(mark);
            return;
        }
        let is_plain = !is_marked || words.contains('`');
        self.put_term(&if is_plain {
            words
        } else {
            format!("`{words}`")
        });
    }

    fn put_term(&mut self, words: &str) {
        self.end_code();
        let depth = self.items.len();
        if self.is_told() {
            let is_below = self.after_term == Some(depth);
            self.begin_page();
            self.begin_other();
            if !is_below {
                self.sheet.gap();
            }
            self.put(words, (!is_below).then_some(BlockKind::Prose));
            self.after_term = Some(depth);
        } else {
            self.write_line(words);
        }
        self.push_item(SAID.to_owned());
        self.is_begun = false;
    }

    /// Begins an item, before whose first words `mark` stands.
    pub(super) fn begin_item(&mut self, mark: String) {
        self.paragraph();
        self.end_code();
        self.push_item(mark);
    }

    fn push_item(&mut self, mark: String) {
        self.items.push(Item { mark, is_due: true });
    }

    /// Sets whether lines stand as they are from here on.
    pub(super) fn set_code(&mut self, is_code: bool) {
        if is_code != self.is_code {
            self.break_line();
            self.is_code = is_code;
            if !self.is_synopsis {
                self.end_code();
            }
            self.is_begun = false;
        }
        self.verbatim();
    }

    fn verbatim(&mut self) {
        self.words.is_verbatim = self.is_code || self.is_term || self.is_synopsis;
    }

    /// Writes the code that waits.
    pub(super) fn end_code(&mut self) {
        let lines = std::mem::take(&mut self.code);
        let is_filled = |(line, _): &Placed| !line.trim().is_empty();
        let first = lines.iter().position(is_filled);
        let last = lines.iter().rposition(is_filled);
        let (Some(first), Some(last)) = (first, last) else {
            return;
        };
        let lines = lines.get(first..=last).unwrap_or_default();
        if !self.is_told() {
            for (line, at) in lines {
                self.first = *at;
                self.write_line(line);
            }
            return;
        }
        let filled = lines.iter().filter(|line| is_filled(line));
        let blanks = |line: &str| line.bytes().take_while(|byte| *byte == b' ').count();
        let margin = filled
            .map(|(line, _)| blanks(line))
            .min()
            .unwrap_or_default();
        let text: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
        let fence = fence_around(&text.join("\n"));
        self.begin_page();
        self.begin_other();
        self.sheet.gap();
        self.first = lines.first().map_or(self.line, |(_, at)| *at);
        let kind = BlockKind::Code {
            fence: Some(fence.clone()),
        };
        self.put(&fence, Some(kind));
        let prefix = self.prefix();
        for (line, at) in lines {
            self.sheet.at(*at);
            let line = line.get(margin..).unwrap_or_default();
            self.sheet.row(None, &format!("{prefix}{line}"));
        }
        self.sheet.row(None, &format!("{prefix}{fence}"));
        self.sheet.gap();
        self.is_begun = false;
    }

    /// Writes a table.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) {
        self.end_paragraph();
        self.end_code();
        if self.is_told() {
            self.begin_page();
            self.begin_other();
            self.sheet.at(self.line);
            self.sheet.table(rows);
            (self.after_term, self.after_item) = (None, None);
        } else {
            for row in rows {
                self.write_line(&row.join(" "));
            }
        }
    }

    /// Writes a heading.
    pub(super) fn heading(&mut self, level: u8, title: &str) {
        self.end_all();
        let title = one_line(title);
        if !self.is_titled && self.about.is_none() {
            self.about = Some(((title, self.line), Vec::new()));
            return;
        }
        self.begin_page();
        self.sheet.at(self.line);
        if !title.is_empty() {
            self.sheet.heading(level, &title, "", Vec::new());
        }
        self.is_synopsis = title.eq_ignore_ascii_case("synopsis");
        self.verbatim();
    }

    fn end_all(&mut self) {
        if self.is_term {
            self.end_term();
        }
        self.break_line();
        self.is_code = false;
        self.end_code();
        self.items.clear();
        self.indented.clear();
        self.base = 0;
        self.is_begun = false;
        self.is_synopsis = false;
        (self.after_term, self.after_item) = (None, None);
        self.verbatim();
    }

    /// Tells whether the page says what it is about; until then, lines wait.
    fn is_told(&self) -> bool {
        self.about.is_none()
    }

    /// Says of a text that it does not begin what is said of a term.
    fn begin_other(&mut self) {
        let terms = self.items.iter_mut().filter(|item| item.mark == SAID);
        terms.for_each(|item| item.is_due = false);
    }

    fn write_line(&mut self, text: &str) {
        if let Some((_, lines)) = &mut self.about {
            lines.push((text.to_owned(), self.first));
            return;
        }
        self.begin_page();
        let marked = text
            .split_once(' ')
            .filter(|_| !self.is_begun && !self.indented.is_empty());
        let marked = marked.and_then(|(mark, rest)| Some((drawn_mark(mark)?, rest)));
        let text = match marked {
            // Generators of pages draw the mark of an item themselves.
            Some((mark, rest)) => {
                self.push_item(mark);
                rest
            }
            None => text,
        };
        let depth = self.items.len();
        let due = self.items.last().filter(|item| item.is_due);
        let is_said = due.is_some_and(|item| item.mark == SAID);
        let is_item = due.is_some() && !is_said;
        if is_said && self.after_term.is_some() || self.is_begun {
            self.put(text, None);
        } else {
            if !(is_item && self.after_item == Some(depth)) {
                self.sheet.gap();
            }
            self.put(text, Some(BlockKind::Prose));
        }
        self.is_begun = true;
        self.after_item = is_item.then_some(depth);
        self.after_term = None;
    }

    /// Writes a line behind the marks that are due.
    fn put(&mut self, text: &str, kind: Option<BlockKind>) {
        self.begin_page();
        let prefix = self.prefix();
        self.sheet.at(self.first);
        self.sheet.row(kind, &format!("{prefix}{text}"));
        (self.after_term, self.after_item) = (None, None);
    }

    fn prefix(&mut self) -> String {
        let mut prefix = String::new();
        for item in self.items.iter_mut().take(DEPTH_MAX) {
            if std::mem::take(&mut item.is_due) {
                prefix.push_str(&item.mark);
            } else {
                prefix.extend(std::iter::repeat_n(' ', item.mark.chars().count()));
            }
        }
        prefix
    }

    /// Begins the page with what it is called and about.
    fn begin_page(&mut self) {
        if std::mem::replace(&mut self.is_titled, true) {
            return;
        }
        let about = self.about.take();
        let ((heading, at), lines) = about.unwrap_or_default();
        let told = lines.iter().map(|(line, _)| line.as_str());
        let told = told.collect::<Vec<_>>().join(" ");
        let named = Named::of(&told);
        self.title = named.title(&self.name, &self.section);
        let anchor = if named.names.is_empty() {
            ""
        } else {
            &slug(&heading)
        };
        if !self.title.is_empty() {
            self.sheet.at(lines.first().map_or(1, |(_, at)| *at));
            self.sheet.heading(1, &self.title, anchor, named.defined());
        }
        if let [_] = named.names.as_slice() {
            // The title says it all.
            return;
        }
        if named.names.is_empty() && !heading.is_empty() {
            self.sheet.at(at);
            self.sheet.heading(2, &heading, "", Vec::new());
        }
        for (line, at) in lines {
            self.sheet.at(at);
            self.sheet.gap();
            self.sheet.prose(&line);
        }
        self.sheet.gap();
    }

    /// Returns the page.
    pub(super) fn finish(mut self) -> Document {
        self.end_all();
        self.begin_page();
        let is_of_calls = self.section.starts_with(['2', '3']);
        let kind = if is_of_calls { Kind::Api } else { Kind::Guide };
        self.sheet.finish(&self.title, kind, None)
    }
}

/// Returns the mark of an item that a word is which is drawn: `•`, `2.`.
fn drawn_mark(word: &str) -> Option<String> {
    let number = word.strip_suffix('.').filter(|number| !number.is_empty());
    let is_number = number
        .is_some_and(|number| number.len() < 3 && number.bytes().all(|byte| byte.is_ascii_digit()));
    if is_number {
        return Some(format!("{word} "));
    }
    ["•", "·", "○"].contains(&word).then(|| ITEM.to_owned())
}

/// Returns what stands before the words of an item, if `term` is no term but that.
fn mark_of(term: &str) -> Option<String> {
    if ["•", "·", "○", "*", "o", "-", "–", "—", "+", "□", "⎯"].contains(&term) {
        return Some(ITEM.to_owned());
    }
    let is_short = term.chars().count() <= MARK_LETTERS_MAX;
    let bare = term
        .trim_start_matches(['(', '['])
        .trim_end_matches([')', ']', '.', ':']);
    let is_number = !bare.is_empty() && bare.chars().all(|letter| letter.is_ascii_digit());
    let is_letter = bare.len() == 1 && bare.chars().all(char::is_alphabetic);
    let is_mark =
        is_short && bare.len() < term.len() && !term.ends_with(':') && (is_number || is_letter);
    if is_mark && is_number {
        return Some(format!("{bare}. "));
    }
    is_mark.then(|| format!("{ITEM}{term} "))
}

/// What a page says it is about: `printf, fprintf - formatted output`.
struct Named<'t> {
    names: Vec<String>,
    what: &'t str,
}

impl<'t> Named<'t> {
    fn of(told: &'t str) -> Self {
        let split = DASHES.iter().filter_map(|dash| told.split_once(dash));
        let (names, what) = split
            .min_by_key(|(names, _)| names.len())
            .unwrap_or_default();
        let names = names.split(',').map(one_line);
        Self {
            names: names.filter(|name| !name.is_empty()).collect(),
            what: what.trim(),
        }
    }

    /// Returns what to call the page whose head gives `name` and `section`, often in capitals.
    fn title(&self, name: &str, section: &str) -> String {
        let own = self.names.iter().find(|own| own.eq_ignore_ascii_case(name));
        let own = own.or(self.names.first()).map_or(name, String::as_str);
        let section = match section.to_lowercase() {
            section if section.is_empty() || own.is_empty() => String::new(),
            section => format!("({section})"),
        };
        let dash = if self.what.is_empty() { "" } else { " – " };
        format!("{own}{section}{dash}{}", self.what)
    }

    fn defined(&self) -> Vec<String> {
        let is_word = |name: &&String| !name.contains(char::is_whitespace);
        self.names
            .iter()
            .filter(is_word)
            .take(NAMES_MAX)
            .cloned()
            .collect()
    }
}
