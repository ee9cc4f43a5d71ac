//! What a person types: one file per verb. The only place that prints.
//!
//! stdout is data, stderr is for people. Exit codes: 0 done, 1 usage or unexpected, 3 authentication, 4 unreachable,
//! 5 a tool could not do it (`doctor`: 0 pass, 1 warnings, 2 failures).

mod bench;
mod clients;
mod completions;
mod config;
mod demo;
mod distill;
mod docs;
mod doctor;
mod failure;
mod gain;
mod handshake;
mod hook;
mod html;
mod keys;
mod logs;
mod man;
mod number;
mod out;
mod passphrase;
mod print_config;
mod remove;
mod restore;
mod serve;
mod setup;
mod trial;
mod upstream;

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

pub use self::failure::Failure;
use crate::config::{Config, Environment, Flags, LogLevel};

/// Verbs, in the order of `--help`.
#[derive(Debug, Parser)]
#[command(
    name = "mrconductor",
    version,
    about,
    disable_help_subcommand = true,
    propagate_version = true
)]
struct CommandLine {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Flags that every verb takes; each has a variable, and all but the first two a key in the settings file.
#[derive(Debug, Clone, Default, clap::Args)]
#[expect(
    clippy::doc_markdown,
    reason = "the sentences are the help, where backticks would be noise"
)]
pub(crate) struct Global {
    /// Your settings file [variable: MRCONDUCTOR_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The project whose files may be read by relative path [variable: MRCONDUCTOR_PROJECT]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,
    /// Directory of the store [variable: MRCONDUCTOR_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Least severe records on stderr: off, error, warn, info, debug or trace [variable: MRCONDUCTOR_LOG]
    #[arg(long, global = true, value_name = "LEVEL", value_parser = log_level)]
    pub(crate) log: Option<LogLevel>,
    /// Connect to nothing, whatever the settings say [variable: MRCONDUCTOR_OFFLINE]
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Global {
    /// Returns the settings of this process, or what is wrong with them.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        let config = self.config_with_problems();
        match config.problems.first() {
            None => Ok(config),
            Some(problem) => Err(Failure::from(problem.clone()).into()),
        }
    }

    /// Returns what can be read of the settings; what is wrong stands in [`Config::problems`].
    pub(crate) fn config_with_problems(&self) -> Config {
        let flags = Flags {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            project: self.project.clone(),
            log: self.log,
            offline: self.offline,
        };
        let working_directory = std::env::current_dir().ok();
        Config::load(
            &flags,
            &Environment::of_process(),
            working_directory.as_deref(),
        )
    }
}

fn log_level(word: &str) -> Result<LogLevel, String> {
    LogLevel::ALL
        .into_iter()
        .find(|level| level.name() == word)
        .ok_or_else(|| "use off, error, warn, info, debug or trace".to_owned())
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves MCP on stdin and stdout until the client goes away
    Serve(serve::Args),
    /// Shows the main job on embedded real samples: no network, no configuration, nothing left behind
    Demo(demo::Args),
    /// Puts the server into the configuration of an IDE, shows the difference first, then tries it
    Setup(setup::Args),
    /// Takes the server out of the configuration of an IDE again
    Remove(remove::Args),
    /// Checks the set-up and names the fix for everything that is wrong
    Doctor(doctor::Args),
    /// Shortens text without losing it
    Distill(distill::Args),
    /// Gives back an original, or a part of it
    Restore(restore::Args),
    /// Adds, lists, searches, reads, refreshes and removes documentation
    Docs(docs::Args),
    /// Agrees protocol, tokenizer and features, and prints the signed receipt
    Handshake(handshake::Args),
    /// Makes, lists, shows and removes signing identities
    Keys(keys::Args),
    /// Lists and tests the vendor servers of the configuration
    Upstream(upstream::Args),
    /// Shows the tokens saved so far, net of what the server itself costs
    Gain(gain::Args),
    /// Shortens the output of a client's tools, as a hook of the client
    Hook(hook::Args),
    /// Shows the settings, where each came from, and their schema
    Config(config::Args),
    /// Prints the configuration entry for a client
    PrintConfig(print_config::Args),
    /// Measures on a folder of real material
    Bench(bench::Args),
    /// Shows the log of the server
    Logs(logs::Args),
    /// Prints shell completions
    Completions(completions::Args),
    /// Prints the manual page
    Man(man::Args),
}

/// Parses `arguments` (the program's name first), does what they say and returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => {
            drop(error.print());
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let global = line.global.clone();
    let outcome = match line.command {
        Some(command) => dispatch(command, &global),
        None if std::io::stdin().is_terminal() => short_help(),
        None => serve::run(&serve::Args::default(), &global),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => failure::report(&error, global.json),
    }
}

/// A person who types the bare name wants to know what there is; a client that starts it wants to be served.
fn short_help() -> anyhow::Result<ExitCode> {
    CommandLine::command().print_help()?;
    Ok(ExitCode::SUCCESS)
}

fn dispatch(command: Command, global: &Global) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(&args, global),
        Command::Demo(args) => demo::run(&args, global),
        Command::Setup(args) => setup::run(&args, global),
        Command::Remove(args) => remove::run(&args, global),
        Command::Doctor(args) => doctor::run(&args, global),
        Command::Distill(args) => distill::run(&args, global),
        Command::Restore(args) => restore::run(&args, global),
        Command::Docs(args) => docs::run(&args, global),
        Command::Handshake(args) => handshake::run(&args, global),
        Command::Keys(args) => keys::run(&args, global),
        Command::Upstream(args) => upstream::run(&args, global),
        Command::Gain(args) => gain::run(&args, global),
        Command::Hook(args) => hook::run(&args, global),
        Command::Config(args) => config::run(&args, global),
        Command::PrintConfig(args) => print_config::run(&args, global),
        Command::Bench(args) => bench::run(&args, global),
        Command::Logs(args) => logs::run(&args, global),
        Command::Completions(args) => completions::run(&args, global),
        Command::Man(args) => man::run(&args, global),
    }
}
