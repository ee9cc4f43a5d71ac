//! `handshake`: what a person gets, what a client gets, and that receipts hold up outside this program.

use std::fs;
use std::path::Path;

use mrconductor::handshake::RECEIPT_NAMESPACE;
use mrconductor::keys::{VerifyingKey, sshsig};
use mrconductor::store::Store;
use mrconductor::tokens::{Encoding, count, fingerprint};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::harness::{Conductor, mrconductor, text};
use crate::keys::ssh_keygen;

fn agreed(home: &TempDir, offer: &Value) -> Value {
    let output = mrconductor(
        home.path(),
        &["handshake", "--offer", "-", "--json"],
        offer.to_string().as_bytes(),
    );
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn without_an_offer_the_servers_defaults_are_agreed() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(home.path(), &["handshake", "--json"], b"");
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(facts["protocol"], json!(1));
    assert_eq!(
        facts["tokenizer"],
        json!({"name": "o200k_base", "fingerprint": fingerprint(Encoding::O200k)})
    );
    assert_eq!(
        facts["features"],
        json!({
            "ascii": 1, "unicode": null, "serialization": 1, "packs": null, "relational": 1, "checksums": 1,
            "mcp": "2026-07-28",
        })
    );
    assert_eq!(facts["level"], "L0");
    assert_eq!(facts["kept"], true);
    let session = facts["session"].as_str().unwrap();
    assert_eq!(session.len(), 27);
    let other = agreed(&home, &json!({}));
    assert_ne!(other["session"], facts["session"]);
}

#[test]
fn the_answer_for_a_model_is_short_and_says_what_is_off() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(home.path(), &["handshake"], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("off: unicode, packs\n"), "{text}");
    assert!(text.contains("authenticates nobody"), "{text}");
    assert!(text.contains("legend: empty"), "{text}");
    let tokens = count(Encoding::O200k, &text);
    assert!(tokens <= 250, "{tokens} tokens:\n{text}");
}

#[test]
fn an_offer_narrows_what_is_agreed_and_a_floor_refuses() {
    let home = TempDir::new().unwrap();
    let offer = json!({
        "tokenizers": [{"name": "their-name", "fingerprint": fingerprint(Encoding::Cl100k)}],
        "features": {"ascii": [1, 2], "unicode": [1], "mcp": ["2025-06-18", "2025-11-25"]},
    });
    let facts = agreed(&home, &offer);
    assert_eq!(facts["tokenizer"]["name"], "cl100k_base");
    assert_eq!(facts["features"]["ascii"], 1);
    assert_eq!(facts["features"]["checksums"], Value::Null);
    assert_eq!(facts["features"]["mcp"], "2025-11-25");

    let floored = br#"{"floors":{"unicode":1}}"#;
    let refused = mrconductor(home.path(), &["handshake", "--offer", "-"], floored);
    assert_eq!(refused.status.code(), Some(5));
    assert_eq!(
        String::from_utf8(refused.stderr).unwrap(),
        "error: `unicode` came out as off, below the floor 1\n\
         hint: lower the floor, or do without: the other tools need no handshake\n"
    );
    let long = vec![b' '; 70_000];
    let refused = mrconductor(home.path(), &["handshake", "--offer", "-"], &long);
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("at most 65536 are read")
    );
}

#[test]
fn a_saved_receipt_is_verified_by_ssh_keygen_and_only_as_it_is() {
    let home = TempDir::new().unwrap();
    let offer = br#"{"x-spaced":  [1e3, "\u00e4"], "features":{"ascii":[1]}}"#;
    let saved = mrconductor(
        home.path(),
        &["handshake", "--offer", "-", "--save", "r"],
        offer,
    );
    assert!(saved.status.success(), "{saved:?}");
    let printed = String::from_utf8(saved.stderr).unwrap();
    let folder = home.path().join("r");
    let payload = fs::read(folder.join("receipt.json")).unwrap();
    assert!(
        payload.windows(offer.len()).any(|window| window == offer),
        "the offer is in it as it was sent"
    );

    let command = printed
        .lines()
        .find_map(|line| line.trim().strip_prefix("ssh-keygen "))
        .unwrap();
    let (args, input) = command.split_once(" < ").unwrap();
    assert_eq!(input, "receipt.json");
    let args: Vec<&str> = args.split(' ').collect();
    let Some(verified) = ssh_keygen(&folder, &args, &payload) else {
        return;
    };
    assert!(verified.status.success(), "{verified:?}");
    let swap = |at: usize, word: &'static str| {
        let mut args = args.clone();
        args[at] = word;
        args
    };
    let position = |flag: &str| args.iter().position(|arg| *arg == flag).unwrap() + 1;
    for (args, text) in [
        (args.clone(), [payload.clone(), b" ".to_vec()].concat()),
        (swap(position("-I"), "someone"), payload.clone()),
        (
            swap(position("-n"), "receipt.v2@mrconductor"),
            payload.clone(),
        ),
    ] {
        let refused = ssh_keygen(&folder, &args, &text).unwrap();
        assert!(!refused.status.success(), "{refused:?}");
    }

    let again = mrconductor(home.path(), &["handshake", "--save", "r"], b"");
    assert!(
        String::from_utf8(again.stderr)
            .unwrap()
            .contains("hint: give a new or empty directory")
    );
    assert_eq!(fs::read(folder.join("receipt.json")).unwrap(), payload);
}

#[test]
fn an_identity_signs_the_same_receipt_and_is_named_in_it() {
    let home = TempDir::new().unwrap();
    let passphrase = b"correct horse battery\n";
    let made = mrconductor(
        home.path(),
        &["keys", "new", "alice", "--passphrase-stdin"],
        passphrase,
    );
    assert!(made.status.success(), "{made:?}");
    let signed = |stdin: &[u8]| {
        mrconductor(
            home.path(),
            &[
                "handshake",
                "--identity",
                "alice",
                "--passphrase-stdin",
                "--save",
                "r",
                "--json",
            ],
            stdin,
        )
    };
    let wrong = signed(b"correct horse batterY\n");
    assert_eq!(wrong.status.code(), Some(3), "{wrong:?}");
    assert!(!home.path().join("r").exists());
    let facts: Value = serde_json::from_slice(&signed(passphrase).stdout).unwrap();
    assert_eq!(facts["receipt"]["identity"]["name"], "alice");
    let folder = home.path().join("r");
    let payload = fs::read(folder.join("receipt.json")).unwrap();
    let read: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(read["signers"]["identity"]["name"], "alice");
    for (name, signature) in [("mrconductor", "receipt.sig"), ("alice", "identity.sig")] {
        let args = [
            "-Y",
            "verify",
            "-f",
            "allowed_signers",
            "-I",
            name,
            "-n",
            RECEIPT_NAMESPACE,
            "-s",
            signature,
        ];
        let Some(verified) = ssh_keygen(&folder, &args, &payload) else {
            return;
        };
        assert!(verified.status.success(), "{verified:?}");
    }
    // The signature of the one is not that of the other.
    let args = [
        "-Y",
        "verify",
        "-f",
        "allowed_signers",
        "-I",
        "alice",
        "-n",
        RECEIPT_NAMESPACE,
        "-s",
        "receipt.sig",
    ];
    assert!(
        !ssh_keygen(&folder, &args, &payload)
            .unwrap()
            .status
            .success()
    );
}

#[test]
fn every_single_bit_flip_of_a_receipt_is_refused() {
    let home = TempDir::new().unwrap();
    let receipt = agreed(&home, &json!({"receipt": true}))["receipt"].clone();
    let key = VerifyingKey::from_openssh(receipt["public_key"].as_str().unwrap()).unwrap();
    let signature = receipt["signature"].as_str().unwrap();
    let payload = receipt["payload"].as_str().unwrap().as_bytes().to_vec();
    sshsig::verify(&key, RECEIPT_NAMESPACE, &payload, signature).unwrap();
    for bit in 0..payload.len() * 8 {
        let mut flipped = payload.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(
            sshsig::verify(&key, RECEIPT_NAMESPACE, &flipped, signature).is_err(),
            "bit {bit}"
        );
    }
}

#[test]
fn a_receipt_is_shown_to_a_model_only_when_it_is_asked_for() {
    let home = TempDir::new().unwrap();
    let shown = |offer: &str| {
        let output = mrconductor(
            home.path(),
            &["handshake", "--offer", "-"],
            offer.as_bytes(),
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let full = shown(r#"{"receipt":true}"#);
    assert!(
        full.contains("-----BEGIN SSH SIGNATURE-----")
            && full.contains("verify: ssh-keygen -Y verify")
    );
    assert!(!shown("{}").contains("BEGIN"));
    let long = format!(r#"{{"receipt":true,"x-a":"{}"}}"#, "y".repeat(30_000));
    assert!(shown(&long).len() < 2_000);
}

#[test]
fn a_client_reads_the_same_answer_and_finds_the_receipt_beside_it() {
    let mut server = Conductor::ready();
    let answered = server.call(
        "handshake",
        json!({"offer": {"tokenizers": ["cl100k_base"]}}),
    );
    assert_eq!(
        answered.get("isError").unwrap_or(&json!(false)),
        &json!(false)
    );
    assert!(
        text(&answered).contains("tokenizer: cl100k_base sha256:"),
        "{answered}"
    );
    let facts = &answered["_meta"]["mrconductor/facts"];
    assert!(
        text(&answered).starts_with(&format!("session {}", facts["session"].as_str().unwrap()))
    );

    let receipt = &facts["receipt"];
    let key = VerifyingKey::from_openssh(receipt["public_key"].as_str().unwrap()).unwrap();
    let payload = receipt["payload"].as_str().unwrap();
    sshsig::verify(
        &key,
        RECEIPT_NAMESPACE,
        payload.as_bytes(),
        receipt["signature"].as_str().unwrap(),
    )
    .unwrap();
    let signed: Value = serde_json::from_str(payload).unwrap();
    assert_eq!(
        signed["offers"]["client"],
        json!({"tokenizers": ["cl100k_base"]})
    );
    assert_eq!(signed["session"], facts["session"]);

    // One session key for the whole process, a new session each time.
    let again = server.call("handshake", json!({}));
    let again = &again["_meta"]["mrconductor/facts"];
    assert_eq!(again["receipt"]["public_key"], receipt["public_key"]);
    assert_ne!(again["session"], facts["session"]);
}

#[test]
fn a_receipt_names_the_tools_that_the_client_was_shown() {
    let mut server = Conductor::ready();
    let listed = server.request("tools/list", json!({}))["result"]["tools"].clone();
    let shown: Vec<Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| json!({"name": tool["name"], "description": tool["description"], "inputSchema": tool["inputSchema"]}))
        .collect();
    let digest = Sha256::digest(Value::Array(shown).to_string());
    let digest = digest
        .iter()
        .fold("sha256:".to_owned(), |hex, byte| format!("{hex}{byte:02x}"));
    let answered = server.call("handshake", json!({}));
    let payload = answered["_meta"]["mrconductor/facts"]["receipt"]["payload"]
        .as_str()
        .unwrap();
    let signed: Value = serde_json::from_str(payload).unwrap();
    assert_eq!(signed["server"]["tools"], json!(digest));
}

#[test]
fn the_revisions_on_offer_are_those_that_the_server_speaks() {
    let home = TempDir::new().unwrap();
    let receipt = agreed(&home, &json!({}))["receipt"]["payload"].clone();
    let signed: Value = serde_json::from_str(receipt.as_str().unwrap()).unwrap();
    for revision in signed["offers"]["server"]["features"]["mcp"]
        .as_array()
        .unwrap()
    {
        let version = revision.as_str().unwrap();
        if version == "2026-07-28" {
            let answer = Conductor::start().request(
                "tools/list",
                json!({"_meta": {
                    "io.modelcontextprotocol/protocolVersion": version,
                    "io.modelcontextprotocol/clientInfo": {"name": "it", "version": "0"},
                    "io.modelcontextprotocol/clientCapabilities": {},
                }}),
            );
            assert!(answer["result"]["tools"].is_array(), "{answer}");
        } else {
            let answer = Conductor::start().initialize(version);
            assert_eq!(answer["result"]["protocolVersion"], *revision, "{answer}");
        }
    }
}

#[test]
fn an_offer_that_is_refused_tells_the_model_what_to_send() {
    let mut server = Conductor::ready();
    let refused = server.call("handshake", json!({"offer": {"tokenizer": "o200k_base"}}));
    assert_eq!(refused["isError"], json!(true));
    assert_eq!(
        text(&refused),
        "the offer has an unknown key `tokenizer`\n\
         hint: use protocol, tokenizers, features, packs, floors, receipt; own keys begin with `x-`"
    );
}

#[test]
fn without_a_home_a_session_lives_as_long_as_the_server_and_that_is_said() {
    let mut server = Conductor::start_with(|command, _| {
        command.env_remove("HOME");
    });
    server.initialize("2025-11-25");
    let answered = server.call("handshake", json!({}));
    assert!(text(&answered).contains("store: in memory"), "{answered}");
}

#[test]
fn a_session_is_known_to_every_process_on_the_same_store() {
    let home = TempDir::new().unwrap();
    let args = ["--data-dir", "data", "handshake", "--offer", "-", "--json"];
    let output = mrconductor(home.path(), &args, br#"{"tokenizers":["cl100k_base"]}"#);
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
    let store = Store::open(&home.path().join("data")).unwrap();
    let session = store
        .session(facts["session"].as_str().unwrap())
        .unwrap()
        .unwrap();
    assert_eq!(session.encoding, "cl100k_base");
    let features: Value = serde_json::from_str(&session.features).unwrap();
    assert_eq!(features, facts["features"]);
    assert_eq!(store.session("s00000000000000000000000000").unwrap(), None);
}

/// Receipts are kept for years: one of the first must still hold, here and with `ssh-keygen`.
#[test]
fn a_receipt_of_version_1_stays_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/handshake/accepted_v1");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let (signers, payload) = (read("allowed_signers"), read("receipt.json"));
    let key = signers.split_once("ssh-ed25519 ").unwrap().1;
    let key = VerifyingKey::from_openssh(&format!("ssh-ed25519 {}", key.trim_end())).unwrap();
    sshsig::verify(
        &key,
        RECEIPT_NAMESPACE,
        payload.as_bytes(),
        &read("receipt.sig"),
    )
    .unwrap();
    let signed: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(signed["type"], RECEIPT_NAMESPACE);
    assert_eq!(signed["signers"]["session_key"], key.fingerprint());

    let copy = TempDir::new().unwrap();
    for name in ["allowed_signers", "receipt.json", "receipt.sig"] {
        fs::write(copy.path().join(name), read(name)).unwrap();
    }
    let args = [
        "-Y",
        "verify",
        "-f",
        "allowed_signers",
        "-I",
        "mrconductor",
        "-n",
        RECEIPT_NAMESPACE,
        "-s",
        "receipt.sig",
    ];
    if let Some(verified) = ssh_keygen(copy.path(), &args, payload.as_bytes()) {
        assert!(verified.status.success(), "{verified:?}");
    }
}
