//! What is computed: fields (contents, references, links), and controls, of which some only show what is told elsewhere.

use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token};

use super::super::sheet::one_line;
use super::attribute;
use crate::markup;

/// Fields and controls that are open.
#[derive(Default)]
pub(super) struct Open {
    fields: Vec<Field>,
    controls: Vec<bool>,
}

#[derive(Default)]
struct Field {
    /// What it computes, as it is written.
    instruction: String,
    /// Whether what follows is what came out.
    in_result: bool,
}

/// Fields in fields that are kept apart: deeper ones are part of the last.
const DEPTH_MAX: usize = 64;

impl Open {
    /// Takes the mark where a field begins, has its result, or ends; returns the address that it leads to as it begins to
    /// show, and whether it ends.
    pub(super) fn mark(&mut self, tag: &Tag) -> Mark {
        match attribute(tag, "w:fldchartype").as_str() {
            "begin" if self.fields.len() < DEPTH_MAX => self.fields.push(Field::default()),
            "separate" => {
                if let Some(field) = self.fields.last_mut() {
                    field.in_result = true;
                    return Mark::Shows(address(&field.instruction));
                }
            }
            "end" => {
                let shown = self.fields.pop().is_some_and(|field| field.in_result);
                return if shown { Mark::Ends } else { Mark::None };
            }
            _ => {}
        }
        Mark::None
    }

    /// Begins a field that is written at once; returns the address that it leads to.
    pub(super) fn begin(&mut self, tag: &Tag) -> String {
        let instruction = attribute(tag, "w:instr");
        let leads = address(&instruction);
        self.fields.push(Field {
            instruction,
            in_result: true,
        });
        leads
    }

    pub(super) fn end(&mut self) {
        self.fields.pop();
    }

    /// Adds to what the last field computes.
    pub(super) fn instruct(&mut self, words: &str) {
        let field = self.fields.last_mut().filter(|field| !field.in_result);
        if let Some(field) = field {
            field.instruction.push_str(words);
        }
    }

    pub(super) fn begin_control(&mut self) {
        self.controls.push(false);
    }

    /// Notes that the control that is open tells nothing of its own.
    pub(super) fn silence_control(&mut self) {
        if let Some(control) = self.controls.last_mut() {
            *control = true;
        }
    }

    pub(super) fn end_control(&mut self) {
        self.controls.pop();
    }

    /// Tells whether what is open tells only what is told elsewhere: headings again, or what to type here.
    pub(super) fn is_silent(&self) -> bool {
        let repeats = |field: &Field| {
            let name = field.instruction.split_whitespace().next();
            field.in_result && matches!(name, Some("TOC" | "INDEX" | "TOA"))
        };
        self.controls.contains(&true) || self.fields.iter().any(repeats)
    }
}

/// What the mark of a field is.
pub(super) enum Mark {
    None,
    /// What follows is shown, and leads to this address; `""` if nowhere.
    Shows(String),
    Ends,
}

/// Returns where a field leads: `HYPERLINK "https://…"`.
fn address(instruction: &str) -> String {
    let rest = instruction.trim_start().strip_prefix("HYPERLINK");
    let rest = rest.map(str::trim_start).unwrap_or_default();
    if rest.starts_with('\\') {
        return String::new();
    }
    let quoted = rest
        .strip_prefix('"')
        .and_then(|rest| rest.split('"').next());
    let first = quoted.or_else(|| rest.split_whitespace().next());
    first.map(outside).unwrap_or_default()
}

/// Returns `address` if it leads out of the document.
fn outside(address: &str) -> String {
    let is_outside = ["http://", "https://", "mailto:"]
        .iter()
        .any(|start| address.starts_with(start));
    if is_outside && !address.contains(char::is_whitespace) {
        one_line(address)
    } else {
        String::new()
    }
}

/// Returns where the links of a document lead, by their number.
pub(super) fn links(xml: &str) -> HashMap<String, String> {
    let mut links = HashMap::new();
    markup::each(xml, |token, _| {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
            && &*tag.name == "relationship"
        {
            let target = outside(&attribute(&tag, "target"));
            if !target.is_empty() {
                links.insert(attribute(&tag, "id"), target);
            }
        }
    });
    links
}
