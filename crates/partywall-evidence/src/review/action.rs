//! What somebody has promised to do, tracked until it is done.

use std::path::Path;

use partywall_model::ReviewAction;
use serde::{Deserialize, Serialize};

use crate::ledger::Folder;
use crate::reading::bounded;
use crate::{Day, EvidenceError};

/// All that was promised.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actions {
    /// In the order of their numbers.
    pub actions: Vec<ReviewAction>,
}

/// Bytes of the list at most.
const LIST_MAX: u64 = 16 * 1024 * 1024;

impl Actions {
    /// Reads the list; one that is not there is empty.
    ///
    /// # Errors
    /// When it cannot be read, or is not understood.
    pub fn read(path: &Path) -> Result<Self, EvidenceError> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let list: Self = serde_json::from_slice(&bounded(path, LIST_MAX)?)
            .map_err(|error| EvidenceError::Review(format!("`{}`: {error}", path.display())))?;
        for action in &list.actions {
            action.due.parse::<Day>()?;
            action.done.as_ref().map(|day| day.parse::<Day>()).transpose()?;
        }
        Ok(list)
    }

    /// Writes the list.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), EvidenceError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| EvidenceError::Json(error.to_string()))?;
        Folder::replace(path, (text + "\n").as_bytes())
    }

    /// Adds a promise; answers its number.
    ///
    /// # Errors
    /// When nobody or nothing is named.
    pub fn add(&mut self, what: &str, owner: &str, due: Day) -> Result<u64, EvidenceError> {
        if what.trim().is_empty() || owner.trim().is_empty() {
            return Err(EvidenceError::Review("an action says what is to be done, and who does it".to_owned()));
        }
        let id = self.actions.iter().map(|action| action.id).max().unwrap_or(0).saturating_add(1);
        let (what, owner) = (what.to_owned(), owner.to_owned());
        self.actions.push(ReviewAction { id, what, owner, due: due.to_string(), done: None });
        Ok(id)
    }

    /// Marks a promise as kept.
    ///
    /// # Errors
    /// When there is no such promise, or it was kept before.
    pub fn done(&mut self, id: u64, day: Day) -> Result<(), EvidenceError> {
        let action = self.actions.iter_mut().find(|action| action.id == id);
        match action {
            None => Err(EvidenceError::Review(format!("there is no action {id}"))),
            Some(ReviewAction { done: Some(before), .. }) => {
                Err(EvidenceError::Review(format!("action {id} was done on {before}")))
            }
            Some(action) => {
                action.done = Some(day.to_string());
                Ok(())
            }
        }
    }

    /// Promises that are open past their day.
    pub fn overdue(&self, today: Day) -> impl Iterator<Item = &ReviewAction> {
        let is_late = move |action: &&ReviewAction| {
            action.done.is_none() && action.due.parse::<Day>().is_ok_and(|due| due < today)
        };
        self.actions.iter().filter(is_late)
    }
}
