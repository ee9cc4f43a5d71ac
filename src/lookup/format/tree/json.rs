//! JSON, with the comments and commas that people leave in it.

use jsonc_parser::ast::{ObjectPropName, Value as Parsed};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::{Node, Tree, Value};

pub(super) fn read(text: &str) -> Result<Tree<'_>, String> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Off,
        tokens: false,
    };
    let parsed = parse_to_ast(text, &collect, &ParseOptions::default())
        .map_err(|error| format!("is no whole JSON: {error}"))?;
    let starts: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let root = parsed.value.map_or(
        Node {
            line: 1,
            value: Value::Null,
        },
        |value| node(value, &starts),
    );
    Ok(Tree { root, cut: None })
}

/// The parser has a limit of depth, so this recursion has it too.
fn node<'a>(parsed: Parsed<'a>, starts: &[usize]) -> Node<'a> {
    let byte = parsed.range().start;
    let line = starts.partition_point(|&start| start <= byte);
    let value = match parsed {
        Parsed::NullKeyword(_) => Value::Null,
        Parsed::BooleanLit(word) => Value::Bool(word.value),
        Parsed::NumberLit(number) => Value::Number(number.value.into()),
        Parsed::StringLit(text) => Value::Text(text.value),
        Parsed::Array(list) => Value::List(
            list.elements
                .into_iter()
                .map(|element| node(element, starts))
                .collect(),
        ),
        Parsed::Object(object) => Value::Map(
            object
                .properties
                .into_iter()
                .map(|property| {
                    let name = match property.name {
                        ObjectPropName::String(name) => name.value,
                        ObjectPropName::Word(name) => name.value.into(),
                    };
                    (name, node(property.value, starts))
                })
                .collect(),
        ),
    };
    Node {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        value,
    }
}
