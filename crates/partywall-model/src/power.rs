//! The power of a site: what feeds what, and what failures do, ready to be reported.

use serde::Serialize;

/// The power topology of a site with what was proven of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PowerReport {
    /// The site.
    pub site: String,
    /// Why there is no proof; '' when there is one.
    pub error: String,
    /// The elements, sources first.
    pub elements: Vec<PowerElement>,
    /// The scenarios that harm a load, or may.
    pub scenarios: Vec<PowerScenario>,
    /// How many scenarios were played.
    pub played: usize,
    /// Harms that are not listed.
    pub left_out: usize,
    /// Whether the enumeration was given up.
    pub is_given_up: bool,
    /// Numbers that nobody gave and that may decide.
    pub missing: Vec<String>,
    /// Why something may have failed without being seen; '' when nothing may.
    pub hidden: String,
}

/// An element of a power topology.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PowerElement {
    /// Its name.
    pub id: String,
    /// `utility`, `generator`, `transfer_switch`, `ups`, `distribution` or `load`.
    pub kind: &'static str,
    /// What feeds it, the preferred one first.
    pub sources: Vec<String>,
    /// Watts that it can carry.
    pub capacity_watts: Option<f64>,
    /// Watts that it draws.
    pub load_watts: Option<f64>,
    /// Seconds that it bridges, or that it needs to start.
    pub seconds: Option<f64>,
    /// How many elements there are at most between it and the grid.
    pub depth: usize,
    /// Whether its device says that it has failed, has no input, or has lost its spare part.
    pub is_out: bool,
    /// Its state in the words of its device; '' when none says anything.
    pub state: String,
}

/// What one scenario does.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PowerScenario {
    /// In words: `ups-a fails while pdu-b is maintained`.
    pub title: String,
    /// `now`, `utility_loss`, `single` or `maintenance`.
    pub kind: &'static str,
    /// The element that fails; '' when none.
    pub failed: String,
    /// The element that is maintained; '' when none.
    pub maintained: String,
    /// Loads that lose power for longer than they bear, and for how many seconds; -1 for good.
    pub lost: Vec<(String, f64)>,
    /// Elements that carry more than they can.
    pub overloaded: Vec<String>,
    /// Loads of which it is not known.
    pub unknown: Vec<String>,
}
