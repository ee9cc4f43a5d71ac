//! How near a section is that answers, and how near the nearest one is where nothing does.
//!
//! A vector always has a nearest one. From which cosine on that says something is measured: questions of one set put to the
//! documents of another find only what does not answer them.

use std::process::ExitCode;

use serde_json::json;

use super::set::Set;
use crate::cli::Global;
use crate::cli::out::{self, say};

/// Questions of each set that are put to each other one.
const QUESTIONS: usize = 40;

pub(super) fn run(sets: &[Set], global: &Global) -> anyhow::Result<ExitCode> {
    let mut rows = Vec::new();
    for set in sets {
        let mut own = Vec::new();
        for query in &set.queries {
            own.extend(set.evidence(query)?.nearest_cosine());
        }
        let mut strange = Vec::new();
        for other in sets.iter().filter(|other| other.subject() != set.subject()) {
            for query in other.queries.iter().take(QUESTIONS) {
                strange.extend(set.evidence_of(&query.text, None)?.nearest_cosine());
            }
        }
        own.sort_by(f32::total_cmp);
        strange.sort_by(f32::total_cmp);
        let row = json!({
            "set": set.name,
            "own": [at(&own, 5), at(&own, 25), at(&own, 50)],
            "strange": [at(&strange, 50), at(&strange, 90), at(&strange, 99)],
        });
        if global.json {
            rows.push(row);
        } else {
            say!(
                "{:<20} nearest section: to its own questions {:.2} (5 %) {:.2} (25 %) {:.2} (50 %), to those of other sets \
                 {:.2} (50 %) {:.2} (90 %) {:.2} (99 %)",
                set.name,
                at(&own, 5),
                at(&own, 25),
                at(&own, 50),
                at(&strange, 50),
                at(&strange, 90),
                at(&strange, 99)
            )?;
        }
    }
    if global.json {
        out::write_json(&json!({"sets": rows}))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The value that `percent` of the sorted `values` do not exceed.
fn at(values: &[f32], percent: usize) -> f32 {
    let at = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or_default()
}
