//! What stands within lines of AsciiDoc is read as.

use super::*;

fn shown(line: &str) -> String {
    Inline::default().shown(line, "").into_owned()
}

#[test]
fn macros_and_references_show_their_words_or_what_they_name() {
    for (line, expected) in [
        (
            "see xref:how-to:ropes.adoc#ropes.knots[Knots].",
            "see Knots.",
        ),
        ("see xref:ropes.adoc#ropes.knots[]", "see `ropes.knots`"),
        (
            "by javadoc:org.ship.Anchor$Chain[] and",
            "by `Anchor$Chain` and",
        ),
        (
            "a javadoc:org.ship.Anchor[format=annotation]",
            "a `@Anchor`",
        ),
        (
            "javadoc:{url-x}/org.ship.Anchor#drop(int)[]",
            "`Anchor#drop(int)`",
        ),
        (
            "set configprop:ship.chain.length[]:",
            "set `ship.chain.length`:",
        ),
        (
            "link:a.html[this page,window=_blank] or <<knots,the knots>>",
            "this page or the knots",
        ),
        (
            "<<_deep_ropes>>, linkgit:git-add[1]",
            "deep ropes, git-add(1)",
        ),
        (
            "https://a.b/c[the guide^] {url-x}/d[there]",
            "the guide (https://a.b/c) there",
        ),
        ("xref:a.adoc[`Rope`, javadoc:b.C[]]", "`Rope`, `C`"),
        (
            "word.footnote:[Not shown.] [[id]]here",
            "word. (Not shown.) here",
        ),
        ("kbd:[Ctrl] btn:[OK] menu:File[Save]", "Ctrl OK File > Save"),
        (
            "`+ship.*+` +a*b+ \"`said`\" {plus} \\{x}",
            "`ship.*` a*b \"said\" + {x}",
        ),
    ] {
        assert_eq!(shown(line), expected, "{line}");
    }
}

#[test]
fn what_is_no_macro_stays() {
    for line in [
        "https://a.b/c and `xref:a.adoc[b]` or ``a``",
        "C++ and D++, 1+1, a +1 and +2, x << y >> z",
        "std::vector[0], localhost:8080[x], host:[1, 2], a: b[c]",
        "${name}[x] and {unknown}, [[ -f x ]], [[[ref]]]",
        "xref:a.adoc[never ends, a:b, <<x, `y",
    ] {
        assert_eq!(shown(line), line);
    }
}

#[test]
fn words_may_end_in_the_line_below() {
    let mut inline = Inline::default();
    let lines = ["See https://a.b[the", "guide] and <<rope,the", "rope>>."];
    let below = [lines[1], lines[2], ""];
    let read = lines.iter().zip(below);
    let read: Vec<String> = read
        .map(|(line, below)| inline.shown(line, below).into_owned())
        .collect();
    assert_eq!(read, ["See the", "guide (https://a.b) and the", "rope."]);
}

#[test]
fn attributes_have_their_values_and_pages_made_to_multiply_stay_small() {
    let mut inline = Inline::default();
    inline.give(":url: https://a.b", &[]);
    inline.give(":Long: {url}/c \\", &["  d"]);
    assert_eq!(
        inline.shown("{long} {URL}[x] {none}", ""),
        "https://a.b/c d x (https://a.b) {none}"
    );
    inline.give(":url!:", &[]);
    assert_eq!(inline.shown("{url}", ""), "{url}");
    let mut inline = Inline::default();
    inline.give(&format!(":a: {}", "x".repeat(1_500)), &[]);
    let many = "{a}".repeat(100_000);
    assert!(inline.shown(&many, "").len() < 2 << 20);
}

#[test]
fn a_line_made_to_cost_time_is_read_in_one_pass() {
    for part in [
        "ab:b[", "<<", "[[a", "+", "`+", "{a", "xref:", "<<a,", "+a ", "ab:b[cd:",
    ] {
        let line = part.repeat(20_000);
        assert!(shown(&line).len() <= line.len() * 2, "{part}");
    }
}
