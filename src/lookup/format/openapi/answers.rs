//! What comes back from an operation: answers with their headers, members and links, calls in return, and examples.

use std::collections::{HashMap, HashSet};

use super::operation::{Operation, SENT, preferred};
use crate::lookup::format::interface::example;
use crate::lookup::format::interface::fields::{Limits, fields, list};
use crate::lookup::format::interface::spec::Spec;
use crate::lookup::format::interface::words::{described, type_of};
use crate::lookup::format::sheet::{Sheet, one_line};
use crate::lookup::format::tree::Node;

/// Answers that are listed.
const RESPONSES_MAX: usize = 60;
/// Calls in return that are told.
const CALLBACKS_MAX: usize = 20;

/// What is told of a body that comes back: its schema has a page.
const RETURNED: Limits = Limits {
    depth: 2,
    fields: 40,
    own_letters: 80,
    letters: 80,
};
/// What is told of another such body: only what no schema with a page has.
const REFERRED: Limits = Limits {
    depth: 1,
    fields: 0,
    ..RETURNED
};

impl<'a> Operation<'a> {
    /// Tells what comes back, by its status.
    pub(super) fn responses(&self, spec: &Spec<'a>, sheet: &mut Sheet) {
        let responses = self.node.map_of("responses");
        if responses.is_empty() {
            return;
        }
        sheet.heading(2, "Responses", "responses", Vec::new());
        let mut detailed = false;
        let told = responses.iter().take(RESPONSES_MAX);
        let headers: Vec<Vec<String>> = told
            .clone()
            .map(|(_, node)| headers(spec, spec.resolved(node)))
            .collect();
        let shared = Shared::of(&headers);
        for ((status, node), headers) in told.clone().zip(&headers) {
            sheet.at(node.line);
            let response = spec.resolved(node);
            let is_first = status.starts_with('2') && !detailed;
            detailed |= tell_bodies(spec, status, response, is_first, sheet) && is_first;
            for header in headers.iter().filter(|header| !shared.has(header)) {
                sheet.prose_indented("  - ", header);
            }
            tell_links(spec, response, sheet);
        }
        let more = responses.len().saturating_sub(RESPONSES_MAX);
        spec.tell_more(sheet, "- ", "response", more);
        let names: Vec<&str> = told.map(|(status, _)| status.as_ref()).collect();
        shared.tell(&names, sheet);
    }

    /// Tells of the calls that the caller gets in return.
    pub(super) fn callbacks(&self, spec: &Spec<'a>, sheet: &mut Sheet) {
        let callbacks = self.node.map_of("callbacks");
        for (name, node) in callbacks.iter().take(CALLBACKS_MAX) {
            for (address, item) in spec.resolved(node).entries() {
                for (method, call) in spec.resolved(item).entries() {
                    if call.entries().is_empty() {
                        continue;
                    }
                    let summary = call.text_of("summary").map(|text| spec.text(text));
                    let texts = summary.filter(|_| call.get("description").is_some());
                    let summary = texts.map_or_else(String::new, |text| format!(" – {text}"));
                    sheet.label(&format!(
                        "Callback `{}`: `{} {}`{summary}{}",
                        one_line(name),
                        method.to_uppercase(),
                        one_line(address),
                        spec.behind(call)
                    ));
                    let Some(body) = call.get("requestBody") else {
                        continue;
                    };
                    for (media, holder) in spec.resolved(body).map_of("content") {
                        let Some(schema) = holder.get("schema") else {
                            continue;
                        };
                        sheet.prose(&format!("Body: {} as `{media}`", type_of(spec, schema)));
                        list(sheet, "- ", &fields(spec, schema, SENT));
                    }
                }
            }
        }
        let more = callbacks.len().saturating_sub(CALLBACKS_MAX);
        spec.tell_more(sheet, "- ", "callback", more);
    }

    /// Shows the answers that the description gives as examples.
    pub(super) fn answers(&self, spec: &Spec<'a>, sheet: &mut Sheet) {
        let mut shown = 0;
        for (status, node) in self.node.map_of("responses") {
            let response = spec.resolved(node);
            let media = response.map_of("content").iter().map(|(_, media)| media);
            let older = response.map_of("examples").iter().map(|(_, value)| value);
            let newer = media.flat_map(|media| example::written(spec, media));
            let all = newer.chain(older.map(|value| (String::new(), value)));
            let words = format!("Answer `{status}`");
            example::tell(spec, &words, ", for example", all, &mut shown, sheet);
        }
    }
}

/// Tells what comes back with `status`, more of the first; returns whether it is said what that consists of.
fn tell_bodies<'a>(
    spec: &Spec<'a>,
    status: &str,
    response: &'a Node<'a>,
    is_first: bool,
    sheet: &mut Sheet,
) -> bool {
    let contents = response.map_of("content");
    let content = preferred(contents);
    let schema = content
        .and_then(|(_, media)| media.get("schema"))
        .or_else(|| response.get("schema"));
    let media = content
        .filter(|(media, _)| !media.contains("json"))
        .map_or_else(String::new, |(media, _)| format!(" as `{media}`"));
    let kind = schema.map_or_else(String::new, |schema| {
        format!(": {}{media}", type_of(spec, schema))
    });
    sheet.prose(&format!("- `{status}`{kind}{}", spec.behind(response)));
    let others = contents
        .iter()
        .filter(|(media, _)| content.is_none_or(|(told, _)| *media != told));
    for (media, holder) in others {
        tell_other_body(spec, &format!("as `{media}`"), holder, sheet);
    }
    let Some(schema) = schema else { return false };
    let limits = if is_first { RETURNED } else { REFERRED };
    let fields = fields(spec, schema, limits);
    if is_first || fields.has_lines() {
        list(sheet, "  - ", &fields);
    }
    true
}

/// Returns what is said of each header of `response`.
fn headers<'a>(spec: &Spec<'a>, response: &'a Node<'a>) -> Vec<String> {
    let headers = response.map_of("headers").iter();
    let told = headers.map(|(name, header)| {
        let header = spec.resolved(header);
        let schema = header.get("schema").unwrap_or(header);
        let own = if std::ptr::eq(schema, header) {
            String::new()
        } else {
            spec.behind(header)
        };
        let words = described(spec, schema, header.is("required"));
        format!("header `{name}`: {words}{own}")
    });
    told.collect()
}

/// The headers that several answers of an operation have alike, with the places of these answers: said of each they would bury
/// what the operation is for.
struct Shared<'h> {
    headers: Vec<(&'h str, Vec<usize>)>,
    known: HashSet<&'h str>,
}

impl<'h> Shared<'h> {
    fn of(headers: &'h [Vec<String>]) -> Self {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut order: Vec<&str> = Vec::new();
        for (place, headers) in headers.iter().enumerate() {
            for header in headers {
                let of_header = places.entry(header).or_default();
                if of_header.is_empty() {
                    order.push(header);
                }
                if of_header.last() != Some(&place) {
                    of_header.push(place);
                }
            }
        }
        let all = order.into_iter().filter_map(|header| {
            let places = places.remove(header)?;
            (places.len() > 1).then_some((header, places))
        });
        let headers: Vec<_> = all.collect();
        Self {
            known: headers.iter().map(|(header, _)| *header).collect(),
            headers,
        }
    }

    fn has(&self, header: &str) -> bool {
        self.known.contains(header)
    }

    /// Tells of them below the answers, which are called `names`.
    fn tell(&self, names: &[&str], sheet: &mut Sheet) {
        let mut above: Option<&[usize]> = None;
        for (header, places) in &self.headers {
            if above != Some(places.as_slice()) {
                let statuses = places.iter().filter_map(|place| names.get(*place));
                let statuses: Vec<String> = statuses.map(|name| format!("`{name}`")).collect();
                sheet.label(&match names.len() {
                    all if all == places.len() => "Headers of all responses:".to_owned(),
                    _ => format!("Headers of {}:", statuses.join(", ")),
                });
                above = Some(places);
            }
            sheet.prose_indented("- ", header);
        }
    }
}

/// Tells which operations can follow.
fn tell_links<'a>(spec: &Spec<'a>, response: &'a Node<'a>, sheet: &mut Sheet) {
    for (name, link) in response.map_of("links") {
        let link = spec.resolved(link);
        let to = link
            .text_of("operationId")
            .or_else(|| link.text_of("operationRef"));
        let to = to.map_or_else(String::new, |to| format!(" to `{}`", one_line(to)));
        sheet.prose_indented("  - ", &format!("link `{name}`{to}{}", spec.behind(link)));
    }
}

/// Tells of one more body that an answer may have.
fn tell_other_body<'a>(spec: &Spec<'a>, words: &str, holder: &'a Node<'a>, sheet: &mut Sheet) {
    let Some(schema) = holder.get("schema") else {
        sheet.prose_indented("  - ", words);
        return;
    };
    sheet.prose_indented("  - ", &format!("{words}: {}", type_of(spec, schema)));
    let fields = fields(spec, schema, REFERRED);
    if fields.has_lines() {
        list(sheet, "    - ", &fields);
    }
}
