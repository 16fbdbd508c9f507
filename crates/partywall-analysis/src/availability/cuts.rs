//! Minimal cut sets: the smallest sets of events that bring the top of a fault tree about.
//!
//! The tree becomes a binary decision diagram, whose minimal solutions are drawn off as a zero-suppressed one after
//! A. Rauzy, New algorithms for fault trees analysis, 1993, <https://doi.org/10.1016/0951-8320(93)90060-C>. The result
//! is exact: nothing is cut off by size or likelihood.

mod family;

use std::collections::HashMap;

use biodivine_lib_bdd::{Bdd, BddPointer, BddVariable, BddVariableSet, op_function};
use thiserror::Error;

use super::tree::{Gate, Tree};
use family::{Families, Family};

/// Events of a tree; a recursion is as deep as there are.
const EVENTS_MAX: usize = 8_192;

/// Nodes of a decision diagram.
const NODES_MAX: usize = 4_000_000;

/// Minimal cut sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cuts {
    /// The sets, the smallest first, as numbers of events; as many as were asked for.
    pub sets: Vec<Vec<usize>>,
    /// How many there are.
    pub count: u128,
}

/// Why cut sets cannot be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TooLarge {
    /// Too many events.
    #[error("{0} things can fail, more than {EVENTS_MAX}")]
    Events(usize),
    /// The diagram grew too large.
    #[error("how failures work together is too entangled to be followed exactly")]
    Diagram,
}

/// Which cut sets are listed. All are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Events of a set.
    pub size_max: usize,
    /// Sets, the smallest first.
    pub sets_max: usize,
}

/// The minimal cut sets of a tree.
///
/// # Errors
/// When the tree is too large to be followed exactly.
pub fn minimal_cuts(tree: &Tree, limits: Limits) -> Result<Cuts, TooLarge> {
    let events = tree.events.len();
    if events > EVENTS_MAX {
        return Err(TooLarge::Events(events));
    }
    let count = u16::try_from(events).map_err(|_| TooLarge::Events(events))?;
    let variables = BddVariableSet::new_anonymous(count);
    let top = diagram(tree, &variables)?;
    let mut families = Families::default();
    let solutions = minimal_solutions(&top, &mut families);
    let sets = families.smallest(solutions, limits.size_max.min(events), limits.sets_max);
    Ok(Cuts { sets, count: families.count(solutions) })
}

/// The diagram of the top. Nodes that need each other are followed until nothing changes, from nothing failing.
fn diagram(tree: &Tree, variables: &BddVariableSet) -> Result<Bdd, TooLarge> {
    let events = variables.variables();
    let mut diagrams: Vec<Bdd> = vec![variables.mk_false(); tree.gates.len()];
    loop {
        let mut has_changed = false;
        let mut was_ahead = false;
        let mut done = vec![false; tree.gates.len()];
        for number in &tree.sequence {
            let Some(gate) = tree.gates.get(*number) else { continue };
            if let Gate::All(of) | Gate::AtLeast(_, of) = gate {
                was_ahead |= of.iter().any(|part| done.get(*part) == Some(&false));
            }
            let found = gate_diagram(gate, &diagrams, variables, &events)?;
            if let (Some(place), Some(mark)) = (diagrams.get_mut(*number), done.get_mut(*number)) {
                has_changed |= *place != found;
                *place = found;
                *mark = true;
            }
        }
        if !was_ahead || !has_changed {
            break;
        }
    }
    diagrams.into_iter().nth(tree.top).ok_or(TooLarge::Diagram)
}

fn gate_diagram(
    gate: &Gate,
    diagrams: &[Bdd],
    variables: &BddVariableSet,
    events: &[BddVariable],
) -> Result<Bdd, TooLarge> {
    let of = |numbers: &[usize]| -> Vec<&Bdd> { numbers.iter().filter_map(|number| diagrams.get(*number)).collect() };
    match gate {
        Gate::Event(number) => {
            Ok(events.get(*number).map_or_else(|| variables.mk_false(), |one| variables.mk_var(*one)))
        }
        Gate::All(numbers) => of(numbers).into_iter().try_fold(variables.mk_true(), |all, one| and(&all, one)),
        Gate::AtLeast(1, numbers) => of(numbers).into_iter().try_fold(variables.mk_false(), |any, one| or(&any, one)),
        Gate::AtLeast(count, numbers) => {
            // How many have failed so far: `reached[n]` says when at least n have.
            let mut reached = vec![variables.mk_false(); count + 1];
            if let Some(first) = reached.first_mut() {
                *first = variables.mk_true();
            }
            for one in of(numbers) {
                for level in (1..=*count).rev() {
                    let (Some(before), Some(known)) = (reached.get(level - 1), reached.get(level)) else { continue };
                    let grown = or(known, &and(before, one)?)?;
                    if let Some(place) = reached.get_mut(level) {
                        *place = grown;
                    }
                }
            }
            reached.pop().ok_or(TooLarge::Diagram)
        }
    }
}

fn and(left: &Bdd, right: &Bdd) -> Result<Bdd, TooLarge> {
    Bdd::binary_op_with_limit(NODES_MAX, left, right, op_function::and).ok_or(TooLarge::Diagram)
}

fn or(left: &Bdd, right: &Bdd) -> Result<Bdd, TooLarge> {
    Bdd::binary_op_with_limit(NODES_MAX, left, right, op_function::or).ok_or(TooLarge::Diagram)
}

/// The minimal solutions of a monotone function.
fn minimal_solutions(function: &Bdd, families: &mut Families) -> Family {
    let mut known: HashMap<BddPointer, Family> =
        HashMap::from([(BddPointer::zero(), Families::EMPTY), (BddPointer::one(), Families::UNIT)]);
    // Nodes of the library come after those that they lead to.
    for pointer in function.pointers() {
        if pointer.is_terminal() {
            continue;
        }
        let (low, high) = (function.low_link_of(pointer), function.high_link_of(pointer));
        let (Some(low), Some(high)) = (known.get(&low).copied(), known.get(&high).copied()) else { continue };
        let kept = families.without(high, low);
        let event = u32::try_from(function.var_of(pointer).to_index()).unwrap_or(u32::MAX);
        let found = families.node(event, low, kept);
        known.insert(pointer, found);
    }
    known.get(&function.root_pointer()).copied().unwrap_or(Families::EMPTY)
}
