//! Front matter: what stands before a page of Markdown, between two lines of `---` or `+++`, and says what the page is.

mod facts;

use std::cell::OnceCell;
use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use super::tree::{self, Node};
use crate::lookup::clean;
use crate::lookup::document::web_url;
use crate::lookup::passage::letter_start;

/// Lines of the longest front matter looked for: beyond that `---` is a rule.
const FRONT_MATTER_LINES_MAX: usize = 200;
/// What generators call the words that they show below the title, the most common first.
const DESCRIBING: &[&str] = &["description", "summary", "excerpt"];
/// Letters of the longest description: what is longer is a page of its own.
const DESCRIPTION_LETTERS_MAX: usize = 2000;
/// Letters at the beginning of a page in which its description may stand again: a date, an author and a picture come before.
const BEGINNING_LETTERS: usize = 400;
/// Bytes of a page in which what is said of it may stand again.
const SAID_AGAIN_BYTES: usize = 2 << 10;
/// Bytes of a page among which its beginning is: the longest description, with links and imports between.
const BEGINNING_BYTES: usize = 16 << 10;

/// What a page is called by.
const TITLE: &[&str] = &["title"];
/// What says where a page is published.
const URLS: &[&str] = &["canonical_url", "url", "permalink"];

/// What front matter says about the page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    pub(super) url: Option<String>,
    /// What the page is about and more that is said of it, unless its text begins so, each in one line, by the line (from 0) where
    /// it is said.
    said: Vec<(usize, String)>,
}

impl Front {
    /// Returns `text`, whose front matter is blank, with what it says in its place.
    pub(super) fn described(&self, text: String) -> String {
        if self.said.is_empty() {
            return text;
        }
        let length = self
            .said
            .iter()
            .map(|(_, words)| words.len())
            .sum::<usize>();
        let mut shown = String::with_capacity(text.len() + length);
        let mut at = 0;
        for (line, words) in &self.said {
            // Of a blank line there is its end alone.
            let before = text.get(at..*line);
            let Some(before) = before.filter(|it| it.bytes().all(|byte| byte == b'\n')) else {
                break;
            };
            shown.push_str(before);
            shown.push_str(words);
            at = *line;
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        shown
    }
}

/// Returns what front matter says, and the text with the front matter blanked, its lines kept.
pub(super) fn split(text: &str) -> (Front, String) {
    let Some((matter, length)) = matter_of(text) else {
        return (Front::default(), text.to_owned());
    };
    let body = text.get(matter.end..).unwrap_or_default();
    let body = body.split_once('\n').map_or("", |(_, body)| body);
    let matter = text.get(matter).unwrap_or_default();
    let is_yaml = text.starts_with("---");
    let tree = is_yaml.then(|| tree::read(matter).ok()).flatten();
    // What is no YAML, or broken, is read by its lines.
    let tree = tree.filter(|tree| tree.cut.is_none() && !tree.root.entries().is_empty());
    let said = Said {
        matter,
        root: tree.as_ref().map(|tree| &tree.root),
    };
    let title = said.first(TITLE);
    let title = title.map(|(_, title)| clean::beginning(&title, DESCRIPTION_LETTERS_MAX));
    let url = said.first(URLS);
    let front = Front {
        url: url.and_then(|(_, url)| web_url(&url)),
        said: said.of_page(title.as_deref(), body),
        title,
    };
    (front, "\n".repeat(length + 2) + body)
}

/// Returns where front matter lies between its fences, and how many lines it has.
fn matter_of(text: &str) -> Option<(Range<usize>, usize)> {
    let (first, _) = text.split_once('\n')?;
    let fence = ["---", "+++"].into_iter().find(|fence| *fence == first)?;
    let start = first.len() + 1;
    let mut end = start;
    let mut may_be_dots = fence == "---";
    let lines = text.get(start..)?.split_inclusive('\n');
    for (length, line) in lines.take(FRONT_MATTER_LINES_MAX).enumerate() {
        let mark = line.trim_end();
        // Three dots end a text in YAML; but they are an ellipsis as well.
        let is_dots = mark == "..." && std::mem::take(&mut may_be_dots);
        if mark == fence || is_dots && is_map(text.get(start..end).unwrap_or_default()) {
            return Some((start..end, length));
        }
        end += line.len();
    }
    None
}

/// Tells whether `matter` gives values to keys.
fn is_map(matter: &str) -> bool {
    let tree = tree::read(matter).ok();
    tree.is_some_and(|tree| tree.cut.is_none() && !tree.root.entries().is_empty())
}

/// Front matter, as YAML if it is that.
struct Said<'m> {
    matter: &'m str,
    root: Option<&'m Node<'m>>,
}

impl Said<'_> {
    /// Returns what is said of the page beside its title, each by the line of the text (from 0) where that is said, in their order;
    /// nothing that the title or the beginning of `body` says.
    fn of_page(&self, title: Option<&str>, body: &str) -> Vec<(usize, String)> {
        let title = title.map(|title| letters(title, usize::MAX));
        let beginning = body.get(..letter_start(body, BEGINNING_BYTES));
        let beginning = beginning.unwrap_or(body);
        let described = DESCRIBING.iter().find_map(|key| {
            let (line, words) = self.first(&[key])?;
            let words = clean::beginning(&words, DESCRIPTION_LETTERS_MAX);
            Some((*key, line, words))
        });
        let mut known: Vec<String> = title.iter().cloned().collect();
        let mut said = Vec::new();
        let mut told = [TITLE, URLS].concat();
        if let Some((key, line, words)) = described {
            told.push(key);
            let small = letters(&words, usize::MAX);
            let begins = letters(beginning, small.len() + BEGINNING_LETTERS);
            if !(small.is_empty() || title.as_ref() == Some(&small) || begins.contains(&small)) {
                said.push((line, words));
            }
            known.push(small);
        }
        let Some(root) = self.root else {
            return said;
        };
        let beginning = beginning.get(..letter_start(beginning, SAID_AGAIN_BYTES));
        let body = OnceCell::new();
        let is_new = |words: &str| {
            let words = letters(words, usize::MAX);
            let body = || body.get_or_init(|| letters(beginning.unwrap_or_default(), usize::MAX));
            !known.iter().any(|known| known.contains(&words)) && !body().contains(&words)
        };
        said.extend(facts::facts(root, &told, is_new));
        said.sort_by_key(|(line, _)| *line);
        said.dedup_by_key(|(line, _)| *line);
        said
    }

    /// Returns what gives a value to the first of `keys` that has one, and the number of its line in the text (from 0). What is
    /// indented is said of something else: of a picture, of an author.
    fn first(&self, keys: &[&str]) -> Option<(usize, String)> {
        let Some(root) = self.root else {
            return value_of(self.matter, keys);
        };
        keys.iter().find_map(|key| {
            let mut entries = root.entries().iter();
            let (_, node) = entries.find(|(name, _)| name.eq_ignore_ascii_case(key))?;
            let words = node.text().filter(|words| !words.trim().is_empty())?;
            Some((usize::try_from(node.line).ok()?, words.to_owned()))
        })
    }
}

/// Returns what the first line says that gives a value to one of `keys`, and the number of that line in the text (from 0).
fn value_of(matter: &str, keys: &[&str]) -> Option<(usize, String)> {
    let lines = matter.lines().enumerate();
    let mut own = lines.filter(|(_, line)| !line.starts_with([' ', '\t']));
    own.find_map(|(number, line)| {
        let (key, value) = line.split_once([':', '='])?;
        let value = value.trim().trim_matches(['"', '\'']);
        let is_it = keys.iter().any(|it| it.eq_ignore_ascii_case(key.trim()));
        (is_it && !value.is_empty()).then(|| (number + 1, value.to_owned()))
    })
}

/// Returns the first `letters_max` letters and digits of what `text` says as Markdown, all small: so the same words are alike.
fn letters(text: &str, letters_max: usize) -> String {
    let mut letters = String::new();
    let mut count = 0;
    for event in Parser::new(text) {
        let (Event::Text(words) | Event::Code(words)) = event else {
            continue;
        };
        let small = words.chars().filter(|letter| letter.is_alphanumeric());
        for letter in small.flat_map(char::to_lowercase) {
            if count == letters_max {
                return letters;
            }
            letters.push(letter);
            count += 1;
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::super::markdown::parse;
    use crate::lookup::document::BlockKind;

    #[test]
    fn what_a_page_says_it_is_about_is_text_in_the_line_where_it_is_said() {
        for (matter, expected) in [
            (
                "title: T\ndescription: Words of it.",
                "\n\nWords of it.\n\n",
            ),
            (
                "description: \"It's \\\"so\\\"\" # note\ntitle: T",
                "\nIt's \"so\"\n\n\n",
            ),
            (
                "summary: >-\n  # of two\n  lines\ntitle: T",
                "\n\n# of two lines\n\n\n\n",
            ),
            ("excerpt: one\n  more\n<<<: {", "\none\n\n\n\n"),
            ("hero:\n  description: Inner.\nt: 1", "\n\n\n\n\n"),
            ("description: {a: b}", "\n\n\n"),
            (
                "title: A: b\ndescription: Goes on: yes",
                "\n\nGoes on: yes\n\n",
            ),
        ] {
            let page = parse(&format!("---\n{matter}\n---\n## Use\n\nText.\n"));
            assert_eq!(page.text, format!("{expected}## Use\n\nText.\n"));
            let kinds = page
                .blocks
                .iter()
                .map(|block| (block.line, matches!(block.kind, BlockKind::Heading(_))));
            let heading = expected.len() - expected.trim().len();
            assert_eq!(
                kinds.collect::<Vec<_>>(),
                [(0, false), (heading, true), (heading + 2, false)]
            );
        }
        assert_eq!(
            parse("+++\ndescription = \"Of TOML\"\n+++\nText.\n").text,
            "\nOf TOML\n\nText.\n"
        );
    }

    #[test]
    fn a_title_is_said_in_any_letters_in_lines_and_in_quotes() {
        for (matter, title) in [
            ("Title: Of ropes\n---", "Of ropes"),
            ("title: >-\n  Folded\n  title\n---", "Folded title"),
            ("title: 'Ann''s page' # hers\n---", "Ann's page"),
            ("title: Release 0.61\nshort: x\n...", "Release 0.61"),
        ] {
            let page = parse(&format!("---\n{matter}\n\n## Use\n\nText.\n"));
            assert_eq!(page.title.as_deref(), Some(title));
            assert_eq!(page.text.trim(), "## Use\n\nText.", "{matter}");
        }
        let text = "---\nWords of a page.\n...\nMore: of it.\n";
        assert_eq!(parse(text).text, text);
    }

    #[test]
    fn what_is_said_of_something_within_the_page_is_not_said_of_the_page() {
        let page = "---\nhero:\n  title: Inner\n  url: https://h.example/inner\ntitle: Own\nurl: https://h.example/own\n---\nText.\n";
        let page = parse(page);
        assert_eq!(page.title.as_deref(), Some("Own"));
        assert_eq!(page.url.as_deref(), Some("https://h.example/own"));
    }

    #[test]
    fn a_description_that_is_the_title_or_the_beginning_of_the_page_is_not_shown_twice() {
        let page = |about: &str| {
            parse(&format!(
                "---\ntitle: The Hook\ndescription: \"{about}\"\n---\n# The Hook\n\nBy [A](b)\n\n---\n\n`useIt` is a **Hook**\nthat [uses](/it) it. More.\n"
            ))
            .text
        };
        let bare = page("");
        for about in [
            "the hook",
            "useIt is a Hook that uses it.",
            "`useIt` is a Hook that us…",
        ] {
            assert_eq!(page(about), bare, "{about}");
        }
        assert!(page("useIt is no Hook").contains("no Hook"));
    }
}
