//! Pages of the schemas that a description names.

use std::borrow::Cow;
use std::collections::HashSet;

use super::below::Below;
use super::fields::{Fields, Limits, fields, list_of};
use super::names::PagePaths;
use super::spec::{Spec, TEXT_LETTERS_MAX};
use super::words::typed;
use crate::lookup::document::{Document, Kind};
use crate::lookup::format::sheet::{Headings, Sheet, one_line};
use crate::lookup::format::tree::Node;

/// Members that make a schema worth a page; an operation shows a smaller one whole, or else it gets its page too.
const MEMBERS_MIN: usize = 3;
/// What is told of a schema on its page.
const LIMITS: Limits = Limits {
    depth: 3,
    fields: 150,
    own_letters: TEXT_LETTERS_MAX,
    letters: 240,
};

/// Adds the pages of the schemas worth one to `below`, for the API called `api`; operations must have been told before.
pub(in crate::lookup::format) fn pages(
    spec: &Spec<'_>,
    api: &str,
    paths: &mut PagePaths,
    below: &mut Below,
) {
    let mut done = HashSet::new();
    for (name, schema) in named(spec) {
        below.put_if(|| {
            let target = spec.resolved(schema);
            let values = target.list_of("enum").len();
            let fields = fields(spec, target, LIMITS);
            let is_worth = fields.lines.len().max(values) >= MEMBERS_MIN || spec.is_owed(target);
            // Two names of one schema are two pages: either is looked for.
            is_worth.then(|| {
                done.insert(std::ptr::from_ref(target));
                let path = paths.give(&format!("schemas/{name}"));
                (path, page(spec, api, name, target, &fields))
            })
        });
    }
    // Pages leave out what others have, which are written then: each schema once.
    let mut seen = 0;
    loop {
        let owed = spec.owed(seen);
        if owed.is_empty() {
            break;
        }
        seen += owed.len();
        for owed in owed {
            if done.insert(std::ptr::from_ref(owed.target)) {
                let path = paths.give(&format!("schemas/{}", owed.name));
                below.put(path, || {
                    let fields = fields(spec, owed.target, LIMITS);
                    page(spec, api, &owed.name, owed.target, &fields)
                });
            }
        }
    }
}

fn named<'a>(spec: &Spec<'a>) -> &'a [(Cow<'a, str>, Node<'a>)] {
    let at = |node: &'a Node<'a>, key: &str| node.get(key).map(|node| spec.resolved(node));
    let components = at(spec.root, "components");
    let newer = components.and_then(|components| at(components, "schemas"));
    let newer = newer.map(Node::entries).unwrap_or_default();
    if newer.is_empty() {
        spec.root.map_of("definitions")
    } else {
        newer
    }
}

fn page<'a>(
    spec: &Spec<'a>,
    api: &str,
    name: &str,
    schema: &'a Node<'a>,
    fields: &Fields<'a>,
) -> Document {
    let mut sheet = Sheet::default();
    sheet.at(schema.line);
    sheet.heading(1, name, "schema", vec![name.to_owned()]);
    let words = typed(spec, schema, false);
    sheet.prose(&format!("Schema `{}`: {words}", one_line(name)));
    let text = schema.text_of("description");
    if let Some(text) = text.or_else(|| schema.text_of("title")) {
        sheet.markdown(text, Headings::Plain);
    }
    let last = last_line(schema);
    if !fields.is_empty() {
        sheet.label("Members:");
        list_of(&mut sheet, "- ", fields, schema.line, last);
    }
    sheet.end_at(last);
    sheet.finish(&format!("{api} › schemas"), Kind::Data, None)
}

/// Returns the last line of the file on which something of `node` begins. Trees have a limit of depth.
fn last_line(node: &Node<'_>) -> u32 {
    let members = node.entries().iter().map(|(_, member)| last_line(member));
    let items = node.items().iter().map(last_line);
    members.chain(items).max().unwrap_or(0).max(node.line)
}
