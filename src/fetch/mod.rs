//! The web as it is: one bounded GET at a time, never to a private address unless a person allowed it.
//!
//! Redirects are not followed here: whether a site may send us elsewhere is the crawl's to decide. No cookies, no
//! referrer, no credentials; the program's name is all that a server learns.

mod address;
mod resolve;

use std::error::Error;
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy, Proxy};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Runtime;
use url::{Host, Url};

use self::resolve::{Guarded, PrivateAddress};
use crate::config::Proxies;
use crate::lookup::web::{Answer, FetchError, Request, Web};

/// Bytes of one answer, packed or unpacked: as many as a file of documentation may have.
const BODY_BYTES_MAX: u64 = 16 << 20;
/// Time for one answer, with its last byte: a server that never ends costs no more.
const ANSWER_TIME: Duration = Duration::from_secs(30);
/// Time to reach a server.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// Bytes of a header that is kept: longer ones are no validators.
const HEADER_BYTES_MAX: usize = 1_000;

/// A client of the web.
#[derive(Debug)]
pub struct Http {
    runtime: Runtime,
    client: Client,
    allow_private: bool,
    /// Hosts of the proxies: their addresses may be private.
    proxies: Vec<String>,
    began: Instant,
    answer_time: Duration,
}

/// Why there can be no client.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The variable of a proxy cannot be used.
    #[error("cannot use the proxy of `{variable}`: {why}")]
    Proxy {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The client itself.
    #[error("HTTP cannot be set up: {0}")]
    Client(String),
}

impl SetUpError {
    /// Returns what to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Proxy { .. } => "give it as `http://host:port`, or unset the variable",
            Self::Client(_) => {
                "check the certificates of the system, or name a file of them in `SSL_CERT_FILE`"
            }
        }
    }
}

impl Http {
    /// Prepares a client; connects to nothing.
    pub fn new(proxies: &Proxies, allow_private: bool) -> Result<Self, SetUpError> {
        // The process has one provider; a second attempt to install it changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut hosts = Vec::new();
        let mut client = Client::builder()
            .user_agent(concat!(
                "mrconductor/",
                env!("CARGO_PKG_VERSION"),
                " (reads documentation)"
            ))
            .connect_timeout(CONNECT_TIME)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy();
        for (variable, given, make) in [
            (
                "HTTPS_PROXY",
                &proxies.https,
                Proxy::https::<String> as MakeProxy,
            ),
            ("HTTP_PROXY", &proxies.http, Proxy::http::<String>),
        ] {
            let Some(given) = given else { continue };
            let (proxy, host) =
                proxy(given, make).map_err(|why| SetUpError::Proxy { variable, why })?;
            let except = proxies.except.as_deref().and_then(NoProxy::from_string);
            client = client.proxy(proxy.no_proxy(except));
            hosts.push(host);
        }
        let client = client
            .dns_resolver(Arc::new(Guarded {
                allow_private,
                proxies: hosts.clone(),
            }))
            .build()
            .map_err(|error| SetUpError::Client(innermost(&error).to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| SetUpError::Client(error.to_string()))?;
        Ok(Self {
            runtime,
            client,
            allow_private,
            proxies: hosts,
            began: Instant::now(),
            answer_time: ANSWER_TIME,
        })
    }

    /// Checks what the resolver never sees: addresses in digits, and names that a proxy would resolve.
    fn check_host(&self, url: &Url) -> Result<(), FetchError> {
        let why = match url.host() {
            Some(Host::Ipv4(address)) => address::refusal(address.into(), self.allow_private),
            Some(Host::Ipv6(address)) => address::refusal(address.into(), self.allow_private),
            Some(Host::Domain(name)) => {
                let is_ours = self
                    .proxies
                    .iter()
                    .any(|proxy| proxy.eq_ignore_ascii_case(name));
                let is_hidden = !self.proxies.is_empty() && address::is_local_name(name);
                (!self.allow_private && (is_ours || is_hidden))
                    .then_some("a name of the own network")
            }
            None => Some("no host"),
        };
        match why {
            Some(why) => Err(FetchError::Private {
                host: url.host_str().unwrap_or_default().to_owned(),
                why: why.to_owned(),
                is_optional: address::is_optional(why),
            }),
            None => Ok(()),
        }
    }

    async fn answer(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        let mut asked = self
            .client
            .get(request.url.clone())
            .header(ACCEPT, request.accept)
            // Unpacked here, where the bytes are counted.
            .header(ACCEPT_ENCODING, "gzip");
        let validators = [
            (IF_NONE_MATCH, request.etag),
            (IF_MODIFIED_SINCE, request.last_modified),
        ];
        for (name, value) in validators {
            if let Some(value) = value {
                asked = asked.header(name, value);
            }
        }
        let mut response = asked
            .send()
            .await
            .map_err(|error| fault(request.url, error))?;
        let headers = response.headers().clone();
        let seconds = text(&headers, &RETRY_AFTER).and_then(|value| value.trim().parse().ok());
        let mut body = Vec::new();
        let is_enough = |body: &Vec<u8>| request.enough.is_some_and(|enough| body.len() >= enough);
        while let Some(part) = response
            .chunk()
            .await
            .map_err(|error| fault(request.url, error))?
        {
            if (body.len() + part.len()) as u64 > BODY_BYTES_MAX {
                return Err(FetchError::TooLarge(BODY_BYTES_MAX));
            }
            body.extend_from_slice(&part);
            if is_enough(&body) {
                break;
            }
        }
        let packing = text(&headers, &CONTENT_ENCODING).unwrap_or_default();
        Ok(Answer {
            status: response.status().as_u16(),
            content_type: text(&headers, &CONTENT_TYPE).unwrap_or_default(),
            location: text(&headers, &LOCATION),
            retry_after: seconds.map(Duration::from_secs),
            etag: text(&headers, &ETAG),
            last_modified: text(&headers, &LAST_MODIFIED),
            robots_tag: robots_tag(&headers),
            body: unpacked(body, &packing, request.enough)?,
        })
    }
}

impl Web for Http {
    fn get(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        self.check_host(request.url)?;
        self.runtime.block_on(async {
            let answer = tokio::time::timeout(self.answer_time, self.answer(request));
            answer
                .await
                .unwrap_or(Err(FetchError::TooSlow(self.answer_time)))
        })
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

type MakeProxy = fn(String) -> reqwest::Result<Proxy>;

fn proxy(given: &SecretString, make: MakeProxy) -> Result<(Proxy, String), String> {
    let given = given.expose_secret();
    let full = if given.contains("://") {
        given.to_owned()
    } else {
        format!("http://{given}")
    };
    let url = Url::parse(&full).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{}` is no scheme of an HTTP proxy", url.scheme()));
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let proxy = make(full).map_err(|error| innermost(&error.without_url()).to_string())?;
    Ok((proxy, host))
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= HEADER_BYTES_MAX).then(|| value.to_owned())
}

/// Returns what the server says to programs of what may be kept; a tag for each program may stand alone.
fn robots_tag(headers: &HeaderMap) -> String {
    let values = headers.get_all("x-robots-tag").iter();
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    texts.join(",").chars().take(HEADER_BYTES_MAX).collect()
}

/// Returns `body` unpacked, as far as it stays within the limit, or as far as is `enough`.
fn unpacked(
    mut body: Vec<u8>,
    packing: &str,
    enough: Option<usize>,
) -> Result<Vec<u8>, FetchError> {
    match packing.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => {
            body.truncate(enough.unwrap_or(usize::MAX));
            Ok(body)
        }
        "gzip" | "x-gzip" if enough.is_some() => {
            let mut plain = Vec::new();
            let most = enough.map_or(BODY_BYTES_MAX, |enough| enough as u64);
            // What was left out at the end cannot be unpacked, and is not asked for.
            drop(
                flate2::read::MultiGzDecoder::new(body.as_slice())
                    .take(most)
                    .read_to_end(&mut plain),
            );
            Ok(plain)
        }
        "gzip" | "x-gzip" => {
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(body.as_slice())
                .take(BODY_BYTES_MAX + 1)
                .read_to_end(&mut plain)
                .map_err(|error| FetchError::Packed(error.to_string()))?;
            if plain.len() as u64 > BODY_BYTES_MAX {
                return Err(FetchError::TooLarge(BODY_BYTES_MAX));
            }
            Ok(plain)
        }
        other => Err(FetchError::Packed(format!(
            "it is packed as `{other}`, which nobody asked for"
        ))),
    }
}

/// Returns what went wrong on the way to `url`, without the address, which is told beside it.
fn fault(url: &Url, error: reqwest::Error) -> FetchError {
    if error.is_timeout() {
        return FetchError::TooSlow(CONNECT_TIME);
    }
    let error = error.without_url();
    let mut cause: &(dyn Error + 'static) = &error;
    loop {
        if let Some(private) = cause.downcast_ref::<PrivateAddress>() {
            return FetchError::Private {
                host: url.host_str().unwrap_or_default().to_owned(),
                why: private.to_string(),
                is_optional: address::is_optional(private.why),
            };
        }
        match cause.source() {
            Some(inner) => cause = inner,
            None => return FetchError::Unreachable(cause.to_string()),
        }
    }
}

fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// Answers one request on loopback by `write`, and returns what the client made of it.
    fn get_from(
        answer_time: Duration,
        write: impl Fn(&mut dyn std::io::Write) + Send + 'static,
    ) -> Result<Answer, FetchError> {
        get_head_from(answer_time, None, write)
    }

    fn get_head_from(
        answer_time: Duration,
        enough: Option<usize>,
        write: impl Fn(&mut dyn std::io::Write) + Send + 'static,
    ) -> Result<Answer, FetchError> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/a", listener.local_addr().unwrap())).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).unwrap();
            write(&mut stream);
        });
        let mut http = Http::new(&Proxies::default(), true).unwrap();
        http.answer_time = answer_time;
        let answer = http.get(&Request {
            url: &url,
            accept: "*/*",
            etag: None,
            last_modified: None,
            enough,
        });
        drop(http);
        server.join().unwrap();
        answer
    }

    const LONG: Duration = Duration::from_secs(120);

    #[test]
    fn an_answer_that_has_no_end_is_left_at_the_limit() {
        let endless = get_from(LONG, |stream| {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"));
            while stream.write_all(&[b'a'; 1 << 12]).is_ok() {}
        });
        assert_eq!(endless, Err(FetchError::TooLarge(BODY_BYTES_MAX)));
    }

    #[test]
    fn of_an_answer_that_has_no_end_the_beginning_may_be_enough() {
        let answer = get_head_from(LONG, Some(10), |stream| {
            drop(stream.write_all(
                b"HTTP/1.1 200 OK\r\nX-Robots-Tag: noindex\r\nX-Robots-Tag: a: b\r\n\r\n",
            ));
            while stream.write_all(&[b'a'; 1 << 12]).is_ok() {}
        })
        .unwrap();
        assert_eq!(answer.body, b"aaaaaaaaaa");
        assert_eq!(answer.robots_tag, "noindex,a: b");
    }

    #[test]
    fn an_answer_that_grows_when_it_is_unpacked_is_left_at_the_limit() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&vec![b'a'; 64 << 20]).unwrap();
        let bomb = packer.finish().unwrap();
        let answer = get_from(LONG, move |stream| {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
                bomb.len()
            );
            drop(stream.write_all(&[head.as_bytes(), &bomb].concat()));
        });
        assert_eq!(answer, Err(FetchError::TooLarge(BODY_BYTES_MAX)));
    }

    #[test]
    fn a_server_that_never_ends_its_answer_is_left() {
        let time = Duration::from_millis(300);
        let slow = get_from(time, |stream| {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"));
            while stream.write_all(b"").is_ok() && stream.flush().is_ok() {
                std::thread::sleep(Duration::from_millis(100));
                if stream.write_all(b"a").is_err() {
                    return;
                }
            }
        });
        assert!(
            matches!(
                slow,
                Err(FetchError::TooSlow(_) | FetchError::Unreachable(_))
            ),
            "{slow:?}"
        );
    }

    #[test]
    fn a_private_address_is_refused_by_number_and_by_name() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let http = Http::new(&Proxies::default(), false).unwrap();
        for host in [
            "127.0.0.1",
            "localhost",
            "127.1",
            "0x7f000001",
            "2130706433",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
        ] {
            let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
            let answer = http.get(&Request {
                url: &url,
                accept: "*/*",
                etag: None,
                last_modified: None,
                enough: None,
            });
            assert!(
                matches!(answer, Err(FetchError::Private { .. })),
                "{host}: {answer:?}"
            );
        }
        assert!(listener.accept().is_err());
    }

    #[test]
    fn names_of_the_own_network_are_not_given_to_a_proxy() {
        let proxies = Proxies {
            https: Some("http://proxy.example:3128".into()),
            ..Proxies::default()
        };
        let http = Http::new(&proxies, false).unwrap();
        for host in [
            "intranet",
            "wiki.local",
            "localhost",
            "db.internal",
            "proxy.example",
        ] {
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            assert!(
                matches!(http.check_host(&url), Err(FetchError::Private { .. })),
                "{host}"
            );
        }
        assert_eq!(
            http.check_host(&Url::parse("https://docs.example/").unwrap()),
            Ok(())
        );
        let wrong = Proxies {
            http: Some("socks5://proxy.example:1080".into()),
            ..Proxies::default()
        };
        assert!(matches!(
            Http::new(&wrong, false),
            Err(SetUpError::Proxy { .. })
        ));
    }
}
