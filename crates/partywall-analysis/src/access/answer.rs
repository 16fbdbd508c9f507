//! What was found, in the words of reports.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_policy::{Effect, Reason};
use partywall_model::{
    AccessAction, AccessCertainty, AccessHop, AccessPath, AccessReport, DutyConflict, Exposure, Inventory, ResourceKey,
    Sensitivity, UnusedAccess,
};

use super::estate::Estate;
use super::facts::Duties;
use super::path::{Asker, Edge, Node, Paths, Way};
use super::question::Certainty;

/// Finds everything that the analysis of access can say of an inventory.
pub fn report(
    estate: &Estate,
    inventory: &Inventory,
    duties: &Duties,
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
) -> AccessReport {
    let paths = Paths::of(estate, inventory);
    AccessReport {
        administrators: administrators(estate, &paths),
        paths: access_paths(estate, &paths),
        exposures: exposures(estate, inventory),
        conflicts: super::conflict::all(estate, inventory, &paths, duties, sensitivities),
        unused: unused(estate, inventory),
    }
}

/// Finds the chains by which principals come to more than their own permissions.
pub fn paths(estate: &Estate, inventory: &Inventory) -> Vec<AccessPath> {
    access_paths(estate, &Paths::of(estate, inventory))
}

/// Finds whom resources let in from outside of their account.
pub fn exposures(estate: &Estate, inventory: &Inventory) -> Vec<Exposure> {
    super::exposure::all(estate, inventory)
}

/// Finds who holds duties together that belong apart.
pub fn conflicts(
    estate: &Estate,
    inventory: &Inventory,
    duties: &Duties,
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
) -> Vec<DutyConflict> {
    super::conflict::all(estate, inventory, &Paths::of(estate, inventory), duties, sensitivities)
}

/// Finds permissions that nobody uses.
pub fn unused(estate: &Estate, inventory: &Inventory) -> Vec<UnusedAccess> {
    super::unused::all(estate, inventory)
}

/// Principals that may do everything by their own policies.
fn administrators(estate: &Estate, paths: &Paths) -> BTreeMap<ResourceKey, AccessCertainty> {
    let own = paths.edges.iter().flatten().filter(|edge| matches!(edge.way, Way::Own));
    own.filter_map(|edge| Some((estate.principals.get(edge.from)?.resource.clone(), certainty(edge.certainty))))
        .collect()
}

/// The chain of every principal to everybody and everything that it reaches.
fn access_paths(estate: &Estate, paths: &Paths) -> Vec<AccessPath> {
    let mut found = Vec::new();
    let asker = Asker::new(estate);
    for at in 0..estate.principals.len() {
        let reach = paths.reach(at);
        for (node, certainty) in reach.nodes() {
            let chain = reach.chain(paths, node);
            // Whoever may do everything by its own policies takes no path.
            if matches!(chain.as_slice(), [Edge { way: Way::Own, .. }]) {
                continue;
            }
            found.extend(access_path(&asker, &chain, certainty));
        }
    }
    found.sort_by(|one, two| {
        (&one.from, !one.reaches_administrator, &one.to).cmp(&(&two.from, !two.reaches_administrator, &two.to))
    });
    found
}

/// A chain in words; None when it is empty.
fn access_path(asker: &Asker<'_>, chain: &[&Edge], sure: Certainty) -> Option<AccessPath> {
    let estate = asker.estate;
    let (first, last) = (chain.first()?, chain.last()?);
    Some(AccessPath {
        from: estate.principals.get(first.from)?.resource.clone(),
        to: node_in_words(estate, &last.to),
        reaches_administrator: matches!(last.to, Node::Administrator(_) | Node::Organization),
        certainty: certainty(sure),
        hops: chain.iter().filter_map(|edge| hop(asker, edge)).collect(),
    })
}

fn hop(asker: &Asker<'_>, edge: &Edge) -> Option<AccessHop> {
    let estate = asker.estate;
    let (cure, source) = match edge.way {
        Way::Path(path) => (path.cure.as_str(), path.source.as_str()),
        Way::Assume | Way::Own => ("", ""),
    };
    Some(AccessHop {
        from: estate.principals.get(edge.from)?.resource.clone(),
        to: node_in_words(estate, &edge.to),
        way: edge.way.id(),
        title: edge.way.title(),
        cure,
        source,
        certainty: certainty(edge.certainty),
        doubt: edge.doubt().map(str::to_owned),
        actions: edge
            .steps(asker)
            .into_iter()
            .map(|step| AccessAction {
                action: step.action,
                on: step.on,
                certainty: certainty(step.certainty),
                statements: statements_in_words(&step.because),
            })
            .collect(),
    })
}

pub(super) fn certainty(certainty: Certainty) -> AccessCertainty {
    certainty.into()
}

/// A node in words.
pub(super) fn node_in_words(estate: &Estate, node: &Node) -> Arc<str> {
    match node {
        Node::Holder(at) => estate.principals.get(*at).map(|holder| holder.resource.clone()).unwrap_or_default(),
        Node::Administrator(account) if estate.names.is_stand_in(account) => "everything in the account".into(),
        Node::Administrator(account) => format!("everything in account {account}").into(),
        Node::Organization => "everything in the organization".into(),
        Node::Resource(row) => row.clone(),
    }
}

/// Statements in words: the kind of policy, its name, and which statement.
pub fn statements_in_words(reasons: &[Reason]) -> Vec<String> {
    reasons
        .iter()
        .map(|reason| {
            let verb = match reason.effect {
                Effect::Allow => "allowed",
                Effect::Deny => "denied",
            };
            let perhaps = if reason.applies.is_true() { "" } else { "perhaps " };
            let kind = match reason.layer {
                aws_policy::Layer::Identity => "policy",
                aws_policy::Layer::Boundary => "permissions boundary",
                aws_policy::Layer::Session => "session policy",
                aws_policy::Layer::Resource => "resource's",
                aws_policy::Layer::ServiceControl => "service control policy",
                aws_policy::Layer::ResourceControl => "resource control policy",
                aws_policy::Layer::Endpoint => "endpoint policy",
                aws_policy::Layer::BlockPublicAccess => "block of public access",
            };
            format!("{perhaps}{verb} by {kind} `{}`, statement {}", reason.policy, reason.statement + 1)
        })
        .collect()
}
