//! Names of hosts → the addresses that are connected to. What is checked here is what is used: a name that answers
//! otherwise the second time gains nothing.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address;

/// A host that has no address but private ones.
#[derive(Debug, thiserror::Error)]
#[error("{address}, {why}")]
pub(super) struct PrivateAddress {
    address: String,
    pub(super) why: &'static str,
}

/// The resolver of the system, without the addresses that are not asked.
#[derive(Debug)]
pub(super) struct Guarded {
    pub(super) allow_private: bool,
    /// Hosts whose addresses may be private, since a person configured them.
    pub(super) proxies: Vec<String>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let is_proxy = self.proxies.iter().any(|proxy| proxy == name.as_str());
        let allow_private = self.allow_private;
        Box::pin(async move {
            let mut found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let mut refused = None;
            found.retain(|found| {
                let why = address::refusal(found.ip(), allow_private).filter(|_| !is_proxy);
                refused = refused.take().or(why.map(|why| PrivateAddress {
                    address: found.ip().to_string(),
                    why,
                }));
                why.is_none()
            });
            match refused {
                Some(refused) if found.is_empty() => Err(refused.into()),
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}
