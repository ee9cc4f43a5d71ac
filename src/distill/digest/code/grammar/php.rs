//! PHP, also between HTML.

use super::{BYTES_MAX, Grammar, Role, starts_with_word};

pub(super) const PHP: Grammar = Grammar {
    name: "PHP",
    extensions: &["php", "phtml", "php8", "inc"],
    interpreters: &["php"],
    signs: &[
        "<?php",
        "$this->",
        "public function ",
        "private function ",
        "protected function ",
        "use Illuminate\\",
        "use Symfony\\",
        "use App\\",
        "declare(strict_types",
    ],
    language: || tree_sitter_php::LANGUAGE_PHP.into(),
    bytes_max: BYTES_MAX,
    comment: "//",
    docs: &["/**"],
    roles: &[
        (
            Role::Function,
            &["function_definition", "method_declaration"],
        ),
        (
            Role::Type,
            &[
                "class_declaration",
                "interface_declaration",
                "trait_declaration",
                "enum_declaration",
            ],
        ),
        (Role::TypeWithBody, &["namespace_definition"]),
        (Role::Constant, &["const_declaration"]),
        (
            Role::Member,
            &["property_declaration", "enum_case", "use_declaration"],
        ),
        (Role::Import, &["namespace_use_declaration"]),
        (Role::Assigned, &["assignment_expression"]),
        (Role::Comment, &["comment", "php_tag", "text_interpolation"]),
        (
            Role::Through,
            &[
                "declaration_list",
                "enum_declaration_list",
                "compound_statement",
                "expression_statement",
            ],
        ),
        (
            Role::Anonymous,
            &["anonymous_function", "arrow_function", "anonymous_class"],
        ),
    ],
    bodies: &[],
    members: &[],
    attributes: &[],
    is_private: |signature| {
        starts_with_word(signature, "private") || starts_with_word(signature, "protected")
    },
};
