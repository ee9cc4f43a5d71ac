//! How many of the declarations of a source file an outline shows with their lines.
//!
//! A declaration is a line that begins with a word for one (`fn`, `class`, `def`, …) outside of comments and texts, and
//! outside of a function: what a function declares is its own affair. It is found if the innermost span of lines around
//! it has its name.

use super::column::{Column, Sample, Share, Shares};

/// Signatures of source code.
pub(super) struct Signatures;

impl Column for Signatures {
    fn name(&self) -> &'static str {
        "signatures"
    }

    fn title(&self) -> &'static str {
        "source code: declarations that are shown with their lines"
    }

    fn of(&self, sample: &Sample<'_>) -> Option<Shares> {
        let extension = sample.file.extension()?.to_str()?;
        let language = LANGUAGES
            .iter()
            .find(|language| language.extensions.contains(&extension))?;
        let (found, all) = share(language, sample.text, sample.shown);
        (all > 0).then(|| Shares(vec![("signatures", (found, all))]))
    }
}

/// What this rule has to know of a language.
struct Language {
    extensions: &'static [&'static str],
    /// Words that functions begin with.
    functions: &'static [&'static str],
    /// Words that types begin with.
    types: &'static [&'static str],
    comment: &'static str,
    quotes: &'static str,
    /// Quotes whose texts may have several lines.
    long_quotes: &'static str,
}

const LANGUAGES: &[Language] = &[
    Language {
        extensions: &["rs"],
        functions: &["fn"],
        types: &["struct", "enum", "trait", "union", "type", "impl"],
        comment: "//",
        quotes: "\"",
        long_quotes: "\"",
    },
    Language {
        extensions: &["py", "pyi"],
        functions: &["def"],
        types: &["class"],
        comment: "#",
        quotes: "\"'",
        long_quotes: "",
    },
    Language {
        extensions: &["ts", "tsx", "js", "jsx", "mjs", "cjs"],
        functions: &["function", "function*"],
        types: &["class", "interface", "type", "enum", "namespace"],
        comment: "//",
        quotes: "\"'`",
        long_quotes: "`",
    },
    Language {
        extensions: &["go"],
        functions: &["func"],
        types: &["type"],
        comment: "//",
        quotes: "\"'`",
        long_quotes: "`",
    },
    Language {
        extensions: &["java", "cs"],
        functions: &[],
        types: &["class", "interface", "enum", "record", "struct"],
        comment: "//",
        quotes: "\"'",
        long_quotes: "",
    },
    Language {
        extensions: &["php"],
        functions: &["function"],
        types: &["class", "interface", "trait", "enum"],
        comment: "//",
        quotes: "\"'",
        long_quotes: "\"'",
    },
    Language {
        extensions: &["rb"],
        functions: &["def"],
        types: &["class", "module"],
        comment: "#",
        quotes: "\"'",
        long_quotes: "",
    },
    Language {
        extensions: &["lua"],
        functions: &["function"],
        types: &[],
        comment: "--",
        quotes: "\"'",
        long_quotes: "",
    },
];

/// What may stand before the word.
const MODIFIERS: &[&str] = &[
    "pub",
    "export",
    "default",
    "async",
    "static",
    "public",
    "private",
    "protected",
    "internal",
    "abstract",
    "final",
    "unsafe",
    "const",
    "extern",
    "override",
    "virtual",
    "sealed",
    "partial",
    "readonly",
    "declare",
    "local",
];

fn share(language: &Language, text: &str, shown: &str) -> Share {
    let entries: Vec<((usize, usize), &str)> = shown.lines().filter_map(entry).collect();
    let declared = declarations(language, text);
    let is_shown = |(line, name): &&(usize, String)| {
        let around = entries
            .iter()
            .filter(|((first, last), _)| (*first..=*last).contains(line));
        let lines = |((first, last), _): &&((usize, usize), &str)| last - first;
        let Some(innermost) = around.clone().map(|entry| lines(&entry)).min() else {
            return false;
        };
        // Several may have the same lines.
        around
            .filter(|entry| lines(entry) == innermost)
            .any(|(_, entry)| words(entry).any(|word| word == name))
    };
    (declared.iter().filter(is_shown).count(), declared.len())
}

/// What a line of an outline names, and its lines.
fn entry(line: &str) -> Option<((usize, usize), &str)> {
    let (named, rest) = line.rsplit_once('~')?;
    let lines = rest.split(' ').next()?;
    let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
    Some(((first.parse().ok()?, last.parse().ok()?), named))
}

/// The lines, from 1, of declarations and their names.
fn declarations(language: &Language, text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // The indentation of the function that the line is in.
    let mut within: Option<usize> = None;
    for (number, line) in bare(language, text).lines().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        // These go on with a signature that has several lines.
        let goes_on = code.starts_with([')', '{']) || code.starts_with("where");
        if code.is_empty() || goes_on || within.is_some_and(|function| indent > function) {
            continue;
        }
        within = None;
        if let Some((is_function, name)) = declared(language, code) {
            within = is_function.then_some(indent);
            found.push((number + 1, name.to_owned()));
        }
    }
    found
}

/// Whether `code` declares a function, and the name of what it declares.
fn declared<'c>(language: &Language, code: &'c str) -> Option<(bool, &'c str)> {
    let mut rest = code;
    loop {
        let end = rest.find(|letter: char| letter.is_whitespace() || letter == '<')?;
        let (word, after) = rest.split_at_checked(end)?;
        rest = after.trim_start();
        let is_function = language.functions.contains(&word);
        if is_function || language.types.contains(&word) {
            return Some((is_function, name(rest)?));
        }
        let modifier = word.split('(').next().unwrap_or(word);
        // What is left of `extern "C"` is nothing.
        if !MODIFIERS.contains(&modifier) {
            return None;
        }
    }
}

/// The name that `rest`, what follows the word of a declaration, begins with: behind type parameters and the receiver.
fn name(rest: &str) -> Option<&str> {
    let rest = match rest.chars().next()? {
        '<' => rest.split_once('>')?.1,
        '(' => rest.split_once(')')?.1,
        _ => rest,
    };
    let rest = rest.trim_start().trim_start_matches("self.");
    let name = words(rest).next()?;
    rest.starts_with(name).then_some(name)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
}

/// `text` with spaces instead of comments and of what stands between quotes; its lines stay.
fn bare(language: &Language, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skipped = hidden(language, rest);
        let (piece, after) = rest
            .split_at_checked(skipped.unwrap_or(letter.len_utf8()))
            .unwrap_or((rest, ""));
        if skipped.is_some() {
            let blank = piece
                .chars()
                .map(|letter| if letter == '\n' { letter } else { ' ' });
            out.extend(blank);
        } else {
            out.push_str(piece);
        }
        rest = after;
    }
    out
}

/// The bytes of the comment or the text that `rest` begins with.
fn hidden(language: &Language, rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    let up_to = |start: usize, end: &str| {
        let at = rest.get(start..).and_then(|inside| inside.find(end));
        at.map_or(rest.len(), |at| start + at + end.len())
    };
    if rest.starts_with(language.comment) {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if language.comment == "//" && rest.starts_with("/*") {
        return Some(up_to(2, "*/"));
    }
    for triple in ["\"\"\"", "\'\'\'"] {
        if language.comment == "#" && rest.starts_with(triple) {
            return Some(up_to(triple.len(), triple));
        }
    }
    let is_rust = language.functions.contains(&"fn");
    if is_rust && first == '\'' {
        // A letter; else it is the name of a lifetime.
        return ["'\"'", "'\\\"'", "'\\''", "'/'"]
            .into_iter()
            .find_map(|letter| rest.starts_with(letter).then_some(letter.len()));
    }
    if is_rust && rest.starts_with("r#\"") {
        return Some(up_to(3, "\"#"));
    }
    if !language.quotes.contains(first) {
        return None;
    }
    let mut is_escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\n' if !language.long_quotes.contains(first) => return Some(at),
            letter if letter == first => return Some(at + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(extension: &str, text: &str) -> Vec<(usize, String)> {
        let language = LANGUAGES
            .iter()
            .find(|language| language.extensions.contains(&extension));
        declarations(language.unwrap(), text)
    }

    fn named(names: &[(usize, &str)]) -> Vec<(usize, String)> {
        names
            .iter()
            .map(|(line, name)| (*line, (*name).to_owned()))
            .collect()
    }

    #[test]
    fn declarations_are_found_outside_of_comments_texts_and_functions() {
        let rust = "/* fn a() */\npub(crate) fn b<T>(\n    x: T,\n) -> T\nwhere\n    T: X,\n{\n    fn inner() {}\n}\nimpl<'a> Foo<'a> for Bar {\n    const fn c() { '\"'; }\n    fn d() {}\n}\nlet s = \"\nfn e() {}\n\";\n// fn f()\nr#\"\nstruct G \"\n\"#;\nextern \"C\" fn h() {}\n";
        assert_eq!(
            names("rs", rust),
            named(&[(2, "b"), (10, "Foo"), (11, "c"), (12, "d"), (21, "h")])
        );
        let python = "class A(B):\n    \"\"\"\n    def no(): it's\n    \"\"\"\n    async def b(self):\n        def c(): pass\n\n    def d(self):\n        x = 'def'\ndef e(): # '\n    pass\ndef f(): ...\n";
        assert_eq!(
            names("py", python),
            named(&[(1, "A"), (5, "b"), (8, "d"), (10, "e"), (12, "f")])
        );
        let go = "func (s *Server) Run(a int) {\n\tx := func () {}\n}\ntype T struct {\n}\n";
        assert_eq!(names("go", go), named(&[(1, "Run"), (4, "T")]));
        let script = "export default async function a() {\n  return `\nfunction b() {`\n}\nexport interface C<T> {\n}\ntype D = string\nconst type = 3\n";
        assert_eq!(names("ts", script), named(&[(1, "a"), (5, "C"), (7, "D")]));
    }

    #[test]
    fn a_declaration_is_found_if_the_innermost_span_names_it() {
        let text = "struct Foo {\n}\nimpl Foo {\n    fn of() {\n    }\n    fn new() {\n    }\n}\n";
        let language = LANGUAGES.first().unwrap();
        let shown = "#outline\nstruct Foo ~1-2\nimpl Foo { new } ~3-8\n  fn of() -> Foo ~4-5 // Says it.\n  ~6-7 1 more\n";
        assert_eq!(share(language, text, shown), (3, 4));
        assert_eq!(share(language, text, "struct Foo, fn of, fn new"), (0, 4));
    }
}
