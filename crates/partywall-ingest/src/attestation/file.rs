//! The contract of `attestations/*.toml`.

use partywall_model::{Attestation, AttestedDocument, AttestedScope, Complement, Day, Exclusion};
use serde::Deserialize;
use toml::value::Datetime;

/// The longest text of a description, in bytes.
const TEXT_BYTES_MAX: usize = 4_000;

/// The most exclusions, and controls that are expected, of a description.
const ENTRIES_MAX: usize = 1_000;

/// How a report describes itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    programme: String,
    provider: String,
    auditor: String,
    report: String,
    issued: Option<Datetime>,
    period: Option<Days>,
    expires: Option<Datetime>,
    bridge: Option<Bridge>,
    services: Option<Scope>,
    regions: Option<Scope>,
    controls: Option<Scope>,
    #[serde(default, rename = "exclusion")]
    exclusions: Vec<Left>,
    #[serde(default, rename = "complementary")]
    complements: Vec<Expected>,
    opinion: Option<String>,
    document: Option<Document>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    from: Datetime,
    until: Datetime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bridge {
    from: Datetime,
    until: Datetime,
    document: Option<Document>,
}

/// A document that lies beside.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) file: String,
    /// In hexadecimal.
    pub(super) sha256: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Scope {
    Word(String),
    Names(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Left {
    service: Option<String>,
    region: Option<String>,
    #[serde(default)]
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    id: String,
    text: String,
    #[serde(default)]
    checks: Vec<String>,
}

/// Reads a description. A failure says its line, 0 when it has none, and its cause.
pub(super) fn parse(text: &str) -> Result<Description, (u32, String)> {
    let description: Description = toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = u32::try_from(before.matches('\n').count() + 1).unwrap_or(0);
        (line, format!("the description is not understood: {}", error.message()))
    })?;
    description.fault().map_or(Ok(()), |fault| Err((0, fault)))?;
    Ok(description)
}

impl Description {
    /// The documents that it names.
    pub(super) fn documents(&self) -> impl Iterator<Item = &str> {
        self.all_documents().map(|document| document.file.as_str())
    }

    /// The report itself, and a bridge letter.
    pub(super) fn all_documents(&self) -> impl Iterator<Item = &Document> {
        let of_bridge = self.bridge.as_ref().and_then(|bridge| bridge.document.as_ref());
        self.document.iter().chain(of_bridge)
    }

    /// Texts that end up in messages about every resource, and therefore have to be short.
    fn texts(&self) -> impl Iterator<Item = &String> {
        let left =
            self.exclusions.iter().flat_map(|left| [left.service.as_ref(), left.region.as_ref(), Some(&left.text)]);
        let expected = self.complements.iter().flat_map(|expected| [&expected.id, &expected.text]);
        [&self.programme, &self.provider, &self.auditor, &self.report]
            .into_iter()
            .chain(&self.opinion)
            .chain(left.flatten())
            .chain(expected)
            .chain(self.documents_as_text())
    }

    fn documents_as_text(&self) -> impl Iterator<Item = &String> {
        self.all_documents().map(|document| &document.file)
    }

    fn fault(&self) -> Option<String> {
        if let Some(text) = self.texts().find(|text| text.len() > TEXT_BYTES_MAX) {
            let begin: String = text.chars().take(40).collect();
            return Some(format!("the text `{begin}…` has more than {TEXT_BYTES_MAX} bytes"));
        }
        if self.exclusions.len() > ENTRIES_MAX || self.complements.len() > ENTRIES_MAX {
            return Some(format!("there are more than {ENTRIES_MAX} exclusions, or controls that are expected"));
        }
        let texts = [("programme", &self.programme), ("provider", &self.provider), ("report", &self.report)];
        if let Some((name, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Some(format!("`{name}` is empty"));
        }
        let period = self.period.as_ref().map(|days| (&days.from, &days.until));
        let bridge = self.bridge.as_ref().map(|days| (&days.from, &days.until));
        for (name, days) in [("period", period), ("bridge", bridge)] {
            let Some((from, until)) = days else { continue };
            match (day(from), day(until)) {
                (Some(from), Some(until)) if from <= until => {}
                (Some(_), Some(_)) => return Some(format!("`{name}` ends before it begins")),
                _ => return Some(format!("`{name}` has an end that is no day")),
            }
        }
        for (name, date) in [("issued", &self.issued), ("expires", &self.expires)] {
            if date.as_ref().is_some_and(|date| day(date).is_none()) {
                return Some(format!("`{name}` is no day"));
            }
        }
        let scopes = [("services", &self.services), ("regions", &self.regions), ("controls", &self.controls)];
        scopes.iter().find_map(|(name, scope)| match scope {
            Some(Scope::Word(word)) if word != "all" => Some(format!("`{name}` is `{word}`; write \"all\" or a list")),
            _ => None,
        })
    }

    /// What it says, together with what became of its document.
    pub(super) fn attestation(self, file: &str, document: AttestedDocument, title: String) -> Attestation {
        let exclusions = self.exclusions.into_iter();
        let complements = self.complements.into_iter();
        Attestation {
            file: file.into(),
            programme: self.programme,
            provider: self.provider,
            auditor: self.auditor,
            report: self.report,
            title,
            issued: self.issued.as_ref().and_then(day),
            period: self.period.and_then(|days| Some((day(&days.from)?, day(&days.until)?))),
            expires: self.expires.as_ref().and_then(day),
            bridge: self.bridge.and_then(|days| Some((day(&days.from)?, day(&days.until)?))),
            services: scope(self.services),
            regions: scope(self.regions),
            controls: scope(self.controls),
            exclusions: exclusions
                .map(|left| Exclusion { service: left.service, region: left.region, text: left.text })
                .collect(),
            complements: complements
                .map(|expected| Complement { id: expected.id, text: expected.text, checks: expected.checks })
                .collect(),
            opinion: self.opinion.unwrap_or_else(|| "unqualified".to_owned()),
            document,
        }
    }
}

fn scope(scope: Option<Scope>) -> AttestedScope {
    match scope {
        None => AttestedScope::Unsaid,
        Some(Scope::Word(_)) => AttestedScope::All,
        Some(Scope::Names(names)) => AttestedScope::Named(names),
    }
}

fn day(date: &Datetime) -> Option<Day> {
    let date = date.date.as_ref()?;
    Day::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}
