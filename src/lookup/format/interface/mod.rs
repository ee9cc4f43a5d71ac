//! What descriptions of interfaces share: references, schemas in words, authorization, examples, names of pages.

pub(super) mod auth;
pub(super) mod below;
pub(super) mod example;
pub(super) mod fields;
pub(in crate::lookup) mod joined;
pub(super) mod marked;
pub(super) mod names;
pub(super) mod opening;
pub(super) mod rules;
pub(super) mod schemas;
pub(super) mod servers;
pub(super) mod spec;
pub(super) mod version;
pub(super) mod words;
