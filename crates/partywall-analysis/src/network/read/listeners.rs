//! What load balancers listen for.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::Inventory;

use super::view::{View, views};
use crate::network::headers::{Block, Headers, Span, TCP, UDP};
use crate::network::model::{Fact, Missing, Network};

/// Tables of load balancers that have listeners.
const BALANCERS: [&str; 2] = ["aws_ec2_application_load_balancer", "aws_ec2_network_load_balancer"];

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
        let unseen = network.unseen.get("aws_ec2_load_balancer_listener").cloned();
        Self { by_balancer, by_description, unseen, adrift }
    }

    /// What a load balancer listens for; None for rows of other tables.
    pub(super) fn of_balancer(&self, view: View<'_>) -> Option<Fact<Headers>> {
        BALANCERS.contains(&view.table.name).then(|| self.of(&view.row.resource))
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

fn accepted(view: View<'_>) -> Fact<Headers> {
    let port = view.integer("port")?;
    let port = u16::try_from(port).map_err(|_| -> Missing { format!("`{port}` is no port").into() })?;
    let of = |protocol: u8| Headers::from(Block { destination: Span::one(port), ..Block::of_protocol(protocol) });
    // Terraform leaves the protocol of an Application Load Balancer to the port; it is TCP whichever it is.
    Ok(match view.text("protocol")?.to_ascii_uppercase().as_str() {
        "UDP" => of(UDP),
        "TCP_UDP" => of(TCP).join(&of(UDP)),
        "QUIC" => of(UDP),
        "TCP_QUIC" => of(TCP).join(&of(UDP)),
        _ => of(TCP),
    })
}
