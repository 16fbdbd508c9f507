//! What firewalls let through: stateless rules first, then, for what those hand on, stateful ones.
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-policy-processing.html>

use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::ResourceKey;

use super::address::{Inside, inside};
use super::headers::Headers;
use super::model::{Fact, Missing, Name, Subnet};

/// Where a firewall looks at packets, in one zone.
#[derive(Debug, PartialEq, Eq)]
pub struct FirewallEndpoint {
    /// Its name.
    pub name: Name,
    /// The firewall.
    pub firewall: Name,
    /// The subnet it is in.
    pub subnet: Fact<Arc<Subnet>>,
    /// What the firewall lets through.
    pub policy: Fact<Arc<FirewallPolicy>>,
    /// Set when it is not known whether it works.
    pub doubt: Option<Missing>,
}

/// What firewalls do with packets.
#[derive(Debug, PartialEq, Eq)]
pub struct FirewallPolicy {
    /// Its name.
    pub name: Name,
    /// Stateless rules, in order.
    pub stateless: Vec<FirewallRule>,
    /// What becomes of packets that no stateless rule matches.
    pub stateless_default: Fact<Verdict>,
    /// Stateful rules, in order.
    pub stateful: Vec<FirewallRule>,
    /// What becomes of packets that no stateful rule matches.
    pub stateful_default: Fact<Verdict>,
}

/// One rule of a firewall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirewallRule {
    /// The group that holds it.
    pub resource: ResourceKey,
    /// What becomes of packets that it matches.
    pub verdict: Fact<Verdict>,
    /// Where they come from.
    pub source: Fact<Addresses>,
    /// Where they go.
    pub destination: Fact<Addresses>,
    /// What they are.
    pub headers: Fact<Headers>,
    /// Set when it is not known whether it matches, or is there.
    pub doubt: Option<Missing>,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It passes.
    Pass,
    /// It is dropped.
    Drop,
    /// The stateful rules decide.
    Inspect,
}

const VERDICTS: [Verdict; 3] = [Verdict::Pass, Verdict::Drop, Verdict::Inspect];

/// Addresses that a rule is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Those of these ranges; None for all.
    pub within: Option<Vec<IpNet>>,
    /// Without those of these.
    pub without: Vec<IpNet>,
}

impl Addresses {
    /// Every address.
    pub const ANY: Self = Self { within: None, without: Vec::new() };

    /// Every range that it names.
    pub fn ranges(&self) -> impl Iterator<Item = IpNet> {
        self.within.iter().flatten().chain(&self.without).copied()
    }

    fn holds(&self, address: IpNet) -> Inside {
        let any = |ranges: &[IpNet]| ranges.iter().map(|range| inside(address, *range)).fold(Inside::No, Inside::or);
        match (self.within.as_deref().map_or(Inside::Yes, any), any(&self.without)) {
            (Inside::No, _) | (_, Inside::Yes) => Inside::No,
            (Inside::Yes, Inside::No) => Inside::Yes,
            _ => Inside::Maybe,
        }
    }
}

impl FirewallPolicy {
    /// Every range that its rules name.
    pub fn ranges(&self) -> impl Iterator<Item = IpNet> {
        let rules = self.stateless.iter().chain(&self.stateful);
        let sides = rules.flat_map(|rule| [&rule.source, &rule.destination]);
        sides.filter_map(|side| side.as_ref().ok()).flat_map(Addresses::ranges)
    }
}

/// What comes of headers that rules have sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    certain: [Headers; 3],
    possible: [Headers; 3],
    /// Headers that a rule surely lets pass, not only because none matches.
    pub(super) passed_by_rule: Headers,
    /// Headers that a rule lets pass, or may.
    pub(super) maybe_passed_by_rule: Headers,
    /// What would have to be known.
    pub(super) missing: Vec<Missing>,
}

fn of(sets: &[Headers; 3], verdict: Verdict) -> Headers {
    let at = VERDICTS.into_iter().zip(sets).find(|(other, _)| *other == verdict);
    at.map(|(_, headers)| headers.clone()).unwrap_or_default()
}

impl Sorted {
    /// What this surely becomes of.
    pub(super) fn certain(&self, verdict: Verdict) -> Headers {
        of(&self.certain, verdict)
    }

    /// What this becomes of, or may.
    pub(super) fn possible(&self, verdict: Verdict) -> Headers {
        of(&self.possible, verdict)
    }
}

/// The two ends of a packet.
pub(super) type Ends = (IpNet, IpNet);

/// Sorts headers by the first rule that matches them. What is not known is taken, for each verdict, once as badly and
/// once as well as it can be.
pub(super) fn sort(rules: &[FirewallRule], otherwise: &Fact<Verdict>, ends: Ends, headers: &Headers) -> Sorted {
    let mut out = Sorted::default();
    let mut state = State { left: headers.clone(), surely: [headers.clone(), headers.clone(), headers.clone()] };
    for rule in rules {
        if state.left.is_empty() {
            break;
        }
        let (is_inside, why) = is_about(rule, ends);
        if is_inside == Inside::No {
            continue;
        }
        let about = rule.headers.clone().unwrap_or_else(|_| Headers::all()).meet(&state.left);
        if about.is_empty() {
            continue;
        }
        let is_certain = is_inside == Inside::Yes && why.is_none();
        state.take(&mut out, &rule.verdict, &about, is_certain);
        if let Some(missing) = why.or_else(|| rule.verdict.clone().err()) {
            out.missing.push(missing);
        } else if !is_certain {
            let (source, destination) = ends;
            let text = format!(
                "whether a rule of `{}` matches {source} to {destination} depends on the exact address",
                rule.resource
            );
            out.missing.push(text.into());
        }
    }
    out.passed_by_rule = out.certain(Verdict::Pass);
    out.maybe_passed_by_rule = out.possible(Verdict::Pass);
    let rest = state.left.clone();
    if !rest.is_empty() {
        state.take(&mut out, otherwise, &rest, true);
        out.missing.extend(otherwise.clone().err());
    }
    out
}

/// Whether a rule is about a packet between two ends, and why that is not known.
fn is_about(rule: &FirewallRule, (source, destination): Ends) -> (Inside, Option<Missing>) {
    let side = |side: &Fact<Addresses>, address: IpNet| match side {
        Ok(addresses) => (addresses.holds(address), None),
        Err(missing) => (Inside::Maybe, Some(missing.clone())),
    };
    let (left, why) = side(&rule.source, source);
    let (right, other) = side(&rule.destination, destination);
    let doubt = rule.doubt.clone().or_else(|| rule.headers.clone().err());
    (left.min(right), doubt.or(why).or(other))
}

/// What has not been sorted yet.
struct State {
    /// What no rule surely matched.
    left: Headers,
    /// For each verdict, what no rule that has another may have matched.
    surely: [Headers; 3],
}

impl State {
    fn take(&mut self, out: &mut Sorted, verdict: &Fact<Verdict>, about: &Headers, is_certain: bool) {
        let sets = self.surely.iter_mut().zip(&mut out.certain).zip(&mut out.possible);
        for (own, ((surely, certain), possible)) in VERDICTS.into_iter().zip(sets) {
            if *verdict != Ok(own) && verdict.is_ok() {
                *surely = surely.without(about);
                continue;
            }
            *possible = std::mem::take(possible).join(about);
            if verdict.is_err() {
                *surely = surely.without(about);
            } else if is_certain {
                *certain = std::mem::take(certain).join(&surely.meet(about));
                *surely = surely.without(about);
            }
        }
        if is_certain {
            self.left = self.left.without(about);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests;
