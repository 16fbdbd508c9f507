//! What the estate says of events, which no log can: that somebody begins to use a way to more than his own permissions,
//! and that a flow was let in which nothing lets through.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use partywall_analysis::network::model::Network;
use partywall_detect::alert::{of_event, principal};
use partywall_detect::event::text;
use partywall_detect::{Event, Source};
use partywall_model::{Alert, AlertLevel, AlertRule};
use partywall_sql::SqlValue;

use crate::commands::network::{self, trace};
use crate::commands::sources::SourceArguments;
use crate::scan::derived_tables_in;

/// Ways to more than one's own permissions: who, where to, and by which actions.
const PATHS: &str = "select a.arn, p.reached, p.actions from access_path p join access_principal a on a.resource = p.resource where (p.is_open = false) is not true and a.arn is not null";

/// An estate that events are compared with; the default one says nothing.
#[derive(Default)]
pub(super) struct Knowledge {
    /// By ARN and action, such as `iam:CreatePolicyVersion`: what is reached.
    steps: BTreeMap<(String, String), BTreeSet<String>>,
    words: BTreeSet<String>,
    used: BTreeSet<(String, String)>,
    network: Option<Network>,
}

impl Knowledge {
    /// Reads an estate.
    pub(super) fn open(target: &Path) -> miette::Result<Self> {
        let sources = SourceArguments::of(target);
        let estate = sources.open(derived_tables_in(PATHS), &|_| ())?;
        let answer = estate.database.query(PATHS).map_err(|error| miette::miette!("{error}"))?;
        let mut out = Self { network: Some(network::network_of(&sources)?), ..Self::default() };
        for row in &answer.rows {
            let [SqlValue::Text(arn), SqlValue::Text(reached), actions] = row.as_slice() else { continue };
            for action in actions_in(actions) {
                if let Some((_, name)) = action.split_once(':') {
                    out.words.insert(name.to_owned());
                }
                out.steps.entry((arn.clone(), action)).or_default().insert(reached.clone());
            }
        }
        Ok(out)
    }

    /// Words of records that may be of interest.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// Whether anything is known about an event that may make it an alert.
    pub(super) fn concerns(&self, event: &Event) -> bool {
        match event.source {
            Source::FlowLog => self
                .network
                .as_ref()
                .is_some_and(|network| seen(event).is_some_and(|seen| trace::is_impossible(network, &seen))),
            Source::CloudTrail => step(event).is_some_and(|step| self.steps.contains_key(&step)),
            Source::ResolverQuery | Source::GuardDuty | Source::Ocsf => false,
        }
    }

    /// The alerts about an event. A way is told when it is first used.
    pub(super) fn alerts(&mut self, event: &Event) -> Vec<Alert> {
        if !self.concerns(event) {
            return Vec::new();
        }
        if event.source == Source::FlowLog {
            let title = "A flow was let in that nothing in the estate lets through".to_owned();
            return vec![of_event(&rule("flow-not-possible", title, "attack.t1562.007"), event)];
        }
        let Some(step) = step(event) else { return Vec::new() };
        let reached: Vec<String> = self.steps.get(&step).into_iter().flatten().cloned().collect();
        if !self.used.insert(step) {
            return Vec::new();
        }
        let title = format!("A way to {} was used for the first time", reached.join(", "));
        vec![of_event(&rule("path-first-used", title, "attack.t1548"), event)]
    }
}

fn rule(name: &str, title: String, tag: &str) -> AlertRule {
    let tags = vec![tag.to_owned()];
    AlertRule { id: format!("partywall/{name}"), title, author: "partywall".to_owned(), level: AlertLevel::High, tags }
}

/// Who did what, when it succeeded.
fn step(event: &Event) -> Option<(String, String)> {
    let body = &event.body;
    if body.get("errorCode").is_some_and(|code| !code.is_null()) {
        return None;
    }
    let service = text(body, "eventSource")?;
    let name = text(body, "eventName")?;
    // Lambda's names carry the version of its interface: UpdateFunctionCode20150331v2.
    let name = name.split("201").next().unwrap_or(&name).to_owned();
    Some((principal(body)?, format!("{}:{name}", service.split('.').next().unwrap_or_default())))
}

/// The actions of a path, without what they are done to.
fn actions_in(list: &SqlValue) -> Vec<String> {
    let SqlValue::Json(serde_json::Value::Array(actions)) = list else { return Vec::new() };
    let action = |action: &serde_json::Value| action.as_str()?.split_whitespace().next().map(str::to_owned);
    actions.iter().filter_map(action).collect()
}

/// The packets of a flow log's line, when they were let in.
fn seen(event: &Event) -> Option<trace::Seen> {
    let body = &event.body;
    if body.get("action")?.as_str()? != "ACCEPT" {
        return None;
    }
    let number = |name: &str| body.get(name)?.as_i64();
    let port = |name: &str| u16::try_from(number(name)?).ok();
    Some(trace::Seen {
        interface: text(body, "interface_id")?,
        source: (text(body, "srcaddr")?, port("srcport")?),
        destination: (text(body, "dstaddr")?, port("dstport")?),
        protocol: i16::try_from(number("protocol")?).ok()?,
    })
}
