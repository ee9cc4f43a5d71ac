//! The ledger for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::store::savings::{Ledger, Period, Saved};
use crate::tokens::Encoding;

/// Returns every figure of the ledger as one object.
pub(super) fn object(ledger: &Ledger, period: &Period) -> Value {
    let groups = |groups: &BTreeMap<String, Saved>, key: &str| -> Value {
        groups
            .iter()
            .map(|(name, saved)| {
                let mut object = saved_json(saved);
                if let Some(object) = object.as_object_mut() {
                    object.shift_insert(0, key.to_owned(), Value::from(name.as_str()));
                }
                object
            })
            .collect()
    };
    json!({
        "encoding": Encoding::O200k.name(),
        "since": period.since,
        "project": period.project,
        "net": ledger.net(),
        "total": saved_json(&ledger.total),
        "restores": {"times": ledger.restores.times, "tokens": ledger.restores.tokens},
        "sessions": {"times": ledger.sessions.times, "tokens": ledger.sessions.tokens},
        "days": ledger.days.iter().map(day).collect::<Value>(),
        "kinds": groups(&ledger.kinds, "kind"),
        "projects": groups(&ledger.projects, "project"),
    })
}

/// One day: its first second as Unix time, and its sums.
fn day((start, saved): (&i64, &Saved)) -> Value {
    let mut object = saved_json(saved);
    if let Some(object) = object.as_object_mut() {
        object.shift_insert(0, "day".to_owned(), Value::from(*start));
    }
    object
}

/// Shares are in thousandths of the original.
fn saved_json(saved: &Saved) -> Value {
    json!({
        "calls": saved.calls,
        "tokens_in": saved.tokens_in,
        "tokens_out": saved.tokens_out,
        "saved": saved.tokens(),
        "share_permille": saved.share(),
        "median_permille": saved.median(),
        "worst_permille": saved.worst(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::gain::trial::{ROWS, ledger};

    #[test]
    fn the_json_says_the_same_as_the_table() {
        let value = object(&ledger(ROWS), &Period::default());
        assert_eq!(value["net"], 91_006);
        assert_eq!(value["kinds"][1]["kind"], "log");
        assert_eq!(value["kinds"][1]["share_permille"], 744);
        assert_eq!(value["sessions"], json!({"times": 1, "tokens": 780}));
        assert_eq!(value["days"][0]["tokens_in"], 120_345);
    }
}
