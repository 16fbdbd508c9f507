//! Whether what is leveraged is authorized, works, and is not the system itself.

use std::collections::{HashMap, HashSet};

use chrono::{Months, NaiveDate};

use super::claims::Found;
use super::leverage::Leverage;
use super::{Run, Settings};
use crate::defect::DefectKind;
use crate::read::{Authorization, Component, Plan, quoted};

/// Looks at each authorization and the plan that it means.
pub(super) fn check(run: &mut Run<'_>, leverage: &Leverage, settings: Settings) {
    let plans = run.plans;
    for (at, plan) in plans.iter().enumerate() {
        for (of, authorization) in plan.authorizations.iter().enumerate() {
            let target = leverage.target(at, of);
            date(run, authorization, target.and_then(|target| plans.get(target)), settings);
            let Some(target) = target else { continue };
            if reaches(leverage, target, at) {
                let message = format!("`{}` leads back to this plan", quoted(&authorization.title));
                run.say(DefectKind::CyclicLeverage, &authorization.place, &authorization.uuid, message);
            }
            let state = plans.get(target).map(|plan| plan.state.as_str()).unwrap_or_default();
            if state != "operational" {
                let state = if state.is_empty() { "not stated" } else { state };
                let message = format!("the state of `{}` is `{}`", quoted(&authorization.title), quoted(state));
                run.say(DefectKind::LeveragedNotOperational, &authorization.place, &authorization.uuid, message);
            }
        }
        let positions: HashMap<&str, usize> =
            plan.authorizations.iter().enumerate().map(|(of, one)| (one.uuid.as_str(), of)).collect();
        for component in plan.components.iter().filter(|component| !component.inherited.is_empty()) {
            let own = positions.get(component.authorization.as_str()).copied();
            of_component(run, leverage, at, own, component);
        }
    }
}

/// Says of each authorization without a plan how much cannot be followed.
pub(super) fn without_plan(run: &mut Run<'_>, leverage: &Leverage, found: &Found<'_>) {
    for (at, plan) in run.plans.iter().enumerate() {
        for (of, authorization) in plan.authorizations.iter().enumerate() {
            if leverage.target(at, of).is_none() {
                let count = found.not_followed(at);
                let title = quoted(&authorization.title);
                let message =
                    format!("the plan of `{title}` was not given; {count} claims of this plan may lead there");
                run.say(DefectKind::AuthorizationWithoutPlan, &authorization.place, &authorization.uuid, message);
            }
        }
    }
}

/// A [date](https://pages.nist.gov/metaschema/specification/datatypes/#date), whatever its time zone.
fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}

fn date(run: &mut Run<'_>, authorization: &Authorization, target: Option<&Plan>, settings: Settings) {
    let title = quoted(&authorization.title);
    let mut say = |kind: DefectKind, message: String| run.say(kind, &authorization.place, &authorization.uuid, message);
    let Some(date) = day(&authorization.date) else {
        let message = format!("date-authorized of `{title}` is `{}`, which is no date", quoted(&authorization.date));
        return say(DefectKind::AuthorizationUndated, message);
    };
    if date > settings.as_of {
        let message = format!("`{title}` is authorized on {date}, after {}", settings.as_of);
        say(DefectKind::AuthorizationInFuture, message);
    }
    let years = settings.authorized_for_years;
    let end = years.and_then(|years| date.checked_add_months(Months::new(years.saturating_mul(12))));
    if let Some(end) = end.filter(|end| *end <= settings.as_of) {
        let message = format!("`{title}` was authorized on {date}, which lasted until {end}");
        say(DefectKind::AuthorizationExpired, message);
    }
    let other = target.map(|plan| plan.date_authorized.as_str()).unwrap_or_default();
    if !other.is_empty() && day(other) != Some(date) {
        let message = format!("`{title}` was authorized on {date}, and on `{}` as its own plan has it", quoted(other));
        say(DefectKind::AuthorizationDateDiffers, message);
    }
}

/// Whether one plan leverages another, directly or by way of others, or is it.
fn reaches(leverage: &Leverage, from: usize, to: usize) -> bool {
    let (mut seen, mut open) = (HashSet::from([from]), vec![from]);
    while let Some(plan) = open.pop() {
        if plan == to {
            return true;
        }
        open.extend(leverage.from(plan).filter(|next| seen.insert(*next)));
    }
    false
}

fn of_component(run: &mut Run<'_>, leverage: &Leverage, at: usize, own: Option<usize>, component: &Component) {
    let is_there = match own.map(|own| leverage.target(at, own)) {
        Some(Some(target)) => run.index.components.contains_key(&(target, component.inherited.as_str())),
        Some(None) => return,
        None => {
            leverage.from(at).any(|target| run.index.components.contains_key(&(target, component.inherited.as_str())))
        }
    };
    if !is_there && (own.is_some() || !leverage.is_partial(at)) {
        let message = format!("`{}` stands for a component that no leveraged plan has", quoted(&component.title));
        run.say(DefectKind::UnknownInheritedComponent, &component.place, &component.inherited, message);
    }
}
