//! The choice: a pure function of two offers, so that both sides can make it and compare.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{FEATURES, Feature, HandshakeError, Offer, Pack, Tokenizer};

/// What two sides have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The version of the handshake.
    pub protocol: u32,
    /// The tokenizer that counts.
    pub tokenizer: Tokenizer,
    /// The version of each of the seven features; `None` is off.
    pub features: BTreeMap<Feature, Option<u32>>,
    /// The packs that both sides have.
    pub packs: Vec<Pack>,
}

impl Agreement {
    /// Spells the agreement; a feature that is off is there as `null`.
    pub fn to_json(&self) -> Value {
        json!({
            "protocol": self.protocol,
            "tokenizer": self.tokenizer.to_json(),
            "features": self.features_json(),
            "packs": self.packs.iter().map(Pack::to_json).collect::<Vec<_>>(),
        })
    }

    /// Spells the features alone.
    pub fn features_json(&self) -> Value {
        let features: Map<String, Value> = self
            .features
            .iter()
            .map(|(feature, version)| {
                let version = version.map_or(Value::Null, |version| feature.spell(version));
                (feature.name().to_owned(), version)
            })
            .collect();
        Value::Object(features)
    }
}

/// Chooses the highest common version of everything, and the first of the client's tokenizers that the server has too.
///
/// # Errors
/// [`HandshakeError::Protocol`] and [`HandshakeError::Tokenizer`] if there is no common one; [`HandshakeError::Floor`] if a
/// feature came out below what either side insists on.
pub fn negotiate(client: &Offer, server: &Offer) -> Result<Agreement, HandshakeError> {
    let protocol = highest_common(&client.protocol, &server.protocol).ok_or_else(|| {
        HandshakeError::Protocol {
            client: listed(client.protocol.iter().map(ToString::to_string)),
            server: listed(server.protocol.iter().map(ToString::to_string)),
        }
    })?;
    let tokenizer = common_tokenizer(client, server)?;
    let features: BTreeMap<Feature, Option<u32>> = FEATURES
        .into_iter()
        .map(|feature| {
            let of = |offer: &Offer| offer.features.get(&feature).cloned().unwrap_or_default();
            (feature, highest_common(&of(client), &of(server)))
        })
        .collect();
    for (feature, floor) in client.floors.iter().chain(&server.floors) {
        let chosen = features.get(feature).copied().flatten();
        if chosen.is_none_or(|chosen| chosen < *floor) {
            return Err(HandshakeError::Floor {
                feature: feature.name(),
                chosen: chosen.map_or("off".to_owned(), |version| feature.label(version)),
                floor: feature.label(*floor),
            });
        }
    }
    let packs = match features.get(&Feature::Packs) {
        Some(Some(_)) => client
            .packs
            .iter()
            .filter(|pack| server.packs.contains(pack))
            .cloned()
            .collect(),
        _ => Vec::new(),
    };
    Ok(Agreement {
        protocol,
        tokenizer,
        features,
        packs,
    })
}

fn highest_common(ours: &[u32], theirs: &[u32]) -> Option<u32> {
    ours.iter()
        .copied()
        .filter(|version| theirs.contains(version))
        .max()
}

/// The fingerprint decides: a tokenizer that another side calls by the same name and that counts otherwise is another one.
fn common_tokenizer(client: &Offer, server: &Offer) -> Result<Tokenizer, HandshakeError> {
    client
        .tokenizers
        .iter()
        .find_map(|wanted| {
            server
                .tokenizers
                .iter()
                .find(|known| known.fingerprint == wanted.fingerprint)
        })
        .cloned()
        .ok_or_else(|| HandshakeError::Tokenizer {
            client: listed(client.tokenizers.iter().map(labelled)),
            server: listed(server.tokenizers.iter().map(labelled)),
        })
}

/// Names in an error: at most this many, for an offer may list 64.
const NAMED_MAX: usize = 4;

fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names
        .take(NAMED_MAX)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// Name and the beginning of the fingerprint: two tokenizers may share the name.
fn labelled(tokenizer: &Tokenizer) -> String {
    let fingerprint: String = tokenizer.fingerprint.chars().take(19).collect();
    format!("{} {fingerprint}", tokenizer.name)
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::ClientOffer;

    fn tokenizer(name: &str, digit: char) -> Tokenizer {
        Tokenizer {
            name: name.to_owned(),
            fingerprint: format!("sha256:{}", digit.to_string().repeat(64)),
        }
    }

    fn offer_of(subset: u32) -> Offer {
        let features = FEATURES
            .into_iter()
            .enumerate()
            .filter(|(at, _)| subset & (1 << at) != 0)
            .map(|(_, feature)| (feature, vec![1, 2]))
            .collect();
        Offer {
            features,
            ..Offer::of_this_build(vec![tokenizer("o200k_base", '0')])
        }
    }

    #[test]
    fn both_sides_choose_the_same_for_every_pair_of_feature_subsets() {
        for ours in 0..128 {
            for theirs in 0..128 {
                let (client, server) = (offer_of(ours), offer_of(theirs));
                let chosen = negotiate(&client, &server).unwrap();
                assert_eq!(chosen, negotiate(&server, &client).unwrap());
                for (at, feature) in FEATURES.into_iter().enumerate() {
                    let common = ours & theirs & (1 << at) != 0;
                    assert_eq!(chosen.features[&feature], common.then_some(2));
                }
                assert_eq!(chosen.features.len(), FEATURES.len());
            }
        }
    }

    #[test]
    fn the_highest_common_version_wins_and_nothing_common_is_off() {
        let with = |versions: &[u32]| Offer {
            features: [(Feature::Ascii, versions.to_vec())].into(),
            ..offer_of(0)
        };
        let chosen = |ours: &[u32], theirs: &[u32]| {
            negotiate(&with(ours), &with(theirs)).unwrap().features[&Feature::Ascii]
        };
        assert_eq!(chosen(&[3, 1, 2], &[2, 1]), Some(2));
        assert_eq!(chosen(&[3], &[1, 2]), None);
        assert_eq!(chosen(&[], &[1]), None);
        assert_eq!(
            negotiate(&with(&[]), &with(&[])).unwrap().to_json()["features"]["ascii"],
            Value::Null
        );
    }

    #[test]
    fn a_floor_of_either_side_refuses_what_falls_below_it() {
        let floored = |floor: u32, subset: u32| Offer {
            floors: [(Feature::Checksums, floor)].into(),
            ..offer_of(subset)
        };
        assert!(negotiate(&floored(2, 127), &offer_of(127)).is_ok());
        let below = negotiate(&floored(3, 127), &offer_of(127)).unwrap_err();
        assert_eq!(
            below.to_string(),
            "`checksums` came out as 2, below the floor 3"
        );
        let off = negotiate(&offer_of(0), &floored(1, 127)).unwrap_err();
        assert_eq!(
            off.to_string(),
            "`checksums` came out as off, below the floor 1"
        );
    }

    #[test]
    fn the_clients_first_tokenizer_wins_by_fingerprint_whatever_its_name() {
        let (o200k, cl100k) = (tokenizer("o200k_base", '0'), tokenizer("cl100k_base", '1'));
        let server = Offer::of_this_build(vec![o200k.clone(), cl100k.clone()]);
        let client = |tokenizers| Offer {
            tokenizers,
            ..server.clone()
        };
        let both = client(vec![cl100k.clone(), o200k.clone()]);
        assert_eq!(negotiate(&both, &server).unwrap().tokenizer, cl100k);
        let renamed = client(vec![tokenizer("mine", '0')]);
        assert_eq!(negotiate(&renamed, &server).unwrap().tokenizer, o200k);
        let impostor = client(vec![tokenizer("o200k_base", '7')]);
        assert!(matches!(
            negotiate(&impostor, &server),
            Err(HandshakeError::Tokenizer { .. })
        ));
        let named = ClientOffer::parse(r#"{"tokenizers":["unknown","cl100k_base"]}"#).unwrap();
        assert_eq!(
            negotiate(&named.complete(&server), &server)
                .unwrap()
                .tokenizer,
            cl100k
        );
    }

    #[test]
    fn no_common_protocol_is_an_error_that_names_both_sides() {
        let server = offer_of(127);
        let client = Offer {
            protocol: vec![2, 3],
            ..server.clone()
        };
        assert_eq!(
            negotiate(&client, &server).unwrap_err().to_string(),
            "no common version of the handshake: the client speaks `2`, `3`, the server `1`"
        );
    }
}
