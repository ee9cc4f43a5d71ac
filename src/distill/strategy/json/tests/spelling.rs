//! How packed JSON reads: one document for each thing that the notation can say.

use super::pack;

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
fn a_column_that_shares_the_cells_of_another_has_none() {
    let rows: Vec<_> = ["sun-12", "moon-37", "sea-5", "hill-40", "river-8"]
        .iter()
        .zip([0, 1, 4, 9, 16])
        .map(|(name, size)| {
            format!(
                "{{\"size\":{size},\"http\":\"http://a.test/pics/{name}.png\",\"https\":\"https://b.test/{name}.png\"}}"
            )
        })
        .collect();
    assert_eq!(
        pack(&format!("[{}]", rows.join(","))).unwrap(),
        "json\n[5 ]{size http=`http://a.test/pics/{https*}.png` https=`https://b.test/{}.png`}\n\
         0 sun-12\n1 moon-37\n4 sea-5\n9 hill-40\n16 river-8\n"
    );
}

#[test]
fn a_column_that_mostly_follows_from_another_shows_where_it_does_not() {
    let rows: Vec<_> = (0..16)
        .map(|row| {
            let name = format!("job-{}-nightly-{}", row * row + 11, 900 - row * row);
            let url = match row {
                3 => "null".to_owned(),
                9 => "\"=\"".to_owned(),
                _ => format!("\"https://ci.test/{name}/\""),
            };
            format!("{{\"name\":\"{name}\",\"url\":{url}}}")
        })
        .collect();
    let packed = pack(&format!("[{}]", rows.join(","))).unwrap();
    let cells: Vec<&str> = packed
        .lines()
        .skip(2)
        .filter_map(|line| line.rsplit([',', ' ']).next())
        .collect();
    assert!(
        packed.contains("url~=`https://ci.test/{name}/`}\n"),
        "{packed}"
    );
    assert_eq!(
        cells,
        [
            "=", "=", "=", "null", "=", "=", "=", "=", "=", "\"=\"", "=", "=", "=", "=", "=", "="
        ]
    );
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
