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

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> IdentityName {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_and_a_key_are_taken_once() {
        let home = tempfile::tempdir().unwrap();
        let file = KeyFile::outside(&home.path().join("a.key"), None).unwrap();
        file.create().unwrap();
        let store = Store::in_memory().unwrap();
        let (one, other) = (Seed::generate().unwrap(), Seed::generate().unwrap());
        let add = |as_name, seed| add(&store, name(as_name), seed, &Unlock::KeyFile(&file), 1);
        let added = add("one", &one).unwrap();
        assert!(matches!(add("one", &other), Err(KeyError::NameTaken(taken)) if taken == "one"));
        assert!(matches!(add("two", &one), Err(KeyError::KeyTaken(holder)) if holder == "one"));
        assert_eq!(find(&store, &name("one")).unwrap(), added);
        let opened = unlock(&store, &name("one"), None).unwrap();
        assert_eq!(opened.verifying_key(), added.verifying_key);
        remove(&store, &name("one")).unwrap();
        assert!(matches!(
            remove(&store, &name("one")),
            Err(KeyError::Unknown(_))
        ));
        assert!(matches!(
            unlock(&store, &name("one"), None),
            Err(KeyError::Unknown(_))
        ));
    }

    #[test]
    fn a_lost_key_file_and_a_damaged_row_are_told_apart() {
        let home = tempfile::tempdir().unwrap();
        let file = KeyFile::outside(&home.path().join("a.key"), None).unwrap();
        file.create().unwrap();
        let store = Store::in_memory().unwrap();
        for each in ["one", "two"] {
            let seed = Seed::generate().unwrap();
            add(&store, name(each), &seed, &Unlock::KeyFile(&file), 1).unwrap();
        }
        let mut row = store.identity("one").unwrap().unwrap();
        store.remove_identity("one").unwrap();
        row.public_key[7] ^= 1;
        store.add_identity(&row).unwrap();
        let listed = list(&store).unwrap();
        assert!(matches!(&listed[0], Err(KeyError::Damaged(whose, _)) if whose == "one"));
        assert_eq!(listed[1].as_ref().unwrap().name, name("two"));
        assert!(matches!(
            unlock(&store, &name("one"), None),
            Err(KeyError::Damaged(..))
        ));

        std::fs::remove_file(file.path()).unwrap();
        let lost = unlock(&store, &name("two"), None);
        assert!(matches!(
            lost,
            Err(KeyError::KeyFileIo { action: "read", .. })
        ));
    }
}
