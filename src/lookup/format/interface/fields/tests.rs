use super::*;
use crate::lookup::format::tree;

const LIMITS: Limits = Limits {
    depth: 3,
    fields: 20,
    own_letters: 80,
    letters: 80,
};

fn lines(text: &str) -> Vec<String> {
    let tree = tree::read(text).unwrap();
    let spec = Spec::new(&tree.root);
    let fields = fields(&spec, tree.root.get("schema").unwrap(), LIMITS);
    let shown = |line: Line| format!("{}{}", "  ".repeat(line.indent), line.text);
    fields.lines.into_iter().map(shown).collect()
}

#[test]
fn members_are_flattened_with_type_and_text() {
    let text = "
schema:
  required: [id]
  properties:
    id: {type: integer, format: int64, description: 'Number of the pet.'}
    state: {enum: [sold, here], default: here}
    tags: {type: array, items: {$ref: '#/Tag'}}
    owner: {allOf: [{$ref: '#/Owner'}, {properties: {since: {type: [string, 'null'], format: date}}}]}
    more: {additionalProperties: {properties: {x: {type: boolean}}}}
Tag: {type: object, properties: {name: {type: string, maxLength: 9}}}
Owner: {properties: {pets: {type: array, items: {$ref: '#/Tag'}}}}
";
    assert_eq!(
        lines(text),
        [
            "`id`: integer (int64), required – Number of the pet.",
            "`state`: `sold` | `here`, default `here`",
            "`tags`: array of Tag",
            "`tags[].name`: string, length at most 9 characters (`maxLength`)",
            "`owner`: object",
            "`owner.pets`: array of Tag",
            "`owner.pets[].name`: string, length at most 9 characters (`maxLength`)",
            "`owner.since`: string (date) or null",
            "`more`: map of object",
            "`more{}.x`: boolean",
        ]
    );
}

#[test]
fn circles_and_depth_end() {
    let text = "schema: {properties: {next: {$ref: '#/schema'}, a: {properties: {b: {properties: {c: {properties: {d: {type: string}}}}}}}}}";
    assert_eq!(
        lines(text),
        [
            "`next`: schema",
            "`a`: object",
            "`a.b`: object",
            "`a.b.c`: object",
            "`a.b.c.d`: string"
        ]
    );
}

#[test]
fn alternatives_are_told_each_with_what_it_demands() {
    let text = "
schema: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}], discriminator: {propertyName: kind, mapping: {round: '#/Circle'}}}
Circle: {required: [kind, radius], properties: {kind: {const: circle}, radius: {type: number}}}
Square: {required: [kind], properties: {kind: {const: square}, side: {type: number}}}
";
    assert_eq!(
        lines(text),
        [
            "as Circle, where `kind` is `round`",
            "  `kind`: `circle`, required",
            "  `radius`: number, required",
            "as Square",
            "  `kind`: `square`, required",
            "  `side`: number",
        ]
    );
}

#[test]
fn a_member_that_may_be_null_is_what_it_is_otherwise() {
    let text = "
schema:
  properties:
    heat: {anyOf: [{type: number, minimum: 0, exclusiveMaximum: 2, default: 1, description: How hot.}, {type: 'null'}], title: Heat}
    owner: {oneOf: [{type: 'null'}, {$ref: '#/Owner'}]}
    code: {type: [string, 'null'], pattern: '^[A-Z]+$', minLength: 2, example: AB}
Owner: {properties: {name: {type: string}}}
";
    assert_eq!(
        lines(text),
        [
            "`heat`: number or null, default `1`, minimum 0, less than 2 (`exclusiveMaximum`) – How hot.",
            "`owner`: Owner or null",
            "`owner.name`: string",
            "`code`: string or null, length at least 2 characters (`minLength`), pattern `^[A-Z]+$`, e.g. `AB`",
        ]
    );
}

#[test]
fn what_a_list_leaves_out_is_owed_by_the_schema_it_is_of() {
    let members: Vec<String> = (0..30)
        .map(|at| format!("m{at}: {{type: string}}"))
        .collect();
    let text = format!(
        "schema: {{$ref: '#/Wide'}}\nWide: {{properties: {{{members}}}}}\ndeep: {{$ref: '#/Ship'}}\n\
         Ship: {{properties: {{engine: {{$ref: '#/Engine'}}, {members}}}}}\n\
         Engine: {{properties: {{fuel: {{$ref: '#/Fuel'}}}}}}\nFuel: {{properties: {{name: {{type: string}}}}}}\n",
        members = members.join(", ")
    );
    let tree = tree::read(&text).unwrap();
    let spec = Spec::new(&tree.root);
    let of = |key: &str| fields(&spec, tree.root.get(key).unwrap(), LIMITS);
    let told = |fields: &Fields<'_>| {
        let left_out = fields.left_out.iter();
        let left_out = left_out.map(|(named, count)| format!("{count} of {}", named.name));
        left_out.collect::<Vec<_>>()
    };
    assert_eq!(told(&of("schema")), ["10 of Wide"]);
    assert_eq!(spec.owed(0).first().unwrap().name, "Wide");
    let whole = of("Wide");
    assert_eq!((whole.lines.len(), whole.is_whole()), (30, true));
    // What a member is of that is told no deeper has left out nothing.
    assert_eq!(told(&of("deep")), ["11 of Ship"]);
}

#[test]
fn what_holds_under_a_condition_is_told_below_it() {
    let text = "
schema:
  properties: {kind: {enum: [round, square]}, radius: {type: number}, card: {type: string}}
  allOf:
    - if: {properties: {kind: {const: round}}, required: [kind]}
      then: {required: [radius], properties: {edge: {type: boolean}}}
      else: {required: [side]}
  dependentRequired: {card: [bill, name]}
  dependentSchemas: {card: {properties: {bill: {type: string}}}}
  patternProperties: {'^x-': {type: integer, minimum: 1}}
  unevaluatedProperties: false
";
    assert_eq!(
        lines(text),
        [
            "`kind`: `round` | `square`",
            "`radius`: number",
            "`card`: string",
            "`{^x-}`: integer, minimum 1",
            "if `card` is there, with `bill` and `name` required",
            "if `card` is there",
            "  `bill`: string",
            "if `kind` is `round`, with `radius` required",
            "  `edge`: boolean",
            "unless `kind` is `round`, with `side` required",
        ]
    );
}

#[test]
fn what_a_list_holds_where_and_what_is_excluded_is_told() {
    let text = "
schema:
  properties:
    pair: {prefixItems: [{type: string, description: Its name.}, {type: integer}], items: false}
    older: {items: [{type: string}, {type: number}], additionalItems: {type: boolean}}
    some: {type: array, contains: {type: string, pattern: ^a}, minContains: 2, maxContains: 5}
    code: {type: string, not: {enum: [a, b]}}
    either: {type: object, not: {required: [a, b]}, propertyNames: {maxLength: 3}}
    closed: {type: object, properties: {a: {type: string}}, additionalProperties: false}
    open: {type: object, properties: {a: {type: string}}, additionalProperties: {type: number}}
    maps: {patternProperties: {^a: {type: string}, ^b: {type: integer}}}
";
    assert_eq!(
        lines(text),
        [
            "`pair`: array of string, then integer, nothing behind them",
            "`pair[0]`: string – Its name.",
            "`older`: array of string, then number, then any number of boolean",
            "`some`: array, 2 to 5 of them: string, pattern `^a`",
            "`code`: string, not if it is `a` | `b`",
            "`either`: object, names: any, length at most 3 characters (`maxLength`), not if `a` is there and `b` is there",
            "`closed`: object, no additional properties",
            "`closed.a`: string",
            "`open`: object",
            "`open.a`: string",
            "`open{}`: number",
            "`maps`: map of string or integer",
            "`maps{^a}`: string",
            "`maps{^b}`: integer",
        ]
    );
}

#[test]
fn limits_are_told_in_words_and_by_their_keywords() {
    let text = "
schema:
  properties:
    content: {type: string, minLength: 1, maxLength: 4000}
    count: {type: integer, minimum: 1, maximum: 500}
    depth: {type: number, minimum: 0, exclusiveMinimum: true, exclusiveMaximum: false}
    marks: {type: array, maxItems: 3, uniqueItems: true}
";
    assert_eq!(
        lines(text),
        [
            "`content`: string, length 1 to 4000 characters (`minLength`, `maxLength`)",
            "`count`: integer, minimum 1, maximum 500",
            "`depth`: number, more than 0 (`exclusiveMinimum`)",
            "`marks`: array, at most 3 items (`maxItems`), unique items",
        ]
    );
}
