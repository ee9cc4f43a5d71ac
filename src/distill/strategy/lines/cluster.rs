//! Puts lines of one shape together: equal tokens, save for fields with digits. Shapes that differ in one word are
//! merged when the words cost fewer tokens as values than the shapes cost as templates.

use super::split::{Kind, Parsed, WordId};
use crate::distill::map::Map;

/// Stands for a field that may differ from line to line.
pub(in crate::distill) const HOLE: WordId = WordId::MAX;

/// Stands for the rest of a line, whatever it says.
pub(in crate::distill) const TAIL: WordId = WordId::MAX - 1;

/// Tokens at the start of a line that can be its head: a hash, a date, a name; a file, a line, a column, a code.
const HEAD_TOKENS_MAX: usize = 16;

/// Merging passes: each can turn one more word of a shape into a hole.
const MERGE_PASSES: usize = 4;

/// Tokens of a longer shape are not looked at for merging, so that one huge line cannot cost quadratic time.
const MERGE_TOKENS_MAX: usize = 256;

/// Bytes: the tokens of a longer word are estimated, for counting one of megabytes takes longer than the guess can cost.
const WORD_BYTES_MAX: usize = 4096;

/// Bytes that a token has on average.
const BYTES_PER_TOKEN: usize = 4;

/// Tokens that a template costs beside its text: its name, a space, the line's end.
const TEMPLATE_TOKENS: usize = 3;

/// Lines of one shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::distill) struct Cluster {
    /// The tokens of the shape, [`HOLE`] where lines may differ.
    pub(in crate::distill) shape: Vec<WordId>,
    /// Numbers of its lines, ascending.
    pub(in crate::distill) lines: Vec<usize>,
}

/// Puts the lines of `parsed` into clusters, in order of first appearance.
pub(in crate::distill) fn cluster(parsed: &Parsed<'_>) -> Vec<Cluster> {
    cluster_by(parsed, |id| parsed.kind(id) == Kind::Varying)
}

/// Puts lines together that differ only in tokens of which `is_value` holds.
pub(in crate::distill) fn cluster_by(
    parsed: &Parsed<'_>,
    is_value: impl Fn(WordId) -> bool,
) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut known: Map<Vec<WordId>, usize> = Map::default();
    let mut shape = Vec::new();
    for (number, line) in parsed.lines().iter().enumerate() {
        shape.clear();
        let tokens = parsed.tokens(line).iter();
        shape.extend(tokens.map(|id| if is_value(*id) { HOLE } else { *id }));
        if let Some(cluster) = known.get(&shape).and_then(|at| clusters.get_mut(*at)) {
            cluster.lines.push(number);
        } else {
            known.insert(shape.clone(), clusters.len());
            clusters.push(Cluster {
                shape: shape.clone(),
                lines: vec![number],
            });
        }
    }
    clusters
}

/// Puts lines that are like no other into clusters of those that start alike.
pub(in crate::distill) fn heads(parsed: &Parsed<'_>, clusters: &[Cluster]) -> Vec<Cluster> {
    let mut found: Vec<Cluster> = Vec::new();
    let mut known: Map<Vec<WordId>, usize> = Map::default();
    for cluster in clusters {
        let [number] = cluster.lines.as_slice() else {
            continue;
        };
        let Some(mut shape) = head(parsed, &cluster.shape) else {
            continue;
        };
        shape.push(TAIL);
        if let Some(cluster) = known.get(&shape).and_then(|at| found.get_mut(*at)) {
            cluster.lines.push(*number);
        } else {
            known.insert(shape.clone(), found.len());
            found.push(Cluster {
                shape,
                lines: vec![*number],
            });
        }
    }
    found
}

/// The start of `shape` up to its last value there, and the signs that follow it.
fn head(parsed: &Parsed<'_>, shape: &[WordId]) -> Option<Vec<WordId>> {
    let start = shape.get(..HEAD_TOKENS_MAX).unwrap_or(shape);
    let values = start.iter().rposition(|id| *id == HOLE)? + 1;
    let is_sign = |id: &&WordId| {
        **id != HOLE
            && !parsed
                .word(**id)
                .contains(|letter: char| letter.is_alphanumeric())
    };
    let signs = shape.iter().skip(values).take_while(is_sign).count();
    let head = shape.get(..values + signs)?;
    (head.len() < shape.len()).then(|| head.to_vec())
}

/// Merges shapes that differ in one word, as long as that costs fewer tokens by `cost` and at least `words_min` words meet.
pub(in crate::distill) fn merge(
    parsed: &Parsed<'_>,
    mut clusters: Vec<Cluster>,
    words_min: usize,
    cost: &dyn Fn(&str) -> usize,
) -> Vec<Cluster> {
    let mut costs = Costs {
        parsed,
        cost,
        words: Map::default(),
    };
    for _ in 0..MERGE_PASSES {
        let before = clusters.len();
        clusters = merge_once(&mut costs, clusters, words_min);
        if clusters.len() == before {
            break;
        }
    }
    clusters.sort_by_key(|cluster| cluster.lines.first().copied());
    clusters
}

/// A set of clusters whose shapes are equal but for one word.
struct Group {
    gain: usize,
    place: usize,
    members: Vec<usize>,
}

fn merge_once(costs: &mut Costs<'_, '_>, clusters: Vec<Cluster>, words_min: usize) -> Vec<Cluster> {
    let texts: Vec<usize> = clusters
        .iter()
        .map(|cluster| costs.shape(&cluster.shape))
        .collect();
    let mut groups: Vec<Group> = candidates(costs.parsed, &clusters)
        .into_iter()
        .filter(|((place, _), members)| {
            let is_hole =
                |at: &usize| clusters.get(*at).and_then(|one| one.shape.get(*place)) == Some(&HOLE);
            members.len() >= words_min || members.iter().any(is_hole)
        })
        .filter_map(|((place, _), members)| {
            let gain = gain(costs, &clusters, &texts, place, &members);
            (gain > 0).then_some(Group {
                gain,
                place,
                members,
            })
        })
        .collect();
    groups.sort_by(|a, b| (b.gain, &a.members).cmp(&(a.gain, &b.members)));
    let mut clusters: Vec<Option<Cluster>> = clusters.into_iter().map(Some).collect();
    let mut merged = Vec::new();
    for group in groups {
        let free = group
            .members
            .iter()
            .all(|at| clusters.get(*at).is_some_and(Option::is_some));
        if !free {
            continue;
        }
        let mut lines = Vec::new();
        let mut shape = Vec::new();
        for cluster in group
            .members
            .iter()
            .filter_map(|at| clusters.get_mut(*at)?.take())
        {
            lines.extend(cluster.lines);
            shape = cluster.shape;
        }
        if let Some(place) = shape.get_mut(group.place) {
            *place = HOLE;
        }
        lines.sort_unstable();
        merged.push(Cluster { shape, lines });
    }
    merged.extend(clusters.into_iter().flatten());
    merged.sort_by_key(|cluster| cluster.lines.first().copied());
    merged
}

/// Groups clusters by their shape with one word left out: (place of the word, hash of the rest) → clusters.
fn candidates(parsed: &Parsed<'_>, clusters: &[Cluster]) -> Map<(usize, u64), Vec<usize>> {
    let mut groups: Map<(usize, u64), Vec<usize>> = Map::default();
    for (at, cluster) in clusters.iter().enumerate() {
        if cluster.shape.len() > MERGE_TOKENS_MAX {
            continue;
        }
        // A sum of one hash per place lets each place be left out in constant time.
        let hashes: Vec<u64> = cluster
            .shape
            .iter()
            .enumerate()
            .map(|(place, id)| mix(place, *id))
            .collect();
        let sum = hashes.iter().fold(cluster.shape.len() as u64, |sum, hash| {
            sum.wrapping_add(*hash)
        });
        for (place, (id, hash)) in cluster.shape.iter().zip(&hashes).enumerate() {
            // A hole may stand for a word as well: `{}` and `localhost`.
            if *id == HOLE || parsed.kind(*id) == Kind::Plain {
                let rest = sum.wrapping_sub(*hash);
                groups.entry((place, rest)).or_default().push(at);
            }
        }
    }
    // Equal hashes of unequal shapes must not meet in one cluster.
    groups.retain(|(place, _), members| {
        let without = |at: &usize| {
            let shape = &clusters.get(*at)?.shape;
            Some((shape.get(..*place)?, shape.get(place + 1..)?))
        };
        let first = members.first().and_then(without);
        members.len() > 1 && members.iter().all(|at| without(at) == first)
    });
    groups
}

/// Tokens saved by making one cluster of `members` with a hole at `place`.
fn gain(
    costs: &mut Costs<'_, '_>,
    clusters: &[Cluster],
    texts: &[usize],
    place: usize,
    members: &[usize],
) -> usize {
    let mut apart = 0;
    let mut together = TEMPLATE_TOKENS;
    let mut longest = 0;
    for at in members {
        let (Some(cluster), Some(text)) = (clusters.get(*at), texts.get(*at)) else {
            return 0;
        };
        let lines = cluster.lines.len();
        apart += (text * lines).min(text + TEMPLATE_TOKENS + lines);
        together += match cluster.shape.get(place) {
            Some(id) if *id != HOLE => lines * (1 + costs.word(*id)),
            _ => 0,
        };
        longest = longest.max(*text);
    }
    apart.saturating_sub(together + longest)
}

/// Token counts of words and shapes, each distinct word counted once.
struct Costs<'p, 't> {
    parsed: &'p Parsed<'t>,
    cost: &'p dyn Fn(&str) -> usize,
    words: Map<WordId, usize>,
}

impl Costs<'_, '_> {
    /// Tokens of a word after a space.
    fn word(&mut self, id: WordId) -> usize {
        let (parsed, cost) = (self.parsed, self.cost);
        *self.words.entry(id).or_insert_with(|| {
            let word = parsed.word(id);
            if word.len() > WORD_BYTES_MAX {
                word.len() / BYTES_PER_TOKEN
            } else {
                cost(&format!(" {word}"))
            }
        })
    }

    /// Tokens of the fixed text of a shape; a space counts as part of the word after it.
    fn shape(&mut self, shape: &[WordId]) -> usize {
        let mut tokens = 0;
        for id in shape {
            tokens += match *id {
                HOLE => 0,
                id if self.parsed.word(id) == " " => 0,
                id => self.word(id),
            };
        }
        tokens
    }
}

/// A number for `id` at `place`, spread over 64 bits by two rounds of a multiplication with the golden ratio; what is equal
/// by accident is told apart later.
fn mix(place: usize, id: WordId) -> u64 {
    const RATIO: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (((place as u64) << 32) | u64::from(id))
        .wrapping_add(1)
        .wrapping_mul(RATIO);
    (mixed ^ (mixed >> 29)).wrapping_mul(RATIO)
}
