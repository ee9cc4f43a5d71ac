use proptest::prelude::*;

use super::*;

const TEXT: &str = r#"
"""
The harbour.
"""
type Query {
  "Ships that lie at a berth."
  ships(berth: ID!, "At most." first: Int = 10 @min(value: 1)): [Ship!]! @deprecated(reason: "use `berth`")
}

extend type Mutation @auth { bookBerth(input: BookBerthInput!): Ship }
input BookBerthInput { "Which one." berth: ID!, nights: Int }
# A vessel.
type Ship implements Node & Named {
  id: ID!
  flag: Flag # What it flies.
  next(
    "How many on." steps: Int = 1
    # In which harbour.
    harbour: ID @deprecated
  ): Ship @auth(requires: [PILOT]) @deprecated(reason: "Ask for \"berths\".")
}
enum Flag { "Red." RED GREEN }
union Thing = | Ship | Berth
"A day, as `2026-01-31`." scalar Date @specifiedBy(url: "https://a.b/c")
scalar Bare
"No less than that."
directive @min("Least." value: Int = 0) repeatable on | FIELD_DEFINITION | ARGUMENT_DEFINITION
"#;

#[test]
fn queries_and_mutations_are_operations() {
    let pages = GraphQl.read(TEXT.as_bytes()).unwrap();
    let paths: Vec<&str> = pages.below.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "query/ships",
            "mutation/bookBerth",
            "types/BookBerthInput",
            "types/Ship",
            "types/Flag",
            "types/Thing",
            "types/Date",
            "types/@min"
        ]
    );
    let ships = pages.at("query/ships");
    assert_eq!(
        (ships.kind, ships.file_lines.as_ref().unwrap()[0]),
        (Some(Kind::Operation), 7)
    );
    assert!(
        ships.text.starts_with(
            "# ships\n\n`query ships(berth: ID!, first: Int, default `10`): [Ship!]!`, deprecated: use `berth`\n\nShips that lie at a berth.\n\nArguments:\n- `berth`: ID!\n- `first`: Int, default `10`, `@min(value:1)` – At most.\n"
        ),
        "{}",
        ships.text
    );
    assert!(
        ships.text.contains(
            "- `next`: Ship, `@auth(requires:[PILOT])`, deprecated: Ask for \"berths\".\n"
        ),
        "{}",
        ships.text
    );
    let book = &pages.at("mutation/bookBerth").text;
    assert!(
        book.contains("- `input`: BookBerthInput!\n- `input.berth`: ID! – Which one.\n"),
        "{book}"
    );
    assert!(
        pages
            .at("types/Flag")
            .text
            .contains("- `RED` – Red.\n- `GREEN`\n")
    );
    assert!(
        pages
            .first
            .text
            .contains("## Operations of Query\n\nThe harbour.\n")
    );
}

#[test]
fn a_type_is_told_with_what_its_fields_take_and_all_that_is_said_of_it() {
    let pages = GraphQl.read(TEXT.as_bytes()).unwrap();
    let ship = pages.at("types/Ship");
    assert_eq!(
        ship.text,
        "# Ship\n\n`type Ship`\n\nA vessel.\n\nImplements `Node`, `Named`.\nOne of `Thing`.\n\n- `id`: ID!\n- `flag`: Flag – What it flies.\n\
         - `next`: Ship, `@auth(requires:[PILOT])`, deprecated: Ask for \"berths\".\n\
         \x20 - argument `steps`: Int, default `1` – How many on.\n  - argument `harbour`: ID, deprecated – In which harbour.\n"
    );
    let lines = ship.file_lines.as_ref().unwrap();
    assert_eq!((lines.first(), lines.last()), (Some(&13), Some(&21)));
    assert_eq!(
        pages.at("types/Date").text,
        "# Date\n\n`scalar Date`\n\nA day, as `2026-01-31`.\n\n`@specifiedBy(url:\"https://a.b/c\")`\n\n"
    );
    assert_eq!(
        pages.at("types/@min").text,
        "# @min\n\n`directive @min`\n\nNo less than that.\n\nRepeatable, on FIELD_DEFINITION, ARGUMENT_DEFINITION\n\n\
         - `value`: Int, default `0` – Least.\n"
    );
    assert!(
        pages
            .first
            .text
            .ends_with("## Types without a page\n\n- `scalar Bare`\n")
    );
}

#[test]
fn a_long_description_is_whole_on_the_page_of_its_type() {
    let long = "word ".repeat(200);
    let text = format!("type A {{ a: Int\n \"{long}end\"\n b(\"{long}stop\" c: Int): Int }}");
    let page = &GraphQl
        .read(text.as_bytes())
        .unwrap()
        .at("types/A")
        .text
        .clone();
    assert!(
        page.contains("word end\n") && page.contains("word stop\n"),
        "{page}"
    );
}

#[test]
fn a_schema_that_ends_early_is_read_in_part_and_says_so() {
    let pages = GraphQl
        .read(b"type A { a: Int b: Int }\ntype B {\n a: Int")
        .unwrap();
    assert_eq!(pages.skipped, ["ends before the `{` of line 2 is closed"]);
    assert_eq!(GraphQl.read(TEXT.as_bytes()).unwrap().skipped, [""; 0]);
}

#[test]
fn an_extension_of_the_schema_without_roots_takes_nothing_of_what_follows() {
    let pages = GraphQl
        .read(
            b"extend schema @link(url: \"https://a.b\", import: [\"@key\"])\ntype Query { a: Int }",
        )
        .unwrap();
    assert!(pages.at("query/a").text.starts_with("# a\n"));
}

#[test]
fn an_extension_stands_on_the_page_of_what_it_extends() {
    let text = r#"
"All of it." schema @link(url: "https://a.b") { query: Query subscription: Live }
extend type Ship implements Node @key(fields: "id") {
  id: ID!
}
type Ship { name: String! length: Float = -1.5 }
extend union Thing = Ship
union Thing = Berth
interface Node { id: ID! }
type Query { ship(deep: Float = -0.5, tags: [String!] = ["a" "b"]): Ship }
extend type Query @auth { berths: Int }
type Live { moved: Ship }
extend enum Flag { RED GREEN }
"#;
    let pages = GraphQl.read(text.as_bytes()).unwrap();
    let paths: Vec<&str> = pages.below.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "query/ship",
            "query/berths",
            "subscription/moved",
            "types/Ship",
            "types/Thing",
            "types/Node",
            "types/Flag"
        ]
    );
    let ship = pages.at("types/Ship");
    assert_eq!(
        ship.text,
        "# Ship\n\n`type Ship`\n\nOne of `Thing`.\n\n- `name`: String!\n- `length`: Float, default `-1.5`\n\n\
         ## Extended in lines 3 to 5\n\nImplements `Node`.\n`@key(fields:\"id\")`\n- `id`: ID!\n"
    );
    let thing = &pages.at("types/Thing").text;
    assert!(
        thing.contains("- `Berth`\n\n## Extended in line 7\n\n- `Ship`\n"),
        "{thing}"
    );
    let node = &pages.at("types/Node").text;
    assert!(node.contains("Implemented by `Ship`.\n"), "{node}");
    let flag = &pages.at("types/Flag").text;
    assert!(
        flag.contains("Extends the enum of another file.\n"),
        "{flag}"
    );
    let query = &pages.at("query/ship").text;
    for part in [
        "(deep: Float, default `-0.5`, tags: [String!], default `[\"a\" \"b\"]`)",
        "- `id`: ID!\n",
    ] {
        assert!(query.contains(part), "{part}\n{query}");
    }
    let first = &pages.first.text;
    for part in [
        "All of it.\n\n`schema { query: Query, subscription: Live }`\n`@link(url:\"https://a.b\")`\n",
        "## Operations of Query\n\n`@auth`\n",
    ] {
        assert!(first.contains(part), "{part}\n{first}");
    }
}

#[test]
fn the_roots_are_what_the_schema_says() {
    let pages = GraphQl
        .read(b"schema { query: Root }\ntype Root { a: Int }\ntype Query { b: Int, c: Int }")
        .unwrap();
    assert!(pages.at("query/a").text.starts_with("# a\n"));
    assert!(pages.at("types/Query").text.contains("- `b`: Int"));
}

#[test]
fn a_file_that_only_asks_is_left_alone() {
    assert_eq!(GraphQl.read(b"query Ships($a: ID) { ships(berth: $a) { id ...F } }\nfragment F on Ship { type { x } }"), Err(Unread::Foreign));
}

proptest! {
    #[test]
    fn any_schema_is_read_or_refused(cuts in prop::collection::vec((0usize..900, "[a-z{}()\\[\\]:=!@|\"# \n]{0,6}"), 0..6)) {
        let mut text = TEXT.to_owned();
        for (at, new) in cuts {
            let at = at.min(text.len());
            let end = (at + new.len()).min(text.len());
            text.replace_range(at..end, &new);
        }
        drop(GraphQl.read(text.as_bytes()));
    }
}

#[test]
fn operations_have_a_limit() {
    let fields: Vec<String> = (0..20_003).map(|at| format!(" f{at}: Int\n")).collect();
    let fields = fields.concat();
    let pages = GraphQl
        .read(format!("type Query {{\n{fields}}}\n").as_bytes())
        .unwrap();
    assert_eq!(pages.below.len(), 20_000);
    assert_eq!(pages.skipped, ["3 operations beyond the limit of 20000"]);
}

#[test]
fn names_have_a_limit_wherever_they_stand() {
    let names = "a|".repeat(1_000_001);
    let pages = GraphQl.read(format!("union U = {names}").as_bytes());
    assert_eq!(pages.unwrap().skipped, ["what is beyond 1000000 names"]);
}

#[test]
fn a_description_in_html_is_read_as_it() {
    let text = "\"<p>A <b>berth</b>.</p><ul><li>for one</li></ul>\" type Berth { id: ID \"Its <code>name</code>.\" name: ID }";
    let pages = GraphQl.read(text.as_bytes()).unwrap();
    let page = &pages.at("types/Berth").text;
    for part in ["A berth.\n\n- for one\n", "- `name`: ID – Its `name`.\n"] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}
