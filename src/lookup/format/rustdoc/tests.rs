use proptest::prelude::*;

use super::*;
use crate::lookup::format;

const HARBOUR: &str = include_str!("../../../../tests/fixtures/lookup/harbour.rustdoc.json");

fn page(path: &str) -> String {
    let pages = format::read_text("harbour.json", HARBOUR).unwrap();
    let mut below = pages.below.into_iter();
    let found = below.find(|(name, _)| name == path);
    found.map_or_else(String::new, |(_, page)| page.text)
}

#[test]
fn a_crate_is_a_page_for_each_item_at_the_path_it_is_reached_by() {
    let pages = format::read_text("harbour.json", HARBOUR).unwrap();
    let paths: Vec<&str> = pages.below.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "berth",
            "berth/struct.Berth",
            "berth/enum.Refusal",
            "berth/trait.Ship",
            "macro.log_line",
            "fn.ring_bell",
            "constant.WATCH",
            "type.Log",
        ]
    );
    let first = pages.first.text;
    assert!(
        first.starts_with("# crate harbour 2.3.0\n\nBerths ships.\n"),
        "{first}"
    );
    assert!(
        first.contains("- `fn ring_bell` – Rings the bell `times` times."),
        "{first}"
    );
}

#[test]
fn declarations_read_as_they_were_written() {
    let berth = page("berth/struct.Berth");
    for line in [
        "pub struct Berth<T>\nwhere\n    T: Debug + Clone,",
        "- `depth: u32` – Metres of water.",
        "const SHIPS: usize",
        "fn new(depth: u32) -> Self",
        "fn moor<'a, I>(\n    &mut self,\n    name: &'a str,\n    ropes: I,\n    table: &HashMap<String, Vec<[u8; 4]>>,\n) -> Result<&'a str, Refusal>\nwhere\n    I: IntoIterator<Item = &'a str>,",
        "`Clone`, `Debug`",
    ] {
        assert!(berth.contains(line), "{line}\n---\n{berth}");
    }
    let ship = page("berth/trait.Ship");
    for line in [
        "pub trait Ship: Debug",
        "type Cargo: Clone + Default",
        "fn leave(\n    self: Box<Self>,\n    at: (u8, u8),\n    then: fn(u32) -> bool,\n) -> Box<dyn Fn(&Self::Cargo) -> bool + Send>",
    ] {
        assert!(ship.contains(line), "{line}\n---\n{ship}");
    }
    let refusal = page("berth/enum.Refusal");
    assert!(
        refusal.contains("- `Deep(u32)` – It goes too deep"),
        "{refusal}"
    );
    let bell = page("fn.ring_bell");
    assert!(
        bell.contains("pub async fn ring_bell(times: usize) -> impl Iterator<Item = u8>"),
        "{bell}"
    );
    assert!(page("type.Log").contains("pub type Log = Vec<(u32, String)>"));
    assert!(page("constant.WATCH").contains("pub const WATCH: u32"));
    assert!(page("macro.log_line").contains("macro_rules! log_line"));
}

/// As compilers of 2022 wrote it: ids are texts, kinds stand beside what is particular.
#[test]
fn older_forms_are_read() {
    let old = r#"{"root":"0:0","crate_version":"0.1.0","includes_private":false,"index":{
        "0:0":{"name":"old","docs":"Old.","kind":"module","inner":{"is_crate":true,"items":["0:1","0:2"]}},
        "0:1":{"name":"ring","docs":"Rings.","kind":"function","inner":{"decl":{"inputs":[["bell",{"kind":"borrowed_ref","inner":
            {"lifetime":null,"mutable":true,"type":{"kind":"resolved_path","inner":{"name":"Bell","args":{"angle_bracketed":{"args":
            [{"type":{"kind":"primitive","inner":"u8"}}],"bindings":[]}}}}}}]],"output":null},"generics":{"params":[],"where_predicates":[]},
            "header":{"const":false,"unsafe":true,"async":false}}},
        "0:2":{"name":"Bell","kind":"import","inner":{"source":"bells::Bell","name":"Bell","id":"9:9","glob":false}}}}"#;
    let pages = format::read_text("old.json", old).unwrap();
    assert!(
        pages.first.text.contains("pub use bells::Bell"),
        "{}",
        pages.first.text
    );
    let (path, page) = &pages.below[0];
    assert_eq!(path, "fn.ring");
    assert!(
        page.text
            .contains("pub unsafe fn ring(bell: &mut Bell<u8>)"),
        "{}",
        page.text
    );
}

/// As of the standard library: with what is private, a prelude at the beginning, and types of the language.
#[test]
fn an_item_is_at_the_place_where_everybody_reaches_it() {
    let module = |name: &str, visibility: &str, items: &str| {
        format!(
            r#"{{"name":"{name}","visibility":{visibility},"inner":{{"module":{{"items":[{items}]}}}}}}"#
        )
    };
    let brought = |to: u32, glob: bool, visibility: &str| {
        format!(
            r#"{{"name":null,"visibility":{visibility},"inner":{{"use":{{"source":"x","id":{to},"is_glob":{glob}}}}}}}"#
        )
    };
    let item = |name: &str, visibility: &str| {
        format!(
            r#"{{"name":"{name}","docs":"A {name}.","visibility":{visibility},"inner":{{"constant":{{"type":{{"primitive":"u8"}}}}}}}}"#
        )
    };
    let (public, private) = (r#""public""#, r#"{"restricted":{"parent":0,"path":"::x"}}"#);
    let items = [
        module("sea", public, "1,2,3,4,11"),
        module("prelude", public, "5,10"),
        module("boats", public, "6,7"),
        module("yard", private, "8,9"),
        brought(3, true, public),
        brought(6, false, public),
        item("SLOOP", public),
        brought(1, true, private),
        item("DOCK", public),
        item("KEEL", private),
        brought(8, false, public),
        r#"{"name":"str","docs":"Text.","visibility":"public","inner":{"primitive":{"name":"str","impls":[]}}}"#.to_owned(),
    ];
    let items: Vec<String> = (0..)
        .zip(items)
        .map(|(id, item): (u32, _)| format!(r#""{id}":{item}"#))
        .collect();
    let json = format!(
        r#"{{"root":0,"crate_version":"1.101.0-nightly\t(92b5b8c87\t2026-10-29)","includes_private":true,"index":{{{}}}}}"#,
        items.join(",")
    );
    let pages = format::read_text("sea.json", &json).unwrap();
    let paths: Vec<&str> = pages.below.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "boats",
            "boats/constant.SLOOP",
            "constant.DOCK",
            "primitive.str",
            "prelude",
            "yard",
            "yard/constant.KEEL"
        ]
    );
    let prelude = &pages.at("prelude").text;
    let listed = "- `const SLOOP` – A SLOOP.\n- `const DOCK` – A DOCK.\n";
    assert!(prelude.contains(listed), "{prelude}");
    assert!(
        pages.first.text.contains("- `mod yard`"),
        "{}",
        pages.first.text
    );
    assert!(!pages.at("primitive.str").text.contains("```"));
    assert_eq!(Rustdoc.version(&json).as_deref(), Some("1.101.0-nightly"));
}

#[test]
fn items_that_are_named_again_and_again_are_not_looked_at_for_ever() {
    let uses = vec!["1"; 20_000].join(",");
    let text = "x".repeat(100_000);
    let json = format!(
        r#"{{"root":0,"crate_version":null,"includes_private":false,"index":{{
            "0":{{"name":"x","inner":{{"module":{{"items":[{uses}]}}}}}},
            "1":{{"name":"y","docs":"{text}","inner":{{"use":{{"source":"x","id":1}}}}}}}}}}"#
    );
    let pages = format::read_text("x.json", &json).unwrap();
    assert_eq!(
        pages.skipped,
        ["what lies beyond items that are in too many places"]
    );
}

#[test]
fn modules_that_bring_each_other_in_come_to_an_end() {
    let globs: Vec<String> = (2..40).map(|id| id.to_string()).collect();
    let glob = |id: &String| {
        format!(
            r#","{id}":{{"name":null,"inner":{{"use":{{"source":"x","name":"x","id":1,"is_glob":true}}}}}}"#
        )
    };
    let json = format!(
        r#"{{"root":1,"crate_version":null,"includes_private":false,"index":{{"1":{{"name":"x","inner":{{"module":{{"items":[{}]}}}}}}{}}}}}"#,
        globs.join(","),
        globs.iter().map(glob).collect::<Vec<_>>().concat()
    );
    let pages = format::read_text("x.json", &json).unwrap();
    assert_eq!(pages.below.len(), 0);
}

#[test]
fn other_json_is_not_taken_for_a_crate() {
    for text in [
        "{}",
        r#"{"root": 1, "index": {}}"#,
        r#"{"index": "crate_version"}"#,
    ] {
        assert!(!Rustdoc.recognizes(text), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_change_of_a_crate_makes_it_panic(at in 0usize..12_500, new in "[ -~]{0,12}", cut in any::<bool>()) {
        let mut text = HARBOUR.to_owned();
        let end = if cut { text.len() } else { at + new.len() };
        text.replace_range(at..end.min(text.len()), &new);
        if let Ok(pages) = Rustdoc.read(text.as_bytes()) {
            prop_assert!(pages.below.len() < 100);
        }
    }
}
