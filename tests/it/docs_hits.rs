//! What is shown of a hit: the part that is asked for, under the name that it is said of.

use std::fs;
use std::path::Path;

use crate::harness::{json_of, run};

/// A home whose library holds `files`, and other pages beside them.
fn home_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("manual");
    fs::create_dir_all(&folder).unwrap();
    let other = "Ropes are long, and nobody asks what status they have. ".repeat(30);
    for number in 0..8 {
        let page = format!("# Ropes {number}\n\n{other}\n");
        fs::write(folder.join(format!("ropes-{number}.md")), page).unwrap();
    }
    for (path, text) in files {
        fs::write(folder.join(path), text).unwrap();
    }
    json_of(home.path(), &["docs", "add", folder.to_str().unwrap()]);
    home
}

fn search(home: &Path, query: &str, tokens: &str) -> String {
    let (out, err, code) = run(home, &["docs", "search", query, "--max-tokens", tokens]);
    assert_eq!(code, Some(0), "{err}");
    out
}

#[test]
fn the_item_that_is_asked_for_is_shown_in_part_and_no_neighbour_in_its_place() {
    let around = "As the harbour says, that is so for ships of all lengths, and for those that have no crew. ";
    let page = format!(
        "# Codes\n\nWhat a ship may answer.\n\n- `LOST`: The anchor is lost. Status: 404.\n- `ANCHOR_DRAGS`: The ship moves, though \
         its anchor lies in the ground. {} Status: 409.\n- `TANGLED`: See also `ANCHOR_DRAGS`. Status: 423.\n",
        around.repeat(14)
    );
    let home = home_with(&[("codes.md", &page)]);
    for question in ["ANCHOR_DRAGS", "which status has ANCHOR_DRAGS?"] {
        let answer = search(home.path(), question, "300");
        assert!(
            answer.contains("- `ANCHOR_DRAGS`: The ship moves") && answer.contains("Status: 409."),
            "{answer}"
        );
    }
}

#[test]
fn what_only_says_a_name_is_shown_with_what_stands_below_it() {
    let page = "# windlass\n\nwindlass — hauls an anchor\n\n## Options\n\nThe option `--reverse` lets the windlass turn the other way.\n\n\
                ## Files\n\nNone.\n";
    let home = home_with(&[("windlass.md", page)]);
    let answer = search(home.path(), "windlass", "200");
    assert!(
        answer.contains("windlass — hauls an anchor") && answer.contains("--reverse"),
        "{answer}"
    );
}

#[test]
fn a_part_of_an_operation_is_cited_with_its_method_and_path() {
    let about = "The harbour keeps it for a week, and nobody asks for it before noon. ".repeat(30);
    let spec = serde_json::json!({
        "openapi": "3.0.0",
        "info": {"title": "Harbour", "version": "1"},
        "paths": {"/ships/{ship}/anchor": {"post": {
            "summary": "Drop an anchor",
            "description": format!("{about}\n\nAn anchor of iron holds in mud.\n\n{about}"),
            "responses": {"200": {"description": "It fell."}}
        }}}
    });
    let home = home_with(&[("harbour.json", &spec.to_string())]);
    let answer = search(home.path(), "what of iron holds in mud?", "200");
    assert!(
        answer.contains(" · `POST /ships/{ship}/anchor` · ")
            && answer.contains("An anchor of iron holds in mud."),
        "{answer}"
    );
}
