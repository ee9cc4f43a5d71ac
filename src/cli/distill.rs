//! `mrconductor distill`: prints what the tool answers, whole.
#![expect(
    clippy::print_stderr,
    reason = "stdout is the text; a remark has to go beside it"
)]

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{Failure, Global, out};
use crate::distill::{Intent, Level};
use crate::tools::distill::{self, Options, Source, distill};
use crate::tools::input::{read_bounded, read_file};
use crate::tools::page::Delivery;
use crate::tools::{Engines, ToolError};

/// Shortens text without losing it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// File to read; nothing reads stdin; `-` as well, and lets through what cannot be distilled
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// How much may be left out: auto, exact, aliased or digest
    #[arg(long, default_value = "auto", value_parser = word::<Level>)]
    level: Level,
    /// What the text is for: read or edit (edit keeps all spelling)
    #[arg(long, default_value = "read", value_parser = word::<Intent>)]
    intent: Intent,
    /// What a digest should keep
    #[arg(long, value_name = "WORDS")]
    query: Option<String>,
    /// Say where the links of an HTML page lead
    #[arg(long)]
    links: bool,
    /// Most tokens to print
    #[arg(long, value_name = "TOKENS")]
    budget: Option<usize>,
    /// Original to distill again, for example h7
    #[arg(long, value_name = "HANDLE", conflicts_with = "file")]
    handle: Option<String>,
    /// Session of a handshake: its reader is not told again what it was told before
    #[arg(long, value_name = "HANDLE")]
    session: Option<String>,
}

/// Reads a word of an enumeration as the tool does.
pub(super) fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

/// Distills what the arguments name.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    if args.file.as_deref() == Some(Path::new("-")) && args.handle.is_none() && !global.json {
        return filter(args, global);
    }
    let engines = Engines::new(global.config()?);
    let source = match (&args.handle, &args.file) {
        (Some(handle), _) => Source::Handle(handle.clone()),
        (None, Some(file)) if file != Path::new("-") => Source::File {
            path: file.display().to_string(),
            bytes: read_file(file).map_err(Failure::from)?,
        },
        _ => Source::Bytes(read_bounded(io::stdin().lock()).map_err(|error| {
            Failure::from(ToolError::new(
                format!("cannot read stdin: {error}"),
                "give a file instead",
            ))
        })?),
    };
    let options = options(args, &engines).map_err(Failure::from)?;
    let answer = distill(&engines, source, &options, Delivery::Whole).map_err(Failure::from)?;
    if global.json {
        let mut object = answer.facts;
        object.insert("text".to_owned(), answer.text.into());
        out::write_json(&serde_json::Value::Object(object))?;
    } else {
        out::write(answer.text.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn options(args: &Args, engines: &Engines) -> Result<Options, ToolError> {
    let options = distill::options(engines, args.session.as_deref())?;
    let query = args.query.as_ref();
    Ok(Options {
        level: args.level,
        intent: args.intent,
        query: query.map(|query| engines.spelled_out(query).into_owned()),
        links: args.links,
        budget: args.budget,
        ..options
    })
}

/// Stands at the end of a pipe: what cannot be distilled goes through as it came, for nobody has it but us.
fn filter(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let mut stdin = io::stdin().lock();
    let bytes = read_bounded(&mut stdin)?;
    let engines = Engines::new(global.config_with_problems());
    let source = Source::Bytes(bytes.clone());
    let answer = options(args, &engines)
        .and_then(|options| distill(&engines, source, &options, Delivery::Whole));
    match answer {
        Ok(answer) => out::write(answer.text.as_bytes())?,
        Err(error) => {
            out::write(&bytes)?;
            drop(io::copy(&mut stdin, &mut io::stdout().lock()));
            eprintln!("not distilled: {error}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
