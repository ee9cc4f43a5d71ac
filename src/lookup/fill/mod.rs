//! Spends the budget of an answer where it is worth most: a file for each [`Detail`].

mod outline;
mod same;
mod snippets;
mod whole;

use self::same::Said;
use super::error::LookupError;
use super::passage::{Budget, Passage};
use super::search::Detail;
use super::shelf::{Run, Shelf};

pub(super) use snippets::WHOLE_TOKENS;

/// Passages shown before that are named in one answer, and as many that say the same as others.
const NAMED_MAX: usize = 10;

/// What fits.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// Best first.
    pub(super) passages: Vec<Passage>,
    /// Tokens of their blocks; of an outline, which has none, nothing.
    pub(super) tokens: usize,
    /// References of what the reader was shown before.
    pub(super) before: Vec<String>,
    /// References of what says the same as a passage that is shown.
    pub(super) same: Vec<String>,
    /// Keys of what is shown now.
    pub(super) told: Vec<String>,
    /// How many runs were looked at, all in all.
    pub(super) end: usize,
}

/// Returns what `runs`, from `start` on, say in `budget` of what `shelf` is asked for.
pub(super) fn fill(
    runs: &[Run],
    start: usize,
    budget: Budget,
    shelf: &mut Shelf<'_>,
) -> Result<Filled, LookupError> {
    let mut filling = Filling {
        left: budget,
        filled: Filled {
            end: start,
            ..Filled::default()
        },
        said: Said::new(shelf.search.version.is_some()),
    };
    match shelf.search.detail {
        Detail::Outline => filling.outline(runs, shelf)?,
        Detail::Snippet => filling.snippets(runs, shelf)?,
        Detail::Full => filling.whole(runs, shelf)?,
    }
    Ok(filling.filled)
}

/// Returns the line that names what was shown before.
pub(super) fn shown_before(reference: &str) -> String {
    format!("shown before: {reference}\n")
}

/// Returns the line that names what says the same as a passage that is shown.
pub(super) fn same_text(reference: &str) -> String {
    format!("same text: {reference}\n")
}

struct Filling {
    left: Budget,
    filled: Filled,
    said: Said,
}

impl Filling {
    /// Shows all of `passage` if that fits.
    fn shows(&mut self, passage: &Passage) -> bool {
        let (_, cost) = passage.cost();
        let Some(left) = self.left.minus(cost) else {
            return false;
        };
        self.left = left;
        self.filled.tokens += cost.tokens;
        self.filled.passages.push(passage.clone());
        true
    }

    /// Shows the beginning of `passage`, which is too long.
    fn cut(&mut self, passage: &Passage) {
        if let Some(cut) = passage.cut_to(self.left) {
            self.filled.tokens += cut.cost().1.tokens;
            self.filled.passages.push(cut);
        }
        self.filled.end += 1;
    }

    /// Names what says the same as a passage that is shown, as far as there is room.
    fn name_same(&mut self, reference: &str) {
        if self.filled.same.len() < NAMED_MAX
            && let Some(left) = self.left.without(&same_text(reference))
        {
            self.left = left;
            self.filled.same.push(reference.to_owned());
        }
    }

    /// Names what was shown before, as far as there is room.
    fn name(&mut self, reference: &str) {
        if self.filled.before.len() < NAMED_MAX
            && !self.filled.before.iter().any(|named| named == reference)
            && let Some(left) = self.left.without(&shown_before(reference))
        {
            self.left = left;
            self.filled.before.push(reference.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::lookup::index::Index;
    use crate::lookup::library;
    use crate::lookup::passage::Extent;
    use crate::lookup::search::tests::{self, found};
    use crate::lookup::search::{Found, Search};
    use crate::store::Store;

    /// A library of `pages` pages: each has a section that speaks of anchors among much that does not, the first the most.
    fn library_of(pages: usize) -> (Store, Index) {
        let around = "The weather was fine that day and nobody thought of it. ".repeat(12);
        let texts: Vec<(String, String)> = (0..pages)
            .map(|number| {
                let more = "Anchors again. ".repeat(pages - number);
                let text = format!("# Port {number}\n\n{around}\n\nAnchor number {number} lies in the bay. {more}\n\n```sh\nanchor --drop {number}\n```\n\n{around}\n");
                (format!("{number}.md"), text)
            })
            .collect();
        library::in_memory("s", texts).unwrap()
    }

    #[test]
    fn more_tokens_than_a_page_of_a_tool_has_bytes_for_do_not_end_an_answer_of_whole_pages() {
        let long = "The weather was fine that day and nobody thought of it. ".repeat(60);
        let texts: Vec<(String, String)> = (0..3)
            .map(|number| {
                let text = format!("# Port {number}\n\nThe bay.\n\n## Anchor\n\nAn anchor in the bay {number}.\n\n## More\n\n{long}{long}\n");
                (format!("{number}.md"), text)
            })
            .collect();
        let library = library::in_memory("s", texts).unwrap();
        for tokens in [4_000, 20_000] {
            let found = found(&library, &asked(Detail::Full), tokens).unwrap();
            assert!(found.passages.len() > 1, "{tokens}: {}", found.text());
        }
    }

    fn asked(detail: Detail) -> Search {
        tests::asked("anchor in the bay", detail)
    }

    #[test]
    fn the_best_hit_grows_and_the_others_stay_short() {
        let library = library_of(8);
        let found = found(&library, &asked(Detail::Snippet), 1_200).unwrap();
        let extents: Vec<Extent> = found
            .passages
            .iter()
            .map(|passage| passage.extent)
            .collect();
        assert_eq!(extents.len(), 8);
        assert_eq!(extents[7], Extent::Excerpt);
        let lengths: Vec<usize> = found.passages.iter().map(Passage::tokens).collect();
        assert!(lengths[0] > lengths[7], "{lengths:?}");
        for passage in &found.passages {
            assert!(
                passage.text.contains("lies in the bay."),
                "{}",
                passage.text
            );
        }
    }

    #[test]
    fn a_hit_of_which_no_part_is_short_enough_is_cut_and_leaves_room_for_others() {
        let code = "anchor --drop --in the bay\n".repeat(60);
        let texts = [
            "# Anchor in the bay\n\nAnchor in the bay.\n".to_owned(),
            format!("# Anchor in the bay\n\n```sh\n{code}```\n"),
            "# Elsewhere\n\nNo anchor holds here.\n".to_owned(),
        ];
        let paths = ["a.md", "b.md", "c.md"];
        let library = library::in_memory("s", paths.into_iter().zip(texts)).unwrap();
        let found = found(&library, &asked(Detail::Snippet), 400).unwrap();
        let shown: Vec<(&str, Extent)> = found
            .passages
            .iter()
            .map(|passage| (passage.reference.path.as_str(), passage.extent))
            .collect();
        let all = [
            ("b.md", Extent::Cut),
            ("a.md", Extent::Whole),
            ("c.md", Extent::Whole),
        ];
        assert_eq!(shown, all, "{}", found.text());
        // Where there are no others it takes all there is.
        let one = Search {
            limit: 1,
            ..asked(Detail::Snippet)
        };
        let one = self::found(&library, &one, 400).unwrap();
        assert_eq!(one.passages[0].extent, Extent::Cut);
        assert!(one.used_tokens > 360, "{}", one.text());
    }

    #[test]
    fn a_good_hit_is_quoted_with_what_stands_below_its_heading_once() {
        let words = " The weather was fine that day and nobody thought of it.";
        let (short, around) = (words.repeat(15), words.repeat(28));
        let page = format!(
            "# Ships\n\n{around}\n\n## Mooring a barge\n\nMoors a barge at a quay.{short}\n\n### Arguments\n\n- `quay`: which one, by \
             default the nearest. {around}\n\n## Weather\n\n{around}\n"
        );
        let library = library::in_memory("s", [("s.md", page.as_str())]).unwrap();
        for query in ["mooring a barge by default", "barge arguments quay default"] {
            let found = found(&library, &tests::asked(query, Detail::Snippet), 600).unwrap();
            let text = found.text();
            assert!(text.contains("by default the nearest"), "{query}: {text}");
            assert_eq!(text.matches("by default the nearest").count(), 1, "{text}");
        }
        let asked = tests::asked("mooring a barge by default", Detail::Snippet);
        let found = self::found(&library, &asked, 600).unwrap();
        let first = &found.passages[0];
        assert!(
            first.text.contains("Moors a barge") && first.text.contains("### Arguments"),
            "{}",
            first.text
        );
    }

    #[test]
    fn what_is_left_of_the_budget_shows_more_of_what_is_there() {
        let library = library_of(1);
        let of = |tokens: usize| found(&library, &asked(Detail::Snippet), tokens).unwrap();
        let all = of(2_000).passages[0].tokens();
        for tokens in [all / 2 + 50, all] {
            let found = of(tokens);
            assert_eq!(found.passages[0].extent, Extent::Excerpt);
            // Less is left than one more sentence and a cursor take.
            assert!(found.used_tokens + 60 > tokens, "{}", found.text());
        }
    }

    #[test]
    fn no_answer_is_longer_than_its_budget_whatever_its_detail() {
        let library = library_of(12);
        for detail in [Detail::Outline, Detail::Snippet, Detail::Full] {
            for tokens in [200, 300, 500, 900, 1_500, 4_000] {
                let found = found(&library, &asked(detail), tokens).unwrap();
                let text = found.text();
                assert!(
                    Budget::page(tokens).fits(&text),
                    "{detail:?} {tokens}: {}\n{text}",
                    found.used_tokens
                );
                assert_eq!(found.used_tokens, Budget::of(&text).tokens);
                assert!(!found.passages.is_empty(), "{detail:?} {tokens}");
            }
        }
    }

    #[test]
    fn cursors_lead_over_every_passage_once() {
        let library = library_of(12);
        for detail in [Detail::Outline, Detail::Snippet, Detail::Full] {
            let mut asked = asked(detail);
            let mut seen = BTreeSet::new();
            for _ in 0..20 {
                let found = found(&library, &asked, 400).unwrap();
                for passage in &found.passages {
                    assert!(
                        seen.insert(passage.reference.to_string()),
                        "{detail:?}: {}",
                        passage.reference
                    );
                }
                asked.cursor = found.next_cursor;
                if asked.cursor.is_none() {
                    break;
                }
            }
            assert_eq!((seen.len(), asked.cursor), (12, None), "{detail:?}");
        }
    }

    #[test]
    fn what_was_shown_is_named_and_its_room_goes_to_others() {
        let library = library_of(12);
        let mut asked = asked(Detail::Snippet);
        let first = found(&library, &asked, 500).unwrap();
        asked.known = first.told.iter().cloned().collect();
        let second = found(&library, &asked, 500).unwrap();
        let references = |found: &Found| -> Vec<String> {
            let passages = found.passages.iter();
            passages
                .map(|passage| passage.reference.to_string())
                .collect()
        };
        assert_eq!(second.before, references(&first));
        assert!(
            references(&second)
                .iter()
                .all(|shown| !second.before.contains(shown))
        );
        assert!(!second.passages.is_empty());
        // All at once: nothing is left but names.
        asked
            .known
            .extend(found(&library, &asked, 20_000).unwrap().told);
        let last = found(&library, &asked, 20_000).unwrap();
        assert!(
            last.passages.is_empty() && last.before.len() == NAMED_MAX,
            "{}",
            last.text()
        );
    }
}
