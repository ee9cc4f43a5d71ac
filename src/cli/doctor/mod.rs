//! `mrconductor doctor`: examines the set-up and names the fix for everything that is wrong.
//!
//! A check is a function and its line in [`CHECKS`]; its id is a heading of `docs/troubleshooting.md`.

mod check;
mod entries;
mod machine;
mod model;
mod places;
mod store;
mod subject;
mod vendors;

use std::process::ExitCode;

use serde_json::json;

use self::check::{Check, Finding, Status};
use self::subject::Subject;
use super::{Global, out};

/// Checks the set-up and names the fix for everything that is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 all is well, 1 warnings, 2 failures.
docs/troubleshooting.md has a section for every check.")]
pub(crate) struct Args {
    /// Contact the vendors of your settings too
    #[arg(long)]
    online: bool,
}

/// Every check, in the order of the report: what the next ones rest on comes first.
const CHECKS: &[Check] = &[
    Check {
        id: "program",
        examine: machine::program,
    },
    Check {
        id: "sqlite",
        examine: machine::sqlite,
    },
    Check {
        id: "home",
        examine: places::home,
    },
    Check {
        id: "settings",
        examine: places::settings,
    },
    Check {
        id: "project",
        examine: places::project,
    },
    Check {
        id: "data-dir",
        examine: places::data_dir,
    },
    Check {
        id: "free-space",
        examine: places::free_space,
    },
    Check {
        id: "log-dir",
        examine: places::log_dir,
    },
    Check {
        id: "store",
        examine: store::opens,
    },
    Check {
        id: "integrity",
        examine: store::integrity,
    },
    Check {
        id: "model",
        examine: model::runs,
    },
    Check {
        id: "client-files",
        examine: entries::files,
    },
    Check {
        id: "client-entries",
        examine: entries::entries,
    },
    Check {
        id: "entry-starts",
        examine: entries::starts,
    },
    Check {
        id: "stdout",
        examine: entries::stdout,
    },
    Check {
        id: "same-data",
        examine: entries::same_data,
    },
    Check {
        id: "path",
        examine: entries::path,
    },
    Check {
        id: "project-secrets",
        examine: entries::secrets,
    },
    Check {
        id: "vendors",
        examine: vendors::vendors,
    },
    Check {
        id: "ssh-keygen",
        examine: machine::ssh_keygen,
    },
    Check {
        id: "locale",
        examine: machine::locale,
    },
];

/// Width of the column of ids.
const ID_WIDTH: usize = 15;

/// Runs every check and prints what they found.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let subject = Subject::examine(global, args.online);
    let results: Vec<_> = CHECKS
        .iter()
        .map(|check| (check.id, (check.examine)(&subject)))
        .collect();
    let worst = results.iter().map(|(_, findings)| status(findings)).max();
    let worst = worst.unwrap_or(Status::Pass);
    if global.json {
        let checks: Vec<_> = results
            .iter()
            .map(|(id, findings)| as_json(id, findings))
            .collect();
        out::write_json(&json!({
            "status": worst.name(),
            "version": env!("CARGO_PKG_VERSION"),
            "checks": checks,
        }))?;
    } else {
        out::write(as_text(&results, args.online).as_bytes())?;
    }
    Ok(ExitCode::from(worst.exit_code()))
}

fn status(findings: &[Finding]) -> Status {
    let worst = findings.iter().map(|finding| finding.status).max();
    worst.unwrap_or(Status::Pass)
}

fn as_json(id: &str, findings: &[Finding]) -> serde_json::Value {
    let details: Vec<_> = findings
        .iter()
        .map(|finding| {
            json!({"status": finding.status.name(), "what": finding.what, "fix": finding.fix})
        })
        .collect();
    json!({"id": id, "status": status(findings).name(), "findings": details})
}

fn as_text(results: &[(&str, Vec<Finding>)], online: bool) -> String {
    let mut lines = Vec::new();
    for (id, findings) in results {
        for finding in findings {
            lines.push(format!(
                "{} {id:<ID_WIDTH$} {}",
                finding.status.mark(),
                finding.what
            ));
            if let Some(fix) = &finding.fix {
                lines.push(format!("  {:ID_WIDTH$} fix: {fix}", ""));
            }
        }
    }
    let count = |wanted| {
        results
            .iter()
            .filter(|(_, findings)| status(findings) == wanted)
            .count()
    };
    lines.push(format!(
        "\n{} checks: {} pass, {} warn, {} fail{}",
        results.len(),
        count(Status::Pass),
        count(Status::Warn),
        count(Status::Fail),
        if online { "" } else { "; no network was used" }
    ));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::CHECKS;

    #[test]
    fn ids_are_unique_and_plain() {
        let ids: BTreeSet<_> = CHECKS.iter().map(|check| check.id).collect();
        assert_eq!(ids.len(), CHECKS.len());
        for id in ids {
            assert!(id.len() <= super::ID_WIDTH, "{id}");
            assert!(
                id.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{id}"
            );
        }
    }
}
