//! `mrconductor gain`: what the ledger says was saved, after what the server itself cost.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::{Global, out};
use crate::config::clock;
use crate::store::savings::{Ledger, Period, Saved};
use crate::tokens::Encoding;
use crate::tools::Engines;

const DAY_SECONDS: i64 = 86_400;

/// Columns of the first column of the table, so that a line has at most 80.
const NAME_COLUMNS: usize = 25;

/// Shows the tokens saved so far, net of what the server itself costs.
///
/// Every figure is counted: tokens of the original and of what the model was given, call by call. Restores and the tool
/// descriptions that each session begins with are subtracted. With `--project DIR` only that project's calls count.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Only what was saved in the last DAYS days
    #[arg(long, value_name = "DAYS")]
    since: Option<u32>,
    /// One line for each project instead of each kind of content
    #[arg(long)]
    by_project: bool,
}

pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = global.config()?;
    let project = match global.project {
        Some(_) => config
            .project
            .as_ref()
            .map(|project| project.display().to_string()),
        None => None,
    };
    let engines = Engines::new(config);
    let since = args.since.map_or(0, |days| {
        clock::unix_seconds() - i64::from(days) * DAY_SECONDS
    });
    let period = Period { since, project };
    let ledger = engines.store()?.ledger(&period)?;
    if global.json {
        out::write_json(&as_json(&ledger, &period))?;
    } else {
        out::write(as_text(&ledger, args.by_project).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(ledger: &Ledger, by_project: bool) -> String {
    if *ledger == Ledger::default() {
        return "Nothing was counted yet.\n\
                Each call of `distill` or `restore` from an IDE counts; the command line does not.\n"
            .to_owned();
    }
    let (title, groups) = if by_project {
        ("project", &ledger.projects)
    } else {
        ("kind", &ledger.kinds)
    };
    let mut text = format!(
        "{title:<NAME_COLUMNS$}{:>7}{:>12}{:>12}{:>8}{:>8}{:>8}\n",
        "calls", "before", "after", "saved", "median", "worst"
    );
    for (name, saved) in groups.iter().chain([(&"all".to_owned(), &ledger.total)]) {
        push_saved(&mut text, name, saved);
    }
    for (name, cost) in [
        ("restored", ledger.restores),
        ("tool descriptions", ledger.sessions),
    ] {
        if cost.times > 0 {
            let (times, tokens) = (grouped(cost.times), grouped(cost.tokens));
            let _ = writeln!(
                text,
                "{name:<NAME_COLUMNS$}{times:>7}{:>12}{tokens:>12}",
                ""
            );
        }
    }
    text.push_str(&sentence(ledger));
    text
}

fn push_saved(text: &mut String, name: &str, saved: &Saved) {
    let _ = writeln!(
        text,
        "{:<NAME_COLUMNS$}{:>7}{:>12}{:>12}{:>8}{:>8}{:>8}",
        fitted(if name.is_empty() { "none" } else { name }),
        grouped(saved.calls),
        grouped(saved.tokens_in),
        grouped(saved.tokens_out),
        percent(saved.share()),
        percent(saved.median()),
        percent(saved.worst()),
    );
}

fn sentence(ledger: &Ledger) -> String {
    let (net, all) = (ledger.net(), ledger.total.tokens_in);
    let encoding = Encoding::O200k.name();
    if net < 0 {
        let more = grouped(net.unsigned_abs());
        return format!(
            "Net: the server has cost {more} tokens more than it saved, counted in {encoding}.\n"
        );
    }
    // Thousandths of what was read; the total is at least 1 here, for nothing can be saved of nothing.
    let share = net * 1_000 / i64::try_from(all).unwrap_or(i64::MAX).max(1);
    format!(
        "Net: {} of {} tokens saved ({}), counted in {encoding}.\n",
        grouped(net.unsigned_abs()),
        grouped(all),
        percent(share),
    )
}

fn as_json(ledger: &Ledger, period: &Period) -> Value {
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
        "kinds": groups(&ledger.kinds, "kind"),
        "projects": groups(&ledger.projects, "project"),
    })
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

/// Returns `thousandths` as a percentage.
fn percent(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let size = thousandths.unsigned_abs();
    format!("{sign}{}.{}%", size / 10, size % 10)
}

/// Returns `number` with a comma after every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns the end of `name` that fits the first column: the end of a path says more than its beginning.
fn fitted(name: &str) -> String {
    let length = name.chars().count();
    if length < NAME_COLUMNS {
        return name.to_owned();
    }
    let end: String = name.chars().skip(length + 2 - NAME_COLUMNS).collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::savings::Saving;

    fn ledger(rows: &[(&str, &str, &str, usize, usize)]) -> Ledger {
        let store = Store::in_memory().unwrap();
        for (tool, kind, project, tokens_in, tokens_out) in rows {
            let row = Saving {
                at: 1,
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

    const ROWS: &[(&str, &str, &str, usize, usize)] = &[
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

    #[test]
    fn the_table_is_net_and_fits_eighty_columns() {
        let text = as_text(&ledger(ROWS), false);
        let expected = "\
kind                       calls      before       after   saved  median   worst
json                           1       5,000       2,345   53.1%   53.1%   53.1%
log                            2     121,345      31,011   74.4%   74.9%   10.0%
all                            3     126,345      33,356   73.5%   53.1%   10.0%
restored                       1                   1,203
tool descriptions              1                     780
Net: 91,006 of 126,345 tokens saved (72.0%), counted in o200k_base.
";
        assert_eq!(text, expected);
        assert!(text.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn a_long_path_keeps_its_end() {
        let text = as_text(&ledger(ROWS), true);
        assert!(text.contains("\n…ng/path/to/some/project "), "{text}");
        assert!(text.contains("\nnone "), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn a_server_that_cost_more_than_it_saved_says_so() {
        let text = as_text(
            &ledger(&[
                ("distill", "log", "", 500, 400),
                ("session", "", "", 0, 780),
            ]),
            false,
        );
        let last = text.lines().last().unwrap();
        assert_eq!(
            last,
            "Net: the server has cost 680 tokens more than it saved, counted in o200k_base."
        );
    }

    #[test]
    fn an_empty_ledger_has_no_figures() {
        let text = as_text(&ledger(&[]), false);
        assert!(text.starts_with("Nothing was counted yet."), "{text}");
        assert!(!text.contains(|character: char| character.is_ascii_digit()));
    }

    #[test]
    fn the_json_says_the_same_as_the_table() {
        let value = as_json(&ledger(ROWS), &Period::default());
        assert_eq!(value["net"], 91_006);
        assert_eq!(value["kinds"][1]["kind"], "log");
        assert_eq!(value["kinds"][1]["share_permille"], 744);
        assert_eq!(value["sessions"], json!({"times": 1, "tokens": 780}));
    }
}
