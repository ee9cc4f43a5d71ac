//! Go.

use super::{BYTES_MAX, Grammar, Role};

pub(super) const GO: Grammar = Grammar {
    name: "Go",
    extensions: &["go"],
    interpreters: &[],
    signs: &[
        "func ",
        "if err != nil",
        "type ",
        "defer ",
        "case <-",
        "package main",
        "return nil",
        "go func(",
    ],
    language: || tree_sitter_go::LANGUAGE.into(),
    bytes_max: BYTES_MAX,
    comment: "//",
    docs: &["//", "/*"],
    roles: &[
        (
            Role::Function,
            &["function_declaration", "method_declaration", "method_elem"],
        ),
        (Role::Type, &["type_spec"]),
        (Role::Constant, &["const_spec", "var_spec"]),
        (Role::Alias, &["type_alias"]),
        (Role::Member, &["field_declaration", "type_elem"]),
        (Role::Import, &["import_spec", "package_clause"]),
        (Role::Comment, &["comment"]),
        (
            Role::Keyword,
            &["type_declaration", "const_declaration", "var_declaration"],
        ),
        (
            Role::Through,
            &[
                "import_declaration",
                "import_spec_list",
                "var_spec_list",
                "struct_type",
                "interface_type",
                "field_declaration_list",
            ],
        ),
        (Role::Anonymous, &["func_literal"]),
    ],
    bodies: &["field_declaration_list", "{"],
    members: &[],
    attributes: &[],
    is_private: |signature| {
        // The name follows the keyword, and in a method the receiver.
        let rest = signature
            .split_once(' ')
            .map_or(signature, |(_, rest)| rest);
        let rest = rest
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(") "))
            .map_or(rest, |(_, rest)| rest);
        !rest.starts_with(|letter: char| letter.is_uppercase())
    },
};
