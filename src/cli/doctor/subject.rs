//! What is examined: the settings, the places, and every entry of ours in a client's file, each tried once.

use std::path::PathBuf;
use std::thread;

use clap::Parser as _;
use serde_json::Value;

use crate::cli::clients::file::Snapshot;
use crate::cli::clients::{CLIENTS, Client, Places, Scope, Session, edit, launch, path, spot};
use crate::cli::setup::{Tried, try_entry};
use crate::cli::trial::Launch;
use crate::cli::{CommandLine, Failure, Global};
use crate::config::{Config, Environment, Flags};

/// Everything a check may look at.
pub(super) struct Subject {
    /// The flags that `doctor` was given.
    pub(super) global: Global,
    /// The settings, with what is wrong with them.
    pub(super) config: Config,
    /// The environment of this process.
    pub(super) environment: Environment,
    /// The person's places, if a home is known.
    pub(super) places: Option<Places>,
    /// Every client's file that is there.
    pub(super) files: Vec<ClientFile>,
    /// Whether vendors may be contacted.
    pub(super) online: bool,
}

/// One file of one client.
pub(super) struct ClientFile {
    /// Whose file it is.
    pub(super) client: &'static dyn Client,
    /// The person's or the project's.
    pub(super) scope: Scope,
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it holds, if it can be read.
    pub(super) text: String,
    /// Our entry in it, none, or why the file cannot be used.
    pub(super) entry: Result<Option<Entry>, String>,
}

/// Our entry in a file.
pub(super) struct Entry {
    /// How the client starts it.
    pub(super) launch: Option<Launch>,
    /// What came of starting it.
    pub(super) tried: Tried,
}

impl Subject {
    /// Reads all files and starts every entry, side by side.
    pub(super) fn examine(global: &Global, online: bool) -> Self {
        let environment = Environment::of_process();
        let config = global.config_with_problems();
        let places = Places::of(&environment).ok();
        let files = places
            .as_ref()
            .map_or_else(Vec::new, |places| client_files(&config, places));
        Self {
            global: global.clone(),
            config,
            environment,
            places,
            files,
            online,
        }
    }

    /// Returns every entry with its file.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&ClientFile, &Entry)> {
        self.files.iter().filter_map(|file| match &file.entry {
            Ok(Some(entry)) => Some((file, entry)),
            _ => None,
        })
    }
}

impl ClientFile {
    /// Returns `Cursor (user)`.
    pub(super) fn title(&self) -> String {
        format!("{} ({})", self.client.title(), self.scope.name())
    }
}

impl Entry {
    /// Returns the settings that the started server sees.
    pub(super) fn config(&self) -> Option<Config> {
        let launch = self.launch.as_ref()?;
        let words = std::iter::once("mrconductor".to_owned()).chain(launch.args.iter().cloned());
        let global = CommandLine::try_parse_from(words).ok()?.global;
        let flags = Flags {
            config: global.config,
            data_dir: global.data_dir,
            project: global.project,
            log: global.log,
            offline: global.offline,
        };
        let environment: Environment = launch
            .env
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        Some(Config::load(&flags, &environment, Some(&launch.directory)))
    }
}

fn client_files(config: &Config, places: &Places) -> Vec<ClientFile> {
    let project = config.project.clone();
    let session = Session {
        project: project.clone().unwrap_or_else(|| places.home.clone()),
        home: places.home.clone(),
    };
    let mut wanted: Vec<_> = CLIENTS
        .iter()
        .map(|&client| (client, Scope::User))
        .collect();
    if project.is_some() {
        wanted.extend(CLIENTS.iter().map(|&client| (client, Scope::Project)));
    }
    thread::scope(|scope| {
        let readings: Vec<_> = wanted
            .into_iter()
            .map(|(client, whose)| {
                let (places, session) = (&places, &session);
                scope.spawn(move || client_file(client, whose, places, session))
            })
            .collect();
        readings
            .into_iter()
            .filter_map(|reading| reading.join().ok().flatten())
            .collect()
    })
}

fn client_file(
    client: &'static dyn Client,
    scope: Scope,
    places: &Places,
    session: &Session,
) -> Option<ClientFile> {
    let path = path(client, scope, &session.project, places);
    let failed = |failure: &Failure| failure.to_string();
    let (text, entry) = match Snapshot::read(&path) {
        Ok(Snapshot { text: None, .. }) => return None,
        Err(failure) => (String::new(), Err(failed(&failure))),
        Ok(Snapshot { text, .. }) => {
            let text = text.unwrap_or_default();
            let entry = edit::get(client.syntax(), &text, spot(client))
                .map(|entry| entry.map(|entry| tried(client, &entry, places, session)))
                .map_err(|error| format!("{}:{error}", path.display()));
            (text, entry)
        }
    };
    Some(ClientFile {
        client,
        scope,
        path,
        text,
        entry,
    })
}

fn tried(client: &dyn Client, entry: &Value, places: &Places, session: &Session) -> Entry {
    Entry {
        launch: launch(client, entry, session),
        tried: try_entry(client, entry, &session.project, places),
    }
}
