//! The keys of a settings file: their types, defaults, limits and what they mean.
//!
//! These types are the only list of keys. The JSON Schema, the checks, `config show` and the table in
//! `docs/configuration.md` are read from them; `x-project` marks what a project's own file may say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything a settings file can say.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(
    title = "mrconductor settings",
    inline,
    extend("additionalProperties" = false)
)]
pub struct Settings {
    /// Directory of the store and of everything derived from it: absolute, or starting with `~/`.
    pub data_dir: Option<String>,
    /// The least severe records that reach stderr.
    pub log: LogLevel,
    /// Whether nothing is ever connected to, whatever else is set.
    pub offline: bool,
    /// How much of an answer one page holds.
    pub page: Page,
    /// Shortening of text.
    pub distill: Distill,
    /// Search and reading of documentation.
    pub docs: Docs,
    /// What helps to find documentation.
    pub lookup: Lookup,
    /// Vendor servers whose selected tools are offered next to the local ones, by name.
    pub upstream: BTreeMap<String, Upstream>,
}

/// Severity of log records.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// What will fail soon, or was mended.
    #[default]
    Warn,
    /// What was done.
    Info,
    /// How it was done.
    Debug,
    /// Every step.
    Trace,
}

impl LogLevel {
    /// Every level, the quietest first.
    pub const ALL: [Self; 6] = [
        Self::Off,
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];

    /// Returns the word of a settings file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// How much of an answer one page holds: clients cut longer results without telling the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Page {
    /// Most bytes of one page: of an answer over MCP, whatever its tokens.
    #[schemars(range(min = 1_000, max = 1_000_000))]
    pub bytes: usize,
    /// Most lines of one page: of an answer over MCP, whatever its tokens.
    #[schemars(range(min = 10, max = 100_000))]
    pub lines: usize,
}

impl Page {
    /// One page for all of an answer.
    pub fn unbounded() -> Self {
        Self {
            bytes: usize::MAX,
            lines: usize::MAX,
        }
    }
}

impl Default for Page {
    fn default() -> Self {
        Self {
            bytes: 9_500,
            lines: 250,
        }
    }
}

/// Shortening of text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Distill {
    /// Vocabulary in which tokens are counted where no session says otherwise.
    #[schemars(extend("x-project" = true))]
    pub encoding: Encoding,
    /// Files, as globs such as `**/prompts/*.md`, whose text is always spelled as it is, as with `intent: edit`.
    #[schemars(extend("x-project" = true))]
    pub protected: Vec<String>,
}

/// A vocabulary in which tokens are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub enum Encoding {
    /// `o200k_base`.
    #[default]
    #[serde(rename = "o200k_base")]
    O200k,
    /// `cl100k_base`.
    #[serde(rename = "cl100k_base")]
    Cl100k,
}

impl From<Encoding> for crate::tokens::Encoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::O200k => Self::O200k,
            Encoding::Cl100k => Self::Cl100k,
        }
    }
}

/// Search and reading of documentation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Docs {
    /// Most tokens of an answer where the call does not say.
    #[schemars(range(min = 200, max = 20_000), extend("x-project" = true))]
    pub max_tokens: usize,
    /// Most tokens of an answer of a search where the call does not say, if `max_tokens` is no less.
    #[schemars(range(min = 200, max = 20_000), extend("x-project" = true))]
    pub search_tokens: usize,
    /// Most passages of an answer where the call does not say. Of more than 12 each is shown shorter, so that more fit.
    #[schemars(range(min = 1, max = 60), extend("x-project" = true))]
    pub limit: usize,
    /// Documentation that `docs sync` reads in, by name.
    pub sources: BTreeMap<String, DocsSource>,
}

impl Default for Docs {
    fn default() -> Self {
        Self {
            max_tokens: 3_000,
            search_tokens: 1_200,
            limit: 12,
            sources: BTreeMap::new(),
        }
    }
}

/// What helps to find documentation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Lookup {
    /// Folder of a sentence model of your own (BERT, such as all-MiniLM-L6-v2): absolute, or starting with `~/`.
    pub model_dir: Option<String>,
}

/// A source of documentation as a settings file names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct DocsSource {
    /// Directory, file or archive to read in: absolute, or starting with `~/`; in a project's file, a path below the project.
    #[schemars(extend("x-project" = true))]
    pub path: Option<String>,
    /// Address of the first page of a site, in place of a path: `https://…` or `http://…`.
    #[schemars(extend("x-project" = true))]
    pub url: Option<String>,
    /// Tag, branch or commit of the git repository there; without it files are read as they lie.
    pub at: Option<String>,
    /// Globs of the paths to read; all if there are none.
    #[schemars(extend("x-project" = true))]
    pub include: Vec<String>,
    /// Globs of paths to leave out.
    #[schemars(extend("x-project" = true))]
    pub exclude: Vec<String>,
    /// Most files or pages to read; 2000 pages of a site if left out.
    #[schemars(range(min = 1, max = 500_000), extend("x-project" = true))]
    pub max_documents: Option<usize>,
    /// How far to go on a site: the first page alone, what lies below its path, or its whole host.
    #[schemars(extend("x-project" = true))]
    pub scope: Scope,
    /// Links of a site to follow from its first page.
    #[schemars(range(min = 0, max = 100), extend("x-project" = true))]
    pub depth: u32,
    /// Milliseconds between two requests to a site, more if its `robots.txt` asks for it.
    #[schemars(range(min = 0, max = 60_000), extend("x-project" = true))]
    pub delay_ms: u64,
    /// Whether hosts of private networks and of this machine are visited.
    pub allow_private: bool,
}

impl Default for DocsSource {
    fn default() -> Self {
        Self {
            path: None,
            url: None,
            at: None,
            include: Vec::new(),
            exclude: Vec::new(),
            max_documents: None,
            scope: Scope::default(),
            depth: 16,
            delay_ms: 250,
            allow_private: false,
        }
    }
}

/// How far a reading of a site goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Scope {
    /// The first page alone.
    Page,
    /// What lies below its path.
    #[default]
    Path,
    /// Its whole host.
    Host,
}

/// A vendor's MCP server, reached over Streamable HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Upstream {
    /// Address of the MCP endpoint: `https://…` or `http://…`.
    pub url: Option<String>,
    /// Headers of every request; `${VAR}` and `${VAR:-default}` are read from the environment.
    pub headers: BTreeMap<String, String>,
    /// Names of the vendor's tools to offer, or `["*"]` for all; a project's file can only choose among them.
    #[schemars(extend("x-project" = true))]
    pub tools: Vec<String>,
    /// Longest wait for the vendor to be reached and to open a session, in milliseconds.
    #[schemars(range(min = 100, max = 60_000))]
    pub connect_timeout_ms: u64,
    /// Longest silence of the vendor during a call, in milliseconds; progress starts it anew.
    #[schemars(range(min = 100, max = 3_600_000))]
    pub call_timeout_ms: u64,
    /// Whether the vendor is used at all.
    pub enabled: bool,
}

impl Default for Upstream {
    fn default() -> Self {
        Self {
            url: None,
            headers: BTreeMap::new(),
            tools: Vec::new(),
            connect_timeout_ms: 5_000,
            call_timeout_ms: 60_000,
            enabled: true,
        }
    }
}
