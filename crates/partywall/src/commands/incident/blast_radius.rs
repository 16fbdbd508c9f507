//! What somebody who holds what an alert is about could do, and who is answerable for each layer of it.

use std::collections::BTreeSet;
use std::path::Path;

use partywall_model::{Alert, EntityKind};
use serde_json::{Map, Value, json};

use crate::commands::query;
use crate::commands::sources::SourceArguments;
use crate::scan::{Estate, derived_tables_in};

/// Rows of one answer that are kept.
const ROWS_MAX: usize = 100;

/// What is asked of a principal, of what it is known by.
const PRINCIPAL: [(&str, &str); 4] = [
    (
        "principal",
        "select resource, arn, is_administrator, reaches_administrator, holds_conflicting_duties from access_principal where resource = {} or arn = {}",
    ),
    (
        "paths",
        "select p.reached, p.certainty, p.reaches_administrator, p.hops, p.ways from access_path p join access_principal a on a.resource = p.resource where a.resource = {} or a.arn = {} order by p.hops, p.reached",
    ),
    (
        "conflicts of duties",
        "select c.title, c.certainty from access_duty_conflict c join access_principal a on a.resource = c.resource where a.resource = {} or a.arn = {}",
    ),
    (
        "unused services",
        "select u.unused_services from access_unused u join access_principal a on a.resource = u.resource where a.resource = {} or a.arn = {}",
    ),
];

/// What is asked of a resource.
const RESOURCE: [(&str, &str); 5] = [
    (
        "answerable",
        "select layer, party, rule from responsibility where resource = {} or resource in (select resource from aws_resource where arn = {})",
    ),
    ("data", "select resource, sensitivity from aws_resource where resource = {} or arn = {}"),
    (
        "let in from outside",
        "select who, audience, access, certainty from access_exposure where resource = {} or resource in (select resource from aws_resource where arn = {})",
    ),
    (
        "exposed",
        "select is_exposed, tiers, interfaces from network_endpoint where resource = {} or resource in (select resource from aws_resource where arn = {})",
    ),
    (
        "reaches by network",
        "select distinct f.resource, f.protocol, f.from_port, f.to_port, f.is_reached from network_flow f join network_endpoint e on array_has(e.tiers, f.from_tier) where e.resource = {} or e.resource in (select resource from aws_resource where arn = {}) order by f.resource, f.from_port",
    ),
];

/// An estate that is asked what alerts mean in it.
pub(super) struct Radius {
    estate: Estate,
}

impl Radius {
    /// Reads an estate: code, a collection, a snapshot.
    pub(super) fn open(target: &Path) -> miette::Result<Self> {
        let statements = PRINCIPAL.iter().chain(&RESOURCE);
        let tables: BTreeSet<&'static str> = statements.flat_map(|(_, sql)| derived_tables_in(sql)).collect();
        Ok(Self { estate: SourceArguments::of(target).open(tables, &|_| ())? })
    }

    /// What an alert's entities reach. What is not in the estate, or cannot be asked, says so.
    pub(super) fn of(&self, alert: &Alert) -> Value {
        let mut out = Map::new();
        for entity in &alert.entities {
            let questions: &[(&str, &str)] = match entity.kind {
                EntityKind::Principal => &PRINCIPAL,
                EntityKind::Resource => &RESOURCE,
                EntityKind::Address => continue,
            };
            out.insert(entity.name.clone(), self.ask(questions, &entity.name));
        }
        let unseen = self.estate.gaps.len();
        json!({"entities": out, "not_seen": format!("{unseen} gaps in what was read of the estate; what they hide is missing here")})
    }

    fn ask(&self, questions: &[(&str, &str)], name: &str) -> Value {
        let mut out = Map::new();
        let literal = format!("'{}'", name.replace('\'', "''"));
        for (title, sql) in questions {
            let answer = match self.estate.database.query(&sql.replace("{}", &literal)) {
                Err(error) => json!({"unknown": error.to_string()}),
                Ok(answer) => {
                    let rows = query::objects(&answer);
                    let left_out = rows.len().saturating_sub(ROWS_MAX);
                    let rows: Vec<Value> = rows.into_iter().take(ROWS_MAX).collect();
                    if left_out > 0 { json!({"rows": rows, "left_out": left_out}) } else { json!(rows) }
                }
            };
            out.insert((*title).to_owned(), answer);
        }
        let is_found = ["principal", "data"].iter().any(|title| out.get(*title).is_some_and(|rows| rows != &json!([])));
        if !is_found {
            return json!({"unknown": "it is not in this estate"});
        }
        Value::Object(out)
    }
}
