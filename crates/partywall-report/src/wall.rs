//! The wall: how many duties of each state lie in each layer of each service.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::{Duty, DutyStatus, Layer};

/// Duties counted by layer and service.
pub(crate) struct Wall {
    /// The services, sorted.
    pub(crate) services: Vec<&'static str>,
    cells: BTreeMap<(Layer, &'static str), Cell>,
}

/// The duties of one layer of one service, counted by state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    counts: BTreeMap<DutyStatus, usize>,
}

impl Wall {
    pub(crate) fn of<'a>(duties: impl IntoIterator<Item = &'a Duty>) -> Self {
        let mut cells: BTreeMap<(Layer, &'static str), Cell> = BTreeMap::new();
        let mut services = BTreeSet::new();
        for duty in duties {
            services.insert(duty.service);
            let cell = cells.entry((duty.responsibility.layer, duty.service)).or_default();
            *cell.counts.entry(duty.status).or_default() += 1;
        }
        Self { services: services.into_iter().collect(), cells }
    }

    pub(crate) fn cell(&self, layer: Layer, service: &'static str) -> Option<&Cell> {
        self.cells.get(&(layer, service))
    }

    /// Every duty of every service, counted by state.
    pub(crate) fn total(&self) -> Cell {
        sum(self.cells.values())
    }

    /// Every duty of one service, counted by state.
    pub(crate) fn of_service(&self, service: &str) -> Cell {
        sum(self.cells.iter().filter(|((_, of), _)| *of == service).map(|(_, cell)| cell))
    }
}

fn sum<'a>(cells: impl Iterator<Item = &'a Cell>) -> Cell {
    let mut total = Cell::default();
    for cell in cells {
        for (status, count) in &cell.counts {
            *total.counts.entry(*status).or_default() += count;
        }
    }
    total
}

impl Cell {
    pub(crate) fn count(&self, status: DutyStatus) -> usize {
        self.counts.get(&status).copied().unwrap_or(0)
    }

    /// The worst state, which gives the cell its colour.
    pub(crate) fn worst(&self) -> DutyStatus {
        self.counts.keys().next().copied().unwrap_or(DutyStatus::NotApplicable)
    }

    /// All counts in words: `2 failed, 1 met`.
    pub(crate) fn words(&self) -> String {
        let words: Vec<String> =
            self.counts.iter().map(|(status, count)| format!("{count} {}", status.id().replace('_', " "))).collect();
        words.join(", ")
    }
}
