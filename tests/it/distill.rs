//! `distill` through the program: what a person and a model are given, and that nothing is lost.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use mrconductor::distill::Legend;

use crate::harness::{Conductor, mrconductor, text};

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/distill");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    found.sort();
    found
}

fn distill(home: &Path, args: &[&str], stdin: &[u8]) -> Value {
    let args = [&["distill", "--json"], args].concat();
    let output = mrconductor(home, &args, stdin);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn count(result: &Value, name: &str) -> u64 {
    result[name]
        .as_u64()
        .unwrap_or_else(|| panic!("no {name}: {result}"))
}

/// A log of `count` lines with one warning and one error.
fn log(count: usize) -> String {
    let line = |number: usize| {
        let time = format!("2026-11-20 07:{:02}:{:02}", number / 60 % 60, number % 60);
        match number {
            70 => format!("{time} WARN disk is nearly full: 97 %\n"),
            140 => format!("{time} ERROR payment 881 was refused\n"),
            _ => {
                let (job, took) = (4000 + number, number * 37 % 900);
                format!("{time} INFO job {job} done in {took} ms\n")
            }
        }
    };
    (0..count).map(line).collect::<Vec<_>>().concat()
}

#[test]
fn every_fixture_comes_back_exactly_and_is_never_longer() {
    let home = TempDir::new().unwrap();
    for file in fixtures() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&file).unwrap();
        for level in ["exact", "aliased", "auto", "digest"] {
            let result = distill(
                home.path(),
                &["--level", level, file.to_str().unwrap()],
                b"",
            );
            let (before, after) = (count(&result, "tokens_in"), count(&result, "tokens_out"));
            assert!(after <= before, "{name} at {level}: {before} -> {after}");
            let shown = result["text"].as_str().unwrap();
            let counted = mrconductor::tokens::count(mrconductor::tokens::Encoding::O200k, shown);
            assert_eq!(counted as u64, after, "{name} at {level}");
            let handle = result["handle"].as_str().unwrap();
            let restored = mrconductor(home.path(), &["restore", handle], b"");
            assert!(restored.stdout == bytes, "{name} at {level}");
            if result["level"] == "exact" && shown.as_bytes() != bytes {
                let packed = shown
                    .strip_suffix('\n')
                    .unwrap()
                    .rsplit_once('\n')
                    .unwrap()
                    .0;
                let unpacked =
                    mrconductor::distill::unpack(packed, &Legend::default(), bytes.len());
                assert!(
                    unpacked.map(String::into_bytes) == Some(bytes.clone()),
                    "{name} at {level}"
                );
            }
        }
    }
}

#[test]
fn a_log_shrinks_and_its_last_line_says_by_how_much() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(home.path(), &["distill", "-"], log(400).as_bytes());
    let shown = String::from_utf8(output.stdout).unwrap();
    let facts = shown.lines().last().unwrap();
    assert!(facts.starts_with("[exact log: "), "{facts}");
    assert!(
        facts.ends_with(" o200k tokens; original: restore h1]"),
        "{facts}"
    );
    let result = distill(home.path(), &["--handle", "h1"], b"");
    assert_eq!(result["text"], shown);
    assert!(
        count(&result, "tokens_out") * 2 < count(&result, "tokens_in"),
        "{shown}"
    );
}

#[test]
fn a_text_that_gains_nothing_is_given_as_it_is() {
    let home = TempDir::new().unwrap();
    for text in ["", "short", "Nothing here repeats.\n"] {
        let output = mrconductor(home.path(), &["distill"], text.as_bytes());
        assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
    }
}

#[test]
fn a_digest_keeps_trouble_word_for_word_and_names_what_it_leaves_out() {
    let home = TempDir::new().unwrap();
    let result = distill(home.path(), &["--level", "digest"], log(400).as_bytes());
    let shown = result["text"].as_str().unwrap();
    assert_eq!(result["level"], "digest");
    assert!(
        shown.contains("2026-11-20 07:01:10 WARN disk is nearly full: 97 %\n"),
        "{shown}"
    );
    assert!(
        shown.contains("2026-11-20 07:02:20 ERROR payment 881 was refused\n"),
        "{shown}"
    );
    assert!(shown.contains("1:398 INFO job {} done in {} ms"), "{shown}");
    assert!(shown.contains("\nL71 "), "{shown}");
    assert!(
        count(&result, "tokens_out") * 10 < count(&result, "tokens_in"),
        "{shown}"
    );
}

#[test]
fn a_budget_is_kept_to_the_token() {
    let home = TempDir::new().unwrap();
    for file in fixtures() {
        for budget in [100_u64, 150, 400, 1_000] {
            let words = budget.to_string();
            let result = distill(
                home.path(),
                &["--budget", &words, file.to_str().unwrap()],
                b"",
            );
            assert!(
                count(&result, "tokens_out") <= budget,
                "{}: {} over {budget}",
                file.display(),
                result["tokens_out"]
            );
        }
    }
}

#[test]
fn aliases_keep_identity_and_lead_back_to_their_identifiers() {
    let home = TempDir::new().unwrap();
    let line = |number: u64| {
        let id = (number / 2).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("request {id:032x} took {} ms\n", number * 31 % 97)
    };
    let text = (1..200).map(line).collect::<Vec<_>>().concat();
    let exact = distill(home.path(), &["--level", "exact"], text.as_bytes());
    let aliased = distill(home.path(), &["--level", "aliased"], text.as_bytes());
    assert_eq!(aliased["level"], "aliased");
    assert!(
        count(&aliased, "tokens_out") * 2 < count(&exact, "tokens_out"),
        "{}",
        aliased["text"]
    );
    let found = mrconductor(home.path(), &["restore", "h1", "--grep", "~2"], b"");
    let found = String::from_utf8(found.stdout).unwrap();
    assert_eq!(
        found,
        text.lines()
            .skip(1)
            .take(2)
            .zip(2..)
            .map(|(line, number)| format!("{number}:{line}\n"))
            .collect::<Vec<_>>()
            .concat()
    );
}

#[test]
fn a_query_decides_what_a_digest_keeps() {
    let home = TempDir::new().unwrap();
    let args = [
        "--level", "digest", "--budget", "200", "--query", "job 4321",
    ];
    let result = distill(home.path(), &args, log(2_000).as_bytes());
    assert!(
        result["text"].as_str().unwrap().contains("job 4321 done"),
        "{}",
        result["text"]
    );
}

#[test]
fn text_for_editing_keeps_its_spelling() {
    let home = TempDir::new().unwrap();
    let text = log(300);
    let result = distill(home.path(), &["--intent", "edit"], text.as_bytes());
    assert_eq!(result["text"], text);
    let result = distill(
        home.path(),
        &["--intent", "edit", "--budget", "300"],
        text.as_bytes(),
    );
    assert_eq!(result["level"], "digest");
    assert!(count(&result, "tokens_out") <= 300);
}

#[test]
fn a_protected_file_is_always_spelled_as_it_is() {
    let home = TempDir::new().unwrap();
    let settings = home.path().join(".config/mrconductor");
    fs::create_dir_all(&settings).unwrap();
    let protect = |glob: &str| {
        let line = format!("[distill]\nprotected = [\"{glob}\"]\n");
        fs::write(settings.join("config.toml"), line).unwrap();
    };
    protect("**/*.prompt");
    let text = log(300);
    for (name, is_protected) in [("system.prompt", true), ("app.log", false)] {
        let file = home.path().join(name);
        fs::write(&file, &text).unwrap();
        let result = distill(home.path(), &[file.to_str().unwrap()], b"");
        assert_eq!(result["text"] == text, is_protected, "{name}");
    }
    protect("[");
    let output = mrconductor(home.path(), &["distill"], text.as_bytes());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("`distill.protected` is broken") && error.contains("\nhint: "),
        "{error}"
    );
}

#[test]
fn input_that_is_no_text_is_refused_with_a_hint() {
    let home = TempDir::new().unwrap();
    for (args, stdin, what) in [
        (
            &["distill"][..],
            &b"a\0b"[..],
            "the input is binary: byte 1 is NUL",
        ),
        (
            &["distill"],
            b"\xff\xfe\xfd",
            "the input is not UTF-8: byte 0 is 0xff",
        ),
        (
            &["distill", "--handle", "h99"],
            b"",
            "there is no original `h99`",
        ),
        (
            &["distill", "--handle", "x"],
            b"",
            "there is no original `x`",
        ),
        (
            &["distill", "no/such/file"],
            b"",
            "cannot read `no/such/file`",
        ),
        (&["distill", "."], b"", "`.` is a directory"),
        (
            &["distill", "--level", "exact", "--budget", "3"],
            b"one two three four five",
            "over the budget of 3",
        ),
        (
            &["distill", "--level", "digest", "--budget", "3"],
            b"one two three four five",
            "too small",
        ),
    ] {
        let output = mrconductor(home.path(), args, stdin);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(5), "{error}");
        assert!(
            error.contains(what) && error.contains("\nhint: "),
            "{error}"
        );
    }
}

#[test]
fn a_few_broken_bytes_are_shown_as_such_and_come_back() {
    let home = TempDir::new().unwrap();
    let mut bytes = log(200).into_bytes();
    bytes.splice(500..500, *b"caf\xe9 ");
    let result = distill(home.path(), &[], &bytes);
    assert_eq!(result["level"], "aliased");
    assert_eq!(result["not_utf8"], 1);
    let restored = mrconductor(home.path(), &["restore", "h1"], b"");
    assert!(restored.stdout == bytes);
    let refused = mrconductor(home.path(), &["distill", "--level", "exact"], &bytes);
    assert_eq!(refused.status.code(), Some(5));
}

#[test]
fn a_huge_line_and_a_huge_file_end_in_an_answer() {
    let home = TempDir::new().unwrap();
    let line = "value ".repeat(300_000);
    let result = distill(home.path(), &["--budget", "500"], line.as_bytes());
    assert!(count(&result, "tokens_out") <= 500);
    let huge = home.path().join("huge.log");
    fs::File::create(&huge).unwrap().set_len(100 << 20).unwrap();
    let output = mrconductor(home.path(), &["distill", huge.to_str().unwrap()], b"");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("over the limit of 67108864") && error.contains("hint: "),
        "{error}"
    );
}

#[test]
fn a_client_pages_through_a_long_result() {
    let mut conductor = Conductor::ready();
    let line = |number: u64| {
        let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{scattered:x} {:x}\n", number * 7919)
    };
    let original = (0..900).map(line).collect::<Vec<_>>().concat();
    let mut result = conductor.call("distill", json!({"text": original, "level": "exact"}));
    let mut pages = 1;
    loop {
        let page = text(&result);
        assert!(
            page.len() <= 9_500 && page.lines().count() <= 250,
            "{} bytes",
            page.len()
        );
        let Some(cursor) = result["_meta"]["mrconductor/facts"]["next_cursor"].as_str() else {
            break;
        };
        let last = page.lines().last().unwrap();
        assert!(
            last.contains(&format!("distill handle=h1 level=exact cursor={cursor}")),
            "{last}"
        );
        result = conductor.call(
            "distill",
            json!({"handle": "h1", "level": "exact", "cursor": cursor}),
        );
        pages += 1;
    }
    assert!(pages > 2);
    let refused = conductor.call("distill", json!({"handle": "h1", "cursor": "999999999"}));
    assert_eq!(refused["isError"], true);
}

#[test]
fn a_path_leads_to_files_of_the_project_only() {
    let outside = TempDir::new().unwrap();
    fs::write(outside.path().join("secret.txt"), "outside").unwrap();
    let secret = outside.path().join("secret.txt");
    let mut conductor = Conductor::start_with(|command, home| {
        let project = home.join("project");
        fs::create_dir_all(project.join("logs")).unwrap();
        fs::write(project.join("logs/a.log"), "inside").unwrap();
        std::os::unix::fs::symlink(&secret, project.join("link.txt")).unwrap();
        command.arg("--project").arg(project);
    });
    conductor.initialize("2025-11-25");
    let result = conductor.call("distill", json!({"path": "logs/a.log"}));
    assert_eq!(text(&result), "inside");
    for path in [
        "../secret.txt",
        "link.txt",
        "/etc/hostname",
        "logs/../../x",
        "",
        "no.txt",
        "logs",
    ] {
        let result = conductor.call("distill", json!({"path": path}));
        assert_eq!(result["isError"], true, "{path}: {result}");
        assert!(text(&result).contains("hint: "), "{result}");
    }
}

#[test]
fn one_source_is_needed() {
    let mut conductor = Conductor::ready();
    for arguments in [
        json!({}),
        json!({"text": "a", "handle": "h1"}),
        json!({"text": "a", "session": "none"}),
    ] {
        let result = conductor.call("distill", arguments);
        assert_eq!(result["isError"], true, "{result}");
        assert!(text(&result).contains("hint: "), "{result}");
    }
}
