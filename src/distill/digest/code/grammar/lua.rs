//! Lua.

use super::{Grammar, Role, starts_with_word};

/// After errors this grammar takes long: some two seconds for this much of `[[`.
const LUA_BYTES_MAX: usize = 32 << 10;

pub(super) const LUA: Grammar = Grammar {
    name: "Lua",
    extensions: &["lua", "luau"],
    interpreters: &["lua", "luajit"],
    signs: &["local function ", "local ", "function ", "elseif ", "end)"],
    language: || tree_sitter_lua::LANGUAGE.into(),
    bytes_max: LUA_BYTES_MAX,
    comment: "--",
    docs: &["--"],
    roles: &[
        (Role::Function, &["function_declaration"]),
        (
            Role::Value,
            &["variable_declaration", "assignment_statement"],
        ),
        (Role::Assigned, &["field"]),
        (Role::Comment, &["comment"]),
        (Role::Anonymous, &["function_definition"]),
    ],
    bodies: &[],
    members: &[],
    attributes: &[],
    is_private: |signature| starts_with_word(signature, "local"),
};
