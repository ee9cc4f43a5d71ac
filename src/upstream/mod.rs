//! Vendor servers, as a client.

mod vendors;

pub use self::vendors::{VendorCall, VendorEvent, Vendors};
