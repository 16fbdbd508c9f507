//! What decides where packets go, in the words of the inventory, whatever source it was read from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::ResourceKey;

use super::firewall::FirewallEndpoint;
use super::headers::{Block, Headers};

/// What would have to be known, in words for people.
pub type Missing = Arc<str>;

/// Something that is known, or what would have to be known.
pub type Fact<T> = Result<T, Missing>;

/// How a thing is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// Its `resource` in the inventory.
    pub resource: ResourceKey,
    /// Its id, or what people call it where there is none yet.
    pub short: Arc<str>,
}

/// A private network.
#[derive(Debug, PartialEq, Eq)]
pub struct Vpc {
    /// Its name.
    pub name: Name,
    /// Its ranges, of both families.
    pub ranges: Vec<IpNet>,
    /// Set when it may have further ranges.
    pub more_ranges: Option<Missing>,
    /// Region, when it is known.
    pub region: Fact<Arc<str>>,
    /// What Block Public Access does here, unless a subnet is excluded.
    pub public_access: PublicAccess,
}

/// What internet gateways let through.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicAccess {
    /// Everything, as far as Block Public Access is concerned.
    Open,
    /// What is asked for from inside, and its answers.
    EgressOnly,
    /// Nothing.
    Blocked,
    /// It is not known.
    Unknown(Missing),
}

/// A part of a network in one zone.
#[derive(Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its name.
    pub name: Name,
    /// The network it is in.
    pub vpc: Fact<Arc<Vpc>>,
    /// Its ranges, of both families.
    pub ranges: Vec<IpNet>,
    /// Set when a range of it is not known.
    pub more_ranges: Option<Missing>,
    /// Its zone.
    pub zone: Fact<Zone>,
    /// What filters its border.
    pub acl: Fact<Arc<NetworkAcl>>,
    /// Where its traffic goes.
    pub routes: Fact<Arc<RouteTable>>,
    /// What Block Public Access does here.
    pub public_access: PublicAccess,
}

/// A zone, by its id, which is the same in every account, or by its name, which is not; one of them is known.
/// <https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name, such as `eu-west-1a`.
    pub name: Option<Arc<str>>,
    /// Its id, such as `euw1-az1`.
    pub id: Option<Arc<str>>,
}

impl Zone {
    /// What people call it.
    pub fn shown(&self) -> Arc<str> {
        self.name.clone().or_else(|| self.id.clone()).unwrap_or_default()
    }

    /// Whether it is the same as another.
    ///
    /// # Errors
    /// When of one only the id is known, and of the other only the name.
    pub fn is(&self, other: &Self) -> Fact<bool> {
        match ((&self.id, &other.id), (&self.name, &other.name)) {
            ((Some(left), Some(right)), _) | (_, (Some(left), Some(right))) => Ok(left == right),
            _ => Err(format!("whether `{}` is `{}` depends on the account", self.shown(), other.shown()).into()),
        }
    }
}

/// A stateless filter around subnets.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>
#[derive(Debug, PartialEq, Eq)]
pub struct NetworkAcl {
    /// Its name.
    pub name: Name,
    /// For what enters, by rule number.
    pub ingress: Vec<AclEntry>,
    /// For what leaves, by rule number.
    pub egress: Vec<AclEntry>,
}

/// One entry of a network ACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclEntry {
    /// The row that declares it.
    pub resource: ResourceKey,
    /// Its place in the order.
    pub number: Fact<i64>,
    /// Whether it lets pass.
    pub allows: Fact<bool>,
    /// The other side.
    pub peer: Fact<IpNet>,
    /// What it is about.
    pub headers: Fact<Block>,
    /// Set when it is not known whether it is there.
    pub doubt: Option<Missing>,
}

/// A stateful filter around interfaces.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>
#[derive(Debug, PartialEq, Eq)]
pub struct SecurityGroup {
    /// Its name.
    pub name: Name,
    /// What may enter.
    pub ingress: GroupRules,
    /// What may leave.
    pub egress: GroupRules,
}

/// The rules of a security group for one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupRules {
    /// The rules.
    pub rules: Vec<GroupRule>,
    /// Set when there may be further rules.
    pub more: Option<Missing>,
}

/// One rule of a security group; rules only allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRule {
    /// The row that declares it.
    pub resource: ResourceKey,
    /// The other side.
    pub peer: Fact<Peer>,
    /// What it is about.
    pub headers: Fact<Block>,
    /// Set when it is not known whether it is there.
    pub doubt: Option<Missing>,
}

/// The other side of a security group's rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// A range of addresses.
    Range(IpNet),
    /// A list of ranges.
    List(Arc<PrefixList>),
    /// The private addresses of the members of a group, by the group's `resource` or id.
    Group(Arc<str>),
}

/// A list of ranges.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html>
#[derive(Debug, PartialEq, Eq)]
pub struct PrefixList {
    /// Its name.
    pub name: Name,
    /// What AWS or its owner calls it, such as `com.amazonaws.eu-west-1.s3`; empty when that is not known.
    pub title: Arc<str>,
    /// Whether AWS keeps it for a service, so that no private address is in it.
    pub is_service: bool,
    /// Its ranges.
    pub ranges: Fact<Vec<IpNet>>,
}

/// Where traffic goes.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>
#[derive(Debug, PartialEq, Eq)]
pub struct RouteTable {
    /// Its name.
    pub name: Name,
    /// Its routes, without those that every table has for its network's own ranges.
    pub routes: Vec<Route>,
    /// Set when it may have further routes.
    pub more_routes: Option<Missing>,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The row that declares it.
    pub resource: ResourceKey,
    /// What it is for.
    pub destination: Fact<Destination>,
    /// Where that goes.
    pub target: Fact<Target>,
    /// Whether what matches is dropped.
    pub is_blackhole: bool,
    /// Whether a gateway announced it; static routes win over such of the same length.
    pub is_propagated: bool,
    /// Set when it is not known whether it is there.
    pub doubt: Option<Missing>,
}

/// What a route is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A range.
    Range(IpNet),
    /// Every range of a list.
    List(Arc<PrefixList>),
}

/// Where a route leads. Things are named by `resource` or id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The network itself.
    Local,
    /// An internet gateway.
    InternetGateway(Arc<str>),
    /// An egress-only internet gateway.
    EgressOnly(Arc<str>),
    /// A NAT gateway.
    Nat(Arc<str>),
    /// An interface, or an instance's.
    Interface(Arc<str>),
    /// A peering connection.
    Peering(Arc<str>),
    /// A transit gateway.
    TransitGateway(Arc<str>),
    /// A gateway endpoint of a service.
    GatewayEndpoint(Arc<str>),
    /// An endpoint of a Gateway Load Balancer or a firewall.
    ApplianceEndpoint(Arc<str>),
    /// A virtual private gateway.
    VpnGateway(Arc<str>),
    /// Something else: its kind and its name.
    Other(&'static str, Arc<str>),
}

/// A network card.
#[derive(Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: Name,
    /// What it belongs to: an instance's, load balancer's, database's name; its own otherwise.
    pub owner: Name,
    /// The subnet it is in.
    pub subnet: Fact<Arc<Subnet>>,
    /// Its security groups.
    pub groups: Vec<Arc<SecurityGroup>>,
    /// Set when it may have further groups.
    pub more_groups: Option<Missing>,
    /// Whether no security group applies to it, as to a Network Load Balancer that was made without.
    pub is_unfiltered: bool,
    /// Its addresses, the first of each family first.
    pub addresses: Vec<Address>,
    /// Ranges that are delegated to it, of which every address is its own.
    pub delegated: Vec<IpNet>,
    /// What a load balancer has listeners for; None for everything else, which may take anything.
    pub listens: Option<Fact<Headers>>,
    /// Whether it takes only what is meant for it, and sends only what is from it.
    pub checks_addresses: Fact<bool>,
    /// Whether what it belongs to runs.
    pub runs: Fact<bool>,
    /// Whether IPv6 traffic of internet gateways is refused.
    pub refuses_internet_v6: bool,
    /// The load balancer whose node it is, by `resource`.
    pub balancer: Option<ResourceKey>,
    /// What kind of interface it is, such as `interface`, `nat_gateway` or `vpc_endpoint`.
    pub kind: Arc<str>,
    /// Set when it is not known whether it is there.
    pub doubt: Option<Missing>,
}

/// Spreads connections over targets.
#[derive(Debug, PartialEq, Eq)]
pub struct Balancer {
    /// Its name.
    pub name: Name,
    /// Whether it passes packets on as they are, or opens connections of its own.
    pub is_network: bool,
    /// Whether it applies network ACLs to targets in its own subnet too.
    pub is_classic: bool,
    /// Whether each zone's node uses targets of all zones.
    pub crosses_zones: Fact<bool>,
    /// Where connections go.
    pub forwards: Vec<Forward>,
    /// Set when they may go elsewhere too.
    pub more: Option<Missing>,
}

/// Where connections to a load balancer go.
#[derive(Debug, PartialEq, Eq)]
pub struct Forward {
    /// What the listener takes.
    pub takes: Headers,
    /// Who gets it.
    pub group: Fact<Arc<TargetGroup>>,
}

/// Targets of load balancers.
#[derive(Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its name.
    pub name: Name,
    /// Whether targets see the client's address.
    pub preserves_client: Fact<bool>,
    /// Whether each zone's node uses targets of all zones; None when the load balancer decides.
    pub crosses_zones: Fact<Option<bool>>,
    /// Its targets.
    pub targets: Vec<BalancedTarget>,
    /// Set when it may have further targets.
    pub more: Option<Missing>,
}

/// One target of load balancers.
#[derive(Debug, PartialEq, Eq)]
pub struct BalancedTarget {
    /// Its interfaces, by `resource`.
    pub interfaces: Fact<Vec<ResourceKey>>,
    /// What it is asked for.
    pub takes: Fact<Headers>,
    /// Whether connections go to it, as far as its health decides.
    pub is_used: Fact<bool>,
}

/// A private address and the public one that leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address, or the range that it is from.
    pub private: IpNet,
    /// The public address: the address, or every address when it has one that is not known.
    pub public: Fact<Option<IpNet>>,
}

/// Joins a network to the internet.
#[derive(Debug, PartialEq, Eq)]
pub struct InternetGateway {
    /// Its name.
    pub name: Name,
    /// The network; None when it is attached to none.
    pub vpc: Fact<Option<ResourceKey>>,
    /// The table that directs what enters through it, when there is one.
    pub routes: Option<Fact<Arc<RouteTable>>>,
}

/// Translates addresses.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>
#[derive(Debug, PartialEq, Eq)]
pub struct NatGateway {
    /// Its name.
    pub name: Name,
    /// The subnet it is in.
    pub subnet: Fact<Arc<Subnet>>,
    /// Whether it has public addresses.
    pub is_public: Fact<bool>,
    /// Its private addresses; the range of its subnet when they are not known.
    pub private: Vec<IpNet>,
    /// Its public addresses, when they are known.
    pub public: Vec<IpNet>,
    /// Set when it is not known whether it works.
    pub doubt: Option<Missing>,
}

/// A direct link between two networks.
#[derive(Debug, PartialEq, Eq)]
pub struct Peering {
    /// Its name.
    pub name: Name,
    /// The two networks, by `resource` or id.
    pub sides: [Fact<Arc<str>>; 2],
    /// Ranges of the two, where the connection itself tells them.
    pub ranges: [Vec<IpNet>; 2],
    /// Whether it is active.
    pub is_active: Fact<bool>,
    /// Whether both networks are of one region.
    pub is_regional: Fact<bool>,
}

/// A way to a service or an appliance without the internet.
#[derive(Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name.
    pub name: Name,
    /// The service.
    pub service: Fact<Arc<str>>,
    /// The network it is in.
    pub vpc: Fact<Arc<str>>,
    /// Gateway, Interface or GatewayLoadBalancer.
    pub kind: Fact<Arc<str>>,
}

/// A router between networks.
#[derive(Debug, PartialEq, Eq)]
pub struct TransitGateway {
    /// Its name.
    pub name: Name,
    /// Its attachments.
    pub attachments: Vec<Arc<Attachment>>,
    /// Its tables.
    pub tables: Vec<TransitTable>,
    /// Whether groups of other attached networks may be referred to.
    pub references_groups: Fact<bool>,
    /// Set when it may have further attachments or tables.
    pub more: Option<Missing>,
}

/// What a transit gateway is joined to.
#[derive(Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: Name,
    /// What is attached.
    pub to: AttachedTo,
    /// Whether it is available.
    pub is_available: Fact<bool>,
    /// Whether groups of other attached networks may be referred to.
    pub references_groups: Fact<bool>,
    /// Whether a flow keeps to one of its zones in both directions, whichever that is: appliance mode.
    pub keeps_zone: Fact<bool>,
    /// Whether its IPv6 ranges are announced.
    pub announces_v6: Fact<bool>,
}

/// What an attachment joins.
#[derive(Debug, PartialEq, Eq)]
pub enum AttachedTo {
    /// A network, through these subnets.
    Vpc {
        /// The network, by `resource` or id.
        vpc: Fact<Arc<str>>,
        /// The subnets, one in each zone.
        subnets: Vec<Fact<Arc<Subnet>>>,
    },
    /// Another transit gateway, by `resource` or id.
    Gateway(Fact<Arc<str>>),
    /// Something else, such as a VPN.
    Other(Arc<str>),
}

/// A table of a transit gateway.
#[derive(Debug, PartialEq, Eq)]
pub struct TransitTable {
    /// Its name.
    pub name: Name,
    /// Attachments whose traffic it directs, by `resource` or id.
    pub associations: Vec<Fact<Arc<str>>>,
    /// Attachments that announce their ranges to it.
    pub propagations: Vec<Fact<Arc<str>>>,
    /// Its routes, in a live account with those that are announced.
    pub routes: Vec<TransitRoute>,
    /// Whether the routes that are announced are among its routes, or follow from `propagations`.
    pub lists_propagated: bool,
    /// Set when it may have further routes or associations.
    pub more: Option<Missing>,
}

/// A route of a transit gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitRoute {
    /// The row that declares it.
    pub resource: ResourceKey,
    /// What it is for.
    pub destination: Fact<Destination>,
    /// Attachments it goes to; empty for a blackhole.
    pub attachments: Vec<Fact<Arc<str>>>,
    /// Whether an attachment announced it.
    pub is_propagated: bool,
    /// Set when it is not known whether it is there.
    pub doubt: Option<Missing>,
}

/// A virtual private gateway, with the links that it ends.
#[derive(Debug, PartialEq, Eq)]
pub struct VpnGateway {
    /// Its name.
    pub name: Name,
    /// The network; None when it is attached to none.
    pub vpc: Fact<Option<ResourceKey>>,
    /// Whether a VPN connection ends in it.
    pub has_connection: bool,
}

/// Everything that decides where packets go.
#[derive(Debug, Default)]
pub struct Network {
    /// Networks by `resource`.
    pub vpcs: BTreeMap<ResourceKey, Arc<Vpc>>,
    /// Subnets by `resource`.
    pub subnets: BTreeMap<ResourceKey, Arc<Subnet>>,
    /// Load balancers by `resource`.
    pub balancers: BTreeMap<ResourceKey, Arc<Balancer>>,
    /// The interfaces of each load balancer.
    pub nodes: BTreeMap<ResourceKey, Vec<ResourceKey>>,
    /// Security groups by `resource`.
    pub groups: BTreeMap<ResourceKey, Arc<SecurityGroup>>,
    /// Interfaces by `resource`.
    pub interfaces: BTreeMap<ResourceKey, Arc<Interface>>,
    /// Internet gateways by `resource`.
    pub internet_gateways: BTreeMap<ResourceKey, Arc<InternetGateway>>,
    /// Egress-only internet gateways by `resource`.
    pub egress_only_gateways: BTreeMap<ResourceKey, Arc<InternetGateway>>,
    /// NAT gateways by `resource`.
    pub nat_gateways: BTreeMap<ResourceKey, Arc<NatGateway>>,
    /// Peering connections by `resource`.
    pub peerings: BTreeMap<ResourceKey, Arc<Peering>>,
    /// Networks that are peered within a region, each pair in both orders.
    pub peered: BTreeSet<(ResourceKey, ResourceKey)>,
    /// Endpoints by `resource`.
    pub endpoints: BTreeMap<ResourceKey, Arc<Endpoint>>,
    /// Endpoints of firewalls by `resource`.
    pub firewall_endpoints: BTreeMap<ResourceKey, Arc<FirewallEndpoint>>,
    /// Transit gateways by `resource`.
    pub transit_gateways: BTreeMap<ResourceKey, Arc<TransitGateway>>,
    /// Virtual private gateways by `resource`.
    pub vpn_gateways: BTreeMap<ResourceKey, Arc<VpnGateway>>,
    /// Prefix lists by `resource`.
    pub prefix_lists: BTreeMap<ResourceKey, Arc<PrefixList>>,
    /// The declared default security group of each network.
    pub default_groups: BTreeMap<ResourceKey, ResourceKey>,
    /// Whether instances of a subnet get a public address unless they say otherwise.
    pub gives_public: BTreeMap<ResourceKey, Fact<bool>>,
    /// Subnets whose instances get an IPv6 address unless they say otherwise.
    pub gives_v6: BTreeSet<ResourceKey>,
    /// Further names of things, such as ids, and the `resource` that they mean.
    pub aliases: BTreeMap<Arc<str>, ResourceKey>,
    /// Tables of which nobody asked whether they have rows, and which mostly have none.
    pub rare: BTreeSet<&'static str>,
    /// Why some kind of thing could not be seen, by table.
    pub unseen: BTreeMap<&'static str, Missing>,
    /// The same, by table and account.
    pub unseen_in: BTreeMap<(&'static str, Arc<str>), Missing>,
}

impl Network {
    /// The `resource` that a name means; the name itself when it is none that is known.
    pub fn resolve<'n>(&'n self, name: &'n Arc<str>) -> &'n Arc<str> {
        self.aliases.get(name).unwrap_or(name)
    }

    /// The thing of this name.
    ///
    /// # Errors
    /// When the source does not show it.
    pub fn find<'n, T>(&'n self, things: &'n BTreeMap<ResourceKey, Arc<T>>, name: &Arc<str>) -> Fact<&'n Arc<T>> {
        let found = things.get(name).or_else(|| things.get(self.aliases.get(name)?));
        found.ok_or_else(|| format!("`{name}` is not in this source").into())
    }

    /// Why some kind of thing of an account could not be seen; of any account when it is not known which.
    pub fn unseen_of(&self, table: &'static str, account: &Fact<Arc<str>>) -> Option<&Missing> {
        match account {
            Ok(account) if !account.is_empty() => {
                [account.clone(), "".into()].into_iter().find_map(|account| self.unseen_in.get(&(table, account)))
            }
            _ => self.unseen.get(table),
        }
    }

    /// Whether two names mean the same thing.
    pub fn is_same(&self, left: &Arc<str>, right: &Arc<str>) -> bool {
        left == right || self.resolve(left) == self.resolve(right)
    }
}
