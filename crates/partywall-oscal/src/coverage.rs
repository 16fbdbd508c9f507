//! Which controls of the families that are mostly the provider's have an evaluator, and which need an attestation.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use partywall_model::{AssuranceReport, AssuranceState, AttestedScope};
use serde::{Deserialize, Serialize};

use crate::export::layers_of_control;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Families {
    #[serde(rename = "source")]
    _source: String,
    family: BTreeMap<String, Family>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    #[serde(rename = "title")]
    _title: String,
    controls: BTreeMap<String, String>,
}

/// The facts that ship with the program. A test holds them to their shape.
static FAMILIES: LazyLock<Families> =
    LazyLock::new(|| toml::from_str(include_str!("../../../facts/assurance/controls.toml")).unwrap_or_default());

/// A control and what shows whether it is done.
#[derive(Debug, Clone, Serialize)]
pub struct CoveredControl {
    /// Its id: `pe-3`.
    pub control: String,
    /// Its title.
    pub title: String,
    /// The layers in which its work lies.
    pub layers: Vec<&'static str>,
    /// What shows it.
    #[serde(flatten)]
    pub evaluation: Evaluation,
}

/// What shows whether a control is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "evaluation", rename_all = "snake_case")]
pub enum Evaluation {
    /// These checks judge the customer's part.
    Checks {
        /// By id.
        checks: Vec<String>,
    },
    /// A report that holds names the control.
    Attested {
        /// The file that describes it.
        report: String,
        /// Inherited or bridged.
        state: AssuranceState,
    },
    /// Nothing that was given shows it: it is not known until an attestation names the control.
    AttestationNeeded {
        /// What keeps a report that names it from showing it; '' when none names it.
        why: String,
    },
}

/// The controls of the families PE, MP, IR and CP, in their order. `checks` are those that each control of NIST SP
/// 800-53 Rev. 5 asks for, by its id in capitals.
pub fn coverage(checks: &BTreeMap<String, Vec<String>>, assurance: &AssuranceReport) -> Vec<CoveredControl> {
    let mut controls: Vec<CoveredControl> = FAMILIES
        .family
        .values()
        .flat_map(|family| &family.controls)
        .map(|(id, title)| CoveredControl {
            control: id.clone(),
            title: title.clone(),
            layers: layers_of_control(id).into_iter().map(partywall_model::Layer::id).collect(),
            evaluation: match checks.get(&published(id)).filter(|checks| !checks.is_empty()) {
                Some(checks) => Evaluation::Checks { checks: checks.clone() },
                None => attested(id, assurance),
            },
        })
        .collect();
    controls.sort_by_key(|control| order(&control.control));
    controls
}

/// `cp-2.1` as it is published: `CP-2(1)`.
fn published(id: &str) -> String {
    match id.split_once('.') {
        Some((control, enhancement)) => format!("{}({enhancement})", control.to_uppercase()),
        None => id.to_uppercase(),
    }
}

/// Families by name, controls and enhancements by number.
fn order(id: &str) -> (String, Vec<u32>) {
    let (family, numbers) = id.split_once('-').unwrap_or((id, ""));
    (family.to_owned(), numbers.split('.').filter_map(|number| number.parse().ok()).collect())
}

fn attested(id: &str, assurance: &AssuranceReport) -> Evaluation {
    let names = |scope: &AttestedScope| match scope {
        AttestedScope::All => true,
        AttestedScope::Named(controls) => controls.iter().any(|control| control == id),
        AttestedScope::Unsaid => false,
    };
    let naming = assurance.documents.iter().filter(|document| names(&document.controls));
    match naming.max_by_key(|document| document.state) {
        Some(best) if best.state.is_inherited() => {
            Evaluation::Attested { report: best.file.to_string(), state: best.state }
        }
        Some(best) => Evaluation::AttestationNeeded { why: format!("`{}`: {}", best.file, best.why) },
        None => Evaluation::AttestationNeeded { why: String::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_is_without_an_evaluator_or_a_slot() {
        let checks = BTreeMap::from([("CP-9".to_owned(), vec!["backup/plan-missing".to_owned()])]);
        let controls = coverage(&checks, &AssuranceReport::default());
        assert_eq!(controls.len(), 160);
        for control in &controls {
            let expected = control.control == "cp-9";
            assert_eq!(matches!(control.evaluation, Evaluation::Checks { .. }), expected, "{control:?}");
        }
        assert_eq!(published("cp-2.1"), "CP-2(1)");
        assert!(order("pe-2") < order("pe-10") && order("pe-2") < order("pe-2.1"));
    }
}
