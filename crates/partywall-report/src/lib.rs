//! Renders an assessment. It decides nothing: every number and word here was found out before.

mod csv;
mod html;
mod json;
mod junit;
mod sarif;
mod terminal;
mod wall;

use partywall_model::{Assessment, Duty};
use thiserror::Error;

pub use terminal::plain;

/// A report format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people, in a terminal.
    Terminal,
    /// Everything, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for build servers.
    Junit,
    /// One line per finding.
    Csv,
    /// One self-contained page.
    Html,
}

/// How to render for where the text goes.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Use colours.
    pub color: bool,
    /// Characters in a line.
    pub width: usize,
    /// List every finding, not only the first ones, and passed checks too.
    pub all: bool,
}

/// Why a report could not be rendered.
#[derive(Debug, Error)]
pub enum ReportError {
    /// JSON could not be written.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// CSV could not be written.
    #[error("the report cannot be written as CSV: {0}")]
    Csv(String),
    /// JUnit XML could not be written.
    #[error("the report cannot be written as JUnit XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] = [Self::Terminal, Self::Json, Self::Sarif, Self::Junit, Self::Csv, Self::Html];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }

    /// The format of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Renders an assessment.
///
/// # Errors
/// When the format cannot express it.
pub fn render(assessment: &Assessment, format: Format, style: &Style) -> Result<String, ReportError> {
    match format {
        Format::Terminal => Ok(terminal::render(assessment, style)),
        Format::Json => json::render(assessment),
        Format::Sarif => sarif::render(assessment),
        Format::Junit => junit::render(assessment),
        Format::Csv => csv::render(assessment),
        Format::Html => Ok(html::render(assessment)),
    }
}

/// Renders duties as a matrix of services and layers, or, `in_detail`, every layer of every resource with its reason.
pub fn responsibility(duties: &[Duty], in_detail: bool, style: &Style) -> String {
    if in_detail { terminal::duties_in_detail(duties, style) } else { terminal::matrix(duties, style) }
}
