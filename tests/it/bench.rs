//! `bench` through the program.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::mrconductor;

#[test]
fn bench_distill_measures_each_file_and_sums_up_each_folder() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("corpus");
    fs::create_dir_all(folder.join("logs")).unwrap();
    let line = |number: usize| format!("job {number} took {} ms\n", number % 7);
    let log = (0..500).map(line).collect::<Vec<_>>().concat();
    fs::write(folder.join("logs/a.log"), &log).unwrap();
    fs::write(folder.join("note.txt"), "short\n").unwrap();
    fs::write(folder.join("image.bin"), b"\xff\0").unwrap();
    let folder = folder.to_str().unwrap();
    let output = mrconductor(home.path(), &["bench", "distill", folder, "--json"], b"");
    assert!(output.status.success());
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let file = &result["folders"]["logs"]["files"][0];
    assert_eq!(
        (&file["name"], &file["exact"], &file["longer"]),
        (&"a.log".into(), &true.into(), &false.into())
    );
    let saved = |row: &Value| {
        row["o200k"]["after"].as_u64().unwrap() * 2 < row["o200k"]["before"].as_u64().unwrap()
    };
    assert!(saved(file) && saved(&result["total"]), "{result}");
    assert_eq!(result["skipped"].as_array().unwrap().len(), 1);
    let table = mrconductor(home.path(), &["bench", "distill", folder], b"");
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.lines().all(|line| line.chars().count() <= 100),
        "{table}"
    );
    assert!(table.contains("= all"), "{table}");
}

#[test]
fn bench_distill_tells_how_much_of_a_json_document_is_shown() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("corpus");
    fs::create_dir_all(&folder).unwrap();
    let item = |number: usize| {
        format!(
            "{{\"id\":{number},\"title\":\"Title {}\"}}",
            number * number
        )
    };
    let items: Vec<_> = (0..300).map(item).collect();
    fs::write(
        folder.join("a.json"),
        format!("{{\"items\":[{}]}}", items.join(",")),
    )
    .unwrap();
    let folder = folder.to_str().unwrap();
    for (level, all) in [("exact", true), ("digest", false)] {
        let args = ["bench", "distill", folder, "--level", level, "--json"];
        let output = mrconductor(home.path(), &args, b"");
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        let recall = &result["total"]["recall"];
        assert_eq!(recall["keys"], serde_json::json!({"found": 3, "of": 3}));
        assert_eq!(recall["values"]["of"], 600);
        assert_eq!(recall["values"]["found"] == 600, all, "{recall}");
        let table = mrconductor(home.path(), &args[..5], b"");
        let table = String::from_utf8(table.stdout).unwrap();
        assert!(table.contains("keys 100.0 % of 3 "), "{table}");
    }
}

#[test]
fn bench_distill_of_nothing_is_an_error() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(home.path(), &["bench", "distill", "."], b"");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn bench_distill_asks_the_questions_of_a_folder() {
    let home = TempDir::new().unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/documents");
    let output = mrconductor(home.path(), &["bench", "distill", folder, "--json"], b"");
    assert!(output.status.success(), "{output:?}");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let total = &result["questions"]["total"];
    assert_eq!(
        (&total["asked"], &total["kept"]),
        (&9.into(), &9.into()),
        "{total}"
    );
    let (before, after) = (&total["o200k"]["before"], &total["o200k"]["after"]);
    assert!(
        after.as_u64().unwrap() * 4 <= before.as_u64().unwrap(),
        "{total}"
    );
    let table = mrconductor(home.path(), &["bench", "distill", folder], b"");
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("kept    9 of 9 "), "{table}");
}

#[test]
fn a_question_whose_passage_is_not_in_the_file_is_an_error() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("a.md"), "# A\n").unwrap();
    fs::write(
        home.path().join("queries.jsonl"),
        "{\"file\": \"a.md\", \"query\": \"b\", \"gold\": \"c\"}\n",
    )
    .unwrap();
    let output = mrconductor(home.path(), &["bench", "distill", "."], b"");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("is not in its file") && said.contains("hint: "),
        "{said}"
    );
}

#[test]
fn bench_distill_tells_which_diagnostics_and_elements_are_shown() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("corpus");
    fs::create_dir_all(&folder).unwrap();
    let step = |number: usize| {
        let trouble = format!("src/a_{number}.rs:{number}:5: error: no such name `b{number}`\n");
        format!(
            "   Compiling crate_{number} v1.{number}.0\n{}",
            if number % 9 == 4 { &trouble } else { "" }
        )
    };
    let build: String = (0..90).map(step).collect::<Vec<_>>().concat();
    fs::write(
        folder.join("build.txt"),
        build + "test cart::adds ... FAILED\n",
    )
    .unwrap();
    let link = |number: usize| {
        format!("- generic [ref=f{number}]:\n  - link \"Item {number}\" [ref=e{number}]\n")
    };
    let page: String = (0..60).map(link).collect::<Vec<_>>().concat();
    fs::write(folder.join("page.txt"), page).unwrap();
    let folder = folder.to_str().unwrap();
    let args = ["bench", "distill", folder, "--level", "digest", "--json"];
    let output = mrconductor(home.path(), &args, b"");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let share = |found: usize| serde_json::json!({"found": found, "of": found});
    assert_eq!(
        result["total"]["diagnostics"],
        serde_json::json!({"places": share(10), "tests": share(1), "elements": share(60)})
    );
    let table = mrconductor(home.path(), &args[..5], b"");
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("places 100.0 % of 10 "), "{table}");
}

#[test]
fn damaged_pieces_of_files_come_back() {
    let home = TempDir::new().unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/distill");
    let args = [
        "--json", "bench", "mutate", folder, "--count", "300", "--seed", "7",
    ];
    let output = mrconductor(home.path(), &args, b"");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{result}");
    assert_eq!(result["pieces"], 300);
    assert_eq!(result["faults"], json!([]));
    assert!(result["packed"].as_u64().unwrap() > 50, "{result}");
}

#[test]
fn a_recorded_session_is_replayed_with_all_that_it_costs() {
    let home = TempDir::new().unwrap();
    let log: String = (0..400)
        .map(|number| format!("2026-11-20 07:45:{:02} INFO job {number} done", number % 60))
        .collect::<Vec<_>>()
        .join("\n");
    let source = "fn main() {\n    println!(\"{}\", 1 + 1);\n}\n".repeat(60);
    let steps = [
        json!({"command": "cat app.log", "output": log}),
        json!({"path": "src/main.rs", "output": source}),
        json!({"path": "src/main.rs", "output": source}),
        json!({"path": "src/main.rs", "output": source.replacen("1 + 1", "2", 1)}),
    ];
    let recording = home.path().join("errand.jsonl");
    let lines: Vec<String> = steps.iter().map(Value::to_string).collect();
    fs::write(&recording, lines.join("\n")).unwrap();
    let args = ["--json", "bench", "session", recording.to_str().unwrap()];
    let output = mrconductor(home.path(), &args, b"");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{result}");
    let session = &result["sessions"][0];
    let number = |name: &str| session[name].as_u64().unwrap();
    assert_eq!((number("steps"), number("longer")), (4, 0));
    assert!(number("descriptions") > 500, "{session}");
    assert_eq!(
        number("net"),
        number("shown") + number("restored") + number("descriptions") + number("handshake")
    );
    assert!(number("net") * 2 < number("raw"), "{session}");

    fs::write(&recording, "{\"output\": 7}\n").unwrap();
    let refused = mrconductor(home.path(), &args, b"");
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(
        error.contains("line 1 of") && error.contains("\"hint\""),
        "{error}"
    );
}

#[test]
fn bench_distill_tells_which_templates_and_declarations_are_shown() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("corpus");
    fs::create_dir_all(&folder).unwrap();
    let line = |number: usize| match number % 50 {
        7 => format!("WARN disk {number} is nearly full\n"),
        _ => format!("INFO job {number} took {} ms\n", number * number % 977),
    };
    let log = (0..600).map(line).collect::<Vec<_>>().concat();
    fs::write(folder.join("a.log"), log).unwrap();
    let table = "EventId,EventTemplate\nE1,job <*> took <*> ms\nE2,disk <*> is nearly full\nE3,\"never, ever\"\n";
    fs::write(folder.join("a.templates.csv"), table).unwrap();
    // The table of no log is a file like others.
    fs::write(folder.join("b.templates.csv"), table).unwrap();
    let function = |number: usize| {
        format!(
            "/// Adds {number}.\npub fn add_{number}(to: u32) -> u32 {{\n    let sum = to + {number};\n    sum\n}}\n\n"
        )
    };
    let source = (0..60).map(function).collect::<Vec<_>>().concat();
    fs::write(folder.join("c.rs"), source).unwrap();
    let folder = folder.to_str().unwrap();
    let args = ["bench", "distill", folder, "--level", "digest", "--json"];
    let output = mrconductor(home.path(), &args, b"");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let files = result["folders"][""]["files"].as_array().unwrap();
    let names: Vec<_> = files.iter().map(|file| &file["name"]).collect();
    assert_eq!(names, ["a.log", "b.templates.csv", "c.rs"]);
    let share = |found: usize, all: usize| serde_json::json!({"found": found, "of": all});
    assert_eq!(
        (&files[0]["templates"], &files[2]["signatures"]),
        (
            &serde_json::json!({"templates": share(2, 3), "warnings": share(1, 1)}),
            &serde_json::json!({"signatures": share(60, 60)}),
        )
    );
    let table = mrconductor(home.path(), &args[..5], b"");
    let table = String::from_utf8(table.stdout).unwrap();
    for line in [
        "templates  66.6 % of 3      warnings 100.0 % of 1\n",
        "signatures 100.0 % of 60\n",
    ] {
        assert!(table.contains(line), "{table}");
    }
}

#[test]
fn bench_lookup_draws_names_from_the_anchors_of_pages() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("pages");
    fs::create_dir_all(&folder).unwrap();
    for name in ["berths", "tides"] {
        let page = format!(
            "<h1>{name}</h1>\n<dl><dt id=\"{name}.open_all\">{name}.open_all()</dt>\n<dd>Opens {name}.</dd></dl>\n"
        );
        fs::write(folder.join(format!("{name}.html")), page).unwrap();
    }
    let folder = folder.to_str().unwrap();
    let args = ["bench", "lookup", folder, "--identifiers", "5", "--json"];
    let output = mrconductor(home.path(), &args, b"");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let row = &result["sets"][0];
    assert_eq!(
        (
            &row["queries"],
            &row["names"],
            &row["both"]["hit_1"],
            &row["section"]["hit_1"]
        ),
        (&2.into(), &2.into(), &1.0.into(), &1.0.into())
    );
    let table = mrconductor(home.path(), &args[..5], b"");
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("drawn from 2 names"), "{table}");
}

#[test]
fn bench_lookup_makes_questions_of_the_summaries_of_a_description() {
    let home = TempDir::new().unwrap();
    let path = |verb: &str, thing: &str| {
        let summary = format!("{verb} {thing}s");
        let name = format!("{thing}s/{verb}");
        (
            format!("/{name}"),
            json!({"post": {"summary": summary, "operationId": name}}),
        )
    };
    let paths: serde_json::Map<String, Value> = [
        path("list", "team"),
        path("delete", "site"),
        path("ping", "site"),
    ]
    .into_iter()
    .collect();
    let description = json!({"openapi": "3.0.0", "info": {"title": "A"}, "paths": paths});
    let file = home.path().join("a.json");
    fs::write(&file, description.to_string()).unwrap();
    let file = file.to_str().unwrap();
    let args = ["bench", "lookup", file, "--operations", "3", "--json"];
    let output = mrconductor(home.path(), &args, b"");
    assert!(output.status.success(), "{output:?}");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (row, name) in [(0, "operations"), (1, "operations+things")] {
        let row = &result["sets"][row];
        assert_eq!((&row["set"], &row["queries"]), (&name.into(), &2.into()));
    }
    fs::write(home.path().join("b.md"), "# B\n").unwrap();
    let other = home.path().join("b.md");
    let args = [
        "bench",
        "lookup",
        other.to_str().unwrap(),
        "--operations",
        "3",
    ];
    let nothing = mrconductor(home.path(), &args, b"");
    assert_eq!(nothing.status.code(), Some(1));
}
