//! Protocol buffers: every call of a service is an operation with a page, and so has every message worth one.

mod body;
mod options;

use self::options::Stated;
use super::interface::below::Below;
use super::interface::names::PagePaths;
use super::lexer::{Comments, Kind as TokenKind, Lexer, Token};
use super::shape::{self, Limits, RETURNED, SENT, Shape, Shapes};
use super::sheet::{Sheet, listed, one_line};
use super::{Format, Pages, Unread};
use crate::lookup::document::{Document, Kind};

/// `.proto`.
pub(super) struct Protobuf;

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
        overview.comment(&self.about);
        self.tell_file(&mut overview);
        for service in &self.services {
            overview.at(service.line);
            overview.heading(2, &service.name, "", vec![service.name.clone()]);
            overview.comment(&service.about);
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
        sheet.comment(&self.about);
        sheet.end_at(self.end);
        let mut tell = |words: &str, name: &str, limits: Limits| {
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
