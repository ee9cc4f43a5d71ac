//! The maps and sets of the codecs.
//!
//! A log has a million words to look up, and the hash of the standard library takes longer for each than all that is done with it.
//! This one takes a few instructions. Its seed differs from process to process and from map to map, so that nobody can write a
//! text whose words all meet in one place. The order of a map is as random as its seed: nothing that is written may follow it.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

/// A map with a fast, seeded hash.
pub(super) type Map<K, V> = HashMap<K, V, RandomState>;

/// A set with a fast, seeded hash.
pub(super) type Set<K> = HashSet<K, RandomState>;
