//! `mrconductor upstream`: what is known of the vendors of the settings, and what one of them answers.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Failure, Global, out};
use crate::cli::number::counted;
use crate::config::{Config, Vendor, clock};
use crate::upstream::{CallError, Era, Report, Upstreams};

/// Exit codes that say why a vendor did not answer.
const AUTHENTICATION: u8 = 3;
const UNREACHABLE: u8 = 4;
const NOT_DONE: u8 = 5;

/// Lists and tests the vendor servers of the configuration.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Shows every vendor of the settings; connects to none
    List,
    /// Connects to a vendor, lists its tools and says how long that took
    Test {
        /// Name of the vendor: the `NAME` of `[upstream.NAME]`
        name: String,
    },
}

pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = global.config()?;
    let upstreams = Upstreams::new(&config.vendors, config.data_dir.as_deref());
    match &args.action {
        Action::List => list(&config, &upstreams, global.json)?,
        Action::Test { name } => test(&config, &upstreams, name, global.json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(config: &Config, upstreams: &Upstreams, as_json: bool) -> anyhow::Result<()> {
    let now_ms = clock::unix_ms();
    let rows: Vec<_> = config
        .vendors
        .iter()
        .map(|vendor| Row::of(vendor, upstreams, now_ms))
        .collect();
    if as_json {
        let rows: Vec<_> = rows.iter().map(Row::as_json).collect();
        return out::write_json(&json!({"upstreams": rows}));
    }
    let mut text: String = rows.iter().map(Row::as_text).collect();
    if rows.is_empty() {
        let file = user_file(config);
        text = format!(
            "no vendor is configured\nhint: add `[upstream.NAME]` with a `url` to {file}\n"
        );
    }
    out::write(text.as_bytes())
}

fn user_file(config: &Config) -> String {
    config.user_file.as_ref().map_or_else(
        || "your settings file".to_owned(),
        |file| format!("`{}`", file.display()),
    )
}

/// One vendor, as far as it is known without asking it.
struct Row<'a> {
    vendor: &'a Vendor,
    /// The names an agent sees, and the age of the list.
    kept: Option<(Vec<String>, Duration)>,
}

impl<'a> Row<'a> {
    fn of(vendor: &'a Vendor, upstreams: &Upstreams, now_ms: i64) -> Self {
        let kept = upstreams.kept(&vendor.name).map(|kept| {
            let age_ms = u64::try_from(now_ms - kept.fetched_ms).unwrap_or(0);
            (kept.tools, Duration::from_millis(age_ms))
        });
        Self { vendor, kept }
    }

    fn as_json(&self) -> Value {
        json!({
            "name": self.vendor.name,
            "url": self.vendor.shown_url(),
            "state": if self.vendor.off.is_some() { "off" } else { "on" },
            "why": self.vendor.off.as_ref().map(|off| &off.why),
            "selected": self.vendor.tools,
            "tools": self.kept.as_ref().map(|(tools, _)| tools),
            "fetched_seconds_ago": self.kept.as_ref().map(|(_, age)| age.as_secs()),
        })
    }

    fn as_text(&self) -> String {
        let mut text = format!("{}  {}\n", self.vendor.name, self.vendor.shown_url());
        if let Some(off) = &self.vendor.off {
            let _ = writeln!(text, "  off: {}\n  hint: {}", off.why, off.hint);
        }
        if self.vendor.tools.is_empty() {
            let name = &self.vendor.name;
            let _ = writeln!(
                text,
                "  no tool is selected\n  hint: `mrconductor upstream test {name}` lists them; name some in `upstream.{name}.tools`"
            );
        }
        match &self.kept {
            None => text
                .push_str("  its tools are not known yet: they are fetched at the first contact\n"),
            Some((tools, age)) => {
                let count = counted(tools.len() as u64, "tool");
                let _ = writeln!(text, "  {count} offered, list fetched {} ago", spoken(*age));
                for tool in tools {
                    let _ = writeln!(text, "    {tool}");
                }
            }
        }
        text
    }
}

fn spoken(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn test(config: &Config, upstreams: &Upstreams, name: &str, as_json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let asked = runtime.block_on(upstreams.ask(name));
    let report = asked
        .ok_or_else(|| unknown(config, name))?
        .map_err(|error| failure(name, &error))?;
    if as_json {
        out::write_json(&report_as_json(name, &report))
    } else {
        out::write(report_as_text(name, &report).as_bytes())
    }
}

fn unknown(config: &Config, name: &str) -> Failure {
    let names: Vec<_> = config
        .vendors
        .iter()
        .map(|vendor| format!("`{}`", vendor.name))
        .collect();
    let hint = if names.is_empty() {
        format!(
            "add `[upstream.{name}]` with a `url` to {}",
            user_file(config)
        )
    } else {
        format!("the settings have {}", names.join(", "))
    };
    Failure::new(format!("no vendor `{name}` in the settings"), hint)
}

fn failure(name: &str, error: &CallError) -> Failure {
    let code = match error {
        CallError::Refused(_) => AUTHENTICATION,
        CallError::Unreachable(_) | CallError::TimedOut(_) | CallError::BrokenOff(_) => UNREACHABLE,
        _ => NOT_DONE,
    };
    let hint = match error {
        CallError::Unreachable(_) | CallError::TimedOut(_) => {
            format!("check `upstream.{name}.url`, and that this machine may reach it")
        }
        other => other.hint(name),
    };
    Failure::new(format!("vendor `{name}` {error}"), hint).code(code)
}

fn era(era: Era) -> &'static str {
    match era {
        Era::Legacy => "legacy",
        Era::Modern => "modern",
    }
}

fn report_as_json(name: &str, report: &Report) -> Value {
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let selected: Vec<_> = report
        .selected
        .iter()
        .map(|(remote, local)| json!({"tool": remote, "name": local}))
        .collect();
    let refused: Vec<_> = report
        .refused
        .iter()
        .map(|(tool, why)| json!({"tool": tool, "why": why}))
        .collect();
    json!({
        "name": name,
        "era": era(report.era),
        "version": report.version,
        "opened_ms": milliseconds(report.opened_in),
        "listed_ms": milliseconds(report.listed_in),
        "offered": report.offered,
        "selected": selected,
        "refused": refused,
    })
}

fn report_as_text(name: &str, report: &Report) -> String {
    let mut text = format!(
        "✔ {name} speaks MCP {} ({})\n✔ session opened in {} ms, {} listed in {} ms\n",
        report.version,
        era(report.era),
        report.opened_in.as_millis(),
        counted(report.offered.len() as u64, "tool"),
        report.listed_in.as_millis(),
    );
    for tool in &report.offered {
        let local = report.selected.iter().find(|(remote, _)| remote == tool);
        let refused = report.refused.iter().find(|(remote, _)| remote == tool);
        let _ = match (local, refused) {
            (Some((_, local)), _) => writeln!(text, "  ✔ {tool}  offered as {local}"),
            (_, Some((_, why))) => writeln!(text, "  ✘ {tool}  cannot be offered: {why}"),
            _ => writeln!(text, "  · {tool}"),
        };
    }
    if report.selected.is_empty() && report.refused.is_empty() {
        let _ = writeln!(
            text,
            "hint: nothing is selected; name tools in `upstream.{name}.tools`, or `[\"*\"]` for all"
        );
    }
    text
}
