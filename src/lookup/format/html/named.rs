//! Anchors that say what the block behind them defines: `<a name="journal_mode"></a><p><b>journal_mode</b> = …`.
//!
//! Long manuals define hundreds of names in one part, none under a heading. A block that stands at an anchor and begins with the
//! words of that anchor is taken as the head of a definition, as a term of a list of definitions is.

use super::page::LINE_LETTERS;

/// Letters of the longest line that is the head of a definition: a longer one is text.
const HEAD_LETTERS_MAX: usize = 200;
/// The same for one that says of each of its lines what is to be put there.
const SYNTAX_LETTERS_MAX: usize = 400;
/// How a sentence ends, or what goes on in the next line.
const SENTENCE_ENDS: &[char] = &['.', '!', '?', ':', ','];
/// What says that more of the same may follow, where it stands behind one of these.
const MORE: &str = "...";
const BEFORE_MORE: &[char] = &[' ', ',', ')', ']', '>', '}'];
/// Marks round what is to be put in, or may be left out.
const PLACES: &[(char, char)] = &[('<', '>'), ('[', ']'), ('{', '}')];
/// Words before the name of what is declared.
const DECLARATIONS: &[&str] = &[
    "abstract",
    "async",
    "class",
    "const",
    "def",
    "enum",
    "final",
    "fn",
    "func",
    "function",
    "fun",
    "interface",
    "let",
    "module",
    "override",
    "private",
    "property",
    "protected",
    "pub",
    "public",
    "static",
    "struct",
    "trait",
    "type",
    "unsafe",
    "val",
    "var",
    "virtual",
];
/// What a line begins with that says something of the declaration below it.
const NOTE: char = '@';

/// The anchors since the last block, each with its place in the words of the block that is open.
#[derive(Debug, Default)]
pub(super) struct Anchors(Vec<(usize, String)>);

impl Anchors {
    /// Adds the `anchor` that stands behind `words`.
    pub(super) fn add(&mut self, anchor: &str, words: &str) {
        let words = words.trim_end();
        let is_first = matches!(words, "" | "`");
        let place = if is_first { 0 } else { words.len() };
        self.0.push((place, anchor.to_owned()));
    }

    /// Returns the anchors that stand before all `words` of a block; those behind them belong to the next one.
    pub(super) fn before(&mut self, words: &str) -> Vec<String> {
        let end = words.trim_end().len();
        let mut before = Vec::new();
        for (place, anchor) in std::mem::take(&mut self.0) {
            if place == 0 {
                before.push(anchor);
            } else if place >= end {
                self.0.push((0, anchor));
            }
        }
        before
    }
}

/// The head of a definition and what follows it in its block.
pub(super) struct Definition<'a> {
    anchor: &'a str,
    /// What is defined, as the line begins with it.
    pub(super) name: &'a str,
    /// The line, or the lines, that are the head.
    pub(super) line: &'a str,
    pub(super) rest: &'a str,
    /// Anchors that name what is defined in full: `pkg.Rope.coil`.
    pub(super) full: Vec<String>,
}

impl Definition<'_> {
    /// Returns the anchor as an address has it.
    pub(super) fn anchor(&self) -> String {
        let words: Vec<&str> = self.anchor.split_whitespace().collect();
        words.join("%20")
    }
}

/// Returns the definition that a block of these `words` begins with, if one of the `anchors` before it says so: the one that
/// says most.
pub(super) fn definition<'a>(words: &'a str, anchors: &'a [String]) -> Option<Definition<'a>> {
    if anchors.is_empty() {
        return None;
    }
    let words = words.trim();
    let (line, rest) = if is_syntax(words) {
        (words, "")
    } else {
        first_line(words)
    };
    let line = line.trim_end();
    let letters_max = if !rest.is_empty() {
        // A line that was ended where it was long is the first of a text.
        LINE_LETTERS - 1
    } else if is_syntax(line) {
        SYNTAX_LETTERS_MAX
    } else {
        HEAD_LETTERS_MAX
    };
    if line.chars().count() > letters_max {
        return None;
    }
    let named = anchors
        .iter()
        .filter_map(|anchor| Some((name_at_start(line, anchor)?, anchor)));
    let (name, anchor) = named.max_by_key(|(name, anchor)| (name.len(), anchor.len()))?;
    if ends_sentence(line) && !(line.ends_with(':') && line.contains(&format!("{name}("))) {
        return None;
    }
    let is_full = |anchor: &&String| {
        let owner = anchor.strip_suffix(name);
        owner.is_some_and(|owner| owner.ends_with('.') && owner.len() > 1)
    };
    Some(Definition {
        anchor,
        name,
        line,
        rest: rest.trim(),
        full: anchors.iter().filter(is_full).cloned().collect(),
    })
}

/// Returns the first line of `words`, with those before it that say something of it, and what follows.
fn first_line(words: &str) -> (&str, &str) {
    let notes = words.split_inclusive('\n');
    let notes = notes.take_while(|line| line.starts_with(NOTE));
    let start: usize = notes.map(str::len).sum();
    let named = words.get(start..).unwrap_or_default();
    let end = start + named.find('\n').unwrap_or(named.len());
    words.split_at_checked(end).unwrap_or((words, ""))
}

/// Tells whether each line of `words` has something that is to be put in, as the lines of a syntax have.
fn is_syntax(words: &str) -> bool {
    let has_place = |line: &str| {
        let mut places = PLACES.iter();
        places.any(|&(begin, end)| {
            let begun = line.find(begin).and_then(|at| line.get(at..));
            begun.is_some_and(|rest| rest.contains(end))
        })
    };
    let is_short = words.chars().nth(SYNTAX_LETTERS_MAX).is_none();
    is_short && words.lines().all(has_place)
}

/// Tells whether `line` is a sentence, or goes on in the next one.
fn ends_sentence(line: &str) -> bool {
    let before = line.strip_suffix(MORE);
    let says_more = before.is_some_and(|before| before.ends_with(BEFORE_MORE));
    line.ends_with(SENTENCE_ENDS) && !says_more
}

/// Returns the beginning of `line` that has the words of `anchor`, or of what is declared there: `coil` of `async def coil(rope):`.
fn name_at_start<'a>(line: &'a str, anchor: &str) -> Option<&'a str> {
    let declared = || {
        let declared = declared(line);
        let name = beginning(declared, anchor).filter(|_| declared.len() < line.len())?;
        let rest = declared.get(name.len()..)?;
        rest.starts_with(['(', ':']).then_some(name)
    };
    beginning(line, anchor).or_else(declared)
}

/// Returns what stands behind the notes on a declaration and the words that say what is declared.
fn declared(line: &str) -> &str {
    let mut rest = line;
    loop {
        let end = if rest.starts_with(NOTE) { '\n' } else { ' ' };
        match rest.split_once(end) {
            Some((word, more)) if end == '\n' || DECLARATIONS.contains(&word) => {
                rest = more.trim_start();
            }
            _ => return rest,
        }
    }
}

/// Returns the beginning of `line` that has the words of `anchor`, without regard to the number of a chapter before them
/// (`4.2-option`) and to what qualifies a word of the line (`schema.journal_mode`).
fn beginning<'a>(line: &'a str, anchor: &str) -> Option<&'a str> {
    let numbers = |letter: char| letter.is_ascii_digit() || letter == '.';
    let plain = anchor.trim_start_matches(numbers);
    let plain = if plain.len() < anchor.len() {
        plain.strip_prefix('-')?
    } else {
        plain
    };
    let letters = plain.chars().filter(|letter| letter.is_alphanumeric());
    // One letter is a place in an alphabet, unless it is an option.
    let is_name =
        letters.clone().any(char::is_alphabetic) && (letters.count() > 1 || plain.starts_with('-'));
    let found = [false, true].into_iter().find_map(|is_qualified| {
        let mut wanted = tokens(plain).peekable();
        for (token, end) in tokens(line) {
            if is_qualified && qualifies(line.get(end..)?) {
                continue;
            }
            let (next, _) = wanted.next()?;
            if !is_same(token, next) {
                return None;
            }
            if wanted.peek().is_none() {
                return Some(end);
            }
        }
        None
    });
    line.get(..found?).filter(|_| is_name)
}

/// Tells whether what stands before `rest` only says of what the name behind it is one.
fn qualifies(rest: &str) -> bool {
    let name = rest.strip_prefix('.');
    name.is_some_and(|name| name.starts_with(char::is_alphanumeric))
}

/// Returns the words of `text` with their ends in it.
fn tokens(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut end = 0;
    let tokens = text.split_inclusive(|letter: char| !letter.is_alphanumeric());
    let tokens = tokens.map(move |piece| {
        let token = piece.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        let start = end;
        end += piece.len();
        (token, start + token.len())
    });
    tokens.filter(|(token, _)| !token.is_empty())
}

fn is_same(one: &str, other: &str) -> bool {
    let lower = |text: &str| {
        text.chars()
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    one.eq_ignore_ascii_case(other) || lower(one) == lower(other)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::{BlockKind, DEFINITION, symbols};

    /// The definitions of a page: title, anchor and what each defines.
    fn definitions(page: &str) -> Vec<(String, String, Vec<String>)> {
        let blocks = parse(page).blocks.into_iter();
        let definitions = blocks.filter_map(|block| match block.kind {
            BlockKind::Heading(heading) if heading.level == DEFINITION => {
                let symbols = symbols(&heading);
                Some((heading.title, heading.anchor.unwrap_or_default(), symbols))
            }
            _ => None,
        });
        definitions.collect()
    }

    #[test]
    fn a_block_that_begins_with_the_name_of_its_anchor_is_a_definition() {
        let page = "<h1>Proxies</h1><a name='option'></a><a name='4.2-option'></a><a name='option forwardfor'></a>\
            <a name='4.2-option forwardfor'></a><div class=keyword><b><a name='option forwardfor'></a>\
            <a href='#4.2-option%20forwardfor'>option forwardfor</a></b> [ header &lt;name&gt; ]</div><pre>Adds it.</pre>";
        assert_eq!(
            definitions(page),
            [(
                "option forwardfor".to_owned(),
                "4.2-option%20forwardfor".to_owned(),
                vec![
                    "forwardfor".to_owned(),
                    "4.2-option%20forwardfor".to_owned()
                ]
            )]
        );
        let text = parse(page).text;
        assert!(
            text.contains("\n`option forwardfor [ header <name> ]`\n"),
            "{text}"
        );
    }

    #[test]
    fn a_name_is_found_behind_what_qualifies_it_and_the_other_lines_stay() {
        let page = "<p>Before.</p>\n<a name=\"pragma_journal_mode\"></a>\n<hr>\n<p><b>PRAGMA </b><i>schema.</i><b>journal_mode;\n\
            <br>PRAGMA </b><i>schema.</i><b>journal_mode = <i>DELETE</i></b></p><p>It sets the mode.</p>";
        let found = definitions(page);
        let (title, anchor, symbols) = &found[0];
        assert_eq!(
            (title.as_str(), anchor.as_str()),
            ("PRAGMA schema.journal_mode", "pragma_journal_mode")
        );
        assert!(
            symbols.contains(&"pragma_journal_mode".to_owned())
                && symbols.contains(&"journal_mode".to_owned())
        );
        assert_eq!(
            parse(page).text,
            "Before.\n\n`PRAGMA schema.journal_mode;`\n\nPRAGMA schema.journal_mode = DELETE\n\nIt sets the mode.\n"
        );
    }

    #[test]
    fn terms_and_anchors_at_the_end_of_the_block_before_count() {
        let found = definitions(
            "<p>Before.<a name=abs></a><dl><dt><b>abs(X)</b></dt><dd>The value.</dd></dl>\
             <p><a name='-A'></a><span>-A, --user-agent &lt;name&gt;</span>",
        );
        let titles: Vec<&str> = found.iter().map(|(title, ..)| title.as_str()).collect();
        assert_eq!(titles, ["abs", "-A"]);
    }

    #[test]
    fn a_name_is_found_behind_the_words_that_declare_it() {
        let link =
            "<a class=sourceLink href=x>(source)</a>\n<a class=headerLink href='#coil'>¶</a>";
        for head in [
            "<span>def</span> <span>coil</span>(self, rope):",
            "<span>@classmethod</span><br><span>async def</span> <span>coil</span>(self, rope):",
            "<span>coil</span>: bool =",
        ] {
            let page = format!(
                "<div><a name='pkg.Deck.coil'></a><a name=coil></a>\n<div>{head}\n{link}</div><div><p>It coils.</p></div></div>"
            );
            let found = definitions(&page);
            let names = ["coil", "pkg.Deck.coil"].map(str::to_owned).to_vec();
            assert_eq!(
                found,
                [("coil".to_owned(), "coil".to_owned(), names)],
                "{page}"
            );
            let text = parse(&page).text;
            assert!(!text.contains("source") && !text.contains('¶'), "{text}");
            assert!(text.ends_with("`\n\nIt coils.\n"), "{text}");
        }
    }

    #[test]
    fn a_head_may_have_several_lines_and_say_that_more_may_follow() {
        let filled = "| integer [len &lt;length&gt;] ".repeat(3);
        for head in [
            "&lt;name&gt; &lt;criterion&gt; [flags] ...".to_owned(),
            format!("{{ip {filled}}}\n  size &lt;size&gt; [expire &lt;expire&gt;]\n [nopurge]"),
        ] {
            let page = format!(
                "<a name=acl></a><div class=keyword><b><a name=acl></a><a href='#acl'>acl</a></b> {head}</div><pre>Lists it.</pre>"
            );
            let found = definitions(&page);
            let titles: Vec<&str> = found.iter().map(|(title, ..)| title.as_str()).collect();
            assert_eq!(titles, ["acl"], "{page}");
            let text = parse(&page).text;
            assert_eq!(text.lines().nth(2), Some("```"), "{text}");
        }
    }

    #[test]
    fn what_only_begins_like_its_anchor_stays_text() {
        for block in [
            "<p><a name=ropes></a>Ropes are coiled by hand...</p>",
            "<p><a name=ropes></a>The class ropes: all of them</p>",
            "<p><a name=ropes></a>def ropes of hemp</p>",
            "<p><a name=ropes></a>Ropes are coiled by hand.</p>",
            "<p>Some <a name=ropes></a>ropes</p>",
            "<p><a name=ropes href=other.html></a>Ropes</p>",
            "<p><a name=A></a>A</p>",
            "<p><a name=12></a>12 ropes</p>",
            "<p><a name=ropes_of_hemp></a>Ropes of</p>",
            "<table><tr><td><a name=ropes></a>ropes</td><td>hemp</td></tr></table><p>Ropes</p>",
            "<ul><li><a name=ropes></a>ropes</li></ul>",
        ] {
            assert_eq!(definitions(block), [], "{block}");
        }
    }

    #[test]
    fn a_field_to_fill_in_gives_no_heading_its_anchor() {
        let page = parse("<form id=find><input id=searchbox name=q></form><h1>Ropes</h1>");
        let BlockKind::Heading(heading) = &page.blocks[0].kind else {
            panic!("{page:?}");
        };
        assert_eq!(heading.anchor, None);
    }
}
