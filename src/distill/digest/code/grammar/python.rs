//! Python.

use super::{BYTES_MAX, Grammar, Role};

pub(super) const PYTHON: Grammar = Grammar {
    name: "Python",
    extensions: &["py", "pyi", "pyw"],
    interpreters: &["python", "pypy", "uv"],
    signs: &[
        "def ",
        "async def ",
        "elif ",
        "except ",
        "from __future__ ",
        "self.",
        "if __name__ == ",
    ],
    language: || tree_sitter_python::LANGUAGE.into(),
    bytes_max: BYTES_MAX,
    comment: "#",
    docs: &["#:"],
    roles: &[
        (Role::Function, &["function_definition"]),
        (Role::Type, &["class_definition"]),
        (Role::Value, &["assignment"]),
        (Role::Alias, &["type_alias_statement"]),
        (
            Role::Import,
            &[
                "import_statement",
                "import_from_statement",
                "future_import_statement",
            ],
        ),
        (Role::Attribute, &["decorator"]),
        (Role::Comment, &["comment"]),
        (Role::Prefix, &["decorated_definition"]),
        (Role::Through, &["expression_statement", "block"]),
        (Role::Anonymous, &["lambda"]),
    ],
    bodies: &[],
    members: &[],
    attributes: &[],
    is_private: |signature| {
        let name = signature
            .split([' ', '('])
            .find(|word| !matches!(*word, "async" | "def" | "class"));
        name.is_some_and(|name| name.starts_with('_') && !name.ends_with("__"))
    },
};
