//! A picture of a network: what stands where, and what one can say to another, ready to be drawn.

use serde::Serialize;

use crate::ResourceKey;

/// A network as bands: one for each tier of each VPC, with its subnets in the zones that they are in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NetworkPicture {
    /// The bands, by VPC and tier.
    pub bands: Vec<NetworkBand>,
    /// What bands can say to each other, and the internet to them.
    pub flows: Vec<NetworkFlow>,
}

/// The subnets of one tier of a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkBand {
    /// The VPC; '' when it is not known.
    pub vpc: String,
    /// Its ranges.
    pub ranges: Vec<String>,
    /// `public`, `private`, `isolated`, or `unknown`.
    pub tier: &'static str,
    /// Its subnets, by zone and name.
    pub subnets: Vec<NetworkSubnet>,
}

/// A subnet and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkSubnet {
    /// Its `resource`; '' for interfaces whose subnet is not known.
    pub resource: ResourceKey,
    /// What people call it.
    pub title: String,
    /// Its zone; '' when it is not known.
    pub zone: String,
    /// Its ranges.
    pub ranges: Vec<String>,
    /// How many interfaces of which table's resources are in it.
    pub holds: Vec<(&'static str, usize)>,
    /// Interfaces in it that something of the internet reaches, and on what.
    pub exposed: Vec<NetworkExposure>,
}

/// An interface that something of the internet reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkExposure {
    /// The interface.
    pub interface: ResourceKey,
    /// The ports.
    pub ports: String,
    /// Whether that is sure.
    pub is_certain: bool,
}

/// What one band can say to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkFlow {
    /// Position of the band that asks; None for the internet.
    pub from: Option<usize>,
    /// Position of the band that is asked.
    pub to: usize,
    /// What surely gets there, and its answers back; '' when nothing.
    pub answered: String,
    /// What surely gets there while answers do not surely get back; '' when nothing.
    pub unanswered: String,
    /// What may get there and its answers back; '' when nothing.
    pub unknown: String,
}
