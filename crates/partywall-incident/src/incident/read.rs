//! Reads incidents.

use partywall_model::{AlertLevel, Entity, EntityKind};
use serde_json::Value;

use super::{Details, Entry, FollowUp, Incident, Status};
use crate::IncidentError;
use crate::store::{Line, Store, Transaction};

const COLUMNS: &str = "id, status, severity, title, account, opened, first_ms, last_ms, level, picture, cause";

impl Store {
    /// Every incident, in order of opening.
    ///
    /// # Errors
    /// When the database fails.
    pub fn incidents(&mut self) -> Result<Vec<Incident>, IncidentError> {
        self.transaction(|transaction| {
            let lines = transaction.lines(&format!("SELECT {COLUMNS} FROM incident ORDER BY opened, id"), &[])?;
            lines.iter().map(of_line).collect()
        })
    }

    /// An incident with all that belongs to it.
    ///
    /// # Errors
    /// When there is none of this name, or the database fails.
    pub fn details(&mut self, id: &str) -> Result<Details, IncidentError> {
        self.transaction(|transaction| details(transaction, id))
    }
}

/// An incident with all that belongs to it.
pub(crate) fn details(transaction: &mut Transaction<'_>, id: &str) -> Result<Details, IncidentError> {
    let incident = incident(transaction, id)?;
    let alerts = transaction.lines("SELECT body FROM alert WHERE incident = $1 ORDER BY first_ms, id", &[id.into()])?;
    let alerts = alerts.iter().map(|line| serde_json::from_str(&line.text(0)).map_err(spoilt));
    let entities =
        transaction.lines("SELECT kind, name FROM entity WHERE incident = $1 ORDER BY kind, name", &[id.into()])?;
    let entity = |line: &Line| {
        let kind = ALL_KINDS.into_iter().find(|kind| entity_kind(*kind) == line.text(0));
        Some(Entity { kind: kind?, name: line.text(1) })
    };
    let statement =
        "SELECT sequence, at, incident, actor, action, detail FROM audit WHERE incident = $1 ORDER BY sequence";
    let entry = |line: &Line| Entry {
        sequence: line.number(0),
        at_ms: line.number(1),
        incident: line.text(2),
        actor: line.text(3),
        action: line.text(4),
        detail: line.text(5),
    };
    Ok(Details {
        incident,
        alerts: alerts.collect::<Result<_, _>>()?,
        entities: entities.iter().filter_map(entity).collect(),
        timeline: transaction.lines(statement, &[id.into()])?.iter().map(entry).collect(),
        follow_ups: follow_ups(transaction, "incident = $1", id)?,
    })
}

pub(crate) fn incident(transaction: &mut Transaction<'_>, id: &str) -> Result<Incident, IncidentError> {
    let lines = transaction.lines(&format!("SELECT {COLUMNS} FROM incident WHERE id = $1"), &[id.into()])?;
    let missing = || {
        let id: String = id.chars().take(60).collect();
        IncidentError::Incident(format!("there is no incident `{id}`; `partywall incident list` shows them"))
    };
    of_line(lines.first().ok_or_else(missing)?)
}

pub(super) fn follow_ups(
    transaction: &mut Transaction<'_>,
    condition: &str,
    value: &str,
) -> Result<Vec<FollowUp>, IncidentError> {
    let statement = format!(
        "SELECT id, incident, title, owner, due, done_at, done_by FROM follow_up WHERE {condition} ORDER BY due, id"
    );
    let follow_up = |line: &Line| FollowUp {
        id: line.text(0),
        incident: line.text(1),
        title: line.text(2),
        owner: line.text(3),
        due: line.text(4),
        done_ms: line.number(5),
        done_by: line.text(6),
    };
    Ok(transaction.lines(&statement, &[value.into()])?.iter().map(follow_up).collect())
}

fn of_line(line: &Line) -> Result<Incident, IncidentError> {
    let status = Status::ALL.into_iter().find(|status| status.id() == line.text(1));
    let json =
        |text: String| if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).map_err(spoilt) };
    Ok(Incident {
        id: line.text(0),
        status: status.ok_or_else(|| IncidentError::Database("an incident has no known status".to_owned()))?,
        severity: level(&line.text(2))?,
        title: line.text(3),
        account: line.text(4),
        opened_ms: line.number(5),
        first_ms: line.number(6),
        last_ms: line.number(7),
        level: line.number(8),
        picture: json(line.text(9))?,
        cause: json(line.text(10))?,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn spoilt(error: serde_json::Error) -> IncidentError {
    IncidentError::Database(format!("what the database holds is not understood: {error}"))
}

/// The level of this name.
pub(super) fn level(id: &str) -> Result<AlertLevel, IncidentError> {
    let level = AlertLevel::ALL.into_iter().find(|level| level.id() == id);
    level.ok_or_else(|| IncidentError::Database("an incident has no known severity".to_owned()))
}

const ALL_KINDS: [EntityKind; 3] = [EntityKind::Principal, EntityKind::Resource, EntityKind::Address];

/// The name of the kind in the database.
pub(super) const fn entity_kind(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Principal => "principal",
        EntityKind::Resource => "resource",
        EntityKind::Address => "address",
    }
}
