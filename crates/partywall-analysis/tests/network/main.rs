//! The network engine against a packet simulator that was written from AWS's pages and shares nothing with it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod codes;
mod edits;
mod inventory;
mod simulator;
mod solver;
mod world;

use partywall_analysis::network::headers::{Block, Headers, Span};
use partywall_analysis::network::{Answer, read, spot, trace};
use simulator::Packet;
use world::{Random, World};

/// Networks of an ordinary run.
const NETWORKS: u64 = 4_000;

/// Packets sent in each network.
const PACKETS: usize = 25;

/// The variable that says how many networks are tried: 100000 are what the project promises.
const VARIABLE: &str = "PARTYWALL_NETWORKS";

#[test]
fn the_engine_agrees_with_a_packet_simulator_on_random_networks() {
    let networks = std::env::var(VARIABLE).ok().and_then(|count| count.parse().ok()).unwrap_or(NETWORKS);
    let mut answers = [[0_u64; 3]; 3];
    for seed in 0..networks {
        let mut random = Random::new(seed);
        let world = World::random(&mut random);
        let inventory = inventory::inventory(&world);
        let network = read(&inventory);
        for _ in 0..PACKETS {
            let packet = Packet::random(&world, &mut random);
            let expected = simulator::answers(&world, &packet);
            let (from, to) = (packet.from.name(&world), packet.to.name(&world));
            let headers: Headers = Block {
                protocol: Span::one(packet.protocol),
                source: Span::one(packet.source_port),
                destination: Span::one(packet.destination_port),
            }
            .into();
            let near = spot(&network, &from, None).unwrap();
            let flows = trace(&network, near, spot(&network, &to, None).unwrap(), &headers, true).unwrap();
            assert_eq!(flows.len(), 1);
            let flow = &flows[0];
            let found = (flow.forward_answer(&headers), flow.reply_answer(&headers));
            answers[found.0 as usize][found.1 as usize] += 1;
            assert!(
                found == expected,
                "network {seed}: {from} to {to} {headers}: the engine says {found:?}, the simulator {expected:?}\n{world:#?}\n{flow:#?}"
            );
            // Without reasons the same is found.
            let brief = trace(&network, near, spot(&network, &to, None).unwrap(), &headers, false).unwrap();
            assert_eq!((brief[0].forward_answer(&headers), brief[0].reply_answer(&headers)), found, "network {seed}");
            // Whatever does not get there has a reason, and whatever is not known says what is missing.
            let reasons = (!flow.forward.reasons.is_empty(), !flow.forward.unknowns.is_empty());
            match found.0 {
                Answer::Denied => {
                    assert!(reasons.0, "network {seed}: {from} to {to} {headers} is denied without a reason")
                }
                Answer::Unknown => assert!(reasons.0 || reasons.1, "network {seed}: {from} to {to} {headers}"),
                Answer::Allowed => {
                    assert!(!reasons.0, "network {seed}: {from} to {to} {headers}: {:?}", flow.forward.reasons)
                }
            }
        }
    }
    // The networks are no good when nearly everything has one answer.
    let sent = networks * PACKETS as u64;
    for (forward, reply) in [(0, 0), (2, 0), (2, 2)] {
        assert!(answers[forward][reply] * 50 > sent, "{answers:?}");
    }
}
