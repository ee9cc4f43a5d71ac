//! Which containers of an indented document stand on one line: a rule that the formatter followed, and its exceptions.

use std::fmt::Write as _;

use super::tree::{Document, Kind, NodeId};

/// Columns that formatters are commonly told to keep to.
const WIDTHS: [usize; 3] = [80, 100, 120];

/// When a kind of container is expected on one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Rule {
    #[default]
    Never,
    /// If no member is a container that breaks.
    Flat,
    /// If it is flat and ends before this column.
    Fit(usize),
}

impl Rule {
    fn word(self) -> String {
        match self {
            Self::Never => "never".to_owned(),
            Self::Flat => "flat".to_owned(),
            Self::Fit(width) => format!("fit{width}"),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "never" => Some(Self::Never),
            "flat" => Some(Self::Flat),
            _ => Some(Self::Fit(word.strip_prefix("fit")?.parse().ok()?)),
        }
    }
}

/// The rules for objects and for arrays, and the ordinals of the containers that break them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Flow {
    rules: [Rule; 2],
    exceptions: Vec<usize>,
}

impl Flow {
    /// Finds the rules with the fewest exceptions.
    pub(super) fn detect(document: &Document) -> Self {
        // Most formatters break every container: that needs no walk and no widths.
        let breaks = |id: NodeId| document.edges(id).is_empty() || !document.node(id).inline;
        if (0..document.len()).all(breaks) {
            return Self::default();
        }
        let widths = widths(document);
        let mut best: Option<Self> = None;
        let fits = WIDTHS.map(Rule::Fit);
        for objects in [Rule::Never, Rule::Flat].into_iter().chain(fits) {
            for arrays in [Rule::Never, Rule::Flat].into_iter().chain(fits) {
                let (Rule::Fit(one), Rule::Fit(other)) = (objects, arrays) else {
                    consider(document, &widths, [objects, arrays], &mut best);
                    continue;
                };
                if one == other {
                    consider(document, &widths, [objects, arrays], &mut best);
                }
            }
        }
        best.unwrap_or_default()
    }

    /// Names the rules and the exceptions in words.
    pub(super) fn header(&self) -> String {
        let mut words = String::new();
        if *self == Self::default() {
            return words;
        }
        let [objects, arrays] = self.rules.map(Rule::word);
        // Writing to a string cannot fail.
        _ = write!(words, " inline objects {objects} arrays {arrays}");
        let mut last = 0;
        for (index, ordinal) in self.exceptions.iter().enumerate() {
            words.push_str(if index == 0 { " except " } else { "," });
            _ = write!(words, "{}", ordinal - last);
            last = *ordinal;
        }
        words
    }

    /// Reads what [`Self::header`] wrote after `inline`.
    pub(super) fn from_header(words: &str) -> Option<Self> {
        let mut words = words.split(' ');
        (words.next() == Some("objects")).then_some(())?;
        let objects = Rule::from_word(words.next()?)?;
        (words.next() == Some("arrays")).then_some(())?;
        let arrays = Rule::from_word(words.next()?)?;
        let mut exceptions = Vec::new();
        match (words.next(), words.next()) {
            (None, _) => {}
            (Some("except"), Some(list)) => {
                let mut last = 0_usize;
                for step in list.split(',') {
                    last = last.checked_add(step.parse().ok()?)?;
                    exceptions.push(last);
                }
            }
            _ => return None,
        }
        Some(Self {
            rules: [objects, arrays],
            exceptions,
        })
    }

    /// Marks the containers that stand on one line.
    pub(super) fn restore(&self, document: &mut Document) {
        // Packed text says nothing of lines, so every container breaks as long as nothing is marked.
        if *self == Self::default() {
            return;
        }
        let widths = widths(document);
        let mut exceptions = self.exceptions.iter().copied().peekable();
        let mut marks = Vec::new();
        let mut walk = Walk {
            document,
            widths: &widths,
            rules: self.rules,
            ordinal: 0,
        };
        walk.visit(document.root, 0, 0, &mut |id, ordinal, expected| {
            let excepted = exceptions.next_if_eq(&ordinal).is_some();
            let inline = expected != excepted;
            marks.push((id, inline));
            inline
        });
        for (id, inline) in marks {
            mark(document, id, inline);
        }
    }
}

/// Marks a container, and everything inside one that stands on one line.
fn mark(document: &mut Document, id: NodeId, inline: bool) {
    document.set_inline(id, inline);
    if inline {
        let members: Vec<_> = document.edges(id).iter().map(|edge| edge.node).collect();
        for member in members {
            mark(document, member, true);
        }
    }
}

fn consider(document: &Document, widths: &[Width], rules: [Rule; 2], best: &mut Option<Flow>) {
    if best.as_ref().is_some_and(|flow| flow.exceptions.is_empty()) {
        return;
    }
    let mut exceptions = Vec::new();
    let fewest = best.as_ref().map(|flow| flow.exceptions.len());
    let mut walk = Walk {
        document,
        widths,
        rules,
        ordinal: 0,
    };
    walk.visit(document.root, 0, 0, &mut |id, ordinal, expected| {
        let inline = document.node(id).inline;
        if inline != expected && fewest.is_none_or(|fewest| exceptions.len() < fewest) {
            exceptions.push(ordinal);
        }
        inline
    });
    if fewest.is_none_or(|fewest| exceptions.len() < fewest) {
        *best = Some(Flow { rules, exceptions });
    }
}

/// What a container needs to know about its inside.
#[derive(Debug, Clone, Copy, Default)]
struct Width {
    /// Characters on one line with `, ` and `: `, braces padded.
    columns: usize,
    /// Whether it holds a non-empty object.
    objects: bool,
    /// Whether it holds a non-empty array.
    arrays: bool,
}

/// Measures every value; members come before their container in a document.
fn widths(document: &Document) -> Vec<Width> {
    let mut widths: Vec<Width> = Vec::with_capacity(document.len());
    for id in 0..document.len() {
        let node = document.node(id);
        let mut width = Width::default();
        match node.kind {
            Kind::Bare => width.columns = document.str(node.span).chars().count(),
            Kind::Text => width.columns = document.str(node.span).chars().count() + 2,
            Kind::Array | Kind::Object => {
                let edges = document.edges(id);
                width.columns = 2;
                for edge in edges {
                    let member = widths.get(edge.node).copied().unwrap_or_default();
                    // A shared value can make the sum larger than any text.
                    width.columns = width.columns.saturating_add(member.columns + 2);
                    if node.kind == Kind::Object {
                        width.columns += document.str(edge.key).chars().count() + 4;
                    }
                    width.objects |= member.objects;
                    width.arrays |= member.arrays;
                    if !document.edges(edge.node).is_empty() {
                        let array = document.node(edge.node).kind == Kind::Array;
                        width.arrays |= array;
                        width.objects |= !array;
                    }
                }
                if !edges.is_empty() && node.kind == Kind::Array {
                    width.columns -= 2;
                }
            }
        }
        width.columns = width.columns.min(usize::MAX / 4);
        widths.push(width);
    }
    widths
}

struct Walk<'a> {
    document: &'a Document,
    widths: &'a [Width],
    rules: [Rule; 2],
    ordinal: usize,
}

impl Walk<'_> {
    /// Visits the non-empty containers whose surroundings break, in document order.
    fn visit(
        &mut self,
        id: NodeId,
        depth: usize,
        column: usize,
        decide: &mut impl FnMut(NodeId, usize, bool) -> bool,
    ) {
        let edges = self.document.edges(id);
        if edges.is_empty() {
            return;
        }
        let expected = self.expects_inline(id, column);
        let ordinal = self.ordinal;
        self.ordinal += 1;
        if decide(id, ordinal, expected) {
            return;
        }
        for edge in edges {
            // Two columns a level: what formatters with a line width use.
            let key = match self.document.node(id).kind {
                Kind::Object => self.document.str(edge.key).chars().count() + 4,
                _ => 0,
            };
            self.visit(edge.node, depth + 1, (depth + 1) * 2 + key, decide);
        }
    }

    fn expects_inline(&self, id: NodeId, column: usize) -> bool {
        let width = self.widths.get(id).copied().unwrap_or_default();
        let [objects, arrays] = self.rules;
        let rule = match self.document.node(id).kind {
            Kind::Object => objects,
            _ => arrays,
        };
        let breaks =
            (width.objects && objects == Rule::Never) || (width.arrays && arrays == Rule::Never);
        match rule {
            Rule::Never => false,
            Rule::Flat => !breaks && !width.objects && !width.arrays,
            Rule::Fit(limit) => !breaks && column + width.columns <= limit,
        }
    }
}
