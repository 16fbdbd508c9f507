//! Firewalls, to whose endpoints routes lead.

use std::sync::Arc;

use super::{Place, Walk, shown};
use crate::network::firewall::{Ends, FirewallEndpoint, FirewallPolicy, Sorted, Verdict, sort};
use crate::network::headers::Headers;
use crate::network::model::{Interface, Missing, Name, Peer, Subnet};
use crate::network::passage::{Other, Passage, groups};

/// What a firewall keeps of a flow that it let in.
#[derive(Debug, Clone)]
pub(super) struct Inspection<'n> {
    endpoint: &'n Name,
    /// What the stateful rules saw, or may have seen.
    seen: Headers,
    /// What they surely saw.
    surely_seen: Headers,
    /// What one of them let pass, with all that belongs to its flow.
    passed: Headers,
    /// The same, or perhaps.
    maybe_passed: Headers,
    /// Whether the answer came back to it.
    is_answered: bool,
}

impl<'n> Walk<'n> {
    /// Goes to the endpoint of an appliance: of a firewall, or of a Gateway Load Balancer, of which nobody knows what is
    /// behind it.
    pub(super) fn through_appliance_endpoint(&mut self, name: &'n Arc<str>, from: Option<&'n Arc<Subnet>>) {
        self.touched.push(name);
        let Ok(endpoint) = self.network.find(&self.network.firewall_endpoints, name) else {
            let name = shown(self.network, name);
            self.hop("appliance_endpoint", &name);
            let missing = match self.network.unseen.get("aws_networkfirewall_firewall") {
                Some(missing) => missing.clone(),
                None => "what the appliance behind it lets through is not modelled".into(),
            };
            return self.wonder("UNKNOWN_RESOURCE", &name, &missing);
        };
        self.touched.push(&endpoint.name.resource);
        self.hop("firewall_endpoint", &endpoint.name);
        self.forget_groups();
        let Some(own) = self.fact(&endpoint.subnet, &endpoint.name) else { return };
        if from.is_none_or(|from| from.name != own.name) {
            self.pass_acl(own, false);
        }
        if let Some(missing) = &endpoint.doubt {
            self.doubt("BAD_STATE", &endpoint.name, missing);
        }
        match &endpoint.policy {
            Ok(policy) if self.is_reply => self.pass_back(endpoint, policy),
            Ok(policy) => self.pass_firewall(endpoint, policy),
            Err(missing) => self.doubt("FIREWALL_RULES_RESTRICTION", &endpoint.firewall, missing),
        }
        if !self.is_over() {
            self.zone = own.zone.clone().ok();
            self.leave(own);
        }
    }

    fn ends(&self) -> Ends {
        (self.source.address, self.destination.address)
    }

    fn pass_firewall(&mut self, endpoint: &'n FirewallEndpoint, policy: &'n FirewallPolicy) {
        self.hop("firewall_policy", &policy.name);
        let first = sort(&policy.stateless, &policy.stateless_default, self.ends(), self.headers());
        let seen = first.possible(Verdict::Inspect);
        let then = sort(&policy.stateful, &policy.stateful_default, self.ends(), &seen);
        let surely_seen = first.certain(Verdict::Inspect);
        let certain = first.certain(Verdict::Pass).join(&surely_seen.meet(&then.certain(Verdict::Pass)));
        let possible = first.possible(Verdict::Pass).join(&then.possible(Verdict::Pass));
        self.inspections.push(Inspection {
            endpoint: &endpoint.name,
            seen,
            surely_seen,
            passed: then.passed_by_rule.clone(),
            maybe_passed: then.maybe_passed_by_rule.clone(),
            is_answered: false,
        });
        self.apply_firewall(endpoint, first, then, (certain, possible), None);
    }

    /// An answer passes stateless rules as every packet does; of what stateful rules saw, that passes which belongs to a
    /// flow that one of them let pass, and else what they let pass themselves.
    fn pass_back(&mut self, endpoint: &'n FirewallEndpoint, policy: &'n FirewallPolicy) {
        self.hop("firewall_policy", &policy.name);
        let first = sort(&policy.stateless, &policy.stateless_default, self.ends(), self.headers());
        let handed = first.possible(Verdict::Inspect);
        let then = sort(&policy.stateful, &policy.stateful_default, self.ends(), &handed);
        let known = self.inspections.iter_mut().rev().find(|inspection| *inspection.endpoint == endpoint.name);
        let (seen, surely_seen, passed, maybe_passed) = match known {
            Some(known) => {
                known.is_answered = true;
                let [seen, surely, passed, maybe] =
                    [&known.seen, &known.surely_seen, &known.passed, &known.maybe_passed].map(Headers::reversed);
                (seen, surely, passed, maybe)
            }
            None => <(Headers, Headers, Headers, Headers)>::default(),
        };
        let again = passed.join(&surely_seen.meet(&then.certain(Verdict::Pass)));
        let certain = first.certain(Verdict::Pass).without(&seen).join(&first.certain(Verdict::Inspect).meet(&again));
        let possible =
            first.possible(Verdict::Pass).join(&handed.meet(&maybe_passed.join(&then.possible(Verdict::Pass))));
        let half = (!possible.without(&certain).is_empty()).then(|| asymmetric(endpoint));
        self.apply_firewall(endpoint, first, then, (certain, possible), half);
    }

    fn apply_firewall(
        &mut self,
        endpoint: &FirewallEndpoint,
        first: Sorted,
        then: Sorted,
        (certain, possible): (Headers, Headers),
        more: Option<Missing>,
    ) {
        let mut missing: Vec<Missing> = first.missing.into_iter().chain(then.missing).collect();
        if missing.is_empty() {
            missing.extend(more);
        }
        let ends = self.ends();
        let passage = Passage { certain, possible, missing };
        self.apply(passage, "FIREWALL_RULES_RESTRICTION", &endpoint.firewall, |lost| {
            format!("`{}` drops {lost} from {} to {}", endpoint.firewall.short, ends.0, ends.1)
        });
    }

    /// Rules that refer to groups do not match what went through a firewall, on either side.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
    fn forget_groups(&mut self) {
        let is_referred = self.destination.keeps_groups != Ok(false);
        self.limit_groups(&Ok(false));
        self.destination.keeps_groups = Ok(false);
        let Place::Interface(from) = self.source.place else { return };
        if self.is_reply || self.ignores_groups || !is_referred || !refers_to_groups(from) {
            return;
        }
        let other = Other { address: self.destination.address, member: None, doubt: None };
        let passage = groups(self.network, from, true, &other, self.headers());
        self.apply(passage, "SG_REFERENCES_NOT_PRESERVED", &from.name, |lost| {
            format!(
                "rules of `{}` for {lost} refer to groups, which a firewall on the way does not keep",
                from.name.short
            )
        });
    }

    /// A firewall has to see both directions of what its stateful rules look at.
    /// <https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html>
    pub(super) fn check_inspections(&mut self) {
        let half = self.inspections.iter().find(|inspection| !inspection.is_answered && !inspection.seen.is_empty());
        if let Some(endpoint) = half.map(|inspection| inspection.endpoint) {
            let missing = format!(
                "the answer does not come back to `{}`, and a firewall that sees one direction may drop what follows",
                endpoint.short
            );
            self.doubt("FIREWALL_RULES_RESTRICTION", endpoint, &missing.into());
        }
        self.forks.iter_mut().for_each(Walk::check_inspections);
    }
}

fn asymmetric(endpoint: &FirewallEndpoint) -> Missing {
    format!(
        "`{}` sees only the answer of some flows, and what it does with those is not documented",
        endpoint.name.short
    )
    .into()
}

fn refers_to_groups(interface: &Interface) -> bool {
    let mut rules = interface.groups.iter().flat_map(|group| &group.egress.rules);
    rules.any(|rule| matches!(rule.peer, Ok(Peer::Group(_))))
}
