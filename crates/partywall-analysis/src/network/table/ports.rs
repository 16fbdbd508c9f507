//! Sets of headers as ports, for people and for SQL.

use crate::network::flows::Exchange;
use crate::network::headers::{Block, Headers, ICMP, ICMPV6, PORTS, Span, TCP, UDP, protocol_name};

/// Ports that fare alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ports {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, a range of numbers, or `all`.
    pub(super) protocol: String,
    /// First port, or ICMP type.
    pub(super) from: u16,
    /// Last port, or ICMP type.
    pub(super) to: u16,
    /// Whether packets get there; None when they may.
    pub(super) is_reached: Option<bool>,
    /// Whether answers get back; None when they may.
    pub(super) is_answered: Option<bool>,
}

/// What an exchange is for each port, whatever the client's own port is: the best that any gives.
pub(super) fn of_exchange(exchange: &Exchange) -> Vec<Ports> {
    let maybe = &exchange.maybe_answered;
    let sets = [
        (exchange.answered.clone(), Some(true), Some(true)),
        (exchange.certain.meet(maybe), Some(true), None),
        (exchange.certain.clone(), Some(true), Some(false)),
        (maybe.clone(), None, None),
        (exchange.possible.clone(), None, Some(false)),
    ];
    let mut told = Headers::none();
    let mut out = Vec::new();
    for (headers, is_reached, is_answered) in sets {
        let any_client = headers.with_sources(PORTS);
        for block in any_client.without(&told).shown() {
            out.extend(spans(block).into_iter().map(|(protocol, ports)| Ports {
                protocol,
                from: ports.first,
                to: ports.last,
                is_reached,
                is_answered,
            }));
        }
        told = told.join(&any_client);
    }
    out
}

/// Headers that surely get there, as ports.
pub(super) fn of_headers(headers: &Headers) -> Vec<Ports> {
    of_exchange(&Exchange { certain: headers.clone(), possible: headers.clone(), ..Exchange::default() })
}

/// A block as one span of ports for each protocol that has ports, and for all others together.
fn spans(block: Block) -> Vec<(String, Span<u16>)> {
    if block.protocol == Block::ALL.protocol && block.destination == PORTS {
        return vec![("all".to_owned(), PORTS)];
    }
    let mut out = Vec::new();
    let mut next = u16::from(block.protocol.first);
    let mut others = |first: u16, last: u16| match (first, last) {
        (first, last) if first > last => {}
        (first, last) if first == last => out.push((first.to_string(), PORTS)),
        (first, last) => out.push((format!("{first}-{last}"), PORTS)),
    };
    let mut named = Vec::new();
    for protocol in [ICMP, TCP, UDP, ICMPV6] {
        let part = Headers::from(block).meet_block(Block::of_protocol(protocol));
        let Some(part) = part.blocks().first() else { continue };
        let number = u16::from(protocol);
        others(next, number.saturating_sub(1));
        next = number + 1;
        let ports = if matches!(protocol, ICMP | ICMPV6) { part.source } else { part.destination };
        named.push((protocol_name(protocol), ports));
    }
    others(next, u16::from(block.protocol.last));
    named.append(&mut out);
    named
}

#[cfg(test)]
mod tests {
    use super::{Ports, of_exchange};
    use crate::network::flows::Exchange;
    use crate::network::headers::{Block, Headers, Span, TCP};

    fn tcp(first: u16, last: u16) -> Headers {
        Block { destination: Span { first, last }, ..Block::of_protocol(TCP) }.into()
    }

    #[test]
    fn every_port_is_told_once_and_as_surely_as_it_is_known() {
        let exchange = Exchange {
            certain: tcp(22, 80),
            possible: tcp(22, 90),
            answered: tcp(22, 22),
            maybe_answered: tcp(22, 40).join(&tcp(90, 90)),
        };
        let told = of_exchange(&exchange)
            .into_iter()
            .map(|Ports { from, to, is_reached, is_answered, .. }| (from, to, is_reached, is_answered));
        let told: Vec<_> = told.collect();
        assert_eq!(
            told,
            [
                (22, 22, Some(true), Some(true)),
                (23, 40, Some(true), None),
                (41, 80, Some(true), Some(false)),
                (90, 90, None, None),
                (81, 89, None, Some(false)),
            ]
        );
    }

    #[test]
    fn protocols_without_ports_stand_together() {
        let words = |headers: Headers| -> Vec<String> {
            let exchange = Exchange { certain: headers.clone(), possible: headers, ..Exchange::default() };
            of_exchange(&exchange)
                .into_iter()
                .map(|ports| format!("{} {}-{}", ports.protocol, ports.from, ports.to))
                .collect()
        };
        assert_eq!(words(Headers::all()), ["all 0-65535"]);
        let without_ssh = words(Headers::all().without(&tcp(22, 22)));
        assert!(without_ssh.contains(&"tcp 23-65535".to_owned()), "{without_ssh:?}");
        assert!(without_ssh.iter().any(|words| words.starts_with("18-57")), "{without_ssh:?}");
    }
}
