//! Families of sets as zero-suppressed decision diagrams.
//! S. Minato, Zero-suppressed BDDs for set manipulation in combinatorial problems, 1993, <https://doi.org/10.1145/157485.164890>

use std::collections::HashMap;

/// A family of sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Family(u32);

/// One branching: sets without the event, and sets with it, which then lack it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Branch {
    event: u32,
    low: Family,
    high: Family,
}

/// Families that share what they have in common.
#[derive(Debug, Default)]
pub(super) struct Families {
    branches: Vec<Branch>,
    known: HashMap<Branch, Family>,
    removed: HashMap<(Family, Family), Family>,
}

impl Families {
    /// The family of no set.
    pub(super) const EMPTY: Family = Family(0);

    /// The family of the empty set alone.
    pub(super) const UNIT: Family = Family(1);

    /// The family of `low`, and of `high` with the event in each set.
    pub(super) fn node(&mut self, event: u32, low: Family, high: Family) -> Family {
        if high == Self::EMPTY {
            return low;
        }
        let branch = Branch { event, low, high };
        let next = Family(u32::try_from(self.branches.len() + 2).unwrap_or(u32::MAX));
        let branches = &mut self.branches;
        *self.known.entry(branch).or_insert_with(|| {
            branches.push(branch);
            next
        })
    }

    fn branch(&self, family: Family) -> Option<Branch> {
        self.branches.get((family.0 as usize).checked_sub(2)?).copied()
    }

    /// The sets of a family that hold no set of the other.
    pub(super) fn without(&mut self, family: Family, other: Family) -> Family {
        if other == Self::EMPTY || family == Self::EMPTY {
            return family;
        }
        if self.has_empty_set(other) || family == other {
            return Self::EMPTY;
        }
        let (Some(left), Some(right)) = (self.branch(family), self.branch(other)) else { return family };
        if let Some(known) = self.removed.get(&(family, other)) {
            return *known;
        }
        let found = match left.event.cmp(&right.event) {
            std::cmp::Ordering::Less => {
                let (low, high) = (self.without(left.low, other), self.without(left.high, other));
                self.node(left.event, low, high)
            }
            std::cmp::Ordering::Greater => self.without(family, right.low),
            std::cmp::Ordering::Equal => {
                let low = self.without(left.low, right.low);
                let high = self.without(left.high, right.low);
                let high = self.without(high, right.high);
                self.node(left.event, low, high)
            }
        };
        self.removed.insert((family, other), found);
        found
    }

    fn has_empty_set(&self, family: Family) -> bool {
        let mut family = family;
        while let Some(branch) = self.branch(family) {
            family = branch.low;
        }
        family == Self::UNIT
    }

    /// How many sets there are.
    pub(super) fn count(&self, family: Family) -> u128 {
        let mut counts: Vec<u128> = vec![0, 1];
        for branch in &self.branches {
            let of = |family: Family| counts.get(family.0 as usize).copied().unwrap_or_default();
            counts.push(of(branch.low).saturating_add(of(branch.high)));
        }
        counts.get(family.0 as usize).copied().unwrap_or_default()
    }

    /// The smallest sets, so many at most, by size and then in order.
    pub(super) fn smallest(&self, family: Family, size_max: usize, listed: usize) -> Vec<Vec<usize>> {
        let sizes = self.least_sizes();
        let mut found = Vec::new();
        let mut size = 0;
        while size <= size_max && found.len() < listed {
            let mut open: Vec<(Family, Vec<usize>)> = vec![(family, Vec::new())];
            let before = found.len();
            let mut is_exhausted = true;
            while let Some((family, set)) = open.pop() {
                let least = sizes.get(family.0 as usize).copied().unwrap_or(usize::MAX);
                if least == usize::MAX || set.len() + least > size {
                    is_exhausted &= least == usize::MAX;
                    continue;
                }
                match self.branch(family) {
                    None if set.len() == size => found.push(set),
                    None => {}
                    Some(branch) => {
                        open.push((branch.low, set.clone()));
                        let mut with = set;
                        with.push(branch.event as usize);
                        open.push((branch.high, with));
                    }
                }
                if found.len() >= listed {
                    break;
                }
            }
            if is_exhausted && found.len() == before {
                break;
            }
            size += 1;
        }
        found.truncate(listed);
        found
    }

    /// The size of the smallest set of each family; the greatest number for none.
    fn least_sizes(&self) -> Vec<usize> {
        let mut sizes = vec![usize::MAX, 0];
        for branch in &self.branches {
            let of = |family: Family| sizes.get(family.0 as usize).copied().unwrap_or(usize::MAX);
            sizes.push(of(branch.low).min(of(branch.high).saturating_add(1)));
        }
        sizes
    }
}
