//! The settings that a schema describes, one after another, each by its path.

use std::collections::HashSet;

use crate::lookup::format::interface::spec::{Spec, reference};
use crate::lookup::format::interface::words::{alternatives, parts_of};
use crate::lookup::format::tree::{Node, Value};

/// Settings within one another: a path that is longer is none that people write.
const DEPTH_MAX: usize = 12;
/// Settings of one page.
const SETTINGS_MAX: usize = 5_000;
/// Settings up to which those of types are told where they are used as well.
const FITTING_MAX: usize = 600;
/// Schemas and their members that are looked at for one page: parts and alternatives of each other multiply.
const STEPS_MAX: usize = 50_000;
/// Bytes of the longest path.
const PATH_BYTES_MAX: usize = 300;

/// One setting.
pub(super) struct Setting<'a> {
    /// Where it is written: `servers[].tls.minVersion`.
    pub(super) path: String,
    /// Its own name, the last of the path.
    pub(super) name: String,
    pub(super) schema: &'a Node<'a>,
    pub(super) is_required: bool,
    /// Line of the file at which it stands; none if that is where its type is described.
    pub(super) line: Option<u32>,
}

/// The settings of a schema, in the order of the file.
#[derive(Default)]
pub(super) struct Settings<'a> {
    pub(super) all: Vec<Setting<'a>>,
    /// How many at least are not told.
    pub(super) left_out: usize,
}

impl<'a> Settings<'a> {
    /// Returns the settings of `schema`, with those of the types that it names down to the deepest level at which they are few.
    pub(super) fn fitting(spec: &Spec<'a>, schema: &'a Node<'a>, levels: usize) -> Self {
        let at = |levels| Self::of(spec, schema, levels);
        let fits = |settings: &Self| settings.left_out == 0 && settings.all.len() <= FITTING_MAX;
        let fitting = (1..=levels).rev().map(at).find(fits);
        fitting.unwrap_or_else(|| at(0))
    }

    /// Returns the settings of `schema`, with those of the types that it names on so many levels.
    pub(super) fn of(spec: &Spec<'a>, schema: &'a Node<'a>, levels: usize) -> Self {
        let mut walk = Walk {
            spec,
            found: Self::default(),
            above: Vec::new(),
            known: HashSet::new(),
            is_in_type: false,
            steps: 0,
        };
        walk.members(schema, "", levels, 0);
        walk.found
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

struct Walk<'s, 'a> {
    spec: &'s Spec<'a>,
    found: Settings<'a>,
    /// The schemas that the present one is in: one of them again is a circle.
    above: Vec<*const Node<'a>>,
    /// What was told at which path: alternatives share members.
    known: HashSet<(String, *const Node<'a>)>,
    /// Whether what is looked at is described where its type is.
    is_in_type: bool,
    steps: usize,
}

impl<'a> Walk<'_, 'a> {
    /// Takes what is within the value at `path` that `schema` describes.
    fn members(&mut self, schema: &'a Node<'a>, path: &str, levels: usize, depth: usize) {
        self.steps += 1;
        if self.steps > STEPS_MAX || depth > DEPTH_MAX || path.len() > PATH_BYTES_MAX {
            self.found.left_out += 1;
            return;
        }
        let target = self.spec.resolved(schema);
        if self.above.contains(&std::ptr::from_ref(target)) {
            return;
        }
        self.above.push(std::ptr::from_ref(target));
        let mut parts = Vec::new();
        parts_of(self.spec, target, &mut parts);
        let required: HashSet<&str> = parts
            .iter()
            .flat_map(|part| part.list_of("required"))
            .filter_map(Node::text)
            .collect();
        let looked_at =
            |part: &&Node<'a>| part.list_of("allOf").len() + part.list_of("required").len();
        self.steps += parts.iter().map(looked_at).sum::<usize>();
        for part in &parts {
            for (name, member) in part.map_of("properties") {
                self.steps += 1;
                let dot = if path.is_empty() { "" } else { "." };
                let inner = format!("{path}{dot}{name}");
                self.setting(&inner, name, member, required.contains(name.as_ref()));
                self.inside(member, &inner, levels, depth);
            }
            for (pattern, values) in part.map_of("patternProperties") {
                self.steps += 1;
                self.inside(values, &format!("{path}{{{pattern}}}"), levels, depth);
            }
            if let Some(values) = part.get("additionalProperties") {
                self.inside(values, &format!("{path}{{}}"), levels, depth);
            }
            if let Some(items) = part.get("items") {
                let all = if items.items().is_empty() {
                    std::slice::from_ref(items)
                } else {
                    items.items()
                };
                for items in all {
                    self.inside(items, &format!("{path}[]"), levels, depth);
                }
            }
            for choice in alternatives(part) {
                self.steps += 1;
                self.inside(choice, path, levels, depth);
            }
            for key in ["then", "else"] {
                if let Some(demanded) = part.get(key) {
                    self.inside(demanded, path, levels, depth);
                }
            }
        }
        self.above.pop();
    }

    /// Takes what is within a part of a value; that of a type with a name only if it is told where it is used.
    fn inside(&mut self, schema: &'a Node<'a>, path: &str, levels: usize, depth: usize) {
        if !matches!(schema.value, Value::Map(_)) {
            return;
        }
        if reference(schema).is_none() {
            self.members(schema, path, levels, depth + 1);
        } else if let Some(levels) = levels.checked_sub(1) {
            let before = std::mem::replace(&mut self.is_in_type, true);
            self.members(schema, path, levels, depth + 1);
            self.is_in_type = before;
        }
    }

    fn setting(&mut self, path: &str, name: &str, schema: &'a Node<'a>, is_required: bool) {
        if self.found.all.len() >= SETTINGS_MAX || path.len() > PATH_BYTES_MAX {
            self.found.left_out += 1;
            return;
        }
        if self
            .known
            .insert((path.to_owned(), std::ptr::from_ref(schema)))
        {
            self.found.all.push(Setting {
                path: path.to_owned(),
                name: name.to_owned(),
                schema,
                is_required,
                line: (!self.is_in_type).then_some(schema.line),
            });
        }
    }
}
