//! The pages of a file in order, each with what it inherits, and the outline (bookmarks) that leads to them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::cmap::utf16_text;
use super::file::File;
use super::letters::Encoding;
use super::object::{Dict, Object};
use crate::lookup::clean::one_line;

/// Pages of a file: the longest manuals have 10,000.
pub(super) const PAGES_MAX: usize = 20_000;
/// Bookmarks of a file.
const BOOKMARKS_MAX: usize = 50_000;
/// Bookmarks inside one another.
const LEVELS_MAX: usize = 24;
/// Nodes of a tree of names: a reference manual has some 50,000.
const NAMES_MAX: usize = 200_000;
/// What a page takes from those above it.
const INHERITED: [&str; 4] = ["Resources", "MediaBox", "CropBox", "Rotate"];

/// Values of [`INHERITED`], held once however many pages have them.
type Above = [Option<Rc<Object>>; INHERITED.len()];

/// A page, before it is read.
#[derive(Debug)]
pub(super) struct Page {
    object: Object,
    above: Above,
}

impl Page {
    /// Returns the page with what it inherits.
    pub(super) fn dict(&self, file: &File<'_>) -> Dict {
        let own = file.resolved(&self.object);
        let mut dict = own.dict().cloned().unwrap_or_default();
        for (key, value) in INHERITED.iter().zip(&self.above) {
            if let (None, Some(value)) = (dict.get(key), value) {
                dict.0.push(((*key).to_owned(), file.resolved(value)));
            }
        }
        dict
    }
}

/// The pages of a file.
#[derive(Debug, Default)]
pub(super) struct PageTree {
    pub(super) pages: Vec<Page>,
    /// Which page each object is.
    numbers: HashMap<u32, usize>,
}

impl PageTree {
    pub(super) fn read(file: &File<'_>) -> Self {
        let mut tree = Self::default();
        let root = file.dict(file.trailer(), "Root").unwrap_or_default();
        let top = root
            .get("Pages")
            .map(|pages| (pages.clone(), Above::default()));
        let mut open: Vec<(Object, Above)> = top.into_iter().collect();
        let mut seen = HashSet::new();
        while let Some((object, above)) = open.pop() {
            let is_new = match object {
                Object::Reference(number) => seen.insert(number),
                _ => true,
            };
            if !is_new || tree.pages.len() >= PAGES_MAX {
                continue;
            }
            let resolved = file.resolved(&object);
            let Some(dict) = resolved.dict() else {
                continue;
            };
            match file.get(dict, "Kids") {
                Some(Object::Array(kids)) => {
                    let mut inherited = above;
                    for (key, slot) in INHERITED.iter().zip(&mut inherited) {
                        if let Some(value) = dict.get(key) {
                            *slot = Some(Rc::new(value.clone()));
                        }
                    }
                    open.extend(kids.into_iter().rev().map(|kid| (kid, inherited.clone())));
                }
                _ => tree.add(object, above),
            }
        }
        if tree.pages.is_empty() {
            // The tree is lost, its leaves may be there.
            for number in file.of_type("Page", PAGES_MAX) {
                tree.add(Object::Reference(number), Above::default());
            }
        }
        tree
    }

    fn add(&mut self, object: Object, above: Above) {
        if let Object::Reference(number) = object {
            self.numbers.insert(number, self.pages.len());
        }
        self.pages.push(Page { object, above });
    }
}

/// A line of the outline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bookmark {
    /// From 1.
    pub(super) level: u8,
    pub(super) title: String,
    /// Which page it leads to, from 0.
    pub(super) page: usize,
    /// How far up on the page, where it says so.
    pub(super) y: Option<f64>,
}

/// Returns the outline in order, as far as it leads to pages.
pub(super) fn bookmarks(file: &File<'_>, tree: &PageTree) -> Vec<Bookmark> {
    let root = file.dict(file.trailer(), "Root").unwrap_or_default();
    let Some(outlines) = file.dict(&root, "Outlines") else {
        return Vec::new();
    };
    let names = named_places(file, &root);
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut open: Vec<(Object, usize)> = outlines
        .get("First")
        .map(|first| (first.clone(), 1))
        .into_iter()
        .collect();
    while let Some((object, level)) = open.pop() {
        let Object::Reference(number) = object else {
            continue;
        };
        if !seen.insert(number) || seen.len() > BOOKMARKS_MAX {
            continue;
        }
        let resolved = file.resolved(&object);
        let Some(item) = resolved.dict() else {
            continue;
        };
        open.extend(item.get("Next").map(|next| (next.clone(), level)));
        if level < LEVELS_MAX {
            open.extend(item.get("First").map(|first| (first.clone(), level + 1)));
        }
        let title = match file.get(item, "Title") {
            Some(Object::Text(bytes)) => text(&bytes),
            _ => continue,
        };
        let place = file
            .get(item, "Dest")
            .or_else(|| file.get(&file.dict(item, "A")?, "D"));
        let Some((page, y)) = place.and_then(|place| page_of(file, tree, &names, place)) else {
            continue;
        };
        let title = one_line(&title);
        if !title.is_empty() {
            let level = u8::try_from(level).unwrap_or(6).min(6);
            found.push(Bookmark {
                level,
                title,
                page,
                y,
            });
        }
    }
    found
}

fn page_of(
    file: &File<'_>,
    tree: &PageTree,
    names: &HashMap<Vec<u8>, Object>,
    place: Object,
) -> Option<(usize, Option<f64>)> {
    let place = match place {
        Object::Text(name) => file.resolved(names.get(&name)?),
        Object::Name(name) => file.resolved(names.get(name.as_bytes())?),
        place => place,
    };
    let place = match &place {
        Object::Dict(dict) => file.get(dict, "D")?,
        _ => place,
    };
    let members = place.array();
    let page = match members.first()? {
        Object::Reference(number) => *tree.numbers.get(number)?,
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast of floats saturates"
        )]
        Object::Number(number) => *number as usize,
        _ => return None,
    };
    let at = match members.get(1).and_then(Object::name)? {
        "XYZ" => 3,
        "FitH" | "FitBH" => 2,
        _ => return Some((page, None)),
    };
    Some((page, members.get(at).and_then(Object::number)))
}

/// Returns the places that have names.
fn named_places(file: &File<'_>, root: &Dict) -> HashMap<Vec<u8>, Object> {
    let mut places = HashMap::new();
    for (name, place) in file.dict(root, "Dests").unwrap_or_default().0 {
        places.insert(name.into_bytes(), place);
    }
    let names = file.dict(root, "Names").unwrap_or_default();
    let mut open: Vec<Object> = names.get("Dests").cloned().into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(node) = open.pop() {
        if let Object::Reference(number) = node
            && !seen.insert(number)
        {
            continue;
        }
        let resolved = file.resolved(&node);
        let Some(dict) = resolved.dict() else {
            continue;
        };
        if places.len() + open.len() > NAMES_MAX {
            break;
        }
        if let Some(Object::Array(kids)) = file.get(dict, "Kids") {
            open.extend(kids);
        }
        if let Some(Object::Array(pairs)) = file.get(dict, "Names") {
            for pair in pairs.chunks(2) {
                if let [Object::Text(name), place] = pair {
                    places.insert(name.clone(), place.clone());
                }
            }
        }
    }
    places
}

/// Reads a text that is for people: UTF-16 or UTF-8 by its mark, else close to Latin-1.
pub(super) fn text(bytes: &[u8]) -> String {
    if let Some(utf16) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16_text(utf16);
    }
    if let Some(utf8) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(utf8).into_owned();
    }
    let letter = |byte: &u8| Encoding::Windows.letter(*byte).unwrap_or(' ');
    bytes.iter().map(letter).collect()
}
