//! `docs_read` as an IDE calls it.

use serde_json::json;

use crate::docs_search::with_manual;
use crate::harness::text;

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
