//! What is said to whom.

use serde::Deserialize;

use super::Event;
use crate::IncidentError;
use crate::incident::Details;

/// Our own templates.
const OWN: &str = include_str!("templates.toml");

/// Entities that a notice names.
const ENTITIES_MAX: usize = 10;

/// Words that a template may hold, and whether customers may read what they stand for.
const WORDS: [(&str, bool); 11] = [
    ("id", true),
    ("event", true),
    ("status", true),
    ("severity", true),
    ("opened", true),
    ("last", true),
    ("title", false),
    ("account", false),
    ("alerts", false),
    ("entities", false),
    ("on_call", false),
];

/// For whom a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Those who work on it.
    Technical,
    /// Those who answer for it.
    Executive,
    /// Those whom it hurts; nothing about the inside is said.
    Customer,
}

/// What is said to each audience.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    technical: Template,
    executive: Template,
    customer: Template,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    subject: String,
    body: String,
}

impl Default for Templates {
    fn default() -> Self {
        let empty = || Template { subject: String::new(), body: String::new() };
        // A test reads our own; they are never empty.
        Self::read(OWN).unwrap_or_else(|_| Self { technical: empty(), executive: empty(), customer: empty() })
    }
}

impl Templates {
    /// Reads templates.
    ///
    /// # Errors
    /// When one is missing, or holds a word that there is not, or that customers must not read.
    pub fn read(text: &str) -> Result<Self, IncidentError> {
        let wrong =
            |error: toml::de::Error| IncidentError::Channel(format!("the templates are not understood: {error}"));
        let templates: Self = toml::from_str(text).map_err(wrong)?;
        for (template, is_public) in
            [(&templates.technical, false), (&templates.executive, false), (&templates.customer, true)]
        {
            for text in [&template.subject, &template.body] {
                filled(text, |word| {
                    let known = WORDS.iter().find(|(known, _)| *known == word);
                    known.filter(|(_, public)| *public || !is_public).map(|_| String::new())
                })?;
            }
        }
        Ok(templates)
    }

    /// Subject and body of a notice.
    pub(crate) fn fill(&self, audience: Audience, event: Event, details: &Details, on_call: &str) -> (String, String) {
        let template = match audience {
            Audience::Technical => &self.technical,
            Audience::Executive => &self.executive,
            Audience::Customer => &self.customer,
        };
        let incident = &details.incident;
        let word = |word: &str| {
            Some(match word {
                "id" => incident.id.clone(),
                "event" => event.id().to_owned(),
                "status" => incident.status.id().to_owned(),
                "severity" => incident.severity.id().to_owned(),
                "opened" => crate::written(incident.opened_ms.div_euclid(1000)),
                "last" => crate::written(incident.last_ms.div_euclid(1000)),
                "title" => plain(&incident.title),
                "account" if incident.account.is_empty() => "not known".to_owned(),
                "account" => plain(&incident.account),
                "alerts" => details.alerts.len().to_string(),
                "entities" => entities(details),
                "on_call" if on_call.is_empty() => "nobody in particular".to_owned(),
                "on_call" => plain(on_call),
                _ => return None,
            })
        };
        let fill = |text: &str| filled(text, word).unwrap_or_else(|_| text.to_owned());
        (fill(&template.subject), fill(&template.body))
    }
}

fn entities(details: &Details) -> String {
    let mut names: Vec<String> = details.entities.iter().take(ENTITIES_MAX).map(|entity| plain(&entity.name)).collect();
    let further = details.entities.len().saturating_sub(ENTITIES_MAX);
    if further > 0 {
        names.push(format!("{further} more"));
    }
    names.join(", ")
}

/// The text without characters that a terminal, a header or a list might obey.
fn plain(text: &str) -> String {
    let shown = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().take(500).map(shown).collect()
}

/// The text with what stands for each word in braces. What is put in is not looked at again.
fn filled(text: &str, word: impl Fn(&str) -> Option<String>) -> Result<String, IncidentError> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let unclosed = || IncidentError::Channel("a template opens a brace and does not close it; close it".to_owned());
        let (name, after) = after.split_once('}').ok_or_else(unclosed)?;
        let unknown = || {
            let name: String = name.chars().take(40).collect();
            IncidentError::Channel(format!("a template says `{{{name}}}`, which is not known or not for this audience"))
        };
        out += before;
        out += &word(name).ok_or_else(unknown)?;
        rest = after;
    }
    Ok(out + rest)
}

#[cfg(test)]
mod tests {
    use super::{OWN, Templates};

    #[test]
    fn our_own_are_understood_and_customers_are_told_nothing_of_the_inside() {
        assert!(Templates::read(OWN).is_ok());
        for (word, instead) in [("{status}", "{entities}"), ("{status}", "{nonsense}"), ("{status}", "{status")] {
            let (head, customer) = OWN.split_at(OWN.find("[customer]").unwrap_or_default());
            let changed = format!("{head}{}", customer.replace(word, instead));
            assert!(Templates::read(&changed).is_err(), "{instead}");
        }
    }
}
