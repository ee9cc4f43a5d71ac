//! The ledger in one short line, for the status line of a client.

use crate::cli::number::{grouped, percent};
use crate::store::savings::Ledger;

/// Returns the line with its end; nothing where nothing was saved, for a status line is no place to explain.
pub(super) fn line(ledger: &Ledger) -> String {
    let net = ledger.net();
    if net <= 0 {
        return String::new();
    }
    format!(
        "mrconductor: {} tokens saved ({})\n",
        grouped(net.unsigned_abs()),
        percent(ledger.net_share())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::gain::trial::{ROWS, ledger};

    #[test]
    fn the_line_is_net_or_empty() {
        assert_eq!(
            line(&ledger(ROWS)),
            "mrconductor: 91,006 tokens saved (72.0%)\n"
        );
        assert_eq!(line(&ledger(&[])), "");
        assert_eq!(line(&ledger(&[("session", "", "", 0, 780)])), "");
    }
}
