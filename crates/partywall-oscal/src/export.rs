//! What partywall found out, as OSCAL documents.
//!
//! The same estate on the same day gives the same bytes: uuids are made of what they name.

mod assessment_results;
mod component_definition;
mod controls;
mod customer;
mod evidence;
mod identity;
mod milestones;
mod parts;
mod plan;
mod provider;

use partywall_model::{Assessment, AssuranceReport, AssuranceState, Day};
use serde_json::Value;

pub(crate) use controls::{framework_controls, layers_of_control, of_layer};

/// What an export is made of.
#[derive(Debug, Clone, Copy)]
pub struct Estate<'a> {
    /// What the system is called.
    pub name: &'a str,
    /// Findings and duties.
    pub assessment: &'a Assessment,
    /// What reports cover of the provider's duties.
    pub assurance: &'a AssuranceReport,
    /// The day on which all of that holds.
    pub day: Day,
}

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// Services as components, with what each party does for each control.
    ComponentDefinition,
    /// The customer's system security plan.
    Plan,
    /// What the provider offers to the system, as a system security plan that [`ExportKind::Plan`] leverages.
    ProviderPlan,
    /// What checks observed, and which controls are satisfied.
    AssessmentResults,
    /// What failed or was accepted, as a plan of action and milestones.
    Milestones,
}

impl ExportKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::ComponentDefinition, Self::Plan, Self::ProviderPlan, Self::AssessmentResults, Self::Milestones];

    /// Its name on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ComponentDefinition => "component-definition",
            Self::Plan => "ssp",
            Self::ProviderPlan => "provider-ssp",
            Self::AssessmentResults => "assessment-results",
            Self::Milestones => "poam",
        }
    }

    /// The kind of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// Writes a document of OSCAL 1.2.3.
pub fn export(kind: ExportKind, estate: &Estate<'_>) -> Value {
    match kind {
        ExportKind::ComponentDefinition => component_definition::document(estate),
        ExportKind::Plan => customer::document(estate),
        ExportKind::ProviderPlan => provider::document(estate),
        ExportKind::AssessmentResults => assessment_results::document(estate),
        ExportKind::Milestones => milestones::document(estate),
    }
}

impl Estate<'_> {
    /// What is inherited for a service, wherever it is used: of the programmes that are asked for the one that is worth
    /// least; where none is asked for, of all the one that is worth most.
    pub(crate) fn inherited(&self, service: &str) -> AssuranceState {
        let places = self.assurance.places.iter().filter(|place| place.service == service);
        let of_place = |place: &partywall_model::AssurancePlace| {
            let asked = place.cells.iter().filter(|cell| cell.required + cell.maybe_required > 0);
            let least = asked.map(|cell| cell.state).min();
            least.or_else(|| place.cells.iter().map(|cell| cell.state).max()).unwrap_or(AssuranceState::Missing)
        };
        places.map(of_place).min().unwrap_or(AssuranceState::Missing)
    }

    /// The last day on which a report that holds began to hold.
    pub(crate) fn authorized(&self) -> Option<&str> {
        let holds = self.assurance.documents.iter().filter(|document| document.state.is_inherited());
        holds.filter_map(|document| document.from.as_deref()).max()
    }
}
