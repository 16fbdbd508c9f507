//! Permissions that nobody uses, and the smaller policy that would do.

use std::collections::BTreeSet;

use aws_policy::{Effect, Scope, Statement};
use partywall_model::{Cell, Inventory, UnusedAccess};
use serde_json::{Map, Value, json};

use super::estate::{Estate, Holder};
use super::facts::Actions;
use super::view::{View, rows};

/// Principals that may use services which they have not used within AWS's tracking period.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html>
pub(super) fn all(estate: &Estate, inventory: &Inventory) -> Vec<UnusedAccess> {
    let mut unused = Vec::new();
    for view in rows(inventory, "aws_iam_access_advisor") {
        let Some((_, holder)) = view
            .given("principal_arn")
            .and_then(|arn| estate.holder(arn).or_else(|| estate.holder(estate.names.resource(arn)?)))
        else {
            continue;
        };
        let Some((used, not_used)) = services(view) else { continue };
        if not_used.is_empty() {
            continue;
        }
        unused.push(UnusedAccess {
            principal: holder.resource.clone(),
            smaller_policy: smaller_policy(holder, &used),
            unused_services: not_used.into_iter().collect(),
            used_services: used.into_iter().collect(),
        });
    }
    unused.sort_by(|one, two| one.principal.cmp(&two.principal));
    unused
}

/// The services that were used, and those that were not; None when the report is not whole.
fn services(view: View<'_>) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
    if view.given("job_status") != Some("COMPLETED") {
        return None;
    }
    let list = view.table.columns.iter().position(|column| column.name == "services")?;
    let Some(Cell::List(services)) = view.row.cells.get(list) else { return None };
    let (mut used, mut not_used) = (BTreeSet::new(), BTreeSet::new());
    for service in services {
        let Cell::Struct(fields) = service else { continue };
        let (Some(Cell::Text(prefix)), Some(last)) = (fields.get(1), fields.get(2)) else { continue };
        match last {
            Cell::Text(last) if last.is_empty() => not_used.insert(prefix.to_string()),
            // What is not known to be unused counts as used.
            _ => used.insert(prefix.to_string()),
        };
    }
    Some((used, not_used))
}

/// What the policies of a principal allow of some services, and all that they deny.
fn smaller_policy(holder: &Holder, used: &BTreeSet<String>) -> String {
    let mut statements = Vec::new();
    for document in &holder.policies {
        for statement in &document.policy.statements {
            if let Some(kept) = kept(statement, used)
                && !statements.contains(&kept)
            {
                statements.push(kept);
            }
        }
    }
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn kept(statement: &Statement, used: &BTreeSet<String>) -> Option<Value> {
    let mut kept = Map::new();
    if !statement.sid.is_empty() {
        kept.insert("Sid".into(), statement.sid.clone().into());
    }
    let effect = if statement.effect == Effect::Allow { "Allow" } else { "Deny" };
    kept.insert("Effect".into(), effect.into());
    let actions: Vec<String> = match (&statement.actions, statement.effect) {
        (actions, Effect::Deny) => {
            let named: Vec<&str> = actions.named().iter().map(aws_policy::Pattern::source).collect();
            kept.insert(if actions.is_negated() { "NotAction" } else { "Action" }.into(), named.into());
            Vec::new()
        }
        (Scope::Only(patterns), Effect::Allow) => {
            patterns.iter().flat_map(|pattern| of_services(pattern.source(), used)).collect()
        }
        (Scope::AllBut(patterns), Effect::Allow) => {
            let except: Vec<aws_policy::Glob> =
                patterns.iter().map(|pattern| aws_policy::Glob::parse(pattern.source())).collect();
            let whole = |service: &String| !except.iter().any(|glob| glob.matches(&format!("{service}:")));
            used.iter().filter(|service| whole(service)).map(|service| format!("{service}:*")).collect()
        }
    };
    if statement.effect == Effect::Allow {
        if actions.is_empty() {
            return None;
        }
        kept.insert("Action".into(), actions.into());
    }
    let resources: Vec<&str> = statement.resources.named().iter().map(aws_policy::ArnPattern::source).collect();
    kept.insert(if statement.resources.is_negated() { "NotResource" } else { "Resource" }.into(), resources.into());
    if !statement.conditions.is_empty() {
        kept.insert("Condition".into(), conditions(statement));
    }
    Some(kept.into())
}

/// The part of an action pattern that is about some services.
fn of_services(pattern: &str, used: &BTreeSet<String>) -> Vec<String> {
    let spelled =
        |action: &str| Actions::shipped().action(action).map_or(action.to_owned(), |known| known.id.to_owned());
    match pattern.split_once(':') {
        Some((service, _)) if !service.contains(['*', '?']) => {
            if used.contains(service) {
                vec![spelled(pattern)]
            } else {
                Vec::new()
            }
        }
        Some((_, name)) => used.iter().map(|service| format!("{service}:{name}")).collect(),
        None => used.iter().map(|service| format!("{service}:*")).collect(),
    }
}

fn conditions(statement: &Statement) -> Value {
    let mut blocks: Map<String, Value> = Map::new();
    for condition in &statement.conditions {
        let values: Vec<String> = condition.sources.iter().map(ToString::to_string).collect();
        let block = blocks.entry(condition.operator.to_string()).or_insert_with(|| Value::Object(Map::new()));
        if let Some(keys) = block.as_object_mut() {
            keys.insert(condition.key.to_string(), values.into());
        }
    }
    blocks.into()
}
