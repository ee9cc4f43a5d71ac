//! GraphQL schemas: every query, mutation and subscription is an operation with a page, and so has every type worth one.

use super::interface::names::PagePaths;
use super::lexer::{Comments, Kind as TokenKind, Lexer};
use super::shape::{self, Member, Shape, Shapes};
use super::sheet::{Headings, Sheet, listed, one_line};
use super::{Format, Pages, Unread};
use crate::lookup::document::{Document, Kind};

/// `.graphql` and its sisters, where they declare types; those that only ask have nothing to tell.
pub(super) struct GraphQl;

/// What is told of arguments: levels and members.
const SENT: (usize, usize) = (3, 120);
/// What is told of what comes back.
const RETURNED: (usize, usize) = (2, 40);
/// Members of all types together: beyond that a file is data.
const MEMBERS_MAX: usize = 500_000;

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
        if schema.shapes.is_empty() && schema.fields.iter().all(|(_, fields)| fields.is_empty()) {
            return Err(Unread::Foreign);
        }
        Ok(schema.pages())
    }
}

/// A field with arguments.
#[derive(Debug, Clone, Default)]
struct Field {
    own: Member,
    arguments: Vec<Member>,
}

/// Everything a file declares.
#[derive(Default)]
struct Schema {
    shapes: Vec<Shape>,
    /// The fields of objects that can be roots, by type.
    fields: Vec<(String, Vec<Field>)>,
    /// What the file calls its root types: `query` is `Query` unless it says otherwise.
    roots: Vec<(String, String)>,
    members: usize,
}

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
        while let Some(token) = lexer.next() {
            match (token.kind, token.text) {
                (TokenKind::Text, text) => about = unindented(text),
                (TokenKind::Word, "extend") => {}
                (TokenKind::Word, "schema") => schema.take_roots(&mut lexer),
                (TokenKind::Word, kind @ ("type" | "interface" | "input" | "enum" | "union")) => {
                    if about.is_empty() {
                        about.clone_from(&token.above);
                    }
                    let kind = ["type", "interface", "input", "enum", "union"]
                        .into_iter()
                        .find(|known| *known == kind)
                        .unwrap_or("type");
                    schema.take_type(&mut lexer, kind, std::mem::take(&mut about));
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
            if schema.members > MEMBERS_MAX {
                break;
            }
        }
        schema
    }

    fn take_roots(&mut self, lexer: &mut Lexer<'_>) {
        while lexer.peek().is_some() && !lexer.is_next("{") {
            lexer.next();
        }
        lexer.next();
        while let Some(operation) = lexer.take_kind(TokenKind::Word) {
            lexer.take(":");
            if let Some(name) = lexer.take_kind(TokenKind::Word) {
                self.roots
                    .push((name.text.to_owned(), operation.text.to_owned()));
            }
        }
        lexer.take("}");
    }

    fn take_type(&mut self, lexer: &mut Lexer<'_>, kind: &'static str, about: String) {
        let Some(name) = lexer.take_kind(TokenKind::Word) else {
            return;
        };
        let mut shape = Shape {
            kind,
            name: name.text.to_owned(),
            about,
            members: Vec::new(),
            line: name.line,
        };
        if kind == "union" {
            shape.members = members_of_union(lexer);
            self.keep(shape, Vec::new());
            return;
        }
        // What it implements and its directives, up to the body; some types have none.
        while !lexer.is_next("{") {
            match lexer.peek() {
                Some(token) if token.text == "(" => drop(lexer.take_value()),
                Some(token) if token.kind == TokenKind::Text || STARTS.contains(&token.text) => {
                    return self.keep(shape, Vec::new());
                }
                Some(_) => drop(lexer.next()),
                None => return self.keep(shape, Vec::new()),
            }
        }
        lexer.next();
        let mut fields = Vec::new();
        while lexer.peek().is_some() && lexer.take("}").is_none() {
            match field(lexer) {
                Some(field) => fields.push(field),
                None => drop(lexer.next()),
            }
        }
        shape.members = fields.iter().map(|field| field.own.clone()).collect();
        self.keep(shape, fields);
    }

    /// Keeps a type; what extends a type that is there is added to it.
    fn keep(&mut self, shape: Shape, fields: Vec<Field>) {
        self.members += shape.members.len() + 1;
        if matches!(shape.kind, "type" | "interface") {
            self.fields.push((shape.name.clone(), fields));
        }
        self.shapes.push(shape);
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

    fn pages(&self) -> Pages {
        const TITLE: &str = "GraphQL API";
        let shapes = shape::by_name(&self.shapes);
        let mut paths = PagePaths::default();
        let mut below = Vec::new();
        let mut overview = Sheet::default();
        overview.heading(1, TITLE, "", Vec::new());
        for (name, fields) in &self.fields {
            let Some(operation) = self.root(name) else {
                continue;
            };
            overview.heading(2, &format!("Operations of {name}"), "", Vec::new());
            for field in fields {
                let path = paths.give(&format!("{operation}/{}", field.own.name));
                overview.at(field.own.line);
                overview.prose(&format!(
                    "- `{}` – {} (page `{path}`)",
                    one_line(&field.own.name),
                    listed(&field.own.about)
                ));
                let title = format!("{TITLE} › {operation}");
                below.push((path, field.page(operation, &title, &shapes)));
            }
        }
        let types: Vec<Shape> = self
            .shapes
            .iter()
            .filter(|shape| self.root(&shape.name).is_none())
            .cloned()
            .collect();
        below.extend(shape::pages(&types, TITLE, "types", &mut paths));
        Pages {
            first: overview.finish("", Kind::Meta, None),
            below,
            skipped: if self.members > MEMBERS_MAX {
                vec![format!("what is beyond {MEMBERS_MAX} fields")]
            } else {
                Vec::new()
            },
        }
    }
}

/// Words that begin a declaration.
const STARTS: &[&str] = &[
    "type",
    "interface",
    "input",
    "enum",
    "union",
    "scalar",
    "directive",
    "schema",
    "extend",
];

impl Field {
    fn page(&self, operation: &str, title: &str, shapes: &Shapes<'_>) -> Document {
        let mut sheet = Sheet::default();
        let name = one_line(&self.own.name);
        sheet.at(self.own.line);
        sheet.heading(
            1,
            &name,
            operation,
            vec![name.clone(), format!("{operation} {name}")],
        );
        let takes: Vec<String> = self
            .arguments
            .iter()
            .map(|argument| format!("{}: {}", argument.name, argument.words))
            .collect();
        let takes = if takes.is_empty() {
            String::new()
        } else {
            format!("({})", takes.join(", "))
        };
        sheet.prose(&format!("`{operation} {name}{takes}: {}`", self.own.words));
        sheet.markdown(&self.own.about, Headings::Plain);
        if !self.arguments.is_empty() {
            sheet.label("Arguments:");
            shape::list(&mut sheet, shapes, &self.arguments, SENT);
        }
        if let Some(returned) = shapes.get(self.own.base.as_str()) {
            sheet.heading(2, "Returns", "returns", Vec::new());
            sheet.prose(&format!("{}: {}", self.own.words, listed(&returned.about)));
            shape::list(&mut sheet, shapes, &returned.members, RETURNED);
        }
        sheet.finish(title, Kind::Operation, None)
    }
}

fn members_of_union(lexer: &mut Lexer<'_>) -> Vec<Member> {
    let mut members = Vec::new();
    while lexer.take("@").is_some() {
        lexer.next();
        if lexer.is_next("(") {
            lexer.take_value();
        }
    }
    lexer.take("=");
    lexer.take("|");
    while let Some(token) = lexer.take_kind(TokenKind::Word) {
        members.push(Member {
            name: token.text.to_owned(),
            base: token.text.to_owned(),
            line: token.line,
            ..Member::default()
        });
        if lexer.take("|").is_none() {
            break;
        }
    }
    members
}

/// Takes a field or a value of an enumeration.
fn field(lexer: &mut Lexer<'_>) -> Option<Field> {
    let mut field = Field {
        own: name(lexer)?,
        ..Field::default()
    };
    if lexer.take("(").is_some() {
        while lexer.peek().is_some() && lexer.take(")").is_none() {
            match name(lexer) {
                Some(mut argument) => {
                    traits(lexer, &mut argument);
                    field.arguments.push(argument);
                }
                None => drop(lexer.next()),
            }
        }
    }
    traits(lexer, &mut field.own);
    Some(field)
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
    let mut deprecated = false;
    while lexer.take("@").is_some() {
        deprecated |= lexer
            .next()
            .is_some_and(|directive| directive.text == "deprecated");
        if lexer.is_next("(") {
            lexer.take_value();
        }
    }
    if deprecated {
        member.words.push_str(", deprecated");
    }
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

/// Returns a description without the indentation of the file.
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
    kept.join("\n").trim().replace("\\\"", "\"")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = r#"
"""
The harbour.
"""
type Query {
  "Ships that lie at a berth."
  ships(berth: ID!, "At most." first: Int = 10 @min(value: 1)): [Ship!]! @deprecated(reason: "use `berth`")
}

extend type Mutation @auth { bookBerth(input: BookBerthInput!): Ship }
input BookBerthInput { "Which one." berth: ID!, nights: Int }
# A vessel.
type Ship implements Node & Named {
  id: ID!
  flag: Flag
  next: Ship
}
enum Flag { "Red." RED GREEN }
union Thing = | Ship | Berth
scalar Date
"#;

    #[test]
    fn queries_and_mutations_are_operations() {
        let pages = GraphQl.read(TEXT.as_bytes()).unwrap();
        let paths: Vec<&str> = pages.below.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "query/ships",
                "mutation/bookBerth",
                "types/BookBerthInput",
                "types/Ship",
                "types/Flag",
                "types/Thing"
            ]
        );
        let ships = pages.at("query/ships");
        assert_eq!(
            (ships.kind, ships.file_lines.as_ref().unwrap()[0]),
            (Some(Kind::Operation), 7)
        );
        assert!(
            ships.text.starts_with(
                "# ships\n\n`query ships(berth: ID!, first: Int, default `10`): [Ship!]!, deprecated`\n\nShips that lie at a berth.\n\nArguments:\n- `berth`: ID!\n- `first`: Int, default `10` – At most.\n"
            ),
            "{}",
            ships.text
        );
        assert!(ships.text.contains("- `next`: Ship\n"), "{}", ships.text);
        let book = &pages.at("mutation/bookBerth").text;
        assert!(
            book.contains("- `input`: BookBerthInput!\n- `input.berth`: ID! – Which one.\n"),
            "{book}"
        );
        assert!(
            pages
                .at("types/Flag")
                .text
                .contains("- `RED` – Red.\n- `GREEN`\n")
        );
        assert!(pages.at("types/Ship").text.contains("A vessel."));
    }

    #[test]
    fn the_roots_are_what_the_schema_says() {
        let pages = GraphQl
            .read(b"schema { query: Root }\ntype Root { a: Int }\ntype Query { b: Int, c: Int }")
            .unwrap();
        assert!(pages.at("query/a").text.starts_with("# a\n"));
        assert!(pages.at("types/Query").text.contains("- `b`: Int"));
    }

    #[test]
    fn a_file_that_only_asks_is_left_alone() {
        assert_eq!(GraphQl.read(b"query Ships($a: ID) { ships(berth: $a) { id ...F } }\nfragment F on Ship { type { x } }"), Err(Unread::Foreign));
    }

    proptest! {
        #[test]
        fn any_schema_is_read_or_refused(cuts in prop::collection::vec((0usize..900, "[a-z{}()\\[\\]:=!@|\"# \n]{0,6}"), 0..6)) {
            let mut text = TEXT.to_owned();
            for (at, new) in cuts {
                let at = at.min(text.len());
                let end = (at + new.len()).min(text.len());
                text.replace_range(at..end, &new);
            }
            drop(GraphQl.read(text.as_bytes()));
        }
    }
}
