//! What a person says about a site, and the client that reads it.

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use url::Url;

use crate::cli::Failure;
use crate::fetch::Http;
use crate::lookup::library::{Place, Progress, Reading};
use crate::lookup::{self, Choice, Reach, Site};
use crate::tools::Engines;

/// Pages of the largest site: at the usual pace they take seven hours.
const PAGES_MAX: u32 = 100_000;

/// How a site is read.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Sites")]
pub(super) struct SiteArgs {
    /// How far to go: the first page alone, what lies below its path, or its whole host [default: path]
    #[arg(long, value_parser = reach())]
    scope: Option<Reach>,
    /// Links to follow from the first page [default: 16]
    #[arg(long, value_parser = clap::value_parser!(u32).range(..=100))]
    depth: Option<u32>,
    /// Milliseconds between two requests, more if `robots.txt` asks for it [default: 250]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(..=60_000))]
    delay: Option<u64>,
    /// Visits hosts of private networks and of this machine too
    #[arg(long)]
    allow_private: bool,
}

fn reach() -> impl TypedValueParser<Value = Reach> {
    PossibleValuesParser::new(Reach::ALL.map(Reach::name)).try_map(|name| {
        let mut all = Reach::ALL.into_iter();
        all.find(|reach| reach.name() == name)
            .ok_or("no such scope")
    })
}

impl SiteArgs {
    /// Returns the settings of a site of which a person chose this.
    pub(super) fn settings(&self) -> Site {
        let default = Site::default();
        Site {
            reach: self.scope.unwrap_or(default.reach),
            depth: self.depth.unwrap_or(default.depth),
            delay_ms: self.delay.unwrap_or(default.delay_ms),
            allow_private: self.allow_private,
            ..default
        }
    }
}

/// Returns `site` with the globs of `choice`.
pub(super) fn of_choice(mut site: Site, choice: &Choice) -> Site {
    site.include.clone_from(&choice.include);
    site.exclude.clone_from(&choice.exclude);
    site
}

/// Returns the address that `place` is, if it is one of a site.
pub(super) fn address(place: &Path) -> anyhow::Result<Option<Url>> {
    let address = place.to_str().map(lookup::site::address).transpose();
    Ok(address.map_err(Failure::from)?.flatten())
}

/// Checks that nothing was said about sites of a directory or file.
pub(super) fn refuse_for_files(site: &Site, place: &Path) -> anyhow::Result<()> {
    if *site == Site::default() || address(place)?.is_some() {
        return Ok(());
    }
    Err(Failure::new(
        format!("`{}` is no site", place.display()),
        "leave out what is for sites (scope, depth, delay, private hosts), or give an address that begins with `https://`",
    )
    .into())
}

/// Checks that no revision was asked of a site.
pub(super) fn refuse_revision(choice: &Choice, place: &Path) -> anyhow::Result<()> {
    if choice.at.is_none() || address(place)?.is_none() {
        return Ok(());
    }
    Err(Failure::new(
        format!("`{}` is a site, which has no revisions", place.display()),
        "leave out `--at`, or clone the repository and give its folder",
    )
    .into())
}

/// Reads the site that begins at `start` into `place`: as `settings` say, or as the last time.
pub(super) fn read(
    engines: &Engines,
    place: &Place,
    start: &Url,
    settings: Option<Site>,
    now: i64,
    progress: &dyn Fn(Progress),
) -> anyhow::Result<Reading> {
    if engines.config.settings.offline {
        return Err(Failure::new(
            format!("cannot read `{start}`: nothing is connected to: `offline` is set"),
            "leave out `--offline`, or take `offline` out of your settings",
        )
        .code(5)
        .into());
    }
    let (store, name) = (engines.store()?, place.name.as_str());
    let mut settings = if let Some(settings) = settings {
        settings
    } else {
        let sources = store.sources()?;
        let source = sources.iter().find(|source| source.name == name);
        let known = source
            .map(|source| lookup::site::settings(store, source.id))
            .transpose();
        known.map_err(Failure::from)?.flatten().unwrap_or_default()
    };
    if let Some(most) = place.max_documents {
        settings.pages = u32::try_from(most).unwrap_or(u32::MAX).clamp(1, PAGES_MAX);
    }
    let web = Http::new(&engines.config.proxies, settings.allow_private)
        .map_err(|error| Failure::new(error.to_string(), error.hint()).code(5))?;
    let reading = lookup::site::add(
        store,
        &engines.index,
        &web,
        (name, start),
        &settings,
        now,
        progress,
    );
    Ok(reading.map_err(Failure::from)?)
}

/// Tells whether the last reading of the source numbered `source` did not come to its end.
pub(super) fn was_cut_short(engines: &Engines, source: i64) -> anyhow::Result<bool> {
    let crawl = engines.library()?.crawl(source)?;
    Ok(crawl.is_some_and(|crawl| !crawl.is_done))
}
