//! Which passages say what another one of the answer says already: a manual that is there in several formats, or twice.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use crate::lookup::passage::Passage;

/// Words that are compared together: fewer are found in any text of the same subject.
const WORDS: usize = 4;
/// Of a passage under the same title so much is said already, in percent, if it is the same: formats differ in marks and hyphens.
const SAME_PERCENT: usize = 70;
/// Under another title texts that only differ in a name are alike, and not the same: operations of one interface, for example.
const ELSEWHERE_PERCENT: usize = 95;
/// Stretches of words that a passage under another title has at least to be compared: a line or two can be anywhere.
const ELSEWHERE_LEAST: usize = 40;

/// What an answer says already.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Whether a version was asked for: what others say is then not the same.
    of_version: bool,
    texts: Vec<Text>,
}

/// What is compared of a passage.
#[derive(Debug)]
pub(super) struct Text {
    title: String,
    version: Option<String>,
    /// In order, each once.
    stretches: Vec<u64>,
}

impl Text {
    /// Takes what is compared of `passage`, which is all there.
    pub(super) fn of(passage: &Passage) -> Self {
        Self {
            title: title(&passage.title),
            version: passage.version.clone(),
            stretches: stretches(&passage.text),
        }
    }

    fn is_in(&self, other: &Self) -> bool {
        let all = self.stretches.len();
        // What one version says more, or less, is what a reader of both wants to know.
        if let (Some(version), Some(of_other)) = (&self.version, &other.version)
            && version != of_other
        {
            return all > 0 && self.stretches == other.stretches;
        }
        let percent = if self.title == other.title {
            SAME_PERCENT
        } else if all >= ELSEWHERE_LEAST {
            ELSEWHERE_PERCENT
        } else {
            return false;
        };
        // Of texts that are not the same this ends soon.
        let missing_max = all * (100 - percent) / 100;
        let mut others = other.stretches.iter().peekable();
        let missing = self.stretches.iter().filter(|stretch| {
            while others.next_if(|other| other < stretch).is_some() {}
            others.peek() != Some(stretch)
        });
        all > 0 && missing.take(missing_max + 1).count() <= missing_max
    }
}

impl Said {
    pub(super) fn new(of_version: bool) -> Self {
        Self {
            of_version,
            texts: Vec::new(),
        }
    }

    /// Tells whether a passage said most of `text`.
    pub(super) fn has(&self, text: &Text) -> bool {
        let of_one = |said: &&Text| !self.of_version || said.version == text.version;
        self.texts
            .iter()
            .filter(of_one)
            .any(|said| text.is_in(said))
    }

    pub(super) fn add(&mut self, text: Text) {
        self.texts.push(text);
    }
}

/// What a rendered page writes before the name of what it defines, and its source does not.
const DEFINED_AS: &str = "abstract abstractmethod async class classmethod exception final property static \
    staticmethod";

/// Returns a title without its number and without what its name is defined as, which one format writes and another does not.
fn title(title: &str) -> String {
    let is_number = |letter: char| letter.is_ascii_digit() || ".§ ".contains(letter);
    let words = title.trim_start_matches(is_number);
    let mut words = if words.is_empty() { title } else { words };
    while let Some((first, rest)) = words.split_once(' ')
        && DEFINED_AS.split(' ').any(|known| known == first)
    {
        words = rest.trim_start();
    }
    let letters = words.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns hashes of the words of `text`, each with those that follow it, in order.
fn stretches(text: &str) -> Vec<u64> {
    let state = FixedState::default();
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<u64> = words
        .filter(|word| !word.is_empty())
        .map(|word| state.hash_one(word))
        .collect();
    let together = WORDS.min(words.len()).max(1);
    let mut stretches: Vec<u64> = words
        .windows(together)
        .map(|stretch| state.hash_one(stretch))
        .collect();
    stretches.sort_unstable();
    stretches.dedup();
    stretches
}

#[cfg(test)]
mod tests {
    use crate::lookup::library;
    use crate::lookup::passage::Budget;
    use crate::lookup::search::tests::{self, found};
    use crate::lookup::search::{Detail, Search};

    const TEXT: &str = "The anchor is let go when the ship has lost all way over the ground. Three times the depth of \
        the water is paid out, five times in a strong wind. The end of the chain is made fast before.";

    fn question(detail: Detail) -> Search {
        tests::asked("when is the anchor let go", detail)
    }

    #[test]
    fn the_same_text_is_shown_once_and_named() {
        let page = format!("# Anchors\n\n{TEXT}\n");
        let html = format!("<h1>1.2. Anchors</h1><p><b>{TEXT}</b></p>");
        let other = "# Ropes\n\nA rope is let go when the anchor is up, and not before.\n";
        let pages = [("a.md", &*page), ("b.html", &html), ("c.md", other)];
        let library = library::in_memory("s", pages).unwrap();
        for detail in [Detail::Snippet, Detail::Full] {
            let found = found(&library, &question(detail), 2_000).unwrap();
            assert_eq!(
                (found.passages.len(), found.same.len()),
                (2, 1),
                "{}",
                found.text()
            );
            let line = format!("\nsame text: {}\n", found.same[0]);
            assert!(found.text().contains(&line), "{}", found.text());
            assert_eq!(found.used_tokens, Budget::of(&found.text()).tokens);
            // It counts as shown, too: asked again, nothing of it comes.
            let again = Search {
                known: found.told.iter().cloned().collect(),
                ..question(detail)
            };
            let again = self::found(&library, &again, 2_000).unwrap();
            assert_eq!(again.passages.len(), 0, "{}", again.text());
        }
    }

    #[test]
    fn a_title_is_the_same_with_its_number_and_with_what_its_name_is_defined_as() {
        use super::title;
        for other in [
            "classmethod insert_many(rows)",
            "abstract  async insert_many(rows)",
            "1.2. insert_many(rows)",
        ] {
            assert_eq!(title(other), title("insert_many(rows)"), "{other}");
        }
        assert_ne!(title("class Row"), title("class Column"));
        assert_eq!(title("class"), "class");
    }

    #[test]
    fn what_differs_in_what_it_is_of_is_no_repeat() {
        let of = |name: &str| {
            format!(
                "# Drop {name}\n\n{} Then the {name} is let go.\n",
                TEXT.replace("anchor", name)
            )
        };
        let (one, other) = (of("anchor"), of("kedge"));
        let library = library::in_memory("s", [("a.md", one), ("b.md", other)]).unwrap();
        let found = found(&library, &question(Detail::Snippet), 2_000).unwrap();
        assert_eq!(
            (found.passages.len(), found.same.len()),
            (2, 0),
            "{}",
            found.text()
        );
    }

    #[test]
    fn a_text_of_another_version_that_says_less_or_more_is_not_the_same() {
        use super::{Said, Text, stretches};
        let more = format!("{TEXT} A tip.");
        let of = |version: &str, text: &str| Text {
            title: "anchors".to_owned(),
            version: Some(version.to_owned()),
            stretches: stretches(text),
        };
        for (first, second) in [(TEXT, &*more), (&*more, TEXT)] {
            let mut said = Said::new(false);
            said.add(of("1", first));
            assert!(!said.has(&of("2", second)), "{first} | {second}");
        }
        let mut said = Said::new(false);
        said.add(of("1", &more));
        assert!(said.has(&of("1", TEXT)));
    }

    #[test]
    fn texts_of_other_versions_are_the_same_unless_a_version_was_asked_for() {
        use super::{Said, Text, stretches};
        let text = |version: &str| Text {
            title: "anchors".to_owned(),
            version: Some(version.to_owned()),
            stretches: stretches(TEXT),
        };
        for (of_version, expected) in [(false, true), (true, false)] {
            let mut said = Said::new(of_version);
            said.add(text("1"));
            assert_eq!(said.has(&text("2")), expected);
            assert!(said.has(&text("1")));
        }
    }
}
