//! SQL over the inventory: DataFusion behind a plain, synchronous face.
//!
//! This is the only crate that knows the SQL engine. Planning is most of what a check costs, so a
//! `SELECT … FROM one_table WHERE …` is compiled straight to expressions over the table's rows, and
//! only what joins, groups or nests goes through the planner.

mod answer;
mod catalog;
mod dialect;
mod functions;
mod statement;

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::execution::{SessionState, SessionStateBuilder, SessionStateDefaults};
use datafusion::optimizer::{Optimizer, OptimizerRule};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{SessionConfig, SessionContext};
use partywall_model::Inventory;
use thiserror::Error;

pub use functions::{FunctionDoc, documentation};
pub use statement::Statement;

/// The inventory, ready to be asked.
pub struct Database {
    state: SessionState,
    catalog: Arc<catalog::InventorySchema>,
}

/// What a statement answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The columns' names, in order.
    pub columns: Vec<String>,
    /// The rows; each has a value for each column.
    pub rows: Vec<Vec<SqlValue>>,
}

/// One value of an [`Answer`].
#[derive(Debug, Clone, PartialEq)]
pub enum SqlValue {
    /// NULL: unknown.
    Null,
    /// TRUE or FALSE.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A fraction.
    Number(f64),
    /// Text.
    Text(String),
    /// A list, a map or a struct, as JSON.
    Json(serde_json::Value),
}

/// Why a statement was refused or failed.
#[derive(Debug, Error)]
pub enum SqlError {
    /// The statement does not parse, names what does not exist, or has the wrong types.
    #[error("{0}")]
    Statement(String),
    /// Anything but one SELECT.
    #[error("only one SELECT statement is allowed here")]
    NotASelect,
    /// The engine failed while it ran.
    #[error("the SQL engine failed: {0}")]
    Engine(String),
}

/// Rules of the logical optimizer that checks profit from; the others cost planning time and change nothing.
const LOGICAL_RULES: [&str; 8] = [
    "simplify_expressions",
    "decorrelate_predicate_subquery",
    "scalar_subquery_to_join",
    "decorrelate_lateral_join",
    "extract_equijoin_predicate",
    "push_down_filter",
    "optimize_projections",
    "replace_distinct_aggregate",
];

/// Rules of the physical optimizer without which joins are wrong or slow.
const PHYSICAL_RULES: [&str; 4] = ["JoinSelection", "join_selection", "EnsureRequirements", "ensure_requirements"];

impl Database {
    /// Opens an inventory for questions. Tables are converted when a statement first names them.
    ///
    /// # Errors
    /// When the engine cannot be set up.
    pub fn new(inventory: Arc<Inventory>) -> Result<Self, SqlError> {
        let catalog = Arc::new(catalog::InventorySchema::new(inventory));
        let context = SessionContext::new_with_state(slim_state());
        functions::register(&context);
        let schemas = context.catalog("datafusion").ok_or_else(|| SqlError::Engine("no default catalog".into()))?;
        schemas.register_schema("public", catalog.clone()).map_err(engine)?;
        Ok(Self { state: context.state(), catalog })
    }

    /// Checks and compiles a statement, once for any number of runs.
    ///
    /// # Errors
    /// When it is not one SELECT, or does not plan against the tables.
    pub fn prepare(&self, sql: &str) -> Result<Statement, SqlError> {
        block_on(statement::compile(&self.state, &self.catalog, sql))?
    }

    /// Runs a compiled statement.
    ///
    /// # Errors
    /// When the engine fails, for instance on a division by zero.
    pub fn run(&self, statement: &Statement) -> Result<Answer, SqlError> {
        let batches = block_on(statement.run(&self.state, &self.catalog))??;
        answer::answer(statement.output(), &batches).map_err(SqlError::Engine)
    }

    /// Compiles and runs a statement.
    ///
    /// # Errors
    /// As [`Self::prepare`] and [`Self::run`].
    pub fn query(&self, sql: &str) -> Result<Answer, SqlError> {
        self.run(&self.prepare(sql)?)
    }

    /// The tables that a statement names and the words it uses as columns, without compiling it.
    ///
    /// # Errors
    /// When it does not parse.
    pub fn names(sql: &str) -> Result<Names, SqlError> {
        dialect::names(sql)
    }
}

/// What a statement speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Tables, sorted.
    pub tables: BTreeSet<String>,
    /// Every identifier, among them the columns, sorted.
    pub identifiers: BTreeSet<String>,
    /// The table without whose rows the statement answers none, when there is one.
    pub driving_table: Option<String>,
}

fn slim_state() -> SessionState {
    let mut config = SessionConfig::new().with_target_partitions(1).with_information_schema(true);
    config.options_mut().optimizer.max_passes = 1;
    config.options_mut().optimizer.enable_dynamic_filter_pushdown = false;
    let logical: Vec<Arc<dyn OptimizerRule + Send + Sync>> =
        Optimizer::new().rules.into_iter().filter(|rule| LOGICAL_RULES.contains(&rule.name())).collect();
    let physical: Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> =
        PhysicalOptimizer::new().rules.into_iter().filter(|rule| PHYSICAL_RULES.contains(&rule.name())).collect();
    // File formats, table factories and window functions have nothing to do here, and cost megabytes.
    SessionStateBuilder::new()
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_scalar_functions(SessionStateDefaults::default_scalar_functions())
        .with_higher_order_functions(SessionStateDefaults::default_higher_order_functions())
        .with_aggregate_functions(SessionStateDefaults::default_aggregate_functions())
        .with_optimizer_rules(logical)
        .with_physical_optimizer_rules(physical)
        .with_config(config)
        .build()
}

fn block_on<T>(future: impl Future<Output = T>) -> Result<T, SqlError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().map_err(|error| SqlError::Engine(error.to_string()))?;
    Ok(runtime.block_on(future))
}

fn engine(error: datafusion::error::DataFusionError) -> SqlError {
    SqlError::Engine(error.strip_backtrace())
}

/// Batches of rows, as the engine hands them around.
type Batches = Vec<RecordBatch>;
