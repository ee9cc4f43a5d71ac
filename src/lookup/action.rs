//! What an operation does to things, and what a question wants done to them: two that share few words may share that.

use super::document::Kind;
use crate::store::documents::PageRow;
use crate::store::outline::HeadingRow;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Many are shown.
    List = 1,
    /// One is shown.
    Get = 2,
    /// One is made.
    Create = 3,
    /// One is made different.
    Change = 4,
    /// One is taken away.
    Delete = 5,
}

use Action::{Change, Create, Delete, Get, List};

/// Words that say what is done, in titles and names of operations and in questions.
const VERBS: &[(Action, &str)] = &[
    (
        List,
        "all browse collection count enumerate every find history index list lists overview query \
         search",
    ),
    (
        Get,
        "check consume consumes describe details download export fetch get gets inspect listen listens \
         look lookup peek read receive receives retrieve return returns see show subscribe subscribes view",
    ),
    (
        Create,
        "add adds attach broadcast build create creates dispatch emit emits enqueue generate import \
         insert invite issue launch make new notify open post posts produce produces provision publish \
         publishes register request schedule send sends submit upload",
    ),
    (
        Change,
        "activate adjust alter assign change configure customize deactivate disable edit edits \
         enable lock modify move patch put reconfigure rename reorder replace reset set sets switch \
         toggle transfer tweak unlock update updates",
    ),
    (
        Delete,
        "cancel clear delete deletes destroy detach discard dismiss drop erase expunge prune purge \
         remove removes revoke trash unassign uninstall unpublish unset wipe",
    ),
];

/// Turns of phrase that say it with words that mean something else alone.
const PHRASES: &[(Action, &[&str])] = &[
    (Delete, &["get", "rid"]),
    (Delete, &["throw", "away"]),
    (Delete, &["throw", "out"]),
    (Delete, &["take", "out"]),
    (Create, &["set", "up"]),
    (Change, &["turn", "on"]),
    (Change, &["turn", "off"]),
    (List, &["show", "all"]),
    (List, &["look", "for"]),
];

/// Words with which people ask for many or for one without saying that it be shown.
const ASKING_MANY: &[&str] = &["what", "which", "who", "whose"];

impl Action {
    /// All, by their numbers.
    const ALL: [Self; 5] = [List, Get, Create, Change, Delete];

    /// Returns the action with `number`, as an index keeps it.
    pub(crate) fn numbered(number: u64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|action| *action as u64 == number)
    }

    /// Returns what the operation does that `page` tells of, with these headings.
    pub(crate) fn of_page(page: &PageRow, outline: &[HeadingRow]) -> Option<Self> {
        if Kind::named(&page.kind) != Some(Kind::Operation) {
            return None;
        }
        // Its first heading says what it does; the page is called after the group it is in.
        let title = outline.first().map_or(&page.title, |first| &first.title);
        Self::of_operation(title, &page.path)
    }

    /// Returns what the operation called `title`, described on the page at `path`, does: `Create a berth`, `listBerths`,
    /// `BerthList`.
    fn of_operation(title: &str, path: &str) -> Option<Self> {
        let title = words(title);
        let name = words(path.rsplit('/').next().unwrap_or_default());
        let ends = [title.first(), name.first(), name.last()];
        let action = ends.into_iter().flatten().find_map(|word| of_word(word))?;
        let is_many = |words: &[String]| {
            words
                .get(1..)
                .unwrap_or_default()
                .iter()
                .any(|word| is_plural(word))
        };
        // `Get all berths` lists.
        let all = title.iter().take(3).any(|word| word == "all");
        Some(
            if action == Get && (all || title.len() == 2 && is_many(&title)) {
                List
            } else {
                action
            },
        )
    }

    /// Returns what `question` wants done, if its words say so.
    pub(crate) fn of_question(question: &str) -> Option<Self> {
        let words = words(question);
        for at in 0..words.len() {
            let from = words.get(at..).unwrap_or_default();
            let phrase = PHRASES.iter().find(|(_, phrase)| {
                phrase.len() <= from.len()
                    && phrase.iter().zip(from).all(|(one, other)| one == other)
            });
            let verb = from.first().and_then(|word| of_word(word));
            let Some(action) = phrase.map(|(action, _)| *action).or(verb) else {
                continue;
            };
            // `show the open tickets` asks for many.
            let many = from.iter().skip(1).take(3).any(|word| is_plural(word));
            return Some(if action == Get && many { List } else { action });
        }
        let first = words.first()?;
        let asks = ASKING_MANY.contains(&first.as_str());
        let many = words
            .iter()
            .take(if asks { 3 } else { 1 })
            .any(|word| is_plural(word));
        match (asks, many) {
            (_, true) => Some(List),
            (true, false) => Some(Get),
            (false, false) => None,
        }
    }

    /// Returns how well an operation that does `self` answers who wants `wanted` done, −1 to 1.
    pub(crate) fn answers(self, wanted: Self) -> f32 {
        match (self, wanted) {
            (one, other) if one == other => 1.0,
            (List, Get) | (Get, List) => 0.0,
            _ => -1.0,
        }
    }
}

fn of_word(word: &str) -> Option<Action> {
    VERBS
        .iter()
        .find(|(_, words)| words.split(' ').any(|known| known == word))
        .map(|(action, _)| *action)
}

fn is_plural(word: &str) -> bool {
    word.len() > 3
        && word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.ends_with("is")
}

/// The words of `text` in lower case; a capital begins one: `listBerths` has two.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_inside = false;
    let mut was_small = false;
    for letter in text.chars() {
        if !letter.is_alphanumeric() {
            is_inside = false;
            continue;
        }
        if !is_inside || was_small && letter.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
        is_inside = true;
        was_small = letter.is_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_does_what_its_title_or_its_name_says() {
        for (title, path, action) in [
            (
                "List bookings of a berth",
                "a.yaml/bookings/list-for-berth",
                Some(List),
            ),
            ("listSites", "n.yml/listSites", Some(List)),
            (
                "Get all certificates",
                "n.yml/getAllCertificates",
                Some(List),
            ),
            ("Inspect a container", "d.yaml/ContainerInspect", Some(Get)),
            ("Return the processes", "d.yaml/ContainerList", Some(Get)),
            ("Book a berth", "a.yaml/bookings/create", Some(Create)),
            ("Rename a thing", "a.yaml/x", Some(Change)),
            ("Delete it", "a.yaml/x", Some(Delete)),
            ("Publish a tide", "e.yml/publishTide", Some(Create)),
            ("sendTide", "e.yml/sendTide", Some(Create)),
            ("Receive a tide", "e.yml/onTide", Some(Get)),
            ("subscribe tides", "e.yml/tides/subscribe", Some(List)),
            ("Tides", "a.yaml/tides", None),
        ] {
            assert_eq!(Action::of_operation(title, path), action, "{title}");
        }
    }

    #[test]
    fn a_page_does_what_its_first_heading_says() {
        let page = PageRow {
            id: 1,
            source: 1,
            path: "a.json/repos/merge-upstream".to_owned(),
            title: "API › repos".to_owned(),
            kind: Kind::Operation.name().to_owned(),
            tokens: 0,
            url: None,
        };
        let outline = [HeadingRow {
            level: 1,
            title: "Update a fork".to_owned(),
            anchor: "post".to_owned(),
            byte: 0,
            line: 1,
            tokens: 9,
        }];
        assert_eq!(Action::of_page(&page, &outline), Some(Change));
        let schema = PageRow {
            kind: Kind::Data.name().to_owned(),
            ..page
        };
        assert_eq!(Action::of_page(&schema, &outline), None);
    }

    #[test]
    fn a_question_wants_what_its_verb_says_or_how_it_begins() {
        for (question, action) in [
            ("which bookings does a berth have", Some(List)),
            ("show the open tickets of a repository", Some(List)),
            ("details of one site", Some(Get)),
            ("what is the state of the harbour", Some(Get)),
            ("get rid of a form", Some(Delete)),
            ("set up a new berth", Some(Create)),
            ("edit what I wrote", Some(Change)),
            ("send a message", Some(Create)),
            ("emit the new level", Some(Create)),
            ("listen to a channel", Some(Get)),
            ("receive all orders", Some(List)),
            ("domains managed by the harbour", Some(List)),
            ("bounce a container", None),
            ("", None),
        ] {
            assert_eq!(Action::of_question(question), action, "{question}");
        }
    }

    #[test]
    fn an_action_has_a_number_of_its_own() {
        for action in Action::ALL {
            assert_eq!(Action::numbered(action as u64), Some(action));
        }
        assert_eq!(Action::numbered(0), None);
    }
}
