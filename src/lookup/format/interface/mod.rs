//! What descriptions of interfaces share: references, schemas in words, authorization, examples, names of pages.

pub(super) mod auth;
pub(super) mod example;
pub(super) mod fields;
pub(super) mod names;
pub(super) mod schemas;
pub(super) mod spec;
