//! What AsciiDoc is read as.

use proptest::prelude::*;

use super::*;

fn headings(text: &str) -> Vec<(u8, String, usize)> {
    let document = read(text);
    let lines = document.file_lines.unwrap();
    let heading = |block: Block| match block.kind {
        BlockKind::Heading(heading) => {
            let line = usize::try_from(lines[block.line]).unwrap() - 1;
            Some((heading.level, heading.title, line))
        }
        _ => None,
    };
    document.blocks.into_iter().filter_map(heading).collect()
}

#[test]
fn a_title_may_be_underlined() {
    let text = "git-stash(1)\n============\n\nNAME\n----\ngit-stash - Stash\n\n[[opts]]\nOPTIONS\n-------\n\
                \nÉtat\n~~~~\nx\n\nDeep\n^^^^^\n\nDeeper\n++++++\n";
    assert_eq!(
        headings(text),
        [
            (1, "git-stash(1)".to_owned(), 0),
            (2, "NAME".to_owned(), 3),
            (2, "OPTIONS".to_owned(), 8),
            (3, "État".to_owned(), 11),
            (4, "Deep".to_owned(), 15),
            (5, "Deeper".to_owned(), 18)
        ]
    );
}

#[test]
fn what_delimits_a_block_underlines_nothing() {
    let text = "Words of a paragraph\nthat goes on and on\n-------------------\nA title\n=======\n-------------------\n\
                \n[source]\n--------\nOne\n---\n--------\n\n.Name\n-----\ncode\n-----\n\n====\nNote\n\nWord\n====\n\n\
                include::a.adoc[]\n-----------------\ncode\n-----------------\n\nReal\n----\nx\n";
    assert_eq!(headings(text), [(2, "Real".to_owned(), 29)]);
    let code = read(text).blocks;
    let code = code
        .iter()
        .filter(|block| matches!(block.kind, BlockKind::Code { .. }));
    assert_eq!(code.count(), 4);
}

fn shown(text: &str) -> String {
    read(text).text
}

#[test]
fn what_is_attached_to_an_item_stands_within_it_and_code_has_fences() {
    let text = "Undo a commit::\n+\n------------\n$ git reset\n\n  --soft\n------------\n+\n<1> This is\n    done.\n<2> And that.\n+\nSee it.\n\n\
                -a::\n--all::\n\tAll of it.\n+\n[source,sh]\n----\nls ```\n----\n\nNext.\n";
    assert_eq!(
        shown(text),
        "Undo a commit::\n  ```\n  $ git reset\n\n    --soft\n  ```\n\n  - <1> This is\n    done.\n  - <2> And that.\n\n    See it.\n\n\
         -a::\n--all::\n  All of it.\n\n  ````sh\n  ls ```\n  ````\n\nNext.\n"
    );
}

#[test]
fn items_are_indented_by_their_marks() {
    let text = "* One\n** Two\ngoes on\n*** Three\n+\nWithin three.\n\n\n+\nWithin one.\n* Four\n\n. First\n. Second\n\nterm:: said\n* of it\n\nEnd.\n\n\
                1. Numbered\n7. so\n\n  code\n    more\n";
    assert_eq!(
        shown(text),
        "- One\n  - Two\n    goes on\n    - Three\n\n      Within three.\n\n  Within one.\n- Four\n\n  1. First\n  2. Second\n\n\
         \x20    term:: said\n- of it\n\nEnd.\n\n1. Numbered\n2. so\n\n       code\n         more\n"
    );
}

#[test]
fn what_says_nothing_is_left_out_and_lines_are_those_of_the_file() {
    let text = "= Ropes\nJane Doe\n:toc: left\n:long: a \\\n  b\n\n// hidden\nifdef::x[]\n[[rope]]\n[.lead]\nA rope +\nholds.\nendif::x[]\n\n////\nno\n////\n\n\
                .Types\n[cols=2*]\n|===\n|Kind |Use\n\n|hemp\n|anchors\n|===\n\n[NOTE]\n====\nKnots slip.\n\n* wet\n====\n\n\
                [TIP]\nTie two.\nifdef::y[Only y.]\n\n[source,rust]\nlet a = 1;\n\n----\n\n  let b;\n\n----\n\n[quote]\n____\nPull.\n____\nEnd.\n";
    let document = read(text);
    assert_eq!(
        document.text,
        "# Ropes\n\nJane Doe\n\nA rope\nholds.\n\nTypes:\n| Kind | Use |\n| --- | --- |\n| hemp | anchors |\n\nNOTE:\nKnots slip.\n\n- wet\n\n\
         TIP: Tie two.\nOnly y.\n\n```rust\nlet a = 1;\n```\n\n```\n  let b;\n```\n\nPull.\n\nEnd.\n"
    );
    let lines = document.file_lines.unwrap();
    assert_eq!(lines.len(), document.text.lines().count());
    let lines_of: Vec<&str> = text.lines().collect();
    for (line, number) in document.text.lines().zip(&lines) {
        let of = lines_of[usize::try_from(*number).unwrap() - 1];
        let word = line.rsplit(' ').next().unwrap();
        let is_word = word.chars().all(char::is_alphabetic) && !line.starts_with("```");
        assert!(!is_word || of.contains(word), "{line}: {of}");
    }
    assert!(lines.is_sorted());
}

#[test]
fn a_term_with_an_anchor_is_the_head_of_a_definition() {
    let text = "[[def_rope]]rope::\n\tHolds.\n\n[[def_knot]]\nknot:: Slips.\n+\n----\nknot\n----\n\nplain::\nSaid.\n";
    let document = read(text);
    assert_eq!(
        document.text,
        "rope\n\nHolds.\n\nknot\n\nSlips.\n\n```\nknot\n```\n\nplain::\n  Said.\n"
    );
    let heads = crate::lookup::document::headings(&document.blocks);
    let heads: Vec<(u8, &str)> = heads
        .map(|head| (head.level, head.anchor.as_deref().unwrap()))
        .collect();
    assert_eq!(heads, [(DEFINITION, "def_rope"), (DEFINITION, "def_knot")]);
}

#[test]
fn a_name_may_have_dots_unless_roles_stand_behind_it() {
    let text = "[[ships.anchors]]\n= Ships\n\n[[ships.drag,Drag]]\n== Dragging\n\n[#hold.lead%x]\n== Holding\n";
    let document = read(text);
    let heads = crate::lookup::document::headings(&document.blocks);
    let anchors: Vec<&str> = heads.map(|head| head.anchor.as_deref().unwrap()).collect();
    assert_eq!(anchors, ["ships.anchors", "ships.drag", "hold"]);
}

#[test]
fn macros_are_read_in_titles_items_tables_and_terms_but_not_in_code() {
    let text = "= Ships\n:site: https://a.b\n\n== The javadoc:org.Anchor[] class [[an]]\n\n.A {site}\n* xref:a.adoc[One]\n\nkbd:[X]:: <<y,why>>\n\n\
                |===\n|link:a[b] |c\n|===\n\n[configprops,yaml]\n----\na: {site} link:a[b]\n----\n\n[quote,Jane]\nSaid.\n";
    let document = read(text);
    assert_eq!(
        document.text,
        "# Ships\n\n## The Anchor class\n\nA https://a.b:\n- One\n\n  X:: why\n\n| b | c |\n\n```yaml\na: {site} link:a[b]\n```\n\nSaid.\n"
    );
    let heads = crate::lookup::document::headings(&document.blocks);
    let anchors: Vec<&str> = heads.map(|head| head.anchor.as_deref().unwrap()).collect();
    assert_eq!(anchors, ["_ships", "an"]);
}

#[test]
fn a_text_is_known_by_marks_that_nothing_else_has() {
    for text in [
        "-a::\n\tAll.\n+\nMore.\n",
        "ifndef::x[]\n-a::\n--all::\n\tAll.\nendif::x[]\n",
        "NAME\n----\n\n[verse]\nrope\n\ninclude::options.txt[]\n",
    ] {
        assert!(is_asciidoc(text), "{text}");
    }
    for text in [
        "Ships anchor::\n\n    anchor(40)\n\n+\n",
        "Like so::\n    anchor(40)\n\n.. include:: a.rst\n",
        "a\n+\nb\n",
        "[1] a\n[[wiki]]\n",
    ] {
        assert!(!is_asciidoc(text), "{text}");
    }
}

#[test]
fn a_table_of_very_many_cells_is_text_and_columns_that_are_only_said_are_few() {
    let many = "|a\n".repeat(300_000);
    let text = shown(&format!("|===\n{many}|===\n"));
    assert!(text.starts_with("|===\n|a\n|a\n"));
    let wide = "99+|a\n".repeat(100_000);
    let text = shown(&format!("|===\n{wide}|===\n"));
    assert!(text.len() < 2_000_000, "{}", text.len());
}

proptest! {
    #[test]
    fn blocks_and_lines_are_in_order_whatever_the_marks(text in "(\\+\n|----\n|====\n|--\n|\\* |\\*\\* |\\. |a:: |b::|a|\n|\n\n|  |\\|===\n|\\||== |\\[\\[a\\]\\]|\\[NOTE\\]\n|\\[source,sh\\]\n|\\.b\n|<1> |////\n|ifdef::a\\[\\]\n){0,40}") {
        let document = read(&text);
        let lines: Vec<usize> = document.blocks.iter().map(|block| block.line).collect();
        prop_assert!(lines.is_sorted_by(|one, next| one < next));
        let file_lines = document.file_lines.unwrap();
        prop_assert_eq!(file_lines.len(), document.text.matches('\n').count());
        prop_assert!(file_lines.is_sorted());
    }
}
