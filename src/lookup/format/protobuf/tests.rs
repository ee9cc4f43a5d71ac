use proptest::prelude::*;

use super::*;

const TEXT: &str = r#"syntax = "proto3";
// Ships and berths.
package harbour.v1;
import "google/api/annotations.proto";
option go_package = "x;y";

// Keeps the berths.
service Berths {
  // Books a berth for a ship.
  //
  // It is kept for an hour.
  rpc Book(BookRequest) returns (stream harbour.v1.Booking) {
    option (google.api.http) = {
      post: "/v1/{berth=berths/*}:book"
      body: "*"
      additional_bindings { get: "/v1/book" }
    };
    option deprecated = true;
  }
  rpc Free(FreeRequest) returns (google.protobuf.Empty); // Lets it go.
}

message BookRequest {
  // Gone with the harbour.
  reserved 2, 15 to 20; reserved "foo"; // Was a name.
  string berth = 1 [(google.api.field_behavior) = REQUIRED]; // Which one.
  /* Who comes. */
  repeated Ship ships = 3;
  // Either is enough.
  oneof when { int64 day = 4; string word = 5 [deprecated = true]; }
  map<string, Ship.Flag> flags = 6;
  message Ship { string name = 1; Flag flag = 2; enum Flag { FLAG_UNSPECIFIED = 0; RED = 1; } }
}
extend google.protobuf.FieldOptions { string hint = 50001; /* For people. */ }
enum Tide { EBB = -1; }
message Booking { int64 id = 1; optional Booking next = 2; }
"#;

#[test]
fn calls_are_operations_with_what_they_take_and_give() {
    let pages = Protobuf.read(TEXT.as_bytes()).unwrap();
    let paths: Vec<&str> = pages.below.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "Berths/Book",
            "Berths/Free",
            "messages/BookRequest",
            "messages/BookRequest.Ship",
            "messages/BookRequest.Ship.Flag",
            "messages/google.protobuf.FieldOptions",
            "messages/Booking"
        ]
    );
    let book = pages.at("Berths/Book");
    assert_eq!(book.file_lines.as_ref().unwrap()[0], 12);
    for part in [
        "# Book\n\n`rpc Berths.Book(BookRequest) returns (stream harbour.v1.Booking)` · server streaming · deprecated\n`POST /v1/{berth=berths/*}:book`, all other members as the body\n`GET /v1/book`\n",
        "Books a berth for a ship.\n\nIt is kept for an hour.\n",
        "- `berth`: string = 1, `(google.api.field_behavior)=REQUIRED` – Which one.\n- `ships`: repeated Ship = 3 – Who comes.\n- `ships.name`: string = 1\n- `ships.flag`: Flag = 2\n- `day`: int64 = 4, one of `when`\n- `word`: string = 5, deprecated, one of `when`\n- `flags`: map<string, Ship.Flag> = 6\n",
        "Returns `Booking`:\n- `id`: int64 = 1\n- `next`: optional Booking = 2\n",
    ] {
        assert!(book.text.contains(part), "{part}\n{}", book.text);
    }
    assert!(pages.at("Berths/Free").text.contains("Lets it go."));
    assert!(
        pages
            .at("messages/BookRequest.Ship.Flag")
            .text
            .contains("- `RED`: 1\n")
    );
    assert!(
        pages
            .first
            .text
            .contains("# harbour.v1\n\nShips and berths.\n"),
        "{}",
        pages.first.text
    );
    assert!(book.file_lines.as_ref().unwrap().contains(&19));
}

#[test]
fn a_message_is_told_with_its_numbers_its_choices_and_what_is_reserved() {
    let pages = Protobuf.read(TEXT.as_bytes()).unwrap();
    let request = pages.at("messages/BookRequest");
    assert!(
        request.text.starts_with(
            "# BookRequest\n\n`message BookRequest`\n\nReserved: 2, 15 to 20 – Gone with the harbour.\n\
             Reserved: \"foo\" – Was a name.\nOne of `when`: Either is enough.\n\n- `berth`: string = 1"
        ),
        "{}",
        request.text
    );
    let lines = request.file_lines.as_ref().unwrap();
    assert_eq!((lines.first(), lines.last()), (Some(&23), Some(&33)));
    let first = &pages.first.text;
    assert!(
        first.ends_with("## Types without a page\n\n- `enum Tide` – `EBB`: -1\n"),
        "{first}"
    );
    let option = &pages.at("messages/google.protobuf.FieldOptions").text;
    assert!(
        option
            .ends_with("- `hint`: string = 50001, written as `(harbour.v1.hint)` – For people.\n"),
        "{option}"
    );
}

#[test]
fn code_in_a_comment_keeps_its_indentation_and_is_code() {
    let text = "// A body.\n//\n// Example:\n//\n//     message Get {\n//       // An id.\n//       string id = 1;\n//\n//       Body body = 2;\n\
                //     }\n//\n// * one\n// * two\nmessage Body { string kind = 1; }\n";
    let pages = Protobuf.read(text.as_bytes()).unwrap();
    assert_eq!(
        pages.at("messages/Body").text,
        "# Body\n\n`message Body`\n\nA body.\n\nExample:\n\n```\nmessage Get {\n  // An id.\n  string id = 1;\n\n  Body body = 2;\n}\n```\n\n\
         * one\n* two\n\n- `kind`: string = 1\n"
    );
}

#[test]
fn what_is_said_of_files_services_calls_and_messages_is_told() {
    let text = r#"
edition = "2023";
package sea.v2;
import public "sea/ship.proto";
import "sea/tide.proto";
option java_package = "a.sea";
service Sea { // Of the sea.
  option (google.api.default_host) = "sea.example";
  rpc Watch(stream Tide) returns (stream Tide) { // All day.
    option (google.api.method_signature) = "a," "b";
    option (google.api.http) = { custom: { kind: "HEAD" path: "/v2/tide" } additional_bindings { patch: "/v2/t" body: "tide" } };
  }
  rpc Count(stream Tide) returns (Tide) { option (google.api.http).get = "/v2/count"; }
}
message Tide {
  option (google.api.resource) = { type: "sea/Tide" };
  double high = 1 [json_name = "hi", default = -1.5]; /* In metres. */
  int32 low = 2;
  extend Other { string near = 9; }
}
"#;
    let pages = Protobuf.read(text.as_bytes()).unwrap();
    let first = &pages.first.text;
    for part in [
        "Written in edition `2023`\nImports public `sea/ship.proto`, `sea/tide.proto`\nOption `java_package = \"a.sea\"`\n",
        "## Sea\n\nOf the sea.\n\nOption `(google.api.default_host) = \"sea.example\"`\n",
    ] {
        assert!(first.contains(part), "{part}\n{first}");
    }
    let watch = &pages.at("Sea/Watch").text;
    for part in [
        "(stream Tide)` · bidirectional streaming\n`HEAD /v2/tide`\n`PATCH /v2/t`, `tide` as the body\n",
        "Option `(google.api.method_signature) = \"a,\" \"b\"`\n",
        "All day.\n",
    ] {
        assert!(watch.contains(part), "{part}\n{watch}");
    }
    let count = &pages.at("Sea/Count").text;
    assert!(
        count.contains(" · client streaming\n`GET /v2/count`\n"),
        "{count}"
    );
    let tide = &pages.at("messages/Tide").text;
    assert!(
        tide.ends_with(
            "Option `(google.api.resource) = {type:\"sea/Tide\"}`\n\n\
             - `high`: double = 1, `json_name=\"hi\", default=-1.5` – In metres.\n- `low`: int32 = 2\n"
        ),
        "{tide}"
    );
    let other = &pages.at("messages/Other").text;
    assert!(
        other.contains("Declared in `Tide`.\n\n- `near`: string = 9\n"),
        "{other}"
    );
}

#[test]
fn a_file_that_ends_early_is_read_in_part_and_says_so() {
    let pages = Protobuf
        .read(b"message A { int32 a = 1; int32 b = 2; }\nmessage B {\n int32")
        .unwrap();
    assert_eq!(pages.skipped, ["ends before the `{` of line 2 is closed"]);
    assert_eq!(Protobuf.read(TEXT.as_bytes()).unwrap().skipped, [""; 0]);
}

#[test]
fn what_declares_nothing_is_left_alone_and_depth_ends() {
    assert_eq!(Protobuf.read(b"syntax = \"proto3\";"), Err(Unread::Foreign));
    assert_eq!(Protobuf.read(b""), Err(Unread::Foreign));
    drop(Protobuf.read("message A { ".repeat(50_000).as_bytes()));
    drop(Protobuf.read("{".repeat(100_000).as_bytes()));
}

proptest! {
    #[test]
    fn any_file_is_read_or_refused(cuts in prop::collection::vec((0usize..1_400, "[a-z{}()<>\\[\\];=.\"/* \n]{0,6}"), 0..6)) {
        let mut text = TEXT.to_owned();
        for (at, new) in cuts {
            let at = at.min(text.len());
            let end = (at + new.len()).min(text.len());
            text.replace_range(at..end, &new);
        }
        drop(Protobuf.read(text.as_bytes()));
    }
}

#[test]
fn operations_and_bytes_of_pages_have_a_limit() {
    let calls = |count: usize| -> String {
        let all = 0..count;
        let all: Vec<String> = all
            .map(|at| format!("rpc R{at}(M) returns (M);\n"))
            .collect();
        all.concat()
    };
    let text = format!(
        "service S {{\n{}}}\nservice T {{\n{}}}\n",
        calls(20_001),
        calls(1)
    );
    let pages = Protobuf.read(text.as_bytes()).unwrap();
    assert_eq!(pages.skipped, ["2 operations beyond the limit of 20000"]);
    let many: Vec<String> = (0..110)
        .map(|at| format!("// {}\nint32 a{at} = {at};\n", "x ".repeat(110)))
        .collect();
    let many = many.concat();
    let text = format!("message M {{\n{many}}}\nservice S {{\n{}}}\n", calls(1_500));
    let pages = Protobuf.read(text.as_bytes()).unwrap();
    let bytes: usize = pages.below.iter().map(|(_, page)| page.text.len()).sum();
    assert!(bytes < 33 << 20 && pages.below.len() < 1_500, "{bytes}");
    let told = pages.skipped.concat();
    assert!(told.contains("what is beyond 32 MiB of pages"), "{told}");
}
