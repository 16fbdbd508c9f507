//! Renders an assessment. It decides nothing: every number and word here was found out before.

mod csv;
mod html;
mod json;
mod junit;
mod sarif;
mod terminal;
mod wall;

use std::io::Write;

use partywall_model::{
    AccessPath, Assessment, AssuranceReport, Drift, DrillMap, DrillReport, Duty, DutyConflict, Exposure, Gap,
    MediaCertificate, NetworkPicture, PowerReport, PowerScenario, ReviewPack, UnusedAccess,
};
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
    /// The writer refused.
    #[error("the report cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// CSV could not be written.
    #[error("the report cannot be written as CSV: {0}")]
    Csv(String),
    /// JUnit XML could not be written.
    #[error("the report cannot be written as JUnit XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
}

impl ReportError {
    /// Whether the reader has gone away, as `head` does; that is no fault.
    pub fn is_broken_pipe(&self) -> bool {
        let kind = match self {
            Self::Write(error) => Some(error.kind()),
            Self::Json(error) => error.io_error_kind(),
            Self::Csv(_) | Self::Junit(_) => None,
        };
        kind == Some(std::io::ErrorKind::BrokenPipe)
    }
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

/// A network as a picture of its own, in SVG.
pub fn network_svg(picture: &NetworkPicture) -> String {
    html::network_picture(picture)
}

/// Text of several lines, made harmless for a terminal.
pub fn plain_lines(text: &str) -> String {
    text.lines().map(|line| plain(line) + "\n").collect()
}

/// Renders an assessment. JSON is written piece by piece: the report of a huge estate is larger than the estate.
///
/// # Errors
/// When the format cannot express it, or the writer refuses.
pub fn render(
    assessment: &Assessment,
    format: Format,
    style: &Style,
    writer: &mut dyn Write,
) -> Result<(), ReportError> {
    let text = match format {
        Format::Json => return json::render(assessment, writer),
        Format::Terminal => terminal::render(assessment, style),
        Format::Sarif => sarif::render(assessment)?,
        Format::Junit => junit::render(assessment)?,
        Format::Csv => csv::render(assessment)?,
        Format::Html => html::render(assessment),
    };
    Ok(writer.write_all(text.as_bytes())?)
}

/// Renders what differs between two readings, for people.
pub fn drift(drift: &Drift, style: &Style) -> String {
    terminal::drift::render(drift, style)
}

/// Renders what still stands when places fall, for people.
pub fn drill(report: &DrillReport, style: &Style) -> String {
    terminal::drill::render(report, style)
}

/// Renders what still stands when places fall, as one self-contained page.
pub fn drill_html(report: &DrillReport, maps: &[DrillMap]) -> String {
    html::drill::render(report, maps)
}

/// Renders what reports on the provider cover, for people.
pub fn assurance(report: &AssuranceReport, gaps: &[Gap]) -> String {
    terminal::assurance::render(report, gaps)
}

/// Renders the pack that executives review, as one page to be printed. `digest` is that of the pack's JSON.
pub fn review_html(pack: &ReviewPack, digest: &str) -> String {
    html::review::render(pack, digest)
}

/// Renders the certificate of a storage device, as one page to be printed. `digest` is that of the signed file.
pub fn certificate_html(certificate: &MediaCertificate, digest: &str) -> String {
    html::certificate::render(certificate, digest)
}

/// Draws one scenario as SVG.
pub fn drill_svg(map: &DrillMap) -> String {
    html::drill_map::draw(map)
}

/// The power of a site, for people.
pub fn power(report: &PowerReport, style: &Style) -> String {
    terminal::power::render(report, style)
}

/// A picture of a site's power in one scenario.
pub fn power_svg(report: &PowerReport, scenario: &PowerScenario) -> String {
    html::power::draw(report, scenario)
}

/// Draws chains by which principals come to more than their own permissions, as trees.
pub fn access_paths(paths: &[AccessPath], style: &Style) -> String {
    terminal::access::paths(paths, style)
}

/// Lists whom resources let in, for people.
pub fn exposures(exposures: &[Exposure], style: &Style) -> String {
    terminal::access::exposures(exposures, style)
}

/// Lists who holds duties together that belong apart, for people.
pub fn conflicts(conflicts: &[DutyConflict], style: &Style) -> String {
    terminal::access::conflicts(conflicts, style)
}

/// Lists permissions that nobody uses, for people.
pub fn unused(unused: &[UnusedAccess], style: &Style) -> String {
    terminal::access::unused(unused, style)
}

/// Renders duties as a matrix of services and layers, or, `in_detail`, every layer of every resource with its reason.
pub fn responsibility(duties: &[Duty], in_detail: bool, style: &Style) -> String {
    if in_detail { terminal::duties_in_detail(duties, style) } else { terminal::matrix(duties, style) }
}
