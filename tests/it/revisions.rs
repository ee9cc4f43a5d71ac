//! Documentation of git repositories as it was at a revision, through the real program.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::archives::{counts, refs};
use crate::harness::{json_of, run};

/// Runs `git` in `folder`; false where there is none.
fn git(folder: &Path, args: &[&str]) -> bool {
    let who = [
        ("GIT_AUTHOR_NAME", "it"),
        ("GIT_AUTHOR_EMAIL", "it@h.example"),
        ("GIT_COMMITTER_NAME", "it"),
        ("GIT_COMMITTER_EMAIL", "it@h.example"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ];
    let run = Command::new("git")
        .args(args)
        .envs(who)
        .current_dir(folder)
        .output();
    match run {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "git {args:?}: {said}");
            true
        }
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "git is needed: {error}");
            eprintln!("skipped: git is missing ({error})");
            false
        }
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A home with a repository `repo` that has the tags `v1` and `v2` and later changes that nobody committed.
fn home() -> Option<TempDir> {
    let home = tempfile::tempdir().unwrap();
    let repo = home.path().join("repo");
    fs::create_dir(&repo).unwrap();
    if !git(&repo, &["init", "-q", "-b", "main"]) {
        return None;
    }
    write(&repo.join("README.md"), "# Winch\n\nLifts things.\n");
    write(
        &repo.join("docs/brake.md"),
        "# Brake\n\nCall `hold_brake` first.\n",
    );
    write(
        &repo.join("docs/big.md"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    );
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", repo.join("docs/link.md")).unwrap();
    git(&repo, &["add", "-A"]);
    let module = "160000,1111111111111111111111111111111111111111,vendor";
    git(&repo, &["update-index", "--add", "--cacheinfo", module]);
    git(&repo, &["commit", "-qm", "one"]);
    git(&repo, &["tag", "v1"]);
    write(
        &repo.join("docs/brake.md"),
        "# Brake\n\nCall `release_brake` last.\n",
    );
    git(&repo, &["add", "docs"]);
    git(&repo, &["commit", "-qm", "two"]);
    git(&repo, &["tag", "v2"]);
    write(
        &repo.join("docs/brake.md"),
        "# Brake\n\nNobody committed this.\n",
    );
    Some(home)
}

#[test]
fn a_repository_is_read_as_it_was_at_a_tag() {
    let Some(home) = home() else { return };
    let home = home.path();
    let report = json_of(home, &["docs", "add", "repo", "--at", "v1"]);
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    let failures = report["failures"].as_array().unwrap();
    let failed: Vec<_> = failures.iter().map(|failure| &failure["path"]).collect();
    assert_eq!(failed, ["docs/big.md", "vendor"]);
    assert_eq!(refs(home, "hold_brake"), ["repo:docs/brake.md"]);
    let (list, _, _) = run(home, &["docs", "list"]);
    assert!(list.contains("v1"), "{list}");

    let again = json_of(home, &["docs", "refresh", "repo"]);
    assert_eq!(again["sources"][0]["unchanged"], 2);
    let report = json_of(home, &["docs", "add", "repo", "--at", "v2"]);
    assert_eq!(counts(&report), [0, 1, 1, 0]);
    assert_eq!(refs(home, "release_brake").len(), 1);
    assert_eq!(
        json_of(home, &["docs", "list"])["sources"][0]["version"],
        "v2"
    );

    // A tag that moved leads to what it names now.
    git(&home.join("repo"), &["tag", "-f", "v2", "v1"]);
    let moved = json_of(home, &["docs", "refresh", "repo"]);
    assert_eq!(counts(&moved["sources"][0]), [0, 1, 1, 0]);
}

#[test]
fn a_folder_of_a_repository_and_a_bare_one_have_revisions_too() {
    let Some(home) = home() else { return };
    let home = home.path();
    let report = json_of(
        home,
        &["docs", "add", "repo/docs", "--at", "v1", "--name", "below"],
    );
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    assert_eq!(refs(home, "hold_brake"), ["below:brake.md"]);
    git(home, &["clone", "-q", "--bare", "repo", "bare.git"]);
    let args = [
        "docs",
        "add",
        "bare.git",
        "--at",
        "main",
        "--include",
        "docs/**",
    ];
    let report = json_of(home, &args);
    assert_eq!(
        (&report["name"], counts(&report)),
        (&json!("bare"), [1, 0, 0, 0])
    );

    let team = json!({"documentation_sources": [{"type": "git", "path": "repo", "at": "v1"}]});
    fs::write(home.join("team.json"), team.to_string()).unwrap();
    let report = json_of(home, &["docs", "sync", "--from", "team.json"]);
    assert_eq!(report["sources"][0]["pages"], 2);
    let (_, err, code) = run(home, &["docs", "export", "repo"]);
    assert_eq!(code, Some(0), "{err}");
    let args = [
        "docs",
        "import",
        "repo.bundle",
        "--unsigned",
        "--name",
        "copy",
    ];
    json_of(home, &args);
    let sources = json_of(home, &["docs", "list"])["sources"].clone();
    let copy = sources
        .as_array()
        .unwrap()
        .iter()
        .find(|source| source["name"] == "copy");
    assert_eq!(copy.unwrap()["version"], "v1");
}

#[test]
fn what_has_no_such_revision_is_said() {
    let Some(home) = home() else { return };
    let home = home.path();
    fs::create_dir(home.join("plain")).unwrap();
    for (args, why) in [
        (["repo", "--at=v9"], "has no revision `v9`"),
        (["repo", "--at=--help"], "`--help` is no revision"),
        (["repo", "--at="], "`` is no revision"),
        (["plain", "--at=v1"], "it is in no git repository"),
        (["repo/README.md", "--at=v1"], "it is no folder"),
        (["https://h.example/", "--at=v1"], "is a site"),
    ] {
        let (_, err, code) = run(home, &["docs", "add", args[0], args[1]]);
        assert!(
            code != Some(0) && err.contains(why) && err.contains("hint: "),
            "{err}"
        );
    }
    assert_eq!(json_of(home, &["docs", "list"])["sources"], json!([]));

    // Who asks a source that is there for what is not has an error; the source keeps its state.
    json_of(home, &["docs", "add", "repo", "--at", "v1"]);
    let noted = || json_of(home, &["docs", "list"])["sources"][0]["failures"].clone();
    let before = noted();
    let (_, _, code) = run(home, &["docs", "add", "repo", "--at", "v9"]);
    assert_ne!(code, Some(0));
    assert_eq!(noted(), before);
    // What it has is gone: that is noted until it is there again.
    git(&home.join("repo"), &["tag", "-m", "kept", "kept", "v1"]);
    git(&home.join("repo"), &["tag", "-d", "v1"]);
    run(home, &["docs", "refresh"]);
    let gone = noted().to_string();
    assert!(
        gone.contains("what was searchable stays") && gone.contains("docs/big.md"),
        "{gone}"
    );
    git(&home.join("repo"), &["tag", "v1", "kept^{}"]);
    run(home, &["docs", "refresh"]);
    assert_eq!(noted(), before);
}

#[test]
#[cfg(unix)]
fn nothing_that_a_repository_sets_is_run() {
    use std::os::unix::fs::PermissionsExt as _;

    let Some(home) = home() else { return };
    let home = home.path();
    let repo = home.join("repo");
    let trap = home.join("trap");
    fs::write(
        &trap,
        format!("#!/bin/sh\necho \"$0\" >> {}/sprung\n", home.display()),
    )
    .unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let command = trap.to_str().unwrap();
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
        "filter.x.smudge",
        "diff.x.textconv",
        "alias.ls-tree",
        "remote.origin.uploadpack",
        "credential.helper",
    ] {
        git(&repo, &["config", key, command]);
    }
    write(&repo.join(".git/info/attributes"), "*.md filter=x diff=x\n");
    for (key, value) in [
        ("remote.origin.url", "ssh://h.example/x"),
        ("remote.origin.promisor", "true"),
        ("extensions.partialClone", "origin"),
    ] {
        git(&repo, &["config", key, value]);
    }
    for hook in [
        "post-checkout",
        "reference-transaction",
        "post-index-change",
    ] {
        let hook = repo.join(".git/hooks").join(hook);
        fs::create_dir_all(hook.parent().unwrap()).unwrap();
        fs::copy(&trap, hook).unwrap();
    }
    // An object that is not there would be fetched.
    let output = Command::new("git")
        .args(["rev-parse", "v1:docs/brake.md"])
        .current_dir(&repo)
        .output()
        .unwrap();
    let object = String::from_utf8(output.stdout).unwrap();
    let (folder, file) = object.trim().split_at(2);
    fs::remove_file(repo.join(".git/objects").join(folder).join(file)).unwrap();

    let report = json_of(home, &["docs", "add", "repo", "--at", "v1"]);
    let why = report["failures"].to_string();
    assert!(why.contains("is not in the repository"), "{report}");
    assert_eq!(counts(&report)[0], 1);
    let sprung = fs::read_to_string(home.join("sprung")).unwrap_or_default();
    assert_eq!(sprung, "");
}

#[test]
fn a_repository_without_its_objects_or_its_work_tree_says_what_is_wrong() {
    let Some(home) = home() else { return };
    let home = home.path();
    git(home, &["clone", "-q", "--bare", "repo", "bare.git"]);
    let (_, err, code) = run(home, &["docs", "add", "bare.git"]);
    assert!(
        code == Some(5) && err.contains("without a work tree") && err.contains("`--at HEAD`"),
        "{err}"
    );
    let output = Command::new("git")
        .args(["rev-parse", "v1^{commit}"])
        .current_dir(home.join("repo"))
        .output()
        .unwrap();
    let commit = String::from_utf8(output.stdout).unwrap();
    let (folder, file) = commit.trim().split_at(2);
    fs::remove_file(home.join("repo/.git/objects").join(folder).join(file)).unwrap();
    let (_, err, code) = run(home, &["docs", "add", "repo", "--at", "v1"]);
    assert!(
        code == Some(5) && err.contains("knows `v1`, but its objects are missing"),
        "{err}"
    );
}
