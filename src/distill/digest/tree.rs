//! The digest of an accessibility tree: what can be used on the page, each by its reference and name, in order.
//!
//! ```text
//! # Latest news                    a heading
//! link e16 Hacker News             role, reference, name
//! e17 new                          the role is that of the line above
//! textbox e30 Search [active]      what state it is in
//! ```

use std::fmt::Write as _;

use super::{Request, clip};

/// Roles of ARIA that a person can use (WAI-ARIA 1.2, section 5.3.2, without the containers).
const ROLES: &[&str] = &[
    "button",
    "checkbox",
    "combobox",
    "gridcell",
    "link",
    "listbox",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "option",
    "radio",
    "scrollbar",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "tab",
    "textbox",
    "textarea",
    "treeitem",
    "iframe",
];

/// Elements with a reference that make a text a tree of them.
const ELEMENTS_MIN: usize = 8;

/// One line in so many has a reference in such a text.
const ELEMENTS_PART: usize = 4;

/// Bytes of a name.
const NAME_BYTES_MAX: usize = 160;

/// An element of the tree.
struct Element<'t> {
    role: &'t str,
    name: &'t str,
    reference: &'t str,
    /// Attributes that tell its state, as they are spelled.
    states: Vec<&'t str>,
    is_interactive: bool,
}

/// Whether `text` is an accessibility tree whose elements have references.
pub(super) fn is_tree(text: &str) -> bool {
    let referred =
        |line: &&str| Element::of(line).is_some_and(|element| !element.reference.is_empty());
    let count = text.lines().filter(referred).count();
    count >= ELEMENTS_MIN && count * ELEMENTS_PART >= text.lines().count()
}

/// Returns the digest of the accessibility tree in `request`, or `None` if its text is none.
pub(super) fn digest(request: &Request<'_>) -> Option<String> {
    if !is_tree(request.text) {
        return None;
    }
    let lines: Vec<&str> = request.text.lines().collect();
    let elements: Vec<(usize, Element<'_>)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, Element::of(line)?)))
        .collect();
    let mut out = format!(
        "#digest of {} lines: what can be used: role where it changes, ref, name; # headings; restore {} gives all (lines, grep)\n",
        lines.len(),
        request.handle
    );
    // What stands above the tree says which page it is of.
    for line in lines.iter().take_while(|line| Element::of(line).is_none()) {
        if line.contains(": ") {
            let _ = writeln!(out, "{line}");
        }
    }
    let mut role = "";
    for (at, element) in &elements {
        if element.role == "heading" && !element.name.is_empty() {
            let _ = writeln!(out, "# {}", clip(element.name, NAME_BYTES_MAX));
        }
        if !element.is_interactive || element.reference.is_empty() {
            continue;
        }
        if element.role != role {
            role = element.role;
            let _ = write!(out, "{role} ");
        }
        out.push_str(element.reference);
        let name = element.label(lines.get(at + 1..).unwrap_or_default());
        if !name.is_empty() {
            let _ = write!(out, " {}", clip(name, NAME_BYTES_MAX));
        }
        for state in &element.states {
            let _ = write!(out, " [{state}]");
        }
        out.push('\n');
    }
    Some(out)
}

impl<'t> Element<'t> {
    /// Reads a line of a tree: `- link "Hacker News" [ref=e16] [cursor=pointer]:` or `uid=1_2 link "Hacker News"`.
    fn of(line: &'t str) -> Option<Self> {
        let text = line.trim_start();
        let text = text.strip_prefix("- ").unwrap_or(text);
        // YAML quotes what has a colon in it.
        let text = text.strip_prefix('\'').unwrap_or(text);
        let (uid, text) = match text.strip_prefix("uid=") {
            Some(rest) => rest.split_once(' ')?,
            None => ("", text),
        };
        let end = text
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(text.len());
        let (role, rest) = text.split_at_checked(end)?;
        let (name, rest) = match rest.strip_prefix(" \"") {
            Some(quoted) => split_quoted(quoted)?,
            None => ("", rest),
        };
        let mut reference = uid;
        let mut states = Vec::new();
        let mut is_pointed = false;
        for attribute in rest.split('[').skip(1) {
            let (attribute, _) = attribute.split_once(']')?;
            match attribute.split_once('=') {
                Some(("ref", value)) => reference = value,
                Some(("cursor", _)) => is_pointed = true,
                Some(("level", _)) => {}
                _ => states.push(attribute),
            }
        }
        let is_element = !role.is_empty() && (!reference.is_empty() || role == "heading");
        is_element.then(|| Self {
            role,
            name,
            reference,
            states,
            is_interactive: is_pointed || ROLES.contains(&role),
        })
    }

    /// Its name, or what stands first inside it: its text, its address.
    fn label(&self, below: &[&'t str]) -> &'t str {
        if !self.name.is_empty() {
            return self.name;
        }
        let inside = below.first().map_or("", |line| line.trim_start());
        let inside = inside.strip_prefix("- ").unwrap_or(inside);
        ["/url: ", "text: ", "/placeholder: "]
            .iter()
            .find_map(|start| inside.strip_prefix(start))
            .unwrap_or_default()
    }
}

/// Cuts `text` at the quote that ends it; a backslash takes the quote after it in.
fn split_quoted(text: &str) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    let end = text.find(|letter| {
        let ends = letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distill::Level;

    fn digested(text: &str) -> Option<String> {
        digest(&Request::new(text, "h7", Level::Digest))
    }

    #[test]
    fn every_element_that_can_be_used_is_named() {
        let mut text = "- Page URL: https://shop.example/\n- Page Title: Shop\n- banner [ref=e1]:\n  - heading \"The \\\"shop\\\"\" [level=1] [ref=e2]\n".to_owned();
        for number in 3..12 {
            let _ = writeln!(
                text,
                "  - generic [ref=f{number}]:\n    - link \"Item {number}\" [ref=e{number}] [cursor=pointer]:\n      - /url: /item/{number}"
            );
        }
        text += "  - 'link \"To: all\" [ref=e19]':\n  - textbox \"Search\" [active] [ref=e20]\n  - generic \"More\" [ref=e21] [cursor=pointer]\n  - link [ref=e22]:\n    - /url: /cart\n";
        let shown = digested(&text).unwrap();
        assert!(shown.contains("- Page URL: https://shop.example/\n- Page Title: Shop\n# The \\\"shop\\\"\nlink e3 Item 3\ne4 Item 4\n"), "{shown}");
        assert!(
            shown.ends_with(
                "e11 Item 11\ne19 To: all\ntextbox e20 Search [active]\ngeneric e21 More\nlink e22 /cart\n"
            ),
            "{shown}"
        );
        assert!(!shown.contains("f5"), "{shown}");
    }

    #[test]
    fn a_list_without_references_is_no_tree() {
        assert_eq!(digested(&"- link \"x\"\n".repeat(40)), None);
        assert_eq!(digested(""), None);
        assert_eq!(
            digested(&"- link \"x [ref=e1]\n- [\n- x [ref=\n".repeat(40)),
            None
        );
    }
}
