//! C; C++ takes most roles from here.

use super::{BYTES_MAX, Grammar, Role, starts_with_word};

pub(super) const C: Grammar = Grammar {
    name: "C",
    extensions: &["c"],
    interpreters: &["tcc"],
    signs: &[
        "#include ",
        "#define ",
        "#ifdef ",
        "#ifndef ",
        "#endif",
        "typedef ",
        "static int ",
        "static void ",
        "struct ",
    ],
    language: || tree_sitter_c::LANGUAGE.into(),
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
            &["struct_specifier", "union_specifier", "enum_specifier"],
        ),
        (Role::Type, &[]),
        (Role::Alias, &["type_definition"]),
        (Role::Constant, &["declaration", "preproc_def"]),
        (Role::Member, &["field_declaration", "enumerator"]),
        (Role::Import, &["preproc_include", "preproc_call"]),
        (Role::Comment, &["comment"]),
        (Role::Through, THROUGH),
    ],
    bodies: &["preproc_arg"],
    members: &[],
    attributes: &[],
    is_private: |signature| starts_with_word(signature, "static"),
};

pub(super) const THROUGH: &[&str] = &[
    "declaration_list",
    "field_declaration_list",
    "enumerator_list",
    "linkage_specification",
    "preproc_if",
    "preproc_ifdef",
    "preproc_else",
    "preproc_elif",
    "preproc_elifdef",
];
