//! Whether what a plan exports hangs together.

use std::collections::HashSet;

use super::Run;
use crate::defect::DefectKind;
use crate::read::{Implementation, Plan, Responsibility, quoted};

/// Looks at what each plan exports.
pub(super) fn check(run: &mut Run<'_>) {
    for (at, plan) in run.plans.iter().enumerate() {
        for implementation in &plan.implementations {
            for responsibility in implementation.responsibilities.iter().filter(|one| !one.provided.is_empty()) {
                of_responsibility(run, at, implementation, responsibility);
            }
        }
        not_inherited(run, at, plan);
    }
}

fn of_responsibility(run: &mut Run<'_>, at: usize, holder: &Implementation, responsibility: &Responsibility) {
    let uuid = responsibility.provided.as_str();
    let provider = run.index.provided.get(&(at, uuid)).copied();
    let provider = provider.and_then(|of| run.plans.get(at)?.implementations.get(of));
    let control = quoted(&holder.control);
    let (kind, message) = match provider {
        Some(provider) if provider.control == holder.control => return,
        Some(provider) => (
            DefectKind::ResponsibilityForAnotherControl,
            format!("a responsibility of `{control}` comes with what is provided for `{}`", quoted(&provider.control)),
        ),
        None if run.index.responsibilities.contains_key(&(at, uuid)) => (
            DefectKind::ResponsibilityNamesResponsibility,
            format!("a responsibility of `{control}` names a responsibility as what it comes with"),
        ),
        None if run.index.holds(at, uuid) => (
            DefectKind::ResponsibilityNamesOther,
            format!("a responsibility of `{control}` names something that is no provided entry"),
        ),
        None => (
            DefectKind::ResponsibilityDangling,
            format!("a responsibility of `{control}` names a provided entry that the plan does not have"),
        ),
    };
    run.say(kind, &responsibility.place, uuid, message);
}

/// What a leveraged system provides reaches the third tier only if the second inherits it.
fn not_inherited(run: &mut Run<'_>, at: usize, plan: &Plan) {
    let inheriting: HashSet<(&str, &str)> = plan
        .implementations
        .iter()
        .filter(|implementation| !implementation.inherited.is_empty())
        .map(|implementation| (implementation.control.as_ref(), implementation.component.as_str()))
        .collect();
    for implementation in plan.implementations.iter().filter(|implementation| !implementation.provided.is_empty()) {
        let component = run.index.components.get(&(at, implementation.component.as_str())).copied();
        let Some(component) = component.filter(|component| !component.authorization.is_empty()) else { continue };
        if !inheriting.contains(&(&implementation.control, &implementation.component)) {
            let message = format!(
                "`{}` exports `{}` and inherits nothing for it",
                quoted(&component.title),
                quoted(&implementation.control)
            );
            run.say(DefectKind::ExportNotInherited, &implementation.place, &implementation.component, message);
        }
    }
}
