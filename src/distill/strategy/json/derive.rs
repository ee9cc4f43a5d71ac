//! Columns that follow from others: each text is the texts of other columns of its row with the same pieces between.

use super::columns::{Context, Leaf, sample, short_sample};
use super::notation::ROW_KEY;
use super::shape::{Role, Shape};
use super::template::{Part, Template};
use super::tree::{Document, Kind, NodeId};

/// Columns that one text may be made of.
const SOURCES_MAX: usize = 4;
/// Places in the first row's text where one source is tried.
const PLACES_MAX: usize = 4;

/// A column of scalars of one kind.
struct Strings<'a> {
    index: usize,
    bare: bool,
    name: Option<&'a str>,
    bytes: usize,
    texts: Vec<&'a str>,
}

/// Returns the columns that follow from others, each with its template.
///
/// A column follows from shorter ones only (of equal ones, from earlier ones), so there is no circle.
/// `keys` are those of the rows of an object; every column may follow from them.
pub(super) fn derived(
    context: &Context<'_>,
    leaves: &[Leaf<'_>],
    keys: Option<&[&str]>,
) -> Vec<(usize, Template)> {
    let document = context.document;
    let mut strings: Vec<_> = leaves
        .iter()
        .enumerate()
        .filter_map(|(index, leaf)| strings(document, index, leaf))
        .collect();
    strings.sort_by_key(|strings| {
        (
            std::cmp::Reverse(strings.bytes),
            std::cmp::Reverse(strings.index),
        )
    });
    let keys = keys.map(|keys| Strings {
        index: usize::MAX,
        bare: false,
        name: Some(ROW_KEY),
        bytes: usize::MAX,
        texts: keys.to_vec(),
    });
    let mut found = Vec::new();
    for (place, target) in strings.iter().enumerate() {
        let shorter = strings.get(place + 1..).unwrap_or_default();
        let sources: Vec<&Strings<'_>> = keys.iter().chain(shorter).collect();
        let Some(template) = template(target, &sources) else {
            continue;
        };
        let height = target.texts.len();
        let rows = short_sample(height, |row| {
            target.texts.get(row).map_or(0, |text| text.len())
        });
        let Some(leaf) = leaves.get(target.index) else {
            continue;
        };
        let cells: usize = rows
            .iter()
            .filter_map(|row| leaf.column.values.get(*row).copied().flatten())
            .map(|id| context.cell_price(id, None))
            .sum();
        let spelled = context.prices.of(&format!("={}", template.spelling()));
        if cells * height > spelled * rows.len().max(1) {
            found.push((target.index, template));
        }
    }
    found
}

fn strings<'a>(document: &'a Document, index: usize, leaf: &'a Leaf<'_>) -> Option<Strings<'a>> {
    let plain = matches!(leaf.column.shape, Shape::Any) && matches!(leaf.column.role, Role::Cell);
    let first: NodeId = leaf.column.values.first().copied().flatten()?;
    let kind = document.node(first).kind;
    if !plain || leaf.column.values.len() < 2 || !matches!(kind, Kind::Bare | Kind::Text) {
        return None;
    }
    let texts: Vec<&str> = leaf
        .column
        .values
        .iter()
        .map(|value| {
            value
                .filter(|id| document.node(*id).kind == kind)
                .map(|id| document.lexeme(id))
        })
        .collect::<Option<_>>()?;
    Some(Strings {
        index,
        bare: kind == Kind::Bare,
        name: leaf.name.as_deref(),
        bytes: texts.iter().map(|text| text.len()).sum(),
        texts,
    })
}

fn template(target: &Strings<'_>, sources: &[&Strings<'_>]) -> Option<Template> {
    let rows = sample(target.texts.len());
    let pick = |strings: &Strings<'_>| -> Vec<String> {
        let texts = rows.iter().filter_map(|row| strings.texts.get(*row));
        texts.map(|text| (*text).to_owned()).collect()
    };
    let targets = pick(target);
    let mut rests: Vec<&str> = targets.iter().map(String::as_str).collect();
    let mut parts = Vec::new();
    for _ in 0..=SOURCES_MAX {
        let first = *rests.first()?;
        if rests.iter().all(|rest| *rest == first) {
            push_literal(&mut parts, first)?;
            let template = Template {
                parts,
                bare: target.bare,
            };
            let from_columns = template
                .parts
                .iter()
                .any(|part| matches!(part, Part::Column(_)));
            return (from_columns && holds(&template, target, sources)).then_some(template);
        }
        let shared = common(&rests);
        let (source, place) = sources
            .iter()
            .filter(|source| source.name.is_some())
            .find_map(|source| Some((source, place(&rests, shared, source, &rows)?)))?;
        push_literal(&mut parts, first.get(..place)?)?;
        parts.push(Part::Column(source.name?.to_owned()));
        for (rest, row) in rests.iter_mut().zip(&rows) {
            *rest = rest.get(place + source.texts.get(*row)?.len()..)?;
        }
    }
    None
}

fn push_literal(parts: &mut Vec<Part>, literal: &str) -> Option<()> {
    Template::may_hold(literal).then_some(())?;
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.to_owned()));
    }
    Some(())
}

/// Returns the number of bytes that all texts begin with alike.
fn common(texts: &[&str]) -> usize {
    let Some((first, others)) = texts.split_first() else {
        return 0;
    };
    others.iter().fold(first.len(), |length, other| {
        let pairs = first.bytes().zip(other.bytes());
        pairs
            .take(length)
            .take_while(|(one, other)| one == other)
            .count()
    })
}

/// Returns where the source's text begins in what is left of every row, after the same piece in each.
fn place(rests: &[&str], shared: usize, source: &Strings<'_>, rows: &[usize]) -> Option<usize> {
    let first = *rests.first()?;
    let needle = *rows.first().and_then(|row| source.texts.get(*row))?;
    if needle.is_empty() {
        return None;
    }
    first
        .match_indices(needle)
        .map(|(place, _)| place)
        .take_while(|place| *place <= shared)
        .take(PLACES_MAX)
        .find(|place| {
            let mut pairs = rests.iter().zip(rows);
            pairs.all(|(rest, row)| {
                let text = source.texts.get(*row).copied();
                let rest = rest.get(*place..);
                rest.zip(text)
                    .is_some_and(|(rest, text)| rest.starts_with(text))
            })
        })
}

/// Tells whether the template makes every row of the target, not only the sampled ones.
fn holds(template: &Template, target: &Strings<'_>, sources: &[&Strings<'_>]) -> bool {
    let columns: Vec<_> = sources
        .iter()
        .filter(|source| {
            template.parts.iter().any(
                |part| matches!(part, Part::Column(name) if source.name == Some(name.as_str())),
            )
        })
        .collect();
    target.texts.iter().enumerate().all(|(row, text)| {
        let made = template.fill("", |name| {
            let source = columns.iter().find(|source| source.name == Some(name))?;
            source.texts.get(row).copied()
        });
        made.as_deref() == Some(*text)
    })
}
