//! Provider configurations: region, account and default tags of the resources that use them.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use hcl_edit::expr::{Expression, ObjectKey};
use partywall_model::{Cause, Value};

use super::body;
use super::instance::Instance;
use super::module::Declared;
use super::root::Root;
use super::unknown::{derived, spell};

/// Arguments that make a provider act in another account than its siblings may.
const CREDENTIALS: &[&str] =
    &["assume_role", "assume_role_with_web_identity", "profile", "access_key", "allowed_account_ids"];

/// An AWS provider configuration.
pub(crate) struct Provider {
    pub(crate) region: Value,
    pub(crate) account_id: Value,
    default_tags: Value,
}

impl Default for Provider {
    fn default() -> Self {
        Self { region: unset_region(), account_id: account("current"), default_tags: Value::Null }
    }
}

impl Provider {
    /// The configuration that a module instance knows by this name: `aws` or `aws.eu`.
    pub(crate) fn of<'s>(root: &Root<'s>, instance: &Rc<Instance<'s>>, name: &str) -> Rc<Self> {
        let make = || match find(instance.clone(), name) {
            Some((owner, declared)) => Rc::new(Self::read(root, &owner, declared)),
            None => Rc::default(),
        };
        instance.providers.get(name, make).unwrap_or_default()
    }

    fn read<'s>(root: &Root<'s>, owner: &Rc<Instance<'s>>, declared: &Declared) -> Self {
        let alias = declared.argument("alias").and_then(Expression::as_str);
        let symbol = format!("{}provider.{}", owner.prefix, alias.unwrap_or("default"));
        let place = body::Place { file: &declared.file, symbol: &symbol };
        let read = |argument: &str| {
            let value = body::member(owner.scope(root), &declared.block.body, argument, &place);
            value.filter(|value| !matches!(value, Value::Null))
        };
        let region = read("region").unwrap_or_else(unset_region);
        let default_tags = read("default_tags").map_or(Value::Null, |blocks| first_member(&blocks, "tags", &symbol));
        // Without credentials of its own, an aliased configuration acts in the same account as the others.
        let own_account = alias.filter(|_| CREDENTIALS.iter().any(|argument| read(argument).is_some()));
        let identity = own_account.map_or_else(|| "current".to_owned(), |alias| format!("{}{alias}", owner.prefix));
        let account_id = known_account(read("allowed_account_ids"), read("assume_role"), &symbol)
            .unwrap_or_else(|| account(&identity));
        Self { region, account_id, default_tags }
    }

    /// The resource's tags over the provider's; None when there are neither.
    pub(crate) fn all_tags(&self, own: Option<&Value>, address: &str) -> Option<Value> {
        let own = own.filter(|tags| !matches!(tags, Value::Null));
        match (&self.default_tags, own) {
            (Value::Null, None) => None,
            (Value::Null, Some(own)) => Some(own.clone()),
            (defaults, None) => Some(defaults.clone()),
            (Value::Map(defaults), Some(Value::Map(own))) => {
                let mut all: BTreeMap<String, Value> = defaults.as_ref().clone();
                all.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
                Some(Value::Map(Arc::new(all)))
            }
            (defaults, Some(own)) => Some(derived(&format!("{address}.tags_all"), &[own, defaults])),
        }
    }

    /// The partition: known from the region, as each region belongs to one.
    pub(crate) fn partition(&self) -> Option<&'static str> {
        let region = self.region.as_text()?;
        Some(match region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            region if region.starts_with("us-iso-") => "aws-iso",
            region if region.starts_with("us-isob-") => "aws-iso-b",
            region if region.starts_with("eusc-") => "aws-eusc",
            _ => "aws",
        })
    }
}

/// Follows `providers = { … }` up the chain of calls to the block that configures the provider.
fn find<'s>(mut instance: Rc<Instance<'s>>, name: &str) -> Option<(Rc<Instance<'s>>, &'s Declared)> {
    let mut name = name.to_owned();
    loop {
        let module = instance.module;
        if let Some(declared) = module.providers.get(&name) {
            return Some((instance, declared));
        }
        let (caller, call, _) = instance.caller()?;
        match passed(call, &name) {
            Some(passed) => name = passed,
            // Only the configuration without an alias is inherited.
            None if name.contains('.') => return None,
            None => {}
        }
        instance = caller;
    }
}

fn passed(call: &Declared, name: &str) -> Option<String> {
    let Some(Expression::Object(entries)) = call.argument("providers") else { return None };
    entries.iter().find_map(|(key, value)| {
        let key = match key {
            ObjectKey::Ident(ident) => ident.as_str().to_owned(),
            ObjectKey::Expression(Expression::String(text)) => text.value().clone(),
            ObjectKey::Expression(other) => other.to_string().trim().to_owned(),
        };
        (key == name).then(|| value.expr().to_string().trim().trim_matches('"').to_owned())
    })
}

fn unset_region() -> Value {
    Value::unknown("provider.region", Cause::External)
}

fn account(name: &str) -> Value {
    Value::unknown(format!("data.aws_caller_identity.{name}.account_id"), Cause::External)
}

fn known_account(allowed: Option<Value>, assumed: Option<Value>, symbol: &str) -> Option<Value> {
    if let Some(Value::List(accounts)) = &allowed
        && let [only @ Value::Text(_)] = accounts.as_slice()
    {
        return Some(only.clone());
    }
    let role = first_member(&assumed?, "role_arn", symbol);
    let account = role.as_text()?.split(':').nth(4)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then(|| Value::text(account))
}

/// An argument of the first of some blocks; null when there is none.
fn first_member(blocks: &Value, name: &str, symbol: &str) -> Value {
    let first = match blocks {
        Value::List(items) => items.first(),
        other => Some(other),
    };
    match first {
        Some(Value::Map(entries)) => entries.get(name).cloned().unwrap_or(Value::Null),
        Some(unknown @ (Value::Unknown(_) | Value::Template(_))) => {
            derived(&format!("{symbol}.{}.{name}", spell(unknown)), &[unknown])
        }
        _ => Value::Null,
    }
}
