//! Directives by their names: which define, which name what follows, and which a rendered page shows nothing of.

use crate::lookup::document::{DEFINITION, Heading};

/// Directives whose argument is a signature, without the domain before (`py:function`).
const DEFINING: &[&str] = &[
    "attribute",
    "class",
    "classmethod",
    "cmdoption",
    "confval",
    "data",
    "decorator",
    "decoratormethod",
    "describe",
    "directive",
    "enum",
    "envvar",
    "exception",
    "function",
    "macro",
    "member",
    "method",
    "module",
    "option",
    "program",
    "property",
    "role",
    "setting",
    "staticmethod",
    "struct",
    "type",
    "var",
    "object",
];

/// Directives that name what follows, whatever its heading says.
const NAMING: &[&str] = &["confval", "envvar", "module", "program", "setting"];

/// Directives that name what a whole page, or what is below them, is of.
const OF_PAGE: &[&str] = &["module", "program"];

/// Directives that a rendered page shows nothing of.
pub(super) const UNSEEN: &[&str] = &[
    "codeauthor",
    "contents",
    "currentmodule",
    "default-domain",
    "default-role",
    "highlight",
    "index",
    "js:currentmodule",
    "meta",
    "moduleauthor",
    "py:currentmodule",
    "role",
    "rst-class",
    "sectionauthor",
    "sectnum",
    "tabularcolumns",
];

/// Directives whose body is code.
pub(super) const CODE: &[&str] = &[
    "code",
    "code-block",
    "sourcecode",
    "literalinclude",
    "parsed-literal",
    "doctest",
    "testcode",
];

/// A directive that says nothing but its argument.
pub(super) struct Bare<'a> {
    /// Its first line, and the one after its last.
    pub(super) lines: (usize, usize),
    /// Its name without the domain.
    pub(super) name: &'a str,
    pub(super) argument: &'a str,
}

impl Bare<'_> {
    /// What it names, without parameters.
    pub(super) fn named(&self) -> &str {
        let named = self.argument.split(['(', ' ']).next();
        named.unwrap_or(self.argument)
    }

    /// Tells whether it is but a name of what `heading` is the head of. Of two definitions, each is one of its own.
    pub(super) fn names(&self, heading: &Heading) -> bool {
        let is_alike = heading
            .title
            .split(|letter: char| letter.is_whitespace() || "`,()".contains(letter))
            .any(|word| word == self.named());
        if heading.level == DEFINITION {
            is_alike && !self.is_defining()
        } else {
            is_alike || NAMING.contains(&self.name)
        }
    }

    pub(super) fn is_of_page(&self) -> bool {
        OF_PAGE.contains(&self.name)
    }

    pub(super) fn is_defining(&self) -> bool {
        DEFINING.contains(&self.name)
    }
}
