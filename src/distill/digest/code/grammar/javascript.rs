//! JavaScript, with JSX; TypeScript takes its roles from here.

use super::{BYTES_MAX, Grammar, Role};

pub(super) const JAVASCRIPT: Grammar = Grammar {
    name: "JavaScript",
    extensions: &["js", "jsx", "mjs", "cjs"],
    interpreters: &["node", "deno", "bun"],
    signs: &[
        "const ",
        "function ",
        "async function ",
        "export default ",
        "module.exports",
        "let ",
        "});",
        "import {",
    ],
    language: || tree_sitter_javascript::LANGUAGE.into(),
    bytes_max: BYTES_MAX,
    comment: "//",
    docs: &["/**"],
    roles: ROLES,
    bodies: &[],
    members: &[],
    attributes: &[],
    is_private,
};

pub(super) const ROLES: &[(Role, &[&str])] = &[
    (
        Role::Function,
        &[
            "function_declaration",
            "generator_function_declaration",
            "method_definition",
            "function_signature",
            "method_signature",
            "abstract_method_signature",
            "call_signature",
            "construct_signature",
        ],
    ),
    (
        Role::Type,
        &[
            "class_declaration",
            "abstract_class_declaration",
            "interface_declaration",
            "enum_declaration",
            "internal_module",
            "module",
        ],
    ),
    (Role::Value, &["variable_declarator"]),
    (Role::Alias, &["type_alias_declaration"]),
    (Role::Assigned, &["assignment_expression", "pair"]),
    (
        Role::Member,
        &[
            "field_definition",
            "public_field_definition",
            "property_signature",
            "index_signature",
            "enum_assignment",
        ],
    ),
    (Role::Import, &["import_statement", "import_alias"]),
    (Role::Attribute, &["decorator"]),
    (
        Role::Comment,
        &["comment", "html_comment", "hash_bang_line"],
    ),
    (Role::Prefix, &["export_statement", "ambient_declaration"]),
    (
        Role::Keyword,
        &["lexical_declaration", "variable_declaration"],
    ),
    (
        Role::Through,
        &[
            "expression_statement",
            "class_body",
            "interface_body",
            "enum_body",
        ],
    ),
    (
        Role::Anonymous,
        &[
            "arrow_function",
            "function_expression",
            "generator_function",
            "class",
        ],
    ),
];

pub(super) fn is_private(signature: &str) -> bool {
    !signature.starts_with("export") || super::starts_with_word(signature, "private")
}
