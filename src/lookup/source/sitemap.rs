//! Reads `sitemap.xml`: the addresses that a site lists of itself, or the lists it is split into.

use crate::lookup::packing;

/// Bytes of one file, unpacked: as many as of a page.
const BYTES_MAX: usize = 16 << 20;
/// Addresses of one file: the limit of the protocol (sitemaps.org).
const ADDRESSES_MAX: usize = 50_000;
/// Bytes of one address: the limit of the protocol is 2,048.
const ADDRESS_BYTES_MAX: usize = 4_096;

/// What a sitemap lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sitemap {
    /// Pages.
    Pages(Vec<String>),
    /// Other sitemaps.
    Index(Vec<String>),
}

impl Sitemap {
    /// Reads a sitemap, packed or not; `None` if it is none.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        // What was unpacked before a fault, or before the limit, is read.
        let bytes = packing::beginning(bytes, BYTES_MAX);
        let text = String::from_utf8_lossy(&bytes);
        let is_index = text.contains("<sitemapindex");
        if !is_index && !text.contains("<urlset") {
            return None;
        }
        let addresses = text
            .split("<loc>")
            .skip(1)
            .filter_map(|part| part.split_once("</loc>"))
            .map(|(address, _)| unescaped(address.trim()))
            .filter(|address| address.len() <= ADDRESS_BYTES_MAX)
            .take(ADDRESSES_MAX)
            .collect();
        Some(if is_index {
            Self::Index(addresses)
        } else {
            Self::Pages(addresses)
        })
    }
}

/// Returns the text that `text` stands for in XML: an address has one of five named references at most.
fn unescaped(text: &str) -> String {
    let verbatim = text
        .strip_prefix("<![CDATA[")
        .and_then(|text| text.strip_suffix("]]>"));
    if let Some(verbatim) = verbatim {
        return verbatim.trim().to_owned();
    }
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        // The last, so that nothing is read twice.
        ("&amp;", "&"),
    ];
    named.iter().fold(text.to_owned(), |text, (name, letter)| {
        text.replace(name, letter)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_list_of_pages_and_a_list_of_lists_are_told_apart() {
        let pages = b"<?xml version=\"1.0\"?><urlset>\n<url>\n<loc> https://h.example/a?b=1&amp;c=2 </loc></url>\
            <url><loc><![CDATA[https://h.example/d]]></loc></url><url><loc>torn";
        let expected = ["https://h.example/a?b=1&c=2", "https://h.example/d"].map(str::to_owned);
        assert_eq!(
            Sitemap::read(pages),
            Some(Sitemap::Pages(expected.to_vec()))
        );
        assert_eq!(
            Sitemap::read(&packed(pages)),
            Some(Sitemap::Pages(expected.to_vec()))
        );
        let index = b"<sitemapindex><sitemap><loc>https://h.example/s.xml.gz</loc></sitemap></sitemapindex>";
        assert_eq!(
            Sitemap::read(index),
            Some(Sitemap::Index(vec![
                "https://h.example/s.xml.gz".to_owned()
            ]))
        );
        assert_eq!(Sitemap::read(b"<!doctype html><p>not found"), None);
    }

    #[test]
    fn a_packed_list_that_grows_without_end_is_read_to_the_limit() {
        let bomb = packed(&vec![b' '; 64 << 20]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(Sitemap::read(&bomb), None);
    }
}
