//! SQLite.

use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};

use super::{Datum, Engine, Line, schema};
use crate::IncidentError;

/// How long one writer waits for another.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn open(path: &str) -> Result<Connection, IncidentError> {
    let connection = Connection::open(path).map_err(|error| {
        IncidentError::Database(format!("`{path}` cannot be opened: {error}; name a file in a folder that exists"))
    })?;
    connection.busy_timeout(PATIENCE).map_err(refused)?;
    // What is committed has reached the disk, whatever is killed next.
    connection.pragma_update(None, "journal_mode", "WAL").map_err(refused)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(refused)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(refused)?;
    Ok(connection)
}

impl Engine for Connection {
    fn run(&mut self, statements: &str) -> Result<(), IncidentError> {
        self.execute_batch(statements).map_err(refused)
    }

    fn begin(&mut self) -> Result<(), IncidentError> {
        self.run("BEGIN IMMEDIATE")
    }

    fn execute(&mut self, statement: &str, values: &[Datum]) -> Result<u64, IncidentError> {
        let mut prepared = self.prepare(&numbered(statement)).map_err(refused)?;
        let changed = prepared.execute(params_from_iter(values)).map_err(refused)?;
        Ok(changed as u64)
    }

    fn lines(&mut self, statement: &str, values: &[Datum]) -> Result<Vec<Line>, IncidentError> {
        let mut prepared = self.prepare(&numbered(statement)).map_err(refused)?;
        let columns = prepared.column_count();
        let line = |row: &rusqlite::Row<'_>| {
            let datum = |column| {
                Ok(match row.get_ref(column)? {
                    ValueRef::Integer(number) => Datum::Integer(number),
                    value => Datum::Text(value.as_str().unwrap_or_default().to_owned()),
                })
            };
            (0..columns).map(datum).collect::<Result<Vec<_>, rusqlite::Error>>().map(Line)
        };
        let rows = prepared.query_map(params_from_iter(values), line).map_err(refused)?;
        rows.collect::<Result<_, _>>().map_err(refused)
    }

    fn guards(&self) -> &'static str {
        schema::SQLITE_GUARDS
    }
}

impl ToSql for Datum {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Text(text) => text.to_sql(),
            Self::Integer(number) => number.to_sql(),
        }
    }
}

/// `?1` where the statement says `$1`.
fn numbered(statement: &str) -> String {
    statement.replace('$', "?")
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn refused(error: rusqlite::Error) -> IncidentError {
    IncidentError::Database(format!("the database refuses: {error}"))
}
