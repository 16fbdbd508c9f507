//! `partywall.toml`: what a team has decided about its estate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, NamedSource, SourceSpan};
use partywall_analysis::assurance::Required;
use partywall_analysis::availability::workload::Declared;
use partywall_analysis::sensitivity;
use partywall_checks::ConfiguredWaiver;
use partywall_evidence::review::Policy;
use partywall_model::Sensitivity;
use serde::Deserialize;
use thiserror::Error;

/// What a team has decided about its estate. Every part may be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// How to scan.
    #[serde(default)]
    pub scan: Scan,
    /// Which tags say how sensitive data is.
    #[serde(default)]
    pub sensitivity: SensitivityTags,
    /// Which tags name workloads.
    #[serde(default)]
    pub availability: Availability,
    /// Workloads, and what each has to survive.
    #[serde(default, rename = "workload")]
    pub workloads: Vec<Declared>,
    /// Programmes whose reports have to cover the provider's duties.
    #[serde(default)]
    pub assurance: Vec<Required>,
    /// Who has to sign reviews, and how often.
    pub review: Option<Policy>,
    /// Faults that somebody has accepted.
    #[serde(default, rename = "waiver")]
    pub waivers: Vec<ConfiguredWaiver>,
}

/// How to scan.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// Patterns of files to leave out, relative to the target.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Checks to leave out, by id or alias.
    #[serde(default)]
    pub skip: Vec<String>,
}

/// Which tags name workloads.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Availability {
    /// Tag keys; the first that a resource carries counts.
    pub tag_keys: Option<Vec<String>>,
}

/// Which tags say how sensitive data is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensitivityTags {
    /// Tag keys; the first that a resource carries counts.
    pub tag_keys: Option<Vec<String>>,
    /// Words of your own for the four levels.
    #[serde(default)]
    pub words: BTreeMap<String, Sensitivity>,
    /// The level of a resource without such a tag.
    pub untagged: Option<Sensitivity>,
}

/// Why the configuration cannot be used.
#[derive(Debug, Error, Diagnostic)]
pub enum ConfigurationError {
    /// It cannot be read.
    #[error("`{path}` cannot be read: {error}")]
    #[diagnostic(help("name another file with --config, or remove the option"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// It says something that is not understood.
    #[error("the configuration is not understood: {message}")]
    #[diagnostic(help(
        "the keys are [scan] exclude and skip, [sensitivity] tag_keys, words and untagged, [availability] tag_keys, [[workload]] name, entry, load, needs_internet and target, [[assurance]] programme, tags and sensitivity, [review] roles, signatures and cadence_days, and [[waiver]]"
    ))]
    Invalid {
        /// What is wrong.
        message: String,
        /// The file's text.
        #[source_code]
        source_code: NamedSource<String>,
        /// Where it is wrong.
        #[label("here")]
        span: Option<SourceSpan>,
    },
}

/// The text with other characters of the same length for those that a terminal obeys, so that places stay right.
fn without_control(text: &str) -> String {
    let shown = |character: char| match character {
        '\n' | '\t' | '\r' => character,
        character if character.is_control() && character.len_utf8() == 1 => '?',
        character if character.is_control() => '¿',
        character => character,
    };
    text.chars().map(shown).collect()
}

impl Configuration {
    /// Reads the given file, or `partywall.toml` in the target's folder when there is one.
    ///
    /// # Errors
    /// When the file cannot be read or is not understood.
    pub fn load(given: Option<&Path>, target: &Path) -> Result<Self, ConfigurationError> {
        let folder = if target.is_file() { target.parent().unwrap_or(target) } else { target };
        let path = match given {
            Some(path) => path.to_owned(),
            None => folder.join("partywall.toml"),
        };
        if given.is_none() && !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| ConfigurationError::Unreadable { path: path.clone(), error })?;
        toml::from_str(&text).map_err(|error: toml::de::Error| ConfigurationError::Invalid {
            message: error.message().to_owned(),
            span: error.span().map(SourceSpan::from),
            source_code: NamedSource::new(path.display().to_string(), without_control(&text)),
        })
    }

    /// The settings of the sensitivity analysis.
    pub fn sensitivity(&self) -> sensitivity::Settings {
        let mut settings = sensitivity::Settings::default();
        if let Some(keys) = &self.sensitivity.tag_keys {
            settings.tag_keys.clone_from(keys);
        }
        settings.words.extend(self.sensitivity.words.iter().map(|(word, level)| (word.to_lowercase(), *level)));
        settings.untagged = self.sensitivity.untagged.unwrap_or(settings.untagged);
        settings
    }
}
