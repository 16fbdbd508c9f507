//! Functions on IP networks.

use ipnet::IpNet;
use partywall_model::Value;

use super::{ANY, Call, Function, known};
use crate::terraform::failure::{Failure, Outcome};

pub(super) const FUNCTIONS: &[Function] = &[
    known("cidrhost", 2, 2, host),
    known("cidrnetmask", 1, 1, netmask),
    known("cidrsubnet", 3, 3, subnet),
    known("cidrsubnets", 1, ANY, subnets),
];

/// A network as a number, its prefix length and the width of its addresses.
#[derive(Clone, Copy)]
struct Network {
    address: u128,
    prefix: u32,
    width: u32,
}

impl Network {
    fn parse(text: &str) -> Result<Self, Failure> {
        let network: IpNet =
            text.parse().map_err(|_| Failure::invalid(format!("`{text}` is no network in CIDR notation")))?;
        Ok(match network.trunc() {
            IpNet::V4(network) => Self {
                address: u128::from(u32::from(network.network())),
                prefix: u32::from(network.prefix_len()),
                width: 32,
            },
            IpNet::V6(network) => {
                Self { address: u128::from(network.network()), prefix: u32::from(network.prefix_len()), width: 128 }
            }
        })
    }

    fn address_text(&self, address: u128) -> String {
        match u32::try_from(address) {
            Ok(short) if self.width == 32 => std::net::Ipv4Addr::from(short).to_string(),
            _ => std::net::Ipv6Addr::from(address).to_string(),
        }
    }

    /// The part of this network with this number, when split by `bits` more bits.
    fn part(&self, bits: u32, number: u128) -> Result<Self, Failure> {
        let prefix = self.prefix + bits;
        if prefix > self.width {
            return Err(Failure::invalid(format!("a prefix of {prefix} bits is longer than the address")));
        }
        if bits < 128 && number >> bits != 0 {
            return Err(Failure::invalid(format!("there is no subnet number {number} with {bits} bits")));
        }
        let shift = self.width - prefix;
        let offset = if shift >= 128 { 0 } else { number << shift };
        Ok(Self { address: self.address | offset, prefix, width: self.width })
    }

    fn value(&self) -> Value {
        Value::text(format!("{}/{}", self.address_text(self.address), self.prefix))
    }
}

fn host(call: &Call<'_, '_>) -> Outcome {
    let network = Network::parse(&call.text(0)?)?;
    let number = i128::from(call.integer(1)?);
    let bits = network.width - network.prefix;
    let size = if bits >= 127 { i128::MAX } else { 1_i128 << bits };
    let number = if number < 0 { size + number } else { number };
    if number < 0 || number >= size {
        return Err(Failure::invalid(format!("the network has no host number {}", call.integer(1)?)));
    }
    Ok(Value::text(network.address_text(network.address + number.unsigned_abs())))
}

fn netmask(call: &Call<'_, '_>) -> Outcome {
    let network = Network::parse(&call.text(0)?)?;
    if network.width != 32 {
        return Err(Failure::invalid("only IPv4 networks have a mask"));
    }
    let mask = u32::MAX.checked_shl(32 - network.prefix).unwrap_or(0);
    Ok(Value::text(std::net::Ipv4Addr::from(mask).to_string()))
}

fn subnet(call: &Call<'_, '_>) -> Outcome {
    let network = Network::parse(&call.text(0)?)?;
    let bits = bits(call, 1)?;
    let number =
        u128::try_from(call.integer(2)?).map_err(|_| Failure::invalid("a subnet number cannot be negative"))?;
    network.part(bits, number).map(|part| part.value())
}

/// Consecutive subnets, each aligned to its own size.
fn subnets(call: &Call<'_, '_>) -> Outcome {
    let network = Network::parse(&call.text(0)?)?;
    let mut next = network.address;
    let mut found = Vec::new();
    for at in 1..call.arguments.len() {
        let prefix = network.prefix + bits(call, at)?;
        if prefix > network.width || prefix == network.prefix && call.arguments.len() > 2 {
            return Err(Failure::invalid("the network has no room for these subnets"));
        }
        let shift = network.width - prefix;
        let size = 1_u128.checked_shl(shift).unwrap_or(0);
        if size == 0 {
            return Err(Failure::invalid("the subnet is too large"));
        }
        let start = next.checked_add(size - 1).map(|end| end & !(size - 1));
        let room = network.part(0, 0)?;
        let start =
            start.filter(|start| (start ^ room.address).checked_shr(network.width - network.prefix).unwrap_or(0) == 0);
        let start = start.ok_or_else(|| Failure::invalid("the network has no room for these subnets"))?;
        found.push(Network { address: start, prefix, width: network.width }.value());
        next = start.saturating_add(size);
    }
    Ok(Value::list(found))
}

fn bits(call: &Call<'_, '_>, at: usize) -> Result<u32, Failure> {
    u32::try_from(call.integer(at)?)
        .ok()
        .filter(|bits| *bits <= 128)
        .ok_or_else(|| Failure::invalid("the number of bits is out of range"))
}
