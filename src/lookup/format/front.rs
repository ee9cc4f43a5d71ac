//! Front matter: what stands before a page of Markdown, between two lines of `---` or `+++`, and says what the page is.

use pulldown_cmark::{Event, Parser};

use super::tree;
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
/// Bytes of a page among which its beginning is: the longest description, with links and imports between.
const BEGINNING_BYTES: usize = 16 << 10;

/// What front matter says about the page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    pub(super) url: Option<String>,
    /// What the page is about in one line, unless its text begins so, and the line (from 0) where that is said.
    description: Option<(usize, String)>,
}

impl Front {
    /// Returns `text`, whose front matter is blank, with the description in its place.
    pub(super) fn described(&self, mut text: String) -> String {
        if let Some((line, words)) = &self.description
            && text.bytes().take(*line).all(|byte| byte == b'\n')
            && text.is_char_boundary(*line)
        {
            text.insert_str(*line, words);
        }
        text
    }
}

/// Returns what front matter says, and the text with the front matter blanked, its lines kept.
pub(super) fn split(text: &str) -> (Front, String) {
    let fence = match text.lines().next() {
        Some("---") => "---",
        Some("+++") => "+++",
        _ => return (Front::default(), text.to_owned()),
    };
    let Some(length) = text
        .lines()
        .skip(1)
        .take(FRONT_MATTER_LINES_MAX)
        .position(|line| line.trim_end() == fence)
    else {
        return (Front::default(), text.to_owned());
    };
    let mut lines = text.split_inclusive('\n').skip(1);
    let matter: String = lines.by_ref().take(length).collect();
    let body: String = lines.skip(1).collect();
    let title = value_of(&matter, &["title"]).map(|(_, title)| title);
    let url = value_of(&matter, &["canonical_url", "url", "permalink"]);
    let description = description(&matter).filter(|(_, words)| {
        let words = letters(words, usize::MAX);
        let is_title = |title: &String| letters(title, usize::MAX) == words;
        let beginning = body.get(..letter_start(&body, BEGINNING_BYTES));
        let beginning = letters(beginning.unwrap_or(&body), words.len() + BEGINNING_LETTERS);
        !(words.is_empty() || title.as_ref().is_some_and(is_title) || beginning.contains(&words))
    });
    let front = Front {
        title,
        url: url.and_then(|(_, url)| web_url(&url)),
        description,
    };
    (front, "\n".repeat(length + 2) + &body)
}

/// Returns what the first line says that gives a value to one of `keys`, and the number of that line (from 0). What is indented is
/// said of something else: of a picture, of an author.
fn value_of(matter: &str, keys: &[&str]) -> Option<(usize, String)> {
    let lines = matter.lines().enumerate();
    let mut own = lines.filter(|(_, line)| !line.starts_with([' ', '\t']));
    own.find_map(|(number, line)| {
        let (key, value) = line.split_once([':', '='])?;
        let value = value.trim().trim_matches(['"', '\'']);
        (keys.contains(&key.trim()) && !value.is_empty()).then(|| (number, value.to_owned()))
    })
}

/// Returns what the page is about, and the line of the text (from 0) where that is said.
fn description(matter: &str) -> Option<(usize, String)> {
    // What is no YAML, or broken, is read by its lines.
    let tree = tree::read(matter).ok();
    let tree = tree.filter(|tree| tree.cut.is_none() && !tree.root.entries().is_empty());
    let (line, words) = DESCRIBING.iter().find_map(|key| match &tree {
        Some(tree) => {
            let line = usize::try_from(tree.root.get(key)?.line).ok()?;
            Some((line, tree.root.text_of(key)?.to_owned()))
        }
        None => value_of(matter, &[key]).map(|(line, words)| (line + 1, words)),
    })?;
    Some((line, clean::beginning(&words, DESCRIPTION_LETTERS_MAX)))
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
