use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::lookup::document::BlockKind;
use crate::lookup::format::{Format as _, Unread};
use crate::lookup::passage::letter_start;

fn read(text: &str) -> Result<Pages, Unread> {
    OpenApi.read(text.as_bytes())
}

#[test]
fn a_description_becomes_the_pages_of_its_snapshot() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lookup/openapi");
    let text = std::fs::read_to_string(folder.join("harbour.yaml")).unwrap();
    let pages = read(&text).unwrap();
    let mut shown = String::new();
    let first = ("(the file itself)".to_owned(), pages.first.clone());
    for (path, document) in std::iter::once(&first).chain(&pages.below) {
        let kind = document.kind.unwrap().name();
        let lines = document.file_lines.as_ref().unwrap();
        let ends = (lines.first().unwrap(), lines.last().unwrap());
        writeln!(
            shown,
            "=== {path} | {kind} | {:?} | lines {ends:?} | {:?}",
            document.title, document.url
        )
        .unwrap();
        shown.push_str(&document.text);
    }
    writeln!(shown, "=== skipped: {:#?}", pages.skipped).unwrap();
    insta::with_settings!({snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("harbour.yaml", shown);
    });
}

#[test]
fn lines_of_pages_go_forward_and_blocks_cover_the_text() {
    let text = include_str!("../../../../tests/fixtures/lookup/openapi/harbour.yaml");
    let pages = read(text).unwrap();
    for (path, document) in &pages.below {
        let lines = document.file_lines.as_ref().unwrap();
        assert!(lines.is_sorted(), "{path}");
        assert_eq!(lines.len(), document.text.lines().count(), "{path}");
        assert_eq!(document.blocks.first().unwrap().line, 0, "{path}");
        assert!(
            document.blocks.is_sorted_by_key(|block| block.line),
            "{path}"
        );
    }
    let post = pages.at("bookings/create");
    let line = post.file_lines.as_ref().unwrap().first().unwrap();
    let first = text
        .lines()
        .nth(usize::try_from(*line).unwrap() - 1)
        .unwrap();
    assert_eq!(first.trim(), "tags: [Berths]");
}

#[test]
fn swagger_2_is_read_as_well() {
    let text = r##"{"swagger": "2.0", "info": {"title": "Old"}, "host": "old.example", "basePath": "/v1", "schemes": ["http"],
        "securityDefinitions": {"b": {"type": "basic"}}, "security": [{"b": []}],
        "paths": {"/pets": {"post": {"operationId": "addPet", "consumes": ["application/json"], "parameters": [
            {"in": "body", "name": "pet", "required": true, "schema": {"$ref": "#/definitions/Pet"}},
            {"in": "query", "name": "dry", "type": "boolean", "description": "Only look."}],
            "responses": {"200": {"description": "ok", "schema": {"$ref": "#/definitions/Pet"}}}}}},
        "definitions": {"Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}}"##;
    let pages = read(text).unwrap();
    assert!(
        pages.first.text.contains("- `http://old.example/v1`"),
        "{}",
        pages.first.text
    );
    let text = &pages.at("addPet").text;
    for part in [
        "# addPet\n\n`POST /pets` · `addPet` · create, add, make new\n",
        "- `dry` in query: boolean – Only look.\n",
        "Request body: Pet as `application/json`, required\n- `name`: string, required\n",
        "- `200`: Pet – ok\n  - `name`: string, required\n",
        "Authorization: HTTP basic authentication (`b`)\n",
        "{\n  \"name\": \"text\"\n}",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn names_of_an_operation_are_defined_by_its_heading() {
    let text = include_str!("../../../../tests/fixtures/lookup/openapi/harbour.yaml");
    let pages = read(text).unwrap();
    let blocks = &pages.at("bookings/list-for-berth").blocks;
    let BlockKind::Heading(heading) = &blocks.first().unwrap().kind else {
        panic!("a page begins with its heading");
    };
    let names = crate::lookup::document::symbols(heading);
    for name in [
        "GET /berths/{berth}/bookings",
        "/berths/{berth}/bookings",
        "bookings/list-for-berth",
        "listForBerth",
    ] {
        assert!(names.iter().any(|known| known == name), "{name} {names:?}");
    }
}

#[test]
fn other_files_are_left_alone_and_broken_ones_are_named() {
    let keys = |head: &str| OpenApi.recognizes(head);
    assert!(
        keys("openapi: 3.0.0\n") && keys("{\"swagger\": \"2.0\"") && keys("{\"components\": {")
    );
    assert!(!keys("{\"name\": \"package\"}") && !keys("version: 3\nservices:\n") && !keys(""));
    assert_eq!(read("{\"info\": 1}"), Err(Unread::Foreign));
    assert_eq!(read("{\"info\": \"about openapi\"}"), Err(Unread::Foreign));
    let Err(Unread::Broken(why)) = read("{\"openapi\": \"3.0.0\", \"paths\": {") else {
        panic!("half a file was read");
    };
    assert!(why.contains("is no whole JSON"), "{why}");
    let pages =
        read("openapi: 3.0.0\npaths:\n  /a:\n    get: {operationId: a}\n  /b: [\n").unwrap();
    assert_eq!(pages.at("a").title.as_deref(), Some("API › a"));
    assert!(
        pages.skipped.concat().contains("is broken from line"),
        "{:?}",
        pages.skipped
    );
}

#[test]
fn texts_are_told_whole_and_a_summary_too_long_for_a_title_is_text() {
    let long = format!("{}The zebra comes last.", "Words and words. ".repeat(40));
    let text = format!(
        "openapi: 3.0.0\npaths:\n  /x:\n    post:\n      operationId: doIt\n      summary: {long}\n      parameters: [{{name: a, in: query, \
         description: {long}, schema: {{type: string}}}}]\n      requestBody: {{content: {{application/json: {{schema: {{properties: {{b: \
         {{type: string, description: {long}}}}}}}}}}}}}\n      responses: {{'200': {{description: {long}}}}}\n"
    );
    let pages = read(&text).unwrap();
    let page = &pages.at("doIt").text;
    assert!(page.starts_with("# doIt\n"), "{page}");
    assert_eq!(page.matches("The zebra comes last.").count(), 4, "{page}");
    let endless = format!(
        "openapi: 3.0.0\npaths: {{/x: {{get: {{operationId: a, responses: {{'200': {{description: '{}'}}}}}}}}}}",
        "w ".repeat(5_000)
    );
    assert_eq!(
        read(&endless).unwrap().skipped,
        ["the end of 1 text beyond the limit of letters"]
    );
}

#[test]
fn texts_in_html_are_read_as_it_and_a_long_line_is_called_by_its_first_sentence() {
    let text = r##"{"openapi": "3.0.0", "info": {"title": "Pay"}, "paths": {
        "/refunds": {"post": {"operationId": "PostRefunds",
            "description": "<p>Gives money back, e.g. <code>charge</code>. Only once the <a href=\"#x\">charge</a> has been made,\nand never more of it than has been paid, whatever anybody says.</p>\n\n<p>It takes days.</p>",
            "parameters": [{"name": "id", "in": "query", "description": "The <code>id</code> of it."}], "responses": {}}}}}"##;
    let pages = read(text).unwrap();
    assert_eq!(
        pages.at("PostRefunds").text,
        "# Gives money back, e.g. `charge`\n\n`POST /refunds` · `PostRefunds` · create, add, make new\n\n\
         Gives money back, e.g. `charge`. Only once the charge has been made, and never more of it than has been paid, whatever anybody says.\n\n\
         It takes days.\n\n## Request\n\nParameters:\n- `id` in query: any – The `id` of it.\n"
    );
}

#[test]
fn a_schema_of_which_an_operation_leaves_something_out_has_it_on_its_page() {
    let values: Vec<String> = (0..60).map(|at| format!("v{at}")).collect();
    let members: Vec<String> = (0..200)
        .map(|at| format!("m{at}: {{type: string}}"))
        .collect();
    let text = format!(
        "openapi: 3.0.0\npaths:\n  /x:\n    post:\n      operationId: a\n      parameters: [{{name: k, in: query, schema: {{$ref: \
         '#/components/schemas/Kind'}}}}]\n      requestBody: {{content: {{application/json: {{schema: {{$ref: \
         '#/components/schemas/Wide'}}}}}}}}\ncomponents:\n  schemas:\n    Kind:\n      enum: [{}]\n    Wide:\n      properties: {{{}}}\n",
        values.join(", "),
        members.join(", ")
    );
    let pages = read(&text).unwrap();
    let page = &pages.at("a").text;
    for part in [
        "44 more of schema `Kind`",
        "- … and 80 more of schema `Wide`\n",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let kind = pages.at("schemas/Kind");
    assert!(kind.text.contains("| `v59`"), "{}", kind.text);
    let wide = pages.at("schemas/Wide");
    assert!(wide.text.contains("- `m199`: string\n"), "{}", wide.text);
    let lines = wide.file_lines.as_ref().unwrap();
    assert_eq!((lines.first(), lines.last()), (Some(&13), Some(&13)));
}

#[test]
fn where_a_token_is_got_and_what_scopes_mean_is_told() {
    let pages = read(
        "openapi: 3.0.0\npaths: {}\ncomponents:\n  securitySchemes:\n    o: {type: oauth2, flows: {clientCredentials: {tokenUrl: \
         'https://a.test/token', scopes: {'a:r': Read a}}}}\n    i: {type: openIdConnect, openIdConnectUrl: 'https://a.test/oid'}\n",
    );
    let text = pages.unwrap().first.text;
    for part in [
        "- `o`: OAuth 2\n  - flow `clientCredentials`, token at `https://a.test/token`\n    - scope `a:r` – Read a\n",
        "- `i`: OpenID Connect, described at `https://a.test/oid`\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let pages = read(
        "swagger: '2.0'\npaths: {}\nsecurityDefinitions: {o: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a.test/a', \
         tokenUrl: 'https://a.test/t', scopes: {w: Write}}}\n",
    );
    let text = pages.unwrap().first.text;
    let part = "  - flow `accessCode`, authorization at `https://a.test/a`, token at `https://a.test/t`\n    - scope `w` – Write\n";
    assert!(text.contains(part), "{text}");
}

#[test]
fn what_is_said_under_a_tag_that_no_operation_has_is_told() {
    let pages = read(
        "openapi: 3.0.0\ninfo: {title: Ships}\ntags:\n- {name: ships, description: All of them.}\n- {name: signing in, description: \"Send the token.\\n\\n# Limits\\n\\nTen a day.\"}\n\
         - {name: empty}\npaths:\n  /ships:\n    get: {tags: [ships], summary: List}\n",
    )
    .unwrap();
    let text = pages.first.text;
    assert!(
        text.contains("## signing in\n\nSend the token.\n\n### Limits\n\nTen a day.")
            || text.contains("## signing in\n\nSend the token.\n\n# Limits"),
        "{text}"
    );
    assert!(
        !text.contains("## ships") && !text.contains("## empty"),
        "{text}"
    );
}

#[test]
fn what_comes_back_beside_a_body_is_told() {
    let text = "
openapi: 3.1.0
paths:
  /items:
    post:
      operationId: upload
      parameters:
        - {name: size, in: query, schema: {type: array, items: {enum: [s, m]}, default: [s], maxItems: 5}, example: m}
        - {name: filter, in: query, schema: {type: object, properties: {color: {type: string, description: Colour of it}}}}
      requestBody: {content: {multipart/form-data: {schema: {required: [file, title], properties: {file: {type: string, format: binary}, title: {type: string}}}}}}
      responses:
        '200':
          description: ok
          headers: {X-Next: {schema: {type: string}, description: Link of the next page}}
          content: {application/json: {schema: {properties: {a: {type: string}}}, examples: {cat: {summary: A cat, value: {a: Tom}}}}, text/csv: {schema: {type: string}}}
          links: {next: {operationId: get, description: How to go on}}
        '404': {description: no, content: {application/json: {schema: {properties: {why: {type: string, description: The reason.}}}}}}
      callbacks: {onDone: {'{$request.query.url}': {post: {summary: Sent at the end, requestBody: {content: {application/json: {schema: {properties: {at: {type: string}}}}}}}}}}
";
    let pages = read(text).unwrap();
    let text = &pages.at("upload").text;
    for part in [
        "- `size` in query: array of `s` | `m`, default `[s]`, at most 5 items (`maxItems`), e.g. `m`\n",
        "- `filter` in query: object\n  - `color`: string – Colour of it\n",
        "- `200`: object – ok\n  - as `text/csv`: string\n  - `a`: string\n",
        "  - header `X-Next`: string – Link of the next page\n",
        "  - link `next` to `get` – How to go on\n",
        "- `404`: object – no\n  - `why`: string – The reason.\n",
        "Callback `onDone`: `POST {$request.query.url}` – Sent at the end\nBody: object as `application/json`\n- `at`: string\n",
        "Content-Type: multipart/form-data\n\nfile=@file\ntitle=text\n",
        "Answer `200` `cat` – A cat, for example:\n\n```\n{\n  \"a\": \"Tom\"\n}\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn headers_that_answers_share_are_told_once_below_them() {
    let text = "
openapi: 3.0.0
paths:
  /a:
    get:
      operationId: a
      responses:
        '200': {description: ok, headers: {X-Limit: {$ref: '#/components/headers/L'}, X-Own: {schema: {type: string}}}}
        '404': {description: no, headers: {X-Limit: {$ref: '#/components/headers/L'}}}
components: {headers: {L: {description: How many., schema: {type: integer}}}}
";
    let pages = read(text).unwrap();
    let text = &pages.at("a").text;
    let part = "- `200` – ok\n  - header `X-Own`: string\n- `404` – no\n\nHeaders of all responses:\n- header `X-Limit`: integer – How many.\n";
    assert!(text.contains(part), "{text}");
}

#[test]
fn a_list_in_the_text_of_a_parameter_stays_one() {
    let text = "
openapi: 3.0.0
paths:
  /a:
    get:
      operationId: a
      parameters:
        - name: filters
          in: query
          schema: {type: string}
          description: |
            What to show.

            Available filters:

            * `depth=<n>` how
              deep
            * `wet`

            All of them hold.
        - {name: b, in: query, schema: {type: string}}
";
    let pages = read(text).unwrap();
    let text = &pages.at("a").text;
    let part = "- `filters` in query: string – What to show. Available filters:\n  - `depth=<n>` how deep\n  - `wet`\n  All of them hold.\n- `b` in query";
    assert!(text.contains(part), "{text}");
}

#[test]
fn servers_are_told_with_what_stands_for_their_variables() {
    let text = "
openapi: 3.0.0
servers: [{url: 'https://{where}.x', description: Here., variables: {where: {enum: [eu, us], default: eu, description: The region.}, port: {default: '80'}}}]
paths: {/a: {servers: [{url: 'https://b.x'}], get: {operationId: a}}}
";
    let pages = read(text).unwrap();
    let part = "- `https://{where}.x` – Here.\n  - `where`: `eu` | `us`, default `eu` – The region.\n  - `port`: string, default `80`\n";
    assert!(pages.first.text.contains(part), "{}", pages.first.text);
    let page = &pages.at("a").text;
    assert!(
        page.contains("Servers of its own:\n- `https://b.x`\n"),
        "{page}"
    );
}

#[test]
fn every_example_of_a_body_is_told_at_least_by_its_name() {
    let examples: Vec<String> = (0..9)
        .map(|at| format!("e{at}: {{summary: The {at}th., value: {{a: {at}}}}}"))
        .collect();
    let text = format!(
        "openapi: 3.0.0\npaths: {{/a: {{post: {{operationId: a, requestBody: {{content: {{application/json: {{schema: {{type: object}}, \
         examples: {{{}, far: {{externalValue: 'https://a.x/b'}}}}}}}}}}}}}}}}\n",
        examples.join(", ")
    );
    let pages = read(&text).unwrap();
    let page = &pages.at("a").text;
    for part in [
        "{\n  \"a\": 0\n}\n```\n\nThat is `e0` – The 0th.\n",
        "Or `e6` – The 6th., for example:\n\n```\n{\n  \"a\": 6\n}\n",
        "- Or `e8` – The 8th.\n",
        "Or `far`: at `https://a.x/b`\n",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn what_a_page_leaves_out_is_said_there_and_counted() {
    let many = |count: usize, one: &str| {
        let all: Vec<String> = (0..count)
            .map(|at| one.replace('#', &at.to_string()))
            .collect();
        all.join(", ")
    };
    let text = format!(
        "openapi: 3.0.0\npaths: {{/a: {{get: {{operationId: a, parameters: [{}], responses: {{{}}}, callbacks: {{{}}}}}}}}}\n",
        many(162, "{name: p#, in: query, schema: {type: string}}"),
        many(61, "'s#': {description: d}"),
        many(23, "c#: {u: {post: {summary: s}}}"),
    );
    let pages = read(&text).unwrap();
    let page = &pages.at("a").text;
    for part in [
        "- `p149` in query: string\n- … and 12 more parameters\n",
        "- … and 1 more response\n",
        "- … and 3 more callbacks\n",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert_eq!(
        pages.skipped,
        [
            "3 callbacks beyond what a page tells",
            "12 parameters beyond what a page tells",
            "1 response beyond what a page tells"
        ]
    );
}

#[test]
fn schemas_that_multiply_stay_small() {
    let mut text = "openapi: 3.0.0\npaths:\n  /a:\n    post:\n      operationId: a\n      requestBody: {content: {x: {schema: {$ref: '#/components/schemas/S0'}}}}\ncomponents:\n  schemas:\n".to_owned();
    for level in 0..30 {
        let next = (level + 1) % 30;
        let member = format!("{{$ref: '#/components/schemas/S{next}'}}");
        write!(text, "    S{level}: {{allOf: [{member}, {{items: {member}}}, {{additionalProperties: {member}}}], properties: {{").unwrap();
        for name in 0..9 {
            write!(text, "p{name}: {member}, ").unwrap();
        }
        text.push_str("}}\n");
    }
    let pages = read(&text).unwrap();
    let bytes: usize = pages.below.iter().map(|(_, page)| page.text.len()).sum();
    assert!(bytes < 2 << 20, "{bytes}");
}

#[test]
fn a_name_that_thousands_share_leads_to_each_of_them() {
    let mut text = "{\"openapi\": \"3.0.0\", \"paths\": {".to_owned();
    for number in 0..30_000 {
        write!(
            text,
            "\"/p{number}\": {{\"get\": {{\"operationId\": \"o\"}}}},"
        )
        .unwrap();
    }
    text.push_str("}}");
    let pages = read(&text).unwrap();
    pages.at("o");
    pages.at("o-20000");
    assert_eq!(
        pages.skipped,
        ["10000 operations beyond the limit of 20000"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_description_is_read_or_refused(cuts in prop::collection::vec((0usize..4_000, "[a-z{}\\[\\]:'\\$ref#/&*\n -]{0,12}"), 0..8)) {
        let mut text = include_str!("../../../../tests/fixtures/lookup/openapi/harbour.yaml").to_owned();
        for (at, new) in cuts {
            let at = letter_start(&text, at.min(text.len()));
            let end = letter_start(&text, (at + new.len()).min(text.len()));
            text.replace_range(at..end, &new);
        }
        if let Ok(pages) = read(&text) {
            for (_, page) in &pages.below {
                prop_assert!(page.text.len() < 200_000);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        drop(OpenApi.read(&bytes));
        drop(OpenApi.read(&[b"openapi: 3.0.0\npaths: ", bytes.as_slice()].concat()));
    }
}
