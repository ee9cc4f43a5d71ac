//! `mrconductor keys`: makes, imports, lists, shows and removes signing identities.
#![expect(clippy::print_stderr, reason = "questions and advice for a person")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::passphrase::Source;
use super::{Failure, Global, out};
use crate::config::clock;
use crate::handshake::RECEIPT_NAMESPACE;
use crate::keys::{
    self, Custody, Identity, IdentityName, ImportedKey, KeyFile, PRIVATE_KEY_BYTES_MAX, Seed,
    Unlock,
};
use crate::store::Store;
use crate::tools::Engines;

/// Makes, lists, shows and removes signing identities.
///
/// An identity is an Ed25519 key with a name, kept encrypted in the store. It signs receipts of `handshake --identity NAME`
/// so that others can tell whose they are. Its secret half is never shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Makes a new identity
    New {
        /// Its name: 1 to 64 of a-z, 0-9 and `-`, a letter first
        name: String,
        /// Take the key from an OpenSSH private key instead of making one
        #[arg(long, value_name = "FILE")]
        import: Option<PathBuf>,
        #[command(flatten)]
        opening: Opening,
    },
    /// Takes an OpenSSH private key of type ssh-ed25519 as an identity
    Import {
        /// Its name: 1 to 64 of a-z, 0-9 and `-`, a letter first
        name: String,
        #[arg(help = "The private key, for example ~/.ssh/id_ed25519; it stays where it is")]
        file: PathBuf,
        #[command(flatten)]
        opening: Opening,
    },
    /// Lists the identities
    List,
    /// Shows the public half of an identity
    Show {
        /// Its name
        name: String,
    },
    /// Removes an identity for good
    Remove {
        /// Its name
        name: String,
        /// Do not ask for the name again
        #[arg(long)]
        yes: bool,
    },
}

/// What will open the identity.
#[derive(Debug, clap::Args)]
struct Opening {
    /// Read passphrases from stdin, a line each: first that of an imported key, if it has one, then the new one
    #[arg(long)]
    passphrase_stdin: bool,
    /// Open it with this file instead of a passphrase; made if it is missing: 32 random bytes, mode 0600, outside the data
    /// directory
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// Does what the verb says.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let engines = Engines::new(global.config()?);
    match &args.verb {
        Verb::New {
            name,
            import,
            opening,
        } => add(&engines, name, import.as_deref(), opening, global.json)?,
        Verb::Import {
            name,
            file,
            opening,
        } => add(&engines, name, Some(file), opening, global.json)?,
        Verb::List => list(&engines, global.json)?,
        Verb::Show { name } => {
            let identity = keys::find(engines.store().map_err(Failure::from)?, &parse(name)?)
                .map_err(Failure::from)?;
            show(&identity, global.json)?;
        }
        Verb::Remove { name, yes } => remove(&engines, name, *yes, global.json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(name: &str) -> Result<IdentityName, Failure> {
    name.parse().map_err(Failure::from)
}

fn add(
    engines: &Engines,
    name: &str,
    import: Option<&Path>,
    opening: &Opening,
    json: bool,
) -> anyhow::Result<()> {
    let name = parse(name)?;
    // Before anyone is asked for a passphrase that would then be of no use.
    let store = lasting_store(engines)?;
    if keys::find(store, &name).is_ok() {
        return Err(Failure::from(keys::KeyError::NameTaken(name.to_string())).into());
    }
    let source = Source::of_flag(opening.passphrase_stdin);
    let seed = match import {
        Some(file) => imported(file, source)?,
        None => Seed::generate().map_err(Failure::from)?,
    };
    let identity = if let Some(path) = &opening.key_file {
        let data_dir = engines.config.data_dir.as_deref();
        let file = KeyFile::outside(path, data_dir).map_err(Failure::from)?;
        if !file.exists() {
            file.create().map_err(Failure::from)?;
            eprintln!(
                "made key file {}: keep a copy, without it the identity is lost",
                file.path().display()
            );
        }
        let unlock = Unlock::KeyFile(&file);
        keys::add(store, name, &seed, &unlock, clock::unix_seconds())
    } else {
        let passphrase = source.choose(&format!("identity {name}"))?;
        let unlock = Unlock::Passphrase(&passphrase);
        keys::add(store, name, &seed, &unlock, clock::unix_seconds())
    };
    show(&identity.map_err(Failure::from)?, json)
}

/// Returns the store, unless it ends with this process: an identity kept there would be lost at once.
fn lasting_store(engines: &Engines) -> Result<&Store, Failure> {
    let store = engines.store()?;
    match store.condition().notice() {
        None => Ok(store),
        Some(notice) => Err(Failure::new(
            format!("an identity cannot be kept: {notice}"),
            "give `--data-dir DIR` with a directory that can be written",
        )),
    }
}

fn imported(file: &Path, source: Source) -> anyhow::Result<Seed> {
    let cannot_read = |error: io::Error| {
        Failure::new(
            format!("cannot read private key `{}`: {error}", file.display()),
            "give the file with the private half, for example ~/.ssh/id_ed25519",
        )
    };
    let mut content = Zeroizing::new(Vec::with_capacity(PRIVATE_KEY_BYTES_MAX + 1));
    let limit = u64::try_from(PRIVATE_KEY_BYTES_MAX + 1).unwrap_or(u64::MAX);
    File::open(file)
        .and_then(|file| file.take(limit).read_to_end(&mut content))
        .map_err(cannot_read)?;
    let key = ImportedKey::parse(&content).map_err(Failure::from)?;
    let passphrase = if key.is_encrypted() {
        Some(source.ask(&format!("private key {}", file.display()))?)
    } else {
        None
    };
    Ok(key.seed(passphrase.as_ref()).map_err(Failure::from)?)
}

fn list(engines: &Engines, json: bool) -> anyhow::Result<()> {
    let identities = keys::list(engines.store().map_err(Failure::from)?).map_err(Failure::from)?;
    let mut damaged = Vec::new();
    let mut whole = Vec::new();
    for identity in identities {
        match identity {
            Ok(identity) => whole.push(identity),
            Err(error) => damaged.push(error),
        }
    }
    if json {
        let whole = whole
            .iter()
            .map(to_json)
            .collect::<anyhow::Result<Vec<_>>>()?;
        let damaged: Vec<String> = damaged.iter().map(ToString::to_string).collect();
        return out::write_json(&json!({"identities": whole, "damaged": damaged}));
    }
    if whole.is_empty() && damaged.is_empty() {
        eprintln!("no identities yet; `mrconductor keys new NAME` makes one");
    }
    let width = whole
        .iter()
        .map(|identity| identity.name.as_str().len())
        .max()
        .unwrap_or(0);
    let mut lines = String::new();
    for identity in &whole {
        let (name, custody) = (identity.name.as_str(), opened_by(&identity.custody));
        let fingerprint = identity.verifying_key.fingerprint();
        let _ = writeln!(lines, "{name:width$}  {fingerprint}  {custody}");
    }
    out::write(lines.as_bytes())?;
    for error in damaged {
        eprintln!("warning: {error}\nhint: {}", error.hint());
    }
    Ok(())
}

fn show(identity: &Identity, json: bool) -> anyhow::Result<()> {
    if json {
        return out::write_json(&to_json(identity)?);
    }
    let name = identity.name.as_str();
    let public_key = identity
        .verifying_key
        .to_openssh(name)
        .map_err(Failure::from)?;
    let allowed = identity
        .allowed_signers(RECEIPT_NAMESPACE)
        .map_err(Failure::from)?;
    let text = format!(
        "identity         {name}\n\
         fingerprint      {}\n\
         opened by        {}\n\
         public key       {public_key}\n\
         allowed_signers  {allowed}\n",
        identity.verifying_key.fingerprint(),
        opened_by(&identity.custody),
    );
    out::write(text.as_bytes())
}

fn opened_by(custody: &Custody) -> String {
    match custody {
        Custody::Passphrase => "passphrase".to_owned(),
        Custody::KeyFile(path) => format!("key file {}", path.display()),
    }
}

fn to_json(identity: &Identity) -> anyhow::Result<Value> {
    let (custody, key_file) = match &identity.custody {
        Custody::Passphrase => ("passphrase", None),
        Custody::KeyFile(path) => ("key_file", Some(path)),
    };
    Ok(json!({
        "name": identity.name.as_str(),
        "fingerprint": identity.verifying_key.fingerprint(),
        "public_key": identity.verifying_key.to_openssh(identity.name.as_str()).map_err(Failure::from)?,
        "allowed_signers": identity.allowed_signers(RECEIPT_NAMESPACE).map_err(Failure::from)?,
        "custody": custody,
        "key_file": key_file.map(|path| out::path(path)),
        "created": identity.created,
    }))
}

fn remove(engines: &Engines, name: &str, yes: bool, json: bool) -> anyhow::Result<()> {
    let name = parse(name)?;
    let store = engines.store().map_err(Failure::from)?;
    let found = keys::find(store, &name);
    if let Err(error @ keys::KeyError::Unknown(_)) = found {
        return Err(Failure::from(error).into());
    }
    if !yes && !confirmed(&name)? {
        return Err(Failure::new(
            format!("identity `{name}` was left as it is"),
            "type its name, or give `--yes`",
        )
        .into());
    }
    keys::remove(store, &name).map_err(Failure::from)?;
    if json {
        out::write_json(&json!({"removed": name.as_str()}))?;
    } else {
        out::write(format!("removed identity {name}\n").as_bytes())?;
    }
    if let Ok(Identity {
        custody: Custody::KeyFile(path),
        ..
    }) = found
    {
        eprintln!("its key file {} was left there", path.display());
    }
    Ok(())
}

fn confirmed(name: &IdentityName) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!(
        "What {name} signed stays valid, but it can never sign again. Type its name to remove it: "
    );
    let mut typed = String::new();
    io::stdin().read_line(&mut typed)?;
    Ok(typed.trim() == name.as_str())
}
