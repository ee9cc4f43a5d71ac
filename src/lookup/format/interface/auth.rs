//! How a caller shows who it is, in words.

use super::spec::Spec;
use crate::lookup::format::sheet::{Sheet, one_line};
use crate::lookup::format::tree::Node;

/// Ways to be let in, schemes of one way and scopes of one scheme that an operation tells: every page repeats them.
const TOLD_MAX: usize = 20;

/// Writes the schemes that the description declares, and where a caller gets what they ask for.
pub(in crate::lookup::format) fn list(spec: &Spec<'_>, sheet: &mut Sheet) {
    if declared(spec).is_empty() {
        return;
    }
    sheet.heading(2, "Authorization", "authorization", Vec::new());
    for (name, scheme) in declared(spec) {
        let scheme = spec.resolved(scheme);
        let format = quoted(scheme, "bearerFormat", "as");
        let place = quoted(scheme, "openIdConnectUrl", "described at");
        let text = spec.behind(scheme);
        sheet.prose(&format!(
            "- `{name}`: {}{format}{place}{text}",
            in_words(scheme)
        ));
        // Swagger 2 has one flow, in the scheme itself.
        let own = scheme.text_of("flow").map(|flow| (flow, scheme));
        let flows = scheme.map_of("flows").iter();
        let flows = flows.map(|(flow, node)| (flow.as_ref(), node));
        for (flow, node) in own.into_iter().chain(flows) {
            let urls = [
                ("authorizationUrl", "authorization at"),
                ("tokenUrl", "token at"),
                ("refreshUrl", "new token at"),
            ];
            let urls: String = urls
                .iter()
                .map(|(key, words)| quoted(node, key, words))
                .collect();
            sheet.prose_indented("  - ", &format!("flow `{}`{urls}", one_line(flow)));
            // AsyncAPI 3 calls them otherwise.
            let scopes = ["scopes", "availableScopes"].iter();
            for (scope, text) in scopes.flat_map(|key| node.map_of(key)) {
                let text = text.text().filter(|text| !text.trim().is_empty());
                let text = spec.dashed(text);
                sheet.prose_indented("    - ", &format!("scope `{}`{text}", one_line(scope)));
            }
        }
    }
}

/// Returns the text of the member of `node` called `key`, behind `words` that say what it is.
fn quoted(node: &Node<'_>, key: &str, words: &str) -> String {
    let text = node.text_of(key).map(one_line);
    text.map_or_else(String::new, |text| format!(", {words} `{text}`"))
}

/// Returns what the operation `node` demands, or `None` if nobody says.
pub(in crate::lookup::format) fn demanded<'a>(
    spec: &Spec<'a>,
    node: &'a Node<'a>,
) -> Option<String> {
    let demand = node.get("security").or_else(|| spec.root.get("security"))?;
    Some(ways_of(spec, demand))
}

/// Returns what `node` itself demands, or `None` if it does not say.
pub(in crate::lookup::format) fn demanded_of<'a>(
    spec: &Spec<'a>,
    node: &'a Node<'a>,
) -> Option<String> {
    node.get("security").map(|demand| ways_of(spec, demand))
}

fn ways_of<'a>(spec: &Spec<'a>, demand: &'a Node<'a>) -> String {
    if demand.items().is_empty() {
        return "none".to_owned();
    }
    let ways = demand.items().iter().map(|way| together(spec, way));
    told(ways, "; or ")
}

/// Joins the first of `all`, and says how many more there are.
fn told(all: impl ExactSizeIterator<Item = String>, joint: &str) -> String {
    let more = all.len().saturating_sub(TOLD_MAX);
    let more = Some(more).filter(|more| *more > 0);
    let more = more.map(|more| format!("{more} more"));
    let told: Vec<String> = all.take(TOLD_MAX).chain(more).collect();
    told.join(joint)
}

/// Returns schemes that are demanded together.
fn together<'a>(spec: &Spec<'a>, way: &'a Node<'a>) -> String {
    if way.entries().is_empty() {
        return "none".to_owned();
    }
    // AsyncAPI 3 refers to them.
    if let Some(named) = spec.named(way) {
        return format!("{} (`{}`)", in_words(named.target), one_line(&named.name));
    }
    let words = way.entries().iter().map(|(name, scopes)| {
        let scheme = declared(spec).iter().find(|(known, _)| known == name);
        let words = scheme.map_or_else(
            || format!("`{name}`"),
            |(_, scheme)| format!("{} (`{name}`)", in_words(spec.resolved(scheme))),
        );
        let scopes = scopes.items().iter().map(|scope| {
            let scope = scope.text().unwrap_or("…");
            format!("`{}`", one_line(scope))
        });
        if scopes.len() == 0 {
            words
        } else {
            format!("{words} with {}", told(scopes, ", "))
        }
    });
    told(words, " and ")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::format::tree;

    #[test]
    fn of_very_many_ways_to_be_let_in_the_first_are_told() {
        let many = |kind: &str, value: &str, joint: &str| {
            let all: Vec<String> = (0..22).map(|at| format!("{kind}{at}{value}")).collect();
            all.join(joint)
        };
        let ways = many("{w", ": []}", ", ");
        let schemes = many("s", ": []", ", ");
        let scopes = many("c", "", ", ");
        for (demand, joint) in [
            (format!("[{ways}]"), "; or "),
            (format!("[{{{schemes}}}]"), " and "),
            (format!("[{{a: [{scopes}]}}]"), ", "),
        ] {
            let text = format!("security: {demand}\n");
            let tree = tree::read(&text).unwrap();
            let told = demanded(&Spec::new(&tree.root), &tree.root).unwrap();
            assert!(told.ends_with(&format!("19`{joint}2 more")), "{told}");
        }
    }
}
