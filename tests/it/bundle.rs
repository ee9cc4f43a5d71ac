//! `docs export` and `docs import`: documentation carried to a machine that reaches nothing, through the real program.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::docs::home_with_manual;
use crate::harness::run;
use crate::keys::ssh_keygen;

/// A home with a manual in its library, and the bundle of it, signed by `writer`.
pub fn connected() -> TempDir {
    let home = home_with_manual();
    let (_, err, code) = run(home.path(), &["docs", "add", "manual"]);
    assert_eq!(code, Some(0), "{err}");
    let (_, err, code) = run(
        home.path(),
        &["keys", "new", "writer", "--key-file", "writer.key"],
    );
    assert_eq!(code, Some(0), "{err}");
    let args = ["docs", "export", "manual", "--identity", "writer", "--json"];
    let (out, err, code) = run(home.path(), &args);
    assert_eq!(code, Some(0), "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["pages"], 2);
    home
}

/// A home that has nothing but the bundle.
pub fn closed(connected: &TempDir) -> TempDir {
    let home = TempDir::new().unwrap();
    fs::copy(
        connected.path().join("manual.bundle"),
        home.path().join("manual.bundle"),
    )
    .unwrap();
    home
}

pub fn fingerprint(home: &Path) -> String {
    let (out, _, _) = run(home, &["keys", "show", "writer", "--json"]);
    let identity: Value = serde_json::from_str(&out).unwrap();
    identity["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn a_source_is_carried_to_a_machine_that_reaches_nothing() {
    let there = connected();
    let here = closed(&there);
    let signer = fingerprint(there.path());
    let (_, err, code) = run(here.path(), &["docs", "import", "manual.bundle"]);
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains(&format!("pass `--signer {signer}`")), "{err}");
    let (_, err, code) = run(
        here.path(),
        &["docs", "import", "manual.bundle", "--signer", "SHA256:else"],
    );
    assert_eq!(code, Some(3), "{err}");
    let args = ["docs", "import", "manual.bundle", "--signer", "foo"];
    let (_, err, code) = run(here.path(), &args);
    assert!(
        code == Some(1) && err.contains("`foo` is no fingerprint"),
        "{err}"
    );
    let args = ["docs", "import", "manual.bundle", "--signer", &signer];
    let (_, err, code) = run(here.path(), &args);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.starts_with("manual: 2 pages, "), "{err}");

    let question = ["docs", "search", "anchor_drop", "caveats"];
    let (found, _, _) = run(here.path(), &question);
    assert_eq!(found, run(there.path(), &question).0);
    // There is nothing here that it could be read from again.
    let (_, err, code) = run(here.path(), &["docs", "refresh"]);
    assert_eq!(
        (code, err.contains("came in a bundle")),
        (Some(0), true),
        "{err}"
    );
    let (_, err, _) = run(here.path(), &args);
    assert!(err.contains("2 unchanged"), "{err}");
    // A name that a folder of this machine has is not taken over.
    let (_, err, code) = run(there.path(), &["docs", "import", "manual.bundle"]);
    assert_eq!(code, Some(5), "{err}");
    assert!(err.contains("the name `manual` is taken by"), "{err}");
    let (_, err, code) = run(
        there.path(),
        &["docs", "import", "manual.bundle", "--name", "copy"],
    );
    assert_eq!(code, Some(0), "one's own signature is known: {err}");
}

#[test]
fn what_nobody_signed_or_somebody_changed_is_not_taken() {
    let there = connected();
    run(
        there.path(),
        &["docs", "export", "manual", "--to", "plain.bundle"],
    );
    let (_, err, code) = run(
        there.path(),
        &["docs", "import", "plain.bundle", "--name", "copy"],
    );
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains("nobody signed `plain.bundle`"), "{err}");
    let args = [
        "docs",
        "import",
        "plain.bundle",
        "--name",
        "copy",
        "--unsigned",
    ];
    assert_eq!(run(there.path(), &args).2, Some(0));

    let path = there.path().join("manual.bundle");
    let whole = fs::read(&path).unwrap();
    let text = String::from_utf8_lossy(&whole).into_owned();
    let at = text.find("\"pages\":2").unwrap();
    let changed = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        fs::write(&path, bytes).unwrap();
        run(
            there.path(),
            &["docs", "import", "manual.bundle", "--name", "other"],
        )
    };
    let (_, err, code) = changed(at + 8, b'3');
    assert!(code != Some(0) && err.contains("hint: "), "{err}");
    let (_, err, code) = changed(whole.len() - 30, !whole[whole.len() - 30]);
    assert!(
        code != Some(0) && err.contains("is no whole bundle"),
        "{err}"
    );
    fs::write(&path, "# Not a bundle\n").unwrap();
    let (_, err, _) = run(there.path(), &["docs", "import", "manual.bundle"]);
    assert!(err.contains("does not begin as a bundle"), "{err}");
    let (out, _, _) = run(there.path(), &["docs", "list"]);
    assert!(!out.contains("other"), "{out}");
}

#[test]
fn anyone_can_check_the_signature_of_a_bundle() {
    let there = connected();
    let text = fs::read(there.path().join("manual.bundle")).unwrap();
    let head = String::from_utf8_lossy(&text).into_owned();
    let begin = head.find("-----BEGIN").unwrap();
    let end = head.find("-----END SSH SIGNATURE-----").unwrap() + 28;
    fs::write(there.path().join("head.sig"), &head[begin..end]).unwrap();
    let manifest: Value = serde_json::from_str(head.lines().nth(1).unwrap()).unwrap();
    let signers = format!("writer {}\n", manifest["signer"].as_str().unwrap());
    fs::write(there.path().join("signers"), signers).unwrap();
    let verify = [
        "-Y",
        "verify",
        "-f",
        "signers",
        "-I",
        "writer",
        "-n",
        "bundle.v1@mrconductor",
        "-s",
        "head.sig",
    ];
    let signed = &head.as_bytes()[..begin];
    if let Some(checked) = ssh_keygen(there.path(), &verify, signed) {
        assert!(checked.status.success(), "{checked:?}");
    }
}

#[test]
fn only_an_older_bundle_is_replaced() {
    let there = connected();
    let home = there.path();
    fs::write(home.join("notes.txt"), "precious").unwrap();
    fs::write(home.join("empty.txt"), "").unwrap();
    std::os::unix::fs::symlink("manual.bundle", home.join("link.bundle")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(home.join("pipe"))
        .status();
    assert!(made.unwrap().success());
    for (to, what) in [
        ("notes.txt", "is there, and no bundle"),
        ("empty.txt", "is there, and no bundle"),
        ("link.bundle", "is a link"),
        ("pipe", "is no ordinary file"),
        ("manual", "is a folder"),
    ] {
        let before = fs::symlink_metadata(home.join(to)).unwrap().file_type();
        let (_, err, code) = run(home, &["docs", "export", "manual", "--to", to]);
        assert_eq!(code, Some(5), "{to}: {err}");
        let told = format!("`{to}` {what}: it is left as it is");
        assert!(
            err.contains(&told) && err.contains("hint: give another name"),
            "{err}"
        );
        let after = fs::symlink_metadata(home.join(to)).unwrap().file_type();
        assert_eq!(before, after);
    }
    assert_eq!(fs::read(home.join("notes.txt")).unwrap(), b"precious");
    let (_, err, code) = run(home, &["docs", "export", "manual", "--to", "-"]);
    assert!(
        code == Some(1) && err.contains("`--to manual.bundle`") && !home.join("-").exists(),
        "{err}"
    );
    for _ in 0..2 {
        let (_, err, code) = run(home, &["docs", "export", "manual", "--to", "new.bundle"]);
        assert_eq!(code, Some(0), "{err}");
    }
}
