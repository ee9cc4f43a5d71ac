//! The proxies that the environment names, as other programs read them.

use secrecy::SecretString;

use super::Environment;

/// Through whom pages are asked for. An address may hold a password.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// For `https://`.
    pub https: Option<SecretString>,
    /// For `http://`.
    pub http: Option<SecretString>,
    /// Hosts that are asked without one.
    pub except: Option<String>,
}

impl Proxies {
    /// Reads the variables; the spelling in small letters is the older one, and wins.
    pub(super) fn of(environment: &Environment) -> Self {
        let text = |small: &str, large: &str| {
            let given = environment.text(small).or_else(|| environment.text(large));
            given.map(str::to_owned)
        };
        Self {
            https: text("https_proxy", "HTTPS_PROXY").map(SecretString::from),
            http: text("http_proxy", "HTTP_PROXY").map(SecretString::from),
            except: text("no_proxy", "NO_PROXY"),
        }
    }
}
