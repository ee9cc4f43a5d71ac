//! Questions about single nodes of a syntax tree; each looks at a bounded number of others.

use std::ops::Range;

use tree_sitter::{Language, Node};

use super::grammar::{Grammar, Role};

/// Levels below a node in which its `=`, its body or its declarator are looked for.
const LEVELS_MAX: usize = 4;

/// The same for a body: further down is that of something else.
const BODY_LEVELS_MAX: usize = 2;

/// Nodes looked at for that.
const NODES_MAX: usize = 64;

/// The kinds of nodes of one language.
pub(super) struct Kinds<'k> {
    grammar: &'k Grammar,
    /// By the numbers of the kinds.
    roles: Vec<Option<Role>>,
}

impl<'k> Kinds<'k> {
    pub(super) fn new(grammar: &'k Grammar, language: &Language) -> Self {
        let role_of = |kind: &str| {
            let mut roles = grammar.roles.iter();
            roles.find_map(|(role, kinds)| kinds.contains(&kind).then_some(*role))
        };
        let kinds = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let roles = (0..kinds)
            .map(|id| {
                let is_named = language.node_kind_is_named(id);
                language
                    .node_kind_for_id(id)
                    .filter(|_| is_named)
                    .and_then(role_of)
            })
            .collect();
        Self { grammar, roles }
    }

    pub(super) fn role(&self, node: Node<'_>) -> Option<Role> {
        self.roles
            .get(usize::from(node.kind_id()))
            .copied()
            .flatten()
    }

    /// The part of `node` that its signature ends before.
    pub(super) fn body<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        node.child_by_field_name("body")
            .into_iter()
            .chain(below(node, BODY_LEVELS_MAX, &|node| {
                self.grammar.bodies.contains(&node.kind())
            }))
            .min_by_key(Node::start_byte)
            // The fields of a tuple are its signature.
            .filter(|body| body.kind() != "ordered_field_declaration_list")
    }

    /// The function that `node` assigns to a name.
    pub(super) fn assigned<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        const CHAIN: &[&str] = &[
            "variable_declarator",
            "init_declarator",
            "expression_list",
            "assignment_statement",
        ];
        // A call with a block assigns nothing.
        let mut value = Some(node).filter(|node| node.kind() != "call")?;
        for _ in 0..LEVELS_MAX {
            let count = u32::try_from(value.named_child_count()).ok()?;
            value = value.named_child(count.checked_sub(1)?)?;
            if self.role(value) == Some(Role::Anonymous) {
                return Some(value);
            }
            if !CHAIN.contains(&value.kind()) {
                return None;
            }
        }
        None
    }

    /// Whether an entry may be inside of `node`, near its top.
    pub(super) fn declares(&self, node: Node<'_>) -> bool {
        let entry = |node: Node<'_>| match self.role(node) {
            Some(Role::Assigned) => self.assigned(node).is_some(),
            Some(
                Role::Attribute | Role::Comment | Role::Anonymous | Role::Through | Role::Member,
            )
            | None => false,
            Some(_) => true,
        };
        below(node, LEVELS_MAX, &entry).is_some()
    }

    /// Whether `node` declares a type and nothing of that type.
    pub(super) fn is_bare_type(&self, node: Node<'_>) -> bool {
        let is_type = |node: Node<'_>| {
            self.role(node) == Some(Role::TypeWithBody) && self.body(node).is_some()
        };
        node.child_by_field_name("declarator").is_none()
            && node.child_by_field_name("type").is_some_and(is_type)
    }

    /// The string that documents `node` as the first statement of its body.
    pub(super) fn docstring(&self, node: Node<'_>) -> Option<Range<usize>> {
        lone_string(self.body(node)?.named_child(0)?)
    }
}

/// The first node near the top of `node` for which `is` holds.
pub(super) fn find<'n>(node: Node<'n>, is: &dyn Fn(Node<'n>) -> bool) -> Option<Node<'n>> {
    below(node, LEVELS_MAX, is)
}

/// Whether `node` holds the fields of a record.
pub(super) fn is_record(node: Node<'_>) -> bool {
    matches!(node.kind(), "field_declaration_list" | "enumerator_list")
}

/// The string that is all of statement `node`.
pub(super) fn lone_string(node: Node<'_>) -> Option<Range<usize>> {
    let string = node
        .named_child(0)
        .filter(|_| node.kind() == "expression_statement")?;
    (string.kind() == "string").then(|| string.byte_range())
}

/// The first node at most `levels_max` below `node`, in the order of the text, for which `is` holds.
fn below<'n>(node: Node<'n>, levels_max: usize, is: &dyn Fn(Node<'n>) -> bool) -> Option<Node<'n>> {
    let mut cursor: tree_sitter::TreeCursor<'n> = node.walk();
    let mut level = 0;
    for _ in 0..NODES_MAX {
        let is_deep = level >= levels_max || (level > 0 && is_parameters(cursor.node()));
        if !is_deep && cursor.goto_first_child() {
            level += 1;
        } else {
            while !cursor.goto_next_sibling() {
                if level == 0 || !cursor.goto_parent() {
                    return None;
                }
                level -= 1;
                if level == 0 {
                    return None;
                }
            }
        }
        if is(cursor.node()) {
            return Some(cursor.node());
        }
    }
    None
}

/// Whether the declarator of `node` is one of a function.
pub(super) fn declares_function(node: Node<'_>) -> bool {
    let mut declarator = node;
    for _ in 0..LEVELS_MAX {
        let Some(inner) = declarator.child_by_field_name("declarator") else {
            return false;
        };
        if inner.kind() == "function_declarator" {
            return true;
        }
        declarator = inner;
    }
    false
}

fn is_parameters(node: Node<'_>) -> bool {
    node.kind().contains("parameter") || node.kind().contains("argument")
}

/// First and last line of `node`, from 1.
pub(super) fn rows(node: Node<'_>) -> (usize, usize) {
    let (start, end) = (node.start_position(), node.end_position());
    let last = if end.column == 0 && end.row > start.row {
        end.row
    } else {
        end.row + 1
    };
    (start.row + 1, last)
}
