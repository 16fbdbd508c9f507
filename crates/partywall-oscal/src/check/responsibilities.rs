//! Whether what providers leave to their customers is done.

use std::collections::{HashMap, HashSet};

use super::Run;
use super::claims::Found;
use super::leverage::Leverage;
use crate::defect::{DefectKind, Place};
use crate::read::{Plan, quoted};

/// What a plan does for its controls, as far as responsibilities ask.
struct Work<'a> {
    /// Where each control is implemented first.
    controls: HashMap<&'a str, &'a Place>,
    /// Controls, and provided entries inherited for them, for which the same part exports a responsibility.
    passed_on: HashSet<(&'a str, &'a str)>,
}

/// Looks for responsibilities that nobody satisfies.
pub(super) fn check(run: &mut Run<'_>, leverage: &Leverage, found: &Found<'_>) {
    let plans = run.plans;
    for (at, plan) in plans.iter().enumerate() {
        let work = work(plan);
        for provider in leverage.from(at).filter(|provider| *provider != at).filter_map(|provider| plans.get(provider))
        {
            one_pair(run, found, at, provider, &work);
        }
    }
}

fn work(plan: &Plan) -> Work<'_> {
    let mut work = Work { controls: HashMap::new(), passed_on: HashSet::new() };
    for implementation in &plan.implementations {
        let control = implementation.control.as_ref();
        work.controls.entry(control).or_insert(&implementation.place);
        if !implementation.responsibilities.is_empty() {
            // What stands alone belongs to no provided entry.
            work.passed_on.insert((control, ""));
            work.passed_on.extend(implementation.inherited.iter().map(|one| (control, one.uuid.as_str())));
        }
    }
    work
}

fn one_pair(run: &mut Run<'_>, found: &Found<'_>, at: usize, provider: &Plan, work: &Work<'_>) {
    for exporter in &provider.implementations {
        for responsibility in &exporter.responsibilities {
            let (control, provided) = (exporter.control.as_ref(), responsibility.provided.as_str());
            // A responsibility is owed by whoever inherits what it comes with; one that stands alone by whoever
            // implements the control.
            let owed = match provided {
                "" => work.controls.get(control).copied(),
                _ => found.inherited.get(&(at, provided)).copied(),
            };
            let Some(place) = owed else { continue };
            if found.satisfied.contains(&(at, responsibility.uuid.as_str())) {
                continue;
            }
            if work.passed_on.contains(&(control, provided)) {
                run.followed.passed_on += 1;
                continue;
            }
            let (file, line) = (&responsibility.place.file, responsibility.place.line);
            let message = format!("nobody satisfies the responsibility for `{}` of {file}:{line}", quoted(control));
            run.say(DefectKind::ResponsibilityUnsatisfied, place, &responsibility.uuid, message);
        }
    }
}
