//! GraphQL schemas: every query, mutation and subscription is an operation with a page, and so has every type worth one.

use std::collections::HashMap;

use super::interface::below::Below;
use super::interface::marked;
use super::interface::names::PagePaths;
use super::lexer::{Comments, Kind as TokenKind, Lexer};
use super::shape::{self, Member, RETURNED, SENT, Shape, Shapes};
use super::sheet::{Headings, Sheet, listed, one_line};
use super::{Format, Pages, Unread};
use crate::lookup::document::{Document, Kind};

/// `.graphql` and its sisters, where they declare types; those that only ask have nothing to tell.
pub(super) struct GraphQl;

/// What the first page is called: a schema has no name.
const TITLE: &str = "GraphQL API";

impl Format for GraphQl {
    fn name(&self) -> &'static str {
        "GraphQL"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["graphql", "graphqls", "gql"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        let text = String::from_utf8_lossy(bytes);
        let schema = Schema::of(&text);
        if schema.shapes.is_empty() {
            return Err(Unread::Foreign);
        }
        Ok(schema.pages())
    }
}

/// Everything a file declares.
#[derive(Default)]
struct Schema {
    shapes: Vec<Shape>,
    /// Extensions of types, until the end of the file shows what of.
    extensions: Vec<Shape>,
    /// What the file says of the schema itself.
    about: String,
    /// What else it says of it, a line each.
    facts: Vec<String>,
    /// What the file calls its root types: `query` is `Query` unless it says otherwise.
    roots: Vec<(String, String)>,
    /// Why the file is not whole, for people.
    cut: Option<String>,
}

/// Words that begin the declaration of a type.
const DECLARED: [&str; 6] = ["type", "interface", "input", "enum", "union", "scalar"];
/// Words that begin other declarations.
const STARTS: [&str; 3] = ["directive", "schema", "extend"];

/// Root types by their operation.
const ROOTS: [(&str, &str); 3] = [
    ("query", "Query"),
    ("mutation", "Mutation"),
    ("subscription", "Subscription"),
];

impl Schema {
    fn of(text: &str) -> Self {
        let mut schema = Self::default();
        let mut lexer = Lexer::new(text, Comments::Hash);
        let mut about = String::new();
        let mut extends = false;
        while let Some(token) = lexer.next() {
            match (token.kind, token.text) {
                (TokenKind::Text, text) => about = unindented(text),
                (TokenKind::Word, "extend") => {
                    extends = true;
                    if about.is_empty() {
                        about.clone_from(&token.above);
                    }
                    continue;
                }
                (TokenKind::Word, "schema") => {
                    let told = std::mem::take(&mut about);
                    if !extends {
                        schema.about = told;
                    }
                    schema.take_roots(&mut lexer);
                }
                (TokenKind::Word, word) if DECLARED.contains(&word) => {
                    if about.is_empty() {
                        about.clone_from(&token.above);
                    }
                    let kind = DECLARED.into_iter().find(|known| *known == word);
                    let kind = kind.unwrap_or("type");
                    let shape = take_type(&mut lexer, kind, std::mem::take(&mut about));
                    if let Some(shape) = shape {
                        schema.keep(shape, extends);
                    }
                }
                (TokenKind::Word, "directive") => {
                    if about.is_empty() {
                        about.clone_from(&token.above);
                    }
                    schema.take_directive(&mut lexer, std::mem::take(&mut about));
                }
                // Anything else between declarations, a query among them, is passed with what it holds.
                (TokenKind::Mark, "{" | "(") => {
                    while lexer.peek().is_some() && !lexer.is_next("}") && !lexer.is_next(")") {
                        if lexer.take_value().is_empty() {
                            lexer.next();
                        }
                    }
                    about.clear();
                }
                _ => about.clear(),
            }
            extends = extends && token.kind == TokenKind::Text;
        }
        schema.cut = lexer.cut();
        schema.join();
        schema
    }

    /// Puts extensions to what they extend, and says of interfaces and members of unions what they are part of.
    fn join(&mut self) {
        let mut places: HashMap<String, usize> = HashMap::new();
        for (at, shape) in self.shapes.iter().enumerate() {
            places.entry(shape.name.clone()).or_insert(at);
        }
        for mut extension in std::mem::take(&mut self.extensions) {
            let place = places.get(&extension.name).copied();
            if let Some(base) = place.and_then(|at| self.shapes.get_mut(at)) {
                base.extend(extension);
                continue;
            }
            // A root type needs no declaration.
            if self.root_of(&extension).is_none() {
                let fact = format!("Extends the {} of another file.", extension.kind);
                extension.facts.insert(0, fact);
            }
            places.insert(extension.name.clone(), self.shapes.len());
            self.shapes.push(extension);
        }
        let mut parts: HashMap<usize, (Vec<String>, Vec<String>)> = HashMap::new();
        for shape in &self.shapes {
            for name in &shape.parents {
                if let Some(at) = places.get(name) {
                    parts.entry(*at).or_default().0.push(code(&shape.name));
                }
            }
            for member in shape.members.iter().filter(|_| shape.kind == "union") {
                if let Some(at) = places.get(&member.name) {
                    parts.entry(*at).or_default().1.push(code(&shape.name));
                }
            }
        }
        for (at, (below, unions)) in parts {
            let Some(shape) = self.shapes.get_mut(at) else {
                continue;
            };
            for (words, names) in [("Implemented by", below), ("One of", unions)] {
                if !names.is_empty() {
                    shape.facts.push(format!("{words} {}.", names.join(", ")));
                }
            }
        }
    }

    fn take_roots(&mut self, lexer: &mut Lexer<'_>) {
        let said = directives(lexer);
        self.facts.extend(said.iter().map(|said| code(said)));
        if lexer.take("{").is_none() {
            return;
        }
        while let Some(operation) = lexer.take_kind(TokenKind::Word) {
            lexer.take(":");
            if let Some(name) = lexer.take_kind(TokenKind::Word) {
                self.roots
                    .push((name.text.to_owned(), operation.text.to_owned()));
            }
        }
        lexer.take("}");
    }

    /// Takes what a directive takes and where it may stand.
    fn take_directive(&mut self, lexer: &mut Lexer<'_>, about: String) {
        lexer.take("@");
        let Some(name) = lexer.take_kind(TokenKind::Word) else {
            return;
        };
        let mut shape = Shape {
            kind: "directive",
            name: format!("@{}", name.text),
            about,
            line: name.line,
            members: arguments(lexer),
            ..Shape::default()
        };
        let mut fact = String::new();
        if lexer.take("repeatable").is_some() {
            fact.push_str("Repeatable, ");
        }
        if lexer.take("on").is_some() {
            fact.extend(["on ", &names(lexer, "|").join(", ")]);
        }
        shape
            .facts
            .extend(Some(fact).filter(|fact| !fact.is_empty()));
        shape.end = lexer.end();
        self.keep(shape, false);
    }

    fn keep(&mut self, mut shape: Shape, extends: bool) {
        shape.members.shrink_to_fit();
        if extends {
            self.extensions.push(shape);
        } else {
            self.shapes.push(shape);
        }
    }

    /// Returns the operation that the fields of `shape` are.
    fn root_of(&self, shape: &Shape) -> Option<&str> {
        let has_fields = matches!(shape.kind, "type" | "interface");
        self.root(&shape.name).filter(|_| has_fields)
    }

    /// Returns the operation that the fields of the type called `name` are.
    fn root(&self, name: &str) -> Option<&str> {
        let told = self.roots.iter().find(|(root, _)| root == name);
        let custom = ROOTS
            .iter()
            .find(|(_, root)| *root == name && self.roots.is_empty());
        told.map(|(_, operation)| operation.as_str())
            .or(custom.map(|(operation, _)| *operation))
    }

    fn pages(mut self) -> Pages {
        let mut paths = PagePaths::default();
        let mut below = Below::default();
        let mut overview = self.overview();
        self.tell_operations(&mut overview, &mut paths, &mut below);
        let mut types = std::mem::take(&mut self.shapes);
        types.retain(|shape| self.root_of(shape).is_none());
        shape::rest(&mut overview, &types);
        shape::pages(&types, TITLE, "types", &mut paths, &mut below);
        let (below, mut skipped) = below.done();
        skipped.extend(self.cut);
        Pages {
            first: overview.finish("", Kind::Meta, None),
            below,
            skipped,
        }
    }

    /// Returns the first page, with what is said of the schema itself.
    fn overview(&self) -> Sheet {
        let mut sheet = Sheet::default();
        sheet.heading(1, TITLE, "", Vec::new());
        sheet.markdown(&self.about, Headings::Plain);
        let roots = self.roots.iter();
        let roots: Vec<String> = roots
            .map(|(name, operation)| format!("{operation}: {name}"))
            .collect();
        if !roots.is_empty() {
            sheet.prose(&code(&format!("schema {{ {} }}", roots.join(", "))));
        }
        for fact in &self.facts {
            sheet.prose(fact);
        }
        sheet
    }

    /// Lists the operations, and writes the page of each.
    fn tell_operations(&self, overview: &mut Sheet, paths: &mut PagePaths, below: &mut Below) {
        let shapes = shape::by_name(&self.shapes);
        for shape in &self.shapes {
            let Some(operation) = self.root_of(shape) else {
                continue;
            };
            let heading = format!("Operations of {}", shape.name);
            overview.at(shape.line);
            overview.heading(2, &heading, "", Vec::new());
            overview.markdown(&shape.about, Headings::Plain);
            for fact in shape.all_facts() {
                overview.prose(fact);
            }
            for field in &shape.members {
                if !below.takes_operation() {
                    continue;
                }
                let path = paths.give(&format!("{operation}/{}", field.name));
                overview.at(field.line);
                overview.prose(&format!(
                    "- `{}` – {} (page `{path}`)",
                    one_line(&field.name),
                    listed(&field.about)
                ));
                let title = format!("{TITLE} › {operation}");
                below.put(path, || page(field, operation, &title, &shapes));
            }
        }
    }
}

/// Takes the declaration of a type of this `kind`.
fn take_type(lexer: &mut Lexer<'_>, kind: &'static str, about: String) -> Option<Shape> {
    let name = lexer.take_kind(TokenKind::Word)?;
    let mut shape = Shape {
        kind,
        name: name.text.to_owned(),
        about,
        line: name.line,
        ..Shape::default()
    };
    if lexer.take("implements").is_some() {
        shape.parents = implements(lexer);
        let names: Vec<String> = shape.parents.iter().map(|name| code(name)).collect();
        if !names.is_empty() {
            shape
                .facts
                .push(format!("Implements {}.", names.join(", ")));
        }
    }
    let said = directives(lexer);
    shape.facts.extend(said.iter().map(|said| code(said)));
    match kind {
        "union" => shape.members = members_of_union(lexer),
        "scalar" => {}
        _ if lexer.take("{").is_some() => {
            while lexer.peek().is_some() && lexer.take("}").is_none() {
                match field(lexer) {
                    Some(field) => shape.members.push(field),
                    None => drop(lexer.next()),
                }
            }
        }
        _ => {}
    }
    shape.end = lexer.end();
    Some(shape)
}

/// Returns the page of an operation.
fn page(field: &Member, operation: &str, title: &str, shapes: &Shapes<'_>) -> Document {
    let mut sheet = Sheet::default();
    let name = one_line(&field.name);
    sheet.at(field.line);
    sheet.heading(
        1,
        &name,
        operation,
        vec![name.clone(), format!("{operation} {name}")],
    );
    let takes: Vec<String> = field
        .arguments
        .iter()
        .map(|argument| format!("{}: {}", argument.name, argument.words))
        .collect();
    let takes = if takes.is_empty() {
        String::new()
    } else {
        format!("({})", takes.join(", "))
    };
    let signature = format!("`{operation} {name}{takes}: {}`", field.words);
    let told: Vec<String> = std::iter::once(signature)
        .chain(field.notes.iter().cloned())
        .collect();
    sheet.prose(&told.join(", "));
    sheet.markdown(&field.about, Headings::Plain);
    if !field.arguments.is_empty() {
        sheet.label("Arguments:");
        shape::list_whole(&mut sheet, shapes, &field.arguments, SENT);
    }
    sheet.end_at(field.end);
    if let Some(returned) = shapes.get(field.base.as_str()) {
        sheet.heading(2, "Returns", "returns", Vec::new());
        sheet.prose(&format!("{}: {}", field.words, listed(&returned.about)));
        shape::list(&mut sheet, shapes, &returned.members, RETURNED);
    }
    sheet.finish(title, Kind::Operation, None)
}

fn members_of_union(lexer: &mut Lexer<'_>) -> Vec<Member> {
    let mut members = Vec::new();
    if lexer.take("=").is_none() {
        return members;
    }
    lexer.take("|");
    while let Some(token) = lexer.take_kind(TokenKind::Word) {
        members.push(Member {
            name: token.text.to_owned(),
            base: token.text.to_owned(),
            line: token.line,
            end: token.line,
            ..Member::default()
        });
        if lexer.take("|").is_none() {
            break;
        }
    }
    members
}

/// Takes the names that `mark` joins; it may stand before the first as well.
fn names(lexer: &mut Lexer<'_>, mark: &str) -> Vec<String> {
    let mut names = Vec::new();
    lexer.take(mark);
    while let Some(name) = lexer.take_kind(TokenKind::Word) {
        names.push(name.text.to_owned());
        if lexer.take(mark).is_none() {
            break;
        }
    }
    names
}

/// Takes what a type implements; older schemas part the names by nothing or by commas.
fn implements(lexer: &mut Lexer<'_>) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        lexer.take(",");
        let is_name = |text: &str| !DECLARED.contains(&text) && !STARTS.contains(&text);
        if lexer
            .peek()
            .is_some_and(|token| token.kind == TokenKind::Word && !is_name(token.text))
        {
            return all;
        }
        let names = names(lexer, "&");
        if names.is_empty() {
            return all;
        }
        all.extend(names);
    }
}

fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}

/// Takes a field or a value of an enumeration.
fn field(lexer: &mut Lexer<'_>) -> Option<Member> {
    lexer.take_behind();
    let mut field = name(lexer)?;
    field.arguments = arguments(lexer);
    traits(lexer, &mut field);
    let behind = lexer.take_behind();
    if field.about.is_empty() {
        field.about = behind;
    }
    Some(field)
}

/// Takes what stands between brackets behind the name of a field or of a directive.
fn arguments(lexer: &mut Lexer<'_>) -> Vec<Member> {
    let mut arguments = Vec::new();
    if lexer.take("(").is_none() {
        return arguments;
    }
    while lexer.peek().is_some() && lexer.take(")").is_none() {
        lexer.take_behind();
        match name(lexer) {
            Some(mut argument) => {
                traits(lexer, &mut argument);
                let behind = lexer.take_behind();
                if argument.about.is_empty() {
                    argument.about = behind;
                }
                arguments.push(argument);
            }
            None => drop(lexer.next()),
        }
    }
    arguments.shrink_to_fit();
    arguments
}

/// Takes a name with its description.
fn name(lexer: &mut Lexer<'_>) -> Option<Member> {
    let told = lexer.take_kind(TokenKind::Text);
    let name = lexer.take_kind(TokenKind::Word)?;
    Some(Member {
        name: name.text.to_owned(),
        about: told.map_or(name.above, |token| unindented(token.text)),
        line: name.line,
        ..Member::default()
    })
}

/// Takes type, default and directives of `member`.
fn traits(lexer: &mut Lexer<'_>, member: &mut Member) {
    if lexer.take(":").is_some() {
        (member.words, member.base) = type_of(lexer);
    }
    if lexer.take("=").is_some() {
        let default = one_line(&lexer.take_value());
        member.words.extend([", default `", &default, "`"]);
    }
    for said in directives(lexer) {
        let is_plain = said.starts_with("deprecated");
        member.notes.push(if is_plain { said } else { code(&said) });
    }
    member.end = lexer.end();
}

/// Takes directives; returns them as they are written, save that what is deprecated is said in words.
fn directives(lexer: &mut Lexer<'_>) -> Vec<String> {
    let mut all = Vec::new();
    while lexer.take("@").is_some() {
        let Some(name) = lexer.take_kind(TokenKind::Word) else {
            break;
        };
        if name.text == "deprecated" {
            all.push(deprecated(lexer));
            continue;
        }
        let mut said = format!("@{}", name.text);
        while lexer.take(".").is_some() {
            said.extend([".", lexer.next().map_or("", |token| token.text)]);
        }
        if lexer.is_next("(") {
            said.push_str(&lexer.take_value());
        }
        all.push(said);
    }
    all
}

/// Takes the reason for which something is deprecated.
fn deprecated(lexer: &mut Lexer<'_>) -> String {
    let mut said = "deprecated".to_owned();
    if lexer.take("(").is_none() {
        return said;
    }
    while lexer.peek().is_some() && lexer.take(")").is_none() {
        if let Some(reason) = lexer.take_kind(TokenKind::Text) {
            said.extend([": ", &one_line(&unindented(reason.text))]);
        } else {
            lexer.next();
        }
    }
    said
}

/// Takes a type; returns it as it is written, and its name alone.
fn type_of(lexer: &mut Lexer<'_>) -> (String, String) {
    let mut words = String::new();
    while lexer.take("[").is_some() {
        words.push('[');
    }
    let base = lexer
        .take_kind(TokenKind::Word)
        .map_or("", |token| token.text);
    words.push_str(base);
    while let Some(mark) = lexer.take("]").or_else(|| lexer.take("!")) {
        words.push_str(mark.text);
    }
    (words, base.to_owned())
}

/// Returns a description without the indentation of the file, as Markdown.
fn unindented(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let inside = lines.iter().skip(1).filter(|line| !line.is_empty());
    let indent = inside
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let kept: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            if at == 0 {
                line.trim_start()
            } else {
                line.get(indent..).unwrap_or_default()
            }
        })
        .collect();
    let text = kept.join("\n").trim().replace("\\\"", "\"");
    marked::as_markdown(&text).unwrap_or(text)
}

#[cfg(test)]
mod tests;
