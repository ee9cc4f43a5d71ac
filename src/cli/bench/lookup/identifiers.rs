//! Names that are to be found where they are defined: drawn by lot from the anchors of a folder of HTML pages.
//!
//! What is right is read off the pages by a rule that knows nothing of how the program reads them: an anchor is that of a
//! definition if its last part is a word of the text it stands at, and the anchor looks like a name or belongs to a term (`dt`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult};

use super::lot::Lot;
use super::set::{Query, Set};
use crate::cli::Failure;
use crate::lookup::library::{self, Place};
use crate::lookup::{Index, Weights, naming, weigh};
use crate::markup;
use crate::store::Store;

/// Bytes of text at an anchor among which the name must be.
const HEAD_BYTES: usize = 200;
/// What stands before a name in an anchor and is no part of it: roles of Sphinx and rustdoc.
const ROLES: &[&str] = &[
    "c.",
    "method.",
    "tymethod.",
    "struct.",
    "enum.",
    "trait.",
    "fn.",
    "macro.",
    "variant.",
    "constant.",
    "type.",
    "structfield.",
    "associatedconstant.",
    "associatedtype.",
];

/// Names drawn by lot, and where each is defined.
pub(super) struct Identifiers {
    pub(super) set: Set,
    /// How many names there were to draw from.
    pub(super) all: usize,
    /// Of each question: where it is defined.
    places: Vec<Vec<Definition>>,
}

/// Where a name is defined.
#[derive(Debug, Clone, PartialEq)]
struct Definition {
    document: String,
    /// Lines of the anchor and of the beginning of its text.
    lines: (u32, u32),
}

impl Identifiers {
    /// Reads `dir` as a source and draws `count` names by the lot of `seed`.
    pub(super) fn draw(dir: &Path, count: usize, seed: u64) -> anyhow::Result<Self> {
        let source = naming::suggested(dir);
        let mut defined = BTreeMap::new();
        definitions(dir, &source, &mut defined)?;
        let mut names: Vec<(String, Vec<Definition>)> = defined.into_iter().collect();
        let all = names.len();
        if all == 0 {
            let what = format!("found no anchor of a definition in `{}`", dir.display());
            return Err(Failure::new(what, "give a folder of reference pages in HTML").into());
        }
        Lot(seed).shuffle(&mut names);
        names.truncate(count);
        let queries = names.iter().enumerate().map(|(at, (name, places))| Query {
            id: at.to_string(),
            text: name.clone(),
            source: None,
            relevant: places
                .iter()
                .map(|place| (place.document.clone(), 1))
                .collect(),
        });
        let queries = queries.collect();
        let (store, index) = (Store::in_memory()?, Index::in_memory());
        let place = Place {
            name: source,
            location: dir.to_owned(),
            max_documents: None,
            choice: None,
        };
        library::add(&store, &index, &place, 0, &|_| {})?;
        Ok(Self {
            set: Set::of_pages("identifiers".to_owned(), queries, store, index)?,
            all,
            places: names.into_iter().map(|(_, places)| places).collect(),
        })
    }

    /// Returns for which share of the names the lines of the first section, and of one of the first three, have a definition.
    pub(super) fn in_sections(&self) -> anyhow::Result<[f64; 2]> {
        let mut found = [0u32; 2];
        for (query, places) in self.set.queries.iter().zip(&self.places) {
            let hits = weigh(&self.set.evidence(query)?, &Weights::IN_USE);
            let mut right = None;
            for (at, hit) in hits.iter().take(3).enumerate() {
                let cut = self.set.store.cut(hit.page)?;
                let document = self.set.document(hit.page).unwrap_or_default();
                let is_there = cut.sections.get(hit.ordinal).is_some_and(|section| {
                    let (first, last) = section.lines;
                    let meets = |(begin, end): (u32, u32)| begin <= last && first <= end;
                    let mut places = places.iter();
                    places.any(|place| place.document == document && meets(place.lines))
                });
                if is_there {
                    right = Some(at);
                    break;
                }
            }
            for (found, depth) in found.iter_mut().zip([1, 3]) {
                *found += u32::from(right.is_some_and(|at| at < depth));
            }
        }
        let all = u32::try_from(self.places.len().max(1)).unwrap_or(u32::MAX);
        Ok(found.map(|found| f64::from(found) / f64::from(all)))
    }
}

/// Adds the names that the pages below `dir` define, with document and line.
fn definitions(
    dir: &Path,
    prefix: &str,
    defined: &mut BTreeMap<String, Vec<Definition>>,
) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(dir).with_context(|| format!("cannot read `{}`", dir.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let document = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            definitions(&path, &document, defined)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "html" || extension == "htm")
        {
            let page = std::fs::read(&path)
                .with_context(|| format!("cannot read `{}`", path.display()))?;
            for anchor in anchors(&String::from_utf8_lossy(&page)) {
                if let Some(name) = anchor.name() {
                    let place = Definition {
                        document: document.clone(),
                        lines: anchor.lines,
                    };
                    defined.entry(name.to_owned()).or_default().push(place);
                }
            }
        }
    }
    Ok(())
}

/// An element that can be linked to, and how its text begins.
#[derive(Debug)]
struct Anchor {
    id: String,
    tag: String,
    /// Of the tag, and of the beginning of the text.
    lines: (u32, u32),
    head: String,
    is_open: bool,
}

impl Anchor {
    /// Returns the name that is defined here.
    fn name(&self) -> Option<&str> {
        let role = ROLES.iter().find_map(|role| self.id.strip_prefix(role));
        let name = role.unwrap_or(&self.id);
        let is_name_letter =
            |letter: char| letter.is_ascii_alphanumeric() || "_.:".contains(letter);
        let last = name.rsplit(['.', ':']).next().unwrap_or_default();
        let mut letters = name.chars().zip(name.chars().skip(1));
        let looks_like_one = name.contains(['_', '.', ':'])
            || letters.any(|(one, other)| one.is_lowercase() && other.is_uppercase());
        let is_no_word_letter = |letter: char| !letter.is_alphanumeric() && letter != '_';
        let is_name = last.len() > 1
            && name.chars().all(is_name_letter)
            && (looks_like_one || self.tag == "dt")
            && self.head.split(is_no_word_letter).any(|word| word == last);
        is_name.then_some(name)
    }
}

fn anchors(page: &str) -> Vec<Anchor> {
    let (Ok(read) | Err(read)) = markup::read(page, Anchors::default());
    read.0.into_inner()
}

#[derive(Default)]
struct Anchors(RefCell<Vec<Anchor>>);

impl TokenSink for Anchors {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut anchors = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let line = u32::try_from(line).unwrap_or(u32::MAX);
                let id = markup::attribute(&tag, "id");
                anchors.extend(id.map(|id| Anchor {
                    id: id.to_owned(),
                    tag: tag.name.to_string(),
                    lines: (line, line),
                    head: String::new(),
                    is_open: true,
                }));
            }
            Token::TagToken(tag) => {
                let mut open = anchors.iter_mut().rev().filter(|anchor| anchor.is_open);
                if let Some(anchor) = open.find(|anchor| *anchor.tag == *tag.name) {
                    anchor.is_open = false;
                }
            }
            Token::CharacterTokens(text) => {
                for anchor in anchors.iter_mut().filter(|anchor| anchor.is_open) {
                    if anchor.head.trim().is_empty() {
                        anchor.lines.1 = u32::try_from(line).unwrap_or(u32::MAX);
                    }
                    anchor.head.push_str(&text);
                    anchor.is_open = anchor.head.len() < HEAD_BYTES;
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_an_anchor_whose_text_has_the_name() {
        let page = "<h1 id=\"opening-files\">Opening files</h1>\n<dl><dt id=\"term-mode\">mode</dt>\n\
                    <dt id=\"open\"><code>open</code>(file)</dt>\n<dt id=\"c.PyObject_New\">PyObject *<b>PyObject_New</b></dt>\n\
                    <dt id=\"io.File.read\"><span id=\"id3\">read</span>()</dt></dl><h2 id=\"FileMode\">FileMode</h2>\
                    <p id=\"some_note\">Text.</p><h2 id=\"modes\">modes</h2>";
        let found = anchors(page);
        let names: Vec<(&str, u32)> = found
            .iter()
            .filter_map(|anchor| Some((anchor.name()?, anchor.lines.1)))
            .collect();
        assert_eq!(
            names,
            [
                ("open", 3),
                ("PyObject_New", 4),
                ("io.File.read", 5),
                ("FileMode", 5)
            ]
        );
    }

    #[test]
    fn names_are_drawn_and_found_in_their_page_and_section() {
        let folder = tempfile::tempdir().unwrap();
        for (name, other) in [("a", "b"), ("b", "a")] {
            let page = format!(
                "<h1>{name}</h1>\n<dl><dt id=\"m.{name}_open\">m.{name}_open()</dt>\n<dd>Like {other}_open.</dd></dl>\n"
            );
            std::fs::write(folder.path().join(format!("{name}.html")), page).unwrap();
        }
        let drawn = Identifiers::draw(folder.path(), 10, 1).unwrap();
        assert_eq!((drawn.all, drawn.set.queries.len()), (2, 2));
        let all = drawn
            .in_sections()
            .unwrap()
            .iter()
            .all(|share| *share > 0.99);
        assert!(all);
    }
}
