//! A compiled statement: expressions over one table, or a plan.

use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, Result};
use datafusion::execution::SessionState;
use datafusion::logical_expr::Expr;
use datafusion::optimizer::simplify_expressions::{ExprSimplifier, SimplifyContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::sql::parser::Statement as DataFusionStatement;
use datafusion::sql::sqlparser::ast::{self, ExprWithAlias, GroupByExpr, SelectItem, SetExpr, TableFactor};

use crate::catalog::InventorySchema;
use crate::{Batches, SqlError, dialect, engine};

/// A statement that was checked against the tables and compiled.
#[derive(Debug)]
pub struct Statement {
    form: Form,
    output: SchemaRef,
}

#[derive(Debug)]
enum Form {
    /// A SELECT over one table without grouping: a filter and a list of expressions.
    Rows { table: String, filter: Option<Arc<dyn PhysicalExpr>>, columns: Vec<Arc<dyn PhysicalExpr>> },
    /// Everything else.
    Plan(Arc<dyn ExecutionPlan>),
}

impl Statement {
    /// The names of the columns that it answers, in order.
    pub fn columns(&self) -> Vec<&str> {
        self.output.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// Whether the column of this name is boolean; None when there is none.
    pub fn is_boolean(&self, column: &str) -> Option<bool> {
        let (_, field) = self.output.column_with_name(column)?;
        Some(matches!(field.data_type(), DataType::Boolean | DataType::Null))
    }

    /// Whether it was compiled without the planner.
    pub fn is_row_wise(&self) -> bool {
        matches!(self.form, Form::Rows { .. })
    }

    pub(crate) fn output(&self) -> &Schema {
        &self.output
    }

    pub(crate) async fn run(
        &self,
        state: &SessionState,
        catalog: &InventorySchema,
    ) -> std::result::Result<Batches, SqlError> {
        match &self.form {
            Form::Plan(plan) => {
                let plan = reset_plan_states(plan.clone()).map_err(engine)?;
                collect(plan, state.task_ctx()).await.map_err(engine)
            }
            Form::Rows { table, filter, columns } => {
                let rows = evaluate(catalog, table, filter.as_ref(), columns, &self.output).map_err(engine)?;
                Ok(vec![rows])
            }
        }
    }
}

fn evaluate(
    catalog: &InventorySchema,
    table: &str,
    filter: Option<&Arc<dyn PhysicalExpr>>,
    columns: &[Arc<dyn PhysicalExpr>],
    output: &SchemaRef,
) -> Result<RecordBatch> {
    let Some(loaded) = catalog.load(table)? else { return Ok(RecordBatch::new_empty(output.clone())) };
    let mut rows = loaded.rows.clone();
    if let Some(filter) = filter {
        let kept = filter.evaluate(&rows)?.into_array(rows.num_rows())?;
        rows = filter_record_batch(&rows, kept.as_boolean())?;
    }
    let values =
        columns.iter().map(|column| column.evaluate(&rows)?.into_array(rows.num_rows())).collect::<Result<Vec<_>>>()?;
    Ok(RecordBatch::try_new(output.clone(), values)?)
}

/// Compiles a statement.
pub(crate) async fn compile(
    state: &SessionState,
    catalog: &InventorySchema,
    sql: &str,
) -> std::result::Result<Statement, SqlError> {
    let statement = dialect::parse(sql)?;
    if let Some(shape) = row_shape(&statement)
        && let Some(compiled) = compile_rows(state, catalog, &shape)
    {
        return Ok(compiled);
    }
    let refused = |error: datafusion::error::DataFusionError| SqlError::Statement(error.strip_backtrace());
    let logical = state.statement_to_plan(statement).await.map_err(refused)?;
    let logical = state.optimize(&logical).map_err(refused)?;
    let plan = state.query_planner().create_physical_plan(&logical, state).await.map_err(refused)?;
    Ok(Statement { output: plan.schema(), form: Form::Plan(plan) })
}

/// A SELECT over one table, without anything that looks beyond a row.
struct RowShape<'a> {
    select: &'a ast::Select,
    table: &'a str,
    alias: Option<&'a str>,
}

fn row_shape(statement: &DataFusionStatement) -> Option<RowShape<'_>> {
    let DataFusionStatement::Statement(inner) = statement else { return None };
    let ast::Statement::Query(query) = inner.as_ref() else { return None };
    if query.with.is_some() || query.order_by.is_some() || query.limit_clause.is_some() || query.fetch.is_some() {
        return None;
    }
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let ungrouped =
        matches!(&select.group_by, GroupByExpr::Expressions(by, modifiers) if by.is_empty() && modifiers.is_empty());
    let plain = select.distinct.is_none()
        && select.having.is_none()
        && select.qualify.is_none()
        && select.lateral_views.is_empty();
    let [from] = select.from.as_slice() else { return None };
    if !ungrouped || !plain || !from.joins.is_empty() {
        return None;
    }
    let TableFactor::Table { name, alias, args: None, sample: None, .. } = &from.relation else { return None };
    let [part] = name.0.as_slice() else { return None };
    let alias = alias.as_ref().map(|alias| alias.name.value.as_str());
    Some(RowShape { select, table: &part.as_ident()?.value, alias })
}

/// None when anything in it needs the planner; the planner then also words the error, if there is one.
fn compile_rows(state: &SessionState, catalog: &InventorySchema, shape: &RowShape<'_>) -> Option<Statement> {
    let loaded = catalog.load(shape.table).ok()??;
    let aliased;
    let schema = match shape.alias {
        None => &loaded.qualified,
        Some(alias) => {
            aliased = DFSchema::try_from_qualified_schema(alias, &loaded.schema).ok()?;
            &aliased
        }
    };
    let filter = match &shape.select.selection {
        None => None,
        Some(expression) => Some(physical(state, schema, expression)?),
    };
    let (mut columns, mut fields) = (Vec::new(), Vec::new());
    for item in &shape.select.projection {
        let (expression, name) = match item {
            SelectItem::ExprWithAlias { expr, alias } => (expr, alias.value.clone()),
            SelectItem::UnnamedExpr(expr) => (expr, column_name(expr)),
            _ => return None,
        };
        let column = physical(state, schema, expression)?;
        fields.push(Field::new(name, column.data_type(&loaded.schema).ok()?, true));
        columns.push(column);
    }
    let form = Form::Rows { table: shape.table.to_owned(), filter, columns };
    Some(Statement { form, output: Arc::new(Schema::new(fields)) })
}

fn column_name(expression: &ast::Expr) -> String {
    match expression {
        ast::Expr::CompoundIdentifier(path) => path.last().map(|name| name.value.clone()).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn physical(state: &SessionState, schema: &DFSchema, expression: &ast::Expr) -> Option<Arc<dyn PhysicalExpr>> {
    let logical = state
        .create_logical_expr_from_sql_expr(ExprWithAlias { expr: expression.clone(), alias: None }, schema)
        .ok()?;
    if !is_row_wise(&logical) {
        return None;
    }
    let logical = if needs_simplifier(&logical) {
        let context = SimplifyContext::builder().with_schema(Arc::new(schema.clone())).with_current_time().build();
        let simplifier = ExprSimplifier::new(context);
        simplifier.coerce(logical, schema).and_then(|coerced| simplifier.simplify(coerced)).ok()?
    } else {
        logical
    };
    state.create_physical_expr(logical, schema).ok()
}

fn is_row_wise(expression: &Expr) -> bool {
    let mut row_wise = true;
    let _ = expression.apply(|node| {
        row_wise &= !matches!(
            node,
            Expr::AggregateFunction(_)
                | Expr::WindowFunction(_)
                | Expr::ScalarSubquery(_)
                | Expr::Exists(_)
                | Expr::InSubquery(_)
                | Expr::Unnest(_)
                | Expr::Placeholder(_)
                | Expr::OuterReferenceColumn(..)
        );
        Ok(if row_wise { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    row_wise
}

/// Functions that only exist until the simplifier has rewritten them.
fn needs_simplifier(expression: &Expr) -> bool {
    const REWRITTEN: [&str; 6] = ["coalesce", "nvl", "nvl2", "now", "current_date", "current_time"];
    let rewritten = |node: &Expr| matches!(node, Expr::ScalarFunction(call) if REWRITTEN.contains(&call.func.name()));
    expression.exists(|node| Ok(rewritten(node))).unwrap_or(true)
}
