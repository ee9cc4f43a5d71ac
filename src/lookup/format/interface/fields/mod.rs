//! The members of a schema, flattened as `a.b[].c`, with a list for each of its alternatives.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::lookup::format::interface::rules;
use crate::lookup::format::interface::spec::{Named, Spec, TEXT_LETTERS_MAX, reference};
use crate::lookup::format::interface::words::{
    alternatives, is_composite, parts_of, text_of, traits, typed,
};
use crate::lookup::format::sheet::{Sheet, one_line, short};
use crate::lookup::format::tree::Node;

/// How much of a schema is told: what is left out stands on the page of a schema that has a name.
#[derive(Debug, Clone, Copy)]
pub(in crate::lookup::format) struct Limits {
    /// Levels of members below members, where another schema begins.
    pub(in crate::lookup::format) depth: usize,
    /// Members in all, of schemas with pages of their own.
    pub(in crate::lookup::format) fields: usize,
    /// Letters of the description of a member of the schema itself.
    pub(in crate::lookup::format) own_letters: usize,
    /// Letters of the description of a member further below.
    pub(in crate::lookup::format) letters: usize,
}

/// Members in all of a schema that has no other page, which must have all of them there.
const FIELDS_MAX: usize = 2_000;
/// Levels of members that have no other page.
const DEPTH_MAX: usize = 12;
/// Schemas and members that are looked at for one list of members: lists and maps of each other multiply.
const STEPS_MAX: usize = 10_000;
/// Schemas that are named of those of which members are left out.
const LEFT_OUT_NAMED: usize = 3;
/// Alternatives of one schema that are told.
const VARIANTS_MAX: usize = 100;

/// The members of a schema, each a line that begins with its path.
#[derive(Debug, Default)]
pub(in crate::lookup::format) struct Fields<'a> {
    pub(in crate::lookup::format) lines: Vec<Line>,
    /// Members beyond the limit, which are on the pages of these schemas, and how many of each.
    left_out: Vec<(Named<'a>, usize)>,
    /// Members that no page has.
    beyond: usize,
    /// Schemas of which something was left out.
    owed: Vec<Named<'a>>,
}

impl Fields<'_> {
    /// Tells whether any member is listed.
    pub(in crate::lookup::format) fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Tells whether nothing is known of any member.
    pub(in crate::lookup::format) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.is_whole()
    }

    /// Tells whether no member is left out.
    fn is_whole(&self) -> bool {
        self.left_out.is_empty() && self.beyond == 0
    }
}

/// One line of a list of members.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::lookup::format) struct Line {
    /// Levels that it is set in, below the alternative it is of.
    indent: usize,
    /// Line of the file at which the member stands.
    at: u32,
    text: String,
}

/// Returns the members of `schema` in the order of the file, down to the deepest level at which all of them fit.
pub(in crate::lookup::format) fn fields<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
    limits: Limits,
) -> Fields<'a> {
    let at = |depth| told(spec, schema, Limits { depth, ..limits });
    let fitting = (2..=limits.depth).rev().map(at).find(Fields::is_whole);
    let fields = fitting.unwrap_or_else(|| at(1));
    for named in &fields.owed {
        spec.owe(named.clone());
    }
    spec.leave_out(fields.beyond);
    fields
}

fn told<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, limits: Limits) -> Fields<'a> {
    let mut walk = Walk {
        spec,
        limits,
        fields: Fields::default(),
        above: Vec::new(),
        told: HashSet::new(),
        inside: None,
        indent: 0,
        steps: 0,
    };
    walk.members(schema, "", 0);
    walk.fields
}

/// Writes members as a list.
pub(in crate::lookup::format) fn list(sheet: &mut Sheet, mark: &str, fields: &Fields<'_>) {
    list_of(sheet, mark, fields, 0, 0);
}

/// Writes members as a list of lines of the file from `first` to `last`, which the schema is in.
pub(in crate::lookup::format) fn list_of(
    sheet: &mut Sheet,
    mark: &str,
    fields: &Fields<'_>,
    first: u32,
    last: u32,
) {
    for line in &fields.lines {
        if (first..=last).contains(&line.at) {
            sheet.at(line.at);
        }
        let indent = "  ".repeat(line.indent);
        sheet.item(&format!("{indent}{mark}"), &line.text);
    }
    let mut left_out: Vec<_> = fields.left_out.iter().collect();
    left_out.sort_by_key(|(_, count)| Reverse(*count));
    for (named, count) in left_out.iter().take(LEFT_OUT_NAMED) {
        let name = one_line(&named.name);
        sheet.prose_indented(mark, &format!("… and {count} more of schema `{name}`"));
    }
    let others = left_out.iter().skip(LEFT_OUT_NAMED).map(|(_, count)| count);
    let others = others.sum::<usize>() + fields.beyond;
    if others > 0 {
        sheet.prose_indented(mark, &format!("… and {others} more"));
    }
}

struct Walk<'s, 'a> {
    spec: &'s Spec<'a>,
    limits: Limits,
    fields: Fields<'a>,
    /// The schemas that the present one is in: one of them again is a circle.
    above: Vec<*const Node<'a>>,
    /// Lines that were told: parts share members.
    told: HashSet<String>,
    /// The schema with a page of its own that the present one is in.
    inside: Option<Named<'a>>,
    indent: usize,
    steps: usize,
}

impl<'a> Walk<'_, 'a> {
    fn members(&mut self, schema: &'a Node<'a>, path: &str, depth: usize) {
        let named = self.spec.named(schema);
        let schema = self.spec.resolved(schema);
        if self.above.contains(&std::ptr::from_ref(schema)) {
            return;
        }
        self.steps += 1;
        if self.steps > STEPS_MAX {
            self.leave_out();
            return;
        }
        let is_deep = depth >= self.limits.depth;
        if let Some(named) = named.clone().filter(|_| is_deep) {
            if is_composite(schema) {
                self.owe(named);
            }
            return;
        }
        if depth >= DEPTH_MAX {
            self.leave_out();
            return;
        }
        let before = self.inside.clone();
        self.inside = named.or(self.inside.take());
        self.above.push(std::ptr::from_ref(schema));
        let mut parts = Vec::new();
        parts_of(self.spec, schema, &mut parts);
        let required: HashSet<&str> = parts
            .iter()
            .flat_map(|part| part.list_of("required"))
            .filter_map(Node::text)
            .collect();
        for part in &parts {
            for (name, member) in part.map_of("properties") {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{name}");
                self.member(&path, member, required.contains(name.as_ref()), depth);
            }
            self.unnamed(part, path, depth);
        }
        for part in &parts {
            self.variants(part, path, depth);
            self.conditions(part, path, depth);
        }
        self.above.pop();
        self.inside = before;
    }

    /// Tells of what `part` has without names: the items of a list, the places of one, the values of a map.
    fn unnamed(&mut self, part: &'a Node<'a>, path: &str, depth: usize) {
        let places = rules::places(part);
        for (place, schema) in places.unwrap_or_default().iter().enumerate() {
            self.values(schema, &format!("{path}[{place}]"), depth);
        }
        if let Some(items) = part.get("items").filter(|items| items.items().is_empty()) {
            self.values(items, &format!("{path}[]"), depth);
        }
        for (pattern, values) in part.map_of("patternProperties") {
            let path = format!("{path}{{{}}}", rules::named_like(pattern));
            self.member(&path, values, false, depth);
        }
        for key in ["additionalProperties", "unevaluatedProperties"] {
            let values = part.get(key);
            let values = values.filter(|values| !values.entries().is_empty());
            let Some(values) = values else { continue };
            let path = format!("{path}{{}}");
            // Where members have names, the type does not say what the others are.
            if part.get("properties").is_some() {
                self.member(&path, values, false, depth);
            } else {
                self.values(values, &path, depth);
            }
        }
    }

    /// Tells what holds under a condition only: if a member is so, if one is there, otherwise.
    fn conditions(&mut self, part: &'a Node<'a>, path: &str, depth: usize) {
        let subject = if path.is_empty() {
            String::new()
        } else {
            format!("`{path}` ")
        };
        let all = part.map_of("dependentRequired").iter();
        for (name, others) in all.chain(part.map_of("dependencies")) {
            let others = others.items().iter().filter_map(Node::text);
            let others: Vec<String> = others.map(|name| format!("`{}`", one_line(name))).collect();
            if !others.is_empty() {
                let name = one_line(name);
                let others = others.join(" and ");
                let words = format!("{subject}if `{name}` is there, with {others} required");
                self.push(part.line, words);
            }
        }
        let all = part.map_of("dependentSchemas").iter();
        for (name, schema) in all.chain(part.map_of("dependencies")) {
            if !schema.entries().is_empty() {
                let words = format!("{subject}if `{}` is there", one_line(name));
                self.condition(&words, schema, path, depth);
            }
        }
        let Some(asked) = part.get("if") else { return };
        let words = rules::condition(self.spec, asked);
        for (key, words) in [
            ("then", format!("{subject}if {words}")),
            ("else", format!("{subject}unless {words}")),
        ] {
            if let Some(schema) = part.get(key) {
                self.condition(&words, schema, path, depth);
            }
        }
    }

    fn condition(&mut self, words: &str, schema: &'a Node<'a>, path: &str, depth: usize) {
        let demanded = self.demanded(schema);
        let traits = rules::listed(&traits(self.spec, schema));
        let text = self.text(schema, depth);
        let told = std::mem::take(&mut self.told);
        if self.push(schema.line, format!("{words}{demanded}{traits}{text}")) {
            self.indent += 1;
            self.members(schema, path, depth);
            self.indent -= 1;
        }
        self.told = told;
    }

    /// Tells of the values of a list or a map: their members, and what else is said of them.
    fn values(&mut self, schema: &'a Node<'a>, path: &str, depth: usize) {
        let says = text_of(self.spec, schema).is_some() || !traits(self.spec, schema).is_empty();
        let is_plain = !is_composite(self.spec.resolved(schema));
        if says && is_plain {
            self.line(path, schema, &typed(self.spec, schema, false), depth);
        }
        self.members(schema, path, depth);
    }

    fn member(&mut self, path: &str, schema: &'a Node<'a>, required: bool, depth: usize) {
        self.steps += 1;
        if self.is_full() {
            self.leave_out();
            return;
        }
        let words = typed(self.spec, schema, required);
        if self.line(path, schema, &words, depth) {
            self.members(schema, path, depth + 1);
        }
    }

    /// Tells each alternative with its own members: what is so in one of them is not so in all.
    fn variants(&mut self, schema: &'a Node<'a>, path: &str, depth: usize) {
        let all = alternatives(schema);
        if all.is_empty() {
            return;
        }
        if self.is_full() {
            self.leave_out();
            return;
        }
        let says = |variant: &Node<'a>, words: &str| is_composite(variant) || words.contains(", ");
        let words: Vec<String> = all
            .iter()
            .map(|variant| self.heading_of(schema, variant))
            .collect();
        let is_told = all.iter().zip(&words).any(|(variant, words)| {
            says(self.spec.resolved(variant), words) || text_of(self.spec, variant).is_some()
        });
        if !is_told {
            return;
        }
        let path_as = if path.is_empty() {
            String::new()
        } else {
            format!("`{path}` ")
        };
        let told = std::mem::take(&mut self.told);
        for (variant, words) in all.iter().zip(words).take(VARIANTS_MAX) {
            self.told.clear();
            let text = self.text(variant, depth);
            if self.push(variant.line, format!("{path_as}as {words}{text}")) {
                self.indent += 1;
                self.members(variant, path, depth);
                self.indent -= 1;
            }
        }
        for _ in all.iter().skip(VARIANTS_MAX) {
            self.leave_out();
        }
        self.told = told;
    }

    /// Returns what an alternative of `schema` is called, and what makes it that one.
    fn heading_of(&self, schema: &'a Node<'a>, variant: &'a Node<'a>) -> String {
        let mut words = typed(self.spec, variant, false);
        let chosen = schema.get("discriminator").and_then(|by| {
            let mut values = by.map_of("mapping").iter();
            let own = reference(variant)?;
            let (value, _) = values.find(|(_, leads)| {
                let leads = leads.text().unwrap_or_default();
                leads == own || own.rsplit('/').next() == Some(leads)
            })?;
            Some((by.text_of("propertyName")?, value))
        });
        if let Some((name, value)) = chosen {
            words = format!("{words}, where `{}` is `{value}`", one_line(name));
        }
        format!("{words}{}", self.demanded(variant))
    }

    /// Returns which members `schema` requires that it says nothing else of.
    fn demanded(&self, schema: &'a Node<'a>) -> String {
        let mut parts = Vec::new();
        parts_of(self.spec, schema, &mut parts);
        let has = |name: &str| {
            let mut all = parts.iter().flat_map(|part| part.map_of("properties"));
            all.any(|(known, _)| known == name)
        };
        let demanded: Vec<String> = parts
            .iter()
            .flat_map(|part| part.list_of("required"))
            .filter_map(Node::text)
            .filter(|name| !has(name))
            .map(|name| format!("`{}`", one_line(name)))
            .collect();
        if demanded.is_empty() {
            return String::new();
        }
        format!(", with {} required", demanded.join(" and "))
    }

    fn line(&mut self, path: &str, schema: &'a Node<'a>, words: &str, depth: usize) -> bool {
        let text = self.text(schema, depth);
        let line = format!("`{path}`: {words}{text}");
        if self.told.contains(&line) {
            return false;
        }
        self.told.insert(line.clone());
        self.push(schema.line, line)
    }

    /// Returns the description of `schema`, whole unless the page of what it is in has it.
    fn text(&mut self, schema: &'a Node<'a>, depth: usize) -> String {
        let Some(text) = text_of(self.spec, schema) else {
            return String::new();
        };
        let letters = if depth == 0 {
            self.limits.own_letters
        } else {
            self.limits.letters
        };
        let Some(inside) = self.inside.clone().filter(|_| letters < TEXT_LETTERS_MAX) else {
            return format!(" – {}", self.spec.text(text));
        };
        let text = short(text, letters);
        if text.ends_with(" …") {
            self.owe(inside);
        }
        format!(" – {text}")
    }

    fn push(&mut self, at: u32, text: String) -> bool {
        if self.is_full() {
            self.leave_out();
            return false;
        }
        self.fields.lines.push(Line {
            indent: self.indent,
            at,
            text,
        });
        true
    }

    fn is_full(&self) -> bool {
        let most = match self.inside {
            Some(_) => self.limits.fields,
            None => FIELDS_MAX,
        };
        self.fields.lines.len() >= most || self.steps > STEPS_MAX
    }

    fn owe(&mut self, named: Named<'a>) {
        let last = self.fields.owed.last();
        if last.is_none_or(|last| !std::ptr::eq(last.target, named.target)) {
            self.fields.owed.push(named);
        }
    }

    fn leave_out(&mut self) {
        let Some(inside) = self.inside.clone() else {
            self.fields.beyond += 1;
            return;
        };
        let mut known = self.fields.left_out.iter_mut();
        match known.find(|(known, _)| std::ptr::eq(known.target, inside.target)) {
            Some((_, count)) => *count += 1,
            None => self.fields.left_out.push((inside.clone(), 1)),
        }
        self.owe(inside);
    }
}

#[cfg(test)]
mod tests;
