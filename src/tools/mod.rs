//! The tools an agent sees: one file per tool, and [`TOOLS`], the registry.
//!
//! A tool parses its arguments, makes one engine call and renders text. The command line calls the same functions, so a
//! person and an agent read the same bytes.

mod answer;
mod arguments;
pub mod distill;
mod docs_read;
mod docs_search;
pub mod handshake;
pub mod input;
mod ledger;
mod lockfile;
pub mod page;
mod reader;
mod reads;
pub mod restore;
mod schema;
pub mod session;
mod shown;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value};

pub use self::answer::{Answer, ToolError};
pub use self::arguments::{closest, parse};
pub use self::ledger::{descriptions_tokens, record_hook};
use self::lockfile::Lockfiles;
use self::reader::Reader;
use self::reads::Reads;
pub use self::schema::schema_of;
use crate::config::Config;
use crate::keys::{KeyError, SigningKey};
use crate::lookup::{Budget, Found, Index, Pinned};
use crate::store::{Condition, Store, StoreError};

/// A JSON object: the arguments of a call, a schema, the facts of an answer.
pub type JsonObject = Map<String, Value>;

/// One tool of `tools/list`.
pub trait Tool: Sync {
    /// Name on the wire: `[a-z_]{1,20}`.
    fn name(&self) -> &'static str;
    /// What the tool does and when to use it, for the model: at most 300 characters, the key fact first.
    fn description(&self) -> &'static str;
    /// Whether a call leaves everything the person can see as it was.
    fn read_only(&self) -> bool {
        true
    }
    /// Flat JSON Schema of the arguments: no `$schema`, `$ref`, `$defs` or root `anyOf`.
    fn input_schema(&self) -> JsonObject;
    /// Answers one call. Runs on a blocking thread.
    fn call(&self, engines: &Engines, arguments: JsonObject) -> Result<Answer, ToolError>;
}

/// Every local tool, in the order of `tools/list`.
pub const TOOLS: &[&dyn Tool] = &[
    &handshake::Handshake,
    &distill::DistillTool,
    &restore::RestoreTool,
    &docs_search::DocsSearch,
    &docs_read::DocsRead,
];

/// Returns the local tool called `name`.
pub fn find(name: &str) -> Option<&'static dyn Tool> {
    TOOLS.iter().copied().find(|tool| tool.name() == name)
}

/// Checks `arguments` against the schema of `tool`, then calls it.
pub fn call(
    tool: &dyn Tool,
    engines: &Engines,
    arguments: JsonObject,
) -> Result<Answer, ToolError> {
    let arguments = arguments::check(&tool.input_schema(), arguments)?;
    let arguments = engines.arguments_spelled_out(arguments);
    let page = ledger::Page::of(&arguments);
    let mut answer = tool.call(engines, arguments)?;
    ledger::record(engines, tool.name(), page, &answer);
    // A model that is given a handle must know when it will not last.
    let notice = |store: &OnceLock<Store>| store.get().and_then(Store::notice);
    let library = notice(&engines.library).filter(|_| tool.name().starts_with("docs_"));
    if let Some(notice) = library.or_else(|| notice(&engines.store)) {
        if !answer.text.is_empty() && !answer.text.ends_with('\n') {
            answer.text.push('\n');
        }
        answer.text.push_str(&notice);
        answer
            .facts
            .insert("store".to_owned(), Value::String(notice));
    }
    Ok(answer)
}

/// Does what `docs_search` does, within the same limits, and returns what was found in its parts, with the reasons why each
/// is there: for programs that ask on the command line, and for people.
pub fn search_documentation(engines: &Engines, arguments: JsonObject) -> Result<Found, ToolError> {
    let schema = docs_search::DocsSearch.input_schema();
    docs_search::explained(engines, arguments::check(&schema, arguments)?)
}

/// What the tools work with: settings, and the store, opened when first needed.
pub struct Engines {
    /// The settings of this process.
    pub config: Config,
    /// The search index of the documentation, opened at the first search.
    pub index: Index,
    /// The files that this process has distilled.
    reads: Reads,
    /// Whose names for identifiers arguments may use.
    reader: Reader,
    lockfiles: Lockfiles,
    store: OnceLock<Store>,
    /// The store that documentation is read from, where that cannot be written and `store` lives in memory.
    library: OnceLock<Store>,
    /// Held while the store is opened, so that two first calls do not open it twice.
    opening: Mutex<()>,
    has_saved: AtomicBool,
    session_key: OnceLock<SigningKey>,
}

impl Engines {
    /// Joins the engines of one process; touches no disk.
    pub fn new(config: Config) -> Self {
        Self {
            index: config
                .data_dir
                .as_deref()
                .map_or_else(Index::in_memory, Index::at)
                .with_model(config.model_dir.clone()),
            config,
            reads: Reads::default(),
            reader: Reader::default(),
            lockfiles: Lockfiles::default(),
            store: OnceLock::new(),
            library: OnceLock::new(),
            opening: Mutex::new(()),
            has_saved: AtomicBool::new(false),
            session_key: OnceLock::new(),
        }
    }

    /// Returns the versions of what the project uses, as its lock files say.
    fn pinned(&self) -> Pinned {
        let project = self.config.project.as_deref();
        project.map_or_else(Pinned::default, |project| self.lockfiles.pinned(project))
    }

    /// What fits an answer of at most `tokens` tokens on one page, whose size the settings say.
    fn page(&self, tokens: usize) -> Budget {
        let page = self.config.settings.page;
        Budget {
            tokens,
            bytes: page.bytes,
            lines: page.lines,
        }
    }

    /// Returns whether this is the first time that it is asked.
    fn is_first_saving(&self) -> bool {
        !self.has_saved.swap(true, Ordering::Relaxed)
    }

    /// Returns the store, opening it at the first call.
    pub fn store(&self) -> Result<&Store, StoreError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let _opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let opened = match &self.config.data_dir {
            Some(directory) => Store::open(directory)?,
            None => Store::in_memory_because("no home directory is known")?,
        };
        Ok(self.store.get_or_init(|| opened))
    }

    /// Returns the store to read documentation from: what is kept in the data directory can be read also where nothing can be
    /// written there, and the rest of what is kept lives in memory.
    pub fn library(&self) -> Result<&Store, StoreError> {
        let store = self.store()?;
        let (Condition::Memory { why }, Some(directory)) =
            (store.condition(), &self.config.data_dir)
        else {
            return Ok(store);
        };
        if let Some(library) = self.library.get() {
            return Ok(library);
        }
        Ok(match Store::open_to_read(directory, why) {
            Ok(library) => self.library.get_or_init(|| library),
            Err(_) => store,
        })
    }

    /// Returns the key that signs receipts: made at the first call, never written anywhere, wiped at the end.
    pub fn session_key(&self) -> Result<&SigningKey, KeyError> {
        if let Some(key) = self.session_key.get() {
            return Ok(key);
        }
        let made = SigningKey::generate()?;
        Ok(self.session_key.get_or_init(|| made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Keep;

    impl Tool for Keep {
        fn name(&self) -> &'static str {
            "keep"
        }

        fn description(&self) -> &'static str {
            "Keeps a word."
        }

        fn input_schema(&self) -> JsonObject {
            JsonObject::from_iter([("type".to_owned(), Value::from("object"))])
        }

        fn call(&self, engines: &Engines, _arguments: JsonObject) -> Result<Answer, ToolError> {
            let id = engines.store()?.keep_original(b"word")?;
            Ok(Answer {
                text: format!("h{id}"),
                facts: JsonObject::new(),
            })
        }
    }

    #[test]
    fn an_answer_says_that_the_store_will_not_last() {
        let engines = Engines::new(Config::default());
        let answer = call(&Keep, &engines, JsonObject::new()).unwrap();
        let notice = "store: in memory, handles end with this process: no home directory is known";
        assert_eq!(answer.text, format!("h1\n{notice}"));
        assert_eq!(answer.facts.get("store"), Some(&Value::from(notice)));
    }

    #[test]
    fn documentation_is_read_where_nothing_can_be_written_and_the_rest_lives_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let engines = || {
            Engines::new(Config {
                data_dir: Some(data.clone()),
                ..Config::default()
            })
        };
        engines().store().unwrap().keep_source("s", "/s").unwrap();
        // A lock that is a directory is one that nobody can take, whoever asks.
        std::fs::write(data.join("store.suspect"), "").unwrap();
        std::fs::remove_file(data.join("store.lock")).unwrap();
        std::fs::create_dir(data.join("store.lock")).unwrap();
        let engines = engines();
        assert_eq!(engines.library().unwrap().sources().unwrap().len(), 1);
        assert!(engines.store().unwrap().sources().unwrap().is_empty());
        let kept = call(&Keep, &engines, JsonObject::new()).unwrap();
        assert!(
            kept.text.starts_with("h1\nstore: in memory"),
            "{}",
            kept.text
        );
    }

    #[test]
    fn an_answer_from_a_sound_store_says_nothing_about_it() {
        let folder = tempfile::tempdir().unwrap();
        let engines = Engines::new(Config {
            data_dir: Some(folder.path().to_path_buf()),
            ..Config::default()
        });
        assert_eq!(call(&Keep, &engines, JsonObject::new()).unwrap().text, "h1");
    }
}
