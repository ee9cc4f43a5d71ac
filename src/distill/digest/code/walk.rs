//! Syntax tree → entries of the outline, in the order of the text.
//!
//! The walk keeps its own stack, so that no depth of nesting can overflow that of the program, and looks at each node once.

use std::ops::Range;

use tree_sitter::{Node, Tree};

use super::grammar::{Grammar, Role};
use super::node::{Kinds, declares_function, find, is_record, lone_string, rows};
use super::signature::{is_constant, is_long, is_named_constant};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Function,
    Type,
    Value,
    /// Statements that declare nothing.
    Statements,
}

/// Something that an outline names.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) class: Class,
    /// The entry that it is inside of.
    pub(super) parent: Option<usize>,
    /// Entries that it is inside of.
    pub(super) depth: usize,
    /// Whether it is inside of a function.
    pub(super) is_local: bool,
    /// The word before, where several entries share it.
    pub(super) keyword: Option<Range<usize>>,
    /// Bytes of the signature.
    pub(super) signature: Range<usize>,
    /// What follows the body and belongs to the signature.
    pub(super) tail: Option<Range<usize>>,
    /// What is said about it with attributes.
    pub(super) attributes: Vec<Range<usize>>,
    /// Its documentation.
    pub(super) doc: Option<Range<usize>>,
    /// Its fields, variants and properties.
    pub(super) members: Vec<Range<usize>>,
    /// All its bytes.
    pub(super) bytes: Range<usize>,
    /// Its lines, from 1, both included.
    pub(super) lines: (usize, usize),
}

/// All that an outline needs of a text.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) entries: Vec<Entry>,
    pub(super) imports: Vec<Range<usize>>,
    /// Lines of the imports, first and last.
    pub(super) import_lines: Option<(usize, usize)>,
    /// What the text says about itself at its top.
    pub(super) doc: Option<Range<usize>>,
    /// Every comment, in order.
    pub(super) comments: Vec<Range<usize>>,
}

/// What is put before the signatures of the entries inside of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lead {
    None,
    /// All text from this byte on.
    From(usize),
    /// These words.
    Words(Range<usize>),
}

/// What holds for the children of a node.
#[derive(Debug, Clone)]
struct Frame {
    entry: Option<usize>,
    /// Nothing but wrappers stands between the children and their entry.
    is_direct: bool,
    is_local: bool,
    lead: Lead,
}

/// Comments and attributes that wait for the entry they are about.
#[derive(Debug, Default)]
struct Pending {
    doc: Option<Range<usize>>,
    /// Row in which the last of them ends.
    end_row: usize,
    attributes: Vec<Range<usize>>,
    attributes_row: usize,
}

struct Walk<'w> {
    text: &'w str,
    grammar: &'w Grammar,
    kinds: Kinds<'w>,
    pending: Pending,
    out: Walked,
}

/// Finds the entries of `tree`, which was made from `text`.
pub(super) fn walk(grammar: &Grammar, text: &str, tree: &Tree) -> Walked {
    let mut walk = Walk {
        text,
        grammar,
        kinds: Kinds::new(grammar, &tree.language()),
        pending: Pending::default(),
        out: Walked::default(),
    };
    walk.all(tree);
    walk.out
}

impl Walk<'_> {
    fn all(&mut self, tree: &Tree) {
        let mut cursor = tree.walk();
        let mut frames = vec![Frame {
            entry: None,
            is_direct: true,
            is_local: false,
            lead: Lead::None,
        }];
        if !cursor.goto_first_child() {
            return;
        }
        loop {
            let inner = self.enter(cursor.node(), &mut frames);
            if let Some(frame) = inner
                && cursor.goto_first_child()
            {
                frames.push(frame);
                continue;
            }
            while !cursor.goto_next_sibling() {
                frames.pop();
                if !cursor.goto_parent() || frames.is_empty() {
                    return;
                }
            }
        }
    }

    fn import(&mut self, node: Node<'_>) {
        let (first, last) = rows(node);
        self.out.import_lines = match self.out.import_lines {
            // Those further down have lines of their own, which nobody needs to know.
            Some(lines) if !self.out.entries.is_empty() => Some(lines),
            Some((from, _)) => Some((from, last)),
            None => Some((first, last)),
        };
        if self.out.imports.is_empty() && self.out.entries.is_empty() {
            let doc = std::mem::take(&mut self.pending).doc;
            self.about(doc);
        }
        self.out.imports.push(node.byte_range());
        self.pending = Pending::default();
    }

    /// Takes `doc` as what the text says about itself, if it is the first and does not speak of rights.
    fn about(&mut self, doc: Option<Range<usize>>) {
        const RIGHTS: &[&str] = &["copyright", "license", "spdx", "all rights"];
        let text = doc
            .clone()
            .and_then(|doc| self.text.get(doc))
            .unwrap_or_default()
            .to_lowercase();
        if self.out.doc.is_none() && !RIGHTS.iter().any(|word| text.contains(word)) {
            self.out.doc = doc;
        }
    }

    /// Takes what `node` tells and returns what holds inside of it, or `None` if nothing inside matters.
    fn enter(&mut self, node: Node<'_>, frames: &mut [Frame]) -> Option<Frame> {
        let is_root_child = frames.len() == 1;
        let outer = frames.last_mut()?;
        let mut inner = Frame {
            entry: outer.entry,
            is_direct: false,
            is_local: outer.is_local,
            lead: Lead::None,
        };
        let role = self.kinds.role(node);
        match role {
            Some(Role::Comment) => {
                self.comment(node);
                return None;
            }
            Some(Role::Attribute) => {
                if self.pending.attributes.is_empty() {
                    self.pending.attributes_row = node.start_position().row;
                }
                self.pending.attributes.push(node.byte_range());
                self.pending.end_row = node.end_position().row;
                if let Lead::From(_) = outer.lead {
                    outer.lead = Lead::From(node.end_byte());
                }
                return None;
            }
            Some(Role::Import) => {
                if !outer.is_local {
                    self.import(node);
                }
                return None;
            }
            Some(Role::Prefix) => {
                inner.is_direct = outer.is_direct;
                inner.lead = match outer.lead {
                    Lead::From(start) => Lead::From(start),
                    _ => Lead::From(node.start_byte()),
                };
                if is_root_child && !self.kinds.declares(node) {
                    self.statement(node);
                }
                return Some(inner);
            }
            Some(Role::Keyword) => {
                inner.is_direct = outer.is_direct;
                let start = match outer.lead {
                    Lead::From(start) => start,
                    _ => node.start_byte(),
                };
                let end = node.child(0).map_or(start, |first| first.end_byte());
                inner.lead = Lead::Words(start..end);
                return Some(inner);
            }
            Some(Role::Through) => {
                inner.is_direct = outer.is_direct;
                inner.lead = outer.lead.clone();
                if is_root_child && !self.kinds.declares(node) {
                    match lone_string(node) {
                        Some(doc) if self.out.entries.is_empty() => self.about(Some(doc)),
                        Some(_) => {}
                        None => self.statement(node),
                    }
                }
                return Some(inner);
            }
            Some(Role::Anonymous) => {
                inner.is_local = true;
                return Some(inner);
            }
            _ => {}
        }
        let outer = outer.clone();
        if role == Some(Role::TypeWithBody)
            && is_root_child
            && node.kind().starts_with("namespace")
            && self.kinds.body(node).is_none()
        {
            self.import(node);
            return None;
        }
        // A type inside of a type: `struct A { struct B { int c; }; };`
        if role == Some(Role::Member) && self.kinds.is_bare_type(node) {
            inner.is_direct = outer.is_direct;
            return Some(inner);
        }
        let class = role.and_then(|role| self.class(node, role, &outer));
        if let Some(class) = class {
            inner.entry = Some(self.entry(node, class, role == Some(Role::Alias), &outer));
            inner.is_direct = class == Class::Type;
            inner.is_local = class != Class::Type;
            return Some(inner);
        }
        if let Some(Role::Member | Role::Value) = role {
            if outer.is_direct
                && let Some(entry) = outer.entry
            {
                self.member(node, entry);
                inner.is_local = true;
            }
            self.pending = Pending::default();
            return Some(inner);
        }
        if node.is_named() {
            self.pending = Pending::default();
            if is_root_child && !node.is_error() {
                self.statement(node);
            }
        }
        Some(inner)
    }

    /// What entry `node` is, if any.
    fn class(&self, node: Node<'_>, role: Role, outer: &Frame) -> Option<Class> {
        let is_in_type = outer.is_direct && outer.entry.is_some();
        match role {
            Role::Function => Some(Class::Function),
            Role::Type => Some(Class::Type),
            Role::TypeWithBody => self
                .kinds
                .body(node)
                .filter(|_| outer.is_direct)
                .map(|_| Class::Type),
            // A function that has its name from an assignment; short ones are values, or inside of others of no interest.
            _ if self.kinds.assigned(node).is_some() => {
                let is_short = node.start_position().row == node.end_position().row;
                let is_declared = role != Role::Assigned && outer.is_direct && !outer.is_local;
                match (is_short, is_declared) {
                    (true, true) if !is_long(self.of(node), false) => Some(Class::Value),
                    (true, false) => None,
                    _ => Some(Class::Function),
                }
            }
            Role::Assigned => None,
            _ if !outer.is_direct || outer.is_local => None,
            Role::Constant | Role::Value | Role::Member if declares_function(node) => {
                Some(Class::Function)
            }
            Role::Constant | Role::Alias => Some(Class::Value),
            Role::Value if !is_in_type => Some(Class::Value),
            Role::Value if is_named_constant(self.of(node)) => Some(Class::Value),
            Role::Member if is_constant(self.of(node)) => Some(Class::Value),
            _ => None,
        }
    }

    fn entry(&mut self, node: Node<'_>, class: Class, is_alias: bool, outer: &Frame) -> usize {
        let pending = std::mem::take(&mut self.pending);
        let (start, keyword) = match &outer.lead {
            Lead::None => (node.start_byte(), None),
            Lead::From(start) => (*start, None),
            Lead::Words(words) => (node.start_byte(), Some(words.clone())),
        };
        let mut end = node.end_byte();
        let mut tail = None;
        let body = match class {
            Class::Function => self
                .kinds
                .body(node)
                .or_else(|| self.kinds.assigned(node).and_then(|f| self.kinds.body(f))),
            Class::Type => self.kinds.body(node),
            Class::Value | Class::Statements => None,
        };
        if let Some(body) = body {
            end = body.start_byte();
        } else if class == Class::Value {
            let text = self.text.get(start..end).unwrap_or_default();
            if is_long(text, is_alias)
                && let Some(cut) = find(node, &|node| node.kind() == "=" || is_record(node))
            {
                end = if cut.kind() == "=" {
                    cut.end_byte()
                } else {
                    cut.start_byte()
                };
                // `typedef struct { … } name;`
                tail = (cut.kind() != "=").then(|| cut.end_byte()..node.end_byte());
            }
        }
        let (mut first, last) = rows(node);
        let lead_byte = keyword.as_ref().map_or(start, |words| words.start);
        let lead_rows = self
            .text
            .get(lead_byte..node.start_byte())
            .filter(|lead| keyword.is_none() || !lead.contains('('))
            .map_or(0, |lead| lead.trim_start().matches('\n').count());
        first -= lead_rows.min(first - 1);
        if !pending.attributes.is_empty() {
            first = first.min(pending.attributes_row + 1);
        }
        let mut documented = pending.doc;
        if pending.end_row + 2 < first {
            let doc = documented.take();
            if self.out.entries.is_empty() {
                self.about(doc);
            }
        }
        let doc = documented.or_else(|| self.kinds.docstring(node));
        self.out.entries.push(Entry {
            class,
            parent: outer.entry,
            depth: outer
                .entry
                .and_then(|parent| self.out.entries.get(parent))
                .map_or(0, |parent| parent.depth + 1),
            is_local: outer.is_local,
            keyword,
            signature: start..end,
            tail,
            attributes: pending.attributes,
            doc,
            members: Vec::new(),
            bytes: start..node.end_byte(),
            lines: (first, last),
        });
        self.out.entries.len() - 1
    }

    fn member(&mut self, node: Node<'_>, entry: usize) {
        let text = self.text.get(node.byte_range()).unwrap_or_default();
        let wanted = self.grammar.members;
        if (wanted.is_empty() || wanted.iter().any(|start| text.starts_with(start)))
            && let Some(entry) = self.out.entries.get_mut(entry)
        {
            entry.members.push(node.byte_range());
        }
    }

    /// Statements at top level, those that follow each other together.
    fn statement(&mut self, node: Node<'_>) {
        let (first, last) = rows(node);
        if let Some(before) = self.out.entries.last_mut()
            && before.class == Class::Statements
        {
            before.lines.1 = last;
            before.bytes.end = node.end_byte();
            return;
        }
        let start = node.start_byte();
        let text = self.text.get(node.byte_range()).unwrap_or_default();
        let end = start + text.find(['\n', '\r']).unwrap_or(text.len());
        self.out.entries.push(Entry {
            class: Class::Statements,
            parent: None,
            depth: 0,
            is_local: false,
            keyword: None,
            signature: start..end,
            tail: None,
            attributes: Vec::new(),
            doc: None,
            members: Vec::new(),
            bytes: node.byte_range(),
            lines: (first, last),
        });
    }

    fn comment(&mut self, node: Node<'_>) {
        let range = node.byte_range();
        self.out.comments.push(range.clone());
        let before = self.text.get(..range.start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        if !line.trim().is_empty() {
            return;
        }
        let text = self.text.get(range.clone()).unwrap_or_default();
        let row = node.start_position().row;
        let end_row = row + text.trim_end().matches('\n').count();
        let is_doc = self
            .grammar
            .docs
            .iter()
            .any(|start| text.starts_with(start))
            && !text.starts_with("#!");
        self.pending.doc = match self.pending.doc.take() {
            Some(doc) if self.pending.end_row + 1 == row && is_doc => Some(doc.start..range.end),
            _ => is_doc.then_some(range),
        };
        self.pending.end_row = end_row;
    }

    fn of(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }
}
