//! Protocol buffers: every call of a service is an operation with a page, and so has every message worth one.

mod options;

use self::options::Stated;
use super::interface::below::Below;
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
    /// Line where its declaration ends.
    end: u32,
    takes: (bool, String),
    gives: (bool, String),
    /// How it is reached over HTTP, where the file says so, with the member that is the body: `POST /v1/berths`.
    http: Vec<(String, String)>,
    deprecated: bool,
    /// What else is said of it.
    options: Vec<Stated>,
}

#[derive(Debug, Clone, Default)]
struct Service {
    name: String,
    about: String,
    line: u32,
    calls: Vec<Call>,
    options: Vec<Stated>,
}

/// Everything a file declares.
#[derive(Debug, Default)]
struct File {
    package: String,
    about: String,
    /// The syntax or edition that it is written in.
    edition: Option<String>,
    imports: Vec<String>,
    options: Vec<Stated>,
    services: Vec<Service>,
    shapes: Vec<Shape>,
    /// Why the file is not whole, for people.
    cut: Option<String>,
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
                word @ ("syntax" | "edition") => {
                    file.edition = options::edition(&mut lexer, word);
                }
                "import" => file.imports.extend(options::import(&mut lexer)),
                "option" => file.options.extend(options::take(&mut lexer)),
                "service" => file.take_service(&mut lexer, token),
                "message" | "enum" | "extend" => file.take_shape(&mut lexer, &token, &[]),
                "{" => skip_body(&mut lexer),
                _ => {}
            }
        }
        file.cut = lexer.cut();
        file
    }

    fn take_service(&mut self, lexer: &mut Lexer<'_>, start: Token<'_>) {
        let mut service = Service {
            name: dotted(lexer),
            about: start.above,
            line: start.line,
            calls: Vec::new(),
            options: Vec::new(),
        };
        let brace = lexer.take("{");
        add(
            &mut service.about,
            brace.as_ref().map_or("", |brace| &brace.behind),
        );
        while lexer.peek().is_some() && lexer.take("}").is_none() {
            match lexer.next() {
                Some(token) if token.text == "rpc" => service.calls.push(call(lexer, token)),
                Some(token) if token.text == "option" => {
                    service.options.extend(options::take(lexer));
                }
                Some(token) if token.text == "{" => skip_body(lexer),
                _ => {}
            }
        }
        self.services.push(service);
    }

    fn take_shape(&mut self, lexer: &mut Lexer<'_>, start: &Token<'_>, above: &[String]) {
        let name = dotted(lexer);
        let is_extension = start.text == "extend";
        // What is extended has its own name, wherever that is done.
        let scope = if is_extension { &[] } else { above };
        let full: Vec<String> = scope.iter().cloned().chain([name]).collect();
        let kinds = ["enum", "extend", "message"];
        let kind = kinds.into_iter().find(|kind| *kind == start.text);
        let mut shape = Shape {
            kind: kind.unwrap_or("message"),
            name: full.join("."),
            about: start.above.clone(),
            line: start.line,
            ..Shape::default()
        };
        if let Some(inside) = above.last().filter(|_| is_extension) {
            shape.facts.push(format!("Declared in `{inside}`."));
        }
        // Names of the one-ofs that are open, with the braces they are in.
        let mut choices: Vec<(String, usize)> = Vec::new();
        let at = self.shapes.len();
        self.shapes.push(Shape::default());
        if let Some(brace) = lexer.take("{") {
            add(&mut shape.about, &brace.behind);
            // Braces of groups, one-ofs and the like inside this body.
            let mut depth = 0_usize;
            while let Some(token) = lexer.peek().cloned() {
                match token.text {
                    "}" if depth == 0 => {
                        lexer.next();
                        break;
                    }
                    "}" => {
                        depth -= 1;
                        choices.retain(|(_, inside)| *inside <= depth);
                    }
                    "{" => depth += 1,
                    "message" | "enum" | "extend" if full.len() < NESTED_MAX => {
                        lexer.next();
                        self.take_shape(lexer, &token, &full);
                        continue;
                    }
                    ";" => {}
                    "option" => {
                        lexer.next();
                        shape.facts.extend(options::take(lexer).map(|stated| {
                            if stated.is_deprecated() {
                                "Deprecated.".to_owned()
                            } else {
                                format!("Option {}", stated.written())
                            }
                        }));
                        continue;
                    }
                    "reserved" | "extensions" => {
                        lexer.next();
                        shape.facts.push(kept_free(lexer, &token));
                        continue;
                    }
                    "oneof" => {
                        lexer.next();
                        let name = dotted(lexer);
                        let mut about = token.above;
                        add(
                            &mut about,
                            lexer.peek().map_or("", |brace| brace.behind.as_str()),
                        );
                        if !about.trim().is_empty() {
                            shape
                                .facts
                                .push(format!("One of `{name}`: {}", one_line(&about)));
                        }
                        choices.push((name, depth + 1));
                        continue;
                    }
                    _ => {
                        if let Some(mut member) = member(lexer, shape.kind == "enum") {
                            let choice = choices.last();
                            member
                                .notes
                                .extend(choice.map(|(name, _)| format!("one of `{name}`")));
                            if is_extension {
                                let written = options::as_option(
                                    &self.package,
                                    above,
                                    &shape.name,
                                    &member.name,
                                );
                                member.notes.extend(written);
                            }
                            shape.members.push(member);
                            continue;
                        }
                    }
                }
                lexer.next();
            }
        }
        shape.end = lexer.end();
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
        let mut below = Below::default();
        let mut overview = Sheet::default();
        overview.heading(1, title, "", Vec::new());
        overview.markdown(&self.about, Headings::Plain);
        self.tell_file(&mut overview);
        for service in &self.services {
            overview.at(service.line);
            overview.heading(2, &service.name, "", vec![service.name.clone()]);
            overview.markdown(&service.about, Headings::Plain);
            for stated in &service.options {
                overview.prose(&format!("Option {}", stated.written()));
            }
            for call in &service.calls {
                if !below.takes_operation() {
                    continue;
                }
                let path = paths.give(&format!("{}/{}", service.name, call.name));
                overview.at(call.line);
                let about = listed(&call.about);
                overview.prose(&format!(
                    "- `{}` – {about} (page `{path}`)",
                    one_line(&call.name)
                ));
                below.put(path, || call.page(service, title, &shapes));
            }
        }
        shape::rest(&mut overview, &self.shapes);
        shape::pages(&self.shapes, title, "messages", &mut paths, &mut below);
        let (below, mut skipped) = below.done();
        skipped.extend(self.cut.iter().cloned());
        Pages {
            first: overview.finish("", Kind::Meta, None),
            below,
            skipped,
        }
    }
}

impl File {
    /// Tells what is said of the file itself.
    fn tell_file(&self, sheet: &mut Sheet) {
        if let Some(edition) = &self.edition {
            sheet.prose(&format!("Written in {edition}"));
        }
        if !self.imports.is_empty() {
            sheet.prose(&format!("Imports {}", self.imports.join(", ")));
        }
        for stated in &self.options {
            sheet.prose(&format!("Option {}", stated.written()));
        }
    }
}

impl Call {
    fn page(&self, service: &Service, title: &str, shapes: &Shapes<'_>) -> Document {
        let mut sheet = Sheet::default();
        sheet.at(self.line);
        let mut code = vec![self.name.clone(), format!("{}.{}", service.name, self.name)];
        code.push(format!("{title}.{}.{}", service.name, self.name));
        code.extend(self.http.iter().map(|(line, _)| line.clone()));
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
        let streaming = match (self.takes.0, self.gives.0) {
            (true, true) => " · bidirectional streaming",
            (true, false) => " · client streaming",
            (false, true) => " · server streaming",
            (false, false) => "",
        };
        sheet.prose(&format!(
            "`rpc {}.{}{} returns {}`{streaming}{deprecated}",
            service.name,
            self.name,
            side(&self.takes),
            side(&self.gives)
        ));
        for (line, body) in &self.http {
            let body = match body.as_str() {
                "" => String::new(),
                "*" => ", all other members as the body".to_owned(),
                member => format!(", `{member}` as the body"),
            };
            sheet.prose(&format!("`{line}`{body}"));
        }
        for stated in &self.options {
            sheet.prose(&format!("Option {}", stated.written()));
        }
        sheet.markdown(&self.about, Headings::Plain);
        sheet.end_at(self.end);
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
    if let Some(brace) = lexer.take("{") {
        add(&mut call.about, &brace.behind);
        while lexer.peek().is_some() && lexer.take("}").is_none() {
            match lexer.next() {
                Some(token) if token.text == "option" => call.option(lexer),
                Some(token) if token.text == "{" => skip_body(lexer),
                _ => {}
            }
        }
    } else if let Some(end) = lexer.take(";") {
        add(&mut call.about, &end.behind);
    }
    call.end = lexer.end();
    call
}

/// Adds what a comment behind a declaration says to the one above it.
fn add(about: &mut String, behind: &str) {
    if behind.trim().is_empty() {
        return;
    }
    if !about.is_empty() {
        about.push('\n');
    }
    about.push_str(behind);
}

impl Call {
    /// Takes an option: that it is deprecated, its HTTP form, or another.
    fn option(&mut self, lexer: &mut Lexer<'_>) {
        let Some(stated) = options::take(lexer) else {
            return;
        };
        let http = stated.http();
        if stated.is_deprecated() {
            self.deprecated = true;
        } else if http.is_empty() {
            self.options.push(stated);
        } else {
            self.http.extend(http);
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
        let sign = lexer.take("-").map_or("", |sign| sign.text);
        let number = lexer.next().map_or("", |token| token.text);
        let equals = if is_value { "" } else { " = " };
        member.words.extend([equals, sign, number]);
    }
    if lexer.is_next("[") {
        member.notes = options::of_field(&lexer.take_value());
    }
    if let Some(end) = lexer.take(";") {
        add(&mut member.about, &end.behind);
    }
    member.end = lexer.end();
    (!member.name.is_empty()).then_some(member)
}

/// Takes which numbers and names are kept free, and what is said of it.
fn kept_free(lexer: &mut Lexer<'_>, start: &Token<'_>) -> String {
    let what = if start.text == "reserved" {
        "Reserved"
    } else {
        "Extensions"
    };
    let (written, behind) = statement(lexer);
    let mut about = start.above.clone();
    add(&mut about, &behind);
    let gap = if about.is_empty() { "" } else { " – " };
    format!("{what}: {written}{gap}{}", one_line(&about))
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

/// Takes everything up to the next `;`; returns how it is written, and the comment behind it.
fn statement(lexer: &mut Lexer<'_>) -> (String, String) {
    let mut written = String::new();
    while lexer.peek().is_some() && !lexer.is_next("}") {
        if let Some(end) = lexer.take(";") {
            return (written, end.behind);
        }
        let is_mark = lexer
            .peek()
            .is_some_and(|token| token.kind == TokenKind::Mark);
        let mut value = lexer.take_value();
        if value.is_empty() {
            value = lexer
                .next()
                .map_or_else(String::new, |token| token.text.to_owned());
        }
        if written.len() < STATEMENT_BYTES_MAX {
            let gap = if written.is_empty() || is_mark {
                ""
            } else {
                " "
            };
            written.extend([gap, &value]);
        } else if !written.ends_with('…') {
            written.push_str(" …");
        }
    }
    (written, String::new())
}

/// Bytes of a statement that are told: thousands of reserved numbers are data.
const STATEMENT_BYTES_MAX: usize = 2_000;

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
mod tests;
