//! Duties that somebody holds together and that belong apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use aws_policy::{Answer, Limits, Policy, Question, ask};
use partywall_model::{AccessAction, AccessCertainty, ConflictSide, DutyConflict, Inventory, ResourceKey, Sensitivity};

use super::answer::{certainty, statements_in_words};
use super::estate::{Estate, Holder};
use super::facts::duties::{Rule, Side};
use super::facts::{Actions, Duties};
use super::path::{Edge, Node, Paths, Reach, Way};
use super::question::{ActionFilter, Certainty, Target};
use super::view::{is_unseen, rows};

/// How many rows of a side's table are asked about for one principal.
const ROWS_MAX: usize = 5_000;

/// What somebody can do of a side by its own permissions.
#[derive(Clone)]
struct Held {
    certainty: Certainty,
    action: AccessAction,
    /// The rows on which it can be done; empty for a side about anything.
    rows: BTreeSet<Arc<str>>,
}

/// A side with its actions and rows.
struct Prepared<'a> {
    side: &'a Side,
    actions: Vec<String>,
    filters: Vec<ActionFilter>,
    /// The rows; None for a side about anything.
    targets: Option<Vec<Target>>,
    /// Whether there are rows that are not among them: out of sight, or too many to ask about.
    has_more_targets: bool,
}

/// Finds everybody who holds duties together that belong apart, by themselves or along any path.
///
/// Whoever may do everything by its own policies is left out: it holds every duty, which is a finding of its own.
pub(super) fn all(
    estate: &Estate,
    inventory: &Inventory,
    paths: &Paths,
    duties: &Duties,
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
) -> Vec<DutyConflict> {
    let is_everything = |edge: &Edge| matches!(edge.way, Way::Own) && edge.certainty > Certainty::Possible;
    let mut reaches: Vec<(usize, &Holder, Reach)> = Vec::new();
    for (at, holder) in estate.principals.iter().enumerate() {
        if !paths.edges.get(at).is_some_and(|edges| edges.iter().any(is_everything)) {
            reaches.push((at, holder, paths.reach(at)));
        }
    }
    // Without anybody to hold them duties need not be looked up.
    if reaches.is_empty() {
        return Vec::new();
    }
    let mut conflicts = Vec::new();
    for rule in duties.rules() {
        let sides: Vec<Prepared<'_>> =
            rule.sides.iter().map(|side| prepare(side, estate, inventory, sensitivities)).collect();
        // A table without rows has nothing that the duty could be done to.
        if sides.iter().any(Prepared::is_about_nothing) {
            continue;
        }
        let mut asked: HashMap<(usize, usize), Option<Held>> = HashMap::new();
        for (at, holder, reach) in &reaches {
            conflicts.extend(conflict(estate, reach, rule, &sides, (*at, holder), &mut asked));
        }
    }
    conflicts.sort_by(|one, two| (&one.principal, &one.rule).cmp(&(&two.principal, &two.rule)));
    conflicts
}

fn prepare<'a>(
    side: &'a Side,
    estate: &Estate,
    inventory: &Inventory,
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
) -> Prepared<'a> {
    let actions: Vec<String> = side
        .any
        .iter()
        .flat_map(|pattern| Actions::shipped().expand(pattern))
        .map(|action| action.id.to_ascii_lowercase())
        .collect();
    let filters = actions.iter().map(|action| ActionFilter::new(estate, action)).collect();
    let sensitive = |row: &Arc<str>| {
        side.sensitivity.is_none_or(|least| sensitivities.get(row).copied().unwrap_or(Sensitivity::Internal) >= least)
    };
    let mut has_more_targets = false;
    let targets = side.resource.as_deref().map(|table| {
        let rows: Vec<&Arc<str>> = rows(inventory, table).map(|view| view.key()).filter(|row| sensitive(row)).collect();
        has_more_targets = rows.len() > ROWS_MAX || is_unseen(inventory, table);
        rows.into_iter().take(ROWS_MAX).map(|row| estate.target(row)).collect()
    });
    Prepared { side, actions, filters, targets, has_more_targets }
}

impl Prepared<'_> {
    /// Whether there is nothing that the duty could be done to.
    fn is_about_nothing(&self) -> bool {
        !self.has_more_targets && self.targets.as_ref().is_some_and(Vec::is_empty)
    }
}

/// The conflict of one principal with one rule, if there is one.
fn conflict(
    estate: &Estate,
    reach: &Reach,
    rule: &Rule,
    sides: &[Prepared<'_>],
    (at, holder): (usize, &Holder),
    asked: &mut HashMap<(usize, usize), Option<Held>>,
) -> Option<DutyConflict> {
    let mut found = Vec::new();
    let mut rows: Option<BTreeSet<Arc<str>>> = None;
    let mut least = Certainty::Certain;
    for (number, side) in sides.iter().enumerate() {
        let mut best: Option<(Certainty, ConflictSide)> = None;
        let mut offer = |certainty: Certainty, offered: ConflictSide| {
            if best.as_ref().is_none_or(|(other, _)| *other < certainty) {
                best = Some((certainty, offered));
            }
        };
        let mut of_side = BTreeSet::new();
        let own = std::iter::once((Node::Holder(at), Certainty::Certain));
        for (node, reached) in own.chain(reach.nodes().map(|(node, reached)| (node.clone(), reached))) {
            let name = side.side.name.clone();
            match &node {
                Node::Holder(other) => {
                    let key = (*other, number);
                    let Some(other) = estate.principals.get(*other) else { continue };
                    if let Some(held) = asked.entry(key).or_insert_with(|| held(estate, side, other)).clone() {
                        of_side.extend(held.rows.iter().cloned());
                        let through = other.resource.clone();
                        offer(held.certainty.min(reached), ConflictSide { name, action: Some(held.action), through });
                    }
                }
                Node::Administrator(_) | Node::Organization => {
                    of_side.extend(side.targets.iter().flatten().map(|target| target.resource.clone()));
                    let through = super::answer::node_in_words(estate, &node);
                    offer(reached, ConflictSide { name, action: None, through });
                }
                Node::Resource(_) => {}
            }
        }
        let (certainty, side) = best?;
        least = least.min(certainty);
        rows = Some(match rows {
            None => of_side,
            Some(before) => before.intersection(&of_side).cloned().collect(),
        });
        found.push(side);
    }
    if rule.together && rows.is_some_and(|rows| rows.is_empty()) {
        // They may meet on a row that was not asked about.
        if !sides.iter().all(|side| side.has_more_targets) {
            return None;
        }
        least = Certainty::Possible;
    }
    Some(DutyConflict {
        principal: holder.resource.clone(),
        rule: rule.id.clone(),
        title: rule.title.clone(),
        why: rule.why.clone(),
        controls: rule.controls.clone(),
        certainty: certainty(least),
        sides: found,
    })
}

/// What a principal can do of a side by its own permissions.
fn held(estate: &Estate, side: &Prepared<'_>, holder: &Holder) -> Option<Held> {
    let speaking: Vec<&String> = side
        .actions
        .iter()
        .zip(&side.filters)
        .filter(|(_, filter)| filter.may_allow(holder))
        .map(|(action, _)| action)
        .collect();
    match &side.targets {
        Some(targets) => on_rows(estate, holder, &side.actions, &speaking, targets).or_else(|| {
            // What it may do to rows that were not asked about is not known.
            let somewhere = side.has_more_targets.then(|| on_anything(estate, holder, &speaking)).flatten();
            somewhere.map(|held| Held { certainty: Certainty::Possible, ..held })
        }),
        None => on_anything(estate, holder, &speaking),
    }
}

fn on_rows(
    estate: &Estate,
    holder: &Holder,
    actions: &[String],
    speaking: &[&String],
    targets: &[Target],
) -> Option<Held> {
    let context = estate.context(holder);
    let mut found: Option<Held> = None;
    for target in targets {
        // A resource's own policy may let in whom no policy of its own allows.
        let asked: Vec<&String> = if target.policy.is_some() { actions.iter().collect() } else { speaking.to_vec() };
        for action in asked {
            let Some(sure) = Certainty::of(estate.decide(holder, action, target, &context)) else { continue };
            let rows = BTreeSet::from([target.resource.clone()]);
            match &mut found {
                Some(found) if found.certainty >= sure => found.rows.extend(rows),
                _ => {
                    let before = found.take().map(|held| held.rows).unwrap_or_default();
                    let action = shown(estate, holder, action, target, sure);
                    found = Some(Held { certainty: sure, action, rows: before.union(&rows).cloned().collect() });
                }
            }
            break;
        }
    }
    found
}

fn on_anything(estate: &Estate, holder: &Holder, speaking: &[&String]) -> Option<Held> {
    if speaking.is_empty() {
        return None;
    }
    let actions: Vec<&str> = speaking.iter().map(|action| action.as_str()).collect();
    let policy = Policy::union(holder.policies.iter().map(|document| &*document.policy));
    let mut permitted_by: Vec<&Policy> = vec![&policy];
    permitted_by.extend(holder.boundary.iter().map(|boundary| &*boundary.policy));
    let limits = Limits { actions: &actions, ..Limits::default() };
    let question = Question { permitted_by, limits, ..Question::default() };
    let (action, arn) = match ask(&question) {
        Answer::Yes(witness) => (witness.action.clone(), witness.resource.clone()),
        Answer::No => return None,
        Answer::Unknown(_) => ((*speaking.first()?).clone(), "*".to_owned()),
    };
    let target = Target { arn: arn.into(), account: Some(holder.account.clone()), resource: "".into(), policy: None };
    let sure = Certainty::of(estate.decide(holder, &action, &target, &estate.context(holder)))?;
    let action = shown(estate, holder, &action, &target, sure);
    Some(Held { certainty: sure, action, rows: BTreeSet::new() })
}

fn shown(estate: &Estate, holder: &Holder, action: &str, target: &Target, sure: Certainty) -> AccessAction {
    let decision = estate.explain(holder, action, target, &estate.context(holder));
    let spelled = Actions::shipped().action(action).map_or(action, |known| known.id);
    AccessAction {
        action: spelled.into(),
        on: if target.resource.is_empty() { target.arn.clone() } else { target.resource.clone() },
        certainty: certainty(sure),
        statements: statements_in_words(&decision.because),
    }
}

impl From<Certainty> for AccessCertainty {
    fn from(certainty: Certainty) -> Self {
        match certainty {
            Certainty::Possible => Self::Unknown,
            Certainty::Conditional => Self::Conditional,
            Certainty::Certain => Self::Allowed,
        }
    }
}
