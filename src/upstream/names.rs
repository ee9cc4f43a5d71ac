//! `NAME__tool`: the name under which an agent sees a vendor's tool.
//!
//! A name is a function of the vendor's name and the tool's alone, so it never changes owner when a list does.

/// Stands between the vendor and the tool; no vendor's name contains it.
pub(super) const SEPARATOR: &str = "__";

/// Characters: Cursor allows 60 for the server's name, one separator and the tool's name; `mrconductor` takes 11.
const NAME_CHARS_MAX: usize = 60 - "mrconductor".len() - 1;

/// Hexadecimal digits that tell apart names which were changed to fit: 2^32 for at most thousands of tools.
const MARK_CHARS: usize = 8;

/// Returns the name of `tool` of `vendor`: `[A-Za-z0-9_-]`, at most [`NAME_CHARS_MAX`] long. A name that had to be changed to
/// fit carries a mark of the original, so that two tools never become one.
pub(super) fn local_name(vendor: &str, tool: &str) -> String {
    let plain: String = tool
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let name = format!("{vendor}{SEPARATOR}{plain}");
    if plain == tool && name.len() <= NAME_CHARS_MAX && !tool.is_empty() {
        return name;
    }
    let mark = blake3::hash(tool.as_bytes()).to_hex();
    let kept: String = name.chars().take(NAME_CHARS_MAX - MARK_CHARS - 1).collect();
    let mark: String = mark.chars().take(MARK_CHARS).collect();
    format!("{kept}_{mark}")
}

/// Returns the vendor's part of a tool's name on our side.
pub(super) fn vendor_of(name: &str) -> Option<&str> {
    name.split_once(SEPARATOR).map(|(vendor, _)| vendor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_fits_is_kept_and_every_other_is_marked() {
        assert_eq!(local_name("acme", "get-sum"), "acme__get-sum");
        assert_eq!(local_name("acme", "a__b"), "acme__a__b");
        assert_eq!(
            local_name("acme", "files/read.x"),
            "acme__files_read_x_6c30c981"
        );
        assert_ne!(
            local_name("acme", "files.read"),
            local_name("acme", "files/read")
        );
        assert_ne!(
            local_name("acme", "files.read"),
            local_name("acme", "files_read")
        );
        assert_ne!(local_name("acme", ""), "acme__");
    }

    #[test]
    fn names_are_short_enough_for_the_strictest_client_and_differ() {
        let long = "a".repeat(300);
        let one = local_name("acme", &format!("{long}1"));
        let two = local_name("acme", &format!("{long}2"));
        assert_eq!((one.len(), two.len()), (48, 48));
        assert_ne!(one, two);
        assert_eq!(local_name("acme", &"a".repeat(42)).len(), 48);
        assert!(
            !local_name("acme", &"a".repeat(42)).contains('_') || vendor_of(&one) == Some("acme")
        );
    }
}
