//! What schemas are read as.

use super::*;
use crate::lookup::document::headings;

const SHIP: &str = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Settings of a ship",
  "description": "What `ship.json` may say.",
  "type": "object",
  "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 2},
    "server": {
      "type": "object",
      "properties": {
        "tls": {"$ref": "#/$defs/Tls"},
        "ports": {"type": "array", "items": {"type": "object", "properties": {"number": {"type": "integer", "maximum": 65535}}}}
      }
    },
    "sail": {
      "oneOf": [
        {"type": "boolean", "description": "Whether there is one."},
        {"type": "object", "properties": {"cloth": {"enum": ["hemp", "silk"], "enumDescriptions": ["Holds.", "Shines."]}}}
      ],
      "deprecated": true,
      "deprecationMessage": "Row."
    },
    "crew": {"type": "array", "items": {"$ref": "#/$defs/Person"}, "additionalItems": false}
  },
  "$defs": {
    "Tls": {
      "description": "How it is kept secret.",
      "properties": {
        "minVersion": {"type": "string", "default": "1.2", "description": "The oldest version.", "examples": ["1.3"]}
      }
    },
    "Person": {"properties": {"friend": {"$ref": "#/$defs/Person"}, "root": {"$ref": "#"}}},
    "Word": {"type": "string"}
  }
}
"##;

fn read(text: &str) -> Result<Pages, Unread> {
    Schema.read(text.as_bytes())
}

fn paths(page: &Document) -> Vec<&str> {
    headings(&page.blocks)
        .map(|head| head.title.as_str())
        .collect()
}

#[test]
fn each_setting_is_a_definition_by_its_path_and_its_name() {
    let pages = read(SHIP).unwrap();
    let page = &pages.first;
    assert_eq!(
        paths(page),
        [
            "Settings of a ship",
            "name",
            "server",
            "server.tls",
            "server.tls.minVersion",
            "server.ports",
            "server.ports[].number",
            "sail",
            "sail.cloth",
            "crew",
            "crew[].friend",
            "crew[].root"
        ]
    );
    let least = headings(&page.blocks).find(|head| head.title.ends_with("minVersion"));
    assert_eq!(least.unwrap().code, ["server.tls.minVersion", "minVersion"]);
    for told in [
        "What `ship.json` may say.",
        "`name` string, required, length at least 2 characters",
        "`server.tls.minVersion` string, default `1.2`, e.g. `1.3`\n\nThe oldest version.",
        "`server.ports[].number` integer, maximum 65535",
        "Deprecated: Row.\n- boolean – Whether there is one.",
        "- `hemp`: Holds.\n- `silk`: Shines.",
    ] {
        assert!(page.text.contains(told), "{told} is not in {}", page.text);
    }
    let lines = page.file_lines.as_ref().unwrap();
    assert_eq!(lines.len(), page.text.lines().count());
    assert!(lines.is_sorted() && lines.last() == Some(&24), "{lines:?}");
    assert_eq!(pages.skipped, Vec::<String>::new());
}

#[test]
fn each_type_with_something_to_tell_has_a_page() {
    let pages = read(SHIP).unwrap();
    let names: Vec<&str> = pages.below.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names, ["definitions/Tls", "definitions/Person"]);
    let tls = pages.at("definitions/Tls");
    assert_eq!(paths(tls), ["Tls", "Tls.minVersion"]);
    assert_eq!(
        tls.title.as_deref(),
        Some("Settings of a ship › definitions")
    );
    let heads: Vec<_> = headings(&tls.blocks).collect();
    assert_eq!(heads[1].code, ["Tls.minVersion", "minVersion"]);
    assert_eq!(tls.file_lines.as_ref().unwrap().last(), Some(&30));
}

#[test]
fn schemas_are_told_from_data_that_looks_like_them() {
    for schema in [
        "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"$ref\": \"#/definitions/A\", \"definitions\": {\"A\": {}}}",
        "{\"title\": \"T\", \"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}, \"b\": true}}",
        "$schema: https://json-schema.org/draft/2020-12/schema\nproperties:\n  a:\n    type: string\n",
        "title: T\ntype: object\nproperties:\n  a: {type: string}\n",
    ] {
        assert!(Schema.recognizes(schema), "{schema}");
        assert!(read(schema).is_ok(), "{schema}");
    }
    for data in [
        "{\"name\": \"ship\", \"version\": \"1.0.0\", \"type\": \"module\", \"description\": \"D\"}",
        "{\"$schema\": \"./node_modules/ship/schema.json\", \"properties\": {\"a\": {}}, \"type\": \"object\", \"title\": \"T\"}",
        "{\"type\": \"object\", \"title\": \"T\", \"properties\": {\"a\": 1}}",
        "{\"title\": \"object\", \"properties\": {\"a\": {}}}",
        "title: About objects with properties\n\nwords: {\n",
        "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"openapi\": \"3.1.0\", \"properties\": {}}",
    ] {
        assert_eq!(read(data), Err(Unread::Foreign), "{data}");
    }
    assert!(!Schema.recognizes("{\"name\": \"x\", \"properties\": {}, \"type\": \"object\"}"));
    assert!(!Schema.recognizes("openapi: 3.1.0\n$schema: https://json-schema.org/x\n"));
    let broken = "{\"$schema\": \"https://json-schema.org/x\", ";
    assert!(matches!(read(broken), Err(Unread::Broken(_))));
}

#[test]
fn a_schema_that_names_itself_or_multiplies_ends() {
    let head = "\"$schema\": \"https://json-schema.org/x\"";
    let itself = format!(
        "{{{head}, \"$ref\": \"#\", \"properties\": {{\"a\": {{\"$ref\": \"#/properties/a\"}}}}}}"
    );
    assert!(read(&itself).is_ok());
    let types: Vec<String> = (0..30)
        .map(|at| {
            let next = format!("{{\"$ref\": \"#/$defs/T{}\"}}", at + 1);
            let many =
                vec![
                    format!("{{\"properties\": {{\"a\": {next}, \"b\": {next}, \"c\": {next}}}}}");
                    3
                ];
            format!("\"T{at}\": {{\"anyOf\": [{}]}}", many.join(", "))
        })
        .collect();
    let multiplied = format!(
        "{{{head}, \"properties\": {{\"t\": {{\"$ref\": \"#/$defs/T0\"}}}}, \"$defs\": {{{}}}}}",
        types.join(", ")
    );
    let pages = read(&multiplied).unwrap();
    assert!(pages.first.text.len() < 1 << 20);
}

#[test]
fn members_that_have_all_members_of_large_types_end() {
    let names: Vec<String> = (0..3_000)
        .map(|at| format!("\"m{at}\": {{\"allOf\": [{{\"$ref\": \"#/$defs/A\"}}, {{\"$ref\": \"#/$defs/B\"}}]}}"))
        .collect();
    let large = format!("{{\"properties\": {{{}}}}}", names.join(", "));
    let text = format!(
        "{{\"$schema\": \"https://json-schema.org/x\", \"properties\": {{\"a\": {{\"$ref\": \"#/$defs/A\"}}}}, \"$defs\": {{\"A\": {large}, \"B\": {large}}}}}"
    );
    let tree = tree::read(&text).unwrap();
    let spec = Spec::new(&tree.root);
    let settings = Settings::of(&spec, &tree.root, 4);
    assert!(settings.all.len() <= 5_000 && settings.left_out > 0);
    assert!(settings.left_out < 1_000_000, "{}", settings.left_out);
}
