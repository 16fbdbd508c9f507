//! What a walk is made of.

use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::ResourceKey;

use crate::network::headers::Headers;
use crate::network::model::{Fact, Interface, NatGateway, Vpc};

/// One thing that a packet passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What kind of thing it is, such as `interface` or `network_acl`.
    pub kind: &'static str,
    /// Which one.
    pub resource: ResourceKey,
}

/// Why packets do not pass, or why that is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// What it is: the code of the provider's analyzer where it has one.
    /// <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
    pub code: &'static str,
    /// What to change, or to look at.
    pub resource: ResourceKey,
    /// In words.
    pub message: String,
}

/// Where one end of a packet is.
#[derive(Debug, Clone, Copy)]
pub(in crate::network) enum Place<'n> {
    /// At an interface.
    Interface(&'n Interface),
    /// At a NAT gateway, which speaks for somebody else.
    Nat(&'n NatGateway),
    /// Outside of every network that is known.
    Outside,
}

/// One end of a packet.
#[derive(Debug, Clone)]
pub(in crate::network) struct End<'n> {
    pub(in crate::network) address: IpNet,
    pub(in crate::network) place: Place<'n>,
    /// Whether groups may refer to it: its address is its own, and nothing on the way hides it.
    pub(in crate::network) keeps_groups: Fact<bool>,
}

/// Where a packet left what is known, or arrived.
#[derive(Debug, Clone)]
pub(in crate::network) enum Exit<'n> {
    /// At the interface that it was meant for.
    Interface(&'n Interface),
    /// To the internet, through an internet gateway.
    Internet,
    /// Through a gateway that brings answers straight back into this network.
    Gateway(&'n Arc<Vpc>),
}

/// How a packet came to where it was meant for, as the security groups there see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::network) enum Arrival {
    /// It did not.
    Never,
    /// From its own address; whether groups may refer to that, and whether it is known that it came.
    Unchanged(Fact<bool>, bool),
    /// Perhaps, and from what address is not known.
    Somehow,
}

/// A translation that answers have to go back through.
#[derive(Debug, Clone)]
pub(super) struct Translation<'n> {
    pub(super) gateway: &'n NatGateway,
    pub(super) original: End<'n>,
    /// The destination before it.
    pub(super) asked: IpNet,
    /// The headers that answers have behind it.
    pub(super) answers: Headers,
}

/// Headers with the ports that they have on one part of the way, and what of them got through.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) headers: Headers,
    pub(super) certain: Headers,
    pub(super) possible: Headers,
}

impl Frame {
    pub(super) fn new(headers: Headers) -> Self {
        Self { certain: headers.clone(), possible: headers.clone(), headers }
    }
}

/// What of the headers got through.
#[derive(Debug, Clone, Default)]
pub(in crate::network) struct Outcome {
    pub(in crate::network) certain: Headers,
    pub(in crate::network) possible: Headers,
}
