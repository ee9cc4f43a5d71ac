//! Faults that the tests of a debug build ask for. A release build does not look.

use super::Environment;
use crate::server::Fault;

/// Returns the fault that `MRC_FAULT` names.
#[cfg(debug_assertions)]
pub fn fault(environment: &Environment) -> Option<Fault> {
    match environment.text("MRC_FAULT")? {
        "panic" => Some(Fault::Panic),
        "noise" => Some(Fault::Noise),
        "slow" => Some(Fault::Slow),
        "stuck" => Some(Fault::Stuck),
        _ => None,
    }
}

/// Returns none: a release has no faults on demand.
#[cfg(not(debug_assertions))]
pub fn fault(_: &Environment) -> Option<Fault> {
    None
}
