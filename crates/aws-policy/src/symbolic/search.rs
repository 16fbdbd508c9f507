//! The search: which statements apply, which do not and why not, until every part of a request is settled.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::language::{Effort, Found, Membership, find, opaque};
use super::membership;
use super::reading::{Reading, has_unresolved, operand_items, variables};
use super::stranger::{PrincipalClass, classes, strangers};
use super::value::{Demand, KeyValues, solve};
use super::{Answer, Obstacle, Question, Witness};
use crate::condition::{Condition, Operand};
use crate::context::{Context, ContextValues};
use crate::document::{Effect, Policy, Statement};
use crate::grant::{names_everybody, naming};
use crate::pattern::{ArnPattern, Item, Pattern};
use crate::principal::{Principal, PrincipalKind};
use crate::truth::Truth;

/// Resources that look natural where they fit.
const RESOURCES: [&str; 2] = ["*", "arn:aws:s3:::example/example"];
/// How many ways of giving values to variables are tried.
const ASSIGNMENTS_MAX: usize = 256;

pub(super) fn run(question: &Question<'_>) -> Answer {
    let policies: Vec<&Policy> = question.permitted_by.iter().chain(&question.not_permitted_by).copied().collect();
    let classes = match question.limits.principal {
        Some(principal) => super::stranger::only(principal),
        None if question.limits.strangers_only => strangers(&policies),
        None => classes(&policies),
    };
    let open_ended = policies.iter().any(|policy| policy.has_unresolved_statements);
    let mut gave_up = false;
    let effort = Effort::default();
    if !open_ended {
        for values in assignments(&policies) {
            let reading = Reading::Surely(values);
            for class in &classes {
                let search = Search::new(question, class, &reading, &effort);
                if let Some(witness) = search.run() {
                    return Answer::Yes(Box::new(witness));
                }
                gave_up |= search.gave_up.get();
            }
        }
    }
    let text = OpenText::of(&policies);
    if !open_ended && text == OpenText::default() {
        return if gave_up { Answer::Unknown(Obstacle::Effort) } else { Answer::No };
    }
    let effort = Effort::default();
    let could_be = classes.iter().any(|class| {
        let search = Search::new(question, class, &Reading::Perhaps, &effort);
        search.run().is_some() || search.gave_up.get()
    });
    match could_be {
        false => Answer::No,
        true if open_ended || text.unresolved => Answer::Unknown(Obstacle::Unresolved),
        true => Answer::Unknown(Obstacle::Variables),
    }
}

/// Which text of policies is not known beforehand.
#[derive(Default, PartialEq, Eq)]
struct OpenText {
    variables: bool,
    unresolved: bool,
}

impl OpenText {
    fn of(policies: &[&Policy]) -> Self {
        let mut found = Self::default();
        for statement in policies.iter().flat_map(|policy| &policy.statements) {
            for items in patterns(statement) {
                found.variables |= variables(items).next().is_some();
                found.unresolved |= has_unresolved(items);
            }
            let operands = statement.conditions.iter().flat_map(|condition| &condition.operands);
            found.unresolved |= statement.conditions.iter().any(|condition| condition.is_unresolved)
                || operands.into_iter().any(|operand| matches!(operand, Operand::Unresolved(_)))
                || statement.principals.as_ref().is_some_and(|scope| scope.named().has_unresolved);
        }
        found
    }
}

fn patterns(statement: &Statement) -> impl Iterator<Item = &[Item]> {
    let actions = statement.actions.named().iter().map(Pattern::items);
    let resources = statement.resources.named().iter().map(ArnPattern::items);
    let operands = statement.conditions.iter().flat_map(|condition| &condition.operands).map(operand_items);
    actions.chain(resources).chain(operands)
}

/// Ways of giving values to the variables of policies: missing, something new, and what conditions name.
fn assignments(policies: &[&Policy]) -> Vec<BTreeMap<Box<str>, Option<String>>> {
    let statements: Vec<&Statement> = policies.iter().flat_map(|policy| &policy.statements).collect();
    let keys: BTreeSet<&str> =
        statements.iter().flat_map(|statement| patterns(statement)).flat_map(variables).map(|one| &*one.key).collect();
    let mut assignments = vec![BTreeMap::new()];
    for key in keys {
        let mut values: BTreeSet<Option<String>> =
            BTreeSet::from([None, Some(format!("example-{}", key.rsplit([':', '/']).next().unwrap_or(key)))]);
        for condition in statements.iter().flat_map(|statement| &statement.conditions) {
            if *condition.key == *key {
                values.extend(condition.operands.iter().filter_map(literal).map(Some));
            }
        }
        assignments = assignments
            .iter()
            .flat_map(|assignment: &BTreeMap<Box<str>, Option<String>>| {
                values.iter().rev().map(|value| {
                    let mut longer = assignment.clone();
                    longer.insert(key.into(), value.clone());
                    longer
                })
            })
            .take(ASSIGNMENTS_MAX)
            .collect();
    }
    assignments
}

fn literal(operand: &Operand) -> Option<String> {
    match operand {
        Operand::Text(pattern) => pattern.literal().map(str::to_owned),
        Operand::Arn(pattern) => Some(pattern.source().to_owned()).filter(|source| !source.contains(['*', '?', '$'])),
        _ => None,
    }
}

/// What is settled so far: statements by their number, and whether each part must fit them.
#[derive(Clone, Default)]
struct Settled<'a> {
    action: Vec<(usize, bool)>,
    resource: Vec<(usize, bool)>,
    keys: BTreeMap<&'a str, Vec<Demand<'a>>>,
}

/// A part of a request that keeps a statement from applying.
#[derive(Clone, Copy)]
enum Part {
    Action,
    Resource,
    Condition(usize),
}

type Solutions = HashMap<Vec<(usize, bool)>, Found<String>>;

struct Search<'a> {
    question: &'a Question<'a>,
    class: &'a PrincipalClass,
    reading: &'a Reading,
    statements: Vec<&'a Statement>,
    /// For each statement whether it is about the class of principals.
    named: Vec<Truth>,
    actions: RefCell<Solutions>,
    resources: RefCell<Solutions>,
    effort: &'a Effort,
    gave_up: Cell<bool>,
}

impl<'a> Search<'a> {
    fn new(question: &'a Question<'a>, class: &'a PrincipalClass, reading: &'a Reading, effort: &'a Effort) -> Self {
        let policies = question.permitted_by.iter().chain(&question.not_permitted_by);
        let statements: Vec<&Statement> = policies.flat_map(|policy| &policy.statements).collect();
        let context = ContextValues::closed();
        let context = Context::new(&context, &class.example, None);
        let named = statements
            .iter()
            .map(|statement| match &statement.principals {
                None => Truth::True,
                scope if question.limits.strangers_only => names_everybody(scope.as_ref()),
                scope => naming(scope.as_ref(), statement.effect, &class.example, false, &context).at_all(),
            })
            .collect();
        Self {
            question,
            class,
            reading,
            statements,
            named,
            actions: RefCell::default(),
            resources: RefCell::default(),
            effort,
            gave_up: Cell::new(false),
        }
    }

    fn run(&self) -> Option<Witness> {
        let mut number = 0;
        let mut numbered = |policy: &&Policy| {
            let of_policy: Vec<usize> = (number..number + policy.statements.len()).collect();
            number += policy.statements.len();
            of_policy
        };
        let inside: Vec<Vec<usize>> = self.question.permitted_by.iter().map(&mut numbered).collect();
        let outside: Vec<Vec<usize>> = self.question.not_permitted_by.iter().map(&mut numbered).collect();
        self.choose(&inside, &outside, Settled::default(), Vec::new())
    }

    fn of(&self, numbers: &[usize], effect: Effect) -> Vec<usize> {
        let is = |number: &usize| self.statements.get(*number).is_some_and(|statement| statement.effect == effect);
        numbers.iter().copied().filter(is).collect()
    }

    /// Chooses a statement that allows for each policy that must permit, and why each other policy does not.
    fn choose(
        &self,
        inside: &[Vec<usize>],
        outside: &[Vec<usize>],
        settled: Settled<'a>,
        mut not: Vec<usize>,
    ) -> Option<Witness> {
        if let Some((policy, rest)) = inside.split_first() {
            not.extend(self.of(policy, Effect::Deny));
            return self.of(policy, Effect::Allow).into_iter().find_map(|number| {
                let settled = self.with_statement(&settled, number)?;
                self.choose(rest, outside, settled, not.clone())
            });
        }
        if let Some((policy, rest)) = outside.split_first() {
            let mut neither = not.clone();
            neither.extend(self.of(policy, Effect::Allow));
            return self.choose(&[], rest, settled.clone(), neither).or_else(|| {
                self.of(policy, Effect::Deny).into_iter().find_map(|number| {
                    let settled = self.with_statement(&settled, number)?;
                    self.choose(&[], rest, settled, not.clone())
                })
            });
        }
        not.retain(|number| self.may_name(*number, true));
        self.exclude(settled, not)
    }

    /// Whether a statement can be about the principal, or can be not.
    fn may_name(&self, number: usize, wanted: bool) -> bool {
        match (self.named.get(number), self.reading) {
            (Some(Truth::True), _) => wanted,
            (Some(Truth::False), _) => !wanted,
            // To be sure, an unresolved principal is nobody when it should help and everybody when it should not.
            (_, Reading::Surely(_)) => false,
            (_, Reading::Perhaps) => true,
        }
    }

    /// What is settled, with a statement that must apply; None when it cannot.
    fn with_statement(&self, settled: &Settled<'a>, number: usize) -> Option<Settled<'a>> {
        let statement = *self.statements.get(number)?;
        if !self.may_name(number, true) {
            return None;
        }
        let mut settled = settled.clone();
        settled.action.push((number, true));
        settled.resource.push((number, true));
        for condition in &statement.conditions {
            self.demand(&mut settled, condition, true)?;
        }
        let keys: Vec<&str> = statement.conditions.iter().map(|condition| &*condition.key).collect();
        let possible = !self.action(&settled).is_no()
            && !self.resource(&settled).is_no()
            && keys.iter().all(|key| !self.key(&settled, key).is_no());
        possible.then_some(settled)
    }

    /// Adds a condition that must hold, or fail; None when that cannot be said for sure.
    fn demand(&self, settled: &mut Settled<'a>, condition: &'a Condition, holds: bool) -> Option<()> {
        if condition.is_unresolved {
            return matches!(self.reading, Reading::Perhaps).then_some(());
        }
        settled.keys.entry(&condition.key).or_default().push(Demand { condition, holds });
        Some(())
    }

    /// Keeps statements from applying, the one with the fewest ways first.
    fn exclude(&self, settled: Settled<'a>, mut not: Vec<usize>) -> Option<Witness> {
        if self.effort.is_spent() {
            self.gave_up.set(true);
            return None;
        }
        let mut fewest: Option<(usize, Vec<Settled<'a>>)> = None;
        let mut kept = Vec::with_capacity(not.len());
        for number in std::mem::take(&mut not) {
            if self.may_name(number, false) || self.with_statement_is_impossible(&settled, number) {
                continue;
            }
            let ways = self.ways_out(&settled, number);
            if ways.is_empty() {
                return None;
            }
            if fewest.as_ref().is_none_or(|(_, other)| ways.len() < other.len()) {
                fewest = Some((number, ways));
            }
            kept.push(number);
        }
        let Some((chosen, ways)) = fewest else { return self.witness(&settled) };
        kept.retain(|number| *number != chosen);
        ways.into_iter().find_map(|settled| self.exclude(settled, kept.clone()))
    }

    /// Whether a statement surely does not apply any more.
    fn with_statement_is_impossible(&self, settled: &Settled<'a>, number: usize) -> bool {
        let Some(statement) = self.statements.get(number).copied() else { return true };
        let mut one = settled.clone();
        one.action.push((number, true));
        one.resource.push((number, true));
        // Read as something that must apply, unresolved text would not count; here it must.
        let is_open = patterns(statement).any(has_unresolved)
            || statement.conditions.iter().any(|condition| {
                condition.is_unresolved || condition.operands.iter().any(|one| matches!(one, Operand::Unresolved(_)))
            });
        if is_open || *self.reading == Reading::Perhaps {
            return false;
        }
        for condition in &statement.conditions {
            one.keys.entry(&condition.key).or_default().push(Demand { condition, holds: true });
        }
        self.action(&one).is_no()
            || self.resource(&one).is_no()
            || statement.conditions.iter().any(|condition| self.key(&one, &condition.key).is_no())
    }

    /// Every way to keep a statement from applying that is possible still.
    fn ways_out(&self, settled: &Settled<'a>, number: usize) -> Vec<Settled<'a>> {
        let Some(statement) = self.statements.get(number).copied() else { return Vec::new() };
        let parts =
            [Part::Action, Part::Resource].into_iter().chain((0..statement.conditions.len()).map(Part::Condition));
        parts.filter_map(|part| self.way_out(settled, number, statement, part)).collect()
    }

    fn way_out(
        &self,
        settled: &Settled<'a>,
        number: usize,
        statement: &'a Statement,
        part: Part,
    ) -> Option<Settled<'a>> {
        let mut settled = settled.clone();
        let impossible = match part {
            Part::Action => {
                settled.action.push((number, false));
                self.action(&settled).is_no()
            }
            Part::Resource => {
                settled.resource.push((number, false));
                self.resource(&settled).is_no()
            }
            Part::Condition(at) => {
                let condition = statement.conditions.get(at)?;
                self.demand(&mut settled, condition, false)?;
                !condition.is_unresolved && self.key(&settled, &condition.key).is_no()
            }
        };
        (!impossible).then_some(settled)
    }

    fn action(&self, settled: &Settled<'a>) -> Found<String> {
        self.text(
            &settled.action,
            &self.actions,
            |statement, inside| {
                let inside = inside != statement.actions.is_negated();
                membership(statement.actions.named().iter().map(Pattern::items), inside, self.reading)
            },
            &self.action_limits(),
            self.question.limits.actions,
        )
    }

    fn resource(&self, settled: &Settled<'a>) -> Found<String> {
        let patterns = &self.question.limits.resource_patterns;
        let limits = match patterns.is_empty() {
            true => Vec::new(),
            false => vec![resource_membership(patterns, true, self.reading)],
        };
        self.text(
            &settled.resource,
            &self.resources,
            |statement, inside| {
                let inside = inside != statement.resources.is_negated();
                resource_membership(statement.resources.named(), inside, self.reading)
            },
            &limits,
            &RESOURCES,
        )
    }

    fn action_limits(&self) -> Vec<Membership> {
        let limits = &self.question.limits;
        let mut memberships = Vec::new();
        if !limits.action_patterns.is_empty() {
            memberships.push(membership(limits.action_patterns.iter().map(Pattern::items), true, self.reading));
        }
        if !limits.actions.is_empty() {
            let any_of = limits.actions.iter().map(|action| super::Word::literal(action)).collect();
            memberships.push(Membership { any_of, inside: true });
        }
        memberships
    }

    /// A text that fits what is settled about one part, found once for the same demands.
    fn text(
        &self,
        settled: &[(usize, bool)],
        known: &RefCell<Solutions>,
        read: impl Fn(&Statement, bool) -> Membership,
        limits: &[Membership],
        samples: &[&str],
    ) -> Found<String> {
        let mut key = settled.to_vec();
        key.sort_unstable();
        key.dedup();
        if let Some(found) = known.borrow().get(&key) {
            return found.clone();
        }
        let memberships: Vec<Membership> = key
            .iter()
            .filter_map(|(number, inside)| Some(read(self.statements.get(*number)?, *inside)))
            .chain(limits.iter().cloned())
            .collect();
        let found = find(&memberships.iter().collect::<Vec<_>>(), samples, self.effort);
        known.borrow_mut().insert(key, found.clone());
        found
    }

    fn key(&self, settled: &Settled<'a>, key: &str) -> Found<KeyValues> {
        let mut limits = self.class.limits.get(key).cloned().unwrap_or_default();
        if let Reading::Surely(values) = self.reading
            && let Some(value) = values.get(key)
        {
            match value {
                Some(value) => {
                    limits.memberships.push(Membership { any_of: vec![super::Word::literal(value)], inside: true })
                }
                None => limits.is_absent = true,
            }
            limits.is_present |= value.is_some();
        }
        let excluded = self.question.limits.excluded.iter().filter(|condition| *condition.key == *key);
        limits.excluded.extend(excluded.cloned());
        solve(settled.keys.get(key).map_or(&[], Vec::as_slice), &limits, self.reading, self.effort)
    }

    /// Puts the request together and has it confirmed.
    fn witness(&self, settled: &Settled<'a>) -> Option<Witness> {
        let (Found::Yes(action), Found::Yes(resource)) = (self.action(settled), self.resource(settled)) else {
            self.gave_up.set(true);
            return None;
        };
        let mut keys: BTreeMap<Box<str>, KeyValues> = BTreeMap::new();
        let mut wanted: BTreeSet<&str> = settled.keys.keys().copied().collect();
        wanted.extend(self.class.limits.keys().map(|key| &**key));
        if let Reading::Surely(values) = self.reading {
            wanted.extend(values.keys().map(|key| &**key));
        }
        for key in wanted {
            match self.key(settled, key) {
                Found::Yes(values) => {
                    keys.insert(key.into(), values);
                }
                _ => {
                    self.gave_up.set(true);
                    return None;
                }
            }
        }
        let principal = self.principal(&keys);
        let context = keys.iter().fold(ContextValues::complete(), |context, (key, values)| {
            if values.is_empty() { context } else { context.with(key, values.clone()) }
        });
        let resource = self.with_names(&resource);
        let witness = Witness { principal, action, resource, context };
        if *self.reading == Reading::Perhaps || self.confirms(&witness) {
            return Some(witness);
        }
        self.gave_up.set(true);
        None
    }

    /// A resource with the names of unresolved text in place of the characters that stand for it.
    fn with_names(&self, resource: &str) -> String {
        let items =
            self.statements.iter().flat_map(|statement| statement.resources.named()).flat_map(ArnPattern::items);
        let names: BTreeMap<char, &str> = items
            .filter_map(|item| match item {
                Item::Unresolved(name) => Some((opaque(name), &**name)),
                _ => None,
            })
            .collect();
        let named = |character: char| match names.get(&character) {
            Some(name) => format!("${{{name}}}"),
            None => character.to_string(),
        };
        resource.chars().map(named).collect()
    }

    /// The principal that a request's keys tell of, or the example of its class.
    fn principal(&self, keys: &BTreeMap<Box<str>, KeyValues>) -> Principal {
        let arn = keys.get("aws:principalarn").and_then(|values| values.first());
        match arn.and_then(|arn| Principal::parse(arn)) {
            Some(principal) if self.class.is_any_of_account && principal.kind != PrincipalKind::Anonymous => principal,
            _ => self.class.example.clone(),
        }
    }

    fn confirms(&self, witness: &Witness) -> bool {
        let request = witness.request();
        self.question.permitted_by.iter().all(|policy| policy.permits(&request).is_true())
            && self.question.not_permitted_by.iter().all(|policy| policy.permits(&request).is_false())
    }
}

fn resource_membership(patterns: &[ArnPattern], inside: bool, reading: &Reading) -> Membership {
    let any_of = patterns.iter().filter_map(|pattern| reading.of_resource(pattern.items(), inside)).collect();
    Membership { any_of, inside }
}
