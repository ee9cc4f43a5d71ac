//! `docs export` and `docs import`: a source in a signed file, for machines that reach nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::add::{Bar, report};
use super::job;
use crate::cli::number::counted;
use crate::cli::out::{self, say};
use crate::cli::passphrase::Source;
use crate::cli::{Failure, handshake};
use crate::config::clock::unix_seconds;
use crate::keys::{self, VerifyingKey, sshsig};
use crate::lookup::bundle::{self, Bundle, BundleError, NAMESPACE, Signer};
use crate::tools::Engines;
use crate::tools::handshake::Cosigner;

/// Which source goes into a bundle, and who signs it.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// Name of the source
    name: String,
    /// File to write; NAME.bundle if left out
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Sign it with this identity
    #[arg(long, value_name = "NAME")]
    identity: Option<String>,
    /// Read the passphrase of the identity from stdin
    #[arg(long, requires = "identity")]
    passphrase_stdin: bool,
}

/// Which bundle is read in, and whom it may be from.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// The bundle
    file: PathBuf,
    /// What to call the source; its name in the bundle if left out
    #[arg(long)]
    name: Option<String>,
    #[arg(
        long,
        value_name = "FINGERPRINT",
        help = "Who must have signed it, as SHA256:…; identities of this machine need not be named"
    )]
    signer: Option<String>,
    /// Take it though nobody signed it
    #[arg(long, conflicts_with = "signer")]
    unsigned: bool,
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        Self::new(error.to_string(), error.hint()).code(5)
    }
}

pub(super) fn export(engines: &Engines, args: &Export, json: bool) -> anyhow::Result<ExitCode> {
    let path = match &args.to {
        Some(path) => path.clone(),
        None => PathBuf::from(format!("{}.bundle", args.name)),
    };
    if path.as_os_str() == "-" {
        return Err(Failure::new(
            "a bundle is not written to standard output",
            format!("name a file, such as `--to {}.bundle`", args.name),
        )
        .into());
    }
    let source = Source::of_flag(args.passphrase_stdin);
    let identity = args
        .identity
        .as_deref()
        .map(|name| handshake::unlock(engines, name, source))
        .transpose()?;
    let signer = identity.as_ref().map(signer).transpose()?;
    let store = engines.library()?;
    let manifest = bundle::export(store, &args.name, unix_seconds(), signer.as_ref(), &path)
        .map_err(Failure::from)?;
    let fingerprint = identity
        .as_ref()
        .map(|identity| identity.key.verifying_key().fingerprint());
    let bytes = std::fs::metadata(&path).map_or(0, |facts| facts.len());
    if json {
        out::write_json(
            &json!({"file": out::path(&path), "bytes": bytes, "pages": manifest.pages, "blake3": manifest.blake3, "signer": fingerprint}),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    say!(
        "{}: {}, {bytes} bytes",
        path.display(),
        counted(manifest.pages, "page")
    )?;
    match fingerprint {
        Some(fingerprint) => say!(
            "signed by {fingerprint}; there: mrconductor docs import {} --signer {fingerprint}",
            path.display()
        )?,
        None => say!(
            "not signed; there: mrconductor docs import {} --unsigned",
            path.display()
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

fn signer(identity: &Cosigner) -> Result<Signer<'_>, Failure> {
    let key = identity.key.verifying_key();
    let key = key.to_openssh(identity.name.as_str())?;
    let sign = |text: &[u8]| {
        sshsig::sign(&identity.key, NAMESPACE, text).map_err(|error| error.to_string())
    };
    Ok(Signer {
        key,
        sign: Box::new(sign),
    })
}

pub(super) fn import(engines: &Engines, args: &Import, json: bool) -> anyhow::Result<ExitCode> {
    let bundle = bundle::open(&args.file).map_err(Failure::from)?;
    check_signer(engines, args, &bundle)?;
    let name = args.name.clone();
    let name = name.unwrap_or_else(|| bundle.manifest.source.clone());
    let store = engines.store()?;
    let bar = Bar::start(store, &name);
    let from = args.file.display().to_string();
    let reading = job::seen(store, &name, &from, |seen| {
        bundle::import(store, &engines.index, &bundle, &name, &|progress| {
            seen(progress);
            bar.show(progress);
        })
    });
    let took = bar.finish();
    let reading = reading.map_err(Failure::from)?;
    let value = report(engines, &name, &args.file, &reading, took)?;
    if json {
        out::write_json(&value)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses a bundle whose signature does not hold, or whose signer nobody vouches for.
fn check_signer(engines: &Engines, args: &Import, bundle: &Bundle) -> anyhow::Result<()> {
    let refused =
        |what: String, hint: String| -> anyhow::Error { Failure::new(what, hint).code(3).into() };
    let file = args.file.display();
    let (Some(line), Some(signature)) = (&bundle.manifest.signer, &bundle.signature) else {
        if args.unsigned {
            return Ok(());
        }
        return Err(refused(
            format!("nobody signed `{file}`"),
            "if you trust where it is from, pass `--unsigned`; `docs export --identity NAME` signs"
                .to_owned(),
        ));
    };
    let key = VerifyingKey::from_openssh(line).map_err(Failure::from)?;
    sshsig::verify(&key, NAMESPACE, &bundle.signed, signature).map_err(Failure::from)?;
    let fingerprint = key.fingerprint();
    if let Some(signer) = &args.signer
        && !signer.starts_with("SHA256:")
    {
        return Err(Failure::new(
            format!("`{signer}` is no fingerprint"),
            "give it as `SHA256:…`, as `docs export` told it there",
        )
        .into());
    }
    let is_trusted = match &args.signer {
        Some(signer) => *signer == fingerprint,
        None => args.unsigned || is_known(engines, &key)?,
    };
    if is_trusted {
        return Ok(());
    }
    let comment = line.splitn(3, ' ').nth(2).unwrap_or_default();
    Err(refused(
        format!(
            "`{file}` is signed by {fingerprint} (who calls it `{comment}`), whom nobody vouched for"
        ),
        format!("compare the fingerprint with whoever sent it, then pass `--signer {fingerprint}`"),
    ))
}

fn is_known(engines: &Engines, key: &VerifyingKey) -> anyhow::Result<bool> {
    let identities = keys::list(engines.store()?).map_err(Failure::from)?;
    Ok(identities
        .iter()
        .flatten()
        .any(|identity| identity.verifying_key == *key))
}
