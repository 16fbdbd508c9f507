//! Takes alerts in.

use partywall_model::{Alert, AlertLevel, Entity};
use sha2::{Digest, Sha256};

use super::read::{entity_kind, level};
use super::transition::audit;
use crate::IncidentError;
use crate::notice::{Channels, Event};
use crate::store::{Datum, Store, Transaction};

/// Bytes of an alert.
const ALERT_BYTES_MAX: usize = 1 << 20;

/// Bytes of an id.
const ID_BYTES_MAX: usize = 1024;

/// Entities of an alert that count; of more the first ones.
const ENTITIES_MAX: usize = 200;

/// How alerts become incidents.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How far apart in time alerts about the same entity may be to belong together.
    pub window_ms: i64,
}

/// What became of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingested {
    /// It opened this incident.
    Opened(String),
    /// It belongs to this incident.
    Joined(String),
    /// It had been taken in before.
    Known(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self { window_ms: 60 * 60 * 1000 }
    }
}

impl Store {
    /// Takes an alert in: it joins an unresolved incident about the same entity, of about the same time, or opens one,
    /// with its notices in the same transaction. The same alert again changes nothing.
    ///
    /// # Errors
    /// When the alert makes no sense, or the database fails.
    pub fn ingest(
        &mut self,
        alert: &Alert,
        now_ms: i64,
        settings: &Settings,
        channels: &Channels,
    ) -> Result<Ingested, IncidentError> {
        let body = checked(alert)?;
        self.transaction(|transaction| {
            let known = transaction.lines("SELECT incident FROM alert WHERE id = $1", &[alert.id.as_str().into()])?;
            if let Some(line) = known.first() {
                return Ok(Ingested::Known(line.text(0)));
            }
            match matching(transaction, alert, settings)? {
                Some(id) => {
                    keep(transaction, &id, alert, body)?;
                    join(transaction, &id, alert, now_ms, channels)?;
                    Ok(Ingested::Joined(id))
                }
                None => {
                    let id = open(transaction, alert, now_ms)?;
                    keep(transaction, &id, alert, body)?;
                    audit(transaction, now_ms, &id, "partywall", "opened", &alert.message)?;
                    channels.tell(transaction, Event::Opened, &id, now_ms)?;
                    Ok(Ingested::Opened(id))
                }
            }
        })
    }
}

fn checked(alert: &Alert) -> Result<String, IncidentError> {
    let refused = |what: &str| {
        let id: String = alert.id.chars().take(60).collect();
        Err(IncidentError::Alert(format!("the alert `{id}` {what}")))
    };
    if alert.id.is_empty() || alert.id.len() > ID_BYTES_MAX {
        return refused("has no id, or one that is too long; give each alert an id of its own");
    }
    if alert.first_ms > alert.last_ms {
        return refused("ends before it begins; check `first_ms` and `last_ms`");
    }
    let body = serde_json::to_string(alert).map_err(|error| IncidentError::Alert(error.to_string()))?;
    if body.len() > ALERT_BYTES_MAX {
        return refused("is larger than a megabyte; leave out what is not needed");
    }
    Ok(body)
}

/// The oldest unresolved incident that the alert belongs to.
fn matching(
    transaction: &mut Transaction<'_>,
    alert: &Alert,
    settings: &Settings,
) -> Result<Option<String>, IncidentError> {
    let statement = "SELECT i.id FROM incident i JOIN entity e ON e.incident = i.id WHERE e.kind = $1 AND e.name = $2 \
        AND i.account = $3 AND i.status IN ('open', 'acknowledged', 'mitigated') AND i.last_ms >= $4 \
        AND i.first_ms <= $5 ORDER BY i.opened, i.id LIMIT 1";
    let from = alert.first_ms.saturating_sub(settings.window_ms);
    let until = alert.last_ms.saturating_add(settings.window_ms);
    for entity in entities(alert) {
        let values: [Datum; 5] = [
            entity_kind(entity.kind).into(),
            entity.name.into(),
            alert.account.as_str().into(),
            from.into(),
            until.into(),
        ];
        if let Some(line) = transaction.lines(statement, &values)?.first() {
            return Ok(Some(line.text(0)));
        }
    }
    Ok(None)
}

/// What the alert is about; its rule when it names nobody and nothing.
fn entities(alert: &Alert) -> Vec<Entity> {
    let mut entities: Vec<Entity> = alert.entities.iter().take(ENTITIES_MAX).cloned().collect();
    if entities.is_empty() {
        let name = format!("rule:{}", alert.rule.id);
        entities.push(Entity { kind: partywall_model::EntityKind::Resource, name });
    }
    entities
}

fn open(transaction: &mut Transaction<'_>, alert: &Alert, now_ms: i64) -> Result<String, IncidentError> {
    let digest = Sha256::digest(alert.id.as_bytes());
    let id = format!("inc-{}", crate::hexadecimal(digest.get(..8).unwrap_or_default()));
    let title = if alert.message.trim().is_empty() { &alert.rule.title } else { &alert.message };
    let statement = "INSERT INTO incident (id, status, severity, title, account, opened, first_ms, last_ms, level, \
        picture, cause) VALUES ($1, 'open', $2, $3, $4, $5, $6, $7, 0, '{}', '')";
    let values: [Datum; 7] = [
        id.as_str().into(),
        alert.rule.level.id().into(),
        title.chars().take(500).collect::<String>().into(),
        alert.account.as_str().into(),
        now_ms.into(),
        alert.first_ms.into(),
        alert.last_ms.into(),
    ];
    transaction.execute(statement, &values)?;
    Ok(id)
}

/// Keeps the alert itself and what it is about.
fn keep(transaction: &mut Transaction<'_>, id: &str, alert: &Alert, body: String) -> Result<(), IncidentError> {
    let values: [Datum; 4] = [alert.id.as_str().into(), id.into(), alert.first_ms.into(), body.into()];
    transaction.execute("INSERT INTO alert (id, incident, first_ms, body) VALUES ($1, $2, $3, $4)", &values)?;
    for entity in entities(alert) {
        let values: [Datum; 3] = [id.into(), entity_kind(entity.kind).into(), entity.name.into()];
        let statement = "INSERT INTO entity (incident, kind, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        transaction.execute(statement, &values)?;
    }
    Ok(())
}

fn join(
    transaction: &mut Transaction<'_>,
    id: &str,
    alert: &Alert,
    now_ms: i64,
    channels: &Channels,
) -> Result<(), IncidentError> {
    let lines = transaction.lines("SELECT severity, first_ms, last_ms FROM incident WHERE id = $1", &[id.into()])?;
    let before = lines.first().map_or(Ok(AlertLevel::Informational), |line| level(&line.text(0)))?;
    let first = lines.first().map_or(alert.first_ms, |line| line.number(1)).min(alert.first_ms);
    let last = lines.first().map_or(alert.last_ms, |line| line.number(2)).max(alert.last_ms);
    let severity = before.max(alert.rule.level);
    let values: [Datum; 4] = [severity.id().into(), first.into(), last.into(), id.into()];
    transaction.execute("UPDATE incident SET severity = $1, first_ms = $2, last_ms = $3 WHERE id = $4", &values)?;
    audit(transaction, now_ms, id, "partywall", "joined", &alert.message)?;
    if severity > before {
        audit(transaction, now_ms, id, "partywall", "raised", severity.id())?;
        channels.tell(transaction, Event::Raised, id, now_ms)?;
    }
    Ok(())
}
