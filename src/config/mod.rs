//! Layered, typed settings: defaults < user file < project file < environment < flags. The only reader of the environment.
//!
//! [`Settings`] lists the keys. A layer is read into values that each know their [`Origin`]; the last layer that says
//! something wins. A project's file may be a stranger's: it can add documentation and choose its limits and tools, never keys, vendor
//! addresses, data paths or programs. What is wrong is left out and listed in [`Config::problems`]: commands stop on it,
//! the server goes on with what can be read.

pub mod clock;
mod env;
mod error;
mod fault;
mod key;
mod layer;
mod origin;
mod places;
mod project;
mod proxy;
mod settings;
mod vendor;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

pub use self::env::{Environment, PREFIX, VARIABLES, Variable};
pub use self::error::ConfigError;
pub use self::fault::fault;
pub use self::key::{Key, Kind, keys, schema};
pub use self::origin::{Line, Origin};
pub use self::places::Places;
pub use self::project::{LOCKFILES, PROJECT_FILE};
pub use self::proxy::Proxies;
pub use self::settings::{
    Distill, Docs, DocsSource, Encoding, LogLevel, Lookup, Page, Scope, Settings, Upstream,
};
pub use self::vendor::{Off, Vendor, shown_header, shown_url};

use self::layer::{Owner, Setting};

/// The settings of one process, resolved once at the rim and passed on as values.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Directory of the store and of everything derived from it; none if no home is known.
    pub data_dir: Option<PathBuf>,
    /// Directory of the logs; none if no home is known.
    pub log_dir: Option<PathBuf>,
    /// The project whose files tools may read by relative path, if one is known.
    pub project: Option<PathBuf>,
    /// The user's settings file, whether or not it exists.
    pub user_file: Option<PathBuf>,
    /// The project's settings file, whether or not it exists.
    pub project_file: Option<PathBuf>,
    /// Every key with its value; paths as written.
    pub settings: Settings,
    /// Documentation that the settings name, in the order of names.
    pub documentation: Vec<NamedSource>,
    /// Folder of the sentence model that helps to find documentation, if one is set.
    pub model_dir: Option<PathBuf>,
    /// The vendors, ready to use.
    pub vendors: Vec<Vendor>,
    /// Through whom documentation is asked for on the web.
    pub proxies: Proxies,
    /// Where each value that is not a default came from, by dotted path.
    pub origins: BTreeMap<String, Origin>,
    /// What is wrong with the settings.
    pub problems: Vec<ConfigError>,
    /// What a person should know, though nothing is wrong.
    pub notes: Vec<String>,
}

/// A source of documentation that the settings name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSource {
    /// Its name.
    pub name: String,
    /// Its directory, file or archive; `None` if the settings do not say, or the home is not known.
    pub path: Option<PathBuf>,
    /// What else the settings say of it.
    pub settings: DocsSource,
    /// The project whose own file names it, which may be a stranger's; `None` if the person does.
    pub project: Option<PathBuf>,
}

/// What the command line says; it binds more than every other layer.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// The user's settings file.
    pub config: Option<PathBuf>,
    /// Directory of the store.
    pub data_dir: Option<PathBuf>,
    /// The project.
    pub project: Option<PathBuf>,
    /// Level of the records on stderr.
    pub log: Option<LogLevel>,
    /// Whether nothing is to be connected to.
    pub offline: bool,
}

impl Config {
    /// Resolves the settings of a process with these flags and this environment, started in `working_directory`.
    pub fn load(
        flags: &Flags,
        environment: &Environment,
        working_directory: Option<&Path>,
    ) -> Self {
        let places = Places::of(environment);
        let mut problems = Vec::new();
        let mut notes = Vec::new();

        let user_file = flags
            .config
            .clone()
            .or_else(|| environment.text("MRCONDUCTOR_CONFIG").map(PathBuf::from))
            .or_else(|| Some(places.config.as_ref()?.join("config.toml")));
        let mut merged = Merged::default();
        if let Some(file) = &user_file {
            merged.take(layer::of_file(file, Owner::User, &mut problems));
        }

        let project = project::find(
            flags.project.as_deref(),
            environment,
            working_directory,
            &places,
            &mut notes,
        );
        let project_file = project
            .as_ref()
            .map(|(directory, _)| directory.join(PROJECT_FILE));
        if let Some(file) = &project_file {
            let owner = Owner::Project {
                user_file: user_file.as_deref(),
            };
            let settings = layer::of_file(file, owner, &mut problems);
            merged.take_from_project(settings, &mut notes);
        }

        merged.take(layer::of_environment(
            environment,
            &mut problems,
            &mut notes,
        ));
        merged.take(of_flags(flags));

        let settings = merged.settings(&mut problems);
        let chosen = match (&flags.data_dir, &settings.data_dir) {
            (Some(path), _) => Some(path.clone()),
            (None, Some(text)) => places.expand(text),
            (None, None) => None,
        };
        let unexpanded = |path: &PathBuf| path.to_string_lossy().contains("${");
        if let Some(path) = chosen.as_ref().filter(|path| unexpanded(path)) {
            notes.push(format!(
                "data directory `{}` was not expanded by the client; ignored",
                path.display()
            ));
        }
        let data_dir = chosen
            .filter(|path| !unexpanded(path))
            .map(|path| working_directory.map_or(path.clone(), |base| base.join(&path)));
        // Who moves the data moves the logs with it.
        let log_dir = data_dir
            .as_ref()
            .or(places.state.as_ref())
            .map(|parent| parent.join("logs"));
        let mut origins = merged.origins;
        let project = project.map(|(directory, origin)| {
            origins.insert("project".to_owned(), origin);
            directory
        });
        let documentation = settings
            .docs
            .sources
            .iter()
            .map(|(name, source)| {
                let is_projects = |key: &str| {
                    let origin = origins.get(&format!("docs.sources.{name}.{key}"));
                    matches!(origin, Some(Origin::ProjectFile(_)))
                };
                let named = project.as_deref();
                let named = named.filter(|_| is_projects("path") || is_projects("url"));
                let path = source.path.as_deref();
                NamedSource {
                    name: name.clone(),
                    path: path.and_then(|path| match named {
                        Some(project) => Some(project.join(path)),
                        None => places.expand(path),
                    }),
                    settings: source.clone(),
                    project: named.map(Path::to_owned),
                }
            })
            .collect();
        let model_dir = settings.lookup.model_dir.as_deref();
        let model_dir = model_dir.and_then(|path| places.expand(path));
        let mut vendors: Vec<_> = settings
            .upstream
            .iter()
            .map(|(name, upstream)| Vendor::resolve(name, upstream, environment))
            .collect();
        notes.extend(vendors.iter().filter_map(Vendor::unencrypted));
        if settings.offline {
            for vendor in &mut vendors {
                vendor.off = Some(Off {
                    why: "nothing is connected to: `offline` is set".to_owned(),
                    hint: "take `--offline` out of the client's entry, or `offline` out of your settings".to_owned(),
                });
            }
        }
        if let Some(problem) = problems.iter().find(|problem| !problem.is_projects()) {
            for vendor in &mut vendors {
                vendor.off = Some(Off {
                    why: format!("your settings have a fault: {problem}"),
                    hint: problem.hint(),
                });
            }
        }
        Self {
            data_dir: data_dir.or(places.data),
            log_dir,
            project,
            user_file,
            project_file,
            settings,
            documentation,
            model_dir,
            vendors,
            proxies: Proxies::of(environment),
            origins,
            problems,
            notes,
        }
    }

    /// Returns where the value of the key at `path` came from.
    pub fn origin(&self, path: &str) -> Origin {
        self.origins.get(path).cloned().unwrap_or_default()
    }
}

fn of_flags(flags: &Flags) -> Vec<Setting> {
    let data_dir = flags.data_dir.as_ref().map(|path| {
        (
            "data_dir",
            path.to_string_lossy().into_owned(),
            "--data-dir",
        )
    });
    let data_dir = data_dir.map(|(key, value, flag)| (key, Value::String(value), flag));
    let log = flags
        .log
        .map(|level| ("log", Value::String(level.name().to_owned()), "--log"));
    let offline = flags
        .offline
        .then_some(("offline", Value::Boolean(true), "--offline"));
    data_dir
        .into_iter()
        .chain(log)
        .chain(offline)
        .map(|(key, value, flag)| Setting {
            path: vec![key.to_owned()],
            value,
            origin: Origin::Flag(flag),
        })
        .collect()
}

/// The layers so far, the later over the earlier.
#[derive(Default)]
struct Merged {
    values: Table,
    origins: BTreeMap<String, Origin>,
}

impl Merged {
    fn take(&mut self, layer: Vec<Setting>) {
        for Setting {
            mut path,
            value,
            origin,
        } in layer
        {
            // The names of headers know no case: `Authorization` of a file and of a variable are one header.
            if path.len() == 4
                && let Some(header) = path.last_mut()
            {
                header.make_ascii_lowercase();
            }
            self.origins.insert(path.join("."), origin);
            let Some(name) = path.pop() else { continue };
            if let Some(table) = self.table(&path) {
                table.insert(name, value);
            }
        }
    }

    /// Takes a project's layer: it adds documentation and changes none of the person's; of the person's tools it chooses some,
    /// it never adds one.
    fn take_from_project(&mut self, layer: Vec<Setting>, notes: &mut Vec<String>) {
        let (choices, others): (Vec<_>, Vec<_>) = layer
            .into_iter()
            .partition(|setting| setting.path.first().is_some_and(|step| step == "upstream"));
        let (taken, others): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|setting| self.names_documentation(&setting.path));
        notes.extend(taken.iter().map(|setting| {
            format!(
                "{}: your own settings name `{}`, and a project changes nothing of it; ignored",
                setting.origin,
                setting.path.get(..3).unwrap_or_default().join(".")
            )
        }));
        self.take(others);
        for choice in choices {
            let Setting {
                path,
                value: Value::Array(wanted),
                origin,
            } = choice
            else {
                continue;
            };
            let held = self
                .table_of_vendor(&path)
                .and_then(|vendor| vendor.get("tools"))
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let all = Value::String("*".to_owned());
            let (kept, refused): (Vec<_>, Vec<_>) = if wanted.contains(&all) {
                (held, Vec::new())
            } else {
                wanted
                    .into_iter()
                    .partition(|tool| held.contains(tool) || held.contains(&all))
            };
            if !refused.is_empty() {
                let names: Vec<_> = refused.iter().filter_map(Value::as_str).collect();
                notes.push(format!(
                    "{origin}: the project asks for `{}` of `{}`, which your own settings do not offer; ignored",
                    names.join("`, `"),
                    path.get(1).map_or("", String::as_str),
                ));
            }
            if self.table_of_vendor(&path).is_some() {
                self.take(vec![Setting {
                    path,
                    value: Value::Array(kept),
                    origin,
                }]);
            }
        }
    }

    /// Tells whether `path` is of a source of documentation that is named already.
    fn names_documentation(&self, path: &[String]) -> bool {
        let [docs, sources, name, ..] = path else {
            return false;
        };
        (docs.as_str(), sources.as_str()) == ("docs", "sources")
            && self
                .values
                .get("docs")
                .and_then(|docs| docs.get("sources")?.get(name))
                .is_some()
    }

    fn table_of_vendor(&self, path: &[String]) -> Option<&Table> {
        self.values.get("upstream")?.get(path.get(1)?)?.as_table()
    }

    /// Returns the table at `path`, made if it is missing.
    fn table(&mut self, path: &[String]) -> Option<&mut Table> {
        path.iter().try_fold(&mut self.values, |table, step| {
            table
                .entry(step.clone())
                .or_insert_with(|| Value::Table(Table::new()))
                .as_table_mut()
        })
    }

    /// Returns the typed settings. Every value was checked against its key, so what the types still refuse is a fault of
    /// this program; it is reported like any other, and the defaults hold.
    fn settings(&self, problems: &mut Vec<ConfigError>) -> Settings {
        Value::Table(self.values.clone())
            .try_into()
            .unwrap_or_else(|error: toml::de::Error| {
                problems.push(ConfigError::WrongValue {
                    origin: Origin::Default,
                    key: "settings".to_owned(),
                    takes: "the values of its schema".to_owned(),
                    found: error.message().to_owned(),
                });
                Settings::default()
            })
    }
}
