//! Columns that follow from others: each text is the texts of other columns of its row with the same pieces between, in
//! every row or in most.

use std::borrow::Cow;

use super::columns::{Context, Leaf, sample, short_sample};
use super::notation::{ROW_KEY, USUAL, USUALLY};
use super::shape::{Role, Shape};
use super::template::{Part, REST, Template};
use super::tree::{Document, Kind};
use crate::distill::map::Set;

/// Columns that one text may be made of.
const SOURCES_MAX: usize = 4;
/// Places in the first row's text where one source is tried.
const PLACES_MAX: usize = 4;

/// Rows below which what is usual is no rule.
const USUAL_ROWS_MIN: usize = 8;
/// Rows that a usual template is made from: few, so that they may all be usual ones.
const USUAL_SAMPLE: usize = 4;
/// Times that a usual template is looked for, each in other rows.
const USUAL_TRIES: usize = 3;
/// Thousandths of tokens of a cell below which its column is not worth a rule.
const USUAL_CELL_MIN: usize = 2500;
/// Tokens that a rule with exceptions must save: its reader has to follow it.
const USUAL_GAIN_MIN: usize = 12;

/// What a template may be made from, or for: a column of scalars of one kind; other values are none.
struct Strings<'a> {
    index: usize,
    bare: bool,
    name: Option<Cow<'a, str>>,
    bytes: usize,
    texts: Vec<Option<Cow<'a, str>>>,
}

impl Strings<'_> {
    fn text(&self, row: usize) -> Option<&str> {
        self.texts.get(row)?.as_deref()
    }

    fn is_total(&self) -> bool {
        self.texts.iter().all(Option::is_some)
    }

    /// A column follows from lesser ones only, so that there is no circle.
    fn order(&self) -> (usize, usize) {
        (self.bytes, self.index)
    }
}

/// Returns the columns that follow from others, each with its template.
///
/// `keys` are those of the rows of an object; every column may follow from them.
pub(super) fn derived(
    context: &Context<'_>,
    leaves: &[Leaf<'_>],
    keys: Option<&[&str]>,
) -> Vec<(usize, Template)> {
    let mut strings = columns(context.document, leaves);
    strings.retain(|strings| is_cell(leaves, strings) && strings.is_total());
    strings.sort_by_key(|strings| std::cmp::Reverse(strings.order()));
    let keys = keys.map(row_keys);
    let mut found = Vec::new();
    for (place, target) in strings.iter().enumerate() {
        let shorter = strings.get(place + 1..).unwrap_or_default();
        let sources: Vec<&Strings<'_>> = keys.iter().chain(shorter).collect();
        let rows = sample(target.texts.len());
        let template = template(target, &sources, &rows)
            .filter(|template| matches(template, target, &sources).all(|is_made| is_made));
        if let Some(template) = template
            && pays(context, leaves, target, &template)
        {
            found.push((target.index, template));
        }
    }
    found
}

/// Returns the columns that follow from others of which only the cell returns in them, as the addresses of one thing on
/// two servers do.
pub(super) fn from_cells(
    context: &Context<'_>,
    leaves: &[Leaf<'_>],
    keys: Option<&[&str]>,
) -> Vec<(usize, Template)> {
    let mut strings = columns(context.document, leaves);
    strings.retain(Strings::is_total);
    let mut rests = rests(leaves, &strings);
    rests.retain(Strings::is_total);
    if rests.is_empty() {
        return Vec::new();
    }
    // The shorter ones first: a column that follows from another has no cell that could return.
    strings.sort_by_key(Strings::order);
    let keys = keys.map(row_keys);
    let mut found: Vec<(usize, Template)> = Vec::new();
    for target in &strings {
        let own = leaves.get(target.index).map(|leaf| &leaf.column.own);
        if !is_cell(leaves, target) || matches!(own, None | Some(None)) {
            continue;
        }
        let sources = sources(target, keys.as_ref(), &strings, &rests);
        let rows = sample(target.texts.len());
        let template = template(target, &sources, &rows)
            .filter(|template| matches(template, target, &sources).all(|is_made| is_made));
        if let Some(template) = template
            && pays(context, leaves, target, &template)
        {
            rests.retain(|rest| rest.index != target.index);
            found.push((target.index, template));
        }
    }
    found
}

/// Returns the columns that follow from others in most rows, with the rows in which they do.
pub(super) fn usual(
    context: &Context<'_>,
    leaves: &[Leaf<'_>],
    keys: Option<&[&str]>,
) -> Vec<(usize, Template, Vec<bool>)> {
    let height = leaves.first().map_or(0, |leaf| leaf.column.values.len());
    if height < USUAL_ROWS_MIN {
        return Vec::new();
    }
    let mut strings = columns(context.document, leaves);
    let mut rests = rests(leaves, &strings);
    strings.sort_by_key(Strings::order);
    let keys = keys.map(row_keys);
    let pinned = pinned(leaves);
    let mut found = Vec::new();
    for target in &strings {
        let Some(leaf) = leaves.get(target.index) else {
            continue;
        };
        let is_pinned = target
            .name
            .as_deref()
            .is_some_and(|name| pinned.contains(name));
        if is_pinned || !is_cell(leaves, target) || context.mean(leaf.column) < USUAL_CELL_MIN {
            continue;
        }
        let sources = sources(target, keys.as_ref(), &strings, &rests);
        let rows: Vec<usize> = (0..height)
            .filter(|row| target.text(*row).is_some())
            .collect();
        let best = (0..USUAL_TRIES)
            .filter_map(|which| {
                let template = template(target, &sources, &spread(&rows, which))?;
                let rows: Vec<bool> = matches(&template, target, &sources).collect();
                let gain = usual_gain(context, leaf, &template, &rows);
                (gain >= USUAL_GAIN_MIN).then_some((gain, template, rows))
            })
            .max_by_key(|(gain, ..)| *gain);
        if let Some((_, template, rows)) = best {
            rests.retain(|rest| rest.index != target.index);
            found.push((target.index, template, rows));
        }
    }
    found
}

/// Returns a few of `rows`, others for each number.
fn spread(rows: &[usize], which: usize) -> Vec<usize> {
    let step = (rows.len() / USUAL_SAMPLE).max(1);
    let first = step * which / USUAL_TRIES;
    let picked = rows.iter().skip(first).step_by(step);
    picked.take(USUAL_SAMPLE).copied().collect()
}

/// Returns the tokens that marking `rows` instead of writing their cells saves, about.
fn usual_gain(context: &Context<'_>, leaf: &Leaf<'_>, template: &Template, rows: &[bool]) -> usize {
    let mark = context.prices.of(&format!(",{USUAL}"));
    let column = leaf.column;
    let looked_at = short_sample(rows.len(), |row| {
        let value = column.values.get(row).copied().flatten();
        value.map_or(0, |id| context.document.lexeme(id).len())
    });
    let marked = looked_at
        .iter()
        .filter(|row| rows.get(**row) == Some(&true));
    let saved: usize = marked
        .map(|row| context.row_price(column, *row).saturating_sub(mark))
        .sum();
    let spelled = context
        .prices
        .of(&format!("{USUALLY}{}", template.spelling()));
    (saved * rows.len() / looked_at.len().max(1)).saturating_sub(spelled)
}

/// Tells whether a column costs more in its cells than its template does.
fn pays(
    context: &Context<'_>,
    leaves: &[Leaf<'_>],
    target: &Strings<'_>,
    template: &Template,
) -> bool {
    let Some(leaf) = leaves.get(target.index) else {
        return false;
    };
    let height = target.texts.len();
    let rows = short_sample(height, |row| target.text(row).map_or(0, str::len));
    let cells: usize = rows
        .iter()
        .filter_map(|row| leaf.column.values.get(*row).copied().flatten())
        .map(|id| context.cell_price(id, leaf.column.own.as_ref()))
        .sum();
    let spelled = context.prices.of(&format!("={}", template.spelling()));
    cells * height > spelled * rows.len().max(1)
}

/// Returns the columns of scalars.
fn columns<'a>(document: &'a Document, leaves: &'a [Leaf<'_>]) -> Vec<Strings<'a>> {
    let columns = leaves.iter().enumerate();
    columns
        .filter_map(|(index, leaf)| strings(document, index, leaf))
        .collect()
}

fn strings<'a>(document: &'a Document, index: usize, leaf: &'a Leaf<'_>) -> Option<Strings<'a>> {
    let values = &leaf.column.values;
    let kinds = || values.iter().flatten().map(|id| document.node(*id).kind);
    if !matches!(leaf.column.shape, Shape::Any) || values.len() < 2 {
        return None;
    }
    // `null` among texts is none of them.
    let kind = kinds()
        .find(|kind| *kind == Kind::Text)
        .or(kinds().next())?;
    matches!(kind, Kind::Bare | Kind::Text).then_some(())?;
    let texts: Vec<_> = values
        .iter()
        .map(|value| value.filter(|id| document.node(*id).kind == kind))
        .map(|value| value.map(|id| Cow::Borrowed(document.lexeme(id))))
        .collect();
    Some(Strings {
        index,
        bare: kind == Kind::Bare,
        name: leaf.name.as_deref().map(Cow::Borrowed),
        bytes: texts.iter().flatten().map(|text| text.len()).sum(),
        texts,
    })
}

/// Returns what the cells of texts hold where their column has a template for the rest.
fn rests<'a>(leaves: &[Leaf<'_>], strings: &[Strings<'a>]) -> Vec<Strings<'a>> {
    let rest = |strings: &Strings<'a>| {
        let own = leaves.get(strings.index)?.column.own.as_ref()?;
        let name = format!("{}{REST}", strings.name.as_ref()?);
        (!strings.bare && own.parts.contains(&Part::Cell)).then_some(())?;
        let cell = |text: &Option<Cow<'a, str>>| own.cell(text.as_deref()?).map(Cow::Owned);
        Some(Strings {
            name: Some(Cow::Owned(name)),
            texts: strings.texts.iter().map(cell).collect(),
            ..*strings
        })
    };
    strings.iter().filter_map(rest).collect()
}

/// Returns the keys of rows as a column.
fn row_keys<'a>(keys: &'a [&str]) -> Strings<'a> {
    Strings {
        index: usize::MAX,
        bare: false,
        name: Some(Cow::Borrowed(ROW_KEY)),
        bytes: 0,
        texts: keys.iter().map(|key| Some(Cow::Borrowed(*key))).collect(),
    }
}

/// Returns what `target` may be made of, the longest first.
fn sources<'s, 'a>(
    target: &Strings<'_>,
    keys: Option<&'s Strings<'a>>,
    strings: &'s [Strings<'a>],
    rests: &'s [Strings<'a>],
) -> Vec<&'s Strings<'a>> {
    let lesser = strings
        .iter()
        .chain(rests)
        .filter(|source| source.order() < target.order());
    let mut sources: Vec<_> = lesser.collect();
    sources.sort_by_key(|source| std::cmp::Reverse(source.order()));
    keys.into_iter().chain(sources).collect()
}

/// Returns the names of the columns whose cells others are made of.
fn pinned<'a>(leaves: &'a [Leaf<'_>]) -> Set<&'a str> {
    let templates = leaves.iter().filter_map(|leaf| match &leaf.column.role {
        Role::Derived(template) => Some(template),
        _ => None,
    });
    let parts = templates.flat_map(|template| &template.parts);
    parts
        .filter_map(|part| match part {
            Part::Column(name) => name.strip_suffix(REST),
            _ => None,
        })
        .collect()
}

fn is_cell(leaves: &[Leaf<'_>], strings: &Strings<'_>) -> bool {
    let leaf = leaves.get(strings.index);
    leaf.is_some_and(|leaf| matches!(leaf.column.role, Role::Cell))
}

/// Returns the template that makes the texts of `rows` of the target.
fn template(target: &Strings<'_>, sources: &[&Strings<'_>], rows: &[usize]) -> Option<Template> {
    let mut rests: Vec<&str> = rows.iter().filter_map(|row| target.text(*row)).collect();
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
            return from_columns.then_some(template);
        }
        let shared = common(&rests);
        let (source, place) = sources
            .iter()
            .filter(|source| source.name.is_some())
            .find_map(|source| Some((source, place(&rests, shared, source, rows)?)))?;
        push_literal(&mut parts, first.get(..place)?)?;
        parts.push(Part::Column(source.name.as_deref()?.to_owned()));
        for (rest, row) in rests.iter_mut().zip(rows) {
            *rest = rest.get(place + source.text(*row)?.len()..)?;
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
    let needle = source.text(*rows.first()?)?;
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
                let text = source.text(*row);
                let rest = rest.get(*place..);
                rest.zip(text)
                    .is_some_and(|(rest, text)| rest.starts_with(text))
            })
        })
}

/// Tells of each row whether the template makes its text.
fn matches<'m>(
    template: &'m Template,
    target: &'m Strings<'_>,
    sources: &[&'m Strings<'m>],
) -> impl Iterator<Item = bool> + 'm {
    let named = |source: &&&Strings<'_>| {
        let is_named = |part: &Part| matches!(part, Part::Column(name) if source.name.as_deref() == Some(name.as_str()));
        template.parts.iter().any(is_named)
    };
    let columns: Vec<&Strings<'_>> = sources.iter().filter(named).copied().collect();
    (0..target.texts.len()).map(move |row| {
        let made = template.fill("", |name| {
            let is_named = |source: &&&Strings<'_>| source.name.as_deref() == Some(name);
            let source = columns.iter().find(is_named)?;
            source.text(row).map(Cow::Borrowed)
        });
        made.is_some() && made.as_deref() == target.text(row)
    })
}
