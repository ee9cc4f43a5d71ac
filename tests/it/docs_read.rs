//! `docs_read` as an IDE calls it.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::docs::home_with_manual;
use crate::docs_search::with_manual;
use crate::harness::{Conductor, json_of, mrconductor, run, text};

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
fn an_answer_is_as_long_as_a_page_is_set_to_and_as_a_person_asks_for() {
    let words = "The tide comes in twice a day and goes out again.\n\n".repeat(400);
    let in_home = |home: &Path| {
        fs::create_dir(home.join("manual")).unwrap();
        fs::write(home.join("manual/tide.md"), format!("# Tide\n\n{words}")).unwrap();
        let data = home.join("data").display().to_string();
        let args = ["--data-dir", &data, "docs", "add", "manual"];
        assert!(mrconductor(home, &args, b"").status.success());
        data
    };
    let of_page = |bytes: Option<&str>| {
        let mut conductor = Conductor::start_with(|command, home| {
            let data = in_home(home);
            command.arg("--data-dir").arg(data);
            command.envs(bytes.map(|bytes| ("MRCONDUCTOR_PAGE__BYTES", bytes)));
            command.env("MRCONDUCTOR_PAGE__LINES", "5000");
        });
        conductor.initialize("2025-11-25");
        let asked = json!({"ref": "manual:tide.md", "max_tokens": 10_000});
        text(&conductor.call("docs_read", asked)).len()
    };
    assert!((8_000..=9_500).contains(&of_page(None)));
    assert!(of_page(Some("100000")) > words.len());
    let home = TempDir::new().unwrap();
    let data = in_home(home.path());
    let read = ["--data-dir", &data, "docs", "read", "tide.md"];
    let read_by_a_person = |size: &[&str]| {
        let output = mrconductor(home.path(), &[&read, size].concat(), b"");
        output.stdout.len()
    };
    assert!(read_by_a_person(&[]) <= 9_500);
    assert!(read_by_a_person(&["--max-tokens", "10000"]) > words.len());
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
