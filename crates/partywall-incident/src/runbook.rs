//! What is looked at, and what people do, when an incident opens.
//!
//! A runbook is data. Steps that need an engine are run by a function that the caller gives; a step that fails becomes
//! a result that says so.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::IncidentError;
use crate::incident::Details;
use partywall_model::EntityKind;

/// Characters of a result that are kept.
const RESULT_MAX: usize = 64_000;

/// Steps of all runbooks that are run for one incident.
const STEPS_MAX: usize = 50;

/// Something that is done when an incident opens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runbook {
    /// Its name.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// Ids of rules whose alerts call for it.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Tags of rules whose alerts call for it.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What is done, in order.
    #[serde(rename = "step")]
    pub steps: Vec<RunbookStep>,
}

/// A step of a runbook.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunbookStep {
    /// What it is.
    pub title: String,
    /// Who does it.
    pub kind: StepKind,
    /// What the engine is asked, as after `partywall KIND`. `{principal}`, `{resource}` and `{address}` as a whole
    /// argument stand for the first of the incident's.
    #[serde(default)]
    pub arguments: Vec<String>,
}

/// Who does a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A question in SQL about the inventory.
    Query,
    /// A question about who can do what.
    Access,
    /// A question about who reaches whom.
    Network,
    /// A question about what still stands.
    Drill,
    /// A question about who is answerable for which layer.
    Responsibility,
    /// A human.
    Human,
}

impl StepKind {
    /// Its name in runbooks, which is that of the command.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Access => "access",
            Self::Network => "network",
            Self::Drill => "drill",
            Self::Responsibility => "responsibility",
            Self::Human => "human",
        }
    }
}

/// Asks an engine: the step's kind and arguments; its answer, or why there is none.
pub type Engine<'a> = dyn FnMut(StepKind, &[String]) -> Result<String, String> + 'a;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunbookFile {
    #[serde(default, rename = "runbook")]
    runbooks: Vec<Runbook>,
}

/// Reads runbooks.
///
/// # Errors
/// When they are not understood, or one can never be called for.
pub fn read(text: &str) -> Result<Vec<Runbook>, IncidentError> {
    let wrong = |error: toml::de::Error| IncidentError::Runbook(format!("the runbooks are not understood: {error}"));
    let runbooks = toml::from_str::<RunbookFile>(text).map_err(wrong)?.runbooks;
    for runbook in &runbooks {
        if runbook.rules.is_empty() && runbook.tags.is_empty() {
            let message = format!("nothing calls for the runbook `{}`; give it `rules` or `tags`", runbook.id);
            return Err(IncidentError::Runbook(message));
        }
        let idle = |step: &&RunbookStep| step.kind != StepKind::Human && step.arguments.is_empty();
        if let Some(step) = runbook.steps.iter().find(idle) {
            let message = format!("the step `{}` of `{}` asks nothing; give it `arguments`", step.title, runbook.id);
            return Err(IncidentError::Runbook(message));
        }
    }
    Ok(runbooks)
}

/// Runs what an incident calls for; what came of each step, to be attached.
pub fn run(runbooks: &[Runbook], details: &Details, engine: &mut Engine<'_>) -> Value {
    let mut results = Vec::new();
    let mut steps = 0;
    for runbook in runbooks.iter().filter(|runbook| runbook.is_called_for(details)) {
        for step in &runbook.steps {
            steps += 1;
            let outcome = match step.kind {
                _ if steps > STEPS_MAX => {
                    json!({ "failed": format!("more than {STEPS_MAX} steps; this one was not run") })
                }
                StepKind::Human => json!({ "to_do": step.arguments.join(" ") }),
                kind => match filled(&step.arguments, details).and_then(|arguments| engine(kind, &arguments)) {
                    Ok(text) if text.chars().nth(RESULT_MAX).is_some() => {
                        let head: String = text.chars().take(RESULT_MAX).collect();
                        json!({ "result": head, "cut_off": true })
                    }
                    Ok(text) => json!({ "result": text }),
                    Err(error) => json!({ "failed": error }),
                },
            };
            results.push(json!({
                "runbook": runbook.id, "step": step.title, "kind": step.kind.id(), "outcome": outcome,
            }));
        }
    }
    Value::Array(results)
}

impl Runbook {
    fn is_called_for(&self, details: &Details) -> bool {
        details.alerts.iter().any(|alert| {
            self.rules.contains(&alert.rule.id) || alert.rule.tags.iter().any(|tag| self.tags.contains(tag))
        })
    }
}

/// The arguments with names from the incident, which come from logs: none may pass for an option.
fn filled(arguments: &[String], details: &Details) -> Result<Vec<String>, String> {
    let fill = |argument: &String| {
        let kind = match argument.as_str() {
            "{principal}" => EntityKind::Principal,
            "{resource}" => EntityKind::Resource,
            "{address}" => EntityKind::Address,
            _ => return Ok(argument.clone()),
        };
        let entity = details.entities.iter().find(|entity| entity.kind == kind);
        let name =
            entity.map(|entity| entity.name.clone()).ok_or_else(|| format!("the incident names no {argument}"))?;
        if name.starts_with('-') { Err(format!("`{name}` would pass for an option")) } else { Ok(name) }
    };
    arguments.iter().map(fill).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

    use partywall_model::{Alert, AlertLevel, AlertRule, Entity, EntityKind};

    use super::{read, run};
    use crate::incident::{Details, Settings};
    use crate::notice::Channels;
    use crate::store::Store;

    fn details(principal: &str) -> Details {
        let rule = AlertRule {
            id: "r".to_owned(),
            title: "t".to_owned(),
            author: String::new(),
            level: AlertLevel::High,
            tags: vec!["attack.t1078".to_owned()],
        };
        let alert = Alert {
            id: "a".to_owned(),
            rule,
            first_ms: 0,
            last_ms: 0,
            events: Vec::new(),
            event_count: 1,
            entities: vec![Entity { kind: EntityKind::Principal, name: principal.to_owned() }],
            account: String::new(),
            region: String::new(),
            message: "m".to_owned(),
        };
        let mut store = Store::open(":memory:").unwrap();
        store.ingest(&alert, 0, &Settings::default(), &Channels::default()).unwrap();
        let id = store.incidents().unwrap()[0].id.clone();
        store.details(&id).unwrap()
    }

    const TEXT: &str = "[[runbook]]\nid = \"keys\"\ntitle = \"Keys\"\ntags = [\"attack.t1078\"]\n\
        [[runbook.step]]\ntitle = \"What can it do?\"\nkind = \"access\"\narguments = [\"what-can\", \"{principal}\"]\n\
        [[runbook.step]]\ntitle = \"Where is it?\"\nkind = \"network\"\narguments = [\"reach\", \"{address}\"]\n\
        [[runbook.step]]\ntitle = \"Call the owner\"\nkind = \"human\"\n\
        [[runbook]]\nid = \"other\"\ntitle = \"Other\"\nrules = [\"other\"]\nstep = []\n";

    #[test]
    fn a_step_that_fails_becomes_a_result_that_says_so() {
        let runbooks = read(TEXT).unwrap();
        let results = run(&runbooks, &details("ada"), &mut |_, arguments| Ok(arguments.join(" ")));
        assert_eq!(results[0]["outcome"]["result"], "what-can ada");
        assert_eq!(results[1]["outcome"]["failed"], "the incident names no {address}");
        assert!(results[2]["outcome"]["to_do"].is_string());
        assert_eq!(results.as_array().unwrap().len(), 3);
        let failed = run(&runbooks, &details("--help"), &mut |_, _| Ok(String::new()));
        assert_eq!(failed[0]["outcome"]["failed"], "`--help` would pass for an option");
        let failed = run(&runbooks, &details("ada"), &mut |_, _| Err("no estate".to_owned()));
        assert_eq!(failed[0]["outcome"]["failed"], "no estate");
    }

    #[test]
    fn what_can_never_be_called_for_or_asks_nothing_is_refused() {
        for (from, to) in [("tags = [\"attack.t1078\"]\n", ""), ("arguments = [\"reach\", \"{address}\"]\n", "")] {
            assert!(read(&TEXT.replace(from, to)).is_err(), "{from}");
        }
    }
}
