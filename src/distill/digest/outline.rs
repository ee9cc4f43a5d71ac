//! The text of a template for a reader: what all its lines share, `{}` where they differ, few values spelled out.

use super::super::strategy::lines::cluster::Cluster;
use super::super::strategy::lines::split::Parsed;
use super::is_hole;

/// A hole with at most so many distinct values shows them.
const VALUES_MAX: usize = 3;

/// Bytes of a value that is spelled out in a hole.
const VALUE_BYTES_MAX: usize = 24;

/// Returns the template of `cluster` as text.
pub(super) fn template(parsed: &Parsed<'_>, cluster: &Cluster) -> String {
    let mut text = String::new();
    for (place, id) in cluster.shape.iter().enumerate() {
        if !is_hole(*id) {
            text.push_str(parsed.word(*id));
            continue;
        }
        let mut values: Vec<&str> = Vec::new();
        for line in &cluster.lines {
            let value = parsed
                .lines()
                .get(*line)
                .and_then(|line| parsed.tokens(line).get(place))
                .map_or("", |id| parsed.word(*id));
            if !values.contains(&value) {
                values.push(value);
            }
            if values.len() > VALUES_MAX {
                break;
            }
        }
        let few =
            values.len() <= VALUES_MAX && values.iter().all(|value| value.len() <= VALUE_BYTES_MAX);
        match values.as_slice() {
            [only] => text.push_str(only),
            values if few => {
                text.push('{');
                text.push_str(&values.join("|"));
                text.push('}');
            }
            _ => text.push_str("{}"),
        }
    }
    text.trim().to_owned()
}
