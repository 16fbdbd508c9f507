//! The SQL that checks are written in: PostgreSQL's flavour with lambdas, and two small conveniences.

use std::any::TypeId;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::parser::{DFParserBuilder, Statement as DataFusionStatement};
use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments,
    GroupByExpr, Ident, JoinOperator, ObjectName, OneOrManyWithParens, Query, Select, SelectItem, SetExpr, Statement,
    Subscript, TableFactor, Value, Visit, VisitMut, Visitor, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::{Dialect, PostgreSqlDialect};

use crate::{Names, SqlError};

/// PostgreSQL's dialect with lambdas: `array_any_match(ports, p -> p.port = 22)`.
#[derive(Debug)]
struct CheckDialect;

impl Dialect for CheckDialect {
    /// Passes for PostgreSQL, because the parser reads `UNNEST` in FROM only for dialects it knows.
    fn dialect(&self) -> TypeId {
        TypeId::of::<PostgreSqlDialect>()
    }
    fn is_identifier_start(&self, character: char) -> bool {
        character.is_alphabetic() || character == '_'
    }
    fn is_identifier_part(&self, character: char) -> bool {
        character.is_alphanumeric() || character == '_' || character == '$'
    }
    fn supports_lambda_functions(&self) -> bool {
        true
    }
    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }
    fn supports_group_by_expr(&self) -> bool {
        true
    }
    fn supports_select_wildcard_except(&self) -> bool {
        true
    }
    fn supports_projection_trailing_commas(&self) -> bool {
        true
    }
}

/// Parses one SELECT and rewrites the conveniences into what the engine plans.
pub(crate) fn parse(sql: &str) -> Result<DataFusionStatement, SqlError> {
    let refused = |error: datafusion::error::DataFusionError| SqlError::Statement(error.strip_backtrace());
    let mut statements = DFParserBuilder::new(sql)
        .with_dialect(&CheckDialect)
        .with_recursion_limit(64)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(refused)?;
    let (Some(mut statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(SqlError::NotASelect);
    };
    match &mut statement {
        DataFusionStatement::Statement(inner) if matches!(**inner, Statement::Query(_)) => {
            let _ = VisitMut::visit(inner.as_mut(), &mut Conveniences::default());
        }
        DataFusionStatement::Statement(inner) if is_harmless(inner) => {}
        _ => return Err(SqlError::NotASelect),
    }
    Ok(statement)
}

/// SHOW TABLES, SHOW COLUMNS and EXPLAIN change nothing and help people to find their way.
fn is_harmless(statement: &Statement) -> bool {
    matches!(statement, Statement::ShowTables { .. } | Statement::ShowColumns { .. } | Statement::ExplainTable { .. })
}

/// Lets `p.field` reach into a lambda's parameter, and lets EXISTS stand in a select list.
#[derive(Default)]
struct Conveniences {
    parameters: Vec<Vec<String>>,
}

impl VisitorMut for Conveniences {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            Expr::Lambda(lambda) => self.parameters.push(match &lambda.params {
                OneOrManyWithParens::One(parameter) => vec![parameter.name.value.clone()],
                OneOrManyWithParens::Many(parameters) => {
                    parameters.iter().map(|parameter| parameter.name.value.clone()).collect()
                }
            }),
            Expr::CompoundIdentifier(path) => {
                if let Some((first, rest)) = path.split_first()
                    && self.parameters.iter().flatten().any(|parameter| parameter.eq_ignore_ascii_case(&first.value))
                {
                    let access_chain = rest.iter().map(subscript).collect();
                    *expression =
                        Expr::CompoundFieldAccess { root: Box::new(Expr::Identifier(first.clone())), access_chain };
                }
            }
            Expr::CompoundFieldAccess { access_chain, .. } => {
                for access in access_chain.iter_mut() {
                    if let AccessExpr::Dot(Expr::Identifier(name)) = access {
                        *access = subscript(name);
                    }
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if matches!(expression, Expr::Lambda(_)) {
            self.parameters.pop();
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        count_instead_of_exists(query.body.as_mut());
        ControlFlow::Continue(())
    }
}

fn subscript(name: &Ident) -> AccessExpr {
    let index = Expr::value(Value::SingleQuotedString(name.value.clone()));
    AccessExpr::Subscript(Subscript::Index { index })
}

fn count_instead_of_exists(body: &mut SetExpr) {
    match body {
        SetExpr::SetOperation { left, right, .. } => {
            count_instead_of_exists(left);
            count_instead_of_exists(right);
        }
        SetExpr::Select(select) => {
            for item in &mut select.projection {
                if let SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } = item {
                    let _ = VisitMut::visit(expression, &mut ExistsInProjection);
                }
            }
        }
        _ => {}
    }
}

/// `EXISTS (SELECT …)` becomes `(SELECT count(*) …) > 0`, which the engine can turn into a join.
struct ExistsInProjection;

impl VisitorMut for ExistsInProjection {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::Exists { subquery, negated } = expression
            && let SetExpr::Select(select) = subquery.body.as_mut()
            && !select.from.is_empty()
        {
            select.projection = vec![SelectItem::UnnamedExpr(count_rows())];
            let op = if *negated { BinaryOperator::Eq } else { BinaryOperator::Gt };
            let zero = Expr::value(Value::Number("0".into(), false));
            *expression =
                Expr::BinaryOp { left: Box::new(Expr::Subquery(subquery.clone())), op, right: Box::new(zero) };
        }
        ControlFlow::Continue(())
    }
}

fn count_rows() -> Expr {
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new("count")]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: vec![FunctionArg::Unnamed(FunctionArgExpr::Wildcard)],
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

/// What a statement speaks of.
pub(crate) fn names(sql: &str) -> Result<Names, SqlError> {
    let statement = parse(sql)?;
    let DataFusionStatement::Statement(inner) = &statement else { return Err(SqlError::NotASelect) };
    let mut collector = NameCollector::default();
    let _ = Visit::visit(inner.as_ref(), &mut collector);
    let driving_table = match inner.as_ref() {
        Statement::Query(query) if query.with.is_none() => driving_table(&query.body),
        _ => None,
    };
    Ok(Names { tables: collector.tables, identifiers: collector.identifiers, driving_table })
}

/// The table on the left of every join of a plain SELECT: without its rows the statement has none.
fn driving_table(body: &SetExpr) -> Option<String> {
    let SetExpr::Select(select) = body else { return None };
    if !needs_rows(select) {
        return None;
    }
    let [from] = select.from.as_slice() else { return None };
    let keeps_left = from.joins.iter().all(|join| {
        use JoinOperator::{CrossJoin, Inner, Join, Left, LeftAnti, LeftOuter, LeftSemi};
        matches!(
            join.join_operator,
            CrossJoin(_) | Inner(_) | Join(_) | Left(_) | LeftOuter(_) | LeftSemi(_) | LeftAnti(_)
        )
    });
    match &from.relation {
        TableFactor::Table { name, args: None, .. } if keeps_left => Some(name.to_string()),
        _ => None,
    }
}

/// Whether a SELECT answers nothing when it reads nothing: only one that sums up everything into one row does not.
fn needs_rows(select: &Select) -> bool {
    match &select.group_by {
        GroupByExpr::Expressions(columns, _) if columns.is_empty() => {
            select.having.is_none() && !select.projection.iter().any(|item| item.to_string().starts_with("count("))
        }
        // ROLLUP and the like have a row for the sum of everything.
        GroupByExpr::Expressions(columns, _) => {
            columns.iter().all(|column| matches!(column, Expr::Identifier(_) | Expr::CompoundIdentifier(_)))
        }
        GroupByExpr::All(_) => false,
    }
}

#[derive(Default)]
struct NameCollector {
    tables: BTreeSet<String>,
    identifiers: BTreeSet<String>,
}

impl Visitor for NameCollector {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        self.tables.insert(relation.to_string());
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        match expression {
            Expr::Identifier(name) => {
                self.identifiers.insert(name.value.clone());
            }
            Expr::CompoundIdentifier(path) => self.identifiers.extend(path.iter().map(|name| name.value.clone())),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
