//! The ledger as a table for a terminal of 80 columns.

use std::fmt::Write as _;

use crate::cli::number::{grouped, percent};
use crate::store::savings::{Ledger, Saved};
use crate::tokens::Encoding;

/// Columns of the first column of the table, so that a line has at most 80.
const NAME_COLUMNS: usize = 25;

/// Returns the table by kind of content, or by project, with the net in words below.
pub(super) fn table(ledger: &Ledger, by_project: bool) -> String {
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
    format!(
        "Net: {} of {} tokens saved ({}), counted in {encoding}.\n",
        grouped(net.unsigned_abs()),
        grouped(all),
        percent(ledger.net_share()),
    )
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
    use crate::cli::gain::trial::{ROWS, ledger};

    #[test]
    fn the_table_is_net_and_fits_eighty_columns() {
        let text = table(&ledger(ROWS), false);
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
        let text = table(&ledger(ROWS), true);
        assert!(text.contains("\n…ng/path/to/some/project "), "{text}");
        assert!(text.contains("\nnone "), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn a_server_that_cost_more_than_it_saved_says_so() {
        let text = table(
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
        let text = table(&ledger(&[]), false);
        assert!(text.starts_with("Nothing was counted yet."), "{text}");
        assert!(!text.contains(|character: char| character.is_ascii_digit()));
    }
}
