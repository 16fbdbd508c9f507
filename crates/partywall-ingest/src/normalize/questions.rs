//! Which questions to the API are about which of the things that others show.

use std::collections::HashSet;
use std::sync::LazyLock;

use partywall_model::{CALLS, Call, Dialect, Resource, TABLES, Table, call};

/// Types of sources and of parts, when a table has both and the parts are asked for only about what another source of
/// the table shows.
static APART: LazyLock<HashSet<(&str, &str)>> = LazyLock::new(|| TABLES.iter().flat_map(apart).collect());

/// Whether a question is never asked about a resource: the targets of resource control policies say nothing of a
/// service control policy, although both kinds of policy are rows of one table.
pub(super) fn is_about_others(owner: &Resource, kind: &str) -> bool {
    owner.dialect == Dialect::Api && APART.contains(&(owner.kind.as_ref(), kind))
}

fn apart(table: &'static Table) -> Vec<(&'static str, &'static str)> {
    let sources = || table.sources.iter().filter(|source| source.dialect == Dialect::Api).map(|source| source.kind);
    let parts = table.parts.iter().filter(|part| part.dialect == Dialect::Api).map(|part| part.kind);
    let mut apart = Vec::new();
    for part in parts {
        let parent = asked(part).and_then(|call| call.for_each.as_ref()).map(|each| each.parent);
        let Some(parent) = parent.filter(|parent| sources().any(|source| follows(source, *parent))) else { continue };
        apart.extend(sources().filter(|source| !follows(source, parent)).map(|source| (source, part)));
    }
    apart
}

/// Whether a source is an answer of this call, or of one that is asked for its items.
fn follows(source: &str, ancestor: (&str, &str)) -> bool {
    let before = |call: &&'static Call| {
        let (service, name) = call.for_each.as_ref()?.parent;
        partywall_model::call(service, name)
    };
    // Bounded, because nothing keeps calls from being asked for each other's items in a circle.
    let mut calls = std::iter::successors(asked(source), before).take(CALLS.len());
    calls.any(|call| (call.service, call.name) == ancestor)
}

/// The call of a type: `ec2:DescribeInstances` of `ec2:DescribeInstances Reservations[].Instances[]`.
fn asked(kind: &str) -> Option<&'static Call> {
    let (service, name) = kind.split(' ').next()?.split_once(':')?;
    call(service, name)
}

#[cfg(test)]
mod tests {
    use super::APART;

    #[test]
    fn only_what_is_asked_of_others_is_apart() {
        let mut apart: Vec<_> = APART.iter().copied().collect();
        apart.sort_unstable();
        let policies = "organizations:ListServiceControlPolicies Policies[]";
        assert!(apart.contains(&(policies, "organizations:ListResourceControlPolicyTargets")));
        assert!(!apart.contains(&(policies, "organizations:ListServiceControlPolicyTargets")));
        let elsewhere = |source: &str| !source.starts_with("organizations:") && !source.starts_with("wafv2:");
        // The lists of services that gateway endpoints reach come whole; only managed lists are asked for entries.
        let lists = ("ec2:DescribePrefixLists PrefixLists[]", "ec2:GetManagedPrefixListEntries");
        let others: Vec<_> = apart.iter().filter(|(source, _)| elsewhere(source)).collect();
        assert_eq!(others, [&lists]);
    }
}
