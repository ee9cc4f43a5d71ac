//! Pages of the schemas that a description names.

use std::borrow::Cow;

use super::fields::{Limits, fields, list, type_of};
use super::names::PagePaths;
use super::spec::Spec;
use crate::lookup::document::{Document, Kind};
use crate::lookup::format::sheet::{Headings, Sheet, one_line};
use crate::lookup::format::tree::Node;

/// Members that make a schema worth a page; an operation shows a smaller one whole.
const MEMBERS_MIN: usize = 3;
/// What is told of a schema on its page.
const LIMITS: Limits = Limits {
    depth: 3,
    fields: 150,
    letters: 240,
};

/// Returns the pages of the schemas worth one, for the API called `api`.
pub(in crate::lookup::format) fn pages<'s, 'a>(
    spec: &'s Spec<'a>,
    api: &'s str,
    paths: &'s mut PagePaths,
) -> impl Iterator<Item = (String, Document)> + use<'s, 'a> {
    named(spec).iter().filter_map(move |(name, schema)| {
        let page = page(spec, api, name, schema)?;
        Some((paths.give(&format!("schemas/{name}")), page))
    })
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

fn page<'a>(spec: &Spec<'a>, api: &str, name: &str, schema: &'a Node<'a>) -> Option<Document> {
    let schema = spec.resolved(schema);
    let fields = fields(spec, schema, LIMITS);
    let values = schema.list_of("enum").len();
    if fields.lines.len().max(values) < MEMBERS_MIN {
        return None;
    }
    let mut sheet = Sheet::default();
    sheet.at(schema.line);
    sheet.heading(1, name, "schema", vec![name.to_owned()]);
    let words = type_of(spec, schema);
    sheet.prose(&format!("Schema `{}`: {words}", one_line(name)));
    let text = schema.text_of("description");
    if let Some(text) = text.or_else(|| schema.text_of("title")) {
        sheet.markdown(text, Headings::Plain);
    }
    if !fields.lines.is_empty() {
        sheet.label("Members:");
        list(&mut sheet, "- ", fields);
    }
    Some(sheet.finish(&format!("{api} › schemas"), Kind::Data, None))
}
