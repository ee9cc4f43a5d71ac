//! The first page of a site, wherever it has moved to, and what the site asks of programs.

use std::collections::HashMap;

use url::Url;

use super::frontier::is_media;
use super::visit::{asked_path, target, validators};
use crate::lookup::LookupError;
use crate::lookup::source::asking::Asking;
use crate::lookup::source::robots::{BYTES_MAX, Robots};
use crate::lookup::source::web::{Answer, FetchError};
use crate::store::crawls::FetchRow;

/// What is welcome of the first page: its menu leads to the others.
const ACCEPT_FIRST: &str =
    "text/html, application/xhtml+xml, text/markdown;q=0.9, text/plain;q=0.8, */*;q=0.1";
/// Redirects that are followed from one address.
pub(super) const REDIRECTS_MAX: u32 = 10;

/// A site whose first page has answered.
pub(super) struct Opened {
    pub(super) start: Url,
    /// Whether a redirect on the way here is not for good.
    pub(super) for_a_while: bool,
    pub(super) robots: Robots,
    pub(super) answer: Answer,
}

/// Asks for the first page, wherever it has moved to.
pub(super) fn open(
    asking: &mut Asking<'_>,
    first: &Url,
    rows: &HashMap<String, FetchRow>,
) -> Result<Opened, LookupError> {
    let mut start = first.clone();
    let mut robots = robots(asking, &start)?;
    let mut for_a_while = false;
    for _ in 0..=REDIRECTS_MAX {
        if !robots.allow(asked_path(&start)) {
            return Err(LookupError::site(
                &start,
                "its `robots.txt` asks programs not to read it",
            ));
        }
        let answer = asking
            .ask(
                &start,
                ACCEPT_FIRST,
                validators(rows.get(start.as_str()), &start),
            )
            .map_err(|error| LookupError::unfetched(&start, &error))?;
        match answer.status {
            200 | 304 => {
                return Ok(Opened {
                    start,
                    for_a_while,
                    robots,
                    answer,
                });
            }
            301 | 302 | 303 | 307 | 308 => {
                let target = target(&start, &answer)
                    .ok_or_else(|| LookupError::site(&start, "it redirects to no address"))?;
                if start.scheme() == "https" && target.scheme() != "https" {
                    return Err(LookupError::site(
                        &start,
                        "it redirects to an address that is not encrypted",
                    ));
                }
                if start.origin() != target.origin() {
                    robots = self::robots(asking, &target)?;
                }
                for_a_while |= matches!(answer.status, 302 | 303 | 307);
                start = target;
            }
            status => {
                return Err(LookupError::site(
                    &start,
                    format!("the server answers {status}"),
                ));
            }
        }
    }
    Err(LookupError::site(
        first,
        format!("it redirects more than {REDIRECTS_MAX} times"),
    ))
}

/// Tells that a site has no page, since at its first address there is only `why`.
pub(super) fn without_pages(start: &Url, answer: &Answer, why: &str) -> LookupError {
    const ARCHIVES: &[&str] = &["zip", "gzip", "x-tar", "x-gtar", "zstd", "x-xz", "x-bzip2"];
    let kind = answer.content_type.to_ascii_lowercase();
    let is_archive = ARCHIVES.iter().any(|archive| kind.contains(archive)) || is_media(start);
    let hint = if is_archive {
        "download the file, and add it if it is an archive of documentation: mrconductor docs add FILE"
    } else if why.contains("JavaScript") {
        "look for its `llms.txt`, or for its pages as Markdown, and add that address"
    } else {
        "give the address of a page that people read; of a file, download it and add the file"
    };
    LookupError::Site {
        url: start.as_str().to_owned(),
        why: format!("there is no page: {why}"),
        hint: hint.to_owned(),
    }
}

/// Asks the host of `url` what programs should leave alone.
fn robots(asking: &mut Asking<'_>, url: &Url) -> Result<Robots, LookupError> {
    let mut address = url.clone();
    address.set_query(None);
    address.set_path("/robots.txt");
    for _ in 0..REDIRECTS_MAX {
        let answer = match asking.ask_for_head(&address, "text/plain, */*;q=0.1", BYTES_MAX) {
            Ok(answer) => answer,
            // Where a redirect leads that may not be followed, there are no rules.
            Err(FetchError::Private { .. }) if address.host() != url.host() => {
                return Ok(Robots::default());
            }
            Err(error) => return Err(LookupError::unfetched(&address, &error)),
        };
        match answer.status {
            200 => {
                let robots = Robots::read(&answer.body);
                asking.delay = asking.delay.max(robots.delay);
                return Ok(robots);
            }
            301 | 302 | 303 | 307 | 308 => match target(&address, &answer) {
                Some(target) => address = target,
                None => return Ok(Robots::default()),
            },
            // Without rules everything may be read; without an answer nothing (RFC 9309, 2.3.1).
            429 | 500.. => {
                return Err(LookupError::Site {
                    url: address.as_str().to_owned(),
                    why: format!(
                        "the server answers {}, so nothing of the site may be read for now",
                        answer.status
                    ),
                    hint: "try again later; what was read of it before stays searchable".to_owned(),
                });
            }
            _ => return Ok(Robots::default()),
        }
    }
    Ok(Robots::default())
}
