//! The ledger in one short line, for the status line of a client.

use super::number::percent;
use crate::store::savings::Ledger;

/// Returns the line with its end; nothing where nothing was saved, for a status line is no place to explain.
pub(super) fn line(ledger: &Ledger) -> String {
    let net = ledger.net();
    match i64::try_from(ledger.total.tokens_in) {
        Ok(all) if all > 0 && net > 0 => {
            format!(
                "mrconductor: {} tokens saved ({})\n",
                thousands(net),
                percent(net * 1_000 / all)
            )
        }
        _ => String::new(),
    }
}

fn thousands(tokens: i64) -> String {
    match tokens {
        0..10_000 => tokens.to_string(),
        10_000..10_000_000 => format!("{}k", tokens / 1_000),
        _ => format!("{}M", tokens / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::gain::trial::{ROWS, ledger};

    #[test]
    fn the_line_is_net_or_empty() {
        assert_eq!(
            line(&ledger(ROWS)),
            "mrconductor: 91k tokens saved (72.0%)\n"
        );
        assert_eq!(line(&ledger(&[])), "");
        assert_eq!(line(&ledger(&[("session", "", "", 0, 780)])), "");
    }
}
