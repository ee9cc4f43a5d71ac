//! Completions and the manual: made from the parser's own definitions, so they name every verb.

use tempfile::TempDir;

use crate::harness::mrconductor;

fn stdout(args: &[&str]) -> String {
    let home = TempDir::new().unwrap();
    let output = mrconductor(home.path(), args, b"");
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The verbs that `--help` lists.
fn verbs() -> Vec<String> {
    let help = stdout(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap();
    let verbs: Vec<_> = list
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect();
    assert!(verbs.len() > 15, "{verbs:?}");
    verbs
}

#[test]
fn every_shell_completes_every_verb() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&["completions", shell]);
        for verb in verbs() {
            assert!(script.contains(&verb), "{shell}: {verb}");
        }
        assert!(script.contains("print-config"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_verb() {
    let folder = TempDir::new().unwrap();
    stdout(&["man", "--dir", folder.path().to_str().unwrap()]);
    let page = std::fs::read_to_string(folder.path().join("mrconductor.1")).unwrap();
    assert!(page.contains(".TH mrconductor 1"), "{page}");
    assert_eq!(page, stdout(&["man"]));
    for verb in verbs() {
        let name = format!("mrconductor-{verb}");
        let page = std::fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
        assert!(page.contains(&format!(".TH {name} 1")), "{page}");
        assert_eq!(page, stdout(&["man", &verb]));
    }
}

#[test]
fn a_verb_without_a_page_is_an_error_with_a_hint() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(home.path(), &["man", "conduct"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: there is no verb `conduct`\nhint: `mrconductor --help` lists the verbs\n"
    );
}
