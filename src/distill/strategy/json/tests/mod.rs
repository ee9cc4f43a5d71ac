//! What the JSON codec promises: the same bytes back, never more tokens, and no input that breaks it.

mod spelling;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::Strategy as _;
use super::super::proof::{cost, packed};
use super::Json;

fn pack(text: &str) -> Option<String> {
    packed(&Json, text)
}

fn scalar() -> BoxedStrategy<String> {
    prop_oneof![
        select(vec![
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1.0",
            "1e5",
            "-12.5E+3",
            "123456",
            "\"\"",
            "\"a\"",
            "\"null\"",
            "\"12\"",
            "\"a b\"",
            "\"a,b\"",
            "\" x\"",
            "\"~\"",
            "\"^\"",
            "\"=\"",
            "\"!x\"",
            "\"(a)\"",
            "\"[1]\"",
            "\"{}\"",
            "\"a;b\"",
            "\"\\n\"",
            "\"\\\"q\\\"\"",
            "\"\\\\\"",
            "\"\\/\"",
            "\"\\u00e9\"",
            "\"é漢😀\"",
            "\"`{x}`\"",
            "\"https://x.test/a\"",
            "\"2024-05-06T07:08:09Z\"",
        ])
        .prop_map(str::to_owned),
        (0..40_u32).prop_map(|number| number.to_string()),
        "[a-z0-9 ,;:~^!\\[\\](){}`#é-]{0,12}".prop_map(|text| format!("\"{text}\"")),
    ]
    .boxed()
}

fn key() -> BoxedStrategy<String> {
    prop_oneof![
        8 => select(vec!["id", "name", "url", "user", "a", "b", "c"]).prop_map(str::to_owned),
        1 => select(vec!["", "a.b", "a b", "x,y", "12", "é", "\\u0041", "{}", "k\\\"", "=", "a?"])
            .prop_map(str::to_owned),
    ]
    .boxed()
}

/// Any JSON, compact.
fn value() -> BoxedStrategy<String> {
    scalar()
        .prop_recursive(4, 60, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6)
                    .prop_map(|members| format!("[{}]", members.join(","))),
                prop::collection::vec((key(), inner), 0..6).prop_map(|members| {
                    let members: Vec<_> = members
                        .into_iter()
                        .map(|(key, value)| format!("\"{key}\":{value}"))
                        .collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
        .boxed()
}

/// What an API answers: rows of a few kinds of columns, some keys missing, some values of another kind.
fn rows() -> BoxedStrategy<String> {
    let column = (0..19_usize, value(), value());
    (
        prop::collection::vec(column, 1..8),
        1..30_usize,
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(|(columns, height, seed, keyed)| {
            let mut random = seed;
            let mut next = move |below: u64| {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (random >> 33) % below
            };
            let rows: Vec<_> = (0..height)
                .map(|row| {
                    let mut members = Vec::new();
                    for (index, (kind, one, other)) in columns.iter().enumerate() {
                        let pick = next(5);
                        let cell = match kind {
                            6 if pick == 0 => continue,
                            0 | 6 => one.clone(),
                            1 if pick == 0 => one.clone(),
                            1 => other.clone(),
                            2 => (row + 100).to_string(),
                            3 => format!("\"n{pick}\""),
                            4 => format!("\"https://x.test/n{pick}/{}\"", row + 100),
                            5 => format!("\"2024-0{}-1{pick}T0{pick}:1{pick}:0{pick}Z\"", pick + 1),

                            7 => {
                                format!("{{\"login\":\"n{pick}\",\"id\":{},\"v\":{one}}}", pick * 7)
                            }
                            8 if pick == 0 => "null".to_owned(),
                            8 => format!("{{\"login\":\"n{pick}\",\"w\":{one}}}"),
                            9 => {
                                let members: Vec<_> = (0..pick)
                                    .map(|n| format!("{{\"k\":{n},\"v\":{other}}}"))
                                    .collect();
                                format!("[{}]", members.join(","))
                            }
                            10 => format!("[{pick},{one}]"),
                            11 => format!(
                                "[{}]",
                                vec![one.as_str(); usize::try_from(pick).unwrap_or(0)].join(",")
                            ),
                            12 => format!("[[{pick},2],[3,{pick}]]"),
                            13 => {
                                format!("\"2031-{:02}-28T{:02}:00:00Z\"", row % 12 + 1, height % 24)
                            }
                            14 => format!(
                                "\"2032-02-{:02} 12:30:{:02}.5\"",
                                row + 1 - row / 29,
                                height
                            ),
                            15 => format!(
                                "{}",
                                row * 7 + usize::from(row > height / 2) + usize::from(pick == 0)
                            ),
                            16 => format!(
                                "[{},{:.2},{one}]",
                                row % 5,
                                f64::from(u32::try_from(row).unwrap_or(0)) * 0.25
                            ),
                            17 => {
                                let hours: Vec<_> = (0..=row % 12)
                                    .map(|hour| {
                                        format!("\"2030-12-31T{:02}:{:02}\"", hour + 11, pick)
                                    })
                                    .collect();
                                format!("[{}]", hours.join(","))
                            }
                            _ => format!("\"n{pick}\\n, x\""),
                        };
                        members.push(format!("\"c{index}\":{cell}"));
                    }
                    if next(12) == 0 {
                        members.reverse();
                    }
                    let row_text = format!("{{{}}}", members.join(","));
                    if keyed {
                        format!("\"{}\":{row_text}", row * 3)
                    } else {
                        row_text
                    }
                })
                .collect();
            if keyed {
                format!("{{{}}}", rows.join(","))
            } else {
                format!("[{}]", rows.join(","))
            }
        })
        .boxed()
}

/// Lays compact JSON out anew: by `serde_json` for an indent, by hand for the rest.
fn laid_out(compact: &str, style: usize) -> String {
    match style {
        0 => compact.to_owned(),
        1 => format!("{compact}\n"),
        2 | 3 => respaced(compact, style == 3),
        _ => indented(compact, style),
    }
}

fn respaced(compact: &str, crlf: bool) -> String {
    let mut out = String::new();
    outside_strings(
        compact,
        |out, character| {
            out.push(character);
            if matches!(character, ',' | ':') {
                out.push(' ');
            }
        },
        &mut out,
    );
    out.push_str(if crlf { "\r\n" } else { "" });
    out
}

fn indented(compact: &str, style: usize) -> String {
    let (unit, newline) = match style {
        4 => ("  ", "\n"),
        5 => ("    ", "\r\n"),
        _ => ("\t", "\n"),
    };
    let tight = compact.replace("[]", "\u{1}").replace("{}", "\u{2}");
    let mut depth = 0_usize;
    let mut out = String::new();
    outside_strings(
        &tight,
        |out, character| {
            let line = |depth: usize| format!("{newline}{}", unit.repeat(depth));
            match character {
                '[' | '{' => {
                    depth += 1;
                    out.push(character);
                    out.push_str(&line(depth));
                }
                ']' | '}' => {
                    depth = depth.saturating_sub(1);
                    out.push_str(&line(depth));
                    out.push(character);
                }
                ',' => {
                    out.push(character);
                    out.push_str(&line(depth));
                }
                ':' => out.push_str(": "),
                _ => out.push(character),
            }
        },
        &mut out,
    );
    out.replace('\u{1}', "[]").replace('\u{2}', "{}")
}

fn outside_strings(text: &str, mut write: impl FnMut(&mut String, char), out: &mut String) {
    let (mut inside, mut escaped) = (false, false);
    for character in text.chars() {
        if inside {
            out.push(character);
            (inside, escaped) = (escaped || character != '"', !escaped && character == '\\');
        } else if character == '"' {
            inside = true;
            out.push(character);
        } else {
            write(out, character);
        }
    }
}

proptest! {
    #[test]
    fn any_json_in_any_layout_comes_back_byte_for_byte(text in value(), style in 0..7_usize) {
        pack(&laid_out(&text, style));
    }

    #[test]
    fn rows_in_any_layout_come_back_byte_for_byte(text in rows(), style in 0..7_usize) {
        pack(&laid_out(&text, style));
    }

    #[test]
    fn rows_one_a_line_come_back_byte_for_byte(texts in prop::collection::vec(rows(), 1..4), end in any::<bool>()) {
        let lines = texts.join("\n");
        pack(&if end { format!("{lines}\n") } else { lines });
    }

    #[test]
    fn broken_json_is_left_alone_or_comes_back(text in rows(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\",:0-9a \n]{0,2}") {
        let at = at.index(text.len());
        if let (Some(before), Some(after)) = (text.get(..at), text.get(at + 1..)) {
            pack(&format!("{before}{with}{after}"));
        }
    }

    #[test]
    fn packed_text_from_anywhere_breaks_nothing(text in rows(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}()\",:;=<>`~^!0-9a \n]{0,3}") {
        let packed = Json.encode(&text, &cost).unwrap_or(text);
        let at = at.index(packed.len());
        if let (Some(before), Some(after)) = (packed.get(..at), packed.get(at + 1..))
            && let Some(decoded) = Json.decode(&format!("{before}{with}{after}"), 100_000)
        {
            prop_assert!(decoded.len() <= 100_000);
        }
    }
}

#[test]
fn fixtures_come_back_byte_for_byte_and_shorter() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/distill");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if !name.starts_with("json_") {
            continue;
        }
        seen += 1;
        let text = fs::read_to_string(entry.path()).unwrap();
        let packed = pack(&text);
        assert_eq!(
            packed.is_none(),
            name.starts_with("json_untouched_"),
            "{name}"
        );
    }
    assert!(seen > 0, "no fixture was found");
}

#[test]
fn what_is_not_json_or_too_deep_is_left_alone() {
    let deep = "[".repeat(5000) + &"]".repeat(5000);
    for text in [
        "",
        " ",
        "x",
        "12",
        "\"a\"",
        "[1,]",
        "[1 2]",
        "{\"a\":1,}",
        "[01]",
        "\u{feff}[1, 2]",
        "[1] x",
        &deep,
    ] {
        assert_eq!(Json.encode(text, &cost), None, "{text:.20}");
    }
}

#[test]
fn documents_as_deep_as_allowed_come_back() {
    let mut text = "[{\"a\":1},{\"a\":2}]".to_owned();
    for level in 0..60 {
        text = format!("[{{\"k{level}\":{text},\"n\":\"x\"}}]");
        if level % 2 == 0 {
            pack(&text);
        } else {
            pack(&format!("{{\"p\":[1,2,\"long enough\"],\"q\":{text}}}"));
        }
    }
}

#[test]
fn small_packed_texts_that_stand_for_large_ones_are_refused() {
    let long = "x".repeat(1000);
    let rows = "1\n".repeat(1000);
    let doubled = format!("[2]{}\n", "{a[]}");
    for packed in [
        format!("json\n[1000]{{a=\"{long}\",b}}\n{rows}"),
        format!("json\n[1000]{{a,b=`{long}{{a}}`}}\n{rows}"),
        format!(
            "json\n[1000]{{a,b~=`{long}{{a}}`}}\n{}",
            "1,=\n".repeat(1000)
        ),
        "json\n[2]{a~=`{b}x`,b~=`{a}x`}\n=,=\n=,=\n".to_owned(),
        "json\n[2]{a,b=`{a*}x`}\n1\n2\n".to_owned(),
        format!("json with $1\n$a={long}\n[{}1]", "$a,".repeat(1000)),
        "json with $20\n".to_owned()
            + &('a'..'t')
                .zip('b'..='t')
                .fold(String::new(), |lines, (one, next)| {
                    format!("{lines}${one}=${next}${next}\n")
                })
            + "$t=xx\n$a",
        "json with $2\n$a=1\n$b=$a\n$b".to_owned(),
        "json indent 16\n".to_owned() + &"[".repeat(60) + "1" + &"]".repeat(60),
        "json\n[18446744073709551615]{a=1,b=2}\n".to_owned(),
        format!("json\n{doubled}[1,{}]\n[^]\n", "^,".repeat(1000)),
        "json\n[2]".to_owned() + &"[]".repeat(100_000),
        "json\n".to_owned() + &"[".repeat(100_000),
        "json\n".to_owned() + &"[1]{a[]".repeat(50_000),
        "json gaps 0:9999n\n[1]".to_owned(),
        "json gaps 0:999n".to_owned() + &",0:999n".repeat(300) + "\n[1]",
        "json gaps 5:n\n[1]".to_owned(),
        "json gaps 0:x\n[1]".to_owned(),
        "json\n[3]{a=9223372036854775807..,b}\n1\n2\n".to_owned(),
        "json\n[18446744073709551615]=0..".to_owned(),
        "json\n[1000000]=2026-01-01..+1d".to_owned(),
        "json\n[9]=9999-12-30..+1d".to_owned(),
        "json\n[9]=0..*0".to_owned(),
        "json\n[2]{a<b,b<a}\n1\n2\n".to_owned(),
        "json\n[2]{a=`{b}`,b=`{a}`}\n1\n2\n".to_owned(),
    ] {
        assert_eq!(Json.decode(&packed, 10_000), None, "{packed:.60}");
    }
}
