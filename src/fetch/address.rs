//! Which addresses are of the public internet. A page may name any host: what it names must not be a way into the network
//! of whoever reads it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Tells why `address` is not asked; `None` if it may be.
///
/// Addresses that only one link knows are refused always: no documentation lives there, but the credentials of cloud
/// machines do.
pub(super) fn refusal(address: IpAddr, allow_private: bool) -> Option<&'static str> {
    let what = match address {
        IpAddr::V4(address) => of_v4(address),
        IpAddr::V6(address) => of_v6(address),
    };
    what.filter(|what| !allow_private || *what == LINK)
}

/// Tells whether a person may allow what is refused for `why`.
pub(super) fn is_optional(why: &str) -> bool {
    why != LINK
}

const LINK: &str = "known to its own link only";

/// IANA IPv4 Special-Purpose Address Registry: what is not globally reachable, and multicast.
fn of_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [first, second, third, _] = address.octets();
    match (first, second, third) {
        (0, ..) => Some("this host"),
        (127, ..) => Some("loopback"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Some("private"),
        (100, 64..=127, _) => Some("shared by a provider"),
        (169, 254, _) => Some(LINK),
        (192, 0, 0 | 2) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => Some("reserved"),
        (224.., ..) => Some("no host"),
        _ => None,
    }
}

/// IANA IPv6 Special-Purpose Address Registry; an address that carries one of IPv4 is as public as that.
fn of_v6(address: Ipv6Addr) -> Option<&'static str> {
    let segments = address.segments();
    let carried = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        of_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("this host"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("loopback"),
        // Mapped, compatible, translated (RFC 6052) and tunnelled (RFC 3056).
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => carried(high, low),
        // The second is of some clouds, beside 169.254.169.254.
        [0xfe80..=0xfebf, ..] | [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254] => Some(LINK),
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] | [0x64, 0xff9b, 1, ..] => Some("private"),
        [0xff00..=0xffff, ..] => Some("no host"),
        // Everything else that hosts have begins with 001.
        [0x2001, 0 | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Some("reserved"),
        [0x2000..=0x3fff, ..] => None,
        _ => Some("reserved"),
    }
}

/// Tells whether `name` can only be one of the own network: such are not for a proxy to find.
pub(super) fn is_local_name(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "localhost",
        "local",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "arpa",
        "onion",
        "test",
        "invalid",
    ];
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.rsplit_once('.')
        .is_none_or(|(_, ending)| ENDINGS.contains(&ending))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_refused(address: &str, allow_private: bool) -> bool {
        refusal(address.parse().unwrap(), allow_private).is_some()
    }

    #[test]
    fn only_addresses_of_the_public_internet_are_asked() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(is_refused(private, false), "{private}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(!is_refused(public, false), "{public}");
        }
    }

    #[test]
    fn a_person_may_allow_the_own_network_but_not_the_credentials_of_a_cloud() {
        for own in ["127.0.0.1", "10.1.2.3", "fd12::1", "::1"] {
            assert!(!is_refused(own, true), "{own}");
        }
        for link in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1",
            "fd00:ec2::254",
        ] {
            assert!(is_refused(link, true), "{link}");
            let why = refusal(link.parse().unwrap(), false).unwrap();
            assert!(!is_optional(why), "{link}");
        }
    }

    #[test]
    fn names_without_a_public_ending_are_local() {
        for local in [
            "intranet",
            "LOCALHOST",
            "a.local",
            "a.internal.",
            "1.168.192.in-addr.arpa",
        ] {
            assert!(is_local_name(local), "{local}");
        }
        assert!(!is_local_name("docs.example.com"));
    }

    proptest! {
        #[test]
        fn an_address_in_disguise_is_as_public_as_it_is_without(bits in any::<u32>()) {
            let plain = Ipv4Addr::from(bits);
            let expected = of_v4(plain);
            prop_assert_eq!(of_v6(plain.to_ipv6_mapped()), expected);
            let [a, b, c, d] = plain.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            prop_assert_eq!(of_v6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)), expected);
            prop_assert_eq!(of_v6(Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1)), expected);
        }
    }
}
