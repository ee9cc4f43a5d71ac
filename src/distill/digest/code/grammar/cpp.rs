//! C++.

use super::c::THROUGH;
use super::{BYTES_MAX, Grammar, Role, starts_with_word};

pub(super) const CPP: Grammar = Grammar {
    name: "C++",
    extensions: &[
        "cpp", "cc", "cxx", "c++", "hpp", "hh", "hxx", "h++", "h", "ipp", "inl", "tpp", "cu",
        "cuh", "ino",
    ],
    interpreters: &[],
    signs: &[
        "#include <",
        "#include \"",
        "namespace ",
        "template <",
        "template<",
        "std::",
        "public:",
        "private:",
        "using namespace ",
        "class ",
        "auto ",
        "const std::",
        "#pragma once",
    ],
    language: || tree_sitter_cpp::LANGUAGE.into(),
    bytes_max: BYTES_MAX,
    comment: "//",
    docs: &["/**", "///", "/*", "//"],
    roles: &[
        (
            Role::Function,
            &["function_definition", "preproc_function_def"],
        ),
        (
            Role::TypeWithBody,
            &[
                "struct_specifier",
                "union_specifier",
                "enum_specifier",
                "class_specifier",
            ],
        ),
        (Role::Type, &["namespace_definition"]),
        (
            Role::Alias,
            &[
                "type_definition",
                "alias_declaration",
                "concept_definition",
                "namespace_alias_definition",
            ],
        ),
        (Role::Constant, &["declaration", "preproc_def"]),
        (
            Role::Member,
            &["field_declaration", "enumerator", "friend_declaration"],
        ),
        (
            Role::Import,
            &["preproc_include", "preproc_call", "using_declaration"],
        ),
        (Role::Comment, &["comment"]),
        (Role::Prefix, &["template_declaration"]),
        (Role::Through, THROUGH),
        (Role::Anonymous, &["lambda_expression"]),
    ],
    bodies: &["field_initializer_list", "preproc_arg"],
    members: &[],
    attributes: &[],
    is_private: |signature| starts_with_word(signature, "static"),
};
