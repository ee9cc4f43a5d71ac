//! Vendor servers, as a client: tools that a person selected are offered as `NAME__tool`, and each call is relayed over
//! Streamable HTTP with its JSON cut and spliced, never re-typed.
//!
//! A message comes in through [`Vendors`], is written by `wire`, goes out and comes back through `session` over `http` and
//! `sse`. `link` holds one vendor together; `catalog` is what it offers, `names`, `clean` and `parameters` its rules. A vendor
//! that is away costs nobody else anything: its tools come from a kept list, and its calls are answered with a clear error.

mod catalog;
mod clean;
mod error;
mod http;
mod link;
mod names;
mod parameters;
mod session;
mod sse;
mod upstreams;
mod vendors;
mod wire;

pub use self::error::CallError;
pub use self::session::Era;
pub use self::upstreams::{Kept, Report, Upstreams};
pub use self::vendors::{VendorCall, VendorEvent, Vendors};
