//! Uuids that say which thing is meant.

use std::collections::{HashMap, HashSet};

use super::Run;
use crate::defect::{Defect, DefectKind};
use crate::read::{Plan, quoted};

/// Entries of which a copy in another plan looks like the original to whoever leverages both.
const OF_INHERITANCE: [&str; 6] =
    ["provided", "responsibilities", "inherited", "satisfied", "by-components", "implemented-requirements"];

/// Leaves of plans with the same uuid the first.
pub(super) fn without_duplicate_plans(plans: &mut Vec<Plan>) -> Vec<Defect> {
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut defects = Vec::new();
    plans.retain(|plan| match seen.get(&plan.uuid).filter(|_| !plan.uuid.is_empty()) {
        Some(first) => {
            let message = format!("`{}` has the uuid of `{first}` and is not looked at", plan.file);
            defects.push(Defect {
                place: plan.place.clone(),
                kind: DefectKind::DuplicatePlan,
                uuid: plan.uuid.clone(),
                message,
            });
            false
        }
        None => {
            seen.insert(plan.uuid.clone(), plan.file.clone());
            true
        }
    });
    defects
}

/// Looks for uuids that two things share, and for references within a plan that lead nowhere.
pub(super) fn check(run: &mut Run<'_>) {
    let plans = run.plans;
    let mut across: HashMap<&str, usize> = HashMap::new();
    for (at, plan) in plans.iter().enumerate() {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for identifier in &plan.identifiers {
            if let Some(first) = seen.get(identifier.uuid.as_str()) {
                let message =
                    format!("an element of `{}` has the uuid of an element of `{first}` of this plan", identifier.of);
                run.say(DefectKind::DuplicateUuid, &identifier.place, &identifier.uuid, message);
            }
            seen.insert(&identifier.uuid, &identifier.of);
            if OF_INHERITANCE.contains(&identifier.of.as_ref()) {
                let first = *across.entry(&identifier.uuid).or_insert(at);
                if let Some(other) = plans.get(first).filter(|_| first != at) {
                    let message = format!("an element of `{}` has a uuid of `{}`", identifier.of, other.file);
                    run.say(DefectKind::DuplicateUuidAcrossPlans, &identifier.place, &identifier.uuid, message);
                }
            }
        }
        of_components(run, plan);
    }
}

fn of_components(run: &mut Run<'_>, plan: &Plan) {
    let components: HashSet<&str> = plan.components.iter().map(|component| component.uuid.as_str()).collect();
    for implementation in plan.implementations.iter().filter(|implementation| !implementation.component.is_empty()) {
        if !components.contains(implementation.component.as_str()) {
            let message = format!(
                "`{}` is implemented by a component that the plan does not have",
                quoted(&implementation.control)
            );
            run.say(DefectKind::UnknownComponent, &implementation.place, &implementation.component, message);
        }
    }
    let authorizations: HashSet<&str> =
        plan.authorizations.iter().map(|authorization| authorization.uuid.as_str()).collect();
    for component in plan.components.iter().filter(|component| !component.authorization.is_empty()) {
        if !authorizations.contains(component.authorization.as_str()) {
            let message =
                format!("`{}` belongs to an authorization that the plan does not have", quoted(&component.title));
            run.say(DefectKind::UnknownAuthorization, &component.place, &component.authorization, message);
        }
    }
}
