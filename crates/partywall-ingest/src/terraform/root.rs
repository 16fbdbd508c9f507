//! What all module instances of one root share while it is evaluated.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use partywall_model::{Cause, Existence, Gap, Value};

use super::estate::Estate;
use super::failure::Failure;
use super::instance::Instance;
use super::limits::{RECURSION_MAX, ROOT_INSTANCES_MAX, STEPS_MAX};
use super::object::Object;
use super::placeholder::Placeholders;

/// The evaluation of one root module.
pub(crate) struct Root<'s> {
    pub(crate) estate: &'s Estate,
    /// The root's folder.
    pub(crate) folder: PathBuf,
    pub(crate) workspace: String,
    /// Resources and data sources by address, for values that stand for a whole resource.
    pub(crate) objects: RefCell<HashMap<String, Rc<Object<'s>>>>,
    /// Module instances by address, for values that stand for a whole module.
    pub(crate) modules: RefCell<HashMap<String, Weak<Instance<'s>>>>,
    /// Unknown keys of maps that become JSON text.
    pub(crate) placeholders: RefCell<Placeholders>,
    gaps: RefCell<BTreeSet<Gap>>,
    steps: Cell<u64>,
    depth: Cell<usize>,
    instances: Cell<usize>,
    names: RefCell<BTreeMap<String, u32>>,
}

/// One level of recursion, given back when dropped.
pub(crate) struct Level<'r>(&'r Cell<usize>);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl<'s> Root<'s> {
    pub(crate) fn new(estate: &'s Estate, folder: &Path, workspace: &str) -> Self {
        Self {
            estate,
            folder: folder.to_owned(),
            workspace: workspace.to_owned(),
            objects: RefCell::default(),
            modules: RefCell::default(),
            placeholders: RefCell::default(),
            gaps: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
            instances: Cell::new(0),
            names: RefCell::default(),
        }
    }

    /// Goes one level down in the evaluator.
    ///
    /// # Errors
    /// When it has gone too deep or has taken too many steps.
    pub(crate) fn descend(&self) -> Result<Level<'_>, Failure> {
        self.spend(1)?;
        if self.depth.get() >= RECURSION_MAX {
            return Err(Failure::Limit(format!(
                "expressions depend on each other more than {RECURSION_MAX} levels deep"
            )));
        }
        self.depth.set(self.depth.get() + 1);
        Ok(Level(&self.depth))
    }

    /// Counts work.
    ///
    /// # Errors
    /// When the root has used up what it may.
    pub(crate) fn spend(&self, steps: u64) -> Result<(), Failure> {
        self.steps.set(self.steps.get().saturating_add(steps));
        if self.steps.get() > STEPS_MAX {
            return Err(Failure::Limit(format!("evaluating this root takes more than {STEPS_MAX} steps")));
        }
        Ok(())
    }

    /// Counts new instances of resources and modules.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn instantiate(&self, count: usize) -> Result<(), Failure> {
        self.instances.set(self.instances.get().saturating_add(count));
        if self.instances.get() > ROOT_INSTANCES_MAX {
            return Err(Failure::Limit(format!("this root has more than {ROOT_INSTANCES_MAX} instances")));
        }
        Ok(())
    }

    /// Notes what could not be seen; equal gaps count once.
    pub(crate) fn report(&self, gap: Gap) {
        self.gaps.borrow_mut().insert(gap);
    }

    /// Turns a failure at a place into a gap and an unknown of this name.
    pub(crate) fn failed(&self, failure: &Failure, symbol: &str, file: &Arc<str>, line: u32) -> Value {
        let cause = format!("`{symbol}` cannot be evaluated: {failure}");
        self.report(Gap::in_file(failure.gap_kind(), file.clone(), line, cause, failure.cure()));
        Value::unknown(symbol, Cause::Invalid(failure.to_string()))
    }

    /// A name that nothing else has, for values that even an equal expression would not share.
    pub(crate) fn unique(&self, name: &str) -> String {
        let mut names = self.names.borrow_mut();
        let count = names.entry(name.to_owned()).or_insert(0);
        *count += 1;
        if *count == 1 { name.to_owned() } else { format!("{name}#{count}") }
    }

    /// The part of a value that is a resource which may not exist.
    pub(crate) fn doubtful(&self, value: &Value) -> Option<Value> {
        let unknown = value.first_unknown()?;
        let address = &unknown.reference.as_ref()?.address;
        let objects = self.objects.borrow();
        match &objects.get(address)?.existence {
            Existence::Certain => None,
            Existence::Unknown(doubt) => Some(Value::Unknown(doubt.clone())),
        }
    }

    /// All gaps, sorted.
    pub(crate) fn into_gaps(self) -> Vec<Gap> {
        self.gaps.into_inner().into_iter().collect()
    }
}
