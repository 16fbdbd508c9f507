//! What a report covers, and whether it holds.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::Months;
use partywall_model::{AssuranceState as State, Attestation, AttestedDocument, AttestedScope, Cause, Day, Unknown};

use super::facts::{Basis, Facts, names};
use super::{Evidence, GLOBAL};

/// What reports say of a service in a region.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) state: State,
    /// The report that decides; '' when there is none.
    pub(super) file: Arc<str>,
    pub(super) why: Arc<str>,
    /// The same for cells, when it is not known.
    pub(super) unknown: Option<Arc<Unknown>>,
}

impl Answer {
    fn new(state: State, file: impl Into<Arc<str>>, why: &str) -> Self {
        let file = file.into();
        let unknown = (state == State::Unknown).then(|| {
            let cause = Cause::Undetermined(why.to_owned());
            Arc::new(Unknown { symbol: file.to_string(), cause, reference: None })
        });
        Self { state, file, why: why.into(), unknown }
    }
}

/// Whether a report holds, whatever it is about.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) why: String,
    /// The first and the last day on which it holds, without a bridge letter.
    pub(super) days: Option<(Day, Day)>,
}

/// A programme, a service and a region.
type Question = (String, String, Option<String>);

/// The reports, ready for questions.
pub(super) struct Coverage<'a> {
    facts: &'a Facts,
    evidence: &'a Evidence,
    /// Reports on the provider, by programme.
    reports: HashMap<String, Vec<Report<'a>>>,
    answers: RefCell<HashMap<Question, Answer>>,
}

struct Report<'a> {
    attestation: &'a Attestation,
    standing: Standing,
    services: Option<HashSet<String>>,
    regions: Option<HashSet<String>>,
}

/// TRUE, FALSE or unknown, with the reason of the latter two.
enum Within {
    Yes,
    No(String),
    Unknown(String),
}

impl<'a> Coverage<'a> {
    pub(super) fn of(facts: &'a Facts, evidence: &'a Evidence) -> Self {
        let mut coverage = Self { facts, evidence, reports: HashMap::new(), answers: RefCell::default() };
        for attestation in evidence.attestations.iter().filter(|one| facts.is_provider(&one.provider)) {
            let report = Report {
                attestation,
                standing: coverage.standing(attestation),
                services: named(&attestation.services, &|name| names(name)),
                regions: named(&attestation.regions, &|name| vec![name.trim().to_lowercase()]),
            };
            coverage.reports.entry(facts.programme_id(&attestation.programme)).or_default().push(report);
        }
        coverage
    }

    /// What reports of a programme say of a service in a region.
    pub(super) fn answer(&self, programme: &str, service: &str, region: Option<&str>) -> Answer {
        let question = (programme.to_owned(), service.to_owned(), region.map(str::to_owned));
        if let Some(known) = self.answers.borrow().get(&question) {
            return known.clone();
        }
        let answer = self.find(programme, service, region);
        self.answers.borrow_mut().insert(question, answer.clone());
        answer
    }

    fn find(&self, programme: &str, service: &str, region: Option<&str>) -> Answer {
        let reports = self.reports.get(programme).map(Vec::as_slice).unwrap_or_default();
        let ranked = reports.iter().map(|report| (self.one(report, service, region), report.standing.days));
        let best = ranked.max_by_key(|(answer, days)| (answer.state, days.map(|(_, until)| until)));
        let best = best.map_or_else(|| Answer::new(State::Missing, "", "there is no report"), |(answer, _)| answer);
        match self.evidence.unreadable.first() {
            Some(file) if best.state < State::Unknown => {
                let why = format!("`{file}` cannot be read, and may cover it");
                Answer::new(State::Unknown, file.as_str(), &why)
            }
            _ => best,
        }
    }

    fn one(&self, report: &Report<'_>, service: &str, region: Option<&str>) -> Answer {
        let (state, why) = match self.within(report, service, region) {
            Within::No(why) => (State::OutOfScope, why),
            _ if report.standing.state == State::Expired => (State::Expired, report.standing.why.clone()),
            Within::Unknown(why) => (State::Unknown, why),
            Within::Yes => (report.standing.state, report.standing.why.clone()),
        };
        Answer::new(state, report.attestation.file.clone(), &why)
    }

    /// Whether a report is about a service in a region.
    fn within(&self, report: &Report<'_>, service: &str, region: Option<&str>) -> Within {
        let mut doubt = None;
        match &report.services {
            Some(names) => match self.facts.is_among(service, names) {
                Some(true) => {}
                Some(false) => return Within::No(format!("does not name the service `{service}`")),
                None => doubt = Some(format!("how reports name the service `{service}` is not known")),
            },
            None if report.attestation.services == AttestedScope::Unsaid => {
                doubt = Some("`services` is not written down".to_owned());
            }
            None => {}
        }
        if region != Some(GLOBAL) {
            match (&report.regions, region) {
                (Some(regions), Some(region)) if !regions.contains(region) => {
                    return Within::No(format!("does not name the region `{region}`"));
                }
                (Some(_), None) => doubt = Some("the region is not known".to_owned()),
                (None, _) if report.attestation.regions == AttestedScope::Unsaid => {
                    doubt = Some("`regions` is not written down".to_owned());
                }
                _ => {}
            }
        }
        match (self.exclusion(report.attestation, service, region), doubt) {
            (Within::Yes, Some(doubt)) => Within::Unknown(doubt),
            (answer, _) => answer,
        }
    }

    /// `Yes` when nothing excludes it.
    fn exclusion(&self, attestation: &Attestation, service: &str, region: Option<&str>) -> Within {
        let mut doubt = None;
        for exclusion in &attestation.exclusions {
            let of_service = exclusion.service.as_ref().map(|name| {
                let names: HashSet<String> = names(name).into_iter().chain([name.trim().to_lowercase()]).collect();
                self.facts.is_among(service, &names)
            });
            let of_region = exclusion
                .region
                .as_ref()
                .map(|name| region.map(|region| region == name.trim().to_lowercase() && region != GLOBAL));
            let what = if exclusion.text.is_empty() { "what is in use" } else { exclusion.text.as_str() };
            match (of_service, of_region) {
                (None, None) => doubt = Some(format!("excludes `{what}`, which names no service or region")),
                (Some(Some(false)), _) | (_, Some(Some(false))) => {}
                (Some(None), _) | (_, Some(None)) => doubt = Some(format!("may exclude it: `{what}`")),
                _ => return Within::No(format!("excludes it: `{what}`")),
            }
        }
        doubt.map_or(Within::Yes, Within::Unknown)
    }

    /// Whether a report holds on the day.
    pub(super) fn standing(&self, attestation: &Attestation) -> Standing {
        let days = self.days(attestation);
        let stand = |state: State, why: String| Standing { state, why, days };
        let Some(today) = self.evidence.day else {
            return stand(State::Unknown, "the day is not known".to_owned());
        };
        let Some((from, until)) = days else {
            return stand(State::Unknown, "neither a period nor a day of expiry is written down".to_owned());
        };
        let (state, why) = match attestation.bridge {
            _ if today < from => return stand(State::Expired, format!("begins only on {from}")),
            _ if today <= until => (State::Inherited, format!("holds until {until}")),
            Some((first, last)) if first <= today && today <= last => {
                (State::Bridged, format!("ended on {until}; a bridge letter vouches until {last}"))
            }
            Some((_, last)) => return stand(State::Expired, format!("ended on {until}, its bridge letter on {last}")),
            None => return stand(State::Expired, format!("ended on {until}")),
        };
        // What has certainly ended has ended whatever its document says; the rest stands only with its document.
        match &attestation.document {
            AttestedDocument::Doubtful(cause) => stand(State::Unknown, cause.clone()),
            _ if attestation.opinion.to_lowercase() != "unqualified" => {
                stand(State::Unknown, format!("the auditor's opinion is `{}`", attestation.opinion))
            }
            _ => stand(state, why),
        }
    }

    /// The first and the last day on which a report holds.
    fn days(&self, attestation: &Attestation) -> Option<(Day, Day)> {
        let programme = self.facts.programme(&self.facts.programme_id(&attestation.programme));
        let by_expiry = attestation.expires.map(|expires| (attestation.issued.unwrap_or(Day::MIN), expires));
        let months = programme.and_then(|programme| programme.valid_months);
        let by_issue = attestation
            .issued
            .zip(months)
            .and_then(|(issued, months)| Some((issued, issued.checked_add_months(Months::new(months))?.pred_opt()?)));
        match programme.map(|programme| programme.basis) {
            Some(Basis::Validity) => by_expiry.or(by_issue).or(attestation.period),
            _ => attestation.period.or(by_expiry).or(by_issue),
        }
    }
}

/// The names of a scope; None when it is everything, or is not said.
fn named(scope: &AttestedScope, read: &dyn Fn(&str) -> Vec<String>) -> Option<HashSet<String>> {
    match scope {
        AttestedScope::All | AttestedScope::Unsaid => None,
        AttestedScope::Named(names) => {
            let written = names.iter().map(|name| name.trim().to_lowercase());
            Some(names.iter().flat_map(|name| read(name)).chain(written).collect())
        }
    }
}
