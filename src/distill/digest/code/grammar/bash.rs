//! Bash and other shells of its family.

use super::{BYTES_MAX, Grammar, Role};

pub(super) const BASH: Grammar = Grammar {
    name: "shell",
    extensions: &["sh", "bash", "zsh", "ksh", "bats", "ebuild"],
    interpreters: &["sh", "bash", "dash", "ksh", "zsh", "bats"],
    signs: &[
        "fi", "done", "esac", "elif [", "if [", "echo \"", "local ", "export ", "then", "set -e",
    ],
    language: || tree_sitter_bash::LANGUAGE.into(),
    bytes_max: BYTES_MAX,
    comment: "#",
    docs: &["#"],
    roles: &[
        (Role::Function, &["function_definition"]),
        (
            Role::Constant,
            &["variable_assignment", "declaration_command"],
        ),
        (Role::Comment, &["comment"]),
        (Role::Through, &["variable_assignments"]),
    ],
    bodies: &[],
    members: &[],
    attributes: &[],
    is_private: |signature| signature.starts_with('_'),
};
