//! C#.

use super::{BYTES_MAX, Grammar, Role, starts_with_word};

pub(super) const CSHARP: Grammar = Grammar {
    name: "C#",
    extensions: &["cs", "csx"],
    interpreters: &["dotnet-script"],
    signs: &[
        "using System",
        "namespace ",
        "public class ",
        "public async Task",
        "private readonly ",
        "internal ",
        "using Microsoft",
        "/// <summary>",
        "public override ",
        "#region",
        "public string ",
        "[Fact]",
        "[Test]",
    ],
    language: || tree_sitter_c_sharp::LANGUAGE.into(),
    bytes_max: BYTES_MAX,
    comment: "//",
    docs: &["///", "/**"],
    roles: &[
        (
            Role::Function,
            &[
                "method_declaration",
                "constructor_declaration",
                "destructor_declaration",
                "operator_declaration",
                "conversion_operator_declaration",
                "indexer_declaration",
                "local_function_statement",
                "delegate_declaration",
                "event_declaration",
                "property_declaration",
                "event_field_declaration",
            ],
        ),
        (
            Role::Type,
            &[
                "class_declaration",
                "interface_declaration",
                "struct_declaration",
                "record_declaration",
                "enum_declaration",
                "namespace_declaration",
            ],
        ),
        (
            Role::Member,
            &["field_declaration", "enum_member_declaration"],
        ),
        (
            Role::Import,
            &[
                "using_directive",
                "extern_alias_directive",
                "file_scoped_namespace_declaration",
            ],
        ),
        (Role::Comment, &["comment"]),
        (
            Role::Through,
            &[
                "declaration_list",
                "enum_member_declaration_list",
                "global_statement",
                "preproc_if",
                "preproc_elif",
                "preproc_else",
            ],
        ),
        (
            Role::Anonymous,
            &["lambda_expression", "anonymous_method_expression"],
        ),
    ],
    bodies: &[
        "accessor_list",
        "arrow_expression_clause",
        "constructor_initializer",
    ],
    members: &[],
    attributes: &[],
    is_private: |signature| {
        ![
            "public",
            "protected",
            "internal",
            "class",
            "interface",
            "namespace",
        ]
        .iter()
        .any(|word| starts_with_word(signature, word))
    },
};
