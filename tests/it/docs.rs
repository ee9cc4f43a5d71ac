//! `docs add|list|search|read|refresh|remove` through the real program.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{json_of, program, run};

/// A home with a small manual in `manual/`.
pub fn home_with_manual() -> TempDir {
    let home = TempDir::new().unwrap();
    let manual = home.path().join("manual");
    fs::create_dir_all(manual.join("reference")).unwrap();
    fs::write(
        manual.join("install.md"),
        "# Installing\n\nDownload the archive, unpack it and run `setup --quick`.\n\n## On a ship\n\n\
         Ships have no network. Copy the archive to a stick and follow the same steps with `--offline`; the lock file \
         `crate.lock` names every part that must be on the stick, and the installer refuses to start when one is missing.\n",
    )
    .unwrap();
    fs::write(
        manual.join("reference/anchor_drop.md"),
        "# `anchor_drop(depth, chain=None)`\n\nLets the anchor fall to `depth` metres. Raises `E0417` when the chain is too short.\n\n\
         ## Caveats\n\nNever call it while `engine.running` is true: the chain wraps around the propeller shaft and the crew \
         has to dive. Wait for the `engine.stopped` signal first, then call `anchor_drop` within ten seconds of it.\n",
    )
    .unwrap();
    home
}

#[test]
fn documentation_is_added_searched_read_and_removed() {
    let home = home_with_manual();
    let home = home.path();
    let added = json_of(home, &["docs", "add", "manual"]);
    assert_eq!(added["name"], "manual");
    assert_eq!(
        (added["pages"].as_u64(), added["added"].as_u64()),
        (Some(2), Some(2))
    );

    let found = json_of(home, &["docs", "search", "anchor_drop", "caveats"]);
    let first = &found["results"][0];
    assert_eq!(first["path"], "reference/anchor_drop.md");
    assert!(
        first["text"].as_str().unwrap().contains("propeller shaft"),
        "{found}"
    );
    assert!(found["used_tokens"].as_u64().unwrap() <= 3_000);

    let (page, err, code) = run(
        home,
        &["docs", "read", "manual:reference/anchor_drop.md#caveats"],
    );
    assert_eq!(code, Some(0), "{err}");
    assert!(
        page.contains("## manual:reference/anchor_drop.md#caveats\n"),
        "{page}"
    );
    assert!(
        page.contains("propeller") && !page.contains("E0417"),
        "{page}"
    );

    let removed = json_of(home, &["docs", "remove", "manual"]);
    assert_eq!(removed["removed"]["pages"], 2);
    let (_, err, code) = run(home, &["docs", "search", "anchor"]);
    assert_eq!(code, Some(5));
    assert!(
        err.contains("hint: a person adds some with `mrconductor docs add PATH`"),
        "{err}"
    );
}

#[test]
fn a_second_reading_takes_only_what_changed() {
    let home = home_with_manual();
    let home = home.path();
    json_of(home, &["docs", "add", "manual"]);
    fs::write(
        home.join("manual/new.txt"),
        "Tides\n=====\n\nHigh water comes twice a day.\n",
    )
    .unwrap();
    fs::write(
        home.join("manual/install.md"),
        "# Installing\n\nPress the green knob.\n",
    )
    .unwrap();
    let again = json_of(home, &["docs", "add", "manual"]);
    let counts =
        ["added", "changed", "unchanged", "removed"].map(|name| again[name].as_u64().unwrap());
    assert_eq!(counts, [1, 1, 1, 0]);
    let found = json_of(home, &["docs", "search", "green knob"]);
    assert_eq!(found["results"][0]["path"], "install.md");
    fs::remove_file(home.join("manual/new.txt")).unwrap();
    let refreshed = json_of(home, &["docs", "refresh", "manual"]);
    assert_eq!(refreshed["sources"][0]["removed"], 1);
    let gone = json_of(home, &["docs", "search", "tides"]);
    assert_eq!(gone["results"].as_array().unwrap().len(), 0, "{gone}");
}

#[test]
fn a_source_is_read_again_by_its_name_in_any_case() {
    let home = home_with_manual();
    let home = home.path();
    json_of(home, &["docs", "add", "manual"]);
    let report = json_of(home, &["docs", "refresh", "MANUAL"]);
    assert_eq!(report["sources"][0]["name"], "manual");
}

#[test]
fn a_lost_or_torn_index_is_rebuilt_from_the_store() {
    let home = home_with_manual();
    let home = home.path();
    let data = home.join("data");
    let data_dir = ["--data-dir", data.to_str().unwrap()];
    let with = |args: &[&'static str]| json_of(home, &[&data_dir[..], args].concat());
    with(&["docs", "add", "manual"]);
    fs::remove_dir_all(data.join("index")).unwrap();
    assert_eq!(
        with(&["docs", "search", "propeller"])["results"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let mut torn = 0;
    for index in fs::read_dir(data.join("index")).unwrap().flatten() {
        for file in fs::read_dir(index.path()).into_iter().flatten().flatten() {
            fs::write(file.path(), b"torn").unwrap();
            torn += 1;
        }
    }
    assert!(torn > 0);
    assert_eq!(
        with(&["docs", "search", "propeller"])["results"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn an_error_says_what_failed_on_what_and_what_to_do() {
    let home = home_with_manual();
    let home = home.path();
    json_of(home, &["docs", "add", "manual"]);
    let (_, err, code) = run(home, &["docs", "add", "nowhere"]);
    assert_eq!(code, Some(5));
    assert!(
        err.contains("cannot read `nowhere`") && err.contains("hint: "),
        "{err}"
    );
    let (_, err, _) = run(home, &["docs", "search", "x", "--source", "harbour"]);
    assert_eq!(
        err,
        "error: no documentation source is called `harbour`\nhint: use one of `manual`, or leave the source out\n"
    );
    let (_, err, _) = run(home, &["docs", "read", "manual:reference/ancor_drop.md"]);
    assert_eq!(
        err,
        "error: no page or section has the reference `manual:reference/ancor_drop.md`\n\
         hint: did you mean `manual:reference/anchor_drop.md`, `manual:install.md`?\n"
    );
}

#[test]
fn json_keeps_the_limits_of_the_text() {
    let home = home_with_manual();
    let home = home.path();
    json_of(home, &["docs", "add", "manual"]);
    for wrong in [["--limit", "61"], ["--max-tokens", "100"]] {
        let args = [&["docs", "search", "anchor"][..], &wrong].concat();
        let (_, plain, code) = run(home, &args);
        let (out, told, json_code) = run(home, &[&["--json"], &args[..]].concat());
        assert!(plain.contains("hint: give "), "{plain}");
        let what = plain.lines().next().unwrap().trim_start_matches("error: ");
        assert!(told.contains(what) && out.is_empty(), "{told}{out}");
        assert_eq!(code, json_code);
    }
    let long = "The anchor goes down. ".repeat(40) + "\n\n";
    fs::write(home.join("manual/long.md"), long.repeat(60)).unwrap();
    json_of(home, &["docs", "add", "manual"]);
    let found = json_of(
        home,
        &[
            "docs",
            "search",
            "anchor",
            "--max-tokens",
            "20000",
            "--limit",
            "20",
        ],
    );
    assert!(
        found.to_string().len() < 14_000,
        "{}",
        found.to_string().len()
    );
}

#[test]
fn a_page_that_says_where_it_is_published_has_that_url() {
    let home = home_with_manual();
    let home = home.path();
    fs::write(
        home.join("manual/tides.html"),
        "<html><head><link rel=\"canonical\" href=\"https://ship.example/tides\"></head>\n<body><h1>Tides</h1>\n\
         <p>Springs come twice a month.</p></body></html>\n",
    )
    .unwrap();
    fs::write(
        home.join("manual/winds.md"),
        "---\ntitle: Winds\npermalink: https://ship.example/winds\n---\n\nTrades blow steadily.\n",
    )
    .unwrap();
    fs::write(
        home.join("manual/stars.md"),
        "---\npermalink: /stars\n---\n\n# Stars\n\nPolaris stands in the north.\n",
    )
    .unwrap();
    json_of(home, &["docs", "add", "manual"]);
    let url = |word: &str| json_of(home, &["docs", "search", word])["results"][0]["url"].clone();
    assert_eq!(url("springs"), "https://ship.example/tides");
    assert_eq!(url("trades"), "https://ship.example/winds");
    assert_eq!(url("polaris"), Value::Null);
}

#[test]
fn lines_of_html_are_what_the_file_has_there() {
    let home = home_with_manual();
    let home = home.path();
    let items: Vec<String> = (1..=40)
        .map(|n| format!("<p>Knot number {n}.</p>\n"))
        .collect();
    let items = items.concat();
    let page = format!(
        "<html><body>\n<h1>Knots</h1>\n<script>\nvar x;\n</script>\n{items}</body></html>\n"
    );
    fs::write(home.join("manual/knots.html"), page).unwrap();
    json_of(home, &["docs", "add", "manual"]);
    let (text, err, _) = run(home, &["docs", "read", "knots.html", "--lines", "10-12"]);
    assert_eq!(err, "");
    let knots: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("Knot number"))
        .collect();
    assert_eq!(
        knots,
        ["Knot number 5.", "Knot number 6.", "Knot number 7."],
        "{text}"
    );
}

#[test]
fn a_misspelt_word_is_told_as_the_pages_spell_it() {
    let home = home_with_manual();
    let home = home.path();
    json_of(home, &["docs", "add", "manual"]);
    let (text, ..) = run(home, &["docs", "search", "propellor"]);
    assert!(text.contains("; also searched for `propeller`\n"), "{text}");
    assert!(text.contains("passages]"), "{text}");
    let (text, ..) = run(home, &["docs", "search", "intsaller"]);
    assert!(text.contains("; also searched for `install"), "{text}");
}

#[test]
fn a_reader_that_closed_the_pipe_has_seen_enough() {
    let home = home_with_manual();
    let home = home.path();
    json_of(home, &["docs", "add", "manual"]);
    for args in [
        &["docs", "list"][..],
        &["--json", "docs", "list"],
        &["docs", "search", "manual"],
        &["--json", "docs", "search", "manual"],
        &["docs", "export", "manual"],
        &["--json", "docs", "refresh"],
        &["bench", "distill", "manual"],
        &["demo"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(home).args(args).stdout(writer).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {told}");
        assert!(!told.contains("panicked"), "{args:?}: {told}");
    }
}

#[test]
fn what_changes_is_read_again_while_somebody_watches() {
    let home = home_with_manual();
    let home = home.path();
    run(home, &["docs", "add", "manual"]);
    let mut watching = program(home)
        .args(["docs", "refresh", "--watch", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut reports = BufReader::new(watching.stdout.take().unwrap()).lines();
    fs::write(
        home.join("manual/tides.md"),
        "# Tides\n\nHigh water comes twice.\n",
    )
    .unwrap();
    let report: Value = serde_json::from_str(&reports.next().unwrap().unwrap()).unwrap();
    assert_eq!(
        (&report["added"], &report["removed"]),
        (&json!(1), &json!(0))
    );
    let (found, _, _) = run(home, &["docs", "search", "high water"]);
    assert!(found.contains("tides.md"), "{found}");
    fs::remove_file(home.join("manual/tides.md")).unwrap();
    let report: Value = serde_json::from_str(&reports.next().unwrap().unwrap()).unwrap();
    assert_eq!(
        (&report["added"], &report["removed"]),
        (&json!(0), &json!(1))
    );
    watching.kill().unwrap();
    watching.wait().unwrap();
}

#[test]
fn what_is_removed_while_somebody_watches_stays_removed_and_what_is_added_is_watched() {
    let home = home_with_manual();
    let home = home.path();
    let write = |path: &str, text: &str| {
        let file = home.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write("other/tides.md", "# Tides\n\nHigh water comes twice.\n");
    run(home, &["docs", "add", "manual"]);
    run(home, &["docs", "add", "other"]);
    let mut watching = program(home)
        .args(["docs", "refresh", "--watch"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(watching.stderr.take().unwrap()).lines();
    let mut heard = |wanted: &str| {
        let line = told.by_ref().map(Result::unwrap);
        let mut line = line.skip_while(|line| !line.contains(wanted));
        assert!(line.next().is_some(), "{wanted}");
    };
    heard("watching 2 sources");
    run(home, &["docs", "remove", "manual"]);
    write("manual/late.md", "# Late\n\nToo late.\n");
    heard("manual: was removed; it is no longer watched");
    write("new/buoys.md", "# Buoys\n\nRed ones.\n");
    run(home, &["docs", "add", "new"]);
    heard("new: was added; it is watched too");
    write("new/buoys.md", "# Buoys\n\nRed ones and green ones.\n");
    heard("new: 1 page");
    let (out, _, _) = run(home, &["docs", "list"]);
    assert!(!out.contains("manual"), "{out}");
    watching.kill().unwrap();
    watching.wait().unwrap();

    // Who watches one source is done when it is gone.
    let alone = program(home)
        .args(["docs", "refresh", "new", "--watch"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    run(home, &["docs", "remove", "new"]);
    let output = alone.wait_with_output().unwrap();
    // It may be gone before it was found.
    assert!(matches!(output.status.code(), Some(0 | 5)), "{output:?}");
}

#[test]
fn a_folder_is_left_out_by_its_name_and_a_name_is_no_path() {
    let home = home_with_manual();
    let home = home.path();
    for folder in ["reference", "reference/", "./reference/**"] {
        let added = json_of(home, &["docs", "add", "manual", "--exclude", folder]);
        assert_eq!(added["pages"], 1, "{folder}");
    }
    for name in [".", ".."] {
        let (_, err, code) = run(home, &["docs", "add", "manual", "--name", name]);
        assert!(
            code == Some(5) && err.contains("cannot name a source"),
            "{err}"
        );
    }
}
