//! `keys`: identities over their whole life, and interchange with the real `ssh-keygen`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use mrconductor::keys::{KeyError, VerifyingKey, sshsig};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Conductor, mrconductor, program};

const PASSPHRASE: &[u8] = b"correct horse battery\n";

/// Runs `ssh-keygen` in `folder`; `None`, said on stderr, if this machine has none and it is not the project's own check.
pub fn ssh_keygen(folder: &Path, args: &[&str], stdin: &[u8]) -> Option<Output> {
    let input = folder.join(".stdin");
    fs::write(&input, stdin).unwrap();
    let run = Command::new("ssh-keygen")
        .args(args)
        .current_dir(folder)
        .stdin(fs::File::open(&input).unwrap())
        .output();
    match run {
        Ok(output) => Some(output),
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "ssh-keygen is needed: {error}"
            );
            eprintln!("skipped: ssh-keygen is missing ({error})");
            None
        }
    }
}

/// Makes `folder/name` and `folder/name.pub` with `ssh-keygen`.
fn made(folder: &Path, name: &str, args: &[&str]) -> Option<()> {
    let output = ssh_keygen(
        folder,
        &[&["-q", "-f", name, "-C", "it"], args].concat(),
        b"",
    )?;
    assert!(output.status.success(), "{output:?}");
    Some(())
}

fn public_key(folder: &Path, name: &str) -> VerifyingKey {
    VerifyingKey::from_openssh(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn printed(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_identity_is_made_shown_listed_and_removed() {
    let home = TempDir::new().unwrap();
    let run = |args: &[&str], stdin: &[u8]| mrconductor(home.path(), args, stdin);

    let made = printed(&run(
        &["keys", "new", "alice", "--passphrase-stdin", "--json"],
        PASSPHRASE,
    ));
    assert_eq!(made["custody"], "passphrase");
    let fingerprint = made["fingerprint"].as_str().unwrap().to_owned();
    assert!(fingerprint.starts_with("SHA256:"));

    let file = run(
        &["keys", "new", "bob", "--key-file", "bob.key", "--json"],
        b"",
    );
    assert!(err(&file).contains("keep a copy"), "{file:?}");
    assert_eq!(printed(&file)["custody"], "key_file");
    assert_eq!(fs::read(home.path().join("bob.key")).unwrap().len(), 32);

    let listed = run(&["keys", "list"], b"");
    let lines: Vec<&str> = out(&listed).lines().collect();
    assert_eq!(lines.len(), 2, "{listed:?}");
    assert!(lines[0].starts_with("alice") && lines[0].contains(&fingerprint));
    assert!(lines[1].contains("bob.key"));

    let shown = run(&["keys", "show", "alice"], b"");
    assert!(out(&shown).contains(made["public_key"].as_str().unwrap()));
    assert!(out(&shown).contains("namespaces=\"receipt.v1@mrconductor\""));

    let again = run(&["keys", "new", "alice", "--passphrase-stdin"], PASSPHRASE);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        err(&again).contains("error: an identity `alice` is already there\nhint: "),
        "{again:?}"
    );

    let kept = run(&["keys", "remove", "bob"], b"bob\n");
    assert!(
        !kept.status.success(),
        "without a terminal `--yes` is needed"
    );
    assert!(
        run(&["keys", "remove", "bob", "--yes"], b"")
            .status
            .success()
    );
    assert!(home.path().join("bob.key").exists());
    let gone = run(&["keys", "show", "bob"], b"");
    assert_eq!(
        err(&gone),
        "error: no identity `bob`\nhint: `mrconductor keys list` shows the names; `mrconductor keys new` makes one\n"
    );
}

#[test]
fn an_identity_is_not_made_where_it_would_not_last() {
    let home = TempDir::new().unwrap();
    let refused = program(home.path())
        .env_remove("HOME")
        .args(["keys", "new", "a", "--key-file", "a.key"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("error: an identity cannot be kept: store: in memory"),
        "{refused:?}"
    );
    assert!(!home.path().join("a.key").exists());
}

#[test]
fn names_and_passphrases_that_protect_nothing_are_refused() {
    let home = TempDir::new().unwrap();
    for (args, stdin, expected) in [
        (
            ["keys", "new", "../x", "--passphrase-stdin"],
            PASSPHRASE,
            "cannot name an identity",
        ),
        (
            ["keys", "new", "a", "--passphrase-stdin"],
            b"short\n".as_slice(),
            "shorter than 8 bytes",
        ),
        (
            ["keys", "new", "a", "--passphrase-stdin"],
            b"",
            "shorter than 8 bytes",
        ),
        (
            ["keys", "new", "a", "--passphrase-stdin"],
            &[b'x'; 2000],
            "longer than 1,024 bytes",
        ),
        (["keys", "new", "a", "--key-file"], b"", "value is required"),
    ] {
        let refused = mrconductor(home.path(), &args, stdin);
        assert!(!refused.status.success());
        assert!(err(&refused).contains(expected), "{refused:?}");
    }
    assert_eq!(
        printed(&mrconductor(home.path(), &["keys", "list", "--json"], b""))["identities"],
        json!([])
    );
}

#[test]
fn a_key_of_ssh_keygen_becomes_an_identity_with_the_same_fingerprint() {
    let home = TempDir::new().unwrap();
    let run = |args: &[&str], stdin: &[u8]| mrconductor(home.path(), args, stdin);
    let Some(()) = made(home.path(), "plain", &["-t", "ed25519", "-N", ""]) else {
        return;
    };
    let known = ssh_keygen(home.path(), &["-l", "-f", "plain.pub"], b"").unwrap();
    let imported = printed(&run(
        &[
            "keys",
            "import",
            "plain",
            "plain",
            "--passphrase-stdin",
            "--json",
        ],
        PASSPHRASE,
    ));
    assert!(out(&known).contains(imported["fingerprint"].as_str().unwrap()));
    let twice = run(
        &[
            "keys",
            "new",
            "other",
            "--import",
            "plain",
            "--passphrase-stdin",
        ],
        PASSPHRASE,
    );
    assert!(
        err(&twice).contains("already kept as identity `plain`"),
        "{twice:?}"
    );

    // The default cipher and the authenticated one; 4 rounds, so that the test is quick.
    for cipher in [
        "aes256-ctr",
        "aes256-gcm@openssh.com",
        "chacha20-poly1305@openssh.com",
    ] {
        let name = cipher.split(['-', '@']).take(2).collect::<String>();
        made(
            home.path(),
            &name,
            &[
                "-t",
                "ed25519",
                "-N",
                "open sesame",
                "-Z",
                cipher,
                "-a",
                "4",
            ],
        )
        .unwrap();
        let wrong = run(
            &["keys", "import", &name, &name, "--passphrase-stdin"],
            b"wrong\nlong enough\n",
        );
        assert_eq!(wrong.status.code(), Some(3), "{wrong:?}");
        let right = run(
            &[
                "keys",
                "import",
                &name,
                &name,
                "--passphrase-stdin",
                "--json",
            ],
            b"open sesame\nlong enough\n",
        );
        let known = ssh_keygen(home.path(), &["-l", "-f", &format!("{name}.pub")], b"").unwrap();
        assert!(
            out(&known).contains(printed(&right)["fingerprint"].as_str().unwrap()),
            "{cipher}"
        );
    }
}

#[test]
fn keys_of_other_types_and_keys_that_cost_years_are_refused() {
    let home = TempDir::new().unwrap();
    let import = |name: &str| {
        mrconductor(
            home.path(),
            &["keys", "import", "x", name, "--passphrase-stdin"],
            PASSPHRASE,
        )
    };
    let Some(()) = made(home.path(), "ecdsa", &["-t", "ecdsa", "-N", ""]) else {
        return;
    };
    made(
        home.path(),
        "rsa",
        &["-t", "rsa", "-b", "2048", "-N", "", "-m", "PEM"],
    )
    .unwrap();
    made(
        home.path(),
        "slow",
        &["-t", "ed25519", "-N", "open sesame", "-a", "4"],
    )
    .unwrap();
    let slow = home.path().join("slow");
    let pem = fs::read_to_string(&slow).unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let mut bytes = BASE64_STANDARD.decode(body).unwrap();
    // After `bcrypt`: the length of its options, the length of the salt, 16 bytes of salt, the rounds.
    let rounds = bytes
        .windows(6)
        .position(|window| window == b"bcrypt")
        .unwrap()
        + 6
        + 4
        + 4
        + 16;
    assert_eq!(bytes[rounds..rounds + 4], [0, 0, 0, 4]);
    bytes[rounds..rounds + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    let body: Vec<String> = BASE64_STANDARD
        .encode(bytes)
        .as_bytes()
        .chunks(70)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    fs::write(
        &slow,
        format!(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
            body.join("\n")
        ),
    )
    .unwrap();
    for (name, expected) in [
        ("ecdsa", "unknown algorithm"),
        ("rsa", "no OpenSSH private key"),
        ("slow", "more than 1,024 rounds"),
        ("ecdsa.pub", "no OpenSSH private key"),
        ("missing", "cannot read private key `missing`"),
    ] {
        let refused = import(name);
        assert!(err(&refused).contains(expected), "{refused:?}");
    }
}

#[test]
fn a_signature_of_ssh_keygen_is_accepted_for_its_text_use_and_key_only() {
    let home = TempDir::new().unwrap();
    let Some(()) = made(home.path(), "a", &["-t", "ed25519", "-N", ""]) else {
        return;
    };
    made(home.path(), "b", &["-t", "ed25519", "-N", ""]).unwrap();
    let signed = |args: &[&str]| {
        let signed = ssh_keygen(
            home.path(),
            &[&["-Y", "sign", "-f", "a"], args].concat(),
            b"a text",
        )
        .unwrap();
        assert!(signed.status.success(), "{signed:?}");
        String::from_utf8(signed.stdout).unwrap()
    };
    let armour = signed(&["-n", "note@example.org"]);
    let (a, b) = (
        public_key(home.path(), "a.pub"),
        public_key(home.path(), "b.pub"),
    );
    let check =
        |key, namespace, text: &[u8], armour: &str| sshsig::verify(key, namespace, text, armour);
    check(&a, "note@example.org", b"a text", &armour).unwrap();
    for refused in [
        check(&b, "note@example.org", b"a text", &armour),
        check(&a, "other@example.org", b"a text", &armour),
        check(&a, "note@example.org", b"a test", &armour),
        check(
            &a,
            "note@example.org",
            b"a text",
            &signed(&["-n", "note@example.org", "-O", "hashalg=sha256"]),
        ),
    ] {
        assert!(
            matches!(refused, Err(KeyError::Signature(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn the_secret_half_is_found_nowhere_after_use() {
    // A server keeps the store open, so that its write-ahead log is there to be searched.
    let mut server = Conductor::ready();
    server.call("handshake", json!({}));
    let home = &server.home;
    let Some(()) = made(home.path(), "plain", &["-t", "ed25519", "-N", ""]) else {
        return;
    };
    let pem = fs::read_to_string(home.path().join("plain")).unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let bytes = BASE64_STANDARD.decode(body).unwrap();
    let public = *public_key(home.path(), "plain.pub").as_bytes();
    // The file ends in seed and public key, side by side.
    let at = bytes
        .windows(32)
        .rposition(|window| window == public)
        .unwrap();
    let seed = bytes[at - 32..at].to_vec();
    fs::remove_file(home.path().join("plain")).unwrap();
    fs::write(home.path().join("key"), pem).unwrap();

    let mut shown = Vec::new();
    for args in [
        ["keys", "import", "me", "key", "--key-file", "me.key"].as_slice(),
        &[
            "keys",
            "import",
            "me",
            "key",
            "--key-file",
            "me.key",
            "--json",
        ],
        &["keys", "list"],
        &["keys", "show", "me", "--json"],
        &["handshake", "--identity", "me", "--save", "receipt"],
        &["handshake", "--identity", "me", "--json"],
    ] {
        let output = mrconductor(home.path(), args, b"");
        shown.extend([output.stdout, output.stderr].concat());
    }
    fs::write(home.path().join("shown"), shown).unwrap();
    fs::remove_file(home.path().join("key")).unwrap();

    let hex = seed
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    // Base64 of the middle, whatever the seed was aligned to.
    let base64: Vec<String> = (0..3)
        .map(|skip| BASE64_STANDARD.encode(&seed[skip..skip + 27]))
        .collect();
    let mut files = Vec::new();
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    for part in [".db", ".db-wal"] {
        let searched = files
            .iter()
            .any(|file| file.to_string_lossy().ends_with(part));
        assert!(searched, "no {part} in {files:?}");
    }
    for file in files {
        let content = fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&content);
        assert!(
            !content.windows(32).any(|window| window == seed),
            "{}",
            file.display()
        );
        assert!(!text.to_lowercase().contains(&hex), "{}", file.display());
        assert!(
            !base64.iter().any(|spelled| text.contains(spelled)),
            "{}",
            file.display()
        );
    }
}
