//! What a line of AsciiDoc is, by its marks.

use super::inline::Inline;
use crate::lookup::document::Heading;

/// Marks that underline titles, by level.
const UNDERLINES: [char; 5] = ['=', '-', '~', '^', '+'];
/// Letters by which an underline may be longer or shorter than its title, as Asciidoctor has it.
const UNDERLINE_SLACK: usize = 1;
/// Marks of the shortest underline: two are an open block.
const UNDERLINE_MIN: usize = 3;
/// Letters of the longest name of a language.
const LANGUAGE_LETTERS_MAX: usize = 30;

/// Tells whether `line` is four or more of `mark`.
pub(super) fn is_delimiter(line: &str, mark: char) -> bool {
    line.len() >= 4 && line.chars().all(|letter| letter == mark)
}

/// Tells whether `line` begins or ends a block that holds other blocks: an example, a sidebar, a quotation, what is passed through.
pub(super) fn is_frame(line: &str) -> bool {
    let mut marks = ['=', '*', '_', '+'].iter();
    marks.any(|mark| is_delimiter(line, *mark)) || line == "--"
}

/// Tells whether `line` may begin or end a block.
pub(super) fn delimits(line: &str) -> bool {
    is_frame(line) || fence_of(line).is_some() || is_table(line) || is_delimiter(line, '/')
}

/// Returns what ends the code that `line` begins.
pub(super) fn fence_of(line: &str) -> Option<&str> {
    if is_delimiter(line, '-') || is_delimiter(line, '.') {
        return Some(line);
    }
    line.starts_with("```").then_some("```")
}

/// Tells whether `line` begins and ends a table.
pub(super) fn is_table(line: &str) -> bool {
    line.strip_prefix('|')
        .is_some_and(|rest| rest.len() >= 3 && rest.bytes().all(|byte| byte == b'='))
}

pub(super) fn is_comment(line: &str) -> bool {
    line.starts_with("//") && !line.starts_with("///")
}

/// Returns what a line stands for that says under which condition others are part of the text: the words it has itself, or none.
pub(super) fn condition(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once("::")?;
    if !["ifdef", "ifndef", "ifeval", "endif"].contains(&name) {
        return None;
    }
    let words = rest.strip_suffix(']')?.split_once('[')?.1;
    Some(if name == "ifeval" { "" } else { words })
}

/// Tells whether `line` is `:name: value`, which gives an attribute of the page its value.
pub(super) fn is_entry(line: &str) -> bool {
    let name = line.strip_prefix(':').and_then(|rest| rest.split_once(':'));
    name.is_some_and(|(name, value)| {
        let name = name.trim_matches('!');
        let is_name = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
        name.starts_with(char::is_alphanumeric)
            && name.chars().all(is_name)
            && (value.is_empty() || value.starts_with(' '))
    })
}

/// Levels that headings are moved by at most.
const SHIFT_MAX: i8 = 6;

/// Returns by how many levels headings are moved below `line`, if it says that: `:leveloffset: +1`. Above they are by `present`.
pub(super) fn shift(line: &str, present: i8) -> Option<i8> {
    if line.starts_with(":!leveloffset:") || line.starts_with(":leveloffset!:") {
        return Some(0);
    }
    let value = line.strip_prefix(":leveloffset:")?.trim();
    let is_relative = value.starts_with(['+', '-']);
    let levels = value.parse::<i8>().unwrap_or_default();
    let from = if is_relative { present } else { 0 };
    Some(from.saturating_add(levels).clamp(-SHIFT_MAX, SHIFT_MAX))
}

/// Tells whether `line` says something of the block below it: `[verse]`, `[source,sh]`, `[[id]]`.
pub(super) fn is_attributes(line: &str) -> bool {
    let inner = line
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| {
        let begins = |letter: char| letter.is_alphanumeric() || "[_.#%{,\"'".contains(letter);
        inner.is_empty() || inner.starts_with(begins)
    })
}

/// Returns the title that `line` gives to the block below it: `.Title`.
pub(super) fn title_of(line: &str) -> Option<&str> {
    line.strip_prefix('.')
        .filter(|title| !title.is_empty() && !title.starts_with(['.', ' ', '\t']))
}

/// `[[id]]`, `[[id,text]]` or `[#id.role%option]` on a line of its own.
pub(super) fn anchor_of(line: &str) -> Option<&str> {
    let named = line
        .strip_prefix("[[")
        .and_then(|rest| rest.strip_suffix("]]"));
    let name = match named {
        // A dot is a letter of the name here.
        Some(named) => named.split(',').next(),
        None => line
            .strip_prefix("[#")?
            .strip_suffix(']')?
            .split([',', '.', '%'])
            .next(),
    };
    name.filter(|name| !name.is_empty())
}

/// What the lines above a block say of it.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// Whether it is code, in whatever block.
    pub(super) is_code: bool,
    pub(super) language: String,
    /// `NOTE`, `TIP` and their like.
    pub(super) label: String,
    /// How many columns a table has.
    pub(super) columns: Option<usize>,
    /// Whether the first row of a table names its columns.
    pub(super) has_head: bool,
}

impl Attributes {
    /// Adds what `line` says.
    pub(super) fn add(&mut self, line: &str) {
        let inner = line.trim_start_matches('[').trim_end_matches(']');
        let mut parts = inner.split(',').map(|part| part.trim().trim_matches('"'));
        let first = parts.next().unwrap_or_default();
        let style = first.split(['%', '#', '.']).next().unwrap_or_default();
        if ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"].contains(&style) {
            style.clone_into(&mut self.label);
        }
        self.is_code |= ["source", "listing", "literal"].contains(&style);
        let is_word = |letter: char| letter.is_alphanumeric() || "+-_#.".contains(letter);
        let language = parts
            .next()
            .filter(|part| !part.is_empty())
            .map(|part| part.trim_start_matches("language=").trim_matches('"'))
            .filter(|part| part.chars().all(is_word) && part.len() <= LANGUAGE_LETTERS_MAX);
        if let Some(language) = language {
            // Extensions have styles of their own, whose code has fences.
            self.is_code |= style == "source" || inner.starts_with(',');
            language.clone_into(&mut self.language);
        }
        let options = inner.split_once("options=").map(|(_, options)| options);
        self.has_head |=
            inner.contains("%header") || options.is_some_and(|options| options.contains("header"));
        if let Some((_, columns)) = inner.split_once("cols=") {
            self.columns = columns_of(columns);
        }
    }
}

/// Returns how many columns `"1,2"`, `"3*"` and their like are.
fn columns_of(given: &str) -> Option<usize> {
    let given = match given.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => given.split(',').next()?,
    };
    let count = |part: &str| match part.split_once('*') {
        Some((times, _)) => times.trim().parse().unwrap_or(1),
        None => 1usize,
    };
    let columns = given.split([',', ';']).map(count);
    Some(columns.fold(0, usize::saturating_add))
}

/// Returns the heading that `line` is if the one `below` underlines it.
pub(super) fn underlined(line: &str, below: &str, inline: &mut Inline) -> Option<Heading> {
    let mark = below.chars().next()?;
    let rank = UNDERLINES.iter().position(|known| *known == mark)?;
    let is_macro = line.contains("::") && line.ends_with(']');
    let is_title = line.chars().any(char::is_alphanumeric)
        && !line.starts_with(char::is_whitespace)
        && !is_attributes(line)
        && !is_entry(line)
        && title_of(line).is_none()
        && !is_macro;
    let fits = below.len() >= UNDERLINE_MIN
        && below.chars().all(|letter| letter == mark)
        && below.len().abs_diff(line.chars().count()) <= UNDERLINE_SLACK;
    (is_title && fits).then(|| titled(line, rank + 1, inline))
}

/// Returns the heading that `line` is by the marks before its words.
pub(super) fn heading(line: &str, inline: &mut Inline) -> Option<Heading> {
    let words = line.trim_start_matches(['=', '#']);
    let marks = line.len() - words.len();
    if !(1..=6).contains(&marks) || !words.starts_with(' ') || words.trim().is_empty() {
        return None;
    }
    Some(titled(words.trim(), marks, inline))
}

/// A heading, with the anchor that its title gives it.
fn titled(title: &str, level: usize, inline: &mut Inline) -> Heading {
    let (title, inner) = match title.rsplit_once("[[") {
        Some((title, id)) => (title.trim(), id.strip_suffix("]]")),
        None => (title, None),
    };
    inline.begin();
    let title = inline.shown(title, "");
    Heading {
        level: u8::try_from(level).unwrap_or(6),
        title: title.replace('`', ""),
        anchor: Some(inner.map_or_else(|| identifier(&title), str::to_owned)),
        code: Vec::new(),
    }
}

/// Returns `title` as Asciidoctor makes identifiers: `_`, then lower case words joined by `_`.
fn identifier(title: &str) -> String {
    let mut words = title.to_lowercase();
    words.retain(|letter| letter.is_alphanumeric() || " -._".contains(letter));
    let words: Vec<&str> = words
        .split([' ', '-', '.', '_'])
        .filter(|word| !word.is_empty())
        .collect();
    format!("_{}", words.join("_"))
}

/// Lines of a text that are looked at to tell what it is.
const LOOKED_AT_MAX: usize = 2_000;

/// Tells whether `text` is AsciiDoc, though its name does not say so: there are two kinds of marks in it that nothing else has.
pub(in super::super) fn is_asciidoc(text: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .take(LOOKED_AT_MAX)
        .map(str::trim_end)
        .collect();
    let [mut joins, mut conditions, mut attributes, mut terms] = [false; 4];
    for (at, line) in lines.iter().enumerate() {
        let below = lines.get(at + 1).copied().unwrap_or_default();
        let is_styled = ["[[", "[verse", "[source", "[NOTE", "[TIP", "[horizontal"];
        let is_included = line.starts_with("include::") && line.ends_with(']');
        joins |= *line == "+" && at > 0 && !below.is_empty();
        conditions |= condition(line).is_some() || is_included;
        attributes |= is_attributes(line) && is_styled.iter().any(|style| line.starts_with(style));
        terms |= line.ends_with("::")
            && !line.starts_with(['.', ':', ' ', '\t'])
            && (below == "+" || below.starts_with([' ', '\t']) || below.ends_with("::"));
    }
    [joins, conditions, attributes, terms]
        .into_iter()
        .filter(|found| *found)
        .count()
        > 1
}
