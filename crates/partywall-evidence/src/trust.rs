//! Whose signatures count, in which role and when: `trust.toml`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Day, Digest, EvidenceError, Instant, PublicKey};

/// Whose signatures count.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    people: Vec<Person>,
}

/// Somebody whose signatures count.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// What they sign as.
    pub role: String,
    /// Their key.
    pub key: PublicKey,
    /// First day of the key.
    pub valid_from: Day,
    /// Last day of the key.
    pub valid_until: Day,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    person: Vec<Written>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    role: String,
    key: String,
    valid_from: Day,
    valid_until: Day,
}

impl Trust {
    /// Reads `trust.toml`.
    ///
    /// # Errors
    /// When it is not understood, or lists a key or a name with role twice: one key speaks for one person.
    pub fn parse(text: &str) -> Result<Self, EvidenceError> {
        let file: File = toml::from_str(text).map_err(|error| EvidenceError::Trust(error.message().to_owned()))?;
        let mut trust = Self::default();
        for written in file.person {
            let key = PublicKey::from_text(&written.key)
                .map_err(|error| EvidenceError::Trust(format!("`{}`: {error}", written.name)))?;
            let Written { name, role, valid_from, valid_until, .. } = written;
            trust.add(Person { name, role, key, valid_from, valid_until })?;
        }
        Ok(trust)
    }

    /// Everybody, in the order of the file.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// When the key is listed already, or a name, role or period makes no sense.
    pub fn add(&mut self, person: Person) -> Result<(), EvidenceError> {
        let refuse = |what: &str| Err(EvidenceError::Trust(format!("`{}`: {what}", person.name)));
        if person.name.trim().is_empty() || person.role.trim().is_empty() {
            return refuse("a name and a role are needed");
        }
        if person.valid_from > person.valid_until {
            return refuse("the key ends before it begins");
        }
        if let Some(other) = self.people.iter().find(|other| other.key == person.key) {
            return refuse(&format!("the key is that of `{}` already; one key speaks for one person", other.name));
        }
        self.people.push(person);
        Ok(())
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never in practice; the encoder could refuse.
    pub fn to_text(&self) -> Result<String, EvidenceError> {
        let written = |person: &Person| Written {
            name: person.name.clone(),
            role: person.role.clone(),
            key: person.key.to_text(),
            valid_from: person.valid_from,
            valid_until: person.valid_until,
        };
        let file = File { person: self.people.iter().map(written).collect() };
        toml::to_string(&file).map_err(|error| EvidenceError::Trust(error.to_string()))
    }

    /// Whose key this is.
    pub fn owner(&self, key: &Digest) -> Option<&Person> {
        self.people.iter().find(|person| person.key.id() == *key)
    }

    /// The roles that somebody has.
    pub fn roles(&self) -> BTreeSet<&str> {
        self.people.iter().map(|person| person.role.as_str()).collect()
    }
}

impl Person {
    /// Why a signature that they made at this moment does not count; None when it does.
    pub fn objection(&self, at: Instant) -> Option<String> {
        let day = at.day();
        if day < self.valid_from || day > self.valid_until {
            let (from, until) = (self.valid_from, self.valid_until);
            return Some(format!(
                "the key of `{}` is valid from {from} to {until}, and this was signed on {day}",
                self.name
            ));
        }
        None
    }
}
