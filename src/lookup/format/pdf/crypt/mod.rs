//! Files that are encrypted, but not with a password: who makes a data sheet often only forbids to print it, and every
//! reader opens it. What asks for a password, or for a certificate, stays closed.
//!
//! ISO 32000-1, 7.6, and ISO 32000-2, 7.6: the standard security handler.

mod aes;
mod key;
mod rc4;

use std::borrow::Cow;

use md5::{Digest as _, Md5};

use self::key::Facts;
use super::file::File;
use super::object::{Dict, Id, Object};

/// Letters of a name that a file has for its way of encryption: it is shown to people.
const NAME_LETTERS_MAX: usize = 40;

/// Why an encrypted file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Locked {
    Password,
    /// Who encrypted it, and in which version.
    Unknown(String),
}

/// How something is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cipher {
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// What decrypts the texts and streams of a file. Its key is no secret: everybody can work it out.
#[derive(Debug)]
pub(super) struct Crypt {
    key: Vec<u8>,
    texts: Cipher,
    streams: Cipher,
    /// Ciphers that single streams choose by name.
    named: Vec<(String, Cipher)>,
    encrypts_metadata: bool,
}

impl Crypt {
    /// Takes what `dict` says (`Encrypt` of the trailer), of a file with this `ID`.
    pub(super) fn open(file: &File<'_>, dict: &Dict, id: Vec<u8>) -> Result<Self, Locked> {
        let number = |key| whole(file.number(dict, key).unwrap_or(0.0));
        let text = |key| match file.get(dict, key) {
            Some(Object::Text(bytes)) => bytes,
            _ => Vec::new(),
        };
        let (version, revision) = (number("V"), number("R"));
        let handler = file.get(dict, "Filter");
        let handler = handler.as_ref().and_then(Object::name).unwrap_or("?");
        let is_known = matches!((version, revision), (1 | 2, 2..=4) | (4, 4) | (5, 5 | 6));
        let unknown = || {
            let letters = handler.chars().filter(char::is_ascii_graphic);
            let name: String = letters.take(NAME_LETTERS_MAX).collect();
            Locked::Unknown(format!("{name} {version}.{revision}"))
        };
        if handler != "Standard" || !is_known {
            return Err(unknown());
        }
        let encrypts_metadata = !file
            .get(dict, "EncryptMetadata")
            .is_some_and(|value| value.is_word("false"));
        let facts = Facts {
            revision,
            key_bytes: match (version, revision) {
                (1, _) | (_, 2) => 5,
                // Its length is that of its ciphers, and programs disagree whether it is said in bits or bytes.
                (4, _) => 16,
                _ => file
                    .number(dict, "Length")
                    .map_or(5, |bits| usize::try_from(whole(bits)).unwrap_or(0) / 8)
                    .clamp(5, 16),
            },
            owner: text("O"),
            user: text("U"),
            user_key: text("UE"),
            permissions: whole(file.number(dict, "P").unwrap_or(0.0)),
            id,
            encrypts_metadata,
        };
        let mut crypt = Self {
            key: Vec::new(),
            texts: Cipher::Rc4,
            streams: Cipher::Rc4,
            named: Vec::new(),
            encrypts_metadata,
        };
        if version >= 4 {
            for (name, filter) in file.dict(dict, "CF").unwrap_or_default().0 {
                let filter = file.resolved(&filter);
                let method = filter.dict().and_then(|filter| file.get(filter, "CFM"));
                let cipher = match method.as_ref().and_then(Object::name) {
                    Some("V2") => Cipher::Rc4,
                    Some("AESV2") => Cipher::Aes128,
                    Some("AESV3") => Cipher::Aes256,
                    None | Some("None") => Cipher::Identity,
                    _ => return Err(unknown()),
                };
                crypt.named.push((name, cipher));
            }
            let chosen = |key| {
                let name = file.get(dict, key);
                let name = name.as_ref().and_then(Object::name).unwrap_or("Identity");
                crypt.named(name).ok_or_else(unknown)
            };
            (crypt.texts, crypt.streams) = (chosen("StrF")?, chosen("StmF")?);
        }
        crypt.key = facts.key().ok_or(Locked::Password)?;
        Ok(crypt)
    }

    fn named(&self, name: &str) -> Option<Cipher> {
        let mut known = self.named.iter();
        match known.find(|(known, _)| known == name) {
            Some((_, cipher)) => Some(*cipher),
            None => (name == "Identity").then_some(Cipher::Identity),
        }
    }

    /// Decrypts every text in `object`, which is that of this `id`, and tells how many there are.
    pub(super) fn decrypt_texts(&self, object: &mut Object, id: Id) -> usize {
        if self.texts == Cipher::Identity {
            return 0;
        }
        let mut key = None;
        let mut count = 0;
        each_text(object, &mut |text| {
            let key = key.get_or_insert_with(|| self.key_of(self.texts, id));
            *text = decrypted(self.texts, key, text).into_owned();
            count += 1;
        });
        count
    }

    /// Decrypts the `data` of a stream, which may choose a cipher by name.
    pub(super) fn decrypted<'d>(
        &self,
        dict: &Dict,
        chosen: Option<&str>,
        id: Id,
        data: &'d [u8],
    ) -> Cow<'d, [u8]> {
        let is_clear =
            dict.is("Type", "XRef") || (dict.is("Type", "Metadata") && !self.encrypts_metadata);
        let cipher = match chosen {
            _ if is_clear => Cipher::Identity,
            Some(name) => self.named(name).unwrap_or(Cipher::Identity),
            None => self.streams,
        };
        decrypted(cipher, &self.key_of(cipher, id), data)
    }

    /// Algorithm 1: each object has a key of its own, but for the longest ones.
    fn key_of(&self, cipher: Cipher, id: Id) -> Cow<'_, [u8]> {
        if matches!(cipher, Cipher::Aes256 | Cipher::Identity) {
            return Cow::Borrowed(&self.key);
        }
        let mut hash = Md5::new_with_prefix(&self.key)
            .chain_update(id.number.to_le_bytes().get(..3).unwrap_or_default())
            .chain_update(id.generation.to_le_bytes());
        if cipher == Cipher::Aes128 {
            hash.update(b"sAlT");
        }
        let mut key = hash.finalize().to_vec();
        key.truncate(self.key.len() + 5);
        Cow::Owned(key)
    }
}

fn decrypted<'d>(cipher: Cipher, key: &[u8], data: &'d [u8]) -> Cow<'d, [u8]> {
    match cipher {
        Cipher::Identity => Cow::Borrowed(data),
        Cipher::Rc4 => {
            let mut plain = data.to_vec();
            rc4::apply(key, &mut plain);
            Cow::Owned(plain)
        }
        Cipher::Aes128 | Cipher::Aes256 => Cow::Owned(aes::decrypted(key, data)),
    }
}

/// Gives each text in `object` to `take`; it is nested no deeper than what was read.
fn each_text(object: &mut Object, take: &mut impl FnMut(&mut Vec<u8>)) {
    match object {
        Object::Text(text) => take(text),
        Object::Array(members) => members
            .iter_mut()
            .for_each(|member| each_text(member, take)),
        Object::Dict(dict) | Object::Stream(dict, ..) => {
            dict.0
                .iter_mut()
                .for_each(|(_, value)| each_text(value, take));
        }
        _ => {}
    }
}

/// Returns a whole number as its lowest 32 bits: permissions are written with a sign, and without one by some programs.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the lowest bits are wanted, and a cast of floats saturates"
)]
fn whole(number: f64) -> u32 {
    number as i64 as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked(encrypt: &str) -> Locked {
        let bytes = format!(
            "1 0 obj << /Type /Catalog >> endobj 2 0 obj << {encrypt} >> endobj trailer << /Root 1 0 R >>"
        );
        let file = File::open(bytes.as_bytes()).unwrap();
        let dict = file.resolved(&Object::Reference(2));
        Crypt::open(&file, dict.dict().unwrap(), Vec::new()).unwrap_err()
    }

    #[test]
    fn what_is_no_standard_says_what_it_is_and_what_is_asks_for_a_password() {
        let unknown = |name: &str| Locked::Unknown(name.to_owned());
        assert_eq!(
            locked("/Filter /Adobe.PubSec /V 4 /R 4"),
            unknown("Adobe.PubSec 4.4")
        );
        assert_eq!(
            locked("/Filter /Standard /V 6 /R 7"),
            unknown("Standard 6.7")
        );
        assert_eq!(
            locked("/Filter /Standard /V 4 /R 4 /CF << /A << /CFM /AESV9 >> >>"),
            unknown("Standard 4.4")
        );
        assert_eq!(
            locked("/Filter /Standard /V 4 /R 4 /StmF /A"),
            unknown("Standard 4.4")
        );
        assert_eq!(locked(""), unknown("? 0.0"));
        for revision in 2..=6 {
            let version = [2, 2, 4, 5, 5][revision - 2];
            let said = format!("/Filter /Standard /V {version} /R {revision} /O (x) /U (y)");
            assert_eq!(locked(&said), Locked::Password);
        }
    }

    #[test]
    fn each_object_has_a_key_of_its_own_and_what_is_in_clear_stays_so() {
        let crypt = Crypt {
            key: b"harbour".to_vec(),
            texts: Cipher::Rc4,
            streams: Cipher::Rc4,
            named: Vec::new(),
            encrypts_metadata: false,
        };
        let (first, later) = (
            Id {
                number: 5,
                generation: 0,
            },
            Id {
                number: 5,
                generation: 1,
            },
        );
        let packed = |id, text: &[u8]| {
            let mut data = text.to_vec();
            rc4::apply(&crypt.key_of(Cipher::Rc4, id), &mut data);
            data
        };
        let mut object = Object::Array(vec![
            Object::Text(packed(first, b"bow")),
            Object::Dict(Dict(vec![(
                "A".to_owned(),
                Object::Text(packed(first, b"stern")),
            )])),
        ]);
        assert_eq!(crypt.decrypt_texts(&mut object, first), 2);
        let [bow, Object::Dict(stern)] = object.array() else {
            panic!("{object:?}")
        };
        assert_eq!(bow, &Object::Text(b"bow".to_vec()));
        assert_eq!(stern.get("A"), Some(&Object::Text(b"stern".to_vec())));

        let of = |kind: &str, chosen: Option<&str>, id: Id| {
            let dict = Dict(vec![("Type".to_owned(), Object::Name(kind.to_owned()))]);
            let data = packed(later, b"line");
            crypt.decrypted(&dict, chosen, id, &data) == &b"line"[..]
        };
        assert!(of("Page", None, later));
        assert!(!of("Page", None, first));
        assert!(!of("Page", Some("Identity"), later));
        assert!(!of("XRef", None, later));
        assert!(!of("Metadata", None, later));
    }
}
