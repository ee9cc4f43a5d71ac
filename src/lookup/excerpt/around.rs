//! What the lines of a passage stand inside of or below: items, terms that are described, definitions, a heading.

/// White space in bytes before code that stands by itself.
const CODE_INDENT: usize = 3;
/// White space, beyond that of its term, that what goes on with a description has at most: more is code.
const DESCRIPTION_INDENT_MAX: usize = 4;

/// What the line at hand is inside of, from the outermost.
#[derive(Debug, Default)]
pub(super) struct Around {
    open: Vec<Open>,
    /// The heading above, unless it is the first of the passage, which the citation says.
    heading: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    /// Number of its unit; none for a container that is not called anything.
    unit: Option<usize>,
    /// White space in bytes that the lines inside of it have at least.
    indent: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Item,
    /// A term, described by lines that begin with `: ` below it and by lines that are indented.
    Term,
    /// The head of a definition: up to the next one, as indented as that, all is said of it.
    Definition,
    /// A directive of reStructuredText, or a term, which holds what is indented below it.
    Directive,
    /// A term that is described by what is not indented, up to the next blank line.
    Paragraph,
    /// What stands between two fences such as `:::`, whatever its indent.
    Container,
}

impl Around {
    /// Leaves what a line with `indent` is not inside of; one that `describes` a term is inside of it, though as indented as that.
    pub(super) fn leave(&mut self, indent: usize, describes: bool) {
        self.open.retain(|open| {
            let is_described = describes && open.kind == Kind::Term && open.indent == indent + 1;
            open.indent <= indent || is_described
        });
    }

    pub(super) fn begin_item(&mut self, unit: usize, indent: usize) {
        self.begin(unit, indent + 1, Kind::Item);
    }

    pub(super) fn begin_term(&mut self, unit: usize, indent: usize) {
        self.begin(unit, indent + 1, Kind::Term);
    }

    pub(super) fn begin_definition(&mut self, unit: usize, indent: usize) {
        self.begin(unit, indent, Kind::Definition);
    }

    /// Begins a directive that holds lines with at least `indent`.
    pub(super) fn begin_directive(&mut self, unit: usize, indent: usize) {
        self.begin(unit, indent, Kind::Directive);
    }

    /// Begins what is said of a term with the same `indent` as that.
    pub(super) fn begin_paragraph(&mut self, unit: usize, indent: usize) {
        self.begin(unit, indent, Kind::Paragraph);
    }

    /// Ends what goes to the next blank line.
    pub(super) fn end_paragraph(&mut self) {
        self.open.retain(|open| open.kind != Kind::Paragraph);
    }

    /// Begins what a container holds, whose title is `unit`.
    pub(super) fn begin_container(&mut self, unit: Option<usize>) {
        let kind = Kind::Container;
        self.open.push(Open {
            unit,
            indent: 0,
            kind,
        });
    }

    /// Ends the innermost container.
    pub(super) fn end_container(&mut self) {
        let mut open = self.open.iter();
        if let Some(at) = open.rposition(|open| open.kind == Kind::Container) {
            self.open.truncate(at);
        }
    }

    fn begin(&mut self, unit: usize, indent: usize, kind: Kind) {
        let unit = Some(unit);
        self.open.push(Open { unit, indent, kind });
    }

    /// Ends the definition that another one with `indent` follows.
    pub(super) fn end_definition(&mut self, indent: usize) {
        self.open
            .retain(|open| open.kind != Kind::Definition || open.indent < indent);
    }

    /// Begins what stands below the heading that is `unit`.
    pub(super) fn begin_heading(&mut self, unit: usize) {
        self.open.clear();
        self.heading = (unit > 0).then_some(unit);
    }

    /// The unit that the line at hand is said of.
    pub(super) fn innermost(&self) -> Option<usize> {
        let mut open = self.open.iter().rev();
        open.find_map(|open| open.unit).or(self.heading)
    }

    /// Whether a line with `indent` is code, or what a directive holds.
    pub(super) fn is_block(&self, indent: usize) -> bool {
        let mut open = self.open.iter().rev();
        match open.find(|open| open.kind != Kind::Container) {
            // Lines inside of it have one more than it has.
            Some(open) if open.kind == Kind::Term => indent >= open.indent + DESCRIPTION_INDENT_MAX,
            Some(open) if open.kind == Kind::Directive => indent >= open.indent + CODE_INDENT,
            _ => indent >= CODE_INDENT,
        }
    }
}
