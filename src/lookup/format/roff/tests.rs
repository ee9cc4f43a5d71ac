use proptest::prelude::*;

use super::*;
use crate::lookup::document::{BlockKind, Document, Kind, headings, symbols};

fn document(page: &str) -> Document {
    Roff.read(page.as_bytes()).unwrap().first
}

/// What a page shows below its title.
fn shown(body: &str) -> String {
    let page = document(&format!(
        ".TH HAUL 1\n.SH NAME\nhaul \\- pull\n.SH X\n{body}\n"
    ));
    let (_, text) = page.text.split_once("## X\n").unwrap();
    text.trim().to_owned()
}

#[test]
fn files_are_told_by_their_name_and_their_beginning() {
    for extension in ["1", "3ssl", "3ncurses", "n", "0p", "man"] {
        assert!(Roff.claims(extension), "{extension}");
    }
    for extension in ["10", "md", "1-", "1SSL", "3anextensionoftwenty"] {
        assert!(!Roff.claims(extension), "{extension}");
    }
    for head in [
        "'\\\" t\n.\\\" Title: git\n",
        ".TH LS 1\n",
        "\n.Dd May 1\n.Dt LS 1\n",
        ".so man3/printf.3\n",
        ".nr x 1\n.if n .ds y z\n.TH LS 1\n",
    ] {
        assert!(Roff.recognizes(head), "{head}");
    }
    for head in [
        "",
        "version 1.2.3\n",
        "... and so on\n",
        ".hidden { color: red }\n",
        ".br\n",
    ] {
        assert!(!Roff.recognizes(head), "{head}");
    }
}

#[test]
fn a_page_is_called_what_it_says_and_defines_its_names() {
    let page = document(
        ".TH PRINTF 3 2024\n.SH NAME\nfprintf, printf,\nvprintf \\- formatted\noutput\n.SH X\ny\n",
    );
    assert_eq!(page.title.as_deref(), Some("printf(3) – formatted output"));
    assert_eq!(page.kind, Some(Kind::Api));
    let first = headings(&page.blocks).next().unwrap();
    assert_eq!(symbols(first), ["fprintf", "printf", "vprintf"]);
    assert_eq!(
        page.text,
        "# printf(3) – formatted output\n\nfprintf, printf, vprintf - formatted output\n\n## X\n\ny\n"
    );
    assert_eq!(page.file_lines.unwrap(), [3, 3, 3, 3, 6, 6, 7]);
    let bare = document(".TH BASH 1\nWords.\n.SH FIRST\nMore.\n");
    assert_eq!(bare.text, "# BASH(1)\n\nWords.\n\n## FIRST\n\nMore.\n");
    assert_eq!(bare.kind, Some(Kind::Guide));
    let unnamed = document(".SH FIRST\nMore.\n.SH SECOND\n");
    assert_eq!(unnamed.text, "## FIRST\n\nMore.\n\n## SECOND\n\n");
}

#[test]
fn a_page_that_only_names_another_is_none() {
    let alias = Roff.read(b".\\\" See\n.so man3/printf.3\n");
    assert_eq!(alias, Err(Unread::Foreign));
    assert!(Roff.read(b".so man.macros\n.TH X 1\n").is_ok());
    assert!(matches!(Roff.read(b".TH X 1\n\0"), Err(Unread::Broken(_))));
}

#[test]
fn terms_stand_above_what_is_said_of_them() {
    assert_eq!(
        shown(
            ".TP\n.B \\-a\nAll.\n.IP\nMore.\n.RS\n.IP \\(bu\none\n.IP \\(bu\ntwo\n.RE\n.IP\nEnd.\n.TP\n\\fB\\-b\\fP\n.nf\ncode\n.fi\n.PP\nOut."
        ),
        "`-a`\n: All.\n\n  More.\n\n  - one\n  - two\n\n  End.\n\n`-b`\n\n  ```\n  code\n  ```\n\nOut."
    );
    assert_eq!(
        shown(".TP\n-a\n.TQ\n-b\nBoth.\n.TP\nc\nOne."),
        "-a\n-b\n: Both.\n\nc\n: One."
    );
    let two = document(".SH A\n.SH X\n.TP\n.B a\nOne.\n.TP\n.B b\nTwo.\n");
    let prose = two
        .blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Prose);
    assert_eq!(prose.map(|block| block.line).collect::<Vec<_>>(), [4, 7]);
    assert_eq!(
        shown(
            ".PP\n\\-c <commit>...\n.RS 4\nTakes it.\n.sp\nMore.\n.RE\n.PP\nNot so:\n.RS\nx\n.RE"
        ),
        "-c <commit>...\n: Takes it.\n\n  More.\n\nNot so:\n\nx"
    );
}

#[test]
fn conditions_are_those_of_a_terminal_and_macros_of_the_page_are_carried_out() {
    assert_eq!(
        shown(
            ".ie t \\{\\\n.B paper\n.\\}\n.el \\{\\\n.B screen\n.\\}\n.if !n no\n.if '\\*(xx'' yes"
        ),
        "screen yes"
    );
    assert_eq!(
        shown(
            ".de FN\n\\fI\\|\\\\$1\\|\\fP\\\\$2\n..\n.FN /etc/rc .\n.ig\nhidden\n..\n.als GN FN\n.GN b c"
        ),
        "/etc/rc. bc"
    );
    assert_eq!(
        shown(
            ".ds x 1\\\" hidden\n.nr y 2\n.ds z \\*x\\n(y\n\\*z\\*[z] \\*(no\n.tr \\(*W-\n\\(*W\\(*W"
        ),
        "1212 --"
    );
    assert_eq!(
        shown(".XX kept \"two words\"\n.ne 5\n.hy\nmore \\\ngoes on"),
        "kept two words more goes on"
    );
}

#[test]
fn code_keeps_its_lines_and_its_fence() {
    assert_eq!(
        shown("See:\n.PP\n.in +4n\n.EX\n    a \\e\n      b\n\n    \\fBc\\fP\n.EE\n.in\nOut."),
        "See:\n\n```\na \\\n  b\n\nc\n```\n\nOut."
    );
    assert_eq!(shown(".nf\n```\n.fi"), "````\n```\n````");
}

#[test]
fn what_multiplies_itself_ends() {
    let mut page = ".TH A 1\n.ds a x\n".to_owned();
    for _ in 0..40 {
        page.push_str(".as a \\*a\\*a\\*a\\*a\n");
    }
    page.push_str(".de M\n.M\n.M\n.M\nword\n..\n.M\n");
    let read = Roff.read(page.as_bytes()).unwrap();
    assert_eq!(read.skipped.len(), 1);
    let deep = format!(".TH A 1\n{}x\n", ".if n ".repeat(50_000));
    assert!(Roff.read(deep.as_bytes()).is_ok());
    let nested = format!(".TH A 1\n.SH A\n.SH X\n{}x\n", ".TP\nt\n.RS\n".repeat(3000));
    let text = document(&nested).text;
    assert!(text.lines().all(|line| line.len() < 100) && text.len() < 500_000);
    let named = format!(
        ".Dd x\n.Sh A\n.Sh X\n.Nm {}\n{}",
        "x".repeat(50_000),
        ".Nm\n".repeat(1000)
    );
    assert!(document(&named).text.len() < 100_000);
    let long = format!(
        ".TH A 1\n.SH A\n.SH X\n{}",
        "word word word\n".repeat(10_000)
    );
    assert_eq!(document(&long).text.matches("word").count(), 30_000);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        drop(Roff.read(&bytes));
    }

    #[test]
    fn anything_like_a_page_is_read_without_a_panic(lines in prop::collection::vec(
        "([.'](TH|SH|SS|PP|TP|TQ|IP|RS|RE|B|BR|nf|fi|EX|TS|TE|if n|ie t|el|de M|M|ds x|nr x|Dd|Dt|Sh|Bl -(tag|column|bullet)|It|El|Bd -literal|Ed|Op|Oo|Oc|Fl|Ar|Nm|Fn|Fo|Fa|Fc|Xo|Xc|Ta|Dl|Rs|%A|Re|UR|UE|so|tr|als M|ig|\\.) ?)?[ -~é\t]{0,12}(\\\\([*nfhsw$(\\[{}c\"])?[ -~]{0,6}){0,3}", 0..30,
    )) {
        let text = lines.join("\n");
        if let Ok(read) = Roff.read(text.as_bytes()) {
            let document = read.first;
            let count = document.text.lines().count();
            prop_assert_eq!(document.file_lines.map(|lines| lines.len()), Some(count));
            prop_assert!(document.blocks.is_sorted_by_key(|block| block.line));
        }
    }
}
