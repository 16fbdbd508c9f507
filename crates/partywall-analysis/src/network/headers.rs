//! Sets of packet headers: protocol, source port and destination port, or ICMP type and code, exactly.

use std::fmt;

/// A protocol's number.
/// <https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml>
pub const ICMP: u8 = 1;
/// TCP.
pub const TCP: u8 = 6;
/// UDP.
pub const UDP: u8 = 17;
/// ICMP for IPv6.
pub const ICMPV6: u8 = 58;

/// First and last of a run of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span<N> {
    /// First, included.
    pub first: N,
    /// Last, included.
    pub last: N,
}

/// Every port.
pub const PORTS: Span<u16> = Span { first: 0, last: u16::MAX };

/// Ports from which NAT gateways, load balancers and functions open connections.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html>
pub const EPHEMERAL_PORTS: Span<u16> = Span { first: 1024, last: u16::MAX };

impl<N: Copy + Ord> Span<N> {
    /// A run of one.
    pub const fn one(number: N) -> Self {
        Self { first: number, last: number }
    }

    fn meet(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Self { first, last })
    }

    fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// Headers whose every field lies in a run of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// Protocol numbers.
    pub protocol: Span<u8>,
    /// Source ports; types for ICMP.
    pub source: Span<u16>,
    /// Destination ports; codes for ICMP.
    pub destination: Span<u16>,
}

impl Block {
    /// Every header.
    pub const ALL: Self = Self { protocol: Span { first: 0, last: u8::MAX }, source: PORTS, destination: PORTS };

    /// Every header of a protocol.
    pub const fn of_protocol(protocol: u8) -> Self {
        Self { protocol: Span::one(protocol), source: PORTS, destination: PORTS }
    }

    fn meet(self, other: Self) -> Option<Self> {
        Some(Self {
            protocol: self.protocol.meet(other.protocol)?,
            source: self.source.meet(other.source)?,
            destination: self.destination.meet(other.destination)?,
        })
    }

    fn holds(self, other: Self) -> bool {
        self.protocol.holds(other.protocol)
            && self.source.holds(other.source)
            && self.destination.holds(other.destination)
    }

    /// Both as one block, where they differ in one field and leave nothing out between them.
    fn merged(self, other: Self) -> Option<Self> {
        let touch = |left: Span<u16>, right: Span<u16>| {
            let joined = Span { first: left.first.min(right.first), last: left.last.max(right.last) };
            (left.last.checked_add(1) == Some(right.first) || right.last.checked_add(1) == Some(left.first))
                .then_some(joined)
        };
        let same =
            (self.protocol == other.protocol, self.source == other.source, self.destination == other.destination);
        match same {
            (false, true, true) => {
                let (low, high) = (self.protocol.min(other.protocol), self.protocol.max(other.protocol));
                let protocol = Span { first: low.first, last: high.last };
                (low.last.checked_add(1) == Some(high.first)).then_some(Self { protocol, ..self })
            }
            (true, false, true) => Some(Self { source: touch(self.source, other.source)?, ..self }),
            (true, true, false) => Some(Self { destination: touch(self.destination, other.destination)?, ..self }),
            _ => None,
        }
    }

    /// What is left of it without another: at most six blocks that do not overlap.
    fn without(self, other: Self, out: &mut Vec<Self>) {
        let Some(meet) = self.meet(other) else { return out.push(self) };
        let mut rest = self;
        if let Some(last) = meet.protocol.first.checked_sub(1).filter(|last| rest.protocol.first <= *last) {
            out.push(Self { protocol: Span { first: rest.protocol.first, last }, ..rest });
        }
        if let Some(first) = meet.protocol.last.checked_add(1).filter(|first| *first <= rest.protocol.last) {
            out.push(Self { protocol: Span { first, last: rest.protocol.last }, ..rest });
        }
        rest.protocol = meet.protocol;
        if let Some(last) = meet.source.first.checked_sub(1).filter(|last| rest.source.first <= *last) {
            out.push(Self { source: Span { first: rest.source.first, last }, ..rest });
        }
        if let Some(first) = meet.source.last.checked_add(1).filter(|first| *first <= rest.source.last) {
            out.push(Self { source: Span { first, last: rest.source.last }, ..rest });
        }
        rest.source = meet.source;
        if let Some(last) = meet.destination.first.checked_sub(1).filter(|last| rest.destination.first <= *last) {
            out.push(Self { destination: Span { first: rest.destination.first, last }, ..rest });
        }
        if let Some(first) = meet.destination.last.checked_add(1).filter(|first| *first <= rest.destination.last) {
            out.push(Self { destination: Span { first, last: rest.destination.last }, ..rest });
        }
    }

    /// The headers of the packets that answer these.
    fn reversed(self) -> impl Iterator<Item = Self> {
        let swapped = move |protocol: Span<u8>| Self { protocol, source: self.destination, destination: self.source };
        let split = [Span { first: 0, last: 0 }, Span { first: 2, last: 57 }, Span { first: 59, last: u8::MAX }];
        let ports = split.into_iter().filter_map(move |part| Some(swapped(self.protocol.meet(part)?)));
        ports.chain(self.echoes(ICMP, 8, 0)).chain(self.echoes(ICMPV6, 128, 129))
    }

    /// The headers of the packets whose answers these are.
    fn askers(self) -> impl Iterator<Item = Self> {
        let echo = |protocol: u8, request: u16, answer: u16| {
            let meet = self.meet(Self { source: Span::one(answer), ..Self::of_protocol(protocol) });
            meet.map(|meet| Self { source: Span::one(request), ..meet })
        };
        self.reversed().chain(echo(ICMP, 8, 0)).chain(echo(ICMPV6, 128, 129))
    }

    /// Answers to ICMP: an echo for an echo request, nothing of another type for others.
    fn echoes(self, protocol: u8, request: u16, answer: u16) -> Vec<Self> {
        let Some(protocol) = self.protocol.meet(Span::one(protocol)) else { return Vec::new() };
        let mut out = Vec::new();
        let own = Self { protocol, ..self };
        let requests = Self { source: Span::one(request), ..own };
        own.without(requests, &mut out);
        if own.meet(requests).is_some() {
            out.push(Self { source: Span::one(answer), ..own });
        }
        out
    }
}

/// A set of headers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Headers(Vec<Block>);

impl Headers {
    /// No header.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Every header.
    pub fn all() -> Self {
        Self(vec![Block::ALL])
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Blocks that do not overlap and together are the set.
    pub fn blocks(&self) -> &[Block] {
        &self.0
    }

    /// Those that are also in a block.
    pub fn meet_block(&self, block: Block) -> Self {
        Self(self.0.iter().filter_map(|own| own.meet(block)).collect())
    }

    /// Those that are in both sets.
    pub fn meet(&self, other: &Self) -> Self {
        Self(self.0.iter().flat_map(|own| other.0.iter().filter_map(|block| own.meet(*block))).collect())
    }

    /// Those that are not in a block.
    pub fn without_block(&self, block: Block) -> Self {
        let mut out = Vec::with_capacity(self.0.len());
        for own in &self.0 {
            own.without(block, &mut out);
        }
        Self(out)
    }

    /// Those that are not in the other set.
    pub fn without(&self, other: &Self) -> Self {
        other.0.iter().fold(self.clone(), |rest, block| if rest.is_empty() { rest } else { rest.without_block(*block) })
    }

    /// Adds those of a block.
    pub fn add_block(&mut self, block: Block) {
        if self.0.iter().any(|own| own.holds(block)) {
            return;
        }
        let mut fresh = Self(vec![block]);
        for own in &self.0 {
            fresh = fresh.without_block(*own);
        }
        self.0.extend(fresh.0);
    }

    /// Those that are in either set.
    #[must_use]
    pub fn join(mut self, other: &Self) -> Self {
        for block in &other.0 {
            self.add_block(*block);
        }
        self
    }

    /// Whether every header of the other set is in this one.
    pub fn holds(&self, other: &Self) -> bool {
        other.without(self).is_empty()
    }

    /// Whether both are the same set, however it is cut.
    pub fn is_same(&self, other: &Self) -> bool {
        self == other || (self.holds(other) && other.holds(self))
    }

    /// The headers of the packets that answer these.
    pub fn reversed(&self) -> Self {
        let mut out = Self::none();
        for block in self.0.iter().flat_map(|block| block.reversed()) {
            out.add_block(block);
        }
        out
    }

    /// Those of which every answer is in the other set.
    pub fn answered_by(&self, answers: &Self) -> Self {
        let lost = self.reversed().without(answers);
        lost.0.iter().flat_map(|block| block.askers()).fold(self.clone(), |rest, block| rest.without_block(block))
    }

    /// Blocks that together are the set, few and in order, to be shown.
    pub fn shown(&self) -> Vec<Block> {
        let mut blocks = self.0.clone();
        blocks.sort();
        let mut at = 0;
        while let Some(block) = blocks.get(at).copied() {
            let found =
                blocks.iter().enumerate().skip(at + 1).find_map(|(other, next)| Some((other, block.merged(*next)?)));
            match found {
                Some((other, merged)) => {
                    blocks.remove(other);
                    blocks.splice(at..=at, [merged]);
                    at = 0;
                }
                None => at += 1,
            }
        }
        blocks.sort();
        blocks
    }

    /// The same headers with these source ports instead of their own. ICMP has none and stays.
    #[must_use]
    pub fn with_sources(&self, ports: Span<u16>) -> Self {
        self.replace(|block| block.source = ports)
    }

    /// The same headers with these destination ports instead of their own. ICMP has none and stays.
    #[must_use]
    pub fn with_destinations(&self, ports: Span<u16>) -> Self {
        self.replace(|block| block.destination = ports)
    }

    fn replace(&self, change: impl Fn(&mut Block)) -> Self {
        let mut out = Self::none();
        for block in &self.0 {
            let mut ports = Vec::new();
            let mut rest = Vec::new();
            block.without(Block::of_protocol(ICMP), &mut rest);
            for part in rest {
                part.without(Block::of_protocol(ICMPV6), &mut ports);
            }
            for mut part in ports {
                change(&mut part);
                out.add_block(part);
            }
            for protocol in [ICMP, ICMPV6] {
                if let Some(part) = block.meet(Block::of_protocol(protocol)) {
                    out.add_block(part);
                }
            }
        }
        out
    }
}

impl From<Block> for Headers {
    fn from(block: Block) -> Self {
        Self(vec![block])
    }
}

/// A protocol as people write it.
pub fn protocol_name(protocol: u8) -> String {
    match protocol {
        ICMP => "icmp".to_owned(),
        TCP => "tcp".to_owned(),
        UDP => "udp".to_owned(),
        ICMPV6 => "icmpv6".to_owned(),
        other => format!("protocol {other}"),
    }
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALL {
            return formatter.write_str("everything");
        }
        match (self.protocol.first, self.protocol.last) {
            (first, last) if first == last => formatter.write_str(&protocol_name(first))?,
            (0, u8::MAX) => formatter.write_str("every protocol")?,
            (first, last) => write!(formatter, "protocols {first}-{last}")?,
        }
        let is_icmp = [ICMP, ICMPV6].contains(&self.protocol.first) && self.protocol.first == self.protocol.last;
        let (source, destination) = if is_icmp { (" type ", " code ") } else { (" from port ", " ") };
        let mut write = |words: &str, span: Span<u16>| match span {
            PORTS => Ok(()),
            Span { first, last } if first == last => write!(formatter, "{words}{first}"),
            Span { first, last } => write!(formatter, "{words}{first}-{last}"),
        };
        if is_icmp {
            // Types and codes have eight bits.
            let byte =
                |span: Span<u16>| if span.last >= 255 && span.first > 0 { Span { last: 255, ..span } } else { span };
            write(source, byte(self.source))?;
            return write(destination, byte(self.destination));
        }
        write(destination, self.destination)?;
        write(source, self.source)
    }
}

impl fmt::Display for Headers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("nothing");
        }
        let blocks = self.shown();
        for (position, block) in blocks.iter().enumerate() {
            write!(formatter, "{}{block}", if position == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, EPHEMERAL_PORTS, Headers, ICMP, PORTS, Span, TCP, UDP};

    fn block(protocol: u8, source: (u16, u16), destination: (u16, u16)) -> Block {
        let span = |(first, last)| Span { first, last };
        Block { protocol: Span::one(protocol), source: span(source), destination: span(destination) }
    }

    #[test]
    fn what_is_taken_away_and_given_back_is_the_same_set() {
        let web = Headers::from(block(TCP, (0, 65535), (443, 443)));
        let rest = Headers::all().without(&web);
        assert!(rest.meet(&web).is_empty());
        assert!(rest.join(&web).is_same(&Headers::all()));
        assert!(!Headers::all().is_same(&web));
    }

    #[test]
    fn answers_swap_ports_and_echo_requests_get_echoes() {
        let asked = Headers::from(block(TCP, (1024, 65535), (443, 443)));
        assert!(asked.reversed().is_same(&Headers::from(block(TCP, (443, 443), (1024, 65535)))));
        let ping = Headers::from(block(ICMP, (8, 8), (0, 0)));
        assert!(ping.reversed().is_same(&Headers::from(block(ICMP, (0, 0), (0, 0)))));
        let all = Headers::all().reversed();
        assert!(!all.holds(&ping) && all.holds(&Headers::from(block(UDP, (0, 65535), (0, 65535)))));
    }

    #[test]
    fn a_translator_changes_ports_and_leaves_icmp_alone() {
        let headers = Headers::from(block(TCP, (5, 5), (443, 443))).join(&Headers::from(block(ICMP, (8, 8), (0, 0))));
        let translated = headers.with_sources(EPHEMERAL_PORTS);
        assert_eq!(translated.to_string(), "icmp type 8 code 0, tcp 443 from port 1024-65535");
        assert!(translated.with_sources(PORTS).holds(&headers));
    }
}
