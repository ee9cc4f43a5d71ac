//! The ledger as one HTML file: styles and SVG inside, no script, nothing to fetch, light and dark.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use time::OffsetDateTime;

use crate::cli::html::{self, escaped};
use crate::cli::number::{grouped, percent};
use crate::store::savings::{DAY_SECONDS, Ledger, Period, Saved};
use crate::tokens::Encoding;

/// Days of the chart, and rows of a table: more cannot be told apart on a page.
const DAYS_MAX: usize = 60;
const ROWS_MAX: usize = 30;

/// Size of the chart of days, in SVG units; its left margin holds the numbers.
const WIDTH: u64 = 900;
const HEIGHT: u64 = 220;
const LEFT: u64 = 70;

const STYLE: &str = "
.net { font-size: 2.6rem; font-weight: 650; color: var(--good); line-height: 1.1 } .net.cost { color: inherit }
tfoot td { font-weight: 600 }
svg { width: 100%; height: auto } svg text { fill: var(--dim); font: 12px system-ui, sans-serif } .before { fill: var(--before) } .after { fill: var(--after) } .axis { stroke: var(--line) }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .3em 0 1em }
.bar { background: var(--before); border-radius: 2px; height: .7rem; min-width: 7rem } .bar div { background: var(--after); border-radius: 2px; height: 100% }
";

/// Returns the page. `now` is Unix time in seconds.
pub(super) fn page(ledger: &Ledger, period: &Period, now: i64) -> String {
    let mut body = heading(ledger, period, now);
    if ledger.total.calls > 0 {
        push_days(&mut body, &ledger.days, now);
        push_groups(
            &mut body,
            "By kind of content",
            "kind",
            &ledger.kinds,
            &ledger.total,
        );
        push_groups(
            &mut body,
            "By project",
            "project",
            &ledger.projects,
            &ledger.total,
        );
        push_costs(&mut body, ledger);
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>mrconductor: tokens saved</title>\n\
         <style>{}{STYLE}</style>\n{body}</html>\n",
        html::STYLE
    )
}

fn heading(ledger: &Ledger, period: &Period, now: i64) -> String {
    let whose = period
        .project
        .as_ref()
        .map(|project| format!(" in {}", escaped(project)))
        .unwrap_or_default();
    let since = match period.since {
        0 => ledger.days.keys().next().copied(),
        since => Some(since),
    };
    let span = since.map_or_else(
        || "nothing was counted yet".to_owned(),
        |since| format!("{} to {}", date(since), date(now)),
    );
    let net = ledger.net();
    let (class, word) = if net < 0 {
        ("net cost", "tokens more were spent than saved")
    } else {
        ("net", "tokens saved, net")
    };
    let share = if net > 0 {
        format!(
            " — {} of {}",
            percent(ledger.net_share()),
            grouped(ledger.total.tokens_in)
        )
    } else {
        String::new()
    };
    format!(
        "<h1>What mrconductor saved{whose}</h1>\n<p class=\"{class}\">{}</p>\n<p>{word}{share}</p>\n\
         <p class=\"dim\">{span}, counted in {}. Net is what a model did not have to read, less what restores and the tool \
         descriptions gave it to read.</p>\n",
        grouped(net.unsigned_abs()),
        Encoding::O200k.name(),
    )
}

/// Draws the days: all tokens behind, those that a model was given in front.
fn push_days(body: &mut String, days: &BTreeMap<i64, Saved>, now: i64) {
    let last = now - now.rem_euclid(DAY_SECONDS);
    let reach = i64::try_from(DAYS_MAX).unwrap_or(i64::MAX) - 1;
    let earliest = last - reach * DAY_SECONDS;
    let Some(first) = days.range(earliest..=last).next().map(|(day, _)| *day) else {
        return;
    };
    let shown: Vec<(i64, Option<&Saved>)> = (0..=(last - first) / DAY_SECONDS)
        .map(|at| first + at * DAY_SECONDS)
        .map(|day| (day, days.get(&day)))
        .collect();
    let highest = shown
        .iter()
        .filter_map(|(_, saved)| saved.map(|saved| saved.tokens_in.max(saved.tokens_out)))
        .max()
        .unwrap_or(0)
        .max(1);
    let height = |tokens: u64| {
        u64::try_from(u128::from(tokens) * u128::from(HEIGHT) / u128::from(highest)).unwrap_or(0)
    };
    let step = (WIDTH - LEFT) / u64::try_from(shown.len()).unwrap_or(1).max(8);
    let wide = (step * 4 / 5).max(1);
    body.push_str(
        "<h2>Day by day</h2>\n<figure><figcaption><span class=\"key\" style=\"background:var(--before)\"></span>before\
         <span class=\"key\" style=\"background:var(--after)\"></span>given to the model</figcaption>\n",
    );
    let _ = writeln!(
        body,
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"Tokens before and after, day by day\">",
        HEIGHT + 40
    );
    for part in [0, 1, 2] {
        let (tokens, y) = (highest * part / 2, 10 + HEIGHT - HEIGHT * part / 2);
        let _ = writeln!(
            body,
            "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 8,
            y + 4,
            short(tokens)
        );
    }
    let mut x = LEFT + 4;
    for (day, saved) in &shown {
        if let Some(saved) = saved {
            let (before, after) = (height(saved.tokens_in), height(saved.tokens_out));
            let _ = writeln!(
                body,
                "<g><title>{}: {} before, {} given, {} saved</title>\
                 <rect class=\"before\" x=\"{x}\" y=\"{}\" width=\"{wide}\" height=\"{before}\"/>\
                 <rect class=\"after\" x=\"{x}\" y=\"{}\" width=\"{wide}\" height=\"{after}\"/></g>",
                date(*day),
                grouped(saved.tokens_in),
                grouped(saved.tokens_out),
                percent(saved.share()),
                10 + HEIGHT - before,
                10 + HEIGHT - after,
            );
        }
        x += step;
    }
    let _ = writeln!(
        body,
        "<text x=\"{}\" y=\"{}\">{}</text>",
        LEFT + 4,
        HEIGHT + 28,
        date(first)
    );
    if first < last {
        let _ = writeln!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            (x - step + wide).max(LEFT + 200),
            HEIGHT + 28,
            date(last)
        );
    }
    body.push_str("</svg></figure>\n");
}

fn push_groups(
    body: &mut String,
    title: &str,
    column: &str,
    groups: &BTreeMap<String, Saved>,
    total: &Saved,
) {
    let mut rows: Vec<(&String, &Saved)> = groups.iter().collect();
    rows.sort_by_key(|(_, saved)| std::cmp::Reverse(saved.tokens()));
    let left_out = rows.len().saturating_sub(ROWS_MAX);
    let _ = write!(
        body,
        "<h2>{title}</h2>\n<table><thead><tr><th>{column}<th>calls<th>before<th>after<th>saved<th>median<th>worst\
         <th></tr></thead>\n<tbody>\n"
    );
    for (name, saved) in rows.into_iter().take(ROWS_MAX) {
        push_row(body, if name.is_empty() { "none" } else { name }, saved);
    }
    body.push_str("</tbody><tfoot>\n");
    push_row(body, "all", total);
    body.push_str("</tfoot></table>\n");
    if left_out > 0 {
        let _ = writeln!(
            body,
            "<p class=\"dim\">{left_out} more are in <code>gain --json</code>.</p>"
        );
    }
}

fn push_row(body: &mut String, name: &str, saved: &Saved) {
    // What the model was given of 100: a bar cannot show more than all.
    let given = (1_000 - saved.share()).clamp(0, 1_000) / 10;
    let _ = writeln!(
        body,
        "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}\
         <td><div class=\"bar\"><div style=\"width:{given}%\"></div></div></tr>",
        escaped(name),
        grouped(saved.calls),
        grouped(saved.tokens_in),
        grouped(saved.tokens_out),
        percent(saved.share()),
        percent(saved.median()),
        percent(saved.worst()),
    );
}

fn push_costs(body: &mut String, ledger: &Ledger) {
    body.push_str("<h2>What it cost</h2>\n<table><thead><tr><th>what<th>times<th>tokens</tr></thead><tbody>\n");
    for (name, cost) in [
        ("restored to the model", ledger.restores),
        ("tool descriptions, once a session", ledger.sessions),
    ] {
        let _ = writeln!(
            body,
            "<tr><td>{name}<td>{}<td>{}</tr>",
            grouped(cost.times),
            grouped(cost.tokens)
        );
    }
    body.push_str("</tbody></table>\n");
}

/// Returns the day of a Unix time, as 2026-11-20.
fn date(unix: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix)
        .map_or_else(|_| "?".to_owned(), |time| time.date().to_string())
}

/// Returns a number in few characters: 1.2k, 34M.
fn short(number: u64) -> String {
    let (unit, sign) = match number {
        0..1_000 => return number.to_string(),
        1_000..1_000_000 => (1_000, "k"),
        _ => (1_000_000, "M"),
    };
    match (number / unit, number % unit * 10 / unit) {
        (whole @ 0..10, tenth @ 1..) => format!("{whole}.{tenth}{sign}"),
        (whole, _) => format!("{whole}{sign}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::gain::trial::{ROWS, ledger};

    #[test]
    fn the_page_says_the_same_as_the_table_and_fetches_nothing() {
        let page = page(&ledger(ROWS), &Period::default(), 3 * DAY_SECONDS + 5);
        for figure in [
            "91,006",
            "72.0%",
            "126,345",
            "1970-01-01",
            "1970-01-04",
            "10.0%",
        ] {
            assert!(page.contains(figure), "{figure}: {page}");
        }
        assert_eq!(page.matches("<rect class=\"before\"").count(), 3);
        for foreign in ["http", "<script", "@import", "url(", "src="] {
            assert!(!page.contains(foreign), "{foreign}");
        }
    }

    #[test]
    fn a_name_from_outside_is_text() {
        let rows = [("distill", "<b>", "/a&\"b\"<script>", 10, 5)];
        let page = page(&ledger(&rows), &Period::default(), 5);
        assert!(page.contains("&lt;b&gt;"));
        assert!(page.contains("/a&amp;&quot;b&quot;&lt;script&gt;"));
        assert!(!page.contains("<script"));
    }

    #[test]
    fn an_empty_ledger_and_one_of_another_time_make_a_page() {
        let empty = page(&ledger(&[]), &Period::default(), 5);
        assert!(empty.contains("nothing was counted yet"));
        for now in [i64::MIN / 4, -1, 400 * DAY_SECONDS, i64::MAX / 4] {
            assert!(page(&ledger(ROWS), &Period::default(), now).contains("By project"));
        }
    }

    #[test]
    fn a_number_is_short_on_an_axis() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_234, "1.2k"),
            (56_700, "56k"),
            (2_000_000, "2M"),
        ];
        for (number, expected) in cases {
            assert_eq!(short(number), expected);
        }
    }
}
