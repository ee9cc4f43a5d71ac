//! Long items and rows of tables, cut as paragraphs are: what begins one names what all of it is said of.

use std::ops::Range;

use super::sentences::{SENTENCES_FROM_BYTES, part_first, sentences};
use super::terms::is_entry;
use super::units::{Form, Line, Unit};

/// Cuts the block at `bytes`, which begins with `line`, into its sentences, if it is a long item or row, and tells whether the
/// second of these parts is the rest of the first sentence.
pub(super) fn parts(text: &str, bytes: Range<usize>, line: Line<'_>) -> (Vec<Range<usize>>, bool) {
    let block = text.get(bytes.clone()).unwrap_or_default();
    let may_be = line.is_row() || line.begins_item() || is_entry(line);
    // An item may hold a table.
    let has_rows = || block.contains("\n|") || block.contains(" |\n") && !line.is_row();
    if block.len() < SENTENCES_FROM_BYTES || !may_be || has_rows() {
        return (vec![bytes], false);
    }
    let mut parts = sentences(text, bytes);
    let is_parted = part_first(text, &mut parts);
    (parts, is_parted)
}

/// Returns the beginning of the item or row that the unit numbered `at` goes on with.
pub(super) fn begun(units: &[Unit], at: usize) -> Option<usize> {
    let unit = units.get(at).filter(|unit| unit.goes_on.is_some())?;
    let is_block = |at: &usize| units.get(*at).is_some_and(|unit| unit.form == Form::Block);
    unit.under.filter(is_block)
}

#[cfg(test)]
mod tests {
    use super::super::tests::excerpt;

    const ITEMS: &str = "Codes of a ship are these, and no others.\n\n- `LOST`: The anchor is lost. Status: 404.\n\
        - `ANCHOR_DRAGS`: The ship moves though its anchor lies in the ground, as it does in mud, in sand and in weed. By night \
        nobody sees it, for the crew sleeps. In a strong wind it is faster than a man can walk. Status: 409.\n\
        - `TANGLED`: The anchor lies upon another one. Status: 423.\n";
    const ROWS: &str = "| Code | Means |\n| --- | --- |\n| `LOST` | The anchor is lost. Status: 404. |\n\
        | `ANCHOR_DRAGS` | The ship moves. By night nobody sees it, for the crew sleeps. In a strong wind it is faster than a man can \
        walk, and than most of those can swim that are on board. Status: 409. |\n| `TANGLED` | It lies upon another one. Status: 423. |\n";

    #[test]
    fn of_a_long_item_or_row_that_is_asked_for_what_names_it_and_what_is_asked_is_shown() {
        for (text, begins) in [
            (ITEMS, "- `ANCHOR_DRAGS`: The ship moves"),
            (ROWS, "| `ANCHOR_DRAGS` | The ship moves."),
        ] {
            let shown = excerpt(text, "which status has ANCHOR_DRAGS?", 50).unwrap();
            assert!(
                shown.contains(begins) && shown.contains("Status: 409."),
                "{shown}"
            );
            assert!(!shown.contains("423") && !shown.contains("404"), "{shown}");
        }
    }

    #[test]
    fn no_part_of_an_item_or_row_is_shown_without_its_beginning() {
        for text in [ITEMS, ROWS] {
            for question in ["wind", "status", "night", "sleeps"] {
                for tokens in (4..120).step_by(9) {
                    let shown = excerpt(text, question, tokens).unwrap_or_default();
                    let parts = ["Status: 409", "By night", "In a strong"];
                    let has_part = parts.iter().any(|part| shown.contains(part));
                    assert!(!has_part || shown.contains("`ANCHOR_DRAGS`"), "{shown}");
                    let has_row = shown.contains("| `");
                    assert!(!has_row || shown.contains("| Means |"), "{shown}");
                }
            }
        }
    }

    #[test]
    fn the_beginning_of_a_row_ends_in_no_tag_and_in_no_address() {
        let more = "By night nobody sees it, for the crew sleeps, and so does the pilot whom they took on board. ".repeat(3);
        for name in [
            "<a id=\"opt-ships-anchor\" href=\"#opt-ships-anchor\" title=\"#opt-ships-anchor of ships\">`ships.anchor`</a>",
            "[all the ships](https://harbour.example/of/ships/that/lie/at anchor/in/the/bay/and/beyond/it) `ships.anchor`",
        ] {
            let text = format!(
                "| Option | Means |\n| --- | --- |\n| {name} | Whether it drags. {more} | `40s` |\n"
            );
            for tokens in (4..140).step_by(9) {
                let shown = excerpt(&text, "anchor", tokens).unwrap_or_default();
                assert!(
                    shown.is_empty() || shown.contains("`ships.anchor`"),
                    "{shown}"
                );
            }
        }
    }
}
