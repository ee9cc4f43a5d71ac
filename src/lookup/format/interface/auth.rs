//! How a caller shows who it is, in words.

use super::spec::Spec;
use crate::lookup::format::sheet::{one_line, short};
use crate::lookup::format::tree::Node;

/// Letters of the description of a scheme.
const TEXT_LETTERS_MAX: usize = 300;

/// Returns the schemes that the description declares, each on a line.
pub(in crate::lookup::format) fn schemes(spec: &Spec<'_>) -> Vec<String> {
    declared(spec)
        .iter()
        .map(|(name, scheme)| {
            let scheme = spec.resolved(scheme);
            let text = scheme
                .text_of("description")
                .map_or_else(String::new, |text| {
                    format!(" – {}", short(text, TEXT_LETTERS_MAX))
                });
            format!("`{name}`: {}{text}", in_words(scheme))
        })
        .collect()
}

/// Returns what the operation `node` demands, or `None` if nobody says.
pub(in crate::lookup::format) fn demanded<'a>(
    spec: &Spec<'a>,
    node: &'a Node<'a>,
) -> Option<String> {
    let demand = node.get("security").or_else(|| spec.root.get("security"))?;
    let ways: Vec<String> = demand
        .items()
        .iter()
        .map(|way| together(spec, way))
        .collect();
    if ways.is_empty() {
        return Some("none".to_owned());
    }
    Some(ways.join("; or "))
}

/// Returns schemes that are demanded together.
fn together<'a>(spec: &Spec<'a>, way: &'a Node<'a>) -> String {
    if way.entries().is_empty() {
        return "none".to_owned();
    }
    let words: Vec<String> = way
        .entries()
        .iter()
        .map(|(name, scopes)| {
            let scheme = declared(spec).iter().find(|(known, _)| known == name);
            let words = scheme.map_or_else(
                || format!("`{name}`"),
                |(_, scheme)| format!("{} (`{name}`)", in_words(spec.resolved(scheme))),
            );
            let scopes: Vec<String> = scopes
                .items()
                .iter()
                .filter_map(Node::text)
                .map(|scope| format!("`{}`", one_line(scope)))
                .collect();
            if scopes.is_empty() {
                words
            } else {
                format!("{words} with {}", scopes.join(", "))
            }
        })
        .collect();
    words.join(" and ")
}

fn declared<'a>(spec: &Spec<'a>) -> &'a [(std::borrow::Cow<'a, str>, Node<'a>)] {
    let newer = spec
        .root
        .get("components")
        .map(|components| components.map_of("securitySchemes"))
        .unwrap_or_default();
    if newer.is_empty() {
        spec.root.map_of("securityDefinitions")
    } else {
        newer
    }
}

fn in_words(scheme: &Node<'_>) -> String {
    let of = |key: &str| scheme.text_of(key).map(one_line).unwrap_or_default();
    match (of("type").as_str(), of("scheme").to_lowercase().as_str()) {
        ("http", "bearer") => "header `Authorization: Bearer …`".to_owned(),
        ("http", "basic") | ("basic", _) => "HTTP basic authentication".to_owned(),
        ("http", other) => format!("HTTP authentication `{other}`"),
        ("apiKey" | "httpApiKey", _) => format!("key in {} `{}`", of("in"), of("name")),
        ("oauth2", _) => "OAuth 2".to_owned(),
        ("openIdConnect", _) => "OpenID Connect".to_owned(),
        ("mutualTLS", _) => "a client certificate".to_owned(),
        ("", _) => "a scheme without a type".to_owned(),
        (other, _) => format!("`{other}`"),
    }
}
