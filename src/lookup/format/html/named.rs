//! Anchors that say what the block behind them defines: `<a name="journal_mode"></a><p><b>journal_mode</b> = …`.
//!
//! Long manuals define hundreds of names in one part, none under a heading. A block that stands at an anchor and begins with the
//! words of that anchor is taken as the head of a definition, as a term of a list of definitions is.

use super::page::LINE_LETTERS;

/// Letters of the longest line that is the head of a definition: a longer one is text.
const HEAD_LETTERS_MAX: usize = 200;
/// How a sentence ends, or what goes on in the next line.
const SENTENCE_ENDS: &[char] = &['.', '!', '?', ':', ','];

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
    pub(super) line: &'a str,
    pub(super) rest: &'a str,
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
    let (line, rest) = words.trim().split_once('\n').unwrap_or((words.trim(), ""));
    let line = line.trim_end();
    let letters_max = if rest.is_empty() {
        HEAD_LETTERS_MAX
    } else {
        // A line that was ended where it was long is the first of a text.
        LINE_LETTERS - 1
    };
    if line.chars().count() > letters_max || line.ends_with(SENTENCE_ENDS) {
        return None;
    }
    let named = anchors
        .iter()
        .filter_map(|anchor| Some((name_at_start(line, anchor)?, anchor)));
    let (name, anchor) = named.max_by_key(|(name, anchor)| (name.len(), anchor.len()))?;
    Some(Definition {
        anchor,
        name,
        line,
        rest: rest.trim(),
    })
}

/// Returns the beginning of `line` that has the words of `anchor`, without regard to the number of a chapter before them
/// (`4.2-option`) and to what qualifies a word of the line (`schema.journal_mode`).
fn name_at_start<'a>(line: &'a str, anchor: &str) -> Option<&'a str> {
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
    fn what_only_begins_like_its_anchor_stays_text() {
        for block in [
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
