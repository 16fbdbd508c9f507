//! Notices on their way.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Channel, Channels, Event, key};
use crate::IncidentError;
use crate::incident::{Details, audit};
use crate::rota::Escalation;
use crate::store::{Datum, Line, Store, Transaction};

/// How long a sender that takes a notice has for it, before another may; longer than any channel waits.
const LEASE_MS: i64 = 60_000;

/// The first wait after a failure; each further one is twice as long.
const BACKOFF_MS: i64 = 2_000;

/// The longest wait.
const BACKOFF_MAX_MS: i64 = 15 * 60_000;

/// Characters of a failure that are kept.
const ERROR_MAX: usize = 500;

const COLUMNS: &str =
    "notice_key, incident, channel, event, subject, body, facts, attempts, state, error, created, due";

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The same at each attempt; receivers see it and know a notice that they have.
    pub key: String,
    /// The incident.
    pub incident: String,
    /// The channel.
    pub channel: String,
    /// What it tells.
    pub event: String,
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// The incident, for programs.
    pub facts: Value,
    /// How often it was tried.
    pub attempts: i64,
    /// How far it has come.
    pub state: NoticeState,
    /// What went wrong last.
    pub error: String,
    /// When it was written, in milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// When it is tried next, likewise.
    pub due_ms: i64,
}

/// How far a notice has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// It is to be sent.
    Pending,
    /// The receiver has taken it.
    Delivered,
    /// Its deadline has passed, and nobody has taken it.
    Failed,
}

/// What became of what was due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Notices that were taken.
    pub delivered: u64,
    /// Attempts that failed.
    pub refused: u64,
    /// Notices that are given up.
    pub failed: u64,
}

/// Writes a notice.
pub(super) fn put(
    transaction: &mut Transaction<'_>,
    channel: &Channel,
    event: Event,
    details: &Details,
    (subject, body): (&str, &str),
    now_ms: i64,
) -> Result<(), IncidentError> {
    let incident = &details.incident;
    let last = details.timeline.last().map_or(0, |entry| entry.sequence);
    let key = key(&channel.name, event, &incident.id, last);
    let mut facts = json!({
        "id": incident.id, "event": event.id(), "status": incident.status.id(), "severity": incident.severity.id(),
        "opened": crate::written(incident.opened_ms.div_euclid(1000)),
    });
    if let (true, Some(facts)) = (channel.audience != super::Audience::Customer, facts.as_object_mut()) {
        facts.insert("title".to_owned(), incident.title.clone().into());
        facts.insert("account".to_owned(), incident.account.clone().into());
        facts.insert("entities".to_owned(), json!(details.entities.iter().take(50).collect::<Vec<_>>()));
    }
    let deadline = now_ms.saturating_add(i64::from(channel.deadline_minutes) * 60_000);
    let sequence = transaction.number("SELECT coalesce(max(sequence), 0) + 1 FROM notice", &[])?;
    let statement = "INSERT INTO notice (sequence, notice_key, incident, channel, event, subject, body, facts, created, \
        due, deadline, attempts, state, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 'pending', '')";
    let values: [Datum; 11] = [
        sequence.into(),
        key.into(),
        incident.id.as_str().into(),
        channel.name.as_str().into(),
        event.id().into(),
        subject.into(),
        body.into(),
        facts.to_string().into(),
        now_ms.into(),
        now_ms.into(),
        deadline.into(),
    ];
    transaction.execute(statement, &values).map(drop)
}

impl Store {
    /// Every notice, in the order in which they were written.
    ///
    /// # Errors
    /// When the database fails.
    pub fn notices(&mut self) -> Result<Vec<Notice>, IncidentError> {
        let statement = format!("SELECT {COLUMNS} FROM notice ORDER BY sequence");
        self.transaction(|transaction| Ok(transaction.lines(&statement, &[])?.iter().map(of_line).collect()))
    }

    /// Sends what is due, one notice after the other, until nothing is. A notice that a killed sender had taken is sent
    /// again, under the same key. On a channel the notices of an incident go in their order.
    ///
    /// # Errors
    /// When the database fails; a channel that fails is no error.
    pub fn deliver(
        &mut self,
        now_ms: &mut dyn FnMut() -> i64,
        send: &mut dyn FnMut(&Notice) -> Result<(), String>,
    ) -> Result<Delivered, IncidentError> {
        let mut told = Delivered::default();
        while let Some(notice) = self.take(now_ms())? {
            let sent = send(&notice);
            let after = now_ms();
            match &sent {
                Ok(()) => told.delivered += 1,
                Err(_) => told.refused += 1,
            }
            told.failed += u64::from(self.settle(&notice, sent, after)?);
        }
        Ok(told)
    }

    /// Takes the next notice that is due, and keeps others from it for a while.
    fn take(&mut self, now_ms: i64) -> Result<Option<Notice>, IncidentError> {
        let statement = format!(
            "SELECT {COLUMNS} FROM notice n WHERE state = 'pending' AND due <= $1 AND NOT EXISTS (SELECT 1 FROM notice \
             b WHERE b.incident = n.incident AND b.channel = n.channel AND b.state = 'pending' AND b.sequence < \
             n.sequence) ORDER BY sequence LIMIT 1"
        );
        self.transaction(|transaction| {
            let lines = transaction.lines(&statement, &[now_ms.into()])?;
            let Some(mut notice) = lines.first().map(of_line) else { return Ok(None) };
            let values: [Datum; 2] = [now_ms.saturating_add(LEASE_MS).into(), notice.key.as_str().into()];
            transaction
                .execute("UPDATE notice SET due = $1, attempts = attempts + 1 WHERE notice_key = $2", &values)?;
            notice.attempts += 1;
            Ok(Some(notice))
        })
    }

    /// Keeps what became of an attempt; whether the notice is given up.
    fn settle(&mut self, notice: &Notice, sent: Result<(), String>, now_ms: i64) -> Result<bool, IncidentError> {
        let key = notice.key.as_str();
        self.transaction(|transaction| {
            let Err(error) = sent else {
                let statement = "UPDATE notice SET state = 'delivered', error = '', due = $1 WHERE notice_key = $2";
                transaction.execute(statement, &[now_ms.into(), key.into()])?;
                return Ok(false);
            };
            let error: String = error.chars().take(ERROR_MAX).collect();
            let doubled = u32::try_from(notice.attempts.clamp(1, 20) - 1).unwrap_or_default();
            let wait = BACKOFF_MS.saturating_mul(1 << doubled).min(BACKOFF_MAX_MS);
            let values: [Datum; 3] = [error.as_str().into(), now_ms.saturating_add(wait).into(), key.into()];
            transaction.execute("UPDATE notice SET error = $1, due = $2 WHERE notice_key = $3", &values)?;
            let statement = "UPDATE notice SET state = 'failed' WHERE notice_key = $1 AND deadline <= $2";
            let is_failed = transaction.execute(statement, &[key.into(), now_ms.into()])? > 0;
            if is_failed {
                let detail = format!("{} on `{}`: {error}", notice.event, notice.channel);
                audit(transaction, now_ms, &notice.incident, "partywall", "notice failed", &detail)?;
            }
            Ok(is_failed)
        })
    }

    /// Tells the next levels of an escalation about incidents that nobody has acknowledged in time. `on_call` says who
    /// fills a role at a moment, in seconds since 1970.
    ///
    /// # Errors
    /// When the database fails, or `on_call` does.
    pub fn escalate(
        &mut self,
        escalation: &Escalation,
        now_ms: i64,
        channels: &Channels,
        on_call: &dyn Fn(&str, i64) -> Result<String, IncidentError>,
    ) -> Result<Vec<(String, String)>, IncidentError> {
        let mut told = Vec::new();
        let statement = "SELECT id, opened, level FROM incident WHERE status = 'open' ORDER BY opened, id";
        self.transaction(|transaction| {
            for line in transaction.lines(statement, &[])? {
                let (id, opened, before) = (line.text(0), line.number(1).div_euclid(1000), line.number(2));
                let reached = escalation.reached(opened, now_ms.div_euclid(1000));
                let before = usize::try_from(before).unwrap_or_default();
                for level in escalation.levels.iter().take(reached).skip(before) {
                    let who = on_call(&level.role, now_ms.div_euclid(1000))?;
                    let detail = format!("{}: {}", level.role, if who.is_empty() { "nobody is on call" } else { &who });
                    audit(transaction, now_ms, &id, "partywall", "escalated", &detail)?;
                    channels.tell_to(transaction, Event::Escalated, &id, now_ms, &detail)?;
                    told.push((id.clone(), detail));
                }
                let values: [Datum; 2] = [(reached.max(before) as i64).into(), id.into()];
                transaction.execute("UPDATE incident SET level = $1 WHERE id = $2", &values)?;
            }
            Ok(())
        })?;
        Ok(told)
    }
}

fn of_line(line: &Line) -> Notice {
    Notice {
        key: line.text(0),
        incident: line.text(1),
        channel: line.text(2),
        event: line.text(3),
        subject: line.text(4),
        body: line.text(5),
        facts: serde_json::from_str(&line.text(6)).unwrap_or_default(),
        attempts: line.number(7),
        state: match line.text(8).as_str() {
            "delivered" => NoticeState::Delivered,
            "failed" => NoticeState::Failed,
            _ => NoticeState::Pending,
        },
        error: line.text(9),
        created_ms: line.number(10),
        due_ms: line.number(11),
    }
}
