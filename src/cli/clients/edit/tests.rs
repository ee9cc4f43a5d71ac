//! What the edit promises, on chosen shapes and on random documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed expectation in a test is a failed test"
)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

const SPOT: Spot<'static> = Spot {
    section: "mcpServers",
    name: "mrconductor",
};

fn entry() -> Value {
    json!({"command": "mrconductor", "args": ["serve", "--project", "${workspaceFolder}"], "env": {}})
}

fn put_json(text: &str) -> String {
    put(Syntax::Commented, text, SPOT, &json!({"command": "m"})).unwrap()
}

fn put_toml(text: &str) -> String {
    put(
        Syntax::Toml,
        text,
        TOML_SPOT,
        &json!({"command": "m", "args": ["serve"]}),
    )
    .unwrap()
}

const TOML_SPOT: Spot<'static> = Spot {
    section: "mcp_servers",
    name: "mrconductor",
};

#[test]
fn an_empty_file_becomes_a_whole_document() {
    let whole =
        "{\n  \"mcpServers\": {\n    \"mrconductor\": {\n      \"command\": \"m\"\n    }\n  }\n}\n";
    for text in ["", " ", "\n", "{}\n"] {
        assert_eq!(put_json(text), whole, "{text:?}");
    }
    assert_eq!(
        put_json("// mine\r\n"),
        format!("// mine\r\n{}", whole.replace('\n', "\r\n"))
    );
}

#[test]
fn the_entry_comes_last_in_the_style_of_its_neighbours() {
    for (before, after) in [
        (
            "{\n\t\"mcpServers\": {\n\t\t\"a\": {} // keep\n\t\t// and this\n\t}\n}",
            "{\n\t\"mcpServers\": {\n\t\t\"a\": {}, // keep\n\t\t\"mrconductor\": {\n\t\t\t\"command\": \"m\"\n\t\t}\n\t\t// and this\n\t}\n}",
        ),
        (
            "{\r\n    \"mcpServers\": {\r\n        \"a\": {},\r\n    },\r\n}\r\n",
            "{\r\n    \"mcpServers\": {\r\n        \"a\": {},\r\n        \"mrconductor\": {\r\n            \"command\": \"m\"\r\n        },\r\n    },\r\n}\r\n",
        ),
        (
            "{\"mcpServers\":{\"a\":{}}}",
            "{\"mcpServers\":{\"a\":{},\"mrconductor\":{\"command\":\"m\"}}}",
        ),
        (
            "{ \"mcpServers\": { \"a\": {} } }",
            "{ \"mcpServers\": { \"a\": {}, \"mrconductor\": { \"command\": \"m\" } } }",
        ),
        (
            "{\n  \"mcpServers\": {}\n}",
            "{\n  \"mcpServers\": {\n    \"mrconductor\": {\n      \"command\": \"m\"\n    }\n  }\n}",
        ),
        (
            "{\n  \"mcpServers\": {\n    // none yet\n  }\n}",
            "{\n  \"mcpServers\": {\n    // none yet\n    \"mrconductor\": {\n      \"command\": \"m\"\n    }\n  }\n}",
        ),
        (
            "{\n  \"theme\": 1 /* one */\n}",
            "{\n  \"theme\": 1, /* one */\n  \"mcpServers\": {\n    \"mrconductor\": {\n      \"command\": \"m\"\n    }\n  }\n}",
        ),
        (
            "\u{feff}{\"a\":1}",
            "\u{feff}{\"a\":1,\"mcpServers\":{\"mrconductor\":{\"command\":\"m\"}}}",
        ),
    ] {
        assert_eq!(put_json(before), after, "{before}");
        assert!(
            differ_only_in_entry(Syntax::Commented, before, after, SPOT),
            "{before}"
        );
    }
}

#[test]
fn an_entry_leaves_with_its_comma_wherever_it_stands() {
    for (before, after) in [
        (
            r#"{"mcpServers": {"mrconductor": 1, "a": 2}}"#,
            r#"{"mcpServers": { "a": 2}}"#,
        ),
        (
            r#"{"mcpServers": {"a": 2, "mrconductor": 1}}"#,
            r#"{"mcpServers": {"a": 2}}"#,
        ),
        (
            r#"{"mcpServers": {"a": 2, "mrconductor": 1, "b": 3}}"#,
            r#"{"mcpServers": {"a": 2, "b": 3}}"#,
        ),
        (
            r#"{"mcpServers": {"mrconductor": 1}}"#,
            r#"{"mcpServers": {}}"#,
        ),
        (
            "{\"mcpServers\": {\n  \"mrconductor\": 1,\n}}",
            "{\"mcpServers\": {\n}}",
        ),
        (
            "{\"mcpServers\": {\n  \"a\": 1, // a\n  // m\n  \"mrconductor\": 1\n}}",
            "{\"mcpServers\": {\n  \"a\": 1 // a\n  // m\n}}",
        ),
    ] {
        let taken = take(Syntax::Commented, before, SPOT).unwrap();
        assert_eq!(taken.as_deref(), Some(after), "{before}");
    }
    assert_eq!(take(Syntax::Commented, "{}", SPOT), Ok(None));
}

#[test]
fn trouble_is_named_with_line_and_column() {
    for (syntax, text, error) in [
        (
            Syntax::Commented,
            "{\n  \"a\": \n}",
            "3:1: unexpected close brace",
        ),
        (Syntax::Commented, "[]", "1:1: the file is not an object"),
        (
            Syntax::Commented,
            "{\n \"mcpServers\": []}",
            "2:16: `mcpServers` is not an object",
        ),
        (
            Syntax::Commented,
            "{\"mcpServers\": {}, \"mcpServers\": {}}",
            "1:20: `mcpServers` is there twice",
        ),
        (
            Syntax::Strict,
            "{\n  // mine\n}",
            "2:3: comments are not allowed",
        ),
        (
            Syntax::Strict,
            "{\"a\": 1,}",
            "1:8: trailing commas are not allowed",
        ),
        (
            Syntax::Commented,
            "{'a': 1}",
            "1:2: single-quoted strings are not allowed",
        ),
        (Syntax::Toml, "a = 1\nb = \n", "2:5: "),
    ] {
        let got = put(
            syntax,
            text,
            if syntax == Syntax::Toml {
                TOML_SPOT
            } else {
                SPOT
            },
            &entry(),
        );
        let got = got.unwrap_err().to_string();
        assert!(got.starts_with(error), "{text}: {got}");
    }
    let deep = "[".repeat(100_000);
    assert!(put(Syntax::Commented, &deep, SPOT, &entry()).is_err());
}

#[test]
fn toml_gets_a_table_of_its_own_at_the_end() {
    let block = "[mcp_servers.mrconductor]\ncommand = \"m\"\nargs = [\"serve\"]\n";
    for (before, after) in [
        ("", block.to_owned()),
        (
            "model = \"x\" # mine\n",
            format!("model = \"x\" # mine\n\n{block}"),
        ),
        (
            "[a]\r\nb = 1\r\n",
            format!("[a]\r\nb = 1\r\n\r\n{}", block.replace('\n', "\r\n")),
        ),
        (
            "[mcp_servers.mrconductor]\ncommand = \"old\"\n[mcp_servers.mrconductor.env]\nA = \"1\"\n\n# about b\n[b]\n",
            format!("{block}\n# about b\n[b]\n"),
        ),
    ] {
        assert_eq!(put_toml(before), after, "{before}");
        assert!(differ_only_in_entry(
            Syntax::Toml,
            before,
            &after,
            TOML_SPOT
        ));
    }
    let before = "model = \"x\" # mine\n\n[mcp_servers.other]\ncommand = \"o\"\n";
    assert_eq!(
        take(Syntax::Toml, &put_toml(before), TOML_SPOT)
            .unwrap()
            .as_deref(),
        Some(before)
    );
}

#[test]
fn toml_that_holds_the_servers_another_way_is_left_alone() {
    let inline = "mcp_servers = { other = { command = \"o\" } }\n";
    assert!(put(Syntax::Toml, inline, TOML_SPOT, &entry()).is_err());
    let ours = "mcp_servers = { mrconductor = { command = \"o\" } }\n";
    assert!(take(Syntax::Toml, ours, TOML_SPOT).is_err());
    let hidden = "note = '''\n[mcp_servers.mrconductor]\n'''\n";
    let taken = take(Syntax::Toml, &put_toml(hidden), TOML_SPOT);
    assert!(taken.as_ref().is_err() || taken.unwrap().as_deref() == Some(hidden));
}

/// White space and comments between two tokens.
fn gap() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "",
        " ",
        "  ",
        "\n",
        "\n  ",
        "\n    ",
        "\r\n\t",
        "\n\n  ",
        " // a line, \"mrconductor\": {}\n",
        "/* a block, */",
        " /* two\n lines */ ",
        "\n  // own line }\n  ",
        " \t ",
    ])
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "-2.5e3",
        "true",
        "null",
        "\"\"",
        "\"// no comment\"",
        "\"a\\\"b\"",
        "\"{é}\"",
        "[]",
        "{}",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            members(inner.clone()).prop_map(|members| format!("{{{members}}}")),
            (
                prop::collection::vec((gap(), inner, gap()), 1..4),
                prop::bool::ANY
            )
                .prop_map(|(items, comma)| {
                    let items: Vec<_> = items
                        .into_iter()
                        .map(|(a, item, b)| format!("{a}{item}{b}"))
                        .collect();
                    format!("[{}{}]", items.join(","), if comma { "," } else { "" })
                }),
        ]
    })
}

/// Properties with names of their own, at least one, with or without a last comma.
fn members(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let member = (gap(), gap(), gap(), value, gap());
    (prop::collection::vec(member, 1..4), prop::bool::ANY, gap()).prop_map(
        |(members, comma, end)| {
            let members: Vec<_> = members
                .into_iter()
                .enumerate()
                .map(|(n, (a, b, c, value, d))| format!("{a}\"k{n}\"{b}:{c}{value}{d}"))
                .collect();
            format!(
                "{}{}",
                members.join(","),
                if comma {
                    format!(",{end}")
                } else {
                    String::new()
                }
            )
        },
    )
}

/// A document whose section is missing, empty or filled.
fn document() -> impl Strategy<Value = (String, bool)> {
    let section = prop_oneof![
        Just((String::new(), false)),
        gap().prop_map(|gap| (format!("{{{gap}}}"), false)),
        members(value()).prop_map(|members| (format!("{{{members}}}"), true)),
    ];
    let mark = prop::sample::select(vec!["", "\u{feff}"]);
    (
        mark,
        gap(),
        prop::option::of(members(value())),
        gap(),
        gap(),
        section,
        gap(),
        gap(),
    )
        .prop_map(|(mark, a, members, b, c, (section, filled), d, e)| {
            let members = members.unwrap_or_default();
            // The section goes in front, so that the names of the members need no care.
            let section = match section.as_str() {
                "" => String::new(),
                section if members.trim().is_empty() => {
                    format!("{b}\"mcpServers\":{c}{section}{d}")
                }
                section => format!("{b}\"mcpServers\":{c}{section}{d},"),
            };
            (format!("{mark}{a}{{{section}{members}}}{e}"), filled)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_entry_put_into_any_document_can_be_read_and_leaves_without_a_trace((text, filled) in document()) {
        let with = put(Syntax::Commented, &text, SPOT, &entry()).expect("the document is valid");
        prop_assert_eq!(get(Syntax::Commented, &with, SPOT).unwrap(), Some(entry()));
        prop_assert!(differ_only_in_entry(Syntax::Commented, &text, &with, SPOT));
        prop_assert_eq!(put(Syntax::Commented, &with, SPOT, &entry()).unwrap(), with.as_str(), "twice is once");

        let without = take(Syntax::Commented, &with, SPOT).unwrap().unwrap();
        prop_assert_eq!(get(Syntax::Commented, &without, SPOT).unwrap(), None);
        if filled {
            prop_assert_eq!(&without, &text);
        }
    }

    #[test]
    fn no_text_at_all_panics_the_edit(text in "[\\{\\}\\[\\],:\"/*\n\r a1é\\\\mcpServers]{0,60}") {
        for syntax in [Syntax::Commented, Syntax::Strict, Syntax::Toml] {
            drop(put(syntax, &text, SPOT, &entry()));
            drop(take(syntax, &text, SPOT));
        }
    }

    #[test]
    fn toml_entries_leave_without_a_trace(
        lines in prop::collection::vec(prop::sample::select(vec!["# c", "", "[t]", "[mcp_servers.o]", "x = [\n  1,\n]"]), 0..5),
    ) {
        let text = lines.join("\n") + "\n";
        if text.parse::<::toml::Table>().is_ok() && !text.trim().is_empty() {
            let with = put(Syntax::Toml, &text, TOML_SPOT, &entry()).unwrap();
            prop_assert!(differ_only_in_entry(Syntax::Toml, &text, &with, TOML_SPOT));
            let without = take(Syntax::Toml, &with, TOML_SPOT).unwrap().unwrap();
            prop_assert_eq!(&without, &text);
        }
    }
}
