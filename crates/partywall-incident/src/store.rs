//! The database that incidents and notices are kept in: SQLite, or PostgreSQL by URL.
//!
//! Statements number their values `$1`, `$2` and are the same for both. Writers come one after the other, so that what
//! a transaction has read still holds when it writes.

mod postgresql;
mod schema;
mod sqlite;

use crate::IncidentError;

/// A database.
#[derive(Debug)]
pub struct Store(Box<dyn Engine>);

/// A transaction that is under way.
#[derive(Debug)]
pub(crate) struct Transaction<'a>(&'a mut dyn Engine);

/// A value of a column or a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Datum {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
}

/// A row; columns are taken by position.
#[derive(Debug, Clone)]
pub(crate) struct Line(pub(crate) Vec<Datum>);

/// What a database can do.
trait Engine: std::fmt::Debug {
    /// Runs statements without values.
    fn run(&mut self, statements: &str) -> Result<(), IncidentError>;
    /// Begins a transaction that no other one overlaps.
    fn begin(&mut self) -> Result<(), IncidentError>;
    /// Runs a statement; how many rows it changed.
    fn execute(&mut self, statement: &str, values: &[Datum]) -> Result<u64, IncidentError>;
    /// The rows that a statement gives.
    fn lines(&mut self, statement: &str, values: &[Datum]) -> Result<Vec<Line>, IncidentError>;
    /// Statements that make the tables append-only where they have to be.
    fn guards(&self) -> &'static str;
}

impl Store {
    /// Opens a database and makes its tables: PostgreSQL for `postgres://…`, otherwise a file of SQLite.
    ///
    /// # Errors
    /// When it cannot be opened, or is none. A password in the URL is in no message.
    pub fn open(place: &str) -> Result<Self, IncidentError> {
        let is_url = place.starts_with("postgres://") || place.starts_with("postgresql://");
        let mut engine: Box<dyn Engine> =
            if is_url { Box::new(postgresql::open(place)?) } else { Box::new(sqlite::open(place)?) };
        engine.begin()?;
        let made = engine.run(schema::TABLES).and_then(|()| engine.run(engine.guards()));
        engine.run(if made.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        made?;
        Ok(Self(engine))
    }

    /// Does some work in one transaction: all of it is kept, or nothing.
    pub(crate) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, IncidentError>,
    ) -> Result<T, IncidentError> {
        self.0.begin()?;
        let done = work(&mut Transaction(self.0.as_mut()));
        match done {
            Ok(value) => match self.0.run("COMMIT") {
                Ok(()) => Ok(value),
                Err(error) => {
                    // A commit that fails, on a full disk say, may leave the transaction open.
                    let _ = self.0.run("ROLLBACK");
                    Err(error)
                }
            },
            Err(error) => {
                self.0.run("ROLLBACK")?;
                Err(error)
            }
        }
    }
}

impl Transaction<'_> {
    pub(crate) fn execute(&mut self, statement: &str, values: &[Datum]) -> Result<u64, IncidentError> {
        self.0.execute(statement, values)
    }

    pub(crate) fn lines(&mut self, statement: &str, values: &[Datum]) -> Result<Vec<Line>, IncidentError> {
        self.0.lines(statement, values)
    }

    /// The number that a statement gives; 0 when it gives none.
    pub(crate) fn number(&mut self, statement: &str, values: &[Datum]) -> Result<i64, IncidentError> {
        Ok(self.lines(statement, values)?.first().map(|line| line.number(0)).unwrap_or_default())
    }
}

impl Line {
    pub(crate) fn text(&self, column: usize) -> String {
        match self.0.get(column) {
            Some(Datum::Text(text)) => text.clone(),
            Some(Datum::Integer(number)) => number.to_string(),
            None => String::new(),
        }
    }

    pub(crate) fn number(&self, column: usize) -> i64 {
        match self.0.get(column) {
            Some(Datum::Integer(number)) => *number,
            Some(Datum::Text(_)) | None => 0,
        }
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        // PostgreSQL's text cannot hold it.
        Self::Text(text.replace('\0', "\u{fffd}"))
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<i64> for Datum {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
