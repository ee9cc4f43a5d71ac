//! `docs_read` as an IDE calls it.

use serde_json::json;

use crate::docs::home_with_manual;
use crate::docs_search::with_manual;
use crate::harness::{json_of, run, text};

#[test]
fn a_section_is_read_by_its_reference_and_a_page_by_the_end_of_its_path() {
    let mut conductor = with_manual();
    let section = conductor.call("docs_read", json!({"ref": "manual:install.md#on-a-ship"}));
    insta::assert_snapshot!("docs_read-section", text(&section));
    let page = conductor.call("docs_read", json!({"ref": "anchor_drop"}));
    assert!(
        text(&page).contains("## manual:reference/anchor_drop.md\n"),
        "{page}"
    );
    let lines = conductor.call("docs_read", json!({"ref": "install.md", "lines": "3-3"}));
    assert!(
        text(&lines).contains("\nDownload the archive, unpack it and run `setup --quick`.\n```"),
        "{lines}"
    );
}

#[test]
fn what_does_not_fit_comes_as_an_outline_and_as_much_as_fits() {
    let mut conductor = with_manual();
    let page = conductor.call(
        "docs_read",
        json!({"ref": "manual:install.md", "max_tokens": 200}),
    );
    assert!(text(&page).len() < 1_000);
    let wrong = conductor.call(
        "docs_read",
        json!({"ref": "manual:install.md", "lines": "900"}),
    );
    assert_eq!(wrong["isError"], true);
    assert!(
        text(&wrong).contains("hint: give lines as `120-200`, within 1-7"),
        "{wrong}"
    );
}

#[test]
fn a_file_with_a_mark_in_its_name_is_read_by_the_reference_that_a_search_gives() {
    let home = home_with_manual();
    let home = home.path();
    std::fs::write(
        home.join("manual/c#-guide.md"),
        "# C sharp\n\nwalrus\n\n## Use\n\nA tusk.\n",
    )
    .unwrap();
    run(home, &["docs", "add", "manual"]);
    let found = json_of(home, &["docs", "search", "walrus tusk"]);
    let results = found["results"].as_array().unwrap();
    assert!(!results.is_empty(), "{found}");
    for result in results {
        let reference = result["ref"].as_str().unwrap();
        let (_, err, code) = run(home, &["docs", "read", reference]);
        assert_eq!(code, Some(0), "{reference}: {err}");
    }
    let (page, err, _) = run(home, &["docs", "read", "c#-guide.md#use"]);
    assert!(
        page.contains("A tusk.") && !page.contains("walrus"),
        "{page}{err}"
    );
}

#[test]
fn an_error_holds_no_more_than_the_beginning_of_a_long_reference() {
    let mut conductor = with_manual();
    let long = "x".repeat(100_000);
    let unknown = conductor.call("docs_read", json!({"ref": long}));
    assert!(text(&unknown).len() < 1_000 && text(&unknown).contains('…'));
    let source = conductor.call("docs_read", json!({"ref": format!("{long}:a.md")}));
    assert!(text(&source).len() < 1_000, "{}", text(&source).len());
}
