//! Rules against one packet at a time, with every way in which what is not known may turn out.

use std::sync::Arc;

use super::{Addresses, FirewallRule, Verdict, sort};
use crate::network::address::range;
use crate::network::headers::{Block, Headers, Span, TCP, UDP};

const NETWORKS: [&str; 3] = ["10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/16"];
const HOSTS: [&str; 3] = ["10.1.2.3", "10.2.0.1", "192.168.0.9"];
const PORTS: [u16; 3] = [22, 80, 443];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound).unwrap()
    }
}

#[derive(Clone)]
struct Plain {
    verdict: Option<Verdict>,
    source: Option<usize>,
    except: Option<usize>,
    destination: Option<usize>,
    protocol: u8,
    ports: (u16, u16),
    is_doubtful: bool,
}

impl Plain {
    fn random(random: &mut Random) -> Self {
        let mut place = |bound| Some(random.below(bound)).filter(|at| *at < NETWORKS.len());
        let (source, except, destination) = (place(5), place(8), place(5));
        let first = PORTS[random.below(3)];
        Self {
            verdict: [Some(Verdict::Pass), Some(Verdict::Drop), Some(Verdict::Inspect), None][random.below(7) % 4],
            source,
            except,
            destination,
            protocol: [TCP, TCP, UDP][random.below(3)],
            ports: (first, first.max(PORTS[random.below(3)])),
            is_doubtful: random.below(5) == 0,
        }
    }

    fn matches(&self, (source, destination): (&str, &str), protocol: u8, port: u16) -> bool {
        let is_in = |network: Option<usize>, host: &str, otherwise: bool| {
            network.map_or(otherwise, |at| range(NETWORKS[at]).unwrap().contains(&range(host).unwrap()))
        };
        is_in(self.source, source, true)
            && !is_in(self.except, source, false)
            && is_in(self.destination, destination, true)
            && self.protocol == protocol
            && (self.ports.0..=self.ports.1).contains(&port)
    }

    fn rule(&self) -> FirewallRule {
        let within = |at: Option<usize>| at.map(|at| vec![range(NETWORKS[at]).unwrap()]);
        let except = self.except.map(|at| range(NETWORKS[at]).unwrap());
        let span = Span { first: self.ports.0, last: self.ports.1 };
        FirewallRule {
            resource: "group".into(),
            verdict: self.verdict.ok_or_else(|| Arc::from("not known")),
            source: Ok(Addresses { within: within(self.source), without: except.into_iter().collect() }),
            destination: Ok(Addresses { within: within(self.destination), without: Vec::new() }),
            headers: Ok(Headers::from(Block { destination: span, ..Block::of_protocol(self.protocol) })),
            doubt: self.is_doubtful.then(|| "perhaps".into()),
        }
    }
}

/// What may become of a packet.
fn outcomes(rules: &[Plain], ends: (&str, &str), protocol: u8, port: u16) -> Vec<Verdict> {
    let all = [Verdict::Pass, Verdict::Drop, Verdict::Inspect];
    let mut out = Vec::new();
    for rule in rules.iter().filter(|rule| rule.matches(ends, protocol, port)) {
        out.extend(rule.verdict.map_or_else(|| all.to_vec(), |verdict| vec![verdict]));
        if !rule.is_doubtful {
            return out;
        }
    }
    out.push(Verdict::Drop);
    out
}

#[test]
fn sets_of_headers_are_sorted_as_each_packet_is() {
    let mut random = Random(7);
    let (mut certain, mut uncertain) = (0, 0);
    for _ in 0..4_000 {
        let plain: Vec<Plain> = (0..=random.below(6)).map(|_| Plain::random(&mut random)).collect();
        let rules: Vec<FirewallRule> = plain.iter().map(Plain::rule).collect();
        let ends = (HOSTS[random.below(3)], HOSTS[random.below(3)]);
        let addresses = (range(ends.0).unwrap(), range(ends.1).unwrap());
        let sorted = sort(&rules, &Ok(Verdict::Drop), addresses, &Headers::all());
        for (protocol, port) in [TCP, UDP].into_iter().flat_map(|protocol| PORTS.map(|port| (protocol, port))) {
            let packet = Block { destination: Span::one(port), ..Block::of_protocol(protocol) };
            let expected = outcomes(&plain, ends, protocol, port);
            for verdict in [Verdict::Pass, Verdict::Drop, Verdict::Inspect] {
                let is_possible = expected.contains(&verdict);
                let is_certain = expected.iter().all(|other| *other == verdict);
                let found = |headers: Headers| headers.holds(&Headers::from(packet));
                assert_eq!(found(sorted.possible(verdict)), is_possible, "{rules:#?} {packet} {ends:?}");
                assert_eq!(found(sorted.certain(verdict)), is_certain, "{rules:#?} {packet} {ends:?}");
                certain += u32::from(is_certain);
                uncertain += u32::from(is_possible && !is_certain);
            }
            assert!(expected.iter().all(|one| *one == expected[0]) || !sorted.missing.is_empty());
        }
    }
    assert!(certain > 2_000 && uncertain > 2_000, "{certain} {uncertain}");
}
