//! Text → templates and values.

use std::fmt::Write as _;

use super::cluster::{self, Cluster};
use super::known::{Known, Match};
use super::memory::{self, Memory};
use super::split::{Line, Parsed};
use super::stamp::Stamp;
use super::template::{self, Marks, Part, Template};
use super::{CRLF, SIGN, body, name};
use crate::distill::legend::Legend;
use crate::distill::map::Map;

/// Tokens that a template costs beside its text: its name, a space, the line's end.
const TEMPLATE_TOKENS: usize = 3;

/// The marks of templates that later texts know.
const MARKS_TOLD: Marks = Marks {
    open: '{',
    close: '}',
};

/// Shapes are merged wherever that is shorter, be it two.
const WORDS_MIN: usize = 2;

/// Packs `text`, for a reader who knows `legend` if there is one, or returns `None` if no template would pay for itself.
pub(super) fn encode(
    text: &str,
    legend: Option<&Legend>,
    cost: &dyn Fn(&str) -> usize,
) -> Option<String> {
    let crlf = has_crlf_only(text);
    let parsed = Parsed::new(text.split('\n').map(|line| {
        if crlf {
            line.strip_suffix('\r').unwrap_or(line)
        } else {
            line
        }
    }));
    let told = legend.map_or(&[][..], |legend| &legend.templates);
    let known = Known::new(told, MARKS_TOLD);
    let mut places: Vec<Option<Place<'_>>> = parsed
        .lines()
        .iter()
        .map(|line| known.find(line.rest(), false).map(Place::Known))
        .collect();
    let mut clusters = cluster::cluster(&parsed);
    let is_free = |line: &usize| places.get(*line).is_some_and(Option::is_none);
    for cluster in &mut clusters {
        cluster.lines.retain(is_free);
    }
    clusters.retain(|cluster| !cluster.lines.is_empty());
    let clusters = cluster::merge(&parsed, clusters, WORDS_MIN, cost);
    let heads = cluster::heads(&parsed, &clusters);
    let heads = cluster::merge(&parsed, heads, WORDS_MIN, cost);
    let mut chosen: Vec<&Cluster> = clusters
        .iter()
        .chain(&heads)
        .filter(|cluster| cluster.lines.len() > 1)
        .collect();
    // The most used get the shortest names.
    chosen.sort_by_key(|cluster| std::cmp::Reverse(cluster.lines.len()));
    let memories = memory::memories(&parsed, &chosen);
    let templates: Vec<(&Cluster, Template)> = chosen
        .into_iter()
        .zip(&memories)
        .map(|(cluster, memories)| (cluster, template::make(&parsed, cluster, memories)))
        .filter(|(cluster, template)| match template.tail {
            Some(tail) => head_pays(&parsed, cluster, template, tail),
            None => pays(cluster, template, cost),
        })
        .collect();
    let is_known = places.iter().any(Option::is_some);
    let has_stamp = parsed.lines().iter().any(|line| line.stamp.is_some());
    if templates.is_empty() && !is_known && !has_stamp {
        return None;
    }
    let marks = Marks::ALL.into_iter().find(|marks| {
        !templates.iter().any(|(_, template)| {
            template
                .parts
                .iter()
                .any(|part| matches!(part, Part::Text(text) if text.contains(marks.open)))
        })
    })?;
    // With other marks, what was told could not be told from what is.
    if legend.is_some() && marks != MARKS_TOLD {
        return encode(text, None, cost);
    }
    let mut out = String::new();
    let mut named = Vec::new();
    for (cluster, template) in &templates {
        let Some(name) = name(known.len() + named.len()) else {
            break;
        };
        let _ = writeln!(out, "{name} {}", render(template, marks));
        for line in &cluster.lines {
            if let Some(place) = places.get_mut(*line) {
                *place = Some(Place::New(named.len()));
            }
        }
        named.push((name, template));
    }
    out.push('\n');
    for (place, line) in places.iter_mut().zip(parsed.lines()) {
        if place.is_none() {
            *place = known.find(line.rest(), true).map(Place::Known);
        }
    }
    let mut body = Body {
        parsed: &parsed,
        marks,
        known: &known,
        named: &named,
        own: named
            .iter()
            .map(|(_, template)| vec![None; template.holes.len()])
            .collect(),
        own_of_known: known
            .iter()
            .map(|template| vec![None; template.memories.len()])
            .collect(),
        shared: Map::default(),
        stamp: None,
        signs: Sign::of(&named),
    };
    body.write(&places, &mut out);
    let crlf = if crlf { CRLF } else { "" };
    let tag = legend.map_or_else(String::new, |legend| format!(" {}", legend.tag()));
    let how = match legend {
        Some(legend) if !legend.templates.is_empty() => {
            format!(
                "as in earlier {} texts, with their templates and",
                legend.tag()
            )
        }
        // What is explained once in an epoch is explained whole.
        Some(_) => how_to_read(&Sign::ALL, marks),
        None => how_to_read(&body.signs, marks),
    };
    Some(format!(
        "{SIGN}{}{}{tag}{crlf} {how}\n{out}",
        marks.open, marks.close
    ))
}

/// How a line is written.
enum Place<'t> {
    /// Through the template of this number, which is listed.
    New(usize),
    /// Through one that the reader knows.
    Known(Match<'t>),
}

/// A sign of the notation that not every text needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Group,
    Tail,
    Step,
    End,
    Stamp,
    NoStamp,
    Verbatim,
    Repeat,
}

impl Sign {
    /// Every sign, in the order in which they are explained.
    const ALL: [Self; 8] = [
        Self::Group,
        Self::Tail,
        Self::Step,
        Self::End,
        Self::Stamp,
        Self::NoStamp,
        Self::Verbatim,
        Self::Repeat,
    ];

    /// The signs in `templates`.
    fn of(templates: &[(String, &Template)]) -> Vec<Self> {
        let memories = || {
            templates
                .iter()
                .flat_map(|(_, template)| template.memories())
        };
        let mut signs = Vec::new();
        if memories().any(|memory| memory.group.is_some()) {
            signs.push(Self::Group);
        }
        if templates
            .iter()
            .any(|(_, template)| template.tail.is_some())
        {
            signs.push(Self::Tail);
        }
        if memories().any(|memory| memory.step != 0) {
            signs.push(Self::Step);
        }
        signs
    }
}

/// How to read the signs of the notation, for a reader who was told nothing.
fn how_to_read(signs: &[Sign], marks: Marks) -> String {
    let Marks { open, close } = marks;
    let mut how =
        "templates; then a line each: template, its values (\" or none: as before".to_owned();
    for sign in Sign::ALL.into_iter().filter(|sign| signs.contains(sign)) {
        let _ = match sign {
            Sign::Group => write!(how, " in any {open}n{close}"),
            Sign::Tail => write!(how, ", {open}*{close}: rest of line"),
            Sign::Step => write!(how, ", {open}+n{close}: n more"),
            Sign::End => write!(how, ", 'x: new end"),
            Sign::Stamp => write!(how, "; @ time"),
            Sign::NoStamp => write!(how, "; . no time"),
            Sign::Verbatim => write!(how, "; \\ verbatim"),
            Sign::Repeat => write!(how, "; *n: n times more"),
        };
    }
    how.push(')');
    how
}

fn has_crlf_only(text: &str) -> bool {
    let mut lines = text.split('\n').rev();
    let last = lines.next().is_some_and(|last| !last.ends_with('\r'));
    last && text.contains('\n') && lines.all(|line| line.ends_with('\r'))
}

/// Whether the lines of `cluster` cost fewer tokens through `template` than as they are.
fn pays(cluster: &Cluster, template: &Template, cost: &dyn Fn(&str) -> usize) -> bool {
    let text: usize = template
        .parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => cost(text),
            Part::Hole(_) | Part::Same(_) | Part::Tail => 0,
        })
        .sum();
    let marks: usize = template.parts.len();
    // Each line gives its name and a space for each value instead of the text.
    let each = 1 + template.holes.len() / 2;
    text * cluster.lines.len() > text + marks + TEMPLATE_TOKENS + each * cluster.lines.len()
}

/// Whether heads cost fewer tokens as values than as they are, both about.
fn head_pays(parsed: &Parsed<'_>, cluster: &Cluster, template: &Template, tail: usize) -> bool {
    let mut last: Vec<Option<&str>> = vec![None; template.holes.len()];
    let mut before = 0;
    let mut after = TEMPLATE_TOKENS + cluster.shape.len();
    for line in &cluster.lines {
        let Some(line) = parsed.lines().get(*line) else {
            continue;
        };
        let tokens = parsed.tokens(line);
        let words = tokens.iter().take(tail).map(|id| parsed.word(*id));
        before += words
            .filter(|word| *word != " ")
            .map(template::length)
            .sum::<usize>();
        after += 1;
        let holes = template.holes.iter().zip(template.memories());
        for ((cut, memory), last) in holes.zip(&mut last) {
            let value = cut.value(parsed, tokens);
            let (sign, tail) = template::spell(value, *last, memory);
            after += usize::from(!sign.is_empty()) + template::length(tail);
            *last = Some(value);
        }
    }
    before > after
}

fn render(template: &Template, marks: Marks) -> String {
    let Marks { open, close } = marks;
    let mut text = String::new();
    for part in &template.parts {
        let _ = match part {
            Part::Text(fixed) => write!(text, "{fixed}"),
            Part::Hole(memory) => write!(text, "{open}{}{close}", memory.label()),
            Part::Same(hole) => write!(text, "{open}={hole}{close}"),
            Part::Tail => write!(text, "{open}*{close}"),
        };
    }
    text
}

/// The state of writing the body: what a reader knows at each line.
struct Body<'p, 't> {
    parsed: &'p Parsed<'t>,
    marks: Marks,
    named: &'p [(String, &'p Template)],
    known: &'p Known,
    /// Last values: by template and hole, and by number of a shared hole.
    own: Vec<Vec<Option<&'t str>>>,
    own_of_known: Vec<Vec<Option<&'t str>>>,
    shared: Map<usize, &'t str>,
    stamp: Option<Stamp<'t>>,
    signs: Vec<Sign>,
}

impl<'t> Body<'_, 't> {
    fn write(&mut self, places: &[Option<Place<'t>>], out: &mut String) {
        let mut before = String::new();
        let mut line = String::new();
        let mut repeats = 0_usize;
        let parsed = self.parsed;
        for (number, (source, place)) in parsed.lines().iter().zip(places).enumerate() {
            line.clear();
            let header = self.head(source, &mut line);
            self.rest(source, place.as_ref(), &mut line);
            if number > 0 && header.is_none() && line == before {
                repeats += 1;
                continue;
            }
            self.write_repeats(&mut repeats, out);
            if number > 0 {
                out.push('\n');
            }
            if let Some(header) = header {
                out.push_str(&header);
                out.push('\n');
            }
            out.push_str(&line);
            std::mem::swap(&mut before, &mut line);
        }
        self.write_repeats(&mut repeats, out);
    }

    fn write_repeats(&mut self, repeats: &mut usize, out: &mut String) {
        if *repeats > 0 {
            self.uses(Sign::Repeat);
            let _ = write!(out, "\n*{repeats}");
        }
        *repeats = 0;
    }

    fn uses(&mut self, sign: Sign) {
        if !self.signs.contains(&sign) {
            self.signs.push(sign);
        }
    }

    /// Writes the fast part of the stamp of `source`; returns the `@` line that must stand before it.
    fn head(&mut self, source: &Line<'t>, line: &mut String) -> Option<String> {
        let Some(stamp) = source.stamp else {
            if self.stamp.is_some() && !source.text.is_empty() {
                self.uses(Sign::NoStamp);
                line.push('.');
            }
            return None;
        };
        let last = self.stamp.replace(stamp);
        let is_slow_same =
            last.is_some_and(|last| (last.slow, last.tail) == (stamp.slow, stamp.tail));
        if !is_slow_same || last.is_some_and(|last| last.fast != stamp.fast) {
            line.push_str(stamp.fast);
        }
        (!is_slow_same).then(|| {
            self.uses(Sign::Stamp);
            let Marks { open, close } = self.marks;
            let Stamp { slow, tail, .. } = stamp;
            let before = last.filter(|last| last.tail == tail).map(|last| last.slow);
            let (sign, end) = template::spell(slow, before, Memory::default());
            if sign == "'" {
                self.uses(Sign::End);
            }
            if tail.is_empty() || sign == "'" {
                format!("@{sign}{end}")
            } else {
                format!("@{sign}{end}{open}{close}{tail}")
            }
        })
    }

    /// Writes what follows the stamp of `source`, through its template if it has one.
    fn rest(&mut self, source: &Line<'t>, place: Option<&Place<'t>>, line: &mut String) {
        match place {
            Some(Place::New(number)) => {
                if let Some((name, template)) = self.named.get(*number) {
                    let tokens = self.parsed.tokens(source);
                    let cuts = template.holes.iter();
                    let values: Vec<&str> =
                        cuts.map(|cut| cut.value(self.parsed, tokens)).collect();
                    let memories: Vec<Memory> = template.memories().collect();
                    let mut own = self
                        .own
                        .get_mut(*number)
                        .map(std::mem::take)
                        .unwrap_or_default();
                    line.push_str(name);
                    let tail = template.tail(self.parsed, source);
                    self.fill(&memories, &values, tail, &mut own, line);
                    if let Some(slot) = self.own.get_mut(*number) {
                        *slot = own;
                    }
                }
            }
            Some(Place::Known(found)) => {
                if let Some(template) = self.known.get(found.template) {
                    let slot = self.own_of_known.get_mut(found.template);
                    let mut own = slot.map(std::mem::take).unwrap_or_default();
                    line.push_str(&template.name);
                    self.fill(
                        &template.memories,
                        &found.values,
                        found.tail,
                        &mut own,
                        line,
                    );
                    if let Some(slot) = self.own_of_known.get_mut(found.template) {
                        *slot = own;
                    }
                }
            }
            None => {
                let rest = source.rest();
                if !source.text.is_empty() && body::needs_escape(rest) {
                    self.uses(Sign::Verbatim);
                    line.push('\\');
                }
                line.push_str(rest);
            }
        }
    }

    /// Writes `values` as holes with `memories` spell them, and the rest of the line.
    fn fill(
        &mut self,
        memories: &[Memory],
        values: &[&'t str],
        tail: Option<&str>,
        own: &mut [Option<&'t str>],
        line: &mut String,
    ) {
        let mut same = 0;
        for (hole, (memory, value)) in memories.iter().zip(values).enumerate() {
            let last = match memory.group {
                Some(shared) => self.shared.insert(shared, value),
                None => own.get_mut(hole).and_then(|own| own.replace(value)),
            };
            let (sign, end) = template::spell(value, last, *memory);
            if sign == "\"" {
                same += 1;
                continue;
            }
            write_dittos(same, hole, line);
            let is_first = hole == 0;
            let spelled_alone =
                sign.is_empty() && end.starts_with(|first: char| first.is_ascii_digit());
            if !(is_first && (spelled_alone || !sign.is_empty())) {
                line.push(' ');
            }
            if sign == "'" {
                self.uses(Sign::End);
            }
            line.push_str(sign);
            line.push_str(end);
            same = 0;
        }
        if let Some(tail) = tail {
            write_dittos(same, values.len(), line);
            line.push(' ');
            line.push_str(tail);
        }
    }
}

/// Writes the values of the `same` holes before hole `hole`, which are all as expected.
fn write_dittos(same: usize, hole: usize, line: &mut String) {
    for ditto in 0..same {
        // Right after the name no space is needed before a quote.
        line.push_str(if hole == same && ditto == 0 {
            "\""
        } else {
            " \""
        });
    }
}
