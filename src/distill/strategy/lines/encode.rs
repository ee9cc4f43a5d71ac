//! Text → templates and values.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::cluster::{self, Cluster};
use super::memory::{self, Memory};
use super::split::{Line, Parsed};
use super::stamp::Stamp;
use super::template::{self, Marks, Part, Template};
use super::{CRLF, SIGN, body, name};

/// Tokens that a template costs beside its text: its name, a space, the line's end.
const TEMPLATE_TOKENS: usize = 3;

/// Shapes are merged wherever that is shorter, be it two.
const WORDS_MIN: usize = 2;

/// Packs `text`, or returns `None` if no template would pay for itself.
pub(super) fn encode(text: &str, cost: &dyn Fn(&str) -> usize) -> Option<String> {
    let crlf = has_crlf_only(text);
    let parsed = Parsed::new(text.split('\n').map(|line| {
        if crlf {
            line.strip_suffix('\r').unwrap_or(line)
        } else {
            line
        }
    }));
    let clusters = cluster::merge(&parsed, cluster::cluster(&parsed), WORDS_MIN, cost);
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
    if templates.is_empty() && !parsed.lines().iter().any(|line| line.stamp.is_some()) {
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
    let mut out = String::new();
    let mut places = vec![None; parsed.lines().len()];
    let mut named = Vec::new();
    for (cluster, template) in &templates {
        let Some(name) = name(named.len()) else { break };
        let _ = writeln!(out, "{name} {}", render(template, marks));
        for line in &cluster.lines {
            if let Some(place) = places.get_mut(*line) {
                *place = Some(named.len());
            }
        }
        named.push((name, template));
    }
    out.push('\n');
    let mut body = Body {
        parsed: &parsed,
        marks,
        named: &named,
        own: named
            .iter()
            .map(|(_, template)| vec![None; template.holes.len()])
            .collect(),
        shared: HashMap::new(),
        stamp: None,
        signs: Vec::new(),
    };
    body.write(&places, &mut out);
    let crlf = if crlf { CRLF } else { "" };
    let legend = legend(&body.signs, &named, marks);
    Some(format!(
        "{SIGN}{}{}{crlf} {legend}\n{out}",
        marks.open, marks.close
    ))
}

/// A sign of the notation that not every text needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    End,
    Stamp,
    NoStamp,
    Verbatim,
    Repeat,
}

/// How to read what of the notation is used, for a reader who was told nothing.
fn legend(signs: &[Sign], named: &[(String, &Template)], marks: Marks) -> String {
    let Marks { open, close } = marks;
    let memories = || named.iter().flat_map(|(_, template)| template.memories());
    let mut legend =
        "templates; then a line each: template, its values (\" or none: as before".to_owned();
    if memories().any(|memory| memory.group.is_some()) {
        let _ = write!(legend, " in any {open}n{close}");
    }
    if named.iter().any(|(_, template)| template.tail.is_some()) {
        let _ = write!(legend, ", {open}*{close}: rest of line");
    }
    if memories().any(|memory| memory.step != 0) {
        let _ = write!(legend, ", {open}+n{close}: n more");
    }
    let mut say = |sign: Sign, text: &str| {
        if signs.contains(&sign) {
            legend.push_str(text);
        }
    };
    say(Sign::End, ", 'x: new end");
    say(Sign::Stamp, "; @ time");
    say(Sign::NoStamp, "; . no time");
    say(Sign::Verbatim, "; \\ verbatim");
    say(Sign::Repeat, "; *n: n times more");
    legend.push(')');
    legend
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
    /// Last values: by template and hole, and by number of a shared hole.
    own: Vec<Vec<Option<&'t str>>>,
    shared: HashMap<usize, &'t str>,
    stamp: Option<Stamp<'t>>,
    signs: Vec<Sign>,
}

impl<'t> Body<'_, 't> {
    fn write(&mut self, places: &[Option<usize>], out: &mut String) {
        let mut before = String::new();
        let mut line = String::new();
        let mut repeats = 0_usize;
        let parsed = self.parsed;
        for (number, (source, place)) in parsed.lines().iter().zip(places).enumerate() {
            line.clear();
            let header = self.head(source, &mut line);
            self.rest(source, *place, &mut line);
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
    fn rest(&mut self, source: &Line<'t>, place: Option<usize>, line: &mut String) {
        let Some((number, (name, template))) =
            place.and_then(|number| Some((number, self.named.get(number)?)))
        else {
            let rest = source.rest();
            if !source.text.is_empty() && body::needs_escape(rest) {
                self.uses(Sign::Verbatim);
                line.push('\\');
            }
            line.push_str(rest);
            return;
        };
        line.push_str(name);
        let tokens = self.parsed.tokens(source);
        let mut same = 0;
        for (hole, (memory, cut)) in template.memories().zip(&template.holes).enumerate() {
            let value = cut.value(self.parsed, tokens);
            let last = match memory.group {
                Some(shared) => self.shared.insert(shared, value),
                None => self
                    .own
                    .get_mut(number)
                    .and_then(|own| own.get_mut(hole)?.replace(value)),
            };
            let (sign, tail) = template::spell(value, last, memory);
            if sign == "\"" {
                same += 1;
                continue;
            }
            write_dittos(same, hole, line);
            let is_first = hole == 0;
            let spelled_alone =
                sign.is_empty() && tail.starts_with(|first: char| first.is_ascii_digit());
            if !(is_first && (spelled_alone || !sign.is_empty())) {
                line.push(' ');
            }
            if sign == "'" {
                self.uses(Sign::End);
            }
            line.push_str(sign);
            line.push_str(tail);
            same = 0;
        }
        if let Some(tail) = template.tail(self.parsed, source) {
            write_dittos(same, template.holes.len(), line);
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
