//! Kinds of principals that a set of policies can tell apart.

use std::collections::{BTreeMap, BTreeSet};

use super::language::{Membership, Word};
use super::value::KeyLimits;
use crate::document::{Policy, Statement};
use crate::pattern::Item;
use crate::principal::{Principal, PrincipalKind, is_account};

/// Principals that are alike to the policies in question.
#[derive(Debug, Clone)]
pub(super) struct PrincipalClass {
    /// One of them.
    pub(super) example: Principal,
    /// Whether any other principal of the account would do as well, so that conditions choose.
    pub(super) is_any_of_account: bool,
    /// What follows for condition keys.
    pub(super) limits: BTreeMap<Box<str>, KeyLimits>,
}

/// An account that no policy names.
const STRANGERS: [&str; 4] = ["999999999999", "888888888888", "777777777777", "666666666666"];

/// All classes of principals for policies of resources.
pub(super) fn classes(policies: &[&Policy]) -> Vec<PrincipalClass> {
    let statements: Vec<&Statement> = policies.iter().flat_map(|policy| &policy.statements).collect();
    if statements.iter().all(|statement| statement.principals.is_none()) {
        return vec![anybody()];
    }
    let mut texts: BTreeSet<&str> = BTreeSet::new();
    for statement in &statements {
        if let Some(scope) = &statement.principals {
            texts.extend(scope.named().all().map(String::as_str));
        }
    }
    let named: Vec<Principal> = texts.iter().filter_map(|text| Principal::parse(text)).collect();
    let mut accounts: BTreeSet<String> =
        named.iter().filter_map(|principal| principal.account().map(str::to_owned)).collect();
    accounts.extend(accounts_in_conditions(&statements));
    let mut classes = vec![anonymous(), stranger(&accounts)];
    classes.extend(accounts.iter().map(|account| any_of_account(account, &named)));
    classes.extend(named.iter().map(exactly));
    classes.push(exactly(&Principal { kind: PrincipalKind::Service, text: "example.amazonaws.com".into() }));
    classes
}

/// The classes of those whom nothing ties to the policies: nobody known, and an account that no policy names.
pub(super) fn strangers(policies: &[&Policy]) -> Vec<PrincipalClass> {
    let statements: Vec<&Statement> = policies.iter().flat_map(|policy| &policy.statements).collect();
    let mut accounts = accounts_in_conditions(&statements);
    for statement in &statements {
        if let Some(scope) = &statement.principals {
            let named = scope.named().all().filter_map(|text| Principal::parse(text));
            accounts.extend(named.filter_map(|principal| principal.account().map(str::to_owned)));
        }
    }
    vec![anonymous(), stranger(&accounts)]
}

/// The class of one principal.
pub(super) fn only(principal: &Principal) -> Vec<PrincipalClass> {
    vec![exactly(principal)]
}

fn accounts_in_conditions(statements: &[&Statement]) -> BTreeSet<String> {
    let mut accounts = BTreeSet::new();
    for condition in statements.iter().flat_map(|statement| &statement.conditions) {
        for operand in &condition.operands {
            let items = super::reading::operand_items(operand);
            let text: String = items
                .iter()
                .map(|item| match item {
                    Item::Char(character) => *character,
                    _ => '*',
                })
                .collect();
            accounts.extend(text.split([':', '/']).filter(|part| is_account(part)).map(str::to_owned));
        }
    }
    accounts
}

/// Whoever holds an identity policy.
fn anybody() -> PrincipalClass {
    let example = "arn:aws:iam::123456789012:user/example";
    PrincipalClass {
        example: Principal::parse(example).unwrap_or_else(Principal::anonymous),
        is_any_of_account: true,
        limits: BTreeMap::from([("aws:principalarn".into(), KeyLimits { is_present: true, ..KeyLimits::default() })]),
    }
}

fn anonymous() -> PrincipalClass {
    let absent = || KeyLimits { is_absent: true, ..KeyLimits::default() };
    let keys =
        ["aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:username"];
    let mut limits: BTreeMap<Box<str>, KeyLimits> = keys.into_iter().map(|key| (key.into(), absent())).collect();
    limits.insert("aws:principalisawsservice".into(), fixed("false"));
    limits.insert("aws:principaltype".into(), fixed("Anonymous"));
    PrincipalClass { example: Principal::anonymous(), is_any_of_account: false, limits }
}

fn fixed(value: &str) -> KeyLimits {
    KeyLimits { fixed: Some(value.to_owned()), ..KeyLimits::default() }
}

fn stranger(accounts: &BTreeSet<String>) -> PrincipalClass {
    let account = STRANGERS.into_iter().find(|account| !accounts.contains(*account)).unwrap_or("555555555555");
    any_of_account(account, &[])
}

/// A principal of an account that is not named itself.
fn any_of_account(account: &str, named: &[Principal]) -> PrincipalClass {
    let prefix = format!("arn:aws:iam::{account}:");
    let word = |kind: &str| {
        let mut items = Word::literal(&format!("{prefix}{kind}/")).items;
        items.extend([Item::AnyChar, Item::AnyText]);
        Word { items, ignore_case: false, is_lenient: false }
    };
    let of_account = Membership { any_of: vec![word("user"), word("role")], inside: true };
    let not_named =
        Membership { any_of: named.iter().map(|principal| Word::literal(&principal.text)).collect(), inside: false };
    let arn = KeyLimits {
        is_present: true,
        memberships: vec![of_account, not_named],
        sample: Some(format!("{prefix}user/example")),
        ..KeyLimits::default()
    };
    PrincipalClass {
        example: Principal::parse(&format!("{prefix}user/example")).unwrap_or_else(Principal::anonymous),
        is_any_of_account: true,
        limits: BTreeMap::from([
            ("aws:principalarn".into(), arn),
            ("aws:principalaccount".into(), fixed(account)),
            ("aws:principalisawsservice".into(), fixed("false")),
        ]),
    }
}

fn exactly(principal: &Principal) -> PrincipalClass {
    let values = crate::context::ContextValues::closed();
    let context = crate::context::Context::new(&values, principal, None);
    let keys = [
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:username",
    ];
    let limits = keys
        .into_iter()
        .map(|key| match context.lookup(key) {
            crate::context::Lookup::Values(values) => {
                (key.into(), KeyLimits { fixed: values.first().cloned(), ..KeyLimits::default() })
            }
            _ => (key.into(), KeyLimits { is_absent: true, ..KeyLimits::default() }),
        })
        .collect();
    PrincipalClass { example: principal.clone(), is_any_of_account: false, limits }
}
