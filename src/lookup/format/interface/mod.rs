//! What descriptions of interfaces share: references, schemas in words, authorization, examples, names of pages.

pub(super) mod auth;
pub(super) mod example;
pub(super) mod fields;
pub(in crate::lookup) mod joined;
pub(super) mod names;
pub(super) mod opening;
pub(super) mod rules;
pub(super) mod schemas;
pub(super) mod servers;
pub(super) mod spec;
pub(super) mod version;
pub(super) mod words;

use self::spec::counted;

/// Operations of the largest description.
const OPERATIONS_MAX: usize = 20_000;

/// Cuts `operations` to what a description may have, and says how many were more.
pub(super) fn bounded<T>(operations: &mut Vec<T>) -> Option<String> {
    let beyond = operations.len().checked_sub(OPERATIONS_MAX + 1)? + 1;
    operations.truncate(OPERATIONS_MAX);
    let beyond = counted(beyond, "operation");
    Some(format!("{beyond} beyond the limit of {OPERATIONS_MAX}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_beyond_the_limit_are_told() {
        let mut operations = vec![(); OPERATIONS_MAX];
        assert_eq!(bounded(&mut operations), None);
        operations.push(());
        let told = bounded(&mut operations);
        assert_eq!(
            told.as_deref(),
            Some("1 operation beyond the limit of 20000")
        );
        assert_eq!(operations.len(), OPERATIONS_MAX);
    }
}
