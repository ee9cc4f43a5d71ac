//! What the codec for separated values promises: the same bytes back, fewer tokens, and no input that breaks it.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::Strategy as _;
use super::super::proof::{cost, packed};
use super::{Table, has_header};

fn pack(text: &str) -> Option<String> {
    packed(&Table, text)
}

fn field() -> BoxedStrategy<String> {
    prop_oneof![
        4 => (0..90_u32).prop_map(|number| number.to_string()),
        4 => select(vec![
            "", "a", "open", "true", "null", "007", "-1.50", "1e5", "x y", " x", "a,b", "a;b", "a\tb", "a|b", "say \"hi\"",
            "two\nlines", "crlf\r\nx", "\\n", "C:\\dir", "`{x}`", "{1}", "[2]", "~", "~3", "^", "!x", "é漢😀", "2026-11-20",
            "https://x.test/a", "\"", "\u{1}",
        ])
        .prop_map(str::to_owned),
        1 => "[a-z0-9 ,;:~^!\\[\\](){}`#é\"\\\\-]{0,10}",
    ]
    .boxed()
}

/// Rows as a program writes them: some columns count, some repeat, some follow from others, some lack values.
fn table() -> BoxedStrategy<String> {
    (
        prop::collection::vec((0..8_usize, field(), field()), 2..7),
        2..40_usize,
        select(vec![",", ";", "\t", "|"]),
        0..3_usize,
        any::<[bool; 5]>(),
        any::<u64>(),
    )
        .prop_map(
            |(columns, height, separator, quotes, [crlf, mark, ends, names, ragged], seed)| {
                let mut random = seed;
                let mut next = move |below: u64| {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    (random >> 33) % below
                };
                let mut rows = Vec::new();
                if names {
                    rows.push(
                        (0..columns.len())
                            .map(|index| format!("col_{index}"))
                            .collect(),
                    );
                }
                for row in 0..height {
                    let pick = next(4);
                    let mut fields: Vec<String> = columns
                        .iter()
                        .map(|(kind, one, other)| match kind {
                            0 => one.clone(),
                            1 => (row + 17).to_string(),
                            2 => format!("user_{pick}"),
                            3 => format!("https://x.test/user_{pick}/{}", row + 17),
                            4 => format!("2026-11-{:02}", row % 28 + 1),
                            5 if next(3) > 0 => String::new(),
                            _ if next(2) == 0 => one.clone(),
                            _ => other.clone(),
                        })
                        .collect();
                    if ragged && next(9) == 0 {
                        fields.pop();
                    }
                    rows.push(fields);
                }
                let end = if crlf { "\r\n" } else { "\n" };
                let lines: Vec<String> = rows
                    .iter()
                    .map(|fields| {
                        let quoted = fields.iter().map(|field| {
                            let needed = field.contains([',', ';', '\t', '|', '"', '\n', '\r']);
                            let text = field.parse::<f64>().is_err();
                            if needed || quotes == 2 || (quotes == 1 && text) {
                                format!("\"{}\"", field.replace('"', "\"\""))
                            } else {
                                field.clone()
                            }
                        });
                        quoted.collect::<Vec<_>>().join(separator)
                    })
                    .collect();
                let text = lines.join(end) + if ends { end } else { "" };
                if mark {
                    format!("\u{feff}{text}")
                } else {
                    text
                }
            },
        )
        .boxed()
}

proptest! {
    #[test]
    fn tables_in_any_dialect_come_back_byte_for_byte(text in table()) {
        pack(&text);
    }

    #[test]
    fn broken_tables_are_left_alone_or_come_back(text in table(), at in any::<prop::sample::Index>(), with in "[\",;\t\r\n\\\\a1]{0,3}") {
        let at = at.index(text.len().max(1));
        if let (Some(before), Some(after)) = (text.get(..at), text.get(at + 1..)) {
            pack(&format!("{before}{with}{after}"));
        }
    }

    #[test]
    fn packed_text_from_anywhere_breaks_nothing(text in table(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}()\",:;=<>`~^!\\\\0-9a \n]{0,3}") {
        let packed = Table.encode(&text, &cost).unwrap_or(text);
        let at = at.index(packed.len().max(1));
        if let (Some(before), Some(after)) = (packed.get(..at), packed.get(at + 1..))
            && let Some(decoded) = Table.decode(&format!("{before}{with}{after}"), 100_000)
        {
            prop_assert!(decoded.len() <= 100_000);
        }
    }
}

/// Twelve orders in the given dialect.
fn orders(separator: &str, end: &str) -> String {
    let mut text = ["id", "state", "customer", "page", "paid"].join(separator) + end;
    for row in 0..12 {
        let customer = ["ada", "bob", "cy"][row * 7 % 3];
        let fields = [
            (row + 101).to_string(),
            ["open", "shipped"][row % 2].to_owned(),
            customer.to_owned(),
            format!("https://shop.test/{customer}/{}", row + 101),
            if row % 4 == 0 {
                String::new()
            } else {
                format!("{}.50", row * 3)
            },
        ];
        text += &(fields.join(separator) + end);
    }
    text
}

#[test]
fn the_common_dialects_are_named_in_the_header_line() {
    for (text, header) in [
        (orders(",", "\n"), "csv"),
        (orders("\t", "\n"), "csv tab"),
        (orders(";", "\r\n"), "csv semicolon crlf"),
        (orders("|", "\n"), "csv pipe"),
        (format!("\u{feff}{}", orders(",", "\r\n")), "csv crlf bom"),
        (orders(",", "\n").trim_end().to_owned(), "csv no-newline"),
        (
            orders(",", "\n").split_once('\n').unwrap().1.to_owned(),
            "csv headless",
        ),
        (
            orders(",", "\n")
                .replace(",\n", "\n")
                .replacen("paid", "paid,note", 1)
                .replacen(".50\n", ".50,late\n", 1),
            "csv short-rows",
        ),
        (
            orders(",", "\n").replace(".50\n", ".50 (net, paid)\n"),
            "csv open-end",
        ),
        (
            orders("\",\"", "\"\n\"")
                .trim_end_matches('"')
                .replacen("id", "\"id", 1),
            "csv quoted",
        ),
    ] {
        let packed = pack(&text).unwrap();
        // Names of phrases come after the dialect.
        let first = packed
            .lines()
            .next()
            .and_then(|line| line.split(" with ").next());
        assert_eq!(first, Some(header), "{text}\n{packed}");
    }
}

#[test]
fn what_columns_say_twice_is_said_once() {
    let packed = pack(&orders(",", "\n")).unwrap();
    assert!(
        packed.contains("page=`https://shop.test/{customer}/{id}`"),
        "{packed}"
    );
    assert!(!packed.contains("https://shop.test/ada"), "{packed}");
}

#[test]
fn what_is_no_table_is_left_alone() {
    for text in [
        "",
        "\n",
        "a,b",
        "a,b\n",
        "a,b\n1,2\n",
        "one\ntwo\nthree\n",
        "a,b\n\"1,2\n3,4\n",
        "a,b\n\"1\"x,2\n3,4\n",
        "Dear reader, this is prose.\nIt has commas, some of them, and lines.\nNo table.\n",
    ] {
        assert_eq!(Table.encode(text, &cost), None, "{text}");
    }
}

#[test]
fn a_first_line_of_names_is_told_from_a_row() {
    assert!(has_header("id,name,created at\n1,a,b\n"));
    assert!(has_header("\"id\";\"name\"\n1;a\n"));
    for text in [
        "1,a\n2,b\n",
        "a,a\n1,2\n",
        "a,\n1,2\n",
        "2026-11-20 07:00|INFO|up\n",
        "plain\n",
    ] {
        assert!(!has_header(text), "{text}");
    }
}

#[test]
fn small_packed_texts_that_stand_for_large_ones_are_refused() {
    let long = "x".repeat(1000);
    let rows = "1\n".repeat(1000);
    let names: Vec<String> = (0..3000).map(|index| format!("c{index}")).collect();
    for packed in [
        format!("csv\n[1000]{{a={long} b}}\n{rows}"),
        format!("csv\n[1000]{{a,b=`{long}{{a}}`}}\n{rows}"),
        format!(
            "csv\n[2000]{{{}}}\n{}{}",
            names.join(","),
            "1,".repeat(2999) + "1\n",
            "~3000\n".repeat(1999)
        ),
        "csv\n[18446744073709551615]{a=1,b=2}\n".to_owned(),
        "csv\n[]".to_owned(),
        "csv\n1".to_owned(),
    ] {
        assert_eq!(Table.decode(&packed, 10_000), None, "{packed:.60}");
    }
}
