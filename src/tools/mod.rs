//! The tools an agent sees: one file per tool, and [`TOOLS`], the registry.
//!
//! A tool parses its arguments, makes one engine call and renders text. The command line calls the same functions, so a
//! person and an agent read the same bytes.

mod answer;
mod arguments;
pub mod distill;
pub mod page;
pub mod restore;
mod schema;

use std::sync::OnceLock;

use serde_json::{Map, Value};

pub use self::answer::{Answer, ToolError};
pub use self::arguments::{closest, parse};
pub use self::schema::schema_of;
use crate::config::Config;
use crate::store::{Store, StoreError};

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
pub const TOOLS: &[&dyn Tool] = &[&distill::DistillTool, &restore::RestoreTool];

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
    tool.call(engines, arguments)
}

/// What the tools work with: settings, and the store, opened when first needed.
pub struct Engines {
    /// The settings of this process.
    pub config: Config,
    store: OnceLock<Store>,
}

impl Engines {
    /// Joins the engines of one process; touches no disk.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            store: OnceLock::new(),
        }
    }

    /// Returns the store, opening it at the first call.
    pub fn store(&self) -> Result<&Store, StoreError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let opened = match &self.config.data_dir {
            Some(directory) => Store::open(directory)?,
            None => Store::in_memory()?,
        };
        Ok(self.store.get_or_init(|| opened))
    }
}
