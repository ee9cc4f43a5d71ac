//! How separated values are spelled: the separator, the quotes, the ends of lines.

use std::borrow::Cow;

use super::super::json::is_bare;

/// Separators that are tried, with their words in a header; the first needs none.
const SEPARATORS: [(char, &str); 4] = [(',', ""), ('\t', "tab"), (';', "semicolon"), ('|', "pipe")];

/// Rows by which a separator is chosen.
const SAMPLE_ROWS: usize = 50;

/// Bytes by which a separator is chosen: one field may be as long as the text.
const SAMPLE_BYTES: usize = 64 << 10;

/// Rows and columns from which rows of several lengths are taken for a table: prose has commas too.
const RAGGED_MIN: usize = 4;

/// Percent of the sampled rows that must have as many fields as the first.
const AGREE_PERCENT: usize = 75;

/// When a field stands between quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// If it holds a separator, a quote or the end of a line.
    Needed,
    /// Unless it is a number.
    Texts,
    /// Always.
    All,
}

/// Rules with their words in a header.
const QUOTES: [(Quotes, &str); 3] = [
    (Quotes::Needed, ""),
    (Quotes::Texts, "quoted-texts"),
    (Quotes::All, "quoted"),
];

/// How a table is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    separator: char,
    quotes: Quotes,
    crlf: bool,
    /// Whether the text begins with a byte order mark.
    mark: bool,
    /// Whether the last row ends as the others do.
    ends: bool,
    width: Width,
}

/// How many fields the rows have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    /// As many as the first.
    Even,
    /// Fewer where the last ones would be empty.
    Short,
    /// As many as the first, but the last field holds separators without quotes; so many, once that is known.
    Open(usize),
}

/// A field as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'t> {
    raw: &'t str,
    quoted: bool,
}

impl<'t> Field<'t> {
    /// Returns how many ends of lines the field holds.
    pub(super) fn lines(self) -> usize {
        self.raw.matches('\n').count()
    }

    /// Tells whether the field says nothing.
    pub(super) fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// Returns what the field says.
    pub(super) fn content(self) -> Cow<'t, str> {
        if self.quoted && self.raw.contains("\"\"") {
            Cow::Owned(self.raw.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(self.raw)
        }
    }
}

impl Dialect {
    /// Finds the dialect of `text`, whose first rows tell the separator.
    pub(super) fn detect(text: &str) -> Option<Self> {
        let mark = text.starts_with(BOM);
        let body = text.strip_prefix(BOM).unwrap_or(text);
        let first = body.get(..body.find('\n')?)?;
        let crlf = first.ends_with('\r');
        let mut dialect = Self {
            separator: ',',
            quotes: Quotes::Needed,
            crlf,
            mark,
            ends: body.ends_with(if crlf { "\r\n" } else { "\n" }),
            width: Width::Even,
        };
        let columns = |separator| {
            let head = body.get(..floor(body, SAMPLE_BYTES))?;
            let rows = Rows::new(head, separator, crlf, None);
            let counts: Vec<usize> = rows
                .take(SAMPLE_ROWS)
                .map_while(|row| Some(row?.len()))
                .collect();
            let count = *counts.first()?;
            let agree = |what: &dyn Fn(&usize) -> bool| {
                counts.iter().filter(|other| what(other)).count() * 100
                    >= counts.len() * AGREE_PERCENT
            };
            let is_wide = counts.len() >= RAGGED_MIN && count >= RAGGED_MIN;
            let width = if agree(&|other| *other == count) {
                Width::Even
            } else if is_wide && counts.iter().all(|other| *other >= count) {
                Width::Open(count)
            } else if is_wide && counts.iter().all(|other| (2..=count).contains(other)) {
                Width::Short
            } else {
                return None;
            };
            (count > 1).then_some((count, width))
        };
        let ((_, width), separator) = SEPARATORS
            .into_iter()
            .filter_map(|(separator, _)| Some((columns(separator)?, separator)))
            .max_by_key(|((count, width), separator)| {
                (*width == Width::Even, *count, *separator == ',')
            })?;
        dialect.width = width;
        dialect.separator = separator;
        Some(dialect)
    }

    /// Cuts `text` into rows, or returns `None` if a quote is out of place.
    pub(super) fn rows(self, text: &str) -> Option<Vec<Vec<Field<'_>>>> {
        let body = text.strip_prefix(BOM).unwrap_or(text);
        let open = match self.width {
            Width::Open(count) => Some(count),
            Width::Even | Width::Short => None,
        };
        Rows::new(body, self.separator, self.crlf, open).collect()
    }

    /// Tells whether rows may end before the last column.
    pub(super) fn is_short(self) -> bool {
        self.width == Width::Short
    }

    /// Says how many columns there are.
    pub(super) fn with_columns(self, count: usize) -> Self {
        let width = match self.width {
            Width::Open(_) => Width::Open(count),
            width => width,
        };
        Self { width, ..self }
    }

    /// Returns the rule of quotes that writes `rows` as they are, if there is one.
    pub(super) fn with_quotes(self, rows: &[Vec<Field<'_>>]) -> Option<Self> {
        QUOTES
            .into_iter()
            .map(|(quotes, _)| Self { quotes, ..self })
            .find(|dialect| {
                rows.iter().all(|row| {
                    row.iter().zip(1..).all(|(field, column)| {
                        dialect.is_quoted(&field.content(), column) == field.quoted
                    })
                })
            })
    }

    /// Tells whether a field stands between quotes; columns count from 1.
    fn is_quoted(self, content: &str, column: usize) -> bool {
        let needed = content.contains(['"', '\n', '\r'])
            || (content.contains(self.separator) && self.width != Width::Open(column));
        match self.quotes {
            Quotes::Needed => needed,
            Quotes::Texts => {
                needed
                    || !(content.starts_with(|first: char| first == '-' || first.is_ascii_digit())
                        && is_bare(content))
            }
            Quotes::All => true,
        }
    }

    /// Writes the mark that a text begins with.
    pub(super) fn start(self, out: &mut String) {
        if self.mark {
            out.push_str(BOM);
        }
    }

    /// Writes a row and the end of its line.
    pub(super) fn write<'f>(self, fields: impl Iterator<Item = Cow<'f, str>>, out: &mut String) {
        for (field, column) in fields.zip(1..) {
            if column > 1 {
                out.push(self.separator);
            }
            if self.is_quoted(&field, column) {
                out.push('"');
                out.push_str(&field.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&field);
            }
        }
        out.push_str(self.line_end());
    }

    /// Takes back the end of the last line if the text had none.
    pub(super) fn finish(self, out: &mut String) {
        if !self.ends && out.ends_with(self.line_end()) {
            out.truncate(out.len() - self.line_end().len());
        }
    }

    fn line_end(self) -> &'static str {
        if self.crlf { "\r\n" } else { "\n" }
    }

    /// Names the dialect in words, each after a space; nothing for commas, quotes where needed and plain lines.
    pub(super) fn header(self) -> String {
        let separators = SEPARATORS
            .iter()
            .find(|(other, _)| *other == self.separator);
        let quotes = QUOTES.iter().find(|(other, _)| *other == self.quotes);
        [
            separators.map_or("", |(_, word)| word),
            quotes.map_or("", |(_, word)| word),
            if self.crlf { "crlf" } else { "" },
            if self.mark { "bom" } else { "" },
            if self.ends { "" } else { "no-newline" },
            match self.width {
                Width::Even => "",
                Width::Short => "short-rows",
                Width::Open(_) => "open-end",
            },
        ]
        .into_iter()
        .filter(|word| !word.is_empty())
        .fold(String::new(), |words, word| words + " " + word)
    }

    /// Reads what [`Self::header`] wrote.
    pub(super) fn from_header(words: &str) -> Option<Self> {
        let mut dialect = Self {
            separator: ',',
            quotes: Quotes::Needed,
            crlf: false,
            mark: false,
            ends: true,
            width: Width::Even,
        };
        for word in words.split_terminator(' ').skip(1) {
            match word {
                "crlf" => dialect.crlf = true,
                "bom" => dialect.mark = true,
                "no-newline" => dialect.ends = false,
                "short-rows" => dialect.width = Width::Short,
                "open-end" => dialect.width = Width::Open(0),
                "" => return None,
                _ => {
                    if let Some((separator, _)) = SEPARATORS.iter().find(|(_, name)| *name == word)
                    {
                        dialect.separator = *separator;
                    } else {
                        dialect.quotes = QUOTES.iter().find(|(_, name)| *name == word)?.0;
                    }
                }
            }
        }
        Some(dialect)
    }
}

const BOM: &str = "\u{feff}";

fn floor(text: &str, bytes_max: usize) -> usize {
    let end = text.len().min(bytes_max);
    let end = (0..=end).rev().find(|end| text.is_char_boundary(*end));
    // Only whole rows are counted.
    let end = end.unwrap_or(0);
    if end == text.len() {
        return end;
    }
    text.get(..end)
        .and_then(|head| head.rfind('\n'))
        .map_or(end, |line| line + 1)
}

/// Reads rows; `None` where a quote is out of place.
struct Rows<'t> {
    rest: &'t str,
    separator: char,
    crlf: bool,
    /// The column, counted from 1, that takes the rest of its line.
    open: Option<usize>,
}

impl<'t> Rows<'t> {
    fn new(text: &'t str, separator: char, crlf: bool, open: Option<usize>) -> Self {
        Self {
            rest: text,
            separator,
            crlf,
            open,
        }
    }

    /// Reads a field and what ends it; tells whether it was the last of its row. One that takes the rest may hold separators.
    fn field(&mut self, takes_rest: bool) -> Option<(Field<'t>, bool)> {
        let quoted = self.rest.strip_prefix('"');
        let (raw, after) = if let Some(inside) = quoted {
            let mut end = 0;
            loop {
                end += inside.get(end..)?.find('"')?;
                if !inside.get(end + 1..)?.starts_with('"') {
                    break;
                }
                end += 2;
            }
            (inside.get(..end)?, inside.get(end + 1..)?)
        } else {
            let line = self.rest.find('\n').unwrap_or(self.rest.len());
            let separator = self.rest.get(..line)?.find(self.separator);
            let end = separator.filter(|_| !takes_rest).unwrap_or(line);
            let (mut raw, mut after) = self.rest.split_at_checked(end)?;
            if self.crlf && after.starts_with('\n') && raw.ends_with('\r') {
                (raw, after) = self.rest.split_at_checked(end - 1)?;
            }
            (raw, after)
        };
        let field = Field {
            raw,
            quoted: quoted.is_some(),
        };
        if let Some(rest) = after.strip_prefix(self.separator) {
            self.rest = rest;
            return Some((field, false));
        }
        let end = if self.crlf { "\r\n" } else { "\n" };
        self.rest = match after.strip_prefix(end) {
            Some(rest) => rest,
            None if after.is_empty() => after,
            None => return None,
        };
        Some((field, true))
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = Option<Vec<Field<'t>>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut fields = Vec::new();
        loop {
            let takes_rest = self.open == Some(fields.len() + 1);
            let Some((field, is_last)) = self.field(takes_rest) else {
                self.rest = "";
                return Some(None);
            };
            fields.push(field);
            if is_last {
                return Some(Some(fields));
            }
        }
    }
}
