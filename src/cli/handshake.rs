//! `mrconductor handshake`: agrees a session, prints it, and saves a receipt that anyone can check.
#![expect(
    clippy::print_stderr,
    reason = "what a person should do with the session"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

use super::passphrase::Source;
use super::{Failure, Global, out};
use crate::handshake::{ClientOffer, OFFER_BYTES_MAX};
use crate::keys::{self, Custody, IdentityName};
use crate::store::Store;
use crate::tools::handshake::{Cosigner, SignedReceipt, open};
use crate::tools::{Engines, ToolError};

/// Agrees protocol, tokenizer and features, and prints the signed receipt.
///
/// Without an offer the server's defaults are taken. The receipt is signed by a key made for this one run; `--identity` adds
/// the signature of an identity of yours.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What the client supports, as JSON; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    offer: Option<PathBuf>,
    /// Sign the receipt with this identity too
    #[arg(long, value_name = "NAME")]
    identity: Option<String>,
    /// Read the passphrase of the identity from stdin
    #[arg(long, requires = "identity")]
    passphrase_stdin: bool,
    #[arg(
        long,
        value_name = "DIR",
        help = "Write receipt.json, receipt.sig and allowed_signers into this directory"
    )]
    save: Option<PathBuf>,
}

/// Agrees a session and prints it.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let engines = Engines::new(global.config()?);
    let offer = match &args.offer {
        Some(file) => ClientOffer::parse(&read_offer(file, args.passphrase_stdin)?)
            .map_err(|error| Failure::from(ToolError::from(error)))?,
        None => ClientOffer::default(),
    };
    let cosigner = args
        .identity
        .as_deref()
        .map(|name| unlock(&engines, name, Source::of_flag(args.passphrase_stdin)))
        .transpose()?;
    let opened = open(&engines, &offer, cosigner.as_ref()).map_err(Failure::from)?;
    if let Some(folder) = &args.save {
        save(&opened.receipt, folder)?;
        eprintln!(
            "saved in {}; check it there with:\n  {}",
            folder.display(),
            SignedReceipt::verify_command()
        );
        if let Some(command) = opened.receipt.verify_identity_command() {
            eprintln!("  {command}");
        }
    }
    let answer = opened.answer();
    if global.json {
        out::write_json(&Value::Object(answer.facts))?;
    } else {
        out::write(
            format!(
                "{}
",
                answer.text
            )
            .as_bytes(),
        )?;
    }
    if let Some(notice) = engines.store().ok().and_then(Store::notice) {
        eprintln!("{notice}");
    }
    Ok(ExitCode::SUCCESS)
}

fn read_offer(file: &Path, stdin_is_taken: bool) -> anyhow::Result<String> {
    let from_stdin = file == Path::new("-");
    if from_stdin && stdin_is_taken {
        return Err(Failure::new(
            "`--offer -` and `--passphrase-stdin` both read stdin",
            "put the offer into a file",
        )
        .into());
    }
    // One byte more than is allowed, so that a longer offer is refused rather than cut.
    let limit = u64::try_from(OFFER_BYTES_MAX + 1).unwrap_or(u64::MAX);
    let mut text = String::new();
    let read = if from_stdin {
        io::stdin().lock().take(limit).read_to_string(&mut text)
    } else {
        File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text))
    };
    read.map_err(|error| {
        Failure::new(
            format!("cannot read offer `{}`: {error}", file.display()),
            "give a file with one JSON object, or `-` for stdin",
        )
    })?;
    Ok(text)
}

/// Unlocks the identity called `name` with a passphrase from `source`, if it has one.
pub(super) fn unlock(engines: &Engines, name: &str, source: Source) -> anyhow::Result<Cosigner> {
    let name: IdentityName = name.parse().map_err(Failure::from)?;
    let store = engines.store().map_err(Failure::from)?;
    let passphrase = match keys::find(store, &name).map_err(Failure::from)?.custody {
        Custody::Passphrase => Some(source.ask(&format!("identity {name}"))?),
        Custody::KeyFile(_) => None,
    };
    let key = keys::unlock(store, &name, passphrase.as_ref()).map_err(Failure::from)?;
    Ok(Cosigner { name, key })
}

/// Writes the files of a receipt; none of them over another file.
fn save(receipt: &SignedReceipt, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let mut files = vec![
        ("receipt.json", &receipt.payload),
        ("receipt.sig", &receipt.signature),
        ("allowed_signers", &receipt.allowed_signers),
    ];
    if let Some((_, signature)) = &receipt.cosigned {
        files.push(("identity.sig", signature));
    }
    for (name, content) in files {
        let path = folder.join(name);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(content.as_bytes()))
            .map_err(|error| cannot_write(&path, &error))?;
    }
    Ok(())
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("cannot write `{}`: {error}", path.display()),
        "give a new or empty directory",
    )
}
