//! The one integration binary: a file per subject, all through the real program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    let_underscore_drop,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "a failed expectation in a test is a failed test"
)]

mod archives;
mod bench;
mod browser;
mod bundle;
mod calls;
mod cli;
mod config;
mod distill;
mod docs;
mod docs_anew;
mod docs_answers;
mod docs_faults;
mod docs_formats;
mod docs_hits;
mod docs_model;
mod docs_read;
mod docs_search;
mod docs_vectors;
mod docs_web;
mod docsets;
mod doctor;
mod documents;
mod everything;
mod gain;
mod handshake;
mod harness;
mod hook;
mod hostile;
mod html;
mod hybrid;
mod ide_configs;
mod keys;
mod offline;
mod openers;
mod outline;
mod readme;
mod restore;
mod revisions;
mod rustdoc;
mod session;
mod setup;
mod sites;
mod stdio;
mod store;
mod surface;
mod sync;
mod tidy;
mod tiny_model;
mod traces;
mod upstream;
mod upstream_faults;
mod vendor;
