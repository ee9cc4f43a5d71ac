//! What the JSON codec promises: the same bytes back, never more tokens, and no input that breaks it.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::Strategy as _;
use super::Json;
use crate::tokens::{Encoding, count};

fn cost(text: &str) -> usize {
    count(Encoding::O200k, text)
}

/// Encodes, checks what always holds, and returns the packed text.
fn pack(text: &str) -> Option<String> {
    let packed = Json.encode(text, &cost)?;
    assert_eq!(
        Json.decode(&packed, text.len()).as_deref(),
        Some(text),
        "packed:\n{packed}"
    );
    assert!(cost(&packed) < cost(text), "longer:\n{packed}");
    Some(packed)
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

#[test]
fn what_the_notation_says_is_what_its_description_shows() {
    let text = r#"{"items":[
{"id":101,"kind":"x","owner":{"login":"ada","url":"https://git.test/ada"},"at":"2031-05-06","tags":["new","old"],"by":null},
{"id":102,"kind":"x","owner":{"login":"bob","url":"https://git.test/bob"},"at":"2031-06-07","tags":[],"by":{"n":1}},
{"id":103,"kind":"x","owner":{"login":"cy","url":"https://git.test/cy"},"at":"2032-07-08","tags":["old"],"by":{"n":2}},
{"id":104,"kind":"x","owner":{"login":"cy","url":"https://git.test/cy"},"at":"2032-08-09","tags":["old"]}
]}"#
    .replace('\n', "");
    assert_eq!(
        pack(&text).unwrap(),
        "json\n{items:[4 ]{id=101.. kind=x owner{login url=`https://git.test/{owner.login}`} \
         at=`203{1}-{2}-{2}` tags[] by?{n}}\n\
         ada 10506 [new old] null\n\
         bob 10607 [] (1)\n\
         cy 20708 [old] (2)\n\
         cy 20809 ^ ~\n}"
    );
}

#[test]
fn quotes_and_commas_stay_only_where_something_needs_them() {
    let text = r##"{"name":"web","port":8080,"version":"1.10","on":true,"url":"https://x.test/a?b=c",
"env":["A=1","two words","","a,b"],"at":[1,2.50],"say \"hi\"":{"colour":"#0af","text":"true","none":null,"deep":[[],{}]}}"##
        .replace('\n', "");
    assert_eq!(
        pack(&text).unwrap(),
        r#"json
{name:web port:8080 version:"1.10" on:true url:https://x.test/a?b=c env:[A=1 "two words" "" "a,b"] at:[1,2.50] "say \"hi\"":{colour:#0af text:"true" none:null deep:[[] {}]}}"#
    );
}

#[test]
fn a_text_that_ends_like_a_missing_cell_is_none() {
    let rows: Vec<_> = (0..12)
        .map(|row| match row % 4 {
            3 => "{\"c\":\"0~\",\"z\":1}".to_owned(),
            _ => {
                format!("{{\"c\":\"{row}~\",\"id\":{row},\"at\":{row},\"by\":\"x{row}\",\"z\":2}}")
            }
        })
        .collect();
    pack(&format!("[{}]", rows.join(","))).unwrap();
}

#[test]
fn columns_that_count_have_no_cells() {
    let rows: Vec<_> = (0..8)
        .map(|row| {
            let lists = format!("[{{\"n\":{},\"of\":\"x{row}\"}}]", row * 5 + 1);
            format!(
                "{{\"id\":{},\"down\":{},\"name\":\"w{}\",\"parts\":{lists}}}",
                101 + row,
                40 - 10 * row,
                row * row
            )
        })
        .collect();
    let text = format!("[{}]", rows.join(","));
    let packed = pack(&text).unwrap();
    assert!(
        packed.starts_with("json\n[8]{id=101..,down=40..-10,name,parts[]{n=1..+5,of}}\nw0,[x0]\n"),
        "{packed}"
    );
    // What looks like a count is none, and what hardly counts neither.
    for text in [
        r#"[{"a":"1..","b":"alpha beta"},{"a":"1..","b":"gamma delta"},{"a":"1..","b":"epsilon"}]"#,
        r#"[{"a":9223372036854775806,"b":"alpha"},{"a":9223372036854775807,"b":"beta"},{"a":1,"b":"gamma"}]"#,
        r#"[{"a":-1,"b":"alpha beta"},{"a":-0,"b":"alpha beta"},{"a":1,"b":"gamma delta"}]"#,
        r#"[{"a":9223372036854775805,"b":"al"},{"a":9223372036854775806,"b":"be"},{"a":9223372036854775807,"b":"ga"}]"#,
        r#"[{"number":1,"index":0},{"number":2,"index":1},{"number":3,"index":2},{"number":4,"index":3}]"#,
    ] {
        pack(text);
    }
}

#[test]
fn times_at_a_constant_step_have_no_cells() {
    let rows: Vec<_> = (0..6)
        .map(|row| {
            format!(
                "{{\"at\":\"2024-02-28T{:02}:30:00Z\",\"day\":\"2024-02-2{}\",\"hour\":{},\"v\":{}}}",
                row + 6,
                row + 3,
                row % 2,
                row * row
            )
        })
        .collect();
    let text = format!("[{}]", rows.join(","));
    assert_eq!(
        pack(&text).unwrap(),
        "json\n[6]{at=2024-02-28T06:30:00Z..+1h,day=2024-02-23..+1d,hour=0..*2,v}\n0\n1\n4\n9\n16\n25\n"
    );
}

#[test]
fn arrays_that_count_say_how() {
    let hours: Vec<_> = (0..24)
        .map(|hour| format!("\"2026-01-31T{hour:02}:00\""))
        .collect();
    let counts: Vec<_> = (0..24).map(|hour| (hour * 5).to_string()).collect();
    let text = format!(
        "{{\"unit\":\"degrees\",\"time\":[{}],\"index\":[{}],\"value\":[1,2,4,8,16]}}",
        hours.join(","),
        counts.join(",")
    );
    assert_eq!(
        pack(&text).unwrap(),
        "json\n{4 }\nunit degrees\ntime [24]=2026-01-31T00:00..+1h\nindex [24]=0..+5\nvalue [1,2,4,8,16]\n"
    );
    // What looks like a rule for an array is none.
    pack(
        r#"[{"a":["24"],"b":"=0..","c":[24]},{"a":["[24]=0.."],"b":"[24]=0..","c":[2]},{"a":["[24]=0.."],"b":"[24]=0..","c":[1,2,3,4]}]"#,
    );
}

#[test]
fn an_object_that_returns_anywhere_is_written_once() {
    let user = r#"{"login":"ada","id":7,"home":"https://git.test/ada","kind":"user","rights":{"pull":true,"push":false,"admin":false}}"#;
    let text = format!(
        r#"{{"request":{{"by":{user},"at":12,"on":"main"}},"answer":{{"code":201,"owner":{user},"size":[1,2]}},"last":[{{"seen":{user}}},5,"x"]}}"#
    );
    let packed = pack(&text).unwrap();
    assert_eq!(
        packed.matches("https://git.test/ada").count(),
        1,
        "{packed}"
    );
    assert!(packed.starts_with("json with $1\n$a={"), "{packed}");
}

#[test]
fn a_named_object_holds_names_and_they_hold_none() {
    let kinds = [
        "followers",
        "following",
        "gists",
        "starred",
        "orgs",
        "repos",
    ];
    let user: Vec<_> = kinds
        .iter()
        .map(|kind| format!(r#""{kind}":"https://git.test/api/v3/users/ada-lovelace-1815/{kind}""#))
        .collect();
    let user = format!("{{{}}}", user.join(","));
    let text = format!(
        r#"{{"request":{{"by":{user},"at":12}},"answer":{{"owner":{user},"size":[1,2]}},"last":[{{"seen":{user}}},5,"x"]}}"#
    );
    let packed = pack(&text).unwrap();
    assert!(packed.starts_with("json with $2\n$a={"), "{packed}");
    assert_eq!(packed.matches("ada-lovelace-1815").count(), 1, "{packed}");
    assert!(packed.contains("\n$b=https://"), "{packed}");
}

#[test]
fn a_few_gaps_that_no_rule_explains_do_not_cost_the_rest() {
    let member = |n: usize| {
        format!("  \"key_{n}\": {{\n    \"name\": \"value {n}\",\n    \"on\": true\n  }}")
    };
    let members: Vec<_> = (0..12).map(member).collect();
    let text = format!("{{\n{}\n}}\n", members.join(",\n"));
    for (text, header) in [
        (text.clone(), "json indent 2 newline"),
        (
            text.replacen("},\n", "},\n\n", 2),
            "json indent 2 newline gaps 13:2n2s,12:2n2s",
        ),
    ] {
        let packed = pack(&text).unwrap();
        assert_eq!(packed.lines().next(), Some(header), "{packed}");
    }
    let one_line = format!("[{}]", vec!["{\"id\":[1,2],\"at\":[3,4]}"; 30].join(","));
    pack(&one_line.replacen(",{", ",{\n", 7)).unwrap();
    pack(&one_line.replacen(",{", ",{\n", 1)).unwrap();
    let by_hand = text.replacen("true\n  }", "true }", 1) + "\n \n";
    let packed = pack(&by_hand).unwrap();
    assert!(packed.starts_with("json indent 2 gaps "), "{packed}");
    assert!(
        packed.lines().next().unwrap().ends_with(":2nsn"),
        "{packed}"
    );
}

#[test]
fn arrays_that_hug_their_objects_are_a_layout() {
    let waiter = |n: usize| {
        format!(
            "    \"Waiter{n}\" : {{\n      \"delay\" : {n},\n      \"codes\" : [ 200, 404 ],\n      \"none\" : [ ],\n      \"acceptors\" : [ {{\n        \"state\" : \"success\",\n        \"argument\" : \"status{n}\"\n      }}, {{\n        \"state\" : \"retry\",\n        \"argument\" : \"code\"\n      }} ]\n    }}"
        )
    };
    let waiters: Vec<_> = (1..6).map(waiter).collect();
    let text = format!(
        "{{\n  \"waiters\" : {{\n{}\n  }}\n}}\n",
        waiters.join(",\n")
    );
    let packed = pack(&text).unwrap();
    assert_eq!(
        packed.lines().next(),
        Some("json indent 2 comma \", \" colon \" : \" padded-arrays newline padded-empty hugging"),
        "{packed}"
    );
    let list = text.replacen("{\n  \"waiters\" : {", "[ {\n  \"waiters\" : {", 1);
    let list = list.strip_suffix("\n").unwrap().to_owned() + " ]\n";
    assert!(!pack(&list).unwrap().contains("gaps"), "{list}");
}
