//! Digests of Markdown, prose and differences: whole blocks, sentences word for word, every file; in budget, from any text.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mrconductor::distill::{
    DistillError, Distilled, Kind, Legend, Level, Request, TRAILER_TOKENS, distill, unpack,
};
use mrconductor::tokens::{Encoding, count};
use proptest::prelude::*;
use serde_json::json;

use crate::harness::{Conductor, mrconductor, text};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn digested(text: &str, query: Option<&str>, budget: Option<usize>) -> Distilled {
    try_digest(text, query, budget).unwrap()
}

fn try_digest(
    text: &str,
    query: Option<&str>,
    budget: Option<usize>,
) -> Result<Distilled, DistillError> {
    distill(&Request {
        query,
        budget,
        ..Request::new(text, "h7", Level::Digest)
    })
}

#[test]
fn a_page_without_a_question_is_its_headings_with_their_first_sentences() {
    let page = fixture("lantern.md");
    let shown = digested(&page, None, None);
    assert_eq!(shown.kind, Kind::Markdown);
    assert!(shown.tokens_out * 4 <= shown.tokens_in, "{}", shown.text);
    let mut is_code = false;
    for line in page.lines() {
        is_code ^= line.starts_with("```");
        if line.starts_with('#') && !is_code {
            assert!(shown.text.contains(line), "{line}\n{}", shown.text);
        }
    }
    assert!(
        shown
            .text
            .contains("Lantern keeps a lamp burning while a job runs"),
        "{}",
        shown.text
    );
}

#[test]
fn a_question_brings_whole_blocks_and_the_headings_above_them() {
    let page = fixture("lantern.md");
    let shown = digested(&page, Some("how do I dim the lamp at night"), None).text;
    for part in [
        "# Lantern",
        "### Night mode",
        "```toml\n[night]\nfrom = \"22:00\"\nuntil = \"06:30\"\nbrightness = 15\n```",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    // A row is nothing without the head of its table.
    let shown = digested(&page, Some("exit code 7"), None).text;
    assert!(
        shown.contains("| Code | Meaning | What to do |\n|---|---|---|\n"),
        "{shown}"
    );
    assert!(
        shown.contains("| 7 | the socket is taken | stop the other keeper |\n"),
        "{shown}"
    );
}

#[test]
fn prose_is_shown_in_its_own_sentences() {
    let prose = fixture("harbour.txt");
    for query in [None, Some("who pays for the pilot")] {
        let shown = digested(&prose, query, None);
        assert_eq!(shown.kind, Kind::Text);
        assert!(shown.tokens_out * 2 <= shown.tokens_in, "{}", shown.text);
        assert_sentences(&prose, &shown.text);
    }
    let shown = digested(&prose, Some("who pays for the pilot"), None).text;
    assert!(
        shown.contains("The pilot is paid by the owner, 312.50\ncrowns for each tide"),
        "{shown}"
    );
}

/// Checks that what is shown of `source` stands there, behind the right number.
fn assert_sentences(source: &str, shown: &str) {
    let lines: Vec<&str> = source.lines().collect();
    let mut number = 0;
    for (at, line) in shown.lines().enumerate().skip(1) {
        let numbered = line.split_once(": ").and_then(|(number, rest)| {
            let number: usize = number.parse().ok()?;
            Some((number, rest))
        });
        let rest = if let Some((first, rest)) = numbered {
            assert!(first > number, "line {at}: {shown}");
            number = first;
            rest
        } else {
            number += 1;
            line
        };
        for part in rest.split(" … ") {
            assert!(
                lines[number - 1].contains(part.trim_end()),
                "line {number} is not {part}\n{shown}"
            );
        }
    }
}

#[test]
fn a_difference_names_every_file_and_shows_what_changed() {
    let diff = fixture("keeper.diff");
    let shown = digested(&diff, None, None);
    assert_eq!(shown.kind, Kind::Diff);
    for part in [
        "commit 7c1d9e0b52aa keeper: wait for the socket ~",
        "src/keeper.c +",
        "docs/keys.md rename from docs/notes.md",
        "@@ 49 static int take_socket(const char *path)\n",
    ] {
        assert!(shown.text.contains(part), "{part}\n{}", shown.text);
    }
    let asked = digested(&diff, Some("backoff of the retry"), None).text;
    assert!(
        asked.contains("+        delay_ms = delay_ms * 2 + jitter(path);\n"),
        "{asked}"
    );
    for line in asked.lines().filter(|line| line.starts_with(['+', '-'])) {
        assert!(diff.contains(line), "{line}\n{asked}");
    }
}

#[test]
fn a_difference_without_what_it_says_twice_gives_every_byte_back() {
    let diff = fixture("keeper.diff");
    let shown = distill(&Request::new(&diff, "h7", Level::Exact)).unwrap();
    assert!(shown.codecs.contains(&"diff"), "{:?}", shown.codecs);
    assert!(
        shown.tokens_out * 4 <= shown.tokens_in * 3,
        "{}",
        shown.text
    );
    assert_eq!(
        unpack(&shown.text, &Legend::default(), diff.len()),
        Some(diff)
    );
}

#[test]
fn budgets_are_kept_to_the_token() {
    for name in ["lantern.md", "harbour.txt", "keeper.diff"] {
        let text = fixture(name);
        for query in [None, Some("night socket pilot")] {
            for budget in (90..900).step_by(90) {
                let shown = digested(&text, query, Some(budget));
                let tokens = count(Encoding::O200k, &shown.text);
                assert_eq!(tokens, shown.tokens_out);
                assert!(
                    tokens + TRAILER_TOKENS <= budget || shown.is_untouched(),
                    "{name} {budget}: {}",
                    shown.text
                );
            }
        }
    }
}

/// Pieces of documents in any order.
fn torn_document() -> impl Strategy<Value = String> {
    let lines: Vec<String> = ["lantern.md", "harbour.txt", "keeper.diff"]
        .iter()
        .flat_map(|name| {
            let text = fixture(name);
            text.split_inclusive('\n')
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let piece = prop_oneof![
        6 => prop::sample::select(lines),
        1 => "[#>*`~|+@: \t\\-]{0,10}\n?",
        1 => "\\PC{0,12}\n?",
        1 => Just("\r\n".to_owned()),
        1 => Just("diff --git a/x b/x\n@@ -1,9 +1,9 @@\n".to_owned()),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_shortened_or_left(text in torn_document(), asks in any::<bool>(), budget in prop::option::of(95_usize..600)) {
        let query = asks.then_some("lamp pilot socket");
        match try_digest(&text, query, budget) {
            Ok(shown) => {
                prop_assert!(shown.tokens_out <= shown.tokens_in);
                prop_assert!(budget.is_none_or(|budget| shown.tokens_out <= budget));
            }
            Err(DistillError::OverBudget { .. } | DistillError::BudgetTooSmall { .. }) => {}
        }
    }

    #[test]
    fn no_fence_is_ever_cut(sections in prop::collection::vec((0_usize..30, 1_usize..4), 6..30), budget in prop::option::of(120_usize..900)) {
        let mut page = String::new();
        for (number, (lines, level)) in sections.iter().enumerate() {
            let _ = write!(page, "{} Part {number}\n\nThis is how part {number} is done:\n\n```sh\n", "#".repeat(*level));
            for line in 0..*lines {
                let _ = writeln!(page, "run --part {number} --line {line}");
            }
            page.push_str("```\n\n");
        }
        // What was packed holds all of it.
        let shown = digested(&page, Some("part 3 line 2"), budget);
        prop_assume!(shown.level == Level::Digest);
        let blocks: Vec<&str> = shown.text.split("```").skip(1).step_by(2).collect();
        prop_assert_eq!(shown.text.matches("```").count() % 2, 0, "{}", shown.text);
        for block in blocks {
            prop_assert!(page.contains(block), "{}", block);
        }
    }
}

#[test]
fn an_agent_asks_a_page_and_reads_the_rest_by_its_lines() {
    let mut conductor = Conductor::ready();
    let arguments = json!({
        "text": fixture("lantern.md"), "level": "digest", "query": "how do I dim the lamp at night"
    });
    let shown = conductor.call("distill", arguments);
    assert!(text(&shown).contains("brightness = 15"), "{shown}");
    assert!(text(&shown).contains("## Exit codes ~"), "{shown}");
    let (_, rest) = text(&shown).split_once("## Exit codes ~").unwrap();
    let lines = rest.split_whitespace().next().unwrap();
    let restored = conductor.call("restore", json!({"handle": "h1", "lines": lines}));
    assert!(
        text(&restored).contains("| 7 | the socket is taken"),
        "{restored}"
    );
}

#[test]
fn a_file_of_prose_and_a_difference_are_read_on_the_command_line() {
    let home = tempfile::TempDir::new().unwrap();
    let run = |name: &str| {
        let args = ["distill", "--level", "digest"];
        let output = mrconductor(home.path(), &args, fixture(name).as_bytes());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run("harbour.txt").contains("[digest text: "));
    assert!(run("keeper.diff").contains("[digest diff: "));
}
