//! How separated values are spelled: the separator, the quotes, the ends of lines.

use std::borrow::Cow;

use super::super::json::is_bare;

/// Separators that are tried, with their words in a header; the first needs none.
const SEPARATORS: [(char, &str); 4] = [(',', ""), ('\t', "tab"), (';', "semicolon"), ('|', "pipe")];

/// Rows by which a separator is chosen.
const SAMPLE_ROWS: usize = 50;

/// Bytes by which a separator is chosen: one field may be as long as the text.
const SAMPLE_BYTES: usize = 64 << 10;

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
}

/// A field as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'t> {
    raw: &'t str,
    quoted: bool,
}

impl<'t> Field<'t> {
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
        };
        let columns = |separator| {
            let rows = Rows::new(body.get(..floor(body, SAMPLE_BYTES))?, separator, crlf);
            let counts: Vec<usize> = rows
                .take(SAMPLE_ROWS)
                .map_while(|row| Some(row?.len()))
                .collect();
            let count = *counts.first()?;
            let agree = counts.iter().filter(|other| **other == count).count();
            (count > 1 && agree * 100 >= counts.len() * AGREE_PERCENT).then_some(count)
        };
        let (_, separator) = SEPARATORS
            .into_iter()
            .filter_map(|(separator, _)| Some((columns(separator)?, separator)))
            .max_by_key(|(count, separator)| (*count, *separator == ','))?;
        dialect.separator = separator;
        Some(dialect)
    }

    /// Cuts `text` into rows, or returns `None` if a quote is out of place.
    pub(super) fn rows<'t>(&self, text: &'t str) -> Option<Vec<Vec<Field<'t>>>> {
        let body = text.strip_prefix(BOM).unwrap_or(text);
        Rows::new(body, self.separator, self.crlf).collect()
    }

    /// Returns the rule of quotes that writes `rows` as they are, if there is one.
    pub(super) fn with_quotes(self, rows: &[Vec<Field<'_>>]) -> Option<Self> {
        QUOTES
            .into_iter()
            .map(|(quotes, _)| Self { quotes, ..self })
            .find(|dialect| {
                rows.iter()
                    .flatten()
                    .all(|field| dialect.is_quoted(&field.content()) == field.quoted)
            })
    }

    fn is_quoted(&self, content: &str) -> bool {
        let needed = content.contains([self.separator, '"', '\n', '\r']);
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
    pub(super) fn start(&self, out: &mut String) {
        if self.mark {
            out.push_str(BOM);
        }
    }

    /// Writes a row and the end of its line.
    pub(super) fn write<'f>(&self, fields: impl Iterator<Item = Cow<'f, str>>, out: &mut String) {
        for (index, field) in fields.enumerate() {
            if index > 0 {
                out.push(self.separator);
            }
            if self.is_quoted(&field) {
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
    pub(super) fn finish(&self, out: &mut String) {
        if !self.ends && out.ends_with(self.line_end()) {
            out.truncate(out.len() - self.line_end().len());
        }
    }

    fn line_end(&self) -> &'static str {
        if self.crlf { "\r\n" } else { "\n" }
    }

    /// Names the dialect in words, each after a space; nothing for commas, quotes where needed and plain lines.
    pub(super) fn header(&self) -> String {
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
        };
        for word in words.split_terminator(' ').skip(1) {
            match word {
                "crlf" => dialect.crlf = true,
                "bom" => dialect.mark = true,
                "no-newline" => dialect.ends = false,
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
}

impl<'t> Rows<'t> {
    fn new(text: &'t str, separator: char, crlf: bool) -> Self {
        Self {
            rest: text,
            separator,
            crlf,
        }
    }

    /// Reads a field and what ends it; tells whether it was the last of its row.
    fn field(&mut self) -> Option<(Field<'t>, bool)> {
        let quoted = self.rest.strip_prefix('"');
        let (raw, after) = match quoted {
            Some(inside) => {
                let mut end = 0;
                loop {
                    end += inside.get(end..)?.find('"')?;
                    if !inside.get(end + 1..)?.starts_with('"') {
                        break;
                    }
                    end += 2;
                }
                (inside.get(..end)?, inside.get(end + 1..)?)
            }
            None => {
                let end = self
                    .rest
                    .find([self.separator, '\n'])
                    .unwrap_or(self.rest.len());
                let (mut raw, mut after) = self.rest.split_at_checked(end)?;
                if self.crlf && after.starts_with('\n') && raw.ends_with('\r') {
                    (raw, after) = self.rest.split_at_checked(end - 1)?;
                }
                (raw, after)
            }
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
            let Some((field, is_last)) = self.field() else {
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
