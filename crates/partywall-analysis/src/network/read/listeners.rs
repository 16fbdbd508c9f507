//! What load balancers listen for.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::Inventory;

use super::view::{View, views};
use crate::network::headers::{Block, Headers, Span, TCP, UDP};
use crate::network::model::{Fact, Missing, Network};

/// Tables of load balancers that have listeners.
const BALANCERS: [&str; 2] = ["aws_ec2_application_load_balancer", "aws_ec2_network_load_balancer"];

/// Load balancers of the first generation, which tell their listeners themselves.
pub(super) const CLASSIC: &str = "aws_ec2_classic_load_balancer";

/// What load balancers listen for.
pub(super) struct Listeners {
    by_balancer: BTreeMap<Arc<str>, Fact<Headers>>,
    /// The `resource` of each load balancer, by how the descriptions of its interfaces name it.
    by_description: BTreeMap<String, Arc<str>>,
    /// Why listeners could not be seen.
    unseen: Option<Missing>,
    /// Why it is not known whose some listener is.
    adrift: Option<Missing>,
}

impl Listeners {
    pub(super) fn new(inventory: &Inventory, network: &Network) -> Self {
        let mut by_balancer: BTreeMap<Arc<str>, Fact<Headers>> = BTreeMap::new();
        let mut adrift = None;
        for view in views(inventory, "aws_ec2_load_balancer_listener") {
            let accepted = view.doubt().map_or_else(|| accepted(view), Err);
            match view.reference("load_balancer_arn") {
                Ok(balancer) => {
                    let known = by_balancer.entry(balancer).or_insert_with(|| Ok(Headers::none()));
                    *known = match (std::mem::replace(known, Ok(Headers::none())), accepted) {
                        (Ok(known), Ok(accepted)) => Ok(known.join(&accepted)),
                        (Err(missing), _) | (_, Err(missing)) => Err(missing),
                    };
                }
                Err(missing) => adrift = Some(missing),
            }
        }
        let mut by_description = BTreeMap::new();
        for view in BALANCERS.iter().flat_map(|table| views(inventory, table)) {
            if let Some((_, name)) = view.row.resource.split_once(":loadbalancer/") {
                by_description.insert(format!("ELB {name}"), view.row.resource.clone());
            }
        }
        for view in views(inventory, CLASSIC) {
            if let Some(name) = view.set("name") {
                by_description.insert(format!("ELB {name}"), view.row.resource.clone());
            }
            by_balancer.insert(view.row.resource.clone(), classic(view));
        }
        let unseen = network.unseen.get("aws_ec2_load_balancer_listener").cloned();
        Self { by_balancer, by_description, unseen, adrift }
    }

    /// What a load balancer listens for; None for rows of other tables.
    pub(super) fn of_balancer(&self, view: View<'_>) -> Option<Fact<Headers>> {
        self.is_balancer(view).then(|| self.of(&view.row.resource))
    }

    /// Whether a row is a load balancer's.
    pub(super) fn is_balancer(&self, view: View<'_>) -> bool {
        BALANCERS.contains(&view.table.name) || view.table.name == CLASSIC
    }

    /// The load balancer whose node an interface is; its description where the source does not show the load balancer.
    pub(super) fn balancer_of_interface(&self, view: View<'_>) -> Option<Arc<str>> {
        let description = view.set("description")?;
        let known = self.by_description.get(&*description).cloned();
        known.or_else(|| description.starts_with("ELB ").then_some(description))
    }

    /// What an interface of a load balancer takes; None for other interfaces.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html>
    pub(super) fn of_interface(&self, view: View<'_>) -> Option<Fact<Headers>> {
        let description = view.set("description")?;
        self.by_description.get(&*description).map(|balancer| self.of(balancer))
    }

    fn of(&self, balancer: &Arc<str>) -> Fact<Headers> {
        if let Some(missing) = &self.adrift {
            return Err(missing.clone());
        }
        match (self.by_balancer.get(balancer), &self.unseen) {
            (Some(known), _) => known.clone(),
            (None, Some(missing)) => Err(missing.clone()),
            (None, None) => Ok(Headers::none()),
        }
    }
}

/// What a load balancer of the first generation listens for.
fn classic(view: View<'_>) -> Fact<Headers> {
    let (listeners, more) = view.structs("listeners");
    let mut out = Headers::none();
    for listener in listeners {
        out = out.join(&at_port(TCP, listener.integer("load_balancer_port")?)?);
    }
    more.map_or(Ok(out), Err)
}

/// Everything of a protocol to one port.
pub(super) fn at_port(protocol: u8, port: i64) -> Fact<Headers> {
    let port = u16::try_from(port).map_err(|_| -> Missing { format!("`{port}` is no port").into() })?;
    Ok(Block { destination: Span::one(port), ..Block::of_protocol(protocol) }.into())
}

pub(super) fn accepted(view: View<'_>) -> Fact<Headers> {
    // Terraform leaves the protocol of an Application Load Balancer to the port; it is TCP whichever it is.
    let port = view.integer("port")?;
    protocols(&view.text("protocol")?)
        .iter()
        .try_fold(Headers::none(), |all, protocol| Ok(all.join(&at_port(*protocol, port)?)))
}

/// The protocols on the wire of what load balancers call so.
pub(super) fn protocols(name: &str) -> &'static [u8] {
    match name.to_ascii_uppercase().as_str() {
        "UDP" | "QUIC" => &[UDP],
        "TCP_UDP" | "TCP_QUIC" => &[TCP, UDP],
        _ => &[TCP],
    }
}
