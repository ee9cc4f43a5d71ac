//! A document as every format delivers it: text in lines, and the blocks that begin at some of them.

use std::collections::HashSet;

use super::{arity, clean};

/// A parsed file, before it is cut into sections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Title given beside the text (front matter, `<title>`); otherwise the first heading is the title.
    pub title: Option<String>,
    /// What is indexed and quoted. For formats that people read as they are, line n is line n of the file.
    pub text: String,
    /// The blocks, by their first line. A block reaches to the next one, so blocks cover the text without a gap.
    pub blocks: Vec<Block>,
    /// For formats that are rewritten: the line of the file (from 1) that each line of the text came from.
    pub file_lines: Option<Vec<u32>>,
    /// Where the document says it is published.
    pub url: Option<String>,
    /// What the page is for, where the format knows; otherwise its path tells.
    pub kind: Option<Kind>,
}

/// Headings of one page: beyond that a file is data. Each takes a few hundred bytes while a page is read, and an entry in its outline.
const HEADINGS_MAX: usize = 100_000;
/// Bytes of the longest URL kept: it stands in answers.
const URL_BYTES_MAX: usize = 500;

/// Returns `given` if it is the full URL of a page on the web; a path alone says not on which site.
pub(super) fn web_url(given: &str) -> Option<String> {
    let given = given.trim();
    let is_web = ["https://", "http://"].iter().any(|scheme| {
        given
            .strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    });
    let is_plain = given
        .chars()
        .all(|letter| letter.is_ascii_graphic() && !matches!(letter, '"' | '<' | '>' | '`'));
    (is_web && is_plain && given.len() <= URL_BYTES_MAX).then(|| given.to_owned())
}

impl Document {
    /// Adds a heading (unless empty) with its prose at the end.
    pub(crate) fn append(&mut self, title: &str, text: &str) {
        let line = self.text.matches('\n').count();
        if title.is_empty() {
            self.blocks.push(Block {
                line,
                kind: BlockKind::Prose,
            });
        } else {
            let words = clean::one_line(title);
            self.text.push_str(&words);
            self.text.push('\n');
            self.blocks.push(Block {
                line,
                kind: BlockKind::Heading(Heading::new(1, words)),
            });
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Makes text of the headings beyond the limit, and says how many.
    pub(super) fn keep_headings(&mut self) -> Option<String> {
        let is_heading = |block: &&mut Block| matches!(block.kind, BlockKind::Heading(_));
        let headings = self.blocks.iter_mut().filter(is_heading);
        let mut beyond = 0;
        for block in headings.skip(HEADINGS_MAX) {
            block.kind = BlockKind::Prose;
            beyond += 1;
        }
        let headings = if beyond == 1 { "heading" } else { "headings" };
        (beyond > 0).then(|| {
            format!("{beyond} {headings} beyond the limit of {HEADINGS_MAX}, kept as text")
        })
    }
}

/// A block of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// First line of the text, from 0.
    pub line: usize,
    /// What the block is.
    pub kind: BlockKind,
}

/// What a block is, as far as cutting and ranking need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading, or the head of a definition.
    Heading(Heading),
    /// A paragraph, a list item, a quotation.
    Prose,
    /// Code. `fence` is what opens and closes it, `None` for indented code.
    Code {
        /// Closing line of the fence.
        fence: Option<String>,
    },
    /// A table whose first `head` lines name the columns; one line is one row.
    Table {
        /// Number of lines to repeat when the table is split.
        head: usize,
    },
}

/// A heading, or the head of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6 as usual; [`DEFINITION`] for the head of a definition.
    pub level: u8,
    /// Its words, without markup.
    pub title: String,
    /// The anchor the author gave; otherwise one is made from the title.
    pub anchor: Option<String>,
    /// The parts written as code, from which defined names are taken.
    pub code: Vec<String>,
}

impl Heading {
    /// Returns a heading that has no anchor of its own and no part in code.
    pub(super) fn new(level: u8, title: String) -> Self {
        Self {
            level,
            title,
            anchor: None,
            code: Vec::new(),
        }
    }
}

/// Returns the headings among `blocks`.
pub(super) fn headings(blocks: &[Block]) -> impl Iterator<Item = &Heading> {
    blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading(heading) => Some(heading),
        _ => None,
    })
}

/// Returns `blocks` with prose before them where text stands above the first, so that they cover all of it.
pub(super) fn covering(mut blocks: Vec<Block>) -> Vec<Block> {
    if blocks.first().is_none_or(|first| first.line > 0) {
        let above = Block {
            line: 0,
            kind: BlockKind::Prose,
        };
        blocks.insert(0, above);
    }
    blocks
}

/// Level of a definition (`class Foo(…)` in reference pages): below every heading.
pub const DEFINITION: u8 = 7;

/// What a page is for, as far as its path and title tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Explains: tutorials, how-tos, concepts. Also whatever is nothing else.
    Guide,
    /// Describes an interface.
    Api,
    /// Tells what changed: change logs, release notes, posts of a blog.
    Changelog,
    /// Lists pages, people, licences, or the source of what is documented; rarely an answer.
    Meta,
    /// Describes one operation of an interface. Whoever asks for interfaces asks for these as well.
    Operation,
    /// Describes data that operations take and give; likewise.
    Data,
}

impl Kind {
    /// Every kind, in the order shown to people.
    pub const ALL: [Self; 6] = [
        Self::Guide,
        Self::Api,
        Self::Changelog,
        Self::Meta,
        Self::Operation,
        Self::Data,
    ];

    /// Returns the kinds that a search for this one finds.
    pub fn with_parts(self) -> &'static [Self] {
        match self {
            Self::Guide => &[Self::Guide],
            Self::Api => &[Self::Api, Self::Operation, Self::Data],
            Self::Changelog => &[Self::Changelog],
            Self::Meta => &[Self::Meta],
            Self::Operation => &[Self::Operation],
            Self::Data => &[Self::Data],
        }
    }

    /// Returns the name used in filters and citations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Api => "api",
            Self::Changelog => "changelog",
            Self::Meta => "meta",
            Self::Operation => "operation",
            Self::Data => "data",
        }
    }

    /// Returns the kind called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Tells whether a page at `path` only lists what an interface has, or where it is used, as Javadoc and Doxygen call such pages.
    pub fn is_index(path: &str) -> bool {
        const FILES: &[&str] = &[
            "index-all",
            "allclasses",
            "allclasses-index",
            "allclasses-frame",
            "allclasses-noframe",
            "allpackages-index",
            "overview-tree",
            "package-tree",
            "package-use",
        ];
        const FOLDERS: &[&str] = &["class-use", "index-files"];
        let mut parts = path.rsplit('/');
        let stem = parts.next().and_then(|file| file.split('.').next());
        let stem = stem.unwrap_or_default();
        FILES.contains(&stem)
            || stem.ends_with("-members")
            || parts.any(|folder| FOLDERS.contains(&folder))
    }

    /// Tells the kind of a page from its path relative to the source.
    pub fn of_path(path: &str) -> Self {
        // Posts of a blog tell of the time they were written at, and most of them announce.
        const CHANGES: &str = "changelog changes release-notes releases history news blog whatsnew whats-new \
            releasenotes release_notes release releaselog relnotes";
        // What only such pages are called, whatever they say it is of: `release-notes-js.md`.
        const CHANGES_OF: &str =
            "changelog release-notes releasenotes release_notes whatsnew whats-new";
        const LISTS: &str = "license licence copyright contributors authors code_of_conduct code-of-conduct \
            genindex py-modindex search sitemap summary third-party-licenses third-party-notices";
        const INTERFACES: &str = "reference api apis library stdlib generated";
        let is_of = |words: &str, name: &str| words.split(' ').any(|word| word == name);
        let lower = path.to_lowercase();
        let mut folders: Vec<&str> = lower.split('/').collect();
        let file = folders.pop().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        // `CHANGES-3.rst` and `3_0_release_notes.md` have those of one version.
        let is_of_version = |letter: char| letter.is_ascii_digit() || "-_v".contains(letter);
        let changed = stem.trim_matches(is_of_version);
        let tells_changes = CHANGES_OF.split(' ').any(|word| {
            let rest = stem.strip_prefix(word);
            rest.is_some_and(|rest| rest.starts_with(['-', '_']))
        });
        let mut names = folders.iter().chain([&stem]);
        let is_among_changes = || folders.iter().any(|name| is_of(CHANGES, name));
        if is_of(CHANGES, changed) || tells_changes || is_among_changes() {
            Self::Changelog
        } else if is_of(LISTS, stem) || file.ends_with(".license.txt") || Self::is_index(path) {
            // Programs that bundle scripts write the licences of these as `index.js.LICENSE.txt`.
            Self::Meta
        } else if names.any(|name| is_of(INTERFACES, name) || name.starts_with("api-")) {
            Self::Api
        } else {
            Self::Guide
        }
    }
}

/// Returns the words of `text` as a GitHub-style anchor: lower case, spaces to `-`, other punctuation dropped.
pub fn slug(text: &str) -> String {
    text.trim()
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            letter if letter.is_alphanumeric() => Some(letter),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Returns the names that a heading defines: `useEffect(setup, deps?)` defines `useEffect`, `class dis.Bytecode(x)`
/// defines `dis.Bytecode` and `Bytecode`.
pub fn symbols(heading: &Heading) -> Vec<String> {
    let mut names = Names::default();
    let mut requests: Vec<String> = Vec::new();
    let spans = heading.code.iter().map(String::as_str);
    for (at, span) in spans.chain([heading.title.as_str()]).enumerate() {
        if let Some(path) = requested(span) {
            requests.extend([span, path].map(str::to_owned));
            continue;
        }
        if let Some(name) = arity::name_of(span) {
            for name in [Some(span), arity::member_of(span), Some(name)] {
                names.add(name.unwrap_or_default());
            }
        }
        let head = signature_head(span);
        let called = span
            .get(head.len()..)
            .is_some_and(|rest| rest.starts_with('('))
            && !head.ends_with(' ');
        let Some(name) = head.split_whitespace().last() else {
            continue;
        };
        let single = head.split_whitespace().count() == 1;
        let as_code = at < heading.code.len() || looks_like_code(name);
        if heading.level == DEFINITION || as_code && (called || single) {
            names.add(name);
            names.add(last_name(name));
        }
        for word in head.split_whitespace().filter(|word| looks_like_code(word)) {
            names.add(word);
        }
    }
    if let Some(anchor) = heading.anchor.as_deref()
        && let Some(counted) = arity::of_anchor(anchor, &heading.title)
    {
        names.add(&counted);
        names.add(signature_head(&heading.title));
    }
    // Generators of references name the anchor of a definition in full: `flask.Blueprint.name` where the title says `name`.
    if let Some(anchor) = heading.anchor.as_deref()
        && heading.level == DEFINITION
    {
        names.add(anchor);
        // Sphinx marks what is of C.
        names.add(anchor.strip_prefix("c.").unwrap_or_default());
        // `double random_normal(…)` at `c.random_normal`: what both end with is the name, even where a page lost the space.
        let last = last_name(anchor);
        if signature_head(&heading.title).ends_with(last) {
            names.add(last);
        }
    }
    requests.extend(names.found);
    requests
}

/// Names in the order they were found in, each once.
#[derive(Default)]
struct Names {
    found: Vec<String>,
    /// An index beside the pages can name hundreds of thousands of them at one place.
    known: HashSet<String>,
}

impl Names {
    /// Adds `name`, without the marks around it unless it is one with a number, if that can be a name.
    fn add(&mut self, name: &str) {
        let is_counted = arity::name_of(name).is_some();
        let is_around = |letter: char| !(letter.is_alphanumeric() || "_@-".contains(letter));
        let name = if is_counted {
            name
        } else {
            name.trim_matches(is_around)
        };
        let is_name = is_counted || name.contains(char::is_alphabetic);
        if is_name && name.len() <= SYMBOL_BYTES_MAX && self.known.insert(name.to_owned()) {
            self.found.push(name.to_owned());
        }
    }
}

/// Returns the last part of a name: `c` of `a.b.c`, `a::b::c` and `A#c`.
fn last_name(name: &str) -> &str {
    name.rsplit(['.', ':', '#']).next().unwrap_or(name)
}

/// Returns what stands before parameters, type and value: `property name` of `property name: str = ""`.
pub(super) fn signature_head(signature: &str) -> &str {
    ["(", ": ", " = ", " →", " ->"]
        .iter()
        .filter_map(|mark| signature.find(mark))
        .min()
        .and_then(|end| signature.get(..end))
        .unwrap_or(signature)
}

/// Returns the path of a request line such as `GET /pets/{id}`, which is a name as it stands.
fn requested(line: &str) -> Option<&str> {
    let (method, path) = line.split_once(' ')?;
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_path = path.starts_with('/') && !path.contains(' ') && path.len() <= SYMBOL_BYTES_MAX;
    (is_method && is_path).then_some(path)
}

/// Bytes of the longest name taken as a symbol.
const SYMBOL_BYTES_MAX: usize = 200;

/// Tells whether `word` can hardly be prose: inner capitals, underscores, dots, `::`, a leading `--` or `@`.
pub fn looks_like_code(word: &str) -> bool {
    let word =
        word.trim_matches(|letter: char| !(letter.is_alphanumeric() || "_@-".contains(letter)));
    let inner = word.trim_matches('.');
    let mut pairs = word.chars().zip(word.chars().skip(1));
    // What is told soonest first: most words that are read in come here.
    word.contains('_')
        || word.starts_with("--") && word.len() > 2
        || word.starts_with('@') && word.len() > 1
        || (inner.contains('.') && !word.ends_with('.') && word.chars().any(char::is_alphabetic))
        || (inner.contains(':') && inner.contains("::"))
        || pairs.any(|(before, after)| before.is_lowercase() && after.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(title: &str, code: &[&str], level: u8) -> Heading {
        Heading {
            level,
            title: title.to_owned(),
            anchor: None,
            code: code.iter().map(|&span| span.to_owned()).collect(),
        }
    }

    #[test]
    fn headings_beyond_the_limit_are_text_and_told() {
        let mut document = Document::default();
        for line in 0..HEADINGS_MAX + 2 {
            let kind = BlockKind::Heading(heading("H", &[], 1));
            document.blocks.push(Block { line, kind });
            if line + 1 == HEADINGS_MAX {
                assert_eq!(document.keep_headings(), None);
            }
        }
        assert_eq!(
            document.keep_headings().as_deref(),
            Some("2 headings beyond the limit of 100000, kept as text")
        );
        let kinds = document.blocks.iter().rev().map(|block| &block.kind);
        assert_eq!(
            kinds
                .take(3)
                .filter(|kind| **kind == BlockKind::Prose)
                .count(),
            2
        );
        assert_eq!(document.blocks.len(), HEADINGS_MAX + 2);
    }

    #[test]
    fn a_slug_is_what_github_makes() {
        assert_eq!(slug("What's new in `v2.0`?"), "whats-new-in-v20");
        assert_eq!(slug("foo_bar - Baz"), "foo_bar---baz");
    }

    #[test]
    fn of_very_many_names_of_one_heading_each_is_found_once() {
        let many: Vec<String> = (0..20_000).map(|at| format!("name_{at}")).collect();
        let twice: Vec<&str> = many.iter().chain(&many).map(String::as_str).collect();
        assert_eq!(symbols(&heading("Their list", &twice, 2)), many);
    }

    #[test]
    fn a_signature_defines_its_name_and_the_last_part_of_it() {
        let of = |title: &str, code: &[&str], level| symbols(&heading(title, code, level));
        assert_eq!(
            of("useEffect(setup, deps?)", &["useEffect(setup, deps?)"], 3),
            ["useEffect"]
        );
        assert_eq!(
            of("class dis.Bytecode(x, *, first=None)", &[], DEFINITION),
            ["dis.Bytecode", "Bytecode"]
        );
        assert_eq!(of("The --locked flag", &[], 2), ["--locked"]);
        assert_eq!(of("Repository", &["Repository"], 1), ["Repository"]);
        assert_eq!(of("Repository", &[], 1), Vec::<String>::new());
        let definition = Heading {
            anchor: Some("flask.Blueprint.name".to_owned()),
            ..heading("property name: str", &[], DEFINITION)
        };
        assert_eq!(symbols(&definition), ["name", "flask.Blueprint.name"]);
        let of_c = Heading {
            anchor: Some("c.random_normal".to_owned()),
            ..heading("doublerandom_normal(bitgen_t*state)", &[], DEFINITION)
        };
        assert_eq!(
            symbols(&of_c),
            ["doublerandom_normal", "c.random_normal", "random_normal"]
        );
        assert_eq!(of("numpy.pi = 3.14", &[], DEFINITION), ["numpy.pi", "pi"]);
        assert_eq!(
            of("`GET /pets/{id}`", &["GET /pets/{id}"], 2),
            ["GET /pets/{id}", "/pets/{id}"]
        );
        assert_eq!(
            of("String.split/3", &[], 2),
            ["String.split/3", "split/3", "String.split"]
        );
        assert_eq!(of("24/7", &[], 2), Vec::<String>::new());
        assert_eq!(of("Getting started", &[], 2), Vec::<String>::new());
    }

    #[test]
    fn a_path_tells_the_kind() {
        assert_eq!(Kind::of_path("docs/release-notes.md"), Kind::Changelog);
        assert_eq!(Kind::of_path("docs/CHANGES-3.rst"), Kind::Changelog);
        assert_eq!(Kind::of_path("blog/2024/hello.md"), Kind::Changelog);
        assert_eq!(Kind::of_path("release_notes_v1.2.md"), Kind::Changelog);
        assert_eq!(Kind::of_path("docs/release-notes-js.md"), Kind::Changelog);
        assert_eq!(Kind::of_path("release-process.md"), Kind::Guide);
        assert_eq!(Kind::of_path("reference/react/useEffect.md"), Kind::Api);
        assert_eq!(Kind::of_path("learn/state.md"), Kind::Guide);
        assert_eq!(Kind::of_path("LICENSE.md"), Kind::Meta);
        assert_eq!(Kind::of_path("js/index.js.LICENSE.txt"), Kind::Meta);
        assert_eq!(Kind::of_path("how-to-license.md"), Kind::Guide);
        for list in [
            "api/index-all.html",
            "api/org/deck/class-use/Rope.html",
            "classdeck_1_1Rope-members.html",
        ] {
            assert_eq!(Kind::of_path(list), Kind::Meta, "{list}");
        }
    }
}
