//! Which statements of a policy, or which of many policies, are about an action, without asking each.

use hashbrown::HashMap;

use crate::context::Context;
use crate::document::{Effect, Policy, Scope, Statement};
use crate::pattern::{Glob, Pattern};
use crate::text::Subject;
use crate::truth::{Doubt, Truth};

/// Statements by the actions that they name.
#[derive(Debug, Clone, Default)]
pub(crate) struct ActionIndex {
    /// By service, where a pattern names it without wildcards.
    services: HashMap<Box<str>, OfService>,
    /// All other patterns.
    others: Vec<(u32, Pattern)>,
    /// Statements about everything.
    everything: Vec<u32>,
    /// Statements with `NotAction`.
    negated: Vec<(u32, Vec<Pattern>)>,
}

/// Statements by the actions of one service that they name. Actions are without the service here.
#[derive(Debug, Clone, Default)]
struct OfService {
    /// By whole action.
    literal: HashMap<Box<str>, Vec<u32>>,
    /// What patterns start with that go on with anything, sorted.
    prefixes: Vec<(Box<[u8]>, u32)>,
    /// Other patterns, whole.
    patterns: Vec<(u32, Pattern)>,
}

impl ActionIndex {
    pub(crate) fn new(statements: &[Statement]) -> Self {
        let mut index = Self::default();
        for (at, statement) in (0_u32..).zip(statements) {
            index.add_statement(at, statement);
        }
        index.sort();
        index
    }

    fn add_statement(&mut self, at: u32, statement: &Statement) {
        match &statement.actions {
            Scope::Only(patterns) => patterns.iter().for_each(|pattern| self.add(at, pattern)),
            Scope::AllBut(patterns) => self.negated.push((at, patterns.clone())),
        }
    }

    fn add(&mut self, at: u32, pattern: &Pattern) {
        if pattern.is_everything() {
            return self.everything.push(at);
        }
        let parts = pattern.source().split_once(':').filter(|(service, _)| !service.contains(['*', '?', '$']));
        let Some((service, _)) = parts else { return self.others.push((at, pattern.clone())) };
        let of_service = self.services.entry(service.into()).or_default();
        let after = |text: &str| text.get(service.len() + 1..).map(Box::<str>::from);
        if let Some(action) = pattern.literal().and_then(after) {
            of_service.literal.entry(action).or_default().push(at);
        } else if let Some(prefix) = pattern.glob().and_then(Glob::prefix).and_then(after) {
            of_service.prefixes.push((prefix.into_boxed_bytes(), at));
        } else {
            of_service.patterns.push((at, pattern.clone()));
        }
    }

    fn sort(&mut self) {
        self.services.values_mut().for_each(|service| service.prefixes.sort_unstable());
    }

    /// The statements that are about an action, given lower-case, or may be.
    pub(crate) fn about(&self, action: &str, found: &mut Vec<(u32, Truth)>) {
        found.clear();
        found.extend(self.everything.iter().map(|at| (*at, Truth::True)));
        if let Some((service, name)) = action.split_once(':')
            && let Some(of_service) = self.services.get(service)
        {
            of_service.about(action, name, found);
        }
        for (at, pattern) in &self.others {
            let matched = matches(pattern, action);
            if !matched.is_false() {
                found.push((*at, matched));
            }
        }
        for (at, patterns) in &self.negated {
            let matched = !Truth::any(patterns.iter().map(|pattern| matches(pattern, action)));
            if !matched.is_false() {
                found.push((*at, matched));
            }
        }
        // In the order of the document, the surest answer of a statement first.
        if found.len() > 1 {
            found.sort_unstable_by_key(|(at, truth)| (*at, !truth.is_true()));
            found.dedup_by_key(|(at, _)| *at);
        }
    }
}

impl OfService {
    fn about(&self, action: &str, name: &str, found: &mut Vec<(u32, Truth)>) {
        if let Some(statements) = self.literal.get(name) {
            found.extend(statements.iter().map(|at| (*at, Truth::True)));
        }
        self.starting(name.as_bytes(), found);
        for (at, pattern) in &self.patterns {
            let matched = matches(pattern, action);
            if !matched.is_false() {
                found.push((*at, matched));
            }
        }
    }

    /// The statements with a prefix of a text, which is shortened to what it shares with each one that is tried.
    fn starting(&self, mut text: &[u8], found: &mut Vec<(u32, Truth)>) {
        loop {
            let end = self.prefixes.partition_point(|(prefix, _)| **prefix <= *text);
            let tried = self.prefixes.get(..end).unwrap_or_default();
            let Some((last, _)) = tried.last() else { return };
            let mut shared = last.iter().zip(text).take_while(|(one, other)| one == other).count();
            if shared == last.len() {
                let same = tried.iter().rev().take_while(|(prefix, _)| prefix == last);
                found.extend(same.map(|(_, at)| (*at, Truth::True)));
                let Some(shorter) = shared.checked_sub(1) else { return };
                shared = shorter;
            }
            text = text.get(..shared).unwrap_or_default();
        }
    }
}

/// Which of many policies may allow an action.
#[derive(Debug, Clone, Default)]
pub struct PolicyIndex {
    allowing: ActionIndex,
    /// Policies with statements that are not resolved, which may allow anything.
    unresolved: Vec<u32>,
}

impl PolicyIndex {
    /// Indexes policies under numbers of the caller's choice.
    pub fn new<'a>(policies: impl IntoIterator<Item = (u32, &'a Policy)>) -> Self {
        let mut index = Self::default();
        index.extend(policies);
        index
    }

    /// Adds policies under numbers that were not used yet.
    pub fn extend<'a>(&mut self, policies: impl IntoIterator<Item = (u32, &'a Policy)>) {
        for (number, policy) in policies {
            if policy.has_unresolved_statements {
                self.unresolved.push(number);
            }
            for statement in policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
                self.allowing.add_statement(number, statement);
            }
        }
        self.allowing.sort();
    }

    /// The numbers of the policies with a statement that allows an action, given lower-case, on something, or may;
    /// in ascending order.
    pub fn may_allow(&self, action: &str) -> Vec<u32> {
        let mut found = Vec::new();
        self.allowing.about(action, &mut found);
        let mut numbers: Vec<u32> = found.into_iter().map(|(number, _)| number).collect();
        numbers.extend(&self.unresolved);
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

fn matches(pattern: &Pattern, action: &str) -> Truth {
    match pattern.glob() {
        Some(glob) => glob.matches(action).into(),
        None => match pattern.matches(&Subject::plain(action), &Context::unknown()) {
            Truth::True => Truth::True,
            Truth::False => Truth::False,
            Truth::Open(_) => Truth::Open(Doubt::UNRESOLVED),
        },
    }
}
