//! Parts lines that are equal but for a name: `link up on en0`, `link up on awdl0`. A name has a digit and would be taken for
//! a value, yet few of them say different things.

use super::super::strategy::lines::cluster::Cluster;
use super::super::strategy::lines::split::{Parsed, WordId};
use super::is_hole;

/// Names in one place; more are values like others.
const NAMES_MAX: usize = 2;

/// Lines for each name, or it says no more than a value that is met once.
const LINES_PER_NAME: usize = 2;

/// Words before a name: what comes earlier is the host or the thread that speaks.
const WORDS_BEFORE_MIN: usize = 3;

/// Letters of a name.
const LETTERS_MIN: usize = 2;

/// Parts those of `clusters` whose lines have one of few names in a place.
pub(super) fn parted(parsed: &Parsed<'_>, clusters: Vec<Cluster>) -> Vec<Cluster> {
    let mut all = Vec::new();
    for cluster in clusters {
        match place_of_names(parsed, &cluster) {
            Some((place, names)) => {
                let of_names = names
                    .iter()
                    .map(|name| of_name(parsed, &cluster, place, *name));
                all.extend(of_names);
            }
            None => all.push(cluster),
        }
    }
    all.sort_by_key(|cluster| cluster.lines.first().copied());
    all
}

/// The first place in `cluster` where lines differ in names.
fn place_of_names(parsed: &Parsed<'_>, cluster: &Cluster) -> Option<(usize, Vec<WordId>)> {
    let mut words = 0;
    for (place, id) in cluster.shape.iter().enumerate() {
        if is_hole(*id) {
            if words >= WORDS_BEFORE_MIN
                && let Some(names) = names(parsed, cluster, place)
            {
                return Some((place, names));
            }
        } else if parsed.word(*id).contains(char::is_alphabetic) {
            words += 1;
        }
    }
    None
}

/// What stands at `place`, if it is two or more names and nothing else.
fn names(parsed: &Parsed<'_>, cluster: &Cluster, place: usize) -> Option<Vec<WordId>> {
    let mut names = Vec::new();
    for line in &cluster.lines {
        let id = word(parsed, *line, place)?;
        if !names.contains(&id) {
            names.push(id);
        }
        if names.len() > NAMES_MAX || !is_name(parsed.word(id)) {
            return None;
        }
    }
    let is_told = names.len() > 1 && names.len() * LINES_PER_NAME <= cluster.lines.len();
    is_told.then_some(names)
}

/// The lines of `cluster` that have `name` at `place`.
fn of_name(parsed: &Parsed<'_>, cluster: &Cluster, place: usize, name: WordId) -> Cluster {
    let mut shape = cluster.shape.clone();
    if let Some(hole) = shape.get_mut(place) {
        *hole = name;
    }
    let lines = cluster.lines.iter().copied();
    Cluster {
        shape,
        lines: lines
            .filter(|line| word(parsed, *line, place) == Some(name))
            .collect(),
    }
}

fn word(parsed: &Parsed<'_>, line: usize, place: usize) -> Option<WordId> {
    parsed.tokens(parsed.lines().get(line)?).get(place).copied()
}

/// `en0`, `IPV6`, `eth1`: letters, then a digit.
fn is_name(word: &str) -> bool {
    let number = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let letters = word.len() - number.len();
    letters >= LETTERS_MIN && number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::super::strategy::lines::cluster::cluster;
    use super::*;

    /// The lines of each cluster of `text`.
    fn lines(text: &str) -> Vec<Vec<usize>> {
        let parsed = Parsed::new(text.lines());
        let clusters = parted(&parsed, cluster(&parsed));
        clusters.into_iter().map(|cluster| cluster.lines).collect()
    }

    #[test]
    fn lines_that_differ_in_one_of_two_names_are_apart() {
        let text = "now the link is up on en0 for 7\nnow the link is up on awdl0 for 8\nstop\n";
        assert_eq!(lines(&text.repeat(2)), [vec![0, 3], vec![1, 4], vec![2, 5]]);
    }

    #[test]
    fn numbers_hosts_and_names_that_hardly_come_again_keep_lines_together() {
        for text in [
            "now the link is up on 1\nnow the link is up on 2\n",
            "en0 the link is up\nen1 the link is up\n",
            "now the link is up on en0\nnow the link is up on en1\nnow the link is up on en2\n",
        ] {
            assert_eq!(lines(&text.repeat(2)).len(), 1, "{text}");
        }
        let text =
            "now the link is up on en0\nnow the link is up on en1\nnow the link is up on 5\n";
        assert_eq!(lines(text).len(), 1);
    }
}
