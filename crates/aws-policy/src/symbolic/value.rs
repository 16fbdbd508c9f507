//! Finds values of one condition key that meet some conditions and fail others, or proves that there are none.

use base64::Engine;

use super::language::{Effort, Found, Membership, Word, find};
use super::reading::Reading;
use crate::condition::{Condition, Decimal, Instant, Operand, Quantifier, Test};
use crate::context::{Context, ContextValues};
use crate::pattern::Item;
use crate::truth::Truth;

/// A condition on the key, and whether it must hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand<'a> {
    pub(super) condition: &'a Condition,
    pub(super) holds: bool,
}

/// What a key may be, apart from conditions.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyLimits {
    /// Whether requests always have the key.
    pub(super) is_present: bool,
    /// Whether requests never have it.
    pub(super) is_absent: bool,
    /// The value, when it follows from something else.
    pub(super) fixed: Option<String>,
    /// Texts that it must or must not be.
    pub(super) memberships: Vec<Membership>,
    /// A value that is natural where it fits.
    pub(super) sample: Option<String>,
    /// Conditions that no value may meet, whatever the policies say.
    pub(super) excluded: Vec<Condition>,
}

/// The values of a key in a request; none when it does not have the key.
pub(super) type KeyValues = Vec<String>;

/// Finds values of a key.
pub(super) fn solve(
    demands: &[Demand<'_>],
    limits: &KeyLimits,
    reading: &Reading,
    effort: &Effort,
) -> Found<KeyValues> {
    if !limits.is_present && limits.fixed.is_none() && demands.iter().all(|demand| without_key(demand)) {
        return Found::Yes(Vec::new());
    }
    if limits.is_absent {
        return Found::No;
    }
    let one = single(demands, limits, reading, effort);
    if !one.is_no() || limits.fixed.is_some() {
        return match one {
            Found::Yes(value) => Found::Yes(vec![value]),
            Found::No => Found::No,
            Found::TooHard => Found::TooHard,
        };
    }
    several(demands, limits, reading, effort)
}

fn without_key(demand: &Demand<'_>) -> bool {
    match demand.condition.holds(&Context::of_keys(&ContextValues::complete())) {
        Truth::True => demand.holds,
        Truth::False => !demand.holds,
        Truth::Open(_) => false,
    }
}

/// One value: quantifiers make no difference then.
fn single(demands: &[Demand<'_>], limits: &KeyLimits, reading: &Reading, effort: &Effort) -> Found<String> {
    if demands.iter().any(|demand| demand.condition.operator.test == Test::Null && !is_null_demand_met(demand)) {
        return Found::No;
    }
    let demands: Vec<Demand<'_>> =
        demands.iter().filter(|demand| demand.condition.operator.test != Test::Null).copied().collect();
    value(&demands, limits, reading, effort)
}

/// Whether a demand of `Null` fits a key that is there.
fn is_null_demand_met(demand: &Demand<'_>) -> bool {
    let expects_there = demand.condition.operands.iter().any(|operand| matches!(operand, Operand::Bool(false)));
    expects_there == demand.holds
}

/// Several values, of which `ForAnyValue` and failed `ForAllValues` each need one.
fn several(demands: &[Demand<'_>], limits: &KeyLimits, reading: &Reading, effort: &Effort) -> Found<KeyValues> {
    let mut of_every = Vec::new();
    let mut of_one = Vec::new();
    for demand in demands {
        match (demand.condition.operator.quantifier, demand.holds) {
            _ if demand.condition.operator.test == Test::Null => {
                if !is_null_demand_met(demand) {
                    return Found::No;
                }
            }
            (Some(Quantifier::ForAllValues), true) | (Some(Quantifier::ForAnyValue), false) => of_every.push(*demand),
            (Some(Quantifier::ForAllValues), false) | (Some(Quantifier::ForAnyValue), true) => of_one.push(*demand),
            // What one comparison of several values means is not documented.
            (None, _) => return Found::No,
        }
    }
    if of_one.len() < 2 {
        return Found::No;
    }
    let mut values = Vec::new();
    for demand in of_one {
        let mut demands = of_every.clone();
        demands.push(demand);
        match value(&demands, limits, reading, effort) {
            Found::Yes(value) => values.push(value),
            Found::No => return Found::No,
            Found::TooHard => return Found::TooHard,
        }
    }
    Found::Yes(values)
}

fn value(demands: &[Demand<'_>], limits: &KeyLimits, reading: &Reading, effort: &Effort) -> Found<String> {
    let fits = |value: &str| {
        demands.iter().all(|demand| reading.fits(demand.condition, value, demand.holds))
            && limits.memberships.iter().all(|membership| find(&[membership, &only(value)], &[], effort) != Found::No)
            && limits.excluded.iter().all(|condition| reading.fits(condition, value, false))
    };
    if let Some(fixed) = &limits.fixed {
        return if fits(fixed) { Found::Yes(fixed.clone()) } else { Found::No };
    }
    let is_text = |condition: &Condition| matches!(condition.operator.test, Test::Text { .. } | Test::Arn);
    if demands.iter().map(|demand| demand.condition).chain(&limits.excluded).all(is_text) {
        let mut memberships: Vec<Membership> =
            demands.iter().map(|demand| membership(demand.condition, demand.holds, reading)).collect();
        memberships.extend(limits.excluded.iter().map(|condition| membership(condition, false, reading)));
        memberships.extend(limits.memberships.iter().cloned());
        if demands.iter().any(|demand| demand.condition.operator.quantifier.is_some()) {
            // An empty text alone is no value to them.
            let some_text = Word { items: vec![Item::AnyChar, Item::AnyText], ignore_case: false, is_lenient: false };
            memberships.push(Membership { any_of: vec![some_text], inside: true });
        }
        let samples: Vec<&str> = limits.sample.iter().map(String::as_str).collect();
        return find(&memberships.iter().collect::<Vec<_>>(), &samples, effort);
    }
    // Values at the borders of every operand stand for all others.
    let operands = demands.iter().map(|demand| demand.condition).chain(&limits.excluded).flat_map(|one| &one.operands);
    let candidates = candidates(&operands.collect::<Vec<_>>());
    match candidates.into_iter().find(|candidate| fits(candidate)) {
        Some(value) => Found::Yes(value),
        None => Found::No,
    }
}

fn only(text: &str) -> Membership {
    Membership { any_of: vec![Word::literal(text)], inside: true }
}

/// The texts that meet a condition, or fail it.
fn membership(condition: &Condition, holds: bool, reading: &Reading) -> Membership {
    let inside = holds != condition.operator.negated;
    Membership {
        any_of: condition
            .operands
            .iter()
            .filter_map(|operand| reading.word(operand, condition.operator.test, inside))
            .collect(),
        inside,
    }
}

fn candidates(operands: &[&Operand]) -> Vec<String> {
    let mut candidates: Vec<String> =
        ["true", "false", "1", "0", "198.51.100.7", "2001:db8::7", "example"].into_iter().map(str::to_owned).collect();
    let digits = operands
        .iter()
        .filter_map(|operand| match operand {
            Operand::Number(number) => Some(number.fraction_digits()),
            _ => None,
        })
        .max()
        .unwrap_or(0);
    for operand in operands {
        match operand {
            Operand::Number(number) => candidates.extend(around_number(number, digits)),
            Operand::Instant(instant) => candidates.extend(around_instant(*instant)),
            Operand::Binary(bytes) => {
                let longer: Vec<u8> = bytes.iter().copied().chain([7]).collect();
                for bytes in [bytes, &longer] {
                    candidates.push(base64::engine::general_purpose::STANDARD.encode(bytes));
                }
            }
            Operand::Network(network) => candidates.extend(around_network(*network)),
            Operand::Text(pattern) => candidates.extend(pattern.literal().map(str::to_owned)),
            _ => {}
        }
    }
    candidates
}

/// The number, its whole neighbours, and the next ones by less than any operand's precision.
fn around_number(number: &Decimal, digits: usize) -> Vec<String> {
    let mut around = vec![number.to_string()];
    if let Ok(whole) = number.to_string().parse::<i64>() {
        around.extend([whole.saturating_add(1).to_string(), whole.saturating_sub(1).to_string()]);
    }
    around.extend([number.nudged(digits + 1, true), number.nudged(digits + 1, false)]);
    around
}

fn around_instant(instant: Instant) -> Vec<String> {
    const SECOND: i128 = 1_000_000_000;
    let text = |nanoseconds: i128| match nanoseconds.rem_euclid(SECOND) {
        0 => nanoseconds.div_euclid(SECOND).to_string(),
        rest => format!("{}.{rest:09}", nanoseconds.div_euclid(SECOND)),
    };
    [0, SECOND, -SECOND, 1, -1].into_iter().map(|offset| text(instant.0 + offset)).collect()
}

fn around_network(network: ipnet::IpNet) -> Vec<String> {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    let (first, last) = (network.network(), network.broadcast());
    let next = match last {
        IpAddr::V4(address) => u32::from(address).checked_add(1).map(|next| IpAddr::V4(Ipv4Addr::from(next))),
        IpAddr::V6(address) => u128::from(address).checked_add(1).map(|next| IpAddr::V6(Ipv6Addr::from(next))),
    };
    let previous = match first {
        IpAddr::V4(address) => u32::from(address).checked_sub(1).map(|next| IpAddr::V4(Ipv4Addr::from(next))),
        IpAddr::V6(address) => u128::from(address).checked_sub(1).map(|next| IpAddr::V6(Ipv6Addr::from(next))),
    };
    [Some(first), Some(last), next, previous].into_iter().flatten().map(|address| address.to_string()).collect()
}
