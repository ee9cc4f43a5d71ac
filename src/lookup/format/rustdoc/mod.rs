//! The JSON that rustdoc makes of a crate (`--output-format json`): a page for each module, type, trait, function and macro.
//!
//! The form changes with the compiler, so nothing is asked of it but the fields that are shown, as they stood in any version.

mod signature;

use std::cell::Cell;
use std::collections::{HashMap, HashSet, VecDeque};

use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use self::signature::{flag, list, of_bounds, of_function, of_generics, of_path, of_type, tagged};
use super::sheet::{Headings, Sheet, short};
use super::{Format, Pages, Unread, fit_version};
use crate::lookup::document::{Document, Kind};

/// Items that have a page of their own.
const PAGES_MAX: usize = 50_000;
/// Modules inside modules.
const DEPTH_MAX: usize = 32;
/// Letters of an item's description in the list of its module.
const SUMMARY_LETTERS_MAX: usize = 120;
/// Bytes of a file: that of `core` has 97 MB and that of `windows` some 200, and such a file is held as a whole.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// Bytes of an item: a module of 100,000 items has 1 MB, and an item takes ten times its length while it is looked at.
const ITEM_BYTES_MAX: usize = 16 << 20;
/// How often as many bytes are looked at as a file has: a real one needs two, for some items are members and pages.
const LOOKS_MAX: usize = 8;

/// `.json` that rustdoc wrote.
pub(super) struct Rustdoc;

impl Format for Rustdoc {
    fn name(&self) -> &'static str {
        "rustdoc JSON"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn recognizes(&self, head: &str) -> bool {
        let words = [
            "\"root\"",
            "\"crate_version\"",
            "\"includes_private\"",
            "\"index\"",
        ];
        words.iter().all(|word| head.contains(word))
    }

    fn version(&self, head: &str) -> Option<String> {
        let after = head.split_once("\"crate_version\"")?.1;
        let value = after.trim_start().strip_prefix(':')?.trim_start();
        let version = value.strip_prefix('"')?.split('"').next()?;
        // That of the standard library goes on with the compiler it is of, after a tab.
        fit_version(version.split("\\t").next()?)
    }

    fn bytes_max(&self) -> u64 {
        FILE_BYTES_MAX
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        let file: File<'_> =
            serde_json::from_slice(bytes).map_err(|error| match error.classify() {
                Category::Data => Unread::Foreign,
                _ => Unread::Broken(error.to_string()),
            })?;
        let mut described = Described {
            index: &file.index,
            left: Cell::new(bytes.len().saturating_mul(LOOKS_MAX)),
            home: HashSet::new(),
            seen: HashSet::new(),
            later: VecDeque::new(),
            pages: Vec::new(),
            is_full: false,
        };
        let id = key(&file.root);
        let Some(top) = described.item(&id) else {
            return Err(Unread::Foreign);
        };
        let name = top.get("name").and_then(Value::as_str).unwrap_or("crate");
        let version = file.crate_version.as_str();
        described.find_homes(&id);
        described.seen.insert(id);
        let first = described.module(&top, &[name.to_owned()], version);
        // What is private has its page here where nothing public leads to it.
        while let Some((id, path)) = described.later.pop_front() {
            if let Some(item) = described.item(&id)
                && described.seen.insert(id)
            {
                described.below(&item, &path);
            }
        }
        let mut skipped = Vec::new();
        if described.is_full {
            skipped.push(format!("what lies beyond {PAGES_MAX} items"));
        }
        if described.left.get() == 0 {
            skipped.push("what lies beyond items that are in too many places".to_owned());
        }
        Ok(Pages {
            first,
            below: described.pages,
            skipped,
        })
    }
}

/// What is asked of a file. Its items stay text until one is looked at: as values they take ten times the room.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    root: Value,
    #[serde(default)]
    crate_version: Value,
    #[serde(borrow, default)]
    index: HashMap<&'a str, &'a RawValue>,
}

/// Returns the key that an id is in maps: newer versions have numbers.
fn key(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// Returns what kind of item this is, and what is particular to it.
fn particular(item: &Value) -> (&str, &Value) {
    match (item.get("kind").and_then(Value::as_str), item.get("inner")) {
        (Some(kind), Some(inner)) => (kind, inner),
        (None, Some(inner)) => tagged(inner),
        _ => ("", &Value::Null),
    }
}

/// Returns what the kind of an item is called in Rust, and in the path of its page.
fn word(kind: &str) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        "struct" => ("struct", "struct"),
        "enum" => ("enum", "enum"),
        "union" => ("union", "union"),
        "trait" => ("trait", "trait"),
        "trait_alias" => ("trait", "traitalias"),
        "function" => ("fn", "fn"),
        "macro" | "proc_macro" => ("macro", "macro"),
        "type_alias" | "typedef" => ("type", "type"),
        "constant" => ("const", "constant"),
        "static" => ("static", "static"),
        "primitive" => ("primitive", "primitive"),
        _ => return None,
    })
}

fn is_use(kind: &str) -> bool {
    matches!(kind, "use" | "import")
}

/// Tells whether everybody may name an item who may name what it is in.
fn is_public(item: &Value) -> bool {
    // `{"restricted": ...}`; members of a trait are `default`.
    let visibility = item.get("visibility");
    !visibility.is_some_and(|visibility| visibility.is_object() || visibility == "crate")
}

/// How an item comes to be in a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Own,
    /// `pub use path::Name`.
    Name,
    /// `pub use path::*`.
    Glob,
}

/// What a module brings that was not looked at yet.
#[derive(Default)]
struct Brought {
    /// Last in, first out: what a glob brings stands where the glob stands.
    ids: Vec<(String, usize, Way)>,
    /// The modules whose globs were opened.
    globs: HashSet<String>,
}

impl Brought {
    /// Adds the items of the module that is `inner`.
    fn add(&mut self, inner: &Value, depth: usize, way: Way) {
        let items = list(inner, "items").iter().rev();
        self.ids.extend(items.map(|id| (key(id), depth, way)));
    }
}

/// Returns the line of an item in the list of its module.
fn listed(item: &Value) -> String {
    let text = short(docs(item), SUMMARY_LETTERS_MAX);
    let dash = if text.is_empty() { "" } else { " – " };
    let said = word(particular(item).0).map_or("mod", |(word, _)| word);
    format!("`{said} {}`{dash}{text}", name(item))
}

fn docs(item: &Value) -> &str {
    item.get("docs").and_then(Value::as_str).unwrap_or_default()
}

fn name(item: &Value) -> &str {
    item.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// A crate that is being written as pages.
struct Described<'a> {
    index: &'a HashMap<&'a str, &'a RawValue>,
    /// Bytes of items that may still be looked at.
    left: Cell<usize>,
    /// Items that everybody reaches where they are defined: there they have their page, whoever else exports them.
    home: HashSet<String>,
    /// Items that have a page: another that is exported twice is told where it is found first.
    seen: HashSet<String>,
    /// Private items and preludes, and the paths of the modules that they are in.
    later: VecDeque<(String, Vec<String>)>,
    pages: Vec<(String, Document)>,
    is_full: bool,
}

impl Described<'_> {
    fn item(&self, id: &str) -> Option<Value> {
        let text = self.index.get(id)?.get();
        let left = self.left.get();
        self.left.set(left.saturating_sub(text.len()));
        if left < text.len() || text.len() > ITEM_BYTES_MAX {
            return None;
        }
        serde_json::from_str(text).ok()
    }

    fn items(&self, holder: &Value, field: &str) -> Vec<Value> {
        let ids = list(holder, field).iter();
        ids.filter_map(|id| self.item(&key(id))).collect()
    }

    /// Finds what is public at the place of its definition, from the module `root` on.
    fn find_homes(&mut self, root: &str) {
        let mut open = vec![root.to_owned()];
        while let Some(id) = open.pop() {
            let Some(module) = self.item(&id) else {
                continue;
            };
            for id in list(particular(&module).1, "items").iter().map(key) {
                let Some(item) = self.item(&id).filter(is_public) else {
                    continue;
                };
                let kind = particular(&item).0;
                let is_new = !is_use(kind) && self.home.insert(id.clone());
                if is_new && kind == "module" {
                    open.push(id);
                }
            }
        }
    }

    /// Writes a module, and the pages of what is in it.
    fn module(&mut self, item: &Value, path: &[String], version: Option<&str>) -> Document {
        let full = path.join("::");
        let mut sheet = Sheet::default();
        let title = match version {
            Some(version) => format!("crate {full} {version}"),
            None => format!("mod {full}"),
        };
        sheet.heading(1, &title, "", vec![full]);
        sheet.markdown(docs(item), Headings::Under(1));
        let lines = self.items_of(item, path);
        if !lines.is_empty() {
            sheet.heading(2, "Items", "items", Vec::new());
            for line in lines {
                sheet.prose_indented("- ", &line);
            }
        }
        finished(sheet, &title)
    }

    /// Returns a line for each item that a module has or exports, and writes the pages of those that have theirs there.
    fn items_of(&mut self, module: &Value, path: &[String]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut brought = Brought::default();
        brought.add(particular(module).1, 0, Way::Own);
        while let Some((id, depth, way)) = brought.ids.pop() {
            let is_seen = self.seen.contains(&id);
            let is_elsewhere = way != Way::Own && (is_seen || self.home.contains(&id));
            if (is_seen || is_elsewhere) && way != Way::Name {
                continue;
            }
            let Some(found) = self.item(&id) else {
                continue;
            };
            let (kind, inner) = particular(&found);
            let is_public = is_public(&found);
            // What a module brings in for itself, it does not export; nor do others what is private in it.
            if !is_public && (is_use(kind) || way == Way::Glob) {
                continue;
            }
            if is_use(kind) {
                lines.extend(self.take_use(inner, depth, &mut brought));
                continue;
            }
            if kind != "module" && word(kind).is_none() {
                continue;
            }
            lines.push(listed(&found));
            if is_elsewhere {
                continue;
            }
            // What a prelude has, others export at a place that says more.
            let is_prelude = kind == "module" && name(&found) == "prelude";
            if way == Way::Own && (!is_public || is_prelude) {
                self.later.push_back((id, path.to_vec()));
                continue;
            }
            self.seen.insert(id);
            self.below(&found, path);
        }
        lines
    }

    /// Adds what a `use` brings; returns the line of one that leads out of the crate, or too far.
    fn take_use(&self, inner: &Value, depth: usize, brought: &mut Brought) -> Option<String> {
        let to = inner.get("id").filter(|to| !to.is_null()).map(key);
        let target = to.as_deref().and_then(|to| self.item(to));
        let is_glob = flag(inner, ["is_glob", "glob"]);
        match (to, target) {
            (Some(to), Some(_)) if is_glob && !brought.globs.insert(to.clone()) => {}
            (_, Some(target)) if is_glob && depth < DEPTH_MAX => {
                brought.add(particular(&target).1, depth + 1, Way::Glob);
            }
            (Some(to), Some(_)) if depth < DEPTH_MAX => {
                brought.ids.push((to, depth + 1, Way::Name));
            }
            _ => {
                let source = inner.get("source").and_then(Value::as_str);
                return Some(format!("`pub use {}`", source.unwrap_or_default()));
            }
        }
        None
    }

    /// Writes the page of an item in the module at `path`.
    fn below(&mut self, item: &Value, path: &[String]) {
        let (kind, inner) = particular(item);
        if self.pages.len() >= PAGES_MAX || path.len() >= DEPTH_MAX {
            self.is_full = true;
            return;
        }
        let mut full = path.to_vec();
        full.push(name(item).to_owned());
        let folders = path.iter().skip(1).cloned();
        let mut place: Vec<String> = folders.collect();
        let Some((said, file)) = word(kind) else {
            place.push(name(item).to_owned());
            let at = self.pages.len();
            // Its place is before what is in it.
            self.pages.push((place.join("/"), Document::default()));
            let page = self.module(item, &full, None);
            if let Some(slot) = self.pages.get_mut(at) {
                slot.1 = page;
            }
            return;
        };
        place.push(format!("{file}.{}", name(item)));
        let mut sheet = Sheet::default();
        let title = format!("{said} {}", full.join("::"));
        sheet.heading(1, &title, "", vec![full.join("::")]);
        if kind != "primitive" {
            sheet.code("rust", &self.declared(item));
        }
        if item.get("deprecation").is_some_and(Value::is_object) {
            let note = item.get("deprecation").and_then(|told| told.get("note"));
            let note = note
                .and_then(Value::as_str)
                .unwrap_or("no longer to be used");
            sheet.prose(&format!("Deprecated: {note}"));
        }
        sheet.markdown(docs(item), Headings::Under(1));
        self.members(&mut sheet, name(item), inner);
        self.pages.push((place.join("/"), finished(sheet, &title)));
    }

    /// Returns the declaration of an item, without its members.
    fn declared(&self, item: &Value) -> String {
        let (kind, inner) = particular(item);
        let name = name(item);
        let (params, clauses) = of_generics(inner);
        let nothing = Value::Null;
        let of = |key: &str| inner.get(key).map(of_type).unwrap_or_default();
        match kind {
            "function" => format!("pub {}", of_function(name, inner)),
            "trait" => {
                let bounds = of_bounds(list(inner, "bounds"));
                let colon = if bounds.is_empty() { "" } else { ": " };
                format!("pub trait {name}{params}{colon}{bounds}{clauses}")
            }
            "macro" => inner.as_str().unwrap_or(name).to_owned(),
            "proc_macro" => match inner.get("kind").and_then(Value::as_str) {
                Some("attr") => format!("#[{name}]"),
                Some("derive") => format!("#[derive({name})]"),
                _ => format!("{name}!()"),
            },
            "type_alias" | "typedef" => {
                format!("pub type {name}{params} = {}{clauses}", of("type"))
            }
            "constant" => {
                let told = inner.get("const").unwrap_or(inner);
                let value = told.get("expr").unwrap_or(&nothing);
                let value = value.as_str().filter(|value| *value != "_");
                let value = value.map(|value| format!(" = {value}"));
                format!(
                    "pub const {name}: {}{}",
                    of("type"),
                    value.unwrap_or_default()
                )
            }
            "static" => format!("pub static {name}: {}", of("type")),
            "struct" => {
                let kind = inner.get("kind").unwrap_or(&nothing);
                let fields = list(kind, "tuple").iter();
                let fields: Vec<String> = fields
                    .map(|id| {
                        let field = self.item(&key(id));
                        field.map_or_else(|| "_".to_owned(), |field| of_type(particular(&field).1))
                    })
                    .collect();
                if fields.is_empty() {
                    return format!("pub struct {name}{params}{clauses}");
                }
                format!("pub struct {name}{params}({}){clauses}", fields.join(", "))
            }
            kind => format!(
                "pub {} {name}{params}{clauses}",
                word(kind).map_or("", |(word, _)| word)
            ),
        }
    }

    /// Writes what belongs to the type or trait called `owner`.
    fn members(&self, sheet: &mut Sheet, owner: &str, inner: &Value) {
        let plain = inner.get("kind").and_then(|kind| kind.get("plain"));
        let holder = plain.unwrap_or(inner);
        self.named(sheet, (owner, "Fields"), &self.items(holder, "fields"));
        self.named(sheet, (owner, "Variants"), &self.items(inner, "variants"));
        for item in self.items(inner, "items") {
            member(sheet, owner, &item);
        }
        let mut traits = Vec::new();
        for told in self.items(inner, "impls") {
            let told = particular(&told).1;
            let is_made = flag(told, ["is_synthetic", "synthetic"]);
            let is_blanket = told.get("blanket_impl").is_some_and(|of| !of.is_null());
            match told.get("trait").filter(|of| of.is_object()) {
                Some(of) if !is_made && !is_blanket => traits.push(format!("`{}`", of_path(of))),
                Some(_) => {}
                None => {
                    for item in self.items(told, "items") {
                        member(sheet, owner, &item);
                    }
                }
            }
        }
        if !traits.is_empty() {
            traits.sort();
            traits.dedup();
            sheet.heading(2, "Traits", "traits", Vec::new());
            sheet.prose(&traits.join(", "));
        }
    }

    /// Writes fields or variants as a list; their names lead to it.
    fn named(&self, sheet: &mut Sheet, (owner, title): (&str, &str), items: &[Value]) {
        let items: Vec<&Value> = items.iter().filter(|item| !name(item).is_empty()).collect();
        if items.is_empty() {
            return;
        }
        let names = items.iter().map(|item| format!("{owner}::{}", name(item)));
        sheet.heading(2, title, &title.to_lowercase(), names.collect());
        for item in items {
            let (kind, inner) = particular(item);
            let mut line = format!("`{}", name(item));
            if kind == "struct_field" {
                line.push_str(": ");
                line.push_str(&of_type(inner));
            } else {
                let kind = inner.get("kind").unwrap_or(inner);
                let fields = list(kind, "tuple").iter();
                let fields: Vec<String> = fields
                    .filter_map(|id| Some(of_type(particular(&self.item(&key(id))?).1)))
                    .collect();
                if !fields.is_empty() {
                    line = format!("{line}({})", fields.join(", "));
                }
            }
            let text = docs(item);
            let dash = if text.is_empty() { "" } else { " – " };
            sheet.prose_indented("- ", &format!("{line}`{dash}{text}"));
        }
    }
}

/// Writes a method, an associated type or a constant of `owner`.
fn member(sheet: &mut Sheet, owner: &str, item: &Value) {
    let (kind, inner) = particular(item);
    let name = name(item);
    let of = |key: &str| inner.get(key).filter(|of| !of.is_null()).map(of_type);
    let (prefix, signature) = match kind {
        "function" | "method" => ("method", of_function(name, inner)),
        "assoc_const" => {
            let of = of("type").unwrap_or_default();
            ("associatedconstant", format!("const {name}: {of}"))
        }
        "assoc_type" => {
            let bounds = of_bounds(list(inner, "bounds"));
            let bounds = Some(bounds).filter(|bounds| !bounds.is_empty());
            let bounds = bounds.map(|bounds| format!(": {bounds}"));
            let is = of("type").map(|is| format!(" = {is}"));
            let rest = bounds.unwrap_or_default() + &is.unwrap_or_default();
            ("associatedtype", format!("type {name}{rest}"))
        }
        _ => return,
    };
    let title = format!("{owner}::{name}");
    sheet.heading(2, &title, &format!("{prefix}.{name}"), vec![title.clone()]);
    sheet.code("rust", &signature);
    sheet.markdown(docs(item), Headings::Under(2));
}

/// Returns the page. Its lines are its own: those of the JSON would tell nobody anything.
fn finished(sheet: Sheet, title: &str) -> Document {
    Document {
        file_lines: None,
        ..sheet.finish(title, Kind::Api, None)
    }
}

#[cfg(test)]
mod tests;
