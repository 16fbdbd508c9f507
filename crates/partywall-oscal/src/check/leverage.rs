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
    /// Plans that leverage one that was not given.
    partial: Vec<bool>,
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
        self.partial.get(plan).copied().unwrap_or_default()
    }
}

/// What plans can be recognised by.
struct Signs<'a> {
    by_component: HashMap<&'a str, Vec<usize>>,
    /// Titles and names of systems.
    by_title: HashMap<String, BTreeSet<usize>>,
    by_stem: HashMap<&'a str, BTreeSet<usize>>,
    uuids: Vec<&'a str>,
}

impl<'a> Signs<'a> {
    fn of(plans: &'a [Plan]) -> Self {
        let mut signs = Self {
            by_component: HashMap::new(),
            by_title: HashMap::new(),
            by_stem: HashMap::new(),
            uuids: plans.iter().map(|plan| plan.uuid.as_str()).collect(),
        };
        for (at, plan) in plans.iter().enumerate() {
            for component in &plan.components {
                let holders = signs.by_component.entry(&component.uuid).or_default();
                if holders.last() != Some(&at) {
                    holders.push(at);
                }
            }
            for title in [words(&plan.title), words(&plan.system_name)].into_iter().filter(|title| !title.is_empty()) {
                signs.by_title.entry(title).or_default().insert(at);
            }
            if !stem(&plan.file).is_empty() {
                signs.by_stem.entry(stem(&plan.file)).or_default().insert(at);
            }
        }
        signs
    }

    /// The plans to which an address leads.
    fn at_address(&self, address: &str) -> BTreeSet<usize> {
        let address_in_lowercase = address.to_lowercase();
        let has_uuid = |uuid: &str| !uuid.is_empty() && address_in_lowercase.contains(uuid);
        let by_uuid = self.uuids.iter().enumerate().filter(|(_, uuid)| has_uuid(uuid)).map(|(at, _)| at);
        by_uuid.chain(self.by_stem.get(stem(address)).into_iter().flatten().copied()).collect()
    }
}

/// Finds the plan of each authorization.
pub(super) fn find(run: &mut Run<'_>) -> Leverage {
    let plans = run.plans;
    let signs = Signs::of(plans);
    let mut of: Vec<Vec<Option<usize>>> = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        let evidence = Evidence::of(&signs, at, plan);
        let targets = plan.authorizations.iter().map(|one| choose(run, one, &evidence.about(&signs, one)));
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
    let partial = of.iter().map(|of| of.contains(&None)).collect();
    Leverage { of, from, partial }
}

/// Where components and resources of a plan point.
struct Evidence<'a> {
    /// The plans of the components that an authorization's components stand for.
    of_components: HashMap<&'a str, BTreeSet<usize>>,
    of_resources: HashMap<&'a str, BTreeSet<usize>>,
}

impl<'a> Evidence<'a> {
    fn of(signs: &Signs<'_>, at: usize, plan: &'a Plan) -> Self {
        let mut evidence = Self { of_components: HashMap::new(), of_resources: HashMap::new() };
        for component in plan.components.iter().filter(|component| !component.inherited.is_empty()) {
            let holders = signs.by_component.get(component.inherited.as_str()).into_iter().flatten();
            // A plan may give a component that stands for another the uuid of that one.
            let others = holders.copied().filter(|holder| *holder != at);
            evidence.of_components.entry(&component.authorization).or_default().extend(others);
        }
        for (uuid, addresses) in &plan.resources {
            let plans = addresses.iter().flat_map(|address| signs.at_address(address)).collect();
            evidence.of_resources.insert(uuid, plans);
        }
        evidence
    }

    /// The plans at which components, links and title of an authorization point.
    fn about(&self, signs: &Signs<'_>, authorization: &Authorization) -> [BTreeSet<usize>; 3] {
        let mut linked = BTreeSet::new();
        for link in &authorization.links {
            let resource = link.strip_prefix('#').and_then(|uuid| self.of_resources.get(uuid.to_lowercase().as_str()));
            match resource {
                Some(plans) => linked.extend(plans.iter().copied()),
                None => linked.extend(signs.at_address(link)),
            }
        }
        let of_components = self.of_components.get(authorization.uuid.as_str()).cloned().unwrap_or_default();
        [of_components, linked, signs.by_title.get(&words(&authorization.title)).cloned().unwrap_or_default()]
    }
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
