//! What can go wrong with a key, and what to do about it.

use std::io;
use std::path::PathBuf;

use crate::store::StoreError;

/// Why a key could not be made, kept, unlocked or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system's random generator failed.
    #[error("the system gave no randomness: {0}")]
    Randomness(getrandom::Error),
    /// A name outside the allowed form.
    #[error("`{0}` cannot name an identity")]
    Name(String),
    /// The name is taken.
    #[error("an identity `{0}` is already there")]
    NameTaken(String),
    /// The same key is kept under another name.
    #[error("this key is already kept as identity `{0}`")]
    KeyTaken(String),
    /// No identity has this name.
    #[error("no identity `{0}`")]
    Unknown(String),
    /// A passphrase that protects nothing, or that no person typed.
    #[error("the passphrase is {0}")]
    Passphrase(&'static str),
    /// The passphrase did not open the identity.
    #[error("identity `{0}` does not open: wrong passphrase, or its row was changed")]
    WrongPassphrase(String),
    /// The key file did not open the identity.
    #[error(
        "identity `{name}` does not open with key file `{path}`: not its file, or its row was changed"
    )]
    WrongKeyFile {
        /// The identity.
        name: String,
        /// The key file that was tried.
        path: PathBuf,
    },
    /// The secret offered is of the other kind.
    #[error("identity `{0}` is sealed with {1}")]
    OtherCustody(String, &'static str),
    /// A row that this program cannot have written.
    #[error("the row of identity `{0}` is damaged: {1}")]
    Damaged(String, &'static str),
    /// A key file could not be read or written.
    #[error("cannot {action} key file `{path}`: {source}")]
    KeyFileIo {
        /// What was tried: `find the folder of`, `read` or `write`.
        action: &'static str,
        /// The key file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A key file that others could read or replace, or that is none.
    #[error("key file `{path}` is refused: {why}")]
    KeyFileUnsafe {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file holds no OpenSSH private key that can be taken.
    #[error("this is no OpenSSH private key that can be imported: {0}")]
    Import(String),
    /// The private key to import is encrypted and its passphrase is missing or wrong.
    #[error("the private key is encrypted and {0}")]
    ImportPassphrase(&'static str),
    /// A public key that is no point of the curve, or one of small order.
    #[error("the public key is refused: {0}")]
    PublicKey(&'static str),
    /// A signature that does not hold.
    #[error("the signature is refused: {0}")]
    Signature(&'static str),
    /// A cryptographic call refused its parameters.
    #[error("{0} failed")]
    Primitive(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyError {
    /// Says what a person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Randomness(_) => "check that /dev/urandom or getrandom(2) works in this sandbox",
            Self::Name(_) => "use 1 to 64 of a-z, 0-9 and `-`, beginning with a letter",
            Self::NameTaken(_) => "choose another name, or `mrconductor keys remove` it first",
            Self::KeyTaken(_) => "use that identity; one key has one name",
            Self::Unknown(_) => {
                "`mrconductor keys list` shows the names; `mrconductor keys new` makes one"
            }
            Self::Passphrase(_) => "use 8 to 1,024 bytes on one line, or `--key-file FILE` instead",
            Self::WrongPassphrase(_) => {
                "try again; a forgotten passphrase cannot be recovered, only replaced with a new identity"
            }
            Self::WrongKeyFile { .. } => "put the file back that was made with this identity",
            Self::OtherCustody(..) => "`mrconductor keys show NAME` says what opens it",
            Self::Damaged(..) => {
                "bring the store back from a backup, or remove the identity and make a new one"
            }
            Self::KeyFileIo { .. } => {
                "check the path and its permissions, or mount the disk it lies on"
            }
            Self::KeyFileUnsafe { .. } => {
                "use a regular file of your own with mode 0600, outside the data directory"
            }
            Self::Import(_) => "make an importable key with `ssh-keygen -t ed25519`",
            Self::ImportPassphrase(_) => "give the passphrase of the private key's file",
            Self::PublicKey(_) => "use a key made by `ssh-keygen -t ed25519`",
            Self::Signature(_) => "do not trust the signed text; ask for a new signature",
            Self::Primitive(_) => "free some memory (64 MiB are needed) and try again",
            Self::Store(error) => error.hint(),
        }
    }
}
