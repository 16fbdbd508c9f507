//! Who is told next when nobody answers.

use serde::{Deserialize, Serialize};

/// Who is told next when nobody answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Its name.
    pub name: String,
    /// Who is told, one after the other.
    #[serde(rename = "level")]
    pub levels: Vec<Level>,
}

/// One level of an escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The role that is told.
    pub role: String,
    /// Minutes after the opening at which it is told, when nobody has acknowledged until then.
    pub after_minutes: u32,
}

impl Escalation {
    /// How many levels have been reached at the instant, when nobody has acknowledged.
    pub fn reached(&self, opened: i64, now: i64) -> usize {
        self.levels.iter().take_while(|level| level.due(opened) <= now).count()
    }

    /// What is wrong with it; None when nothing is.
    pub(super) fn fault(&self) -> Option<String> {
        let Some(first) = self.levels.first() else {
            return Some(format!("the escalation `{}` has no level; add [[escalation.level]]", self.name));
        };
        if first.after_minutes != 0 {
            return Some(format!(
                "the escalation `{}` begins late; its first level has `after_minutes = 0`",
                self.name
            ));
        }
        let is_rising = self.levels.is_sorted_by(|one, next| one.after_minutes < next.after_minutes);
        let fault =
            || format!("the levels of the escalation `{}` do not follow each other; let minutes rise", self.name);
        (!is_rising).then(fault)
    }
}

impl Level {
    /// The instant at which it is told.
    pub fn due(&self, opened: i64) -> i64 {
        opened.saturating_add(i64::from(self.after_minutes) * 60)
    }
}
