//! Whether what is inherited and satisfied is there, and is what it is taken for.

use std::collections::{HashMap, HashSet};

use super::Run;
use super::leverage::Leverage;
use crate::defect::{DefectKind, Place};
use crate::read::{Implementation, Reference, quoted};

/// What each plan takes, by plan and uuid.
#[derive(Default)]
pub(super) struct Found<'a> {
    /// Where a provided entry is inherited first.
    pub(super) inherited: HashMap<(usize, &'a str), &'a Place>,
    /// Responsibilities that are satisfied.
    pub(super) satisfied: HashSet<(usize, &'a str)>,
    not_followed: HashMap<usize, usize>,
}

impl Found<'_> {
    /// Claims of a plan that may lead into one that was not given.
    pub(super) fn not_followed(&self, plan: usize) -> usize {
        self.not_followed.get(&plan).copied().unwrap_or_default()
    }
}

/// Where a claim leads.
enum Target {
    /// To an entry of the right kind, exported by this implementation of this plan.
    Entry(usize, usize),
    /// To something else of a leveraged plan, or of the plan itself.
    OtherKind {
        is_opposite: bool,
    },
    /// To an entry of the right kind of the plan itself.
    Itself,
    /// Into a plan that is not leveraged directly.
    Elsewhere(usize),
    Nowhere,
}

/// A claim of one plan.
struct Claim<'a> {
    plan: usize,
    by: &'a Implementation,
    reference: &'a Reference,
    inherits: bool,
}

/// Follows every claim.
pub(super) fn check<'a>(run: &mut Run<'a>, leverage: &Leverage) -> Found<'a> {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    for (plan, of) in run.plans.iter().enumerate() {
        for by in &of.implementations {
            let inherited = by.inherited.iter().map(|reference| Claim { plan, by, reference, inherits: true });
            let satisfied = by.satisfied.iter().map(|reference| Claim { plan, by, reference, inherits: false });
            for claim in inherited.chain(satisfied) {
                follow(run, leverage, &claim, &mut found);
                let place = (plan, claim.inherits, &by.control, &by.statement, &by.component);
                let uuid = claim.reference.uuid.as_str();
                if !uuid.is_empty() && !seen.insert((place, uuid)) {
                    let kind = if claim.inherits { DefectKind::InheritedTwice } else { DefectKind::SatisfiedTwice };
                    run.say(kind, &claim.reference.place, uuid, format!("`{}` takes it twice", quoted(&by.control)));
                }
            }
        }
    }
    run.followed.not_followed = found.not_followed.values().sum();
    found
}

fn follow<'a>(run: &mut Run<'a>, leverage: &Leverage, claim: &Claim<'a>, found: &mut Found<'a>) {
    let uuid = claim.reference.uuid.as_str();
    if !claim.reference.is_named {
        return unnamed(run, leverage, claim, found);
    }
    if uuid.is_empty() {
        return;
    }
    let say = |run: &mut Run<'_>, inherited: DefectKind, satisfied: DefectKind, message: String| {
        let kind = if claim.inherits { inherited } else { satisfied };
        run.say(kind, &claim.reference.place, uuid, message);
    };
    let control = &quoted(&claim.by.control);
    match target(run, leverage, claim) {
        Target::Entry(plan, of) => {
            if claim.inherits {
                found.inherited.entry((claim.plan, uuid)).or_insert(&claim.reference.place);
                run.followed.inherited += 1;
            } else {
                found.satisfied.insert((claim.plan, uuid));
                run.followed.satisfied += 1;
            }
            let Some(exporter) = run.plans.get(plan).and_then(|plan| plan.implementations.get(of)) else { return };
            terms(run, claim, exporter);
        }
        Target::OtherKind { is_opposite: true } => {
            let message = match claim.inherits {
                true => format!("what `{control}` inherits is a responsibility"),
                false => format!("what `{control}` satisfies is a provided entry, not a responsibility"),
            };
            say(run, DefectKind::InheritedNamesResponsibility, DefectKind::SatisfiedNamesProvided, message);
        }
        Target::OtherKind { is_opposite: false } => {
            let message = format!("`{control}` names something that is neither provided nor a responsibility");
            say(run, DefectKind::InheritedNamesOther, DefectKind::SatisfiedNamesOther, message);
        }
        Target::Itself => {
            let message = format!("`{control}` names an entry that this plan exports itself");
            say(run, DefectKind::InheritedFromItself, DefectKind::SatisfiedItself, message);
        }
        Target::Elsewhere(plan) => {
            let file = run.plans.get(plan).map(|plan| plan.file.as_str()).unwrap_or_default();
            let message = format!("`{control}` takes from `{file}`, which this plan does not leverage itself");
            say(run, DefectKind::SkipsTier, DefectKind::SkipsTier, message);
        }
        Target::Nowhere if leverage.is_partial(claim.plan) => {
            *found.not_followed.entry(claim.plan).or_default() += 1;
        }
        Target::Nowhere => {
            let message = format!("`{control}` names an entry that no leveraged plan has");
            say(run, DefectKind::InheritedDangling, DefectKind::SatisfiedDangling, message);
        }
    }
}

fn target(run: &Run<'_>, leverage: &Leverage, claim: &Claim<'_>) -> Target {
    let uuid = claim.reference.uuid.as_str();
    let (right, opposite) = match claim.inherits {
        true => (&run.index.provided, &run.index.responsibilities),
        false => (&run.index.responsibilities, &run.index.provided),
    };
    for plan in leverage.from(claim.plan).filter(|plan| *plan != claim.plan) {
        if let Some(of) = right.get(&(plan, uuid)) {
            return Target::Entry(plan, *of);
        }
    }
    if right.contains_key(&(claim.plan, uuid)) {
        return Target::Itself;
    }
    let mut near = leverage.from(claim.plan).chain([claim.plan]);
    if near.any(|plan| run.index.holds(plan, uuid)) {
        let mut near = leverage.from(claim.plan).chain([claim.plan]);
        return Target::OtherKind { is_opposite: near.any(|plan| opposite.contains_key(&(plan, uuid))) };
    }
    match run.index.holders.get(uuid).and_then(|holders| holders.first()) {
        Some(plan) => Target::Elsewhere(*plan),
        None => Target::Nowhere,
    }
}

/// Whether an entry that is there is exported for what it is taken for.
fn terms(run: &mut Run<'_>, claim: &Claim<'_>, exporter: &Implementation) {
    let Claim { by, reference, .. } = claim;
    let is_same = by.control == exporter.control;
    let (control, other) = (&quoted(&by.control), &quoted(&exporter.control));
    let mut say = |kind: DefectKind, message: String| {
        run.defects.push(crate::Defect { place: reference.place.clone(), kind, uuid: reference.uuid.clone(), message })
    };
    if !is_same {
        let kind = match claim.inherits {
            true => DefectKind::InheritedForAnotherControl,
            false => DefectKind::SatisfiedForAnotherControl,
        };
        say(kind, format!("`{control}` takes what is exported for `{other}`"));
    }
    if !claim.inherits {
        if matches!(by.status.as_ref(), "planned" | "not-applicable") {
            say(DefectKind::SatisfiedPlanned, format!("`{control}` is `{}` here", by.status));
        }
        return;
    }
    let (statement, exported) = (&by.statement, &exporter.statement);
    if is_same && !statement.is_empty() && !exported.is_empty() && statement != exported {
        let message = format!("`{}` takes what is exported for `{}`", quoted(statement), quoted(exported));
        say(DefectKind::InheritedForAnotherStatement, message);
    }
    // Who says `planned` or `partial` of what is inherited presents it as what it is.
    let kind = match exporter.status.as_ref() {
        "planned" if by.status.as_ref() != "planned" => Some(DefectKind::InheritedPlanned),
        "partial" if !matches!(by.status.as_ref(), "partial" | "planned") => Some(DefectKind::InheritedPartial),
        "not-applicable" => Some(DefectKind::InheritedNotApplicable),
        _ => None,
    };
    if let Some(kind) = kind {
        say(kind, format!("`{control}` is `{}` where it is exported", exporter.status));
    }
    let component = run.index.components.get(&(claim.plan, by.component.as_str()));
    let stands_for = component.map(|component| component.inherited.as_str()).unwrap_or_default();
    if !stands_for.is_empty() && stands_for != exporter.component {
        let message = format!(
            "`{control}` is exported by the component `{}`, not by `{}`",
            exporter.component,
            quoted(stands_for)
        );
        run.say(DefectKind::InheritedForAnotherComponent, &reference.place, &reference.uuid, message);
    }
}

/// A claim that does not say what it means.
fn unnamed<'a>(run: &mut Run<'a>, leverage: &Leverage, claim: &Claim<'a>, found: &mut Found<'a>) {
    let control = claim.by.control.as_ref();
    let any = |of: &HashSet<(usize, &str)>| leverage.from(claim.plan).any(|plan| of.contains(&(plan, control)));
    let (kind, message) = match claim.inherits {
        false => (DefectKind::SatisfiedUnnamed, "does not say which responsibility it satisfies"),
        true if any(&run.index.provided_controls) => {
            (DefectKind::InheritedUnnamed, "does not say which provided entry it inherits")
        }
        true if any(&run.index.responsible_controls) => (
            DefectKind::InheritedWhereOnlyResponsibility,
            "is inherited, and leveraged plans only leave responsibilities for it",
        ),
        true if leverage.is_partial(claim.plan) => {
            *found.not_followed.entry(claim.plan).or_default() += 1;
            return;
        }
        true => (DefectKind::InheritedNothingProvided, "is inherited, and no leveraged plan provides anything for it"),
    };
    run.say(kind, &claim.reference.place, "", format!("`{}` {message}", quoted(control)));
}
