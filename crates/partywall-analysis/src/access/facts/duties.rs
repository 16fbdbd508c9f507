//! Duties that nobody should hold together: NIST SP 800-53 AC-5, separation of duties,
//! <https://csrc.nist.gov/projects/cprt/catalog#/cprt/framework/version/SP_800_53_5_1_1/home?element=AC-5>.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use partywall_model::{Sensitivity, table};
use serde::Deserialize;
use thiserror::Error;

use super::Actions;

/// Rules about duties that nobody should hold together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duties {
    /// Ids of shipped rules that do not apply.
    #[serde(default)]
    without: Vec<String>,
    /// The rules, in the order of their files.
    #[serde(default, rename = "duty")]
    rules: Vec<Rule>,
}

/// A rule: whoever can do something of every side holds duties that belong apart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name: `approve-and-deploy`.
    pub id: String,
    /// What somebody does who breaks it: `approves a release and starts its pipeline`.
    pub title: String,
    /// Why the duties belong apart, in one sentence.
    pub why: String,
    /// The controls that ask for it, with their framework: `NIST SP 800-53 AC-5`.
    #[serde(default)]
    pub controls: Vec<String>,
    /// Whether it is broken only when the sides meet on the same resource.
    #[serde(default)]
    pub together: bool,
    /// The duties, two or more.
    #[serde(rename = "side")]
    pub sides: Vec<Side>,
}

/// One of the duties of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// What is done: `approves`.
    pub name: String,
    /// Patterns of actions, any of which is the duty.
    pub any: Vec<String>,
    /// The table whose rows it is done to; anything when left out.
    pub resource: Option<String>,
    /// How sensitive the data must at least be; any when left out.
    pub sensitivity: Option<Sensitivity>,
}

/// Why rules cannot be used.
#[derive(Debug, Error)]
pub enum DutiesError {
    /// It is no TOML, or not of this shape.
    #[error("the duties cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A rule makes no sense.
    #[error("the duty `{id}` {fault}")]
    Rule {
        /// The rule.
        id: String,
        /// What is wrong, and what to do.
        fault: String,
    },
}

impl Duties {
    /// The rules that this program knows.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Duties> = OnceLock::new();
        SHIPPED
            .get_or_init(|| super::embedded(include_str!(concat!(env!("OUT_DIR"), "/duties.json"))).unwrap_or_default())
    }

    /// Reads rules in the layout of `facts/access/duties.toml`.
    ///
    /// # Errors
    /// When the text is no such TOML; when a rule has fewer than two sides, a side without actions, a pattern that
    /// stands for no action of AWS, or a table that does not exist; when two rules have the same id.
    pub fn parse(text: &str) -> Result<Self, DutiesError> {
        let duties: Self = toml::from_str(text)?;
        let mut ids = BTreeSet::new();
        for rule in &duties.rules {
            let fault = match ids.insert(&rule.id) {
                true => rule.fault(),
                false => Some("is there twice; give one of them another id".to_owned()),
            };
            if let Some(fault) = fault {
                return Err(DutiesError::Rule { id: rule.id.clone(), fault });
            }
        }
        Ok(duties)
    }

    /// These rules changed by others: rules of the same id are replaced, further ones come last, and those that the
    /// others do without are gone.
    ///
    /// # Errors
    /// When the others do without a rule that is not here.
    pub fn changed_by(&self, others: &Self) -> Result<Self, DutiesError> {
        let is_here = |id: &&String| self.rules.iter().any(|rule| rule.id == **id);
        if let Some(id) = others.without.iter().find(|id| !is_here(id)) {
            let fault = "is named in `without` and does not exist; take it out".to_owned();
            return Err(DutiesError::Rule { id: id.clone(), fault });
        }
        let replacement = |rule: &Rule| others.rules.iter().find(|other| other.id == rule.id).cloned();
        let kept = self.rules.iter().filter(|rule| !others.without.contains(&rule.id));
        let mut rules: Vec<Rule> = kept.map(|rule| replacement(rule).unwrap_or_else(|| rule.clone())).collect();
        for other in &others.rules {
            if !rules.iter().any(|rule| rule.id == other.id) {
                rules.push(other.clone());
            }
        }
        Ok(Self { without: Vec::new(), rules })
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl Rule {
    fn fault(&self) -> Option<String> {
        if self.sides.len() < 2 {
            return Some("has fewer than two sides; name the duties that belong apart, each as `[[duty.side]]`".into());
        }
        self.sides.iter().find_map(|side| {
            let name = &side.name;
            let unknown = side.any.iter().find(|pattern| Actions::shipped().expand(pattern).next().is_none());
            let no_table = side.resource.as_ref().filter(|resource| table(resource).is_none());
            match (unknown, no_table) {
                _ if side.any.is_empty() => Some(format!("has no actions in its side `{name}`; list them in `any`")),
                (Some(pattern), _) => {
                    Some(format!("names `{pattern}` in its side `{name}`, which no action of AWS matches; correct it"))
                }
                (_, Some(resource)) => Some(format!(
                    "names the table `{resource}` in its side `{name}`, which does not exist; \
                     `partywall query \"show tables\"` lists them"
                )),
                _ => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::Duties;

    const SHIPPED: &str = include_str!("../../../../../facts/access/duties.toml");

    const RULE: &str = "[[duty]]\nid = 'mine'\ntitle = 'does both'\nwhy = 'Because.'\n\
        [[duty.side]]\nname = 'one'\nany = ['s3:Get*']\n[[duty.side]]\nname = 'other'\nany = ['kms:Decrypt']\n";

    #[test]
    fn the_shipped_rules_are_sound() {
        let parsed = Duties::parse(SHIPPED).unwrap();
        assert_eq!(parsed.rules(), Duties::shipped().rules());
        assert!(parsed.rules().len() >= 20, "{}", parsed.rules().len());
        for rule in parsed.rules() {
            assert!(rule.controls.iter().any(|control| control == "NIST SP 800-53 AC-5"), "{}", rule.id);
            assert!(rule.why.ends_with('.'), "{}", rule.id);
            let on_rows = rule.sides.iter().all(|side| side.resource.is_some());
            assert!(!rule.together || on_rows, "{}: sides meet on resources", rule.id);
        }
    }

    #[test]
    fn rules_beside_an_estate_add_replace_and_remove() {
        let shipped = Duties::shipped();
        let count = shipped.rules().len();
        let added = shipped.changed_by(&Duties::parse(RULE).unwrap()).unwrap();
        assert_eq!(added.rules().len(), count + 1);
        let replacing = RULE.replace("mine", "grant-and-use");
        let replaced = shipped.changed_by(&Duties::parse(&replacing).unwrap()).unwrap();
        assert_eq!(replaced.rules().len(), count);
        assert!(replaced.rules().iter().any(|rule| rule.id == "grant-and-use" && rule.title == "does both"));
        let without = Duties::parse("without = ['grant-and-use']").unwrap();
        assert_eq!(shipped.changed_by(&without).unwrap().rules().len(), count - 1);
        let wrong = shipped.changed_by(&Duties::parse("without = ['grant']").unwrap()).unwrap_err();
        assert!(wrong.to_string().contains("`grant` is named in `without`"), "{wrong}");
    }

    #[test]
    fn rules_that_could_never_be_broken_are_refused() {
        for (from, to, message) in [
            ("kms:Decrypt", "kms:Decript", "`kms:Decript` in its side `other`, which no action"),
            ("any = ['kms:Decrypt']", "any = []", "no actions in its side `other`"),
            ("any = ['kms:Decrypt']", "any = ['kms:Decrypt']\nresource = 'aws_key'", "the table `aws_key`"),
            ("[[duty.side]]\nname = 'other'\nany = ['kms:Decrypt']\n", "", "fewer than two sides"),
            ("why", "because", "unknown field `because`"),
        ] {
            let error = Duties::parse(&RULE.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
        let twice = Duties::parse(&format!("{RULE}{RULE}")).unwrap_err().to_string();
        assert!(twice.contains("there twice"), "{twice}");
    }
}
