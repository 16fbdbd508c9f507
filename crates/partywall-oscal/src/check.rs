//! Follows what plans take from each other.

mod authorizations;
mod claims;
mod exports;
mod identity;
mod leverage;
mod responsibilities;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::defect::{Defect, DefectKind, Place};
use crate::read::{Component, Plan};

/// What a check takes for granted.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The day on which authorizations have to hold.
    pub as_of: NaiveDate,
    /// For how many years an authorization lasts; None when it lasts until it is withdrawn.
    /// Three years, unless the system is under ongoing authorization, are what
    /// [NIST SP 800-37](https://csrc.nist.gov/pubs/sp/800/37/r2/final) and FedRAMP know.
    pub authorized_for_years: Option<u32>,
}

/// What a check found.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// What is wrong, by place.
    pub defects: Vec<Defect>,
    /// What was followed.
    pub followed: Followed,
}

/// How much was followed: a check that found nothing to follow says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Followed {
    /// Plans that were read.
    pub plans: usize,
    /// Leveraged authorizations whose plan was found.
    pub authorizations: usize,
    /// Inherited entries that lead to a provided entry.
    pub inherited: usize,
    /// Satisfied entries that lead to a responsibility.
    pub satisfied: usize,
    /// Responsibilities that a tier passes on to its own customers.
    pub passed_on: usize,
    /// Claims that may lead into a plan that was not given.
    pub not_followed: usize,
}

/// Checks a plan, the first one, against those that it leverages, and those against each other.
pub fn check(mut plans: Vec<Plan>, settings: Settings) -> Checked {
    let mut defects = identity::without_duplicate_plans(&mut plans);
    for plan in &mut plans {
        defects.append(&mut plan.defects);
    }
    let mut run = Run { index: Index::of(&plans), plans: &plans, defects, followed: Followed::default() };
    run.followed.plans = plans.len();
    identity::check(&mut run);
    let leverage = leverage::find(&mut run);
    authorizations::check(&mut run, &leverage, settings);
    exports::check(&mut run);
    let found = claims::check(&mut run, &leverage);
    responsibilities::check(&mut run, &leverage, &found);
    authorizations::without_plan(&mut run, &leverage, &found);
    let Run { mut defects, followed, .. } = run;
    defects.sort();
    defects.dedup();
    Checked { defects, followed }
}

/// A check that is under way.
struct Run<'a> {
    plans: &'a [Plan],
    index: Index<'a>,
    defects: Vec<Defect>,
    followed: Followed,
}

impl Run<'_> {
    fn say(&mut self, kind: DefectKind, place: &Place, uuid: &str, message: String) {
        self.defects.push(Defect { place: place.clone(), kind, uuid: uuid.to_owned(), message });
    }
}

/// What each plan has, by uuid.
struct Index<'a> {
    /// The implementation that exports a provided entry, by plan and uuid.
    provided: HashMap<(usize, &'a str), usize>,
    /// The implementation that exports a responsibility.
    responsibilities: HashMap<(usize, &'a str), usize>,
    /// Plans that have something of a uuid.
    holders: HashMap<&'a str, Vec<usize>>,
    components: HashMap<(usize, &'a str), &'a Component>,
    /// Controls for which a plan exports a provided entry.
    provided_controls: HashSet<(usize, &'a str)>,
    /// Controls for which a plan exports a responsibility.
    responsible_controls: HashSet<(usize, &'a str)>,
}

impl<'a> Index<'a> {
    fn of(plans: &'a [Plan]) -> Self {
        let mut index = Self {
            provided: HashMap::new(),
            responsibilities: HashMap::new(),
            holders: HashMap::new(),
            components: HashMap::new(),
            provided_controls: HashSet::new(),
            responsible_controls: HashSet::new(),
        };
        for (at, plan) in plans.iter().enumerate() {
            for (of, implementation) in plan.implementations.iter().enumerate() {
                for provided in &implementation.provided {
                    index.provided.entry((at, &provided.uuid)).or_insert(of);
                    index.provided_controls.insert((at, &implementation.control));
                }
                for responsibility in &implementation.responsibilities {
                    index.responsibilities.entry((at, &responsibility.uuid)).or_insert(of);
                    index.responsible_controls.insert((at, &implementation.control));
                }
            }
            for identifier in &plan.identifiers {
                let holders = index.holders.entry(&identifier.uuid).or_default();
                if holders.last() != Some(&at) {
                    holders.push(at);
                }
            }
            for component in &plan.components {
                index.components.entry((at, &component.uuid)).or_insert(component);
            }
        }
        index
    }

    /// Whether the plan has something, of whatever kind, of this uuid.
    fn holds(&self, plan: usize, uuid: &str) -> bool {
        self.holders.get(uuid).is_some_and(|holders| holders.contains(&plan))
    }
}
