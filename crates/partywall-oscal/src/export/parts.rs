//! Duties gathered by control and service: what each party does there.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::{Duty, DutyStatus, Party};

use super::{Estate, of_layer};

/// What each party does for a control with a service.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// What the provider does.
    pub(crate) provider: BTreeSet<String>,
    /// What the customer does.
    pub(crate) customer: BTreeSet<String>,
    /// The worst state of the customer's work; None where the customer has none.
    pub(crate) status: Option<DutyStatus>,
    /// What decides is not known for some resource.
    pub(crate) is_undetermined: bool,
}

/// The duties of an estate, by control and service.
pub(crate) fn parts<'a>(estate: &Estate<'a>) -> BTreeMap<(&'static str, &'a str), Part> {
    let mut parts: BTreeMap<(&'static str, &str), Part> = BTreeMap::new();
    for duty in &estate.assessment.duties {
        if duty.responsibility.party == Some(Party::NotApplicable) {
            continue;
        }
        for control in of_layer(duty.responsibility.layer) {
            parts.entry((control.as_str(), duty.service)).or_default().add(duty);
        }
    }
    parts
}

/// The services in use.
pub(crate) fn services<'a>(estate: &Estate<'a>) -> BTreeSet<&'a str> {
    estate.assessment.duties.iter().map(|duty| duty.service).collect()
}

impl Part {
    fn add(&mut self, duty: &Duty) {
        let layer = duty.responsibility.layer.title();
        let work = format!("{layer}: {}", duty.responsibility.why);
        match duty.responsibility.party {
            Some(Party::Provider) => {
                self.provider.insert(work);
                return;
            }
            Some(Party::Shared) => {
                self.provider.insert(work.clone());
                self.customer.insert(work);
            }
            Some(_) => {
                self.customer.insert(work);
            }
            None => {
                self.is_undetermined = true;
                self.customer.insert(format!("{layer}: not determined: {}", duty.responsibility.rule));
            }
        }
        let status = if duty.responsibility.party.is_none() { DutyStatus::Unknown } else { duty.status };
        self.status = Some(self.status.map_or(status, |worst| worst.min(status)));
    }

    /// Whether every part of the customer's work is shown to be done.
    pub(crate) fn is_met(&self) -> bool {
        self.status == Some(DutyStatus::Met)
    }
}

/// Lines as one paragraph.
pub(crate) fn paragraph(lines: &BTreeSet<String>) -> String {
    lines.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}
