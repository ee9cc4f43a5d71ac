//! What a vendor's tools are: as the vendor lists them, and as an agent sees them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::clean::{visible, visible_schema};
use super::error::CallError;
use super::names::local_name;
use super::parameters::{Parameter, parameters};
use super::session::{Era, Outcome, Request, Session, Unheard};
use super::wire::{Members, RpcError, quoted, raw};
use crate::config::Vendor;

/// Tools, pages and bytes of one vendor's list: the largest known has about a thousand tools of 2 KB.
const TOOLS_MAX: usize = 4_000;
const PAGES_MAX: usize = 200;
const LISTING_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of one tool: more than any model is well served with.
const TOOL_BYTES_MAX: usize = 128 * 1024;

/// Shape of the file that keeps a listing; another number is another program's.
const FORMAT: u32 = 1;

/// A vendor's tools as it listed them, every byte kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Listing {
    format: u32,
    /// Digest of the address: a list of another server is not used, and the address may hold a secret.
    url: String,
    /// Protocol the vendor spoke.
    pub(super) era: Era,
    /// When it was fetched, in milliseconds since 1970.
    pub(super) fetched_ms: i64,
    tools: Vec<Box<RawValue>>,
}

/// A vendor's tools as an agent sees them.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) era: Era,
    pub(super) fetched_ms: i64,
    /// The selected tools.
    pub(super) tools: Vec<Tool>,
    /// Every tool the vendor listed, by its own name.
    pub(super) offered: Vec<String>,
    /// Selected tools that cannot be offered, with the reason.
    pub(super) refused: Vec<(String, &'static str)>,
}

/// One tool of a vendor.
#[derive(Debug)]
pub(super) struct Tool {
    /// The vendor's name for it.
    pub(super) remote: String,
    /// Ours: `NAME__tool`.
    pub(super) local: String,
    /// The whole tool object under our name.
    pub(super) object: Box<RawValue>,
    /// Arguments that are repeated in headers.
    pub(super) parameters: Vec<Parameter>,
}

impl Listing {
    /// Asks the vendor for all pages of its list.
    pub(super) async fn fetch(
        session: &Session,
        vendor: &Vendor,
        now_ms: i64,
    ) -> Result<Self, CallError> {
        let mut tools: Vec<Box<RawValue>> = Vec::new();
        let mut bytes = 0;
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let page = page(session, cursor.as_deref(), vendor.call_timeout).await?;
            bytes += page
                .tools
                .iter()
                .map(|tool| tool.get().len())
                .sum::<usize>();
            if bytes > LISTING_BYTES_MAX || tools.len() + page.tools.len() > TOOLS_MAX {
                return Err(CallError::TooLarge);
            }
            tools.extend(page.tools);
            // A vendor that repeats its cursor would be asked for ever.
            if page.next_cursor.is_none() || page.next_cursor == cursor {
                break;
            }
            cursor = page.next_cursor;
        }
        Ok(Self {
            format: FORMAT,
            url: digest(&vendor.url),
            era: session.era,
            fetched_ms: now_ms,
            tools,
        })
    }

    /// Reads the list kept in `file`, if it is this vendor's and whole.
    pub(super) fn load(file: &Path, vendor: &Vendor) -> Option<Self> {
        let mut text = String::new();
        fs::File::open(file)
            .ok()?
            .take(2 * LISTING_BYTES_MAX as u64)
            .read_to_string(&mut text)
            .ok()?;
        let listing: Self = serde_json::from_str(&text).ok()?;
        (listing.format == FORMAT && listing.url == digest(&vendor.url)).then_some(listing)
    }

    /// Keeps the list in `file`: whole or not at all, for the person alone.
    pub(super) fn save(&self, file: &Path) -> std::io::Result<()> {
        let directory = file.parent().unwrap_or(Path::new("."));
        make_private(directory)?;
        let mut temporary = tempfile::NamedTempFile::new_in(directory)?;
        temporary.write_all(serde_json::to_string(self)?.as_bytes())?;
        temporary.persist(file).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Catalog {
    /// Makes the catalog of what `vendor` listed.
    pub(super) fn of(vendor: &Vendor, listing: &Listing) -> Self {
        let mut catalog = Self {
            era: listing.era,
            fetched_ms: listing.fetched_ms,
            tools: Vec::new(),
            offered: Vec::new(),
            refused: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        for object in &listing.tools {
            let Some(members) = Members::of(object) else {
                continue;
            };
            let Some(remote) = text(members.get("name")) else {
                continue;
            };
            if !seen.insert(remote.clone()) {
                continue;
            }
            catalog.offered.push(visible(&remote));
            if !vendor.selects(&remote) {
                continue;
            }
            match tool(&vendor.name, &remote, object, listing.era) {
                Ok(tool) => catalog.tools.push(tool),
                Err(why) => catalog.refused.push((visible(&remote), why)),
            }
        }
        catalog
            .tools
            .sort_by(|one, other| one.local.cmp(&other.local));
        catalog
    }

    /// Returns the tool that an agent calls `local`.
    pub(super) fn tool(&self, local: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.local == local)
    }

    /// Returns whether an agent would see the same tools.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        let objects = |catalog: &Self| -> Vec<String> {
            let tools = catalog.tools.iter();
            tools.map(|tool| tool.object.get().to_owned()).collect()
        };
        objects(self) == objects(other)
    }
}

/// Makes one tool ours: its name and its label are put in, hidden text is taken out, the rest stays as it is.
fn tool(vendor: &str, remote: &str, object: &RawValue, era: Era) -> Result<Tool, &'static str> {
    if object.get().len() > TOOL_BYTES_MAX {
        return Err("its description is larger than 128 KiB");
    }
    let object = visible_schema(object).ok_or("its schema is nested too deeply")?;
    let mut members = Members::of(&object).ok_or("it is not an object")?;
    let schema = members
        .get("inputSchema")
        .ok_or("it has no `inputSchema`")?;
    let schema_members = Members::of(schema).ok_or("its `inputSchema` is not an object")?;
    // One tool that breaks this rule makes strict clients drop the whole list.
    if text(schema_members.get("type")).as_deref() != Some("object") {
        return Err("its `inputSchema` is not of type `object`");
    }
    let parameters = match era {
        Era::Modern => parameters(schema).ok_or("its `x-mcp-header` breaks the protocol")?,
        Era::Legacy => Vec::new(),
    };
    let description = text(members.get("description")).unwrap_or_default();
    let labelled = format!("[{vendor}] {}", visible(&description));
    let local = local_name(vendor, remote);
    members.set("name", raw(quoted(&local)));
    members.set("description", raw(quoted(labelled.trim_end())));
    Ok(Tool {
        remote: remote.to_owned(),
        object: super::wire::on_one_line(&members.to_raw()),
        local,
        parameters,
    })
}

/// Makes `directory` and what is missing above it, for the person alone.
fn make_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

fn text(value: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(value?.get()).ok()
}

/// Returns a digest of an address.
fn digest(url: &str) -> String {
    blake3::hash(url.as_bytes()).to_hex().to_string()
}

#[derive(Deserialize)]
struct Page {
    tools: Vec<Box<RawValue>>,
    #[serde(rename = "nextCursor", default)]
    next_cursor: Option<String>,
}

async fn page(
    session: &Session,
    cursor: Option<&str>,
    silence: Duration,
) -> Result<Page, CallError> {
    let mut params = Members::default();
    if let Some(cursor) = cursor {
        params.set("cursor", raw(quoted(cursor)));
    }
    let request = Request {
        id: session.next_id(),
        method: "tools/list",
        name: None,
        headers: Vec::new(),
        params,
    };
    match session.request(request, silence, &mut Unheard).await? {
        Outcome::Result(result) => serde_json::from_str(result.get())
            .map_err(|error| CallError::not_mcp(&format!("its list of tools: {error}"))),
        Outcome::Error(RpcError { code, message, .. }) => Err(CallError::protocol(code, &message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vendor(tools: &[&str]) -> Vendor {
        Vendor {
            name: "acme".to_owned(),
            url: "https://a.example/mcp".to_owned(),
            headers: Vec::new(),
            tools: tools.iter().map(|&tool| tool.to_owned()).collect(),
            connect_timeout: Duration::from_secs(1),
            call_timeout: Duration::from_secs(1),
            enabled: true,
            off: None,
        }
    }

    fn listing(tools: &[&str]) -> Listing {
        Listing {
            format: FORMAT,
            url: digest("https://a.example/mcp"),
            era: Era::Modern,
            fetched_ms: 7,
            tools: tools.iter().map(|&tool| raw(tool.to_owned())).collect(),
        }
    }

    #[test]
    fn a_tool_keeps_every_member_that_is_not_its_name_or_description() {
        let listing = listing(&[
            r#"{"x-new":{"a":[1.0,12345678901234567890123]},"name":"find","description":"Finds\u200b <!-- hi -->it","inputSchema":{"type":"object","properties":{"q":{"type":"string"}}},"annotations":{"readOnlyHint":true},"execution":{"taskSupport":"optional"}}"#,
        ]);
        let catalog = Catalog::of(&vendor(&["*"]), &listing);
        assert_eq!(
            catalog.tools[0].object.get(),
            r#"{"x-new":{"a":[1.0,12345678901234567890123]},"name":"acme__find","description":"[acme] Finds it","inputSchema":{"type":"object","properties":{"q":{"type":"string"}}},"annotations":{"readOnlyHint":true},"execution":{"taskSupport":"optional"}}"#
        );
    }

    #[test]
    fn only_selected_and_usable_tools_are_offered() {
        let listing = listing(&[
            r#"{"name":"b","inputSchema":{"type":"object"}}"#,
            r#"{"name":"a","inputSchema":{"type":"object"}}"#,
            r#"{"name":"a","inputSchema":{"type":"object"},"description":"again"}"#,
            r#"{"name":"c","inputSchema":{"type":"object"}}"#,
            r#"{"name":"bad"}"#,
            r#"{"name":"worse","inputSchema":{"type":"array"}}"#,
            r#"{"name":7}"#,
            "[]",
        ]);
        let catalog = Catalog::of(&vendor(&["a", "b", "bad", "worse"]), &listing);
        let names: Vec<_> = catalog
            .tools
            .iter()
            .map(|tool| tool.local.as_str())
            .collect();
        assert_eq!(names, ["acme__a", "acme__b"]);
        assert_eq!(
            catalog.tools[0].object.get(),
            r#"{"name":"acme__a","inputSchema":{"type":"object"},"description":"[acme]"}"#
        );
        assert_eq!(catalog.offered, ["b", "a", "c", "bad", "worse"]);
        assert_eq!(catalog.refused.len(), 2);
        assert_eq!(Catalog::of(&vendor(&["*"]), &listing).tools.len(), 3);
        assert_eq!(Catalog::of(&vendor(&[]), &listing).tools.len(), 0);
    }

    #[test]
    fn a_kept_list_comes_back_for_its_own_address_only() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("upstream/acme.json");
        let listing = listing(&[r#"{"name":"a","n":12345678901234567890123}"#]);
        listing.save(&file).unwrap();
        listing.save(&file).unwrap();
        let loaded = Listing::load(&file, &vendor(&[])).unwrap();
        assert_eq!(loaded.tools[0].get(), listing.tools[0].get());
        assert_eq!((loaded.era, loaded.fetched_ms), (Era::Modern, 7));
        let other = Vendor {
            url: "https://b.example/mcp".to_owned(),
            ..vendor(&[])
        };
        assert!(Listing::load(&file, &other).is_none());
        fs::write(&file, "{\"format\":1,").unwrap();
        assert!(Listing::load(&file, &vendor(&[])).is_none());
    }
}
