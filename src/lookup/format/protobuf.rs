//! Protocol buffers: every call of a service is an operation with a page, and so has every message worth one.

use super::interface::names::PagePaths;
use super::lexer::{Comments, Kind as TokenKind, Lexer, Token};
use super::shape::{self, Member, Shape, Shapes};
use super::sheet::{Headings, Sheet, listed, one_line};
use super::{Format, Pages, Unread};
use crate::lookup::document::{Document, Kind};

/// `.proto`.
pub(super) struct Protobuf;

/// What is told of what is sent and of what comes back: levels and members.
const SENT: (usize, usize) = (3, 120);
const RETURNED: (usize, usize) = (2, 40);
/// Messages in messages: deeper ones are read as members of the last.
const NESTED_MAX: usize = 32;

impl Format for Protobuf {
    fn name(&self) -> &'static str {
        "Protocol Buffers"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["proto"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        let file = File::of(&String::from_utf8_lossy(bytes));
        if file.services.is_empty() && file.shapes.is_empty() {
            return Err(Unread::Foreign);
        }
        Ok(file.pages())
    }
}

/// A call of a service.
#[derive(Debug, Clone, Default)]
struct Call {
    name: String,
    about: String,
    line: u32,
    takes: (bool, String),
    gives: (bool, String),
    /// How it is reached over HTTP, where the file says so: `POST /v1/berths`.
    http: Vec<String>,
    deprecated: bool,
}

#[derive(Debug, Clone, Default)]
struct Service {
    name: String,
    about: String,
    line: u32,
    calls: Vec<Call>,
}

/// Everything a file declares.
#[derive(Debug, Default)]
struct File {
    package: String,
    about: String,
    services: Vec<Service>,
    shapes: Vec<Shape>,
}

impl File {
    fn of(text: &str) -> Self {
        let mut file = Self::default();
        let mut lexer = Lexer::new(text, Comments::Slashes);
        while let Some(token) = lexer.next() {
            match token.text {
                "package" => {
                    file.package = dotted(&mut lexer);
                    file.about = token.above;
                }
                "service" => file.take_service(&mut lexer, token),
                "message" | "enum" => file.take_shape(&mut lexer, &token, &[]),
                "{" => skip_body(&mut lexer),
                _ => {}
            }
        }
        file
    }

    fn take_service(&mut self, lexer: &mut Lexer<'_>, start: Token<'_>) {
        let mut service = Service {
            name: dotted(lexer),
            about: start.above,
            line: start.line,
            calls: Vec::new(),
        };
        lexer.take("{");
        while lexer.peek().is_some() && lexer.take("}").is_none() {
            match lexer.next() {
                Some(token) if token.text == "rpc" => service.calls.push(call(lexer, token)),
                Some(token) if token.text == "{" => skip_body(lexer),
                _ => {}
            }
        }
        self.services.push(service);
    }

    fn take_shape(&mut self, lexer: &mut Lexer<'_>, start: &Token<'_>, above: &[String]) {
        let name = dotted(lexer);
        let full: Vec<String> = above.iter().cloned().chain([name]).collect();
        let mut shape = Shape {
            kind: if start.text == "enum" {
                "enum"
            } else {
                "message"
            },
            name: full.join("."),
            about: start.above.clone(),
            members: Vec::new(),
            line: start.line,
        };
        let at = self.shapes.len();
        self.shapes.push(Shape::default());
        if lexer.take("{").is_some() {
            // Braces of groups, one-ofs and the like inside this body.
            let mut depth = 0_usize;
            while let Some(token) = lexer.peek().cloned() {
                match token.text {
                    "}" if depth == 0 => {
                        lexer.next();
                        break;
                    }
                    "}" => depth -= 1,
                    "{" => depth += 1,
                    "message" | "enum" if full.len() < NESTED_MAX => {
                        lexer.next();
                        self.take_shape(lexer, &token, &full);
                        continue;
                    }
                    "option" | "reserved" | "extensions" | ";" => {
                        lexer.next();
                        skip_statement(lexer);
                        continue;
                    }
                    "oneof" | "extend" => {
                        lexer.next();
                        dotted(lexer);
                        continue;
                    }
                    _ => {
                        if let Some(member) = member(lexer, shape.kind == "enum") {
                            shape.members.push(member);
                            continue;
                        }
                    }
                }
                lexer.next();
            }
        }
        if let Some(place) = self.shapes.get_mut(at) {
            *place = shape;
        }
    }

    fn pages(&self) -> Pages {
        let title = if self.package.is_empty() {
            "Protocol Buffers"
        } else {
            &self.package
        };
        // A type is named from where it is used; its last names are what most files write.
        let mut shapes = shape::by_name(&self.shapes);
        for shape in &self.shapes {
            if let Some((_, last)) = shape.name.rsplit_once('.') {
                shapes.entry(last).or_insert(shape);
            }
        }
        let mut paths = PagePaths::default();
        let mut below = Vec::new();
        let mut overview = Sheet::default();
        overview.heading(1, title, "", Vec::new());
        overview.markdown(&self.about, Headings::Plain);
        for service in &self.services {
            overview.at(service.line);
            overview.heading(2, &service.name, "", vec![service.name.clone()]);
            overview.markdown(&service.about, Headings::Plain);
            for call in &service.calls {
                let path = paths.give(&format!("{}/{}", service.name, call.name));
                overview.at(call.line);
                let about = listed(&call.about);
                overview.prose(&format!(
                    "- `{}` – {about} (page `{path}`)",
                    one_line(&call.name)
                ));
                below.push((path, call.page(service, title, &shapes)));
            }
        }
        below.extend(shape::pages(&self.shapes, title, "messages", &mut paths));
        Pages {
            first: overview.finish("", Kind::Meta, None),
            below,
            skipped: Vec::new(),
        }
    }
}

impl Call {
    fn page(&self, service: &Service, title: &str, shapes: &Shapes<'_>) -> Document {
        let mut sheet = Sheet::default();
        sheet.at(self.line);
        let mut code = vec![self.name.clone(), format!("{}.{}", service.name, self.name)];
        code.push(format!("{title}.{}.{}", service.name, self.name));
        code.extend(self.http.iter().cloned());
        sheet.heading(1, &self.name, "rpc", code);
        let side = |(streams, name): &(bool, String)| {
            let stream = if *streams { "stream " } else { "" };
            format!("({stream}{name})")
        };
        let deprecated = if self.deprecated {
            " · deprecated"
        } else {
            ""
        };
        sheet.prose(&format!(
            "`rpc {}.{}{} returns {}`{deprecated}",
            service.name,
            self.name,
            side(&self.takes),
            side(&self.gives)
        ));
        for http in &self.http {
            sheet.prose(&format!("`{http}`"));
        }
        sheet.markdown(&self.about, Headings::Plain);
        let mut tell = |words: &str, name: &str, limits: (usize, usize)| {
            let last = name.rsplit('.').next().unwrap_or(name);
            if let Some(shape) = shapes.get(name).or_else(|| shapes.get(last)) {
                sheet.label(&format!(
                    "{words} `{}`: {}",
                    shape.name,
                    listed(&shape.about)
                ));
                shape::list(&mut sheet, shapes, &shape.members, limits);
            }
        };
        tell("Takes", &self.takes.1, SENT);
        tell("Returns", &self.gives.1, RETURNED);
        sheet.finish(
            &format!("{title} › {}", service.name),
            Kind::Operation,
            None,
        )
    }
}

fn call(lexer: &mut Lexer<'_>, start: Token<'_>) -> Call {
    let mut call = Call {
        name: dotted(lexer),
        about: start.above,
        line: start.line,
        ..Call::default()
    };
    call.takes = side(lexer);
    lexer.take("returns");
    call.gives = side(lexer);
    if lexer.take("{").is_some() {
        while lexer.peek().is_some() && lexer.take("}").is_none() {
            match lexer.next() {
                Some(token) if token.text == "option" => call.option(lexer),
                Some(token) if token.text == "{" => skip_body(lexer),
                _ => {}
            }
        }
    } else if let Some(end) = lexer.take(";")
        && call.about.is_empty()
    {
        call.about = end.behind;
    }
    call
}

impl Call {
    /// Takes an option: that it is deprecated, or its HTTP form as `google.api.http` writes it.
    fn option(&mut self, lexer: &mut Lexer<'_>) {
        let mut name = String::new();
        while lexer.peek().is_some() && !lexer.is_next("=") && !lexer.is_next(";") {
            name.extend(lexer.next().map(|token| token.text.to_owned()));
        }
        if lexer.take("=").is_none() {
            return;
        }
        if name == "deprecated" {
            self.deprecated = lexer.is_next("true");
        }
        if !name.contains("http") || lexer.take("{").is_none() {
            lexer.take_value();
            return;
        }
        let mut depth = 1_usize;
        let mut verb = "";
        while depth > 0 {
            let Some(token) = lexer.next() else { return };
            match token.text {
                "{" => depth += 1,
                "}" => depth -= 1,
                word @ ("get" | "put" | "post" | "delete" | "patch") => verb = word,
                ":" => {}
                path if token.kind == TokenKind::Text
                    && path.starts_with('/')
                    && !verb.is_empty() =>
                {
                    self.http
                        .push(format!("{} {}", verb.to_uppercase(), one_line(path)));
                    verb = "";
                }
                _ => verb = "",
            }
        }
    }
}

/// Takes `(stream Name)`.
fn side(lexer: &mut Lexer<'_>) -> (bool, String) {
    lexer.take("(");
    let streams = lexer.take("stream").is_some();
    let name = dotted(lexer);
    lexer.take(")");
    (streams, name)
}

/// Takes a field or a value of an enumeration; nothing if no name is next.
fn member(lexer: &mut Lexer<'_>, is_value: bool) -> Option<Member> {
    let first = lexer
        .peek()
        .filter(|token| token.kind == TokenKind::Word || token.text == ".")?
        .clone();
    let mut member = Member {
        about: first.above,
        line: first.line,
        ..Member::default()
    };
    if is_value {
        member.name = dotted(lexer);
    } else {
        let mut words: Vec<String> = Vec::new();
        while let Some(label) = ["optional", "repeated", "required"]
            .iter()
            .find_map(|label| lexer.take(label))
        {
            words.push(label.text.to_owned());
        }
        let mut kind = dotted(lexer);
        member.base = last(&kind);
        if lexer.is_next("<") {
            let inside = lexer.take_value();
            let value = inside
                .trim_end_matches('>')
                .rsplit(',')
                .next()
                .unwrap_or_default();
            member.base = last(value);
            kind.push_str(&inside);
        }
        words.push(kind);
        member.name = dotted(lexer);
        member.words = words.join(" ");
    }
    if lexer.take("=").is_some() {
        lexer.take("-");
        lexer.next();
    }
    if lexer.is_next("[") && lexer.take_value().contains("deprecated=true") {
        member.words.push_str(", deprecated");
    }
    if let Some(end) = lexer.take(";")
        && member.about.is_empty()
    {
        member.about = end.behind;
    }
    (!member.name.is_empty()).then_some(member)
}

/// Returns the last name of a dotted one.
fn last(name: &str) -> String {
    name.rsplit('.')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// Takes a name with its dots.
fn dotted(lexer: &mut Lexer<'_>) -> String {
    let mut name = String::new();
    while let Some(token) = lexer.peek() {
        let joins = token.text == "." || name.is_empty() || name.ends_with('.');
        if !joins
            || token.kind == TokenKind::Text
            || token.kind == TokenKind::Mark && token.text != "."
        {
            break;
        }
        name.push_str(token.text);
        lexer.next();
    }
    name.trim_start_matches('.').to_owned()
}

fn skip_statement(lexer: &mut Lexer<'_>) {
    while lexer.peek().is_some() && !lexer.is_next("}") && lexer.take(";").is_none() {
        if lexer.take_value().is_empty() {
            lexer.next();
        }
    }
}

/// Takes everything up to the brace that closes an opened body.
fn skip_body(lexer: &mut Lexer<'_>) {
    let mut depth = 1_usize;
    while depth > 0 {
        match lexer.next() {
            Some(token) if token.text == "{" && token.kind == TokenKind::Mark => depth += 1,
            Some(token) if token.text == "}" && token.kind == TokenKind::Mark => depth -= 1,
            Some(_) => {}
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
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
  reserved 2, 15 to 20; reserved "foo";
  string berth = 1 [(google.api.field_behavior) = REQUIRED]; // Which one.
  /* Who comes. */
  repeated Ship ships = 3;
  oneof when { int64 day = 4; string word = 5 [deprecated = true]; }
  map<string, Ship.Flag> flags = 6;
  message Ship { string name = 1; Flag flag = 2; enum Flag { FLAG_UNSPECIFIED = 0; RED = 1; } }
}
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
                "messages/Booking"
            ]
        );
        let book = pages.at("Berths/Book");
        assert_eq!(book.file_lines.as_ref().unwrap()[0], 12);
        for part in [
            "# Book\n\n`rpc Berths.Book(BookRequest) returns (stream harbour.v1.Booking)` · deprecated\n`POST /v1/{berth=berths/*}:book`\n`GET /v1/book`\n",
            "Books a berth for a ship.\n\nIt is kept for an hour.\n",
            "- `berth`: string – Which one.\n- `ships`: repeated Ship – Who comes.\n- `ships.name`: string\n- `ships.flag`: Flag\n- `day`: int64\n- `word`: string, deprecated\n- `flags`: map<string, Ship.Flag>\n",
            "Returns `Booking`:\n- `id`: int64\n- `next`: optional Booking\n",
        ] {
            assert!(book.text.contains(part), "{part}\n{}", book.text);
        }
        assert!(pages.at("Berths/Free").text.contains("Lets it go."));
        assert!(
            pages
                .at("messages/BookRequest.Ship.Flag")
                .text
                .contains("- `RED`\n")
        );
        assert!(
            pages
                .first
                .text
                .contains("# harbour.v1\n\nShips and berths.\n"),
            "{}",
            pages.first.text
        );
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
}
