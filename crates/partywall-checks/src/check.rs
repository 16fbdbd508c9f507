//! One check: what its file says.

use std::sync::Arc;

use partywall_model::{Layer, Sensitivity, Severity};
use thiserror::Error;

/// A check: a SELECT that answers `resource`, `ok` and evidence, with what people need to know of it.
#[derive(Debug, Clone)]
pub struct Check {
    /// `<service>/<fault>`.
    pub id: Arc<str>,
    /// The fault in one line.
    pub title: Arc<str>,
    /// How much harm the fault does.
    pub severity: Severity,
    /// The layer of the wall that it judges.
    pub layer: Layer,
    /// The same check in other tools, and ids that this one had before.
    pub aliases: Vec<String>,
    /// What to tell about a row, with `{column}` for the statement's columns.
    pub message: String,
    /// The least sensitivity from which on a resource owes this.
    pub sensitivity_min: Option<Sensitivity>,
    /// The statement.
    pub sql: Arc<str>,
    /// The page, in Markdown.
    pub page: Arc<str>,
}

/// What is wrong with the comment lines at the head of a check.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FrontMatterError {
    /// A key that must be there is not.
    #[error("`-- {0}: …` is missing at the head of the file")]
    Missing(&'static str),
    /// A key that means nothing.
    #[error("`{0}` is no key; the keys are title, severity, layer, aliases, message and sensitivity")]
    UnknownKey(String),
    /// A value that means nothing for its key.
    #[error("`{value}` is no {key}; use one of {choices}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// What is possible.
        choices: String,
    },
}

impl Check {
    /// Reads a check from its two files.
    ///
    /// # Errors
    /// When the head of the statement lacks something or says something meaningless.
    pub fn parse(id: &str, sql: &str, page: &str) -> Result<Self, FrontMatterError> {
        let mut head = Head::default();
        for line in sql.lines().map_while(|line| line.strip_prefix("--")) {
            let Some((key, value)) = line.split_once(':') else { continue };
            head.set(key.trim(), value.trim())?;
        }
        let title = head.title.ok_or(FrontMatterError::Missing("title"))?;
        Ok(Self {
            id: id.into(),
            message: head.message.unwrap_or_else(|| title.clone()),
            title: title.into(),
            severity: head.severity.ok_or(FrontMatterError::Missing("severity"))?,
            layer: head.layer.ok_or(FrontMatterError::Missing("layer"))?,
            aliases: head.aliases,
            sensitivity_min: head.sensitivity_min,
            sql: sql.into(),
            page: page.into(),
        })
    }

    /// The service: the folder that holds it.
    pub fn service(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// Whether a name means this check.
    pub fn is_named(&self, name: &str) -> bool {
        self.id.as_ref() == name
            || self.aliases.iter().any(|alias| alias == name || alias.ends_with(&format!(":{name}")))
    }
}

#[derive(Default)]
struct Head {
    title: Option<String>,
    severity: Option<Severity>,
    layer: Option<Layer>,
    aliases: Vec<String>,
    message: Option<String>,
    sensitivity_min: Option<Sensitivity>,
}

impl Head {
    fn set(&mut self, key: &str, value: &str) -> Result<(), FrontMatterError> {
        let value = value.trim_matches('"');
        let refused = |key, choices: Vec<&'static str>| FrontMatterError::Value {
            key,
            value: value.to_owned(),
            choices: choices.join(", "),
        };
        match key {
            "title" => self.title = Some(value.to_owned()),
            "message" => self.message = Some(value.to_owned()),
            "aliases" => self.aliases = list(value),
            "severity" => {
                let choices = || refused("severity", Severity::ALL.map(Severity::id).to_vec());
                self.severity = Some(Severity::from_id(value).ok_or_else(choices)?);
            }
            "layer" => {
                let choices = || refused("layer", Layer::ALL.map(Layer::id).to_vec());
                self.layer = Some(Layer::from_id(value).ok_or_else(choices)?);
            }
            "sensitivity" => {
                let choices = || refused("sensitivity", Sensitivity::ALL.map(Sensitivity::id).to_vec());
                self.sensitivity_min = Some(Sensitivity::from_id(value).ok_or_else(choices)?);
            }
            other => return Err(FrontMatterError::UnknownKey(other.to_owned())),
        }
        Ok(())
    }
}

fn list(value: &str) -> Vec<String> {
    let inside = value.trim_start_matches('[').trim_end_matches(']');
    inside.split(',').map(|item| item.trim().trim_matches('"').to_owned()).filter(|item| !item.is_empty()).collect()
}
