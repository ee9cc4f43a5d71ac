//! `mrconductor demo`: the main job, seen on real material before anything is set up.
//!
//! It starts this program as an IDE would, over stdio, with an empty store in a temporary folder, and talks MCP to it: a
//! handshake, three samples before and after, and a question to the program's own manual. No network, no
//! configuration, nothing left behind.

mod report;
mod samples;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::number::grouped;
use super::trial::{BARE_PATH, Launch, Trial};
use super::{Failure, Global};
use crate::cli::out::say;
use report::{Paint, bar, fitted, lines_that_matter};
use samples::{MANUAL, QUESTION, SAMPLES, Sample};

/// Shows the main job on embedded real samples: no network, no configuration, nothing left behind.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// Runs the demonstration; any difference between an original and what comes back is a failure.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let paint = Paint::of_terminal();
    let stage = Stage::set()?;
    let mut trial = Trial::start(&stage.launch())?;
    say!(
        "{}  {} tools over stdio, {} tokens in the client's context, first answer in {}",
        paint.bold("mrconductor demo"),
        trial.tools().len(),
        trial.tokens(),
        elapsed(trial.latency()),
    )?;
    show_handshake(&mut trial, paint)?;
    for (number, sample) in (2..).zip(SAMPLES) {
        show_sample(&mut trial, &stage, number, sample, paint)?;
    }
    show_documentation(&mut trial, &stage, SAMPLES.len() + 2, paint)?;
    say!(
        "\n{} in {}: no network, no configuration, nothing left on this disk.",
        paint.bold("done"),
        elapsed(started.elapsed()),
    )?;
    say!("next: {}", paint.bold("mrconductor setup"))?;
    Ok(ExitCode::SUCCESS)
}

/// The temporary folder everything happens in; it goes when the demonstration ends.
struct Stage {
    folder: tempfile::TempDir,
    program: PathBuf,
}

impl Stage {
    fn set() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("mrconductor-demo-")
            .tempdir()
            .context("cannot make a temporary folder")?;
        for sample in SAMPLES {
            write(&folder.path().join("project"), sample.file, sample.text)?;
        }
        for (file, text) in MANUAL {
            write(&folder.path().join("manual"), file, text)?;
        }
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        Ok(Self { folder, program })
    }

    fn data_dir(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// What an IDE would run: an absolute path, from `/`, with next to no environment.
    fn launch(&self) -> Launch {
        let project = self.folder.path().join("project").display().to_string();
        let arguments = [
            "serve",
            "--data-dir",
            &self.data_dir(),
            "--project",
            &project,
        ];
        Launch {
            env: self.environment(),
            ..Launch::bare(&self.program, &arguments)
        }
    }

    /// A home of its own, so that no configuration of the person's is read and nothing is written there.
    fn environment(&self) -> Vec<(String, String)> {
        vec![
            ("HOME".to_owned(), self.folder.path().display().to_string()),
            ("PATH".to_owned(), BARE_PATH.to_owned()),
        ]
    }

    /// Runs a verb of this program on the same store and returns its stdout.
    fn verb(&self, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let output = Command::new(&self.program)
            .args(arguments)
            .args(["--data-dir", &self.data_dir()])
            .env_clear()
            .envs(self.environment())
            .current_dir(self.folder.path())
            .output()
            .with_context(|| format!("cannot start `{}`", self.program.display()))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let words = String::from_utf8_lossy(&output.stderr);
        Err(failed(&format!(
            "`mrconductor {}` failed: {}",
            arguments.join(" "),
            words.trim()
        )))
    }
}

fn write(folder: &Path, file: &str, text: &str) -> anyhow::Result<()> {
    let path = folder.join(file);
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent)
        .with_context(|| format!("cannot make `{}`", parent.display()))?;
    std::fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn show_handshake(trial: &mut Trial, paint: Paint) -> anyhow::Result<()> {
    let (answer, took) = call(trial, "handshake", &json!({}))?;
    title(
        paint,
        1,
        "handshake",
        "what this server speaks, signed with a fresh Ed25519 key",
        took,
    )?;
    for line in text(&answer).lines().skip(1).take(4) {
        say!("   {}", fitted(line))?;
    }
    Ok(())
}

fn show_sample(
    trial: &mut Trial,
    stage: &Stage,
    number: usize,
    sample: &Sample,
    paint: Paint,
) -> anyhow::Result<()> {
    let (exact, took) = call(
        trial,
        "distill",
        &json!({"path": sample.file, "level": "exact"}),
    )?;
    let before = fact(&exact, "tokens_in")?;
    title(paint, number, "distill", sample.what, took)?;
    row("raw", before, before, "")?;
    row(
        "exact",
        fact(&exact, "tokens_out")?,
        before,
        "every byte, readable",
    )?;
    if !sample.marks.is_empty() {
        show_digest(trial, sample, before, paint)?;
    }
    let handle = exact
        .pointer("/_meta/mrconductor~1facts/handle")
        .and_then(Value::as_str)
        .ok_or_else(|| failed("the answer names no handle"))?;
    let back = stage.verb(&["restore", handle])?;
    if back != sample.text.as_bytes() {
        return Err(failed(&format!(
            "`restore {handle}` gave back {} bytes that differ",
            back.len()
        )));
    }
    say!(
        "   restore {handle}: {} bytes, identical",
        grouped(back.len() as u64)
    )?;
    Ok(())
}

/// A digest is worth showing where some lines matter more than others.
fn show_digest(
    trial: &mut Trial,
    sample: &Sample,
    before: u64,
    paint: Paint,
) -> anyhow::Result<()> {
    let (digest, _) = call(
        trial,
        "distill",
        &json!({"path": sample.file, "level": "digest"}),
    )?;
    row(
        "digest",
        fact(&digest, "tokens_out")?,
        before,
        "the rest behind a handle",
    )?;
    say!("   {}", paint.dim("the digest keeps, word for word:"))?;
    for line in lines_that_matter(text(&digest), sample.marks) {
        say!("   {} {line}", paint.dim("|"))?;
    }
    Ok(())
}

fn row(label: &str, tokens: u64, before: u64, note: &str) -> anyhow::Result<()> {
    let line = format!(
        "   {label:<8}{:>8} tokens {} {note}",
        grouped(tokens),
        bar(tokens, before)
    );
    say!("{}", line.trim_end())
}

fn show_documentation(
    trial: &mut Trial,
    stage: &Stage,
    number: usize,
    paint: Paint,
) -> anyhow::Result<()> {
    stage.verb(&["docs", "add", "manual", "--name", "mrconductor"])?;
    let (answer, took) = call(
        trial,
        "docs_search",
        &json!({"query": QUESTION, "limit": 1, "max_tokens": 400}),
    )?;
    title(
        paint,
        number,
        "docs_search",
        &format!("“{QUESTION}”, asked of the embedded manual"),
        took,
    )?;
    for line in text(&answer)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(12)
    {
        say!("   {} {}", paint.dim("|"), fitted(line))?;
    }
    Ok(())
}

fn title(
    paint: Paint,
    number: usize,
    tool: &str,
    what: &str,
    took: Duration,
) -> anyhow::Result<()> {
    say!(
        "\n{} {}  {what}  ({})",
        paint.bold(&number.to_string()),
        paint.bold(tool),
        elapsed(took)
    )
}

/// Calls `tool` and returns its result with the time the answer took.
fn call(trial: &mut Trial, tool: &str, arguments: &Value) -> anyhow::Result<(Value, Duration)> {
    let started = Instant::now();
    let answer = trial.call(tool, arguments)?;
    if answer.get("isError") == Some(&Value::Bool(true)) {
        return Err(failed(&format!("`{tool}` failed: {}", text(&answer))));
    }
    Ok((answer, started.elapsed()))
}

fn text(answer: &Value) -> &str {
    answer
        .pointer("/content/0/text")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn fact(answer: &Value, name: &str) -> anyhow::Result<u64> {
    answer
        .pointer(&format!("/_meta/mrconductor~1facts/{name}"))
        .and_then(Value::as_u64)
        .ok_or_else(|| failed(&format!("the answer does not say `{name}`")))
}

fn failed(what: &str) -> anyhow::Error {
    Failure::new(
        what,
        "this is a fault of mrconductor: run `mrconductor doctor` and report what it says",
    )
    .into()
}

fn elapsed(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{:.1} ms", time.as_secs_f64() * 1e3)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
