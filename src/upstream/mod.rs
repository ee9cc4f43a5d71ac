//! Vendor servers, as a client.
