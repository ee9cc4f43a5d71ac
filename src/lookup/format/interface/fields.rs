//! The members of a schema, flattened as `a.b[].c`, with a list for each of its alternatives.

use std::collections::HashSet;

use super::spec::{Named, Spec, TEXT_LETTERS_MAX, reference};
use super::words::{alternatives, is_composite, parts_of, text_of, traits, typed};
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
/// Alternatives of one schema that are told.
const VARIANTS_MAX: usize = 100;

/// The members of a schema, each a line that begins with its path.
#[derive(Debug, Default)]
pub(in crate::lookup::format) struct Fields<'a> {
    pub(in crate::lookup::format) lines: Vec<Line>,
    /// Members beyond the limit, which are on the page of the schema.
    left_out: usize,
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
        self.lines.is_empty() && self.left_out + self.beyond == 0
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
    let fitting = (2..=limits.depth)
        .rev()
        .map(at)
        .find(|fields| fields.left_out + fields.beyond == 0);
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
        sheet.prose_indented(&format!("{indent}{mark}"), &line.text);
    }
    if fields.left_out > 0 {
        let of = fields.owed.first().map_or_else(String::new, |named| {
            format!(" of schema `{}`", one_line(&named.name))
        });
        sheet.prose_indented(mark, &format!("… and {} more{of}", fields.left_out));
    }
    if fields.beyond > 0 {
        sheet.prose_indented(mark, &format!("… and {} more", fields.beyond));
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
            if let Some(items) = part.get("items") {
                self.values(items, &format!("{path}[]"), depth);
            }
            if let Some(values) = part
                .get("additionalProperties")
                .filter(|values| !values.entries().is_empty())
            {
                self.values(values, &format!("{path}{{}}"), depth);
            }
            for (_, values) in part.map_of("patternProperties") {
                self.values(values, &format!("{path}{{}}"), depth);
            }
        }
        for part in &parts {
            self.variants(part, path, depth);
        }
        self.above.pop();
        self.inside = before;
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
        let mut parts = Vec::new();
        parts_of(self.spec, variant, &mut parts);
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
            return words;
        }
        format!("{words}, with {} required", demanded.join(" and "))
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
        if let Some(inside) = self.inside.clone() {
            self.owe(inside);
            self.fields.left_out += 1;
        } else {
            self.fields.beyond += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::format::tree;

    const LIMITS: Limits = Limits {
        depth: 3,
        fields: 20,
        own_letters: 80,
        letters: 80,
    };

    fn lines(text: &str) -> Vec<String> {
        let tree = tree::read(text).unwrap();
        let spec = Spec::new(&tree.root);
        let fields = fields(&spec, tree.root.get("schema").unwrap(), LIMITS);
        let shown = |line: Line| format!("{}{}", "  ".repeat(line.indent), line.text);
        fields.lines.into_iter().map(shown).collect()
    }

    #[test]
    fn members_are_flattened_with_type_and_text() {
        let text = "
schema:
  required: [id]
  properties:
    id: {type: integer, format: int64, description: 'Number of the pet.'}
    state: {enum: [sold, here], default: here}
    tags: {type: array, items: {$ref: '#/Tag'}}
    owner: {allOf: [{$ref: '#/Owner'}, {properties: {since: {type: [string, 'null'], format: date}}}]}
    more: {additionalProperties: {properties: {x: {type: boolean}}}}
Tag: {type: object, properties: {name: {type: string, maxLength: 9}}}
Owner: {properties: {pets: {type: array, items: {$ref: '#/Tag'}}}}
";
        assert_eq!(
            lines(text),
            [
                "`id`: integer (int64), required – Number of the pet.",
                "`state`: `sold` | `here`, default `here`",
                "`tags`: array of Tag",
                "`tags[].name`: string, at most 9 letters",
                "`owner`: object",
                "`owner.pets`: array of Tag",
                "`owner.pets[].name`: string, at most 9 letters",
                "`owner.since`: string (date) or null",
                "`more`: map of object",
                "`more{}.x`: boolean",
            ]
        );
    }

    #[test]
    fn circles_and_depth_end() {
        let text = "schema: {properties: {next: {$ref: '#/schema'}, a: {properties: {b: {properties: {c: {properties: {d: {type: string}}}}}}}}}";
        assert_eq!(
            lines(text),
            [
                "`next`: schema",
                "`a`: object",
                "`a.b`: object",
                "`a.b.c`: object",
                "`a.b.c.d`: string"
            ]
        );
    }

    #[test]
    fn alternatives_are_told_each_with_what_it_demands() {
        let text = "
schema: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}], discriminator: {propertyName: kind, mapping: {round: '#/Circle'}}}
Circle: {required: [kind, radius], properties: {kind: {const: circle}, radius: {type: number}}}
Square: {required: [kind], properties: {kind: {const: square}, side: {type: number}}}
";
        assert_eq!(
            lines(text),
            [
                "as Circle, where `kind` is `round`",
                "  `kind`: `circle`, required",
                "  `radius`: number, required",
                "as Square",
                "  `kind`: `square`, required",
                "  `side`: number",
            ]
        );
    }

    #[test]
    fn a_member_that_may_be_null_is_what_it_is_otherwise() {
        let text = "
schema:
  properties:
    heat: {anyOf: [{type: number, minimum: 0, exclusiveMaximum: 2, default: 1, description: How hot.}, {type: 'null'}], title: Heat}
    owner: {oneOf: [{type: 'null'}, {$ref: '#/Owner'}]}
    code: {type: [string, 'null'], pattern: '^[A-Z]+$', minLength: 2, example: AB}
Owner: {properties: {name: {type: string}}}
";
        assert_eq!(
            lines(text),
            [
                "`heat`: number or null, default `1`, at least 0, less than 2 – How hot.",
                "`owner`: Owner or null",
                "`owner.name`: string",
                "`code`: string or null, at least 2 letters, pattern `^[A-Z]+$`, e.g. `AB`",
            ]
        );
    }

    #[test]
    fn what_a_list_leaves_out_is_owed_by_the_schema_it_is_of() {
        let members: Vec<String> = (0..30)
            .map(|at| format!("m{at}: {{type: string}}"))
            .collect();
        let text = format!(
            "schema: {{$ref: '#/Wide'}}\nWide: {{properties: {{{}}}}}\n",
            members.join(", ")
        );
        let tree = tree::read(&text).unwrap();
        let spec = Spec::new(&tree.root);
        let of = |key: &str| fields(&spec, tree.root.get(key).unwrap(), LIMITS);
        assert_eq!(of("schema").left_out, 10);
        assert_eq!(spec.owed(0).first().unwrap().name, "Wide");
        let whole = of("Wide");
        assert_eq!((whole.lines.len(), whole.left_out), (30, 0));
    }
}
