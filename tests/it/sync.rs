//! `docs sync`: the documentation that settings name, through the real program.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::docs::home_with_manual;
use crate::harness::run;

fn settings(home: &Path, text: &str) {
    let folder = home.join(".config/mrconductor");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), text).unwrap();
}

fn sources(home: &Path) -> Vec<(String, u64)> {
    let (out, _, _) = run(home, &["docs", "list", "--json"]);
    let listed: Value = serde_json::from_str(&out).unwrap();
    let sources = listed["sources"].as_array().unwrap();
    sources
        .iter()
        .map(|source| {
            let name = source["name"].as_str().unwrap().to_owned();
            (name, source["pages"].as_u64().unwrap())
        })
        .collect()
}

#[test]
fn what_the_settings_and_a_file_name_is_read_in() {
    let home = home_with_manual();
    let home = home.path();
    settings(
        home,
        "[docs.sources.handbook]\npath = \"~/manual\"\nmax_documents = 1\n",
    );
    let listing = json!({"documentation_sources": [
        {"type": "directory", "name": "reference", "path": "../manual/reference", "settings": {"max_documents": 9, "depth": 2}},
        {"type": "file", "path": "../manual/install.md"},
    ], "server": {"port": 1}});
    fs::create_dir_all(home.join("team")).unwrap();
    fs::write(home.join("team/docs.json"), listing.to_string()).unwrap();
    let (_, err, code) = run(home, &["docs", "sync", "--from", "team/docs.json"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        err.contains(
            "not read: reference/anchor_drop.md: is the first of 1 beyond the 1 files to read"
        ),
        "{err}"
    );
    let read = [("handbook", 1), ("install", 1), ("reference", 1)];
    assert_eq!(
        sources(home),
        read.map(|(name, pages)| (name.to_owned(), pages))
    );

    // The limit is remembered, and can be raised.
    let (_, err, _) = run(home, &["docs", "refresh", "handbook"]);
    assert!(err.contains("beyond the 1 files"), "{err}");
    settings(home, "[docs.sources.handbook]\npath = \"~/manual\"\n");
    run(home, &["docs", "sync"]);
    assert_eq!(sources(home)[0], ("handbook".to_owned(), 2));
}

#[test]
fn what_a_project_names_is_read_in_and_no_link_leads_out_of_it() {
    let home = home_with_manual();
    let home = home.path();
    let project = home.join("work");
    let write = |path: &str, text: &str| {
        let file = home.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write("private/key.md", "# Key\n\nnobody shall read this\n");
    write("work/notes/shared.md", "# Shared\n\nThe notes of all.\n");
    write("work/docs/a.md", "# A\n\nA page of the project.\n");
    write(
        "work/.mrconductor.toml",
        "docs.sources.work.path = \"docs\"\ndocs.sources.out.path = \"out\"\n",
    );
    let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, project.join(name)).unwrap();
    link(&home.join("private/key.md"), "docs/key.md");
    link(&home.join("private"), "docs/folder");
    link(&project.join("notes"), "docs/notes");
    link(&home.join("private"), "out");

    let (_, err, code) = run(home, &["docs", "sync", "--project", "work"]);
    assert_eq!(code, Some(5), "{err}");
    assert!(
        err.contains("work: named by ") && err.contains("work/.mrconductor.toml"),
        "{err}"
    );
    for refused in ["key.md", "folder"] {
        let told = format!("not read: {refused}: is a link that leads out of the project");
        assert!(err.contains(&told), "{err}");
    }
    assert!(err.contains("private` leads out of"), "{err}");
    assert_eq!(sources(home), [("work".to_owned(), 2)]);

    // That is so at every later reading, whoever asks for it.
    link(&home.join("private"), "docs/later");
    let (_, err, _) = run(home, &["docs", "refresh", "work"]);
    assert!(err.contains("not read: later: is a link"), "{err}");
    let (found, _, _) = run(home, &["docs", "search", "nobody shall read this"]);
    assert!(found.starts_with("nothing matches"), "{found}");
}

#[test]
fn a_source_that_fails_keeps_no_other_back() {
    let home = home_with_manual();
    let home = home.path();
    let (_, err, code) = run(home, &["docs", "sync"]);
    assert!(
        code == Some(1) && err.contains("the settings name no documentation"),
        "{err}"
    );
    settings(
        home,
        "[docs.sources]\naway.path = \"/nowhere/at/all\"\nmanual.path = \"~/manual\"\nnothing.max_documents = 3\nboth = {path = \"~/manual\", url = \"https://docs.example.com/\"}\nfar = {path = \"~/manual\", depth = 3}\n",
    );
    let (out, err, code) = run(home, &["docs", "sync", "--json"]);
    assert_eq!(code, Some(5), "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["sources"][0]["name"], "manual");
    assert_eq!(told["failures"][0]["name"], "away");
    let why = |name: &str| {
        let failures = told["failures"].as_array().unwrap();
        let failure = failures.iter().find(|failure| failure["name"] == name);
        failure.unwrap()["why"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        why("nothing"),
        "`docs.sources.nothing` has no path and no url"
    );
    assert_eq!(why("both"), "`docs.sources.both` has a path and a url");
    assert!(why("far").ends_with("manual` is no site"), "{}", why("far"));
    // Each that failed has its hint.
    assert!(
        err.matches("\nhint: ").count() == 4 && err.contains("away: "),
        "{err}"
    );
    fs::write(
        home.join("bad.json"),
        "{\"documentation_sources\": [{\"type\": \"ftp\"}, {\"type\": \"file\", \"path\": \"manual/install.md\", \"depth\": 2}]}",
    )
    .unwrap();
    let (_, err, code) = run(home, &["docs", "sync", "--from", "bad.json"]);
    assert!(
        code == Some(5)
            && err.contains("source 1: `type` cannot be `ftp`\nhint: give one of directory,")
            && err.contains("install: 1 page")
            && err.contains("note: source 2: passed over: `depth`"),
        "{err}"
    );
    settings(home, "[docs.sources.manual]\npath = \"manual\"\n");
    let (_, err, _) = run(home, &["docs", "sync"]);
    assert!(
        err.contains("an absolute path, or one that starts with `~/`"),
        "{err}"
    );
}

#[test]
fn answers_are_as_long_as_the_settings_say() {
    let home = home_with_manual();
    let home = home.path();
    run(home, &["docs", "add", "manual"]);
    let question = ["docs", "search", "engine", "anchor", "archive", "--json"];
    let results = |home: &Path| -> usize {
        let (out, _, _) = run(home, &question);
        let found: Value = serde_json::from_str(&out).unwrap();
        found["results"].as_array().unwrap().len()
    };
    assert!(results(home) > 1);
    settings(home, "docs.limit = 1\n");
    assert_eq!(results(home), 1);
}
