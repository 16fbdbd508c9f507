//! What is told of a hit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::{Alert, AlertRule, Entity, EntityKind};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::correlation::Fired;
use crate::event::{Event, Source, field, text};

/// Entities that one alert names.
const ENTITIES_MAX: usize = 50;

/// Letters of one name.
const NAME_LETTERS_MAX: usize = 300;

/// Parameters of requests that name what is acted on, and the ARN that such a name stands for.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const PARAMETERS: [(&str, &str); 20] = [
    ("bucketName", "arn:aws:s3:::{}"),
    ("roleName", "arn:aws:iam::{account}:role/{}"),
    ("userName", "arn:aws:iam::{account}:user/{}"),
    ("groupName", "arn:aws:iam::{account}:group/{}"),
    ("policyArn", "{}"),
    ("roleArn", "{}"),
    ("instanceId", "arn:aws:ec2:{region}:{account}:instance/{}"),
    ("groupId", "arn:aws:ec2:{region}:{account}:security-group/{}"),
    ("snapshotId", "arn:aws:ec2:{region}:{account}:snapshot/{}"),
    ("imageId", "arn:aws:ec2:{region}:{account}:image/{}"),
    ("volumeId", "arn:aws:ec2:{region}:{account}:volume/{}"),
    ("vpcId", "arn:aws:ec2:{region}:{account}:vpc/{}"),
    ("functionName", "arn:aws:lambda:{region}:{account}:function:{}"),
    ("dBInstanceIdentifier", "arn:aws:rds:{region}:{account}:db:{}"),
    ("dBSnapshotIdentifier", "arn:aws:rds:{region}:{account}:snapshot:{}"),
    ("secretId", "{}"),
    ("keyId", "{}"),
    ("detectorId", "arn:aws:guardduty:{region}:{account}:detector/{}"),
    ("trailName", "arn:aws:cloudtrail:{region}:{account}:trail/{}"),
    ("tableName", "arn:aws:dynamodb:{region}:{account}:table/{}"),
];

/// The alert of a rule that a single event matched.
pub fn of_event(rule: &AlertRule, event: &Event) -> Alert {
    let (account, region) = (account(event), region(event));
    Alert {
        id: identity(&rule.id, [event.source.service(), &*event.id]),
        rule: rule.clone(),
        first_ms: event.time_ms,
        last_ms: event.time_ms,
        events: vec![event.id.to_string()],
        event_count: 1,
        entities: entities(event, &account, &region),
        message: message(rule, event),
        account,
        region,
    }
}

/// The alert of a correlation, as it stands when it first fires. `last` is the event that made it fire.
pub fn of_correlation(rule: &AlertRule, fired: &Fired, last: &Event) -> Alert {
    let (account, region) = (account(last), region(last));
    let group: Vec<String> = fired
        .group
        .iter()
        .map(|(name, value)| format!("{name} {}", value.as_deref().map_or("absent".to_owned(), shortened)))
        .collect();
    let key = fired.group.iter().map(|(_, value)| value.as_deref().unwrap_or("\u{0}"));
    let time = fired.time_ms.to_string();
    let of = if group.is_empty() { String::new() } else { format!(" ({})", group.join(", ")) };
    Alert {
        id: identity(&rule.id, key.chain([time.as_str()])),
        rule: rule.clone(),
        first_ms: fired.first_ms,
        last_ms: fired.time_ms,
        events: fired.events.iter().map(ToString::to_string).collect(),
        event_count: fired.event_count,
        entities: entities(last, &account, &region),
        message: format!("{}: {} events{of}", rule.title, fired.event_count),
        account,
        region,
    }
}

/// The same text for the same parts.
fn identity<'p>(rule: &'p str, parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut digest = Sha256::new();
    for part in std::iter::once(rule).chain(parts) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn account(event: &Event) -> String {
    let names: &[&str] = match event.source {
        Source::CloudTrail => &["recipientAccountId", "userIdentity.accountId"],
        Source::FlowLog => &["account_id"],
        Source::ResolverQuery => &["account_id"],
        Source::GuardDuty => &["accountId"],
        Source::Ocsf => &["cloud.account.uid"],
    };
    names.iter().find_map(|name| text(&event.body, name)).unwrap_or_default()
}

fn region(event: &Event) -> String {
    let name = match event.source {
        Source::CloudTrail => "awsRegion",
        Source::Ocsf => "cloud.region",
        Source::FlowLog | Source::ResolverQuery | Source::GuardDuty => "region",
    };
    text(&event.body, name).unwrap_or_default()
}

/// Who did it: of a session the role behind it, since sessions come and go.
pub fn principal(body: &Value) -> Option<String> {
    let names = [
        "userIdentity.sessionContext.sessionIssuer.arn",
        "userIdentity.arn",
        "userIdentity.invokedBy",
        "userIdentity.principalId",
        "userIdentity.userName",
        "actor.user.uid",
        "resource.accessKeyDetails.userName",
    ];
    names.iter().find_map(|name| text(body, name)).map(|name| shortened(&name))
}

fn entities(event: &Event, account: &str, region: &str) -> Vec<Entity> {
    let body = &event.body;
    let mut out = BTreeSet::new();
    let mut add = |kind: EntityKind, name: String| {
        if !name.is_empty() && name != "-" && out.len() < ENTITIES_MAX {
            out.insert(Entity { kind, name: shortened(&name) });
        }
    };
    if let Some(principal) = principal(body) {
        add(EntityKind::Principal, principal);
    }
    for name in ["sourceIPAddress", "srcaddr", "dstaddr", "src_endpoint.ip"] {
        if let Some(address) = text(body, name) {
            add(EntityKind::Address, address);
        }
    }
    if let Some(Value::Array(resources)) = body.get("resources") {
        for arn in resources.iter().filter_map(|resource| text(resource, "ARN").or_else(|| text(resource, "uid"))) {
            add(EntityKind::Resource, arn);
        }
    }
    if let Some(parameters) = body.get("requestParameters") {
        for (parameter, pattern) in PARAMETERS {
            if let Some(name) = text(parameters, parameter) {
                let arn = if name.starts_with("arn:") {
                    name
                } else {
                    pattern.replace("{account}", account).replace("{region}", region).replace("{}", &name)
                };
                add(EntityKind::Resource, arn);
            }
        }
    }
    for name in ["interface_id", "srcids.instance", "resource.instanceDetails.instanceId"] {
        if let Some(id) = text(body, name) {
            add(EntityKind::Resource, id);
        }
    }
    out.into_iter().collect()
}

fn message(rule: &AlertRule, event: &Event) -> String {
    let body = &event.body;
    let what = match event.source {
        Source::CloudTrail => {
            let who = principal(body).unwrap_or_else(|| "somebody".to_owned());
            let action = text(body, "eventName").unwrap_or_default();
            let from = text(body, "sourceIPAddress").map(|address| format!(" from {address}")).unwrap_or_default();
            let how = text(body, "errorCode").map(|code| format!(" and got {code}")).unwrap_or_default();
            format!("`{who}` called {action}{from}{how}")
        }
        Source::FlowLog => {
            let part = |name: &str| field(body, name).map_or_else(|| "-".to_owned(), plain);
            let (from, to, port) = (part("srcaddr"), part("dstaddr"), part("dstport"));
            format!("{from} to {to} port {port}: {}", part("action"))
        }
        Source::ResolverQuery => format!("a query for `{}`", text(body, "query_name").unwrap_or_default()),
        Source::GuardDuty => text(body, "title").or_else(|| text(body, "type")).unwrap_or_default(),
        Source::Ocsf => text(body, "message").or_else(|| text(body, "activity_name")).unwrap_or_default(),
    };
    format!("{}: {}", rule.title, shortened(&what))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// No name of an event is trusted to be short, or to be harmless on a terminal.
fn shortened(name: &str) -> String {
    let clean = name.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character });
    clean.take(NAME_LETTERS_MAX).collect()
}

/// Alerts of correlations that go on: one alert as long as it fires again within its timespan.
#[derive(Debug, Default)]
pub struct Episodes {
    open: BTreeMap<(usize, Vec<Option<String>>), Arc<str>>,
    alerts: BTreeMap<Arc<str>, Alert>,
}

impl Episodes {
    /// Takes what fired, and answers the alert: a new one, or the one that goes on with what is new in it.
    pub fn take(&mut self, rule: &AlertRule, timespan_ms: i64, fired: &Fired, last: &Event) -> Alert {
        let key = (fired.correlation, fired.group.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>());
        let new = of_correlation(rule, fired, last);
        if let Some(alert) = self.open.get(&key).and_then(|id| self.alerts.get_mut(id))
            && fired.time_ms < alert.last_ms.saturating_add(timespan_ms)
            && fired.time_ms > alert.first_ms.saturating_sub(timespan_ms)
        {
            alert.event_count = alert.event_count.max(new.event_count);
            alert.first_ms = alert.first_ms.min(new.first_ms);
            if new.last_ms >= alert.last_ms {
                (alert.last_ms, alert.events, alert.message) = (new.last_ms, new.events, new.message);
            }
            let entities: BTreeSet<Entity> = alert.entities.drain(..).chain(new.entities).collect();
            alert.entities = entities.into_iter().take(ENTITIES_MAX).collect();
            return alert.clone();
        }
        let id: Arc<str> = new.id.as_str().into();
        if let Some(closed) = self.open.insert(key, id.clone()) {
            self.alerts.remove(&closed);
        }
        self.alerts.insert(id, new.clone());
        new
    }
}
