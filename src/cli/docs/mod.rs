//! `mrconductor docs`: documentation is added, listed, searched, read, refreshed, carried elsewhere and removed.
#![expect(
    clippy::print_stderr,
    reason = "stderr is where people follow long work"
)]

mod add;
mod bundle;
mod faults;
mod job;
mod keeping;
mod list;
mod site;
mod sources_file;
mod sync;
mod watch;
mod web;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser};
use serde_json::{Value, json};

use self::add::{Asked, Bar};
use super::{Failure, Global};
use crate::cli::number::counted;
use crate::cli::out::{self, say};
use crate::config::Page;
use crate::lookup::document::Kind;
use crate::lookup::{Choice, Extent, LookupError, Passage, library};
use crate::tools::{self, Answer, Engines, JsonObject, ToolError};

/// Adds, lists, searches, reads, refreshes and removes documentation.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Reads a directory, a file, an archive or a site into the library; again, only what changed
    Add {
        /// Directory, file or archive, or the address of a site's first page
        path: PathBuf,
        /// What to call it; the name of the directory or host if left out
        #[arg(long)]
        name: Option<String>,
        /// Most files or pages to read, from now on; 2000 pages of a site if left out
        #[arg(long, value_name = "COUNT", value_parser = RangedU64ValueParser::<usize>::new().range(1..=sync::FILES_MAX as u64))]
        max_documents: Option<usize>,
        #[command(flatten)]
        choice: ChoiceArgs,
        #[command(flatten)]
        site: site::SiteArgs,
    },
    /// Reads in the sources that your settings name, and those of a file
    Sync {
        #[arg(
            long,
            value_name = "FILE",
            help = "JSON file with `documentation_sources`, as other servers of documentation have it"
        )]
        from: Option<PathBuf>,
    },
    /// Lists the sources
    List,
    /// Finds passages that answer a question
    #[command(disable_version_flag = true)]
    Search(SearchArgs),
    /// Prints a page or section by its reference
    Read {
        /// A reference as `search` prints it, with `~2` for the second part of what it names, or the path of a page
        reference: String,
        /// A heading of the page
        #[arg(long)]
        section: Option<String>,
        /// Lines of the file, as 120-200
        #[arg(long)]
        lines: Option<String>,
        /// Tokens of the answer, 200 to 20000; what the settings say if left out
        #[arg(long)]
        max_tokens: Option<usize>,
        /// Session of a handshake: its reader is not shown again what it was shown before
        #[arg(long, value_name = "HANDLE")]
        session: Option<String>,
    },
    /// Reads what changed, of one source or of all
    Refresh {
        /// Name of the source
        name: Option<String>,
        /// Goes on and reads what changes as it changes; of a site once an hour
        #[arg(long)]
        watch: bool,
    },
    /// Writes a source into a file, to carry it to a machine that reaches nothing
    Export(bundle::Export),
    /// Reads in a source that `export` wrote
    Import(bundle::Import),
    /// Shows the library in a browser: sources, jobs, and searches as an agent sees them
    Web(web::Args),
    /// Removes a source from the library; what it was read from stays
    Remove {
        /// Name of the source
        name: String,
    },
}

/// Which pages of a source a person wants.
#[derive(Debug, clap::Args)]
struct ChoiceArgs {
    /// Tag, branch or commit of a local git repository, read from its objects
    #[arg(long, value_name = "REVISION")]
    at: Option<String>,
    /// Only paths that match, such as `guide/**`; may be repeated
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No paths that match; may be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
}

impl ChoiceArgs {
    fn choice(&self) -> Choice {
        Choice {
            at: self.at.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            inside: None,
        }
    }
}

#[derive(Debug, clap::Args)]
struct SearchArgs {
    /// Question or identifier
    #[arg(required = true)]
    query: Vec<String>,
    /// Only this source
    #[arg(long)]
    source: Option<String>,
    /// Version of the documentation: 1.2, ^1 or latest; that of the project in this folder if left out, else the newest
    #[arg(long)]
    version: Option<String>,
    /// How much of each hit to print
    #[arg(long, value_parser = ["outline", "snippet", "full"])]
    detail: Option<String>,
    /// Only such pages
    #[arg(long, value_parser = kind())]
    kind: Option<Kind>,
    /// Tokens of the answer, 200 to 20000; what the settings say if left out
    #[arg(long)]
    max_tokens: Option<usize>,
    /// Passages at most, 1 to 60; what the settings say if left out
    #[arg(long)]
    limit: Option<usize>,
    /// Goes on where an earlier answer stopped
    #[arg(long)]
    cursor: Option<String>,
    /// Session of a handshake: its reader is not shown again what it was shown before
    #[arg(long, value_name = "HANDLE")]
    session: Option<String>,
}

impl Action {
    /// Whether a person says how long an answer may be.
    fn names_size(&self) -> bool {
        match self {
            Self::Search(args) => args.max_tokens.is_some(),
            Self::Read { max_tokens, .. } => max_tokens.is_some(),
            _ => false,
        }
    }
}

fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name))
        .try_map(|name| Kind::named(&name).ok_or("no such kind"))
}

impl From<LookupError> for Failure {
    fn from(error: LookupError) -> Self {
        Self::new(error.to_string(), error.hint()).code(5)
    }
}

/// Does what the words after `docs` say.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let mut config = global.config()?;
    if args.action.names_size() {
        // Pages are for clients that cut what is longer; a person who names a size gets it.
        config.settings.page = Page::unbounded();
    }
    let engines = Engines::new(config);
    match &args.action {
        // Their answers end with what is to be known of the store.
        Action::Search(_) | Action::Read { .. } => {}
        Action::List | Action::Export(_) | Action::Web(_) => keeping::tell(&engines)?,
        Action::Add { .. }
        | Action::Sync { .. }
        | Action::Refresh { .. }
        | Action::Import(_)
        | Action::Remove { .. } => keeping::must_last(&engines)?,
    }
    match &args.action {
        Action::Add {
            path,
            name,
            max_documents,
            choice,
            site,
        } => {
            let (choice, site) = (choice.choice(), site.settings());
            site::refuse_for_files(&site, path)?;
            site::refuse_revision(&choice, path)?;
            let asked = Asked {
                name: name.clone(),
                max_documents: *max_documents,
                site: Some(site::of_choice(site, &choice)),
                choice,
            };
            add::add(&engines, path, asked, global.json)
        }
        Action::Sync { from } => sync::sync(&engines, from.as_deref(), global.json),
        Action::Refresh { name, watch } => {
            if *watch {
                return watch::watch(&engines, name.as_deref(), global.json);
            }
            let chosen = add::chosen(&engines, name.as_deref())?;
            add::refresh(&engines, chosen, global.json)
        }
        Action::List => list::list(&engines, global.json),
        Action::Search(args) => search(&engines, args, global.json),
        Action::Read {
            reference,
            section,
            lines,
            max_tokens,
            session,
        } => {
            let arguments = json!({
                "ref": reference,
                "section": section,
                "lines": lines,
                "max_tokens": max_tokens,
                "session": session,
            });
            read_page(&engines, arguments, global.json)
        }
        Action::Export(args) => bundle::export(&engines, args, global.json),
        Action::Import(args) => bundle::import(&engines, args, global.json),
        Action::Web(args) => web::web(engines, args, global.json),
        Action::Remove { name } => remove(&engines, name, global.json),
    }
}

fn tool(engines: &Engines, name: &str, arguments: Value) -> Result<Answer, Failure> {
    let (Some(tool), Value::Object(arguments)) = (tools::find(name), arguments) else {
        return Err(Failure::new(
            format!("there is no tool `{name}`"),
            "this is a fault of the program",
        ));
    };
    tools::call(tool, engines, arguments).map_err(|error| unanswered(engines, error))
}

/// Says what is to be known of the store where no answer says it: it may be why there is none.
fn unanswered(engines: &Engines, error: ToolError) -> Failure {
    drop(keeping::tell(engines)); // a store that does not open is what `error` speaks of
    error.into()
}

fn search(engines: &Engines, args: &SearchArgs, json: bool) -> anyhow::Result<ExitCode> {
    let arguments = json!({
        "query": args.query.join(" "),
        "source": args.source,
        "version": args.version,
        "detail": args.detail,
        "kind": args.kind.map(Kind::name),
        "max_tokens": args.max_tokens,
        "limit": args.limit,
        "cursor": args.cursor,
        "session": args.session,
    });
    if !json {
        out::write(tool(engines, "docs_search", arguments)?.text.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let Value::Object(arguments) = arguments else {
        anyhow::bail!("arguments are an object");
    };
    let found = tools::search_documentation(engines, arguments)
        .map_err(|error| unanswered(engines, error))?;
    let results: Vec<Value> = found.passages.iter().map(passage).collect();
    out::write_json(
        &json!({"results": results, "shown_before": found.before, "same_text": found.same, "used_tokens": found.used_tokens, "next_cursor": found.next_cursor, "doubt": found.doubt, "hint": found.advice, "store": engines.library()?.notice()}),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn passage(passage: &Passage) -> Value {
    json!({
        "ref": passage.reference.to_string(),
        "source": passage.source,
        "path": passage.path,
        "url": passage.url,
        "lines": [passage.lines.0, passage.lines.1],
        "title": passage.title,
        "breadcrumb": passage.breadcrumb,
        "kind": passage.kind,
        "score": (f64::from(passage.score) * 1000.0).round() / 1000.0,
        "why": passage.reasons.iter().map(|reason| reason.name).collect::<Vec<_>>(),
        "version": passage.version,
        "read_on": passage.read_on,
        "tokens": passage.tokens(),
        "tokens_in_all": passage.tokens_in_all,
        "truncated": passage.extent != Extent::Whole,
        "caution": passage.caution(),
        "text": passage.text,
    })
}

fn read_page(engines: &Engines, arguments: Value, json: bool) -> anyhow::Result<ExitCode> {
    let answer = tool(engines, "docs_read", arguments)?;
    if json {
        let mut object: JsonObject = answer.facts;
        object.insert("text".to_owned(), answer.text.into());
        say!("{}", Value::Object(object))?;
    } else {
        out::write(answer.text.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn remove(engines: &Engines, name: &str, json: bool) -> anyhow::Result<ExitCode> {
    let store = engines.store()?;
    let bar = Bar::start(store, name);
    let removed = library::remove(store, &engines.index, name, &|progress| bar.show(progress));
    bar.finish();
    let (row, size, note) = removed.map_err(Failure::from)?;
    if json {
        out::write_json(&json!({"removed": list::source(&row, size)}))?;
    } else {
        say!(
            "removed `{}`: {}, {}; what lies at {} stays",
            row.name,
            counted(size.pages, "page"),
            counted(size.sections, "section"),
            row.location
        )?;
    }
    if let Some(note) = note {
        eprintln!("note: {note}");
    }
    // It is removed, whatever comes of this; what cannot be given back is filled again by what is added next.
    let given_back = store.give_back().unwrap_or_default();
    if given_back > 0 {
        eprintln!("note: gave {} MiB back to the disk", given_back >> 20);
    }
    Ok(ExitCode::SUCCESS)
}
