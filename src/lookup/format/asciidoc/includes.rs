//! Files that a page of AsciiDoc includes, as Asciidoctor finds them, and Antora in its modules.
//!
//! What is found stands where it is included, in listings too. A file that is a page of its own in the source, a chapter of a book,
//! is only told by its title there: it is read as that page.

use std::collections::BTreeSet;

use super::super::taken::{LEVELS_MAX, Taken};
use super::super::{Beside, beside};
use super::inline::{Inline, Values};
use super::{marks, tags};

/// Lines of one page that include a file, over all levels: each is looked for at several places.
const INCLUDES_MAX: usize = 10_000;
/// Folders from a page up to its module.
const MODULE_LEVELS_MAX: usize = 4;
/// Levels of the title of a page of its own, and of a chapter of a book.
const OWN_LEVEL_MAX: u8 = 2;
/// Columns that what is included is set in at most.
const INDENT_MAX: usize = 40;
/// Endings of files whose lines are AsciiDoc.
const ENDINGS: &[&str] = &[".adoc", ".asciidoc", ".asc", ".ad", ".txt"];
/// Folders of files that are no pages, beside those whose names begin with `_`.
const OF_PARTS: &[&str] = &["partials", "includes", "fragments", "snippets"];
/// Folders of modules of Antora by what its pages call them.
const FAMILIES: &[(&str, &str)] = &[
    ("partial", "partials"),
    ("example", "examples"),
    ("page", "pages"),
    ("attachment", "attachments"),
];

/// A line that stands for another file, or a part of it.
struct Include<'t> {
    target: &'t str,
    attributes: &'t str,
}

impl<'t> Include<'t> {
    /// Returns what `line` includes, if it does.
    fn of(line: &'t str) -> Option<Self> {
        let rest = line.strip_prefix("include::")?.trim_end();
        let (target, attributes) = rest.strip_suffix(']')?.split_once('[')?;
        let is_target = !target.is_empty() && !target.starts_with(char::is_whitespace);
        is_target.then_some(Self { target, attributes })
    }

    /// Returns the value that is given to `key`: `tags="a,b",indent=0`.
    fn value(&self, key: &str) -> Option<&'t str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches([',', ' ']);
            let end = rest.find(['=', ',']).unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(end)?;
            let Some(given) = behind.strip_prefix('=') else {
                if behind.is_empty() {
                    return None;
                }
                rest = behind;
                continue;
            };
            let (value, behind) = match given.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => given.split_at_checked(given.find(',').unwrap_or(given.len()))?,
            };
            if name.trim() == key {
                return Some(value.trim()).filter(|value| !value.is_empty());
            }
            rest = behind;
        }
    }

    /// Returns the lines of `text` that are meant.
    fn part<'a>(&'a self, text: &'a str) -> Vec<&'a str> {
        let asked = self.value("tags").or_else(|| self.value("tag"));
        match self.value("lines").filter(|_| asked.is_none()) {
            Some(numbers) => tags::numbered(text, numbers),
            None => tags::tagged(text, asked),
        }
    }

    /// Tells whether all of the file is meant.
    fn is_whole(&self) -> bool {
        ["tags", "tag", "lines"]
            .iter()
            .all(|key| self.value(key).is_none())
    }
}

/// Tells whether `text` may include files.
pub(super) fn has_any(text: &str) -> bool {
    text.contains("include::")
}

/// Returns the paths, from its folder, at which files may lie that a page, the bytes of a file, includes, beside those it has.
pub(super) fn wanted(bytes: &[u8], beside: &Beside) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let writer = Writer::written(&text, beside);
    writer.wanted.into_iter().collect()
}

/// Returns `text` with what it includes of files `beside` it, and the line of the file (from 1) that each of its lines is of.
pub(super) fn written(text: &str, beside: &Beside) -> (String, Vec<u32>) {
    Writer::written(text, beside).taken.done()
}

struct Writer<'a> {
    taken: Taken<'a>,
    beside: &'a Beside,
    values: Values,
    /// Levels that headings are moved by.
    shift: i8,
    /// Where files may lie that are not there.
    wanted: BTreeSet<String>,
    /// Lines that may still include a file.
    left: usize,
}

impl<'a> Writer<'a> {
    fn written(text: &str, beside: &'a Beside) -> Self {
        let mut writer = Self {
            taken: Taken::of(beside, text.len()),
            beside,
            values: Values::default(),
            shift: 0,
            wanted: BTreeSet::new(),
            left: INCLUDES_MAX,
        };
        let lines: Vec<&str> = text.lines().collect();
        writer.page(&lines, "", None, 0);
        writer
    }

    /// Writes the file at `own`, in the place of `line` of the page if it is not that itself.
    fn page(&mut self, lines: &[&str], own: &str, line: Option<u32>, level: usize) {
        for (at, words) in lines.iter().enumerate() {
            let number = line.unwrap_or_else(|| u32::try_from(at + 1).unwrap_or(u32::MAX));
            if let Some(include) = Include::of(words) {
                self.include(&include, own, number, level);
            } else if let Some(shown) = words.strip_prefix("\\include::") {
                self.taken.line(&format!("include::{shown}"), number);
            } else {
                self.learn(words, lines.get(at + 1..).unwrap_or_default());
                self.taken.line(words, number);
            }
        }
    }

    /// Takes over what `line` says of attributes, which paths are made of.
    fn learn(&mut self, line: &str, below: &[&str]) {
        if marks::is_entry(line) {
            self.values.give(line, below);
            self.shift = marks::shift(line, self.shift).unwrap_or(self.shift);
        } else if let Some(entry) = marks::condition(line).filter(|words| marks::is_entry(words)) {
            // As a rule it is for pages that are read without a builder who gives the value.
            let name = entry.split(':').nth(1).unwrap_or_default();
            if self.values.value(name).is_none() {
                self.values.give(entry, &[]);
            }
        }
    }

    /// Writes what is included; nothing of what is not there, but the name of what is no AsciiDoc.
    fn include(&mut self, include: &Include<'_>, own: &str, line: u32, level: usize) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        self.left = left;
        let target = self.target(include.target);
        let attributes = self.values.valued(include.attributes).into_owned();
        let include = Include {
            target: &target,
            attributes: &attributes,
        };
        let is_asciidoc = ENDINGS.iter().any(|ending| target.ends_with(ending));
        let places = places(own, &target);
        let found = places
            .iter()
            .find(|path| self.beside.files.contains_key(*path));
        let text = found
            .filter(|_| level < LEVELS_MAX)
            .and_then(|path| self.taken.look(path));
        let (Some(path), Some(text)) = (found, text) else {
            if found.is_none() {
                self.wanted.extend(places);
            }
            if !is_asciidoc && include.value("opts") != Some("optional") {
                let name = target.rsplit(['/', '$', ':']).next();
                let is_of_web = target.contains("://");
                self.taken.line(
                    if is_of_web {
                        &target
                    } else {
                        name.unwrap_or(&target)
                    },
                    line,
                );
            }
            return;
        };
        if is_asciidoc
            && include.is_whole()
            && !self.beside.is_alone
            && let Some(title) = own_title(path, &text)
        {
            self.taken.line(&format!("xref:{path}[{title}]"), line);
            return;
        }
        let mut part: Vec<String> = Vec::new();
        let lines = include.part(&text);
        if !self
            .taken
            .take(lines.iter().map(|line| line.len() + 1).sum())
        {
            return;
        }
        let lines = match include
            .value("indent")
            .and_then(|indent| indent.parse().ok())
        {
            Some(columns) => {
                part.extend(indented(&lines, columns));
                part.iter().map(String::as_str).collect()
            }
            None => lines,
        };
        if !is_asciidoc {
            for words in lines {
                self.taken.line(words, line);
            }
            return;
        }
        let before = self.shift;
        let levels = include.value("leveloffset");
        let entry = levels.map(|levels| format!(":leveloffset: {levels}"));
        if let Some(entry) = &entry {
            self.shift_by(entry, line);
        }
        self.page(&lines, path, Some(line), level + 1);
        if entry.is_some() {
            self.shift_by(&format!(":leveloffset: {before}"), line);
        }
    }

    /// Writes an `entry` by which headings are moved, as Asciidoctor does round what is included.
    fn shift_by(&mut self, entry: &str, line: u32) {
        self.learn(entry, &[]);
        for words in ["", entry, ""] {
            self.taken.line(words, line);
        }
    }

    /// Returns what `target` names, with values instead of attributes.
    fn target(&mut self, target: &str) -> String {
        let target = self.values.valued(target).into_owned();
        // What builders of sites give a value.
        for (folder, _) in FAMILIES {
            let begins = format!("{{{folder}sdir}}/");
            if let Some(path) = target.strip_prefix(&begins) {
                return format!("{folder}${path}");
            }
        }
        target
    }
}

/// Returns the paths, from the folder of the page, at which the file may lie that the file at `own` calls `target`.
fn places(own: &str, target: &str) -> Vec<String> {
    let joined = |path: &str| beside(own, path);
    if let Some(path) = target.strip_prefix("{docdir}/") {
        return beside("", path).into_iter().collect();
    }
    if target.contains("://") || target.contains('{') || target.starts_with('/') {
        return Vec::new();
    }
    let Some((id, path)) = target.split_once('$') else {
        return joined(target).into_iter().collect();
    };
    let (module, family) = id.rsplit_once(':').unwrap_or(("", id));
    let folder = FAMILIES.iter().find(|(name, _)| *name == family);
    let Some((_, folder)) = folder.filter(|_| !module.contains([':', '@', '/'])) else {
        return Vec::new();
    };
    let module = if module.is_empty() {
        String::new()
    } else {
        format!("../{module}/")
    };
    let ups = (1..=MODULE_LEVELS_MAX).map(|levels| "../".repeat(levels));
    ups.filter_map(|up| joined(&format!("{up}{module}{folder}/{path}")))
        .collect()
}

/// Returns the title of the file at `path` if it is a page of its own: it begins with that, and is not called a part.
fn own_title<'t>(path: &str, text: &'t str) -> Option<&'t str> {
    let is_part = |step: &str| step.starts_with('_') || OF_PARTS.contains(&step);
    if path.split('/').any(is_part) {
        return None;
    }
    let mut lines = text.lines().map(str::trim_end).peekable();
    let mut inline = Inline::default();
    while let Some(line) = lines.next() {
        if marks::is_delimiter(line, '/') {
            lines.find(|end| *end == line)?;
            continue;
        }
        let is_before = line.is_empty()
            || marks::is_comment(line)
            || marks::is_entry(line)
            || marks::is_attributes(line)
            || marks::condition(line).is_some()
            || Include::of(line).is_some();
        if is_before {
            continue;
        }
        let below = lines.peek().copied().unwrap_or_default();
        let heading = marks::heading(line, &mut inline)
            .or_else(|| marks::underlined(line, below, &mut inline))?;
        let title = line.trim_start_matches(['=', '#', ' ']);
        let title = title.split("[[").next().unwrap_or(title).trim();
        return Some(title).filter(|title| heading.level <= OWN_LEVEL_MAX && !title.is_empty());
    }
    None
}

/// Returns `lines` set in by so many columns, whatever they all were before.
fn indented(lines: &[&str], columns: usize) -> Vec<String> {
    let told = lines.iter().filter(|line| !line.trim().is_empty());
    let white = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let margin = told.map(white).min().unwrap_or_default();
    let indent = " ".repeat(columns.min(INDENT_MAX));
    let set = |line: &&str| {
        let inside = line.get(margin..).unwrap_or_default();
        let indent = if inside.is_empty() { "" } else { &indent };
        format!("{indent}{inside}")
    };
    lines.iter().map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::Format as _;
    use super::super::AsciiDoc;
    use super::*;
    use crate::lookup::document::{Document, headings};

    fn beside_of(files: &[(&str, &str)]) -> Beside {
        let files = files.iter();
        Beside {
            files: files
                .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
                .collect(),
            ..Beside::default()
        }
    }

    fn read(text: &str, files: &[(&str, &str)]) -> Document {
        let read = AsciiDoc.read_beside(text.as_bytes(), &beside_of(files));
        read.unwrap().first
    }

    const FILES: &[(&str, &str)] = &[
        (
            "code/A.java",
            "class A {\n  // tag::x[]\n  int x;\n\n    int y;\n  // end::x[]\n}\n",
        ),
        (
            "_attributes.adoc",
            "// of all pages\n:ship: Dory\n:code: code\n",
        ),
        (
            "_rope.adoc",
            "Ropes of {ship}.\n\ninclude::{code}/A.java[lines=1]\n",
        ),
        (
            "../partials/knot.adoc",
            "= Knots\n\nTie.\n\n== Bowline\n\nFast.\n",
        ),
        (
            "chapter.adoc",
            "////\nLicence\n////\n[[c]]\n== Chapter One\n\nLong.\n",
        ),
        ("loop.adoc", "Again.\n\ninclude::loop.adoc[]\n"),
    ];

    #[test]
    fn a_part_of_code_stands_in_the_listing_that_includes_it() {
        for (line, shown) in [
            ("include::code/A.java[tag=x,indent=0]", "int x;\n\n  int y;"),
            (
                "include::{docdir}/./code/A.java[tags=\"x\"]",
                "  int x;\n\n    int y;",
            ),
            ("include::code/A.java[lines=1;7..]", "class A {\n}"),
            ("include::code/B.java[tag=x]", "B.java"),
            ("include::https://a.b/C.java[]", "https://a.b/C.java"),
            ("\\include::code/A.java[]", "include::code/A.java[]"),
        ] {
            let text = format!("= T\n\n[source,java]\n----\n{line}\n----\n\nEnd.\n");
            let page = read(&text, FILES);
            assert_eq!(page.text, format!("# T\n\n```java\n{shown}\n```\n\nEnd.\n"));
            let lines = page.file_lines.unwrap();
            assert_eq!(lines.len(), page.text.lines().count());
            assert_eq!((lines.get(3), lines.last()), (Some(&5), Some(&8)));
        }
    }

    #[test]
    fn words_and_attributes_of_other_files_stand_where_a_page_includes_them() {
        let text = "= T\ninclude::_attributes.adoc[]\n:b: 1\n\ninclude::_rope.adoc[]\n\ninclude::none.adoc[]\nOn {ship}.\n";
        let page = read(text, FILES);
        assert_eq!(
            page.text,
            "# T\n\nRopes of Dory.\n\nclass A {\nOn Dory.\n".replace("{\nOn", "{\n\nOn")
        );
        assert_eq!(page.file_lines.unwrap(), [1, 1, 5, 5, 5, 5, 8]);
    }

    #[test]
    fn modules_of_antora_are_found_and_headings_moved_as_asked() {
        let text = "= T\n\n== One\n\ninclude::partial$knot.adoc[leveloffset=+2]\n\n== Two\n\ninclude::{partialsdir}/knot.adoc[tags=none]\n";
        let page = read(text, FILES);
        let levels: Vec<(u8, &str)> = headings(&page.blocks)
            .map(|head| (head.level, head.title.as_str()))
            .collect();
        let expected = [
            (1, "T"),
            (2, "One"),
            (3, "Knots"),
            (4, "Bowline"),
            (2, "Two"),
        ];
        assert_eq!(levels, expected);
        let wanted = wanted(b"include::how-to:example$a/B.kt[]\n", &Beside::default());
        assert_eq!(wanted.len(), MODULE_LEVELS_MAX);
        assert!(wanted.contains(&"../../how-to/examples/a/B.kt".to_owned()));
    }

    #[test]
    fn a_chapter_that_is_a_page_of_the_source_is_told_by_its_title() {
        let text = "= Book\n\ninclude::chapter.adoc[]\n";
        assert_eq!(read(text, FILES).text, "# Book\n\nChapter One\n");
        let mut alone = beside_of(FILES);
        alone.is_alone = true;
        let book = AsciiDoc.read_beside(text.as_bytes(), &alone).unwrap().first;
        assert_eq!(book.text, "# Book\n\n## Chapter One\n\nLong.\n");
    }

    #[test]
    fn where_files_lie_is_asked_as_far_as_others_say_it() {
        let text = b":dir: parts\nifndef::src[:src: ../src]\ninclude::_attributes.adoc[]\ninclude::{dir}/a.adoc[]\ninclude::{src}/{x}.c[]\ninclude::{src}/b.c[]\ninclude::{code}/A.java[]\n";
        let asked = |files: &[(&str, &str)]| wanted(text, &beside_of(files));
        assert_eq!(
            asked(&[]),
            ["../src/b.c", "_attributes.adoc", "parts/a.adoc"]
        );
        let known = FILES.get(1..2).unwrap();
        assert_eq!(asked(known), ["../src/b.c", "code/A.java", "parts/a.adoc"]);
        assert!(AsciiDoc.references(b"= T\n").is_none());
    }

    #[test]
    fn a_file_that_includes_itself_ends() {
        let text = "include::loop.adoc[]\n".repeat(20_000);
        let page = read(&text, FILES);
        assert!(page.text.matches("Again.").count() <= INCLUDES_MAX);
        let odd = "include::[]\ninclude:: a[]\ninclude::code/A.java[=,a=\",tag==\"]\ninclude::$[]\ninclude::partial$[]\n";
        read(odd, FILES);
    }
}
