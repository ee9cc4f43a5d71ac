//! mrconductor: one program that an IDE starts, and that conducts what a coding agent reads.
//!
//! A message flows one way, and each word of this line is a module:
//!
//! ```text
//! stdio → server → tool → engine → store
//! ```
//!
//! - [`cli`] turns words into one action, and errors into words with a hint.
//! - [`config`] answers which value holds, and where it came from.
//! - [`telemetry`] writes records to a file and to stderr, never to stdout.
//! - [`server`] speaks MCP: the bounded stdio shell, identity, both protocol eras.
//! - [`tools`] holds one file per tool: its input, its text for the model, one engine call.
//! - The engines are plain functions from values to values: [`tokens`], [`distill`], [`lookup`], [`handshake`], [`keys`].
//!   [`upstream`], a client of other people's servers by nature, is the only asynchronous one.
//! - [`fetch`] is the web as [`lookup`] sees it: one bounded, blocking GET at a time.
//! - `markup` reads the tokens of a page, for the two engines that read pages.
//! - [`store`] is the only SQL: one SQLite file, shared by every process.
//!
//! The library exists for the program, its tests and its benches; its interface may change with any release.

pub mod cli;
pub mod config;
pub mod distill;
pub mod fetch;
pub mod handshake;
pub mod keys;
pub mod lookup;
mod markup;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod tokens;
pub mod tools;
pub mod upstream;

pub use cli::run;
