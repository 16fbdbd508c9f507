//! Addresses, of which sometimes only the range is known that they are from.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Whether something that may not be fully known lies in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inside {
    /// It does not.
    No,
    /// It depends on what is not known.
    Maybe,
    /// It does.
    Yes,
}

impl Inside {
    /// Inside one or the other.
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

/// Whether an address, known to be some address of `address`, lies in `range`.
pub fn inside(address: IpNet, range: IpNet) -> Inside {
    if range.contains(&address) {
        Inside::Yes
    } else if address.contains(&range) {
        Inside::Maybe
    } else {
        Inside::No
    }
}

/// Reads `10.0.0.0/16`, or an address alone. AWS clears the bits behind the prefix.
pub fn range(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let range = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    Some(range.trunc())
}

/// Whether two ranges are of one family.
pub fn same_family(left: IpNet, right: IpNet) -> bool {
    matches!((left, right), (IpNet::V4(_), IpNet::V4(_)) | (IpNet::V6(_), IpNet::V6(_)))
}

/// Every address of the family.
pub fn everywhere(like: IpNet) -> IpNet {
    match like {
        IpNet::V4(_) => IpNet::V4(Ipv4Net::default()),
        IpNet::V6(_) => IpNet::V6(Ipv6Net::default()),
    }
}

const fn v4(a: u8, b: u8, prefix: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(std::net::Ipv4Addr::new(a, b, 0, 0), prefix))
}

const fn v6(first: u16, second: u16, prefix: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(std::net::Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), prefix))
}

/// Ranges for private networks.
/// <https://www.rfc-editor.org/rfc/rfc1918>
pub const PRIVATE: [IpNet; 3] = [v4(10, 0, 8), v4(172, 16, 12), v4(192, 168, 16)];

/// The range that carriers share. An internet gateway drops it as it does private ranges.
/// <https://www.rfc-editor.org/rfc/rfc6598>
pub const CARRIER: IpNet = v4(100, 64, 10);

/// Link-local addresses, at which AWS's own services answer inside a VPC.
pub const LINK_LOCAL: [IpNet; 2] = [v4(169, 254, 16), v6(0xfe80, 0, 10)];

/// Other ranges that no host of the internet has: this network, loopback, multicast and reserved ones, and all IPv6
/// but the global unicast addresses of `2000::/3`.
const NEVER_PUBLIC: [IpNet; 6] =
    [v4(0, 0, 8), v4(127, 0, 8), v4(224, 0, 3), v6(0, 0, 3), v6(0x4000, 0, 2), v6(0x8000, 0, 1)];

/// Ranges that the internet does not route.
pub fn unroutable() -> impl Iterator<Item = IpNet> {
    PRIVATE.into_iter().chain([CARRIER]).chain(LINK_LOCAL).chain(NEVER_PUBLIC)
}

/// Whether the internet routes an address.
pub fn is_public(address: IpNet) -> bool {
    !unroutable().any(|range| inside(address, range) == Inside::Yes)
}

/// One address for each region into which ranges cut the public internet, with the smallest of the ranges around it.
/// Packets from two addresses of one region meet the same rules everywhere.
pub fn representatives(ranges: &[IpNet], like: IpNet) -> Vec<(IpNet, IpNet)> {
    let mut cuts: Vec<IpNet> = ranges.iter().copied().filter(|range| same_family(*range, like)).collect();
    cuts.push(everywhere(like));
    let mut holes = cuts.clone();
    holes.extend(unroutable().filter(|range| same_family(*range, like)));
    for list in [&mut cuts, &mut holes] {
        list.sort_by_key(|range| (range.prefix_len(), *range));
        list.dedup();
    }
    cuts.into_iter()
        .filter(|cut| is_public(*cut))
        .filter_map(|cut| {
            let inner = holes.iter().copied().filter(|hole| cut.contains(hole) && *hole != cut);
            Some((first_outside(cut, inner.collect())?, cut))
        })
        .collect()
}

/// The first address of a range that is in none of the ranges inside it.
fn first_outside(range: IpNet, mut holes: Vec<IpNet>) -> Option<IpNet> {
    holes.sort();
    let mut candidate = number(range.network());
    for hole in holes {
        if candidate < number(hole.network()) {
            break;
        }
        if candidate <= number(hole.broadcast()) {
            candidate = number(hole.broadcast()).checked_add(1)?;
        }
    }
    (candidate <= number(range.broadcast())).then(|| IpNet::from(address(candidate, range)))
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

fn address(number: u128, like: IpNet) -> IpAddr {
    match like {
        IpNet::V4(_) => IpAddr::V4(u32::try_from(number).unwrap_or(u32::MAX).into()),
        IpNet::V6(_) => IpAddr::V6(number.into()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::{Inside, inside, is_public, range, representatives};

    #[test]
    fn a_range_may_hold_an_address_of_which_only_the_subnet_is_known() {
        for (address, within, expected) in [
            ("10.0.1.5", "10.0.1.0/24", Inside::Yes),
            ("10.0.1.0/24", "10.0.0.0/16", Inside::Yes),
            ("10.0.1.0/24", "10.0.1.128/25", Inside::Maybe),
            ("10.0.1.0/24", "10.0.2.0/24", Inside::No),
            ("10.0.1.5", "::/0", Inside::No),
        ] {
            assert_eq!(inside(range(address).unwrap(), range(within).unwrap()), expected, "{address} in {within}");
        }
    }

    #[test]
    fn every_region_of_the_internet_is_represented_once() {
        let cuts =
            ["203.0.113.0/24", "203.0.113.0/25", "203.0.113.128/25", "10.0.0.0/8"].map(|text| range(text).unwrap());
        let found: Vec<String> = representatives(&cuts, range("0.0.0.0/0").unwrap())
            .iter()
            .map(|(address, cut)| format!("{address} {cut}"))
            .collect();
        // The halves cover 203.0.113.0/24, and 10.0.0.0/8 is not of the internet.
        assert_eq!(
            found,
            ["1.0.0.0/32 0.0.0.0/0", "203.0.113.0/32 203.0.113.0/25", "203.0.113.128/32 203.0.113.128/25"]
        );
        assert!(representatives(&[], range("::/0").unwrap()).iter().all(|(address, _)| is_public(*address)));
    }
}
