//! Where an interface is reached: addresses, and what stands for the variables in them.

use super::spec::Spec;
use super::words::{traits, type_of};
use crate::lookup::format::sheet::{Sheet, one_line};
use crate::lookup::format::tree::Node;

/// Writes the servers that `holder` lists, each with its variables.
pub(in crate::lookup::format) fn list<'a>(
    spec: &Spec<'a>,
    holder: &'a Node<'a>,
    sheet: &mut Sheet,
) {
    for server in holder.list_of("servers") {
        let server = spec.resolved(server);
        if let Some(url) = server.text_of("url") {
            sheet.prose(&format!("- `{}`{}", one_line(url), spec.behind(server)));
            variables(spec, server, sheet);
        }
    }
}

/// Writes what stands for the variables in the address of `server`.
pub(in crate::lookup::format) fn variables<'a>(
    spec: &Spec<'a>,
    server: &'a Node<'a>,
    sheet: &mut Sheet,
) {
    for (name, variable) in server.map_of("variables") {
        let variable = spec.resolved(variable);
        // Their values are texts, and only a choice of them says more.
        let kind = Some(type_of(spec, variable)).filter(|kind| kind != "any");
        let mut words = vec![kind.unwrap_or_else(|| "string".to_owned())];
        words.extend(traits(spec, variable));
        let name = one_line(name);
        let text = spec.behind(variable);
        sheet.prose_indented("  - ", &format!("`{name}`: {}{text}", words.join(", ")));
    }
}
