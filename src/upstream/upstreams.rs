//! All vendors of one process: what the server asks through [`Vendors`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::error::CallError;
use super::link::Link;
use super::names::vendor_of;
use super::session::Era;
use super::vendors::{VendorCall, VendorEvent, Vendors};
use crate::config::Vendor;

/// Wait before the first contact: a client's first questions, which take a few milliseconds, have the machine to themselves.
/// A call does not wait for it.
const START_WAIT: Duration = Duration::from_millis(100);

/// The vendors of the settings.
pub struct Upstreams {
    links: BTreeMap<String, Arc<Link>>,
    generation: watch::Sender<u64>,
}

/// What is known of a vendor without asking it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Names of the tools as an agent sees them.
    pub tools: Vec<String>,
    /// When the list was fetched, in milliseconds since 1970.
    pub fetched_ms: i64,
}

/// What came of asking a vendor.
#[derive(Debug, Clone)]
pub struct Report {
    /// Which protocol it speaks.
    pub era: Era,
    /// The version agreed.
    pub version: String,
    /// From nothing to an open session.
    pub opened_in: Duration,
    /// The list of tools, with the session open.
    pub listed_in: Duration,
    /// Every tool, by the vendor's name.
    pub offered: Vec<String>,
    /// The selected ones: the vendor's name, and ours.
    pub selected: Vec<(String, String)>,
    /// Selected ones that cannot be offered, with the reason.
    pub refused: Vec<(String, &'static str)>,
}

impl Upstreams {
    /// Joins the vendors and reads the lists of tools kept in `data_dir`; connects to nothing.
    pub fn new(vendors: &[Vendor], data_dir: Option<&Path>) -> Self {
        let (generation, _) = watch::channel(0);
        let links = vendors
            .iter()
            .map(|vendor| {
                let cache = data_dir.map(|directory| {
                    directory
                        .join("upstream")
                        .join(format!("{}.json", vendor.name))
                });
                let link = Link::new(vendor.clone(), cache, generation.clone());
                (vendor.name.clone(), Arc::new(link))
            })
            .collect();
        Self { links, generation }
    }

    /// Starts to fetch the tools of every vendor, in the background of the current runtime.
    pub fn start_fetching(&self) {
        for link in self.links.values().filter(|link| link.vendor.off.is_none()) {
            let link = Arc::clone(link);
            tokio::spawn(async move {
                tokio::time::sleep(START_WAIT).await;
                link.keep_fetching().await;
            });
        }
    }

    /// Returns what is known of a vendor without asking it.
    pub fn kept(&self, vendor: &str) -> Option<Kept> {
        let catalog = self.links.get(vendor)?.catalog()?;
        Some(Kept {
            tools: catalog
                .tools
                .iter()
                .map(|tool| tool.local.clone())
                .collect(),
            fetched_ms: catalog.fetched_ms,
        })
    }

    /// Connects to a vendor of the settings and lists its tools.
    pub async fn ask(&self, vendor: &str) -> Option<Result<Report, CallError>> {
        let link = self.links.get(vendor)?;
        Some(report(link).await)
    }
}

async fn report(link: &Arc<Link>) -> Result<Report, CallError> {
    let start = Instant::now();
    let session = link.session().await?;
    let opened_in = start.elapsed();
    let start = Instant::now();
    let catalog = link.fetch().await?;
    Ok(Report {
        era: session.era,
        version: session.version.clone(),
        opened_in,
        listed_in: start.elapsed(),
        offered: catalog.offered.clone(),
        selected: catalog
            .tools
            .iter()
            .map(|tool| (tool.remote.clone(), tool.local.clone()))
            .collect(),
        refused: catalog.refused.clone(),
    })
}

impl Vendors for Upstreams {
    fn tools(&self) -> Vec<Box<RawValue>> {
        let mut tools: Vec<_> = self
            .links
            .values()
            .filter(|link| link.vendor.enabled)
            .filter_map(|link| link.catalog())
            .flat_map(|catalog| {
                let tools = catalog.tools.iter();
                tools
                    .map(|tool| (tool.local.clone(), tool.object.clone()))
                    .collect::<Vec<_>>()
            })
            .collect();
        tools.sort_by(|one, other| one.0.cmp(&other.0));
        tools.into_iter().map(|(_, object)| object).collect()
    }

    fn owns(&self, tool: &str) -> bool {
        vendor_of(tool).is_some_and(|vendor| self.links.contains_key(vendor))
    }

    fn call(
        &self,
        call: VendorCall,
        events: mpsc::Sender<VendorEvent>,
        cancelled: CancellationToken,
    ) -> BoxFuture<'static, ()> {
        let link = vendor_of(&call.tool).and_then(|vendor| self.links.get(vendor));
        match link {
            Some(link) => Arc::clone(link).call(call, events, cancelled).boxed(),
            None => async move {
                let text = format!(
                    "no vendor of the settings has a tool `{}`\nhint: call a tool of the list",
                    call.tool
                );
                drop(events.send(VendorEvent::ToolError(text)).await);
            }
            .boxed(),
        }
    }

    fn on_change(&self) -> watch::Receiver<u64> {
        self.generation.subscribe()
    }
}
