//! Who is let in: requests of the browser that opened the address which this process printed, and of nobody else.
//!
//! Any page that a person visits can make the browser send requests to loopback, and any user of the machine can connect to
//! it. So a request must name this server and no other (a name that a stranger had resolved to 127.0.0.1 is refused), must not
//! come from another site, and must bear the cookie that the one-time address was exchanged for.

use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use url::form_urlencoded;

use crate::keys::{self, KeyError};

/// Where the one-time token is exchanged for a session.
pub(super) const OPEN: &str = "/open";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// A secret that this process makes and shows to the person or to the browser; nobody guesses 256 bits.
pub(super) struct Secret(String);

impl Secret {
    fn generate() -> Result<Self, KeyError> {
        let bytes: [u8; 32] = keys::random()?;
        Ok(Self(blake3::Hash::from_bytes(bytes).to_hex().to_string()))
    }

    /// Tells whether `guess` is the secret, in a time that says nothing of where they differ.
    fn is(&self, guess: &str) -> bool {
        // Hashes are compared in constant time.
        blake3::hash(self.0.as_bytes()) == blake3::hash(guess.as_bytes())
    }

    /// Returns the secret, for whom it is meant.
    pub(super) fn shown(&self) -> &str {
        &self.0
    }
}

/// What one process admits.
pub(super) struct Guard {
    port: u16,
    /// Nothing once it was exchanged.
    token: Mutex<Option<Secret>>,
    session: Secret,
    /// What a form must bring along that changes something.
    form: Secret,
}

/// How a request came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// It belongs to the session.
    Session,
    /// It brought the token: the browser is to keep this cookie.
    Opened(String),
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("this server is asked under another name")]
    Host,
    #[error("the request comes from another site")]
    Site,
    #[error("this browser has no session here")]
    NoSession,
    #[error("the address was used, or it is an old one")]
    Token,
    #[error("the form is not of this session")]
    Form,
}

impl Refusal {
    /// Returns what to do about it.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Host => {
                "open the address that `mrconductor docs web` printed, as it stands there"
            }
            Self::Site => "open the page itself; other pages may not use it",
            Self::NoSession => {
                "open the address that `mrconductor docs web` printed; if it was used already, stop the command and start it again"
            }
            Self::Token => {
                "if it was you, stay in the browser that opened it; if not, stop `mrconductor docs web`, for somebody else opened it, and start it again"
            }
            Self::Form => "load the page anew and press the button again",
        }
    }
}

impl Guard {
    pub(super) fn new(port: u16) -> Result<Self, KeyError> {
        Ok(Self {
            port,
            token: Mutex::new(Some(Secret::generate()?)),
            session: Secret::generate()?,
            form: Secret::generate()?,
        })
    }

    /// Returns the address that opens the page, once.
    pub(super) fn address(&self) -> String {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let token = token.as_ref().map_or("", Secret::shown);
        format!("http://127.0.0.1:{}{OPEN}?token={token}", self.port)
    }

    /// Returns what forms bring along.
    pub(super) fn form(&self) -> &str {
        self.form.shown()
    }

    /// Checks what a form brought along.
    pub(super) fn check_form(&self, brought: &str) -> Result<(), Refusal> {
        self.form.is(brought).then_some(()).ok_or(Refusal::Form)
    }

    /// Decides about a request.
    pub(super) fn admit(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Entry, Refusal> {
        let host = self.host(uri, headers)?;
        check_site(method, headers, host)?;
        if uri.path() == OPEN && method == Method::GET {
            return self.open(uri.query().unwrap_or_default());
        }
        let name = self.cookie_name();
        let mut cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let has_session = cookies.any(|(cookie, value)| cookie == name && self.session.is(value));
        has_session
            .then_some(Entry::Session)
            .ok_or(Refusal::NoSession)
    }

    /// Returns the one host that the request names, if that is this server.
    fn host<'a>(&self, uri: &Uri, headers: &'a HeaderMap) -> Result<&'a str, Refusal> {
        let mut all = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (all.next(), all.next()) else {
            return Err(Refusal::Host);
        };
        let host = host.to_str().map_err(|_| Refusal::Host)?;
        let is_ours = |host: &str| {
            ["127.0.0.1", "localhost", "[::1]"]
                .iter()
                .any(|name| host.eq_ignore_ascii_case(&format!("{name}:{}", self.port)))
        };
        // An absolute address in the first line counts more than the header (RFC 9112 §3.2.2), so both must be ours.
        let agrees = uri
            .authority()
            .is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(host));
        (is_ours(host) && agrees)
            .then_some(host)
            .ok_or(Refusal::Host)
    }

    /// Exchanges the token, which is useless from then on.
    fn open(&self, query: &str) -> Result<Entry, Refusal> {
        let brought = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "token")
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default();
        let mut token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token
            .take_if(|token| token.is(&brought))
            .ok_or(Refusal::Token)?;
        Ok(Entry::Opened(format!(
            "{}={}; Path=/; HttpOnly; SameSite=Strict",
            self.cookie_name(),
            self.session.shown()
        )))
    }

    /// A browser sends cookies to every port of a host: two of these servers must not take each other's away.
    fn cookie_name(&self) -> String {
        format!("mrconductor-{}", self.port)
    }
}

/// Refuses what another site sends: only a person may follow a link from there, or type the address.
fn check_site(method: &Method, headers: &HeaderMap, host: &str) -> Result<(), Refusal> {
    let value = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = value(&SEC_FETCH_SITE);
    let origin = value(&header::ORIGIN);
    let is_ours = |origin: &str| origin.eq_ignore_ascii_case(&format!("http://{host}"));
    let is_allowed = if method == Method::GET || method == Method::HEAD {
        let is_followed = value(&SEC_FETCH_MODE) == Some("navigate")
            && value(&SEC_FETCH_DEST) == Some("document");
        let is_near = site.is_none_or(|site| site == "same-origin" || site == "none");
        origin.is_none_or(is_ours) && (is_near || is_followed)
    } else {
        match (site, origin) {
            // Under `Referrer-Policy: no-referrer` a browser sends forms with `Origin: null`, also to the site they are from
            // (https://fetch.spec.whatwg.org/#append-a-request-origin-header); where they are from it says truly in the other.
            (Some("same-origin"), Some(origin)) => is_ours(origin) || origin == "null",
            (None, Some(origin)) => is_ours(origin),
            _ => false,
        }
    };
    is_allowed.then_some(()).ok_or(Refusal::Site)
}

impl Refusal {
    /// All of them are told with this status.
    pub(super) const STATUS: StatusCode = StatusCode::FORBIDDEN;
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 4711;

    /// Asks `guard` with headers (name, value); the host is right unless they name one.
    fn ask(
        guard: &Guard,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Entry, Refusal> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        if !all.contains_key(header::HOST) {
            all.insert(header::HOST, "127.0.0.1:4711".parse().unwrap());
        }
        guard.admit(&method.parse().unwrap(), &path.parse().unwrap(), &all)
    }

    /// A guard and the cookie of its session.
    fn opened() -> (Guard, String) {
        let guard = Guard::new(PORT).unwrap();
        let address = guard.address();
        let path = address.strip_prefix("http://127.0.0.1:4711").unwrap();
        let Ok(Entry::Opened(cookie)) = ask(&guard, "GET", path, &[]) else {
            panic!("the address does not open");
        };
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (guard, cookie)
    }

    #[test]
    fn only_the_names_of_this_server_are_answered() {
        let (guard, cookie) = opened();
        let ask = |host: &str| ask(&guard, "GET", "/", &[("host", host), ("cookie", &cookie)]);
        for ours in [
            "127.0.0.1:4711",
            "localhost:4711",
            "LOCALHOST:4711",
            "[::1]:4711",
        ] {
            assert_eq!(ask(ours), Ok(Entry::Session), "{ours}");
        }
        for other in [
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost",
            "evil.example:4711",
            "127.0.0.1:4711.evil.example",
            "127.0.0.1.evil.example:4711",
            "localhost.:4711",
            "0.0.0.0:4711",
            "2130706433:4711",
            "user@127.0.0.1:4711",
            "",
        ] {
            assert_eq!(ask(other), Err(Refusal::Host), "{other}");
        }
    }

    #[test]
    fn two_hosts_or_none_are_no_host() {
        let (guard, cookie) = opened();
        let two = [
            ("host", "127.0.0.1:4711"),
            ("host", "evil.example"),
            ("cookie", cookie.as_str()),
        ];
        assert_eq!(ask(&guard, "GET", "/", &two), Err(Refusal::Host));
        let none = guard.admit(&Method::GET, &"/".parse().unwrap(), &HeaderMap::new());
        assert_eq!(none, Err(Refusal::Host));
        let absolute = [("cookie", cookie.as_str())];
        assert_eq!(
            ask(&guard, "GET", "http://evil.example/", &absolute),
            Err(Refusal::Host)
        );
        assert_eq!(
            ask(&guard, "GET", "http://127.0.0.1:4711/", &absolute),
            Ok(Entry::Session)
        );
    }

    #[test]
    fn the_token_opens_once_and_its_cookie_is_needed_everywhere() {
        let (guard, cookie) = opened();
        assert_eq!(
            ask(&guard, "GET", &guard.address(), &[]),
            Err(Refusal::Token)
        );
        assert_eq!(
            ask(&guard, "GET", "/open?token=", &[("cookie", &cookie)]),
            Err(Refusal::Token)
        );
        assert_eq!(
            ask(&guard, "GET", "/", &[("cookie", &cookie)]),
            Ok(Entry::Session)
        );
        let among = format!("a=b; {cookie}; c=d");
        assert_eq!(
            ask(&guard, "GET", "/", &[("cookie", &among)]),
            Ok(Entry::Session)
        );
        for wrong in [
            "",
            "mrconductor-4711=",
            "mrconductor-4711=0",
            &cookie.replace("4711", "4712"),
        ] {
            assert_eq!(
                ask(&guard, "GET", "/", &[("cookie", wrong)]),
                Err(Refusal::NoSession),
                "{wrong}"
            );
        }
        assert_eq!(ask(&guard, "GET", "/", &[]), Err(Refusal::NoSession));
    }

    #[test]
    fn a_wrong_token_leaves_the_right_one_as_it_was() {
        let guard = Guard::new(PORT).unwrap();
        for wrong in ["/open", "/open?token=", "/open?token=00", "/open?other=1"] {
            assert_eq!(
                ask(&guard, "GET", wrong, &[]),
                Err(Refusal::Token),
                "{wrong}"
            );
        }
        let address = guard.address();
        let path = address.strip_prefix("http://127.0.0.1:4711").unwrap();
        assert_ne!(ask(&guard, "POST", path, &[]), Ok(Entry::Session));
        let opened = ask(&guard, "GET", path, &[]);
        let Ok(Entry::Opened(cookie)) = opened else {
            panic!("{opened:?}")
        };
        assert!(
            cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"),
            "{cookie}"
        );
    }

    #[test]
    fn another_site_can_have_a_person_follow_a_link_and_nothing_else() {
        let (guard, cookie) = opened();
        let ask = |method: &str, headers: &[(&str, &str)]| {
            let all: Vec<_> = headers
                .iter()
                .copied()
                .chain([("cookie", cookie.as_str())])
                .collect();
            ask(&guard, method, "/", &all).is_ok()
        };
        let link = [
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        let frame = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
        let image = [("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")];
        for site in ["cross-site", "same-site"] {
            let from =
                |how: [(&'static str, &'static str); 2]| [how[0], how[1], ("sec-fetch-site", site)];
            assert!(ask("GET", &from(link)), "{site}");
            assert!(
                !ask("GET", &from(frame)) && !ask("GET", &from(image)),
                "{site}"
            );
            assert!(!ask("POST", &from(link)), "{site}");
        }
        assert!(ask("GET", &[("sec-fetch-site", "none")]));
        assert!(!ask("GET", &[("origin", "http://evil.example")]));
        for (expected, headers) in [
            (true, &[("origin", "http://127.0.0.1:4711")][..]),
            (
                true,
                &[
                    ("origin", "http://127.0.0.1:4711"),
                    ("sec-fetch-site", "same-origin"),
                ],
            ),
            (
                true,
                &[("origin", "null"), ("sec-fetch-site", "same-origin")],
            ),
            (false, &[("origin", "null")]),
            (false, &[]),
            (false, &[("sec-fetch-site", "same-origin")]),
            (
                false,
                &[
                    ("origin", "http://127.0.0.1:4711"),
                    ("sec-fetch-site", "same-site"),
                ],
            ),
            (false, &[("origin", "http://127.0.0.1:4712")]),
            (false, &[("origin", "http://localhost:4711")]),
            (
                false,
                &[
                    ("origin", "https://127.0.0.1:4711"),
                    ("sec-fetch-site", "cross-site"),
                ],
            ),
        ] {
            assert_eq!(ask("POST", headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_form_brings_what_its_page_gave_it() {
        let guard = Guard::new(PORT).unwrap();
        assert_eq!(guard.check_form(guard.form()), Ok(()));
        assert_eq!(guard.check_form(""), Err(Refusal::Form));
        let other = Guard::new(PORT).unwrap();
        assert_eq!(guard.check_form(other.form()), Err(Refusal::Form));
    }
}
