//! Identities by name: added, listed, unlocked, removed. Here keys meet the store.

use super::sealed::SealedSeed;
use super::{Custody, IdentityName, KeyError, KeyFile, Passphrase, Seed, SigningKey, VerifyingKey};
use crate::store::Store;
use crate::store::identities::Addition;

/// What a person brings to open an identity.
pub enum Unlock<'a> {
    /// The passphrase they typed.
    Passphrase(&'a Passphrase),
    /// The key file they keep.
    KeyFile(&'a KeyFile),
}

/// What may be shown of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name that a person gave it.
    pub name: IdentityName,
    /// The public half of its key.
    pub verifying_key: VerifyingKey,
    /// What opens it.
    pub custody: Custody,
    /// When it was made here: Unix time in seconds.
    pub created: i64,
}

impl Identity {
    /// Returns the line that makes `ssh-keygen -Y verify` accept this identity's signatures for the use `namespace`.
    pub fn allowed_signers(&self, namespace: &str) -> Result<String, KeyError> {
        allowed_signers(self.name.as_str(), namespace, &self.verifying_key)
    }

    fn of(sealed: SealedSeed) -> Self {
        Self {
            name: sealed.name,
            verifying_key: sealed.verifying_key,
            custody: sealed.custody,
            created: sealed.created,
        }
    }
}

/// Returns a line of OpenSSH's `allowed_signers` file: `principal`, the use it may sign for, and its key.
pub fn allowed_signers(
    principal: &str,
    namespace: &str,
    key: &VerifyingKey,
) -> Result<String, KeyError> {
    let key = key.to_openssh("")?;
    Ok(format!(
        "{principal} namespaces=\"{namespace}\" {}",
        key.trim_end()
    ))
}

/// Seals `seed` and keeps it as `name`.
pub fn add(
    store: &Store,
    name: IdentityName,
    seed: &Seed,
    unlock: &Unlock<'_>,
    created: i64,
) -> Result<Identity, KeyError> {
    let sealed = SealedSeed::seal(name, seed, unlock, created)?;
    match store.add_identity(&sealed.to_row()?)? {
        Addition::Added => Ok(Identity::of(sealed)),
        Addition::NameTaken => Err(KeyError::NameTaken(sealed.name.to_string())),
        Addition::KeyTaken(holder) => Err(KeyError::KeyTaken(holder)),
    }
}

/// Returns the identity called `name`.
pub fn find(store: &Store, name: &IdentityName) -> Result<Identity, KeyError> {
    Ok(Identity::of(load(store, name)?))
}

/// Returns every identity by name; a damaged one is an error in its place.
pub fn list(store: &Store) -> Result<Vec<Result<Identity, KeyError>>, KeyError> {
    Ok(store
        .identities()?
        .into_iter()
        .map(|row| SealedSeed::from_row(row).map(Identity::of))
        .collect())
}

/// Opens the identity called `name`; a key file is found where the identity says it lies.
pub fn unlock(
    store: &Store,
    name: &IdentityName,
    passphrase: Option<&Passphrase>,
) -> Result<SigningKey, KeyError> {
    let sealed = load(store, name)?;
    match (sealed.key_file(), passphrase) {
        (Some(file), _) => sealed.open(&Unlock::KeyFile(&file)),
        (None, Some(passphrase)) => sealed.open(&Unlock::Passphrase(passphrase)),
        (None, None) => Err(KeyError::OtherCustody(name.to_string(), "a passphrase")),
    }
}

/// Forgets the identity called `name`. Its key file, if it has one, is left where it is.
pub fn remove(store: &Store, name: &IdentityName) -> Result<(), KeyError> {
    if store.remove_identity(name.as_str())? {
        Ok(())
    } else {
        Err(KeyError::Unknown(name.to_string()))
    }
}

fn load(store: &Store, name: &IdentityName) -> Result<SealedSeed, KeyError> {
    let row = store
        .identity(name.as_str())?
        .ok_or_else(|| KeyError::Unknown(name.to_string()))?;
    SealedSeed::from_row(row)
}
