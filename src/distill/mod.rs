//! Text → shorter text: nothing lost at level `exact`, everything recoverable at every level.

pub mod strategy;
