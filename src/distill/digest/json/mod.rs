//! The digest of JSON: each key with the types and the statistics of its values, the rows that tell most, and the paths
//! of the rest.
//!
//! ```text
//! #digest of json: …
//! total: 100
//! items [100]                                  an array of 100
//!   id number, all distinct, 101..200
//!   state text: open×60, closed×40
//!   labels [0-4], 231 items                    in each, 0 to 4
//!     name text, 14 distinct, api..ui
//!   pull_request in 12 of 100                  a key that some lack
//! items[0] {id:101 state:open labels:[] …}
//! ~h7:items[1-98]                              left out: restore h7, path items[1-98]
//! items[99] {id:200 …}
//! ```

mod rows;
mod schema;

use self::schema::{Schema, outline};
use super::super::strategy::json::Document;
use super::super::{Kind, Request};
use super::summary::Summary;

/// Bytes of text for each token of a digest without a budget, and for each of a digest of a short text.
const PART: usize = 12;

/// Tokens below which a digest may be a larger part of its text.
const SHORT_TOKENS: usize = 5_000;

/// Returns the digest, or `None` if the text is not JSON that can be outlined.
pub(super) fn digest(request: &Request<'_>, kind: Kind, tokens_in: usize) -> Option<String> {
    let lines = kind == Kind::JsonLines;
    let document = Document::parse(request.text, lines)?;
    let root = document.root;
    let in_lines = lines && document.edges(root).len() == request.text.lines().count();
    (in_lines || !lines).then_some(())?;
    let mut schema = Schema::default();
    schema.add(&document, root);
    let handle = request.handle;
    let rest = if lines {
        format!("~{handle}:2-9 = lines left out, restore {handle} gives them")
    } else {
        format!("~{handle}:k[2-9] = left out, restore {handle} path=k[2-9] gives it")
    };
    let header = format!(
        "#digest of {}: each key, its type and values (×times, least..greatest), then rows; {rest}\n",
        kind.name()
    );
    let lists = rows::lists(&document, request, lines);
    let outline = Box::new(|detail| outline(&schema, detail));
    let target = if tokens_in < SHORT_TOKENS {
        tokens_in / 3
    } else {
        tokens_in / PART
    };
    Summary {
        header,
        outline,
        lists,
    }
    .write(request, target)
}

#[cfg(test)]
mod tests {
    use super::super::super::{Distilled, Level, distill};
    use super::*;
    use crate::distill::part;

    fn digested(text: &str, budget: Option<usize>, query: Option<&str>) -> Distilled {
        let request = Request {
            query,
            budget,
            ..Request::new(text, "h7", Level::Digest)
        };
        distill(&request).unwrap()
    }

    /// A page of an API, with one value that is rare, one number that stands out and one key that most rows lack.
    fn page(end: &str) -> String {
        let item = |number: usize| {
            let state = ["open", "closed", "open"].get(number % 3).unwrap();
            let state = if number == 71 { "stuck" } else { state };
            let took = if number == 40 {
                90_000
            } else {
                10 + number * 7 % 50
            };
            let labels: Vec<_> = (0..number % 3)
                .map(|n| format!("{{\"name\":\"l{n}\",\"rank\":{}}}", n * number))
                .collect();
            let note = if number.is_multiple_of(25) {
                ",\"note\":null"
            } else {
                ""
            };
            let title = format!("Title number {number}, {}", "word ".repeat(number % 7));
            format!(
                "{{\"id\":{},\"title\":\"{title}\",\"state\":\"{state}\",\"ms\":{took},\"owner\":{{\"login\":\"u{}\",\"bot\":false}},\"labels\":[{}]{note}}}",
                number + 500,
                number * number % 97,
                labels.join(",")
            )
        };
        (0..100).map(item).collect::<Vec<_>>().join(end)
    }

    #[test]
    fn every_key_is_told_with_its_types_and_exact_numbers() {
        let text = format!("{{\"total\":100,\"items\":[{}]}}", page(","));
        let shown = digested(&text, None, None).text;
        let outline: Vec<&str> = shown
            .lines()
            .skip(1)
            .take_while(|line| !line.starts_with("items[0]"))
            .collect();
        assert_eq!(
            outline,
            [
                "total: 100",
                "items [100]",
                "  id number, all distinct, 500..599",
                "  title text, all distinct, Title number 0, ..Title number 99, word ",
                "  state text: open×66, closed×33, stuck×1",
                "  ms number, 51 distinct, 10..90000",
                "  owner",
                "    login text, 49 distinct, u0..u96",
                "    bot bool: false×100",
                "  labels [0-2], 99 items",
                "    name text: l0×66, l1×33",
                "    rank number, 34 distinct, 0..98",
                "  note null in 4 of 100",
            ],
            "{shown}"
        );
        for row in [
            "items[0] {id:500 ",
            "items[99] {id:599 ",
            "items[71] {id:571 ",
            "items[40] {id:540 ",
        ] {
            assert!(shown.contains(&format!("\n{row}")), "{row}: {shown}");
        }
        assert!(shown.contains("\n~h7:items[41-70]\n"), "{shown}");
        let part = part::json(&text, "items[41-70]").unwrap();
        assert!(
            part.starts_with("{\"id\":541,") && part.contains("\"id\":570,"),
            "{part}"
        );
        assert!(!part.contains("\"id\":571"), "{part}");
    }

    #[test]
    fn a_budget_is_kept_and_a_query_decides_which_rows_are_shown() {
        let text = format!("{{\"items\":[{}]}}", page(","));
        for budget in [91, 100, 120, 160, 250, 400, 1000, 2500] {
            let result = digested(&text, Some(budget), Some("u61"));
            assert!(
                result.tokens_out + super::super::TRAILER_TOKENS <= budget,
                "{budget}: {}",
                result.text
            );
        }
        let shown = digested(&text, Some(900), Some("word 13,")).text;
        assert!(shown.contains("\nitems[0] "), "{shown}");
        let shown = digested(&text, Some(900), Some("512,")).text;
        assert!(!shown.contains("\nitems[57] {"), "{shown}");
    }

    #[test]
    fn documents_one_a_line_are_left_out_by_lines() {
        let shown = digested(&page("\n"), None, None).text;
        assert!(shown.starts_with("#digest of jsonl: "), "{shown}");
        for lines in [
            "\n[100]\nid number, all distinct, 500..599\n",
            "\n1 {id:500 ",
            "\n~h7:42-71\n72 {id:571 ",
        ] {
            assert!(shown.contains(lines), "{lines}: {shown}");
        }
    }

    #[test]
    fn keys_that_are_data_are_a_list() {
        let events: Vec<_> = (0..60)
            .map(|n| {
                format!(
                    "\"{}\":{{\"id\":{},\"name\":\"Event {n}\"}}",
                    1000 + n * n,
                    1000 + n * n
                )
            })
            .collect();
        let text = format!("{{\"events\":{{{}}},\"by name\":1}}", events.join(","));
        let shown = digested(&text, None, None).text;
        assert!(
            shown.contains("  id number, all distinct, 1000..4481\n  name text, all distinct, Event 0..Event 9\n"),
            "{shown}"
        );
        assert!(shown.contains("\n\"by name\": 1\n"), "{shown}");
        assert!(
            shown.contains("\nevents.1000 {id:1000 name:\"Event 0\"}\n"),
            "{shown}"
        );
    }
}
