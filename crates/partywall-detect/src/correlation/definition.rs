//! What a correlation asks.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use partywall_model::{AlertRule, Gap, GapKind};
use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, WindowMode,
};
use serde_json::Value;

use super::GroupKey;
use crate::event::{field, text};
use crate::rules::{Library, RuleNumber, Rules, level};

/// A correlation, with its references resolved.
pub(super) struct Definition {
    pub(super) card: AlertRule,
    pub(super) kind: CorrelationType,
    pub(super) members: Vec<Member>,
    pub(super) timespan_ms: i64,
    pub(super) generates: bool,
    pub(super) test: Test,
    /// Names of the fields by which events are grouped, and what they are called in each member's events.
    pub(super) group_by: Vec<(String, Vec<String>)>,
    fields: Vec<String>,
}

/// What a correlation is made of.
#[derive(Clone, Copy)]
pub(super) enum Member {
    Rule(RuleNumber),
    Correlation(usize),
}

/// When it fires.
pub(super) enum Test {
    /// A number compared with others; all have to hold.
    Number { predicates: Vec<(ConditionOperator, u64)>, percentile: u64 },
    /// Which members occur: names, by their place among the members.
    Members(ConditionExpr, BTreeMap<String, usize>),
    /// All members occur.
    All,
}

/// The correlations of a library, each behind those that it is made of.
pub(super) fn compile(library: &Library, rules: &Rules) -> (Vec<Definition>, Vec<Gap>) {
    let (mut out, mut gaps) = (Vec::new(), Vec::new());
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut waiting: Vec<&CorrelationRule> = library.correlations().iter().collect();
    // Rounds, until none can be resolved any more: what is left refers to nothing, or in a circle.
    loop {
        let before = waiting.len();
        waiting.retain(|rule| {
            let Some(members) = resolve(rule, library, rules, &places) else { return true };
            match definition(rule, members) {
                Ok(definition) if out.iter().any(|other: &Definition| other.card.id == definition.card.id) => {
                    gaps.push(refused(rule, "another correlation has its id"));
                }
                Ok(definition) => {
                    for name in [&rule.id, &rule.name].into_iter().flatten() {
                        places.insert(name, out.len());
                    }
                    out.push(definition);
                }
                Err(cause) => gaps.push(refused(rule, &cause)),
            }
            false
        });
        if waiting.len() == before {
            break;
        }
    }
    gaps.extend(waiting.into_iter().map(|rule| {
        refused(
            rule,
            &format!("not all of `{}` are rules, or they refer to each other in a circle", rule.rules.join("`, `")),
        )
    }));
    (out, gaps)
}

fn refused(rule: &CorrelationRule, cause: &str) -> Gap {
    let cause = format!("the correlation `{}` is refused: {cause}", rule.title);
    Gap::in_file(GapKind::NotEvaluated, "", 0, cause, "mend the rule, or take it out")
}

fn resolve(
    rule: &CorrelationRule,
    library: &Library,
    rules: &Rules,
    places: &HashMap<&str, usize>,
) -> Option<Vec<Member>> {
    let member = |name: &String| {
        if let Some(place) = places.get(name.as_str()) {
            return Some(Member::Correlation(*place));
        }
        let is_it = |rule: &&rsigma_parser::SigmaRule| {
            [rule.id.as_ref(), rule.name.as_ref(), Some(&rule.title)].contains(&Some(name))
        };
        let found = library.rules().iter().find(is_it)?;
        rules.number(found.id.as_deref().unwrap_or(&found.title)).map(Member::Rule)
    };
    rule.rules.iter().map(member).collect()
}

fn definition(rule: &CorrelationRule, members: Vec<Member>) -> Result<Definition, String> {
    if rule.window != WindowMode::Sliding {
        return Err("its window does not slide".to_owned());
    }
    let seconds = i64::try_from(rule.timespan.seconds).ok().filter(|seconds| *seconds > 0);
    let timespan_ms = seconds.and_then(|seconds| seconds.checked_mul(1000)).ok_or("its timespan is none")?;
    let is_temporal = matches!(rule.correlation_type, CorrelationType::Temporal | CorrelationType::TemporalOrdered);
    let mut fields = Vec::new();
    let test = match &rule.condition {
        CorrelationCondition::Extended(condition) if is_temporal => {
            let names = rule.rules.iter().enumerate().map(|(place, name)| (name.clone(), place)).collect();
            Test::Members(condition.clone(), names)
        }
        CorrelationCondition::Extended(_) => return Err("only temporal correlations name rules".to_owned()),
        CorrelationCondition::Threshold { .. } if is_temporal => Test::All,
        CorrelationCondition::Threshold { predicates, field, percentile } => {
            fields = field.clone().unwrap_or_default();
            Test::Number { predicates: predicates.clone(), percentile: percentile.unwrap_or(50).min(100) }
        }
    };
    if rule.correlation_type != CorrelationType::EventCount && !is_temporal && fields.is_empty() {
        return Err("it names no field whose values count".to_owned());
    }
    let of_member = |field: &String| -> Vec<String> {
        let alias = rule.aliases.iter().find(|alias| alias.alias == *field);
        let called = |name: &String| alias.and_then(|alias| alias.mapping.get(name)).unwrap_or(field).clone();
        rule.rules.iter().map(called).collect()
    };
    Ok(Definition {
        card: AlertRule {
            id: rule.id.clone().or_else(|| rule.name.clone()).unwrap_or_else(|| rule.title.clone()),
            title: rule.title.clone(),
            author: rule.author.clone().unwrap_or_default(),
            level: level(rule.level),
            tags: rule.tags.clone(),
        },
        kind: rule.correlation_type,
        members,
        timespan_ms,
        generates: rule.generate,
        test,
        group_by: rule.group_by.iter().map(|field| (field.clone(), of_member(field))).collect(),
        fields,
    })
}

impl Definition {
    /// The group that an event of a member belongs to.
    pub(super) fn group_of(&self, member: usize, body: &Value) -> GroupKey {
        let value = |(name, names): &(String, Vec<String>)| text(body, names.get(member).unwrap_or(name));
        self.group_by.iter().map(|group| value(group).map(Arc::from)).collect()
    }

    /// The value that counts.
    pub(super) fn value_of(&self, body: &Value) -> Option<Arc<str>> {
        let values: Vec<String> =
            self.fields.iter().map(|name| field(body, name).and_then(value_text)).collect::<Option<_>>()?;
        (!values.is_empty()).then(|| values.join("\u{1f}").into())
    }

    /// Whether more events can only make it true.
    pub(super) fn is_monotone(&self) -> bool {
        let counts = matches!(self.kind, CorrelationType::EventCount | CorrelationType::ValueCount);
        match &self.test {
            Test::All => true,
            Test::Members(condition, _) => !has_not(condition),
            Test::Number { predicates, .. } => {
                let grows = |(operator, _): &(ConditionOperator, u64)| {
                    matches!(operator, ConditionOperator::Gt | ConditionOperator::Gte)
                };
                counts && predicates.iter().all(grows)
            }
        }
    }
}

/// A value as text; null is none, as in groups.
fn value_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn has_not(condition: &ConditionExpr) -> bool {
    match condition {
        ConditionExpr::Not(_) => true,
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => parts.iter().any(has_not),
        ConditionExpr::Identifier(_) | ConditionExpr::Selector { .. } => false,
    }
}
