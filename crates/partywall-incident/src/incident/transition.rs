//! What people do with incidents.

use serde::{Deserialize, Serialize};

use super::Status;
use super::read::incident;
use crate::IncidentError;
use crate::notice::{Channels, Event};
use crate::store::{Datum, Store, Transaction};

/// Characters that somebody may say at once.
const WORDS_MAX: usize = 16_000;

/// Bytes of what may be attached at once.
const ATTACHED_BYTES_MAX: usize = 8 << 20;

/// What somebody does with an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Takes it.
    Acknowledge,
    /// Has stopped the harm; how.
    Mitigate(String),
    /// Has ended it; how.
    Resolve(String),
    /// Says why it happened.
    Review(CauseOfError),
}

/// Why an incident happened: the record that follows every one of weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseOfError {
    /// What happened.
    pub summary: String,
    /// Who was hurt, and how.
    pub impact: String,
    /// Why, down to the last why.
    pub root_cause: String,
    /// What was learned.
    pub lessons: String,
}

impl Step {
    const fn status(&self) -> Status {
        match self {
            Self::Acknowledge => Status::Acknowledged,
            Self::Mitigate(_) => Status::Mitigated,
            Self::Resolve(_) => Status::Resolved,
            Self::Review(_) => Status::Reviewed,
        }
    }

    const fn event(&self) -> Event {
        match self {
            Self::Acknowledge => Event::Acknowledged,
            Self::Mitigate(_) => Event::Mitigated,
            Self::Resolve(_) => Event::Resolved,
            Self::Review(_) => Event::Reviewed,
        }
    }

    fn follows(&self, status: Status) -> bool {
        match self {
            Self::Review(_) => status == Status::Resolved,
            _ => status < self.status(),
        }
    }

    fn words(&self) -> Result<String, IncidentError> {
        match self {
            Self::Acknowledge => Ok(String::new()),
            Self::Mitigate(words) | Self::Resolve(words) => said(words),
            Self::Review(cause) => {
                for words in [&cause.summary, &cause.impact, &cause.root_cause, &cause.lessons] {
                    said(words)?;
                }
                serde_json::to_string(cause).map_err(|error| IncidentError::Incident(error.to_string()))
            }
        }
    }
}

impl Store {
    /// Does a step: status, audit and notices change together or not at all.
    ///
    /// # Errors
    /// When there is no such incident, the step does not follow its status, something is not said, or the database
    /// fails. A review needs at least one follow-up.
    pub fn step(
        &mut self,
        id: &str,
        step: &Step,
        actor: &str,
        now_ms: i64,
        channels: &Channels,
    ) -> Result<(), IncidentError> {
        let (words, actor) = (step.words()?, said(actor)?);
        self.transaction(|transaction| {
            let found = incident(transaction, id)?;
            if !step.follows(found.status) {
                let (status, next) = (found.status.id(), step.status().id());
                return Err(IncidentError::Incident(format!("`{id}` is {status}, after which `{next}` does not come")));
            }
            if matches!(step, Step::Review(_)) {
                let counting = "SELECT count(*) FROM follow_up WHERE incident = $1";
                if transaction.number(counting, &[id.into()])? == 0 {
                    let cure = "add one with `partywall incident follow-up add`";
                    return Err(IncidentError::Incident(format!("nothing follows from `{id}` yet; {cure}")));
                }
                let values: [Datum; 2] = [words.as_str().into(), id.into()];
                transaction.execute("UPDATE incident SET cause = $1 WHERE id = $2", &values)?;
            }
            let values: [Datum; 2] = [step.status().id().into(), id.into()];
            transaction.execute("UPDATE incident SET status = $1 WHERE id = $2", &values)?;
            audit(transaction, now_ms, id, &actor, step.status().id(), &words)?;
            channels.tell(transaction, step.event(), id, now_ms)
        })
    }

    /// Notes something.
    ///
    /// # Errors
    /// When there is no such incident, nothing is said, or the database fails.
    pub fn note(&mut self, id: &str, words: &str, actor: &str, now_ms: i64) -> Result<(), IncidentError> {
        let (words, actor) = (said(words)?, said(actor)?);
        self.transaction(|transaction| {
            incident(transaction, id)?;
            audit(transaction, now_ms, id, &actor, "noted", &words)
        })
    }

    /// Attaches something under a name: a blast radius, who is answerable, the results of a runbook.
    ///
    /// # Errors
    /// When there is no such incident, the thing is too large, or the database fails.
    pub fn attach(&mut self, id: &str, name: &str, value: serde_json::Value, now_ms: i64) -> Result<(), IncidentError> {
        if value.to_string().len() > ATTACHED_BYTES_MAX {
            let message = format!("`{name}` is larger than {ATTACHED_BYTES_MAX} bytes; attach less");
            return Err(IncidentError::Incident(message));
        }
        self.transaction(|transaction| {
            let mut picture = incident(transaction, id)?.picture;
            if let Some(picture) = picture.as_object_mut() {
                picture.insert(name.to_owned(), value);
            }
            let values: [Datum; 2] = [picture.to_string().into(), id.into()];
            transaction.execute("UPDATE incident SET picture = $1 WHERE id = $2", &values)?;
            audit(transaction, now_ms, id, "partywall", "attached", name)
        })
    }
}

/// What somebody said, when they said something.
pub(super) fn said(words: &str) -> Result<String, IncidentError> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > WORDS_MAX {
        let message = format!("something has to be said, in at most {WORDS_MAX} characters");
        return Err(IncidentError::Incident(message));
    }
    Ok(words.to_owned())
}

/// Appends to the audit.
pub(crate) fn audit(
    transaction: &mut Transaction<'_>,
    now_ms: i64,
    incident: &str,
    actor: &str,
    action: &str,
    detail: &str,
) -> Result<(), IncidentError> {
    let sequence = transaction.number("SELECT coalesce(max(sequence), 0) + 1 FROM audit", &[])?;
    let statement = "INSERT INTO audit (sequence, at, incident, actor, action, detail) VALUES ($1, $2, $3, $4, $5, $6)";
    let values: [Datum; 6] =
        [sequence.into(), now_ms.into(), incident.into(), actor.into(), action.into(), detail.into()];
    transaction.execute(statement, &values).map(drop)
}
