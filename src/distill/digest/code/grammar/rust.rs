//! Rust.

use super::{BYTES_MAX, Grammar, Role};

pub(super) const RUST: Grammar = Grammar {
    name: "Rust",
    extensions: &["rs"],
    interpreters: &["rust-script"],
    signs: &[
        "fn ",
        "pub fn ",
        "impl ",
        "pub struct ",
        "let mut ",
        "pub(crate) ",
        "#[derive(",
        "use crate::",
        "use std::",
        "use super::",
    ],
    language: || tree_sitter_rust::LANGUAGE.into(),
    bytes_max: BYTES_MAX,
    comment: "//",
    docs: &["///", "//!", "/**"],
    roles: &[
        (
            Role::Function,
            &[
                "function_item",
                "function_signature_item",
                "macro_definition",
            ],
        ),
        (
            Role::Type,
            &[
                "struct_item",
                "enum_item",
                "union_item",
                "trait_item",
                "impl_item",
                "mod_item",
                "foreign_mod_item",
            ],
        ),
        (Role::Constant, &["const_item", "static_item"]),
        (Role::Alias, &["type_item", "associated_type"]),
        (Role::Member, &["field_declaration", "enum_variant"]),
        (
            Role::Import,
            &["use_declaration", "extern_crate_declaration"],
        ),
        (Role::Attribute, &["attribute_item"]),
        (Role::Comment, &["line_comment", "block_comment"]),
        (
            Role::Through,
            &[
                "declaration_list",
                "field_declaration_list",
                "enum_variant_list",
            ],
        ),
        (Role::Anonymous, &["closure_expression"]),
    ],
    bodies: &["macro_rule"],
    members: &[],
    attributes: &[
        "#[cfg",
        "#[test",
        "#[tokio::",
        "#[deprecated",
        "#[repr",
        "#[macro_export",
        "#[no_mangle",
        "#[proc_macro",
    ],
    is_private: |signature| !signature.starts_with("pub") && !signature.starts_with("impl"),
};
