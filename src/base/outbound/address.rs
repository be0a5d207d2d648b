//! Which IP addresses may be called: global unicast and nothing that leads elsewhere under another name.
//!
//! From the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and what was added since). Of IPv6, only 2000::/3 is
//! global unicast; an address that carries an IPv4 address (mapped, NAT64, 6to4) is judged by that one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses.
    Public,
    /// Also to private networks, for a server of the operator's own; not to what is link-local, where clouds keep their metadata.
    PublicAndPrivate,
    /// Also to this machine's own loopback addresses, for a registry that is tried on a laptop.
    PublicAndLoopback,
}

impl Reach {
    /// Whether `address` may be connected to.
    #[must_use]
    pub fn covers(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::PublicAndPrivate => is_public(address) || is_private(address),
            Self::PublicAndLoopback => is_public(address) || address.is_loopback(),
        }
    }

    pub(super) fn covers_loopback(self) -> bool {
        self == Self::PublicAndLoopback
    }
}

/// First address and length of the prefix of every block of IPv4 that is not public.
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network, RFC 791
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private, RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // behind a carrier's NAT, RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback, RFC 1122
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's platform, reached from its machines only
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local and clouds' metadata, RFC 3927
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private, RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments, RFC 6890
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation, RFC 5737
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays, RFC 7526
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private, RFC 1918
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarking, RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation, RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation, RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast, RFC 5771
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, and the broadcast address, RFC 1112 and 919
];

/// The only block of IPv6 from which global unicast addresses are given out (RFC 4291).
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Blocks of it that are not public.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments: Teredo, benchmarking, ORCHID; RFC 2928
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation, RFC 3849
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation, RFC 9637
];

/// Blocks of IPv6 whose addresses carry one of IPv4, and how many bits stand after it.
const CARRYING_V4: [(Ipv6Addr, u32, u32); 3] = [
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, 0), // mapped, RFC 4291
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96, 0), // NAT64, RFC 6052
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, 80), // 6to4, RFC 3056
];

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => {
            let carried = CARRYING_V4.iter().find(|(block, length, _)| is_in_v6(address, (*block, *length)));
            match carried {
                Some((_, _, after)) => is_public_v4(Ipv4Addr::from_bits((address.to_bits() >> after) as u32)),
                None => is_in_v6(address, GLOBAL_V6) && !NOT_PUBLIC_V6.iter().any(|block| is_in_v6(address, *block)),
            }
        }
    }
}

/// Private networks (RFC 1918) and unique local addresses (RFC 4193).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_in = |(block, length): &(Ipv4Addr, u32)| (address.to_bits() ^ block.to_bits()) >> (u32::BITS - length) == 0;
    !NOT_PUBLIC_V4.iter().any(is_in)
}

fn is_in_v6(address: Ipv6Addr, (block, length): (Ipv6Addr, u32)) -> bool {
    (address.to_bits() ^ block.to_bits()) >> (u128::BITS - length) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_global_unicast_addresses_may_be_called() {
        let refused = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3 \
                       168.63.129.16 169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 \
                       192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 \
                       239.255.255.255 240.0.0.1 255.255.255.255 \
                       :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0.0.0.0 \
                       ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::10.1.1.1 64:ff9b:1::8.8.8.8 \
                       100::1 2001::1 2001:0:53aa:64c:0:0:0:1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: \
                       2002:a9fe:a9fe::1 2002:c0a8:101::1 2002:a00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 \
                       fec0::1 ff02::1 ff0e::1 4000::1 ffff::1";
        for address in refused.split_whitespace() {
            assert!(!Reach::Public.covers(address.parse().unwrap()), "{address} may be called");
        }
        let allowed = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 \
                       168.63.129.15 172.15.255.255 172.32.0.0 192.0.1.1 192.169.0.1 198.17.255.255 198.20.0.0 223.255.255.255 \
                       2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 2002:808:808::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8";
        for address in allowed.split_whitespace() {
            assert!(Reach::Public.covers(address.parse().unwrap()), "{address} may not be called");
        }
    }

    #[test]
    fn private_networks_are_called_only_where_it_is_asked_for_and_nothing_else_with_them() {
        for address in ["10.0.0.1", "172.16.0.1", "192.168.0.1", "fd00::1", "8.8.8.8"] {
            assert!(Reach::PublicAndPrivate.covers(address.parse().unwrap()), "{address}");
        }
        for address in ["127.0.0.1", "::1", "169.254.169.254", "fe80::1", "100.64.0.1", "::ffff:10.0.0.1", "0.0.0.0"] {
            assert!(!Reach::PublicAndPrivate.covers(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn loopback_is_called_only_where_it_is_asked_for_and_nothing_else_with_it() {
        for address in ["127.0.0.1", "127.9.9.9", "::1"] {
            let address = address.parse().unwrap();
            assert!(Reach::PublicAndLoopback.covers(address) && !Reach::Public.covers(address), "{address}");
        }
        for address in ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1", "0.0.0.0", "::"] {
            assert!(!Reach::PublicAndLoopback.covers(address.parse().unwrap()), "{address}");
        }
    }
}
