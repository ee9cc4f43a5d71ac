//! The part of a passage that speaks of what is asked: whole sentences, items, table rows and code fences, in their order.

mod around;
mod long;
mod sentences;
mod terms;
mod units;

use self::units::{Form, GoesOn, Unit, find_first_said, units};
use super::passage::count;
use super::rank::{Sought, Words, lossy};

/// Stands where something is left out.
const GAP: &str = "…";
/// Tokens of such a mark and the line that it may need.
const GAP_TOKENS: usize = 2;
/// Bytes of a token: a unit of more for each token that is left is too long, and needs no counting.
const TOKEN_BYTES_MAX: usize = 8;
/// Share that words have which were found already: one more sentence about them is worth less than one about others.
const AGAIN: f32 = 0.2;
/// Tokens added to the length of each unit when its words are weighed: a heading of two words is no answer.
const OVERHEAD_TOKENS: f32 = 12.0;

/// A passage taken apart, to be shown in part.
pub(super) struct Excerpts {
    text: String,
    units: Vec<Unit>,
}

impl Excerpts {
    /// Takes `text` apart, in which heads of definitions stand at the bytes `definitions`, and finds in it what is `sought`.
    pub(super) fn of(text: String, definitions: &[usize], sought: &Sought) -> Self {
        let mut units = units(&text, definitions);
        find_first_said(&mut units);
        // A term is found by the first that is said of it, and what goes on with an item says what that names.
        let mut terms: Words = 0;
        for at in 0..units.len() {
            let begun = long::begun(&units, at).and_then(|begun| units.get(begun));
            let begun = begun.map_or(0, |begun| begun.found);
            let Some(unit) = units.get_mut(at) else {
                continue;
            };
            let words = text.get(unit.bytes.clone()).unwrap_or_default();
            unit.found = sought.found_in(words) | begun;
            if unit.form == Form::Term {
                terms |= unit.found;
            } else if unit.form.stands_alone() {
                unit.found |= std::mem::take(&mut terms);
            }
        }
        Self { text, units }
    }

    /// Returns all of it.
    pub(super) fn whole(&self) -> &str {
        &self.text
    }

    /// Returns what says most of what is `sought` in about `tokens` tokens, never more; nothing where no unit is so short.
    pub(super) fn within(&self, tokens: usize, sought: &Sought) -> Option<String> {
        let mut picked = vec![false; self.units.len()];
        let mut left = tokens;
        let mut found: Words = 0;
        while let Some((at, cost)) = self.best(&picked, left, found, sought) {
            self.pick(at, &mut picked);
            left = left.saturating_sub(cost);
            found |= self.units.get(at).map_or(0, |unit| unit.found);
            // A sentence that is begun is shown to its end, if there is room.
            if let Some(rest) = self
                .rest(at)
                .filter(|rest| picked.get(*rest) == Some(&false))
                && let Some(cost) = self.cost_within(left, rest, &picked)
            {
                self.pick(rest, &mut picked);
                left -= cost;
            }
        }
        self.fill(&mut picked, left);
        picked.contains(&true).then(|| self.shown(&picked))
    }

    /// The rest of the sentence that a unit is the beginning of.
    fn rest(&self, at: usize) -> Option<usize> {
        let next = self.units.get(at + 1)?;
        (next.goes_on == Some(GoesOn::Sentence)).then_some(at + 1)
    }

    /// The unit that brings most for its tokens, with what it costs.
    fn best(
        &self,
        picked: &[bool],
        left: usize,
        found: Words,
        sought: &Sought,
    ) -> Option<(usize, usize)> {
        let mut best: Option<(f32, usize, usize)> = None;
        for (at, (unit, is_picked)) in self.units.iter().zip(picked).enumerate() {
            let new = sought.worth(unit.found & !found) + AGAIN * sought.worth(unit.found & found);
            if *is_picked || new <= 0.0 || !unit.form.stands_alone() {
                continue;
            }
            let Some(cost) = self.cost_within(left, at, picked) else {
                continue;
            };
            let names = self
                .names(at)
                .filter(|name| picked.get(*name) == Some(&false));
            let names: usize = names.map(|name| self.tokens(name)).sum();
            let gain = new / (lossy(self.tokens(at) + names) + OVERHEAD_TOKENS);
            if best.is_none_or(|(most, ..)| gain > most) {
                best = Some((gain, at, cost));
            }
        }
        best.map(|(_, at, cost)| (at, cost))
    }

    /// Tokens of a unit by itself.
    fn tokens(&self, at: usize) -> usize {
        self.units.get(at).map_or(0, |unit| {
            *unit.tokens.get_or_init(|| {
                let words = self.text.get(unit.bytes.clone());
                count(words.unwrap_or_default())
            })
        })
    }

    /// Tokens that showing a unit adds, if those are at most `left`.
    fn cost_within(&self, left: usize, at: usize, picked: &[bool]) -> Option<usize> {
        let bytes = self.units.get(at).map_or(0, |unit| unit.bytes.len());
        if bytes > left.saturating_mul(TOKEN_BYTES_MAX) {
            return None;
        }
        Some(self.cost(at, picked)).filter(|cost| *cost <= left)
    }

    /// Tokens that showing a unit adds: its own, a gap where it stands by itself, and what it stands under.
    fn cost(&self, at: usize, picked: &[bool]) -> usize {
        let is_picked = |at: usize| picked.get(at).copied().unwrap_or_default();
        let heads = self.heads(at).filter(|head| !is_picked(*head));
        let heads: usize = heads.map(|head| self.tokens(head)).sum();
        let is_beside_another = is_picked(at + 1) || at.checked_sub(1).is_some_and(is_picked);
        self.tokens(at) + heads + if is_beside_another { 0 } else { GAP_TOKENS }
    }

    /// What a unit stands under: the head of its table, the items that it is inside of, its term, its heading.
    fn heads(&self, at: usize) -> impl Iterator<Item = usize> {
        let above = |at: &usize| self.units.get(*at)?.under;
        let is_cited = |at: &usize| self.units.get(*at).is_some_and(|unit| unit.is_cited);
        std::iter::successors(above(&at), above).filter(move |at| !is_cited(at))
    }

    /// What says what this is said of: the item or row that it goes on with, the terms of which it is the first that is said.
    fn names(&self, at: usize) -> impl Iterator<Item = usize> {
        let unit = self.units.get(at);
        let begins = unit.is_some_and(|unit| unit.begins);
        let is_part = long::begun(&self.units, at).is_some();
        let is_name = move |at: &usize| {
            self.units.get(*at).is_some_and(|head| match head.form {
                Form::Term => begins || is_part,
                Form::Block | Form::Prose => is_part,
                _ => false,
            })
        };
        self.heads(at).filter(is_name)
    }

    fn pick(&self, at: usize, picked: &mut [bool]) {
        for at in self.heads(at).chain([at]) {
            if let Some(unit) = picked.get_mut(at) {
                *unit = true;
            }
        }
    }

    /// Spends what is left on what stands behind the first unit that is shown, then on what stands above it, the nearest first.
    fn fill(&self, picked: &mut [bool], mut left: usize) {
        let first = picked.iter().position(|is_picked| *is_picked);
        let first = first.unwrap_or_default();
        for at in (first..self.units.len()).chain((0..first).rev()) {
            let stands_alone = self
                .units
                .get(at)
                .is_some_and(|unit| unit.form.stands_alone());
            if picked.get(at) == Some(&false) && stands_alone {
                let Some(cost) = self.cost_within(left, at, picked) else {
                    return;
                };
                self.pick(at, picked);
                left -= cost;
            }
        }
    }

    /// The units that are picked, as they stand, with a mark for each gap.
    fn shown(&self, picked: &[bool]) -> String {
        let mut shown = String::new();
        let mut end: Option<usize> = None;
        let mut has_gap = false;
        // What is left out between two units is a gap, though it says nothing: the text is quoted as it is.
        let mut has_bare = false;
        let mut is_below_heading = false;
        for (unit, is_picked) in self.units.iter().zip(picked) {
            if !is_picked {
                has_bare |= unit.form == Form::Bare && end.is_some();
                has_gap |= match unit.form {
                    Form::Mark | Form::Bare => false,
                    Form::Heading => end.is_some(),
                    Form::Term => end.is_some() || !unit.is_cited,
                    _ => true,
                };
                continue;
            }
            has_gap |= std::mem::take(&mut has_bare);
            let start = end.filter(|_| !has_gap).unwrap_or(unit.bytes.start);
            if has_gap {
                // Within a paragraph the gap is one too.
                let line = self
                    .text
                    .get(..unit.bytes.start)
                    .is_none_or(|above| above.ends_with('\n') || above.is_empty());
                match (shown.is_empty(), line) {
                    (true, true) => {}
                    (true, false) => shown.push_str("… "),
                    (false, true) => {
                        end_line(&mut shown);
                        shown.push_str(GAP);
                        shown.push('\n');
                    }
                    (false, false) => {
                        shown.truncate(shown.trim_end().len());
                        // A heading is a line.
                        shown.push_str(if is_below_heading { "\n… " } else { " … " });
                    }
                }
            }
            shown.push_str(self.text.get(start..unit.bytes.end).unwrap_or_default());
            end = Some(unit.bytes.end);
            has_gap = false;
            is_below_heading = unit.form == Form::Heading;
        }
        let is_parted = end
            .and_then(|end| self.text.get(..end))
            .is_some_and(|shown| !shown.ends_with('\n'));
        shown.truncate(shown.trim_end().len());
        if has_gap {
            shown.push_str(if is_parted || shown.ends_with(['.', '!', '?', ':']) {
                " …"
            } else {
                "\n…"
            });
        }
        shown
    }
}

fn end_line(text: &mut String) {
    text.truncate(text.trim_end().len());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lookup::library;
    use crate::lookup::passage::{count, open_fence};
    use crate::lookup::rank::Question;

    fn sought(question: &str) -> Sought {
        let page = "# Ports\n\nThe harbour opens at dawn. Ships anchor.\n";
        let (store, index) = library::in_memory("s", [("a.md", page)]).unwrap();
        let question = Question {
            text: question,
            ..Question::default()
        };
        Sought::of(&index.view(&store).unwrap(), &question).unwrap()
    }

    pub(super) fn excerpt(text: &str, question: &str, tokens: usize) -> Option<String> {
        let sought = sought(question);
        Excerpts::of(text.to_owned(), &[], &sought).within(tokens, &sought)
    }

    #[test]
    fn the_sentence_that_speaks_of_the_question_is_shown_with_marks_for_what_is_not() {
        let text = "# Ports\n\nThe harbour opens at dawn and closes at dusk, every day of the year. Ships anchor in the bay until a \
                    pilot comes aboard. Nobody pays for the first night. Water is brought on demand by the crew of the port.\n";
        assert_eq!(
            excerpt(text, "where do ships anchor?", 18).as_deref(),
            Some("… Ships anchor in the bay until a pilot comes aboard. …")
        );
    }

    #[test]
    fn sentences_end_as_their_script_and_their_writer_end_them() {
        let spaced = "the harbour opens at dawn and closes at dusk, every day of the year . ships anchor in the bay until a pilot comes . nobody pays for the first night, and water is brought by the crew .\n";
        assert_eq!(
            excerpt(spaced, "where do ships anchor?", 18).as_deref(),
            Some("… ships anchor in the bay until a pilot comes . …")
        );
        let ideographs = "港口在黎明时开放，在黄昏时关闭，全年如此。船只 anchor 在海湾里，直到引航员上船为止。第一个晚上没有人付钱，水由港口的船员送来。\n";
        assert_eq!(
            excerpt(ideographs, "anchor", 30).as_deref(),
            Some("… 船只 anchor 在海湾里，直到引航员上船为止。 …")
        );
    }

    #[test]
    fn a_row_comes_with_the_head_of_its_table_and_an_item_whole() {
        let text = "Settings:\n\n| name | means |\n| --- | --- |\n| depth | of the water here |\n| anchor | its weight in tons |\n\n\
                    - one item\n- anchor chains are\n  long\n";
        assert_eq!(
            excerpt(text, "anchor", 36).as_deref(),
            Some(
                "| name | means |\n| --- | --- |\n…\n| anchor | its weight in tons |\n…\n- anchor chains are\n  long"
            )
        );
    }

    #[test]
    fn what_stands_below_a_heading_that_the_citation_does_not_name_comes_with_it() {
        let text = "## Codes\n\nWhat may go wrong.\n\n## Depth\n\nThe water is too shallow for this.\n\n## Mouth\n\n| Ship | Port |\n| --- | --- |\n| all | they anchor |\n\n- Item.\n\n  They anchor at dawn.\n";
        let shown = |question, tokens| excerpt(text, question, tokens).unwrap();
        assert_eq!(
            shown("shallow", 16),
            "## Depth\n\nThe water is too shallow for this. …"
        );
        assert_eq!(
            shown("dawn", 16),
            "## Mouth\n…\n- Item.\n\n  They anchor at dawn."
        );
        assert!(shown("wrong", 8).starts_with("What may go wrong."));
        let parted = "## Codes\n\nWords.\n\n## Depth\n\nThe harbour opens at dawn and closes at dusk, every day of the year, as long as there are ships that call at it or lie there. The water is too shallow for some.\n";
        let shown = excerpt(parted, "shallow", 18).unwrap();
        assert_eq!(shown, "## Depth\n… The water is too shallow for some.");
    }

    #[test]
    fn what_a_container_holds_comes_with_its_title_and_without_its_fences() {
        let filler = "The harbour opens at dawn and closes at dusk, every day of the year.";
        for (first, end) in [
            ("::: warning Of chains", ":::"),
            (":::note[Of chains]", ":::"),
            ("/// note | Of chains", "///"),
        ] {
            for gap in ["\n", "\n\n"] {
                let text = format!(
                    "{filler}\n\n{first}{gap}::: tip{gap}A pilot comes.{gap}:::{gap}Ships anchor in the bay.{gap}{end}\n\nThey leave when all is paid, and not before that.\n"
                );
                let shown = excerpt(&text, "anchor", 22).unwrap();
                assert!(
                    shown.starts_with(first) && shown.contains("Ships anchor in the bay."),
                    "{shown}"
                );
                let shown = excerpt(&text, "leave", 16).unwrap();
                assert_eq!(shown, "They leave when all is paid, and not before that.");
                let shown = excerpt(&text, "pilot", 16).unwrap();
                assert!(
                    shown.contains("A pilot comes.") && !shown.contains("tip"),
                    "{shown}"
                );
            }
        }
        let open = "::: warning Of chains\n\nShips anchor in the bay.\n\nNobody pays for the first night that they lie there.\n";
        let shown = excerpt(open, "anchor", 8).unwrap();
        assert_eq!(shown, "Ships anchor in the bay. …");
    }

    #[test]
    fn what_stands_inside_an_item_comes_with_it() {
        let text = "Settings:\n\n- `depth`\n\n    How deep the water is at low tide, in metres.\n\n- `chain`\n\n  - `links`\n\n    \
                    Of an anchor, how many it has.\n\n    ```sh\n    count\n    ```\n\nMore of it.\n";
        let shown = excerpt(text, "anchor", 34).unwrap();
        for part in ["- `chain`", "- `links`", "Of an anchor"] {
            assert!(shown.contains(part), "{shown}");
        }
        assert!(!shown.contains("depth"), "{shown}");
        // The body alone would fit: under the item above it would be said of that.
        assert!(
            !excerpt(text, "anchor", 12)
                .unwrap_or_default()
                .contains("anchor")
        );
    }

    const OPTIONS: &str = "The options:\n\n`depth`\n: How deep the water is, in metres, where the chart says nothing.\n\n\
        `drag`\n: Whether the ship may drift in the night, as those do that lie in sand or in the mud of a river, or where the \
        ground is of stone. An anchor without a chain does so.\n\n  `force`\n  : Of the current, in knots, as the pilot says.\n\n  \
        Nothing else holds the ship.\n\nAfter the list.\n";

    #[test]
    fn what_is_said_of_a_term_comes_with_it() {
        let shown = |question, tokens| excerpt(OPTIONS, question, tokens).unwrap();
        assert_eq!(
            shown("anchor", 22),
            "`drag` … An anchor without a chain does so. …"
        );
        assert_eq!(
            shown("knots", 30),
            "`drag`\n…\n  `force`\n  : Of the current, in knots, as the pilot says. …"
        );
        let nothing = shown("nothing holds", 20);
        assert!(nothing.contains("`drag`\n…\n  Nothing"), "{nothing}");
        assert!(shown("list", 8).starts_with("After the list."));
    }

    #[test]
    fn a_term_comes_with_the_first_that_is_said_of_it() {
        assert_eq!(
            excerpt(OPTIONS, "drag", 28).as_deref(),
            Some(
                "`drag`\n: Whether the ship may drift in the night, as those do that lie in sand or in the mud of …"
            )
        );
        let more = excerpt(OPTIONS, "drag", 40).unwrap();
        assert!(
            more.contains("mud of a river, or where the ground is of stone."),
            "{more}"
        );
        // The term alone would say nothing.
        assert_eq!(
            excerpt(OPTIONS, "drag", 6).as_deref(),
            Some("The options: …")
        );
    }

    #[test]
    fn what_a_directive_holds_is_text_and_comes_with_its_head() {
        let text = "Methods of ships.\n\n.. py:method:: Ship.anchor(depth)\n   :async:\n\n   Lets the anchor fall to that depth.\n\n   \
            .. note::\n      In mud it drags.\n\n   Call it by night::\n\n       ship.anchor(40)\n\n\
            .. py:method:: Ship.haul()\n\n   Hauls it in. The crew sings.\n\n   .. code-block:: c\n\n      haul(rope);\n\n.. code-block:: python\n\n   mud = 1\n";
        let shown = |question, tokens| excerpt(text, question, tokens);
        assert_eq!(
            shown("drags", 34).as_deref(),
            Some(
                ".. py:method:: Ship.anchor(depth)\n   :async:\n…\n   .. note::\n      In mud it drags. …"
            )
        );
        assert_eq!(
            shown("sings", 22).as_deref(),
            Some(".. py:method:: Ship.haul()\n\n   Hauls it in. The crew sings. …")
        );
        assert_eq!(
            shown("rope", 28).as_deref(),
            Some(".. py:method:: Ship.haul()\n…\n   .. code-block:: c\n\n      haul(rope);\n…")
        );
        assert_eq!(
            shown("python", 14).as_deref(),
            Some(".. code-block:: python\n\n   mud = 1")
        );
    }

    #[test]
    fn what_announces_code_or_a_list_comes_with_it() {
        let text = "Ships anchor like so:\n\n```\nlet chain = ship.anchor(40, Bottom::Mud);\nchain.hold(until::MORNING);\n```\n\n\
            The tide rises by night.\n\nAnchors hold in:\n\n- sand\n- mud\n";
        let shown = |question, tokens| excerpt(text, question, tokens);
        let code = shown("ships", 45).unwrap();
        assert!(
            code.starts_with("Ships anchor like so:\n\n```\nlet chain") && code.contains("MORNING"),
            "{code}"
        );
        assert_eq!(
            shown("hold", 14).as_deref(),
            Some("Anchors hold in:\n\n- sand\n- mud")
        );
        assert_eq!(shown("ships", 14), None);
    }

    #[test]
    fn a_definition_comes_with_its_head_unless_the_citation_says_that() {
        let text = "`ship.depth()`\n\nHow deep the water is.\n\n`ship.drag()`\n\nWhether the ship may drift. An anchor \
            without a chain does so, and those do that lie in sand, in the night or in a strong wind from the land.\n\n- In knots.\n";
        let sought = sought("knots");
        let definitions = [0, text.find("`ship.drag").unwrap()];
        let excerpts = Excerpts::of(text.to_owned(), &definitions, &sought);
        let shown = |tokens| excerpts.within(tokens, &sought).unwrap();
        assert_eq!(shown(14), "`ship.drag()`\n…\n- In knots.");
        assert_eq!(shown(9), "How deep the water is. …");
    }

    #[test]
    fn a_line_without_a_letter_takes_no_room_and_stands_between_its_neighbours_only() {
        let text = "Before.\n\n///\n\nShips anchor here, all of them.\n\n---\n\nWeather comes from the west.\n\n///\n";
        let shown = |tokens| excerpt(text, "ships anchor", tokens).unwrap();
        assert_eq!(shown(12), "Ships anchor here, all of them. …");
        assert_eq!(
            shown(18),
            "Ships anchor here, all of them.\n\n---\n\nWeather comes from the west."
        );
        assert_eq!(excerpt("---\n\n///\n", "ships", 20), None);
    }

    #[test]
    fn what_only_holds_a_place_is_not_shown() {
        let text = ".. _ports:\n\nWhere ships anchor.\n\n.. _ships-anchor:\n\n-  .. _bay:\n\n   In the bay.\n\n.. _anchor: https://h.example/anchor\n";
        let shown = |tokens| excerpt(text, "ships anchor", tokens).unwrap();
        assert_eq!(shown(8), "Where ships anchor. …");
        assert_eq!(
            shown(40),
            "Where ships anchor.\n…\n-  .. _bay:\n\n   In the bay."
        );
        let targets = ".. _ships: https://h.example/ships\n.. _anchor: https://h.example/anchor\n";
        // Where nothing else stands, they are what there is.
        assert!(
            excerpt(targets, "ships anchor", 40)
                .unwrap()
                .contains("/ships")
        );
        let example = "Write it like so:\n\n.. _anchor: https://h.example\n";
        assert_eq!(
            excerpt(example, "anchor", 40).as_deref(),
            Some(example.trim_end())
        );
    }

    #[test]
    fn a_head_without_rows_is_not_shown() {
        let rows = "| a | water |\n".repeat(3);
        let text = format!("| anchor | means |\n| --- | --- |\n{rows}\nAn anchor holds.\n");
        assert_eq!(
            excerpt(&text, "anchor", 12).as_deref(),
            Some("An anchor holds.")
        );
    }

    #[test]
    fn code_is_shown_whole_or_not_at_all() {
        let code = "let anchor = drop(anchor);\n".repeat(20);
        let text = format!("How an anchor is dropped.\n\n```rust\n{code}```\n\nAnd then wait.\n");
        assert_eq!(
            excerpt(&text, "anchor", 30).as_deref(),
            Some("How an anchor is dropped. …")
        );
        let whole = excerpt(&text, "anchor", 400).unwrap();
        assert!(
            whole.contains(&code) && open_fence(&whole).is_none(),
            "{whole}"
        );
    }

    #[test]
    fn without_a_word_of_the_question_the_beginning_is_shown() {
        let text = "# Title\n\nFirst sentence here.\n\nSecond paragraph, which is somewhat longer than the first one was.\n";
        assert_eq!(
            excerpt(text, "quokka", 10).as_deref(),
            Some("First sentence here. …")
        );
        assert_eq!(excerpt(&"word ".repeat(100), "quokka", 10), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_excerpt_is_never_longer_than_asked_and_made_of_the_text(
            parts in prop::collection::vec("([a-z]{1,8}[ .]){1,12}\n{1,2}|```\n[a-z\n]{0,40}\n```\n|\\| a \\| b \\|\n|- anchor [a-z]{0,9}\n|[a-z]{1,9}\n( {0,2}: [a-z ]{1,9}\n)?|(   )?\\.\\. (code|[a-z]{1,5}):: [a-z]{0,6}\n\n?( {3,7}[a-z ]{1,20}\n){1,3}|# T\n|é{1,9}\n", 0..20),
            tokens in 0usize..120,
        ) {
            let text = parts.concat();
            if let Some(shown) = excerpt(&text, "anchor ships", tokens) {
                // The marks of gaps are counted roughly, two tokens each.
                prop_assert!(count(&shown) <= tokens + 8, "{shown}");
                let pieces = shown.split('…').map(str::trim).filter(|piece| !piece.is_empty());
                for piece in pieces {
                    prop_assert!(text.contains(piece), "{piece:?} of {text:?}");
                }
            }
        }
    }
}
