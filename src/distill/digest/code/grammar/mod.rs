//! The languages that have an outline: one file each, and [`GRAMMARS`], the registry.
//!
//! A grammar says which nodes of its syntax tree play which [`Role`]; `walk.rs` does the rest for all of them.

mod bash;
mod c;
mod cpp;
mod csharp;
mod go;
mod java;
mod javascript;
mod lua;
mod php;
mod python;
mod ruby;
mod rust;
mod typescript;

use tree_sitter::Language;

use crate::distill::Kind;

/// Lines that are looked at to tell a language by its content.
const SAMPLE_LINES: usize = 300;

/// Lines with signs of a language that tell it from prose that quotes some code.
const SIGNS_MIN: usize = 4;

/// What a node of a syntax tree is for an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A named function or method; what is declared inside is local.
    Function,
    /// A class, trait, module or namespace: its members are entries too.
    Type,
    /// The same, where the node is a mere mention of a type unless it has a body.
    TypeWithBody,
    /// A variable: an entry at top level, a member inside a type, except if it is spelled as a constant.
    Value,
    /// A constant wherever it stands.
    Constant,
    /// A type that is defined by its text, which is shown further than that of a value.
    Alias,
    /// An assignment, an entry only if a function is assigned.
    Assigned,
    /// A field, a variant, a property.
    Member,
    /// Names from elsewhere.
    Import,
    /// What is said about the next entry: decorators, attributes.
    Attribute,
    /// A comment, maybe the documentation of the next entry.
    Comment,
    /// A node around one entry; its text up to there belongs to the signature.
    Prefix,
    /// A node around several entries; its first word belongs to each signature.
    Keyword,
    /// A node around entries that says nothing itself.
    Through,
    /// A function without a name.
    Anonymous,
}

/// What an outline must know about one language.
pub(in crate::distill) struct Grammar {
    /// The name of the language, for the reader.
    pub(super) name: &'static str,
    /// Extensions of its files, lower case.
    pub(super) extensions: &'static [&'static str],
    /// Programs that run it, as a `#!` line names them.
    pub(super) interpreters: &'static [&'static str],
    /// Starts of lines that are usual in this language and in none of the others.
    pub(super) signs: &'static [&'static str],
    /// Makes the parser's tables known; they are static data.
    pub(super) language: fn() -> Language,
    /// Bytes of a source: a syntax tree takes some twenty times its text.
    pub(super) bytes_max: usize,
    /// How a comment of one line starts.
    pub(super) comment: &'static str,
    /// How comments start that document what follows.
    pub(super) docs: &'static [&'static str],
    /// Which nodes play which role.
    pub(super) roles: &'static [(Role, &'static [&'static str])],
    /// Kinds of nodes that are a body where no field is called so.
    pub(super) bodies: &'static [&'static str],
    /// How members start that are worth a word; empty if all are.
    pub(super) members: &'static [&'static str],
    /// Attributes that change how something is used; empty if all do.
    pub(super) attributes: &'static [&'static str],
    /// Whether what has this signature is used inside of its file or type only.
    pub(super) is_private: fn(&str) -> bool,
}

/// Bytes of a source that is still written by people; longer ones are data or were made by a program.
const BYTES_MAX: usize = 2 << 20;

/// Every language, those first that are told by content more surely.
pub(super) const GRAMMARS: &[&Grammar] = &[
    &php::PHP,
    &rust::RUST,
    &go::GO,
    &csharp::CSHARP,
    &java::JAVA,
    &python::PYTHON,
    &ruby::RUBY,
    &lua::LUA,
    &typescript::TYPESCRIPT,
    &typescript::TSX,
    &javascript::JAVASCRIPT,
    &cpp::CPP,
    &c::C,
    &bash::BASH,
];

impl Grammar {
    /// Returns the grammar of `text`, told by the extension of its `path`, by its `#!` line, or if it is code of an unknown
    /// name by signs that no other language has.
    pub(in crate::distill) fn of(
        path: Option<&str>,
        text: &str,
        kind: Kind,
    ) -> Option<&'static Self> {
        let find = |is: &dyn Fn(&Grammar) -> bool| GRAMMARS.iter().copied().find(|g| is(g));
        if let Some((_, extension)) = path.and_then(|path| path.rsplit_once('.'))
            && !extension.contains(['/', '\\'])
        {
            // A file that says what it is is nothing else.
            let extension = extension.to_lowercase();
            return find(&|grammar| grammar.extensions.contains(&extension.as_str()));
        }
        let first = text.lines().next().unwrap_or_default();
        if let Some(command) = first.strip_prefix("#!") {
            let program = |word: &str| {
                let name = word.rsplit('/').next().unwrap_or_default();
                name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.')
                    .to_owned()
            };
            let mut words = command
                .split_whitespace()
                .map(program)
                .filter(|word| word != "env" && !word.starts_with('-'));
            let program = words.next().unwrap_or_default();
            return find(&|grammar| grammar.interpreters.contains(&program.as_str()));
        }
        if path.is_some() || kind != Kind::Code {
            return None;
        }
        Self::by_signs(text)
    }

    /// The language whose signs are at least twice as frequent as those of any other.
    fn by_signs(text: &str) -> Option<&'static Self> {
        let mut counts: Vec<(usize, &'static Self)> = GRAMMARS
            .iter()
            .map(|grammar| {
                let count = text
                    .lines()
                    .map(str::trim_start)
                    .filter(|line| !line.is_empty())
                    .take(SAMPLE_LINES)
                    .filter(|line| grammar.signs.iter().any(|sign| line.starts_with(sign)))
                    .count();
                (count, *grammar)
            })
            .collect();
        counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let (best, grammar) = *counts.first()?;
        let second = counts.get(1).map_or(0, |(count, _)| *count);
        (best >= SIGNS_MIN && best >= 2 * second).then_some(grammar)
    }
}

/// Whether `signature` has `word` among its first words.
fn starts_with_word(signature: &str, word: &str) -> bool {
    signature
        .split([' ', '('])
        .take(4)
        .any(|first| first == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_node_is_one_of_its_grammar() {
        for grammar in GRAMMARS {
            let kinds = grammar.roles.iter().flat_map(|(_, kinds)| *kinds);
            for kind in kinds.chain(grammar.bodies) {
                // Grammars that share a list of roles have some kinds each.
                let is_known = GRAMMARS
                    .iter()
                    .filter(|other| {
                        std::ptr::eq(other.roles, grammar.roles) || std::ptr::eq(*other, grammar)
                    })
                    .any(|other| (other.language)().id_for_node_kind(kind, *kind != "{") != 0);
                assert!(is_known, "{}: {kind}", grammar.name);
            }
        }
    }

    #[test]
    fn an_extension_belongs_to_one_grammar() {
        let mut extensions: Vec<&str> = GRAMMARS
            .iter()
            .flat_map(|grammar| grammar.extensions)
            .copied()
            .collect();
        extensions.sort_unstable();
        let count = extensions.len();
        extensions.dedup();
        assert_eq!(extensions.len(), count);
    }
}
