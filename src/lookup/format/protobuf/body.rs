//! What messages, enumerations and extensions declare between their braces.

use super::super::lexer::{Kind, Lexer, Token};
use super::super::shape::{Member, Shape};
use super::super::sheet::one_line;
use super::{File, add, dotted, options};

/// Messages in messages: deeper ones are read as members of the last.
const NESTED_MAX: usize = 32;
/// Bytes of a statement that are told: thousands of reserved numbers are data.
const STATEMENT_BYTES_MAX: usize = 2_000;

impl File {
    /// Takes the type that `start` begins within those `above`, and the types in it.
    pub(super) fn take_shape(
        &mut self,
        lexer: &mut Lexer<'_>,
        start: &Token<'_>,
        above: &[String],
    ) {
        let name = dotted(lexer);
        // What is extended has its own name, wherever that is done.
        let scope = if start.text == "extend" { &[] } else { above };
        let full: Vec<String> = scope.iter().cloned().chain([name]).collect();
        let at = self.shapes.len();
        self.shapes.push(Shape::default());
        let mut body = Body::of(start, above, full.join("."));
        if let Some(brace) = lexer.take("{") {
            add(&mut body.shape.about, &brace.behind);
            while let Some(token) = lexer.peek().cloned() {
                match token.text {
                    "message" | "enum" | "extend" if full.len() < NESTED_MAX => {
                        lexer.next();
                        self.take_shape(lexer, &token, &full);
                    }
                    "}" if body.depth == 0 => {
                        lexer.next();
                        break;
                    }
                    _ => body.take(lexer, token, &self.package),
                }
            }
        }
        body.shape.end = lexer.end();
        if let Some(place) = self.shapes.get_mut(at) {
            *place = body.shape;
        }
    }
}

/// A type whose body is being read.
struct Body<'b> {
    shape: Shape,
    /// The types that it stands in.
    above: &'b [String],
    /// Braces of groups, one-ofs and the like that are open inside it.
    depth: usize,
    /// Names of the one-ofs that are open, with the braces they are in.
    choices: Vec<(String, usize)>,
}

impl<'b> Body<'b> {
    fn of(start: &Token<'_>, above: &'b [String], name: String) -> Self {
        let kinds = ["enum", "extend", "message"];
        let kind = kinds.into_iter().find(|kind| *kind == start.text);
        let mut shape = Shape {
            kind: kind.unwrap_or("message"),
            name,
            about: start.above.clone(),
            line: start.line,
            ..Shape::default()
        };
        if let Some(inside) = above.last().filter(|_| shape.kind == "extend") {
            shape.facts.push(format!("Declared in `{inside}`."));
        }
        Self {
            shape,
            above,
            depth: 0,
            choices: Vec::new(),
        }
    }

    /// Takes what the next `token` begins.
    fn take(&mut self, lexer: &mut Lexer<'_>, token: Token<'_>, package: &str) {
        match token.text {
            "}" => {
                lexer.next();
                self.depth -= 1;
                self.choices.retain(|(_, inside)| *inside <= self.depth);
            }
            "{" => {
                lexer.next();
                self.depth += 1;
            }
            ";" => drop(lexer.next()),
            "option" => {
                lexer.next();
                let stated = options::take(lexer);
                self.shape.facts.extend(stated.map(|stated| {
                    if stated.is_deprecated() {
                        "Deprecated.".to_owned()
                    } else {
                        format!("Option {}", stated.written())
                    }
                }));
            }
            "reserved" | "extensions" => {
                lexer.next();
                self.shape.facts.push(kept_free(lexer, &token));
            }
            "oneof" => {
                lexer.next();
                self.take_choice(lexer, token.above);
            }
            _ => match member(lexer, self.shape.kind == "enum") {
                Some(member) => self.add(member, package),
                None => drop(lexer.next()),
            },
        }
    }

    /// Takes the name of a one-of, and what is said of it in front of it and behind its brace.
    fn take_choice(&mut self, lexer: &mut Lexer<'_>, mut about: String) {
        let name = dotted(lexer);
        let brace = lexer.peek();
        add(&mut about, brace.map_or("", |brace| brace.behind.as_str()));
        if !about.trim().is_empty() {
            let fact = format!("One of `{name}`: {}", one_line(&about));
            self.shape.facts.push(fact);
        }
        self.choices.push((name, self.depth + 1));
    }

    fn add(&mut self, mut member: Member, package: &str) {
        let choice = self.choices.last();
        let choice = choice.map(|(name, _)| format!("one of `{name}`"));
        member.notes.extend(choice);
        if self.shape.kind == "extend" {
            let written = options::as_option(package, self.above, &self.shape.name, &member.name);
            member.notes.extend(written);
        }
        self.shape.members.push(member);
    }
}

/// Takes a field or a value of an enumeration; nothing if no name is next.
fn member(lexer: &mut Lexer<'_>, is_value: bool) -> Option<Member> {
    let first = lexer
        .peek()
        .filter(|token| token.kind == Kind::Word || token.text == ".")?
        .clone();
    let mut member = Member {
        about: first.above,
        line: first.line,
        ..Member::default()
    };
    if is_value {
        member.name = dotted(lexer);
    } else {
        (member.words, member.base) = type_of(lexer);
        member.name = dotted(lexer);
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

/// Takes the type of a field; returns it with its labels as it is written, and the name of its values.
fn type_of(lexer: &mut Lexer<'_>) -> (String, String) {
    let mut words: Vec<String> = Vec::new();
    while let Some(label) = ["optional", "repeated", "required"]
        .iter()
        .find_map(|label| lexer.take(label))
    {
        words.push(label.text.to_owned());
    }
    let mut kind = dotted(lexer);
    let mut base = last(&kind);
    if lexer.is_next("<") {
        let inside = lexer.take_value();
        let value = inside.trim_end_matches('>').rsplit(',').next();
        base = last(value.unwrap_or_default());
        kind.push_str(&inside);
    }
    words.push(kind);
    (words.join(" "), base)
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

/// Takes everything up to the next `;`; returns how it is written, and the comment behind it.
fn statement(lexer: &mut Lexer<'_>) -> (String, String) {
    let mut written = String::new();
    while lexer.peek().is_some() && !lexer.is_next("}") {
        if let Some(end) = lexer.take(";") {
            return (written, end.behind);
        }
        let is_mark = lexer.peek().is_some_and(|token| token.kind == Kind::Mark);
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
