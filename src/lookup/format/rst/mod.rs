//! reStructuredText, as Sphinx and docutils projects write it, read line by line. The text stays as written, save that
//! what a rendered page does not show is blanked: comments, labels of headings, entries of the index. What names a heading
//! without being shown is kept with the heading; a label of anything else stays where it is, for it is found there.

mod directive;
mod picture;
#[cfg(test)]
mod tests;

use self::directive::{Bare, CODE, UNSEEN};
use self::picture::Pictures;
use super::plain::underline;
use super::{Format, Pages, Unread, of_text};
use crate::lookup::clean;
use crate::lookup::document::{Block, BlockKind, DEFINITION, Document, Heading, looks_like_code};

/// `.rst`.
pub(super) struct Rst;

impl Format for Rst {
    fn name(&self) -> &'static str {
        "reStructuredText"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rst", "rest"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        of_text(bytes, parse)
    }

    fn place_of(&self, text: &str, name: &str) -> Option<usize> {
        let mut lines = text.split_inclusive('\n').scan(0, |end, line| {
            let start = *end;
            *end += line.len();
            Some((start, line.trim()))
        });
        let name = identifier(name);
        lines.find(|(_, line)| label(line).is_some_and(|label| identifier(label) == name))?;
        let (place, _) = lines.find(|(_, line)| !line.is_empty() && label(line).is_none())?;
        Some(place)
    }
}

/// Returns the label that `line` is: `.. _name:`.
fn label(line: &str) -> Option<&str> {
    let label = line.strip_prefix(".. _")?.trim_end().strip_suffix(':')?;
    Some(label.trim_matches('`'))
}

fn parse(text: &str) -> Document {
    let text = clean::visible(text);
    let mut reader = Reader::of(&text);
    reader.read();
    let Reader {
        blocks, mut hidden, ..
    } = reader;
    hidden.sort_unstable();
    let text = blanked(&text, &hidden);
    Document {
        title: None,
        text,
        blocks,
        file_lines: None,
        url: None,
        kind: None,
    }
}

/// Returns `text` with the lines in `hidden`, which are in order, empty.
fn blanked(text: &str, hidden: &[usize]) -> String {
    if hidden.is_empty() {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        kept.push_str(if hidden.binary_search(&number).is_ok() {
            "\n"
        } else {
            line
        });
    }
    kept
}

struct Reader<'a> {
    lines: Vec<&'a str>,
    pictures: Pictures<'a>,
    at: usize,
    blocks: Vec<Block>,
    hidden: Vec<usize>,
    /// Adornments in the order they appeared: the rank is the level.
    adornments: Vec<(char, bool)>,
    /// The labels that stand right above what is read next, each with its line.
    labels: Vec<(String, usize)>,
    /// The directives without content that stand right above what is read next.
    above: Vec<Bare<'a>>,
    /// The level of the last title.
    level: u8,
}

impl<'a> Reader<'a> {
    fn of(text: &'a str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        Self {
            pictures: Pictures::of(&lines),
            lines,
            at: 0,
            blocks: vec![Block {
                line: 0,
                kind: BlockKind::Prose,
            }],
            hidden: Vec::new(),
            adornments: Vec::new(),
            labels: Vec::new(),
            above: Vec::new(),
            level: 0,
        }
    }

    fn line(&self, at: usize) -> &'a str {
        self.lines.get(at).copied().unwrap_or_default()
    }

    fn push(&mut self, line: usize, kind: BlockKind) {
        if self.blocks.last().is_some_and(|last| last.line == line) {
            self.blocks.pop();
        }
        self.blocks.push(Block { line, kind });
    }

    fn read(&mut self) {
        while self.at < self.lines.len() {
            let line = self.line(self.at);
            let first = self.at == 0 || self.line(self.at - 1).trim().is_empty();
            if line.trim().is_empty() {
                self.at += 1;
            } else if let Some((mut heading, lines)) = self.heading() {
                self.name(&mut heading);
                self.level = heading.level;
                self.push(self.at, BlockKind::Heading(heading));
                self.at += lines;
            } else if let Some(markup) = line.trim_start().strip_prefix(".. ") {
                self.explicit(markup);
            } else if line.trim() == ".." {
                self.comment();
            } else if is_table_border(line) {
                self.stand_alone();
                self.table(line);
            } else {
                self.stand_alone();
                if first && !line.starts_with(' ') {
                    self.push(self.at, BlockKind::Prose);
                }
                self.at += 1;
                if line.trim_end().ends_with("::") {
                    self.literal();
                }
            }
        }
        self.stand_alone();
    }

    /// Gives `heading` what stands right above it: its label, and other names.
    fn name(&mut self, heading: &mut Heading) {
        let other = self.above.iter().rposition(|bare| !bare.names(heading));
        let names = self.above.split_off(other.map_or(0, |other| other + 1));
        let labels = std::mem::take(&mut self.labels);
        self.stand_alone();
        if heading.level != DEFINITION {
            if let Some((label, _)) = labels.last() {
                heading.anchor = Some(identifier(label));
            }
            self.hidden.extend(labels.iter().map(|(_, line)| *line));
        }
        for bare in names {
            self.hidden.extend(bare.lines.0..bare.lines.1);
            heading.code.push(bare.argument.to_owned());
        }
        self.name_as_code(heading, labels);
    }

    /// Gives `heading` those of `labels` that nobody takes for words: it is found by them as by what it defines.
    fn name_as_code(&mut self, heading: &mut Heading, labels: Vec<(String, usize)>) {
        for (label, line) in labels {
            if looks_like_code(&label) {
                self.hidden.push(line);
                heading.code.push(label);
            }
        }
    }

    /// What stood above a heading at most turns out to stand above none: definitions are that, and the rest is prose.
    fn stand_alone(&mut self) {
        let mut labels = std::mem::take(&mut self.labels);
        for bare in std::mem::take(&mut self.above) {
            let kind = if bare.is_defining() {
                let mut heading = definition(bare.argument, bare.named());
                // Of several signatures the first has them.
                self.name_as_code(&mut heading, std::mem::take(&mut labels));
                BlockKind::Heading(heading)
            } else {
                BlockKind::Prose
            };
            self.push(bare.lines.0, kind);
        }
    }

    /// The heading that begins here, and its lines.
    fn heading(&mut self) -> Option<(Heading, usize)> {
        let line = self.line(self.at);
        let (title, mark, over) = match underline(line) {
            // Overline, title, underline.
            Some(mark) if underline(self.line(self.at + 2)) == Some(mark) => {
                (self.line(self.at + 1), mark, true)
            }
            Some(_) => return None,
            None => {
                let below = self.line(self.at + 1);
                let mark = underline(below)?;
                let long = below.trim_end().chars().count() + 1 >= line.trim_end().chars().count();
                if line.starts_with(' ') || !long {
                    return None;
                }
                (line, mark, false)
            }
        };
        let title = title.trim();
        if title.is_empty() || underline(title).is_some() {
            return None;
        }
        let style = (mark, over);
        let rank = self
            .adornments
            .iter()
            .position(|known| *known == style)
            .unwrap_or_else(|| {
                self.adornments.push(style);
                self.adornments.len() - 1
            });
        let heading = Heading {
            level: u8::try_from(rank + 1).unwrap_or(6).min(6),
            title: self.pictures.left_out(title).replace('`', ""),
            anchor: Some(identifier(title)),
            code: Vec::new(),
        };
        Some((heading, if over { 3 } else { 2 }))
    }

    /// What `.. ` begins: a label, a directive, or a comment.
    fn explicit(&mut self, markup: &'a str) {
        if markup.starts_with('_') {
            if let Some(label) = label(self.line(self.at).trim()) {
                self.labels.push((label.to_owned(), self.at));
            } else {
                // A link says where it leads.
                self.stand_alone();
                self.push(self.at, BlockKind::Prose);
            }
            self.at += 1;
            return;
        }
        if markup.starts_with('|') {
            return self.unseen();
        }
        let directive = markup.split_once("::").filter(|(name, _)| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || "-_:.+".contains(letter))
        });
        let Some((name, argument)) = directive else {
            if markup.starts_with('[') {
                self.stand_alone();
                self.push(self.at, BlockKind::Prose);
                self.at += 1;
            } else {
                self.comment();
            }
            return;
        };
        if UNSEEN.contains(&name) {
            return self.unseen();
        }
        let bare = Bare {
            lines: (self.at, self.options_end()),
            name: name.rsplit(':').next().unwrap_or(name),
            argument: argument.trim(),
        };
        if !bare.argument.is_empty() && self.is_bare(&bare) {
            self.at = bare.lines.1;
            if bare.is_of_page() && self.names_above(&bare) {
                return;
            }
            self.above.push(bare);
            return;
        }
        if bare.is_defining() && !bare.argument.is_empty() {
            let mut heading = definition(bare.argument, bare.named());
            self.name(&mut heading);
            self.push(self.at, BlockKind::Heading(heading));
            self.at += 1;
            return;
        }
        if let Some(mut heading) = self.version(&bare) {
            self.name(&mut heading);
            self.push(self.at, BlockKind::Heading(heading));
            self.at = bare.lines.1;
            return;
        }
        self.stand_alone();
        if CODE.contains(&bare.name) {
            self.push(self.at, BlockKind::Code { fence: None });
            self.at += 1;
            self.skip_body(self.indent(self.at - 1));
        } else {
            self.push(self.at, BlockKind::Prose);
            self.at += 1;
        }
    }

    /// Gives what `bare` names to the heading right above it, and tells whether there is one: it is said of the whole page, and
    /// what stands below it is no definition.
    fn names_above(&mut self, bare: &Bare<'_>) -> bool {
        let is_apart = !self.labels.is_empty() || !self.above.is_empty();
        let Some(Block {
            kind: BlockKind::Heading(heading),
            ..
        }) = self.blocks.last_mut().filter(|_| !is_apart)
        else {
            return false;
        };
        if heading.level == DEFINITION {
            return false;
        }
        heading.code.push(bare.argument.to_owned());
        self.hidden.extend(bare.lines.0..bare.lines.1);
        true
    }

    /// Returns the heading that a directive is which says of which version what it holds is: `.. changelog::` with `:version:`.
    fn version(&self, directive: &Bare<'_>) -> Option<Heading> {
        if !directive.argument.is_empty() || self.indent(directive.lines.0) > 0 {
            return None;
        }
        let (first, end) = directive.lines;
        let options = self.lines.get(first + 1..end)?.iter();
        let mut values = options.filter_map(|line| line.trim().strip_prefix(":version:"));
        let version = values.next().map(str::trim)?;
        if version.is_empty() || self.is_bare(directive) {
            return None;
        }
        Some(Heading {
            level: (self.level + 1).min(6),
            title: version.to_owned(),
            anchor: Some(identifier(version)),
            code: Vec::new(),
        })
    }

    /// Where the lines end that belong to the markup here without a blank line between.
    fn attached_end(&self) -> usize {
        let outer = self.indent(self.at);
        let attached = |at: &usize| {
            let is_blank = self.line(*at).trim().is_empty();
            !is_blank && self.indent(*at) > outer
        };
        let first = self.at + 1;
        first + (first..self.lines.len()).take_while(attached).count()
    }

    /// Where the options (`:synopsis: …`) of the directive here end.
    fn options_end(&self) -> usize {
        let first = self.at + 1;
        let is_option = self.line(first).trim_start().starts_with(':');
        if is_option {
            self.attached_end()
        } else {
            first
        }
    }

    /// Tells whether nothing is below a directive that is its content.
    fn is_bare(&self, directive: &Bare<'_>) -> bool {
        let outer = self.indent(directive.lines.0);
        let below =
            (directive.lines.1..self.lines.len()).find(|at| !self.line(*at).trim().is_empty());
        below.is_none_or(|below| self.indent(below) <= outer)
    }

    /// Blanks markup that a rendered page shows nothing of.
    fn unseen(&mut self) {
        let end = self.attached_end();
        self.hidden.extend(self.at..end);
        self.at = end;
    }

    /// The indented code after a paragraph that ends in `::`.
    fn literal(&mut self) {
        let outer = self.indent(self.at - 1);
        let start = (self.at..self.lines.len()).find(|at| !self.line(*at).trim().is_empty());
        let Some(start) = start.filter(|start| self.indent(*start) > outer && *start > self.at)
        else {
            return;
        };
        self.push(start, BlockKind::Code { fence: None });
        self.at = start;
        self.skip_body(outer);
    }

    /// A comment with its body, blanked.
    fn comment(&mut self) {
        let outer = self.indent(self.at);
        let start = self.at;
        self.at += 1;
        if !self.line(self.at).trim().is_empty() || self.line(start).trim() != ".." {
            self.skip_body(outer);
        }
        self.hidden.extend(start..self.at);
    }

    /// Goes past the lines that are indented more than `outer`, and the blank lines between them.
    fn skip_body(&mut self, outer: usize) {
        let mut end = self.at;
        for at in self.at..self.lines.len() {
            if self.line(at).trim().is_empty() {
                continue;
            }
            if self.indent(at) <= outer {
                break;
            }
            end = at + 1;
        }
        self.at = end;
    }

    fn indent(&self, at: usize) -> usize {
        let line = self.line(at);
        line.len() - line.trim_start().len()
    }

    /// A grid table (`+---+`) or a simple one (`==== ====`), up to the next blank line or its closing border.
    fn table(&mut self, border: &str) {
        let start = self.at;
        let grid = border.trim_start().starts_with('+');
        let mut borders = 1;
        let mut head = 0;
        let mut at = start + 1;
        while at < self.lines.len() {
            let line = self.line(at);
            if is_table_border(line) {
                borders += 1;
                let ends_head = if grid {
                    line.contains('=')
                } else {
                    borders == 2
                };
                if ends_head {
                    head = at + 1 - start;
                }
                if !grid && borders == 3 {
                    at += 1;
                    break;
                }
            } else if line.trim().is_empty() && (grid || borders >= 2) {
                break;
            }
            at += 1;
        }
        self.push(start, BlockKind::Table { head });
        self.at = at;
    }
}

/// The head of a definition of `argument`, which `named` is the name of.
fn definition(argument: &str, named: &str) -> Heading {
    Heading {
        level: DEFINITION,
        title: argument.to_owned(),
        anchor: Some(named.to_owned()),
        code: vec![argument.to_owned()],
    }
}

/// Tells whether `line` is a border: `+----+---+` or `====  ===`.
fn is_table_border(line: &str) -> bool {
    let line = line.trim();
    let grid = line.starts_with('+')
        && line.len() > 3
        && line.chars().all(|letter| "+-=".contains(letter));
    let simple = line.starts_with("==")
        && line.contains(' ')
        && line.chars().all(|letter| "= ".contains(letter));
    grid || simple
}

/// Returns `text` as docutils makes identifiers: lower case, everything else to single `-`.
fn identifier(text: &str) -> String {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.join("-")
}
