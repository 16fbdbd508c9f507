//! What is to be done after an incident, by whom, by when.

use chrono::NaiveDate;

use super::FollowUp;
use super::read::{follow_ups, incident};
use super::transition::{audit, said};
use crate::IncidentError;
use crate::store::{Datum, Store};

/// Something to be done after an incident.
#[derive(Debug, Clone)]
pub struct NewFollowUp<'a> {
    /// What is to be done.
    pub title: &'a str,
    /// By whom.
    pub owner: &'a str,
    /// By which day: `2026-12-24`.
    pub due: &'a str,
}

impl Store {
    /// Adds a follow-up; its name.
    ///
    /// # Errors
    /// When there is no such incident, the day is none, something is not said, or the database fails.
    pub fn add_follow_up(
        &mut self,
        id: &str,
        follow_up: &NewFollowUp<'_>,
        actor: &str,
        now_ms: i64,
    ) -> Result<String, IncidentError> {
        let (title, owner, actor) = (said(follow_up.title)?, said(follow_up.owner)?, said(actor)?);
        let due =
            NaiveDate::parse_from_str(follow_up.due, "%Y-%m-%d").ok().map(|day| day.format("%Y-%m-%d").to_string());
        let due = due.filter(|due| *due == follow_up.due);
        let due = due.ok_or_else(|| IncidentError::Incident("the day is none; write `2026-12-24`".to_owned()))?;
        self.transaction(|transaction| {
            incident(transaction, id)?;
            let count = transaction.number("SELECT count(*) FROM follow_up WHERE incident = $1", &[id.into()])?;
            let name = format!("{id}/{}", count + 1);
            let statement = "INSERT INTO follow_up (id, incident, title, owner, due, done_at, done_by) \
                VALUES ($1, $2, $3, $4, $5, 0, '')";
            let values: [Datum; 5] = [name.as_str().into(), id.into(), title.as_str().into(), owner.into(), due.into()];
            transaction.execute(statement, &values)?;
            audit(transaction, now_ms, id, &actor, "follow-up added", &title)?;
            Ok(name)
        })
    }

    /// Marks a follow-up as done.
    ///
    /// # Errors
    /// When there is none of this name, it was done before, or the database fails.
    pub fn finish_follow_up(&mut self, name: &str, actor: &str, now_ms: i64) -> Result<(), IncidentError> {
        let actor = said(actor)?;
        self.transaction(|transaction| {
            let statement = "UPDATE follow_up SET done_at = $1, done_by = $2 WHERE id = $3 AND done_at = 0";
            let values: [Datum; 3] = [now_ms.into(), actor.as_str().into(), name.into()];
            if transaction.execute(statement, &values)? == 0 {
                let message =
                    format!("there is no follow-up `{name}` to be done; `partywall incident show` lists them");
                return Err(IncidentError::Incident(message));
            }
            let incident = name.rsplit_once('/').map_or(name, |(incident, _)| incident);
            audit(transaction, now_ms, incident, &actor, "follow-up done", name)
        })
    }

    /// Every follow-up that is not done, in order of its day.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_follow_ups(&mut self) -> Result<Vec<FollowUp>, IncidentError> {
        self.transaction(|transaction| follow_ups(transaction, "done_at = 0 AND $1 = $1", ""))
    }
}
