//! The time. Engines take it as a value; this is the only reader of the clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns the milliseconds since 1970-01-01 UTC; 0 if the clock stands before it.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the clock"
)]
pub fn unix_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

/// Returns the whole seconds since 1970-01-01 UTC.
pub fn unix_seconds() -> i64 {
    unix_ms() / 1_000
}
