//! JSON Schema, as programs describe their settings with it: a page with a definition for each setting by its path
//! (`server.tls.minVersion`), and one for each type that the schema names.
//!
//! What stands for a value is told in the words that `OpenAPI` has for it.

mod settings;
#[cfg(test)]
mod tests;

use self::settings::{Setting, Settings};
use super::interface::below::Below;
use super::interface::joined::{self, Texts};
use super::interface::marked;
use super::interface::names::PagePaths;
use super::interface::spec::Spec;
use super::interface::words::{alternatives, typed};
use super::sheet::{Headings, Sheet, one_line};
use super::tree::{self, Node};
use super::{Beside, Format, Pages, References, Unread};
use crate::lookup::document::{Document, Kind};

/// `.json`, `.yaml` and `.yml` that say of JSON Schema that they are it, or describe an object with a title.
pub(super) struct Schema;

/// First members of schemas, by themselves or beside `$schema`.
const TOP: &[&str] = &[
    "$comment",
    "$defs",
    "$id",
    "$ref",
    "$schema",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "definitions",
    "description",
    "id",
    "oneOf",
    "properties",
    "required",
    "title",
    "type",
];
/// Where schemas of JSON Schema are named: a file that names another follows that, and is data.
const NAMED_AT: &str = "json-schema.org/";
/// Members that something is described by.
const DESCRIBING: &[&str] = &[
    "$defs",
    "$ref",
    "allOf",
    "anyOf",
    "definitions",
    "oneOf",
    "patternProperties",
    "properties",
];
/// What descriptions of interfaces begin with, which have schemas in them.
const INTERFACES: &[&str] = &["openapi", "swagger", "asyncapi"];
/// Members below which types lie that have names.
const TYPES: &[&str] = &["definitions", "$defs"];
/// Values of a type without members that make it worth a page.
const VALUES_MIN: usize = 3;
/// Alternatives of one value that are told one by one.
const ALTERNATIVES_MAX: usize = 40;

impl Format for Schema {
    fn name(&self) -> &'static str {
        "JSON Schema"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json", "yaml", "yml"]
    }

    fn recognizes(&self, head: &str) -> bool {
        let keys = tree::top_keys(head);
        let is_of = |known: &[&str]| keys.iter().any(|key| known.contains(key));
        // A key of YAML with this mark is none that stands at the margin.
        let begins = keys.first().is_some_and(|key| TOP.contains(key)) || says_so(head);
        let describes = || {
            ["properties", "object"]
                .iter()
                .all(|word| head.contains(word))
                && !head.contains("$schema")
        };
        begins && !is_of(INTERFACES) && (says_so(head) || describes())
    }

    fn references(&self, bytes: &[u8]) -> Option<References> {
        let text = String::from_utf8_lossy(bytes);
        let has_any = text.contains("$ref") && text.contains("properties");
        has_any.then_some(References::Of(joined::references))
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        self.read_beside(bytes, &Beside::default())
    }

    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        let text = String::from_utf8_lossy(bytes);
        let text = tree::mended(&text);
        // Most of what begins so is data, which nobody misses if it is broken.
        let tree = tree::read(&text).map_err(|why| {
            if says_so(&text) {
                Unread::Broken(why)
            } else {
                Unread::Foreign
            }
        })?;
        if !is_schema(&tree.root) {
            return Err(Unread::Foreign);
        }
        let texts = Texts::of(beside);
        let (mut root, unread) = texts.joined(tree.root);
        marked::rewrite(&mut root);
        let mut pages = pages(&root);
        pages.skipped.extend(unread.into_iter().chain(tree.cut));
        Ok(pages)
    }
}

/// Tells whether a file that begins with `head` says that it is a schema.
fn says_so(head: &str) -> bool {
    let value = head.split_once("$schema").map(|(_, value)| value);
    let line = value.and_then(|value| value.trim_start_matches(['"', '\'']).lines().next());
    line.is_some_and(|line| line.contains(NAMED_AT))
}

/// Tells whether `root` is a schema, and no description of an interface or data that looks like one.
fn is_schema(root: &Node<'_>) -> bool {
    let describes = DESCRIBING.iter().any(|key| {
        root.get(key)
            .is_some_and(|node| !node.entries().is_empty() || !node.items().is_empty())
            || *key == "$ref" && root.text_of(key).is_some()
    });
    if !describes || INTERFACES.iter().any(|key| root.get(key).is_some()) {
        return false;
    }
    if let Some(named) = root.text_of("$schema") {
        return named.contains(NAMED_AT);
    }
    let members = root.map_of("properties");
    let are_schemas = members.iter().all(|(_, member)| {
        member
            .text()
            .is_none_or(|text| ["true", "false"].contains(&text))
    });
    let is_told = ["title", "description"]
        .iter()
        .any(|key| root.text_of(key).is_some())
        || TYPES.iter().any(|key| !root.map_of(key).is_empty());
    root.text_of("type") == Some("object") && !members.is_empty() && are_schemas && is_told
}

fn pages(root: &Node<'_>) -> Pages {
    let spec = Spec::new(root);
    let title = root
        .text_of("title")
        .map_or_else(|| name_of(root), one_line);
    let first = page(&spec, root, &Place::Top(&title));
    let mut paths = PagePaths::default();
    let mut below = Below::default();
    for key in TYPES {
        for (name, schema) in root.map_of(key) {
            below.put_if(|| {
                let target = spec.resolved(schema);
                let says = target.get("description").is_some()
                    || target.list_of("enum").len() >= VALUES_MIN
                    || !Settings::of(&spec, target, 0).is_empty();
                // One that only stands for another has no words of its own.
                let is_worth = says && std::ptr::eq(target, schema);
                is_worth.then(|| {
                    let path = paths.give(&format!("definitions/{name}"));
                    (path, page(&spec, schema, &Place::Type(&title, name)))
                })
            });
        }
    }
    let (below, mut skipped) = below.done();
    skipped.extend(spec.skipped());
    Pages {
        first,
        below,
        skipped,
    }
}

/// Returns what a schema without a title is called: what its identifier ends with.
fn name_of(root: &Node<'_>) -> String {
    let id = ["$id", "id"].iter().find_map(|key| root.text_of(key));
    let id = id.unwrap_or_default().trim_end_matches(['/', '#']);
    one_line(id.rsplit(['/', ':']).next().unwrap_or_default())
}

/// Where a page stands.
enum Place<'t> {
    /// It is that of the schema itself, with its title.
    Top(&'t str),
    /// It is that of a type of the schema with this title.
    Type(&'t str, &'t str),
}

/// Levels of types that are told where they are used: each has a page of its own too.
const TYPE_LEVELS: usize = 4;

fn page<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, place: &Place<'_>) -> Document {
    let mut sheet = Sheet::default();
    sheet.at(schema.line);
    let settings = match place {
        Place::Top("") => Settings::fitting(spec, schema, TYPE_LEVELS),
        Place::Top(title) => {
            sheet.heading(1, title, "", Vec::new());
            Settings::fitting(spec, schema, TYPE_LEVELS)
        }
        Place::Type(_, name) => {
            sheet.heading(1, name, "", vec![(*name).to_owned()]);
            let name = one_line(name);
            sheet.prose(&format!("Type `{name}`: {}", typed(spec, schema, false)));
            Settings::of(spec, schema, 0)
        }
    };
    let within = match place {
        Place::Top(_) => "",
        Place::Type(_, name) => name,
    };
    about(&mut sheet, spec, schema);
    for setting in &settings.all {
        tell(&mut sheet, spec, setting, within);
    }
    if settings.left_out > 0 {
        spec.leave_out(settings.left_out);
        sheet.gap();
        sheet.prose(&format!("… and {} more", settings.left_out));
    }
    match place {
        Place::Top(_) => sheet.finish("", Kind::Api, None),
        Place::Type("", _) => sheet.finish("definitions", Kind::Api, None),
        Place::Type(title, _) => sheet.finish(&format!("{title} › definitions"), Kind::Api, None),
    }
}

/// Writes one setting; in a type its path begins with the name of that.
fn tell<'a>(sheet: &mut Sheet, spec: &Spec<'a>, setting: &Setting<'a>, within: &str) {
    if let Some(line) = setting.line {
        sheet.at(line);
    }
    let dot = if within.is_empty() || setting.path.starts_with(['[', '{']) {
        ""
    } else {
        "."
    };
    let path = one_line(&format!("{within}{dot}{}", setting.path));
    let mut names = vec![path.clone()];
    if setting.path != path {
        names.push(one_line(&setting.path));
    }
    let last = one_line(&setting.name);
    if !names.contains(&last) {
        names.push(last);
    }
    let words = typed(spec, setting.schema, setting.is_required);
    sheet.definition_of(&path, names, &words);
    about(sheet, spec, setting.schema);
}

/// Writes what `schema` says of itself, and what its values may be instead of each other.
fn about<'a>(sheet: &mut Sheet, spec: &Spec<'a>, schema: &'a Node<'a>) {
    let target = spec.resolved(schema);
    let text = |node: &'a Node<'a>| {
        ["description", "markdownDescription"]
            .iter()
            .find_map(|key| node.text_of(key))
    };
    if let Some(text) = text(schema).or_else(|| text(target)) {
        sheet.markdown(&spec.text(text), Headings::Plain);
    }
    for key in [
        "deprecationMessage",
        "markdownDeprecationMessage",
        "x-deprecationMessage",
    ] {
        if let Some(why) = target.text_of(key) {
            sheet.prose(&format!("Deprecated: {why}"));
        }
    }
    let values = target.list_of("enum").iter().filter_map(Node::text);
    let told = ["enumDescriptions", "markdownEnumDescriptions"].iter();
    let told = told
        .map(|key| target.list_of(key))
        .find(|told| !told.is_empty());
    for (value, words) in values.zip(told.unwrap_or_default()) {
        if let Some(words) = words.text().filter(|words| !words.trim().is_empty()) {
            let value = one_line(value).replace('`', "'");
            sheet.item("- ", &format!("`{value}`: {}", spec.text(words)));
        }
    }
    for choice in alternatives(target).into_iter().take(ALTERNATIVES_MAX) {
        let said = text(choice).or_else(|| choice.text_of("title"));
        if let Some(said) = said {
            let words = typed(spec, choice, false);
            sheet.item("- ", &format!("{words} – {}", spec.text(said)));
        }
    }
}
