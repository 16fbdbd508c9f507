//! PostgreSQL.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::types::{ToSql, Type};
use postgres::{Client, Config, NoTls, Row};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Datum, Engine, Line, schema};
use crate::IncidentError;

/// The lock that writers take, one after the other: `partywal` in ASCII.
const LOCK: i64 = 0x7061_7274_7977_616c;

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection.
pub(super) struct Postgresql(Client);

impl std::fmt::Debug for Postgresql {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Postgresql")
    }
}

pub(super) fn open(url: &str) -> Result<Postgresql, IncidentError> {
    // The library's message might quote the URL, and with it a password.
    let wrong =
        |_| IncidentError::Database("the database's URL is not understood; write `postgres://USER@HOST/NAME`".into());
    let mut configuration: Config = url.parse().map_err(wrong)?;
    configuration.connect_timeout(PATIENCE);
    let client = match configuration.get_ssl_mode() {
        SslMode::Disable => configuration.connect(NoTls),
        _ => configuration.connect(MakeRustlsConnect::new(encryption()?)),
    };
    client.map(Postgresql).map_err(|error| {
        IncidentError::Database(format!(
            "PostgreSQL cannot be reached: {}; check its URL and that it runs",
            said(&error)
        ))
    })
}

fn encryption() -> Result<ClientConfig, IncidentError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| IncidentError::Database(format!("TLS cannot be prepared: {error}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl Engine for Postgresql {
    fn run(&mut self, statements: &str) -> Result<(), IncidentError> {
        self.0.batch_execute(statements).map_err(refused)
    }

    fn begin(&mut self) -> Result<(), IncidentError> {
        self.run(&format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK})"))
    }

    fn execute(&mut self, statement: &str, values: &[Datum]) -> Result<u64, IncidentError> {
        self.0.execute(statement, &bound(values)).map_err(refused)
    }

    fn lines(&mut self, statement: &str, values: &[Datum]) -> Result<Vec<Line>, IncidentError> {
        let rows = self.0.query(statement, &bound(values)).map_err(refused)?;
        rows.iter().map(|row| line(row).map_err(refused)).collect()
    }

    fn guards(&self) -> &'static str {
        schema::POSTGRESQL_GUARDS
    }
}

fn line(row: &Row) -> Result<Line, postgres::Error> {
    let datum = |(at, column): (usize, &postgres::Column)| {
        Ok(match *column.type_() {
            Type::INT8 => Datum::Integer(row.try_get(at)?),
            _ => Datum::Text(row.try_get(at)?),
        })
    };
    row.columns().iter().enumerate().map(datum).collect::<Result<_, _>>().map(Line)
}

fn bound(values: &[Datum]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(parameter).collect()
}

fn parameter(value: &Datum) -> &(dyn ToSql + Sync) {
    match value {
        Datum::Text(text) => text,
        Datum::Integer(number) => number,
    }
}

fn said(error: &postgres::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn refused(error: postgres::Error) -> IncidentError {
    IncidentError::Database(format!("the database refuses: {}", said(&error)))
}
