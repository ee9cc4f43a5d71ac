//! The ledger of what each call saved and what the server itself cost, in counted tokens.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
CREATE TABLE savings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL, -- Unix time, seconds
    tool       TEXT NOT NULL,    -- distill, hook, restore; session: what a session pays before its first call
    kind       TEXT NOT NULL,    -- kind of content, for example json or log
    level      TEXT NOT NULL,
    project    TEXT NOT NULL,    -- path of the project, or empty
    tokens_in  INTEGER NOT NULL, -- o200k_base tokens of the original; 0 for a restore and a session
    tokens_out INTEGER NOT NULL  -- o200k_base tokens that the model was given
) STRICT;
";

/// Seconds of a day.
pub const DAY_SECONDS: i64 = 86_400;

/// The `tool` of a row that says what a session pays for the descriptions of the tools.
const SESSION: &str = "session";

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saving {
    /// Unix time in seconds.
    pub at: i64,
    /// The tool: `distill`, `hook` or `restore`.
    pub tool: String,
    /// Kind of content, for example `json`.
    pub kind: String,
    /// The level that was used.
    pub level: String,
    /// Path of the project, or empty.
    pub project: String,
    /// Tokens of the original; 0 for a restore, which saves nothing.
    pub tokens_in: usize,
    /// Tokens that the model was given.
    pub tokens_out: usize,
}

/// Which rows of the ledger are summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Period {
    /// Unix time in seconds of the first row.
    pub since: i64,
    /// The project, if only one is asked for.
    pub project: Option<String>,
}

/// The ledger summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// What calls saved, by kind of content.
    pub kinds: BTreeMap<String, Saved>,
    /// What calls saved, by day (UTC): the first second of each as Unix time.
    pub days: BTreeMap<i64, Saved>,
    /// What calls saved, by project.
    pub projects: BTreeMap<String, Saved>,
    /// All that calls saved.
    pub total: Saved,
    /// Restores: their number, and the tokens that they gave back to the model.
    pub restores: Cost,
    /// Sessions with a call: their number, and the tokens of the tool descriptions that each begins with.
    pub sessions: Cost,
}

impl Ledger {
    /// Returns the tokens saved after everything that the server itself cost; below 0 if it cost more.
    pub fn net(&self) -> i64 {
        self.total.tokens() - signed(self.restores.tokens) - signed(self.sessions.tokens)
    }

    /// Returns the same in thousandths of all originals; 0 where there were none.
    pub fn net_share(&self) -> i64 {
        match signed(self.total.tokens_in) {
            0 => 0,
            all => self.net() * 1_000 / all,
        }
    }
}

/// What some calls saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// Number of calls.
    pub calls: u64,
    /// Tokens of the originals.
    pub tokens_in: u64,
    /// Tokens that the model was given.
    pub tokens_out: u64,
    /// For each call the share that it saved, in thousandths of the original, ascending.
    shares: Vec<i64>,
}

/// Tokens spent on something that saves nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// How often.
    pub times: u64,
    /// Tokens, in all.
    pub tokens: u64,
}

impl Saved {
    /// Returns the tokens saved.
    pub fn tokens(&self) -> i64 {
        signed(self.tokens_in) - signed(self.tokens_out)
    }

    /// Returns the share saved of all originals together, in thousandths.
    pub fn share(&self) -> i64 {
        share(self.tokens_in, self.tokens_out)
    }

    /// Returns the share, in thousandths, that half of the calls reach.
    pub fn median(&self) -> i64 {
        self.shares.get(self.shares.len() / 2).copied().unwrap_or(0)
    }

    /// Returns the smallest share, in thousandths, that a call saved.
    pub fn worst(&self) -> i64 {
        self.shares.first().copied().unwrap_or(0)
    }

    fn add(&mut self, tokens_in: u64, tokens_out: u64) {
        self.calls += 1;
        self.tokens_in += tokens_in;
        self.tokens_out += tokens_out;
        self.shares.push(share(tokens_in, tokens_out));
    }
}

impl Cost {
    fn add(&mut self, tokens: u64) {
        self.times += 1;
        self.tokens += tokens;
    }
}

impl Store {
    /// Writes one row of the ledger, without waiting for the disk.
    pub fn record_saving(&self, saving: &Saving) -> Result<(), StoreError> {
        self.write_lightly(|transaction| {
            transaction.execute(
                "INSERT INTO savings (at, tool, kind, level, project, tokens_in, tokens_out)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    saving.at,
                    saving.tool,
                    saving.kind,
                    saving.level,
                    saving.project,
                    saving.tokens_in,
                    saving.tokens_out,
                ],
            )?;
            Ok(())
        })
    }

    /// Writes what a session with at least one call paid for the tool descriptions.
    pub fn record_session_cost(
        &self,
        at: i64,
        project: &str,
        tokens: usize,
    ) -> Result<(), StoreError> {
        self.record_saving(&Saving {
            at,
            tool: SESSION.to_owned(),
            kind: String::new(),
            level: String::new(),
            project: project.to_owned(),
            tokens_in: 0,
            tokens_out: tokens,
        })
    }

    /// Sums up the ledger over `period`.
    pub fn ledger(&self, period: &Period) -> Result<Ledger, StoreError> {
        let mut ledger = Ledger::default();
        self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT tool, kind, project, tokens_in, tokens_out, at FROM savings
                 WHERE at >= ?1 AND (?2 IS NULL OR project = ?2)",
            )?;
            let mut rows = statement.query(params![period.since, period.project])?;
            while let Some(row) = rows.next()? {
                let (tokens_in, tokens_out) = (row.get(3)?, row.get(4)?);
                match row.get_ref(0)?.as_str()? {
                    SESSION => ledger.sessions.add(tokens_out),
                    _ if tokens_in == 0 => ledger.restores.add(tokens_out),
                    _ => {
                        ledger.total.add(tokens_in, tokens_out);
                        let at: i64 = row.get(5)?;
                        ledger
                            .days
                            .entry(at - at.rem_euclid(DAY_SECONDS))
                            .or_default()
                            .add(tokens_in, tokens_out);
                        ledger
                            .kinds
                            .entry(row.get(1)?)
                            .or_default()
                            .add(tokens_in, tokens_out);
                        ledger
                            .projects
                            .entry(row.get(2)?)
                            .or_default()
                            .add(tokens_in, tokens_out);
                    }
                }
            }
            Ok(())
        })?;
        let groups = ledger
            .kinds
            .values_mut()
            .chain(ledger.days.values_mut())
            .chain(ledger.projects.values_mut());
        for saved in groups.chain([&mut ledger.total]) {
            saved.shares.sort_unstable();
        }
        Ok(ledger)
    }
}

/// Returns the share saved, in thousandths of `tokens_in`.
fn share(tokens_in: u64, tokens_out: u64) -> i64 {
    match signed(tokens_in) {
        0 => 0,
        all => (all - signed(tokens_out)) * 1_000 / all,
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saving(tool: &str, kind: &str, project: &str, at: i64, tokens: (usize, usize)) -> Saving {
        Saving {
            at,
            tool: tool.to_owned(),
            kind: kind.to_owned(),
            level: "exact".to_owned(),
            project: project.to_owned(),
            tokens_in: tokens.0,
            tokens_out: tokens.1,
        }
    }

    fn store() -> Store {
        let store = Store::in_memory().unwrap();
        for row in [
            saving("distill", "log", "/a", 10, (1_000, 100)),
            saving("distill", "log", "/a", 20, (1_000, 700)),
            saving("distill", "log", "/b", 30, (500, 500)),
            saving("distill", "json", "/b", 40, (400, 100)),
            saving("restore", "log", "/a", 50, (0, 60)),
        ] {
            store.record_saving(&row).unwrap();
        }
        store.record_session_cost(15, "/a", 780).unwrap();
        store
    }

    #[test]
    fn the_ledger_is_net_of_restores_and_sessions() {
        let ledger = store().ledger(&Period::default()).unwrap();
        assert_eq!(ledger.total.tokens(), 900 + 300 + 300);
        assert_eq!(
            ledger.restores,
            Cost {
                times: 1,
                tokens: 60
            }
        );
        assert_eq!(
            ledger.sessions,
            Cost {
                times: 1,
                tokens: 780
            }
        );
        assert_eq!(ledger.net(), 1_500 - 60 - 780);
    }

    #[test]
    fn a_kind_has_its_median_and_its_worst_call() {
        let ledger = store().ledger(&Period::default()).unwrap();
        let log = ledger.kinds.get("log").unwrap();
        assert_eq!(
            (log.calls, log.share(), log.median(), log.worst()),
            (3, 480, 300, 0)
        );
        assert_eq!(ledger.projects.get("/b").unwrap().share(), 333);
    }

    #[test]
    fn a_period_leaves_out_what_is_older_and_other_projects() {
        let period = Period {
            since: 20,
            project: Some("/a".to_owned()),
        };
        let ledger = store().ledger(&period).unwrap();
        assert_eq!(
            (ledger.total.calls, ledger.sessions.times, ledger.net()),
            (1, 0, 300 - 60)
        );
    }

    #[test]
    fn an_empty_ledger_is_all_zeros() {
        let ledger = Store::in_memory()
            .unwrap()
            .ledger(&Period::default())
            .unwrap();
        assert_eq!(
            (ledger.net(), ledger.total.median(), ledger.total.share()),
            (0, 0, 0)
        );
    }
}
