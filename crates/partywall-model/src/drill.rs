//! What still stands when a zone or a region falls: what the drill found, ready to be reported.

use serde::Serialize;

use crate::Span;

/// What the drill found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DrillReport {
    /// What was failed, in order.
    pub scenarios: Vec<DrillScenario>,
    /// What became of each workload.
    pub workloads: Vec<DrillWorkload>,
    /// Zones that several accounts call by name, which may mean another zone in each.
    pub zones_by_name: Vec<String>,
}

/// Places that fall together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrillScenario {
    /// What people call it: `zone eu-central-1a`.
    pub name: String,
    /// Zones that fall.
    pub zones: Vec<String>,
    /// Regions that fall.
    pub regions: Vec<String>,
}

/// How a workload stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillLevel {
    /// As before.
    #[default]
    Up,
    /// With less, or after a pause that ends by itself.
    Degraded,
    /// That depends on something that is not known.
    Unknown,
    /// Not at all, until a human or the place itself comes back.
    Down,
}

impl DrillLevel {
    /// A word for output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Unknown => "unknown",
            Self::Down => "down",
        }
    }
}

/// A workload under every scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrillWorkload {
    /// Its name.
    pub name: String,
    /// Where requests enter, and data that belongs to it.
    pub entries: Vec<String>,
    /// What becomes of it, in the order of the scenarios.
    pub outcomes: Vec<DrillOutcome>,
    /// What, failing together, brings it down: the smallest sets first.
    pub cuts: Vec<DrillCut>,
    /// Whether there are more cuts than were listed.
    pub has_more_cuts: bool,
    /// Places that serve nothing until something else falls.
    pub cold_sites: Vec<String>,
    /// Redundancy that one failure undoes.
    pub correlated: Vec<DrillCorrelation>,
}

/// A workload under one scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrillOutcome {
    /// The scenario.
    pub scenario: String,
    /// How it stands.
    pub level: DrillLevel,
    /// Percent of its instances and tasks that are left, at least and at most; None when it has none to count.
    pub capacity_left: Option<(u32, u32)>,
    /// Whether what is left carries the load without anything being launched; None when that is not known.
    pub carries_load: Option<bool>,
    /// What is lost.
    pub rpo: Span,
    /// After what time it is back.
    pub rto: Span,
    /// Whether all of that happens without a human.
    pub automatic: bool,
    /// What a human has to do.
    pub manual: Vec<String>,
    /// What fell, and why that matters.
    pub why: Vec<String>,
    /// Targets that are missed, or of which it is not known whether they are.
    pub misses: Vec<DrillMiss>,
}

/// A target that is not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrillMiss {
    /// What was wanted and what is the case.
    pub what: String,
    /// Whether it is certain.
    pub is_certain: bool,
}

/// Things that, failing together, bring a workload down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrillCut {
    /// The things.
    pub of: Vec<String>,
    /// Whether it certainly goes down with them; otherwise something that is not known decides.
    pub is_certain: bool,
    /// The cheapest change that removes it; '' when none is known.
    pub change: String,
    /// How the workload stands under the same failure after the change; None when none is known.
    pub after: Option<DrillLevel>,
}

/// Redundancy that one failure undoes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DrillCorrelation {
    /// Who seems to be safe.
    pub of: String,
    /// The alternatives.
    pub alternatives: Vec<String>,
    /// What takes all of them.
    pub through: String,
}

/// One scenario on a map: zones and regions as columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrillMap {
    /// The scenario.
    pub scenario: String,
    /// The columns, those of one region side by side.
    pub columns: Vec<DrillColumn>,
    /// What needs what: the places of both among the columns.
    pub flows: Vec<DrillFlow>,
}

/// A zone, what is of a region as a whole, or what is of none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrillColumn {
    /// The zone's name, `whole region` or `everywhere`.
    pub name: String,
    /// The region's name; '' for what is of none.
    pub region: String,
    /// Whether it fell.
    pub has_fallen: bool,
    /// What is in it.
    pub boxes: Vec<DrillBox>,
    /// How many more there are.
    pub more: usize,
}

/// A resource on a map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrillBox {
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// How it stands.
    pub level: DrillLevel,
}

/// A need on a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DrillFlow {
    /// Column and box of who needs.
    pub from: (usize, usize),
    /// Column and box of what is needed.
    pub to: (usize, usize),
    /// Whether traffic goes this way after the failure.
    pub is_alive: bool,
    /// Whether others of the same need have fallen, so that this one has their traffic too.
    pub takes_over: bool,
}
