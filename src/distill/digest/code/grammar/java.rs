//! Java.

use super::{BYTES_MAX, Grammar, Role, starts_with_word};

pub(super) const JAVA: Grammar = Grammar {
    name: "Java",
    extensions: &["java"],
    interpreters: &[],
    signs: &[
        "import java",
        "import static ",
        "public class ",
        "@Override",
        "private final ",
        "public static final ",
        "import org.",
        "import com.",
        "public static void main(",
        "protected ",
        "throws ",
        "package com.",
        "package org.",
        "package io.",
    ],
    language: || tree_sitter_java::LANGUAGE.into(),
    bytes_max: BYTES_MAX,
    comment: "//",
    docs: &["/**"],
    roles: &[
        (
            Role::Function,
            &[
                "method_declaration",
                "constructor_declaration",
                "compact_constructor_declaration",
                "annotation_type_element_declaration",
            ],
        ),
        (
            Role::Type,
            &[
                "class_declaration",
                "interface_declaration",
                "enum_declaration",
                "record_declaration",
                "annotation_type_declaration",
                "module_declaration",
            ],
        ),
        (Role::Constant, &["constant_declaration"]),
        (Role::Member, &["field_declaration", "enum_constant"]),
        (Role::Import, &["import_declaration", "package_declaration"]),
        (Role::Comment, &["line_comment", "block_comment"]),
        (
            Role::Through,
            &[
                "class_body",
                "interface_body",
                "enum_body",
                "enum_body_declarations",
                "annotation_type_body",
            ],
        ),
        (Role::Anonymous, &["lambda_expression"]),
    ],
    bodies: &[],
    members: &[],
    attributes: &[],
    is_private: |signature| starts_with_word(signature, "private"),
};
