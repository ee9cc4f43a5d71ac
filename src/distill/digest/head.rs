//! Where the message of a line starts: behind its head, the values that say when, where and in which process it was said.
//!
//! ```text
//! host-7 login[17]: session opened            the head is the host: who speaks is part of the message
//! 1117838570 R02-M1 2005-06-03 RAS KERNEL     the head is what stands before the first words
//! ```

use std::collections::HashMap;

use super::super::strategy::lines::cluster::Cluster;
use super::super::strategy::lines::split::{Line, Parsed, WordId};
use super::is_hole;

/// Words without a value between two values in the head of a line: `host daemon 17 …`.
const HEAD_WORDS_MAX: usize = 1;

/// The least part of the lines of a log whose heads have as many fields for others to have as many: two thirds.
const USUAL_PART: (usize, usize) = (2, 3);

/// Returns of each of `clusters` the token that its message starts with, after its head.
pub(super) fn starts(parsed: &Parsed<'_>, clusters: &[Cluster]) -> Vec<usize> {
    let mut starts: Vec<usize> = clusters
        .iter()
        .map(|cluster| start(parsed, cluster))
        .collect();
    let Some(usual) = usual_fields(parsed, clusters, &starts) else {
        return starts;
    };
    for (cluster, start) in clusters.iter().zip(&mut starts) {
        let tokens = first_tokens(parsed, cluster);
        let ends = field_ends(parsed, tokens);
        // The first field of `macbook login[17]:` is a host, if that of `host-7 login[18]:` is.
        if let Some(end) = usual.checked_sub(1).and_then(|last| ends.get(last))
            && ends.len() > usual
            && *end > *start
            && has_stamp(parsed, cluster)
            && !tokens
                .iter()
                .take(*end)
                .any(|id| parsed.word(*id).ends_with(':'))
        {
            *start = *end;
        }
    }
    starts
}

/// How many fields the heads of most lines have, if those are records with a stamp.
fn usual_fields(parsed: &Parsed<'_>, clusters: &[Cluster], starts: &[usize]) -> Option<usize> {
    let mut lines_with: HashMap<usize, usize> = HashMap::new();
    for (cluster, start) in clusters.iter().zip(starts) {
        if has_stamp(parsed, cluster) {
            let ends = field_ends(parsed, first_tokens(parsed, cluster));
            let fields = ends.partition_point(|end| end <= start);
            *lines_with.entry(fields).or_default() += cluster.lines.len();
        }
    }
    let (fields, lines) = lines_with
        .into_iter()
        .max_by_key(|(fields, lines)| (*lines, *fields))?;
    (lines * USUAL_PART.1 >= parsed.lines().len() * USUAL_PART.0).then_some(fields)
}

fn first_tokens<'p>(parsed: &'p Parsed<'_>, cluster: &Cluster) -> &'p [WordId] {
    let first = cluster
        .lines
        .first()
        .and_then(|line| parsed.lines().get(*line));
    first.map_or(&[][..], |line| parsed.tokens(line))
}

fn has_stamp(parsed: &Parsed<'_>, cluster: &Cluster) -> bool {
    let mut lines = cluster
        .lines
        .iter()
        .filter_map(|line| parsed.lines().get(*line));
    lines.next().is_some_and(|line| line.stamp.is_some())
}

/// The tokens after each field: between spaces.
fn field_ends(parsed: &Parsed<'_>, tokens: &[WordId]) -> Vec<usize> {
    let is_space = |id: &WordId| parsed.word(*id).trim().is_empty();
    let mut ends = Vec::new();
    for (place, id) in tokens.iter().enumerate() {
        if !is_space(id) && tokens.get(place + 1).is_none_or(is_space) {
            ends.push(place + 1);
        }
    }
    ends
}

/// Returns the token that the message of `cluster` starts with: after the values before the first words.
fn start(parsed: &Parsed<'_>, cluster: &Cluster) -> usize {
    let tokens = first_tokens(parsed, cluster);
    let is_space = |id: &WordId| parsed.word(*id).trim().is_empty();
    let host = tokens.iter().take_while(|id| is_space(id)).count();
    let mut words = 0;
    let mut field = 0;
    let mut end = 0;
    for (place, (shape, id)) in cluster.shape.iter().zip(tokens).enumerate() {
        let word = parsed.word(*id);
        let is_last = tokens
            .get(place + 1)
            .is_none_or(|next| parsed.word(*next).trim().is_empty());
        // What stands before the first colon says who speaks; the values after it are what is said.
        if end > 0 && is_last && word.ends_with(':') {
            return end;
        }
        if is_hole(*shape) && (is_value(word) || place == host && is_host(parsed, cluster, host)) {
            words = 0;
            // `daemon[17]:` is one field, and its start says more than its end.
            let ends_field = is_last && !word.ends_with(':');
            end = if ends_field { place + 1 } else { field };
        } else if word.trim().is_empty() {
            field = place + 1;
        } else if word.contains(|letter: char| letter.is_alphanumeric()) {
            words += 1;
            if words > HEAD_WORDS_MAX {
                return end;
            }
        }
    }
    // Nothing but values: then they are what the line says.
    0
}

/// Whether what stands at `place`, first behind the stamps of the lines of `cluster`, is a host: a name with a number that
/// is another from line to line, before the program that speaks.
fn is_host(parsed: &Parsed<'_>, cluster: &Cluster, place: usize) -> bool {
    let tokens = first_tokens(parsed, cluster);
    let program = field_ends(parsed, tokens)
        .get(1)
        .and_then(|end| tokens.get(end - 1));
    let mut words = cluster.lines.iter().filter_map(|line| {
        let line = parsed
            .lines()
            .get(*line)
            .filter(|line| line.stamp.is_some())?;
        let id = parsed.tokens(line).get(place)?;
        Some(parsed.word(*id))
    });
    let has_number = |word: &str| word.contains(|letter: char| letter.is_ascii_digit());
    program.is_some_and(|id| parsed.word(*id).ends_with(':'))
        && words
            .next()
            .is_some_and(|first| has_number(first) && words.any(|word| word != first))
}

/// Whether `word` is a number, an address, a host with a number, rather than a name with a digit in it.
fn is_value(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits * 3 >= word.len()
}

/// Returns what `line` says from its token `start` on.
pub(super) fn message<'t>(parsed: &Parsed<'t>, line: &Line<'t>, start: usize) -> &'t str {
    let tokens = parsed.tokens(line).iter().take(start);
    let head: usize = tokens.map(|id| parsed.word(*id).len()).sum();
    line.rest().get(head..).unwrap_or_default().trim_start()
}

#[cfg(test)]
mod tests {
    use super::super::super::strategy::lines::cluster::cluster;
    use super::super::outline::template;
    use super::*;

    /// What each shape of `text` says after its head.
    fn messages(text: &str) -> Vec<String> {
        let parsed = Parsed::new(text.lines());
        let clusters = cluster(&parsed);
        let starts = starts(&parsed, &clusters);
        clusters
            .iter()
            .zip(starts)
            .map(|(cluster, start)| template(&parsed, cluster, start))
            .collect()
    }

    #[test]
    fn a_host_is_part_of_the_head_whatever_it_is_called() {
        let text = "07:00:01 host-1 cupsd[7]: job 1 done\n07:00:02 host-2 cupsd[8]: job 2 done\n\
                    07:00:03 10.0.0.17 cupsd[7]: stop\n07:00:04 macbook cupsd[7]: start\n";
        assert_eq!(
            messages(text),
            [
                "cupsd[{}]: job {} done",
                "cupsd[7]: stop",
                "cupsd[7]: start"
            ]
        );
    }

    #[test]
    fn a_name_that_begins_the_message_is_no_host() {
        let text = "07:00:01 worker-1 has started\n07:00:02 worker-2 has started\n07:00:03 all have started\n";
        assert_eq!(
            messages(text),
            ["worker-{} has started", "all have started"]
        );
    }
}
