//! `mrconductor restore`: writes the bytes of an original, or of a part of it, and nothing else.

use std::process::ExitCode;

use serde_json::json;

use super::{Failure, Global, out};
use crate::tools::Engines;
use crate::tools::restore::{Part, restore};
use crate::tools::session::Session;

/// Gives back an original, or a part of it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Handle from the last line of a distilled text, for example h7
    handle: String,
    /// Lines, for example 120-180
    #[arg(long, value_name = "RANGE")]
    lines: Option<String>,
    /// Lines that match a regular expression, with their numbers
    #[arg(long, value_name = "REGEX")]
    grep: Option<String>,
    /// Lines of a template of the digest, with their numbers
    #[arg(long, value_name = "NUMBER")]
    template: Option<usize>,
    #[arg(
        long,
        value_name = "PATH",
        help = "Value at a place of a JSON document, for example items[0].name"
    )]
    path: Option<String>,
    #[arg(
        long,
        value_name = "HANDLE",
        help = "Session whose names for identifiers, such as ~~3, the other options use"
    )]
    session: Option<String>,
}

/// Restores what the arguments name.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let engines = Engines::new(global.config()?);
    if let Some(handle) = &args.session {
        Session::known(&engines, handle).map_err(Failure::from)?;
    }
    let spelled_out = |words: &String| engines.spelled_out(words).into_owned();
    let part = Part::of(
        args.lines.clone(),
        args.grep.as_ref().map(spelled_out),
        args.template,
        args.path.as_ref().map(spelled_out),
    )
    .map_err(Failure::from)?;
    let bytes = restore(&engines, &args.handle, &part).map_err(Failure::from)?;
    if global.json {
        let text = String::from_utf8_lossy(&bytes);
        out::write_json(&json!({"handle": args.handle, "bytes": bytes.len(), "text": text}))?;
    } else {
        out::write(&bytes)?;
    }
    Ok(ExitCode::SUCCESS)
}
