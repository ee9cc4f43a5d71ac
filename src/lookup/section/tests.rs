#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "a test builds its small texts the plain way"
)]

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::lookup::passage::open_fence;
use crate::lookup::{format, library};
use crate::store::Store;

fn cut_file(path: &str, text: &str) -> (Document, Cut) {
    let document = format::read_text(path, text).unwrap().first;
    let (_, cut) = cut(&document, "page");
    (document, cut)
}

#[test]
fn a_page_without_a_title_is_called_as_its_file_without_what_says_how_that_is_kept() {
    for (file, title) in [
        ("Data.Rope.Types.html", "Data.Rope.Types"),
        ("deck.rst.txt", "deck"),
        ("README", "README"),
    ] {
        assert_eq!(format::title_of(file), title);
    }
}

#[test]
fn a_page_is_called_by_its_first_heading_unless_that_is_one_of_several_below_the_title_of_a_page() {
    let called = |text: &str| {
        let document = format::read_text("p.md", text).unwrap().first;
        let (title, cut) = cut(&document, "page");
        let crumbs = cut.sections.into_iter().map(|section| section.breadcrumb);
        (title, crumbs.collect::<Vec<_>>())
    };
    let words = "Words about the harbour and its ropes. ".repeat(20);
    let several = format!("{words}\n\n## Add\n\n{words}\n\n## Use\n\n{words}\n");
    let crumbs = ["page", "page › Add", "page › Use"].map(str::to_owned);
    assert_eq!(called(&several), ("page".to_owned(), crumbs.to_vec()));
    for (text, title) in [
        ("## Alone\n\n### A\n\n### B\n", "Alone"),
        ("# One\n\n# Two\n", "One"),
        ("Words.\n\n# One\n", "One"),
        ("Words.\n\n## Steps\n\nMore.\n", "page"),
    ] {
        assert_eq!(called(text).0, title);
    }
}

#[test]
fn a_page_that_says_nothing_has_no_sections() {
    for text in [
        "",
        "\n",
        "---\ntitle: Ropes\nweight: 10\n---\n",
        "---\ntitle: Ropes\n---\n\n<!-- todo -->\n",
    ] {
        let (_, cut) = cut_file("p.md", text);
        assert_eq!(cut.sections, [], "{text:?}");
    }
}

#[test]
fn a_section_begins_where_something_is_to_be_read() {
    let (_, cut) = cut_file(
        "p.md",
        "---\ntitle: X\n---\n\n# Bells\n\nRing them at noon.\n",
    );
    let first = cut.sections.first().unwrap();
    assert_eq!(
        (
            first.anchor.as_str(),
            first.lines,
            first.breadcrumb.as_str()
        ),
        ("bells", (5, 7), "X › Bells")
    );
    let (document, cut) = cut_file("p.html", "<pre>\n\n\nring()\n</pre>\n");
    assert_eq!(document.text, "```\nring()\n```\n");
    assert_eq!(cut.sections.first().unwrap().lines.0, 4);
}

#[test]
fn the_first_of_several_headings_is_no_parent_of_the_others() {
    let words = "Words about the harbour and its ropes. ".repeat(20);
    let crumbs = |path: &str, text: &str| -> Vec<String> {
        let document = format::read_text(path, text).unwrap().first;
        let (title, cut) = cut(&document, "page");
        let sections = cut.sections.into_iter();
        std::iter::once(title)
            .chain(sections.map(|section| section.breadcrumb))
            .collect()
    };
    let markdown = format!("# One\n\n{words}\n\n## Within\n\n{words}\n\n# Two\n\n{words}\n");
    assert_eq!(
        crumbs("p.md", &markdown),
        ["One", "One", "One › Within", "Two"]
    );
    assert_eq!(
        crumbs("p.md", &format!("---\ntitle: Quokka\n---\n{markdown}")),
        [
            "Quokka",
            "Quokka › One",
            "Quokka › One › Within",
            "Quokka › Two"
        ]
    );
    let rst = format!("One\n===\n\n{words}\n\nTwo\n===\n\n{words}\n");
    assert_eq!(crumbs("p.rst", &rst), ["One", "One", "Two"]);
    let html = format!("<h1>One</h1><p>{words}<h1>Two</h1><p>{words}");
    assert_eq!(crumbs("p.html", &html), ["One", "One", "Two"]);
    assert_eq!(
        crumbs("p.html", &format!("<title>The Quokka | Docs</title>{html}")),
        ["The Quokka", "The Quokka › One", "The Quokka › Two"]
    );
    let one = format!("<title>The Quokka | Docs</title><h1>One</h1><p>{words}<h2>Two</h2>");
    assert_eq!(crumbs("p.html", &one), ["One", "One"]);
}

/// The sections of a page as a snapshot shows them.
fn shown(document: &Document) -> String {
    let (title, cut) = cut(document, "page");
    let mut shown = format!("title: {title}\n");
    for entry in &cut.outline {
        shown += &format!("{} {} #{}\n", entry.level, entry.title, entry.anchor);
    }
    for section in &cut.sections {
        let text = document.text.get(section.bytes.0..section.bytes.1).unwrap();
        shown += &format!(
            "=== #{}~{} lines {}-{} | {} | defines {:?}\n{}{text}{}",
            section.anchor,
            section.part,
            section.lines.0,
            section.lines.1,
            section.breadcrumb,
            section.symbols.lines().collect::<Vec<_>>(),
            section.before,
            section.after
        );
    }
    shown
}

/// Pages of each format that is text with sections.
const PAGES: [&str; 8] = [
    "guide.md",
    "components.mdx",
    "site.html",
    "reference.rst",
    "manual.adoc",
    "notes.txt",
    "haul.1",
    "belay.3",
];

#[test]
fn a_page_is_cut_in_the_store_as_it_was_when_it_was_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lookup");
    let store = Store::in_memory().unwrap();
    let source = store.keep_source("s", "").unwrap();
    for name in PAGES {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let page = library::page_of_text(name, &text);
        store
            .keep_pages(source, std::slice::from_ref(&page))
            .unwrap();
        let row = store.pages_at(None, name).unwrap().remove(0);
        let cut = store.cut(row.id).unwrap();
        assert_eq!((cut.outline, cut.sections), (page.outline, page.sections));
    }
}

#[test]
fn every_format_is_cut_as_its_snapshot_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lookup");
    for name in PAGES {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let document = format::read_text(name, &text).unwrap().first;
        insta::with_settings!({snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, shown(&document));
        });
    }
}

#[test]
fn a_table_too_long_is_split_by_rows_under_its_head() {
    let rows: String = (0..400)
        .map(|row| format!("| {row} | some words that fill the row |\n"))
        .collect();
    let (document, cut) = cut_file(
        "t.md",
        &format!("# T\n\n| No | Words |\n| --- | --- |\n{rows}"),
    );
    assert!(cut.sections.len() > 3);
    for section in &cut.sections {
        let text = document.text.get(section.bytes.0..section.bytes.1).unwrap();
        assert!(
            format!("{}{text}", section.before).contains("| No | Words |\n| --- | --- |\n"),
            "{text}"
        );
    }
}

#[test]
fn headings_above_a_heading_are_no_section_and_the_nearest_is_its_title() {
    let words = "Words about the harbour and its ropes. ".repeat(20);
    let cited = |path: &str, text: &str| -> Vec<String> {
        let (_, cut) = cut_file(path, text);
        let sections = cut.sections.iter();
        sections
            .map(|section| {
                format!(
                    "{} #{} {}",
                    section.breadcrumb, section.anchor, section.title
                )
            })
            .collect()
    };
    let expected = ["Ship › Log › Book #book Book", "Ship › Tide #tide Tide"];
    let markdown = format!(
        "# Ship\n\n## Log\n<a class=\"b\"></a>\n\n### Book\n\n{words}\n\n## Tide\n\n{words}\n"
    );
    assert_eq!(cited("p.md", &markdown), expected);
    let html = format!("<h1>Ship</h1><h2>Log</h2><h3>Book</h3><p>{words}<h2>Tide</h2><p>{words}");
    assert_eq!(cited("p.html", &html), expected);
    let rst = format!(
        "====\nShip\n====\n\n.. _log:\n\nLog\n===\n\nBook\n----\n\n{words}\n\nTide\n====\n\n{words}\n"
    );
    assert_eq!(cited("p.rst", &rst), expected);
    // What stands under several headings is called after what is above all of them.
    let short = "# Ship\n\n## Log\n\nWords.\n\n## Tide\n\nWords.\n";
    assert_eq!(cited("p.md", short), ["Ship #ship Ship"]);
    let text = format!("# Ship\n\n{words}\n\n## Log\n\n{words}\n");
    assert_eq!(
        cited("p.md", &text),
        ["Ship #ship Ship", "Ship › Log #log Log"]
    );
}

#[test]
fn words_that_announce_what_follows_are_not_parted_from_it() {
    for announced in [
        "Prime the pump like so:",
        "Warning",
        "::: tip How it is primed",
    ] {
        let filler = "The pump has a valve and a handle of oak. ".repeat(36);
        let code = "prime(pump, valve);\n".repeat(30);
        let page = format!("# Pump\n\n{filler}\n\n{announced}\n\n```\n{code}```\n\nEnd.\n");
        let (document, cut) = cut_file("p.md", &page);
        let texts = cut.sections.iter().map(|section| section.bytes);
        let texts: Vec<&str> = texts
            .map(|(start, end)| document.text.get(start..end).unwrap())
            .collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[1].starts_with(announced), "{}", texts[1]);
        assert!(texts[0].ends_with("of oak. \n\n"), "{}", texts[0]);
    }
}

#[test]
fn code_too_long_is_cut_at_line_ends_between_fences() {
    let code = "let answer = forty_two(of, everything);\n".repeat(400);
    let (document, cut) = cut_file("c.md", &format!("# C\n\n```rust\n{code}```\n\nAfter.\n"));
    assert!(cut.sections.len() > 3);
    for section in &cut.sections {
        let text = document.text.get(section.bytes.0..section.bytes.1).unwrap();
        let quoted = format!("{}{text}{}", section.before, section.after);
        assert!(
            section.tokens < 1_000 && open_fence(&quoted).is_none(),
            "{quoted}"
        );
    }
}

fn fragment() -> impl Strategy<Value = String> {
    let words = "[a-zA-Z_.,()é ]{0,200}";
    prop_oneof![
        words.prop_map(|words| format!("{words}\n\n")),
        (1usize..6, "[a-z `(]{1,20}")
            .prop_map(|(level, title)| format!("{} {title}\n\n", "#".repeat(level))),
        ("[a-z#|\\- ]{0,60}", 0usize..120).prop_map(|(line, times)| format!(
            "```sh\n{}```\n\n",
            format!("{line}\n").repeat(times)
        )),
        (1usize..60)
            .prop_map(|rows| format!("| a | b |\n| - | - |\n{}\n", "| x | y |\n".repeat(rows))),
        (words, 1usize..30)
            .prop_map(|(words, items)| format!("{}\n", format!("- {words}\n").repeat(items))),
    ]
}

proptest! {
#![proptest_config(ProptestConfig::with_cases(64))]

#[test]
fn sections_cover_the_page_and_leave_no_fence_open(fragments in prop::collection::vec(fragment(), 0..12)) {
    let (document, cut) = cut_file("p.md", &fragments.concat());
    let mut end = 0;
    for section in &cut.sections {
        prop_assert_eq!(section.bytes.0, end);
        end = section.bytes.1;
        let text = document.text.get(section.bytes.0..section.bytes.1).unwrap();
        let quoted = format!("{}{text}{}", section.before, section.after);
        prop_assert!(open_fence(&quoted).is_none(), "{}", quoted);
    }
    prop_assert_eq!(end, document.text.len());
}

#[test]
fn no_input_panics_in_any_format(text in "[ -~\n=#`<>/|.:*\u{e9}\u{200b}\\-]{0,400}") {
    for path in ["a.md", "a.mdx", "a.html", "a.rst", "a.adoc", "a.txt"] {
        let (document, cut) = cut_file(path, &text);
        prop_assert_eq!(cut.sections.last().map_or(0, |section| section.bytes.1), document.text.len());
    }
}
}
