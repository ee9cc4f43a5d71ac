//! A ledger for the tests of each way to show it.

use crate::store::Store;
use crate::store::savings::{DAY_SECONDS, Ledger, Period, Saving};

/// One row: tool, kind, project, tokens before and after.
pub(super) type Row = (&'static str, &'static str, &'static str, usize, usize);

/// Returns what `rows` sum up to, each of a day of its own from 1970-01-01 on.
pub(super) fn ledger(rows: &[Row]) -> Ledger {
    let store = Store::in_memory().unwrap();
    for (at, (tool, kind, project, tokens_in, tokens_out)) in (0..).zip(rows) {
        let row = Saving {
            at: at * DAY_SECONDS + 1,
            tool: (*tool).to_owned(),
            kind: (*kind).to_owned(),
            level: "exact".to_owned(),
            project: (*project).to_owned(),
            tokens_in: *tokens_in,
            tokens_out: *tokens_out,
        };
        store.record_saving(&row).unwrap();
    }
    store.ledger(&Period::default()).unwrap()
}

pub(super) const ROWS: &[Row] = &[
    (
        "distill",
        "log",
        "/home/me/a/very/long/path/to/some/project",
        120_345,
        30_111,
    ),
    ("distill", "log", "", 1_000, 900),
    ("distill", "json", "", 5_000, 2_345),
    ("restore", "log", "", 0, 1_203),
    ("session", "", "", 0, 780),
];
