//! What reStructuredText is read as.

use super::*;
use crate::lookup::document::symbols;

/// The headings of a text: line, level, title, anchor, and the names that each has.
fn headings(text: &str) -> Vec<String> {
    let shown = |block: Block| match block.kind {
        BlockKind::Heading(heading) => Some(format!(
            "{} {} {} #{} {:?}",
            block.line + 1,
            heading.level,
            heading.title,
            heading.anchor.as_deref().unwrap_or_default(),
            symbols(&heading)
        )),
        _ => None,
    };
    parse(text).blocks.into_iter().filter_map(shown).collect()
}

#[test]
fn what_only_names_the_heading_below_is_a_name_of_it() {
    let text = "Settings\n========\n\n.. setting:: max_tries\n\n``max_tries``\n~~~~~~~~~~~~~\n\nHow often.\n\n.. signal:: sent\n\n``sent``\n~~~~~~~~\n\nWhen.\n\n.. module:: app.log\n   :synopsis: Logs\n\nLogging\n-------\n\nText.\n";
    assert_eq!(
        headings(text),
        [
            "1 1 Settings #settings []",
            "6 2 max_tries #max-tries [\"max_tries\"]",
            "13 2 sent #sent [\"sent\"]",
            "21 3 Logging #logging [\"app.log\", \"log\"]",
        ]
    );
    let read = parse(text).text;
    assert!(!read.contains("..") && read.lines().count() == text.lines().count());
}

#[test]
fn a_definition_without_content_stays_one_where_no_heading_below_bears_its_name() {
    let text = ".. setting:: depth\n\nThe depth.\n\n.. function:: one()\n.. function:: two()\n\n   Both.\n\n.. signal:: idle\n.. function:: idle()\n\n   Idle.\n\n.. data:: LAST\n\nNext\n====\n\n.. data:: END\n";
    assert_eq!(
        headings(text),
        [
            "1 7 depth #depth [\"depth\"]",
            "5 7 one() #one [\"one\"]",
            "6 7 two() #two [\"two\"]",
            "11 7 idle() #idle [\"idle\"]",
            "15 7 LAST #LAST [\"LAST\"]",
            "17 1 Next #next []",
            "20 7 END #END [\"END\"]",
        ]
    );
}

#[test]
fn badges_beside_a_title_are_no_part_of_it() {
    let text = "Rope |ci|\n=========\n\nHauls.\n\n.. |ci| image:: https://example.com/x.svg\n   :alt: CI\n";
    assert_eq!(headings(text), ["1 1 Rope #rope-ci []"]);
}

#[test]
fn a_label_is_the_anchor_of_the_heading_below_it_and_of_no_other() {
    let text = ".. _error_bhk3:\n\n.. index:: session\n   single: detached\n\n.. Hidden.\n\nNot bound\n---------\n\n.. _figure:\n\nA paragraph.\n\nMitigation\n----------\n\nText.\n";
    assert_eq!(
        headings(text),
        [
            "8 1 Not bound #error-bhk3 [\"error_bhk3\"]",
            "15 1 Mitigation #mitigation []",
        ]
    );
}

#[test]
fn a_label_of_no_heading_stays_and_leads_to_what_is_below_it() {
    let text = "Top\n===\n\n.. _A Figure:\n.. _`fig 2`:\n\n.. image:: a.png\n\n.. _rows:\n\n====  ====\na     b\n====  ====\n\n.. _opt:\n\n.. option:: -x\n\n   Words.\n\n.. _end:\n";
    let read = parse(text).text;
    assert_eq!(read, text);
    let below = |name: &str| {
        let place = Rst.place_of(&read, name)?;
        read.get(place..)?.lines().next()
    };
    assert_eq!(below("a-figure"), Some(".. image:: a.png"));
    assert_eq!(below("fig 2"), Some(".. image:: a.png"));
    assert_eq!(below("rows"), Some("====  ===="));
    assert_eq!(below("opt"), Some(".. option:: -x"));
    assert_eq!((below("end"), below("none")), (None, None));
}

#[test]
fn what_a_rendered_page_does_not_show_is_blanked_and_lines_stay() {
    let text = "Text |x|.\n\n.. |x| replace:: y\n   z\n.. currentmodule:: a.b\n.. contents::\n   :local:\n\n.. rst-class:: wide\n\n   Shown.\n\n.. _link: https://example.com\n.. [1] Note.\n";
    let read = parse(text).text;
    assert_eq!(
        read,
        "Text |x|.\n\n\n\n\n\n\n\n\n\n   Shown.\n\n.. _link: https://example.com\n.. [1] Note.\n"
    );
}

#[test]
fn markup_that_ends_early_is_read_to_its_end() {
    for text in [
        "..",
        ".. ",
        ".. _",
        ".. _:",
        ".. a::",
        ".. a:: b",
        ".. |",
        ".. setting:: x\n   :",
        ".. index::\n a",
    ] {
        assert!(!parse(text).blocks.is_empty(), "{text}");
    }
}

#[test]
fn what_says_its_version_is_headed_by_it() {
    let text = "2.0 Changelog\n=============\n\n.. changelog::\n    :version: 2.0.9\n    :released: May 1\n\n    .. change::\n        :tags: bug\n\n        Fixed the anchor.\n\n.. changelog::\n    :version: 2.0.8\n\n    Fixed the capstan.\n\n.. note::\n    :version:\n\n    None.\n\n.. plugin::\n    :version: 1\n";
    assert_eq!(
        headings(text),
        [
            "1 1 2.0 Changelog #2-0-changelog []",
            "4 2 2.0.9 #2-0-9 []",
            "13 2 2.0.8 #2-0-8 []",
        ]
    );
}

#[test]
fn a_module_named_below_a_title_is_what_the_page_is_of() {
    let text = "Pool\n====\n\n.. module:: ship.pool\n   :synopsis: Anchors\n\nA pool keeps anchors.\n\n.. module:: ship.rope\n\nMore.\n";
    assert_eq!(
        headings(text),
        [
            "1 1 Pool #pool [\"ship.pool\", \"pool\"]",
            "9 7 ship.rope #ship.rope [\"ship.rope\", \"rope\"]",
        ]
    );
    assert!(!parse(text).text.contains("ship.pool"));
}
