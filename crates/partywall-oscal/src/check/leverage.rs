//! Which plan each leveraged authorization means.

use std::collections::{BTreeSet, HashMap};

use super::Run;
use crate::defect::DefectKind;
use crate::read::{Authorization, Plan, quoted};

/// Which plan each leveraged authorization means.
pub(super) struct Leverage {
    /// By plan, in the order of its authorizations; None where no plan was given.
    of: Vec<Vec<Option<usize>>>,
    /// Plans from which a plan may take: those that its authorizations mean.
    from: Vec<BTreeSet<usize>>,
}

impl Leverage {
    /// The plan that an authorization of a plan means.
    pub(super) fn target(&self, plan: usize, authorization: usize) -> Option<usize> {
        self.of.get(plan).and_then(|of| of.get(authorization)).copied().flatten()
    }

    /// The plans that a plan leverages.
    pub(super) fn from(&self, plan: usize) -> impl Iterator<Item = usize> {
        self.from.get(plan).into_iter().flatten().copied()
    }

    /// Whether a plan leverages one that was not given.
    pub(super) fn is_partial(&self, plan: usize) -> bool {
        self.of.get(plan).is_some_and(|of| of.contains(&None))
    }
}

/// Finds the plan of each authorization.
pub(super) fn find(run: &mut Run<'_>) -> Leverage {
    let plans = run.plans;
    let mut by_component: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, plan) in plans.iter().enumerate() {
        for component in &plan.components {
            by_component.entry(&component.uuid).or_default().push(at);
        }
    }
    let mut of: Vec<Vec<Option<usize>>> = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        let targets = plan.authorizations.iter().map(|authorization| {
            let evidence = evidence(plans, at, authorization, &by_component);
            choose(run, authorization, &evidence)
        });
        of.push(targets.collect());
    }
    pair_the_rest(run, &mut of);
    let mut from: Vec<BTreeSet<usize>> = of.iter().map(|of| of.iter().flatten().copied().collect()).collect();
    let named: BTreeSet<usize> = from.iter().flatten().copied().collect();
    for (at, plan) in plans.iter().enumerate().skip(1).filter(|(at, _)| !named.contains(at)) {
        let message = format!("no authorization names `{}`", quoted(&plan.title));
        run.say(DefectKind::PlanWithoutAuthorization, &plan.place, &plan.uuid, message);
        // It was given for something: what the first plan takes from it is followed all the same.
        if let Some(of_first) = from.first_mut() {
            of_first.insert(at);
        }
    }
    run.followed.authorizations = of.iter().flatten().flatten().count();
    Leverage { of, from }
}

/// The plans at which components, links and title of an authorization point.
fn evidence(
    plans: &[Plan],
    plan: usize,
    authorization: &Authorization,
    by_component: &HashMap<&str, Vec<usize>>,
) -> [BTreeSet<usize>; 3] {
    let own = plans.get(plan).map(|plan| plan.components.as_slice()).unwrap_or_default();
    let of_components = own
        .iter()
        .filter(|component| !component.inherited.is_empty() && component.authorization == authorization.uuid)
        .flat_map(|component| by_component.get(component.inherited.as_str()).into_iter().flatten().copied())
        // A plan may give a component that stands for another the uuid of that one.
        .filter(|at| *at != plan)
        .collect();
    let matching = |fits: &dyn Fn(&Plan) -> bool| {
        plans.iter().enumerate().filter(|(_, plan)| fits(plan)).map(|(at, _)| at).collect()
    };
    let title = words(&authorization.title);
    let is_titled =
        |plan: &Plan| !title.is_empty() && [&plan.title, &plan.system_name].iter().any(|other| words(other) == title);
    let is_linked = |plan: &Plan| {
        authorization.addresses.iter().any(|address| {
            (!plan.uuid.is_empty() && address.to_lowercase().contains(&plan.uuid))
                || (!stem(address).is_empty() && stem(address) == stem(&plan.file))
        })
    };
    [of_components, matching(&is_linked), matching(&is_titled)]
}

/// The plan at which all evidence points, that is there.
fn choose(run: &mut Run<'_>, authorization: &Authorization, evidence: &[BTreeSet<usize>; 3]) -> Option<usize> {
    let there: Vec<&BTreeSet<usize>> = evidence.iter().filter(|plans| !plans.is_empty()).collect();
    let first = *there.first()?;
    let mut common = first.clone();
    for plans in &there {
        common.retain(|plan| plans.contains(plan));
    }
    if common.len() != 1 {
        let named: BTreeSet<&str> = there
            .iter()
            .flat_map(|plans| plans.iter())
            .filter_map(|at| run.plans.get(*at))
            .map(|plan| plan.file.as_str())
            .collect();
        let named = named.into_iter().collect::<Vec<_>>().join("`, `");
        let message = format!("`{}` points at `{named}`", quoted(&authorization.title));
        run.say(DefectKind::AuthorizationAmbiguous, &authorization.place, &authorization.uuid, message);
    }
    common.first().or(first.first()).copied()
}

/// When one authorization of the first plan and one plan are left, they are taken to be meant for each other.
fn pair_the_rest(run: &mut Run<'_>, of: &mut [Vec<Option<usize>>]) {
    let named: BTreeSet<usize> = of.iter().flatten().flatten().copied().collect();
    let mut left = (1..run.plans.len()).filter(|at| !named.contains(at));
    let (Some(plan), None, Some(first)) = (left.next(), left.next(), of.first_mut()) else { return };
    let mut open = first.iter_mut().enumerate().filter(|(_, target)| target.is_none());
    let (Some((at, target)), None) = (open.next(), open.next()) else { return };
    *target = Some(plan);
    let plans = run.plans;
    let authorization = plans.first().and_then(|first| first.authorizations.get(at));
    if let (Some(authorization), Some(plan)) = (authorization, plans.get(plan)) {
        let (title, other) = (quoted(&authorization.title), quoted(&plan.title));
        let message = format!("`{title}` has neither the title nor a link of `{other}`");
        run.say(DefectKind::AuthorizationNamesAnother, &authorization.place, &authorization.uuid, message);
    }
}

/// A title without its capitals and spaces.
fn words(title: &str) -> String {
    title.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of a file without folders and format.
fn stem(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
