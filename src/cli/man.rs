//! `mrconductor man`: the manual, made from the same definitions that parse the command line.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};

use super::{CommandLine, Failure, Global, out};

/// Prints the manual page.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  mrconductor man | man -l -
  mrconductor man setup | man -l -
  mrconductor man --dir ~/.local/share/man/man1")]
pub(crate) struct Args {
    /// The verb whose page is printed; without one, the page of the program
    #[arg(value_name = "VERB", conflicts_with = "dir")]
    verb: Option<String>,
    /// Write the page of the program and one for each verb into this directory
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints one page, or writes them all.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let program = program();
    if let Some(dir) = &args.dir {
        fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
        let mut files = Vec::new();
        let verbs = program.get_subcommands();
        for (name, command) in std::iter::once((program.get_name().to_owned(), &program))
            .chain(verbs.map(|verb| (format!("mrconductor-{}", verb.get_name()), verb)))
        {
            let path = dir.join(format!("{name}.1"));
            fs::write(&path, page(command)?)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
            files.push(path.display().to_string());
        }
        if global.json {
            out::write_json(&serde_json::json!({"files": files}))?;
        } else {
            out::write(format!("{} pages in {}\n", files.len(), dir.display()).as_bytes())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let command = match &args.verb {
        None => &program,
        Some(verb) => program.find_subcommand(verb).ok_or_else(|| {
            Failure::new(
                format!("there is no verb `{verb}`"),
                "`mrconductor --help` lists the verbs",
            )
        })?,
    };
    out::write(&page(command)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the definitions with the full name of each verb, as its page is called.
fn program() -> Command {
    let mut program = CommandLine::command();
    program.build();
    program
}

fn page(command: &Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .source(concat!("mrconductor ", env!("CARGO_PKG_VERSION")))
        .manual("mrconductor manual")
        .render(&mut page)
        .context("cannot render the page")?;
    Ok(page)
}
