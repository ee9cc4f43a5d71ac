//! Where documents come from: a directory or file ([`directory`]), or a site on the web ([`crawl`]).

mod asking;
pub(crate) mod crawl;
mod directory;
mod links;
mod page;
mod robots;
mod scope;
mod sitemap;
mod twin;
pub mod web;

pub(crate) use self::directory::{FILE_BYTES_MAX, Found, walk};
pub(crate) use self::scope::tidy as site_address;
pub use self::scope::{Reach, Site};
