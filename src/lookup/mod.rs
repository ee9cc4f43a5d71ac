//! Documents → sections → ranked answers.
//!
//! ```text
//! files or a site → format → document → section → store → index, embedding, model → rank → passage
//! ```
//!
//! A person adds sources; the store keeps their pages and sections and is the truth; the index is derived from it.
//! Everything quoted is data from strangers: hidden text is gone before it is stored, and every passage is fenced.

mod action;
mod arity;
mod bare;
mod beside;
mod best;
pub mod bundle;
mod citation;
mod clean;
mod counted;
pub mod document;
mod editions;
pub(crate) mod embedding;
mod endpoint;
mod error;
mod escape;
mod excerpt;
mod fill;
mod find;
pub mod format;
mod index;
mod intake;
pub mod kept;
pub mod leaf;
pub mod library;
pub(crate) mod model;
mod name_only;
pub mod naming;
mod narrow;
mod orders;
mod packing;
mod passage;
pub(crate) mod rank;
mod read;
mod reference;
mod search;
mod section;
mod shelf;
pub mod site;
mod source;
mod spelling;
mod version;
mod zip;

pub(crate) use self::editions::documentations;
pub use self::editions::{Pinned, pinned_name};
pub use self::error::LookupError;
pub use self::index::Index;
pub(crate) use self::index::vectors::Vectors;
pub use self::library::Record;
pub use self::model::ModelError;
pub use self::passage::{Budget, Extent, Passage};
pub use self::rank::Reason;
pub(crate) use self::rank::{Evidence, Question, Weights, weigh};
pub use self::read::{Given, READ_TOKENS_MAX, Read, read};
pub use self::reference::Reference;
pub(crate) use self::search::search_without;
pub use self::search::{Detail, Found, QUERY_BYTES_MAX, Search, search};
pub use self::source::{Choice, Reach, Site, web};
pub(crate) use self::spelling::spelling;
